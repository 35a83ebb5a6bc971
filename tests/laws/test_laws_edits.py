"""Interventions move parameters: set, add, multiply; ramp, stop, decay; clipped; coverage nested."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, NEVER, number, random_edits, random_inputs, random_row

from cxsim.interventions import ADD, MULTIPLY, SET
from cxsim.packing import packed, unpacked
from cxsim.parameters import adoption, declared
from cxsim.parameters import experience as names
from cxsim.rules import edits as laws
from cxsim.rules import law as basics
from cxsim.rules import targeting

P = list(DEFAULTS)
QUALITY = names.SUPPORT_QUALITY  # 6.8 of 0-10
TIMES = number(-5.0, 60.0)


def _edit(operation, size, *, ramp=0.0, stop=NEVER, decay=0.0, programme=0, parameter=QUALITY):
    return [float(parameter), float(operation), size, ramp, stop, decay, float(programme)]


def _moved(edits, now, treated_at=(3.0,), parameter=QUALITY):
    return laws.moved(P, packed(edits), parameter, list(treated_at), now)


def test_set_add_and_multiply():
    assert _moved([_edit(SET, 9.0)], 5.0) == 9.0
    assert _moved([_edit(ADD, 1.5)], 5.0) == pytest.approx(8.3)
    assert _moved([_edit(MULTIPLY, 0.5)], 5.0) == pytest.approx(3.4)


def test_before_treatment_and_for_those_never_treated_nothing_moves():
    assert _moved([_edit(SET, 9.0)], 2.999) == P[QUALITY]
    assert _moved([_edit(SET, 9.0)], 1e6, (NEVER,)) == P[QUALITY]
    assert _moved([_edit(SET, 9.0, programme=1)], 50.0, (3.0, NEVER)) == P[QUALITY]
    assert _moved([_edit(SET, 0.1, parameter=adoption.TICKET_EARLY)], 50.0) == P[QUALITY]
    assert _moved([], 50.0) == P[QUALITY]


def test_a_ramp_rises_evenly_a_stop_ends_and_a_decay_halves():
    assert [_moved([_edit(ADD, 2.0, ramp=4.0)], 3.0 + t) - P[QUALITY] for t in (0.0, 1.0, 2.0, 4.0, 9.0)] == (
        pytest.approx([0.0, 0.5, 1.0, 2.0, 2.0])
    )
    assert _moved([_edit(ADD, 2.0, stop=6.0)], 8.999) == P[QUALITY] + 2.0
    assert _moved([_edit(ADD, 2.0, stop=6.0)], 9.0) == P[QUALITY]
    halves = [_moved([_edit(ADD, 2.0, ramp=1.0, decay=5.0)], 4.0 + 5.0 * k) - P[QUALITY] for k in range(4)]
    assert halves == pytest.approx([2.0, 1.0, 0.5, 0.25])


def test_a_parameter_without_edits_is_as_it_was_and_one_with_edits_is_edited_one_by_one():
    edits = packed([_edit(ADD, 1.0), _edit(ADD, 0.5)])
    assert laws.moved(P, edits, QUALITY, [3.0], 5.0) == laws.edited_one_by_one(P[QUALITY], edits, QUALITY, [3.0], 5.0)
    assert laws.edited_one_by_one(1.25, packed([]), QUALITY, [3.0], 5.0) == 1.25


def test_edits_follow_each_other_in_order():
    assert _moved([_edit(SET, 4.0), _edit(MULTIPLY, 0.5), _edit(ADD, 1.0)], 5.0) == pytest.approx(3.0)


@given(st.randoms(use_true_random=False))
def test_packed_edits_are_found_by_their_parameter_in_their_order(rng):
    places = (QUALITY, 0, len(P) - 1)
    rows = [
        _edit(rng.randrange(3), rng.random(), programme=rng.randrange(3), parameter=rng.choice(places))
        for _ in range(rng.randrange(7))
    ]
    edits = packed(rows)
    for parameter in range(len(P)):
        own = [tuple(row[1:]) for row in rows if row[0] == parameter]
        assert list(unpacked(edits, parameter)) == own


def test_what_an_edit_gives_is_clipped_to_the_declared_range():
    assert _moved([_edit(ADD, 100.0)], 5.0) == 10.0
    assert _moved([_edit(ADD, -100.0)], 5.0) == 0.0
    assert _moved([_edit(MULTIPLY, 50.0)], 5.0) == 10.0


@given(TIMES, number(0.0, 12.0), number(0.1, 40.0), number(0.0, 24.0))
def test_strength_is_a_share_that_is_full_at_the_end_of_the_ramp(elapsed, ramp, stop, decay):
    share = laws.strength(elapsed, ramp, stop, decay)
    assert 0.0 <= share <= 1.0
    if elapsed < 0.0 or elapsed >= stop:
        assert share == 0.0
    assert laws.strength(ramp, ramp, NEVER, decay) == 1.0


@given(TIMES, TIMES, number(0.0, 12.0), number(0.1, 24.0))
def test_strength_rises_during_the_ramp_and_falls_afterwards(a, b, ramp, decay):
    early, late = sorted((a, b))
    first, second = (laws.strength(t, ramp, NEVER, decay) for t in (early, late))
    if late <= ramp:
        assert first <= second
    if early >= ramp:
        assert first >= second


@given(
    random_inputs(), number(0.0, 60.0), st.lists(st.one_of(st.just(NEVER), number(0.0, 40.0)), min_size=3, max_size=3)
)
def test_moved_never_leaves_the_declared_range(rng, now, treated_at):
    p, edits = random_row(rng), random_edits(rng)
    for parameter in declared():
        value = laws.moved(p, edits, parameter.index, treated_at, now)
        assert parameter.low <= value <= parameter.high


@given(number(0.0, 10.0), number(-3.0, 3.0), number(0.0, 1.0), number(0.0, 1.0))
def test_more_of_an_edit_moves_further(value, size, a, b):
    low, high = sorted((a, b))
    less, more = (abs(laws.edited(value, QUALITY, ADD, size, s) - value) for s in (low, high))
    assert less <= more + 1e-12
    assert laws.edited(value, QUALITY, SET, size, 0.0) == value
    assert laws.edited(value, QUALITY, MULTIPLY, size, 0.0) == value


@given(number(0.0, 1.0), number(0.0, 1.0), number(1e-9, 1.0 - 1e-9))
def test_a_larger_coverage_contains_every_smaller_one(a, b, u):
    low, high = sorted((a, b))
    assert targeting.covered(low, u) <= targeting.covered(high, u)
    assert targeting.covered(1.0, u)
    assert not targeting.covered(0.0, u)


@given(st.integers(1, 60), st.integers(0, 60))
def test_a_programme_has_room_up_to_its_capacity_and_always_without_one(most, served):
    assert targeting.has_room(float(most), served) == (served + 1 <= most)
    assert targeting.has_room(math.inf, served)


@given(number(0.0, 30.0), number(0.0, 30.0), number(0.0, 30.0))
def test_a_programme_runs_from_its_start_up_to_its_stop(a, b, now):
    begins, ends = sorted((a, b))
    assert targeting.in_force(begins, ends, now) == (begins <= now < ends)
    assert targeting.scored(now, begins, ends) == (begins <= now <= ends)


@given(st.integers(0, 15), st.integers(0, 3))
def test_masks_list_their_members(mask, member):
    assert targeting.listed(mask, member) == (member in [k for k in range(4) if mask & 2**k])


def test_scores_are_taken_by_their_place():
    seen = (11.0, -2.0, 0.4, 5, 2.5, 3)
    assert [targeting.visible_score(k, *seen) for k in range(6)] == list(seen)
    assert targeting.trend(9.0, 11.0) == -2.0


@given(st.integers(1, 120), st.sampled_from([1, 12, 24, 36]))
def test_reviews_until_the_term_ends(month, term):
    left = targeting.months_to_renewal(month, term)
    assert 1 <= left <= term
    assert (month + left) % term == 0


@given(number(-50.0, 50.0), number(-10.0, 0.0), number(0.0, 10.0))
def test_within_is_the_nearest_number(x, low, high):
    y = basics.within(x, low, high)
    assert low <= y <= high
    assert y == x or y in (low, high)


@given(st.integers(-(10**9), 10**9))
def test_cents_round_halves_upward(n):
    assert [basics.cents(n + f) for f in (-0.25, 0.0, 0.25, 0.5)] == [n, n, n, n + 1]
    assert isinstance(basics.cents(0.5), int)


@given(number(-50.0, 50.0))
def test_millionths_are_the_nearest_whole_number(x):
    n = basics.millionths_of(x)
    assert isinstance(n, int)
    assert abs(n - x * 1e6) <= 0.5 + 1e-6


def test_millionths_and_days_round_as_the_monthly_table_says():
    assert [basics.millionths_of(x) for x in (0.0000005, -0.0000005, 1.25)] == [1, 0, 1_250_000]
    assert [basics.days_of(months) for months in (0.0, 1.0, 12.0, 11.999)] == [0, 30, 365, 365]


def test_a_law_stands_in_one_place():
    with pytest.raises(ValueError, match="already"):
        basics.law(basics.within)


def test_half_lives_are_half_lives():
    assert laws.strength(7.0, 0.0, NEVER, 7.0) == pytest.approx(0.5, abs=1e-15)
    assert math.isclose(laws.strength(70.0, 0.0, NEVER, 7.0), 2.0**-10)
