"""What was asked for on the command line: scenarios, sizes, and the line itself."""

from __future__ import annotations

import os
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
    from cxsim.studies import Comparison, Run

FAST_REPLICATIONS, FAST_ACCOUNTS = 4, 60
REPLICATIONS, SEED = 40, 7
TEAMS = ("teams.onboarding_headcount", "teams.success_headcount", "teams.support_headcount")

World = Annotated[str, typer.Argument(metavar="WORLD", help="A world of the catalogue (cxsim worlds) or a TOML file.")]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with", metavar="LEVERS", help="Levers joined by +, settings after a colon: formal-onboarding:start=6"
    ),
]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PLACE=VALUE", help="Change the world: churn.value_base=0.002")
]
Replications = Annotated[
    int | None,
    typer.Option(
        "--replications", metavar="N", show_default=str(REPLICATIONS),
        help="Runs of each scenario; with --precision the most that may be run, and no limit unless given.",
    ),
]  # fmt: skip
Precision = Annotated[
    list[str] | None,
    typer.Option(
        "--precision", metavar="OUTCOME=±X", help="As many runs as the 95 % interval takes to be ±X: nrr=±0.005"
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Which luck; the same seed gives the same answer.")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="K", help="Threads; all cores unless given.")]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="ENGINE", show_default="compiled",
        help="The clock: compiled, or reference (SimPy; the same numbers, slowly, in processes).",
    ),
]  # fmt: skip
Accounts = Annotated[
    int | None, typer.Option("--accounts", metavar="N", help="Scale to about N accounts at month 0; teams stay.")
]
Horizon = Annotated[int | None, typer.Option("--horizon", metavar="MONTHS", help="Months; the world's unless given.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write files into this folder.")]

Progress = Callable[[int, int], None]

_LINE: list[str] = []


def remember(arguments: Sequence[str]) -> None:
    """Keep the line that was typed, for what is written to carry."""
    _LINE[:] = arguments


def remembered() -> list[str]:
    """The line that was typed, word by word."""
    return list(_LINE)


def command() -> str:
    """The command that makes the answer again."""
    return ("CXSIM_FAST=1 " if is_fast() else "") + shlex.join(["cxsim", *_LINE])


def again(option: str, value: str | int | None) -> str:
    """What was typed, with an option (such as "replications") given anew at the end, or left out if None."""
    kept: list[str] = []
    follows = False
    for one in _LINE:
        named = one.partition("=")[0] == f"--{option}"
        if not named and not follows:
            kept.append(one)
        follows = named and "=" not in one
    return shlex.join(["cxsim", *kept, *([] if value is None else [f"--{option}", str(value)])])


def is_fast() -> bool:
    """Whether sizes are to be small: `CXSIM_FAST=1`."""
    return os.environ.get("CXSIM_FAST", "") not in ("", "0")


def replications_of(wanted: int | None, precision: dict[str, float]) -> int | None:
    """Replications to run, or with a precision the most, where there is a limit; few if sizes are to be small."""
    if wanted is None and (is_fast() or not precision):
        wanted = REPLICATIONS
    return min(wanted, FAST_REPLICATIONS) if wanted is not None and is_fast() else wanted


def world_of(world: str, settings: list[str] | None, accounts: int | None, *, small: int | None = None) -> Scenario:
    """The world that was asked for.

    Parameters
    ----------
    world : str
    settings : list of str, optional
        Each a place and its value.
    accounts : int, optional
        Accounts to scale to; teams stay.
    small : int, optional
        Accounts at most where none are asked for: the world is then made small with its teams (`in_proportion`).

    Raises
    ------
    InputError
        With every fault of its file, or of what is to be set.
    """
    from cxsim.errors import InputError
    from cxsim.scenario import Scenario, parse_set, scaled, with_values

    scenario = Scenario.load(world)
    if small is not None and accounts is None:
        most = min(small, FAST_ACCOUNTS) if is_fast() else small
        if scenario.value("arrivals.base_accounts") > most:
            scenario = in_proportion(scenario, most)
    else:
        if is_fast():
            accounts = min(accounts or FAST_ACCOUNTS, FAST_ACCOUNTS)
        if accounts is not None:
            scenario = scaled(scenario, accounts)
    changes: dict[str, object] = {}
    faults: list[str] = []
    for text in settings or ():
        try:
            place, value = parse_set(text)
            if place in changes:
                faults.append(f"--set {place}: is given twice")
            changes[place] = value
        except InputError as error:
            faults += error.faults
    if changes:
        try:
            scenario = with_values(scenario, changes)
        except InputError as error:
            faults += [f"--set {line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    return scenario


def scale_note(world: str, scenario: Scenario) -> str:
    """Say that a world has been scaled to other accounts and its teams have not; "" where it has not been.

    Parameters
    ----------
    world : str
        As it was asked for.
    scenario : Scenario
        What was made of it.
    """
    from cxsim.scenario import Scenario as Loaded

    declared, path = Loaded.load(world), "arrivals.base_accounts"
    accounts, usual = scenario.value(path), declared.value(path)
    if accounts == usual:
        return ""
    change = "" if all(scenario.value(team) == declared.value(team) for team in TEAMS) else ", but for what was set"
    return (
        f"Scaled to about {accounts:,.0f} accounts at month 0; teams stay as declared, for about {usual:,.0f}{change}: "
        "they have more or less time than there."
    )


def in_proportion(world: Scenario, accounts: int) -> Scenario:
    """A world of fewer accounts whose teams are smaller in proportion, one person at least: people stay as busy."""
    from cxsim.scenario import scaled, with_values

    share = accounts / world.value("arrivals.base_accounts")
    teams: dict[str, object] = {path: max(round(world.value(path) * share), 1) for path in TEAMS}
    return with_values(scaled(world, accounts), teams)


def with_levers(scenario: Scenario, texts: Sequence[str]) -> list[Scenario]:
    """One scenario for each text of levers.

    Raises
    ------
    InputError
        With every fault of every text.
    """
    from cxsim.errors import InputError
    from cxsim.scenario import parse_with

    found: list[Scenario] = []
    faults: list[str] = []
    for text in texts:
        one = scenario
        try:
            for name, settings in parse_with(text):
                one = one.with_(name, **settings)
        except InputError as error:
            faults += [line if line.startswith("--with") else f"--with {line}" for line in error.faults]
        found.append(one)
    if faults:
        raise InputError(faults)
    return found


def all_levers(scenario: Scenario, texts: Sequence[str]) -> Scenario:
    """One scenario with all levers of all texts.

    Raises
    ------
    InputError
        With every fault of every text.
    """
    with_levers(scenario, texts)  # to report all faults together
    for text in texts:
        (scenario,) = with_levers(scenario, [text])
    return scenario


def check_outcome(text: str) -> tuple[str, float]:
    """Read `OUTCOME=X` of `--target`; a value may end in %.

    Raises
    ------
    InputError
        If there is no such outcome, or no number.
    """
    return _outcome_and_number("target", text, "nrr=1.05")


def precision_of(texts: Sequence[str] | None) -> dict[str, float]:
    """Read each `OUTCOME=±X` of `--precision`; the sign may be left out, and the value of a share may end in %.

    Raises
    ------
    InputError
        With every fault of every text.
    """
    from cxsim.errors import InputError
    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies.precision import goals_of

    found: dict[str, float] = {}
    faults: list[str] = []
    for text in texts or ():
        try:
            name, width = _outcome_and_number("precision", text, "nrr=±0.005", signs=("±", "+-", "+/-"))
            unit = OUTCOMES[name].unit
            if name in found:
                faults.append(f"--precision {name}: is given twice")
            elif text.rstrip().endswith("%") and unit not in ("share", "1/month"):
                faults.append(f"--precision {name}: is no share; give the half width in its unit, {unit}")
            else:
                goals_of({name: width})
            found[name] = width
        except InputError as error:
            faults += [line if line.startswith("--") else f"--{line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    return found


@contextmanager
def quiet_study() -> Iterator[None]:
    """Keep what a study warns of from being shown as Python does; see `warn_of`."""
    from cxsim.studies.precision import PrecisionWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PrecisionWarning)
        yield


def warn_of(found: Comparison | Run) -> None:
    """Say what a study warns of, one line each on standard error."""
    for line in found.precision.warnings if found.precision is not None else ():
        print(f"warning: {line}", file=sys.stderr)


def _outcome_and_number(option: str, text: str, example: str, signs: Sequence[str] = ()) -> tuple[str, float]:
    from cxsim.errors import InputError, shown
    from cxsim.studies.answers import known

    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"--{option} {shown(text)}: write outcome=value, such as {example}")
    try:
        known(name)
    except InputError as error:
        raise InputError([f"--{option} {line}" for line in error.faults]) from None
    bare = value.removeprefix(next((sign for sign in signs if value.startswith(sign)), ""))
    try:
        number = float(bare.removesuffix("%")) / (100.0 if bare.endswith("%") else 1.0)
    except ValueError:
        raise InputError(f"--{option} {name}: {shown(value)} is not a number") from None
    return name, number
