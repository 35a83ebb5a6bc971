"""Chapter five: onboarding."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import feel, judge, note, u, write, z
from cxsim.engines.compiled.memory import Company, account_at, edits_of, job_at, parameters_of, treated_of
from cxsim.engines.compiled.queue import push_job, rank_of
from cxsim.engines.compiled.state import CANCELLED, WAITING, WORKING
from cxsim.engines.compiled.teams import ask, free_job, new_job, release, start
from cxsim.events import NO_CAUSE, ONBOARDING_TEAM
from cxsim.rules.chance import elapsed
from cxsim.rules.experience import go_live_score, kick_off_score, milestone_score
from cxsim.rules.outcome import usage_at_go_live
from cxsim.rules.service import (
    gap_at_go_live,
    gap_of_abandoned,
    gives_up,
    lateness_gap,
    milestone_duration,
    milestones,
    onboarding_patience,
    punctuality,
    queue_place,
)
from cxsim.streams import (
    GO_LIVE_QUALITY,
    KICK_OFF_QUALITY,
    MILESTONE_DURATION,
    MILESTONE_QUALITY,
    ONBOARDING_GIVE_UP,
    ONBOARDING_PATIENCE,
)


def call_specialist(s: Company, i: int) -> None:
    """A specialist is to be asked for."""
    j = new_job(s)
    job = job_at(s, j)
    job.kind = events.ONBOARDING_ASKED
    job.slot = i
    job.stay = account_at(s, i).life
    job.number = 0
    job.item = 0
    start(s, j)


def ask_for_specialist(s: Company, j: int) -> None:
    """Asked for, and waited for as long as patience lasts."""
    job = job_at(s, j)
    i = int(job.slot)
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    write(s, i, events.ONBOARDING_ASKED, 0, ONBOARDING_TEAM, 0.0, NO_CAUSE, -1)
    job.asked_at = s.now
    ask(s, ONBOARDING_TEAM, queue_place(p), j)
    if job.status == WAITING:
        # whoever is served at once does not lose patience
        delay = onboarding_patience(p, u(s, i, ONBOARDING_PATIENCE, 0))
        push_job(s, s.now + delay, rank_of(events.ONBOARDING_ABANDONED, a.account, 0), j, job.stay, i)


def kick_off(s: Company, j: int) -> None:
    """A specialist comes, unless the account has gone."""
    job = job_at(s, j)
    i = int(job.slot)
    a = account_at(s, i)
    if not a.active or a.life != job.stay:
        release(s, ONBOARDING_TEAM)
        free_job(s, j)
        return
    job.status = WORKING
    waited = elapsed(s.now, job.asked_at)
    p = parameters_of(s, a.segment)
    score = kick_off_score(
        p,
        edits_of(s),
        treated_of(s, i),
        s.now,
        waited,
        z(s, i, KICK_OFF_QUALITY, 0),
    )
    a.contact_at = s.now
    feel(s, i, events.KICKED_OFF, 0, score, ONBOARDING_TEAM, 0)
    job.item = milestones(p)  # how many this project has
    if job.item > 0:
        next_milestone(s, j, 1)
    else:
        go_live(s, i)
        release(s, ONBOARDING_TEAM)
        free_job(s, j)


def next_milestone(s: Company, j: int, n: int) -> None:
    """Work towards a milestone, or go-live when none is left."""
    job = job_at(s, j)
    i = int(job.slot)
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    job.number = n
    delay = milestone_duration(
        p,
        edits_of(s),
        treated_of(s, i),
        s.now,
        z(s, i, MILESTONE_DURATION, n),
    )
    push_job(s, s.now + delay, rank_of(events.MILESTONE, a.account, n), j, job.stay, i)


def on_milestone(s: Company, j: int) -> None:
    """A milestone is reached; displeased users may give up."""
    job = job_at(s, j)
    i, n = int(job.slot), int(job.number)
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    going_on = False
    if a.active and a.life == job.stay:
        score = milestone_score(
            p,
            edits_of(s),
            treated_of(s, i),
            s.now,
            z(s, i, MILESTONE_QUALITY, n),
        )
        feel(s, i, events.MILESTONE, n, score, ONBOARDING_TEAM, n)
        if gives_up(
            p,
            edits_of(s),
            treated_of(s, i),
            s.now,
            a.user,
            u(s, i, ONBOARDING_GIVE_UP, n),
        ):
            abandon(s, i, n)
        elif n < job.item:
            going_on = True
        else:
            go_live(s, i)
    if going_on:
        next_milestone(s, j, n + 1)
    else:
        release(s, ONBOARDING_TEAM)
        free_job(s, j)


def on_onboarding_patience(s: Company, j: int) -> None:
    """An appointment, ignored when the specialist has come or the account has gone."""
    job = job_at(s, j)
    if job.status != WAITING or job.kind != events.ONBOARDING_ASKED or job.stay != s.stay:
        return
    i = int(job.slot)
    a = account_at(s, i)
    if rank_of(events.ONBOARDING_ABANDONED, a.account, 0) == s.rank and a.active and a.life == job.stay:
        job.status = CANCELLED
        abandon(s, i, 0)


def abandon(s: Company, i: int, done: int) -> None:
    """Onboarding is given up: the account muddles through, and holds it against the company."""
    a = account_at(s, i)
    a.onboarded = 1
    a.gap = gap_of_abandoned(parameters_of(s, a.segment))
    a.stage = events.ADOPTION
    judge(s, i)
    note(s, i, events.ONBOARDING_ABANDONED, done)


def go_live(s: Company, i: int) -> None:
    """First value: on time, late, or over budget."""
    a, now = account_at(s, i), s.now
    p, edits, treated = parameters_of(s, a.segment), edits_of(s), treated_of(s, i)
    lasted = elapsed(now, a.stay_at)
    a.live = 1
    a.onboarded = 1
    a.usage = usage_at_go_live(p, a.usage)
    a.gap = gap_at_go_live(p, lateness_gap(p, edits, treated, now, lasted), a.user)
    a.stage = events.ADOPTION
    a.contact_at = now
    score = go_live_score(p, edits, treated, now, lasted, a.fit, a.promise, z(s, i, GO_LIVE_QUALITY, 0))
    feel(s, i, events.WENT_LIVE, punctuality(p, edits, treated, now, lasted), score, ONBOARDING_TEAM, 0)
