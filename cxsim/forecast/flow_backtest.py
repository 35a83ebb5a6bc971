"""How past forecasts of a company's table would have done, beside rates of loss that need no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.additions import rule
from cxsim.forecast.curves import Reals
from cxsim.forecast.flow_fits import fit_flows
from cxsim.forecast.flows import LEAST, Flows

if TYPE_CHECKING:
    import pandas as pd

FLOW_BASELINES: Final = {
    "last rate": "the last period's rate of loss goes on",
    "last year's rate": "the mean rate of the last year (of four periods without seasons) goes on",
    "last seasons": "each season's rate as a year before; where there are seasons",
}
USUAL: Final = ("auto", "geometric")
AHEAD: Final = 4
LATEST: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class FlowBacktest:
    """Forecasts made in the past of a company's table.

    Attributes
    ----------
    rows : pandas.DataFrame, one row a model, origin, period forecast and number
        `model`, `origin` (last period known), `period`, `ahead`, `number` ("losses" or "ends"), `observed`,
        `forecast`, `low`, `high` (90 %), `low_50`, `high_50`, `error` (relative); NaN bounds for baselines.
    """

    rows: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """One row a model: mean absolute relative errors and shares inside the bounds.

        Returns
        -------
        pandas.DataFrame
            `model`, `origins`, `forecasts`, and for losses and ends `_error`, `_inside` (90 %), `_inside_50` (NaN for
            baselines); least error of losses first.

        Notes
        -----
        Forecasts from neighbouring origins share their past and their future: a hundred of them say less than a
        hundred apart would.
        """
        import pandas as pd

        rows = self.rows.assign(
            miss=self.rows["error"].abs(),
            inside=_inside(self.rows, "low", "high"),
            inside_50=_inside(self.rows, "low_50", "high_50"),
        )
        found = []
        for model, part in rows.groupby("model", sort=False):
            line: dict[str, object] = {"model": model, "origins": part["origin"].nunique()}
            for number, values in part.groupby("number", sort=False):
                line["forecasts"] = len(values)
                line |= {f"{number}_error": values["miss"].mean(), f"{number}_inside": values["inside"].mean(),
                         f"{number}_inside_50": values["inside_50"].mean()}  # fmt: skip
            found.append(line)
        return pd.DataFrame(found).sort_values("losses_error", kind="stable").reset_index(drop=True)


def _inside(rows: pd.DataFrame, low: str, high: str) -> pd.Series[float]:
    """1 or 0, NaN without bounds."""
    inside = (rows[low] <= rows["observed"]) & (rows["observed"] <= rows[high])
    return inside.astype(float).where(rows[low].notna())


def backtest_flows(
    table: Flows,
    *,
    models: Sequence[str] = USUAL,
    first: int | None = None,
    ahead: int = AHEAD,
    step: int = 1,
    known_additions: bool = True,
    seed: int = 0,
) -> FlowBacktest:
    """Forecast a company's table from each of its periods on, and compare.

    Parameters
    ----------
    table : Flows
    models : sequence of str
        Of `fit_flows`; the baselines are added.
    first : int, optional
        The first origin; half of the table unless given, or as early as two years where there are seasons.
    ahead : int
        Periods that each origin forecasts.
    step : int
        From an origin to the next.
    known_additions : bool
        Give every forecast the additions that came, so that only losses are tested; else all use the naive rule of
        additions, and the model's are uncertain.
    seed : int

    Returns
    -------
    FlowBacktest

    Raises
    ------
    InputError
        If an argument is not allowed, or the table too short.
    """
    import pandas as pd

    least = max(LEAST, 2 * table.season if table.season > 1 else LEAST)
    first = max(least, table.periods // 2) if first is None else first
    if not least <= first < table.periods:
        raise InputError(
            f"first {shown(first)}: the first origin must be from {least} to {table.periods - 1}, the last but one"
        )
    for name, value in (("ahead", ahead), ("step", step)):
        if value < 1:
            raise InputError(f"{name} {shown(value)}: must be a whole number from 1")
    parts = []
    for origin in range(first, table.periods, step):
        past, last = table.first(origin), min(table.periods, origin + ahead)
        came = {"losses": table.losses[origin:last], "ends": table.ends[origin:last]}
        joining = table.additions[origin:last] if known_additions else rule(past, last - origin)[0]
        for model in models:
            made = fit_flows(past, model=model, seed=seed).project(
                last - origin, additions=joining.tolist(), uncertain=not known_additions
            )
            parts += [_rows(model, origin, name, came[name], made) for name in came]
        for name, rates in _rates(past, last - origin).items():
            flat = _followed(float(past.ends[-1]), rates, joining)
            parts += [_rows(name, origin, number, came[number], pd.DataFrame(flat)) for number in came]
    return FlowBacktest(pd.concat(parts, ignore_index=True))


def _rates(past: Flows, periods: int) -> dict[str, Reals]:
    """Rates of loss of the baselines."""
    rates = past.losses / np.maximum(past.starts, 1e-300)
    year = past.season if past.season > 1 else LATEST
    mean = past.losses[-year:].sum() / past.starts[-year:].sum()
    found = {"last rate": np.full(periods, rates[-1]), "last year's rate": np.full(periods, mean)}
    if past.season > 1:
        found["last seasons"] = np.resize(rates[-year:], periods)
    return found


def _followed(there: float, rates: Reals, joining: Reals) -> dict[str, list[float]]:
    """Losses and ends at given rates."""
    found: dict[str, list[float]] = {"losses": [], "ends": []}
    for rate, new in zip(rates, joining, strict=True):
        found["losses"].append(there * rate)
        there += new - there * rate
        found["ends"].append(there)
    return found


def _rows(model: str, origin: int, number: str, came: Reals, made: pd.DataFrame) -> pd.DataFrame:
    """What was forecast of one number beside what came."""
    import pandas as pd

    told = made[number].to_numpy()
    bounds: Mapping[str, object] = {
        end: made[f"{number}_{end}"].to_numpy() if f"{number}_{end}" in made else np.nan
        for end in ("low", "high", "low_50", "high_50")
    }
    # where nobody left there is no relative error
    error = np.where(came > 0, told / np.where(came > 0, came, 1.0) - 1.0, np.nan)
    return pd.DataFrame({
        "model": model, "origin": origin, "period": origin + 1 + np.arange(len(came)),
        "ahead": 1 + np.arange(len(came)), "number": number, "observed": came, "forecast": told, **bounds,
        "error": error,
    })  # fmt: skip
