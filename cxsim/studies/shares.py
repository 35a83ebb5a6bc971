"""How much of what varies is due to parameters that we do not know, and how much to luck."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from cxsim.studies.pairs import Reals

INDISTINGUISHABLE: Final = "indistinguishable from 0"


@dataclass(frozen=True, slots=True)
class Shares:
    """Two sources of one quantity's variance.

    Attributes
    ----------
    mean, monte_carlo_error : float
        Over all draws and their replications; the standard error of that mean.
    variance_parameters, variance_luck : float
        Between draws of the parameters, the noise of few replications taken off (0 if nothing is left); and between
        companies of one draw. In the quantity's unit squared.
    raw : float
        The former before it was cut at 0.
    share, share_low, share_high : float
        Part of both together that is due to parameters, and its 95 % interval.
    expected : float array, shape (draws,)
        The draws' means, drawn together round the mean of all until their variance is `variance_parameters`: how the
        expected quantity varies with the parameters.
    low, high : float
        5 % and 95 % points of one company's quantity when both are unknown.
    """

    mean: float
    monte_carlo_error: float
    variance_parameters: float
    variance_luck: float
    raw: float
    share: float
    share_low: float
    share_high: float
    expected: Reals
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """The share of the parameters in words."""
        if self.variance_parameters + self.variance_luck == 0.0:
            return "nothing varies"
        if self.share_low <= 0.0:
            return INDISTINGUISHABLE
        return f"{100 * self.share:.0f} %"


def shares(values: Reals) -> Shares:
    """Split the variance of a quantity between draws and the replications within each.

    Parameters
    ----------
    values : float array, shape (draws, replications), at least 2 by 2
        Replications of different draws have luck of their own.

    Notes
    -----
    One-way analysis of variance with random effects. With D draws, R replications and mean squares B between and W
    within draws, E[W] = σ²_luck and E[B] = R·σ²_parameters + σ²_luck, so that (B − W)/R estimates σ²_parameters without
    the noise of few replications. Its share σ²_p/(σ²_p + σ²_l) has the interval
    (F/q_hi − 1)/(F/q_hi + R − 1) to (F/q_lo − 1)/(F/q_lo + R − 1), F = B/W, q the 2.5 % and 97.5 % points of the F
    distribution with D − 1 and D(R − 1) degrees of freedom: exact for normal quantities, else approximate. Ends below 0
    are given as 0. Quasi-random draws are more even than the formula supposes, which makes the error of the mean an
    upper one.

    References
    ----------
    Searle, Casella & McCulloch 1992, Variance Components, chapter 3, doi:10.1002/9780470316856.
    """
    from scipy.special import fdtri

    n, inner = values.shape
    means, mean = values.mean(axis=1), float(values.mean())
    between = inner * float(means.var(ddof=1))
    within = float(values.var(axis=1, ddof=1).mean())
    raw = (between - within) / inner
    parameters = max(raw, 0.0)
    if within > 0.0:
        ends = [between / within / float(fdtri(n - 1, n * (inner - 1), level)) for level in (0.975, 0.025)]
        low, high = (max((end - 1.0) / (end + inner - 1.0), 0.0) for end in ends)
    else:
        low = high = 1.0 if between > 0.0 else 0.0
    both = parameters + within
    pull = math.sqrt(parameters * inner / between) if between > 0.0 else 0.0
    quantiles = np.quantile(values, (0.05, 0.95))
    return Shares(
        mean, math.sqrt(between / inner / n), parameters, within, raw, parameters / both if both > 0.0 else 0.0,
        low, high, mean + pull * (means - mean), float(quantiles[0]), float(quantiles[1]),
    )  # fmt: skip
