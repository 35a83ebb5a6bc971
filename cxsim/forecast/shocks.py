"""What moves a company's losses beside its curve: years and seasons that differ, and the luck of single customers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from cxsim.forecast.curves import Reals

# All are tried, each as likely as the others before the table is seen. Assumption: the bounds of the coverage test hold
# with them. Spread of a period's rate of loss round its expectation; how much of it is left a period later; the spread
# of seasons in parts of it.
SPREADS: Final = tuple(float(s) for s in np.geomspace(0.004, 0.6, 12))
MEMORIES: Final = (0.0, 0.4, 0.7, 0.9, 0.97)
SEASONAL: Final = (0.0, 1.0, 2.5)


@dataclass(frozen=True, slots=True, eq=False)
class Shocks:
    """Kinds of shocks, shape of each: relative deviations of a period's losses, normal with mean 0.

    Attributes
    ----------
    kinds : tuple of (float, float, float)
        Spread, memory, seasons.
    season : int
    luck : float array, shape (T,)
        Variance of single customers' luck, relative to the expected losses.
    whiten : float array, shape (G, T, T)
        Inverse Cholesky factors of the covariances.
    logs : float array, shape (G,)
        Half the ln of the determinants.
    """

    kinds: tuple[tuple[float, float, float], ...]
    season: int
    luck: Reals
    whiten: Reals
    logs: Reals

    def densities(self, off: Reals) -> Reals:
        """Ln density of relative deviations, shape (n, T), under each kind: shape (n, G)."""
        kinds, known = len(self.kinds), len(self.luck)
        white = off @ self.whiten.reshape(kinds * known, known).T
        return np.asarray(-0.5 * (white.reshape(len(off), kinds, known) ** 2).sum(axis=2) - self.logs)

    def kept(self, places: list[int]) -> Shocks:
        """Some of the kinds."""
        return Shocks(
            tuple(self.kinds[k] for k in places), self.season, self.luck, self.whiten[places], self.logs[places]
        )

    def ahead(self, kind: int, off: Reals, places: Reals, later: Reals, rng: np.random.Generator) -> Reals:
        """Shocks of later periods, given those that were seen.

        Parameters
        ----------
        kind : int
        off : float array, shape (n, T)
            Relative deviations seen.
        places, later : float arrays, shapes (T,) and (H,)
            Numbers of the periods seen and to come.
        rng : numpy.random.Generator

        Returns
        -------
        float array, shape (n, H)
        """
        cross = covariance(self.kinds[kind], self.season, later, places)
        white = self.whiten[kind]
        pull = cross @ white.T @ white
        rest = covariance(self.kinds[kind], self.season, later, later) - pull @ cross.T
        root = np.linalg.cholesky(rest + 1e-10 * np.eye(len(later)))
        return np.asarray(off @ pull.T + rng.standard_normal((len(off), len(later))) @ root.T)


def covariance(kind: tuple[float, float, float], season: int, one: Reals, other: Reals) -> Reals:
    """Of shocks in periods, shape (n, m): spread²·(memory^distance + seasons²·same season)."""
    spread, memory, seasonal = kind
    gap = np.abs(one[:, None] - other[None, :])
    same = (gap % season == 0) & (season > 1)
    return np.asarray(spread**2 * (memory**gap + seasonal**2 * same))


def shocks(places: Reals, luck: Reals, season: int) -> Shocks:
    """Every kind, for periods that were seen.

    Parameters
    ----------
    places : float array, shape (T,)
        Numbers of the periods.
    luck : float array, shape (T,)
        Variance of single customers' luck, relative to the expected losses.
    season : int
        Periods in a year; 1 for no seasons.
    """
    kinds = tuple(product(SPREADS, MEMORIES, SEASONAL if season > 1 else SEASONAL[:1]))
    roots = np.linalg.cholesky(np.stack([covariance(kind, season, places, places) + np.diag(luck) for kind in kinds]))
    logs = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    return Shocks(kinds, season, luck, np.asarray(np.linalg.inv(roots), dtype=np.float64), logs)
