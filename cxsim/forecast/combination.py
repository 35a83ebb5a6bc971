"""How much each family counts in a combined forecast: by its likelihood, and by how well it would have forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.special import xlogy

from cxsim.forecast.curves import Reals
from cxsim.forecast.fitting import Fitted
from cxsim.forecast.observed import Observed
from cxsim.forecast.rolling import rolling_errors

# The families are the three that a cohort is forecast by in the literature and this package was designed round, weighed
# by likelihood and by rolling forecasts; none was picked by how it does on a real series. The constants, and what
# percentages say of the number of customers, were set on 1,100 simulated cohorts of eleven kinds that lean to no side
# (experiments/forecast_weights/structures.py --named, seed 21). The README there tells of two wider searches.
EVIDENCE: Final = 0.581
SKILL: Final = 0.904

CANDIDATES: Final = ("geometric", "sbg", "bdw")
MOST_BEHIND: Final = 300.0  # thousands of customers behind percentages


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
    and v as in `rolling_errors`. Where nobody said how many customers percentages stand for, L is that of
    `unknown_number`, and v that of the number it makes likely. With three periods there is nothing to roll over, and
    the last term is the same for all.
    """
    likelihoods, likely = np.array([one.log_likelihood for one in fitted.values()]), 1.0
    if seen.guessed:
        likelihoods, likely = unknown_number(saturated(seen) - likelihoods, seen.periods)
    evidence = likelihoods - np.array([len(one.x) for one in fitted.values()])
    errors, luck = rolling_errors(seen, fitted)
    skill = 0.5 * np.log(np.array(list(errors.values())) + max(luck, 1e-12) / likely)
    logs = EVIDENCE * np.maximum(evidence - evidence.max(), -60.0) - SKILL * skill
    raw = np.exp(logs - logs.max())
    return dict(zip(fitted, (raw / raw.sum()).tolist(), strict=True))
