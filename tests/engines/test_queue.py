"""The calendar of the compiled clock hands out everything in order of time and rank."""

from __future__ import annotations

import heapq
from typing import Any

import numba
import numpy as np
import pytest

from cxsim import compiling
from cxsim.engines.compiled.memory import Company, door
from cxsim.engines.compiled.queue import pop, push, push_monthly
from cxsim.engines.compiled.setup import first_state, ring_of, with_room
from cxsim.engines.compiled.state import Array, State, bound
from cxsim.plan import make_plan, staff
from cxsim.roster import roster_columns
from cxsim.scenario import Scenario
from cxsim.streams import Luck


def _in_and_out(company: Company, monthly: Array, singly: Array, out: Array) -> int:
    s = company[0]
    for k in range(len(monthly)):
        push_monthly(s, monthly[k], k, k, 0)
    for k in range(len(singly)):
        push(s, singly[k], len(monthly) + k, len(monthly) + k, 0, 0)
    n = 0
    while pop(s, float(s.horizon)):
        out[n] = s.now
        n += 1
    return n


def _hand_on(company: Company, delays: Array, at_first: int, times: Array, ranks: Array) -> int:
    """Some events at first, and one more for each that comes; how many sheets that took at most."""
    s = company[0]
    for k in range(at_first):
        push(s, s.now + delays[k], k, 0, 0, 0)
    n, most = at_first, 0
    for k in range(len(times)):
        if not pop(s, float(s.horizon)):
            return -1
        times[k], ranks[k] = s.now, s.rank
        if n < len(delays):
            push(s, s.now + delays[n], n, 0, 0, 0)
            n += 1
        most = max(most, int(s.n_sheets))
    return most


def _ranks_out(company: Company, time: float, ranks: Array, out: Array) -> int:
    s = company[0]
    for k in range(len(ranks)):
        push_monthly(s, time, ranks[k], k, 0)
    push(s, time, len(ranks), 0, 0, 0)
    n = 0
    while pop(s, float(s.horizon)):
        out[n] = s.rank
        n += 1
    return n


def _told(state: State, monthly: Array, singly: Array) -> Array:
    """The times of all in the order in which they come out."""
    out = np.full(len(monthly) + len(singly), np.nan)
    driver: Any = numba.njit(compiling._linked(_in_and_out), error_model="numpy")
    assert driver(door(state.company), monthly, singly, out) == len(out)
    return out


@pytest.fixture
def state(small_world: Scenario) -> State:
    plan, luck = make_plan(small_world), Luck(5, 0)
    return first_state(plan, luck, roster_columns(plan, luck), staff(plan, luck), False)


def test_two_that_stand_the_wrong_way_round_at_a_border_come_in_order(state: State) -> None:
    first, per_month = 1.0 - state.company["history"][0], state.company["per_month"][0]
    borders = first + np.arange(1, 40) / per_month
    before = np.nextafter(borders, -np.inf)
    # what comes a month later may be out of order by the rounding of a sum
    monthly = np.column_stack((borders, np.nextafter(before, -np.inf))).ravel()
    assert (np.diff(monthly)[::2] < 0).all()
    singly = np.concatenate((before, borders))
    told = _told(bound(state._replace(ring=ring_of(128))), monthly, singly)
    assert np.array_equal(told, np.sort(np.concatenate((monthly, singly))))


def test_what_the_ring_has_no_room_for_comes_in_its_order_all_the_same(state: State) -> None:
    monthly = 1.0 - state.company["history"][0] + np.linspace(0.0, 0.9, 50)
    told = _told(bound(state._replace(ring=ring_of(8))), monthly, monthly[:5])
    assert np.array_equal(told, np.sort(np.concatenate((monthly, monthly[:5]))))


@pytest.mark.parametrize("mean", [0.002, 0.3, 4.0])
@pytest.mark.parametrize("fetches", [0, 1])
def test_what_is_appointed_while_others_come_comes_in_order_too(state: State, mean: float, fetches: int) -> None:
    """Against a heap of Python's: delays from none at all to years, so that all of the calendar is gone through."""
    at_first, n = 60, 20_000
    state = with_room(state, events=n)
    delays = np.random.default_rng(5).exponential(mean, n) * (np.arange(n) % 5 > 0)
    state.company["fetches"] = fetches
    start, horizon = float(state.company["now"][0]), float(state.company["horizon"][0])
    waiting = [(start + float(delay), k) for k, delay in enumerate(delays[:at_first])]
    heapq.heapify(waiting)
    told, laid = [], at_first
    while waiting:
        time, rank = heapq.heappop(waiting)
        told.append((time, rank))
        if laid < n and time + delays[laid] < horizon:
            heapq.heappush(waiting, (time + float(delays[laid]), laid))
        laid += 1
    times, ranks = np.full(len(told), np.nan), np.full(len(told), -1)
    driver: Any = numba.njit(compiling._linked(_hand_on), error_model="numpy")
    most = driver(door(state.company), delays, at_first, times, ranks)
    assert list(zip(times.tolist(), ranks.tolist(), strict=True)) == told
    assert 0 < int(state.company["fresh_sheet"][0]) == most, "sheets are used again"


@pytest.mark.parametrize(
    "ranks", [np.arange(40), np.arange(40)[::-1].copy(), np.roll(np.arange(40), 5), np.roll(np.arange(40), 9)]
)
def test_of_those_who_come_at_one_moment_the_lower_rank_comes_first(state: State, ranks: Array) -> None:
    """Whoever would overtake many in the ring waits in a bucket instead."""
    out = np.full(len(ranks) + 1, -1)
    driver: Any = numba.njit(compiling._linked(_ranks_out), error_model="numpy")
    time = 1.0 - state.company["history"][0]
    assert driver(door(bound(state).company), float(time), ranks, out) == len(out)
    assert out.tolist() == list(range(len(out)))
