"""From a plan, luck and a roster to the state of a company on its first day; room that grows when it is used up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim import events
from cxsim.engines.compiled.queue import NOWHERE
from cxsim.engines.compiled.state import (
    ACCOUNT,
    APPOINTMENT,
    ARRIVAL,
    COMPANY,
    EVENT,
    JOB,
    LIMIT,
    MONTH,
    PAST,
    PLACE,
    PROGRAMME,
    ROW_BYTES,
    SCORE,
    TALLIED,
    TEAM,
    TEAMS,
    WIDTH,
    Array,
    State,
    bound,
    columns_of,
)
from cxsim.engines.compiled.tally import NOT_YET
from cxsim.interventions import MULTIPLY
from cxsim.parameters.adoption import TICKET_CEILING, TICKET_EARLY, TICKET_EARLY_FADE, TICKET_RATE
from cxsim.plan import Plan
from cxsim.rules.edits import OPERATION, PARAMETER, SIZE
from cxsim.rules.hazards import NEVER
from cxsim.streams import Luck
from cxsim.tally import empty_table

MOST_ROWS = 20_000_000  # of a book at first
ROOM = 512  # more events, jobs and rows than a single happening can need beside what grows with the company
FIELDS_OF_ROSTER = ("account", "segment", "referred", "mrr", "term", "touch", "fit", "promise", "frailty")


def first_state(
    plan: Plan,
    luck: Luck,
    roster: dict[str, Array],
    staff: Sequence[tuple[float, int, int]],
    keeps_book: bool,
    tallies: bool = False,
) -> State:
    """A company on its first day: everyone who may ever come is known, nothing has happened."""
    n = len(roster["account"])
    accounts, slots = _accounts(roster)
    arrivals = _arrivals(roster, slots)
    appointments = _appointments(plan, staff)
    most_arrivals = int(np.bincount(np.floor(arrivals["time"] + plan.history).astype(np.int64)).max()) if n else 0
    margin = most_arrivals + len(appointments) + ROOM
    capacity = _power_of_two(margin + 4 * n)
    jobs = _power_of_two(ROOM + margin + n)
    per_month = max(64, _power_of_two(n) // 2)
    company = np.zeros(1, dtype=COMPANY)
    for name, number in {
        "seed": luck.seed, "replication": luck.replication, "branch": luck.branch, "now": -float(plan.history),
        "history": plan.history, "horizon": plan.horizon, "segments": len(plan.segments), "keeps_book": keeps_book,
        "tallies": tallies,
        "per_month": per_month, "book_margin": n + ROOM, "event_margin": margin, "bucket": -1,
    }.items():  # fmt: skip
        company[name] = number
    months = plan.history + plan.horizon
    table = empty_table(plan.segments, plan.horizon if tallies else 0)
    ceilings = np.zeros(months, dtype=MONTH)
    ceilings["referral_ceiling"], ceilings["ordinary_ceiling"] = np.array(plan.ceilings).reshape(-1, 2).T
    return bound(State(
        company=company,
        parameters=np.array(plan.parameters).reshape(-1, WIDTH),
        months=ceilings,
        limits=_limits(plan),
        edits=np.array(plan.edits, dtype=np.float64).reshape(-1, 7),
        programmes=_programmes(plan),
        accounts=accounts,
        treated=np.full((n, plan.n_interventions), NEVER),
        past=np.zeros(n, dtype=PAST),
        scores=np.full(n, np.nan).view(SCORE),
        slots=slots,
        arrivals=arrivals,
        appointments=appointments,
        events=_linked(np.zeros(capacity, dtype=EVENT), 0),
        near=np.zeros(capacity, dtype=np.int32),
        buckets=np.full(2 * per_month, NOWHERE, dtype=np.int32),
        far=np.full(months + 2, NOWHERE, dtype=np.int32),
        jobs=_linked(np.zeros(jobs, dtype=JOB), 0),
        teams=np.zeros(TEAMS, dtype=TEAM),
        lines=np.zeros((TEAMS, jobs), dtype=PLACE),
        starts=np.zeros(64, dtype=np.int32),
        hops=np.zeros(4 * jobs, dtype=np.int32),
        book=new_book(n, months) if keeps_book else np.empty(0, dtype=np.uint8),
        tallied=_tallied(n if tallies else 0),
        counts=table.counts,
        cohorts=table.cohorts,
        days=table.days,
    ))  # fmt: skip


def new_book(n: int, months: int) -> Array:
    """Room for the rows of a usual run; memory that is not written to costs nothing."""
    rows = min(2 * n * months, MOST_ROWS) + 2 * n + 16 * ROOM
    return np.empty(ROW_BYTES * rows, dtype=np.uint8)


def with_more_rows(state: State) -> State:
    """Twice the room for the book."""
    n = int(state.company["n_rows"][0])
    book = np.empty(2 * len(state.book), dtype=np.uint8)
    for old, new in zip(columns_of(state.book, n).values(), columns_of(book, n).values(), strict=True):
        new[:] = old
    return bound(state._replace(book=book))


def _tallied(n: int) -> Array:
    """Nothing has happened yet."""
    tallied = np.zeros(n, dtype=TALLIED)
    for moment in ("signed_at", "twelfth_at", "left_at", "kicked_at"):
        tallied[moment] = np.inf
    tallied["joined"] = NOT_YET
    return tallied


def with_more_events(state: State) -> State:
    """Twice the room for events."""
    old = len(state.events)
    events_ = _grown(state.events)
    _linked(events_, old, int(state.company["free_event"][0]))
    state.company["free_event"] = old
    return bound(state._replace(events=events_, near=_grown(state.near)))


def with_more_jobs(state: State) -> State:
    """Twice the room for jobs."""
    old = len(state.jobs)
    jobs = _grown(state.jobs)
    _linked(jobs, old, int(state.company["free_job"][0]))
    state.company["free_job"] = old
    lines = np.zeros((TEAMS, 2 * old), dtype=PLACE)
    lines[:, :old] = state.lines
    assert state.company["first_hop"][0] == state.company["last_hop"][0], "errands are done between events"
    return bound(state._replace(jobs=jobs, lines=lines, hops=np.zeros(8 * old, dtype=np.int32)))


def _power_of_two(n: int) -> int:
    return 1 << max(n - 1, 1).bit_length()


def _grown(array: Array) -> Array:
    return np.concatenate((array, np.zeros_like(array)))


def _linked(pool: Array, first: int, then: int = NOWHERE) -> Array:
    """Chain the places of a pool from `first` on as free ones."""
    pool["next"][first:] = np.arange(first + 1, len(pool) + 1)
    pool["next"][-1] = then
    return pool


def _accounts(roster: dict[str, Array]) -> tuple[Array, Array]:
    """Records in the order of phase, those of the history first; and each account's place by account number."""
    at = roster["sign_up_at"]
    order = np.lexsort((roster["account"], at - np.floor(at), at >= 0.0))
    accounts = np.zeros(len(order), dtype=ACCOUNT)
    for name in FIELDS_OF_ROSTER:
        accounts[name] = roster[name][order]
    accounts["stay_at"] = at[order]
    accounts["pending"] = events.NO_CAUSE
    slots = np.empty(len(order), dtype=np.int32)
    slots[order] = np.arange(len(order), dtype=np.int32)
    return accounts, slots


def _arrivals(roster: dict[str, Array], slots: Array) -> Array:
    order = np.lexsort((roster["account"], roster["sign_up_at"]))
    arrivals = np.zeros(len(order), dtype=ARRIVAL)
    arrivals["time"], arrivals["slot"] = roster["sign_up_at"][order], slots[order]
    return arrivals


def _appointments(plan: Plan, staff: Sequence[tuple[float, int, int]]) -> Array:
    """Changes of headcount and charges, in order of time."""
    rows = [(time, events.HEADCOUNT, team, team, people) for time, team, people in staff]
    rows += [(time, events.CHARGE, n, which, amount) for n, (time, which, amount) in enumerate(plan.charges)]
    return np.array(sorted(rows), dtype=APPOINTMENT)


def _limits(plan: Plan) -> Array:
    """What ticket candidates can come to at most; infinite where a later month or an edit could surprise."""
    rows = plan.parameters
    limits = np.zeros(len(plan.segments), dtype=LIMIT)
    limits["rate"], limits["early"] = rows[:, :, TICKET_RATE].max(axis=0), rows[:, :, TICKET_EARLY].max(axis=0)
    limits["fade"], limits["ceiling"] = rows[0, :, TICKET_EARLY_FADE], rows[0, :, TICKET_CEILING]
    for parameter in (TICKET_EARLY_FADE, TICKET_CEILING):
        limits["rate"][(rows[:, :, parameter] != rows[0, :, parameter]).any(axis=0)] = np.inf
    for edit in plan.edits:
        raises = edit[OPERATION] != MULTIPLY or edit[SIZE] > 1.0
        if int(edit[PARAMETER]) in (TICKET_RATE, TICKET_EARLY) and raises:
            limits["rate"] = np.inf
    return limits


def _programmes(plan: Plan) -> Array:
    programmes = np.zeros(len(plan.programmes), dtype=PROGRAMME)
    for k, programme in enumerate(plan.programmes):
        for name in PROGRAMME.names or ():
            programmes[name][k] = getattr(programme, name)
    return programmes
