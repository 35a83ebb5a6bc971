"""Massive ties: everything lasts whole months or no time at all, and accounts come at whole months."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Final

from drawn_numbers import sound
from drawn_scenarios import SEEDS, blank
from hypothesis import strategies as st
from stories import candidate

from cxsim import events
from cxsim.interventions import ADD, EVERYONE, REVIEW, SIGN_UP, Edit, Intervention
from cxsim.parameters import by_path
from cxsim.roster import Candidate
from cxsim.scenario import Scenario, with_values

Draw = Any
SEGMENTS: Final = ("first", "second")
HOURS: Final = 100.0  # of a month, so that 0, 100 and 200 hours of work are whole months
WORK: Final = st.sampled_from([0.0, HOURS, 2.0 * HOURS])
SHARE: Final = st.sampled_from([0.0, 0.3, 1.0])

# all that lasts, and how often what happens does
CHOICES: Final[dict[str, st.SearchStrategy[float]]] = {
    "adoption.ticket_hours": WORK, "adoption.check_in_hours": WORK, "adoption.outreach_hours": WORK,
    "contract.talk_hours": WORK, "adoption.ticket_patience": st.sampled_from([0.0, 60.0]),
    "onboarding.patience": st.sampled_from([0.0, 120.0]), "onboarding.milestones": st.sampled_from([1.0, 2.0, 4.0]),
    "onboarding.milestone_duration": st.sampled_from([0.0, 1.0, 2.0]), "onboarding.give_up": SHARE,
    "onboarding.projects_per_specialist": st.sampled_from([1.0, 3.0]),
    "contract.notice": st.sampled_from([0.0, 1.0, 2.0, 6.0]), "contract.dunning": st.sampled_from([0.0, 1.0, 2.0]),
    "contract.talk_lead": st.sampled_from([0.0, 1.0, 4.0]), "contract.recovery_share": SHARE,
    "adoption.cadence_named": st.sampled_from([1.0, 2.0]), "adoption.cadence_pooled": st.sampled_from([1.0, 3.0]),
    "adoption.cadence_digital": st.sampled_from([1.0, 2.0]), "adoption.outreach_pause": st.sampled_from([1.0, 2.0]),
    "adoption.ticket_ceiling": st.sampled_from([1.0, 6.0]), "adoption.ticket_rate": st.sampled_from([0.0, 1.0, 6.0]),
    "adoption.digital_share": SHARE, "adoption.outage_rate": st.sampled_from([0.0, 1.0]),
    "growth.win_back_share": SHARE, "growth.win_back_success": SHARE,
    "growth.win_back_delay": st.sampled_from([0.0, 3.0]),
    "teams.onboarding_headcount": st.sampled_from([0.0, 1.0, 2.0, 7.0, 50.0]),
    "teams.success_headcount": st.sampled_from([0.0, 1.0, 2.0, 50.0]),
    "teams.support_headcount": st.sampled_from([0.0, 1.0, 2.0, 50.0]),
    "teams.attrition": st.sampled_from([0.0, 0.2]), "teams.vacancy": st.sampled_from([0.0, 1.0]),
    "arrivals.history_months": st.sampled_from([0.0, 3.0, 12.0]), "arrivals.word_of_mouth": st.sampled_from([0.0, 1.0]),
    "arrivals.per_month": st.sampled_from([0.0, 1.0]), "arrivals.referral_rate": SHARE,
    # at 10 a month a point is passed at each review, and what is pending goes at the next
    **{f"churn.{cause}_base": st.sampled_from([0.0, 0.0, 0.0, 0.02, 0.2, 10.0]) for cause in (
        "onboarding", "relationship", "service", "value", "competition", "price", "involuntary",
    )},
    "outcome.champion_rate": st.sampled_from([0.0, 0.5]), "health.survey_cadence": st.sampled_from([1.0, 3.0]),
}  # fmt: skip
SIGMAS: Final = ("onboarding.milestone_sigma", "adoption.ticket_sigma", "adoption.check_in_sigma")


@dataclasses.dataclass(frozen=True)
class TiedCase:
    """What is to be compared."""

    scenario: Scenario
    roster: tuple[Candidate, ...]
    seed: int


@st.composite
def tied_cases(draw: Draw) -> TiedCase:
    """A world of whole months, a roster by hand, and charges, headcounts and programmes at whole months."""
    numbers = {path: draw(choices) for path, choices in CHOICES.items()}
    numbers |= {**dict.fromkeys(SIGMAS, 0.0), "teams.hours_per_month": HOURS}
    numbers = sound(numbers)
    priorities = draw(st.sampled_from([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)]))
    values: dict[str, Any] = {"horizon_months": draw(st.integers(12, 30)), **numbers}
    values |= {f"segments.{name}.priority": p for name, p in zip(SEGMENTS, priorities, strict=True)}
    world = with_values(blank(SEGMENTS), values)
    for intervention in draw(st.lists(_whole(), max_size=5)):
        world = world.with_(intervention)
    first, last = -int(numbers["arrivals.history_months"]), world.horizon_months - 1
    span = draw(st.sampled_from([0, 2, last - first]))
    whole = st.integers(first, min(first + span, last)).map(float)
    n = draw(st.sampled_from([12, 4, 24, 40]))
    roster = draw(st.lists(_candidates(whole), min_size=n, max_size=n, unique_by=lambda one: one.account))
    return TiedCase(world, tuple(sorted(roster, key=lambda one: one.account)), draw(SEEDS))


@st.composite
def _candidates(draw: Draw, times: st.SearchStrategy[float]) -> Candidate:
    return candidate(
        draw(st.one_of(st.integers(0, 60), st.integers(0, 5000))),
        draw(times),
        segment=draw(st.integers(0, 1)),
        referred=draw(st.sampled_from([0, 0, 1])),
        term=draw(st.sampled_from([1, 12, 12, 24])),
        touch=draw(st.sampled_from([events.NAMED_TOUCH, events.POOLED_TOUCH, events.DIGITAL_TOUCH])),
        frailty=draw(st.sampled_from([1.0, 0.2, 4.0])),
    )


@st.composite
def _whole(draw: Draw) -> Intervention:
    """A programme that begins and ends with a month: for everyone, from sign-up on, or calls at reviews."""
    start = float(draw(st.integers(0, 12)))
    stop = start + float(draw(st.integers(1, 12)))
    trigger = draw(st.sampled_from([EVERYONE, SIGN_UP, REVIEW]))
    name = draw(st.sampled_from(["a", "b"]))
    costs = {"cost_once": draw(st.sampled_from([0.0, 5.0])), "cost_per_month": draw(st.sampled_from([0.0, 1.0]))}
    if trigger == EVERYONE:
        team = draw(st.sampled_from(["onboarding", "success", "support"]))
        people = float(draw(st.integers(-3, 3)))
        edit = Edit(by_path()[f"teams.{team}_headcount"].index, ADD, people, stop=float(draw(st.integers(1, 6))))
        return Intervention(name, start=start, stop=stop, edits=(edit,), **costs)
    edit = Edit(by_path()["adoption.ticket_rate"].index, ADD, draw(st.sampled_from([-1.0, 1.0])), ramp=3.0)
    return Intervention(
        name, start=start, stop=stop, trigger=trigger, outreach=trigger == REVIEW, edits=(edit,),
        capacity=draw(st.sampled_from([math.inf, 1.0, 2.0, 5.0])),
        priority=draw(st.sampled_from([1, 1, 10, 12])), **costs,
    )  # fmt: skip
