"""Growth: the trapped never expand, referrals saturate, warnings only turn away."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim import events
from cxsim.packing import packed
from cxsim.parameters import growth as names
from cxsim.parameters import segments
from cxsim.rules import growth as laws

P = list(DEFAULTS)
NONE = packed([])
MRR = st.integers(1, 10**8)
U = number(1e-9, 1.0 - 1e-9)


@given(random_inputs())
def test_a_trapped_account_never_expands_whatever_the_numbers(rng):
    assert laws.expansion_chance(random_row(rng), events.TRAPPED) == 0.0


def test_each_quadrant_has_its_own_chance_of_expansion():
    p = changed({names.EXPANSION_HAPPY: 0.3, names.EXPANSION_OPEN: 0.2, names.EXPANSION_RISK: 0.1})
    chances = [laws.expansion_chance(p, q) for q in (events.HAPPY, events.ACCESSIBLE, events.TRAPPED, events.HIGH_RISK)]
    assert chances == [0.3, 0.2, 0.0, 0.1]


@given(MRR, U, U)
def test_expansions_add_at_least_a_cent_and_at_most_twice(mrr, a, b):
    low, high = sorted((a, b))
    assert mrr + 1 <= laws.expanded_mrr(P, mrr, low) <= laws.expanded_mrr(P, mrr, high) <= 3 * mrr + 1


@given(MRR, U, U)
def test_contractions_leave_at_least_a_cent_and_a_tenth(mrr, a, b):
    low, high = sorted((a, b))
    small, large = laws.contracted_mrr(P, mrr, low), laws.contracted_mrr(P, mrr, high)
    assert max(1, math.floor(0.1 * mrr) - 1) <= large <= small <= mrr


@given(number(0.0, 20.0), number(0.0, 20.0))
def test_contractions_come_with_poor_health(a, b):
    low, high = sorted((a, b))
    assert laws.contraction_chance(P, high) <= laws.contraction_chance(P, low)
    assert laws.contraction_chance(P, 20.0) == 0.0
    assert laws.contraction_chance(P, 0.0) == P[names.CONTRACTION_RATE]


@given(number(0.0, 5.0), number(0.0, 5.0), MRR, U)
def test_purchases_come_at_their_rate(happy, other, mrr, u):
    p = changed({names.PURCHASE_HAPPY: happy, names.PURCHASE_ELSE: other})
    assert laws.purchase_chance(p, events.HAPPY) == pytest.approx(-math.expm1(-happy), abs=1e-15)
    assert laws.purchase_chance(p, events.TRAPPED) == pytest.approx(-math.expm1(-other), abs=1e-15)
    assert laws.purchase(P, mrr, u) >= 0
    assert laws.purchase(changed({names.PURCHASE_SIZE: 0.0}), mrr, u) == 0


@given(st.integers(0, 10**5), st.integers(0, 10**4), number(0.01, 100.0))
def test_referrals_rise_with_the_happy_and_saturate(n, more, ceiling):
    chance = laws.referral_acceptance(P, n, ceiling)
    assert 0.0 <= chance <= laws.referral_acceptance(P, n + more, ceiling) <= 1.0
    assert laws.referral_acceptance(P, 0, ceiling) == 0.0
    assert laws.referral_acceptance(P, n, 0.0) == 0.0
    # accepted a month: never above the ceiling, nor above what n happy accounts send
    assert ceiling * chance <= min(ceiling, P[segments.REFERRAL_RATE] * n) + 1e-9


@given(st.integers(0, 10**5), st.integers(0, 10**4), number(0.01, 100.0))
def test_warnings_only_turn_away_and_word_of_mouth_can_be_switched_off(n, more, ceiling):
    chance = laws.ordinary_acceptance(P, n, ceiling)
    assert 0.0 <= laws.ordinary_acceptance(P, n + more, ceiling) <= chance <= 1.0
    assert laws.ordinary_acceptance(P, 0, ceiling) == 1.0
    # a company twice as large is warned of by twice as many
    assert laws.ordinary_acceptance(P, 2 * n, 2.0 * ceiling) == pytest.approx(chance)
    off = changed({segments.WORD_OF_MOUTH: 0.0})
    assert laws.ordinary_acceptance(off, n, ceiling) == 1.0
    assert laws.referral_acceptance(off, n, ceiling) == 0.0
    assert 0.0 <= laws.ordinary_acceptance(P, n, 0.0) <= 1.0


@given(number(0.0, 1.0), U, U)
def test_win_back_happens_with_its_shares_after_its_delay(share, u, v):
    p = changed({names.WIN_BACK_SHARE: share, names.WIN_BACK_SUCCESS: share})
    assert laws.win_back_is_tried(p, NONE, [], 0.0, u) == laws.win_back_succeeds(p, NONE, [], 0.0, u) == (u < share)
    low, high = sorted((u, v))
    assert 0.0 <= laws.win_back_delay(P, low) <= laws.win_back_delay(P, high)
    assert laws.win_back_delay(P, 1.0 - math.exp(-1.0)) == pytest.approx(P[names.WIN_BACK_DELAY])
