"""Moments: two voices in [0, 10], bad outweighs good, waits are felt, moods are bounded."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim import events
from cxsim.packing import packed
from cxsim.parameters import adoption, onboarding, outcome
from cxsim.parameters import experience as names
from cxsim.rules import experience as laws

P = list(DEFAULTS)
NONE = packed([])
TEN = number(0.0, 10.0)
MOMENTS = st.sampled_from(events.MOMENTS)


@given(random_inputs(), MOMENTS, TEN, TEN)
def test_a_voice_moves_towards_the_score_and_never_past_it(rng, kind, voice, score):
    after = laws.after_moment(random_row(rng), kind, voice, score)
    assert min(voice, score) - 1e-12 <= after <= max(voice, score) + 1e-12


@given(MOMENTS, number(0.5, 9.5), number(0.01, 0.5))
def test_a_disappointment_moves_more_than_a_delight_of_the_same_size(kind, voice, size):
    up = laws.after_moment(P, kind, voice, voice + size) - voice
    down = voice - laws.after_moment(P, kind, voice, voice - size)
    assert down > up > 0.0
    # below the bound the ratio is λ
    assert down == pytest.approx(P[names.NEGATIVITY] * up, rel=1e-6)


@given(MOMENTS, TEN, TEN, TEN)
def test_a_better_score_never_leaves_a_worse_voice(kind, voice, a, b):
    low, high = sorted((a, b))
    assert laws.after_moment(P, kind, voice, low) <= laws.after_moment(P, kind, voice, high) + 1e-12


def test_a_moment_of_no_weight_or_no_surprise_moves_nothing():
    p = changed({names.SUPPORT_WEIGHT: 0.0})
    assert laws.after_moment(p, events.TICKET_SOLVED, 4.0, 9.0) == 4.0
    assert laws.after_moment(P, events.TICKET_SOLVED, 4.0, 4.0) == 4.0


def test_surprise_amplifies_a_moment():
    # w·(1 + η·|s − x|/10)·(s − x) with w = .15, η = .5: 8 points up from 2 is .15·1.4·8 = 1.68
    assert laws.after_moment(P, events.TICKET_SOLVED, 2.0, 10.0) == pytest.approx(3.68)


def test_each_touchpoint_has_its_own_weight():
    of = {
        events.REVIEW: names.PRODUCT_WEIGHT, events.MILESTONE: names.MILESTONE_WEIGHT,
        events.CHECKED_IN: names.CHECK_IN_WEIGHT, events.REACHED_OUT: names.CHECK_IN_WEIGHT,
        events.KICKED_OFF: names.KICK_OFF_WEIGHT, events.WENT_LIVE: names.GO_LIVE_WEIGHT,
        events.RENEWAL_TALK: names.RENEWAL_TALK_WEIGHT, events.OUTAGE_FELT: names.OUTAGE_WEIGHT,
        events.BUYING: names.BUYING_WEIGHT, events.PAYMENT_FAILED: names.BILLING_WEIGHT,
        events.TICKET_SOLVED: names.SUPPORT_WEIGHT, events.TICKET_FAILED: names.SUPPORT_WEIGHT,
        events.TICKET_ABANDONED: names.SUPPORT_WEIGHT,
    }  # fmt: skip
    assert set(of) == set(events.MOMENTS)
    for kind, place in of.items():
        assert laws.moment_weight(changed({place: 0.987}), kind) == 0.987


@given(number(0.0, 1.0), TEN, TEN, TEN)
def test_experience_is_a_mean_of_both_voices_and_rises_with_each(w, sponsor, user, better):
    p = changed({names.USER_VOICE: w})
    x = laws.experience(p, sponsor, user)
    assert min(sponsor, user) - 1e-12 <= x <= max(sponsor, user) + 1e-12
    if better >= user:
        assert laws.experience(p, sponsor, better) >= x - 1e-12
    if better >= sponsor:
        assert laws.experience(p, better, user) >= x - 1e-12


@given(number(0.0, 1.0), TEN, TEN, TEN)
def test_what_a_moment_moved_is_the_change_of_experience_whichever_voice_it_moved(w, other, before, after):
    p = changed({names.USER_VOICE: w})
    by_users = laws.experience(p, other, after) - laws.experience(p, other, before)
    by_sponsor = laws.experience(p, after, other) - laws.experience(p, before, other)
    assert laws.experience_moved(p, True, before, after) == pytest.approx(abs(by_users), abs=1e-12)
    assert laws.experience_moved(p, False, before, after) == pytest.approx(abs(by_sponsor), abs=1e-12)


@given(TEN, TEN, TEN)
def test_feelings_rise_with_the_score_and_fall_with_what_was_expected(score, voice, other):
    v = laws.valence(P, score, voice)
    assert -1.0 <= v <= 1.0
    if other >= score:
        assert laws.valence(P, other, voice) >= v - 1e-12
        assert laws.emotion(P, other, voice) >= laws.emotion(P, score, voice)
    if other >= voice:
        assert laws.valence(P, score, other) <= v + 1e-12


def test_emotions_run_from_angry_to_delighted():
    assert laws.emotion(P, 0.0, 8.0) == events.ANGRY
    assert laws.emotion(P, 3.5, 5.0) == events.FRUSTRATED
    assert laws.emotion(P, 5.0, 5.0) == events.NEUTRAL
    assert laws.emotion(P, 7.0, 6.0) == events.PLEASED
    assert laws.emotion(P, 10.0, 6.0) == events.DELIGHTED


@given(number(-1.0, 1.0), TEN, TEN)
def test_mood_is_bounded_and_fades(mood, score, voice):
    after = laws.mood_after_moment(P, mood, score, voice)
    assert -1.0 <= after <= 1.0
    assert (after >= mood) == (laws.valence(P, score, voice) >= 0.0) or after in (-1.0, 1.0) or after == mood
    assert abs(laws.mood_after_month(P, mood)) <= abs(mood)


def test_mood_has_no_memory_where_none_is_declared():
    assert laws.mood_after_month(changed({outcome.MOOD_MEMORY: 0.0}), 0.7) == 0.0


@given(number(0.0, 30.0), number(0.0, 30.0), number(0.01, 12.0))
def test_waiting_costs_nothing_within_expectation_and_more_the_longer(a, b, expected):
    low, high = sorted((a, b))
    assert laws.wait_loss(P, low, expected) <= laws.wait_loss(P, high, expected) <= P[names.WAIT_PENALTY]
    if low <= expected:
        assert laws.wait_loss(P, low, expected) == 0.0


def test_a_hopeless_wait_costs_the_whole_penalty():
    assert laws.wait_loss(P, 1e6, 1.0) == P[names.WAIT_PENALTY]


@given(number(0.0, 6.0), number(0.0, 6.0), number(-3.0, 3.0), st.booleans())
def test_scores_fall_with_the_wait_and_rise_with_luck(a, b, z, digital):
    low, high = sorted((a, b))
    for early, late in (
        (laws.kick_off_score(P, NONE, [], 0.0, low, z), laws.kick_off_score(P, NONE, [], 0.0, high, z)),
        (
            laws.go_live_score(P, NONE, [], 0.0, low, 1.0, 1.0, z),
            laws.go_live_score(P, NONE, [], 0.0, high, 1.0, 1.0, z),
        ),
        (
            laws.ticket_score(P, NONE, [], 0.0, low, digital, True, z),
            laws.ticket_score(P, NONE, [], 0.0, high, digital, True, z),
        ),
        (
            laws.contact_score(P, NONE, [], 0.0, events.CHECKED_IN, low, digital, z),
            laws.contact_score(P, NONE, [], 0.0, events.CHECKED_IN, high, digital, z),
        ),
    ):
        assert 0.0 <= late <= early <= 10.0
    for score in (laws.buying_score, laws.outage_score, laws.billing_score):
        assert 0.0 <= score(P, z) <= score(P, z + 1.0) <= 10.0
    assert laws.milestone_score(P, NONE, [], 0.0, z) <= laws.milestone_score(P, NONE, [], 0.0, z + 1.0)


@given(number(0.2, 2.0), number(0.2, 2.0), number(0.2, 2.0))
def test_a_promise_above_fit_costs_points_at_go_live(fit, a, b):
    low, high = sorted((a, b))
    modest, bold = (laws.go_live_score(P, NONE, [], 0.0, 1.0, fit, promise, 0.0) for promise in (low, high))
    assert bold <= modest
    if high <= fit:
        assert bold == modest


@given(number(0.01, 1.0), number(0.01, 1.0))
def test_practice_makes_a_product_easier(a, b):
    low, high = sorted((a, b))
    assert laws.product_score(P, NONE, [], 0.0, low, 0.0) <= laws.product_score(P, NONE, [], 0.0, high, 0.0)


@given(number(0.0, 1.0))
def test_a_solved_ticket_beats_a_failed_one_and_a_human_a_machine(waited):
    assume(waited < 10.0)
    good, bad = (laws.ticket_score(P, NONE, [], 0.0, waited, False, solved, 0.0) for solved in (True, False))
    assert good - bad == pytest.approx(P[names.UNSOLVED_PENALTY]) or bad == 0.0
    assert laws.ticket_score(P, NONE, [], 0.0, waited, True, True, 0.0) < good
    digital, human = (laws.contact_score(P, NONE, [], 0.0, events.REACHED_OUT, waited, d, 0.0) for d in (True, False))
    assert digital < human


def test_what_is_expected_is_declared():
    p = changed({adoption.EXPECTED_REPLY: 6.0, adoption.EXPECTED_CALL: 6.0, onboarding.EXPECTED_WAIT: 6.0})
    none = [laws.ticket_score(p, NONE, [], 0.0, w, False, True, 0.0) for w in (0.0, 6.0)]
    assert none[0] == none[1]
    assert laws.first_voices(p) == (p[names.START_SPONSOR], p[names.START_USER])
