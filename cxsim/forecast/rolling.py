"""How well each family would have forecast a series from its earlier periods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxsim.forecast.curves import Reals
from cxsim.forecast.fitting import Fitted, Prior, maximum
from cxsim.forecast.observed import LEAST_PERIODS, Observed

ORIGINS = 4


def origins(periods: int) -> list[int]:
    """Ages up to which the past is known in the rolling forecasts: up to four, in the later half."""
    if periods <= LEAST_PERIODS:
        return []
    first = max(LEAST_PERIODS, periods // 2)
    return sorted({round(float(age)) for age in np.linspace(first, periods - 1, ORIGINS)})


def rolling_errors(
    seen: Observed, fitted: Mapping[str, Fitted], priors: Mapping[str, Prior] | None = None
) -> tuple[dict[str, float], float]:
    """Mean squared error of ln survival in rolling forecasts, by family; and how much of it would be luck.

    Notes
    -----
    At each origin o a family is fitted to periods 1 … o and forecasts ln S(t)/S(o) for o < t ≤ T. Luck: Greenwood's
    variance of that, which for one cohort is 1/n(t) − 1/n(o).
    """
    least = 0.5 / max(seen.customers, 1.0)
    told = np.log(np.maximum(seen.survival, least))
    risk = np.maximum(seen.at_risk, 1e-9)
    steps = seen.lost / (risk * np.maximum(risk - seen.lost, 0.5))
    squares: dict[str, list[Reals]] = {name: [] for name in fitted}
    luck: list[Reals] = []
    ages = np.arange(seen.periods + 1, dtype=np.float64)
    for origin in origins(seen.periods):
        luck.append(np.cumsum(steps[origin:]))
        for name, whole in fitted.items():
            prior = None if priors is None else priors[name]
            one = maximum(name, seen.at_risk[:origin], seen.lost[:origin], whole.x, prior)
            logs = one.family.log_survival(one.x[None, :], ages)[0]
            squares[name].append((logs[origin + 1 :] - logs[origin] - (told[origin + 1 :] - told[origin])) ** 2)
    if not luck:
        return dict.fromkeys(fitted, 0.0), 1.0
    return {name: float(np.mean(np.concatenate(found))) for name, found in squares.items()}, float(
        np.mean(np.concatenate(luck))
    )
