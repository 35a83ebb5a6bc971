"""Sensitivity and discovery on the simulator: what is inert gets nothing, what is strong shows, luck is told apart."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm
from test_plots import _assert_legible

import cxsim as cx
from cxsim import plots
from cxsim.scenario import Scenario, scaled
from cxsim.studies.boxes import box_in
from cxsim.studies.draws import drawn, uncertain_in, unit_cube
from cxsim.studies.groups import groups_of
from cxsim.studies.points import evaluated, question_of
from cxsim.studies.sensitivity import _rough, ends_in_words
from cxsim.studies.sobol import design, indices, naive_total
from cxsim.studies.strengths import strengthened
from cxsim.studies.tornado import _interval, told_apart, tornado
from cxsim.studies.unknowns import changed, unknowns_in

STRONG, INERT = "churn.value_base", "adoption.outage_reach"  # there is no outage
OUTCOME = "logo_churn_annual"


@pytest.fixture(scope="module")
def world(make_world: Callable[..., Scenario]) -> Scenario:
    """Accounts that leave at a rate that is not well known, and nothing else."""
    return make_world({"arrivals.per_month": 4.0, STRONG: 0.03, "arrivals.base_accounts": 60.0}, quiet=True)


@pytest.fixture(scope="module")
def found(world: Scenario) -> cx.Sensitivity:
    return cx.sensitivity(
        world, outcome=OUTCOME, parameters=[STRONG, INERT], rows=64, replications=6, every=True, seed=5
    )


def test_an_inert_parameter_gets_zero_and_a_strong_one_does_not(found: cx.Sensitivity) -> None:
    table = found.frame().set_index("group")
    inert, strong = table.loc[INERT], table.loc[STRONG]
    assert inert["total_low"] <= 0.0 <= inert["total_high"]
    assert strong["total_low"] > 0.5
    assert 0.0 < found.indices.luck.low < found.indices.luck.high < 1.0
    swings = {one.uncertain.path: one for one in found.swings.swings}
    assert swings[STRONG].is_clear
    assert swings[STRONG].low is not None
    assert swings[STRONG].low > 0.1
    assert not swings[INERT].is_clear
    assert swings[INERT].difference == 0.0


def test_an_inert_parameter_gets_zero_even_if_every_run_has_luck_of_its_own(world: Scenario) -> None:
    """Without common random numbers an ordinary estimate finds an effect of what does nothing."""
    uncertain, rows = uncertain_in(world, [STRONG, INERT]), 64
    plan, question = design([(0,), (1,)], rows=rows, seed=2), question_of(world, OUTCOME, None)
    points = plan.points.reshape(-1, 2)
    changes = [lambda it, point=point: drawn(it, uncertain, point) for point in points]
    numbers = [(2 * place, 2 * place + 1) for place in range(len(points))]
    values = evaluated(question, changes, numbers, seed=2).T.reshape(2, 4, rows)
    told = indices(values, seed=3)
    assert told.total is not None
    names = [one.path for one in uncertain]
    inert, strong = told.total[names.index(INERT)], told.total[names.index(STRONG)]
    assert inert.low <= 0.0 <= inert.high
    assert strong.low > 0.4
    assert naive_total(values[0])[names.index(INERT)] > inert.high
    assert naive_total(values[0])[names.index(INERT)] > 0.15


def test_the_share_of_luck_is_that_of_the_same_world_run_again(found: cx.Sensitivity, world: Scenario) -> None:
    """Luck's variance in the middle of what is thought possible is near that of all (binomial losses)."""
    values = cx.run(world, replications=60, seed=8).values(OUTCOME)
    whole = found.indices.input_variance.value / (1.0 - found.indices.luck.value)
    assert found.indices.luck.value * whole == pytest.approx(values.var(ddof=1), rel=0.5)


def test_an_answer_about_an_alternative_is_its_paired_effect(world: Scenario) -> None:
    other = world.with_("price-rise", start=2)
    question = question_of(world, "arr", other)
    (values,) = evaluated(question, [lambda it: it.set(STRONG, 0.01)], [(0, 4)], seed=3)
    study = cx.compare(world.set(STRONG, 0.01), other.set(STRONG, 0.01), replications=5, seed=3)
    differences = study.alternatives[0].values("arr") - study.baseline.values("arr")
    assert values.tolist() == [differences[0], differences[4]]
    assert question.levers == "price-rise"


def test_how_strong_a_lever_is_is_among_what_is_not_known(world: Scenario) -> None:
    other = world.with_("price-rise", start=2).with_("csm-staff")  # how many people there are is a choice
    asked = question_of(world, "arr", other)
    (force,) = unknowns_in(world, asked.added, parameters=["price-rise"], effect_spread=0.5)
    assert force.path == "price-rise.strength"
    (values,) = evaluated(asked, [lambda it: changed(it, (force,), (0.9,))], [(0, 3)], seed=3)
    factor = 1.0 + 0.5 * norm.ppf(0.9)
    study = cx.compare(world, strengthened(other, {"price-rise": factor}), replications=4, seed=3)
    differences = study.alternatives[0].values("arr") - study.baseline.values("arr")
    assert values.tolist() == pytest.approx([differences[0], differences[3]], rel=1e-12)
    every = unknowns_in(world, asked.added, effect_spread=0.5)
    assert [one.path for one in every if one.path.endswith(".strength")] == ["price-rise.strength"]
    assert unknowns_in(world, asked.added, effect_spread=0.0) == every[:-1]
    assert unknowns_in(world, (), effect_spread=0.5) == every[:-1]


def test_indices_and_boxes_speak_of_a_levers_strength(world: Scenario) -> None:
    other, unknown = world.with_("price-rise", start=2), ["price-rise.strength", INERT]
    found = cx.sensitivity(
        world, outcome="arr", alternative=other, parameters=unknown, rows=32, replications=3, every=True, seed=5
    )
    first = found.frame().iloc[0]
    assert first["group"] == "price-rise.strength"
    assert first["total_low"] > 0.1
    swing = next(row for row in found.tornado_rows() if row["parameter"] == "price-rise.strength")
    assert (swing["unit"], swing["source"]) == ("times as put in", "assumption: given with the question")
    assert swing["low_value"] == pytest.approx(1.0 - 0.5 * norm.ppf(0.95))
    box = cx.discover(world, alternative=other, outcome="arr", parameters=unknown, rows=128, seed=5, effect_spread=1.0)
    assert [row["parameter"] for row in box.rows()] == ["price-rise.strength"]
    assert box.rows()[0]["low"] is None


def test_what_no_true_index_can_be_is_said_to_be_rough() -> None:
    def row(group: str, total: float, first: float) -> dict[str, object]:
        return {"group": group, "total": total, "first": first}

    assert _rough([row("a", 0.7, 0.6), row("b", 0.5, 0.2)]) == ""
    assert "b has a first above its total and totals sum to 80 %" in _rough([row("a", 0.7, 0.6), row("b", 0.1, 0.2)])
    assert "2 of 2 groups have a first above their total" in _rough([row("a", 0.7, 0.8), row("b", 0.5, 0.6)])


def test_workers_change_no_number(world: Scenario) -> None:
    one, two = (
        cx.sensitivity(
            world,
            outcome=OUTCOME,
            parameters=[STRONG, INERT],
            rows=8,
            replications=2,
            every=True,
            seed=0,
            workers=workers,
        )
        for workers in (1, 3)
    )
    assert one.indices == two.indices
    assert one.tornado().equals(two.tornado())


def test_a_swing_is_the_paired_difference_of_its_ends(world: Scenario) -> None:
    uncertain = uncertain_in(world, [STRONG])
    told = tornado(question_of(world, OUTCOME, None), uncertain, replications=4, seed=6)
    (swing,) = told.swings
    runs = [
        cx.run(it, replications=4, seed=6).values(OUTCOME)
        for it in (world, world.set(STRONG, swing.low_value), world.set(STRONG, swing.high_value))
    ]
    assert swing.difference == pytest.approx((runs[2] - runs[1]).mean(), abs=1e-15)
    assert swing.at_low == pytest.approx((runs[1] - runs[0]).mean(), abs=1e-15)
    assert swing.at_high == pytest.approx((runs[2] - runs[0]).mean(), abs=1e-15)
    assert told.base == pytest.approx(runs[0].mean(), abs=1e-15)
    shares = uncertain[0].at((0.05, 0.95))[:, 0]
    assert (swing.low_value, swing.high_value) == tuple(shares)


def test_swings_are_run_for_the_groups_that_are_told_from_zero(world: Scenario, found: cx.Sensitivity) -> None:
    few = cx.sensitivity(world, outcome=OUTCOME, parameters=[STRONG, INERT], rows=64, replications=2, seed=5)
    assert [one.uncertain.path for one in few.swings.swings] == [STRONG]
    assert few.indices == found.indices
    counted: list[tuple[int, int]] = []
    again = cx.sensitivity(
        world, outcome=OUTCOME, parameters=[STRONG, INERT], rows=8, replications=2, seed=5,
        progress=lambda done, total: counted.append((done, total)),
    )  # fmt: skip
    assert counted[-1] == (again.runs, again.runs)
    assert [done for done, _ in counted] == sorted(done for done, _ in counted)
    assert all(done <= total for done, total in counted)


def test_of_many_swings_without_effect_hardly_any_is_called_clear() -> None:
    p = np.random.Generator(np.random.Philox(1)).random((200, 150))
    assert np.mean([any(told_apart(row)) for row in p.tolist()]) < 0.05 + 4.0 * np.sqrt(0.05 * 0.95 / 200)
    assert told_apart([1e-9, 0.5, 0.04])[:2] == [True, False]


def test_two_differences_that_happen_to_be_the_same_tell_nothing() -> None:
    """Accounts are counted: two of −3 have no spread, and are no proof."""
    assert _interval(np.array([-3.0, -3.0]))[2] == 0.5
    assert _interval(np.zeros(4))[2] == 1.0
    assert _interval(np.full(11, 2.0))[2] == 2.0**-10
    p = _interval(np.array([1.0, 2.0, 3.0, 4.0]))[2]
    assert p == pytest.approx(0.030466, abs=1e-6)  # t = 3.873 with 3 degrees of freedom


def test_many_parameters_are_grouped_by_table_and_few_stand_alone() -> None:
    uncertain = uncertain_in(Scenario.load("b2b-saas"))
    groups = groups_of(uncertain)
    assert set(groups) == {one.path.split(".")[0] for one in uncertain}
    assert sorted(place for places in groups.values() for place in places) == list(range(len(uncertain)))
    few = uncertain_in(Scenario.load("b2b-saas"), ["onboarding"])
    assert list(groups_of(few)) == [one.path for one in few]


def test_named_groups_take_their_parameters_from_their_tables() -> None:
    uncertain = uncertain_in(Scenario.load("b2b-saas"))
    groups = groups_of(uncertain, {"slopes": ["churn.value_slope", "churn.price_slope"], "all of growth": ["growth"]})
    named = [uncertain[place].path for place in groups["slopes"]]
    assert named == ["churn.value_slope", "churn.price_slope"]
    assert "growth" not in groups
    assert not set(groups["slopes"]) & set(groups["churn"])


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"a": ["churn.value_bas"]}, 'group a: churn.value_bas: no such parameter or table. Did you mean "churn.value'),
        ({"a": ["teams.success_headcount"]}, "is not among what is varied"),
        ({"a": ["churn"], "b": ["churn.value_base"]}, "churn.value_base is in group a already"),
        ({"a": []}, "names no parameter"),
        ({"churn": ["churn.value_base"]}, "rename it"),
    ],
)
def test_faulty_groups_are_refused_in_plain_words(groups: dict[str, list[str]], said: str) -> None:
    with pytest.raises(cx.InputError, match=said.replace(".", r"\.")):
        groups_of(uncertain_in(Scenario.load("b2b-saas")), groups)


def test_what_is_asked_wrongly_is_refused_in_plain_words(world: Scenario) -> None:
    ask = {"outcome": OUTCOME, "seed": 1}
    faulty = [
        ({"outcome": "logo_churn_anual"}, 'Did you mean "logo_churn_annual"'),
        ({"parameters": ["churn.valu_base"]}, "churn.value_base"),
        ({"parameters": ["adoption.outage_rate"]}, "end of its range"),
        ({"rows": 60}, "Near it are 32 and 64"),
        ({"replications": 1}, "replications: 1"),
        ({"seed": -1}, "seed"),
        ({"alternative": world}, "does nothing that"),
        ({"alternative": world.set("horizon_months", 12).with_("price-rise")}, "differs from"),
        ({"correlations": {"chrn": 0.5}}, "correlation of chrn"),
        ({"correlations": {"churn": 1.5}}, "not a number from 0 to 1"),
    ]
    for wrong, said in faulty:
        with pytest.raises(cx.InputError, match=said):
            cx.sensitivity(world, **{**ask, **wrong})  # type: ignore[arg-type]


def test_the_summary_says_what_is_told_and_what_is_not(found: cx.Sensitivity, world: Scenario) -> None:
    text = found.summary()
    assert "is luck" in text
    assert f"Not told from zero: {INERT}" in text
    assert "1 of 2 swings are told from zero" in text
    nothing = cx.sensitivity(world, outcome=OUTCOME, parameters=[INERT], rows=8, replications=2, seed=1)
    assert "nothing to share out" in nothing.summary()
    assert nothing.frame()["total"].isna().all()
    assert "can be told from zero" in nothing.summary()
    json.dumps([*found.rows(), *found.tornado_rows(), *nothing.rows()], allow_nan=False)


def test_figures_are_legible(found: cx.Sensitivity, world: Scenario) -> None:
    _assert_legible(plots.indices(found))
    _assert_legible(plots.tornado(found))
    nothing = cx.sensitivity(world, outcome=OUTCOME, parameters=[INERT], rows=8, replications=2, seed=1)
    _assert_legible(plots.indices(nothing))
    _assert_legible(plots.tornado(nothing))
    _assert_legible(plots.tornado(found, most=1))


def test_long_names_and_units_fit(world: Scenario) -> None:
    long = ["onboarding.projects_per_specialist", "economics.acquisition_cost", "adoption.outreach_wake"]
    names = sorted(uncertain_in(Scenario.load("b2b-saas")), key=lambda one: -len(one.path + one.parameter.unit))
    long += [one.path for one in names[:9] if one.path not in long]
    found = cx.sensitivity(
        scaled(Scenario.load("b2b-saas").set("horizon_months", 13), 10.0),
        outcome="net_benefit", parameters=long, rows=8, replications=2, every=True, seed=1,
    )  # fmt: skip
    _assert_legible(plots.tornado(found))
    (wake,) = (one for one in found.swings.swings if one.uncertain.path == "adoption.outreach_wake")
    assert ends_in_words(wake) == ("0", "0.0109")


@pytest.fixture(scope="module")
def where(world: Scenario) -> cx.Discovery:
    return cx.discover(world, outcome=OUTCOME, threshold=0.35, parameters=[STRONG, INERT], rows=400, seed=5)


def test_the_box_of_a_loss_above_a_threshold_is_a_high_hazard(where: cx.Discovery) -> None:
    assert where.is_found
    assert where.when == "above"
    (side,) = where.rows()
    assert side["parameter"] == STRONG
    assert side["high"] is None
    assert 0.02 < side["low"] < 0.06
    assert where.box is not None
    assert where.box.density_low > where.box.base
    inside, outside = where.means()
    assert inside is not None
    assert outside is not None
    assert inside[1] > outside[2]
    assert f"{STRONG} is above" in where.summary()
    assert "took no part in the search" in where.summary()
    _assert_legible(plots.box(where))


def test_what_does_not_pay_has_a_net_benefit_below_zero(world: Scenario, where: cx.Discovery) -> None:
    other = world.with_("proactive-outreach")
    found = cx.discover(world, alternative=other, parameters=[STRONG], rows=64, seed=2)
    assert found.when == "below"
    assert (found.hits == (found.values < 0.0)).all()
    assert found.share[0] == (found.values < 0.0).mean()
    assert "futures" in found.summary()
    assert "proactive-outreach does not pay (its net benefit is below 0)" in found.summary()
    study = cx.compare(*(drawn(it, found.uncertain, found.points[3]) for it in (world, other)), replications=4, seed=2)
    worth = study.alternatives[0].values("net_benefit") - study.baseline.values("net_benefit")
    assert found.values[3] == worth[3]
    assert (where.hits == (where.values > 0.35)).all()


def test_a_box_of_two_sides_is_legible_and_said_in_words() -> None:
    base = Scenario.load("b2b-saas")
    uncertain = uncertain_in(base, ["onboarding"])
    points = unit_cube(len(uncertain), 1024, seed=3)
    luck = np.random.Generator(np.random.Philox(4)).normal(size=1024)
    bad = (points[:, 3] > 0.6) & (points[:, 6] < 0.5)
    values = np.where(bad, -2e5, 2e5) + 1.5e5 * luck
    question = question_of(base, "net_benefit", base.with_("formal-onboarding"))
    box = box_in(points, values < 0.0, seed=1)
    found = cx.Discovery(question, 0.0, "below", 1, uncertain, points, values, box)
    assert found.is_found
    assert {row["parameter"] for row in found.rows()[:2]} == {uncertain[3].path, uncertain[6].path}
    assert f"{uncertain[3].path} is above" in found.summary()
    assert f"{uncertain[6].path} is below" in found.summary()
    figure = plots.box(found)
    _assert_legible(figure)
    assert "formal-onboarding does not pay" in figure.texts[0].get_text().lower()


def test_where_nothing_matters_no_box_is_told_of(world: Scenario) -> None:
    none = cx.discover(world, outcome=OUTCOME, threshold=0.3, parameters=[INERT], rows=200, seed=5)
    assert 0.1 < none.share[0] < 0.9
    assert not none.is_found
    assert "No box was found" in none.summary()
    assert none.frame().empty
    assert none.means() == (None, None)
    with pytest.raises(ValueError, match="no box"):
        plots.box(none)


def test_what_never_happens_is_said_to_never_happen(world: Scenario) -> None:
    never = cx.discover(world, outcome=OUTCOME, threshold=2.0, parameters=[STRONG], rows=64, seed=5)
    assert never.share[0] == 0.0
    assert "none of them" in never.summary()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": "net_benfit"}, "net_benefit"),
        ({"when": "beyond"}, "neither"),
        ({"threshold": float("nan")}, "threshold"),
        ({"rows": 10}, "rows: 10"),
    ],
)
def test_a_faulty_search_is_refused_in_plain_words(changed: dict[str, object], said: str, world: Scenario) -> None:
    with pytest.raises(cx.InputError, match=said):
        cx.discover(world, seed=1, **changed)  # type: ignore[arg-type]
