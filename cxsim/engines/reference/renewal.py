"""Chapter two: what the contract makes of it."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import leaving
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.rules import chance, contract, hazards


def notice(company: Company, a: Account) -> Story:
    """At the notice date of each term a pending intent is confirmed, or forgiven where its cause was mended."""
    if a.term == 1:
        return
    stay, month = a.life, a.month
    time = contract.notice_at(company.rows[a.segment], a.stay_at, month, a.term)
    yield company.clock.at(time, events.NOTICE, a.account, month)
    if not a.active or a.life != stay or a.pending == events.NO_CAUSE:
        return
    cause, tenure = a.pending, chance.elapsed(company.now, a.stay_at)
    hazard = leaving.hazards_now(company, a)[cause]
    as_now = hazards.as_things_are(company.rows[a.segment], cause, hazard, a.month, a.term_began, tenure)
    if contract.confirms(as_now, a.at_term[cause]):
        a.confirmed = True
        company.write(a, events.CONFIRMED, a.points[cause], cause=cause)
    else:
        leaving.give_up_intent(company, a, events.FORGIVEN)


def settle(company: Company, a: Account) -> bool:
    """At a review: leave, if the contract lets it; renew, if a term ends. True if the account is gone."""
    if a.term == 1 and a.pending != events.NO_CAUSE:
        leaving.leave(company, a, events.CANCELLED, a.pending, a.month)
        return True
    if contract.ends_term(a.month, a.term):
        if a.confirmed:
            leaving.leave(company, a, events.LAPSED, a.pending, a.month)
            return True
        renew(company, a)
        leaving.open_term(a)
        company.start(notice(company, a))
    elif contract.reprices(a.month, a.term):
        quote(company, a)
        renew(company, a)
    return False


def quote(company: Company, a: Account) -> None:
    """A price is quoted: a step up is a jump in accumulated hazard."""
    p = company.rows[a.segment]
    leaving.jump(company, a, events.BY_PRICE, hazards.quote_jump(p, a.frailty, contract.price_step(p)))


def renew(company: Company, a: Account) -> None:
    """New price, and seats as the client has fared."""
    p, before = company.rows[a.segment], a.mrr
    step = contract.price_step(p)
    seats = contract.seat_change(p, a.client_outcome, company.z(a, streams.SEATS, a.month))
    a.mrr = contract.renewed_mrr(before, step, seats)
    a.price_level = contract.price_after(a.price_level, step)
    company.write_money(a, events.RENEWED, a.month, before)
