"""Parameters kept apart from luck: known components found again, in theory and in a small world."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cxsim as cx
from cxsim.scenario import Scenario
from cxsim.studies.draws import drawn
from cxsim.studies.shares import INDISTINGUISHABLE, shares
from cxsim.studies.strengths import strengthened

SEED, DRAWS = 5, 24


@pytest.fixture(scope="module")
def worlds(small_world: Scenario) -> cx.Uncertainty:
    return cx.uncertain(
        small_world, small_world.with_("formal-onboarding"), small_world.with_("payment-recovery"), draws=DRAWS,
        replications=2, seed=SEED, effect_spread=0.5,
    )  # fmt: skip


def _made(seed: int, parameters: float, luck: float, draws: int = 60, inner: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 3.0 + parameters * rng.standard_normal((draws, 1)) + luck * rng.standard_normal((draws, inner))


def test_known_components_are_found_without_bias_and_the_interval_covers() -> None:
    found = [shares(_made(seed, 1.0, 2.0)) for seed in range(200)]
    for values, theory in (
        (np.array([one.raw for one in found]), 1.0),
        (np.array([one.variance_luck for one in found]), 4.0),
    ):
        assert abs(values.mean() - theory) < 4 * values.std(ddof=1) / math.sqrt(len(values))
    covered = np.mean([one.share_low <= 0.2 <= one.share_high for one in found])
    assert abs(covered - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 200)
    errors = np.array([one.mean - 3.0 for one in found])
    assert np.mean([one.monte_carlo_error for one in found]) == pytest.approx(errors.std(), rel=0.15)


def test_parameters_that_do_nothing_are_called_indistinguishable_and_never_negative() -> None:
    found = [shares(_made(seed, 0.0, 2.0)) for seed in range(100)]
    assert min(one.raw for one in found) < 0.0
    assert all(one.variance_parameters >= 0.0 and one.share_low >= 0.0 for one in found)
    assert np.mean([one.verdict == INDISTINGUISHABLE for one in found]) > 0.9


def test_without_luck_all_is_due_to_parameters_and_the_expected_varies_as_the_draws_do() -> None:
    values = np.repeat(_made(1, 1.0, 0.0, inner=1), 3, axis=1)
    found = shares(values)
    assert (found.share, found.share_low, found.share_high) == (1.0, 1.0, 1.0)
    assert found.expected == pytest.approx(values[:, 0])
    assert shares(np.ones((5, 2))).verdict == "nothing varies"


def test_the_draws_means_are_drawn_together_to_the_variance_without_noise() -> None:
    found = shares(_made(2, 1.0, 2.0))
    assert found.expected.var(ddof=1) == pytest.approx(found.variance_parameters)
    assert found.expected.mean() == pytest.approx(found.mean)


def test_each_draw_is_its_world_run_with_its_own_luck(worlds: cx.Uncertainty, small_world: Scenario) -> None:
    number = 7
    n = len(worlds.parameters)
    point = worlds.points[number]
    factors = {force.lever: float(force.at(u)[0]) for force, u in zip(worlds.strengths, point[n:], strict=True)}
    for place, scenario in enumerate((small_world, small_world.with_("formal-onboarding"))):
        world = strengthened(drawn(scenario, worlds.parameters, point[:n]), factors)
        for luck in range(2):
            (kept,) = [
                one
                for one in cx.run(world, replications=2 * number + 2, seed=SEED).replications[-2:]
                if one.number == 2 * number + luck
            ]
            assert kept.values[0].tobytes() == worlds.values[number, luck, place].tobytes()


def test_what_was_drawn_is_listed_with_its_source(worlds: cx.Uncertainty) -> None:
    inputs = worlds.inputs()
    assert len(worlds.parameters) > 150
    assert set(inputs["path"]) >= {"churn.value_base", "formal-onboarding.strength", "payment-recovery.strength"}
    assert (inputs["low"] < inputs["high"]).all()
    assert inputs["source"].str.len().min() > 5


def test_both_shares_are_reported_for_levels_and_effects(worlds: cx.Uncertainty) -> None:
    table = worlds.frame("arr")
    assert table["quantity"].tolist() == ["level", "level", "effect", "level", "effect"]
    assert (table["share_parameters"] + table["share_luck"]).tolist() == pytest.approx([1.0] * 5)
    assert (table["low"] < table["high"]).all()
    assert worlds.level("arr").share > 0.05
    whole = worlds.frame()
    assert {"nrr", "logo_churn_annual", "net_benefit"} <= set(whole["outcome"])
    effects = whole[whole["quantity"] == "effect"]
    assert (effects["monte_carlo_error"] >= 0.0).all()


def test_the_sentence_names_luck_parameters_and_possible_harm(worlds: cx.Uncertainty) -> None:
    said = worlds.summary("net_benefit", "formal-onboarding")
    assert "one company 5–95 %" in said
    assert INDISTINGUISHABLE in said or "due to parameters" in said
    assert "harm" in said or worlds.effect("net_benefit", "formal-onboarding").mean > 0


def test_the_number_of_threads_changes_nothing(small_world: Scenario) -> None:
    told = [
        cx.uncertain(small_world, draws=4, replications=2, seed=1, parameters=["churn"], workers=workers)
        for workers in (1, 3)
    ]
    assert told[0].values.tobytes() == told[1].values.tobytes()
    assert {one.path.split(".")[0] for one in told[0].parameters} == {"churn"}


def test_knowing_more_is_never_worth_less_than_nothing_nor_more_than_the_nested_estimate(
    worlds: cx.Uncertainty,
) -> None:
    worth = cx.value_of_information(worlds, outcome="net_benefit", groups={"people": ["teams"], "leaving": ["churn"]})
    assert list(worth.groups) == ["everything", "people", "leaving"]
    table = worth.frame()
    assert (table["value"] >= 0.0).all()
    assert worth.worth["everything"].value <= worth.nested + 1e-9
    assert worth.chosen in worlds.names
    assert "best on average" in worth.summary()
    assert len(cx.value_of_information(worlds, each=True).worth) > len(worlds.parameters)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"draws": 1}, "draws: 1 is not a whole number from 2"),
        ({"replications": 1}, "replications: 1 is not"),
        ({"seed": -1}, "seed: -1"),
        ({"parameters": ["chrn"]}, "parameters: chrn: no such parameter or table"),
        ({"effect_spread": 99.0}, "effect_spread"),
    ],
)
def test_what_cannot_be_is_refused(small_world: Scenario, given: dict[str, object], said: str) -> None:
    asked = {"draws": 4, "replications": 2, "seed": 1, **given}
    with pytest.raises(cx.InputError, match=said):
        cx.uncertain(small_world, small_world.with_("formal-onboarding"), **asked)  # type: ignore[arg-type]


def test_another_world_is_no_alternative_and_too_few_draws_tell_no_worth(small_world: Scenario) -> None:
    with pytest.raises(cx.InputError, match="in more than levers"):
        cx.uncertain(
            small_world, small_world.set("churn.value_base", 0.01).with_("win-back"), draws=2, replications=2, seed=1
        )
    few = cx.uncertain(
        small_world, small_world.with_("win-back"), draws=4, replications=2, seed=1, parameters=["churn"]
    )
    with pytest.raises(cx.InputError, match="at least 20"):
        cx.value_of_information(few)
    with pytest.raises(cx.InputError, match="Did you mean"):
        few.effect("arr", "win-bac")
