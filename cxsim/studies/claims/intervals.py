"""Intervals of anything that can be computed from replications: leave one out."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cxsim.studies.pairs import mean_interval, t_quantile

Reals = npt.NDArray[np.float64]
Told = tuple[float, float, float]


def jackknife(statistic: Callable[..., float], *samples: Reals, correlation: bool = False) -> Told:
    """A statistic of paired samples with its 95 % interval.

    Parameters
    ----------
    statistic : callable
        From arrays, one each sample, to a number.
    *samples : arrays, first axis n ≥ 3
        One entry a replication, the same replication at the same place in each.
    correlation : bool
        Whether the statistic lies in (−1, 1); its interval is then made on the scale of Fisher's z.

    Returns
    -------
    (value, low, high)

    Notes
    -----
    value ± t(0.975, n − 1)·√((n − 1)/n·Σ(θ₋ᵢ − θ̄)²), θ₋ᵢ the statistic without replication i.

    References
    ----------
    Efron & Stein 1981, doi:10.1214/aos/1176345462.
    """
    n = len(samples[0])
    there, back = (_z, math.tanh) if correlation else (float, float)
    value = float(statistic(*samples))
    without = np.array([there(float(statistic(*(np.delete(one, k, axis=0) for one in samples)))) for k in range(n)])
    half = t_quantile(n - 1) * math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    return value, min(back(there(value) - half), value), max(back(there(value) + half), value)


def _z(r: float) -> float:
    """Fisher's z; a correlation of one is taken for one that is told from it by nothing."""
    return math.atanh(min(max(r, -1.0 + 1e-12), 1.0 - 1e-12))


def of_mean(values: Reals) -> Told:
    """A mean over replications with its 95 % t interval."""
    low, high, _ = mean_interval(values)
    return float(values.mean()), low, high


def relative_cut(before: Reals, after: Reals) -> float:
    """By which share the mean falls: 1 − mean after / mean before."""
    return float(1.0 - after.mean() / before.mean())


def ratio_of_means(part: Reals, whole: Reals) -> float:
    """Mean of one over the mean of the other."""
    return float(part.mean() / whole.mean())
