"""A study piece by piece: each needs some units, which are found or run, and makes something of them.

Worlds may be drawn one by one, thousands of them with a few units each. So units are looked up in bulk, some pieces
ahead, while threads run what was not there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from cxsim.scenario import Scenario
from cxsim.studies.contents import Kind, Made, Runner, Wanted
from cxsim.studies.replications import Progress, cores

if TYPE_CHECKING:
    from cxsim.store.units import Key
    from cxsim.studies.kept import Shelf

Found = TypeVar("Found")
AT_ONCE: Final = 500  # units that are looked up together
READY: Final = 128  # scenarios that are held ready to be run again


def in_pieces(
    wanted: Callable[[int], Sequence[Wanted]],
    read: Callable[[int, Sequence[Made]], Found],
    count: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
) -> list[Found]:
    """Do pieces 0 … count − 1 of a study on threads; what the shelf has is not run.

    Parameters
    ----------
    wanted : callable
        Given the number of a piece, the units that it needs.
    read : callable
        Given the number of a piece and what was made of its units, what is kept of it in memory.
    count : int
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (pieces done, pieces in all).
    shelf : Shelf, optional

    Returns
    -------
    list
        One for each piece, in order.
    """
    run = _Runs(shelf)

    def piece(number: int, needs: Sequence[Wanted] | None, there: Mapping[Key, Made]) -> Found:
        return read(number, [run(one, there) for one in (wanted(number) if needs is None else needs)])

    found: list[Found] = []

    def gather(futures: Sequence[Future[Found]]) -> None:
        for future in futures:
            found.append(future.result())
            if progress is not None:
                progress(len(found), count)

    with ThreadPoolExecutor(max(1, min(cores() if workers is None else workers, count))) as threads:
        try:
            before: list[Future[Found]] = []
            for some in _batches(wanted, count, shelf is not None):
                there = shelf.found([one for _, needs in some for one in needs or ()]) if shelf is not None else {}
                futures = [threads.submit(piece, number, needs, there) for number, needs in some]
                gather(before)  # while threads are at the next ones
                before = futures
            gather(before)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _batches(
    wanted: Callable[[int], Sequence[Wanted]], count: int, ahead: bool
) -> Iterator[list[tuple[int, Sequence[Wanted] | None]]]:
    """Pieces that are looked up together, with what they need; all of them at once where nothing is looked up."""
    if not ahead:
        yield [(number, None) for number in range(count)]
        return
    some: list[tuple[int, Sequence[Wanted] | None]] = []
    size = 0
    for number in range(count):
        needs = wanted(number)
        some.append((number, needs))
        size += len(needs)
        if size >= AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


class _Runs:
    """Gives what was made of a unit: found, or run and kept."""

    def __init__(self, shelf: Shelf | None) -> None:
        self._shelf = shelf
        self._first, self._compiled = threading.Lock(), False

        @lru_cache(maxsize=READY)
        def ready(kind: Kind, scenario: Scenario, horizon: int | None) -> Runner:
            return kind.ready(scenario, horizon)

        self._ready = ready

    def __call__(self, one: Wanted, there: Mapping[Key, Made]) -> Made:
        if there and one.key in there:
            return there[one.key]
        ready = self._ready(one.kind, one.scenario, one.horizon)
        if self._compiled:
            made = ready(one.seed, one.number, one.fork)
        else:
            with self._first:  # the clock is compiled by one thread, and the others wait for it
                made = ready(one.seed, one.number, one.fork)
                self._compiled = True
        if self._shelf is not None:
            self._shelf.keep(one, made)
        return made
