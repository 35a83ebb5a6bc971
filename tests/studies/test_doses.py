"""Doses and grids: every point paired with the baseline; where an effect levels off; settings that do not fit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import cxsim as cx
from cxsim import plots
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario

SEED, REPLICATIONS = 3, 4
COVERED = (0.5, 0.0, 1.0)


@pytest.fixture(scope="module")
def curve(small_world: Scenario) -> cx.Dose:
    return cx.dose(
        small_world, lever="formal-onboarding", setting="coverage", values=COVERED, settings={"start": 2},
        replications=REPLICATIONS, seed=SEED,
    )  # fmt: skip


def _with_gains(curve: cx.Dose, outcome: str, gains: np.ndarray) -> cx.Dose:
    """The same study with made-up differences: rows are values, columns replications."""
    column = list(OUTCOMES).index(outcome)
    before = curve.comparison.baseline.values(outcome)
    runs = []
    for run, gain in zip(curve.comparison.alternatives, gains, strict=True):
        kept = []
        for one, value in zip(run.replications, before + gain, strict=True):
            values = one.values.copy()
            values[0, column] = value
            kept.append(dataclasses.replace(one, values=values))
        runs.append(dataclasses.replace(run, replications=tuple(kept)))
    study = dataclasses.replace(curve.comparison, alternatives=tuple(runs))
    return cx.Dose(dataclasses.replace(curve.grid, comparison=study))


def test_each_value_is_its_comparison_with_the_baseline(curve: cx.Dose, small_world: Scenario) -> None:
    assert curve.values.tolist() == [0.0, 0.5, 1.0]
    alone = cx.compare(
        small_world, small_world.with_("formal-onboarding", coverage=0.5, start=2), replications=REPLICATIONS, seed=SEED
    )
    row = curve.frame("arr").query("coverage == 0.5").iloc[0]
    effect = alone.effect("arr")
    assert (row["difference"], row["low"], row["high"]) == (effect.difference, effect.low, effect.high)
    assert set(curve.frame()["outcome"]) == set(OUTCOMES)


def test_nobody_covered_is_nothing_changed_but_cost(curve: cx.Dose) -> None:
    assert curve.grid.effect("arr", (0.0,)).difference == 0.0
    assert curve.grid.differences("arr")[0].tolist() == [0.0] * REPLICATIONS


def test_steps_are_the_paired_differences_of_neighbours(curve: cx.Dose) -> None:
    table, gains = curve.frame("health_mean"), curve.grid.differences("health_mean")
    assert np.isnan(table["step"].iloc[0])
    assert table["step"].iloc[1:].tolist() == pytest.approx((gains[1:] - gains[:-1]).mean(axis=1))
    assert (table["step_low"].iloc[1:] <= table["step_high"].iloc[1:]).all()


def test_an_effect_that_levels_off_is_said_to_from_where_it_does(curve: cx.Dose) -> None:
    noise = 0.001 * np.random.default_rng(1).standard_normal((3, REPLICATIONS))
    flat = _with_gains(curve, "nrr", np.array([[0.0], [0.99], [1.0]]) + noise).saturation("nrr")
    assert (flat.best, flat.reached, flat.sure, flat.turns_back) == (1.0, 0.5, 0.5, False)
    rising = _with_gains(curve, "nrr", np.array([[0.0], [0.5], [1.0]]) + noise).saturation("nrr")
    assert (rising.best, rising.reached, rising.sure) == (1.0, 1.0, None)
    turned = _with_gains(curve, "nrr", np.array([[0.0], [1.0], [0.5]]) + noise)
    assert (turned.saturation("nrr").best, turned.saturation("nrr").turns_back) == (0.5, True)
    less = _with_gains(curve, "logo_churn_annual", np.array([[0.0], [-0.2], [-0.1]]) + noise)
    assert less.saturation("logo_churn_annual").best == 0.5


def test_harm_is_said_and_no_effect_is_no_effect(curve: cx.Dose) -> None:
    noise = 0.001 * np.random.default_rng(2).standard_normal((3, REPLICATIONS))
    harmful = _with_gains(curve, "nrr", np.array([[0.0], [-0.5], [-1.0]]) + noise)
    assert harmful.saturation("nrr").reached is None
    assert "is not clearly better at any value" in harmful.summary("nrr")
    assert "does harm for sure at 0.5, 1" in harmful.summary("nrr")
    with pytest.raises(cx.InputError, match="share"):
        harmful.saturation("nrr", share=1.0)


def test_a_place_of_the_world_can_vary_and_keeps_its_unit(small_world: Scenario) -> None:
    found = cx.dose(small_world, setting="teams.support_headcount", values=(1, 2), replications=2, seed=SEED)
    assert found.axis.unit == "people"
    headcounts = [run.scenario.value("teams.support_headcount") for run in found.comparison.alternatives]
    assert headcounts == [1, 2]
    assert found.comparison.baseline.scenario == small_world
    own = cx.Axis("segments.one.churn.value_base", (0.001, 0.002))
    assert own.unit == "1/month"


def test_a_grid_has_each_pair_and_two_settings_of_one_lever_are_one_lever(small_world: Scenario) -> None:
    found = cx.grid(
        small_world, cx.Axis("coverage", (0.5, 1), "formal-onboarding"), cx.Axis("start", (0, 6), "formal-onboarding"),
        replications=3, seed=SEED,
    )  # fmt: skip
    assert found.points == ((0.5, 0.0), (0.5, 6.0), (1.0, 0.0), (1.0, 6.0))
    assert all(len(run.scenario.interventions) == 1 for run in found.comparison.alternatives)
    table = found.table("arr")
    assert table.shape == (2, 2)
    assert table.loc[6.0, 0.5] == found.effect("arr", (0.5, 6.0)).difference
    point, near = found.best("arr")
    assert point not in near
    assert found.effect("arr", point).difference == max(table.to_numpy().ravel())
    assert "The best of many owes something to luck" in found.summary("arr")


def test_axes_with_one_name_are_told_apart(small_world: Scenario) -> None:
    found = cx.grid(
        small_world,
        cx.Axis("coverage", (0, 1), "formal-onboarding"),
        cx.Axis("coverage", (0, 1), "proactive-outreach"),
        replications=2,
        seed=SEED,
    )
    assert found.columns == ("formal-onboarding:coverage", "proactive-outreach:coverage")
    assert [len(run.scenario.interventions) for run in found.comparison.alternatives] == [2] * 4
    with pytest.raises(cx.InputError, match="was not tried"):
        found.effect("arr", (0.3, 0.0))


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ({"setting": "coverage", "values": (0.5,)}, "two or more values"),
        ({"setting": "coverage", "values": (0.5, 0.5)}, "each of them once"),
        ({"setting": "coverage", "values": ("a", 1)}, "not a finite number"),
        ({"setting": "coverage", "values": (0, 1), "settings": {"start": 1}}, "name the lever"),
        ({"setting": "start", "values": (0, 1), "lever": "win-back", "settings": {"start": 1}}, "cannot have a value"),
    ],
)
def test_an_axis_that_makes_no_sense_is_refused(axis: dict[str, object], said: str) -> None:
    with pytest.raises(cx.InputError, match=said):
        cx.Axis(**axis)  # type: ignore[arg-type]


def test_a_value_that_does_not_fit_its_setting_is_refused_by_name(small_world: Scenario) -> None:
    with pytest.raises(cx.InputError, match=r"coverage: 1\.5 is outside 0 to 1"):
        cx.dose(small_world, lever="formal-onboarding", setting="coverage", values=(1, 1.5), replications=2, seed=1)
    with pytest.raises(cx.InputError, match='Did you mean "coverage"'):
        cx.dose(small_world, lever="formal-onboarding", setting="covrage", values=(0, 1), replications=2, seed=1)
    there = small_world.with_("win-back")
    with pytest.raises(cx.InputError, match="in the baseline already"):
        cx.dose(there, lever="win-back", setting="start", values=(0, 1), replications=2, seed=1)
    with pytest.raises(cx.InputError, match="two axes"):
        cx.grid(small_world, cx.Axis("teams.support_headcount", (1, 2)), cx.Axis("teams.support_headcount", (3, 4)),
                replications=2, seed=1)  # fmt: skip


def test_the_title_of_a_curve_says_where_it_does_harm(curve: cx.Dose) -> None:
    noise = 0.001 * np.random.default_rng(2).standard_normal((3, REPLICATIONS))
    harmful = _with_gains(curve, "nrr", np.array([[0.0], [-0.5], [-1.0]]) + noise)
    title = plots.dose(harmful, "nrr").texts[0].get_text().replace("\n", " ")
    assert title.endswith("at no value clearly better for net revenue retention, for sure worse at 0.5, 1")
    mixed = _with_gains(curve, "nrr", np.array([[-0.5], [0.5], [1.0]]) + noise)
    assert plots.dose(mixed, "nrr").texts[0].get_text().replace("\n", " ").endswith("for sure worse at 0")
