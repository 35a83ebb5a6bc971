"""The people of a team and those who wait for them: jobs, lines by priority, and the errands of one moment.

A line is a heap by priority and then by order of asking. This file may index, shift and compare: it knows no word of
the model.
"""

from __future__ import annotations

from cxsim.engines.compiled.memory import Company, hop_at, job_at, line_at, start_at, team_at
from cxsim.engines.compiled.state import CANCELLED, FREE, GRANTED, NOWHERE, WAITING

PRIORITY_SHIFT = 40


def new_job(s: Company) -> int:
    """A place for a job."""
    s.n_jobs += 1
    j = int(s.free_job)
    if j == NOWHERE:  # all that were ever used are taken
        s.fresh_job += 1
        return int(s.fresh_job) - 1
    s.free_job = job_at(s, j).next
    return j


def free_job(s: Company, j: int) -> None:
    """A job is done with."""
    job = job_at(s, j)
    job.status = FREE
    job.next = s.free_job
    s.free_job = j
    s.n_jobs -= 1


def start(s: Company, j: int) -> None:
    """A job is to begin right after what is being handled now; in order, and before any grant."""
    start_at(s, s.last_start & (s.n_starts - 1)).to = j
    s.last_start += 1


def _hop(s: Company, which: int) -> None:
    hop_at(s, s.last_hop & (s.n_hops - 1)).to = which
    s.last_hop += 1


def next_start(s: Company) -> int:
    """The next job to begin, or NOWHERE."""
    if s.first_start == s.last_start:
        return NOWHERE
    j = start_at(s, s.first_start & (s.n_starts - 1)).to
    s.first_start += 1
    return int(j)


def next_grant(s: Company) -> int:
    """The next job whose turn has come at this moment, or NOWHERE; people who became free take who waits first."""
    while s.first_hop != s.last_hop:
        which = hop_at(s, s.first_hop & (s.n_hops - 1)).to
        s.first_hop += 1
        if which >= 0:
            return int(which)
        grant_one(s, -1 - which)
    return NOWHERE


def ask(s: Company, team: int, priority: int, j: int) -> None:
    """Queue for a team: by priority, then in order of asking. A free place goes to the first in the queue at once."""
    t = team_at(s, team)
    job = job_at(s, j)
    job.status = WAITING
    job.team = team
    key = priority << PRIORITY_SHIFT | s.asked
    s.asked += 1
    i = t.n_waiting
    t.n_waiting = i + 1
    while i > 0:
        above = (i - 1) >> 1
        if line_at(s, team, above).key <= key:
            break
        line_at(s, team, i).key = line_at(s, team, above).key
        line_at(s, team, i).job = line_at(s, team, above).job
        i = above
    line_at(s, team, i).key = key
    line_at(s, team, i).job = j
    grant_one(s, team)


def grant_one(s: Company, team: int) -> None:
    """If a place is free, the first who still waits gets it; the job goes on right after what is being handled now."""
    t = team_at(s, team)
    while t.n_waiting > 0 and t.busy < t.places:
        j = line_at(s, team, 0).job
        _leave_line(s, team)
        if job_at(s, j).status == CANCELLED:
            free_job(s, j)
            continue
        job_at(s, j).status = GRANTED
        t.busy += 1
        _hop(s, j)
        return


def release(s: Company, team: int) -> None:
    """A place becomes free; it is given away when what was due before has been done."""
    team_at(s, team).busy -= 1
    _hop(s, -1 - team)


def resize(s: Company, team: int, places: int) -> None:
    """A team grows or shrinks. Work begun is finished; new places are taken at once."""
    t = team_at(s, team)
    t.places = places
    while t.n_waiting > 0 and t.busy < t.places:
        grant_one(s, team)


def _leave_line(s: Company, team: int) -> None:
    t = team_at(s, team)
    n = t.n_waiting - 1
    t.n_waiting = n
    if n == 0:
        return
    key, j = line_at(s, team, n).key, line_at(s, team, n).job
    i = 0
    while True:
        below = 2 * i + 1
        if below >= n:
            break
        if below + 1 < n and line_at(s, team, below + 1).key < line_at(s, team, below).key:
            below += 1
        if key <= line_at(s, team, below).key:
            break
        line_at(s, team, i).key = line_at(s, team, below).key
        line_at(s, team, i).job = line_at(s, team, below).job
        i = below
    line_at(s, team, i).key = key
    line_at(s, team, i).job = j
