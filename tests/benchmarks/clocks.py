"""What the measurements need of the two clocks: worlds of a size, runs, and their times. All that knows the engines."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from cxsim.compiling import machine
from cxsim.engines import compiled, reference, simulate
from cxsim.engines.compiled import history, loop
from cxsim.engines.compiled.setup import first_state, with_more_jobs
from cxsim.engines.compiled.state import State, bound
from cxsim.eventlog import EventLog
from cxsim.plan import Plan, make_plan, staff
from cxsim.roster import make_roster, roster_columns
from cxsim.scenario import Scenario, scaled, with_values
from cxsim.streams import Luck

WORLD, SEED, MONTHS = "b2b-saas", 7, 60
TEAMS = ("onboarding", "success", "support")
PAGE = 4096


@cache
def world(accounts: int = 0, *, staffed: bool = True, months: int = MONTHS) -> Scenario:
    """The measured world, at about so many accounts at month 0 (0: as declared); teams in proportion where staffed."""
    declared = with_values(Scenario.load(WORLD), {"horizon_months": months})
    if not accounts:
        return declared
    factor = accounts / declared.value("arrivals.base_accounts")
    people = {f"teams.{team}_headcount": declared.value(f"teams.{team}_headcount") for team in TEAMS}
    grown = {path: round(number * factor) for path, number in people.items()} if staffed else {}
    return with_values(scaled(declared, accounts), grown)


def tiny() -> Scenario:
    """The measured world with hardly anybody in it, and hardly a history."""
    return with_values(world(20), {"arrivals.history_months": 2})


@cache
def plan_of(scenario: Scenario) -> Plan:
    """The scenario's numbers."""
    return make_plan(scenario)


def forget() -> None:
    """Let no run find what another has left: rosters and histories are kept for the next that asks."""
    history.CASTS.clear()
    history.HISTORIES.clear()


def founded(plan: Plan, luck: Luck, *, book: bool = False, tally: bool = False) -> State:
    """A company on its first day, for the compiled clock."""
    return first_state(plan, luck, roster_columns(plan, luck), staff(plan, luck), book, tally)


def advance(state: State, until: float) -> int:
    """The compiled clock's one door."""
    return int(machine(loop.advance, True)(state.company, float(until)))


@dataclass(frozen=True)
class Ran:
    """A run that has ended: where it stands, processor time of the loop, and of making room for it [s]."""

    state: State
    seconds: float
    growing: float = 0.0
    account_months: int = 0
    later: int = 0  # of them, those after month 0

    @property
    def whole(self) -> float:
        """All processor time [s]."""
        return self.seconds + self.growing

    @property
    def rows(self) -> int:
        """Rows written."""
        return int(self.state.company["n_rows"][0])


def ran(state: State, months: float = MONTHS) -> Ran:
    """Let everything happen; processor times, which other programs on the machine do not lengthen much."""
    seconds = growing = 0.0
    while True:
        began = time.process_time()
        why = advance(state, months)
        paused = time.process_time()
        seconds += paused - began
        if why == loop.DONE:
            return Ran(state, seconds, growing)
        state = compiled.grown(state, why)
        growing += time.process_time() - paused


def roomy(state: State, like: State) -> State:
    """A first state with the room that another run came to need, so that this one never stops for want of it."""
    while len(state.jobs) < len(like.jobs):
        state = with_more_jobs(state)
    while len(state.events) < len(like.events):
        state = compiled.grown(state, loop.QUEUE_FULL)
    if state.company["keeps_book"][0]:
        state = bound(state._replace(book=np.empty(len(like.book), dtype=like.book.dtype)))
        state.book[::PAGE] = 0  # so that the machine has given the memory before the clock is read
    return state


def counted(state: State, plan: Plan) -> Ran:
    """A run month by month, its account-months counted outside the time.

    Account-months are the active accounts as each month ends, summed over the months of history and horizon.
    """
    whole = Ran(state, 0.0)
    for month in range(-plan.history + 1, plan.horizon + 1):
        part = ran(whole.state, month)
        active = int(part.state.accounts["active"].sum())
        whole = replace(
            whole, state=part.state, seconds=whole.seconds + part.seconds, growing=whole.growing + part.growing,
            account_months=whole.account_months + active, later=whole.later + (active if month > 0 else 0),
        )  # fmt: skip
    return whole


def tallied(scenario: Scenario, setting: compiled.Setting, luck: Luck) -> tuple[float, int]:
    """What a study asks of a run: processor time [s], and account-months of it from month 0 on."""
    began = time.process_time()
    table, _ = compiled.tally(setting, luck, scenario.interventions)
    seconds = time.process_time() - began
    return seconds, int(table.of("active")[1:].sum())


def reference_run(plan: Plan, luck: Luck) -> tuple[float, Any]:
    """Processor time of the SimPy clock with the garbage collector frozen [s], and its company after it."""
    company = reference.found(plan, luck, make_roster(plan, luck))
    with _frozen():
        began = time.process_time()
        company.clock.run_until(float(plan.horizon))
        return time.process_time() - began, company


def simulated(scenario: Scenario, months: int = MONTHS, **others: Any) -> EventLog:
    """An event log by the public verb."""
    return simulate(scenario, seed=SEED, horizon=months, **others)


def streamed(scenario: Scenario, path: Path) -> int:
    """A run whose log goes to Parquet part by part; how many rows there were."""
    import json

    from cxsim.engines.streaming import stream

    folder = stream(scenario, out=path, seed=SEED)
    return int(json.loads((folder / "birth.json").read_text(encoding="utf-8"))["rows"])


def warm() -> None:
    """Let the clock be compiled, or read from its cache, before anything is timed."""
    plan, luck = plan_of(tiny()), Luck(SEED, 0)
    for book, tally in ((True, False), (False, True)):
        ran(founded(plan, luck, book=book, tally=tally), 1)


@contextmanager
def _frozen() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def middle(numbers: list[float]) -> tuple[float, float, float]:
    """Median, smallest and largest."""
    return median(numbers), min(numbers), max(numbers)
