"""How many accounts a programme serves in a month: whoever comes first, and nothing at all for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from stories import of_kind

import cxsim as cx
from cxsim import events
from cxsim.engines import simulate
from cxsim.eventlog import EventLog
from cxsim.interventions import ADD, REVIEW, SIGN_UP, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.scenario import Scenario

KINDER = (Edit(names.SUPPORT_QUALITY, ADD, 1.0),)
MOST = 4
Served = list[tuple[int, int]]  # month and account, in order


@pytest.fixture(scope="module")
def steady(make_world: Callable[..., Scenario]) -> Scenario:
    """Some fifty accounts at month 0, more every month, and nobody leaves."""
    return make_world({"arrivals.per_month": 4.0, "arrivals.history_months": 12}, horizon=10, quiet=True)


def served_in(log: EventLog, number: int = 0) -> Served:
    """Whom an intervention has served: treated for the first time, or called again by the only one that calls."""
    chosen = (of_kind(log, events.TREATED) & (log.columns["item"] == number)) | of_kind(log, events.OUTREACH_ASKED)
    times, accounts = log.columns["time"][chosen].tolist(), log.columns["account"][chosen].tolist()
    return [(int(time), account) for time, account in dict.fromkeys(zip(times, accounts, strict=True))]


def expected(log: EventLog, most: float, pause: float = np.inf, kind: int = events.REVIEW) -> Served:
    """Whom one for everybody would serve at the reviews (or sign-ups) of a log, told once more in plain Python."""
    found: Served = []
    count: Counter[int] = Counter()
    treated: set[int] = set()
    called: dict[int, int] = {}
    rows = of_kind(log, kind) & (log.columns["time"] >= 0.0)
    for time, account, review in zip(*(log.columns[name][rows].tolist() for name in ("time", "account", "item")),
                                     strict=True):  # fmt: skip
        rested = pause < np.inf and review - called.get(account, -1000) >= pause
        if (account not in treated or rested) and count[int(time)] < most:
            count[int(time)] += 1
            treated.add(account)
            called[account] = review if rested else called.get(account, -1000)
            found.append((int(time), account))
    return found


def by_month(served: Served, horizon: int) -> list[int]:
    """How many in each month."""
    return np.bincount([month for month, _ in served], minlength=horizon).tolist()


def test_a_programme_at_reviews_serves_the_first_of_each_month_and_nobody_twice(engine: str, steady: Scenario) -> None:
    world = steady.with_(Intervention("x", trigger=REVIEW, edits=KINDER, capacity=MOST, cost_per_account=2.5))
    log = simulate(world, seed=3, engine=engine)
    served = served_in(log)
    assert served == expected(log, MOST)
    assert by_month(served, 10) == [MOST] * 10
    assert len({account for _, account in served}) == len(served)
    rows = of_kind(log, events.TREATED)
    assert rows.sum() == len(served)  # nobody else has a row, and nobody else is paid for
    assert log.columns["value"][rows].tolist() == [250.0] * len(served)


def test_whoever_signs_up_when_there_is_no_room_is_passed_by_for_good(engine: str, steady: Scenario) -> None:
    world = steady.with_(Intervention("x", trigger=SIGN_UP, edits=KINDER, capacity=2))
    log = simulate(world, seed=3, engine=engine)
    served = served_in(log)
    assert served == expected(log, 2, kind=events.SIGNED_UP)
    signed = of_kind(log, events.SIGNED_UP) & (log.columns["time"] >= 0.0)
    came = np.bincount(log.columns["time"][signed].astype(int), minlength=10).tolist()
    assert by_month(served, 10) == [min(n, 2) for n in came]
    assert max(came) > 2


def test_calls_use_room_only_when_they_are_asked_for_and_accounts_are_called_again(
    engine: str, steady: Scenario
) -> None:
    world = steady.set("adoption.outreach_pause", 2).with_("proactive-outreach", bands=[], stages=[], capacity=18)
    log = simulate(world, seed=3, engine=engine)
    served = served_in(log)
    assert served == expected(log, 18, pause=2.0)
    assert by_month(served, 10) == [18] * 10
    asked = of_kind(log, events.OUTREACH_ASKED)
    assert len(served) == asked.sum() > len(set(log.columns["account"][asked].tolist()))  # some a second time


def test_two_programmes_count_for_themselves_even_under_one_name(engine: str, steady: Scenario) -> None:
    world = steady
    for most in (3.0, 5.0):
        world = world.with_(Intervention("x", trigger=REVIEW, edits=KINDER, capacity=most))
    log = simulate(world, seed=3, engine=engine)
    assert [by_month(served_in(log, number), 10) for number in (0, 1)] == [[3] * 10, [5] * 10]


def test_more_room_than_accounts_is_no_cap(engine: str, small_world: Scenario) -> None:
    def world(most: float) -> Scenario:
        capped = small_world.with_("proactive-outreach", bands=[], capacity=most)
        return capped.with_("formal-onboarding", capacity=most).with_("adoption-campaign", capacity=most)

    free = simulate(
        small_world.with_("proactive-outreach", bands=[]).with_("formal-onboarding").with_("adoption-campaign"),
        seed=4, engine=engine,
    )  # fmt: skip
    most = max(by_month(served_in(free, number), 18)[month] for number in range(3) for month in range(18))
    assert {simulate(world(n), seed=4, engine=engine).digest() for n in (np.inf, 1e9, 1e3)} == {free.digest()}
    assert most > 3
    assert simulate(world(3), seed=4, engine=engine).digest() != free.digest()


def test_a_monthly_policy_keeps_to_the_capacity_and_leaves_the_rest_of_it_to_the_reviews(
    engine: str, steady: Scenario
) -> None:
    some: dict[int, list[int]] = {}

    def order(seen: cx.Seen) -> cx.Orders:
        # three in even months, all in odd ones
        some[seen.month] = sorted(
            seen.columns["account"][-3:].tolist() if seen.month % 2 == 0 else seen.columns["account"]
        )
        return cx.Orders(treat={"x": some[seen.month]})

    world = steady.set("adoption.outreach_pause", 1)
    world = world.with_(Intervention("x", trigger=REVIEW, outreach=True, capacity=7, edits=KINDER))
    log = simulate(world, seed=3, engine=engine, policy=order)
    served = served_in(log)
    assert by_month(served, 10) == [7] * 10
    for month in range(10):
        at_once = log.columns["account"][of_kind(log, events.OUTREACH_ASKED) & (log.columns["time"] == month)].tolist()
        assert at_once == [account for m, account in served if m == month][: len(at_once)]
        assert len(at_once) == (3 if month % 2 == 0 else 7)
        assert at_once == sorted(at_once)
        assert set(at_once) <= set(some[month])


@pytest.mark.parametrize("at", [0.0, 5.0, 5.37])
def test_a_fork_goes_on_with_the_count_of_its_month(at: float, engine: str, steady: Scenario) -> None:
    most = 9
    world = steady.with_(Intervention("x", trigger=REVIEW, edits=KINDER, capacity=most)).set("arrivals.per_month", 9.0)
    log = simulate(world, seed=3, engine=engine, fork=cx.Fork(at, 2))
    served = served_in(log)
    assert served == expected(log, most)
    assert by_month(served, 10) == [most] * 10
    treated = log.columns["time"][of_kind(log, events.TREATED)]
    if at % 1.0:
        assert 0 < (treated[treated >= 5.0] < at).sum() < most


def test_branches_that_go_on_from_one_history_count_for_themselves(small_world: Scenario) -> None:
    world = small_world.with_("proactive-outreach", bands=[], capacity=2).with_("formal-onboarding", capacity=1)
    forks = [None, cx.Fork(6.4, 1), cx.Fork(6.4, 2), cx.Fork(0.0, 1)]
    first = [simulate(world, seed=4, fork=fork).digest() for fork in forks]
    assert [simulate(world, seed=4, fork=fork).digest() for fork in forks] == first
    assert [simulate(world, seed=4, fork=fork, engine="reference").digest() for fork in forks] == first
