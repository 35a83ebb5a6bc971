"""The state of a run: arrays of records, made here and nowhere else.

An account's own record is `ACCOUNT`; what belongs to the company, to the queue or to the teams has records of its
own. Accounts stand in the order of their phase within the month (those of the history first), so that reviews, which
come every month at the same phase, walk through memory.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.compiling import RECORDS
from cxsim.foresight import N_PARAMETERS

Array = npt.NDArray[Any]

TEAMS: Final = len(events.TEAMS)
FREE, WAITING, GRANTED, WORKING, CANCELLED = range(5)  # what a job is doing
LONG_AGO: Final = -1000
NOWHERE: Final = -1  # the end of a list, and no place at all
LAST: Final = max(events.KINDS) + 1
LINE: Final = 64  # bytes of memory that a processor fetches at once
SHEET_BITS: Final = 5
SHEET: Final = 1 << SHEET_BITS  # events on a sheet of the calendar

WIDTH: Final = N_PARAMETERS
# by kind of event; arrays, for in compiled code a place of a tuple is found by a jump that processors often guess wrong
OWNER: Final = np.array([events.KINDS[k].owner if k in events.KINDS else events.NOBODY for k in range(LAST)])
OF_USERS: Final = np.array([k in events.KINDS and events.KINDS[k].voice == "user" for k in range(LAST)])
ARRAYS: Final = (
    "parameters", "months", "limits", "edits", "programmes", "accounts", "treated", "terms", "past", "scores", "slots",
    "arrivals", "appointments", "events", "near", "ring", "buckets", "drawers", "sheets", "jobs", "teams", "lines",
    "starts", "hops", "book", "tallied", "mrr_then", "counts", "cohorts", "days", "charged", "orders",
)  # fmt: skip

LENGTHS: Final = (
    "n_accounts", "n_interventions", "n_months", "n_rows_of_parameters", "n_edits", "n_programmes", "n_appointments",
    "most_events", "most_near", "n_ring", "n_buckets", "n_drawers", "most_sheets", "most_jobs", "n_starts", "n_hops",
    "most_rows", "n_tallied", "n_counts", "n_cohorts", "n_days", "n_charged", "n_orders",
)  # fmt: skip
# beyond these a happening might find no room in the book, the queue, the jobs
FULL: Final = ("full_book", "full_queue", "full_jobs")
_SIZES: Final = tuple(LENGTHS.index(name) for name in ("most_rows", "most_sheets", "most_jobs"))

# an account, in four lines of memory, the widest fields first; fit, promise, frailty, account, term, segment, referred
# and touch are of the roster and never change
ACCOUNT: Final = np.dtype([
    ("stay_at", "f8"), ("contact_at", "f8"), ("sponsor", "f8"), ("user", "f8"), ("client_outcome", "f8"),
    ("usage", "f8"), ("health", "f8"), ("observed", "f8"), ("mood", "f8"), ("seen", "f8"), ("seen_usage", "f8"),
    ("gap", "f8"), ("pain", "f8"), ("price_level", "f8"), ("mrr", "i8"), ("remaining", "f8", (7,)),
    ("fit", "f8"), ("promise", "f8"), ("frailty", "f8"),
    ("points", "i4", (7,)), ("account", "i4"),
    ("life", "i2"), ("month", "i2"), ("term_began", "i2"), ("last_outreach", "i2"), ("n_open", "i2"), ("term", "i2"),
    ("stage", "i1"), ("band", "i1"), ("quadrant", "i1"), ("pending", "i1"), ("active", "i1"), ("live", "i1"),
    ("onboarded", "i1"), ("confirmed", "i1"), ("segment", "i1"), ("referred", "i1"), ("touch", "i1"),
], align=True)  # fmt: skip

# the company, its clock, the counters of all that grows, and where the arrays stand
COMPANY: Final = np.dtype([
    ("seed", "i8"), ("replication", "i8"), ("branch", "i8"),
    ("trunk", "i8"), ("turns_to", "i8"),  # the branch before any fork; one that luck is to turn to now, else 0
    ("sight", "f8"),  # up to here draws may be looked at beforehand: the fork, or where a history ends that is shared
    ("now", "f8"), ("month", "i8"), ("history", "i8"), ("horizon", "i8"), ("segments", "i8"),
    ("n_happy", "i8"), ("n_unhappy", "i8"),
    ("lanes", "f8", (8,)),  # draws made together, for those who need them next
    # the book
    ("keeps_book", "i8"), ("tallies", "i8"), ("n_rows", "i8"), ("book_margin", "i8"),
    # the queue: what was taken from it last, and where its parts stand
    ("rank", "i8"), ("what", "i8"), ("stay", "i8"), ("carries", "i8"), ("per_month", "i8"), ("drawer_bits", "i8"),
    ("bucket", "i8"), ("n_near", "i8"), ("free_sheet", "i8"), ("fresh_sheet", "i8"), ("n_sheets", "i8"),
    ("sheet_margin", "i8"),
    ("first_in_ring", "i8"), ("last_in_ring", "i8"),
    ("fetches", "i8"),  # is memory asked for before it is needed? small companies stand near anyway
    # jobs, and errands that are due at this very moment
    ("free_job", "i8"), ("fresh_job", "i8"), ("n_jobs", "i8"), ("job_margin", "i8"), ("asked", "i8"),
    ("first_start", "i8"), ("last_start", "i8"), ("first_hop", "i8"), ("last_hop", "i8"),
    # what is known beforehand
    ("next_arrival", "i8"), ("next_appointment", "i8"),
    ("founded", "i8"), ("pauses", "i8"), ("paused", "i8"),
    *((name, "i8") for name in LENGTHS),
    *((name, "i8") for name in FULL),
    # addresses
    *((f"at_{name}", "i8") for name in ARRAYS),
], align=True)  # fmt: skip

RECORDS["Company"] = COMPANY

# what is asked for at notice only: what remained of each cause of choice when the term began
TERM: Final = np.dtype([("remaining", "f8", (6,))])

# what the tally remembers of an account: when things happened first
TALLIED: Final = np.dtype([
    ("signed_at", "f8"), ("twelfth_at", "f8"), ("left_at", "f8"), ("kicked_at", "f8"),
    ("joined", "i2"), ("kicked_stage", "i1"), ("ended", "i1"), ("meant", "i1"),
], align=True)  # fmt: skip
COUNT: Final = np.dtype([("n", "i8")])
CHARGED: Final = np.dtype([("hazards", "f8", (7,))])
ORDER: Final = np.dtype([("slot", "i4"), ("programme", "i4")])
TEAM: Final = np.dtype([("places", "i8"), ("busy", "i8"), ("n_waiting", "i8")], align=True)
PLACE: Final = np.dtype([("key", "i8"), ("job", "i8")], align=True)
# `what` is a place among the accounts or the jobs, `whom` the account's in both, `stay` its stay at the appointment
EVENT: Final = np.dtype(
    [("time", "f8"), ("rank", "i8"), ("what", "i4"), ("whom", "i4"), ("next", "i4"), ("stay", "i2"), ("carries", "i2")],
    align=True,
)
# one that comes a month after it is appointed, to an account
MONTHLY: Final = np.dtype([("time", "f8"), ("rank", "i8"), ("what", "i4"), ("stay", "i2")], align=True)
# a job, in one line of memory
JOB: Final = np.dtype([
    ("asked_at", "f8"), ("waited", "f8"), ("began_at", "f8"), ("item", "i8"), ("number", "i8"), ("priority", "i8"),
    ("slot", "i4"), ("next", "i4"), ("kind", "i2"), ("stay", "i2"), ("team", "i1"), ("status", "i1"), ("stage", "i1"),
], align=True)  # fmt: skip
# what a segment's ticket candidates can come to at most, in any month and under any edit
LIMIT: Final = np.dtype([("rate", "f8"), ("early", "f8"), ("fade", "f8"), ("ceiling", "f8")])
LINK: Final = np.dtype([("to", "i4")])
DRAWER: Final = np.dtype([("top", "i4")])
PAST: Final = np.dtype([("first", "f8"), ("second", "f8"), ("third", "f8")])
SCORE: Final = np.dtype([("score", "f8")])
ARRIVAL: Final = np.dtype([("time", "f8"), ("slot", "i4"), ("account", "i4")], align=True)
APPOINTMENT: Final = np.dtype(
    [("time", "f8"), ("kind", "i8"), ("item", "i8"), ("which", "i8"), ("value", "i8")], align=True
)
PROGRAMME: Final = np.dtype([
    ("number", "i8"), ("address", "i8"), ("begins", "f8"), ("ends", "f8"), ("trigger", "i8"), ("outreach", "i8"),
    ("segments", "i8"), ("stages", "i8"), ("bands", "i8"), ("score", "i8"), ("low", "f8"), ("high", "f8"),
    ("coverage", "f8"), ("capacity", "f8"), ("priority", "i8"), ("cost", "i8"),
    ("served", "i8"),  # accounts this month
], align=True)  # fmt: skip
MONTH: Final = np.dtype([("referral_ceiling", "f8"), ("ordinary_ceiling", "f8")], align=True)
# the book: the columns of the event log one after the other, the widest first, in one stretch of bytes
BOOK: Final = (
    ("time", "f8"), ("value", "f8"), ("sponsor", "f8"), ("user", "f8"), ("client_outcome", "f8"), ("usage", "f8"),
    ("health", "f8"), ("observed", "f8"), ("mrr", "i8"), ("account", "i4"), ("item", "i4"), ("kind", "i2"),
    ("team", "i1"), ("cause", "i1"), ("emotion", "i1"), ("stage", "i1"),
)  # fmt: skip
ROW_BYTES: Final = sum(np.dtype(kind).itemsize for _, kind in BOOK)


class State(NamedTuple):
    """All there is in a run. Shapes in brackets; n accounts, S segments, M months.

    Attributes
    ----------
    company : COMPANY [1]
    parameters : float64 [M · S, WIDTH]
    months : MONTH [M]
    limits : LIMIT [S]
    edits : float64, as `packing.packed` puts them
    programmes : PROGRAMME [programmes]
    accounts : ACCOUNT [n], by phase
    treated : float64 [n, interventions]
    terms : TERM [n]
    past : float64 [n, 3], observed health at the last three reviews
    scores : float64 [n], of a policy; NaN for none
    slots : int32 [n], places in `accounts` in the order of account numbers
    arrivals : ARRIVAL [n], by time and account
    appointments : APPOINTMENT, staff and charges by time and rank
    events : EVENT [capacity], by sheets
    near : int32 [capacity], heap of events
    ring : MONTHLY [a power of two, at least n], the next review of nearly every account
    buckets : int32, heads of lists of events
    drawers : DRAWER, the place that the next event of each will have
    sheets : int32, the sheet below each in its drawer, or among the free ones
    jobs : JOB [capacity]
    teams : TEAM [5]
    lines : PLACE [5, capacity]
    starts, hops : int32 rings of errands, length a power of two
    book : bytes [ROW_BYTES · capacity], the columns of `BOOK`
    tallied : TALLIED [n], where a tally is kept
    mrr_then : int64 [12, n], MRR at the beginnings of the last twelve months, where a tally is kept
    counts, cohorts, days : int64, as in `cxsim.tally.MonthlyTable`
    charged : CHARGED [n], the hazards for which the month was charged in advance, where the run will be forked
    orders : ORDER, what a policy wants done now
    """

    company: Array
    parameters: Array
    months: Array
    limits: Array
    edits: Array
    programmes: Array
    accounts: Array
    treated: Array
    terms: Array
    past: Array
    scores: Array
    slots: Array
    arrivals: Array
    appointments: Array
    events: Array
    near: Array
    ring: Array
    buckets: Array
    drawers: Array
    sheets: Array
    jobs: Array
    teams: Array
    lines: Array
    starts: Array
    hops: Array
    book: Array
    tallied: Array
    mrr_then: Array
    counts: Array
    cohorts: Array
    days: Array
    charged: Array
    orders: Array


def lined_up(n: int, dtype: np.dtype[Any]) -> Array:
    """So many empty records, the first of which begins a line of memory."""
    room = np.zeros(n * dtype.itemsize + LINE, dtype=np.uint8)
    skipped = -room.ctypes.data % LINE
    return room[skipped : skipped + n * dtype.itemsize].view(dtype)


def bound(state: State) -> State:
    """The same state, its company's record knowing where the arrays stand and how long they are."""
    c = state.company
    lengths = (
        len(state.accounts), state.treated.shape[1], len(state.months), len(state.parameters), len(state.edits),
        len(state.programmes), len(state.appointments), len(state.events), len(state.near), len(state.ring),
        len(state.buckets), len(state.drawers), len(state.sheets), len(state.jobs), len(state.starts), len(state.hops),
        len(state.book) // ROW_BYTES,
        len(state.tallied), state.counts.size, state.cohorts.size, state.days.size, len(state.charged),
        len(state.orders),
    )  # fmt: skip
    margins = c["book_margin"][0], c["sheet_margin"][0], c["job_margin"][0]
    full = [lengths[size] - margin for size, margin in zip(_SIZES, margins, strict=True)]
    addresses = [array.ctypes.data for array in state[1:]]
    # all fields are eight bytes wide, and these the last ones
    c.view(np.int64)[-len(LENGTHS) - len(FULL) - len(ARRAYS) :] = [*lengths, *full, *addresses]
    return state


def columns_of(book: Array, n: int) -> dict[str, Array]:
    """The first n rows of each column of a book: views, not copies."""
    capacity, at, columns = len(book) // ROW_BYTES, 0, {}
    for name, kind in BOOK:
        width = np.dtype(kind).itemsize
        columns[name] = book[at : at + width * n].view(kind)
        at += width * capacity
    return columns
