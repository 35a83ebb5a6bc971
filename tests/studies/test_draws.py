"""Draws of what is not known about a world: right on average, as wide as declared, never outside a range."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cxsim as cx
from cxsim import catalogue
from cxsim.parameters import by_path, declared
from cxsim.scenario import Scenario
from cxsim.studies.draws import drawn, quantiles, spread_at, uncertain_in, unit_cube, values_at
from cxsim.studies.strengths import strengthened, strengths_of


@pytest.fixture(scope="module", params=["b2b-saas", "membership"])
def world(request: pytest.FixtureRequest) -> Scenario:
    return Scenario.load(request.param)


def test_each_parameter_has_its_mean_and_its_spread_at_each_place(world: Scenario) -> None:
    uncertain = uncertain_in(world)
    points = unit_cube(len(uncertain), 4096, seed=1)
    for place, one in enumerate(uncertain):
        if one.parameter.whole:
            continue
        values = one.at(points[:, place])
        off = np.abs(values.mean(axis=0) - one.values) / np.where(one.spreads, one.spreads, 1.0)
        assert off.max() < 0.01, one.path
        assert values.std(axis=0) == pytest.approx(one.spreads, rel=0.05), one.path


def test_at_its_own_default_a_parameter_has_its_declared_spread_and_a_choice_none() -> None:
    for parameter in declared():
        inside = parameter.low < parameter.default < parameter.high
        expected = parameter.spread if inside else 0.0
        assert spread_at(parameter, parameter.default) == expected, parameter.path


def test_a_value_of_a_world_is_as_unsure_in_proportion_and_one_at_the_end_of_its_range_not_at_all() -> None:
    base = by_path()["churn.onboarding_base"]
    assert spread_at(base, base.default / 10) == pytest.approx(base.spread / 10)
    assert spread_at(base, 0.0) == 0.0
    margin = by_path()["economics.gross_margin"]
    nearer = spread_at(margin, 0.9) / (1.0 - 0.9)
    assert nearer == pytest.approx(margin.spread / (1.0 - margin.default))


@pytest.mark.parametrize("name", catalogue.worlds())
def test_the_corners_of_the_cube_are_sound_worlds(name: str) -> None:
    world = Scenario.load(name).with_("formal-onboarding")
    uncertain = uncertain_in(world)
    for corner in (0.0, 0.5, 1.0):
        made = drawn(world, uncertain, np.full(len(uncertain), corner))
        assert made.interventions == world.interventions
        for one in uncertain:
            for segment in made.segments:
                value = made.value(one.path, segment)
                assert one.parameter.low <= value <= one.parameter.high


def test_segments_with_a_value_of_their_own_move_with_the_world() -> None:
    world = Scenario.load("b2b-saas")
    (one,) = uncertain_in(world, ["adoption.ticket_rate"])
    assert one.places == ("", "small", "enterprise")
    high, low = drawn(world, [one], [0.9]), drawn(world, [one], [0.1])
    for segment in (None, "small", "enterprise"):
        assert low.value(one.path, segment) < world.value(one.path, segment) < high.value(one.path, segment)
    others = {path: value for path, value in high.values.items() if not path.startswith("adoption.ticket_")}
    assert others.items() <= dict(world.values).items()


def test_quantiles_are_those_of_the_beta_distribution_they_claim() -> None:
    values = quantiles(np.array([0.1, 0.5, 0.9]), 0.25, math.sqrt(0.25 * 0.75 / 5), 0.0, 1.0)  # beta(1, 3)
    assert values == pytest.approx(1.0 - np.array([0.9, 0.5, 0.1]) ** (1 / 3), rel=1e-9)


def test_the_same_seed_gives_the_same_points_and_any_part_of_them_is_even() -> None:
    points = unit_cube(7, 64, seed=3)
    assert (points == unit_cube(7, 64, seed=3)).all()
    assert not (points == unit_cube(7, 64, seed=4)).any()
    for column in points.T:
        assert sorted((column * 64).astype(int)) == list(range(64))


def test_values_stand_in_the_order_of_the_parameters() -> None:
    world = Scenario.load("b2b-saas")
    uncertain = uncertain_in(world, ["churn", "health"])
    points = unit_cube(len(uncertain), 8, seed=1)
    values = values_at(uncertain, points)
    made = drawn(world, uncertain, points[5])
    assert [made.value(one.path) for one in uncertain] == pytest.approx(values[5])
    assert {one.path.split(".")[0] for one in uncertain} == {"churn", "health"}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["churn.value_bse"], 'Did you mean "churn.value_base"'),
        (["teams.success_headcount"], "a choice or a definition"),
        (["growth.seats_sd"], "end of its range"),
        ([], "none is named"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(wanted: list[str], said: str) -> None:
    with pytest.raises(cx.InputError, match=said):
        uncertain_in(Scenario.load("membership"), wanted)


def test_a_strength_scales_what_a_lever_does_and_no_choice_cost_or_date() -> None:
    base = Scenario.load("b2b-saas")
    world = base.with_("formal-onboarding", start=3).with_("csm-staff")
    (force,) = strengths_of(world.interventions, 0.5)
    assert force.lever == "formal-onboarding"
    assert force.at((0.5, 0.975))[:, 0].tolist() == pytest.approx([1.0, 1.0 + 0.5 * 1.959964], rel=1e-5)
    none, same = strengthened(world, {force.lever: 0.0}), strengthened(world, {force.lever: 1.0})
    assert same.interventions[0].edits == pytest.approx(world.interventions[0].edits)
    assert none.interventions[1] == world.interventions[1]
    before, after = world.interventions[0], none.interventions[0]
    assert (before.start, before.cost_once, before.cost_per_account) == (
        after.start,
        after.cost_once,
        after.cost_per_account,
    )
    changed = [(one, two) for one, two in zip(before.edits, after.edits, strict=True) if one != two]
    assert changed
    assert all(two.size == (0.0 if one.operation == 1 else 1.0) for one, two in changed)


def test_a_strength_that_nobody_can_mean_is_refused() -> None:
    levers = Scenario.load("b2b-saas").with_("formal-onboarding").with_("csm-staff").interventions
    for given, said in (
        ({"formal-onbording": 0.5}, 'Did you mean "formal-onboarding"'),
        ({"csm-staff": 0.5}, "moves choices only"),
        (-0.1, "from 0 to 10"),
    ):
        with pytest.raises(cx.InputError, match=said):
            strengths_of(levers, given)  # type: ignore[arg-type]
