"""A scenario made into numbers: rows by month, edits, charges, staff."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cxsim import catalogue, events, streams
from cxsim.interventions import ADD, EVERYONE, MULTIPLY, REVIEW, SET, SIGN_UP, Edit, Intervention
from cxsim.packing import packed, unpacked
from cxsim.parameters import adoption, by_path, teams
from cxsim.parameters import experience as names
from cxsim.parameters.segments import REFERRAL_CEILING_SHARE
from cxsim.plan import HEADCOUNTS, Plan, make_plan, staff
from cxsim.rules.arrival import grown
from cxsim.rules.chance import exponential
from cxsim.scenario import Scenario, with_values
from cxsim.streams import Fork, Luck

WorldMaker = Callable[..., Scenario]
QUALITY = names.SUPPORT_QUALITY


def _people(world: Scenario, seed: int = 1) -> list[tuple[float, int, int]]:
    return staff(make_plan(world), Luck(seed, 0))


def test_rows_hold_the_segments_numbers_in_every_month(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 3}, segments=("one", "two"), horizon=5)
    world = world.set("segments.two.churn.value_base", 0.123)
    plan = make_plan(world)
    assert (plan.history, plan.horizon, len(plan.rows), plan.segments) == (3, 5, 8, ("one", "two"))
    place = by_path()["churn.value_base"].index
    for month in range(-3, 5):
        rows = plan.month_rows(month)
        assert [row[place] for row in rows] == [by_path()["churn.value_base"].default, 0.123]
        assert len(rows[0]) == len(by_path())


def test_an_edit_for_everyone_moves_the_rows_from_its_start_for_its_segments_only(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 4}, segments=("one", "two"), horizon=12)
    lever = Intervention("x", start=3.0, stop=9.0, segments=("two",), edits=(Edit(QUALITY, ADD, 2.0, ramp=2.0),))
    plan = make_plan(world.with_(lever))
    base = by_path()["experience.support_quality"].default
    moved = [plan.month_rows(m)[1][QUALITY] - base for m in range(-4, 12)]
    assert moved == pytest.approx([0.0] * 7 + [0.0, 1.0, 2.0, 2.0, 2.0, 2.0] + [0.0] * 3)
    assert all(plan.month_rows(m)[0][QUALITY] == base for m in range(-4, 12))


def test_levers_begin_at_month_0_and_never_touch_the_history(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 12})
    before = make_plan(world)
    after = make_plan(world.with_(Intervention("x", edits=(Edit(QUALITY, ADD, 2.0),))))
    assert before.rows[:12] == after.rows[:12]
    assert before.rows[12] != after.rows[12]


def test_an_edit_account_by_account_leaves_the_rows_and_goes_to_the_edits(make_world: WorldMaker) -> None:
    world = make_world(segments=("one", "two"))
    lever = Intervention(
        "x", trigger=SIGN_UP, segments=("two",), coverage=0.5, capacity=6, cost_per_account=12.345,
        edits=(Edit(QUALITY, ADD, 2.0, 1.0, 8.0, 3.0),),
    )  # fmt: skip
    first = Intervention("first", edits=(Edit(adoption.TICKET_RATE, ADD, 0.1),))
    plan = make_plan(world.with_(first).with_(lever))
    assert list(unpacked(plan.edits, QUALITY)) == [(1.0, 2.0, 1.0, 8.0, 3.0, 1.0)]
    assert plan.edits == packed([(QUALITY, 1.0, 2.0, 1.0, 8.0, 3.0, 1)])
    programme = plan.programmes[0]
    assert (programme.number, programme.segments, programme.coverage, programme.cost) == (1, 0b10, 0.5, 1235)
    assert programme.bands == 0b111
    assert (programme.capacity, type(programme.capacity)) == (6.0, float)
    assert make_plan(world.with_(replace(lever, capacity=math.inf))).programmes[0].capacity == math.inf
    assert all(row[1][QUALITY] == plan.rows[0][1][QUALITY] for row in plan.rows)


def test_a_programmes_coverage_draws_do_not_depend_on_what_else_is_done(make_world: WorldMaker) -> None:
    world = make_world()
    lever = Intervention("x", trigger=REVIEW, outreach=True)
    other = Intervention("y", trigger=SIGN_UP, edits=(Edit(QUALITY, ADD, 2.0),))
    alone, second = make_plan(world.with_(lever)), make_plan(world.with_(other).with_(lever))
    assert alone.programmes[0].address == second.programmes[1].address != second.programmes[0].address


def test_charges_fall_due_once_and_every_month_that_a_programme_runs(make_world: WorldMaker) -> None:
    edit = (Edit(QUALITY, ADD, 2.0),)
    lever = Intervention("x", start=2.0, stop=5.0, cost_once=100.0, cost_per_month=10.0, edits=edit)
    late = replace(lever, name="late", start=40.0, stop=math.inf)
    plan = make_plan(make_world(horizon=12).with_(lever).with_(late))
    assert plan.charges == ((2.0, 0, 1000), (2.0, 0, 10000), (3.0, 0, 1000), (4.0, 0, 1000))


def test_the_trigger_decides_where_an_edit_goes(make_world: WorldMaker) -> None:
    plan = make_plan(make_world().with_(Intervention("x", trigger=EVERYONE, edits=(Edit(QUALITY, ADD, 2.0),))))
    assert plan.edits == packed([])
    assert plan.programmes == ()


def test_ceilings_are_the_companys_seasonal_arrivals_and_their_share_of_referrals(make_world: WorldMaker) -> None:
    world = make_world(
        {"arrivals.per_month": 4.0, "arrivals.referral_ceiling_share": 0.25, "arrivals.history_months": 0},
        segments=("one", "two"),
    )
    plan = make_plan(world)
    for k, (referred, ordinary) in enumerate(plan.ceilings):
        assert ordinary == pytest.approx(plan.arrivals[0][k] + plan.arrivals[1][k])
        assert referred == pytest.approx(0.25 * ordinary)
    assert plan.month_ceilings(11)[1] == pytest.approx(8.0 * 1.15)


def test_without_attrition_teams_are_as_declared_throughout(make_world: WorldMaker) -> None:
    world = make_world({
        "teams.attrition": 0.0, "teams.support_headcount": 3, "teams.success_headcount": 0,
        "arrivals.history_months": 6,
    })  # fmt: skip
    people = [(time, team, n) for time, team, n in _people(world) if time < 24.0]
    assert people == [(-6.0, 1, 8), (-6.0, 2, 0), (-6.0, 3, 3)]


def test_a_lever_on_headcount_changes_it_in_its_months(make_world: WorldMaker) -> None:
    world = make_world({"teams.attrition": 0.0, "teams.support_headcount": 3, "arrivals.history_months": 0})
    changed = world.with_("support-staff", people=-2, start=4, stop=9)
    support = [(time, n) for time, team, n in _people(changed) if team == events.SUPPORT_TEAM and time < 24.0]
    assert support == [(0.0, 3), (4.0, 1), (9.0, 3)]


def test_attrition_leaves_the_share_of_posts_filled_that_renewal_theory_says(make_world: WorldMaker) -> None:
    # a post is filled for 1/a months and vacant for v: filled share 1/(1 + a·v)
    world = make_world(
        {"teams.attrition": 0.1, "teams.vacancy": 2.0, "teams.support_headcount": 400, "arrivals.history_months": 60}
    )
    at = [(time, n) for time, team, n in _people(world) if team == events.SUPPORT_TEAM]
    now = np.array([[n for time, n in at if time <= t][-1] for t in np.arange(0.0, 24.0, 6.0)])
    share = 1.0 / 1.2
    error = math.sqrt(share * (1.0 - share) / 400)
    assert np.all(np.abs(now / 400 - share) < 4.0 * error)


def test_a_new_post_does_not_disturb_the_others(make_world: WorldMaker) -> None:
    base = {"teams.attrition": 0.2, "arrivals.history_months": 0}
    five = _people(make_world({**base, "teams.support_headcount": 5}))
    six = _people(make_world({**base, "teams.support_headcount": 6}))
    times = {time for time, team, _ in five if team == events.SUPPORT_TEAM}
    assert times <= {time for time, team, _ in six if team == events.SUPPORT_TEAM}
    assert [x for x in five if x[1] != events.SUPPORT_TEAM] == [x for x in six if x[1] != events.SUPPORT_TEAM]
    assert min(n for _, _, n in five) >= 0


def test_nobody_is_at_work_after_the_horizon_and_the_horizon_can_be_cut(make_world: WorldMaker) -> None:
    world = make_world(horizon=24)
    plan = make_plan(world, 6)
    assert plan.horizon == 6
    assert list(plan.rows) == list(make_plan(world).rows[: plan.history + 6])


def test_growth_that_begins_later_does_not_rewrite_the_past(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 24, "arrivals.season_amplitude": 0.0, "teams.success_headcount": 10})
    arrivals, teams = by_path()["arrivals.annual_growth"].index, by_path()["teams.annual_growth"].index
    lever = Intervention("x", start=6.0, edits=(Edit(arrivals, ADD, 0.5), Edit(teams, ADD, 0.5)))
    plan, plain = make_plan(world.with_(lever)), make_plan(world)
    assert plan.arrivals[0][: 24 + 7] == plain.arrivals[0][: 24 + 7]
    assert plan.arrivals[0][24 + 18] == pytest.approx(1.5 * plain.arrivals[0][24 + 18])
    people = dict.fromkeys(range(24), 0)
    quiet = world.set("teams.attrition", 0.0).with_(lever)
    for time, team, n in _people(quiet):
        if team == events.SUCCESS_TEAM and 0 <= time < 24:
            people[int(time)] = n
    assert max(n for month, n in people.items() if month <= 7) <= 10
    assert people[18] == 15


def test_what_is_done_to_arrivals_is_done_to_a_given_series_too(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 12}, horizon=24).set("arrivals.series.only", [4.0] * 24)
    place = by_path()["arrivals.per_month"].index
    lever = Intervention("x", start=6.0, edits=(Edit(place, MULTIPLY, 3.0),))
    rates = make_plan(world.with_(lever)).arrivals[0]
    assert rates[12:18] == pytest.approx([4.0] * 6)
    assert rates[18:] == pytest.approx([12.0] * 18)


def test_arrays_hold_what_the_lists_hold_and_cannot_be_written_to(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.history_months": 3}, segments=("one", "two"), horizon=5)
    share = Edit(REFERRAL_CEILING_SHARE, ADD, 0.2)
    plan = make_plan(world.with_(Intervention("x", start=2.0, edits=(share, Edit(QUALITY, ADD, 2.0, ramp=2.0)))))
    assert plan.parameters.tolist() == [list(month) for month in plan.rows]
    for segment in (0, 1):
        ordinary, referred = plan.rates[2 * segment], plan.rates[2 * segment + 1]
        assert tuple(ordinary.tolist()) == plan.arrivals[segment]
        shares = [month[segment][REFERRAL_CEILING_SHARE] for month in plan.rows]
        assert referred.tolist() == [rate * s for rate, s in zip(plan.arrivals[segment], shares, strict=True)]
    assert plan.ceilings[0] == (plan.rates[1::2, 0].sum(), plan.rates[::2, 0].sum())
    for array in (plan.parameters, plan.rates):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


# a second implementation of comings and goings, post by post in plain Python


def _told(plan: Plan, luck: Luck, fork: Fork | None = None) -> list[tuple[float, int, int]]:
    changes: list[tuple[float, int, int]] = []
    for team, parameter in HEADCOUNTS:
        posts, growth = [], 1.0
        for k, month in enumerate(plan.rows):
            posts.append(math.floor(month[0][parameter] * growth + 1e-9))
            growth = grown(growth, month[0][teams.TEAM_GROWTH]) if k >= plan.history else growth
        deltas: dict[float, int] = {}
        for post in range(max(posts)):
            n = 0
            for opens, closes in _spells(posts, post, plan.history):
                n = _fill(plan, luck, fork, team, post << 12, n, opens, closes, deltas)
        deltas.setdefault(-float(plan.history), 0)
        people = 0
        for time in sorted(deltas):
            people += deltas[time]
            changes.append((time, team, people))
    return sorted(changes)


def _spells(posts: list[int], post: int, history: int) -> list[tuple[float, float]]:
    exists = [False, *(n > post for n in posts), False]
    edges = [float(k - history) for k in range(len(posts) + 1) if exists[k] != exists[k + 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _fill(
    plan: Plan,
    luck: Luck,
    fork: Fork | None,
    team: int,
    post: int,
    n: int,
    opens: float,
    closes: float,
    deltas: dict[float, int],
) -> int:
    time = opens
    while time < closes:
        deltas[time] = deltas.get(time, 0) + 1
        ends = min(_resigns(plan, luck, time, team, post | n), closes)
        if fork is not None and ends >= fork.at:
            ends = min(_resigns(plan, luck.branched(fork), max(time, fork.at), team, post | n), closes)
        deltas[ends] = deltas.get(ends, 0) - 1
        time, n = ends + _row(plan, ends)[teams.VACANCY], n + 1
        if ends == closes:
            break
    return n


def _resigns(plan: Plan, luck: Luck, time: float, team: int, holder: int) -> float:
    endurance = exponential(1.0, luck.u(-1 - team, streams.ATTRITION, holder))
    while time < plan.horizon:
        rate, month_ends = _row(plan, time)[teams.ATTRITION], math.floor(time) + 1.0
        if rate * (month_ends - time) >= endurance:
            return time + endurance / rate
        endurance -= rate * (month_ends - time)
        time = month_ends
    return math.inf


def _row(plan: Plan, time: float) -> list[float]:
    return plan.rows[min(math.floor(time) + plan.history, len(plan.rows) - 1)][0]


def _restless(world: Scenario) -> Scenario:
    """People come and go, posts open and close, and what makes them do so changes."""
    world = with_values(world, {"teams.attrition": 0.2, "teams.vacancy": 0.7, "teams.annual_growth": 0.5})
    for k, (path, operation, size, start, stop) in enumerate((
        ("teams.support_headcount", ADD, -3.0, 4.0, 8.0), ("teams.attrition", SET, 0.6, 5.0, 7.0),
        ("teams.vacancy", SET, 0.0, 5.3, 17.0), ("teams.success_headcount", ADD, 4.0, 2.5, 20.0),
    )):  # fmt: skip
        edit = Edit(by_path()[path].index, operation, size)
        world = world.with_(Intervention(f"x-{k}", start=start, stop=stop, edits=(edit,)))
    return world


# a team that nobody is in at first has an entry too
NO_HISTORY = {"arrivals.history_months": 0, "teams.onboarding_headcount": 0}
FORKS = (None, Fork(0, 1), Fork(5.25, 2), Fork(6.999, 2**24 - 1), Fork(7.0, 3))


@pytest.mark.parametrize("fork", FORKS, ids=str)
@pytest.mark.parametrize("world", catalogue.worlds())
def test_compiled_staff_are_those_of_plain_python_to_the_bit(world: str, fork: Fork | None) -> None:
    scenario = Scenario.load(world)
    changed = [scenario, _restless(scenario), with_values(scenario, {"teams.attrition": 1.0, "teams.vacancy": 0.0})]
    for plan in (make_plan(s) for s in (*changed, with_values(changed[1], NO_HISTORY))):
        for luck in (Luck(0, 0), Luck(2**63 - 1, 2**32 - 1)):
            now, told = staff(plan, luck, fork), _told(plan, luck, fork)
            assert [(time.hex(), team, people) for time, team, people in now] == [
                (time.hex(), team, people) for time, team, people in told
            ]
            assert {type(x) for change in now for x in change} == {float, int}


def test_a_great_many_posts_find_room(make_world: WorldMaker) -> None:
    world = make_world({"teams.attrition": 0.1, "teams.support_headcount": 900, "teams.success_headcount": 0})
    plan = make_plan(world)
    changes = staff(plan, Luck(1, 0))
    assert changes == _told(plan, Luck(1, 0))
    assert len(changes) > 4000


def test_a_post_that_opens_again_is_not_held_by_the_same_luck(make_world: WorldMaker) -> None:
    drawn: list[tuple[int, int, int]] = []

    class Watched(Luck):
        def u(self, account: int, purpose: int, index: int) -> float:
            drawn.append((account, purpose, index))
            return super().u(account, purpose, index)

    cut = Intervention("x", start=6.0, stop=12.0, edits=(Edit(by_path()["teams.success_headcount"].index, ADD, -4.0),))
    world = make_world({"teams.attrition": 0.1, "arrivals.history_months": 12}).with_(cut)
    plan = make_plan(world)
    assert _told(plan, Watched(1, 0)) == staff(plan, Luck(1, 0))
    assert len(drawn) == len(set(drawn)) > 20
