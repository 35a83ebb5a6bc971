"""The command line. Heavy libraries are imported inside the commands that need them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import typer

from cxsim.cli import churn, claims, compare, demo, diff, forecast, run, runs, sensitivity, show, simulate

__all__ = ["app", "main"]

STOPPED = 130

app = typer.Typer(
    name="cxsim",
    help="What customer experience and customer success do to retention and company value. Start with: cxsim demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (
    demo.demo, show.worlds, show.levers, show.outcomes, show.show, show.check, show.schema,
    simulate.simulate, run.run, compare.compare, diff.diff, claims.claims,
    sensitivity.sensitivity, forecast.forecast, runs.runs, runs.resume, runs.reproduce,
):  # fmt: skip
    app.command()(_command)
app.add_typer(churn.app)


def _version(wanted: bool) -> None:
    if wanted:
        from cxsim import __version__

        typer.echo(f"cxsim {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """What customer experience and customer success do to retention and company value. Start with: cxsim demo"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process unless given.

    Returns
    -------
    int
        Exit code: 0, 2 for bad input (one line for each fault on standard error), 130 if interrupted.
    """
    from cxsim.cli.sizes import remember
    from cxsim.errors import InputError

    given = list(sys.argv[1:] if arguments is None else arguments)
    # an error may be looked into from any place on the line
    debug = "--debug" in given
    given = [one for one in given if one != "--debug"]
    remember(given)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without "−" gets "?" and no traceback
    try:
        code = app(given, prog_name="cxsim", standalone_mode=False)
        if code == STOPPED:  # the parser's answer to an interrupt
            raise typer.Abort
        return code if isinstance(code, int) else 0
    except InputError as error:
        if debug:
            raise
        lines = error.faults
    except (KeyboardInterrupt, typer.Abort) as stopped:
        if debug:
            raise
        kept = getattr(stopped, "__notes__", ())  # a study with a store says how to go on
        print("".join(["stopped; nothing was written", *(f"; to go on: {each}" for each in kept)]), file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has seen enough
        return 0
    except OSError as error:
        if debug:
            raise
        lines = [f"{error.filename or 'cxsim'}: {error.strerror or error}"]
    except Exception as error:
        # what the line itself got wrong; the class is not in typer's public face
        message = getattr(error, "format_message", None)
        if debug or message is None:
            raise
        option, near = getattr(error, "option_name", None), getattr(error, "possibilities", "")
        lines = [_unknown(option, near or ()) if option and near != "" else _plain(str(message()), given)]
    for line in lines:
        print(line, file=sys.stderr)
    return 2


def _unknown(name: str, known: Sequence[str]) -> str:
    """An option that does not exist, and the nearest that does."""
    from cxsim.errors import did_you_mean

    return f"{name}: no such option.{did_you_mean(name, known)} See: cxsim --help"


def _plain(message: str, given: Sequence[str]) -> str:
    """What the parser says, on one line and in the words of our own faults."""
    from cxsim.errors import shown

    said = " ".join(message.split())
    refused = re.match(r"Invalid value for '(--[\w-]+)'", said)
    if refused:
        name = refused[1]
        values = [after for before, after in pairwise(given) if before == name]
        values += [one.partition("=")[2] for one in given if one.startswith(f"{name}=")]
        if values:
            kind = "a whole number" if "integer" in said else "fit for it"
            said = f"{name}: {shown(values[-1])} is not {kind}."
    return re.sub(r"\(Possible options: ([^,)]*)[^)]*\)", r'Did you mean "\1"?', said) + " See: cxsim --help"
