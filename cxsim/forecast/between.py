"""Cohorts that differ: each has the shared curve's rates of loss times a level and a tilt of its own.

-ln of the chance to stay through age t in cohort j is H(t)·exp(u_j + v_j·g(t)), with H that of a family of curves and
g(t) = ln t less its mean over losses. The levels u are normal round 0 with spread `level`, and a random walk over the
time of sign-up with spread `walk` a period on top; the tilts v are normal with spread `tilt`. A young cohort thereby
leans on the others, on those that joined near it first, and an old one goes its own way as far as its losses tell one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import gammaln

from cxsim.forecast.curves import Family, Reals
from cxsim.forecast.fitting import Prior

LEAST = 1e-290
STEPS = 40
CLOSE = 1e-7
FREEDOM = 5.0


class Spread(NamedTuple):
    """How much cohorts differ, in ln(rate of loss): of levels, of the walk a period, of tilts per e-fold of age."""

    level: float
    walk: float
    tilt: float


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Several cohorts side by side.

    Attributes
    ----------
    at_risk, lost : float arrays, shape (J, T)
        0 where a cohort is not observed.
    starts : float array, shape (J,)
        When each signed up, in periods from the first.
    centre : float
        Mean of ln t over all losses.
    """

    at_risk: Reals
    lost: Reals
    starts: Reals
    centre: float

    @classmethod
    def of(cls, counts: tuple[Reals, ...]) -> Laid:
        """From customers at ages 0, 1, …, the last of them today's."""
        longest = max(map(len, counts)) - 1
        at_risk, lost = np.zeros((2, len(counts), longest))
        for j, there in enumerate(counts):
            at_risk[j, : len(there) - 1], lost[j, : len(there) - 1] = there[:-1], -np.diff(there)
        logs = np.log(np.arange(1.0, longest + 1.0))
        gone = lost.sum(axis=0) + 1e-9
        starts = np.array([longest + 1.0 - len(there) for there in counts])
        return cls(at_risk, lost, starts, float(logs @ gone / gone.sum()))

    def tilts(self, ages: Reals) -> Reals:
        """g at ages from 1."""
        return np.asarray(np.log(ages) - self.centre)


def covariance(one: Reals, other: Reals, spread: Spread) -> Reals:
    """Of the levels of cohorts by their sign-up, shape (n, m), without what is each cohort's own."""
    return np.asarray(spread.walk**2 * np.minimum(one[:, None], other[None, :]))


def root(laid: Laid, spread: Spread) -> Reals:
    """Lower triangle L with u = L·z, shape (J, J)."""
    own = (spread.level**2 + 1e-12) * np.eye(len(laid.starts))
    return np.asarray(np.linalg.cholesky(covariance(laid.starts, laid.starts, spread) + own))


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """The most probable curve, levels and tilts of one family under one spread.

    Attributes
    ----------
    family : Family
    spread : Spread
    x : float array, shape (k + 2 J,)
        Coordinates of the shared curve, then standard normal levels and tilts.
    precision : float array
        Curvature there.
    log_evidence : float
        Laplace's ln of the chance of all counts.
    """

    family: Family
    spread: Spread
    x: Reals
    precision: Reals
    log_evidence: float


class Posterior:
    """Ln of likelihood times prior of one family's curve with levels and tilts, under one spread."""

    def __init__(self, family: Family, laid: Laid, spread: Spread, prior: Prior) -> None:
        self.family, self.laid, self.spread, self.prior = family, laid, spread, prior
        self.root = root(laid, spread)
        self.k, self.cohorts = len(family.bounds), len(laid.starts)
        self.ages = np.arange(laid.lost.shape[1] + 1.0)
        self.g = laid.tilts(self.ages[1:])
        self.low, self.high = np.asarray(family.bounds).T

    def parts(self, x: Reals) -> tuple[Reals, Reals, Reals]:
        """Curve, levels u and tilts v of points, shape (n, k + 2 J)."""
        theta, z, tilt = np.split(x, [self.k, self.k + self.cohorts], axis=1)
        return np.clip(theta, self.low, self.high), z @ self.root.T, self.spread.tilt * tilt

    def hazards(self, x: Reals) -> Reals:
        """-ln chance to stay, shape (n, J, T)."""
        theta, level, tilt = self.parts(x)
        shared = np.maximum(-np.diff(self.family.log_survival(theta, self.ages), axis=1), LEAST)
        return np.asarray(shared[:, None, :] * np.exp(level[:, :, None] + tilt[:, :, None] * self.g))

    def value(self, x: Reals) -> Reals:
        """Ln of likelihood times prior, shape (n,)."""
        hazard = self.hazards(x)
        lost, stay = self.laid.lost, self.laid.at_risk - self.laid.lost
        told = lost * np.log(np.maximum(-np.expm1(-hazard), LEAST)) - stay * hazard
        off = (x[:, : self.k] - self.prior[0]) / self.prior[1]
        rest = (off**2).sum(axis=1) + (x[:, self.k :] ** 2).sum(axis=1)
        return np.asarray(told.sum(axis=(1, 2)) - 0.5 * rest)

    def slopes(self, x: Reals) -> tuple[Reals, Reals]:
        """Gradient, and expected curvature (Fisher's information and the prior's), at one point."""
        theta = np.clip(x[: self.k], self.low, self.high)
        hazard = self.hazards(x[None, :])[0]
        chance = np.maximum(-np.expm1(-hazard), LEAST)
        lost, stay = self.laid.lost, self.laid.at_risk - self.laid.lost
        pull = hazard * (lost * np.exp(-hazard) / chance - stay)
        weight = self.laid.at_risk * hazard**2 * np.exp(-hazard) / chance
        shared = np.maximum(-np.diff(self.family.log_survival(theta[None, :], self.ages)[0]), LEAST)
        turn = -np.diff(self.family.slopes(theta, self.ages), axis=1) / shared
        nu, rows = self.spread.tilt, self.root
        off = (x[: self.k] - self.prior[0]) / self.prior[1]
        gradient = np.concatenate((
            turn @ pull.sum(axis=0) - off / self.prior[1], rows.T @ pull.sum(axis=1), nu * pull @ self.g,
        ))  # fmt: skip
        gradient[self.k :] -= x[self.k :]
        by_age, by_tilt = weight @ np.ones(len(self.g)), nu * weight @ self.g
        levels, tilts = slice(self.k, self.k + self.cohorts), slice(self.k + self.cohorts, None)
        curve = np.eye(len(x))
        curve[: self.k, : self.k] = (turn * weight.sum(axis=0)) @ turn.T + np.diag(self.prior[1] ** -2.0)
        curve[: self.k, levels] = turn @ weight.T @ rows
        curve[: self.k, tilts] = nu * (turn * self.g) @ weight.T
        curve[levels, levels] += rows.T @ (by_age[:, None] * rows)
        curve[levels, tilts] = rows.T * by_tilt
        curve[tilts, tilts] += np.diag(nu**2 * weight @ self.g**2)
        upper = np.triu(curve, 1)
        return gradient, np.diag(np.diag(curve)) + upper + upper.T

    def mode(self, start: Reals) -> Mode:
        """Climb by Fisher scoring with halved steps."""
        x = start.copy()
        value = float(self.value(x[None, :])[0])
        for _ in range(STEPS):
            gradient, curve = self.slopes(x)
            step = cho_solve(cho_factor(curve), gradient)
            tries = x + step * 0.5 ** np.arange(8.0)[:, None]
            tries[:, : self.k] = np.clip(tries[:, : self.k], self.low, self.high)
            values = self.value(tries)
            best = 0 if values[0] > value else int(values.argmax())
            gain = float(values[best]) - value
            if gain > 0.0:
                x, value = tries[best], float(values[best])
            if gain < CLOSE * max(1.0, abs(value) * 1e-3):
                break
        _, curve = self.slopes(x)
        room = float(np.linalg.slogdet(curve)[1])
        return Mode(self.family, self.spread, x, curve, value - float(np.log(self.prior[1]).sum()) - 0.5 * room)

    def drawn(self, mode: Mode, n: int, rng: np.random.Generator) -> Reals:
        """Points about as often as they are probable, shape (n, k + 2 J).

        Notes
        -----
        Proposed round the mode (the curve from a multivariate t, levels and tilts normal given the curve), then drawn
        again by weight, weights cut at the root of their number (Ionides 2008, doi:10.1198/106186008X320456).
        """
        k, many = self.k, max(4 * n, 200)
        spread = np.linalg.inv(mode.precision)[:k, :k]
        inner = np.linalg.cholesky(mode.precision[k:, k:])
        lean = np.linalg.solve(mode.precision[k:, k:], mode.precision[k:, :k])
        scale = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, many))
        ball = rng.standard_normal((many, k))
        theta = mode.x[:k] + (ball @ np.linalg.cholesky(spread).T) * scale[:, None]
        noise = rng.standard_normal((many, len(mode.x) - k))
        z = mode.x[k:] - (theta - mode.x[:k]) @ lean.T + np.linalg.solve(inner.T, noise.T).T
        proposed = -0.5 * (FREEDOM + k) * np.log1p((ball * scale[:, None]) ** 2 @ np.ones(k) / FREEDOM)
        proposed -= 0.5 * (noise**2).sum(axis=1) + gammaln(0.5 * FREEDOM)
        points = np.concatenate((theta, z), axis=1)
        inside = ((theta >= self.low) & (theta <= self.high)).all(axis=1)
        logs = np.where(inside, self.value(points) - proposed, -np.inf)
        raw = np.exp(logs - logs.max())
        raw = np.minimum(raw, raw.mean() * np.sqrt(many))
        place = np.searchsorted(np.cumsum(raw / raw.sum()), (rng.random() + np.arange(n)) / n)
        return np.asarray(points[np.minimum(place, many - 1)])
