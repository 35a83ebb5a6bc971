"""Runs that share a history: the compiled clock goes on from month 0, the reference lives it again."""

from __future__ import annotations

import pytest
from both import compare
from drawn_families import families
from drawn_scenarios import Case
from hypothesis import HealthCheck, given, settings

FEW, SOME, ALL = 8, 30, 150
LOOSE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def check(family: list[Case]) -> None:
    """Compare one after the other, and the first again."""
    for case in [*family, family[0]]:
        what = "relatives with one history"
        compare(what, case.scenario, case.seed, case.replication, case.horizon, case.policy, case.fork)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(families())
def test_few_families_give_the_same_logs(family: list[Case]) -> None:
    check(family)


@pytest.mark.slow
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(families())
def test_some_families_give_the_same_logs(family: list[Case]) -> None:
    check(family)


@pytest.mark.parity
@settings(max_examples=ALL, suppress_health_check=LOOSE)
@given(families())
def test_many_families_give_the_same_logs(family: list[Case]) -> None:
    check(family)
