"""The course of a run: the loop is let go, and what it stops for is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cxsim.compiling import machine
from cxsim.engines.compiled import loop
from cxsim.engines.compiled.memory import door
from cxsim.engines.compiled.policy import orders_of
from cxsim.engines.compiled.setting import sealed
from cxsim.engines.compiled.setup import with_more_events, with_more_jobs, with_more_rows, with_room_to_fork
from cxsim.engines.compiled.state import Array, State, bound, columns_of
from cxsim.engines.seen import Desk
from cxsim.streams import Fork

Columns = Mapping[str, Array]
Sink = Callable[[Columns], None]


class Course:
    """One run under way.

    Attributes
    ----------
    state : State
    sink : callable, optional
        Takes the columns of the book whenever it is full, which then begins anew; without one the book grows.
    """

    def __init__(self, state: State, sink: Sink | None = None) -> None:
        self.state = state
        self.sink = sink

    def until(self, time: float, desk: Desk | None = None) -> None:
        """Let everything happen that comes before `time` [months]; at each month's beginning a policy is asked."""
        advance = machine(loop.advance)
        self.state.company["pauses"] = desk is not None
        while True:
            why = advance(door(self.state.company), time)
            if len(self.state.orders):  # they have been carried out
                self.state = bound(self.state._replace(orders=self.state.orders[:0]))
            if why == loop.DONE:
                return
            if why == loop.BOOK_FULL and self.sink is not None:
                self.turn_page(self.sink)
            elif why == loop.AT_MONTH:
                assert desk is not None
                self.state = orders_of(self.state, desk)
            else:
                self.state = grown(self.state, why)

    def branch_off(self, fork: Fork) -> None:
        """From a moment on, which it is, luck is that of a branch."""
        self.state = with_room_to_fork(self.state)
        self.state.company["now"], self.state.company["turns_to"] = fork.at, fork.branch
        self.state.company["sight"] = self.state.company["horizon"]

    def turn_page(self, sink: Sink) -> None:
        """Hand over what is written; the book goes on at its first row."""
        sink(self.columns())
        self.state.company["n_rows"] = 0

    def columns(self) -> Columns:
        """What is written in the book, as the columns of the event log: views of it."""
        columns = columns_of(self.state.book, int(self.state.company["n_rows"][0]))
        return {name: sealed(column) for name, column in columns.items()}


def told(course: Course, desk: Desk | None, fork: Fork | None) -> Course:
    """The same run at its horizon."""
    if fork is not None:
        course.until(float(fork.at), desk)
        course.branch_off(fork)
    course.until(float(course.state.company["horizon"][0]), desk)
    return course


def grown(state: State, why: int) -> State:
    """More room for what has run out of it."""
    if why == loop.QUEUE_FULL:
        return with_more_events(state)
    return with_more_jobs(state) if why == loop.JOBS_FULL else with_more_rows(state)
