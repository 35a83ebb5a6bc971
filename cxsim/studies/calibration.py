"""Does a world meet the published numbers that it is calibrated to?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cxsim.readings.outcomes import outcomes
from cxsim.scenario import Scenario, Target, scaled
from cxsim.studies.replications import arm_of, cores

SLOWING: Final = "cumulative_hazard_ratio"
ACCOUNTS: Final = 500
REPLICATIONS: Final = 400


@dataclass(frozen=True, slots=True)
class Held:
    """A target against the result.

    Attributes
    ----------
    target : Target
    mean : float
        Mean over replications, in the target's unit.
    standard_error : float
    holds : bool
        True if the mean lies in the target's range, give or take two standard errors.
    """

    target: Target
    mean: float
    standard_error: float

    @property
    def holds(self) -> bool:
        slack = 2.0 * self.standard_error
        return self.target.low - slack <= self.mean <= self.target.high + slack


def measure(
    scenario: Scenario,
    *,
    replications: int = REPLICATIONS,
    accounts: int | None = ACCOUNTS,
    seed: int = 2026,
    executor: Executor | None = None,
) -> list[Held]:
    """Run a world and set its calibration targets against the results.

    Parameters
    ----------
    scenario : Scenario
        A world with `targets`.
    replications : int
    accounts : int or None
        Active at month 0; None for the world's own size.
    seed : int
    executor : Executor, optional
        Where replications run; on threads of this process unless given.

    Returns
    -------
    list of Held, one for each target

    Notes
    -----
    Each target is read as a ratio of sums per replication; the result is their mean with the standard error of the
    mean, a replication in which the ratio is empty left out. `cumulative_hazard_ratio` pools all replications, with a
    jackknife error: single cohorts are too small for the ratio of two logarithms.
    """
    sized = scenario if accounts is None else scaled(scenario, accounts)
    names = tuple(target.outcome for target in scenario.targets)
    jobs = [(sized, seed, r, names) for r in range(replications)]
    if executor is None:
        arm_of(sized, None, None).make_ready(seed, 0)
        with ThreadPoolExecutor(cores()) as pool:
            found = list(pool.map(_one, jobs))
    else:
        found = list(executor.map(_one, jobs))
    return [_held(target, k, found) for k, target in enumerate(scenario.targets)]


def _one(job: tuple[Scenario, int, int, tuple[str, ...]]) -> list[tuple[float, ...] | None]:
    """One replication: each target's number, or the counts that it pools."""
    scenario, seed, replication, names = job
    table, _ = arm_of(scenario, None, None).table(seed, replication)
    read = outcomes(table, scenario.value)
    numbers: list[tuple[float, ...] | None] = []
    for name in names:
        if name == SLOWING:
            numbers.append(tuple(table.early.tolist()))
        else:
            value = read[name].value
            numbers.append(None if value is None else (value,))
    return numbers


def _held(target: Target, k: int, found: Sequence[list[tuple[float, ...] | None]]) -> Held:
    rows = [one[k] for one in found]
    present = [row for row in rows if row is not None]
    if len(present) < 2:
        return Held(target, math.nan, math.nan)
    if target.outcome == SLOWING:
        mean, error = _jackknife(present)
    else:
        values = [row[0] for row in present]
        mean = sum(values) / len(values)
        error = math.sqrt(sum((v - mean) * (v - mean) for v in values) / (len(values) - 1) / len(values))
    return Held(target, mean, error)


def _jackknife(rows: list[tuple[float, ...]]) -> tuple[float, float]:
    """ln S(6 years)/ln S(2 years) over all replications, and its jackknife standard error."""

    def ratio(some: list[tuple[float, ...]]) -> float:
        n, two, six = (sum(row[k] for row in some) for k in range(3))
        return math.log(six / n) / math.log(two / n)

    without = [ratio(rows[:k] + rows[k + 1 :]) for k in range(len(rows))]
    centre, n = sum(without) / len(without), len(without)
    return ratio(rows), math.sqrt((n - 1) / n * sum((w - centre) * (w - centre) for w in without))
