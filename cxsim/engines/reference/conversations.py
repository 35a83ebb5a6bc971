"""Chapter four: check-ins, outreach and renewal conversations, by a CSM or by message."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import leaving, renewal
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.rules import chance, contract, experience, outcome, service

CSMS = events.SUCCESS_TEAM
ASKED = {
    events.CHECKED_IN: events.CHECK_IN_ASKED,
    events.REACHED_OUT: events.OUTREACH_ASKED,
    events.RENEWAL_TALK: events.TALK_ASKED,
}
BEGUN = {
    events.CHECKED_IN: events.CHECK_IN_BEGUN,
    events.REACHED_OUT: events.OUTREACH_BEGUN,
    events.RENEWAL_TALK: events.TALK_BEGUN,
}
WORK = {
    events.CHECKED_IN: streams.CHECK_IN_WORK,
    events.REACHED_OUT: streams.OUTREACH_WORK,
    events.RENEWAL_TALK: streams.TALK_WORK,
}
QUALITY = {
    events.CHECKED_IN: streams.CHECK_IN_QUALITY,
    events.REACHED_OUT: streams.OUTREACH_QUALITY,
    events.RENEWAL_TALK: streams.TALK_QUALITY,
}


def plan(company: Company, a: Account) -> None:
    """At a review: what is due by the calendar, unless the account has given notice."""
    if a.confirmed:
        return
    p = company.rows[a.segment]
    if contract.talk_is_due(p, a.month, a.term):
        begin(company, a, events.RENEWAL_TALK)
    elif service.check_in_due(p, a.touch, a.month):
        begin(company, a, events.CHECKED_IN)


def begin(company: Company, a: Account, kind: int) -> None:
    """A message where the account is looked after digitally, else a place in a CSM's queue."""
    if a.touch == events.DIGITAL_TOUCH:
        talk(company, a, kind, a.month, 0.0, events.DIGITAL_TEAM)
    else:
        company.start(conversation(company, a, kind, service.conversation_place(company.rows[a.segment], kind, a.band)))


def conversation(company: Company, a: Account, kind: int, priority: int) -> Story:
    """Asked for, waited for, held."""
    stay, month, team = a.life, a.month, company.teams[CSMS]
    item = streams.index_of(stay, month)
    company.write(a, ASKED[kind], item, team=CSMS)
    asked_at = company.now
    request = team.ask(priority)
    yield request
    if not a.active or a.life != stay or a.confirmed:
        team.release(request)
        return
    waited = chance.elapsed(company.now, asked_at)
    company.write(a, BEGUN[kind], item, team=CSMS)
    z = company.luck.z(a.account, WORK[kind], item)
    yield company.clock.after(service.conversation_work(company.rows[a.segment], kind, z), kind, a.account, item)
    if a.life == stay:
        talk(company, a, kind, month, waited, CSMS)
    team.release(request)


def talk(company: Company, a: Account, kind: int, month: int, waited: float, team: int) -> None:
    """The conversation itself: a moment for the sponsor, and what follows from it."""
    p, edits, now = company.rows[a.segment], company.plan.edits, company.now
    item = streams.index_of(a.life, month)
    z = company.luck.z(a.account, QUALITY[kind], item)
    digital = team == events.DIGITAL_TEAM
    a.contact_at = now
    score = experience.contact_score(p, edits, a.treated_at, now, kind, waited, digital, z)
    company.feel(a, kind, item, score, team, line=month)
    if not a.active:
        return
    if kind == events.RENEWAL_TALK:
        renewal.quote(company, a)
    elif kind == events.REACHED_OUT:
        follow_up(company, a)


def follow_up(company: Company, a: Account) -> None:
    """An outreach shows a use more; it may win over an account that wants to leave, or wake one that slept."""
    p, edits, now = company.rows[a.segment], company.plan.edits, company.now
    a.usage = outcome.usage_after_outreach(p, edits, a.treated_at, now, a.usage, a.live)
    if a.pending == events.NO_CAUSE:
        leaving.jump(company, a, events.BY_VALUE, contract.wake_jump(p, edits, a.treated_at, now, a.frailty))
    elif not a.confirmed:
        chances = contract.rescue_chance(p, edits, a.treated_at, now, a.pending, a.sponsor)
        u = company.luck.u(a.account, streams.RESCUE, streams.point_of(a.pending, a.points[a.pending]))
        if chance.happens(chances, u):
            leaving.give_up_intent(company, a, events.RESCUED)
