"""The compiled clock stops for want of room, is given more, and goes on as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import cxsim as cx
from cxsim.engines import simulate
from cxsim.engines.compiled import Setting, stream_log
from cxsim.engines.compiled.course import Columns, Course
from cxsim.engines.compiled.setting import cast
from cxsim.engines.compiled.setup import founded, ring_of
from cxsim.engines.compiled.state import EVENT, JOB, PLACE, SHEET, TEAMS, State, bound
from cxsim.eventlog import COLUMNS, digest
from cxsim.interventions import ADD, REVIEW, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.plan import make_plan, staff
from cxsim.roster import roster_columns
from cxsim.scenario import Scenario
from cxsim.streams import Luck

SCANT = 64


def _scant(state: State) -> State:
    """The same first day, in hardly any room."""
    return bound(state._replace(
        events=np.zeros(SCANT, dtype=EVENT), near=np.zeros(SCANT, dtype=np.int32),
        sheets=np.zeros(SCANT // SHEET, dtype=np.int32),
        jobs=np.zeros(SCANT, dtype=JOB), lines=np.zeros((TEAMS, SCANT), dtype=PLACE),
        hops=np.zeros(4 * SCANT, dtype=np.int32),
    ))  # fmt: skip


def test_room_grows_where_there_is_none(small_world: Scenario) -> None:
    crowd = small_world.set("arrivals.per_month", 20.0)  # for teams of one or two: all wait
    setting, luck = Setting(make_plan(crowd)), Luck(5, 0)
    people, changes = cast(roster_columns(setting.plan, luck), setting.plan.history), staff(setting.plan, luck)
    state = founded(setting, luck, people, changes, keeps_book=True, tallies=False, rows=0)
    course = Course(_scant(state))
    course.until(float(setting.plan.horizon))
    final = course.state
    assert min(len(final.events), len(final.jobs)) > 8 * SCANT
    assert len(final.events) == len(final.near) == len(final.sheets) * SHEET
    assert len(final.book) >= 2 * len(state.book)
    assert digest(course.columns(), COLUMNS) == simulate(crowd, seed=5).digest()


def test_reviews_for_which_the_ring_has_no_room_go_to_the_buckets(small_world: Scenario) -> None:
    setting, luck = Setting(make_plan(small_world)), Luck(5, 0)
    people, changes = cast(roster_columns(setting.plan, luck), setting.plan.history), staff(setting.plan, luck)
    state = founded(setting, luck, people, changes, keeps_book=True, tallies=False)
    course = Course(bound(state._replace(ring=ring_of(4))))
    course.until(float(setting.plan.horizon))
    assert course.state.accounts["active"].sum() > 2 * len(course.state.ring)
    assert digest(course.columns(), COLUMNS) == simulate(small_world, seed=5).digest()


def test_a_log_handed_over_page_by_page_is_the_same(small_world: Scenario) -> None:
    pages: list[Columns] = []

    def keep(columns: Columns) -> None:
        pages.append({name: column.copy() for name, column in columns.items()})

    plan, luck = make_plan(small_world.set("arrivals.per_month", 20.0)), Luck(5, 0)
    roster = stream_log(plan, luck, keep, rows=0)
    log = simulate(small_world.set("arrivals.per_month", 20.0), seed=5)
    assert len(pages) > 2
    assert max(len(page["time"]) for page in pages) < len(log) / 2
    whole = {name: np.concatenate([page[name] for page in pages]) for name in COLUMNS}
    assert digest(whole, COLUMNS) == log.digest()
    assert all(np.array_equal(roster[name], log.roster[name]) for name in log.roster)


def test_hundreds_of_orders_at_once_are_carried_out_as_by_the_reference(make_world: Callable[..., Scenario]) -> None:
    world = make_world({"arrivals.history_months": 3, "arrivals.per_month": 120.0}, horizon=3)
    called = world.with_(Intervention(
        "called", trigger=REVIEW, outreach=True, coverage=0.0, edits=(Edit(names.SUPPORT_QUALITY, ADD, 1.0),)
    ))  # fmt: skip
    asked: list[int] = []

    def all_of_them(seen: cx.Seen) -> cx.Orders:
        asked.append(len(seen))
        return cx.Orders(treat={"called": seen.columns["account"]})

    first, second = (simulate(called, seed=5, engine=e, policy=all_of_them) for e in ("reference", "compiled"))
    assert max(asked) > 300
    assert first.digest() == second.digest()


def test_orders_are_carried_out_once_whatever_grows_later(small_world: Scenario) -> None:
    """At a fork there must be room for more events: the orders of the month before it are long done."""
    called = small_world.with_("proactive-outreach", coverage=0.0, bands=[])

    def every_other(seen: cx.Seen) -> cx.Orders:
        return cx.Orders(treat={"proactive-outreach": seen.columns["account"][::2]})

    fork = cx.Fork(7.0, 3)
    logs = [simulate(called, seed=5, engine=e, policy=every_other, fork=fork) for e in ("reference", *["compiled"] * 2)]
    assert len({log.digest() for log in logs}) == 1


def test_columns_of_a_log_cannot_be_written_to_and_are_no_copies(small_world: Scenario) -> None:
    log = simulate(small_world, seed=5, horizon=3)
    for column in (*log.columns.values(), *log.roster.values()):
        assert not column.flags.writeable
    assert log.columns["value"].base is not None
