"""Runs larger than memory: the log goes to disk while the clock runs."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.engines import birth, refuse
from cxsim.engines.seen import Desk, Policy
from cxsim.eventlog.parts import Parts
from cxsim.plan import make_plan
from cxsim.streams import Fork, Luck

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


def stream(
    scenario: Scenario,
    *,
    out: str | PathLike[str],
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    policy: Policy | None = None,
    fork: Fork | None = None,
    command: str = "",
) -> Path:
    """Simulate a customer base once, its log written in parts as it grows; memory holds two million rows of it.

    Parameters
    ----------
    scenario : Scenario
    out : str or PathLike
        A folder to be, named .parquet. DuckDB reads its parts as one table, `EventLog.read` the whole.
    seed, replication, horizon, policy, fork
        As in `simulate`; the engine is the compiled one.
    command : str
        What makes the log again, for the birth certificate.

    Returns
    -------
    Path
        The folder. If anything fails, there is none.

    Raises
    ------
    InputError
        As `simulate`; if the folder cannot be made.
    """
    from cxsim.engines import compiled

    refuse(scenario, seed=seed, replication=replication, horizon=horizon, policy=policy, fork=fork)
    plan, luck = make_plan(scenario, horizon), Luck(seed, replication)
    desk = None if policy is None else Desk(policy, scenario)
    parts = Parts(out)
    try:
        roster = compiled.stream_log(plan, luck, parts.add, desk, fork)
        return parts.finish(roster, birth(scenario, plan, seed, replication, "compiled", fork), command)
    except BaseException:
        parts.give_up()
        raise
