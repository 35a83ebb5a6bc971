"""Chapter three: tickets and outages."""

from __future__ import annotations

from typing import Any

from cxsim import events, streams
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.rules import chance, experience, service

AGENTS = events.SUPPORT_TEAM


def ticket_candidates(company: Company, a: Account) -> Story:
    """Occasions to ask for help come on the account's own clock; some become tickets, others pass."""
    stay, n = a.life, 0
    while True:
        p = company.rows[a.segment]
        delay = service.ticket_candidate_delay(p, company.u(a, streams.TICKET_CLOCK, n))
        yield company.clock.after(delay, events.TICKET_OPENED, a.account, streams.index_of(stay, n))
        if not a.active or a.life != stay:
            return
        p, edits, now = company.rows[a.segment], company.plan.edits, company.now
        accepted = service.ticket_acceptance(p, edits, a.treated_at, now, chance.elapsed(now, a.stay_at), a.usage)
        if chance.happens(accepted, company.u(a, streams.TICKET_ACCEPTED, n)):
            company.start(ticket(company, a, n))
        n += 1


def ticket(company: Company, a: Account, n: int) -> Story:
    """Asked; tried by a digital worker perhaps; waited for an agent; answered; solved or not."""
    p, edits, item = company.rows[a.segment], company.plan.edits, streams.index_of(a.life, n)
    stay, asked_at, team = a.life, company.now, company.teams[AGENTS]
    a.n_open += 1
    company.write(a, events.TICKET_OPENED, item, team=AGENTS)
    share = service.digital_share(p, edits, a.treated_at, asked_at)
    if chance.happens(share, company.u(a, streams.TICKET_DIGITAL, n)):
        difficulty = company.u(a, streams.TICKET_DIFFICULTY, n)
        if service.digital_solves(p, difficulty, company.u(a, streams.DIGITAL_SOLVED, n)):
            reply(company, a, item, 0.0, events.DIGITAL_TEAM)
            close(company, a, n, item, 0.0, events.DIGITAL_TEAM, True)
            return
        company.write(a, events.TICKET_HANDED_OVER, item, team=events.DIGITAL_TEAM)
    request = team.ask(service.queue_place(p))
    company.start(lose_patience(company, a, n, item, asked_at, request))
    yield request
    if not a.active or a.life != stay:
        team.release(request)
        return
    waited = chance.elapsed(company.now, asked_at)
    reply(company, a, item, waited, AGENTS)
    z, u = company.z(a, streams.TICKET_WORK, n), company.u(a, streams.TICKET_WORK, n)
    work = service.ticket_work(company.rows[a.segment], z, u)
    yield company.clock.after(work, events.TICKET_SOLVED, a.account, item)
    if a.life == stay:
        solved = service.human_solves(company.rows[a.segment], company.u(a, streams.TICKET_SOLVED, n))
        close(company, a, n, item, waited, AGENTS, solved)
    team.release(request)


def lose_patience(company: Company, a: Account, n: int, item: int, asked_at: float, request: Any) -> Story:
    """An appointment, ignored when an agent has come or the account has gone."""
    stay = a.life
    delay = service.ticket_patience(company.rows[a.segment], company.u(a, streams.TICKET_PATIENCE, n))
    yield company.clock.after(delay, events.TICKET_ABANDONED, a.account, item)
    if a.active and a.life == stay and not request.triggered:
        request.cancel()
        close(company, a, n, item, chance.elapsed(company.now, asked_at), AGENTS, False, events.TICKET_ABANDONED)


def reply(company: Company, a: Account, item: int, waited: float, team: int) -> None:
    """A first reply, in time or late."""
    p = company.rows[a.segment]
    a.pain = service.pain_after_reply(p, a.pain, waited)
    company.write(a, events.TICKET_ANSWERED, item, team=team, value=service.within_expectation(p, waited))


def close(
    company: Company, a: Account, n: int, item: int, waited: float, team: int, solved: bool, kind: int = 0
) -> None:
    """The ticket is closed: a moment for the users, and pain where it was not solved."""
    p, edits, digital = company.rows[a.segment], company.plan.edits, team == events.DIGITAL_TEAM
    a.n_open -= 1
    a.pain = service.pain_after_ticket(p, a.pain, solved)
    z = company.z(a, streams.TICKET_QUALITY, n)
    score = experience.ticket_score(p, edits, a.treated_at, company.now, waited, digital, solved, z)
    how = kind or (events.TICKET_SOLVED if solved else events.TICKET_FAILED)
    company.feel(a, how, item, score, team, line=n)


def outages(company: Company) -> Story:
    """The product may fail at times of the company's own clock; when it does, those at work feel it."""
    n = 0
    while True:
        delay = service.outage_candidate_delay(company.rows[0], company.luck.u(-1, streams.OUTAGE_CLOCK, n))
        yield company.clock.after(delay, events.OUTAGE, -1, n)
        if chance.happens(service.outage_acceptance(company.rows[0]), company.luck.u(-1, streams.OUTAGE_ACCEPTED, n)):
            company.write_company(events.OUTAGE, n)
            for a in company.accounts:
                if a.active:
                    feel_outage(company, a, n)
        n += 1


def feel_outage(company: Company, a: Account, n: int) -> None:
    """An account is at work when the product fails, or is not."""
    p = company.rows[a.segment]
    if service.outage_hits(p, company.luck.u(a.account, streams.OUTAGE_REACH, n)):
        z = company.luck.z(a.account, streams.OUTAGE_QUALITY, n)
        company.feel(a, events.OUTAGE_FELT, n, experience.outage_score(p, z))
