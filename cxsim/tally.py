"""The monthly table: everything that studies need of a run, as sums that add up over segments and runs.

An event log supplies it (`cxsim.readings.monthly`), or an engine fills it without writing a log; both give the same
integers. The one thing told account by account, the fate of the first year, stands beside it as an object of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError
from cxsim.rules.law import DAYS_PER_MONTH as DAYS_PER_MONTH

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MICRO: Final = 1_000_000
DAYS: Final = 1200
FIRST_YEAR: Final = 12
STAYING: Final = events.STAGES[:3]
WORKING: Final = ("onboarding", "success", "support")

STOCKS: Final = (
    "active", "mrr", "health", "red", "amber", "green", "high_risk", "trapped", "accessible", "happy",
    "mrr_onboarding", "mrr_adoption", "mrr_renewal",
    "kept_12", "now_12", "gone_12", "gone_mrr_12", "joined_gone_12",
)  # fmt: skip
FLOWS: Final = (
    "new", "new_referred", "churned", "returned",
    *(f"churned_{cause}" for cause in events.CAUSES),
    "new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivated_mrr",
    "new_mrr_referred", "expanded_mrr", "purchases", "renewal_due", "renewal_kept",
    "lost_onboarding", "lost_adoption", "lost_renewal",
    "treated_onboarding", "treated_adoption", "treated_renewal", "treated_sign_up",
    "digital_onboarding", "digital_adoption", "digital_renewal",
    *(f"busy_{team}_{stage}" for team in WORKING for stage in STAYING),
    "reviews", "gap", "gap_absolute", "live", "live_months",
    "cohort", "cohort_lost", "cohort_intent",
    *(f"moved_{owner}" for owner in events.OWNERS),
)  # fmt: skip
MEASURES: Final = STOCKS + FLOWS
COMPANY: Final = (*(f"people_{team}" for team in WORKING), "charges", "charges_once", "charges_sign_up")
COHORT: Final = ("mrr", "purchases")
ENDINGS: Final = ("live", "gave_up", "censored")
TENURE: Final = ("at_risk", "lost")
EARLY: Final = ("signed_up", "stayed_2_years", "stayed_6_years")

_PLACE: Final = {name: number for number, name in enumerate(MEASURES)}
_COMPANY_PLACE: Final = {name: number for number, name in enumerate(COMPANY)}


@dataclass(frozen=True, eq=False)
class MonthlyTable:
    """Counts and integer cents by month and segment.

    Attributes
    ----------
    segments : tuple of str, length S
    horizon : int
        Months T from month 0.
    counts : int64 array, shape (T + 1, S, len(MEASURES))
        Row b of a stock is its size just before time b (row 0: the opening; row T: the end). Row b of a flow is its
        sum over [b, b + 1); what happens at T itself belongs to the last month, so row T of a flow is 0.
    company : int64 array, shape (T + 1, len(COMPANY))
        Flows that belong to no segment.
    cohorts : int64 array, shape (12, T + 1, S, 2)
        Of the accounts that signed up in month m of [0, 12): `mrr` just before time b [cents], and one-off
        `purchases` in [b, b + 1) [cents].
    days : int64 array, shape (DAYS, S, 3)
        Of the sign-ups in [0, T): how many went live, gave up (or left) before, or were still under way at T, by
        whole days since sign-up; the last row holds all longer times.
    tenure : int64 array, shape (T, 2)
        By month of tenure k, of the sign-ups from month 0 on that are followed through it (signed up at least k + 1
        months before the horizon): those there at its start, and those lost in it. Only an account's first loss
        counts; a loss at a month's very end belongs to it.
    early : int64 array, shape (3,)
        Sign-ups of the history's first two years that are followed for six: how many, and how many were not lost
        within two and within six.

    Notes
    -----
    Stocks: `active` accounts; `mrr` cents; `health` sum of true health in millionths; `red` to `green` and
    `high_risk` to `happy` accounts by true band and quadrant; `mrr_<stage>` cents by stage; and, against twelve
    months before: `kept_12` Σ min(MRR, MRR₋₁₂), `now_12` Σ MRR of accounts active then, `gone_12` accounts active then
    and not now, `gone_mrr_12` their MRR then, `joined_gone_12` accounts that signed up within the twelve months and
    are not active now.

    Flows: `new` sign-ups, `new_referred` among them; `churned` losses, by cause too; `returned`; the five movements of
    MRR in cents (contraction and churned ≤ 0); `new_mrr_referred`; `expanded_mrr` expansion outside renewals;
    `purchases` one-off cents; `renewal_due` MRR reaching the end of a term over one month, `renewal_kept` of it what
    was renewed, no more than before; `lost_<stage>` MRR lost by stage, cents ≥ 0; `treated_<stage>` cost of
    treatments, cents, `treated_sign_up` of them those at a sign-up; `digital_<stage>` digital contacts;
    `busy_<team>_<stage>` work that ended, in millionths of a month since its start or month 0; `reviews`, `gap` and
    `gap_absolute` sums over them of observed less true health in millionths; `live` go-lives and `live_months` their
    time since onboarding was asked for, in millionths; `cohort` sign-ups in [0, 12) without referral, `cohort_lost` of
    them lost, `cohort_intent` with an intent, at or before the twelfth review (in the month of the sign-up);
    `moved_<owner>` how far the owner's moments with accounts that are customers after them moved experience, either
    way, in millionths of a point (`cxsim.rules.experience.experience_moved`, against the account's row before).

    Company: `people_<team>` people at work, in millionths of a person-month; `charges` what interventions cost
    whomever they treat, cents; of them `charges_once`, paid once at an intervention's start, and `charges_sign_up`,
    once or monthly, of interventions that treat at sign-up.

    A real number becomes millionths by floor(x·10⁶ + ½), one happening at a time, so that sums are exact in any order.
    """

    segments: tuple[str, ...]
    horizon: int
    counts: Ints
    company: Ints
    cohorts: Ints
    days: Ints
    tenure: Ints
    early: Ints

    def of(self, measure: str, segment: str | None = None) -> Ints:
        """One measure by month, in one segment or all; shape (T + 1,)."""
        column = self.counts[:, :, _PLACE[measure]]
        return column.sum(axis=1) if segment is None else column[:, self.at(segment)]

    def of_company(self, measure: str) -> Ints:
        """One of the company's own measures by month; shape (T + 1,)."""
        return self.company[:, _COMPANY_PLACE[measure]]

    def of_cohorts(self, measure: str, segment: str | None = None) -> Ints:
        """One measure of the first-year cohorts; shape (12, T + 1)."""
        column = self.cohorts[:, :, :, COHORT.index(measure)]
        return column.sum(axis=2) if segment is None else column[:, :, self.at(segment)]

    def of_days(self, ending: str, segment: str | None = None) -> Ints:
        """Histogram of one ending of onboarding; shape (DAYS,)."""
        column = self.days[:, :, ENDINGS.index(ending)]
        return column.sum(axis=1) if segment is None else column[:, self.at(segment)]

    def at(self, segment: str) -> int:
        """Index of a segment.

        Raises
        ------
        InputError
            If there is no such segment.
        """
        if segment not in self.segments:
            raise InputError([f"segment {segment!r}: no such segment; there are {', '.join(self.segments)}"])
        return self.segments.index(segment)


@dataclass(frozen=True, slots=True, eq=False)
class FirstYear:
    """The cohort of `logo_churn_12m`, account by account.

    Attributes
    ----------
    account : int32 array, shape (n,)
        Accounts that signed up in months [0, 12) without a referral, in rising order.
    lost : bool array, shape (n,)
        Whether the loss took effect at or before the twelfth review.
    reached : bool array, shape (n, number of interventions)
        Whether each intervention of the run could act on the account in that time.
    """

    account: npt.NDArray[np.int32]
    lost: Flags
    reached: Flags


def empty_table(segments: tuple[str, ...], horizon: int) -> MonthlyTable:
    """A table of zeros, for an engine to fill."""
    months, n = horizon + 1, len(segments)
    return MonthlyTable(
        segments=segments,
        horizon=horizon,
        counts=np.zeros((months, n, len(MEASURES)), dtype=np.int64),
        company=np.zeros((months, len(COMPANY)), dtype=np.int64),
        cohorts=np.zeros((FIRST_YEAR, months, n, len(COHORT)), dtype=np.int64),
        days=np.zeros((DAYS, n, len(ENDINGS)), dtype=np.int64),
        tenure=np.zeros((horizon, len(TENURE)), dtype=np.int64),
        early=np.zeros(len(EARLY), dtype=np.int64),
    )


def place(measure: str) -> int:
    """Index of a measure in the last axis of `MonthlyTable.counts`."""
    return _PLACE[measure]


def company_place(measure: str) -> int:
    """Index of a measure in the last axis of `MonthlyTable.company`."""
    return _COMPANY_PLACE[measure]


def millionths(x: npt.NDArray[np.float64]) -> Ints:
    """Real numbers as whole millionths, floor(x·10⁶ + ½)."""
    return np.floor(x * MICRO + 0.5).astype(np.int64)
