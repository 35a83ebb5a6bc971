"""Ties, queues, headcount and patience."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stories import ACCOUNT, ITEM, KIND, TIME, VALUE, Row, candidate, run

from cxsim import events, streams
from cxsim.interventions import ADD, Edit, Intervention
from cxsim.parameters import teams
from cxsim.plan import make_plan
from cxsim.rules import service
from cxsim.scenario import Scenario
from cxsim.streams import Luck

WorldMaker = Callable[..., Scenario]

# everything lasts whole months, so that very much happens at once
WHOLE = {
    "onboarding.milestones": 2, "onboarding.milestone_duration": 1.0, "onboarding.milestone_sigma": 0.0,
    "onboarding.projects_per_specialist": 1, "onboarding.patience": 120.0, "teams.onboarding_headcount": 7,
    "teams.success_headcount": 2, "adoption.cadence_named": 2, "adoption.check_in_hours": 130.0,
    "adoption.check_in_sigma": 0.0, "contract.talk_hours": 130.0, "contract.talk_lead": 4,
    "contract.notice": 2.0, "contract.dunning": 1.0, "churn.value_base": 0.25, "churn.involuntary_base": 0.1,
}  # fmt: skip
# rows that stand for an appointment of their own, not for a grant or for what another happening led to
APPOINTED = (
    events.HEADCOUNT, events.SIGNED_UP, events.MILESTONE, events.CHECKED_IN, events.RENEWAL_TALK, events.REVIEW,
    events.PAYMENT_FAILED, events.PAYMENT_RECOVERED,
)  # fmt: skip


@pytest.fixture
def tied(engine: str, make_world: WorldMaker) -> list[Row]:
    world = make_world(WHOLE, quiet=True, horizon=30)
    # accounts sign up at whole months, the later numbers first among them
    return run(engine, world, [candidate(a, float((40 - a) % 4)) for a in range(40)])


def test_ties_are_in_total_order(tied: list[Row]) -> None:
    appointed = [(row[TIME], row[KIND], row[ACCOUNT], row[ITEM]) for row in tied if row[KIND] in APPOINTED]
    assert appointed == sorted(appointed)
    ties = len(appointed) - len({key[0] for key in appointed})
    assert ties > 500


def test_time_never_runs_backwards(tied: list[Row]) -> None:
    times = [row[TIME] for row in tied]
    assert times == sorted(times)


def test_notice_comes_before_the_review_of_the_same_moment(tied: list[Row]) -> None:
    decided = [k for k, row in enumerate(tied) if row[KIND] in (events.CONFIRMED, events.FORGIVEN)]
    assert decided
    for k in decided:
        time, account = tied[k][TIME], tied[k][ACCOUNT]
        reviews = [i for i, r in enumerate(tied) if (r[TIME], r[KIND], r[ACCOUNT]) == (time, events.REVIEW, account)]
        assert reviews
        assert min(reviews) > k


def test_the_order_in_which_candidates_are_listed_does_not_matter(engine: str, make_world: WorldMaker) -> None:
    world = make_world({**WHOLE, "onboarding.patience": 3.0}, quiet=True, horizon=18)
    roster = [candidate(a, float(a % 3)) for a in range(20)]
    assert run(engine, world, roster) == run(engine, world, roster[::-1])


def _queue_world(make_world: WorldMaker, **changes: float) -> Scenario:
    numbers = {
        "onboarding.milestones": 1, "onboarding.milestone_duration": 1.0, "onboarding.milestone_sigma": 0.0,
        "onboarding.projects_per_specialist": 1, "onboarding.patience": 120.0, "teams.onboarding_headcount": 1,
        "segments.second.priority": 1, "segments.first.priority": 0,
        **{key.replace("__", "."): value for key, value in changes.items()},
    }  # fmt: skip
    return make_world(numbers, quiet=True, segments=("first", "second"), horizon=24)


PATIENT = 1000  # seeds are tried from here for one in which nobody loses patience


def _patiences(world: Scenario, accounts: range, seed: int) -> list[float]:
    plan, luck = make_plan(world), Luck(seed, 0)
    return [service.onboarding_patience(plan.rows[0][0], luck.u(a, streams.ONBOARDING_PATIENCE, 0)) for a in accounts]


def _patient_seed(world: Scenario, n: int) -> int:
    return next(s for s in range(PATIENT, PATIENT + 1000) if min(_patiences(world, range(n), s)) > 2.0 * n)


def test_grants_go_by_priority_then_by_asking_and_at_once(engine: str, make_world: WorldMaker) -> None:
    world = _queue_world(make_world)
    # in order of asking: 0 takes the specialist; 3, 1 (second class), then 4, 2 (first class)
    asked = [(0, 0.0, 0), (3, 0.1, 1), (1, 0.2, 1), (4, 0.3, 0), (2, 0.4, 0)]
    roster = [candidate(a, t, segment=s) for a, t, s in asked]
    rows = run(engine, world, roster, seed=_patient_seed(world, 5))
    begun = [(row[TIME], row[ACCOUNT]) for row in rows if row[KIND] == events.KICKED_OFF]
    ended = [row[TIME] for row in rows if row[KIND] == events.WENT_LIVE]
    assert [a for _, a in begun] == [0, 4, 2, 3, 1]
    assert [t for t, _ in begun] == [0.0, *ended[:-1]]
    assert ended == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_of_those_who_ask_at_the_same_moment_the_smaller_number_is_served_first(
    engine: str, make_world: WorldMaker
) -> None:
    world = _queue_world(make_world)
    rows = run(engine, world, [candidate(a) for a in (3, 1, 4, 0, 2)], seed=_patient_seed(world, 5))
    assert [row[ACCOUNT] for row in rows if row[KIND] == events.KICKED_OFF] == [0, 1, 2, 3, 4]


def test_a_cut_takes_effect_as_work_ends(engine: str, make_world: WorldMaker) -> None:
    world = _queue_world(make_world, teams__onboarding_headcount=3, onboarding__milestone_duration=4.0)
    cut = Intervention("cut", start=1.0, edits=(Edit(teams.ONBOARDING_HEADCOUNT, ADD, -2.0),))
    seed = _patient_seed(world, 6)
    rows = run(engine, world.with_(cut), [candidate(a) for a in range(6)], seed=seed)
    people = [(row[TIME], row[VALUE]) for row in rows if row[KIND] == events.HEADCOUNT and row[4] == 1]
    assert people == [(0.0, 3), (1.0, 1)]
    begun = [(row[ACCOUNT], row[TIME]) for row in rows if row[KIND] == events.KICKED_OFF]
    # three begin and are finished; from then on there is one place
    assert begun == [(0, 0.0), (1, 0.0), (2, 0.0), (3, 4.0), (4, 8.0), (5, 12.0)]


def test_new_people_begin_at_once(engine: str, make_world: WorldMaker) -> None:
    world = _queue_world(make_world, onboarding__milestone_duration=12.0)
    more = Intervention("more", start=2.0, edits=(Edit(teams.ONBOARDING_HEADCOUNT, ADD, 2.0),))
    rows = run(engine, world.with_(more), [candidate(a) for a in range(4)], seed=_patient_seed(world, 4))
    begun = [(row[ACCOUNT], row[TIME]) for row in rows if row[KIND] == events.KICKED_OFF]
    assert begun == [(0, 0.0), (1, 2.0), (2, 2.0), (3, 12.0)]


def test_a_team_of_none_serves_nobody(engine: str, make_world: WorldMaker) -> None:
    world = _queue_world(make_world, teams__onboarding_headcount=0)
    rows = run(engine, world, [candidate(a) for a in range(3)], seed=_patient_seed(world, 3))
    assert not [row for row in rows if row[KIND] == events.KICKED_OFF]


def test_patience_ends_a_wait_on_its_day_and_is_ignored_once_served(engine: str, make_world: WorldMaker) -> None:
    world, seed, n = _queue_world(make_world, onboarding__patience=4.0), 11, 30
    rows = run(engine, world, [candidate(a) for a in range(n)], seed=seed)
    kicked = {row[ACCOUNT]: row[TIME] for row in rows if row[KIND] == events.KICKED_OFF}
    gave_up = {row[ACCOUNT]: row[TIME] for row in rows if row[KIND] == events.ONBOARDING_ABANDONED}
    patience = dict(enumerate(_patiences(world, range(n), seed)))
    assert not set(kicked) & set(gave_up)
    assert len(kicked) > 5
    assert len(gave_up) > 5
    assert gave_up == {a: patience[a] for a in gave_up}
    assert all(time <= patience[account] for account, time in kicked.items())
    # patience would have ended while some were being served; it did not
    assert [a for a in kicked if kicked[a] < patience[a] < kicked[a] + 1.0]
    # whoever was neither served nor gave up is more patient than the run is long
    assert all(patience[a] >= 24.0 for a in range(n) if a not in kicked and a not in gave_up)
