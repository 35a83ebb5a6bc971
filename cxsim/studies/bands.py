"""A band around a mean path that holds it in all months at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from cxsim.studies.pairs import Reals

DRAWS: Final = 4000
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A mean path and its simultaneous 95 % band.

    Attributes
    ----------
    mean : float array, shape (m,)
    low, high : float arrays, shape (m,), or None
        None with one path, which has no band.
    """

    mean: Reals
    low: Reals | None
    high: Reals | None


def band(paths: Reals, *, seed: int) -> Band:
    """Mean of paths, and the band that holds the true mean everywhere with 95 %.

    Parameters
    ----------
    paths : float array, shape (n, m)
        Independent paths.
    seed : int
        Of the draws by which the band's width is found.

    Notes
    -----
    mean ± c·s/√n, the same c at every place: the 95 % point of max |t|, where t has the paths' own correlation and
    n − 1 degrees of freedom, from 4,000 draws (so that c is known to about one per cent). Among bands of this form it
    is the narrowest (sup-t). At a single place it is wider than an interval for that place alone.

    References
    ----------
    Montiel Olea & Plagborg-Møller 2019, "Simultaneous confidence bands", doi:10.1002/jae.2656.
    """
    n, mean = len(paths), paths.mean(axis=0)
    if n < 2:
        return Band(mean, None, None)
    error = paths.std(axis=0, ddof=1) / math.sqrt(n)
    wide = error > 0
    if not wide.any():
        return Band(mean, mean, mean)
    apart = (paths[:, wide] - mean[wide]) / (error[wide] * math.sqrt(n * (n - 1)))
    # a root of the correlation: columns of the product with standard normals have variance 1
    root = apart if n <= apart.shape[1] else np.linalg.cholesky(apart.T @ apart + 1e-10 * np.eye(apart.shape[1])).T
    luck = np.random.default_rng(seed)
    drawn = luck.standard_normal((DRAWS, len(root))) @ root
    drawn /= np.sqrt(luck.chisquare(n - 1, DRAWS) / (n - 1))[:, None]
    half = float(np.quantile(np.abs(drawn).max(axis=1), LEVEL)) * error
    return Band(mean, mean - half, mean + half)
