"""Cash by month, and its present value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cxsim.readings.scopes import MONTHS_OF_YEAR, Scopes, scopes_of
from cxsim.readings.values import Economics, Value, economics_of
from cxsim.tally import MICRO, STAYING, WORKING, MonthlyTable, place

Reals = npt.NDArray[np.float64]

FADE_MONTHS = 120
_FADE = 1.0 - np.arange(1, FADE_MONTHS + 1) / FADE_MONTHS


@dataclass(frozen=True, slots=True, eq=False)
class Cash:
    """What comes in and goes out, month by month, in the world's currency, ≥ 0.

    Each is an array of shape (T,), or (R, T) for the R scopes of `cash_by_scope`.

    Attributes
    ----------
    revenue : mean of MRR at the start and at the end of the month.
    purchases : one-off.
    hosting : of both.
    onboarding, success, support : payroll of each team.
    acquisition, expansion, programme, digital : costs.
    once : of the programme cost, charges paid once.
    sign_up : of the programme cost, treatments at sign-up.
    """

    revenue: Reals
    purchases: Reals
    hosting: Reals
    onboarding: Reals
    success: Reals
    support: Reals
    acquisition: Reals
    expansion: Reals
    programme: Reals
    digital: Reals
    once: Reals
    sign_up: Reals

    @property
    def payroll(self) -> Reals:
        """Wages of the three teams."""
        return self.onboarding + self.success + self.support

    @property
    def serving(self) -> Reals:
        """Cost of those who are there: payroll, monthly charges, treatments at reviews, digital contacts."""
        return self.payroll + (self.programme - self.once - self.sign_up) + self.digital

    @property
    def net(self) -> Reals:
        """Cash of the month."""
        income = self.revenue + self.purchases - self.hosting
        return income - self.payroll - self.programme - self.digital - self.acquisition - self.expansion

    def scope(self, row: int) -> Cash:
        """One row of several scopes."""
        return Cash(*(getattr(self, field.name)[row] for field in fields(self)))


def mean_of_ends(stock: npt.NDArray[np.int64]) -> Reals:
    """Mean of a stock at the start and at the end of each month; shape (…, T) from (…, T + 1)."""
    return np.asarray((stock[..., :-1] + stock[..., 1:]) / 2.0)


def cash(table: MonthlyTable, value: Value | Economics, segment: str | None = None) -> Cash:
    """Cash by month.

    Parameters
    ----------
    table : MonthlyTable
    value : Value or Economics
        Values of `economics.*`.
    segment : str, optional
        One segment. It bears each team's payroll in proportion to the work it caused over the run, and the company's
        charges in proportion to its account-months.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    cash = (revenue + purchases)·(1 − hosting share) − payroll − acquisition − expansion cost − programme − digital.
    Acquisition is `acquisition_cost` · 12 · new MRR, that of referred accounts times `referral_cost`; expansion cost
    is `expansion_cost` · 12 · MRR of expansions outside renewals (selling at a renewal is paid as the CSM's work).
    Programme cost is what treatments and interventions cost.
    """
    return cash_by_scope(one_scope(table, segment), economics_of(value)).scope(-1)


def one_scope(table: MonthlyTable, segment: str | None) -> Scopes:
    """The company alone, or with one segment; what is asked for stands last."""
    return scopes_of(table, () if segment is None else (table.at(segment),))


def cash_by_scope(scopes: Scopes, economics: Economics) -> Cash:
    """Cash by month of each scope; see `cash`."""
    table = scopes.table

    def money(measure: str) -> Reals:
        return np.asarray(scopes.of(measure)[:, :-1] / 100.0)

    revenue = mean_of_ends(scopes.of("mrr")) / 100.0
    purchases, referred = money("purchases"), money("new_mrr_referred")
    paid = money("new_mrr") - referred + economics.referral_cost * referred
    treated, contacts = np.zeros(revenue.shape), np.zeros(revenue.shape)
    for stage in STAYING:
        treated += money(f"treated_{stage}")
        contacts += scopes.of(f"digital_{stage}")[:, :-1]
    payroll = {team: team_payroll(table, economics, team) * team_shares(scopes, team)[:, None] for team in WORKING}
    present = np.array([presence(scopes, row) for row in range(len(revenue))])[:, None]
    return Cash(
        revenue=revenue,
        purchases=purchases,
        hosting=economics.hosting_share * (revenue + purchases),
        onboarding=payroll["onboarding"],
        success=payroll["success"],
        support=payroll["support"],
        acquisition=economics.acquisition_cost * MONTHS_OF_YEAR * paid,
        expansion=economics.expansion_cost * MONTHS_OF_YEAR * money("expanded_mrr"),
        programme=treated + table.of_company("charges")[:-1] / 100.0 * present,
        digital=economics.digital_cost * contacts,
        once=table.of_company("charges_once")[:-1] / 100.0 * present,
        sign_up=money("treated_sign_up"),
    )


def presence(scopes: Scopes, row: int) -> float:
    """Share of account-months that a scope has, by which it bears the company's charges; 1 where there are none."""
    everyone = scopes.total("active", 0)
    return scopes.total("active", row) / everyone if everyone else 1.0


def team_payroll(table: MonthlyTable, economics: Economics, team: str) -> Reals:
    """Wages of one team by month, in the world's currency; shape (T,)."""
    return np.asarray(table.of_company(f"people_{team}")[:-1] / MICRO * economics.wage(team))


def team_shares(scopes: Scopes, team: str) -> Reals:
    """Share of a team's work that each scope caused; its share of account-months where there was no work; (R,)."""
    rows = range(1 + len(scopes.segments))
    busy = [sum(scopes.total(f"busy_{team}_{stage}", row) for stage in STAYING) / MICRO for row in rows]
    return np.array([part / busy[0] if busy[0] > 0 else presence(scopes, row) for row, part in enumerate(busy)])


def present_value(flow: Reals, yearly_rate: float, start: int = 0) -> float:
    """Present value at month 0 of flows at the ends of months start + 1, start + 2, …: Σ flow·(1 + r)^(−t/12)."""
    return float(present_values(flow, yearly_rate, start))


def present_values(flows: Reals, yearly_rate: float, start: int = 0) -> Reals:
    """The same for flows of shape (…, n); shape (…,)."""
    return np.asarray((flows * discounts(yearly_rate, start, flows.shape[-1])).sum(axis=-1))


@lru_cache(maxsize=64)
def discounts(yearly_rate: float, start: int, n: int) -> Reals:
    """What one unit at the ends of n months from `start` on is worth at month 0: (1 + r)^(−t/12); shape (n,)."""
    t = start + 1 + np.arange(n)
    factors: Reals = (1.0 + yearly_rate) ** (-t / MONTHS_OF_YEAR)
    factors.setflags(write=False)
    return factors


def run_off(table: MonthlyTable, value: Value | Economics, segment: str | None = None) -> tuple[Reals | None, str]:
    """Cash of the ten years after the horizon, by month, shape (120,); None with a reason under twelve months.

    Notes
    -----
    Nothing grows: of the MRR at the horizon, the share grr (gross retention of the last twelve months) stays a year,
    and new MRR, as much a month as in the last twelve, fades linearly to zero over ten years and is retained alike:
    MRR_k = MRR_{k−1}·grr^(1/12) + n·(1 − k/120), k = 1 … 120. Each unit of revenue earns 1 − hosting share − what
    serving cost per unit of revenue in the last twelve months: payroll, digital contacts, monthly charges of
    interventions and treatments at reviews. Each unit of new MRR costs what acquisition and treatments at sign-up
    cost per unit then. What was paid once is not paid again. After ten years nothing is counted: there is no
    perpetuity.
    """
    economics = economics_of(value)
    scopes = one_scope(table, segment)
    paths, reasons = run_off_by_scope(scopes, cash_by_scope(scopes, economics), economics)
    return (None, reasons[-1]) if reasons[-1] else (paths[-1], "")


def run_off_by_scope(scopes: Scopes, flows: Cash, economics: Economics) -> tuple[Reals, list[str]]:
    """What `run_off` gives for each scope, shape (R, 120), and why it gives nothing ("" where it does)."""
    rows = range(1 + len(scopes.segments))
    paths = np.zeros((len(rows), FADE_MONTHS))
    if scopes.table.horizon < MONTHS_OF_YEAR:
        return paths, ["needs a horizon of 12 months" for _ in rows]
    revenue, serving, winning = (
        part[:, -MONTHS_OF_YEAR:].sum(axis=1).tolist()
        for part in (flows.revenue, flows.serving, flows.acquisition + flows.sign_up)
    )
    mrr, kept, new_mrr = place("mrr"), place("kept_12"), place("new_mrr")
    reasons = []
    for row in rows:
        before = float(scopes.year_ago[row][mrr])
        if before <= 0 or revenue[row] <= 0:
            reasons.append("no revenue twelve months before the horizon")
            continue
        reasons.append("")
        stays = (float(scopes.ends[row][kept]) / before) ** (1.0 / MONTHS_OF_YEAR)
        new = float(scopes.last_year[row][new_mrr]) / 100.0
        margin = 1.0 - economics.hosting_share - serving[row] / revenue[row]
        cost = winning[row] / new if new > 0 else 0.0
        faded = new / MONTHS_OF_YEAR * _FADE
        left = float(scopes.ends[row][mrr]) / 100.0
        path = [left := left * stays + joining for joining in faded.tolist()]
        paths[row] = np.array(path) * margin - faded * cost
    return paths, reasons
