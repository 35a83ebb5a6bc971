"""A calendar of events, in total order of (time, rank), and the small rings and heaps beside it.

Time is cut into fine buckets. The bucket at hand is a binary heap; those of the next two months are unordered lists,
put into the heap when their turn comes; what lies further ahead waits in one list a month. So most events cost one
list insertion and one turn in a heap of a few. This file may index, shift and multiply: it knows no word of the model.
"""

from __future__ import annotations

from cxsim.engines.compiled.memory import (
    Company,
    bucket_at,
    event_at,
    far_at,
    hop_at,
    job_at,
    line_at,
    near_at,
    start_at,
    team_at,
)
from cxsim.engines.compiled.state import CANCELLED, FREE, GRANTED, WAITING

NOWHERE = -1
ITEM_BITS, ACCOUNT_BITS = 31, 25
KIND_SHIFT = 56
ITEM_MASK, ACCOUNT_MASK = 2147483647, 33554431
PRIORITY_SHIFT = 40


def rank_of(kind: int, account: int, item: int) -> int:
    """Place among ties: kind, then account (-1 for the company), then item."""
    return int(kind) << KIND_SHIFT | (int(account) + 1) << ITEM_BITS | int(item)


def kind_of(rank: int) -> int:
    """The kind in a rank."""
    return rank >> KIND_SHIFT


def item_of(rank: int) -> int:
    """The item in a rank."""
    return rank & ITEM_MASK


def push(s: Company, time: float, rank: int, what: int, stay: int, carries: int) -> None:
    """Appoint an event; one at or after the horizon never comes."""
    if time >= s.horizon:
        return
    e = s.free_event
    event = event_at(s, e)
    s.free_event = event.next
    s.n_events += 1
    event.time = time
    event.rank = rank
    event.what = what
    event.stay = stay
    event.carries = carries
    bucket = int((time + s.history) * s.per_month)
    if bucket <= s.bucket:
        _near(s, e)
    elif bucket < s.bucket + 2 * s.per_month:
        _list(s, bucket, e)
    else:
        month = bucket // s.per_month
        event.next = far_at(s, month).to
        far_at(s, month).to = e


def pop(s: Company, until: float) -> bool:
    """Take the next event before `until`: its time, rank and what it carries stand in the company's record."""
    last = int((until + s.history) * s.per_month)
    while s.n_near == 0:
        if s.bucket >= last:
            return False
        s.bucket += 1
        if s.bucket % s.per_month == 0:
            _open_month(s, s.bucket // s.per_month + 1)
        _open_bucket(s)
    e = near_at(s, 0).to
    event = event_at(s, e)
    if event.time >= until:
        return False
    s.now = event.time
    s.rank = event.rank
    s.what = event.what
    s.stay = event.stay
    s.carries = event.carries
    _drop_first(s)
    event.next = s.free_event
    s.free_event = e
    s.n_events -= 1
    return True


def _open_month(s: Company, month: int) -> None:
    """Events of a month that has come within reach of the buckets are dealt out to them."""
    if month >= s.n_far:
        return
    e = far_at(s, month).to
    far_at(s, month).to = NOWHERE
    while e != NOWHERE:
        following = event_at(s, e).next
        _list(s, int((event_at(s, e).time + s.history) * s.per_month), e)
        e = following


def _open_bucket(s: Company) -> None:
    """The events of the bucket at hand go into the heap."""
    place = s.bucket & (2 * s.per_month - 1)
    e = bucket_at(s, place).to
    bucket_at(s, place).to = NOWHERE
    while e != NOWHERE:
        following = event_at(s, e).next
        _near(s, e)
        e = following


def _list(s: Company, bucket: int, e: int) -> None:
    place = bucket & (2 * s.per_month - 1)
    event_at(s, e).next = bucket_at(s, place).to
    bucket_at(s, place).to = e


def _near(s: Company, e: int) -> None:
    """Into the heap, from the bottom up."""
    time, rank = event_at(s, e).time, event_at(s, e).rank
    i = s.n_near
    s.n_near = i + 1
    while i > 0:
        above = (i - 1) >> 1
        other = event_at(s, near_at(s, above).to)
        if other.time < time or (other.time == time and other.rank <= rank):
            break
        near_at(s, i).to = near_at(s, above).to
        i = above
    near_at(s, i).to = e


def _drop_first(s: Company) -> None:
    """Out of the heap: the last one takes the first one's place and sinks."""
    n = s.n_near - 1
    s.n_near = n
    if n == 0:
        return
    e = near_at(s, n).to
    time, rank = event_at(s, e).time, event_at(s, e).rank
    i = 0
    while True:
        below = 2 * i + 1
        if below >= n:
            break
        first = event_at(s, near_at(s, below).to)
        if below + 1 < n:
            second = event_at(s, near_at(s, below + 1).to)
            if second.time < first.time or (second.time == first.time and second.rank < first.rank):
                below, first = below + 1, second
        if time < first.time or (time == first.time and rank <= first.rank):
            break
        near_at(s, i).to = near_at(s, below).to
        i = below
    near_at(s, i).to = e


def new_job(s: Company) -> int:
    """A place for a job."""
    j = s.free_job
    s.free_job = job_at(s, j).next
    s.n_jobs += 1
    return int(j)


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
