"""The clocks. Each turns a scenario, a seed and a replication into the same event log."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cxsim.engines.seen import Orders, Policy, Seen

if TYPE_CHECKING:
    from cxsim.eventlog import Certificate, EventLog
    from cxsim.plan import Plan
    from cxsim.scenario import Scenario
    from cxsim.streams import Fork

__all__ = ["ENGINES", "Orders", "Policy", "Seen", "refuse", "simulate"]

ENGINES = ("reference", "compiled")  # the last is the one for whoever names none
SEED_LIMIT, REPLICATION_LIMIT, LONGEST_HORIZON = 2**63, 2**32, 600


def simulate(
    scenario: Scenario,
    *,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    engine: str | None = None,
    policy: Policy | None = None,
    processes: Sequence[Callable[[Any], Any]] = (),
    fork: Fork | None = None,
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
    engine : str, optional
        "compiled" (a loop in machine code) unless named; "reference" (the SimPy clock) tells the same story, to the
        bit, some hundred times more slowly.
    policy : callable, optional
        Asked as each month from 0 on begins: given what the company sees of its accounts (`Seen`), it gives `Orders`,
        or None for none.
    processes : sequence of callable, optional
        Further SimPy stories, each a generator function of the company; see docs/extending.md. With them the
        reference engine is chosen.
    fork : Fork, optional
        When luck is dealt afresh, and which of the futures this is. What happens before is the same in all of them.

    Returns
    -------
    EventLog
        One row per happening, the history before month 0 included.

    Raises
    ------
    InputError
        If seed, replication, horizon, engine or fork is not as above, an intervention needs a policy and there is none,
        or a policy orders what cannot be done.
    """
    from cxsim.engines.seen import Desk
    from cxsim.eventlog import EventLog
    from cxsim.plan import make_plan
    from cxsim.streams import Luck

    refuse(
        scenario, seed=seed, replication=replication, horizon=horizon, engine=engine, policy=policy,
        processes=processes, fork=fork,
    )  # fmt: skip
    if engine is None and processes:
        warnings.warn("own processes run on the reference engine only, which is slower", UserWarning, stacklevel=2)
    chosen = "reference" if processes else engine or ENGINES[-1]
    plan, luck = make_plan(scenario, horizon), Luck(seed, replication)
    desk = None if policy is None else Desk(policy, scenario)
    certificate = birth(scenario, plan, seed, replication, chosen, fork)
    if chosen == "compiled":
        from cxsim.engines import compiled

        return EventLog(*compiled.log_columns(plan, luck, desk, fork), certificate)
    from cxsim.engines import reference
    from cxsim.roster import as_columns, make_roster

    roster = make_roster(plan, luck, fork)
    return EventLog.from_rows(reference.run(plan, luck, roster, desk, processes, fork), as_columns(roster), certificate)


def birth(scenario: Scenario, plan: Plan, seed: int, replication: int, engine: str, fork: Fork | None) -> Certificate:
    """What a log says of where it comes from."""
    from cxsim import __version__
    from cxsim.eventlog import Certificate

    return Certificate(
        version=__version__,
        scenario_name=scenario.name,
        scenario_hash=scenario.hash,
        scenario_toml=scenario.to_toml(),
        segments=scenario.segments,
        seed=seed,
        replication=replication,
        branch=0 if fork is None else fork.branch,
        engine=engine,
        history_months=plan.history,
        horizon_months=plan.horizon,
        currency=scenario.currency,
        start_date=scenario.start_date.isoformat(),
        branch_from=0.0 if fork is None else float(fork.at),
    )


def refuse(
    scenario: Scenario,
    *,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    engine: str | None = None,
    policy: Policy | None = None,
    processes: Sequence[Callable[[Any], Any]] = (),
    fork: Fork | None = None,
) -> None:
    """Raise InputError, with every fault, if `simulate` could not do what it is asked."""
    from cxsim.errors import InputError

    months = scenario.horizon_months if horizon is None else horizon
    faults = [
        *_numbers(seed, replication, months),
        *_engine(engine, processes),
        *_fork(fork, months),
        *_policy(scenario, policy),
    ]
    if faults:
        raise InputError(faults)


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _numbers(seed: int, replication: int, horizon: int) -> list[str]:
    return [
        f"{name}: {value!r} is not a whole number from {low} to {high}"
        for name, value, low, high in (
            ("seed", seed, 0, SEED_LIMIT - 1),
            ("replication", replication, 0, REPLICATION_LIMIT - 1),
            ("horizon", horizon, 1, LONGEST_HORIZON),
        )
        if not _is_whole(value, low, high)
    ]


def _engine(engine: str | None, processes: Sequence[Callable[[Any], Any]]) -> list[str]:
    from cxsim.errors import did_you_mean

    faults = [
        f"processes: {process!r} is not a function of the company" for process in processes if not callable(process)
    ]
    if processes and engine not in (None, "reference"):
        return [*faults, f'engine: {engine!r} runs no processes of your own; "reference" does']
    if engine is not None and engine not in ENGINES:
        known = ", ".join(ENGINES)
        faults.append(f"engine: {engine!r} is not known.{did_you_mean(str(engine), ENGINES)} There is: {known}")
    return faults


def _fork(fork: Fork | None, horizon: int) -> list[str]:
    from cxsim.streams import BRANCHES, Fork

    if fork is None or not _is_whole(horizon, 1, LONGEST_HORIZON):
        return []
    if not isinstance(fork, Fork):
        return [f"fork: {fork!r} is not a cxsim.Fork"]
    faults = []
    if isinstance(fork.at, bool) or not isinstance(fork.at, int | float) or not 0.0 <= fork.at < horizon:
        faults.append(f"fork.at: {fork.at!r} is not a number of months from 0 up to, but not at, the horizon {horizon}")
    if not _is_whole(fork.branch, 1, BRANCHES - 1):
        faults.append(f"fork.branch: {fork.branch!r} is not a whole number from 1 to {BRANCHES - 1}")
    return faults


def _policy(scenario: Scenario, policy: Policy | None) -> list[str]:
    if policy is not None:
        return [] if callable(policy) else [f"policy: {policy!r} is not a function of what is seen"]
    return [
        f'intervention "{intervention.name}": picks accounts by the score "custom": pass policy=… to simulate'
        for intervention in scenario.interventions
        if intervention.score == "custom"
    ]
