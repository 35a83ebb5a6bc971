"""How past forecasts of several cohorts would have done, each made with what was known on its day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.cohort_fits import fit_cohorts
from cxsim.forecast.curves import Reals
from cxsim.forecast.intervals import bounds
from cxsim.forecast.observed import LEAST_PERIODS
from cxsim.forecast.scores import LEVEL, scored, without_bounds
from cxsim.forecast.triangle import Triangle

if TYPE_CHECKING:
    import pandas as pd

COHORT_BASELINES: Final = {
    "last rate": "each cohort's retention of its last period goes on",
    "chain ladder": "at each age the retention of all cohorts together so far; beyond the oldest age the last one",
}
USUAL_FIRST: Final = 4


def backtest_triangle(
    table: Triangle, models: Sequence[str], first: int | None, ahead: int | None, seed: int
) -> pd.DataFrame:
    """Forecast the cohorts of a table from each period since the oldest one signed up, and compare.

    Parameters
    ----------
    table : Triangle
    models, first, ahead, seed
        As in `backtest`.

    Returns
    -------
    pandas.DataFrame, one row a model, origin, cohort and period forecast

    Raises
    ------
    InputError
        If there are too few periods or an argument is not allowed.

    Notes
    -----
    An origin is a day, not an age: at each, all cohorts are cut at that day, and those that signed up later are not
    there yet. No forecast sees a period of another cohort that was to come.
    """
    import pandas as pd

    if first is None:
        first = max(LEAST_PERIODS, min(USUAL_FIRST, table.periods - 1))
    if not LEAST_PERIODS <= first < table.periods:
        raise InputError(
            f"first {shown(first)}: the first origin must leave {LEAST_PERIODS} periods since the oldest cohort signed "
            f"up before and one after it; here from {LEAST_PERIODS} to {table.periods - 1}"
        )
    parts: list[pd.DataFrame] = []
    for origin in range(first, table.periods):
        known = table.first(origin)
        steps = table.periods - origin if ahead is None else min(table.periods - origin, ahead)
        later = {
            name: counts[len(seen) : len(seen) + steps]
            for name, counts, seen in _together(table, known)
        }  # fmt: skip
        for model in models:
            parts += _forecast(known, later, model, steps, origin, seed)
        for name in COHORT_BASELINES:
            parts += _baseline(known, later, name, origin)
    return pd.concat(parts, ignore_index=True)


def _together(table: Triangle, known: Triangle) -> list[tuple[str, Reals, Reals]]:
    whole = dict(zip(table.names, table.counts, strict=True))
    return [(name, whole[name], seen) for name, seen in zip(known.names, known.counts, strict=True)]


def _forecast(
    known: Triangle, later: dict[str, Reals], model: str, steps: int, origin: int, seed: int
) -> list[pd.DataFrame]:
    """One model from one origin."""
    made = fit_cohorts(known, model=model, seed=seed)
    rng = np.random.default_rng([seed, 3])
    found = []
    for name, seen, there in zip(known.names, known.counts, made.realised(steps)[0], strict=True):
        told = later[name] / seen[0]
        draws = there[:, 1 : len(told) + 1]
        low, high = bounds(draws, float(seen[-1]), LEVEL, rng)
        rows = scored(
            model, origin, told, draws.mean(axis=0) / seen[0], (low / seen[0], high / seen[0]), draws / seen[0]
        )
        found.append(rows.assign(cohort=name))
    return found


def _baseline(known: Triangle, later: dict[str, Reals], name: str, origin: int) -> list[pd.DataFrame]:
    """One baseline from one origin: points, no bounds."""
    pool = known.pooled()
    stays = 1.0 - pool.lost / np.maximum(pool.at_risk, 1e-300)
    found = []
    for cohort, seen in zip(known.names, known.counts, strict=True):
        told = later[cohort] / seen[0]
        ages = np.minimum(len(seen) - 1 + np.arange(len(told)), len(stays) - 1)
        keep = stays[ages]
        if name == "last rate" and len(seen) > 1:
            keep = np.full(len(told), seen[-1] / max(float(seen[-2]), 1e-300))
        elif name == "last rate":
            keep = np.full(len(told), stays[0])
        rows = without_bounds(name, origin, told, np.asarray(seen[-1] / seen[0] * np.cumprod(keep)))
        found.append(rows.assign(cohort=cohort))
    return found
