"""Every law is exercised by name in this folder, and keeps to its declared range wherever its arguments lie."""

from __future__ import annotations

import ast
import math
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from inputs import DOMAINS, random_arguments, random_inputs

from cxsim.rules import LAWS

ANY = (-math.inf, math.inf)
# ranges that docstrings state: 0-10 scores, shares, hazards, codes, cents, months
RANGES: dict[str, tuple[float, float]] = {
    "review_at": (-math.inf, math.inf),
    "notice_at": (-math.inf, math.inf),
    **dict.fromkeys(
        (
            "experience",
            "experience_moved",
            "after_moment",
            "buying_score",
            "kick_off_score",
            "milestone_score",
            "go_live_score",
            "product_score",
            "ticket_score",
            "contact_score",
            "outage_score",
            "billing_score",
            "first_voices",
            "seen_at_first",
            "seen_after",
            "survey_answer",
            "first_outcome",
            "outcome_after_month",
            "wait_loss",
        ),
        (0.0, 10.0),
    ),
    **dict.fromkeys(
        (
            "strength",
            "outage_acceptance",
            "rescue_chance",
            "expansion_chance",
            "contraction_chance",
            "purchase_chance",
            "referral_acceptance",
            "ordinary_acceptance",
            "held",
            "relationship_distress",
            "service_distress",
            "value_distress",
            "competition_distress",
            "price_distress",
            "seasoned",
            "digital_share",
            "visibility",
            "seen_usage_after_month",
            "lateness_gap",
            "gap_at_go_live",
            "gap_of_abandoned",
            "gap_after_month",
            "ticket_acceptance",
            "moment_weight",
        ),
        (0.0, 1.0),
    ),
    **dict.fromkeys(
        (
            "first_usage",
            "usage_ceiling",
            "usage_after_month",
            "usage_at_go_live",
            "usage_after_outreach",
            "usage_after_champion",
        ),
        (0.01, 1.0),
    ),
    **dict.fromkeys(("health", "observed_health"), (0.0, 20.0)),
    **dict.fromkeys(("mood_after_moment", "mood_after_month"), (-1.0, 1.0)),
    "valence": (-1.0, 1.0),
    "touch": (0, 2),
    "fit": (0.0, 10.0),
    "promise": (0.0, 10.0),
    "emotion": (0, 4),
    "band": (0, 2),
    "quadrant": (0, 3),
    "punctuality": (0, 2),
    "experience_weight": (0.0, 2.0),
    "seat_change": (-0.5, 1.0),
    "within_expectation": (0, 1),
    **dict.fromkeys(
        (
            "exponential",
            "lognormal",
            "hazards",
            "log_linear",
            "delay_of",
            "delay_in_rest",
            "onboarding_patience",
            "milestone_duration",
            "ticket_candidate_delay",
            "ticket_patience",
            "ticket_work",
            "pain_after_reply",
            "pain_after_ticket",
            "pain_after_month",
            "cadence",
            "conversation_work",
            "outage_candidate_delay",
            "arrival_rate",
            "as_things_are",
            "win_back_delay",
            "dunning_delay",
            "grown",
            "milestones",
            "places",
            "queue_place",
            "conversation_place",
            "purchase",
            "price_after",
        ),
        (0.0, math.inf),
    ),
    **dict.fromkeys(
        ("renewed_mrr", "returned_mrr", "expanded_mrr", "contracted_mrr", "months_to_renewal", "first_mrr", "term"),
        (1, math.inf),
    ),
    **dict.fromkeys(("wake_jump", "quote_jump"), (-math.inf, 0.0)),
}


def _numbers(value: object) -> tuple[float, ...]:
    return tuple(value) if isinstance(value, tuple) else (value,)  # type: ignore[return-value]


@pytest.mark.parametrize("name", LAWS)
def test_a_law_stays_in_its_range(name: str) -> None:
    rng = random.Random(name)
    low, high = RANGES.get(name, ANY)
    for _ in range(300):
        arguments = random_arguments(name, rng)
        for x in _numbers(LAWS[name](**arguments)):
            assert not math.isnan(x), arguments
            assert low - 1e-12 <= x <= high + 1e-12, arguments


@pytest.mark.parametrize("name", LAWS)
@given(rng=random_inputs())
def test_a_law_is_a_function_of_its_arguments_alone(name: str, rng: random.Random) -> None:
    arguments = random_arguments(name, rng)
    assert LAWS[name](**arguments) == LAWS[name](**arguments)


def test_ranges_are_of_laws_that_exist() -> None:
    assert set(RANGES) <= set(LAWS)


def test_a_law_whose_docstring_states_a_range_is_held_to_it() -> None:
    stated = {name for name, law in LAWS.items() if re.search(r"\[[^\]]*0-(1|10|20)( each)?\]", str(law.__doc__))}
    # log_linear's range is that of its argument
    assert stated - set(RANGES) - {"trend", "moved", "edited"} == set()


def test_every_law_is_named_in_a_test_of_this_folder() -> None:
    named: set[str] = set()
    for path in Path(__file__).parent.glob("test_laws_*.py"):
        if path.name in ("test_laws_complete.py", "test_laws_compiled.py"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert sorted(set(LAWS) - named) == []


def test_every_argument_of_a_law_has_a_domain() -> None:
    import inspect

    arguments = {a for law in LAWS.values() for a in inspect.signature(law).parameters}
    assert arguments - set(DOMAINS) == set()
