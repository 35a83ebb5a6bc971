"""Firms so simple that they can be reckoned by hand: the same bookings each month, the same hazard for everyone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from cxsim import catalogue
from cxsim.scenario import Scenario, with_values

BOOKINGS: Final = 120_000.0  # of new annual contract value a month, in the white paper's case
FIRM: Final = "firm"  # their one segment
KEEPER, LOSER = 0.95, 0.80  # yearly retention of its two firms
_CASES: Final = {KEEPER: "retains-95", LOSER: "retains-80"}
_HAZARD: Final = "churn.involuntary_base"


def firm(retention: float, *, step: float = 0.0) -> Scenario:
    """The white paper's firm with a yearly retention of one's choice.

    Parameters
    ----------
    retention : float
        Share of revenue kept in a year, above 0 [share].
    step : float
        By which a customer's price rises at each yearly renewal [share].
    """
    base = Scenario.load(catalogue.case(_CASES.get(retention, _CASES[KEEPER])))
    changes: dict[str, object] = {"contract.price_step": step} if step else {}
    if retention not in _CASES:
        changes[_HAZARD] = hazard_of(retention)
    return replace(with_values(base, changes) if changes else base, name=f"retains {100 * retention:g} %")


def hazard_of(retention: float) -> float:
    """Constant hazard of a yearly retention [1/month]: −ln r/12."""
    return -math.log(retention) / 12.0


def cohort_only(scenario: Scenario, *, per_month: float, horizon: int) -> Scenario:
    """The same firm with one year of sign-ups and none after it, followed to the end of their lives.

    Parameters
    ----------
    scenario : Scenario
    per_month : float
        Sign-ups in each of the first twelve months.
    horizon : int
        Months.
    """
    series = [per_month] * 12 + [0.0] * (horizon - 12)
    return with_values(
        scenario, {f"arrivals.series.{FIRM}": series, "horizon_months": horizon, "contract.dunning": 0.0}
    )


def closed_form_arr(retention: float, month: int) -> float:
    """ARR of a firm that books at the end of each month from nothing: 120k·Σ_{k=0…month−1} r^(k/12) [currency/year]."""
    return BOOKINGS * math.fsum(retention ** (k / 12.0) for k in range(month))
