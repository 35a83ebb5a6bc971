"""Chapter six: whom the company's programmes reach. They act on what it sees, never on what is true."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import conversations
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company
from cxsim.engines.seen import NO_SCORE
from cxsim.plan import CUSTOM_SCORE, Programme
from cxsim.rules import chance, service, targeting
from cxsim.rules.hazards import NEVER


def consult(company: Company, month: int) -> None:
    """As a month begins: the policy sees what the company sees, and what it orders is done at once."""
    if company.desk is None:
        return
    present = {a.account: a for a in company.accounts if a.active}
    decision = company.desk.decide(month, seen(company, list(present.values())))
    company.scores = dict(zip(present, decision.scores.tolist(), strict=True))
    for account, place in zip(decision.accounts.tolist(), decision.programmes.tolist(), strict=True):
        a, programme = present[account], company.plan.programmes[place]
        if not a.confirmed and targeting.in_force(programme.begins, programme.ends, company.now):
            give(company, a, programme)


def seen(company: Company, present: list[Account]) -> dict[str, list[float]]:
    """The columns of `Seen`."""
    return {
        "account": [a.account for a in present],
        "segment": [a.segment for a in present],
        "touch": [a.touch for a in present],
        "stage": [a.stage for a in present],
        "term": [a.term for a in present],
        "mrr": [a.mrr for a in present],
        "month": [a.month for a in present],
        "observed_health": [a.observed for a in present],
        "observed_trend": [targeting.trend(a.observed, a.past_observed[2]) for a in present],
        "band": [a.band for a in present],
        "usage": [a.seen_usage for a in present],
        "months_to_renewal": [targeting.months_to_renewal(a.month, a.term) for a in present],
        "months_since_contact": [chance.elapsed(company.now, a.contact_at) for a in present],
        "open_tickets": [a.n_open for a in present],
        "given_notice": [a.confirmed for a in present],
    }


def treat(company: Company, a: Account, trigger: int) -> None:
    """At sign-up or at a review: begin the programmes that reach this account, unless it has given notice."""
    if a.confirmed:
        return
    for programme in company.plan.programmes:
        if programme.trigger == trigger and reaches(company, a, programme):
            give(company, a, programme)


def give(company: Company, a: Account, programme: Programme) -> None:
    """The account gets a programme: from its first time on the edits hold for it; a CSM is asked to call.

    Either makes it one of those served this month; whoever comes when no room is left is passed by.
    """
    is_first = a.treated_at[programme.number] == NEVER
    calls = programme.outreach and service.rested(company.rows[a.segment], a.month, a.last_outreach)
    if not (is_first or calls) or not targeting.has_room(programme.capacity, company.served[programme.number]):
        return
    company.served[programme.number] += 1
    if is_first:
        a.treated_at[programme.number] = company.now
        company.write(a, events.TREATED, programme.number, value=programme.cost)
    if calls:
        a.last_outreach = a.month
        company.start(conversations.conversation(company, a, events.REACHED_OUT, programme.priority))


def reaches(company: Company, a: Account, programme: Programme) -> bool:
    """Is the programme running, and is the account one of those it is for?"""
    return (
        targeting.in_force(programme.begins, programme.ends, company.now)
        and targeting.listed(programme.segments, a.segment)
        and targeting.listed(programme.stages, a.stage)
        and targeting.listed(programme.bands, a.band)
        and targeting.covered(programme.coverage, company.origin.u(a.account, streams.COVERAGE, programme.address))
        and (programme.score < 0 or targeting.scored(score(company, a, programme), programme.low, programme.high))
    )


def score(company: Company, a: Account, programme: Programme) -> float:
    """The quantity by which the programme picks accounts."""
    if programme.score == CUSTOM_SCORE:
        return company.scores.get(a.account, NO_SCORE)
    return targeting.visible_score(
        programme.score,
        a.observed,
        targeting.trend(a.observed, a.past_observed[2]),
        a.seen_usage,
        targeting.months_to_renewal(a.month, a.term),
        chance.elapsed(company.now, a.contact_at),
        a.n_open,
    )
