"""How much each family counts in a combined forecast: by its likelihood, and by how well it would have forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from cxsim.forecast.curves import Reals
from cxsim.forecast.fitting import Fitted, Prior, maximum
from cxsim.forecast.observed import LEAST_PERIODS, Observed

# Which families are weighed, by which terms, and the terms' two factors: all of it chosen on 1,100 simulated cohorts of
# eleven kinds by experiments/forecast_weights/structures.py (seed 21), among 1,140 rules, each judged on kinds of
# cohorts on which it was not set. The script reads no real series, and the choice was committed before it was held
# against one.
CANDIDATES: Final = ("geometric", "sbg", "bdw", "two-class", "sbg-first")
EVIDENCE: Final = 2.297
SKILL: Final = 4.276

ORIGINS: Final = 4


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


def weigh(seen: Observed, fitted: Mapping[str, Fitted]) -> dict[str, float]:
    """Weights of the families, which sum to 1.

    Notes
    -----
    ln w = a·(ln L − k) − g·½·ln(e² + v), with L the likelihood of all that was observed, k the number of parameters, e²
    and v as in `rolling_errors`. With three periods there is nothing to roll over, and the last term is the same for
    all.
    """
    errors, luck = rolling_errors(seen, fitted)
    evidence = {name: one.log_likelihood - len(one.x) for name, one in fitted.items()}
    best = max(evidence.values())
    logs = np.array([
        EVIDENCE * max(evidence[name] - best, -60.0) - 0.5 * SKILL * np.log(errors[name] + max(luck, 1e-12))
        for name in fitted
    ])  # fmt: skip
    raw = np.exp(logs - logs.max())
    return dict(zip(fitted, (raw / raw.sum()).tolist(), strict=True))
