"""How past forecasts would have done: from each origin on, what was forecast beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import InputError, did_you_mean, shown
from cxsim.forecast.curves import Reals
from cxsim.forecast.fits import MODELS, fit
from cxsim.forecast.intervals import bounds
from cxsim.forecast.observed import LEAST_PERIODS, LIFE_TABLE, Observed, observed
from cxsim.forecast.scores import LEVEL, scored, without_bounds
from cxsim.forecast.triangle import LONG, Triangle, triangle

if TYPE_CHECKING:
    import pandas as pd

BASELINES: Final = {
    "last rate": "the last period's retention goes on",
    "straight line": "least squares through all of survival, never below 0",
}
USUAL: Final = ("auto", "sbg", "bdw", "geometric")
DRAWS: Final = 1000
USUAL_FIRST: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Forecasts made in the past.

    Attributes
    ----------
    rows : pandas.DataFrame, one row a model, origin and period forecast
        `model`, `origin` (last period known), `period`, `ahead`, `observed`, `forecast`, `low`, `high` (shares of the
        starting customers), `error` (relative), `inside` (1 or 0), `crps`, `interval_score` (shares); NaN bounds for
        baselines. Of several cohorts also `cohort`; `origin` and `period` then count from the sign-up of the oldest.
    """

    rows: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """One row a model, best first.

        Returns
        -------
        pandas.DataFrame
            `model`, `origins`, `forecasts`, `mape` (mean absolute relative error), `coverage` (share inside the 90 %
            bounds; NaN for baselines), `crps` and `interval_score` (in shares; lower is better).

        Notes
        -----
        The continuous ranked probability score is the mean absolute error for a forecast without bounds, so that
        baselines stand on the same scale. Interval score: width + 2/0.1 × the distance by which it was missed
        (Gneiting & Raftery 2007, doi:10.1198/016214506000001437).
        """
        grouped = self.rows.groupby("model", sort=False)
        table = grouped.agg(
            origins=("origin", "nunique"), forecasts=("period", "size"), mape=("error", lambda e: e.abs().mean()),
            coverage=("inside", "mean"), crps=("crps", "mean"), interval_score=("interval_score", "mean"),
        )  # fmt: skip
        return table.sort_values("crps", kind="stable").reset_index()


def backtest(
    data: Sequence[float] | Reals | Observed | Triangle | pd.DataFrame,
    *,
    models: Sequence[str] = USUAL,
    first: int | None = None,
    ahead: int | None = None,
    customers: int | None = None,
    seed: int = 0,
) -> Backtest:
    """Forecast a known series from each of its periods on, and compare.

    Parameters
    ----------
    data : sequence of float, Triangle or pandas.DataFrame
        As in `fit`. Of several cohorts (a `triangle`, or the table of `cx.readings.cohorts`) each is forecast as by
        `fit_cohorts`, from days on which all of them are cut.
    models : sequence of str
        Of `fit`. Baselines are added: "last rate" and "straight line"; of several cohorts "last rate" and "chain
        ladder".
    first : int, optional
        The first origin: periods 1 … first are known. 4 unless given, 3 where there are but four periods.
    ahead : int, optional
        Forecast no further ahead than this; to the end unless given.
    customers : int, optional
        As in `fit`.
    seed : int

    Returns
    -------
    Backtest

    Raises
    ------
    InputError
        If the series is too short or an argument is not allowed, or the data are a life table: summed by age, its
        cohorts cannot be cut by the day on which a forecast is made.
    """
    import pandas as pd

    for model in models:
        if model not in MODELS:
            raise InputError(f"model {shown(model)}: must be one of {', '.join(MODELS)}.{did_you_mean(model, MODELS)}")
    if ahead is not None and ahead < 1:
        raise InputError(f"ahead {shown(ahead)}: must be a whole number from 1")
    if isinstance(data, pd.DataFrame) and set(LONG) <= {str(name) for name in data.columns}:
        data = triangle(data)
    if isinstance(data, Triangle):
        from cxsim.forecast.cohort_backtest import backtest_triangle

        if customers is not None:
            raise InputError(f"customers {shown(customers)}: say it to triangle, which reads the cohorts")
        return Backtest(backtest_triangle(data, models, first, ahead, seed))
    seen = data if isinstance(data, Observed) else observed(data, customers)
    if seen.kind == LIFE_TABLE:
        raise InputError(
            "the table: is a life table, whose cohorts cannot be cut by the day of a forecast; give a triangle or the "
            "table of cx.readings.cohorts"
        )
    if first is None:
        first = max(LEAST_PERIODS, min(USUAL_FIRST, seen.periods - 1))
    if not LEAST_PERIODS <= first < seen.periods:
        raise InputError(
            f"first {shown(first)}: the first origin must leave {LEAST_PERIODS} periods before and one after it; here "
            f"from {LEAST_PERIODS} to {seen.periods - 1}"
        )
    parts = []
    for origin in range(first, seen.periods):
        last = seen.periods if ahead is None else min(seen.periods, origin + ahead)
        known, told = seen.first(origin), seen.survival[origin + 1 : last + 1]
        parts += [_forecast(known, told, model, seed) for model in models]
        parts += [_baseline(known, told, name) for name in BASELINES]
    return Backtest(pd.concat(parts, ignore_index=True))


def _forecast(known: Observed, told: Reals, model: str, seed: int) -> pd.DataFrame:
    """One model from one origin."""
    made = fit(known, model=model, seed=seed)
    origin, horizon = known.periods, known.periods + len(told)
    left = known.survival[-1] * known.customers
    (there,) = made.realised([(origin, left)], len(told), DRAWS)
    draws = there[:, 1:] / known.customers
    point = made.curve(np.arange(origin + 1.0, horizon + 1.0))
    low, high = bounds(there[:, 1:], left, LEVEL, np.random.default_rng([seed, 3]))
    low, high = np.minimum(low / known.customers, point), np.maximum(high / known.customers, point)
    return scored(model, origin, told, point, (low, high), draws)


def _baseline(known: Observed, told: Reals, name: str) -> pd.DataFrame:
    """One baseline from one origin: a point, no bounds."""
    curve, origin = known.survival, known.periods
    steps = np.arange(1.0, len(told) + 1.0)
    if name == "last rate":
        point = curve[-1] * (curve[-1] / max(float(curve[-2]), 1e-300)) ** steps
    else:
        slope, start = np.polyfit(np.arange(origin + 1.0), curve, 1)
        point = np.clip(start + slope * (origin + steps), 0.0, 1.0)
    return without_bounds(name, origin, told, point)
