"""A calendar of events, in total order of (time, rank).

Time is cut into drawers, and these into fine buckets. In a drawer events lie on sheets, in the order in which they were
appointed, so that appointing one touches little memory and that which was touched last; only of the drawer at hand and
the next one they are listed by bucket. The bucket at hand is a binary heap of a few events. What comes a month after it
is appointed stands apart, in a ring, in the order in which it was appointed and therefore comes: the next event is the
ring's first or the heap's, whichever is sooner. This file may index, shift and multiply: it knows no word of the model.
"""

from __future__ import annotations

from cxsim.engines.compiled.ahead import fetch_event, fetch_place, fetch_reviewed, fetch_subject
from cxsim.engines.compiled.memory import Company, Record, bucket_at, drawer_at, event_at, near_at, ring_at, sheet_at
from cxsim.engines.compiled.state import NOWHERE, SHEET, SHEET_BITS

ITEM_BITS, ACCOUNT_BITS = 31, 25
KIND_SHIFT = 56
ITEM_MASK, ACCOUNT_MASK = 2147483647, 33554431
EARLY = 8  # buckets, or places of the ring, before its turn that something begins to be fetched
STEPS = 8  # places by which an event may overtake others in the ring


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
    if time < s.horizon:
        _put(s, time, rank, what, what, stay, carries)


def push_job(s: Company, time: float, rank: int, j: int, stay: int, whom: int) -> None:
    """Appoint an event of a job, which is done for somebody."""
    if time < s.horizon:
        _put(s, time, rank, j, whom, stay, 0)


def push_monthly(s: Company, time: float, rank: int, what: int, stay: int) -> None:
    """Appoint what comes a month from now, give or take a rounding: in the ring, if it has room there."""
    if time >= s.horizon:
        return
    place = _place_in_ring(s, time, rank)
    if place == NOWHERE:
        push(s, time, rank, what, stay, 0)
        return
    _make_way(s, place)
    event = ring_at(s, place & s.n_ring - 1)
    event.time = time
    event.rank = rank
    event.what = what
    event.stay = stay
    s.last_in_ring += 1
    if s.fetches:
        fetch_place(s, s.last_in_ring + EARLY & s.n_ring - 1)


def _place_in_ring(s: Company, time: float, rank: int) -> int:
    """Where in the ring it belongs: mostly at the end. Nowhere if the ring is full, or many would have to move."""
    if s.last_in_ring - s.first_in_ring == s.n_ring:
        return NOWHERE
    place = int(s.last_in_ring)
    while place > s.first_in_ring:
        before = ring_at(s, place - 1 & s.n_ring - 1)
        if before.time < time or (before.time == time and before.rank < rank):
            return place
        place -= 1
        if place + STEPS == s.last_in_ring:
            return NOWHERE
    return place


def _make_way(s: Company, place: int) -> None:
    """Those who stand in the ring from a place on move back by one; mostly nobody does."""
    wrap = s.n_ring - 1
    last = s.last_in_ring
    while last > place:
        to, event = ring_at(s, last & wrap), ring_at(s, last - 1 & wrap)
        to.time = event.time
        to.rank = event.rank
        to.what = event.what
        to.stay = event.stay
        last -= 1


def _put(s: Company, time: float, rank: int, what: int, whom: int, stay: int, carries: int) -> None:
    """Lay an event into the drawer of its time, and if that is open, put it where it belongs there."""
    bucket = max(_bucket_of(s, time), int(s.bucket))
    drawer = bucket >> s.drawer_bits
    e = _next_place(s, drawer)
    event = event_at(s, e)
    event.time = time
    event.rank = rank
    event.what = what
    event.whom = whom
    event.stay = stay
    event.carries = carries
    if bucket == s.bucket:
        _near(s, e)
    elif drawer <= (s.bucket >> s.drawer_bits) + 1:
        _list(s, bucket, e)


def _bucket_of(s: Company, time: float) -> int:
    return int((time + s.history) * s.per_month)


def _next_place(s: Company, drawer: int) -> int:
    """The next place on the uppermost sheet of a drawer; where that is full, or there is none, on another sheet."""
    its = drawer_at(s, drawer)
    place = int(its.top)
    if place & (SHEET - 1) == 0:
        sheet = int(s.free_sheet)
        if sheet == NOWHERE:
            sheet = int(s.fresh_sheet)
            s.fresh_sheet = sheet + 1
        else:
            s.free_sheet = sheet_at(s, sheet).to
        s.n_sheets += 1
        sheet_at(s, sheet).to = _sheet_under(place)
        place = sheet << SHEET_BITS
    its.top = place + 1
    return place


def places_laid(s: Company) -> int:
    """Before which place all events lie: those to come, and some that have come."""
    return int(s.fresh_sheet << SHEET_BITS)


def _sheet_under(top: int) -> int:
    """The sheet of the last place before one; where nothing lies, NOWHERE."""
    return (top - 1) >> SHEET_BITS


def pop(s: Company, until: float) -> bool:
    """Take the next event before `until`: its time, rank and what it carries stand in the company's record."""
    last = _bucket_of(s, until)
    while s.n_near == 0 and s.bucket < last:
        s.bucket += 1
        if s.bucket & ((1 << s.drawer_bits) - 1) == 0:
            drawer = s.bucket >> s.drawer_bits
            if drawer:
                _empty(s, drawer - 1)
            if drawer + 1 < s.n_drawers:
                _deal_out(s, drawer + 1)
        _open_bucket(s)
    if _ring_comes_first(s):
        return _pop_ring(s, until)
    return s.n_near > 0 and _pop_near(s, until)


def _ring_comes_first(s: Company) -> bool:
    """Is the ring's first event sooner than the heap's?"""
    if s.first_in_ring == s.last_in_ring:
        return False
    if s.n_near == 0:
        return True
    monthly, other = ring_at(s, s.first_in_ring & s.n_ring - 1), event_at(s, near_at(s, 0).to)
    if monthly.time == other.time:
        return bool(monthly.rank < other.rank)
    return bool(monthly.time < other.time)


def _pop_ring(s: Company, until: float) -> bool:
    event = ring_at(s, s.first_in_ring & s.n_ring - 1)
    if event.time >= until:
        return False
    if s.fetches:
        fetch_reviewed(s, int(ring_at(s, s.first_in_ring + EARLY & s.n_ring - 1).what))
    s.now = event.time
    s.rank = event.rank
    s.what = event.what
    s.stay = event.stay
    s.carries = 0
    s.first_in_ring += 1
    return True


def _pop_near(s: Company, until: float) -> bool:
    event = event_at(s, near_at(s, 0).to)
    if event.time >= until:
        return False
    s.now = event.time
    s.rank = event.rank
    s.what = event.what
    s.stay = event.stay
    s.carries = event.carries
    _drop_first(s)
    return True


def _empty(s: Company, drawer: int) -> None:
    """All that lay in a drawer has happened: its sheets are free."""
    sheet = _sheet_under(drawer_at(s, drawer).top)
    while sheet != NOWHERE:
        under = int(sheet_at(s, sheet).to)
        sheet_at(s, sheet).to = s.free_sheet
        s.free_sheet = sheet
        s.n_sheets -= 1
        sheet = under


def _deal_out(s: Company, drawer: int) -> None:
    """The events of a drawer that is being opened go to its buckets, sheet by sheet."""
    e = int(drawer_at(s, drawer).top) - 1
    sheet = e >> SHEET_BITS
    while sheet != NOWHERE:
        under, first = int(sheet_at(s, sheet).to), sheet << SHEET_BITS
        while e >= first:
            if s.fetches:
                fetch_event(s, (max(under, 0) << SHEET_BITS) + e - first)
            _list(s, _bucket_of(s, event_at(s, e).time), e)
            e -= 1
        sheet = under
        e = (sheet << SHEET_BITS) + SHEET - 1


def _open_bucket(s: Company) -> None:
    """The events of the bucket at hand go into the heap."""
    if s.fetches:
        _fetch_buckets(s, int(s.bucket))
    its = _head_of(s, int(s.bucket))
    e = int(its.to)
    its.to = NOWHERE
    while e != NOWHERE:
        following = int(event_at(s, e).next)
        _near(s, e)
        e = following


def _fetch_buckets(s: Company, bucket: int) -> None:
    """What the next buckets will need, in steps: an event first, then what it is about."""
    # where there is none, any other will do: to look whether there is one takes longer
    fetch_event(s, int(_head_of(s, bucket + 2 * EARLY).to))
    soon = max(int(_head_of(s, bucket + EARLY).to), 0)
    fetch_event(s, int(event_at(s, soon).next))
    fetch_subject(s, int(event_at(s, soon).what), int(event_at(s, soon).whom))
    soon = max(int(_head_of(s, bucket + EARLY // 2).to), 0)
    soon = max(int(event_at(s, soon).next), 0)
    fetch_subject(s, int(event_at(s, soon).what), int(event_at(s, soon).whom))


def _list(s: Company, bucket: int, e: int) -> None:
    its = _head_of(s, bucket)
    event_at(s, e).next = its.to
    its.to = e


def _head_of(s: Company, bucket: int) -> Record:
    """Of the list of a bucket: there are as many as two drawers have."""
    return bucket_at(s, bucket & (2 << s.drawer_bits) - 1)


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
