"""The compiled clock: one loop over arrays, chapter by chapter the same story as the reference, bit for bit.

`state` holds the arrays, `queue` the calendar; the chapters `leaving`, `renewal`, `support`, `conversations`,
`onboarding`, `treatment`, `months` and `life` tell the same as those of `cxsim.engines.reference`; `loop` turns.
"""

from __future__ import annotations

from typing import Any

from cxsim.compiling import machine
from cxsim.engines.compiled import loop
from cxsim.engines.compiled.setup import first_state, with_more_events, with_more_jobs, with_more_rows
from cxsim.engines.compiled.state import Array, State, columns_of
from cxsim.eventlog import COLUMNS
from cxsim.plan import Plan, staff
from cxsim.roster import Candidate, as_columns
from cxsim.streams import Luck


def run(plan: Plan, luck: Luck, roster: list[Candidate]) -> list[tuple[Any, ...]]:
    """Rows of a run in the order of the event log's columns; as the reference's `run`."""
    columns = book_of(plan, luck, as_columns(roster))
    return list(zip(*(columns[name].tolist() for name in COLUMNS), strict=True))


def book_of(plan: Plan, luck: Luck, roster: dict[str, Array]) -> dict[str, Array]:
    """Let everything happen; the columns of the event log."""
    advance = machine(loop.advance)
    state = first_state(plan, luck, roster, staff(plan, luck), True)
    while True:
        why = advance(state.company, float(plan.horizon))
        if why == loop.DONE:
            return columns_of(state.book, int(state.company["n_rows"][0]))
        state = grown(state, why)


def grown(state: State, why: int) -> State:
    """More room for what has run out of it."""
    if why == loop.QUEUE_FULL:
        return with_more_events(state)
    if why == loop.JOBS_FULL:
        return with_more_jobs(state)
    return with_more_rows(state)
