"""Replications on threads. Measured by `make bench`, never asserted."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import clocks
import pytest
from clocks import Luck, State
from measured import Page

pytestmark = pytest.mark.benchmark

ACCOUNTS, REPLICATIONS = 10_000, 30


def test_thirty_replications_on_one_thread_and_on_two(page: Page) -> None:
    """The same thirty runs with a tally; wall time, so that other work on the machine counts against both."""
    clocks.warm()
    figures = page("threads")
    plan = clocks.plan_of(clocks.world(ACCOUNTS))

    def one(replication: int) -> State:
        return clocks.ran(clocks.founded(plan, Luck(clocks.SEED, replication), tally=True)).state

    seconds, counts = {}, {}
    for threads in (1, 2):
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            counts[threads] = [state.counts.copy() for state in pool.map(one, range(REPLICATIONS))]
        seconds[threads] = time.perf_counter() - began
    assert all((a == b).all() for a, b in zip(counts[1], counts[2], strict=True))
    ratio = seconds[1] / seconds[2]
    figures.add(
        f"{REPLICATIONS} runs of {ACCOUNTS:,} accounts over {clocks.MONTHS} months, tally, on 1 and on 2 threads",
        f"{seconds[1]:.1f} s and {seconds[2]:.1f} s of wall time: {ratio:.2f} times as fast on {os.cpu_count()} cores",
        "≥ 1.8",
        ratio >= 1.8,
    )
    figures.values.update(ratio=ratio, one=seconds[1], two=seconds[2])
