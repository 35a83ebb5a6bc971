"""In which part of the inputs does something happen more often? A box is sought on some rows and judged on others.

Search finds boxes in pure noise too, the better the more inputs there are. Nothing is therefore told of a box but what
the rows say that took no part in finding it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.studies.pairs import wilson

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST_ROWS: Final = 64
MOST_SIDES: Final = 8  # inputs among which a box is sought: those that move the hits most
PEEL: Final = 0.08  # share of the rows in a box that a step takes off
PASTE: Final = 0.04  # and that a step adds
LEAST_SHARE: Final = 0.05
LEAST_INSIDE: Final = 16
SIDE_LEVEL: Final = 0.05  # a side stays if chance would do as much as it does with less than this probability
HOLD_OUT_LEVEL: Final = 0.01
BINS: Final = 4


@dataclass(frozen=True, slots=True)
class Side:
    """Limits of a box along one input.

    Attributes
    ----------
    column : int
    low, high : float
        In [0, 1]; 0 and 1 are no limits.
    quasi_p : float
        Probability that rows picked at random from the box without this side would hold as large a share of hits; the
        search has looked at many, so that it is no p-value.
    """

    column: int
    low: float
    high: float
    quasi_p: float


@dataclass(frozen=True, slots=True)
class Box:
    """A box, and what the rows that took no part in finding it say of it.

    Attributes
    ----------
    sides : tuple of Side
        Those that limit it, the surest first.
    rows, inside : int
        Rows held out, and how many of them lie in the box.
    density, density_low, density_high : float
        Share of hits among the held-out rows inside, with its 95 % interval.
    base : float
        Share of hits among all held-out rows.
    coverage, coverage_low, coverage_high : float
        Share of the held-out hits that lie inside, with its 95 % interval.
    p : float
        Probability of as many hits inside if the box did not matter.
    """

    sides: tuple[Side, ...]
    rows: int
    inside: int
    density: float
    density_low: float
    density_high: float
    base: float
    coverage: float
    coverage_low: float
    coverage_high: float
    p: float

    @property
    def is_confirmed(self) -> bool:
        """Whether the held-out rows bear it out: such a share by chance once in a hundred searches at most."""
        return bool(self.sides) and self.p <= HOLD_OUT_LEVEL

    def holds(self, points: Reals) -> Flags:
        """Whether each point lies inside; points of shape (n, d)."""
        inside = np.ones(len(points), dtype=np.bool_)
        for side in self.sides:
            inside &= (points[:, side.column] >= side.low) & (points[:, side.column] <= side.high)
        return inside


def box_in(points: Reals, hits: Flags, *, seed: int) -> Box | None:
    """Seek the box in which hits are densest, and judge it on rows held out.

    Parameters
    ----------
    points : float array, shape (n, d)
        In the unit cube, each column uniform.
    hits : bool array, shape (n,)
    seed : int
        Of the halving.

    Returns
    -------
    Box or None
        None if all rows are hits or none is, or the search finds no side. A box that is not `is_confirmed` must not be
        told as a finding.

    Raises
    ------
    InputError
        If there are fewer than 64 rows.

    Notes
    -----
    On a random half of the rows: the eight inputs that move the hits most are kept (variance between quarters of their
    range). From the whole cube the slice of 8 % that leaves most hits is peeled off, again and again; the box whose
    share of hits stands out most in standard errors is kept; slices are pasted back while that grows; sides that chance
    would do as well as (quasi-p ≥ .05 after Bonferroni for twice the inputs) are taken off. The other half gives
    density, coverage and a hypergeometric p-value.

    References
    ----------
    Friedman & Fisher 1999, doi:10.1023/A:1008894516817, for peeling and pasting; Bryant & Lempert 2010,
    doi:10.1016/j.techfore.2009.08.002, for density, coverage and quasi-p-values.
    """
    n = len(points)
    if n < LEAST_ROWS:
        raise InputError(f"rows: {n} are too few to seek a box in and to judge it; at least {LEAST_ROWS}")
    mine, theirs = halves(n, seed=seed)
    if not 0 < np.count_nonzero(hits[mine]) < len(mine) or not 0 < np.count_nonzero(hits[theirs]) < len(theirs):
        return None
    columns = screened(points[mine], hits[mine])
    limits = _sought(points[mine][:, columns], hits[mine])
    limits, quasi = _simplified(limits, points[mine][:, columns], hits[mine], points.shape[1])
    sides = [
        Side(int(column), float(low), float(high), float(p))
        for column, (low, high), p in zip(columns, limits, quasi, strict=True)
        if low > 0.0 or high < 1.0
    ]
    sides.sort(key=lambda side: side.quasi_p)
    return _judged(tuple(sides), points[theirs], hits[theirs]) if sides else None


def halves(n: int, *, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows on which a box is sought, and rows that are held out: a half each, at random."""
    order = np.random.Generator(np.random.Philox(seed)).permutation(n)
    return np.sort(order[: n // 2]), np.sort(order[n // 2 :])


def screened(points: Reals, hits: Flags, most: int = MOST_SIDES) -> npt.NDArray[np.int64]:
    """Columns that move the share of hits most, by the variance of that share between quarters of their range."""
    places = np.minimum((points * BINS).astype(np.int64), BINS - 1)
    between = np.zeros(points.shape[1])
    for part in range(BINS):
        its = places == part
        size = its.sum(axis=0)
        share = (its & hits[:, np.newaxis]).sum(axis=0) / np.maximum(size, 1)
        between += size * (share - hits.mean()) ** 2
    return np.sort(np.argsort(-between, kind="stable")[:most])


def _inside(limits: Reals, points: Reals) -> Flags:
    return np.asarray(((points >= limits[:, 0]) & (points <= limits[:, 1])).all(axis=1))


def _stands_out(hits: Flags, inside: Flags) -> float:
    """By how many standard errors the share of hits inside lies above that of all."""
    n, base = int(inside.sum()), float(hits.mean())
    if n == 0:
        return 0.0
    return float((hits[inside].mean() - base) * np.sqrt(n / (base * (1.0 - base))))


def _sought(points: Reals, hits: Flags) -> Reals:
    """Limits of the best box: peel to the end, take the best on the way, paste. Shape (d, 2)."""
    limits = np.tile((0.0, 1.0), (points.shape[1], 1))
    least = max(LEAST_INSIDE, int(LEAST_SHARE * len(points)))
    best, at_best = limits.copy(), 0.0
    while True:
        inside = _inside(limits, points)
        if (inside.sum() * (1.0 - PEEL)) < least or hits[inside].all():
            break
        peeled = max(_peels(limits, points[inside]), key=lambda one: _share(one, points, hits))
        if _inside(peeled, points).sum() == inside.sum():
            break
        limits = peeled
        score = _stands_out(hits, _inside(limits, points))
        if score > at_best:
            best, at_best = limits.copy(), score
    while True:
        wider = max(_pastes(best, points), key=lambda one: _stands_out(hits, _inside(one, points)), default=best)
        score = _stands_out(hits, _inside(wider, points))
        if score <= at_best:
            return best
        best, at_best = wider, score


def _share(limits: Reals, points: Reals, hits: Flags) -> float:
    inside = _inside(limits, points)
    return float(hits[inside].mean()) if inside.any() else 0.0


def _peels(limits: Reals, inside: Reals) -> list[Reals]:
    """The box without a slice at either end of each input."""
    found = []
    for column in range(len(limits)):
        for end, share in ((0, PEEL), (1, 1.0 - PEEL)):
            smaller = limits.copy()
            smaller[column, end] = np.quantile(inside[:, column], share)
            found.append(smaller)
    return found


def _pastes(limits: Reals, points: Reals) -> list[Reals]:
    """The box with a slice more at either end of each limited input, or without that limit."""
    found = []
    for column, (low, high) in enumerate(limits):
        free = limits.copy()
        free[column] = (0.0, 1.0)
        beside = np.sort(points[_inside(free, points), column])
        step = max(int(PASTE * _inside(limits, points).sum()), 1)
        for end, limit in ((0, low), (1, high)):
            if limit in (0.0, 1.0):
                continue
            outside = beside[beside < limit][::-1] if end == 0 else beside[beside > limit]
            wider = limits.copy()
            wider[column, end] = outside[step - 1] if len(outside) >= step else float(end)
            found.append(wider)
    return found


def _simplified(limits: Reals, points: Reals, hits: Flags, inputs: int) -> tuple[Reals, Reals]:
    """The box without the sides that chance would do as well as, the least sure first; and their quasi-p-values."""
    limits = limits.copy()
    while True:
        quasi = np.array([_quasi_p(limits, column, points, hits) for column in range(len(limits))])
        limited = np.flatnonzero((limits[:, 0] > 0.0) | (limits[:, 1] < 1.0))
        if not len(limited):
            return limits, quasi
        worst = limited[np.argmax(quasi[limited])]
        # either end of every input could have been peeled
        if quasi[worst] * 2 * inputs < SIDE_LEVEL:
            return limits, quasi
        limits[worst] = (0.0, 1.0)


def _quasi_p(limits: Reals, column: int, points: Reals, hits: Flags) -> float:
    """Probability of the box's hits if its rows were picked at random from the box without a side."""
    free = limits.copy()
    free[column] = (0.0, 1.0)
    return _by_chance(hits[_inside(free, points)], _inside(limits, points)[_inside(free, points)])


def _by_chance(hits: Flags, inside: Flags) -> float:
    """Probability of at least as many hits among as many rows picked at random."""
    from scipy.stats import hypergeom

    found, n = int((hits & inside).sum()), int(inside.sum())
    return float(hypergeom.sf(found - 1, len(hits), int(hits.sum()), n))


def _judged(sides: Sequence[Side], points: Reals, hits: Flags) -> Box:
    draft = Box(tuple(sides), len(points), 0, *(float("nan"),) * 8)
    inside = draft.holds(points)
    n, found, all_hits = int(inside.sum()), int((hits & inside).sum()), int(hits.sum())
    density = (found / n, *wilson(found, n)) if n else (float("nan"),) * 3
    coverage = (found / all_hits, *wilson(found, all_hits))
    return Box(tuple(sides), len(points), n, *density, float(hits.mean()), *coverage, _by_chance(hits, inside))
