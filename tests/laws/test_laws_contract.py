"""Contracts: notice, confirmation, rescue, renewal, price, payment."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number

from cxsim import events
from cxsim.packing import packed
from cxsim.parameters import adoption
from cxsim.parameters import contract as names
from cxsim.parameters import growth as sizes
from cxsim.rules import contract as laws

P = list(DEFAULTS)
NONE = packed([])
TERMS = st.sampled_from([12, 24, 36])
TEN = number(0.0, 10.0)


@given(number(0.0, 3.0), number(-1.0, 3.0), number(0.0, 3.0))
def test_what_was_mended_is_forgiven_and_more_hazard_never_is(accumulated, resistance, more):
    assert laws.confirms(accumulated, resistance) == (accumulated >= resistance)
    assert laws.confirms(accumulated + more, resistance) >= laws.confirms(accumulated, resistance)
    assert not laws.confirms(0.0, resistance) or resistance <= 0.0


@given(st.integers(1, 120), TERMS)
def test_terms_end_on_their_multiples_and_months_never_do(month, term):
    assert laws.ends_term(month, term) == (month % term == 0)
    assert not laws.ends_term(month, 1)
    assert laws.reprices(month, 1) == (month % 12 == 0)
    assert not laws.reprices(month, term)


@given(st.integers(1, 120), TERMS, st.integers(1, 11))
def test_the_renewal_stage_lasts_from_the_conversation_to_the_end_of_the_term(month, term, lead):
    p = changed({names.TALK_LEAD: float(lead)})
    left = term - month % term
    assert laws.in_renewal(p, month, term) == (left <= lead)
    assert laws.talk_is_due(p, month, term) == (left == lead)
    assert not laws.talk_is_due(p, month, 1)
    assert not laws.in_renewal(p, month, 1)
    assert not laws.talk_is_due(changed({names.TALK_LEAD: 0.0}), month, term)


@given(TERMS, number(0.0, 6.0), number(-60.0, 60.0), st.integers(0, 36))
def test_notice_is_given_in_the_term_before_its_end(term, notice, stay_at, month):
    p = changed({names.NOTICE: notice})
    at, begins, ends = laws.notice_at(p, stay_at, month, term), laws.review_at(stay_at, month), stay_at + month + term
    assert begins <= at
    assert at == pytest.approx(max(begins, ends - notice))


@given(TERMS, number(-60.0, 60.0), st.integers(0, 36))
def test_a_notice_of_whole_months_falls_on_a_review_to_the_bit(term, stay_at, month):
    if term > 2:
        assert laws.notice_at(changed({names.NOTICE: 2.0}), stay_at, month, term) == laws.review_at(
            stay_at, month + term - 2
        )


@given(st.integers(0, 5), TEN, TEN)
def test_a_rescue_is_a_chance_that_rises_with_the_sponsors_warmth(cause, a, b):
    low, high = sorted((a, b))
    cold, warm = (laws.rescue_chance(P, NONE, [], 0.0, cause, s) for s in (low, high))
    assert 0.0 <= cold <= warm <= 1.0


def test_each_cause_has_its_own_rescue():
    places = (
        names.RESCUE_ONBOARDING, names.RESCUE_RELATIONSHIP, names.RESCUE_SERVICE, names.RESCUE_VALUE,
        names.RESCUE_COMPETITION, names.RESCUE_PRICE,
    )  # fmt: skip
    for cause, place in enumerate(places):
        p = changed({place: 0.9, names.RESCUE_WARMTH: 0.5})
        assert laws.rescue_chance(p, NONE, [], 0.0, cause, 10.0) == pytest.approx(0.9)
        assert laws.rescue_chance(p, NONE, [], 0.0, cause, 0.0) == pytest.approx(0.45)


@given(number(0.0, 6.0), number(0.0, 6.0), number(0.0, 1.0))
def test_a_call_may_only_bring_an_intent_nearer(a, b, wake):
    low, high = sorted((a, b))
    p = changed({adoption.OUTREACH_WAKE: wake})
    assert laws.wake_jump(p, NONE, [], 0.0, high) <= laws.wake_jump(p, NONE, [], 0.0, low) <= 0.0
    assert laws.wake_jump(p, NONE, [], 0.0, 1.0) == -wake


@given(number(0.0, 1.0), number(1e-9, 1.0 - 1e-9))
def test_payments_recover_with_their_share(share, u):
    assert laws.payment_recovers(changed({names.RECOVERY_SHARE: share}), NONE, [], 0.0, u) == (u < share)
    assert laws.dunning_delay(P) == P[names.DUNNING]


@given(TEN, TEN, number(-3.0, 3.0))
def test_seats_rise_with_outcome_within_bounds(a, b, z):
    low, high = sorted((a, b))
    assert -0.5 <= laws.seat_change(P, low, z) <= laws.seat_change(P, high, z) <= 1.0


@given(st.integers(1, 10**8), number(-0.5, 1.0), number(-0.5, 1.0), number(0.0, 0.5))
def test_mrr_after_renewal_is_at_least_a_cent_and_rises_with_price_and_seats(mrr, step, seats, more):
    after = laws.renewed_mrr(mrr, step, seats)
    assert after >= 1
    assert isinstance(after, int)
    assert laws.renewed_mrr(mrr, step + more, seats) >= after
    assert laws.renewed_mrr(mrr, step, seats + more) >= after
    assert laws.renewed_mrr(mrr, 0.0, 0.0) == mrr
    assert laws.change(after, mrr) == after - mrr


@given(st.integers(1, 10**8), number(0.0, 1.0))
def test_those_who_return_pay_the_share_agreed(mrr, share):
    assume(mrr * share > 1.0)
    back = laws.returned_mrr(changed({sizes.WIN_BACK_PRICE: share}), mrr)
    assert abs(back - mrr * share) <= 0.5
    assert laws.returned_mrr(changed({sizes.WIN_BACK_PRICE: 0.0}), mrr) == 1


def test_prices_compound():
    step = laws.price_step(P)
    assert step == P[names.PRICE_STEP]
    assert laws.price_after(laws.price_after(1.0, step), step) == pytest.approx((1.0 + step) ** 2)


def test_the_involuntary_cause_is_no_cause_of_choice():
    assert events.CAUSES.index("involuntary") == 6
