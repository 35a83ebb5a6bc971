"""The compiled clock: one loop over arrays, chapter by chapter the same story as the reference, bit for bit.

`state` holds the arrays, `queue` the calendar; the chapters `leaving`, `renewal`, `support`, `conversations`,
`onboarding`, `treatment`, `months` and `life` tell the same as those of `cxsim.engines.reference`; `loop` turns.
Around it: `setting` and `setup` make the state, `course` lets the loop go and sees to what it stops for, `policy` shows
it to a policy, `history` remembers what many runs share, `table` reads the tally off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cxsim.engines.compiled.course import Columns, Course, Sink, grown, told
from cxsim.engines.compiled.history import opened, people_of, seeing
from cxsim.engines.compiled.setting import Setting, cast
from cxsim.engines.compiled.setup import founded
from cxsim.engines.compiled.table import make_ready, tally
from cxsim.engines.seen import Desk
from cxsim.eventlog import COLUMNS
from cxsim.plan import Plan, staff
from cxsim.roster import Candidate, as_columns, roster_columns
from cxsim.streams import Fork, Luck

__all__ = ["Setting", "grown", "log_columns", "make_ready", "run", "stream_log", "tally"]


def run(
    plan: Plan,
    luck: Luck,
    roster: list[Candidate],
    desk: Desk | None = None,
    processes: Sequence[Callable[[Any], Any]] = (),
    fork: Fork | None = None,
) -> list[tuple[Any, ...]]:
    """Rows of a run in the order of the event log's columns; as the reference's `run`, but for processes."""
    assert not processes, "stories of the user's own are told on the reference engine"
    setting, changes = Setting(plan), staff(plan, luck, fork)
    people = cast(as_columns(roster), plan.history)
    state = founded(setting, luck, people, changes, keeps_book=True, tallies=False, forks=fork is not None)
    columns = told(Course(seeing(state, setting, fork)), desk, fork).columns()
    return list(zip(*(columns[name].tolist() for name in COLUMNS), strict=True))


def log_columns(plan: Plan, luck: Luck, desk: Desk | None = None, fork: Fork | None = None) -> tuple[Columns, Columns]:
    """The columns of a run's event log, and those of its roster; nobody can write to them."""
    setting = Setting(plan)
    people = people_of(setting, luck, fork)
    course = opened(setting, luck, people, staff(plan, luck, fork), fork, keeps_book=True, tallies=False)
    return told(course, desk, fork).columns(), people.roster


def stream_log(
    plan: Plan, luck: Luck, sink: Sink, desk: Desk | None = None, fork: Fork | None = None, rows: int = 2_000_000
) -> Columns:
    """Hand the columns of a run's event log to a sink, some rows at a time; the columns of its roster.

    What is handed over stands only until the sink returns, and the book holds about so many rows.
    """
    setting, changes = Setting(plan), staff(plan, luck, fork)
    people = cast(roster_columns(plan, luck, fork), plan.history)
    state = founded(
        setting, luck, people, changes,
        keeps_book=True, tallies=False, forks=fork is not None, rows=rows, alone=True,
    )  # fmt: skip
    course = told(Course(seeing(state, setting, fork), sink), desk, fork)
    course.turn_page(sink)
    return people.roster
