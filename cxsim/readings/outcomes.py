"""Every outcome of a run, as ratios of the sums in a monthly table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.cash import (
    FADE_MONTHS,
    Reals,
    cash_by_scope,
    mean_of_ends,
    one_scope,
    presence,
    present_values,
    run_off_by_scope,
    team_payroll,
    team_shares,
)
from cxsim.readings.go_live import median_days
from cxsim.readings.registry import OUTCOMES, Outcome
from cxsim.readings.scopes import MONTHS_OF_YEAR, Scopes, scopes_of
from cxsim.readings.values import Economics, Value, economics_of
from cxsim.tally import COHORT, DAYS_PER_MONTH, FIRST_YEAR, MICRO, MonthlyTable, place

__all__ = ["OUTCOMES", "Outcome", "Reading", "multiple", "outcomes", "outcomes_by_scope", "series_by_scope"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of an outcome in one run, or the reason why there is none."""

    value: float | None
    reason: str = ""


Found = float | str  # a value, or the words that say why there is none


class _Asked:
    """What is read: one scope at a time; what needs arrays is worked out for all scopes together, once."""

    def __init__(self, scopes: Scopes, economics: Economics) -> None:
        self.scopes, self.economics, self.row = scopes, economics, 0
        self.horizon = scopes.table.horizon
        rate = economics.discount_rate
        flows = cash_by_scope(scopes, economics)
        after, self.no_run_off = run_off_by_scope(scopes, flows, economics)
        self.cash: list[float] = present_values(flows.net, rate).tolist()
        self.after: list[float] = present_values(after, rate, self.horizon).tolist()
        self.acquisition: list[float] = flows.acquisition.sum(axis=1).tolist()
        self.programme: list[float] = flows.programme.sum(axis=1).tolist()
        self.payroll = float(team_payroll(scopes.table, economics, "onboarding").sum())
        self.payroll_shares: list[float] = team_shares(scopes, "onboarding").tolist()
        self.charged = int(scopes.table.of_company("charges_sign_up").sum())
        self.account_months: list[float] = mean_of_ends(scopes.of("active")).sum(axis=1).tolist()
        self.revenue: list[float] = mean_of_ends(scopes.of("mrr")).sum(axis=1).tolist()
        self.days = median_days(scopes)
        self.earned, self.later = _first_year_revenue(scopes, rate) if self.horizon >= FIRST_YEAR else ([], [])

    def at_end(self, measure: str) -> int:
        return self.scopes.ends[self.row][place(measure)]

    def year_ago(self, measure: str) -> int:
        return self.scopes.year_ago[self.row][place(measure)]

    def total(self, measure: str) -> int:
        return self.scopes.totals[self.row][place(measure)]

    def last_year(self, measure: str) -> int:
        return self.scopes.last_year[self.row][place(measure)]


Read = Callable[[_Asked], Found]


def _ratio(part: float, whole: float, empty: str) -> Found:
    return part / whole if whole else empty


def _short(asked: _Asked, months: int) -> str:
    if asked.horizon < months:
        return f"needs a horizon of {months} months; this one has {asked.horizon}"
    return ""


def _first_year(measure: str) -> Read:
    def read(asked: _Asked) -> Found:
        return _short(asked, 2 * FIRST_YEAR) or _ratio(
            asked.total(measure), asked.total("cohort"), "nobody signed up without a referral in the first 12 months"
        )

    return read


def _against_year_ago(part: str, whole: str) -> Read:
    def read(asked: _Asked) -> Found:
        return _short(asked, MONTHS_OF_YEAR) or _ratio(
            asked.at_end(part), asked.year_ago(whole), "no account was active 12 months before the horizon"
        )

    return read


def _renewal_rate(asked: _Asked) -> Found:
    return _short(asked, MONTHS_OF_YEAR) or _ratio(
        asked.last_year("renewal_kept"), asked.last_year("renewal_due"), "no term ended in the last 12 months"
    )


def _inside_window_loss(asked: _Asked) -> Found:
    return _short(asked, MONTHS_OF_YEAR) or _ratio(
        asked.at_end("joined_gone_12"), asked.last_year("new"), "nobody signed up in the last 12 months"
    )


def _monthly_logo_churn(asked: _Asked) -> Found:
    return _ratio(asked.total("churned"), asked.total("active"), "no account was ever active")


def _cause_share(cause: str) -> Read:
    voluntary = [f"churned_{name}" for name in events.CAUSES[: events.INVOLUNTARY]]

    def read(asked: _Asked) -> Found:
        return _ratio(
            asked.total(f"churned_{cause}"), sum(asked.total(name) for name in voluntary), "nobody left by choice"
        )

    return read


def _involuntary_share(asked: _Asked) -> Found:
    return _ratio(asked.total("churned_involuntary"), asked.total("churned"), "nobody left")


def _accounts(asked: _Asked) -> Found:
    return float(asked.at_end("active"))


def _arr(asked: _Asked) -> Found:
    return MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0


def multiple(value: Value | Economics, growth: float, slope: float | None = None) -> float:
    """Company value per unit of ARR: clip(M₀·exp(β·(g − g₀)), least, most), β the world's unless given."""
    economics = economics_of(value)
    slope = economics.multiple_slope if slope is None else slope
    raw = float(economics.multiple * np.exp(slope * (growth - economics.multiple_growth)))
    return min(max(raw, economics.multiple_least), economics.multiple_most)


def _value_multiple(asked: _Asked) -> Found:
    short = _short(asked, MONTHS_OF_YEAR)
    if short:
        return short
    before = asked.year_ago("mrr")
    if before <= 0:
        return "no revenue 12 months before the horizon, so growth is undefined"
    growth = asked.at_end("mrr") / before - 1.0
    return MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0 * multiple(asked.economics, growth)


def _value_flat(asked: _Asked) -> Found:
    return MONTHS_OF_YEAR * asked.at_end("mrr") / 100.0 * multiple(asked.economics, 0.0, 0.0)


def _cash_pv(asked: _Asked) -> Found:
    return asked.cash[asked.row]


def _value_dcf(asked: _Asked) -> Found:
    return asked.no_run_off[asked.row] or asked.cash[asked.row] + asked.after[asked.row]


def _first_year_revenue(scopes: Scopes, rate: float) -> tuple[list[float], list[float]]:
    """Of the first twelve monthly cohorts of each scope: revenue and purchases to the horizon, and MRR at it [cents].

    Discounted to each cohort's own month.
    """
    cohorts, months = scopes.table.cohorts, scopes.table.horizon
    cells = np.empty((len(COHORT), 1 + len(scopes.segments), *cohorts.shape[:2]), dtype=np.int64)
    by_measure = cohorts.transpose(3, 2, 0, 1)
    by_measure.sum(axis=1, out=cells[:, 0])
    cells[:, 1:] = by_measure[:, list(scopes.segments)]
    stock, purchases = cells
    earned, later = _cohort_discounts(rate, months)
    revenue = (stock[..., :-1] + stock[..., 1:]) / 2.0 + purchases[..., :-1]
    # One row a scope, so that a sum runs through cohorts and months in the same order for one scope and for many.
    summed = (revenue * earned).reshape(len(revenue), -1).sum(axis=1)
    return summed.tolist(), (stock[..., -1] * later).sum(axis=1).tolist()


@lru_cache(maxsize=64)
def _cohort_discounts(rate: float, months: int) -> tuple[Reals, Reals]:
    """Factors for what is earned in each month, shape (12, T), and for what stays at the horizon, shape (12,)."""
    # Month of the cohort is its own month 0: what is earned in month b is discounted from its end.
    age = np.arange(1, months + 1)[None, :] - np.arange(FIRST_YEAR)[:, None]
    earned: Reals = (1.0 + rate) ** (-np.maximum(age, 0) / MONTHS_OF_YEAR)
    later: Reals = (1.0 + rate) ** (-age[:, -1] / MONTHS_OF_YEAR)
    for factors in (earned, later):
        factors.setflags(write=False)
    return earned, later


def _clv(asked: _Asked) -> Found:
    short = _short(asked, FIRST_YEAR)
    if short:
        return short
    joined, before = asked.scopes.first_year[asked.row][place("new")], asked.year_ago("mrr")
    if not joined or not before:
        return "nobody signed up in the first 12 months" if before else "no revenue before the horizon"
    stays = asked.at_end("kept_12") / before
    fade = (stays / (1.0 + asked.economics.discount_rate)) ** _YEARS_AFTER
    residual = asked.later[asked.row] * float(fade.sum())
    return asked.economics.gross_margin * (asked.earned[asked.row] + residual) / 100.0 / joined


def _winning(asked: _Asked) -> float:
    """What it costs to win and onboard those who sign up.

    Onboarding is the onboarding team's payroll, treatments at sign-up and in the onboarding stage, and charges of
    interventions that treat at sign-up. Not counted: other teams' work for accounts in onboarding, digital contacts,
    charges of interventions for everyone or at reviews (they are for the base as well).
    """
    charged = asked.charged * presence(asked.scopes, asked.row)
    onboarding = asked.payroll * asked.payroll_shares[asked.row]
    onboarding += (asked.total("treated_onboarding") + charged) / 100.0
    return asked.acquisition[asked.row] + onboarding


def _cac_payback(asked: _Asked) -> Found:
    earned = asked.total("new_mrr") / 100.0 * asked.economics.gross_margin
    return _winning(asked) / earned if earned > 0 else "starting MRR times gross margin is not above 0"


def _cac(asked: _Asked) -> Found:
    return _ratio(_winning(asked), asked.total("new"), "nobody signed up")


def _ltv_to_cac(asked: _Asked) -> Found:
    lifetime, cost = _clv(asked), _cac(asked)
    if isinstance(lifetime, str) or isinstance(cost, str):
        return lifetime if isinstance(lifetime, str) else cost
    return _ratio(lifetime, cost, "winning a customer costs nothing")


def _time_to_value(asked: _Asked) -> Found:
    return asked.days[asked.row] if asked.total("new") else "nobody signed up"


def _onboarding_days(asked: _Asked) -> Found:
    return _ratio(asked.total("live_months") / MICRO * DAYS_PER_MONTH, asked.total("live"), "no account went live")


def _mean_at_end(measure: str, scale: float = 1.0) -> Read:
    def read(asked: _Asked) -> Found:
        return _ratio(asked.at_end(measure) / scale, asked.at_end("active"), "no account is active at the horizon")

    return read


def _programme_cost(asked: _Asked) -> Found:
    return asked.programme[asked.row]


def _health_error(asked: _Asked) -> Found:
    return _ratio(asked.total("gap_absolute") / MICRO, asked.total("reviews"), "there was no review")


def _arpa(asked: _Asked) -> Found:
    return _ratio(asked.revenue[asked.row] / 100.0, asked.account_months[asked.row], "no account was ever active")


_YEARS_AFTER: Final = np.arange(1, FADE_MONTHS + 1) / MONTHS_OF_YEAR
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
    "cac": _cac,
    "ltv_to_cac": _ltv_to_cac,
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
_IN_ORDER: Final = tuple(_READERS[name] for name in OUTCOMES)


def outcomes(table: MonthlyTable, value: Value | Economics, segment: str | None = None) -> Mapping[str, Reading]:
    """Every outcome of `OUTCOMES` in one run.

    Parameters
    ----------
    table : MonthlyTable
    value : Value or Economics
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
    found = _read(one_scope(table, segment), economics_of(value))[-1]
    return {
        name: Reading(None, one) if isinstance(one, str) else Reading(one)
        for name, one in zip(OUTCOMES, found, strict=True)
    }


def outcomes_by_scope(table: MonthlyTable, value: Value | Economics) -> tuple[Reals, dict[tuple[int, int], str]]:
    """Every outcome of the company and of each segment, in one pass.

    Parameters
    ----------
    table : MonthlyTable
    value : Value or Economics
        Values of `economics.*`; for many runs of one scenario look them up once, with `economics_of(scenario.value)`.

    Returns
    -------
    values : float array, shape (1 + S, number of outcomes)
        Row 0 is the company; columns in the order of `OUTCOMES`; NaN where a value does not exist.
    reasons : dict
        (row, column) of each such NaN → why.
    """
    rows = _read(scopes_of(table), economics_of(value))
    reasons = {
        (row, column): one for row, found in enumerate(rows) for column, one in enumerate(found) if isinstance(one, str)
    }
    return np.array([[np.nan if isinstance(one, str) else one for one in found] for found in rows]), reasons


def series_by_scope(table: MonthlyTable) -> dict[str, Reals]:
    """Accounts and ARR of the company and of each segment over time.

    Returns
    -------
    dict
        "accounts" [accounts] and "arr" [currency/year] at months 0 … T → float array, shape (1 + S, T + 1).
    """

    def by_scope(measure: str) -> npt.NDArray[np.int64]:
        column = table.counts[:, :, place(measure)].T
        return np.concatenate((column.sum(axis=0, keepdims=True), column))

    return {"accounts": by_scope("active").astype(np.float64), "arr": by_scope("mrr") * MONTHS_OF_YEAR / 100.0}


def _read(scopes: Scopes, economics: Economics) -> list[list[Found]]:
    asked, found = _Asked(scopes, economics), []
    for row in range(1 + len(scopes.segments)):
        asked.row = row
        found.append([read(asked) for read in _IN_ORDER])
    return found
