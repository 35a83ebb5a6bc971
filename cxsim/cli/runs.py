"""The commands of the store: what runs there are, going on with one, doing one anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli.keeping import StoreAt, as_asked, keeping, whole_of
from cxsim.cli.screens import bar, console, next_steps, plural, say, table, wrapped
from cxsim.cli.sizes import Json, Workers, quiet_study

if TYPE_CHECKING:
    from cxsim.store import RunRecord, Store
    from cxsim.studies.again import Answer

RunId = Annotated[str, typer.Argument(metavar="ID", help="A run of cxsim runs; the beginning of its id is enough.")]
KILO = 1024


def runs(
    as_json: Json = False,
    delete: Annotated[
        list[str] | None, typer.Option("--delete", metavar="ID", help="Delete a run, and units no other run uses.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete the runs of former laws, and what was left half-written.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without being asked.")] = False,
    store: StoreAt = None,
) -> None:
    """List the runs that are kept, the latest first."""
    from cxsim.errors import InputError
    from cxsim.store import usual_place

    place = _there(store)
    if place is None:
        folder = str(usual_place() if store is None else store)
        if delete:
            raise InputError(f"--delete {delete[0]}: no run is kept in {folder}")
        if as_json:
            print(json.dumps({"store": folder, "runs": []}, indent=1))
        else:
            _none(folder)
        return
    if delete or prune:
        _delete(place, [place.run(each) for each in delete or ()], prune, yes)
        return
    found = place.runs()
    if as_json:
        print(json.dumps({"store": str(place.path), "runs": [_row(each) for each in found]}, indent=1))
        return
    _screen(place, found)


def resume(run_id: RunId, workers: Workers = None, store: StoreAt = None) -> None:
    """Go on with a run that was stopped, and print its answer."""
    from cxsim.store import Store, origin

    place = Store.open(store)
    record = whole_of(place, place.run(run_id))
    if record.laws != origin.laws():
        changed = "; ".join(origin.changes(dict(record.ground)))
        print(
            f"note: {changed}: changed since run {record.id} began; its {record.done:,} units are not mixed with new "
            "ones: this is a run of its own",
            file=sys.stderr,
        )
    from cxsim.studies.reproduction import resume as resumed

    wanted: dict[str, Any] = dict(record.command["shown"]) if record.command is not None else {}
    with as_asked(record):
        quiet = bool(wanted.get("as_json"))
        with bar(record.question["names"][0], quiet=quiet) as progress, quiet_study(), keeping():
            found = resumed(record.id, store=place, workers=workers, progress=progress)
        mine = place.asked_by(record.command) if record.command is not None else None
        _show(found, wanted, record, workers, mine, place)


def _show(
    found: Answer, wanted: dict[str, Any], record: RunRecord, workers: int | None, mine: Store | None, place: Store
) -> None:
    """Print and write an answer as its command would have; what no command asks is only said to be there."""
    from cxsim.cli import claims, compare, run, sensitivity, vary
    from cxsim.studies.answers import Comparison, Run
    from cxsim.studies.sensitivity import Sensitivity

    if "targets" in wanted:
        wanted["targets"] = tuple((name, value) for name, value in wanted["targets"])
    if isinstance(found, Comparison) and "vary" in wanted:
        vary.show(found, vary.Shown(**{**wanted, "vary": tuple(wanted["vary"])}))
    elif isinstance(found, Comparison):
        shown = compare.Shown(**{**wanted, "waiting": tuple(wanted.get("waiting", ()))})
        compare.show(found, shown, workers=workers, engine=record.question["engine"], store=mine)
    elif isinstance(found, Run):
        run.show(found, run.Shown(**{"world": found.name, **wanted}))
    elif isinstance(found, Sensitivity):
        world = found.question.scenario.name
        sensitivity.show(found, sensitivity.Shown(**{"world": world, **wanted}), workers=workers, store=mine)
    elif isinstance(found, list):
        claims.show(found, claims.Shown(**wanted))
    else:
        out = console()
        say(out, f"{found.run_id}: {record.question['verb']}: all its units are kept. Its answer is an object of "
            "Python's:")  # fmt: skip
        print(f'cx.resume("{found.run_id}", store=cx.Store.open({str(place.path)!r}))')


def reproduce(run_id: RunId, workers: Workers = None, as_json: Json = False, store: StoreAt = None) -> None:
    """Run all units of a run anew and compare bit for bit: exit code 0 if they are the same, 1 if not."""
    from cxsim.store import Store
    from cxsim.studies.reproduction import reproduce as reproduced

    place = Store.open(store)
    record = place.run(run_id)
    with bar(record.question["names"][0], quiet=as_json) as progress, keeping():
        found = reproduced(record.id, store=place, workers=workers, progress=progress)
    if as_json:
        said = {"run": found.run_id, "same": found.is_same, "units": found.units, "units_same": found.same}
        first = found.first.line() if found.first is not None else None
        print(json.dumps({**said, "first_difference": first, "changes": list(found.changes)}, indent=1))
    else:
        screen = console()
        for line in found.lines():
            say(screen, line)
    raise typer.Exit(0 if found.is_same else 1)


def _row(record: RunRecord) -> dict[str, Any]:
    command = record.command
    return {
        "id": record.id,
        "created": record.created,
        "finished": record.finished or None,
        "state": record.state,
        "units_done": record.done,
        "units_asked": record.units,
        "replications": record.asked,
        "bytes": record.bytes,
        "verb": record.question["verb"],
        "names": record.question["names"],
        "scenario_hashes": [each.scenario for each in record.addresses],
        "seed": record.seed,
        "version": record.ground["cxsim"],
        "laws": record.laws,
        "digest": record.digest or None,
        "command": ["cxsim", *command["line"]] if command is not None else None,
        "part_of": command.get("of") if command is not None else None,
    }


def _screen(place: Store, found: list[RunRecord]) -> None:
    from cxsim.store import origin

    if not found:
        _none(str(place.path))
        return
    out = console()
    rows = table(("run", "left"), ("since", "left"), ("what", "left"), ("units", "right"), ("size", "right"), gap=1)
    for each in found:
        what = f"{each.question['verb']} {', '.join(each.question['names'])}, seed {each.seed}"
        part = each.command.get("of") if each.command is not None else None
        what += f" (part of {part})" if part else ""
        former = "" if each.laws == origin.laws() else f" (laws of {each.ground['cxsim']}, since changed)"
        done = f"{each.done:,}" if each.finished else f"{each.done:,} of {f'{each.units:,}' if each.units else '?'}"
        since = each.created[:16].replace("T", " ")
        rows.add_row(each.id, since, wrapped(what + former, 32), done, _size(each.bytes))
    out.print(rows)
    out.print()
    total = sum(file.stat().st_size for file in Path(place.path).rglob("*") if file.is_file())
    say(out, f"{plural(len(found), 'run')} in {place.path}, {_size(total)}; times are UTC.", "dim")
    open_ = next((each for each in found if not each.finished), None)
    steps = [f"cxsim resume {open_.id}"] if open_ is not None else []
    closed = next((each for each in found if each.finished), None)
    next_steps(out, [*steps, *([f"cxsim reproduce {closed.id}"] if closed is not None else [])])


def _there(folder: str | None) -> Store | None:
    """The store if there is one: to ask what is kept makes none."""
    from cxsim.store import Store, usual_place

    place = usual_place() if folder is None else Path(folder)
    missing = not place.exists() or (place.is_dir() and not any(place.iterdir()))
    return None if missing else Store.open(folder)


def _none(folder: str) -> None:
    out = console()
    say(out, f"No run is kept in {folder} yet.")
    next_steps(out, ["cxsim compare b2b-saas --with formal-onboarding"])


def _delete(place: Store, chosen: list[RunRecord], prune: bool, yes: bool) -> None:
    from cxsim.store import origin

    if prune:
        chosen = [*chosen, *(each for each in place.runs() if each.laws != origin.laws() and each not in chosen)]
    for each in chosen:
        print(f"{each.id}  {each.question['verb']} {', '.join(each.question['names'])}, {plural(each.done, 'unit')}")
    if chosen and not yes:
        typer.confirm(f"Delete {'this run' if len(chosen) == 1 else f'these {len(chosen)} runs'}?", abort=True)
    free = place.delete([each.id for each in chosen]) if chosen else 0
    free += place.sweep() if prune else 0
    print(f"deleted {plural(len(chosen), 'run')}; {_size(free)} are free")


def _size(n: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if n < KILO or unit == "GB":
            return f"{n:,.0f} {unit}" if unit == "B" else f"{n:,.1f} {unit}"
        n /= KILO
    raise AssertionError
