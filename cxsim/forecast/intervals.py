"""What may come: curves that the data leave possible, and the luck of so many customers on each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import gammaln

from cxsim.forecast.curves import Family, Reals
from cxsim.forecast.fitting import COARSE, Fitted, cost_of, log_likelihood, search

# Mean and standard deviation of each free coordinate over simulated cohorts of mixed kinds, for bounds. They matter
# where there are few periods or few customers. They come from 1,000 cohorts of ten of the eleven kinds of
# experiments/forecast_weights/cohorts.py, with a narrower range of losses and a slight lean to customers who grow
# likelier to leave (0.07 instead of 0.0 in ln c); structures.py prints those of the kinds as they are now.
PRIORS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "geometric": ((-2.04, 0.93),),
    "dw": ((-1.55, 0.96), (-0.31, 0.37)),
    "sbg": ((-1.49, 0.95), (-1.2, 1.35)),
    "bdw": ((-1.57, 0.98), (-1.13, 1.33), (0.07, 0.31)),
    "two-class": ((-0.01, 1.12), (1.13, 0.41), (-0.57, 1.19)),
    "sbg-first": ((-1.53, 0.95), (-1.9, 0.87), (-1.52, 1.02)),
}
# How far rates of loss leave every family. The script's cohorts are hard on purpose (most are of no family that is
# fitted): with these sizes 90 % bounds hold 87 % there, and 91 % of the milder mix of the tests.
DRIFT: Final = (0.02, 0.12)
PROPOSALS: Final = 600
FREEDOM: Final = 5.0
ROUNDS: Final = 3
HALVINGS: Final = 24
MOST_STRETCH: Final = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Plausible:
    """Curves of one family that the data leave possible.

    Attributes
    ----------
    points : float array, shape (n, k)
        Free coordinates.
    weights : float array, shape (n,)
        Sum to 1.
    log_evidence : float
        Ln of the chance of the data under the family, over all its curves.
    """

    points: Reals
    weights: Reals
    log_evidence: float

    def drawn(self, n: int, rng: np.random.Generator) -> Reals:
        """Points, each about as often as its weight says; shape (n, k)."""
        steps = (rng.random() + np.arange(n)) / n
        place = np.searchsorted(np.cumsum(self.weights), steps)
        return np.asarray(rng.permutation(self.points[np.minimum(place, len(self.weights) - 1)]))


def plausible(fitted: Fitted, at_risk: Reals, lost: Reals, rng: np.random.Generator) -> Plausible:
    """Find the curves that the data leave possible.

    Parameters
    ----------
    fitted : Fitted
    at_risk, lost : float arrays, shape (T,)
    rng : numpy.random.Generator

    Notes
    -----
    Likelihood × prior, by importance sampling: multivariate t proposals, first round the mode with the curvature
    there, then moved twice to where the weight is; all rounds count (Cornuet, Marin, Mira & Robert 2012,
    doi:10.1111/j.1467-9469.2011.00756.x).
    """
    family = fitted.family
    middle, width = np.asarray(PRIORS[family.name]).T
    cost = cost_of(family, at_risk, lost, 1.0, (middle, width))
    mode, _ = search(cost, fitted.x, family, COARSE)
    return explored(
        lambda x: _target(family, x, at_risk, lost, middle, width), mode, curvature(cost, mode, width), width, rng
    )


def explored(
    target_of: Callable[[Reals], Reals], mode: Reals, spread: Reals, width: Reals, rng: np.random.Generator
) -> Plausible:
    """Draw where a density is high.

    Parameters
    ----------
    target_of : callable
        Ln of likelihood times prior at points, shape (n, k): shape (n,).
    mode : float array, shape (k,)
    spread : float array, shape (k, k)
        Covariance round the mode.
    width : float array, shape (k,)
        Of the prior.
    rng : numpy.random.Generator
    """
    points: list[Reals] = []
    places: list[tuple[Reals, Reals]] = []
    targets: list[Reals] = []
    for _ in range(ROUNDS):
        places.append((mode, spread))
        fresh = _student(rng, mode, spread, PROPOSALS)
        points.append(fresh)
        targets.append(target_of(fresh))
        everything, target = np.concatenate(points), np.concatenate(targets)
        proposed = np.mean([np.exp(_student_density(everything, *place)) for place in places], axis=0)
        raw = np.exp(target - target.max()) / proposed
        weights = raw / raw.sum()
        mode = weights @ everything
        spread = 1.1 * (everything - mode).T @ (weights[:, None] * (everything - mode)) + 1e-9 * np.diag(width**2)
    return Plausible(everything, weights, float(target.max() + np.log(raw.mean())))


def _target(family: Family, x: Reals, at_risk: Reals, lost: Reals, middle: Reals, width: Reals) -> Reals:
    low, high = np.asarray(family.bounds).T
    inside = ((x >= low) & (x <= high)).all(axis=1)
    prior = -0.5 * (((x - middle) / width) ** 2 + np.log(2.0 * np.pi * width**2)).sum(axis=1)
    value = log_likelihood(family, np.clip(x, low, high), at_risk, lost) + prior
    return np.where(inside, value, -np.inf)


def curvature(cost: object, mode: Reals, width: Reals) -> Reals:
    """Inverse of the second derivatives at a mode, shape (k, k); the prior's where the data are flat."""
    k, step = len(mode), 1e-4
    second = np.zeros((k, k))
    for j in range(k):
        off = np.zeros(k)
        off[j] = step
        second[j] = (cost(mode + off)[1] - cost(mode - off)[1]) / (2.0 * step)  # type: ignore[operator]
    values, vectors = np.linalg.eigh(0.5 * (second + second.T))
    floor = 0.3 / float(np.max(width)) ** 2
    return np.asarray((vectors / np.maximum(values, floor)) @ vectors.T)


def _student(rng: np.random.Generator, middle: Reals, spread: Reals, n: int) -> Reals:
    root = np.linalg.cholesky(spread)
    scale = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, n))
    return np.asarray(middle + (rng.standard_normal((n, len(middle))) @ root.T) * scale[:, None])


def _student_density(x: Reals, middle: Reals, spread: Reals) -> Reals:
    """Ln density of the proposals."""
    root = np.linalg.cholesky(spread)
    off = np.linalg.solve(root, (x - middle).T)
    k = len(middle)
    whole = gammaln(0.5 * (FREEDOM + k)) - gammaln(0.5 * FREEDOM) - 0.5 * k * np.log(FREEDOM * np.pi)
    shape = -0.5 * (FREEDOM + k) * np.log1p((off**2).sum(axis=0) / FREEDOM)
    return np.asarray(whole + shape - np.log(np.diag(root)).sum())


def drifted(logs: Reals, last: int, drift: tuple[float, float], rng: np.random.Generator) -> Reals:
    """Ln S(t) of possible curves with rates of loss that leave the family after what was seen.

    Parameters
    ----------
    logs : float array, shape (n, A)
        Ln S(t) at ages 0 … A − 1.
    last : int
        Last age seen, T.
    drift : (float, float)
        Standard deviations of ln(rate of loss): a step right after T, and by how much more for each e-fold of age.
    rng : numpy.random.Generator

    Notes
    -----
    No family is true. Each draw multiplies the cumulative hazard of period t > T by exp(z₁·step + z₂·slope·ln(t/T)):
    the same for months and years.
    """
    if logs.shape[1] <= last + 1 or drift == (0.0, 0.0):
        return logs
    ages = np.arange(last + 1.0, logs.shape[1])
    z = rng.standard_normal((2, len(logs), 1))
    hazards = -np.diff(logs[:, last:], axis=1) * np.exp(drift[0] * z[0] + drift[1] * z[1] * np.log(ages / max(last, 1)))
    return np.concatenate((logs[:, : last + 1], logs[:, last : last + 1] - np.cumsum(hazards, axis=1)), axis=1)


def centred(logs: Reals, line: Reals, last: int) -> Reals:
    """Ln S(t) of possible curves whose middle is a line.

    Parameters
    ----------
    logs : float array, shape (n, A)
        Ln S(t) at ages 0 … A − 1.
    line : float array, shape (A,)
        Survival of the line, above 0 at `last`.
    last : int
        Age from which on the curves are moved.

    Notes
    -----
    The cumulative hazard of each period t > last is multiplied by the same factor in all draws, so that the median of
    S(t)/S(last) is that of the line: half of the draws lie above it, and none rises.
    """
    if logs.shape[1] <= last + 1:
        return logs
    hazards = -np.diff(logs[:, last:], axis=1)
    wanted = -np.log(np.maximum(line[last + 1 :], 1e-300) / line[last])
    gone = np.zeros(len(logs))
    moved = np.empty_like(hazards)
    for k, target in enumerate(wanted):
        low, high = 0.0, 1.0
        while np.median(gone + high * hazards[:, k]) < target and high < MOST_STRETCH:
            low, high = high, 2.0 * high
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if np.median(gone + middle * hazards[:, k]) < target else (low, middle)
        gone = gone + 0.5 * (low + high) * hazards[:, k]
        moved[:, k] = gone
    return np.concatenate((logs[:, : last + 1], logs[:, last : last + 1] - moved), axis=1)


def realised(stay: Reals, left: float, rng: np.random.Generator) -> Reals:
    """Customers still there after each period to come, one row a possible curve.

    Parameters
    ----------
    stay : float array, shape (n, H)
        Chance of staying through each period to come.
    left : float
        Customers there now.
    rng : numpy.random.Generator

    Returns
    -------
    float array, shape (n, H)
    """
    there = np.empty(stay.shape)
    now = np.full(len(stay), round(left), dtype=np.int64)
    for k in range(stay.shape[1]):
        now = rng.binomial(now, np.clip(stay[:, k], 0.0, 1.0))
        there[:, k] = now
    return there


def bounds(there: Reals, left: float, level: float, rng: np.random.Generator) -> tuple[Reals, Reals]:
    """Interval of so many per cent for each column of possible counts.

    Counts are spread evenly over the unit around them: else an interval that ends on a whole number holds more than
    it says where there are few customers. One draw is moved as a whole, so that bounds never rise.
    """
    smooth = np.clip(there + rng.uniform(-0.5, 0.5, (len(there), 1)), 0.0, left)
    low, high = np.quantile(smooth, (0.5 - 0.5 * level, 0.5 + 0.5 * level), axis=0)
    return np.asarray(low), np.asarray(high)
