"""How much each family counts in a combined forecast: by its likelihood, and by how well it would have forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.special import xlogy

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
MOST_BEHIND: Final = 300.0  # thousands of customers behind percentages


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


def saturated(seen: Observed) -> float:
    """Ln likelihood of a curve through all that was observed."""
    stay = seen.at_risk - seen.lost
    risk = np.maximum(seen.at_risk, 1e-300)
    return float((xlogy(seen.lost, seen.lost / risk) + xlogy(stay, stay / risk)).sum())


def unknown_number(missed: Reals, periods: int) -> tuple[Reals, float]:
    """Evidence of percentages behind which there may be more customers than the thousand for which they are taken.

    Parameters
    ----------
    missed : float array, shape (k,)
        By how much the ln likelihood of each family is below that of a curve through all points, with 1,000 customers.
    periods : int
        T.

    Returns
    -------
    (float array, shape (k,), float)
        Ln of the chance of the percentages under each family but for what is the same for all; and how many thousands
        of customers the family that fits best makes likely.

    Notes
    -----
    With m thousand customers the shares have the density m^(T/2)·exp(−m·missed), but for what is the same for all. It
    is averaged over ln m from that of 1 to that of `MOST_BEHIND`.
    """
    logs = np.linspace(0.0, np.log(MOST_BEHIND), 60)
    each = 0.5 * periods * logs - np.exp(logs) * np.maximum(missed, 0.0)[:, None]
    heights = each.max(axis=1)
    parts = np.exp(each - heights[:, None])
    best = int(np.argmin(missed))
    return np.asarray(heights + np.log(parts.mean(axis=1))), float(parts[best] @ np.exp(logs) / parts[best].sum())


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
