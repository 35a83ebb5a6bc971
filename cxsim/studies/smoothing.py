"""A smooth curve, or surface, through noisy values: its shape chosen by leaving each value out in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cxsim.studies.pairs import Reals

NONE: Final = "none"
STIFFNESS: Final = np.logspace(-4, 5, 19)
LENGTHS: Final = (1.0, 3.0)
KNOTS: Final = 5
ROUNDING: Final = 1e-10
MOST_FOR_SURFACES: Final = 1_500  # values beyond which a surface takes too long


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A centred kernel, by its axes, shape (n, k), and their sizes, shape (k,)."""

    name: str
    axes: Reals
    size: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """What is left of values y when noise is smoothed away.

    Attributes
    ----------
    shape : str
        "none" (their mean), "straight", "curved" (a curve for each input, added up) or "surface" (Gaussian process).
    fitted : float array, shape (n,)
    noise : float
        Standard deviation of what is left.
    explained : float
        Share of the variance of values left out in turn that the others' curve tells, 0 at least.
    axes, kept : float arrays, shapes (n, k) and (k,)
        The hat matrix without the mean is axes · diag(kept) · axesᵀ.
    """

    shape: str
    fitted: Reals
    noise: float
    explained: float
    axes: Reals
    kept: Reals

    def like(self, normal: Reals) -> Reals:
        """Curves that are as compatible with the values: the fit plus what n standard normal numbers make of its error.

        Parameters
        ----------
        normal : float array, shape (m, n)

        Notes
        -----
        The error's covariance is noise² · H, H the hat matrix: the posterior of a smoother seen as a Gaussian process.
        """
        moved = (normal @ self.axes * np.sqrt(self.kept)) @ self.axes.T
        return np.asarray(self.fitted + self.noise * (moved + normal.mean(axis=1, keepdims=True)))


def smooth(values: Reals, shapes: Sequence[Shape]) -> Smooth:
    """Smooth values over inputs.

    Parameters
    ----------
    values : float array, shape (n,), n at least 10
    shapes : sequence of Shape
        Those of the inputs, `shapes_of`.

    Notes
    -----
    Every shape is a ridge regression on a centred kernel K: fitted = mean + K(K + αI)⁻¹(y − mean). The kernel is
    linear, that of cubic splines for each input, or Gaussian. Kernel and α are those by which values left out in turn
    are told best (their errors are e/(1 − H_ii), H the hat matrix); if that is better than by the mean alone by less
    than one standard error, it is the mean.

    References
    ----------
    Allen 1974, doi:10.1080/00401706.1974.10489157 (leaving out); Rasmussen & Williams 2006, Gaussian Processes for
    Machine Learning, chapter 2; one standard error: Breiman et al. 1984, doi:10.1201/9781315139470.
    """
    n, mean = len(values), float(values.mean())
    centred = values - mean
    alone = (centred / (1.0 - 1.0 / n)) ** 2
    empty = np.zeros((n, 0))
    constant = Smooth(NONE, np.full(n, mean), float(values.std(ddof=1)), 0.0, empty, np.zeros(0))
    if not centred.any():
        return constant
    best, found = alone, constant
    for one in shapes:
        axes, size = one.axes, one.size
        along, squares = axes.T @ centred, axes * axes
        for alpha in STIFFNESS * size.sum() / n:
            kept = size / (size + alpha)
            left = centred - axes @ (kept * along)
            leverage = 1.0 / n + squares @ kept
            missed = (left / (1.0 - leverage)) ** 2
            if missed.mean() < best.mean():
                freedom = n - 1.0 - float(kept.sum())
                noise = math.sqrt(float(left @ left) / max(freedom, 1.0))
                told = 1.0 - float(missed.mean() / alone.mean())
                best, found = missed, Smooth(one.name, values - left, noise, told, axes, kept)
    gained = alone - best
    return found if gained.mean() > gained.std(ddof=1) / math.sqrt(n) else constant


def shapes_of(inputs: Reals) -> tuple[Shape, ...]:
    """What shapes values over these inputs may have.

    Parameters
    ----------
    inputs : float array, shape (n, p)
        In any units; each is standardised, and one that does not vary says nothing.
    """
    from scipy.spatial.distance import cdist

    deviation = inputs.std(axis=0)
    varying = inputs[:, deviation > 0.0]
    n, p = varying.shape
    if p == 0:
        return ()
    scaled = (varying - varying.mean(axis=0)) / deviation[deviation > 0.0]
    curves = np.concatenate([_splines(column) for column in scaled.T], axis=1)
    found = [_of_columns("straight", scaled), _of_columns("curved", curves)]
    if p > 1 and n <= MOST_FOR_SURFACES:
        apart = cdist(scaled, scaled, "sqeuclidean")
        found += [_shape("surface", np.exp(apart * (-0.5 / (length * length * p)))) for length in LENGTHS]
    return tuple(found)


def _splines(column: Reals) -> Reals:
    """Cubic B-splines of one input with knots at its quantiles; shape (n, knots + 2)."""
    from scipy.interpolate import BSpline

    knots = np.unique(np.quantile(column, np.linspace(0.0, 1.0, KNOTS)))
    padded = np.concatenate((np.repeat(knots[0], 3), knots, np.repeat(knots[-1], 3)))
    return np.asarray(BSpline.design_matrix(column, padded, 3).toarray())


def _of_columns(name: str, columns: Reals) -> Shape:
    """The shape whose kernel is columns · columnsᵀ."""
    if 2 * columns.shape[1] > len(columns):
        return _shape(name, columns @ columns.T)
    axes, root, _ = np.linalg.svd(columns - columns.mean(axis=0), full_matrices=False)
    real = root * root > ROUNDING * root[0] * root[0]
    return Shape(name, axes[:, real], root[real] ** 2)


def _shape(name: str, kernel: Reals) -> Shape:
    rows = kernel - kernel.mean(axis=0, keepdims=True)
    size, axes = np.linalg.eigh(rows - rows.mean(axis=1, keepdims=True))
    real = size > ROUNDING * size[-1]
    return Shape(name, axes[:, real], size[real])
