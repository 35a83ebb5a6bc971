"""The command that runs a world once."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxsim.cli.screens import console, fast_note, next_steps, say, table
from cxsim.cli.sizes import Accounts, Engine, Horizon, Set, With, World, all_levers, command, world_of

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog
    from cxsim.scenario import Scenario

KEY = ("accounts", "arr", "grr", "nrr", "logo_churn_12m", "logo_churn_annual", "time_to_value", "health_mean")


def simulate(
    world: World,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Which luck.")],
    replication: Annotated[int, typer.Option("--replication", metavar="R", help="Which of the seed's worlds.")] = 0,
    engine: Engine = None,
    horizon: Horizon = None,
    with_: With = None,
    set_: Set = None,
    accounts: Accounts = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="LOG.parquet", help="Write the event log, .parquet or .csv.")
    ] = None,
    digest: Annotated[bool, typer.Option("--digest", help="Print the SHA-256 of the log's columns.")] = False,
    parts: Annotated[
        bool, typer.Option("--parts", help="Write a log larger than memory: --out is a folder of Parquet parts.")
    ] = False,
) -> None:
    """Run a world once and keep its event log."""
    from cxsim.engines import simulate as simulated
    from cxsim.errors import InputError

    scenario = all_levers(world_of(world, set_, accounts), with_ or ())
    if out is not None:
        if Path(out).suffix not in (".parquet", ".csv"):
            raise InputError(f"--out {out}: a log is written as .parquet or .csv")
        if not Path(out).parent.is_dir():
            raise InputError(f"--out {out}: no such folder as {Path(out).parent}")
    if parts:
        if out is None or digest or engine == "reference":
            raise InputError("--parts: writes the folder of --out, from the compiled engine, and prints no digest")
        from cxsim.engines.streaming import stream

        folder = stream(scenario, out=out, seed=seed, replication=replication, horizon=horizon, command=command())
        say(console(), f"Written: {folder}/, in parts")
        return
    log = simulated(scenario, seed=seed, replication=replication, horizon=horizon, engine=engine)
    if out is not None:
        log.write(out, command=command())
    if digest:
        print(log.digest())
        return
    _screen(log, scenario, world, out)


def _screen(log: EventLog, scenario: Scenario, world: str, out: str | None) -> None:
    from cxsim.readings.monthly import monthly
    from cxsim.readings.outcomes import OUTCOMES, outcomes
    from cxsim.studies import quantities as q

    screen, c = console(), log.certificate
    found = monthly(log)
    read = outcomes(found, scenario.value)
    new, lost, active = (found.of(name) for name in ("new", "churned", "active"))
    say(
        screen,
        f"{scenario.name}: from {active[0]:,} accounts to {active[-1]:,} in {c.horizon_months:g} months; "
        f"{int(new.sum()):,} signed up, {int(lost.sum()):,} left.",
        "bold",
    )
    say(screen, f"seed {c.seed}, replication {c.replication}, {c.engine} engine, {len(log):,} events", "dim")
    fast_note(screen)
    screen.print()
    rows = table(("outcome", "left"), ("value", "right"), ("unit", "left"), ("", "left"))
    for name in KEY:
        reading = read[name]
        unit = q.unit_of(name, scenario.currency)
        said = unit if OUTCOMES[name].unit.startswith("currency") else ""
        rows.add_row(name, q.level(reading.value, OUTCOMES[name].unit), said, reading.reason)
    screen.print(rows)
    screen.print()
    say(screen, f"digest {log.digest()}", "dim")
    if out is not None:
        stem = Path(out)
        say(screen, f"Written: {out}, {stem.stem}.accounts{stem.suffix} and {stem.stem}.birth.json beside it")
    again = shlex.quote(world)
    next_steps(screen, [f"cxsim run {again}", f"cxsim compare {again} --with formal-onboarding"])
