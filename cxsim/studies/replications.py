"""One run of one scenario boiled down to what studies need, and many of them on all cores."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxsim.engines.seen import Policy
from cxsim.readings.moments import experience_by_owner
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import OUTCOMES, outcomes
from cxsim.readings.reached import first_year
from cxsim.readings.tenure import tenure_table
from cxsim.scenario import Scenario
from cxsim.tally import FirstYear, MonthlyTable

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

SERIES = ("accounts", "arr")


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """What is kept of one run.

    Attributes
    ----------
    number : int
    values : float array, shape (1 + S, number of outcomes)
        Row 0 is the whole company, the rows below its S segments; NaN where a value does not exist.
    reasons : mapping
        (row, column) of a NaN → why.
    series : mapping
        "accounts" [accounts] and "arr" [currency/year] at months 0 … T → array, shape (1 + S, T + 1).
    at_risk, lost : int64 arrays, shape (T,)
        Of the sign-ups from month 0 on that are followed through month k of their lives: those there at its start,
        and those lost in it.
    first_year : FirstYear
        The fate of each account of the first year, for `Comparison.reached`.
    experience_shares : float array, shape (number of `events.OWNERS`,)
        Share of all that moved experience that each owner controls; NaN if nothing moved.
    """

    number: int
    values: Reals
    reasons: Mapping[tuple[int, int], str]
    series: Mapping[str, Reals]
    at_risk: Ints
    lost: Ints
    first_year: FirstYear
    experience_shares: Reals


def replicate(
    scenario: Scenario, seed: int, number: int, horizon: int | None = None, policy: Policy | None = None
) -> Replication:
    """Run a scenario once and keep its outcomes.

    Parameters
    ----------
    scenario : Scenario
    seed, number : int
        Address of the luck.
    horizon : int, optional
        Months; the scenario's own unless given.
    policy : callable, optional
        Asked as each month begins; see `cxsim.simulate`.
    """
    from cxsim.engines import simulate

    log = simulate(scenario, seed=seed, replication=number, horizon=horizon, policy=policy)
    table = monthly(log)
    scopes: tuple[str | None, ...] = (None, *scenario.segments)
    values = np.full((len(scopes), len(OUTCOMES)), np.nan)
    reasons: dict[tuple[int, int], str] = {}
    for row, scope in enumerate(scopes):
        for column, reading in enumerate(outcomes(table, scenario.value, scope).values()):
            if reading.value is None:
                reasons[row, column] = reading.reason
            else:
                values[row, column] = reading.value
    at_risk, lost = tenure_table(log)
    return Replication(
        number,
        values,
        reasons,
        _series(table, scopes),
        at_risk,
        lost,
        first_year(log, scenario.interventions),
        experience_by_owner(log, scenario.value)["share"].to_numpy(np.float64),
    )


def _series(table: MonthlyTable, scopes: Sequence[str | None]) -> dict[str, Reals]:
    return {
        "accounts": np.array([table.of("active", scope) for scope in scopes], dtype=np.float64),
        "arr": np.array([table.of("mrr", scope) * 12 / 100.0 for scope in scopes], dtype=np.float64),
    }


def replicate_all(
    arms: Sequence[Scenario],
    *,
    replications: int,
    seed: int,
    first: int = 0,
    horizon: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    policy: Policy | None = None,
) -> list[list[Replication]]:
    """Run every arm with the same luck, replication by replication, from the first on.

    A policy may be a function that no other process can find, so that with one the runs stay in
    this process unless an executor is given.

    Returns
    -------
    list of lists
        For each arm its replications, in order, however they were shared out.
    """
    units = [(arm, number) for number in range(first, first + replications) for arm in range(len(arms))]
    done: dict[tuple[int, int], Replication] = {}

    def enter(unit: tuple[int, int], result: Replication) -> None:
        done[unit] = result
        if progress is not None:
            progress(len(done), len(units))

    workers = 1 if policy is not None else min(cores() if workers is None else workers, len(units))
    if executor is None and workers <= 1:
        for arm, number in units:
            enter((arm, number), replicate(arms[arm], seed, number, horizon, policy))
    elif executor is not None:
        _spread(executor, arms, units, seed, horizon, policy, enter)
    else:
        import multiprocessing

        # Forking a process that has threads can hang it; a fresh one cannot.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            _spread(pool, arms, units, seed, horizon, policy, enter)
    return [[done[arm, number] for number in range(first, first + replications)] for arm in range(len(arms))]


def _spread(
    executor: Executor,
    arms: Sequence[Scenario],
    units: Sequence[tuple[int, int]],
    seed: int,
    horizon: int | None,
    policy: Policy | None,
    enter: Callable[[tuple[int, int], Replication], None],
) -> None:
    futures: dict[Future[Replication], tuple[int, int]] = {}
    with _no_main():
        for arm, number in units:
            futures[executor.submit(replicate, arms[arm], seed, number, horizon, policy)] = (arm, number)
    try:
        for future in as_completed(futures):
            enter(futures[future], future.result())
    except BaseException:
        for future in futures:
            future.cancel()
        raise


@contextmanager
def _no_main() -> Iterator[None]:
    """Hide the user's script from new processes: without a `__main__` guard each would run it again."""
    ours: Any = sys.modules.get("__main__")
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        if ours is not None:
            sys.modules["__main__"] = ours


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every platform
        return os.cpu_count() or 1
