"""The command that runs a world many times."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cxsim.cli import files, money
from cxsim.cli.keeping import NoStore, StoreAt, absolute, keeping, kept_line, store_of
from cxsim.cli.screens import bar, console, fast_note, next_steps, plural, say, table
from cxsim.cli.sizes import (
    SEED,
    Accounts,
    Engine,
    Horizon,
    Json,
    Out,
    Precision,
    Replications,
    Seed,
    Set,
    With,
    Workers,
    World,
    all_levers,
    command,
    precision_of,
    quiet_study,
    replications_of,
    scale_note,
    warn_of,
    world_of,
)

if TYPE_CHECKING:
    from cxsim.studies import Run


@dataclass(frozen=True)
class Shown:
    """What of a run is shown and written; `out` is a folder's full path."""

    world: str
    as_json: bool = False
    out: str | None = None
    note: str = ""


def run(
    world: World,
    with_: With = None,
    set_: Set = None,
    replications: Replications = None,
    precision: Precision = None,
    seed: Seed = SEED,
    workers: Workers = None,
    engine: Engine = None,
    accounts: Accounts = None,
    horizon: Horizon = None,
    as_json: Json = False,
    out: Out = None,
    store: StoreAt = None,
    no_store: NoStore = False,
) -> None:
    """Run a world many times: each outcome's mean, its interval, and how companies differ."""
    widths = precision_of(precision)
    scenario = all_levers(world_of(world, set_, accounts), with_ or ())
    if out is not None:
        files.folder(out)
    shown = Shown(world, as_json, absolute(out), scale_note(world, scenario))
    kept = store_of(store, no_store, asdict(shown))
    from cxsim.studies import run as replicated

    with bar(scenario.name, quiet=as_json) as progress, quiet_study(), keeping():
        found = replicated(
            scenario,
            replications=replications_of(replications, widths),
            precision=widths,
            seed=seed,
            workers=workers,
            engine=engine,
            horizon=horizon,
            progress=progress,
            store=kept,
        )
    show(found, shown)


def show(found: Run, shown: Shown) -> None:
    """Print and write a run."""
    warn_of(found)
    written = []
    if shown.out is not None:
        place = files.folder(shown.out)
        full = json.dumps({**document(found), "command": command()}, indent=1, allow_nan=False)
        written.append(files.write_text(place / "outcomes.json", full + "\n"))
        text = f"# {files.born(found.scenario, found.seed)}\n{found.outcomes().to_csv(index=False)}"
        written.append(files.write_text(place / "outcomes.csv", text))
        written += money.write_money(found, place)
    if shown.as_json:
        print(json.dumps(document(found), indent=1, allow_nan=False))
        return
    _screen(found, shown, [files.shown(path) for path in written])


def document(found: Run) -> dict[str, Any]:
    """The answer of `run --json`."""
    said = {"precision": found.precision.document()} if found.precision is not None else {}
    return {**head(found), **said, "outcomes": found.rows(), "experience_by_owner": found.experience_by_owner()}


def head(found: Run) -> dict[str, Any]:
    """What the answers of `run` and `compare` begin with."""
    from cxsim import __version__

    return {
        "world": found.scenario.name,
        "seed": found.seed,
        "replications": len(found.replications),
        "horizon_months": found.horizon,
        "version": __version__,
        "scenario_hash": found.scenario.hash,
    }


def _screen(found: Run, asked: Shown, written: list[str]) -> None:
    from cxsim.studies import findings
    from cxsim.studies import quantities as q

    out, currency, world = console(), found.scenario.currency, asked.world
    rows = {row["outcome"]: row for row in found.rows()}
    end, nrr = rows["accounts"], rows["nrr"]
    kept = f" and net revenue retention {q.level(nrr['mean'], 'share')}" if nrr["mean"] is not None else ""
    say(out, f"{found.name}: after {found.horizon} months {q.level(end['mean'], 'accounts')} accounts on average, "
        f"ARR {q.level(rows['arr']['mean'], 'currency')} {currency}{kept}.", "bold")  # fmt: skip
    say(
        out,
        f"{plural(len(found.replications), 'replication')}, seed {found.seed}; money in {currency}; ± is a standard "
        f"deviation{'. ' if asked.note else ''}{asked.note}",
        "dim",
    )
    for line in found.precision.lines() if found.precision is not None else ():
        say(out, line)
    fast_note(out)
    out.print()
    shown = table(("outcome", "left"), ("mean", "right"), ("95 % interval", "right"), ("one company ±", "right"))
    reasons: dict[str, list[str]] = {}
    for name, row in rows.items():
        unit = row["unit"]
        spread = q.change(row["standard_deviation"], unit).lstrip("+")
        shown.add_row(name, q.level(row["mean"], unit), q.interval(row["low"], row["high"], unit, signed=False), spread)
        if row.get("reason"):
            reasons.setdefault(row["reason"], []).append(name)
    out.print(shown)
    out.print()
    say(out, findings.ownership(found))
    for reason, names in reasons.items():
        say(out, f"{', '.join(names)}: {reason}", "dim")
    if written:
        say(out, "Written: " + ", ".join(written))
    say(out, kept_line(found.run_id), "dim")
    next_steps(out, [shlex.join(["cxsim", "compare", world, "--with", "formal-onboarding"]), "cxsim outcomes"])
