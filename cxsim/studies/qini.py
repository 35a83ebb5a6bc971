"""Qini curves: what is gained by calling a share of the accounts, in the order of somebody's scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.studies.pairs import Reals, t_quantile

Ints = npt.NDArray[np.int64]

POINTS: Final = 51  # places along the share called
LEAST: Final = 5  # companies; assumption: from fewer a t interval leans on their being normally distributed
HUNDRED: Final = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Qini:
    """What calling in an order gains, over the share called.

    Attributes
    ----------
    share : float array, shape (P,)
        Of the accounts of a company that are called, 0 to 1.
    gain, low, high : float arrays, shape (P,)
        ARR saved per 100 accounts of the company [currency/year], with 95 % t intervals over companies.
    area, area_low, area_high : float
        Between the curve and the straight line to its end, which calling anyone gives [currency/year per 100 accounts].
    companies : int
        From fewer than `LEAST` there are no intervals: their bounds are NaN.
    """

    share: Reals
    gain: Reals
    low: Reals
    high: Reals
    area: float
    area_low: float
    area_high: float
    companies: int


def qini(score: Reals, effect: Reals, company: Ints) -> Qini:
    """Qini curve of scores, each company ranked by itself.

    Parameters
    ----------
    score : float array, shape (n,)
        The highest are called first.
    effect : float array, shape (n,)
        ARR that a call saves, or an unbiased estimate of it [currency/year].
    company : int64 array, shape (n,)

    Notes
    -----
    G(φ) is the mean over companies of the sum of `effect` over the first share φ of the company's accounts, per 100
    accounts; the area is the integral of G(φ) − φ·G(1), by the trapezoidal rule.

    References
    ----------
    Radcliffe 2007, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal, 14-21.
    """
    share = np.linspace(0.0, 1.0, POINTS)
    curves = np.array([_curve(score[company == one], effect[company == one], share) for one in np.unique(company)])
    areas = np.trapezoid(curves - share * curves[:, -1:], share, axis=1)
    low, high = _bounds(curves)
    area_low, area_high = _bounds(areas[:, None])[:, 0]
    return Qini(
        share, curves.mean(axis=0), low, high, float(areas.mean()), float(area_low), float(area_high), len(curves)
    )


def _bounds(values: Reals) -> Reals:
    """95 % t interval of each column's mean over companies; shape (2, columns), NaN from too few."""
    n = len(values)
    if n < LEAST:
        return np.full((2, values.shape[1]), np.nan)
    half = t_quantile(n - 1) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return np.stack((values.mean(axis=0) - half, values.mean(axis=0) + half))


def _curve(score: Reals, effect: Reals, share: Reals) -> Reals:
    order = np.argsort(-score, kind="stable")
    total = np.concatenate(([0.0], np.cumsum(effect[order])))
    return np.asarray(np.interp(share * len(score), np.arange(len(score) + 1), total) * HUNDRED / len(score))
