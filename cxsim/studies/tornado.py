"""One parameter at a time from low to high, all else and all luck the same: how far the answer swings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim.scenario import Scenario
from cxsim.studies.pairs import mean_interval
from cxsim.studies.points import Question, evaluated, whole
from cxsim.studies.replications import Progress
from cxsim.studies.unknowns import Unknown, changed

if TYPE_CHECKING:
    from cxsim.studies.kept import Shelf

Reals = npt.NDArray[np.float64]
ENDS: Final = (0.05, 0.95)
MOST_REPLICATIONS: Final = 10_000
FALSE_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Swing:
    """What one parameter does to an answer from one end of what is thought possible to the other.

    Attributes
    ----------
    uncertain : Uncertain or Strength
    low_value, high_value : float
        5 % and 95 % points of what is not known about it, in its unit; of the first of its places.
    at_low, at_high : float or None
        Mean change of the answer from that of the world as it is.
    difference : float or None
        Mean of the answer at the high end minus that at the low end, under the same luck.
    low, high : float or None
        95 % interval of the mean difference.
    p : float or None
        Two-sided p-value of the t test that the mean difference is 0.
    replications : int
        Pairs that count: those in which the answer exists at both ends and in the world as it is.
    is_clear : bool
        Whether it is told from zero, allowing for how many swings were looked at (`told_apart`).
    """

    uncertain: Unknown
    low_value: float
    high_value: float
    at_low: float | None
    at_high: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    replications: int
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class Tornado:
    """Swings of all parameters.

    Attributes
    ----------
    base : float or None
        Mean answer of the world as it is.
    swings : tuple of Swing
        Those told from zero first, the largest on top; then the others likewise, and last those without a value.
    """

    base: float | None
    swings: tuple[Swing, ...]


def tornado(
    question: Question,
    uncertain: Sequence[Unknown],
    *,
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
) -> Tornado:
    """Move each parameter by itself from the 5 % to the 95 % point of what is not known about it.

    Parameters
    ----------
    question : Question
    uncertain : sequence of Uncertain or Strength
    replications : int
        At least 2; the same luck at both ends.
    seed, workers, progress, shelf
        As in `points.evaluated`.

    Raises
    ------
    InputError
        If the number of replications is out of range.
    """
    whole("replications", replications, 2, MOST_REPLICATIONS)
    changes: list[Callable[[Scenario], Scenario]] = [_as_it_is]
    changes += [_end(one, u) for one in uncertain for u in ENDS]
    numbers = [range(replications)] * len(changes)
    found = evaluated(question, changes, numbers, seed=seed, workers=workers, progress=progress, shelf=shelf)
    base = found[0]
    swings = [_swing(one, base, *found[1 + 2 * place : 3 + 2 * place]) for place, one in enumerate(uncertain)]
    clear = told_apart([1.0 if swing.p is None else swing.p for swing in swings])
    swings = [dataclasses.replace(swing, is_clear=told) for swing, told in zip(swings, clear, strict=True)]
    swings.sort(key=_rank)
    kept = base[np.isfinite(base)]
    return Tornado(float(kept.mean()) if len(kept) else None, tuple(swings))


def told_apart(p: Sequence[float], level: float = FALSE_SHARE) -> list[bool]:
    """Which of many p-values are small enough that at most a share of those picked are expected to be chance.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    from scipy.stats import false_discovery_control

    return [bool(one <= level) for one in false_discovery_control(p)]


def _rank(swing: Swing) -> tuple[bool, float]:
    return not swing.is_clear, 1.0 if swing.difference is None else -abs(swing.difference)


def _as_it_is(world: Scenario) -> Scenario:
    return world


def _end(one: Unknown, u: float) -> Callable[[Scenario], Scenario]:
    return lambda world: changed(world, (one,), (u,))


def _swing(one: Unknown, base: Reals, at_low: Reals, at_high: Reals) -> Swing:
    ends = one.at(ENDS)[:, 0]
    kept = np.isfinite(base) & np.isfinite(at_low) & np.isfinite(at_high)
    n = int(kept.sum())
    if n == 0:
        return Swing(one, float(ends[0]), float(ends[1]), None, None, None, None, None, None, 0)
    differences = (at_high - at_low)[kept]
    low, high, p = _interval(differences) if n > 1 else (None, None, None)
    return Swing(
        one,
        float(ends[0]),
        float(ends[1]),
        float((at_low - base)[kept].mean()),
        float((at_high - base)[kept].mean()),
        float(differences.mean()),
        low,
        high,
        p,
        n,
    )


def _interval(differences: Reals) -> tuple[float, float, float]:
    """95 % interval of the mean, and the p-value of its being 0.

    Differences that are all the same, as those of counts may be, say nothing of their spread; the p-value is then that
    of their common sign.
    """
    from scipy.special import stdtr

    n, mean, (low, high, error) = len(differences), float(differences.mean()), mean_interval(differences)
    if np.ptp(differences) == 0.0:
        return low, high, 0.5 ** (n - 1) if mean else 1.0
    return low, high, float(2.0 * stdtr(n - 1, -abs(mean) / error))
