"""How fast the reference clock is. Measured by `make bench`, never asserted."""

from __future__ import annotations

import gc
import time
from statistics import median

import pytest

from cxsim import events, readings
from cxsim.engines import simulate
from cxsim.engines.reference import found
from cxsim.engines.reference.company import Company
from cxsim.plan import Plan, make_plan
from cxsim.roster import Candidate, make_roster
from cxsim.scenario import Scenario
from cxsim.streams import Luck

pytestmark = pytest.mark.benchmark


def _clocked(plan: Plan, luck: Luck, roster: list[Candidate]) -> tuple[float, Company]:
    company = found(plan, luck, roster)
    gc.disable()
    began = time.perf_counter()
    company.clock.run_until(float(plan.horizon))
    seconds = time.perf_counter() - began
    gc.enable()
    return seconds, company


def test_events_per_second_of_the_reference_clock(capsys: pytest.CaptureFixture[str]) -> None:
    plan, luck = make_plan(Scenario.load("b2b-saas")), Luck(7, 0)
    roster = make_roster(plan, luck)
    runs = [_clocked(plan, luck, roster) for _ in range(3)]
    seconds, company = median(run[0] for run in runs), runs[0][1]
    happened, rows = company.clock.n_happenings, len(company.book)
    came = sum(row[1] == events.SIGNED_UP for row in company.book)
    with capsys.disabled():
        print(f"\nreference clock on b2b-saas: {happened / seconds:,.0f} SimPy events a second ({seconds:.2f} s)")
        print(f"  {came} accounts came; {happened / came:.0f} events and {rows / came:.0f} rows for each")


def test_share_of_time_outside_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    world = Scenario.load("b2b-saas")
    began = time.perf_counter()
    log = simulate(world, seed=7)
    simulated = time.perf_counter()
    readings.outcomes(readings.monthly(log), world.value)
    read = time.perf_counter()
    ratio = (read - simulated) / (simulated - began)
    with capsys.disabled():
        print(f"\nreading every outcome takes {100 * ratio:.1f} % of the time of the simulation")
