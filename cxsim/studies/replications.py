"""One run of one scenario boiled down to what studies need, and many of them on all cores."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cxsim.engines import ENGINES, refuse, simulate
from cxsim.engines.seen import Desk, Policy
from cxsim.plan import make_plan
from cxsim.readings.costs import stage_lines
from cxsim.readings.moments import experience_shares
from cxsim.readings.money import money_lines
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import outcomes_by_scope, series_by_scope
from cxsim.readings.reached import first_year
from cxsim.readings.values import economics_of
from cxsim.scenario import Scenario
from cxsim.streams import Fork, Luck
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
    money : float array, shape (len(`readings.money.LINES`), T)
        The company's monthly ledger of money, in the world's currency.
    stages : float array, shape (len(`readings.costs.STAGE_LINES`), len(`readings.costs.JOURNEY`))
        What each stage of the journey cost, earned and lost over the run.
    """

    number: int
    values: Reals
    reasons: Mapping[tuple[int, int], str]
    series: Mapping[str, Reals]
    at_risk: Ints
    lost: Ints
    first_year: FirstYear
    experience_shares: Reals
    money: Reals
    stages: Reals


class Shelf(Protocol):
    """Where replications are kept and found again, such as `studies.kept.Arms`; arms by their place."""

    def found(self, first: int, count: int, /) -> Mapping[tuple[int, int], Replication]:
        """Those of the replications first … first + count − 1 that are there, by arm and number."""
        ...

    def keep(self, arm: int, replication: Replication, /) -> None:
        """Keep one."""
        ...


class Arm:
    """A scenario ready to be run many times: what its runs share is made once, and any number of threads may run it.

    Parameters
    ----------
    scenario : Scenario
    horizon : int, optional
        Months; the scenario's own unless given.
    policy : callable, optional
        Asked as each month begins; see `cxsim.simulate`.
    engine : str, optional
        "compiled" unless given, which counts without a log; or "reference".

    Raises
    ------
    InputError
        If the scenario cannot be run like this.
    """

    def __init__(
        self, scenario: Scenario, horizon: int | None = None, policy: Policy | None = None, engine: str | None = None
    ) -> None:
        refuse(scenario, seed=0, horizon=horizon, engine=engine, policy=policy)
        self.scenario, self.horizon, self.policy = scenario, horizon, policy
        self.engine = engine or ENGINES[-1]
        self._economics = economics_of(scenario.value)
        if self.engine == "compiled":
            from cxsim.engines.compiled import Setting

            self._setting = Setting(make_plan(scenario, horizon))
            self._desk = None if policy is None else Desk(policy, scenario)

    def table(self, seed: int, number: int, fork: Fork | None = None) -> tuple[MonthlyTable, FirstYear]:
        """Run it once; the monthly table and the fates of the first year. From a fork on luck is dealt afresh."""
        interventions = self.scenario.interventions
        if self.engine == "compiled":
            from cxsim.engines.compiled import tally

            return tally(self._setting, Luck(seed, number), interventions, self._desk, fork)
        log = simulate(
            self.scenario, seed=seed, replication=number, horizon=self.horizon, policy=self.policy, engine=self.engine,
            fork=fork,
        )  # fmt: skip
        return monthly(log), first_year(log, interventions)

    def make_ready(self, seed: int, number: int) -> None:
        """Have compiled what is not yet, before several threads ask for it."""
        if self.engine == "compiled":
            from cxsim.engines.compiled import make_ready

            make_ready(self._setting, Luck(seed, number))

    def replicate(self, seed: int, number: int, fork: Fork | None = None) -> Replication:
        """Run it once and keep its outcomes."""
        table, fates = self.table(seed, number, fork)
        values, reasons = outcomes_by_scope(table, self._economics)
        at_risk, lost = table.tenure.T
        return Replication(
            number,
            values,
            reasons,
            series_by_scope(table),
            at_risk,
            lost,
            fates,
            experience_shares(table),
            money_lines(table, self._economics),
            stage_lines(table, self._economics).sum(axis=-1),
        )


@lru_cache(maxsize=16)
def arm_of(scenario: Scenario, horizon: int | None, engine: str | None) -> Arm:
    """An arm without a policy, made once in a process."""
    return Arm(scenario, horizon, None, engine)


def replicate(
    scenario: Scenario,
    seed: int,
    number: int,
    horizon: int | None = None,
    policy: Policy | None = None,
    engine: str | None = None,
) -> Replication:
    """Run a scenario once and keep its outcomes.

    Parameters
    ----------
    scenario : Scenario
    seed, number : int
        Address of the luck.
    horizon, policy, engine
        As in `Arm`.
    """
    refuse(scenario, seed=seed, replication=number, horizon=horizon, engine=engine, policy=policy)
    arm = arm_of(scenario, horizon, engine) if policy is None else Arm(scenario, horizon, policy, engine)
    return arm.replicate(seed, number)


def replicate_all(
    arms: Sequence[Scenario],
    *,
    replications: int,
    seed: int,
    first: int = 0,
    horizon: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    processes: bool = False,
    progress: Progress | None = None,
    policy: Policy | None = None,
    engine: str | None = None,
    shelf: Shelf | None = None,
) -> list[list[Replication]]:
    """Run every arm with the same luck, replication by replication, from the first on; what the shelf has is not run.

    The compiled engine runs on threads of this process, for it lets go of Python's lock; the reference engine, and any
    if `processes`, in processes of their own. A policy may be a function that no other process can find, so that with
    one the reference stays in this process unless an executor is given or processes are asked for.

    Returns
    -------
    list of lists
        For each arm its replications, in order, however they were shared out.
    """
    numbers = range(first, first + replications)
    refuse(arms[0], seed=seed, replication=numbers[-1], horizon=horizon, engine=engine, policy=policy)
    every = tuple(range(len(arms)))
    done = dict(shelf.found(first, replications)) if shelf is not None else {}
    if done and progress is not None:
        progress(len(done), len(arms) * replications)
    missing = {n: tuple(arm for arm in every if (arm, n) not in done) for n in numbers}
    missing = {n: some for n, some in missing.items() if some}
    if not missing:
        return [[done[arm, number] for number in numbers] for arm in every]
    ready = [Arm(scenario, horizon, policy, engine) for scenario in arms]

    def enter(arm: int, result: Replication) -> None:
        done[arm, result.number] = result
        if shelf is not None:
            shelf.keep(arm, result)
        if progress is not None:
            progress(len(done), len(arms) * replications)

    workers = min(cores() if workers is None else workers, sum(map(len, missing.values())))
    reference = ready[0].engine == "reference"
    if executor is None and reference and policy is not None and not processes:
        workers = 1
    # the arms of a replication share its history, so they stay together where there is work for all
    apart = len(missing) < workers
    tasks = [(n, some) for n, group in missing.items() for some in ([(arm,) for arm in group] if apart else [group])]
    if executor is None and workers <= 1:
        for number, some in tasks:
            for arm in some:
                enter(arm, ready[arm].replicate(seed, number))
    elif executor is None and not (reference or processes):
        ready[0].make_ready(seed, first)
        with ThreadPoolExecutor(workers) as threads:
            _gather({threads.submit(_each, [ready[arm] for arm in some], seed, n): some for n, some in tasks}, enter)
    else:

        def spread(pool: Executor) -> None:
            with _no_main():
                futures = {
                    pool.submit(_elsewhere, [arms[arm] for arm in some], seed, n, horizon, policy, engine): some
                    for n, some in tasks
                }
            _gather(futures, enter)

        if executor is not None:
            spread(executor)
        else:
            import multiprocessing

            # Forking a process that has threads can hang it; a fresh one cannot.
            with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
                spread(pool)
    return [[done[arm, number] for number in numbers] for arm in every]


def _each(arms: Sequence[Arm], seed: int, number: int) -> list[Replication]:
    return [arm.replicate(seed, number) for arm in arms]


def _elsewhere(
    arms: Sequence[Scenario],
    seed: int,
    number: int,
    horizon: int | None,
    policy: Policy | None,
    engine: str | None,
) -> list[Replication]:
    """The same where nothing has been made ready: in another process, perhaps on another machine."""
    return [replicate(arm, seed, number, horizon, policy, engine) for arm in arms]


def _gather(
    futures: dict[Future[list[Replication]], tuple[int, ...]], enter: Callable[[int, Replication], None]
) -> None:
    try:
        for future in as_completed(futures):
            for arm, result in zip(futures[future], future.result(), strict=True):
                enter(arm, result)
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
