"""Chapter six: whom the company's programmes reach. They act on what it sees, never on what is true."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import conversations
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company
from cxsim.engines.seen import Seen
from cxsim.errors import InputError
from cxsim.plan import CUSTOM_SCORE, Programme
from cxsim.rules import chance, service, targeting
from cxsim.rules.hazards import NEVER


def treat(company: Company, a: Account, trigger: int) -> None:
    """At sign-up or at a review: begin the programmes that reach this account, unless it has given notice."""
    if a.confirmed:
        return
    for programme in company.plan.programmes:
        if programme.trigger == trigger and reaches(company, a, programme):
            if a.treated_at[programme.number] == NEVER:
                a.treated_at[programme.number] = company.now
                company.write(a, events.TREATED, programme.number, value=programme.cost)
            if programme.outreach and service.rested(company.rows[a.segment], a.month, a.last_outreach):
                a.last_outreach = a.month
                company.start(conversations.conversation(company, a, events.REACHED_OUT, programme.priority))


def reaches(company: Company, a: Account, programme: Programme) -> bool:
    """Is the programme running, and is the account one of those it is for?"""
    return (
        targeting.in_force(programme.begins, programme.ends, company.now)
        and targeting.listed(programme.segments, a.segment)
        and targeting.listed(programme.stages, a.stage)
        and targeting.listed(programme.bands, a.band)
        and targeting.covered(programme.coverage, company.luck.u(a.account, streams.COVERAGE, programme.address))
        and (programme.score < 0 or targeting.scored(score(company, a, programme), programme.low, programme.high))
    )


def score(company: Company, a: Account, programme: Programme) -> float:
    """The quantity by which the programme picks accounts."""
    gap = chance.elapsed(company.now, a.contact_at)
    months_left = targeting.months_to_renewal(a.month, a.term)
    trend = targeting.trend(a.observed, a.past_observed[2])
    if programme.score == CUSTOM_SCORE:
        return custom(company, a, trend, months_left, gap)
    return targeting.visible_score(programme.score, a.observed, trend, a.seen_usage, months_left, gap, a.n_open)


def custom(company: Company, a: Account, trend: float, months_left: int, gap: float) -> float:
    """A score of the user's own, from what the company can see."""
    if company.score is None:
        raise InputError(['an intervention picks accounts by the score "custom": pass score=… to simulate'])
    return company.score(
        Seen(
            account=a.account, time=company.now, segment=company.plan.segments[a.segment], mrr=a.mrr, month=a.month,
            observed_health=a.observed, observed_trend=trend, band=events.BANDS[a.band], usage=a.seen_usage,
            months_to_renewal=months_left, months_since_contact=gap, open_tickets=a.n_open,
        )
    )  # fmt: skip
