"""Paired differences: what they are on average, how sure that is, and what one company may see."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """An outcome under an alternative against the same luck's outcome without it.

    Attributes
    ----------
    baseline, alternative, difference : float or None
        Means over replications, in the outcome's unit.
    low, high : float or None
        95 % interval of the mean difference.
    standard_error : float or None
        Of the mean difference.
    probability_better : float or None
        Share of replications in which the alternative wins, ties half.
    probability_mean_better : float or None
        Probability, given these replications, that the mean difference goes the better way.
    future_low, future_high : float or None
        5 % and 95 % points of one company's difference.
    reason : str
        Why something is None, or how many replications could not count.
    """

    baseline: float | None
    alternative: float | None
    difference: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    probability_better: float | None
    probability_mean_better: float | None
    future_low: float | None
    future_high: float | None
    reason: str = ""

    @property
    def verdict(self) -> str:
        """Say "none", "unclear", "up" or "down": where the interval of the mean lies."""
        if self.difference is None or self.low is None or self.high is None:
            return "unclear"
        if self.difference == 0.0 and self.low == self.high:
            return "none"
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"


def paired(before: Reals, after: Reals, better: str, reason: str = "", *, pilot: int | None = None) -> Effect:
    """Effect of one outcome from its values in paired replications.

    Parameters
    ----------
    before, after : float arrays, shape (n,)
        NaN where the outcome does not exist in a replication; such pairs do not count.
    better : str
        "higher" or "lower".
    reason : str
        Why values are missing.
    pilot : int, optional
        The first so many pairs decided how many were run; see `mean_interval`.

    Notes
    -----
    The interval is mean ± t(0.975, n − 1)·s/√n of the differences. Given a flat prior the mean's posterior is that t
    distribution, from which `probability_mean_better`.
    """
    from scipy.special import stdtr

    kept = np.isfinite(before) & np.isfinite(after)
    n = int(kept.sum())
    if n == 0:
        return Effect(*(None,) * 10, reason=reason or "there is no replication")
    if n < len(before):
        reason = f"left out {len(before) - n} of {len(before)} replications: {reason}"
    difference = after[kept] - before[kept]
    mean = float(difference.mean())
    sign = 1.0 if better == "higher" else -1.0
    wins = float(np.count_nonzero(sign * difference > 0) + 0.5 * np.count_nonzero(difference == 0)) / n
    levels = (float(before[kept].mean()), float(after[kept].mean()), mean)
    if n == 1:
        return Effect(*levels, None, None, None, wins, None, None, None, "one replication has no interval")
    n_pilot = None if pilot is None else int(kept[:pilot].sum())
    low, high, error = mean_interval(difference, n_pilot)
    if error > 0:
        mean_better = float(stdtr(_spread(difference, n_pilot)[1], sign * mean / error))
    else:
        mean_better = 0.5 if mean == 0 else float(sign * mean > 0)
    future = np.quantile(difference, (0.05, 0.95))
    return Effect(*levels, low, high, error, wins, mean_better, float(future[0]), float(future[1]), reason)


def mean_interval(values: Reals, pilot: int | None = None) -> tuple[float, float, float]:
    """95 % t interval of a mean of at least two values, and the standard error.

    Parameters
    ----------
    values : float array, shape (n,)
    pilot : int, optional
        If the first so many values decided how many there are: their standard deviation and degrees of freedom are
        taken, which keeps the interval at 95 % (Stein). Those of all values if the pilot's do not vary.

    References
    ----------
    Stein 1945, doi:10.1214/aoms/1177731088.
    """
    deviation, freedom = _spread(values, pilot)
    mean, error = float(values.mean()), deviation / math.sqrt(len(values))
    half = t_quantile(freedom) * error
    return mean - half, mean + half, error


def t_quantile(freedom: int) -> float:
    """97.5 % point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _spread(values: Reals, pilot: int | None) -> tuple[float, int]:
    """Standard deviation that an interval rests on, and its degrees of freedom."""
    first = values[:pilot]
    deviation = float(first.std(ddof=1)) if len(first) > 1 else 0.0
    return (deviation, len(first) - 1) if deviation > 0 else (float(values.std(ddof=1)), len(values) - 1)


def ratio_interval(part: Reals, whole: Reals) -> tuple[float | None, float | None, str]:
    """95 % interval of mean(part) / mean(whole) from paired values; None, with a reason, where it has no end.

    Parameters
    ----------
    part, whole : float arrays, shape (n,)
        At least two pairs.

    Notes
    -----
    Fieller: all q for which the t interval of mean(part − q·whole) holds zero. Where whole's own mean is not told from
    zero these are no interval.

    References
    ----------
    Fieller 1954, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16, 175-185.
    """
    n, t = len(part), t_quantile(len(part) - 1)
    x, y = float(part.mean()), float(whole.mean())
    xx, xy, yy = (float(one) * t * t / n for one in np.cov(part, whole, ddof=1)[[0, 0, 1], [0, 1, 1]])
    square, half, rest = y * y - yy, x * y - xy, x * x - xx
    if square <= 0:
        return None, None, "what it is divided by is not told from 0, so that the interval has no end"
    root = math.sqrt(max(half * half - square * rest, 0.0))
    return (half - root) / square, (half + root) / square, ""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    z2 = 1.959963984540054**2
    centre, half = (hits + z2 / 2) / (n + z2), math.sqrt(z2 * (hits * (n - hits) / n + z2 / 4)) / (n + z2)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def variance_ratio(before: Reals, after: Reals) -> float | None:
    """How many times as many unpaired replications would give the same interval; None if the pairs do not differ."""
    kept = np.isfinite(before) & np.isfinite(after)
    if kept.sum() < 2:
        return None
    spread = float((after[kept] - before[kept]).var(ddof=1))
    apart = float(before[kept].var(ddof=1) + after[kept].var(ddof=1))
    return apart / spread if spread > 0 else None


def variance_ceiling(p: float, q: float) -> float | None:
    """Largest variance ratio that pairing can reach for a yes/no outcome of probabilities p and q.

    (p(1 − p) + q(1 − q)) / (δ(1 − δ)), δ = |p − q|: then only accounts that the alternative moves differ.
    None if p = q.
    """
    delta = abs(p - q)
    return (p * (1 - p) + q * (1 - q)) / (delta * (1 - delta)) if 0 < delta < 1 else None


def settles_at(before: Reals, after: Reals) -> int | None:
    """First time from which on the 95 % interval of the mean paired difference leaves out zero, on one side.

    Parameters
    ----------
    before, after : float arrays, shape (n, T + 1)

    Returns
    -------
    int or None
        None where that never comes, or with fewer than two replications.
    """
    n = len(before)
    if n < 2:
        return None
    difference = after - before
    mean, error = difference.mean(axis=0), difference.std(axis=0, ddof=1) / math.sqrt(n)
    half = t_quantile(n - 1) * error
    side = np.where(mean - half > 0, 1, np.where(mean + half < 0, -1, 0))
    if side[-1] == 0:
        return None
    other = np.flatnonzero(side != side[-1])
    return int(other[-1]) + 1 if len(other) else 0
