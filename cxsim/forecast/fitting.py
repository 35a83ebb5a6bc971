"""Maximum likelihood: from customers at risk and lost at each age to the parameters of a family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from scipy.optimize import minimize

from cxsim.forecast.curves import FAMILIES, Family, Reals

STARTS: Final = 2
FINE, COARSE = 1e-13, 1e-9  # relative change of the cost at which a search ends
# losses in the first period as observed; the other coordinates as anywhere between the extremes
SPREAD_STARTS: Final = (-3.0, -1.0, 0.3, 1.5)
AGEING_STARTS: Final = (-0.7, -0.2, 0.2, 0.6)
APART_STARTS: Final = (0.0, 0.7, 1.2)
SHARE_STARTS: Final = (-1.5, 0.0, 1.5)
LEAST_LOSS: Final = 1e-280

Cost = Callable[[Reals], tuple[float, Reals]]
Prior = tuple[Reals, Reals]


def log_likelihood(family: Family, x: Reals, at_risk: Reals, lost: Reals) -> Reals:
    """Ln of the chance of what was observed.

    Parameters
    ----------
    family : Family
    x : float array, shape (n, k)
        Free coordinates.
    at_risk, lost : float arrays, shape (T,)
        Customers there at the start of each age and lost by its end. Cohorts of different length are summed by age:
        who is not observed any longer is not at risk (right-censored).

    Returns
    -------
    float array, shape (n,)

    Notes
    -----
    Σ lost·ln h + (at_risk − lost)·ln(1 − h), h(t) = 1 − S(t)/S(t − 1). For one cohort it is the multinomial likelihood
    Σ lost·ln(S(t − 1) − S(t)) + left·ln S(T), less what does not depend on the parameters.
    """
    ages = np.arange(len(at_risk) + 1, dtype=np.float64)
    stays = np.minimum(np.diff(family.log_survival(x, ages), axis=1), -LEAST_LOSS)
    leaves = np.log(np.maximum(-np.expm1(stays), LEAST_LOSS))
    return np.asarray(leaves @ lost + stays @ (at_risk - lost))


def cost_of(family: Family, at_risk: Reals, lost: Reals, scale: float = 1.0, prior: Prior | None = None) -> Cost:
    """Minus the log-likelihood (and the log of a normal prior: means, standard deviations), with its gradient."""
    ages = np.arange(len(at_risk) + 1, dtype=np.float64)

    def cost(x: Reals) -> tuple[float, Reals]:
        stays = np.minimum(np.diff(family.log_survival(x[None, :], ages)[0]), -LEAST_LOSS)
        chance = np.maximum(-np.expm1(stays), LEAST_LOSS)
        value = float(lost @ np.log(chance) + (at_risk - lost) @ stays)
        slope = np.diff(family.slopes(x, ages), axis=1) @ ((at_risk - lost) - lost * np.exp(stays) / chance)
        if prior is not None:
            off = (x - prior[0]) / prior[1]
            value, slope = value - 0.5 * float(off @ off), slope - off / prior[1]
        return -value / scale, -slope / scale

    return cost


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A family fitted.

    Attributes
    ----------
    family : Family
    x : float array, shape (k,)
        Free coordinates of the maximum.
    log_likelihood : float
    at_bound : tuple of int
        Coordinates that ended at a bound: the data say "less" or "more", and not how much.
    """

    family: Family
    x: Reals
    log_likelihood: float
    at_bound: tuple[int, ...]

    def log_survival(self, ages: Reals) -> Reals:
        """Ln S(t) at ages, shape (T,)."""
        return np.asarray(self.family.log_survival(self.x[None, :], ages)[0])

    def survival(self, ages: Reals) -> Reals:
        """S(t) at ages, shape (T,)."""
        return np.asarray(np.exp(self.log_survival(ages)))

    def parameters(self) -> dict[str, float]:
        """The parameters of the literature, by name."""
        return dict(zip(self.family.parameters, self.family.natural(self.x), strict=True))


def maximum(name: str, at_risk: Reals, lost: Reals, near: Reals | None = None, prior: Prior | None = None) -> Fitted:
    """Fit one family by maximum likelihood, or to the maximum of likelihood times a prior.

    Parameters
    ----------
    name : str
        A family of `FAMILIES`.
    at_risk, lost : float arrays, shape (T,)
        As in `log_likelihood`.
    near : float array, shape (k,), optional
        Where the maximum of nearly the same data lies. It saves time in fits that are made by the dozen: one start and
        a coarser end of the search.
    prior : tuple of two float arrays, shape (k,), optional
        Middle and standard deviation of each coordinate.

    Notes
    -----
    From the best two of a coarse grid of starts, L-BFGS-B (Byrd, Lu, Nocedal & Zhu 1995, doi:10.1137/0916069).
    """
    family = FAMILIES[name]
    total = max(float(at_risk.sum()), 1.0)
    starts = _starts(family, at_risk, lost)
    if near is not None:
        starts = np.vstack((near, starts))
    height = log_likelihood(family, starts, at_risk, lost)
    if prior is not None:
        height = height - 0.5 * (((starts - prior[0]) / prior[1]) ** 2).sum(axis=1)
    order = np.argsort(-height)[: STARTS if near is None else 1]
    cost = cost_of(family, at_risk, lost, total, prior)
    x, value = min(
        (search(cost, starts[k], family, FINE if near is None else COARSE) for k in order), key=lambda found: found[1]
    )
    bound = tuple(k for k, (low, high) in enumerate(family.bounds) if not low + 1e-6 < x[k] < high - 1e-6)
    told = -value * total if prior is None else float(log_likelihood(family, x[None, :], at_risk, lost)[0])
    return Fitted(family, x, told, bound)


def search(cost: Cost, start: Reals, family: Family, end: float = FINE) -> tuple[Reals, float]:
    """The lowest point that is found from a start, and its cost."""
    found = minimize(
        cost, start, jac=True, method="L-BFGS-B", bounds=family.bounds,
        options={"maxiter": 300, "ftol": end, "gtol": 1e-9},
    )  # fmt: skip
    return np.asarray(found.x, dtype=np.float64), float(found.fun)


def _starts(family: Family, at_risk: Reals, lost: Reals) -> Reals:
    """Points of a coarse grid, shape (n, k)."""
    rates = (lost + 0.5) / (at_risk + 1.0)
    overall = (lost.sum() + 0.5) / (at_risk.sum() + 1.0)
    first, second, whole = (float(np.log(rate / (1.0 - rate))) for rate in (rates[0], rates[1], overall))
    choices: dict[str, tuple[float, ...]] = {
        "theta": (first, whole), "alpha": (first, whole), "beta": SPREAD_STARTS, "c": AGEING_STARTS,
        "theta_1": (first, first + 1.0), "theta_2": APART_STARTS, "share_1": SHARE_STARTS, "first": (first,),
    }  # fmt: skip
    if "first" in family.parameters:
        choices["alpha"] = (second, whole)
    return np.array(list(product(*(choices[name] for name in family.parameters))))
