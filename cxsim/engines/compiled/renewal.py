"""Chapter two: what the contract makes of it."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import at_term_of, write, write_money, z
from cxsim.engines.compiled.leaving import give_up_intent, hazards_now, jump, leave, open_term
from cxsim.engines.compiled.memory import Company, account_at, parameters_of
from cxsim.engines.compiled.queue import push, rank_of
from cxsim.events import NO_CAUSE, NO_TEAM
from cxsim.rules.chance import elapsed
from cxsim.rules.contract import (
    confirms,
    ends_term,
    notice_at,
    price_after,
    price_step,
    renewed_mrr,
    reprices,
    seat_change,
)
from cxsim.rules.hazards import as_things_are, quote_jump
from cxsim.streams import SEATS


def appoint_notice(s: Company, i: int) -> None:
    """The notice date of the term that begins."""
    a = account_at(s, i)
    if a.term == 1:
        return
    month = int(a.month)
    time = notice_at(
        parameters_of(s, a.segment),
        a.stay_at,
        month,
        int(a.term),
    )
    push(s, time, rank_of(events.NOTICE, a.account, month), i, a.life, 0)


def on_notice(s: Company, i: int) -> None:
    """A pending intent is confirmed, or forgiven where its cause was mended."""
    a = account_at(s, i)
    if a.pending == NO_CAUSE:
        return
    cause, tenure = int(a.pending), elapsed(s.now, a.stay_at)
    hazard = hazards_now(s, i)[cause]
    as_now = as_things_are(
        parameters_of(s, a.segment),
        cause,
        hazard,
        int(a.month),
        int(a.term_began),
        tenure,
    )
    if confirms(as_now, at_term_of(s, i)[cause]):
        a.confirmed = 1
        write(s, i, events.CONFIRMED, int(a.points[cause]), NO_TEAM, 0.0, cause, -1)
    else:
        give_up_intent(s, i, events.FORGIVEN)


def settle(s: Company, i: int) -> bool:
    """At a review: leave, if the contract lets it; renew, if a term ends. True if the account is gone."""
    a = account_at(s, i)
    month, term = int(a.month), int(a.term)
    if term == 1 and a.pending != NO_CAUSE:
        leave(s, i, events.CANCELLED, int(a.pending), month)
        return True
    if ends_term(month, term):
        if a.confirmed:
            leave(s, i, events.LAPSED, int(a.pending), month)
            return True
        renew(s, i)
        open_term(s, i)
        appoint_notice(s, i)
    elif reprices(month, term):
        quote(s, i)
        renew(s, i)
    return False


def quote(s: Company, i: int) -> None:
    """A price is quoted: a step up is a jump in accumulated hazard."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    jump(s, i, events.BY_PRICE, quote_jump(p, a.frailty, price_step(p)))


def renew(s: Company, i: int) -> None:
    """New price, and seats as the client has fared."""
    a = account_at(s, i)
    p, before = parameters_of(s, a.segment), int(a.mrr)
    step = price_step(p)
    seats = seat_change(p, a.client_outcome, z(s, i, SEATS, int(a.month)))
    a.mrr = renewed_mrr(before, step, seats)
    a.price_level = price_after(a.price_level, step)
    write_money(s, i, events.RENEWED, int(a.month), before, NO_CAUSE)
