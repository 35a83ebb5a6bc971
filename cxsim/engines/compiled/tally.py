"""The tally: what happens is counted by month and segment as it happens, without a log.

The same integers that `cxsim.readings.monthly` makes of a log, measure by measure; `cxsim.tally.MonthlyTable` says
what each is. Rows are counted where they would be written, stocks once a month. This file may index and add: it is a
sum over rows, taken while they pass.
"""

from __future__ import annotations

import numpy as np

from cxsim import events
from cxsim.engines.compiled.ahead import SOON, fetch_account
from cxsim.engines.compiled.memory import (
    Company,
    account_at,
    cohort_at,
    count_at,
    day_at,
    mrr_then_at,
    parameters_of,
    tallied_at,
)
from cxsim.engines.compiled.state import LAST
from cxsim.events import ADOPTION, DIGITAL_TEAM, LAPSED, ONBOARDING_TEAM, SUPPORT_TEAM
from cxsim.rules.chance import elapsed
from cxsim.rules.experience import experience_moved
from cxsim.rules.health import band
from cxsim.rules.law import days_of, millionths_of
from cxsim.tally import COHORT, DAYS, ENDINGS, FIRST_YEAR, MEASURES

YEAR = FIRST_YEAR
NOT_YET = -1
LIVE, GAVE_UP, CENSORED = range(len(ENDINGS))
MRR_OF_COHORT, PURCHASES_OF_COHORT = range(len(COHORT))

ACTIVE, MRR, HEALTH, RED, HIGH_RISK, MRR_BY_STAGE = (
    MEASURES.index(name) for name in ("active", "mrr", "health", "red", "high_risk", "mrr_onboarding")
)
KEPT, NOW, GONE, GONE_MRR, JOINED_GONE = (
    MEASURES.index(name) for name in ("kept_12", "now_12", "gone_12", "gone_mrr_12", "joined_gone_12")
)
NEW, NEW_REFERRED, CHURNED, RETURNED, CHURNED_BY_CAUSE = (
    MEASURES.index(name) for name in ("new", "new_referred", "churned", "returned", "churned_onboarding")
)
NEW_MRR, EXPANSION_MRR, CONTRACTION_MRR, CHURNED_MRR, REACTIVATED_MRR, NEW_MRR_REFERRED, EXPANDED_MRR = (
    MEASURES.index(f"{name}")
    for name in (
        "new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivated_mrr", "new_mrr_referred",
        "expanded_mrr",
    )
)  # fmt: skip
PURCHASES, RENEWAL_DUE, RENEWAL_KEPT, LOST_BY_STAGE, TREATED_BY_STAGE, TREATED_SIGN_UP, DIGITAL_BY_STAGE = (
    MEASURES.index(name)
    for name in (
        "purchases", "renewal_due", "renewal_kept", "lost_onboarding", "treated_onboarding", "treated_sign_up",
        "digital_onboarding",
    )
)  # fmt: skip
BUSY_ONBOARDING, BUSY_SUCCESS, BUSY_SUPPORT = (
    MEASURES.index(f"busy_{team}_onboarding") for team in ("onboarding", "success", "support")
)
REVIEWS, GAP, GAP_ABSOLUTE, LIVE_COUNT, LIVE_MONTHS, COHORT_SIZE, COHORT_LOST, COHORT_INTENT, MOVED = (
    MEASURES.index(name)
    for name in (
        "reviews", "gap", "gap_absolute", "live", "live_months", "cohort", "cohort_lost", "cohort_intent",
        "moved_sales",
    )
)  # fmt: skip

# kinds of rows that `count_row` counts whoever does them; others it need not be asked about
COUNTED = np.isin(np.arange(LAST), [
    events.REVIEW, events.EXPANDED, events.CONTRACTED, events.RENEWED, events.INTENT, events.PURCHASED, events.TREATED,
    events.RETURNED, events.KICKED_OFF, events.WENT_LIVE, events.ONBOARDING_ABANDONED,
])  # fmt: skip


def month_of(s: Company) -> int:
    """The month at hand; what happens at the horizon itself belongs to the last one."""
    return min(int(s.now), int(s.horizon) - 1)


def add(s: Company, i: int, measure: int, by: int) -> None:
    """Add to a flow of this month and of the account's segment."""
    count_at(s, month_of(s), account_at(s, i).segment, measure).n += by


def staying(stage: int) -> int:
    """Stage of a customer; what happens to those who are gone is set against adoption."""
    return stage if stage < events.GONE else ADOPTION


def take_stock(s: Company, month: int) -> None:
    """Sizes just before a month begins."""
    for i in range(s.n_accounts):
        t = tallied_at(s, i)
        if t.signed_at > s.now:
            continue  # it has not come
        if s.fetches:
            fetch_account(s, i + SOON)
        a, kept = account_at(s, i), mrr_then_at(s, month, i)
        now = int(a.mrr) if a.active else 0
        then = int(kept.n)
        kept.n = now
        if now > 0:
            _stand(s, i, month, now)
        if month >= YEAR and then > 0:
            count_at(s, month, a.segment, KEPT).n += min(then, now)
            count_at(s, month, a.segment, NOW).n += now
            if now == 0:
                count_at(s, month, a.segment, GONE).n += 1
                count_at(s, month, a.segment, GONE_MRR).n += then
        if now == 0 and t.joined != NOT_YET and t.joined < month <= t.joined + YEAR:
            count_at(s, month, a.segment, JOINED_GONE).n += 1


def _stand(s: Company, i: int, month: int, mrr: int) -> None:
    """A customer at the beginning of a month."""
    a, t = account_at(s, i), tallied_at(s, i)
    p, segment = parameters_of(s, a.segment), int(a.segment)
    count_at(s, month, segment, ACTIVE).n += 1
    count_at(s, month, segment, MRR).n += mrr
    count_at(s, month, segment, HEALTH).n += millionths_of(a.health)
    count_at(s, month, segment, RED + band(p, a.health)).n += 1
    count_at(s, month, segment, HIGH_RISK + a.quadrant).n += 1
    count_at(s, month, segment, MRR_BY_STAGE + a.stage).n += mrr
    if t.joined != NOT_YET and t.joined < YEAR:
        cohort_at(s, t.joined, month, segment, MRR_OF_COHORT).n += mrr


def count_row(s: Company, i: int, kind: int, team: int, value: float) -> None:
    """Count what is being written. Losses, sign-ups, work and moments' effects are counted where they happen."""
    if kind == events.REVIEW:
        _count_review(s, i)
    elif kind in (events.EXPANDED, events.CONTRACTED, events.RENEWED):
        _count_change(s, i, kind, int(value))
    elif kind == events.INTENT:
        _count_intent(s, i)
    elif kind == events.PURCHASED:
        _count_purchase(s, i, int(value))
    elif kind == events.TREATED:
        _count_treated(s, i, int(value))
    elif kind == events.RETURNED:
        if s.now >= 0.0:
            add(s, i, RETURNED, 1)
            add(s, i, REACTIVATED_MRR, int(value))
    elif kind == events.KICKED_OFF:
        t = tallied_at(s, i)
        t.kicked_at, t.kicked_stage = s.now, account_at(s, i).stage
    elif kind in (events.WENT_LIVE, events.ONBOARDING_ABANDONED):
        end_onboarding(s, i, LIVE if kind == events.WENT_LIVE else GAVE_UP)
    if team == DIGITAL_TEAM and s.now >= 0.0 and _is_contact(kind):
        add(s, i, DIGITAL_BY_STAGE + staying(int(account_at(s, i).stage)), 1)


def _is_contact(kind: int) -> bool:
    """Is it something that a digital worker does for an account?"""
    return kind in (
        events.TICKET_HANDED_OVER, events.TICKET_SOLVED, events.TICKET_FAILED, events.CHECKED_IN, events.REACHED_OUT,
        events.RENEWAL_TALK,
    )  # fmt: skip


def _count_review(s: Company, i: int) -> None:
    a, t = account_at(s, i), tallied_at(s, i)
    if s.now < 0.0:
        return
    if a.month == YEAR and t.twelfth_at > s.now:
        t.twelfth_at = s.now
    gap = millionths_of(a.observed - a.health)
    add(s, i, REVIEWS, 1)
    add(s, i, GAP, gap)
    add(s, i, GAP_ABSOLUTE, millionths_of(abs(a.observed - a.health)))


def _count_change(s: Company, i: int, kind: int, change: int) -> None:
    a = account_at(s, i)
    if s.now < 0.0:
        return
    add(s, i, EXPANSION_MRR, max(change, 0))
    add(s, i, CONTRACTION_MRR, min(change, 0))
    if kind == events.EXPANDED:
        add(s, i, EXPANDED_MRR, change)
    elif kind == events.RENEWED and a.term > 1:
        due = int(a.mrr) - change
        add(s, i, RENEWAL_DUE, due)
        add(s, i, RENEWAL_KEPT, min(due, int(a.mrr)))


def _count_intent(s: Company, i: int) -> None:
    """The first intent of an account of the first year."""
    a, t = account_at(s, i), tallied_at(s, i)
    if s.now < 0.0 or t.meant:
        return
    t.meant = 1
    if t.joined != NOT_YET and t.joined < YEAR and not a.referred and s.now <= min(t.twelfth_at, t.left_at):
        count_at(s, t.joined, a.segment, COHORT_INTENT).n += 1


def _count_purchase(s: Company, i: int, price: int) -> None:
    a, t = account_at(s, i), tallied_at(s, i)
    if s.now < 0.0:
        return
    add(s, i, PURCHASES, price)
    if t.joined != NOT_YET and t.joined < YEAR:
        cohort_at(s, t.joined, month_of(s), a.segment, PURCHASES_OF_COHORT).n += price


def _count_treated(s: Company, i: int, cost: int) -> None:
    t = tallied_at(s, i)
    if s.now < 0.0:
        return
    add(s, i, TREATED_BY_STAGE + staying(int(account_at(s, i).stage)), cost)
    if t.signed_at == s.now:
        add(s, i, TREATED_SIGN_UP, cost)


def count_sign_up(s: Company, i: int) -> None:
    """An account has come."""
    a, t = account_at(s, i), tallied_at(s, i)
    t.signed_at = s.now
    if s.now < 0.0:
        return
    t.joined = month_of(s)
    add(s, i, NEW, 1)
    add(s, i, NEW_MRR, int(a.mrr))
    if a.referred:
        add(s, i, NEW_REFERRED, 1)
        add(s, i, NEW_MRR_REFERRED, int(a.mrr))
    elif t.joined < YEAR:
        add(s, i, COHORT_SIZE, 1)


def count_loss(s: Company, i: int, kind: int, cause: int, stage: int) -> None:
    """An account is being lost; `stage` is the one it was in, its MRR still what it paid."""
    a, t = account_at(s, i), tallied_at(s, i)
    end_onboarding(s, i, GAVE_UP)
    first = t.left_at > s.now
    if first:
        t.left_at = s.now
    if s.now < 0.0:
        return
    add(s, i, CHURNED, 1)
    add(s, i, CHURNED_MRR, -int(a.mrr))
    add(s, i, CHURNED_BY_CAUSE + cause, 1)
    add(s, i, LOST_BY_STAGE + staying(stage), int(a.mrr))
    if kind == LAPSED and a.term > 1:
        add(s, i, RENEWAL_DUE, int(a.mrr))
    if first and t.joined != NOT_YET and t.joined < YEAR and not a.referred and s.now <= t.twelfth_at:
        count_at(s, t.joined, a.segment, COHORT_LOST).n += 1


def end_onboarding(s: Company, i: int, ending: int) -> None:
    """Onboarding is over, one way or another: the work that it took, and how long after sign-up."""
    a, t = account_at(s, i), tallied_at(s, i)
    if t.kicked_at < s.horizon:
        count_work(s, i, ONBOARDING_TEAM, t.kicked_at, int(t.kicked_stage))
        t.kicked_at = float(s.horizon)
    if ending == LIVE and s.now >= 0.0:
        add(s, i, LIVE_COUNT, 1)
        add(s, i, LIVE_MONTHS, millionths_of(elapsed(s.now, t.signed_at)))
    if t.joined != NOT_YET and not t.ended:
        t.ended = 1
        day_at(s, min(days_of(elapsed(s.now, t.signed_at)), DAYS - 1), a.segment, ending).n += 1


def count_work(s: Company, i: int, team: int, began_at: float, stage: int) -> None:
    """Somebody has done a piece of work that began at a time and stage."""
    if s.now < 0.0:
        return
    first = BUSY_SUCCESS
    if team == ONBOARDING_TEAM:
        first = BUSY_ONBOARDING
    elif team == SUPPORT_TEAM:
        first = BUSY_SUPPORT
    add(s, i, first + staying(stage), millionths_of(elapsed(s.now, max(began_at, 0.0))))


def count_moved(s: Company, i: int, owner: int, users: bool, before: float, after: float) -> None:
    """A moment has moved a customer's experience."""
    a = account_at(s, i)
    if s.now >= 0.0 and a.active:
        moved = experience_moved(parameters_of(s, a.segment), users, before, after)
        add(s, i, MOVED + owner, millionths_of(moved))


def close_tally(s: Company) -> None:
    """At the horizon: the last stock, and onboardings still under way."""
    s.now = float(s.horizon)
    take_stock(s, s.horizon)
    for i in range(s.n_accounts):
        t = tallied_at(s, i)
        if t.joined != NOT_YET and not t.ended:
            segment = account_at(s, i).segment
            day_at(s, min(days_of(elapsed(s.now, t.signed_at)), DAYS - 1), segment, CENSORED).n += 1
