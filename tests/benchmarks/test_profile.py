"""What each part of the compiled clock costs. Measured by `make bench`, never asserted."""

from __future__ import annotations

import clocks
import pytest
import sampled
from clocks import Luck, State
from measured import Page

pytestmark = pytest.mark.benchmark

COLUMNS = ((1000, "tally", 40), (10_000, "tally", 5), (10_000, "log", 4), (100_000, "tally", 1))
NOTEWORTHY = 0.015  # shares of single functions below this are not told


@pytest.mark.skipif(not sampled.can_sample(), reason="there is no perf that may look at this process")
def test_where_time_goes(page: Page) -> None:
    """Nanoseconds of an account-month by part; one core."""
    clocks.warm()
    figures, functions = page("profile"), page("functions")
    plan = clocks.plan_of(clocks.world(1000))
    advance = sampled.named_clock(clocks.founded(plan, Luck(clocks.SEED, 0)))
    table, whole = {}, {}
    for accounts, kind, runs in COLUMNS:
        plan = clocks.plan_of(clocks.world(accounts))
        like = clocks.counted(clocks.founded(plan, Luck(clocks.SEED, 0), **_kept(kind)), plan)
        states = [_prepared(clocks.founded(plan, Luck(clocks.SEED, 0), **_kept(kind)), like.state) for _ in range(runs)]
        name = f"{accounts:,}, {kind}"
        table[name], by_function, seconds = sampled.shares(advance, states, clocks.MONTHS)
        whole[name] = 1e9 * seconds / runs / like.account_months
    figures.head = functions.head = ("", *table)
    for part, _ in sampled.PARTS:
        if max(shares[part] for shares in table.values()) >= 0.001:
            figures.line(part, *(f"{shares[part] * whole[name]:.0f} ns" for name, shares in table.items()))
    figures.line("all", *(f"{nanos:.0f} ns" for nanos in whole.values()))
    last = f"{COLUMNS[-1][0]:,} accounts, {COLUMNS[-1][1]}"
    functions.head = ("function", last)
    for function, share in by_function.items():
        if share >= NOTEWORTHY:
            functions.line(f"`{function}`", f"{100 * share:.1f} %")
    figures.values.update(whole)


def _kept(kind: str) -> dict[str, bool]:
    return {"book": kind == "log", "tally": kind == "tally"}


def _prepared(state: State, like: State) -> State:
    return clocks.roomy(state, like)
