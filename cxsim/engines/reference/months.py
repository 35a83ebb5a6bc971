"""Chapter seven: the months of an account, each with a review."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference import conversations, leaving, renewal, support, treatment
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.interventions import REVIEW as AT_REVIEW
from cxsim.rules import chance, contract, experience, growth, health, outcome, service


def begin_stay(company: Company, a: Account) -> None:
    """Set going what goes on as long as the account stays."""
    company.start(months(company, a))
    company.start(support.ticket_candidates(company, a))
    company.start(renewal.notice(company, a))
    leaving.weigh(company, a)


def months(company: Company, a: Account) -> Story:
    """A review every month of its own, until it leaves."""
    stay = a.life
    while True:
        time = contract.review_at(a.stay_at, a.month + 1)
        yield company.clock.at(time, events.REVIEW, a.account, a.month + 1)
        if not a.active or a.life != stay:
            return
        a.month += 1
        if renewal.settle(company, a):
            return
        review(company, a)


def review(company: Company, a: Account) -> None:
    """What a month has come to, and what is decided for the next."""
    live_a_month(company, a)
    treatment.treat(company, a, AT_REVIEW)
    leaving.weigh(company, a)
    grow(company, a)
    conversations.plan(company, a)
    survey(company, a)


def live_a_month(company: Company, a: Account) -> None:
    """Usage, outcome, the product as a moment, and what the company makes of it."""
    p, edits, now, month = company.rows[a.segment], company.plan.edits, company.now, a.month
    z = company.z(a, streams.USAGE, month)
    a.usage = outcome.usage_after_month(p, edits, a.treated_at, now, a.usage, a.live, a.mood, z)
    if outcome.champion_goes(p, company.u(a, streams.CHAMPION, month)):
        lose_champion(company, a)
    a.client_outcome = outcome.outcome_after_month(p, a.client_outcome, a.usage, a.fit, a.promise)
    a.mood = experience.mood_after_month(p, a.mood)
    a.pain = service.pain_after_month(p, a.pain, a.n_open)
    if a.onboarded:
        a.gap = service.gap_after_month(p, edits, a.treated_at, now, a.gap)
        a.stage = events.RENEWAL if contract.in_renewal(p, month, a.term) else events.ADOPTION
    else:
        a.gap = service.lateness_gap(p, edits, a.treated_at, now, chance.elapsed(now, a.stay_at))
    first, second, _ = a.past_observed
    a.past_observed = (a.observed, first, second)
    a.seen_usage = health.seen_usage_after_month(p, a.seen_usage, a.usage)
    a.observed = health.observed_health(p, a.seen_usage, a.seen, a.stage, company.z(a, streams.OBSERVATION, month))
    a.band = health.band(p, a.observed)
    z = company.z(a, streams.PRODUCT_QUALITY, month)
    company.feel(a, events.REVIEW, month, experience.product_score(p, edits, a.treated_at, now, a.usage, z))


def lose_champion(company: Company, a: Account) -> None:
    """The project's friend on the other side leaves his post, or rises."""
    p = company.rows[a.segment]
    promoted = outcome.champion_rises(p, company.u(a, streams.CHAMPION_PROMOTED, a.month))
    a.usage = outcome.usage_after_champion(p, a.usage, promoted)
    company.write(a, events.CHAMPION_PROMOTED if promoted else events.CHAMPION_LEFT, a.month)


def grow(company: Company, a: Account) -> None:
    """Expansion, contraction, one-off purchases, unless it has given notice."""
    if a.confirmed:
        return
    p, month, before = company.rows[a.segment], a.month, a.mrr
    if chance.happens(growth.expansion_chance(p, a.quadrant), company.u(a, streams.EXPANSION, month)):
        a.mrr = growth.expanded_mrr(p, before, company.u(a, streams.EXPANSION_SIZE, month))
        company.write_money(a, events.EXPANDED, month, before)
        before = a.mrr
    if chance.happens(growth.contraction_chance(p, a.health), company.u(a, streams.CONTRACTION, month)):
        a.mrr = growth.contracted_mrr(p, before, company.u(a, streams.CONTRACTION_SIZE, month))
        company.write_money(a, events.CONTRACTED, month, before)
    if chance.happens(growth.purchase_chance(p, a.quadrant), company.u(a, streams.PURCHASE, month)):
        price = growth.purchase(p, a.mrr, company.u(a, streams.PURCHASE_SIZE, month))
        company.write(a, events.PURCHASED, month, value=price)


def survey(company: Company, a: Account) -> None:
    """Asked how it feels, the account answers, or is silent."""
    p, month = company.rows[a.segment], a.month
    if not health.survey_due(p, month):
        return
    felt = experience.experience(p, a.sponsor, a.user)
    if health.survey_is_answered(p, felt, company.u(a, streams.SURVEY_ANSWERED, month)):
        answer = health.survey_answer(p, felt, company.z(a, streams.SURVEY_NOISE, month))
        a.seen = health.seen_after(p, a.seen, answer)
        company.write(a, events.SURVEY_ANSWERED, month, team=events.DIGITAL_TEAM, value=answer)
    else:
        company.write(a, events.SURVEY_SILENT, month, team=events.DIGITAL_TEAM)
