"""Memory, and how cost grows with the company. Measured by `make bench`, never asserted."""

from __future__ import annotations

import os

import child
import clocks
import pytest
from clocks import Luck, middle
from floor import Recorder
from measured import Page

from cxsim.engines.compiled.setting import FIELDS_OF_ROSTER
from cxsim.engines.compiled.state import ACCOUNT

pytestmark = pytest.mark.benchmark

MILLION = 1_000_000
PARTS = {
    "account": ("accounts",),
    "what is kept apart: terms, past, scores, treatments": ("terms", "past", "scores", "treated"),
    "its place in the calendar of arrivals": ("slots", "arrivals"),
    "queue": ("events", "sheets", "drawers", "buckets", "near", "ring"),
    "jobs and lines": ("jobs", "lines", "starts", "hops"),
    "tally": ("tallied", "mrr_then", "counts", "cohorts", "days"),
}


def test_bytes_an_account(page: Page) -> None:
    """Of the state of a run of 10,000 accounts with a tally, after it."""
    figures = page("memory")
    sizes = {name: ACCOUNT[name].itemsize for name in ACCOUNT.names or ()}
    of_roster = sum(sizes.pop(name, 0) for name in FIELDS_OF_ROSTER if name != "mrr")  # MRR begins there, and changes
    changing = sum(sizes.values())
    figures.add(
        "an account's record",
        f"{ACCOUNT.itemsize} bytes: {changing} that change, {of_roster} of the roster, "
        f"{ACCOUNT.itemsize - changing - of_roster} between them",
        "state ≤ 256 bytes",
        ACCOUNT.itemsize <= 256,
    )
    plan, luck = clocks.plan_of(clocks.world(10_000)), Luck(clocks.SEED, 0)
    state = clocks.ran(clocks.founded(plan, luck, tally=True)).state
    n, active = len(state.accounts), int(state.accounts["active"].sum())
    left = set(state._fields) - {"book"}
    for what, names in PARTS.items():
        present = [name for name in names if name in left]
        left -= set(present)
        figures.add(f"{what}, bytes a candidate", f"{sum(getattr(state, name).nbytes for name in present) / n:.0f}")
    figures.add("all else", f"{sum(getattr(state, name).nbytes for name in left) / 1e6:.1f} MB a run")
    total = sum(getattr(state, name).nbytes for name in state._fields if name != "book")
    figures.add("all", f"{total / n:.0f} bytes a candidate; of {n:,} candidates {active:,} are active at the end")
    figures.values.update(changing=changing, roster=of_roster, total=total / n)


@pytest.mark.parametrize("task", ["tally", "log"])
def test_peak_of_a_process(task: str, page: Page) -> None:
    """VmHWM of a process that runs 10,000 accounts over 60 months."""
    figures = page("memory")
    found = child.asked(task, 10_000)
    figures.add(
        f"peak of a process, 10,000 accounts, {task}",
        f"{found['peak']:.0f} MB; {found['before']:.0f} MB before the run, most of it Python's libraries",
    )
    figures.values.update(found)


def test_cost_as_the_company_grows(page: Page, recorder: Recorder) -> None:
    """Teams in proportion; each size with a tally, one core. Events as the queue hands them out."""
    clocks.warm()
    figures = page("growth")
    costs = {}
    for accounts, runs in ((1000, 7), (10_000, 3), (100_000, 2)):
        plan, nanos, events, months = clocks.plan_of(clocks.world(accounts)), [], 0, 0
        for replication in range(runs):
            luck = Luck(clocks.SEED, replication)
            run = clocks.counted(clocks.founded(plan, luck, tally=True), plan)
            if not replication:
                events = recorder.count(clocks.roomy(clocks.founded(plan, luck), run.state))
                months = run.account_months
            nanos.append(1e9 * run.whole / run.account_months)
        costs[accounts] = middle(nanos)[0]
        _tell(figures, accounts, costs[accounts], events / months)
    figures.values["events an account-month"] = events / months
    growth = costs[100_000] / costs[1000]
    figures.add("100,000 against 1,000", f"{growth:.2f}", "≤ 2", growth <= 2)
    figures.values.update({f"ns {size}": cost for size, cost in costs.items()}, growth=growth)


def test_a_million_accounts_without_a_log(page: Page) -> None:
    """What a study asks of a run, in a process of its own; its history as long as in a company of 20,000."""
    figures = page("million")
    small = clocks.plan_of(clocks.world(20_000))
    run = clocks.counted(clocks.founded(small, Luck(clocks.SEED, 0)), small)
    found = child.asked("tally", MILLION)
    months = found["later"] * run.account_months / run.later
    figures.add(
        "60 months after 60 of history, with a tally",
        f"{found['seconds']:.0f} s, {found['processor']:.0f} s of one core; {months / 1e6:.0f} M account-months, "
        f"{1e9 * found['processor'] / months:.0f} ns each",
        "< 90 s",
        found["seconds"] < 90,
    )
    figures.add("peak memory", f"{found['peak'] / 1000:.2f} GB")
    parts = child.asked("halves", MILLION)
    figures.add(
        "another time, in its parts", f"{parts['history']:.0f} s up to month 0, {parts['seconds']:.0f} s from there on"
    )
    figures.values.update(found, account_months=months, history=parts["history"], later_seconds=parts["seconds"])


@pytest.mark.skipif(not os.environ.get("CXSIM_BENCH_ALL"), reason="takes half an hour: CXSIM_BENCH_ALL=1 make bench")
def test_a_million_accounts_with_a_streamed_log(page: Page) -> None:
    """Written to Parquet part by part, in a process of its own."""
    figures = page("million")
    found = child.asked("streamed", MILLION)
    figures.add(
        "with a log streamed to Parquet",
        f"{found['seconds']:.0f} s, {found['rows'] / 1e6:.0f} M rows, {found['bytes'] / 1e9:.1f} GB on disk",
    )
    figures.add("peak memory of it", f"{found['peak'] / 1000:.2f} GB", "< 8 GB", found["peak"] < 8000)
    figures.values.update(found)


def _tell(figures, accounts: int, nanos: float, events: float) -> None:  # type: ignore[no-untyped-def]
    figures.add(
        f"{accounts:,} accounts", f"{nanos:.0f} ns an account-month, {nanos / events:.0f} ns an event "
                                  f"({events:.2f} events an account-month)"
    )  # fmt: skip
