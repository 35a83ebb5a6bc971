"""Combinations: joint effects, sums of parts, what lies between; best alternatives, and what others cost."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import cxsim as cx
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.answers import column_of

SEED, REPLICATIONS = 6, 4


@pytest.fixture(scope="module")
def measures(small_world: Scenario) -> list[Scenario]:
    return [
        small_world.with_("formal-onboarding"),
        small_world.with_("onboarding-staff"),
        small_world.with_("proactive-outreach"),
    ]


@pytest.fixture(scope="module")
def together(small_world: Scenario, measures: list[Scenario]) -> cx.Combinations:
    return cx.combine(small_world, *measures, replications=REPLICATIONS, seed=SEED)


def _made(gains: list[list[float]], outcome: str, world: Scenario) -> cx.Combinations:
    """Two measures and both, with made-up differences."""
    array = np.zeros((3, len(gains[0]), len(OUTCOMES)))
    array[:, :, column_of(outcome)] = gains
    return cx.Combinations(world, ("a", "b"), 1, ((0,), (1,), (0, 1)), array)


def test_every_combination_is_there_and_equals_its_comparison(
    together: cx.Combinations, small_world: Scenario, measures: list[Scenario]
) -> None:
    assert together.members == ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
    both = dataclasses.replace(small_world, interventions=(*measures[0].interventions, *measures[2].interventions))
    study = cx.compare(small_world, measures[0], both, replications=REPLICATIONS, seed=SEED)
    table = together.frame("arr").set_index("combination")
    for place, name in enumerate(("formal-onboarding", "formal-onboarding+proactive-outreach")):
        effect = study.effect("arr", study.alternatives[place].name)
        row = table.loc[name]
        assert (row["together"], row["low"], row["high"]) == pytest.approx((effect.difference, effect.low, effect.high))


def test_the_interaction_is_the_joint_effect_less_the_sum_of_the_parts(together: cx.Combinations) -> None:
    table = together.frame("health_mean")
    alone = table[table["size"] == 1]["together"].tolist()
    whole = table.iloc[-1]
    assert whole["parts"] == pytest.approx(sum(alone))
    assert whole["interaction"] == pytest.approx(whole["together"] - sum(alone))
    assert (table[table["size"] == 1]["interaction"] == 0.0).all()
    assert (table["interaction_low"] <= table["interaction_high"]).all()


def test_it_agrees_with_what_attribution_says_of_the_same_levers(
    together: cx.Combinations, small_world: Scenario, measures: list[Scenario]
) -> None:
    every = dataclasses.replace(small_world, interventions=tuple(it for one in measures for it in one.interventions))
    shared = cx.attribute(small_world, alternative=every, replications=REPLICATIONS, seed=SEED)
    assert together.gains[-1] == pytest.approx(shared.together, nan_ok=True)
    assert together.gains[0] == pytest.approx(shared.alone[:, 0], nan_ok=True)


def test_who_would_add_percentages_is_warned_and_told_in_which_direction(small_world: Scenario) -> None:
    less = _made([[0.10, 0.11, 0.10], [0.10, 0.10, 0.11], [0.12, 0.13, 0.12]], "nrr", small_world)
    (line,) = less.warnings("nrr")
    assert line.startswith("a+b: net revenue retention: single effects must not be added up. They sum to +20.7 pts")
    assert "do worse than that sum" in less.summary("nrr")
    more = _made([[-0.1, -0.11, -0.1], [-0.1, -0.1, -0.11], [-0.3, -0.31, -0.3]], "logo_churn_annual", small_world)
    assert "do better than that sum" in more.summary("logo_churn_annual")
    plain = _made([[0.1, 0.2, 0.3], [0.1, 0.2, 0.1], [0.2, 0.39, 0.41]], "nrr", small_world)
    assert plain.warnings("nrr") == ()
    assert "No interaction can be told from none" in plain.summary("nrr")


def test_pairs_leave_it_at_pairs(small_world: Scenario, measures: list[Scenario]) -> None:
    found = cx.combine(small_world, *measures, replications=2, seed=SEED, pairs=True, names=("a", "b", "c"))
    assert [found.called(members) for members in found.members] == ["a", "b", "c", "a+b", "a+c", "b+c"]


def test_measures_that_cannot_be_combined_are_refused(small_world: Scenario, measures: list[Scenario]) -> None:
    for given, said in (
        (measures[:1], "takes 2 to 6 measures, and there are 1"),
        ([measures[0], measures[0].with_("win-back")], "formal-onboarding is in measure 1 too"),
        ([measures[0], measures[1].set("churn.value_base", 0.01)], "in more than levers"),
        ([measures[0], small_world], "adds no lever"),
        ([small_world.with_("win-back", start=k) for k in range(7)], "pairs=True"),
    ):
        with pytest.raises(cx.InputError, match=said):
            cx.combine(small_world, *given, replications=2, seed=1)
    with pytest.raises(cx.InputError, match="too few for an interval"):
        cx.combine(small_world, *measures, replications=1, seed=1)


@dataclasses.dataclass(frozen=True)
class Told:
    """Samples that are known."""

    names: tuple[str, ...]
    seed: int
    given: np.ndarray

    def samples(self, outcome: str) -> np.ndarray:
        return self.given


def test_chances_and_regrets_are_those_of_known_futures() -> None:
    given = np.array([[[0.0, 1.0, 3.0]], [[0.0, 2.0, -1.0]], [[0.0, 4.0, 4.0]], [[5.0, 1.0, 0.0]]])
    found = cx.best(Told(("base", "a", "b"), 1, given), outcome="net_benefit")
    assert found.probability.tolist() == [0.25, 0.375, 0.375]
    assert found.regret.tolist() == [(3 + 2 + 4 + 0) / 4, (2 + 0 + 0 + 4) / 4, (0 + 3 + 0 + 5) / 4]
    assert found.mean.tolist() == [1.25, 2.0, 1.5]
    turned = cx.best(Told(("base", "a", "b"), 1, -given), outcome="logo_churn_annual")
    assert turned.probability.tolist() == found.probability.tolist()
    assert "on average" in found.summary() or "Choosing a" in found.summary()


def test_the_interval_of_a_chance_covers_it() -> None:
    """Futures of one draw are alike: 40 draws of 5 futures each, and the draw decides most of it."""
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        gain = rng.standard_normal((40, 1)) + 0.3 * rng.standard_normal((40, 5))
        given = np.stack((np.zeros((40, 5)), gain), axis=-1)
        found = cx.best(Told(("base", "a"), seed, given), outcome="net_benefit")
        covered += bool(found.probability_low[1] <= 0.5 <= found.probability_high[1])
    assert 0.89 < covered / 200 < 0.99


def test_a_chance_of_nothing_or_all_has_an_interval_too() -> None:
    given = np.stack((np.zeros((30, 1)), np.ones((30, 1))), axis=-1)
    found = cx.best(Told(("base", "a"), 1, given), outcome="net_benefit")
    assert (found.probability[1], found.probability_low[1], found.probability_high[1]) == (1.0, 0.9, 1.0)
    assert (found.probability_low[0], found.probability_high[0]) == (0.0, 0.1)


def test_a_comparison_has_its_best_too(small_world: Scenario, measures: list[Scenario]) -> None:
    study = cx.compare(small_world, *measures, replications=REPLICATIONS, seed=SEED)
    found = cx.best(study, outcome="arr")
    assert found.names[1:] == tuple(run.name for run in study.alternatives)
    assert found.probability.sum() == pytest.approx(1.0)
    assert found.futures == REPLICATIONS
    with pytest.raises(cx.InputError, match='Did you mean "arr"'):
        cx.best(study, outcome="ar")
