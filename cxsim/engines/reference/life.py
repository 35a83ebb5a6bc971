"""The last chapter, and the whole story: one account, from the day it might buy to the day it is lost for good."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import leaving, months, onboarding, treatment
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.interventions import SIGN_UP
from cxsim.rules import chance, contract, experience, growth, health, outcome


def life(company: Company, a: Account) -> Story:
    """One account."""
    yield company.clock.at(a.sign_up_at, events.SIGNED_UP, a.account, 0)
    if not comes(company, a):
        return
    sign_up(company, a)
    while True:
        yield a.departure
        p, edits = company.rows[a.segment], company.plan.edits
        if not growth.win_back_is_tried(p, edits, a.treated_at, company.now, company.u(a, streams.WIN_BACK, 0)):
            return
        delay = growth.win_back_delay(p, company.u(a, streams.WIN_BACK_DELAY, 0))
        yield company.clock.after(delay, events.WIN_BACK_TRIED, a.account, a.life)
        company.write(a, events.WIN_BACK_TRIED, a.life)
        p, u = company.rows[a.segment], company.u(a, streams.WIN_BACK_SUCCESS, 0)
        if not growth.win_back_succeeds(p, edits, a.treated_at, company.now, u):
            return
        come_back(company, a)


def comes(company: Company, a: Account) -> bool:
    """Does a candidate become an account? Happy accounts refer, unhappy ones warn."""
    p, u = company.rows[a.segment], company.u(a, streams.ACCEPTANCE, 0)
    if a.referred:
        return chance.happens(growth.referral_acceptance(p, company.n_happy, company.referral_ceiling), u)
    return chance.happens(growth.ordinary_acceptance(p, company.n_unhappy, company.ordinary_ceiling), u)


def sign_up(company: Company, a: Account) -> None:
    """It buys: first impressions are made, onboarding is asked for, the months begin."""
    p = company.rows[a.segment]
    a.active = True
    a.sponsor, a.user = experience.first_voices(p)
    a.usage = a.seen_usage = outcome.first_usage(p)
    a.client_outcome = outcome.first_outcome(p)
    a.seen = health.seen_at_first(p)
    a.quadrant = events.ACCESSIBLE  # counted neither as happy nor as unhappy until judged
    leaving.draw_resistances(company, a)
    company.judge(a)
    company.look(a)
    company.write_money(a, events.SIGNED_UP, a.referred, 0)
    company.feel(a, events.BUYING, 0, experience.buying_score(p, company.z(a, streams.BUYING_QUALITY, 0)))
    treatment.treat(company, a, SIGN_UP)
    company.start(onboarding.onboarding(company, a))
    months.begin_stay(company, a)


def come_back(company: Company, a: Account) -> None:
    """It returns at a price of its own, with what it remembers; the intents of the time between are spent."""
    was_live = a.live
    a.life += 1
    a.begin(company.now)
    a.departure = company.clock.event()
    a.onboarded, a.live = True, was_live
    a.stage = events.ADOPTION
    a.mrr = contract.returned_mrr(company.rows[a.segment], a.left_mrr)
    leaving.spend_past_points(company, a)
    leaving.open_term(a)
    a.active = True
    company.count(a.quadrant, 1)
    company.judge(a)
    company.look(a)
    company.write_money(a, events.RETURNED, a.life, 0)
    months.begin_stay(company, a)
