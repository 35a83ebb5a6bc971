"""The tally of the compiled engine is the monthly table of the log, number by number, whatever happens in a run."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import cxsim as cx
from cxsim import catalogue, events
from cxsim.engines import simulate
from cxsim.engines.compiled import Setting, tally
from cxsim.engines.seen import Desk, Policy
from cxsim.eventlog import EventLog
from cxsim.interventions import ADD, REVIEW, SIGN_UP, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.plan import make_plan
from cxsim.readings import first_year, monthly
from cxsim.scenario import Scenario, scaled, with_values
from cxsim.streams import Luck
from cxsim.tally import place

WORLDS = ("b2b-saas", "smb-monthly", "enterprise", "membership")


def _differences(left: Any, right: Any) -> list[str]:
    """Names of the parts in which two tables are not the same to the last bit."""
    found = []
    for field in fields(left):
        mine, other = getattr(left, field.name), getattr(right, field.name)
        if isinstance(mine, np.ndarray):
            if mine.dtype != other.dtype or mine.shape != other.shape or mine.tobytes() != other.tobytes():
                found.append(field.name)
        elif mine != other:
            found.append(field.name)
    return found


def assert_equal_to_the_log(
    scenario: Scenario,
    seed: int,
    horizon: int | None = None,
    policy: Policy | None = None,
    fork: cx.Fork | None = None,
    engine: str = "compiled",
) -> EventLog:
    """Read the log and the tally of a run, and fail where they part."""
    log = simulate(scenario, seed=seed, horizon=horizon, engine=engine, policy=policy, fork=fork)
    desk = None if policy is None else Desk(policy, scenario)
    table, fates = tally(Setting(make_plan(scenario, horizon)), Luck(seed, 0), scenario.interventions, desk, fork)
    assert _differences(table, monthly(log)) == []
    assert [name for name in ("account", "lost", "reached") if not _same(fates, log, scenario, name)] == []
    return log


def _same(fates: Any, log: EventLog, scenario: Scenario, name: str) -> bool:
    mine, read = getattr(fates, name), getattr(first_year(log, scenario.interventions), name)
    return mine.dtype == read.dtype and np.array_equal(mine, read)


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_at_long_and_short_horizons(name: str) -> None:
    world = scaled(Scenario.load(name), 60)
    for seed, horizon in ((1, None), (2, 1), (3, 7), (4, 13), (5, 80)):
        assert_equal_to_the_log(world, seed, horizon)


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_with_every_lever_and_shock(name: str) -> None:
    together = world = scaled(Scenario.load(name), 60)
    for lever in (*catalogue.levers(), *catalogue.shocks()):
        assert_equal_to_the_log(world.with_(lever, start=2), 6, 15)
        together = together.with_(lever)
    assert_equal_to_the_log(together, 7, 30)


@pytest.mark.parametrize("months", [0, 5])
def test_a_history_that_is_short_or_none(months: int) -> None:
    world = scaled(Scenario.load("b2b-saas"), 60).set("arrivals.history_months", months)
    log = assert_equal_to_the_log(world, 1, 30)
    assert (log.columns["time"] < 0.0).any() == (months > 0)


def test_a_base_that_is_followed_for_six_years() -> None:
    table = monthly(assert_equal_to_the_log(scaled(Scenario.load("membership"), 60), 3, 96))
    assert table.early.min() > 0


@pytest.mark.parametrize("seed", range(5))
def test_a_busy_world_whose_accounts_leave_and_come_back(seed: int, small_world: Scenario) -> None:
    busy = with_values(small_world, {"growth.win_back_delay": 0.5, "arrivals.referral_rate": 0.3})
    log = assert_equal_to_the_log(busy.with_("formal-onboarding", start=1), seed, 30)
    kinds = set(log.columns["kind"].tolist())
    assert kinds >= {events.RETURNED, events.TICKET_FAILED, events.ONBOARDING_ABANDONED, events.OUTAGE}
    assert monthly(log).of("new_referred").sum() > 0


def test_the_tally_of_the_reference_log_is_the_same(small_world: Scenario) -> None:
    assert_equal_to_the_log(small_world.with_("proactive-outreach"), 4, engine="reference")


def test_charges_paid_once_and_those_of_sign_ups(small_world: Scenario) -> None:
    kinder = (Edit(names.SUPPORT_QUALITY, ADD, 1.0),)
    world = small_world.with_(
        Intervention("both", cost_once=5.0, cost_per_month=5.0, start=3.0, trigger=SIGN_UP, edits=kinder)
    ).with_(Intervention("all", cost_once=2.0, start=3.0, edits=kinder, segments=("two",)))
    table = monthly(assert_equal_to_the_log(world, 4))
    assert table.of_company("charges_once").sum() == 700
    assert table.of_company("charges_sign_up").sum() == 500 + 15 * 500


def test_policies_and_forks_are_tallied(small_world: Scenario) -> None:
    world = small_world.with_(Intervention("called", trigger=REVIEW, outreach=True, coverage=0.3, cost_per_account=2.0))

    def every_other(seen: cx.Seen) -> cx.Orders:
        return cx.Orders(treat={"called": seen.columns["account"][::2]})

    table = monthly(assert_equal_to_the_log(world, 5, policy=every_other, fork=cx.Fork(6.5, 3)))
    assert table.counts[:, :, place("treated_adoption")].any()
