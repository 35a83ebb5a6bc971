"""Cash by month, and its present value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsim.readings.measures import MICRO, STAYING, WORKING, MonthlyTable
from cxsim.readings.values import Value

Reals = npt.NDArray[np.float64]

MONTHS_OF_YEAR = 12
FADE_MONTHS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Cash:
    """What comes in and goes out, month by month; each an array of shape (T,), in the world's currency, ≥ 0.

    Attributes
    ----------
    revenue : mean of MRR at the start and at the end of the month.
    purchases : one-off.
    hosting : of both.
    payroll : of the three teams.
    acquisition, expansion, programme, digital : costs.
    once : of the programme cost, charges paid once.
    sign_up : of the programme cost, treatments at sign-up.
    """

    revenue: Reals
    purchases: Reals
    hosting: Reals
    payroll: Reals
    acquisition: Reals
    expansion: Reals
    programme: Reals
    digital: Reals
    once: Reals
    sign_up: Reals

    @property
    def serving(self) -> Reals:
        """Cost of those who are there: payroll, monthly charges, treatments at reviews, digital contacts."""
        return self.payroll + (self.programme - self.once - self.sign_up) + self.digital

    @property
    def net(self) -> Reals:
        """Cash of the month."""
        income = self.revenue + self.purchases - self.hosting
        return income - self.payroll - self.programme - self.digital - self.acquisition - self.expansion


def mean_of_ends(stock: npt.NDArray[np.int64]) -> Reals:
    """Mean of a stock at the start and at the end of each month; shape (T,) from (T + 1,)."""
    return np.asarray((stock[:-1] + stock[1:]) / 2.0)


def cash(table: MonthlyTable, value: Value, segment: str | None = None) -> Cash:
    """Cash by month.

    Parameters
    ----------
    table : MonthlyTable
    value : Value
        Values of `economics.*`.
    segment : str, optional
        One segment. It bears each team's payroll in proportion to the work it caused over the run, and the company's
        charges in proportion to its account-months.

    Notes
    -----
    cash = (revenue + purchases)·(1 − hosting share) − payroll − acquisition − expansion cost − programme − digital.
    Acquisition is `acquisition_cost` · 12 · new MRR, that of referred accounts times `referral_cost`; expansion cost
    is `expansion_cost` · 12 · MRR of expansions outside renewals (selling at a renewal is paid as the CSM's work).
    Programme cost is what treatments and interventions cost.
    """

    def money(measure: str) -> Reals:
        return np.asarray(table.of(measure, segment)[:-1] / 100.0)

    revenue = mean_of_ends(table.of("mrr", segment)) / 100.0
    purchases = money("purchases")
    referred = money("new_mrr_referred")
    paid = money("new_mrr") - referred + value("economics.referral_cost") * referred
    treated, contacts = np.zeros(table.horizon), np.zeros(table.horizon)
    for stage in STAYING:
        treated += money(f"treated_{stage}")
        contacts += table.of(f"digital_{stage}", segment)[:-1]
    payroll = np.zeros(table.horizon)
    for team in WORKING:
        payroll += team_payroll(table, value, team) * team_share(table, team, segment)
    present = presence(table, segment)
    return Cash(
        revenue=revenue,
        purchases=purchases,
        hosting=value("economics.hosting_share") * (revenue + purchases),
        payroll=payroll,
        acquisition=value("economics.acquisition_cost") * MONTHS_OF_YEAR * paid,
        expansion=value("economics.expansion_cost") * MONTHS_OF_YEAR * money("expanded_mrr"),
        programme=treated + table.of_company("charges")[:-1] / 100.0 * present,
        digital=value("economics.digital_cost") * contacts,
        once=table.of_company("charges_once")[:-1] / 100.0 * present,
        sign_up=money("treated_sign_up"),
    )


def presence(table: MonthlyTable, segment: str | None = None) -> float:
    """Share of account-months that a segment has, by which it bears the company's charges; 1 where there are none."""
    return _ratio(table.of("active", segment)[:-1].sum(), table.of("active")[:-1].sum())


def team_payroll(table: MonthlyTable, value: Value, team: str) -> Reals:
    """Wages of one team by month, in the world's currency; shape (T,)."""
    return np.asarray(table.of_company(f"people_{team}")[:-1] / MICRO * value(f"economics.{team}_wage"))


def busy(table: MonthlyTable, team: str, segment: str | None = None) -> float:
    """Months that a team worked, over the run."""
    return sum(int(table.of(f"busy_{team}_{stage}", segment).sum()) for stage in STAYING) / MICRO


def team_share(table: MonthlyTable, team: str, segment: str | None) -> float:
    """Share of a team's work that a segment caused; its share of account-months where there was no work."""
    if segment is None:
        return 1.0
    everyone = busy(table, team)
    if everyone > 0:
        return busy(table, team, segment) / everyone
    return presence(table, segment)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 1.0


def present_value(flow: Reals, yearly_rate: float, start: int = 0) -> float:
    """Present value at month 0 of flows at the ends of months start + 1, start + 2, …: Σ flow·(1 + r)^(−t/12)."""
    t = start + 1 + np.arange(len(flow))
    return float((flow * (1.0 + yearly_rate) ** (-t / MONTHS_OF_YEAR)).sum())


def run_off(table: MonthlyTable, value: Value, segment: str | None = None) -> tuple[Reals | None, str]:
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
    if table.horizon < MONTHS_OF_YEAR:
        return None, "needs a horizon of 12 months"
    before = float(table.of("mrr", segment)[-1 - MONTHS_OF_YEAR])
    flows = cash(table, value, segment)
    last = slice(-MONTHS_OF_YEAR, None)
    revenue = float(flows.revenue[last].sum())
    if before <= 0 or revenue <= 0:
        return None, "no revenue twelve months before the horizon"
    stays = (float(table.of("kept_12", segment)[-1]) / before) ** (1.0 / MONTHS_OF_YEAR)
    new = float(table.of("new_mrr", segment)[-1 - MONTHS_OF_YEAR : -1].sum()) / 100.0
    margin = 1.0 - value("economics.hosting_share") - float(flows.serving[last].sum()) / revenue
    cost = float((flows.acquisition + flows.sign_up)[last].sum()) / new if new > 0 else 0.0
    faded = new / MONTHS_OF_YEAR * (1.0 - np.arange(1, FADE_MONTHS + 1) / FADE_MONTHS)
    mrr = float(table.of("mrr", segment)[-1]) / 100.0
    path = np.empty(FADE_MONTHS)
    for k in range(FADE_MONTHS):
        mrr = mrr * stays + faded[k]
        path[k] = mrr
    return path * margin - faded * cost, ""
