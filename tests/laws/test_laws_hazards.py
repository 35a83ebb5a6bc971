"""Seven causes: no hazard rises with experience or outcome; nothing never comes; causes compete."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim import events
from cxsim.parameters import churn
from cxsim.parameters import experience as voices
from cxsim.rules import experience as felt
from cxsim.rules import hazards as laws
from cxsim.rules import health as scores

P = list(DEFAULTS)
TEN = number(0.0, 10.0)
BASES = (
    churn.ONBOARDING_BASE, churn.RELATIONSHIP_BASE, churn.SERVICE_BASE, churn.VALUE_BASE, churn.COMPETITION_BASE,
    churn.PRICE_BASE, churn.INVOLUNTARY_BASE,
)  # fmt: skip
SEVEN = st.tuples(*[number(0.0, 2.0)] * 7)
LEFT = st.tuples(*[number(-1.0, 3.0)] * 7)


def _of(p, sponsor, user, client_outcome, stage=events.ADOPTION, frailty=1.0, tenure=9.0, **other):
    """The hazards of an account in a state, health and all."""
    h = scores.health(p, client_outcome, felt.experience(p, sponsor, user), stage)
    state = {"onboarding_gap": 0.4, "contact_gap": 3.0, "cadence": 2.0, "pain": 0.7, "price_level": 1.1, **other}
    return laws.hazards(
        p, frailty, tenure, state["onboarding_gap"], state["contact_gap"], state["cadence"], sponsor, state["pain"],
        client_outcome, h, state["price_level"],
    )  # fmt: skip


@given(random_inputs(), TEN, TEN, TEN, number(0.0, 10.0), st.sampled_from(["sponsor", "user", "client_outcome"]))
def test_raising_experience_or_outcome_raises_no_hazard(rng, sponsor, user, client_outcome, up, which):
    p = random_row(rng)
    state = {"sponsor": sponsor, "user": user, "client_outcome": client_outcome}
    better = {**state, which: max(state[which], up)}
    for before, after in zip(_of(p, **state), _of(p, **better), strict=True):
        assert after <= before * (1.0 + 1e-12)


@given(number(0.0, 1.0), number(0.0, 1.0), number(0.0, 40.0), number(0.0, 10.0), number(0.3, 3.0))
def test_raising_a_distress_raises_its_own_hazard_and_no_other(gap, more, contact, pain, price):
    base = {"onboarding_gap": gap, "contact_gap": contact, "pain": pain, "price_level": price}
    for key, place, size in (
        ("onboarding_gap", 0, min(1.0, gap + more) - gap), ("contact_gap", 1, more), ("pain", 2, more),
        ("price_level", 5, more),
    ):  # fmt: skip
        before, after = _of(P, 5.0, 5.0, 5.0, **base), _of(P, 5.0, 5.0, 5.0, **{**base, key: base[key] + size})
        assert after[place] >= before[place]
        assert [x for c, x in enumerate(after) if c != place] == [x for c, x in enumerate(before) if c != place]


@given(random_inputs(), TEN, TEN, TEN, number(0.0, 8.0))
def test_voluntary_hazards_are_proportional_to_frailty_and_the_involuntary_one_is_not(rng, s, u, o, z):
    p = random_row(rng)
    one, many = _of(p, s, u, o), _of(p, s, u, o, frailty=z)
    assert many[:6] == pytest.approx([z * h for h in one[:6]], rel=1e-12)
    assert many[6] == one[6] == p[churn.INVOLUNTARY_BASE]


@given(TEN, TEN, TEN)
def test_at_no_distress_a_hazard_is_its_base_and_zero_bases_give_zero(s, u, o):
    p = changed({**dict.fromkeys(BASES, 0.0)})
    assert _of(p, s, u, o) == (0.0,) * 7
    p = changed({churn.SWITCHING: 0.0, churn.ONBOARDING_FADE: 1200.0, churn.VALUE_PATIENCE: 0.0})
    easy = _of(p, 10.0, 10.0, 10.0, tenure=0.0, onboarding_gap=0.0, contact_gap=0.0, pain=0.0, price_level=1.0)
    assert easy == tuple(p[b] for b in BASES)


@given(number(0.0, 6.0), number(0.0, 1.0), number(0.0, 1.0))
def test_a_hazard_rises_log_linearly_with_distress(slope, a, b):
    low, high = sorted((a, b))
    assert laws.log_linear(0.2, slope, low) <= laws.log_linear(0.2, slope, high)
    assert laws.log_linear(0.2, slope, 0.0) == 0.2
    assert laws.log_linear(0.2, slope, 1.0) == pytest.approx(0.2 * math.exp(slope))


@given(TEN, TEN)
def test_outcome_holds_an_account(a, b):
    low, high = sorted((a, b))
    assert 0.0 < laws.held(P, high) <= laws.held(P, low) <= 1.0
    assert laws.held(P, 0.0) == 1.0
    assert laws.held(P, 10.0) == pytest.approx(math.exp(-P[churn.SWITCHING]))


@given(number(0.0, 60.0), number(1.0, 36.0), TEN, number(0.0, 30.0))
def test_distress_of_the_relationship_rises_with_overdue_contact_and_a_cold_sponsor(gap, cadence, sponsor, more):
    d = laws.relationship_distress(P, gap, cadence, sponsor)
    assert 0.0 <= d <= 1.0
    assert laws.relationship_distress(P, gap + more, cadence, sponsor) >= d
    assert laws.relationship_distress(P, gap, cadence, min(10.0, sponsor + more)) <= d
    if gap <= cadence and sponsor >= 5.0:
        assert d == 0.0


@given(number(0.0, 10.0), number(0.0, 10.0))
def test_other_distresses_rise_from_nought_towards_one(a, b):
    low, high = sorted((a, b))
    assert 0.0 <= laws.service_distress(P, low) <= laws.service_distress(P, high) <= 1.0
    assert laws.service_distress(P, 0.0) == 0.0
    assert 0.0 <= laws.value_distress(high) <= laws.value_distress(low) <= 1.0
    assert (laws.value_distress(0.0), laws.value_distress(10.0)) == (1.0, 0.0)
    assert 0.0 <= laws.competition_distress(2.0 * high) <= laws.competition_distress(2.0 * low) <= 1.0
    assert (laws.competition_distress(0.0), laws.competition_distress(20.0)) == (1.0, 0.0)
    assert laws.price_distress(P, 1.0, high) <= laws.price_distress(P, 1.0, low)
    assert laws.price_distress(P, low, 5.0) <= laws.price_distress(P, high, 5.0)
    assert laws.price_distress(P, 1.0, 10.0 * P[churn.PRICE_REFERENCE]) == pytest.approx(0.0, abs=1e-12)


@given(number(0.0, 60.0), number(0.0, 60.0))
def test_value_is_judged_with_time(a, b):
    low, high = sorted((a, b))
    assert 0.0 <= laws.seasoned(P, low) <= laws.seasoned(P, high) <= 1.0
    assert laws.seasoned(P, 0.0) == 0.0
    assert laws.seasoned(changed({churn.VALUE_PATIENCE: 0.0}), 0.0) == 1.0


def _path(p, cause, a, b, n=4000):
    """Accumulated hazard between two tenures if nothing but tenure changes, by the midpoint rule."""
    ages = [a + (b - a) * (k + 0.5) / n for k in range(n)]
    return sum(_of(p, 5.0, 5.0, 5.0, tenure=t)[cause] for t in ages) * (b - a) / n


@pytest.mark.parametrize("cause", range(6))
def test_as_things_are_is_the_hazard_accumulated_where_only_tenure_changes(cause):
    begun, reviewed, now = 12.0, 21.0, 22.03
    hazard = _of(P, 5.0, 5.0, 5.0, tenure=reviewed)[cause]
    assert laws.as_things_are(P, cause, hazard, reviewed, begun, now) == pytest.approx(
        _path(P, cause, begun, now), rel=1e-5
    )


@given(random_inputs(), st.integers(0, 5), number(0.0, 3.0), number(0.0, 3.0), number(0.0, 1164.0), number(1.0, 36.0))
def test_as_things_are_rises_with_the_hazard_at_any_age(rng, cause, hazard, more, begun, length):
    p = random_row(rng)
    reviewed, now = begun + length * 0.9, begun + length
    accumulated = laws.as_things_are(p, cause, hazard, reviewed, begun, now)
    assert 0.0 <= accumulated <= laws.as_things_are(p, cause, hazard + more, reviewed, begun, now)
    assert laws.as_things_are(p, cause, 0.0, reviewed, begun, now) == 0.0


@given(number(0.0, 3.0))
def test_zero_hazard_never_comes(remaining):
    assert laws.delay_of(0.0, max(remaining, 1e-9)) == laws.NEVER
    assert laws.first_intent((0.0,) * 7, (max(remaining, 1e-9),) * 7) == (events.NO_CAUSE, laws.NEVER)


@given(number(0.0, 2.0), number(-1.0, 3.0), number(0.0, 2.0))
def test_a_higher_hazard_comes_no_later(hazard, remaining, more):
    delay = laws.delay_of(hazard, remaining)
    assert laws.delay_of(hazard + more, remaining) <= delay
    assert delay == laws.NEVER or 0.0 <= delay <= 1.0
    if remaining <= 0.0:
        assert delay == 0.0


@given(SEVEN, LEFT)
def test_the_first_of_six_causes_wins_and_payment_is_none_of_them(now, remaining):
    cause, delay = laws.first_intent(now, remaining)
    delays = [laws.delay_of(h, r) for h, r in zip(now, remaining, strict=True)][:6]
    assert delay == min(delays)
    assert cause == (events.NO_CAUSE if delay == laws.NEVER else delays.index(delay))


@given(SEVEN, LEFT, st.integers(0, 6), number(-1.0, 3.0))
def test_a_month_wears_all_points_and_a_shift_moves_one(now, remaining, cause, by):
    assert laws.worn(now, remaining) == tuple(r - h for h, r in zip(now, remaining, strict=True))
    moved = laws.shifted(remaining, cause, by)
    assert moved == tuple(r + by if c == cause else r for c, r in enumerate(remaining))
    assert laws.passed(moved, cause) == (moved[cause] <= 0.0)
    assert laws.crossed(remaining, moved, cause) == (remaining[cause] > 0.0 and moved[cause] <= 0.0)


@given(number(0.0, 2.0), number(1e-6, 3.0), number(0.0, 1.0), number(0.0, 3.0))
def test_a_point_drawn_anew_lies_at_its_distance_from_where_the_account_stands(hazard, remaining, left, distance):
    # the whole month was charged at the review
    (after_month, *_) = laws.worn((hazard,) * 7, (remaining,) * 7)
    lived = hazard * (1.0 - left)
    if abs(remaining - lived) > 1e-9:
        assert laws.lies_ahead(after_month, hazard, left) == (remaining > lived)
    moved = after_month + laws.redrawn(after_month, hazard, left, distance)
    assert moved + hazard * left == pytest.approx(distance, abs=1e-9)
    delay = laws.delay_in_rest(hazard, left, distance)
    assert (delay < laws.NEVER) == (hazard * left > distance)
    assert delay == laws.NEVER or 0.0 <= delay <= left * (1.0 + 1e-12)
    # over a whole month it is the law of the reviews
    if distance > 0.0:
        assert laws.delay_in_rest(hazard, 1.0, distance) == laws.delay_of(hazard, distance)


@given(number(0.0, 6.0), number(-0.5, 1.0), number(0.0, 1.0))
def test_quoting_a_higher_price_brings_the_price_point_nearer(frailty, step, more):
    jump = laws.quote_jump(P, frailty, step)
    assert jump <= 0.0
    assert laws.quote_jump(P, frailty, step + more) <= jump
    if step <= 0.0:
        assert jump == 0.0


def test_experience_is_what_the_voices_make_of_it():
    assert _of(P, 2.0, 8.0, 5.0) != _of(changed({voices.USER_VOICE: 1.0}), 2.0, 8.0, 5.0)
