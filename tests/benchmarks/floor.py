"""The floor: the same laws, draws and teams in a bare loop, told beforehand what comes next.

The events of a real run are taken down as the queue hands them out. Then the same chapters of the compiled clock are
played from that tape: `push` keeps nothing but its last arguments, `pop` is a walk along the tape that asks for memory
as early as the clock's calendar does, and no row is written. What is left is what any clock has to do, whatever its
queue: the laws and draws, the state in its records, the lines of people who wait for a team, and one dispatch an event.
That nothing else was left out is checked by the accounts' records at the end, which must be those of the real run to
the last bit.

Everything is compiled anew, without a cache.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import clocks
import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from cxsim import compiling
from cxsim.engines import compiled
from cxsim.engines.compiled import queue
from cxsim.engines.compiled.ahead import fetch_subject
from cxsim.engines.compiled.loop import found, handle, settle_moment
from cxsim.engines.compiled.memory import event_at
from cxsim.engines.compiled.queue import ACCOUNT_MASK, ITEM_BITS, pop
from cxsim.engines.compiled.state import State, columns_of
from cxsim.inlining import WholeCompiler

TAPE = np.dtype(
    [("time", "f8"), ("rank", "i8"), ("what", "i4"), ("whom", "i4"), ("stay", "i2"), ("carries", "i2")], align=True
)  # an event as `pop` leaves it in the company's record, and the place of the account that it is about
AHEAD = 8  # events
RECORDS = ("accounts", "treated", "terms", "past", "teams")  # what must come out the same


def _take_down(company, until, tape):  # type: ignore[no-untyped-def]
    """A run with its queue, each event entered on the tape; how many there were, on from the length of the tape too."""
    s = company[0]
    n = 0
    if not s.founded:
        found(s)
    while pop(s, until):
        if n < len(tape):
            it = tape[n]
            it.time, it.rank, it.what, it.stay, it.carries = s.now, s.rank, s.what, s.stay, s.carries
        n += 1
        handle(s)
        settle_moment(s)
    return n


def _play(company, tape):  # type: ignore[no-untyped-def]
    """The same run from the tape."""
    s = company[0]
    if not s.founded:
        found(s)
    for n in range(len(tape)):
        if n + AHEAD < len(tape):
            fetch_subject(s, tape[n + AHEAD].what, tape[n + AHEAD].whom)
        it = tape[n]
        s.now, s.rank, s.what, s.stay, s.carries = it.time, it.rank, it.what, it.stay, it.carries
        handle(s)
        settle_moment(s)


def _push_nothing(s, time, rank, what, stay, carries):  # type: ignore[no-untyped-def]
    """What would be appointed is set down in one place, so that no compiler leaves out its reckoning, and forgotten."""
    event = event_at(s, 0)
    event.time, event.rank, event.what, event.stay, event.carries = time, rank, what, stay, carries


def _push_no_job(s, time, rank, j, stay, whom):  # type: ignore[no-untyped-def]
    event = event_at(s, 0)
    event.time, event.rank, event.what, event.stay, event.whom = time, rank, j, stay, whom


def _push_no_month(s, time, rank, k, stay):  # type: ignore[no-untyped-def]
    event = event_at(s, 0)
    event.time, event.rank, event.what, event.stay, event.whom = time, rank, k, stay, k


class Recorder:
    """Runs with a queue that are taken down."""

    def __init__(self) -> None:
        self._run = _linked(_take_down)

    def count(self, state: State, months: int = clocks.MONTHS) -> int:
        """How many events a run has; the state must have room for all of it."""
        return int(self._run(state.company, float(months), np.zeros(0, dtype=TAPE)))

    def tape(self, state: State, n: int, months: int = clocks.MONTHS) -> Any:
        """The n events of a run."""
        tape = np.zeros(n, dtype=TAPE)
        assert self._run(state.company, float(months), tape) == n
        numbers = state.accounts["account"][state.slots]
        about = (tape["rank"] >> ITEM_BITS & ACCOUNT_MASK) - 1
        tape["whom"] = np.where(about < 0, 0, state.slots[np.searchsorted(numbers, np.maximum(about, 0))])
        return tape


class Player:
    """Runs without a queue, from a tape."""

    def __init__(self) -> None:
        self._run: Any = None

    def play(self, state: State, tape: Any) -> float:
        """Let everything on the tape happen; processor time [s]."""
        if self._run is None:
            with _without_queue():
                self._run = _linked(_play)
                self._run.compile((numba.typeof(state.company), numba.typeof(tape)))
        began = time.process_time()
        self._run(state.company, tape)
        seconds = time.process_time() - began
        assert not state.company["n_sheets"][0], "something was put into a queue"
        return seconds


def differences(one: State, other: State) -> list[str]:
    """Names of the arrays in which two runs ended differently; what lies between fields does not count."""
    return [name for name in RECORDS if not _alike(getattr(one, name), getattr(other, name))]


def _alike(one: Any, other: Any) -> bool:
    names = one.dtype.names
    pairs = [(one, other)] if names is None else [(one[name], other[name]) for name in names]
    return all(np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes() for a, b in pairs)


def same_rows(one: State, other: State) -> bool:
    """Did two runs write the same book?"""
    n, m = int(one.company["n_rows"][0]), int(other.company["n_rows"][0])
    columns, others = columns_of(one.book, n), columns_of(other.book, m)
    return n == m and all(np.array_equal(columns[name], others[name]) for name in columns)


def _linked(function: Any) -> Any:
    return numba.njit(compiling._linked(function), error_model="numpy", nogil=True, pipeline_class=WholeCompiler)


@contextmanager
def _without_queue() -> Iterator[None]:
    """Within, every chapter that is compiled finds a `push` that keeps nothing."""
    modules = [module for name, module in sys.modules.items() if name.startswith(f"{compiled.__name__}.")]
    compiling._part.cache_clear()
    patches = []
    for name, bare in (("push", _push_nothing), ("push_job", _push_no_job), ("push_monthly", _push_no_month)):
        nothing: Dispatcher = numba.njit(compiling._linked(bare), error_model="numpy")
        real = getattr(queue, name)
        patches += [mock.patch.object(m, name, nothing) for m in modules if getattr(m, name, None) is real]
    try:
        for patch in patches:
            patch.start()
        yield
    finally:
        for patch in patches:
            patch.stop()
        compiling._part.cache_clear()
