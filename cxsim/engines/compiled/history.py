"""Histories that were lived through once: runs that share one go on from month 0.

What happens before month 0 depends on the world alone, for levers and shocks begin at 0. So the arms of a comparison
share it, and so do a run and its branches, and whoever moves a slider and asks again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from cxsim.engines.compiled.course import Course
from cxsim.engines.compiled.setting import Cast, Setting, Staff, cast
from cxsim.engines.compiled.setup import (
    ROOM,
    copy_rows,
    founded,
    joined,
    longer,
    margin_of,
    new_book,
    power_of_two,
    sheets_for,
    untold,
)
from cxsim.engines.compiled.shelf import Shelf
from cxsim.engines.compiled.state import (
    ACCOUNT,
    ORDER,
    PLACE,
    SCORE,
    SHEET,
    TEAMS,
    Array,
    State,
    bound,
    columns_of,
)
from cxsim.roster import roster_columns
from cxsim.rules.hazards import NEVER
from cxsim.streams import Fork, Luck
from cxsim.tally import FIRST_YEAR, empty_table

OPENING: Final = 0.0  # up to here nothing depends on what is done to a world


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """What a run that goes on from month 0 needs of its history; accounts are those that came before."""

    company: Array
    accounts: Array
    terms: Array
    past: Array
    tallied: Array
    charged: Array
    events: Array
    near: Array
    ring: Array
    buckets: Array
    drawers: Array
    sheets: Array
    jobs: Array
    teams: Array
    lines: tuple[Array, ...]
    book: dict[str, Array]

    @property
    def n_bytes(self) -> int:
        """Memory that it takes."""
        own = [found for field in fields(self) if isinstance(found := getattr(self, field.name), np.ndarray)]
        return sum(array.nbytes for array in (*own, *self.lines, *self.book.values()))


CASTS: Final[Shelf[Cast]] = Shelf(64 << 20)
HISTORIES: Final[Shelf[Kept]] = Shelf(256 << 20)


def people_of(setting: Setting, luck: Luck, fork: Fork | None) -> Cast:
    """The candidates of a run."""
    key = (setting.key_of_roster, luck.seed, luck.replication, luck.branch, fork)
    found = CASTS.get(key)
    if found is None:
        found = cast(roster_columns(setting.plan, luck, fork), setting.plan.history)
        CASTS.put(key, found)
    return found


def opened(
    setting: Setting,
    luck: Luck,
    people: Cast,
    changes: Staff,
    fork: Fork | None,
    *,
    keeps_book: bool,
    tallies: bool,
) -> Course:
    """A run that has come to month 0, or is about to begin; `changes` are those of staff.

    The people must be those of `people_of`: what their luck is called stands for them. A history that is too large to
    be kept for others is not stopped at month 0, and may look beyond it.
    """
    plan = setting.plan
    alone = not CASTS.takes(people.n_bytes)

    def first_day() -> State:
        return founded(
            setting, luck, people, changes,
            keeps_book=keeps_book, tallies=tallies, forks=fork is not None, alone=alone,
        )  # fmt: skip

    if not (plan.history and people.first and HISTORIES.takes(people.first * ACCOUNT.itemsize)):
        return Course(seeing(first_day(), setting, fork))
    before = tuple(change for change in changes if change[0] < OPENING)
    key = (
        setting.key_of_history, luck.seed, luck.replication, luck.branch, before, keeps_book, tallies, fork is not None,
    )  # fmt: skip
    kept = HISTORIES.get(key)
    if kept is None:
        course = Course(seeing(first_day(), setting, Fork(OPENING, 0)))
        course.until(OPENING)
        HISTORIES.put(key, kept_of(course, people.first))
        course.state = seeing(course.state, setting, fork)
        return course
    return Course(resumed(kept, setting, people, changes, fork))


def seeing(state: State, setting: Setting, fork: Fork | None) -> State:
    """The same, looking ahead no further than to a moment at which luck or the world may turn."""
    state.company["sight"] = setting.plan.horizon if fork is None else fork.at
    return bound(state._replace(limits=setting.limits if fork is None else setting.no_limits))


def kept_of(course: Course, first: int) -> Kept:
    """A copy of what others may go on from."""
    s = course.state
    n_sheets, n_jobs = int(s.company["fresh_sheet"][0]), int(s.company["fresh_job"][0])
    assert not any(counted.any() for counted in (s.counts, s.cohorts, s.days)), "nothing is counted before month 0"
    return Kept(
        company=s.company.copy(),
        accounts=s.accounts[:first].copy(),
        terms=s.terms[:first].copy(),
        past=s.past[:first].copy(),
        tallied=s.tallied[:first].copy(),
        charged=s.charged[:first].copy(),
        events=s.events[: SHEET * n_sheets].copy(),
        near=s.near[: int(s.company["n_near"][0])].copy(),
        ring=s.ring.copy(),
        buckets=s.buckets.copy(),
        drawers=s.drawers.copy(),
        sheets=s.sheets[:n_sheets].copy(),
        jobs=s.jobs[:n_jobs].copy(),
        teams=s.teams.copy(),
        lines=tuple(line[:n].copy() for line, n in zip(s.lines, s.teams["n_waiting"].tolist(), strict=True)),
        book={name: column.copy() for name, column in course.columns().items()},
    )


def resumed(kept: Kept, setting: Setting, people: Cast, changes: Staff, fork: Fork | None) -> State:
    """The state at month 0 of a run of its own."""
    plan, n, first = setting.plan, len(people.accounts), len(kept.accounts)
    appointments = setting.appointments(changes)
    margin = margin_of(people, appointments)
    company = kept.company.copy()
    keeps_book, tallies = bool(company["keeps_book"][0]), bool(company["tallies"][0])
    book = np.empty(0, dtype=np.uint8)
    if keeps_book:
        n_rows = len(kept.book["time"])
        book = new_book(n, plan.horizon, written=n_rows)
        copy_rows(kept.book, columns_of(book, n_rows))
    room = sheets_for(margin, len(kept.drawers))
    company["book_margin"], company["sheet_margin"], company["job_margin"] = n + ROOM, room, margin
    # half as many again as the history came to need, for what is under way does not change much
    n_sheets, n_jobs = power_of_two(len(kept.sheets) * 3 // 2 + room), power_of_two(len(kept.jobs) * 3 // 2 + margin)
    lines = np.zeros((TEAMS, n_jobs), dtype=PLACE)
    for line, waiting in zip(lines, kept.lines, strict=True):
        line[: len(waiting)] = waiting
    table = empty_table(plan.segments, plan.horizon if tallies else 0)
    return seeing(State(
        company=company,
        parameters=setting.parameters,
        months=setting.months,
        limits=setting.limits,
        edits=setting.edits,
        programmes=setting.programmes.copy(),
        accounts=joined(kept.accounts, people.accounts[first:]),
        treated=np.full((n, plan.n_interventions), NEVER),
        terms=longer(kept.terms, n),
        past=longer(kept.past, n),
        scores=np.full(n, np.nan).view(SCORE),
        slots=people.slots,
        arrivals=people.arrivals,
        appointments=appointments,
        events=longer(kept.events, SHEET * n_sheets),
        near=longer(kept.near, SHEET * n_sheets),
        ring=kept.ring.copy(),
        buckets=kept.buckets.copy(),
        drawers=kept.drawers.copy(),
        sheets=longer(kept.sheets, n_sheets),
        jobs=longer(kept.jobs, n_jobs),
        teams=kept.teams.copy(),
        lines=lines,
        starts=np.zeros(64, dtype=np.int32),
        hops=np.zeros(4 * n_jobs, dtype=np.int32),
        book=book,
        mrr_then=np.zeros((FIRST_YEAR, n if tallies else 0), dtype=np.int64),
        tallied=joined(kept.tallied, untold(n - first if tallies else 0)),
        counts=table.counts,
        cohorts=table.cohorts,
        days=table.days,
        charged=longer(kept.charged, n if len(kept.charged) else 0),
        orders=np.zeros(0, dtype=ORDER),
    ), setting, fork)  # fmt: skip
