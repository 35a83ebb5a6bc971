"""What was asked for on the command line: scenarios, sizes, and the line itself."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

FAST_REPLICATIONS, FAST_ACCOUNTS = 4, 60
REPLICATIONS, SEED = 40, 7

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
Replications = Annotated[int, typer.Option("--replications", metavar="N", help="Runs of each scenario.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Which luck; the same seed gives the same answer.")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="K", help="Processes; all cores unless given.")]
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


def command() -> str:
    """The command that makes the answer again."""
    return ("CXSIM_FAST=1 " if is_fast() else "") + shlex.join(["cxsim", *_LINE])


def again(option: str, value: str | int) -> str:
    """What was typed, with an option (such as "replications") given anew at the end."""
    kept: list[str] = []
    follows = False
    for one in _LINE:
        named = one.partition("=")[0] == f"--{option}"
        if not named and not follows:
            kept.append(one)
        follows = named and "=" not in one
    return shlex.join(["cxsim", *kept, f"--{option}", str(value)])


def is_fast() -> bool:
    """Whether sizes are to be small: `CXSIM_FAST=1`."""
    return os.environ.get("CXSIM_FAST", "") not in ("", "0")


def replications_of(wanted: int) -> int:
    """Replications to run: as many as wanted, few if sizes are to be small."""
    return min(wanted, FAST_REPLICATIONS) if is_fast() else wanted


def world_of(world: str, settings: list[str] | None, accounts: int | None) -> Scenario:
    """The world that was asked for.

    Raises
    ------
    InputError
        With every fault of its file, or of what is to be set.
    """
    from cxsim.errors import InputError
    from cxsim.scenario import Scenario, parse_set, scaled, with_values

    scenario = Scenario.load(world)
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
    from cxsim.errors import InputError, shown
    from cxsim.studies.answers import known

    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"--target {shown(text)}: write outcome=value, such as nrr=1.05")
    try:
        known(name)
    except InputError as error:
        raise InputError([f"--target {line}" for line in error.faults]) from None
    try:
        number = float(value.removesuffix("%")) / (100.0 if value.endswith("%") else 1.0)
    except ValueError:
        raise InputError(f"--target {name}: {shown(value)} is not a number") from None
    return name, number
