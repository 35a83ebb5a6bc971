"""Cases at the far ends of the parameter space, each by itself, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from both import compare
from drawn_scenarios import Monthly, blank
from stories import candidate

from cxsim.interventions import REVIEW, SET, Edit, Intervention
from cxsim.parameters import by_path
from cxsim.roster import Candidate
from cxsim.scenario import Scenario, with_values
from cxsim.streams import BRANCHES, Fork

EXTREME: Final = "cases at the ends"
CASES: dict[str, Callable[[], None]] = {}


def case(tell: Callable[[], None]) -> Callable[[], None]:
    """Enter a case."""
    CASES[tell.__name__] = tell
    return tell


def world(changes: dict[str, Any], *interventions: Intervention, months: int = 20) -> Scenario:
    """A world of one segment, without a history and without arrivals of its own."""
    plain = {"arrivals.history_months": 0, "arrivals.per_month": 0.0, "teams.attrition": 0.0, "horizon_months": months}
    found = with_values(blank(("only",)), {**plain, **changes})
    for intervention in interventions:
        found = found.with_(intervention)
    return found


def _set(path: str, size: float) -> tuple[Edit]:
    return (Edit(by_path()[path].index, SET, size),)


def _crowd(n: int, months: int = 1) -> list[Candidate]:
    return [candidate(a, a * months / n, term=36) for a in range(n)]


@case
def thousands_wait_for_support_and_are_served_at_one_moment() -> None:
    changes = {
        "teams.support_headcount": 0, "adoption.ticket_ceiling": 60.0, "adoption.ticket_rate": 14.0,
        "adoption.ticket_patience": 60.0,
    }  # fmt: skip
    many = Intervention("many", edits=_set("teams.support_headcount", 5000.0), start=12.0)
    compare(EXTREME, world(changes, many, months=14), 1, roster=_crowd(20))


@case
def thousands_wait_for_onboarding_and_are_served_at_one_moment() -> None:
    changes = {"teams.onboarding_headcount": 0, "onboarding.patience": 120.0}
    many = Intervention("many", edits=_set("teams.onboarding_headcount", 2000.0), start=12.0)
    compare(EXTREME, world(changes, many, months=14), 1, roster=_crowd(4000, months=10))


@case
def thousands_wait_for_a_call_and_are_served_at_one_moment() -> None:
    changes = {"teams.success_headcount": 0, "adoption.cadence_named": 1, "adoption.cadence_pooled": 1}
    many = Intervention("many", edits=_set("teams.success_headcount", 5000.0), start=12.0)
    compare(EXTREME, world(changes, many, months=14), 1, roster=_crowd(300))


@case
def so_many_intents_that_16_bits_do_not_count_them() -> None:
    changes = {
        "churn.value_base": 10.0, "churn.value_slope": 6.0, "churn.value_patience": 0.0, "outcome.start": 0.0,
        "churn.price_base": 10.0, "churn.price_slope": 6.0, "growth.win_back_share": 1.0,
        "growth.win_back_success": 1.0, "growth.win_back_delay": 0.1,
    }  # fmt: skip
    compare(EXTREME, world(changes), 1, roster=[candidate(0, frailty=8.0)])


@case
def account_numbers_up_to_the_largest_that_a_rank_holds() -> None:
    compare(EXTREME, world({}, months=15), 1, roster=[candidate(a) for a in (0, 2**24 - 1, 2**24, 2**25 - 2)])


@case
def many_stays_of_one_account() -> None:
    changes = {
        "churn.involuntary_base": 2.0, "contract.dunning": 0.0, "contract.recovery_share": 0.0,
        "growth.win_back_share": 1.0, "growth.win_back_success": 1.0, "growth.win_back_delay": 0.0,
    }  # fmt: skip
    compare(EXTREME, world(changes, months=240), 1, roster=[candidate(a, term=1) for a in range(3)])


@case
def a_long_story_of_one_account() -> None:
    quiet = {f"churn.{cause}_base": 0.0 for cause in ("onboarding", "relationship", "service", "value", "competition")}
    changes = {**quiet, "churn.price_base": 0.0, "churn.involuntary_base": 0.0}
    compare(EXTREME, world(changes, months=600), 1, roster=[candidate(0), candidate(1, 599.5)])


@case
def nobody_at_all() -> None:
    compare(EXTREME, world({}), 1, roster=[])


@case
def priorities_at_the_ends() -> None:
    calls = [Intervention(f"p{p}", trigger=REVIEW, outreach=True, priority=p) for p in (1000, 0, 10)]
    changes = {"teams.success_headcount": 1, "adoption.outreach_pause": 1, "adoption.cadence_named": 1}
    compare(EXTREME, world(changes, *calls), 1, roster=_crowd(40))


@case
def every_account_is_treated_by_the_policy_at_one_moment() -> None:
    calls = Intervention("calls", trigger=REVIEW, outreach=True, coverage=0.0)
    changes = {"teams.success_headcount": 400, "adoption.outreach_pause": 1}
    compare(EXTREME, world(changes, calls), 1, policy=Monthly(1, 1.0), roster=_crowd(1500))


@case
def a_fork_at_the_first_and_at_the_last_moment() -> None:
    for at in (0.0, 19.999999999999996):
        compare(EXTREME, world({"churn.value_base": 0.2}), 1, fork=Fork(at, BRANCHES - 1), roster=_crowd(100))
