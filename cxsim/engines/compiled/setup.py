"""From a plan, luck and people to the state of a company on its first day; room that grows when it is used up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxsim.engines.compiled.setting import Cast, Setting, Staff, cast
from cxsim.engines.compiled.state import (
    CHARGED,
    COMPANY,
    DRAWER,
    EVENT,
    JOB,
    MONTHLY,
    NOWHERE,
    ORDER,
    PAST,
    PLACE,
    ROW_BYTES,
    SCORE,
    SHEET,
    TALLIED,
    TEAM,
    TEAMS,
    TERM,
    Array,
    State,
    bound,
    columns_of,
    lined_up,
)
from cxsim.engines.compiled.tally import NOT_YET
from cxsim.plan import Plan
from cxsim.rules.hazards import NEVER
from cxsim.streams import Luck
from cxsim.tally import FIRST_YEAR, empty_table

ROOM = 512  # more events, jobs and rows than a single happening can need beside what grows with the company
NEAR = 10_000  # candidates whose records a processor keeps near: some megabytes
MOST_ROWS = 20_000_000  # of a book at first


def first_state(
    plan: Plan, luck: Luck, roster: Mapping[str, Array], staff: Staff, keeps_book: bool, tallies: bool = False
) -> State:
    """A company on its first day: everyone who may ever come is known, nothing has happened."""
    people = cast(roster, plan.history)
    return founded(Setting(plan), luck, people, staff, keeps_book=keeps_book, tallies=tallies, alone=True)


def founded(
    setting: Setting,
    luck: Luck,
    people: Cast,
    staff: Staff,
    *,
    keeps_book: bool,
    tallies: bool,
    forks: bool = False,
    rows: int | None = None,
    alone: bool = False,
) -> State:
    """The same from what runs share.

    `forks` says that luck will be dealt afresh some day, `rows` how large a book to begin with; that of a usual run
    unless given. Of people whom nobody else asks for, `alone`, the records themselves are lived in, not a copy.
    """
    plan, n = setting.plan, len(people.accounts)
    months, appointments = plan.history + plan.horizon, setting.appointments(staff)
    margin = margin_of(people, appointments)
    per_month, drawer = buckets_of(people, plan)
    drawers = (months + 2) * per_month // drawer
    sheets, jobs = power_of_two(sheets_for(margin + n, drawers)), power_of_two(ROOM + margin + n)
    company = np.zeros(1, dtype=COMPANY)
    for name, number in {
        "seed": luck.seed, "replication": luck.replication, "branch": luck.branch, "trunk": luck.branch,
        "now": -float(plan.history), "history": plan.history, "horizon": plan.horizon, "sight": plan.horizon,
        "segments": len(plan.segments), "keeps_book": keeps_book, "tallies": tallies, "per_month": per_month,
        "drawer_bits": drawer.bit_length() - 1, "bucket": -1, "free_sheet": NOWHERE, "free_job": NOWHERE,
        "book_margin": n + ROOM, "sheet_margin": sheets_for(margin, drawers), "job_margin": margin,
        "fetches": n > NEAR,
    }.items():  # fmt: skip
        company[name] = number
    table = empty_table(plan.segments, plan.horizon if tallies else 0)
    accounts = people.accounts if alone else longer(people.accounts, n)
    accounts.setflags(write=True)
    return bound(State(
        company=company,
        parameters=setting.parameters,
        months=setting.months,
        limits=setting.limits,
        edits=setting.edits,
        programmes=setting.programmes.copy(),
        accounts=accounts,
        treated=np.full((n, plan.n_interventions), NEVER),
        terms=np.zeros(n, dtype=TERM),
        past=np.zeros(n, dtype=PAST),
        scores=np.full(n, np.nan).view(SCORE),
        slots=people.slots,
        arrivals=people.arrivals,
        appointments=appointments,
        events=lined_up(SHEET * sheets, EVENT),
        near=np.zeros(SHEET * sheets, dtype=np.int32),
        ring=ring_of(n),
        buckets=np.full(2 * drawer, NOWHERE, dtype=np.int32),
        drawers=np.zeros(drawers, dtype=DRAWER),
        sheets=np.zeros(sheets, dtype=np.int32),
        jobs=lined_up(jobs, JOB),
        teams=np.zeros(TEAMS, dtype=TEAM),
        lines=np.zeros((TEAMS, jobs), dtype=PLACE),
        starts=np.zeros(64, dtype=np.int32),
        hops=np.zeros(4 * jobs, dtype=np.int32),
        book=new_book(n, months, rows) if keeps_book else np.empty(0, dtype=np.uint8),
        tallied=untold(n if tallies else 0),
        mrr_then=np.zeros((FIRST_YEAR, n if tallies else 0), dtype=np.int64),
        counts=table.counts,
        cohorts=table.cohorts,
        days=table.days,
        charged=np.zeros(n if forks else 0, dtype=CHARGED),
        orders=np.zeros(0, dtype=ORDER),
    ))  # fmt: skip


def margin_of(people: Cast, appointments: Array) -> int:
    """Events and jobs that must have room before a happening is handled."""
    return people.most_arrivals + len(appointments) + ROOM


def buckets_of(people: Cast, plan: Plan) -> tuple[int, int]:
    """Buckets of a month, and of a drawer.

    By the candidates, which are reckoned from those of the history so that all futures agree. A drawer has more where
    there are more in a month, and there are more drawers: what is at hand, and the sheets that are being filled, shall
    both stay in the fast part of memory.
    """
    n = len(people.accounts)
    if people.first:
        n = people.first * (plan.history + plan.horizon) // plan.history
    per_month = max(64, power_of_two(n) // 2)
    return per_month, 1 << (per_month.bit_length() + 4) // 2


def sheets_for(events: int, drawers: int) -> int:
    """The most sheets that so many more events can need, wherever they go."""
    return min(events, events // SHEET + drawers)


def ring_of(n: int) -> Array:
    """The ring before anything was appointed, with room for n and more."""
    return np.zeros(power_of_two(n), dtype=MONTHLY)


def new_book(n: int, months: int, rows: int | None = None, written: int = 0) -> Array:
    """Room for rows, those of a usual run unless given, beside those written.

    Memory that is not written to costs nothing.
    """
    rows = min(2 * n * months, MOST_ROWS) if rows is None else rows
    return np.empty(ROW_BYTES * (written + rows + 2 * n + 16 * ROOM), dtype=np.uint8)


def untold(n: int) -> Array:
    """Nothing has happened yet."""
    one = np.zeros(1, dtype=TALLIED)
    for moment in ("signed_at", "twelfth_at", "left_at", "kicked_at"):
        one[moment] = np.inf
    one["joined"] = NOT_YET
    return np.repeat(one, n)


def with_room(state: State, *, rows: int = 0, events: int = 0, jobs: int = 0, starts: int = 0) -> State:
    """Room for so much more than a single happening needs."""
    c = state.company[0]
    while c["keeps_book"] and c["n_rows"] + rows > c["full_book"]:
        state = with_more_rows(state)
    while c["n_sheets"] + sheets_for(events, len(state.drawers)) > c["full_queue"]:
        state = with_more_events(state)
    while c["n_jobs"] + jobs > c["full_jobs"]:
        state = with_more_jobs(state)
    if starts > len(state.starts):
        assert c["first_start"] == c["last_start"], "errands are done between events"
        state = bound(state._replace(starts=np.zeros(power_of_two(starts), dtype=np.int32)))
    return state


def with_orders(state: State, orders: Array) -> State:
    """What a policy wants done, and room for what may come of it at once: treated, asked for, begun."""
    n = len(orders)
    return with_room(bound(state._replace(orders=orders)), rows=3 * n, events=n, jobs=n, starts=n)


def with_room_to_fork(state: State) -> State:
    """Room for an intent and a failed payment of each account, which are appointed anew."""
    return with_room(state, events=2 * len(state.accounts))


def with_more_rows(state: State) -> State:
    """Twice the room for the book."""
    n = int(state.company["n_rows"][0])
    book = np.empty(2 * len(state.book), dtype=np.uint8)
    copy_rows(columns_of(state.book, n), columns_of(book, n))
    return bound(state._replace(book=book))


def copy_rows(columns: Mapping[str, Array], to: Mapping[str, Array]) -> None:
    """Copy column by column."""
    for name, column in to.items():
        column[:] = columns[name]


def with_more_events(state: State) -> State:
    """Twice the room for events."""
    near = np.append(state.near, np.zeros(len(state.near), dtype=np.int32))
    sheets = np.append(state.sheets, np.zeros(len(state.sheets), dtype=np.int32))
    return bound(state._replace(events=_grown(state.events), near=near, sheets=sheets))


def with_more_jobs(state: State) -> State:
    """Twice the room for jobs."""
    old = len(state.jobs)
    lines = np.zeros((TEAMS, 2 * old), dtype=PLACE)
    lines[:, :old] = state.lines
    assert state.company["first_hop"][0] == state.company["last_hop"][0], "errands are done between events"
    return bound(state._replace(jobs=_grown(state.jobs), lines=lines, hops=np.zeros(8 * old, dtype=np.int32)))


def power_of_two(n: int) -> int:
    """The smallest power of two, from 2 on, that is not below n."""
    return 1 << max(n - 1, 1).bit_length()


def joined(array: Array, more: Array) -> Array:
    """Two arrays of records one after the other; copied as bytes, for field by field takes five times as long."""
    whole = lined_up(len(array) + len(more), array.dtype)
    whole.view(np.uint8)[: array.nbytes] = array.view(np.uint8)
    whole.view(np.uint8)[array.nbytes :] = more.view(np.uint8)
    return whole


def longer(array: Array, n: int) -> Array:
    """A copy with room for n."""
    whole = lined_up(n, array.dtype)
    whole.view(np.uint8)[: array.nbytes] = array.view(np.uint8)
    return whole


def _grown(array: Array) -> Array:
    return joined(array, np.zeros_like(array))
