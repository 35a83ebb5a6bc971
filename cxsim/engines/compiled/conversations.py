"""Chapter four: check-ins, outreach and renewal conversations, by a CSM or by message."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import draw, draw_z, feel_with, write
from cxsim.engines.compiled.lanes import eight
from cxsim.engines.compiled.leaving import give_up_intent, jump
from cxsim.engines.compiled.memory import Company, account_at, edits_of, job_at, parameters_of, treated_of
from cxsim.engines.compiled.queue import push_job, rank_of
from cxsim.engines.compiled.renewal import quote
from cxsim.engines.compiled.state import WORKING
from cxsim.engines.compiled.tally import count_work
from cxsim.engines.compiled.teams import ask, free_job, new_job, release, start
from cxsim.events import CHECKED_IN, DIGITAL_TEAM, NO_CAUSE, REACHED_OUT, RENEWAL_TALK, SUCCESS_TEAM
from cxsim.rules.chance import elapsed, happens
from cxsim.rules.contract import rescue_chance, talk_is_due, wake_jump
from cxsim.rules.experience import contact_score
from cxsim.rules.outcome import usage_after_outreach
from cxsim.rules.service import check_in_due, conversation_place, conversation_work
from cxsim.streams import (
    CHECK_IN_QUALITY,
    CHECK_IN_WORK,
    OUTREACH_QUALITY,
    OUTREACH_WORK,
    RESCUE,
    SEEN,
    TALK_QUALITY,
    TALK_WORK,
    _normal,
    index_of,
    index_of_moment,
    point_of,
)


def asked_of(kind: int) -> int:
    """The kind of row that asks for a conversation."""
    if kind == CHECKED_IN:
        return events.CHECK_IN_ASKED
    return events.OUTREACH_ASKED if kind == REACHED_OUT else events.TALK_ASKED


def begun_of(kind: int) -> int:
    """The kind of row that begins a conversation."""
    if kind == CHECKED_IN:
        return events.CHECK_IN_BEGUN
    return events.OUTREACH_BEGUN if kind == REACHED_OUT else events.TALK_BEGUN


def work_of(kind: int) -> int:
    """Purpose of the draw of its length."""
    if kind == CHECKED_IN:
        return CHECK_IN_WORK
    return OUTREACH_WORK if kind == REACHED_OUT else TALK_WORK


def quality_of(kind: int) -> int:
    """Purpose of the draw of its quality."""
    if kind == CHECKED_IN:
        return CHECK_IN_QUALITY
    return OUTREACH_QUALITY if kind == REACHED_OUT else TALK_QUALITY


def plan(s: Company, i: int) -> None:
    """At a review: what is due by the calendar, unless the account has given notice."""
    a = account_at(s, i)
    if a.confirmed:
        return
    p, month = parameters_of(s, a.segment), int(a.month)
    if talk_is_due(p, month, int(a.term)):
        begin(s, i, RENEWAL_TALK)
    elif check_in_due(p, a.touch, month):
        begin(s, i, CHECKED_IN)


def begin(s: Company, i: int, kind: int) -> None:
    """A message where the account is looked after digitally, else a place in a CSM's queue."""
    a = account_at(s, i)
    if a.touch == events.DIGITAL_TOUCH:
        talk(s, i, kind, int(a.month), 0.0, DIGITAL_TEAM)
    else:
        call(
            s,
            i,
            kind,
            conversation_place(parameters_of(s, a.segment), kind, a.band),
        )


def call(s: Company, i: int, kind: int, priority: int) -> None:
    """A conversation with a CSM is to be asked for."""
    a = account_at(s, i)
    j = new_job(s)
    job = job_at(s, j)
    job.kind = kind
    job.slot = i
    job.stay = a.life
    job.number = a.month
    job.item = index_of(int(a.life), int(a.month))
    job.priority = priority
    start(s, j)


def ask_for_conversation(s: Company, j: int) -> None:
    """Asked for, and waited for."""
    job = job_at(s, j)
    job.asked_at = s.now
    write(s, int(job.slot), asked_of(job.kind), int(job.item), SUCCESS_TEAM, 0.0, NO_CAUSE, -1)
    ask(s, SUCCESS_TEAM, int(job.priority), j)


def begin_conversation(s: Company, j: int) -> None:
    """A CSM calls, unless the account has gone or has given notice."""
    job = job_at(s, j)
    i, item, kind = int(job.slot), int(job.item), int(job.kind)
    a = account_at(s, i)
    if not a.active or a.life != job.stay or a.confirmed:
        release(s, SUCCESS_TEAM)
        free_job(s, j)
        return
    job.status = WORKING
    job.waited = elapsed(s.now, job.asked_at)
    job.began_at, job.stage = s.now, a.stage
    write(s, i, begun_of(kind), item, SUCCESS_TEAM, 0.0, NO_CAUSE, -1)
    length = draw_z(s, int(a.account), work_of(kind), item)
    work = conversation_work(parameters_of(s, a.segment), kind, length)
    push_job(s, s.now + work, rank_of(kind, a.account, item), j, job.stay, i)


def on_conversation_done(s: Company, j: int) -> None:
    """The conversation ends."""
    job = job_at(s, j)
    i = int(job.slot)
    if account_at(s, i).life == job.stay:
        talk(s, i, int(job.kind), int(job.number), job.waited, SUCCESS_TEAM)
        if s.tallies:
            count_work(s, i, SUCCESS_TEAM, job.began_at, int(job.stage))
    release(s, SUCCESS_TEAM)
    free_job(s, j)


def draw_talk(s: Company, i: int, kind: int, month: int) -> None:
    """Side by side: how good a conversation is, and whether the company sees how it was felt."""
    a = account_at(s, i)
    life, quality = int(a.life), quality_of(kind)
    index, seen = index_of(life, month), index_of_moment(kind, life, month)
    purposes = (quality, SEEN, SEEN, SEEN, SEEN, SEEN, SEEN, SEEN)
    u = eight(
        s.seed, s.replication, s.branch, int(a.account), purposes, (index, seen, seen, seen, seen, seen, seen, seen)
    )
    s.lanes[0], s.lanes[1] = u[0], u[1]


def talk(s: Company, i: int, kind: int, month: int, waited: float, team: int) -> None:
    """The conversation itself: a moment for the sponsor, and what follows from it."""
    a = account_at(s, i)
    p, now, item = (
        parameters_of(s, a.segment),
        s.now,
        index_of(int(a.life), month),
    )
    draw_talk(s, i, kind, month)
    a.contact_at = now
    score = contact_score(
        p,
        edits_of(s),
        treated_of(s, i),
        now,
        kind,
        waited,
        team == DIGITAL_TEAM,
        _normal(s.lanes[0]),
    )
    feel_with(s, i, kind, item, score, team, s.lanes[1])
    if not a.active:
        return
    if kind == RENEWAL_TALK:
        quote(s, i)
    elif kind == REACHED_OUT:
        follow_up(s, i)


def follow_up(s: Company, i: int) -> None:
    """An outreach shows a use more; it may win over an account that wants to leave, or wake one that slept."""
    a, now = account_at(s, i), s.now
    p, edits, treated = parameters_of(s, a.segment), edits_of(s), treated_of(s, i)
    a.usage = usage_after_outreach(p, edits, treated, now, a.usage, a.live != 0)
    if a.pending == NO_CAUSE:
        jump(s, i, events.BY_VALUE, wake_jump(p, edits, treated, now, a.frailty))
    elif not a.confirmed:
        cause = int(a.pending)
        chances = rescue_chance(p, edits, treated, now, cause, a.sponsor)
        if happens(chances, draw(s, int(a.account), RESCUE, point_of(cause, int(a.points[cause])))):
            give_up_intent(s, i, events.RESCUED)
