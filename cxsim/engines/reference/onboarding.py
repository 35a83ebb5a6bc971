"""Chapter five: onboarding."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.rules import chance, experience, outcome, service

SPECIALISTS = events.ONBOARDING_TEAM


def onboarding(company: Company, a: Account) -> Story:
    """Wait for a specialist, kick-off, milestones, go-live; or given up on the way."""
    p, stay = company.rows[a.segment], a.life
    team = company.teams[SPECIALISTS]
    company.write(a, events.ONBOARDING_ASKED, 0, team=SPECIALISTS)
    asked_at = company.now
    request = team.ask(service.queue_place(p))
    company.start(lose_patience(company, a, request))
    yield request
    if not a.active or a.life != stay:
        team.release(request)
        return
    waited = chance.elapsed(company.now, asked_at)
    p = company.rows[a.segment]
    score = experience.kick_off_score(
        p, company.plan.edits, a.treated_at, company.now, waited, company.z(a, streams.KICK_OFF_QUALITY, 0)
    )
    a.contact_at = company.now
    company.feel(a, events.KICKED_OFF, 0, score, SPECIALISTS)
    for n in range(1, service.milestones(p) + 1):
        z = company.z(a, streams.MILESTONE_DURATION, n)
        delay = service.milestone_duration(p, company.plan.edits, a.treated_at, company.now, z)
        yield company.clock.after(delay, events.MILESTONE, a.account, n)
        if not a.active or a.life != stay:
            team.release(request)
            return
        p = company.rows[a.segment]
        z = company.z(a, streams.MILESTONE_QUALITY, n)
        company.feel(
            a, events.MILESTONE, n,
            experience.milestone_score(p, company.plan.edits, a.treated_at, company.now, z), SPECIALISTS,
        )  # fmt: skip
        u = company.u(a, streams.ONBOARDING_GIVE_UP, n)
        if service.gives_up(p, company.plan.edits, a.treated_at, company.now, a.user, u):
            abandon(company, a, n)
            team.release(request)
            return
    go_live(company, a)
    team.release(request)


def lose_patience(company: Company, a: Account, request: object) -> Story:
    """An appointment, ignored when the specialist has come or the account has gone."""
    stay = a.life
    delay = service.onboarding_patience(company.rows[a.segment], company.u(a, streams.ONBOARDING_PATIENCE, 0))
    yield company.clock.after(delay, events.ONBOARDING_ABANDONED, a.account, 0)
    if a.active and a.life == stay and not request.triggered:  # type: ignore[attr-defined]
        request.cancel()  # type: ignore[attr-defined]
        abandon(company, a, 0)


def abandon(company: Company, a: Account, done: int) -> None:
    """Onboarding is given up: the account muddles through, and holds it against the company."""
    a.onboarded = True
    a.gap = service.gap_of_abandoned(company.rows[a.segment])
    a.stage = events.ADOPTION
    company.judge(a)
    company.write(a, events.ONBOARDING_ABANDONED, done)


def go_live(company: Company, a: Account) -> None:
    """First value: on time, late, or over budget."""
    p, edits, now = company.rows[a.segment], company.plan.edits, company.now
    lasted = chance.elapsed(now, a.stay_at)
    a.live = a.onboarded = True
    a.usage = outcome.usage_at_go_live(p, a.usage)
    a.gap = service.gap_at_go_live(p, service.lateness_gap(p, edits, a.treated_at, now, lasted), a.user)
    a.stage = events.ADOPTION
    a.contact_at = now
    z = company.z(a, streams.GO_LIVE_QUALITY, 0)
    score = experience.go_live_score(p, edits, a.treated_at, now, lasted, a.fit, a.promise, z)
    company.feel(
        a, events.WENT_LIVE, service.punctuality(p, edits, a.treated_at, now, lasted), score, SPECIALISTS, line=0
    )
