"""Health, bands, quadrants, and what of them the company sees."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim import events
from cxsim.parameters import health as names
from cxsim.rules import health as laws

P = list(DEFAULTS)
TEN = number(0.0, 10.0)
STAGES = st.sampled_from([events.ONBOARDING, events.ADOPTION, events.RENEWAL])


def test_outcome_6_5_and_experience_8_2_give_14_7_amber():
    h = laws.health(P, 6.5, 8.2, events.ADOPTION)
    assert h == pytest.approx(14.7, abs=1e-12)
    assert laws.band(P, h) == events.AMBER
    assert laws.quadrant(P, 6.5, 8.2) == events.HAPPY


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, events.RED), (9.9, events.RED), (math.nextafter(10.0, 0.0), events.RED), (10.0, events.AMBER),
        (14.999, events.AMBER), (math.nextafter(15.0, 0.0), events.AMBER), (15.0, events.GREEN), (20.0, events.GREEN),
    ],
)  # fmt: skip
def test_bands_are_cut_unrounded(score, band):
    assert laws.band(P, score) == band


def test_bands_are_each_companys_own():
    p = changed({names.AMBER_FROM: 8.0, names.GREEN_FROM: 12.0})
    assert [laws.band(p, h) for h in (7.9, 8.0, 11.9, 12.0)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("client_outcome", "experience", "quadrant"),
    [
        (5.9, 5.9, events.HIGH_RISK), (6.0, 5.9, events.TRAPPED), (5.9, 6.0, events.ACCESSIBLE),
        (6.0, 6.0, events.HAPPY),
    ],
)  # fmt: skip
def test_quadrants(client_outcome, experience, quadrant):
    assert laws.quadrant(P, client_outcome, experience) == quadrant


@given(random_inputs(), TEN, TEN, STAGES, TEN)
def test_health_lies_in_0_to_20_and_rises_with_both(rng, o, x, stage, up):
    p = random_row(rng)
    h = laws.health(p, o, x, stage)
    assert -1e-12 <= h <= 20.0 + 1e-12
    assert laws.health(p, max(o, up), x, stage) >= h - 1e-12
    assert laws.health(p, o, max(x, up), stage) >= h - 1e-12
    w = laws.experience_weight(p, stage)
    assert h == pytest.approx((2.0 - w) * o + w * x)
    assert laws.health(p, 7.0, 7.0, stage) == pytest.approx(14.0)  # the weights sum to 2


@given(number(0.0, 1.0), number(0.0, 1.0), number(0.0, 1.0))
def test_experience_weighs_more_as_the_company_matures(shift, a, b):
    low, high = sorted((a, b))
    young, mature = (
        laws.experience_weight(changed({names.MATURITY: m, names.MATURITY_SHIFT: shift}), events.ADOPTION)
        for m in (low, high)
    )
    assert young <= mature + 1e-12
    middle = changed({names.MATURITY: 0.5, names.MATURITY_SHIFT: shift})
    assert laws.experience_weight(middle, events.ADOPTION) == 1.0


def test_a_stage_shifts_the_weights_of_its_own_accounts_only():
    p = changed({names.ONBOARDING_SHIFT: 0.3, names.RENEWAL_SHIFT: -0.4})
    weights = [laws.experience_weight(p, s) for s in (events.ONBOARDING, events.ADOPTION, events.RENEWAL)]
    assert weights == pytest.approx([1.3, 1.0, 0.6])
    assert (
        laws.experience_weight(changed({names.RENEWAL_SHIFT: -1.0, names.MATURITY_SHIFT: 1.0, names.MATURITY: 0.0}), 2)
        == 0.0
    )


def test_each_owner_has_its_own_visibility():
    of = {
        events.SALES: names.VISIBLE_SALES, events.ONBOARDING_OWNER: names.VISIBLE_ONBOARDING,
        events.SUCCESS: names.VISIBLE_SUCCESS, events.SUPPORT: names.VISIBLE_SUPPORT,
        events.PRODUCT: names.VISIBLE_PRODUCT, events.BILLING: names.VISIBLE_BILLING,
        events.DIGITAL: names.VISIBLE_SUPPORT,
    }  # fmt: skip
    assert set(of) == set(range(len(events.OWNERS)))
    for owner, place in of.items():
        assert laws.visibility(changed({place: 0.987}), owner) == 0.987


@given(TEN, TEN, number(0.01, 1.0))
def test_a_sighting_moves_the_picture_towards_it(seen, score, speed):
    after = laws.seen_after(changed({names.SEEN_SPEED: speed}), seen, score)
    assert min(seen, score) - 1e-12 <= after <= max(seen, score) + 1e-12
    assert laws.seen_after(changed({names.SEEN_SPEED: 1.0}), seen, score) == pytest.approx(score)
    assert laws.seen_at_first(P) == P[names.SEEN_PRIOR]


@given(number(0.0, 1.0), number(0.0, 1.0), number(0.0, 0.99))
def test_reports_of_usage_lag(seen, usage, delay):
    after = laws.seen_usage_after_month(changed({names.SEEN_DELAY: delay}), seen, usage)
    assert min(seen, usage) - 1e-12 <= after <= max(seen, usage) + 1e-12
    assert laws.seen_usage_after_month(changed({names.SEEN_DELAY: 0.0}), seen, usage) == usage


@given(number(0.0, 1.0), TEN, STAGES, number(-4.0, 4.0))
def test_observed_health_is_true_health_of_the_picture_with_noise(usage, seen, stage, z):
    assert 0.0 <= laws.observed_health(P, usage, seen, stage, z) <= 20.0
    sharp = laws.observed_health(changed({names.SEEN_NOISE: 0.0}), usage, seen, stage, z)
    assert sharp == pytest.approx(laws.health(P, 10.0 * usage, seen, stage))


@given(TEN, TEN, number(1e-9, 1.0 - 1e-9))
def test_the_unhappy_stay_silent(a, b, u):
    low, high = sorted((a, b))
    assert laws.survey_is_answered(P, low, u) <= laws.survey_is_answered(P, high, u)
    assert laws.survey_is_answered(P, 5.0, u) == (u < P[names.SURVEY_ANSWER]) or abs(u - P[names.SURVEY_ANSWER]) < 1e-9
    assert not laws.survey_is_answered(changed({names.SURVEY_ANSWER: 0.0}), high, u)
    assert laws.survey_is_answered(changed({names.SURVEY_ANSWER: 1.0}), low, u)


@given(TEN, number(-5.0, 5.0))
def test_answers_are_scores_and_surveys_come_by_the_calendar(x, z):
    assert 0.0 <= laws.survey_answer(P, x, z) <= 10.0
    assert laws.survey_answer(P, x, 0.0) == x
    assert [m for m in range(1, 25) if laws.survey_due(P, m)] == [6, 12, 18, 24]
