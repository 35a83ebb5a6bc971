"""Who comes, when, and what kind of account it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number

from cxsim import events
from cxsim.parameters import segments
from cxsim.rules import arrival as laws

P = list(DEFAULTS)
U, Z = number(1e-9, 1.0 - 1e-9), number(-5.0, 5.0)


@given(number(0.0, 0.95), st.integers(0, 11), number(0.1, 5.0))
def test_the_season_moves_arrivals_within_its_amplitude_and_not_the_yearly_sum(amplitude, month, growth):
    p = changed({segments.SEASON_AMPLITUDE: amplitude})
    rate, mean = laws.arrival_rate(p, month, growth), growth * p[segments.ARRIVALS_PER_MONTH]
    assert mean * (1.0 - amplitude) - 1e-9 <= rate <= mean * (1.0 + amplitude) + 1e-9
    assert sum(laws.arrival_rate(p, c, growth) for c in range(12)) == pytest.approx(12.0 * mean)


def test_growth_compounds_by_the_month_to_its_yearly_rate():
    size = 8.0
    for _ in range(24):
        size = laws.grown(size, 0.5)
    assert size == pytest.approx(8.0 * 2.25)
    assert laws.grown(8.0, 0.0) == 8.0


@given(number(-0.95, 0.95), Z, Z)
def test_correlated_draws_keep_their_size(rho, z, own):
    assert laws.correlated(rho, z, own) == pytest.approx(rho * z + math.sqrt(1.0 - rho * rho) * own)
    assert laws.correlated(0.0, z, own) == own


@given(Z, Z)
def test_attributes_rise_with_their_draw_and_keep_their_bounds(a, b):
    low, high = sorted((a, b))
    assert 1 <= laws.first_mrr(P, low) <= laws.first_mrr(P, high)
    for law in (laws.fit, laws.promise):
        assert P[segments.FIT_LEAST] <= law(P, low) <= law(P, high) <= P[segments.FIT_MOST]
    assert (laws.fit(P, 0.0), laws.promise(P, 0.0)) == (P[segments.FIT_MEAN], P[segments.PROMISE_MEAN])
    assert laws.first_mrr(P, 0.0) == round(100.0 * P[segments.MRR_MEDIAN])


@given(U)
def test_terms_and_touch_models_have_their_shares(u):
    p = changed({
        segments.TERM_1_SHARE: 0.1, segments.TERM_36_SHARE: 0.2, segments.TERM_24_SHARE: 0.3,
        segments.TOUCH_NAMED_SHARE: 0.4, segments.TOUCH_DIGITAL_SHARE: 0.5,
    })  # fmt: skip
    edges = [0.1, 0.1 + 0.2, 0.1 + 0.2 + 0.3, 1.0]
    assert laws.term(p, u) == next(t for t, edge in zip((1, 36, 24, 12), edges, strict=True) if u < edge)
    edges = [0.4, 0.9, 1.0]
    touches = (events.NAMED_TOUCH, events.DIGITAL_TOUCH, events.POOLED_TOUCH)
    assert laws.touch(p, u) == next(t for t, edge in zip(touches, edges, strict=True) if u < edge)
