"""Usage in [.01, 1] grows to its ceiling; the outcome follows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim.packing import packed
from cxsim.parameters import adoption
from cxsim.parameters import outcome as names
from cxsim.rules import outcome as laws

P = list(DEFAULTS)
NONE = packed([])
USAGE, MOOD, LUCK = number(0.01, 1.0), number(-1.0, 1.0), number(-6.0, 6.0)


@given(random_inputs(), USAGE, st.booleans(), MOOD, LUCK)
def test_usage_stays_in_its_range(rng, usage, live, mood, z):
    p = random_row(rng)
    after = laws.usage_after_month(p, NONE, [], 0.0, usage, live, mood, z)
    assert 0.01 <= after <= 1.0
    assert 0.01 <= laws.usage_after_champion(p, usage, True) <= 1.0
    assert usage <= laws.usage_at_go_live(p, usage) <= 1.0


@given(USAGE, MOOD, MOOD, LUCK)
def test_happier_users_adopt_no_slower(usage, a, b, z):
    low, high = sorted((a, b))
    assert laws.usage_after_month(P, NONE, [], 0.0, usage, True, low, z) <= laws.usage_after_month(
        P, NONE, [], 0.0, usage, True, high, z
    )


@given(USAGE, st.booleans(), MOOD)
def test_without_noise_usage_goes_to_the_ceiling_and_stays(usage, live, mood):
    p = changed({names.USAGE_NOISE: 0.0})
    ceiling = laws.usage_ceiling(p, NONE, [], 0.0, live)
    assert ceiling == p[names.CEILING if live else names.CEILING_ABANDONED]
    assert laws.usage_after_month(p, NONE, [], 0.0, ceiling, live, mood, 0.0) == pytest.approx(ceiling)
    for _ in range(400):
        usage = laws.usage_after_month(p, NONE, [], 0.0, usage, live, mood, 0.0)
    assert usage == pytest.approx(ceiling, abs=1e-6)


def test_growth_is_logistic():
    p = changed({names.USAGE_NOISE: 0.0, names.USAGE_GROWTH: 0.4, names.CEILING: 0.8, names.USAGE_MOOD: 0.5})
    # .2 + .4·(1 + .5·.5)·.2·(1 − .2/.8) = .275
    assert laws.usage_after_month(p, NONE, [], 0.0, 0.2, True, 0.5, 0.0) == pytest.approx(0.275)


@given(USAGE, USAGE, st.booleans())
def test_an_outreach_fills_part_of_the_room_and_never_takes(usage, share, live):
    p = changed({adoption.OUTREACH_USAGE: share})
    after = laws.usage_after_outreach(p, NONE, [], 0.0, usage, live)
    ceiling = laws.usage_ceiling(p, NONE, [], 0.0, live)
    assert usage <= after <= max(usage, ceiling) + 1e-12


@given(USAGE, number(0.0, 1.0))
def test_a_promoted_champion_costs_half(usage, loss):
    p = changed({names.CHAMPION_LOSS: loss})
    gone, risen = laws.usage_after_champion(p, usage, False), laws.usage_after_champion(p, usage, True)
    assert gone <= risen <= usage
    assert gone == pytest.approx(max(0.01, usage * (1.0 - loss)))
    assert risen == pytest.approx(max(0.01, usage * (1.0 - loss / 2.0)))


@given(number(0.0, 1.0), number(1e-9, 1.0 - 1e-9))
def test_champions_go_and_rise_with_their_chances(share, u):
    p = changed({names.CHAMPION_RATE: share / 2.0, names.CHAMPION_PROMOTED_SHARE: share})
    assert laws.champion_goes(p, u) == (u < share / 2.0)
    assert laws.champion_rises(p, u) == (u < share)


@given(random_inputs(), number(0.0, 10.0), USAGE, USAGE, number(0.2, 2.0), number(0.2, 2.0))
def test_outcome_stays_in_0_to_10_and_follows_usage_over_promise(rng, o, a, b, fit, promise):
    p = random_row(rng)
    low, high = sorted((a, b))
    less, more = (laws.outcome_after_month(p, o, q, fit, promise) for q in (low, high))
    assert 0.0 <= less <= more + 1e-12 <= 10.0 + 2e-12
    assert laws.outcome_after_month(p, o, low, fit, promise + 0.1) <= less + 1e-12
    target = 10.0 * min(1.0, fit * low / promise)
    assert abs(less - target) <= abs(o - target) + 1e-12


def test_first_values_are_the_declared_ones():
    assert (laws.first_usage(P), laws.first_outcome(P)) == (P[names.USAGE_START], P[names.OUTCOME_START])
    assert laws.usage_at_go_live(P, 0.05) == P[names.USAGE_GO_LIVE]
