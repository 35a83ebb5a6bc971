"""Sobol indices of a simulator that has luck of its own: which inputs make an outcome uncertain, and how much is luck.

Every point of the inputs is evaluated under two independent lucks. What both agree on is due to the inputs; an ordinary
estimator takes luck for an effect of every input, however inert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError

Reals = npt.NDArray[np.float64]
LUCKS: Final = 2
RESAMPLES: Final = 1_000
LEAST_ROWS: Final = 8
MOST_ROWS: Final = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Points at which a function is to be evaluated.

    Attributes
    ----------
    points : float array, shape (k + 2, n, d)
        In the unit cube. Place 0 is A, place 1 is B, place 2 + i is A with the columns of group i taken from B.
    groups : tuple of tuple of int
        Columns of each of the k groups.
    """

    points: Reals
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """One estimate with its bootstrap interval.

    Attributes
    ----------
    value : float
        Not cut off at 0 or 1: luck can carry the estimate of a small index below 0.
    low, high : float
        95 % interval.
    standard_error : float
    """

    value: float
    low: float
    high: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Indices:
    """What the inputs explain of a noisy function, and what is luck.

    Attributes
    ----------
    total : tuple of Index, or None
        For each group, the share of the variance due to the inputs that would be left if all the others were known.
        None where that variance cannot be told from nothing.
    first : tuple of Index, or None
        For each group, the share that would go if it alone were known, on average.
    luck : Index
        Share of the variance of one evaluation that is luck.
    input_variance : Index
        Variance due to the inputs, in the squared unit of the function.
    rows : int
        Rows of the design that were used: those in which every evaluation gave a number.
    """

    total: tuple[Index, ...] | None
    first: tuple[Index, ...] | None
    luck: Index
    input_variance: Index
    rows: int


def design(groups: Sequence[Sequence[int]], *, rows: int, seed: int) -> Design:
    """Points for indices of groups of inputs.

    Parameters
    ----------
    groups : sequence of sequence of int
        Columns of each group; together all columns from 0 on, each once.
    rows : int
        Number of rows n of A and of B, a power of two from 8 to 2²⁰.
    seed : int
        Of the scrambling.

    Raises
    ------
    InputError
        If `rows` is no such number, or the groups do not share out the columns.

    Notes
    -----
    A and B are the halves of one scrambled Sobol sequence of 2d dimensions. The function is to be evaluated at
    (k + 2)·n points, each under two lucks that are the same along a row and of which no two are the same otherwise.

    References
    ----------
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018. Owen 1998, doi:10.1006/jcom.1998.0487.
    """
    from scipy.stats import qmc

    refuse_rows(rows)
    columns = sorted(column for group in groups for column in group)
    if not columns or columns != list(range(len(columns))) or not all(groups):
        raise InputError("groups: must share out the inputs, each in one group and none without any")
    d = len(columns)
    both = qmc.Sobol(2 * d, scramble=True, rng=np.random.Generator(np.random.Philox(seed))).random_base2(
        rows.bit_length() - 1
    )
    a, b = both[:, :d], both[:, d:]
    points = np.repeat(a[np.newaxis], len(groups) + 2, axis=0)
    points[1] = b
    for place, group in enumerate(groups, start=2):
        points[place][:, list(group)] = b[:, list(group)]
    return Design(points, tuple(tuple(group) for group in groups))


def refuse_rows(rows: int) -> None:
    """Say so if a number of rows is not a power of two in range.

    Raises
    ------
    InputError
        If it is not.
    """
    whole = isinstance(rows, int) and not isinstance(rows, bool)
    if not whole or not LEAST_ROWS <= rows <= MOST_ROWS or rows & (rows - 1):
        near = ""
        if whole and LEAST_ROWS < rows < MOST_ROWS:
            near = f" Near it are {1 << (rows.bit_length() - 1)} and {1 << rows.bit_length()}."
        raise InputError(f"rows: {rows!r} is not a power of two from {LEAST_ROWS} to {MOST_ROWS:,}.{near}")


def indices(values: Reals, *, seed: int, resamples: int = RESAMPLES) -> Indices:
    """Total and first-order indices of a noisy function, and the share of luck.

    Parameters
    ----------
    values : float array, shape (2, k + 2, n)
        values[j, place, row]: the function at `Design.points[place, row]` under luck j of that row. Rows with a NaN are
        left out.
    seed : int
        Of the bootstrap.
    resamples : int
        Of the bootstrap.

    Raises
    ------
    InputError
        If fewer than 8 rows are whole.

    Notes
    -----
    With f¹, f² the values under the two lucks,

    - V = cov(f¹, f²), over all points;
    - Tᵢ = ½·mean[(f¹_A − f¹_ABᵢ)(f²_A − f²_ABᵢ)] / V;
    - Sᵢ = ½·mean[f¹_B (f²_ABᵢ − f²_A) + f²_B (f¹_ABᵢ − f¹_A)] / V, with f_B about its mean;
    - luck = 1 − V / var(f).

    No product holds the same luck twice, so that its mean is that of the function averaged over luck; within a factor
    the points of a row may share luck, which narrows the intervals. Intervals are percentiles of a bootstrap of rows.
    They do not know that rows of a Sobol sequence are more even than random ones, and are rather too wide. If the
    interval of V holds 0 there is nothing to share out, and no index is given.

    References
    ----------
    Jansen 1999, doi:10.1016/S0010-4655(98)00154-4, for Tᵢ; Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018, for Sᵢ,
    each with one factor under either luck. Archer, Saltelli & Sobol 1997, doi:10.1080/00949659708811825, for the
    bootstrap.
    """
    f = values[:, :, np.isfinite(values).all(axis=(0, 1))]
    n, k = f.shape[2], f.shape[1] - 2
    if n < LEAST_ROWS:
        raise InputError(f"rows: in {n} of {values.shape[2]} the outcome exists everywhere; at least {LEAST_ROWS} must")
    sums = _sums(f - f.mean())
    generator = np.random.Generator(np.random.Philox(seed))
    weights = generator.multinomial(n, np.full(n, 1.0 / n), size=resamples) / n
    one, many = _shares(sums.mean(axis=1), n), _shares((weights @ sums.T).T, n)
    variance, luck, *rest = (_told(value, others) for value, others in zip(one, many, strict=True))
    if not variance.low > 0.0:
        return Indices(None, None, luck, variance, n)
    return Indices(tuple(rest[:k]), tuple(rest[k:]), luck, variance, n)


def naive_total(values: Reals) -> Reals:
    """Total indices as they come out where luck is taken for an effect, shape (k,): to show what two lucks are for.

    Parameters
    ----------
    values : float array, shape (k + 2, n)
        Every point under a luck of its own.
    """
    a = values[0]
    return np.asarray(((a - values[2:]) ** 2).mean(axis=1) / 2.0 / values[:2].var())


def _sums(f: Reals) -> Reals:
    """What the indices are made of, row by row: shape (5 + 2k, n)."""
    f1, f2 = f
    d1, d2 = f1[0] - f1[2:], f2[0] - f2[2:]
    total = d1 * d2 / 2.0
    first = -(f1[1] * d2 + f2[1] * d1) / 2.0
    m1, m2 = f1.mean(axis=0), f2.mean(axis=0)
    heads = [(f1 * f2).mean(axis=0), (f1 * f1 + f2 * f2).mean(axis=0) / 2.0, m1, m2, m1 * m2]
    return np.concatenate((heads, total, first))


def _shares(means: Reals, n: int) -> Reals:
    """Variance due to the inputs, share of luck, total and first-order indices from the means of `_sums`."""
    product, square, m1, m2, m12 = means[:5]
    # the square of the mean without bias: rows are apart, the points of a row are not
    level = (n * m1 * m2 - m12) / (n - 1)
    variance, whole = product - level, square - level
    k = (len(means) - 5) // 2
    with np.errstate(divide="ignore", invalid="ignore"):
        luck = 1.0 - variance / whole
        return np.concatenate(([variance], [luck], means[5 : 5 + k] / variance, means[5 + k :] / variance))


def _told(value: float, resampled: Reals) -> Index:
    kept = resampled[np.isfinite(resampled)]
    if len(kept) < 2:  # a function that never varies
        return Index(float(value), float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(kept, (0.025, 0.975))
    return Index(float(value), float(low), float(high), float(kept.std(ddof=1)))
