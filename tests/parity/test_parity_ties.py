"""Massive ties: sign-ups, work, notice, dunning, programmes and headcounts all at whole months."""

from __future__ import annotations

import random

import numpy as np
import pytest
from both import REFERENCE, compare, log_of
from drawn_ties import TiedCase, tied_cases
from exercised import TABLES, Exercised
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.eventlog import EventLog

FEW, SOME, ALL = 10, 40, 100
TIED = "scenarios of ties"
LOOSE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def check(case: TiedCase, exercised: Exercised | None = None) -> EventLog:
    """Compare one case."""
    log = compare(TIED, case.scenario, case.seed, roster=case.roster)
    if exercised is not None:
        exercised.add(case.scenario, log)
    return log


def share_of_ties(log: EventLog) -> float:
    """Share of the rows that are not alone at their moment."""
    _, numbers = np.unique(log.columns["time"], return_counts=True)
    return float(numbers[numbers > 1].sum()) / len(log)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(tied_cases())
def test_few_scenarios_of_ties_give_the_same_log(case: TiedCase) -> None:
    check(case)


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(tied_cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_roster_is_listed_does_not_matter(case: TiedCase, rng: random.Random) -> None:
    roster = list(case.roster)
    rng.shuffle(roster)
    log = compare("rosters in no order", case.scenario, case.seed, roster=roster)
    assert log.digest() == log_of(REFERENCE, case.scenario, case.seed, roster=case.roster).digest()


@settings(max_examples=FEW, suppress_health_check=LOOSE)
@given(tied_cases())
def test_ties_are_many(case: TiedCase) -> None:
    # with outages, tickets and intents at moments of their own
    assert share_of_ties(log_of(REFERENCE, case.scenario, case.seed, roster=case.roster)) > 0.2


@pytest.mark.slow
@settings(max_examples=SOME, suppress_health_check=LOOSE)
@given(tied_cases())
def test_some_scenarios_of_ties_give_the_same_log(case: TiedCase) -> None:
    check(case)


@pytest.mark.parity
@settings(max_examples=ALL, suppress_health_check=LOOSE)
@given(tied_cases())
def test_many_scenarios_of_ties_give_the_same_log(case: TiedCase) -> None:
    check(case, TABLES.setdefault(TIED, Exercised()))
