"""Monthly policies and forks: what is seen, what is ordered, and luck dealt afresh, the same on both clocks."""

from __future__ import annotations

import numpy as np
import pytest
from both import compare
from drawn_scenarios import Case, cases
from exercised import TABLES, Exercised
from hypothesis import HealthCheck, given, settings
from small_set import small_world

import cxsim as cx
from cxsim import events

FEW, SOME, ALL = 10, 40, 200
LOOSE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def check(what: str, case: Case, count: bool = False) -> None:
    """Compare one case."""
    log = compare(what, case.scenario, case.seed, case.replication, case.horizon, case.policy, case.fork)
    if count:
        TABLES.setdefault(what, Exercised()).add(case.scenario, log)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(cases(policies=True))
def test_few_monthly_policies_give_the_same_log(case: Case) -> None:
    check("monthly policies", case)


@pytest.mark.slow
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(cases(policies=True))
def test_some_monthly_policies_give_the_same_log(case: Case) -> None:
    check("monthly policies", case)


@pytest.mark.parity
@settings(max_examples=ALL, suppress_health_check=LOOSE)
@given(cases(policies=True))
def test_many_monthly_policies_give_the_same_log(case: Case) -> None:
    check("monthly policies", case, count=True)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(cases(forks=True))
def test_few_forks_give_the_same_log(case: Case) -> None:
    check("forks", case)


@pytest.mark.slow
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(cases(forks=True))
def test_some_forks_give_the_same_log(case: Case) -> None:
    check("forks", case)


@pytest.mark.parity
@settings(max_examples=ALL, suppress_health_check=LOOSE)
@given(cases(forks=True))
def test_many_forks_give_the_same_log(case: Case) -> None:
    check("forks", case, count=True)


@pytest.mark.parity
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(cases(policies=True, forks=True))
def test_policies_after_forks_give_the_same_log(case: Case) -> None:
    check("policies with forks", case)


def test_a_capacity_holds_for_reviews_and_orders_together() -> None:
    most = 2
    often = small_world().set("adoption.outreach_pause", 2)
    world = often.with_("proactive-outreach", bands=[], capacity=most)

    def a_few(seen: cx.Seen) -> cx.Orders:
        return cx.Orders(treat={"proactive-outreach": seen.columns["account"][: seen.month % 3]})

    log = compare("calls up to a capacity", world, seed=1, policy=a_few)
    asked = log.columns["kind"] == events.OUTREACH_ASKED
    n = np.bincount(np.floor(log.columns["time"][asked]).astype(int))
    assert n.max() == most
    assert (n == most).sum() > 20
    free = compare("calls without one", often.with_("proactive-outreach", bands=[]), seed=1, policy=a_few)
    assert (free.columns["kind"] == events.OUTREACH_ASKED).sum() > asked.sum()


def test_a_score_is_that_of_its_month() -> None:
    called = small_world().with_("proactive-outreach", bands=[], score="custom", above=0.0)

    def every_other(seen: cx.Seen) -> cx.Orders:
        return cx.Orders(scores=np.where((seen.columns["account"] + seen.month) % 2 == 0, 1.0, np.nan))

    log = compare("scores of a month", called, seed=1, policy=every_other)
    asked = log.columns["kind"] == events.OUTREACH_ASKED
    months = np.floor(log.columns["time"][asked]).astype(int)
    assert asked.sum() > 5
    assert ((log.columns["account"][asked] + months) % 2 == 0).all()
