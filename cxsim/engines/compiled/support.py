"""Chapter three: tickets and outages."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.ahead import fetch_later
from cxsim.engines.compiled.book import draw, draw_z, feel, feel_with, u, write, write_company
from cxsim.engines.compiled.lanes import eight
from cxsim.engines.compiled.memory import (
    Company,
    account_at,
    edits_of,
    job_at,
    limit_at,
    parameters_of,
    slot_at,
    treated_of,
)
from cxsim.engines.compiled.queue import item_of, push, push_job, rank_of
from cxsim.engines.compiled.state import CANCELLED, WAITING, WORKING
from cxsim.engines.compiled.tally import count_work
from cxsim.engines.compiled.teams import ask, free_job, new_job, release, start
from cxsim.events import DIGITAL_TEAM, NO_CAUSE, NO_TEAM, SUPPORT_TEAM
from cxsim.rules.chance import elapsed, happens
from cxsim.rules.experience import outage_score, ticket_score
from cxsim.rules.service import (
    digital_share,
    digital_solves,
    human_solves,
    outage_acceptance,
    outage_candidate_delay,
    outage_hits,
    pain_after_reply,
    pain_after_ticket,
    queue_place,
    ticket_acceptance,
    ticket_acceptance_most,
    ticket_candidate_delay,
    ticket_patience,
    ticket_work,
    within_expectation,
)
from cxsim.streams import (
    DIGITAL_SOLVED,
    OUTAGE_ACCEPTED,
    OUTAGE_CLOCK,
    OUTAGE_QUALITY,
    OUTAGE_REACH,
    SEEN,
    TICKET_ACCEPTED,
    TICKET_CLOCK,
    TICKET_DIFFICULTY,
    TICKET_DIGITAL,
    TICKET_PATIENCE,
    TICKET_QUALITY,
    TICKET_SOLVED,
    TICKET_WORK,
    _normal,
    index_of,
    index_of_moment,
    number_in_stay,
)

OCCASIONS = 3  # that are looked at together
OCCASIONAL = (
    TICKET_CLOCK, TICKET_CLOCK, TICKET_CLOCK,
    TICKET_ACCEPTED, TICKET_ACCEPTED, TICKET_ACCEPTED, TICKET_ACCEPTED, TICKET_ACCEPTED,
)  # fmt: skip
PRESENT = 6  # the lane in which it is drawn whether the occasion before those three is accepted
ENDING = (TICKET_SOLVED, TICKET_QUALITY, SEEN, SEEN, SEEN, SEEN, SEEN, SEEN)


def appoint_ticket(s: Company, i: int, n: int) -> None:
    """The next occasion to ask for help, on the account's own clock."""
    draw_occasions(s, i, n)
    find_occasion(s, i, n)


def find_occasion(s: Company, i: int, n: int) -> None:
    """The same, its draws being made.

    Occasions that will pass for certain, for their draws lie above all that acceptance can come to, are passed over.
    """
    a, time = account_at(s, i), s.now
    p = parameters_of(s, a.segment)
    limit = limit_at(s, a.segment)
    most = ticket_acceptance_most(limit.rate, limit.early, limit.fade, limit.ceiling, elapsed(time, a.stay_at))
    passing = True
    while passing:
        for k in range(OCCASIONS):
            time = time + ticket_candidate_delay(p, s.lanes[k])
            if time >= s.horizon or s.lanes[k + OCCASIONS] <= most:
                passing = False
                break
            n += 1
        if passing:
            draw_occasions(s, i, n)
    push(s, time, rank_of(events.TICKET_OPENED, a.account, index_of(int(a.life), n)), i, a.life, 0)


def draw_occasions(s: Company, i: int, n: int) -> None:
    """Side by side: delays of three occasions, the draws that accept them, and the one that accepts the one before."""
    a = account_at(s, i)
    life = int(a.life)
    first, second, before = index_of(life, n), index_of(life, n + 1), index_of(life, max(n - 1, 0))
    third = second + 1
    indices = (first, second, third, first, second, third, before, before)
    u = eight(s.seed, s.replication, s.branch, int(a.account), OCCASIONAL, indices)
    drawn = s.lanes
    drawn[0], drawn[1], drawn[2], drawn[3], drawn[4], drawn[5], drawn[6], drawn[7] = u


def on_ticket_candidate(s: Company, i: int) -> None:
    """Some occasions become tickets, others pass."""
    a = account_at(s, i)
    p, now, n = (
        parameters_of(s, a.segment),
        s.now,
        number_in_stay(item_of(s.rank)),
    )
    accepted = ticket_acceptance(
        p,
        edits_of(s),
        treated_of(s, i),
        now,
        elapsed(now, a.stay_at),
        a.usage,
    )
    draw_occasions(s, i, n + 1)
    if happens(accepted, s.lanes[PRESENT]):
        j = new_job(s)
        job = job_at(s, j)
        job.kind = events.TICKET_OPENED
        job.slot = i
        job.stay = a.life
        job.number = n
        job.item = item_of(s.rank)
        start(s, j)
    find_occasion(s, i, n + 1)


def open_ticket(s: Company, j: int) -> None:
    """Asked; tried by a digital worker perhaps; else an agent is waited for."""
    job = job_at(s, j)
    i, n, item = int(job.slot), int(job.number), int(job.item)
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    job.asked_at = s.now
    a.n_open += 1
    write(s, i, events.TICKET_OPENED, item, SUPPORT_TEAM, 0.0, NO_CAUSE, -1)
    share = digital_share(p, edits_of(s), treated_of(s, i), s.now)
    # luck has an address, so that a draw that cannot matter need not be made
    if share > 0.0 and happens(share, u(s, i, TICKET_DIGITAL, n)):
        difficulty = u(s, i, TICKET_DIFFICULTY, n)
        if digital_solves(p, difficulty, u(s, i, DIGITAL_SOLVED, n)):
            reply(s, i, item, 0.0, DIGITAL_TEAM)
            draw_ending(s, i, n)
            close(s, i, item, 0.0, DIGITAL_TEAM, True, 0)
            free_job(s, j)
            return
        write(s, i, events.TICKET_HANDED_OVER, item, DIGITAL_TEAM, 0.0, NO_CAUSE, -1)
    ask(s, SUPPORT_TEAM, queue_place(p), j)
    if job.status == WAITING:
        # whoever is served at once does not lose patience
        delay = ticket_patience(p, u(s, i, TICKET_PATIENCE, n))
        push_job(s, s.now + delay, rank_of(events.TICKET_ABANDONED, a.account, item), j, job.stay, i)


def answer_ticket(s: Company, j: int) -> None:
    """An agent takes it up, unless the account has gone."""
    job = job_at(s, j)
    i, n, item = int(job.slot), int(job.number), int(job.item)
    a = account_at(s, i)
    if not a.active or a.life != job.stay:
        release(s, SUPPORT_TEAM)
        free_job(s, j)
        return
    job.status = WORKING
    job.waited = elapsed(s.now, job.asked_at)
    job.began_at, job.stage = s.now, a.stage
    reply(s, i, item, job.waited, SUPPORT_TEAM)
    luck = u(s, i, TICKET_WORK, n)
    work = ticket_work(parameters_of(s, a.segment), _normal(luck), luck)
    push_job(s, s.now + work, rank_of(events.TICKET_SOLVED, a.account, item), j, job.stay, i)


def on_ticket_done(s: Company, j: int) -> None:
    """The work on a ticket ends: solved, or not."""
    job = job_at(s, j)
    i, n = int(job.slot), int(job.number)
    a = account_at(s, i)
    if a.life == job.stay:
        draw_ending(s, i, n)
        solved = human_solves(parameters_of(s, a.segment), s.lanes[0])
        close(s, i, int(job.item), job.waited, SUPPORT_TEAM, solved, 0)
        if s.tallies:
            count_work(s, i, SUPPORT_TEAM, job.began_at, int(job.stage))
    release(s, SUPPORT_TEAM)
    free_job(s, j)


def on_ticket_patience(s: Company, j: int) -> None:
    """An appointment, ignored when an agent has come or the account has gone."""
    job = job_at(s, j)
    item = item_of(s.rank)
    if job.status != WAITING or job.kind != events.TICKET_OPENED or job.item != item or job.stay != s.stay:
        return
    i = int(job.slot)
    a = account_at(s, i)
    if rank_of(events.TICKET_ABANDONED, a.account, item) == s.rank and a.active and a.life == job.stay:
        job.status = CANCELLED
        waited = elapsed(s.now, job.asked_at)
        draw_ending(s, i, int(job.number))
        close(s, i, item, waited, SUPPORT_TEAM, False, events.TICKET_ABANDONED)


def reply(s: Company, i: int, item: int, waited: float, team: int) -> None:
    """A first reply, in time or late."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    a.pain = pain_after_reply(p, a.pain, waited)
    write(s, i, events.TICKET_ANSWERED, item, team, float(within_expectation(p, waited)), NO_CAUSE, -1)


def draw_ending(s: Company, i: int, n: int) -> None:
    """Side by side: whether a ticket is solved, how it felt, and whether the company sees that, however it ends."""
    a = account_at(s, i)
    life = int(a.life)
    index = index_of(life, n)
    solved = index_of_moment(events.TICKET_SOLVED, life, n)
    failed = index_of_moment(events.TICKET_FAILED, life, n)
    given_up = index_of_moment(events.TICKET_ABANDONED, life, n)
    indices = (index, index, solved, failed, given_up, given_up, given_up, given_up)
    u = eight(s.seed, s.replication, s.branch, int(a.account), ENDING, indices)
    drawn = s.lanes
    drawn[0], drawn[1], drawn[2], drawn[3], drawn[4] = u[0], u[1], u[2], u[3], u[4]


def close(s: Company, i: int, item: int, waited: float, team: int, solved: bool, kind: int) -> None:
    """The ticket is closed, its ending being drawn: a moment for the users, and pain where it was not solved."""
    a = account_at(s, i)
    p, digital = (
        parameters_of(s, a.segment),
        team == DIGITAL_TEAM,
    )
    a.n_open -= 1
    a.pain = pain_after_ticket(p, a.pain, solved)
    seen = s.lanes[4]
    if kind == 0:
        kind = events.TICKET_SOLVED if solved else events.TICKET_FAILED
        seen = s.lanes[2] if solved else s.lanes[3]
    score = ticket_score(
        p,
        edits_of(s),
        treated_of(s, i),
        s.now,
        waited,
        digital,
        solved,
        _normal(s.lanes[1]),
    )
    feel_with(s, i, kind, item, score, team, seen)


def appoint_outage(s: Company, n: int) -> None:
    """The next time at which the product may fail, on the company's own clock."""
    delay = outage_candidate_delay(parameters_of(s, 0), draw(s, -1, OUTAGE_CLOCK, n))
    push(s, s.now + delay, rank_of(events.OUTAGE, -1, n), n, 0, 0)


def on_outage(s: Company, n: int) -> None:
    """If the product fails, those at work feel it."""
    if happens(
        outage_acceptance(parameters_of(s, 0)),
        draw(s, -1, OUTAGE_ACCEPTED, n),
    ):
        write_company(s, events.OUTAGE, n, NO_TEAM, 0.0)
        for k in range(s.n_accounts):
            if s.fetches:
                fetch_later(s, k)
            i = int(slot_at(s, k).to)
            if account_at(s, i).active:
                feel_outage(s, i, n)
    appoint_outage(s, n + 1)


def feel_outage(s: Company, i: int, n: int) -> None:
    """An account is at work when the product fails, or is not."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    if outage_hits(p, draw(s, int(a.account), OUTAGE_REACH, n)):
        feel(s, i, events.OUTAGE_FELT, n, outage_score(p, draw_z(s, int(a.account), OUTAGE_QUALITY, n)), NO_TEAM, n)
