"""Experiments: run a scenario many times, or several against a baseline under the same luck."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.engines import ENGINES
from cxsim.engines.seen import Policy
from cxsim.errors import Faults, InputError
from cxsim.levers import told_apart
from cxsim.scenario import Scenario
from cxsim.studies.answers import Comparison, Run, added, column_of
from cxsim.studies.pairs import Reals
from cxsim.studies.precision import MOST_REPLICATIONS, Goal, Precision, PrecisionWarning, goals_of, two_stage
from cxsim.studies.replications import Progress, Replication, replicate_all

if TYPE_CHECKING:
    from cxsim.store import Store
    from cxsim.studies.kept import Arms

__all__ = ["Comparison", "Run", "compare", "run"]

Batch = Callable[[int, int, Progress | None], list[list[Replication]]]


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    precision: Mapping[str, float] | None = None,
    seed: int,
    workers: int | None = None,
    executor: Executor | None = None,
    processes: bool = False,
    horizon: int | None = None,
    progress: Progress | None = None,
    policy: Policy | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Run:
    """Run a scenario many times.

    Parameters
    ----------
    scenario : Scenario
    replications : int, optional
        How many; with a precision, the most.
    precision : mapping of str to float, optional
        Half widths of 95 % intervals, in the units of their outcomes, such as `{"nrr": 0.005}`: as many replications
        as these take (`studies.precision.two_stage`).
    seed : int
    workers : int, optional
        Threads, which the compiled engine keeps busy without Python's lock; all cores unless given. The reference
        engine takes processes.
    executor : concurrent.futures.Executor, optional
        Where the runs go instead, such as a cluster's.
    processes : bool
        Whether to run in processes of their own in any case.
    horizon : int, optional
        Months; the scenario's own unless given.
    progress : callable, optional
        Called with (runs done, runs in all).
    policy : callable, optional
        Asked in each run as each month begins, see `cxsim.simulate`; all arms have it. Runs go on side by side, so
        that it is asked by one run and another in turn. In other processes it must be a function that they can find;
        the reference engine, with one, stays in this process unless an executor is given or processes are asked for.
    engine : str, optional
        "compiled" unless given, or "reference": the same numbers, far more slowly.
    store : Store, optional
        Where replications are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.
        Not with a policy, which nothing tells from another.

    Returns
    -------
    Run
        The same to the last bit whatever the workers.

    Warns
    -----
    PrecisionWarning
        If a half width is not reached, or an interval rests on few values; `Run.precision` keeps what was said.

    Raises
    ------
    InputError
        If a number is out of range, or a half width takes more than a million replications.
    """
    _check(replications, precision, seed, workers, horizon)
    question = {
        "verb": "run",
        "names": [scenario.name],
        "replications": replications,
        "precision": dict(precision or {}),
    }
    goals = goals_of(precision or {})
    shelf = _shelf(store, [scenario], question, seed, horizon, engine, policy)

    def batch(first: int, count: int, progress: Progress | None) -> list[list[Replication]]:
        return replicate_all(
            [scenario],
            first=first,
            replications=count,
            seed=seed,
            horizon=horizon,
            workers=workers,
            executor=executor,
            processes=processes,
            progress=progress,
            policy=policy,
            engine=engine,
            shelf=shelf,
        )

    with shelf.shelf if shelf is not None else nullcontext():
        (found,), reached = _enough(batch, goals, [scenario.name], replications, progress)
        kept = _finished(shelf, [found])
    return Run(scenario.name, scenario, seed, horizon or scenario.horizon_months, tuple(found), reached, kept)


def compare(
    baseline: Scenario,
    *alternatives: Scenario,
    replications: int | None = None,
    precision: Mapping[str, float] | None = None,
    seed: int,
    workers: int | None = None,
    executor: Executor | None = None,
    processes: bool = False,
    progress: Progress | None = None,
    by_segment: bool = False,
    names: Sequence[str] | None = None,
    policy: Policy | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Comparison:
    """Compare scenarios with a baseline under the same luck.

    Parameters
    ----------
    baseline : Scenario
    *alternatives : Scenario
        With the segments, the currency and the horizon of the baseline.
    replications, precision, seed, workers, executor, processes, progress, policy, engine, store
        As in `run`.
    by_segment : bool
        Whether `Comparison.effects` tells the segments apart.
    names : sequence of str, optional
        Names of the alternatives; what they do unless given.

    Warns
    -----
    PrecisionWarning
        If a half width is not reached, or an interval rests on few differences; `Comparison.precision` keeps what was
        said.

    Raises
    ------
    InputError
        If there is nothing to compare, the scenarios do not match, a number is out of range, or a half width takes more
        than a million replications.

    Notes
    -----
    A precision is that of the difference: N is the largest number of replications that any alternative needs.
    """
    _check(replications, precision, seed, workers, None)
    faults = Faults()
    if not alternatives:
        faults.add("compare", "needs at least one alternative beside the baseline")
    for place, other in enumerate(alternatives, start=1):
        for what in ("segments", "currency", "horizon_months", "start_date"):
            mine, theirs = getattr(baseline, what), getattr(other, what)
            if mine != theirs:
                faults.add(f"alternative {place}", f"{what} {theirs} is not the baseline's, {mine}")
    faults.stop_if_any()
    called = names_of(baseline, alternatives, names)
    arms = (baseline, *alternatives)
    question = {"verb": "compare", "names": [baseline.name, *called], "by_segment": by_segment,
                "replications": replications, "precision": dict(precision or {})}  # fmt: skip
    goals = goals_of(precision or {}, called)
    shelf = _shelf(store, arms, question, seed, None, engine, policy)

    def batch(first: int, count: int, progress: Progress | None) -> list[list[Replication]]:
        return replicate_all(
            arms,
            first=first,
            replications=count,
            seed=seed,
            workers=workers,
            executor=executor,
            processes=processes,
            progress=progress,
            policy=policy,
            engine=engine,
            shelf=shelf,
        )

    with shelf.shelf if shelf is not None else nullcontext():
        found, reached = _enough(batch, goals, [baseline.name, *called], replications, progress)
        kept = _finished(shelf, found)
    runs = [
        Run(name, scenario, seed, baseline.horizon_months, tuple(results))
        for name, scenario, results in zip((baseline.name, *called), arms, found, strict=True)
    ]
    return Comparison(runs[0], tuple(runs[1:]), by_segment, reached, kept)


def _shelf(
    store: Store | None,
    arms: Sequence[Scenario],
    question: Mapping[str, Any],
    seed: int,
    horizon: int | None,
    engine: str | None,
    policy: Policy | None,
) -> Arms | None:
    """The study's place in the store, if there is one."""
    if store is None:
        return None
    if policy is not None:
        raise InputError("store: a policy is a function, which nothing tells from another; leave out one of the two")
    from cxsim.studies.kept import Arms, shelf_of

    asked = {**question, "horizon": horizon, "engine": engine or ENGINES[-1]}
    shelf = shelf_of(store, arms, asked, seed=seed, horizon=horizon, engine=engine)
    return Arms(shelf, arms, seed=seed, horizon=horizon, engine=engine)


def _finished(shelf: Arms | None, found: list[list[Replication]]) -> str:
    """Enter the answer; the run's id, "" where nothing is kept."""
    if shelf is None:
        return ""
    shelf.finish(found)
    return shelf.shelf.run_id


def _enough(
    batch: Batch, goals: list[Goal], arms: list[str], replications: int | None, progress: Progress | None
) -> tuple[list[list[Replication]], Precision | None]:
    """Replications of every arm, the baseline first: as many as were asked for, or as the goals need."""
    if not goals:
        assert replications is not None
        return batch(0, replications, progress), None
    found: list[list[Replication]] = [[] for _ in arms]

    def draw(first: int, last: int) -> list[Reals]:
        fresh = batch(first, last - first, _counting_on(progress, first * len(arms)))
        for mine, more in zip(found, fresh, strict=True):
            mine += more
        return [_values(goal, fresh, arms) for goal in goals]

    reached = two_stage(draw, goals, replications)
    for text in reached.warnings:
        warnings.warn(text, PrecisionWarning, stacklevel=3)
    return found, reached


def _values(goal: Goal, fresh: list[list[Replication]], arms: list[str]) -> Reals:
    """What a goal is about: a difference from the baseline, or an outcome itself."""
    column = column_of(goal.outcome)
    values = np.array([[one.values[0, column] for one in arm] for arm in fresh])
    if goal.alternative is None:
        return np.asarray(values[0])
    # the baseline may be called as an alternative is
    return np.asarray(values[arms.index(goal.alternative, 1)] - values[0])


def _counting_on(progress: Progress | None, before: int) -> Progress | None:
    """Count runs on from those of earlier batches."""
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total)


def names_of(baseline: Scenario, alternatives: Sequence[Scenario], names: Sequence[str] | None = None) -> list[str]:
    """Names of alternatives, no two the same: those given, else what each does.

    Raises
    ------
    InputError
        If there are not as many names as alternatives.
    """
    if names is not None and len(names) != len(alternatives):
        raise InputError(f"names: there are {len(names)} for {len(alternatives)} alternatives")
    return told_apart(names if names is not None else [_name(baseline, other) for other in alternatives])


def _name(baseline: Scenario, other: Scenario) -> str:
    return "+".join(it.name for it in added(baseline, other)) or other.name


def _check(
    replications: int | None,
    precision: Mapping[str, float] | None,
    seed: int,
    workers: int | None,
    horizon: int | None,
) -> None:
    if replications is None and not precision:
        raise InputError('replications: say how many, or which precision is wanted, such as {"nrr": 0.005}')
    wanted = [
        ("replications", 1 if replications is None else replications, 1, MOST_REPLICATIONS),
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
