"""One parameter at a time from low to high, all else and all luck the same: how far the answer swings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.scenario import Scenario
from cxsim.studies.draws import Uncertain, drawn
from cxsim.studies.pairs import mean_interval
from cxsim.studies.points import Question, evaluated, whole
from cxsim.studies.replications import Progress

Reals = npt.NDArray[np.float64]
ENDS: Final = (0.05, 0.95)
MOST_REPLICATIONS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Swing:
    """What one parameter does to an answer from one end of what is thought possible to the other.

    Attributes
    ----------
    uncertain : Uncertain
    low_value, high_value : float
        5 % and 95 % points of what is not known about it, in its unit; of the first of its places.
    at_low, at_high : float or None
        Mean change of the answer from that of the world as it is.
    difference : float or None
        Mean of the answer at the high end minus that at the low end, under the same luck.
    low, high : float or None
        95 % interval of the mean difference.
    replications : int
        Pairs that count: those in which the answer exists at both ends and in the world as it is.
    """

    uncertain: Uncertain
    low_value: float
    high_value: float
    at_low: float | None
    at_high: float | None
    difference: float | None
    low: float | None
    high: float | None
    replications: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


@dataclass(frozen=True, slots=True)
class Tornado:
    """Swings of all parameters.

    Attributes
    ----------
    base : float or None
        Mean answer of the world as it is.
    swings : tuple of Swing
        The largest first; those without a value last.
    """

    base: float | None
    swings: tuple[Swing, ...]


def tornado(
    question: Question,
    uncertain: Sequence[Uncertain],
    *,
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Tornado:
    """Move each parameter by itself from the 5 % to the 95 % point of what is not known about it.

    Parameters
    ----------
    question : Question
    uncertain : sequence of Uncertain
    replications : int
        At least 2; the same luck at both ends.
    seed, workers, progress
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
    found = evaluated(question, changes, numbers, seed=seed, workers=workers, progress=progress)
    base = found[0]
    swings = [_swing(one, base, *found[1 + 2 * place : 3 + 2 * place]) for place, one in enumerate(uncertain)]
    swings.sort(key=lambda swing: -1.0 if swing.difference is None else abs(swing.difference), reverse=True)
    kept = base[np.isfinite(base)]
    return Tornado(float(kept.mean()) if len(kept) else None, tuple(swings))


def _as_it_is(world: Scenario) -> Scenario:
    return world


def _end(one: Uncertain, u: float) -> Callable[[Scenario], Scenario]:
    return lambda world: drawn(world, (one,), (u,))


def _swing(one: Uncertain, base: Reals, at_low: Reals, at_high: Reals) -> Swing:
    ends = one.at(ENDS)[:, 0]
    kept = np.isfinite(base) & np.isfinite(at_low) & np.isfinite(at_high)
    n = int(kept.sum())
    if n == 0:
        return Swing(one, float(ends[0]), float(ends[1]), None, None, None, None, None, 0)
    differences = (at_high - at_low)[kept]
    interval = mean_interval(differences)[:2] if n > 1 else (None, None)
    return Swing(
        one,
        float(ends[0]),
        float(ends[1]),
        float((at_low - base)[kept].mean()),
        float((at_high - base)[kept].mean()),
        float(differences.mean()),
        *interval,
        n,
    )
