"""A history lived through once is gone on from as if it had been lived through again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

import cxsim as cx
from cxsim.engines import simulate
from cxsim.engines.compiled import Setting, history, tally
from cxsim.engines.compiled.shelf import Shelf
from cxsim.foresight import OF_PEOPLE
from cxsim.interventions import MULTIPLY, Edit, Intervention
from cxsim.parameters import adoption, segments
from cxsim.plan import make_plan
from cxsim.roster import roster_columns
from cxsim.scenario import Scenario
from cxsim.streams import Luck


def _forget() -> None:
    history.HISTORIES.clear()
    history.CASTS.clear()


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Each test begins with empty shelves."""
    _forget()


def _arms(world: Scenario) -> dict[str, Scenario]:
    more = Intervention("more", start=1.0, edits=(Edit(segments.ARRIVALS_PER_MONTH, MULTIPLY, 3.0),))
    busier = Intervention("busier", start=1.0, edits=(Edit(adoption.TICKET_RATE, MULTIPLY, 3.0),))
    return {
        "as it is": world,
        "for everyone": world.with_(busier),
        "account by account": world.with_("formal-onboarding", start=1).with_("proactive-outreach", bands=[]),
        "so many a month": world.with_("formal-onboarding", capacity=1).with_(
            "proactive-outreach", bands=[], capacity=2
        ),
        "more people": world.with_("support-staff").with_("csm-staff"),
        "more arrivals": world.with_(more),
    }


def _bytes(scenario: Scenario, seed: int, horizon: int = 9, fork: cx.Fork | None = None) -> tuple[str, bytes]:
    """Digest of a run's log, and its tally."""
    log = simulate(scenario, seed=seed, horizon=horizon, fork=fork)
    table, fates = tally(Setting(make_plan(scenario, horizon)), Luck(seed, 0), scenario.interventions, None, fork)
    parts = (table.counts, table.company, table.cohorts, table.days, table.tenure, table.early)
    return log.digest(), b"".join(part.tobytes() for part in (*parts, fates.lost, fates.reached))


@pytest.mark.parametrize("fork", [None, cx.Fork(2.4, 1)])
def test_arms_that_share_a_history_are_what_they_are_alone(fork: cx.Fork | None, small_world: Scenario) -> None:
    arms, alone = _arms(small_world), {}
    for name, arm in arms.items():
        _forget()
        alone[name] = _bytes(arm, 3, fork=fork)
    assert len(set(alone.values())) == len(arms)
    for first in arms:
        _forget()
        _bytes(arms[first], 3, fork=fork)
        assert len(history.HISTORIES) == 2  # one with a book, one with a tally
        assert {name: _bytes(arm, 3, fork=fork) for name, arm in arms.items()} == alone
        assert len(history.HISTORIES) == 2


def test_what_a_programme_has_served_belongs_to_a_run(small_world: Scenario) -> None:
    world = _arms(small_world)["so many a month"]
    setting = Setting(make_plan(world, 9))
    for fork in (None, None, cx.Fork(2.4, 1)):  # lived through, gone on from, forked
        tally(setting, Luck(3, 0), world.interventions, None, fork)
        assert setting.programmes["served"].tolist() == [0, 0]


def test_what_a_history_depends_on_has_one_of_its_own(small_world: Scenario) -> None:
    others = (
        (small_world.set("churn.value_base", 0.02), 3, 9), (small_world.set("teams.support_headcount", 2), 3, 9),
        (small_world.set("arrivals.per_month", 3.0), 3, 9), (small_world.set("arrivals.history_months", 11), 3, 9),
        (small_world, 4, 9), (small_world, 3, 10),
    )  # fmt: skip
    first = _bytes(small_world, 3)
    assert all(_bytes(*other) != first for other in others)
    assert len(history.HISTORIES) == 2 * (1 + len(others))


@pytest.mark.parametrize("fork", [None, cx.Fork(0.0, 1), cx.Fork(2.4, 1)])
def test_a_company_too_large_for_the_shelves_is_what_it_would_be_with_them(
    fork: cx.Fork | None, small_world: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its people are lived in, not copied, and its history is not stopped at month 0."""
    kept = {name: _bytes(arm, 3, fork=fork) for name, arm in _arms(small_world).items()}
    for shelf in (history.CASTS, history.HISTORIES):
        _forget()
        monkeypatch.setattr(shelf, "most", 0)
        assert {name: _bytes(arm, 3, fork=fork) for name, arm in _arms(small_world).items()} == kept
    assert len(history.CASTS) == len(history.HISTORIES) == 0


def test_threads_share_a_history_and_find_the_same(small_world: Scenario) -> None:
    arms = list(_arms(small_world).values())
    expected = [_bytes(arm, 3) for arm in arms]
    history.HISTORIES.clear()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda k: _bytes(arms[k % len(arms)], 3), range(4 * len(arms)))) == expected * 4


def test_nothing_before_month_0_depends_on_what_is_done_to_a_world(small_world: Scenario) -> None:
    before = {
        tuple(column[log.columns["time"] < 0.0].tobytes() for column in log.columns.values())
        for log in (simulate(arm, seed=3, horizon=2) for arm in _arms(small_world).values())
    }
    assert len(before) == 1


def test_the_roster_reads_no_parameters_but_those_of_its_key(small_world: Scenario) -> None:
    plan = make_plan(small_world)
    columns = roster_columns(plan, Luck(3, 0))
    others = plan.parameters.copy()
    others[:, :, [k for k in range(others.shape[2]) if k not in OF_PEOPLE]] = -1e9
    moved = roster_columns(type(plan)(**{**_parts(plan), "parameters": others}), Luck(3, 0))
    assert all(np.array_equal(columns[name], moved[name]) for name in columns)
    others = plan.parameters.copy()
    others[:, :, segments.FIT_MEAN] += 0.1
    moved = roster_columns(type(plan)(**{**_parts(plan), "parameters": others}), Luck(3, 0))
    assert not np.array_equal(columns["fit"], moved["fit"])


def _parts(plan: object) -> dict[str, object]:
    return {name: getattr(plan, name) for name in plan.__dataclass_fields__}  # type: ignore[attr-defined]


@dataclass
class Thing:
    """Something of a size."""

    n_bytes: int


def test_a_shelf_lets_go_of_what_was_asked_for_longest_ago() -> None:
    shelf: Shelf[Thing] = Shelf(10)
    a, b, c = Thing(4), Thing(4), Thing(4)
    shelf.put("a", a)
    shelf.put("b", b)
    assert shelf.get("a") is a
    shelf.put("c", c)
    assert (shelf.get("a"), shelf.get("b"), shelf.get("c")) == (a, None, c)
    assert (len(shelf), shelf.n_bytes) == (2, 8)
    shelf.put("c", b)
    assert shelf.get("c") is c
    shelf.put("large", Thing(11))
    assert (shelf.get("large"), len(shelf)) == (None, 2)
    shelf.clear()
    assert (len(shelf), shelf.n_bytes, shelf.get("a")) == (0, 0, None)
