"""The clocks. Each turns a scenario, a seed and a replication into the same event log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cxsim.engines.seen import Seen

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog
    from cxsim.scenario import Scenario

__all__ = ["ENGINES", "Seen", "simulate"]

ENGINES = ("reference",)
SEED_LIMIT, REPLICATION_LIMIT, LONGEST_HORIZON = 2**63, 2**32, 600


def simulate(
    scenario: Scenario,
    *,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    engine: str = "reference",
    score: Callable[[Seen], float] | None = None,
) -> EventLog:
    """Simulate a customer base once.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        0 to 2**63 - 1; 0 is a seed like any other.
    replication : int
        0 to 2**32 - 1: which of the seed's worlds.
    horizon : int, optional
        Months after month 0, 1 to 600; the scenario's own unless given.
    engine : str
        "reference", the SimPy clock.
    score : callable, optional
        Maps what the company sees of an account at a review (`Seen`) to a number; read by interventions with
        score = "custom".

    Returns
    -------
    EventLog
        One row per happening, the history before month 0 included.

    Raises
    ------
    InputError
        If seed, replication, horizon or engine is not as above.
    """
    from cxsim import __version__
    from cxsim.engines.reference import run
    from cxsim.errors import InputError, did_you_mean
    from cxsim.eventlog import Certificate, EventLog
    from cxsim.plan import make_plan
    from cxsim.roster import as_columns, make_roster
    from cxsim.streams import Luck

    faults = [
        f"{name}: {value!r} is not a whole number from {low} to {high}"
        for name, value, low, high in (
            ("seed", seed, 0, SEED_LIMIT - 1),
            ("replication", replication, 0, REPLICATION_LIMIT - 1),
            ("horizon", scenario.horizon_months if horizon is None else horizon, 1, LONGEST_HORIZON),
        )
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high
    ]
    if engine not in ENGINES:
        faults.append(f"engine: {engine!r} is not known.{did_you_mean(engine, ENGINES)} There is: {', '.join(ENGINES)}")
    if faults:
        raise InputError(faults)
    plan = make_plan(scenario, horizon)
    luck = Luck(seed, replication)
    roster = make_roster(plan, luck)
    rows = run(plan, luck, roster, score)
    certificate = Certificate(
        version=__version__,
        scenario_name=scenario.name,
        scenario_hash=scenario.hash,
        scenario_toml=scenario.to_toml(),
        segments=scenario.segments,
        seed=seed,
        replication=replication,
        branch=0,
        engine=engine,
        history_months=plan.history,
        horizon_months=plan.horizon,
        currency=scenario.currency,
        start_date=scenario.start_date.isoformat(),
    )
    return EventLog.from_rows(rows, as_columns(roster), certificate)
