"""Drawn scenarios: anywhere in the parameter space, with levers, shocks, short teams and short patience."""

from __future__ import annotations

import pytest
from both import compare
from drawn_scenarios import Case, cases
from exercised import TABLES, Exercised
from hypothesis import HealthCheck, given, settings

FEW, SOME, ALL = 25, 100, 500
PLAIN = "drawn scenarios"
LOOSE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def check(what: str, case: Case, exercised: Exercised | None = None) -> None:
    """Compare one case."""
    log = compare(what, case.scenario, case.seed, case.replication, case.horizon, case.policy, case.fork)
    if exercised is not None:
        exercised.add(case.scenario, log)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(cases())
def test_few_drawn_scenarios_give_the_same_log(case: Case) -> None:
    check(PLAIN, case)


@pytest.mark.slow
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(cases())
def test_some_drawn_scenarios_give_the_same_log(case: Case) -> None:
    check(PLAIN, case)


@pytest.mark.parity
def test_many_drawn_scenarios_give_the_same_log_and_leave_nothing_out() -> None:
    exercised = TABLES.setdefault(PLAIN, Exercised())

    @settings(max_examples=ALL, suppress_health_check=LOOSE)
    @given(cases())
    def same(case: Case) -> None:
        check(PLAIN, case, exercised)

    same()
    assert exercised.runs >= ALL
    assert exercised.unwritten() == []
    assert exercised.unmoved() == []
    assert exercised.lacking() == []
