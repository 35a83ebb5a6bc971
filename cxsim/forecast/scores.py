"""How good a forecast was: its error, whether its bounds held, and proper scores of the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.forecast.curves import Reals

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.9


def scored(model: str, origin: int, told: Reals, point: Reals, ends: tuple[Reals, Reals], draws: Reals) -> pd.DataFrame:
    """A forecast with bounds beside what came.

    Parameters
    ----------
    model : str
    origin : int
        Last period known.
    told : float array, shape (H,)
        What came.
    point : float array, shape (H,)
    ends : two float arrays, shape (H,)
        90 % bounds.
    draws : float array, shape (n, H)
        Possible futures.
    """
    low, high = ends
    missed = np.maximum(low - told, 0.0) + np.maximum(told - high, 0.0)
    inside = ((told >= low) & (told <= high)).astype(np.float64)
    return _rows(
        model, origin, told, point, low, high, inside, crps(draws, told), high - low + 2.0 / (1.0 - LEVEL) * missed
    )


def without_bounds(name: str, origin: int, told: Reals, point: Reals) -> pd.DataFrame:
    """A forecast that is but a point; its continuous ranked probability score is its absolute error."""
    none = np.full(len(told), np.nan)
    return _rows(name, origin, told, point, none, none, none, np.abs(point - told), none)


def _rows(
    model: str,
    origin: int,
    told: Reals,
    point: Reals,
    low: Reals,
    high: Reals,
    inside: Reals,
    crps: Reals,
    score: Reals,
) -> pd.DataFrame:
    import pandas as pd

    ahead = np.arange(1, len(told) + 1)
    return pd.DataFrame({
        "model": model, "origin": origin, "period": origin + ahead, "ahead": ahead, "observed": told, "forecast": point,
        "low": low, "high": high, "error": np.where(told > 0, point / np.maximum(told, 1e-300) - 1.0, np.nan),
        "inside": inside, "crps": crps, "interval_score": score,
    })  # fmt: skip


def crps(draws: Reals, told: Reals) -> Reals:
    """E|X − y| − ½·E|X − X′| of drawn X (Gneiting & Raftery 2007), for each column."""
    n = len(draws)
    ordered = np.sort(draws, axis=0)
    apart = 2.0 * ((2.0 * np.arange(1, n + 1) - n - 1.0)[:, None] * ordered).sum(axis=0) / n**2
    return np.asarray(np.abs(draws - told).mean(axis=0) - 0.5 * apart)
