"""Replications on threads. Measured by `make bench`, never asserted."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import clocks
import pytest
from clocks import middle
from measured import Page

import cxsim as cx
from cxsim.streams import uniform

pytestmark = pytest.mark.benchmark

ACCOUNTS, REPLICATIONS, ROUNDS = 10_000, 30, 3


def test_thirty_replications_on_one_thread_and_on_two(page: Page) -> None:
    """`cx.run` with one worker and with two, in turn; wall time: other work on the machine counts against both."""
    clocks.warm()
    figures = page("threads")
    world, found = clocks.world(ACCOUNTS), {}
    seconds: dict[int, list[float]] = {1: [], 2: []}
    cx.run(world, replications=1, seed=clocks.SEED)
    for _ in range(ROUNDS):
        for threads, times in seconds.items():
            clocks.forget()
            began = time.perf_counter()
            found[threads] = cx.run(world, replications=REPLICATIONS, seed=clocks.SEED, workers=threads)
            times.append(time.perf_counter() - began)
    assert found[1].outcomes().equals(found[2].outcomes())
    ratio, low, high = middle([one / two for one, two in zip(*seconds.values(), strict=True)])
    one, two = (middle(times)[0] for times in seconds.values())
    figures.add(
        f"`cx.run` of {REPLICATIONS} × {ACCOUNTS:,} accounts × {clocks.MONTHS} months, with 1 worker and with 2",
        f"{one:.1f} s and {two:.1f} s of wall time: {ratio:.2f} ({low:.2f}-{high:.2f}) times as fast on "
        f"{os.cpu_count()} cores",
        "≥ 1.8",
        ratio >= 1.8,
    )
    figures.values.update(ratio=ratio, one=one, two=two)
    figures.values["spin"] = spin = _of_the_machine()
    figures.add(
        "two threads of nothing but draws, which share no memory: the most that the machine gives", f"{spin:.2f}"
    )


def _of_the_machine() -> float:
    """How much faster two threads are than one where nothing but arithmetic is done."""
    import numba

    from cxsim.compiling import _linked

    draws = numba.njit(_linked(_draws), nogil=True)
    draws(1, 0)
    times = {}
    for threads in (1, 2, 1, 2):
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            assert all(total > 0.0 for total in pool.map(draws, (40_000_000,) * 2, (0, 1)))
        times[threads] = min(time.perf_counter() - began, times.get(threads, float("inf")))
    return times[1] / times[2]


def _draws(n: int, account: int) -> float:
    total = 0.0
    for index in range(n):
        total += uniform(1, 0, 0, account, 1, index)
    return total
