"""A fork: what has happened stands, and so does all that is under way; the rest of the story is dealt afresh."""

from __future__ import annotations

from cxsim.engines.compiled.charged import charged_at
from cxsim.engines.compiled.leaving import CAUSES, next_resistance, shift
from cxsim.engines.compiled.memory import Company, account_at, event_at, slot_at
from cxsim.engines.compiled.queue import kind_of, places_laid, push, rank_of
from cxsim.events import GONE, INTENT, INVOLUNTARY, NO_CAUSE, PAYMENT_FAILED
from cxsim.rules.chance import elapsed
from cxsim.rules.contract import review_at
from cxsim.rules.hazards import NEVER, delay_in_rest, lies_ahead, redrawn
from cxsim.streams import point_of

VOID = -1  # a stay that no account is ever in


def branch_off(s: Company) -> None:
    """From this moment on luck is that of another branch."""
    s.branch = s.turns_to
    s.turns_to = 0
    for e in range(places_laid(s)):
        if kind_of(event_at(s, e).rank) in (INTENT, PAYMENT_FAILED):
            event_at(s, e).stay = VOID
    for k in range(s.n_accounts):
        i = int(slot_at(s, k).to)
        if account_at(s, i).active or account_at(s, i).stage == GONE:
            deal_afresh(s, i)


def deal_afresh(s: Company, i: int) -> None:
    """Points that still lie ahead are drawn anew, and with them what the rest of the month brings.

    A point that has been passed, heard or not, belongs to what is known and stays.
    """
    a, hazards = account_at(s, i), charged_at(s, i).hazards
    left = elapsed(review_at(a.stay_at, int(a.month) + 1), s.now) if a.active else 0.0
    first, soonest = NO_CAUSE, NEVER
    for cause in range(CAUSES):
        remaining, hazard = a.remaining[cause], hazards[cause]
        if cause == a.pending or not lies_ahead(remaining, hazard, left):
            continue
        distance = next_resistance(s, i, cause)
        shift(s, i, cause, redrawn(remaining, hazard, left, distance))
        delay = delay_in_rest(hazard, left, distance)
        if cause == INVOLUNTARY:
            if delay < NEVER:
                appoint(s, i, PAYMENT_FAILED, cause, delay)
        elif a.pending == NO_CAUSE and delay < soonest:
            first, soonest = cause, delay
    if first != NO_CAUSE:
        appoint(s, i, INTENT, first, soonest)


def appoint(s: Company, i: int, kind: int, cause: int, delay: float) -> None:
    """A cause's point comes in the rest of the month."""
    a = account_at(s, i)
    place = point_of(cause, int(a.points[cause]))
    push(s, s.now + delay, rank_of(kind, a.account, place), i, a.life, 0)
