"""Commands that show what there is."""

from __future__ import annotations

import json
import math
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cxsim.cli.screens import console, next_steps, plural, say, table
from cxsim.cli.sizes import World

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.levers import Lever
    from cxsim.scenario import Scenario


def worlds() -> None:
    """List the worlds of the catalogue."""
    from cxsim import catalogue
    from cxsim.scenario import Scenario

    out = console()
    rows = table(("world", "left"), ("accounts", "right"), ("months", "right"), ("evidence", "left"))
    about = []
    for name in catalogue.worlds():
        world = Scenario.load(name)
        cited = sum(bool(source.url) and not source.is_assumption for source in world.citations.values())
        accounts = f"{world.value('arrivals.base_accounts'):,.0f}"
        evidence = f"{cited} numbers cited, calibrated to {plural(len(world.targets), 'target')}"
        rows.add_row(name, accounts, str(world.horizon_months), evidence)
        about.append((name, world.description, ", ".join(world.segments)))
    out.print(rows)
    for name, description, segments in about:
        out.print()
        say(out, name, "bold")
        say(out, f"{description} Segments: {segments}.", indent=2)
    next_steps(out, ["cxsim show b2b-saas", "cxsim compare b2b-saas --with formal-onboarding"])


def levers() -> None:
    """List the levers and shocks, with what is known about each."""
    from cxsim import catalogue
    from cxsim.levers import load_lever

    out = console()
    for heading, names in (("Levers", catalogue.levers()), ("Shocks", catalogue.shocks())):
        if names:
            say(out, heading, "bold underline")
        for name in names:
            lever = load_lever(name)
            out.print()
            say(out, name, "bold")
            say(out, lever.description, indent=2)
            say(out, "Evidence: " + " ".join(lever.evidence.split()), "dim", indent=2)
    next_steps(
        out,
        ["cxsim show formal-onboarding", "cxsim compare b2b-saas --with formal-onboarding:start=6,coverage=0.5"],
    )


def outcomes() -> None:
    """List the outcomes that a run is judged by."""
    from rich.text import Text

    from cxsim.readings.registry import OUTCOMES, PAYBACK

    out = console()
    rows = table(("outcome", "left"), ("unit", "left"), ("better", "left"), ("what it is", "left"))
    for outcome in OUTCOMES.values():
        rows.add_row(outcome.name, outcome.unit, outcome.better, outcome.meaning)
    rows.add_row(Text("of an alternative against its baseline", style="dim italic"))
    for outcome in PAYBACK.values():
        rows.add_row(outcome.name, outcome.unit, outcome.better, outcome.meaning)
    out.print(rows)


def show(
    world: World,
    resolved: Annotated[bool, typer.Option("--resolved", help="Every number, defaults included.")] = False,
) -> None:
    """Show a world's numbers, or the settings of a lever (or of its file), with units, ranges and sources."""
    from cxsim import catalogue
    from cxsim.levers import load_lever
    from cxsim.scenario import Scenario

    out = console()
    if world in (*catalogue.levers(), *catalogue.shocks()) or _is_levers_file(world):
        _show_lever(out, load_lever(world), world)
    else:
        _show_world(out, Scenario.load(world), resolved)


def _is_levers_file(path: str) -> bool:
    """Whether there is a file of a lever or shock; what cannot be read is none."""
    from cxsim.errors import InputError
    from cxsim.levers import is_lever
    from cxsim.toml_files import read_file

    if not path.endswith(".toml"):
        return False
    try:
        return is_lever(read_file(path))
    except InputError:
        return False


def _show_lever(out: Console, lever: Lever, name: str) -> None:
    say(out, f"{lever.name}: {lever.title}", "bold")
    say(out, lever.description)
    say(out, "Evidence: " + " ".join(lever.evidence.split()), "dim")
    out.print()
    rows = table(("setting", "left"), ("default", "right"), ("allowed", "left"), ("meaning", "left"))
    for setting in lever.settings:
        is_number = isinstance(setting.default, float)
        default = f"{setting.default:g}" if is_number else _names(setting.default)
        allowed = f"{setting.low:g} to {setting.high:g} {setting.unit}" if is_number else ""
        rows.add_row(setting.key, default, allowed.rstrip(), setting.meaning)
    out.print(rows)
    out.print()
    for source in lever.sources:
        say(out, f"Source: {source.text} {source.url}".rstrip(), "dim")
    next_steps(out, [shlex.join(["cxsim", "compare", "b2b-saas", "--with", name])])


def _names(default: object) -> str:
    """One name or several, as people write them; without any it is for all."""
    return (", ".join(default) if isinstance(default, tuple) else str(default)) or "all"


def _show_world(out: Console, world: Scenario, resolved: bool) -> None:
    from cxsim.parameters import declared

    say(out, world.name, "bold")
    say(out, world.description)
    say(
        out,
        f"{world.currency}, month 0 is {world.start_date}, {world.horizon_months} months, "
        f"segments {', '.join(world.segments)}; hash {world.hash[:12]}",
        "dim",
    )
    given = set(world.values) | {path for row in world.segment_values.values() for path in row}
    subject = ""
    for parameter in declared():
        if not resolved and parameter.path not in given:
            continue
        if parameter.path.split(".")[0] != subject:
            subject = parameter.path.split(".")[0]
            out.print()
            say(out, subject, "bold")
        places: list[str | None] = [
            name for name in world.segments if parameter.path in world.segment_values.get(name, ())
        ]
        if len(places) < len(world.segments):
            places.insert(0, None)
        values = ", ".join(f"{name + ' ' if name else ''}{world.value(parameter.path, name):g}" for name in places)
        span = f"{parameter.low:g} to {parameter.high:g}"
        out.print(f"  {parameter.path.split('.', 1)[1]} = {values}  [{parameter.unit}; {span}]", soft_wrap=False)
        say(out, parameter.meaning, "dim", indent=6)
        for source in _sources(world, parameter.path, places):
            say(out, source, "dim", indent=8)
    if world.targets:
        out.print()
        say(out, "calibrated to", "bold")
        for target in world.targets:
            say(out, f"{target.outcome} {target.low:g} to {target.high:g} {target.unit}", indent=2)
            say(out, target.source.text, "dim", indent=6)
    if world.interventions:
        out.print()
        say(out, "interventions and shocks", "bold")
        for it in world.interventions:
            most = f", at most {it.capacity:,.0f} accounts a month" if it.capacity < math.inf else ""
            say(out, f"{it.name} from month {it.start:g}{most}", indent=2)
    if not resolved:
        next_steps(out, [f"cxsim show {world.name} --resolved"])


def _sources(world: Scenario, path: str, places: list[str | None]) -> list[str]:
    """Where a number comes from, each source once; with the segments that it stands for where there are several."""
    users: dict[str, list[str]] = {}
    for place in places:
        names = [place] if place else [name for name in world.segments if name not in places]
        users.setdefault(world.citation(path, place).text, []).extend(names)
    if len(users) == 1:
        return list(users)
    return [f"{', '.join(names)}: {text}" for text, names in users.items()]


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files of worlds, levers or shocks.")],
) -> None:
    """Say whether files of worlds, levers and shocks are sound; every fault on its own line, exit code 0 or 2."""
    from cxsim.errors import InputError
    from cxsim.levers import EVERY_LEVER, load_lever
    from cxsim.scenario import Scenario

    faults: list[str] = []
    for file in files:
        try:
            if _is_levers_file(file):
                lever = load_lever(file)
                own = sum(setting.key not in EVERY_LEVER for setting in lever.settings)
                edits = plural(len(lever.definition.get("edits", ())), "edit")
                print(f"{file}: sound; lever or shock {lever.name}, {plural(own, 'setting')} of its own, {edits}")
                continue
            world = Scenario.load(file)
        except InputError as error:
            faults += error.faults
        else:
            print(f"{file}: sound; {world.name}, {plural(len(world.segments), 'segment')}, hash {world.hash[:12]}")
    if faults:
        sys.stdout.flush()
        raise InputError(faults)


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from cxsim.scenario import schema as made

    print(json.dumps(made(), indent=1, ensure_ascii=False))
