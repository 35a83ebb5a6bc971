"""Every outcome of a run, as ratios of the sums in a monthly table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from cxsim import events
from cxsim.readings.cash import (
    FADE_MONTHS,
    MONTHS_OF_YEAR,
    Reals,
    cash,
    mean_of_ends,
    presence,
    present_value,
    run_off,
    team_payroll,
    team_share,
)
from cxsim.readings.measures import DAYS, DAYS_PER_MONTH, FIRST_YEAR, MICRO, MonthlyTable
from cxsim.readings.registry import OUTCOMES, Outcome
from cxsim.readings.values import Value

__all__ = ["OUTCOMES", "Outcome", "Reading", "incidence_by_day", "multiple", "outcomes"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of an outcome in one run, or the reason why there is none."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is read: a table, the world's values, one segment or all."""

    table: MonthlyTable
    value: Value
    segment: str | None

    def at_end(self, measure: str) -> int:
        return int(self.table.of(measure, self.segment)[-1])

    def year_ago(self, measure: str) -> int:
        return int(self.table.of(measure, self.segment)[-1 - MONTHS_OF_YEAR])

    def total(self, measure: str) -> int:
        return int(self.table.of(measure, self.segment)[:-1].sum())

    def last_year(self, measure: str) -> int:
        return int(self.table.of(measure, self.segment)[-1 - MONTHS_OF_YEAR : -1].sum())


Read = Callable[[_Asked], Reading]


def _ratio(part: float, whole: float, empty: str) -> Reading:
    return Reading(part / whole) if whole else Reading(None, empty)


def _short(asked: _Asked, months: int) -> Reading | None:
    if asked.table.horizon < months:
        return Reading(None, f"needs a horizon of {months} months; this one has {asked.table.horizon}")
    return None


def _first_year(measure: str) -> Read:
    def read(asked: _Asked) -> Reading:
        return _short(asked, 2 * FIRST_YEAR) or _ratio(
            asked.total(measure), asked.total("cohort"), "nobody signed up without a referral in the first 12 months"
        )

    return read


def _against_year_ago(part: str, whole: str) -> Read:
    def read(asked: _Asked) -> Reading:
        return _short(asked, MONTHS_OF_YEAR) or _ratio(
            asked.at_end(part), asked.year_ago(whole), "no account was active 12 months before the horizon"
        )

    return read


def _renewal_rate(asked: _Asked) -> Reading:
    return _short(asked, MONTHS_OF_YEAR) or _ratio(
        asked.last_year("renewal_kept"), asked.last_year("renewal_due"), "no term ended in the last 12 months"
    )


def _inside_window_loss(asked: _Asked) -> Reading:
    return _short(asked, MONTHS_OF_YEAR) or _ratio(
        asked.at_end("joined_gone_12"), asked.last_year("new"), "nobody signed up in the last 12 months"
    )


def _monthly_logo_churn(asked: _Asked) -> Reading:
    return _ratio(asked.total("churned"), asked.total("active"), "no account was ever active")


def _cause_share(cause: str) -> Read:
    voluntary = [f"churned_{name}" for name in events.CAUSES[: events.INVOLUNTARY]]

    def read(asked: _Asked) -> Reading:
        return _ratio(
            asked.total(f"churned_{cause}"), sum(asked.total(name) for name in voluntary), "nobody left by choice"
        )

    return read


def _involuntary_share(asked: _Asked) -> Reading:
    return _ratio(asked.total("churned_involuntary"), asked.total("churned"), "nobody left")


def _accounts(asked: _Asked) -> Reading:
    return Reading(float(asked.at_end("active")))


def _arr(asked: _Asked) -> Reading:
    return Reading(MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0)


def multiple(value: Value, growth: float, slope: float | None = None) -> float:
    """Company value per unit of ARR: clip(M₀·exp(β·(g − g₀)), least, most), β the world's unless given."""
    slope = value("economics.multiple_slope") if slope is None else slope
    raw = value("economics.multiple") * np.exp(slope * (growth - value("economics.multiple_growth")))
    return float(np.clip(raw, value("economics.multiple_least"), value("economics.multiple_most")))


def _value_multiple(asked: _Asked) -> Reading:
    short = _short(asked, MONTHS_OF_YEAR)
    if short:
        return short
    before = asked.year_ago("mrr")
    if before <= 0:
        return Reading(None, "no revenue 12 months before the horizon, so growth is undefined")
    growth = asked.at_end("mrr") / before - 1.0
    return Reading(MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0 * multiple(asked.value, growth))


def _value_flat(asked: _Asked) -> Reading:
    return Reading(MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0 * multiple(asked.value, 0.0, 0.0))


def _cash_pv(asked: _Asked) -> Reading:
    flows = cash(asked.table, asked.value, asked.segment)
    return Reading(present_value(flows.net, asked.value("economics.discount_rate")))


def _value_dcf(asked: _Asked) -> Reading:
    after, reason = run_off(asked.table, asked.value, asked.segment)
    if after is None:
        return Reading(None, reason)
    rate = asked.value("economics.discount_rate")
    until = present_value(cash(asked.table, asked.value, asked.segment).net, rate)
    return Reading(until + present_value(after, rate, start=asked.table.horizon))


def _clv(asked: _Asked) -> Reading:
    short = _short(asked, FIRST_YEAR)
    if short:
        return short
    table = asked.table
    joined = int(table.of("new", asked.segment)[:FIRST_YEAR].sum())
    before = asked.year_ago("mrr")
    if not joined or not before:
        return Reading(None, "nobody signed up in the first 12 months" if before else "no revenue before the horizon")
    stock = table.of_cohorts("mrr", asked.segment)
    revenue = (stock[:, :-1] + stock[:, 1:]) / 2.0 + table.of_cohorts("purchases", asked.segment)[:, :-1]
    rate = asked.value("economics.discount_rate")
    # Month of the cohort is its own month 0: what is earned in month b is discounted from its end.
    age = np.arange(1, table.horizon + 1)[None, :] - np.arange(FIRST_YEAR)[:, None]
    earned = float((revenue * (1.0 + rate) ** (-np.maximum(age, 0) / MONTHS_OF_YEAR)).sum())
    stays = asked.at_end("kept_12") / before
    fade = (stays / (1.0 + rate)) ** (np.arange(1, FADE_MONTHS + 1) / MONTHS_OF_YEAR)
    residual = float((stock[:, -1] * (1.0 + rate) ** (-age[:, -1] / MONTHS_OF_YEAR)).sum()) * float(fade.sum())
    return Reading(asked.value("economics.gross_margin") * (earned + residual) / 100.0 / joined)


def _cac_payback(asked: _Asked) -> Reading:
    """Months to earn back what it costs to win and onboard.

    Onboarding is the onboarding team's payroll, treatments at sign-up and in the onboarding stage, and charges of
    interventions that treat at sign-up. Not counted: other teams' work for accounts in onboarding, digital contacts,
    charges of interventions for everyone or at reviews (they are for the base as well).
    """
    flows = cash(asked.table, asked.value, asked.segment)
    share = team_share(asked.table, "onboarding", asked.segment)
    charged = int(asked.table.of_company("charges_sign_up").sum()) * presence(asked.table, asked.segment)
    onboarding = team_payroll(asked.table, asked.value, "onboarding").sum() * share
    onboarding += (asked.total("treated_onboarding") + charged) / 100.0
    earned = asked.total("new_mrr") / 100.0 * asked.value("economics.gross_margin")
    if earned <= 0:
        return Reading(None, "starting MRR times gross margin is not above 0")
    return Reading(float(flows.acquisition.sum() + onboarding) / earned)


def incidence_by_day(table: MonthlyTable, segment: str | None = None) -> tuple[Reals, Reals]:
    """Share of sign-ups live, and share given up, by the end of each day since sign-up; two arrays of shape (DAYS,).

    Notes
    -----
    Aalen–Johansen: on each day the two endings share those still under way; who is censored on a day is at risk
    on it.
    """
    live, gone = table.of_days("live", segment), table.of_days("gave_up", segment)
    ending = live + gone + table.of_days("censored", segment)
    at_risk = np.maximum(ending.sum() - np.concatenate(([0], np.cumsum(ending)[:-1])), 1)
    under_way = np.concatenate(([1.0], np.cumprod(1.0 - (live + gone) / at_risk)[:-1]))
    return np.cumsum(under_way * live / at_risk), np.cumsum(under_way * gone / at_risk)


def _time_to_value(asked: _Asked) -> Reading:
    if not asked.total("new"):
        return Reading(None, "nobody signed up")
    share, _ = incidence_by_day(asked.table, asked.segment)
    day = int(np.searchsorted(share, 0.5 - 1e-12))
    if day >= DAYS - 1:
        return Reading(None, f"fewer than half went live; {share[-1]:.0%} did")
    before = float(share[day - 1]) if day else 0.0
    return Reading(day + (0.5 - before) / (float(share[day]) - before))


def _onboarding_days(asked: _Asked) -> Reading:
    return _ratio(asked.total("live_months") / MICRO * DAYS_PER_MONTH, asked.total("live"), "no account went live")


def _mean_at_end(measure: str, scale: float = 1.0) -> Read:
    def read(asked: _Asked) -> Reading:
        return _ratio(asked.at_end(measure) / scale, asked.at_end("active"), "no account is active at the horizon")

    return read


def _programme_cost(asked: _Asked) -> Reading:
    return Reading(float(cash(asked.table, asked.value, asked.segment).programme.sum()))


def _health_error(asked: _Asked) -> Reading:
    return _ratio(asked.total("gap_absolute") / MICRO, asked.total("reviews"), "there was no review")


def _arpa(asked: _Asked) -> Reading:
    return _ratio(
        float(mean_of_ends(asked.table.of("mrr", asked.segment)).sum()) / 100.0,
        float(mean_of_ends(asked.table.of("active", asked.segment)).sum()),
        "no account was ever active",
    )


_READERS: Final[Mapping[str, Read]] = {
    "logo_churn_12m": _first_year("cohort_lost"),
    "intent_12m": _first_year("cohort_intent"),
    "logo_churn_annual": _against_year_ago("gone_12", "active"),
    "revenue_churn_annual": _against_year_ago("gone_mrr_12", "mrr"),
    "renewal_rate": _renewal_rate,
    "inside_window_loss": _inside_window_loss,
    "grr": _against_year_ago("kept_12", "mrr"),
    "nrr": _against_year_ago("now_12", "mrr"),
    "accounts": _accounts,
    "arr": _arr,
    "company_value_multiple": _value_multiple,
    "company_value_flat_multiple": _value_flat,
    "company_value_dcf": _value_dcf,
    "clv": _clv,
    "cac_payback": _cac_payback,
    "time_to_value": _time_to_value,
    "onboarding_days_mean": _onboarding_days,
    "health_mean": _mean_at_end("health", MICRO),
    "green_share": _mean_at_end("green"),
    "red_share": _mean_at_end("red"),
    "happy_share": _mean_at_end("happy"),
    "trapped_share": _mean_at_end("trapped"),
    "programme_cost": _programme_cost,
    "net_benefit": _cash_pv,
    "monthly_logo_churn": _monthly_logo_churn,
    "arpa": _arpa,
    **{f"{cause}_churn_share": _cause_share(cause) for cause in events.CAUSES[: events.INVOLUNTARY]},
    "involuntary_churn_share": _involuntary_share,
    "observed_health_error": _health_error,
}


def outcomes(table: MonthlyTable, value: Value, segment: str | None = None) -> Mapping[str, Reading]:
    """Every outcome of `OUTCOMES` in one run.

    Parameters
    ----------
    table : MonthlyTable
    value : Value
        Values of `economics.*`, such as `Scenario.value`.
    segment : str, optional
        One segment instead of all.

    Returns
    -------
    mapping of str to Reading
        In the order of `OUTCOMES`; a value that does not exist is None, with the reason.

    Raises
    ------
    InputError
        If there is no such segment.
    """
    asked = _Asked(table, value, segment)
    return {name: _READERS[name](asked) for name in OUTCOMES}
