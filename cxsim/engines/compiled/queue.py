"""A calendar of events, in total order of (time, rank).

Time is cut into fine buckets. The bucket at hand is a binary heap of a few events; those of the next two months are
unordered lists, put into the heap when their turn comes; what lies further ahead waits in one list a month. What comes
every month at the same place needs no list: it stands on a belt in the order of its places, one event an account, and
goes round once a month. This file may index, shift and multiply: it knows no word of the model.
"""

from __future__ import annotations

from cxsim.engines.compiled.ahead import fetch_account, fetch_event, fetch_subject, fetch_who_asked
from cxsim.engines.compiled.memory import Company, belt_at, bucket_at, event_at, far_at, near_at

NOWHERE = -1
NEVER_YET, ELSEWHERE = -1, -2  # on the belt: nothing was ever appointed, or it waits in a list
ITEM_BITS, ACCOUNT_BITS = 31, 25
KIND_SHIFT = 56
ITEM_MASK, ACCOUNT_MASK = 2147483647, 33554431
EARLY = 8  # buckets before its turn that a list begins to be fetched
EARLY_ON_BELT = 16  # places


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
    bucket = int((time + s.history) * s.per_month)
    if bucket <= s.bucket:
        _near(s, time, rank, what, stay, carries)
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
    if bucket < s.bucket + 2 * s.per_month:
        _list(s, bucket, e)
    else:
        month = bucket // s.per_month
        event.next = far_at(s, month).to
        far_at(s, month).to = e


def push_monthly(s: Company, k: int, time: float, rank: int, stay: int) -> None:
    """Appoint what comes to the k-th place of the belt every month; where it comes at another, it is put in a list."""
    on = belt_at(s, k)
    bucket = int((time + s.history) * s.per_month)
    if bucket & (s.per_month - 1) == on.place and bucket > s.bucket:
        on.time = time
        on.rank = rank
        on.stay = stay
        on.due = bucket
    else:
        on.due = ELSEWHERE
        push(s, time, rank, k, stay, 0)


def pop(s: Company, until: float) -> bool:
    """Take the next event before `until`: its time, rank and what it carries stand in the company's record."""
    last = int((until + s.history) * s.per_month)
    while s.n_near == 0:
        if s.bucket >= last:
            return False
        s.bucket += 1
        if s.bucket & (s.per_month - 1) == 0:
            _open_month(s, s.bucket // s.per_month + 1)
        _open_bucket(s)
    first = near_at(s, 0)
    if first.time >= until:
        return False
    s.now = first.time
    s.rank = first.rank
    s.what = first.what
    s.stay = first.stay
    s.carries = first.carries
    _drop_first(s)
    return True


def _open_month(s: Company, month: int) -> None:
    """Events of a month that has come within reach of the buckets are dealt out to them; the belt begins again."""
    s.next_settled = 0
    s.next_newer = s.n_settled
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
        event = event_at(s, e)
        following = event.next
        _near(s, event.time, event.rank, event.what, event.stay, event.carries)
        event.next = s.free_event
        s.free_event = e
        s.n_events -= 1
        e = following
    s.next_settled = _take_from_belt(s, s.next_settled, s.n_settled)
    s.next_newer = _take_from_belt(s, s.next_newer, s.n_accounts)
    _look_ahead(s)


def _take_from_belt(s: Company, k: int, end: int) -> int:
    """What is due in the bucket at hand goes into the heap; gives the first place that belongs to a later bucket."""
    place = s.bucket & (s.per_month - 1)
    while k < end:
        on = belt_at(s, k)
        if on.place > place:
            break
        if on.due == s.bucket:
            _near(s, on.time, on.rank, k, on.stay, 0)
        if k + EARLY_ON_BELT < end and belt_at(s, k + EARLY_ON_BELT).due >= s.bucket:
            fetch_account(s, k + EARLY_ON_BELT)
        k += 1
    return k


def _look_ahead(s: Company) -> None:
    """What soon will be needed is fetched: a list's first event, later what that is about, and who is behind it."""
    wrap = 2 * s.per_month - 1
    e = bucket_at(s, s.bucket + EARLY & wrap).to
    if e != NOWHERE:
        fetch_event(s, e)
    e = bucket_at(s, s.bucket + EARLY // 2 & wrap).to
    if e != NOWHERE:
        event = event_at(s, e)
        fetch_subject(s, kind_of(event.rank), event.what)
        if event.next != NOWHERE:
            fetch_event(s, event.next)
    e = bucket_at(s, s.bucket + EARLY // 4 & wrap).to
    if e != NOWHERE:
        event = event_at(s, e)
        fetch_who_asked(s, kind_of(event.rank), event.what)


def _list(s: Company, bucket: int, e: int) -> None:
    place = bucket & (2 * s.per_month - 1)
    event_at(s, e).next = bucket_at(s, place).to
    bucket_at(s, place).to = e


def _near(s: Company, time: float, rank: int, what: int, stay: int, carries: int) -> None:
    """Into the heap, from the bottom up."""
    i = s.n_near
    s.n_near = i + 1
    while i > 0:
        above = (i - 1) >> 1
        other = near_at(s, above)
        if other.time < time or (other.time == time and other.rank <= rank):
            break
        _move(s, above, i)
        i = above
    here = near_at(s, i)
    here.time = time
    here.rank = rank
    here.what = what
    here.stay = stay
    here.carries = carries


def _drop_first(s: Company) -> None:
    """Out of the heap: the last one takes the first one's place and sinks."""
    n = s.n_near - 1
    s.n_near = n
    if n == 0:
        return
    time, rank = near_at(s, n).time, near_at(s, n).rank
    i = 0
    while True:
        below = 2 * i + 1
        if below >= n:
            break
        first = near_at(s, below)
        if below + 1 < n:
            second = near_at(s, below + 1)
            if second.time < first.time or (second.time == first.time and second.rank < first.rank):
                below, first = below + 1, second
        if time < first.time or (time == first.time and rank <= first.rank):
            break
        _move(s, below, i)
        i = below
    _move(s, n, i)


def _move(s: Company, here: int, there: int) -> None:
    """Copy an event of the heap to another place of it."""
    one, other = near_at(s, here), near_at(s, there)
    other.time = one.time
    other.rank = one.rank
    other.what = one.what
    other.stay = one.stay
    other.carries = one.carries
