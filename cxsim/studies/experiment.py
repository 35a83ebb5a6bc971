"""Experiments: run a scenario many times, or several against a baseline under the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from cxsim.errors import Faults, InputError
from cxsim.scenario import Scenario
from cxsim.studies.answers import Comparison, Run, added
from cxsim.studies.replications import Progress, Score, replicate_all

__all__ = ["Comparison", "Run", "compare", "run"]

MOST_REPLICATIONS = 1_000_000


def run(
    scenario: Scenario,
    *,
    replications: int,
    seed: int,
    workers: int | None = None,
    executor: Executor | None = None,
    horizon: int | None = None,
    progress: Progress | None = None,
    score: Score | None = None,
) -> Run:
    """Run a scenario many times.

    Parameters
    ----------
    scenario : Scenario
    replications, seed : int
    workers : int, optional
        Processes; all cores unless given, 1 for none beside this one.
    executor : concurrent.futures.Executor, optional
        Where the runs go instead, such as a cluster's.
    horizon : int, optional
        Months; the scenario's own unless given.
    progress : callable, optional
        Called with (runs done, runs in all).
    score : callable, optional
        For interventions that pick accounts by the score "custom": what the company sees of an account (`Seen`) to a
        number. With one the runs stay in this process unless an executor is given.

    Returns
    -------
    Run
        The same to the last bit whatever the workers.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    _check(replications, seed, workers, horizon)
    (found,) = replicate_all(
        [scenario],
        replications=replications,
        seed=seed,
        horizon=horizon,
        workers=workers,
        executor=executor,
        progress=progress,
        score=score,
    )
    return Run(scenario.name, scenario, seed, horizon or scenario.horizon_months, tuple(found))


def compare(
    baseline: Scenario,
    *alternatives: Scenario,
    replications: int,
    seed: int,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    by_segment: bool = False,
    names: Sequence[str] | None = None,
    score: Score | None = None,
) -> Comparison:
    """Compare scenarios with a baseline under the same luck.

    Parameters
    ----------
    baseline : Scenario
    *alternatives : Scenario
        With the segments, the currency and the horizon of the baseline.
    replications, seed, workers, executor, progress, score
        As in `run`.
    by_segment : bool
        Whether `Comparison.effects` tells the segments apart.
    names : sequence of str, optional
        Names of the alternatives; what they do unless given.

    Raises
    ------
    InputError
        If there is nothing to compare, the scenarios do not match, or a number is out of range.
    """
    _check(replications, seed, workers, None)
    faults = Faults()
    if not alternatives:
        faults.add("compare", "needs at least one alternative beside the baseline")
    for place, other in enumerate(alternatives, start=1):
        for what in ("segments", "currency", "horizon_months", "start_date"):
            mine, theirs = getattr(baseline, what), getattr(other, what)
            if mine != theirs:
                faults.add(f"alternative {place}", f"{what} {theirs} is not the baseline's, {mine}")
    if names is not None and len(names) != len(alternatives):
        faults.add("names", f"there are {len(names)} for {len(alternatives)} alternatives")
    faults.stop_if_any()
    called = _distinct(list(names) if names is not None else [_name(baseline, other) for other in alternatives])
    arms = (baseline, *alternatives)
    found = replicate_all(
        arms,
        replications=replications,
        seed=seed,
        workers=workers,
        executor=executor,
        progress=progress,
        score=score,
    )
    runs = [
        Run(name, scenario, seed, baseline.horizon_months, tuple(results))
        for name, scenario, results in zip((baseline.name, *called), arms, found, strict=True)
    ]
    return Comparison(runs[0], tuple(runs[1:]), by_segment)


def _name(baseline: Scenario, other: Scenario) -> str:
    return "+".join(it.name for it in added(baseline, other)) or other.name


def _distinct(names: list[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name} ({number})"
        found.append(candidate)
    return found


def _check(replications: int, seed: int, workers: int | None, horizon: int | None) -> None:
    wanted = [
        ("replications", replications, 1, MOST_REPLICATIONS),
        ("seed", seed, 0, 2**63 - 1),
        ("workers", 1 if workers is None else workers, 1, 10_000),
        ("horizon", 1 if horizon is None else horizon, 1, 600),
    ]
    faults = [
        f"{name}: {value!r} is not a whole number from {low} to {high}"
        for name, value, low, high in wanted
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
    ]
    if faults:
        raise InputError(faults)
