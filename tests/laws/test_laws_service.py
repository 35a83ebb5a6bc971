"""How long people work and wait."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DEFAULTS, changed, number, random_inputs, random_row

from cxsim import events
from cxsim.packing import packed
from cxsim.parameters import adoption, contract, onboarding, segments, teams
from cxsim.rules import chance
from cxsim.rules import service as laws

P = list(DEFAULTS)
NONE = packed([])
U, Z, TEN, SHARE = number(1e-9, 1.0 - 1e-9), number(-5.0, 5.0), number(0.0, 10.0), number(0.0, 1.0)
AT_THE_MEAN = 1.0 - math.exp(-1.0)


@given(U, U)
def test_delays_rise_with_their_draw(a, b):
    low, high = sorted((a, b))
    for law in (
        laws.onboarding_patience,
        laws.ticket_patience,
        laws.ticket_candidate_delay,
        laws.outage_candidate_delay,
    ):
        assert 0.0 <= law(P, low) <= law(P, high)


def test_exponential_delays_have_the_declared_means():
    assert laws.onboarding_patience(P, AT_THE_MEAN) == pytest.approx(P[onboarding.PATIENCE])
    assert laws.ticket_patience(P, AT_THE_MEAN) == pytest.approx(P[adoption.TICKET_PATIENCE])
    assert laws.ticket_candidate_delay(P, AT_THE_MEAN) == pytest.approx(1.0 / P[adoption.TICKET_CEILING])
    assert laws.outage_candidate_delay(P, AT_THE_MEAN) == pytest.approx(1.0 / P[adoption.OUTAGE_CEILING])


def test_outages_come_at_their_rate_and_never_at_rate_nought():
    assert laws.outage_acceptance(P) * P[adoption.OUTAGE_CEILING] == pytest.approx(P[adoption.OUTAGE_RATE])
    assert laws.outage_acceptance(changed({adoption.OUTAGE_RATE: 0.0})) == 0.0


@given(Z, Z)
def test_work_is_lognormal_about_the_declared_median(a, b):
    low, high = sorted((a, b))
    hours = P[teams.HOURS_PER_MONTH]
    assert laws.milestone_duration(P, NONE, [], 0.0, low) <= laws.milestone_duration(P, NONE, [], 0.0, high)
    assert laws.milestone_duration(P, NONE, [], 0.0, 0.0) == P[onboarding.MILESTONE_DURATION]
    assert laws.ticket_work(P, low, 0.5) <= laws.ticket_work(P, high, 0.5)
    assert laws.ticket_work(P, 0.0, 0.5) == P[adoption.TICKET_HOURS] / hours
    for kind, place in (
        (events.CHECKED_IN, adoption.CHECK_IN_HOURS), (events.REACHED_OUT, adoption.OUTREACH_HOURS),
        (events.RENEWAL_TALK, contract.TALK_HOURS),
    ):  # fmt: skip
        assert laws.conversation_work(P, kind, low) <= laws.conversation_work(P, kind, high)
        assert laws.conversation_work(P, kind, 0.0) == P[place] / hours


def test_work_on_a_ticket_can_be_made_exponential():
    p = changed({adoption.TICKET_EXPONENTIAL: 1.0})
    assert laws.ticket_work(p, 3.0, AT_THE_MEAN) == pytest.approx(p[adoption.TICKET_HOURS] / p[teams.HOURS_PER_MONTH])


@given(TEN, TEN, U)
def test_displeased_users_give_up_sooner(a, b, u):
    low, high = sorted((a, b))
    p = changed({onboarding.GIVE_UP: 1.0})
    assert laws.gives_up(p, NONE, [], 0.0, high, u) <= laws.gives_up(p, NONE, [], 0.0, low, u)
    assert not laws.gives_up(p, NONE, [], 0.0, 10.0, u)
    assert laws.gives_up(p, NONE, [], 0.0, 0.0, u)


def test_punctuality_is_cut_at_expectation_and_at_budget():
    p = changed({onboarding.EXPECTED_DURATION: 2.0, onboarding.BUDGET_OVERRUN: 1.5})
    assert [laws.punctuality(p, NONE, [], 0.0, t) for t in (2.0, 2.001, 3.0, 3.001)] == [
        events.ON_TIME, events.LATE, events.LATE, events.OVER_BUDGET,
    ]  # fmt: skip


@given(number(0.0, 30.0), number(0.0, 30.0))
def test_lateness_distresses_from_the_expected_day_on(a, b):
    low, high = sorted((a, b))
    assert 0.0 <= laws.lateness_gap(P, NONE, [], 0.0, low) <= laws.lateness_gap(P, NONE, [], 0.0, high) <= 1.0
    assert laws.lateness_gap(P, NONE, [], 0.0, P[onboarding.EXPECTED_DURATION]) == 0.0


@given(SHARE, TEN, TEN)
def test_what_onboarding_leaves_behind(late, a, b):
    low, high = sorted((a, b))
    assert late - 1e-12 <= laws.gap_at_go_live(P, late, high) <= laws.gap_at_go_live(P, late, low) <= 1.0
    assert laws.gap_at_go_live(P, 0.0, P[onboarding.PLEASED_FROM]) == 0.0
    assert laws.gap_of_abandoned(P) == P[onboarding.ABANDONED_GAP]
    assert laws.gap_after_month(P, NONE, [], 0.0, late) <= late
    assert laws.gap_after_month(P, NONE, [], 0.0, 1.0) == pytest.approx(math.exp(-1.0 / P[onboarding.GAP_MEMORY]))


@given(random_inputs(), number(0.0, 60.0), number(0.0, 60.0), number(0.01, 1.0), number(0.01, 1.0))
def test_tickets_are_a_share_of_candidates_more_for_the_new_and_the_busy(rng, t1, t2, q1, q2):
    p = random_row(rng)
    young, old = sorted((t1, t2))
    idle, busy = sorted((q1, q2))
    share = laws.ticket_acceptance(p, NONE, [], 0.0, old, idle)
    assert 0.0 <= share <= laws.ticket_acceptance(p, NONE, [], 0.0, young, idle) <= 1.0
    assert share <= laws.ticket_acceptance(p, NONE, [], 0.0, old, busy) + 1e-15


@given(random_inputs(), number(0.0, 60.0), number(0.0, 60.0), number(0.01, 1.0))
def test_no_acceptance_lies_above_what_it_can_come_to(rng, t1, t2, usage):
    p = random_row(rng)
    now, later = sorted((t1, t2))
    most = laws.ticket_acceptance_most(
        p[adoption.TICKET_RATE],
        p[adoption.TICKET_EARLY],
        p[adoption.TICKET_EARLY_FADE],
        p[adoption.TICKET_CEILING],
        now,
    )
    assert laws.ticket_acceptance(p, NONE, [], 0.0, later, usage) <= most
    # nor far below it: at full usage and at once they meet
    exact = laws.ticket_acceptance(p, NONE, [], 0.0, now, 1.0)
    assert exact == 1.0 or most == pytest.approx(exact, rel=2e-6)


def test_a_settled_account_at_full_usage_opens_tickets_at_the_declared_rate():
    share = laws.ticket_acceptance(P, NONE, [], 0.0, 1e6, 1.0)
    assert share * P[adoption.TICKET_CEILING] == pytest.approx(P[adoption.TICKET_RATE])


@given(SHARE, U, U, U)
def test_digital_workers_try_their_share_and_fail_the_harder_the_ticket(share, u, a, b):
    p = changed({adoption.DIGITAL_SHARE: share, adoption.SOLVED_SHARE: share})
    assert laws.digital_share(p, NONE, [], 0.0) == share
    assert laws.human_solves(p, u) == (u < share)
    easy, hard = sorted((a, b))
    assert laws.digital_solves(P, hard, u) <= laws.digital_solves(P, easy, u)
    assert laws.digital_solves(changed({adoption.DIGITAL_SKILL: 0.0}), hard, u)


@given(number(0.0, 1.0), number(0.0, 10.0), st.integers(0, 30))
def test_pain_comes_from_help_that_is_late_open_or_none(waited, pain, n_open):
    late = waited > P[adoption.EXPECTED_REPLY]
    assert laws.within_expectation(P, waited) == (not late)
    assert laws.pain_after_reply(P, pain, waited) == (pain + P[adoption.PAIN_LATE] if late else pain)
    assert laws.pain_after_ticket(P, pain, True) == pain
    assert laws.pain_after_ticket(P, pain, False) == pain + P[adoption.PAIN_UNSOLVED]
    assert laws.pain_after_month(P, pain, 0) <= pain
    assert laws.pain_after_month(P, pain, n_open + 1) >= laws.pain_after_month(P, pain, n_open)


@given(st.integers(1, 60), st.integers(0, 2), st.integers(-1000, 60))
def test_contacts_follow_the_cadence_of_the_touch_model(month, touch, last):
    every = (P[adoption.CADENCE_DIGITAL], P[adoption.CADENCE_POOLED], P[adoption.CADENCE_NAMED])[touch]
    assert laws.cadence(P, touch) == every
    assert laws.check_in_due(P, touch, month) == (month % int(every) == 0)
    assert laws.rested(P, month, last) == (month - last >= P[adoption.OUTREACH_PAUSE])


@given(st.integers(0, 100), st.integers(1, 20))
def test_a_specialist_runs_several_projects_and_others_one_thing(people, projects):
    p = changed({onboarding.PROJECTS_PER_SPECIALIST: float(projects)})
    assert laws.places(p, events.ONBOARDING_TEAM, people) == people * projects
    assert laws.places(p, events.SUPPORT_TEAM, people) == laws.places(p, events.SUCCESS_TEAM, people) == people
    assert laws.milestones(changed({onboarding.MILESTONES: float(projects)})) == projects


@given(U, SHARE)
def test_outages_reach_their_share(u, share):
    assert laws.outage_hits(changed({adoption.OUTAGE_REACH: share}), u) == (u < share)


def test_queues_go_by_segment_and_conversations_renewals_first_then_red_before_green():
    assert laws.queue_place(changed({segments.SEGMENT_PRIORITY: 4.0})) == 4
    renewal, outreach = laws.conversation_place(P, events.RENEWAL_TALK, events.GREEN), 1
    red, amber, green = (laws.conversation_place(P, events.CHECKED_IN, band) for band in range(3))
    assert renewal < outreach < red < amber < green
    second = changed({segments.SEGMENT_PRIORITY: 1.0})
    assert green < laws.conversation_place(second, events.CHECKED_IN, events.RED)


@given(number(0.01, 10.0), U)
def test_chance_by_inversion(mean, u):
    assert chance.exponential(mean, u) == pytest.approx(-mean * math.log(1.0 - u), rel=1e-6)
    assert chance.happens(1.0, u)
    assert not chance.happens(0.0, u)
    assert chance.lognormal(mean, 0.0, 5.0) == mean
    assert chance.elapsed(mean + u, mean) == pytest.approx(u)
