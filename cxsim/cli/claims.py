"""The command that tests the claims people quote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli import files
from cxsim.cli.keeping import NoStore, StoreAt, absolute, keeping, kept_line, store_of
from cxsim.cli.screens import bar, console, fast_note, next_steps, say, table
from cxsim.cli.sizes import Json, Out, Workers, command, is_fast

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.studies.claims import Audited

SEED = 2026
HEADS = (
    "id", "short", "quoted", "quoted_low", "quoted_high", "simulated", "low", "high", "unit", "status", "verdict",
    "where", "put_in",
)  # fmt: skip
STYLES = {"holds": "green", "fails": "red", "depends": "yellow"}


@dataclass(frozen=True)
class Shown:
    """How an audit is shown and written; `out` is a folder's full path."""

    as_json: bool = False
    as_markdown: bool = False
    out: str | None = None


def claims(
    only: Annotated[str | None, typer.Option("--only", metavar="LETTERS", help="Some of them: a,d")] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Which luck.")] = SEED,
    workers: Workers = None,
    as_json: Json = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a table for a README and nothing else.")
    ] = False,
    out: Out = None,
    store: StoreAt = None,
    no_store: NoStore = False,
) -> None:
    """Test the claims people quote: does each hold, where, and did it come out or was it put in?"""
    from cxsim.studies.points import whole

    letters = letters_of(only)
    whole("--workers", 1 if workers is None else workers, 1, 10_000)
    whole("--seed", seed, 0, 2**63 - 1)
    if out is not None:
        files.folder(out)
    shown = Shown(as_json, as_markdown, absolute(out))
    kept = store_of(store, no_store, asdict(shown))
    from cxsim.studies.claims import audit

    with bar("claims", quiet=as_json) as progress, keeping():
        found = audit(letters, seed=seed, fast=is_fast(), workers=workers, progress=progress, store=kept)
    show(found, shown)


def show(found: Sequence[Audited], shown: Shown) -> None:
    """Print and write an audit."""
    from cxsim.studies.claims.tables import markdown

    rows = [one.row() for one in found]
    written = write(rows, files.folder(shown.out), found[0].seed) if shown.out is not None else []
    if shown.as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    elif shown.as_markdown:
        print(markdown(rows), end="")
    else:
        _screen(console(), rows)
        if written:
            say(console(), "Written: " + ", ".join(files.shown(path) for path in written))
        say(console(), kept_line(found[0].run_id), "dim")
        next_steps(console(), ["cxsim claims --only a --json", "cxsim levers"])


def letters_of(text: str | None) -> list[str] | None:
    """The letters of `--only`; None for all.

    Raises
    ------
    InputError
        If one is no claim's.
    """
    from cxsim.errors import InputError
    from cxsim.studies.claims.registry import chosen

    if text is None:
        return None
    letters = [part.strip().lower() for part in text.split(",") if part.strip()]
    try:
        return [claim.id for claim in chosen(letters)]
    except InputError as error:
        raise InputError([f"--only {text}: {line}" for line in error.faults]) from None


def write(rows: list[dict[str, Any]], place: Path, seed: int) -> list[Path]:
    """Write numbers, the sweep, the page and the figure of an audit."""
    import pandas as pd

    from cxsim import __version__, plots
    from cxsim.studies.claims.tables import page

    born = f"cxsim {__version__}; seed {seed}; made by: {command()}"
    lines = pd.DataFrame([{key: row[key] for key in HEADS} for row in rows])
    cells = pd.DataFrame([
        {"id": row["id"], "setting": cell["at_words"]}
        | {"unit": row["unit"], **{key: cell[key] for key in ("simulated", "low", "high", "plausible", "verdict")}}
        for row in rows
        for cell in row["sweep"]
    ])  # fmt: skip
    full = json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False)
    written = [
        files.write_text(place / "claims.json", full + "\n"),
        files.write_text(place / "claims.csv", f"# {born}\n{lines.to_csv(index=False)}"),
        files.write_text(place / "claims-sweep.csv", f"# {born}\n{cells.to_csv(index=False)}"),
        files.write_text(place / "claims.md", page(rows)),
    ]
    plots.save(plots.claims(rows), place / "claims.png", born=born)
    return [*written, place / "claims.png"]


def _screen(out: Console, rows: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from cxsim.studies.claims.tables import interval_said, verdict_said, verdicts_said

    say(out, f"{verdicts_said(rows)}.", "bold")
    out.print()
    shown = table(
        ("", "left"), ("claim", "left"), ("quoted", "left"), ("simulated [95 %]", "left"), ("status", "left"),
        ("verdict", "left"), gap=1,
    )  # fmt: skip
    for row in rows:
        verdict = Text(verdict_said(row), style=STYLES.get(verdict_said(row), "dim"))
        shown.add_row(row["id"], row["short"], row["quoted"], interval_said(row), row["status"], verdict)
    out.print(shown)
    for row in rows:
        out.print()
        say(out, f"({row['id']}) {row['finding']}")
        say(out, f"Where: {row['where']}", "dim", 4)
        say(out, f"Put in: {row['put_in']}.", "dim", 4)
        say(out, f"Near it: {row['near']}." if row["near"] else "", "dim", 4)
    out.print()
    say(
        out,
        "Holds: within the quoted range at every plausible setting swept (of what “can” happen: at one); fails: "
        "outside at every setting; depends: else. Assumed and calibrated went in and cannot be confirmed by what comes "
        "out (as put in); emergent came out.",
        "dim",
    )
    fast_note(out)
