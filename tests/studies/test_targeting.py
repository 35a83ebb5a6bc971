"""Targeting judged in money: the same hours, the same luck, and what a call truly does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.scenario import Scenario, scaled
from cxsim.studies.choices import Band, Moment, Random, response
from cxsim.studies.pairs import mean_interval
from cxsim.studies.pilots import Pilot, by_hand, may_be_called, pilot, randomised, true_effects
from cxsim.studies.qini import qini
from cxsim.studies.rounds import Course, meaning_to_leave
from cxsim.studies.targeted import Targeting
from cxsim.studies.targeting import hour_wage

RESCUES = ("onboarding", "relationship", "service", "value", "competition", "price")


@dataclass(frozen=True)
class Nobody:
    """A rule that has nobody to call."""

    name: str = "nobody"
    spares: bool = False

    def scores(self, moment: Moment) -> np.ndarray:
        return np.full(len(moment.seen), np.nan)


@pytest.fixture(scope="module")
def waking() -> Scenario:
    """A small company in which calls wake many of those asleep, and win over most who mean to leave."""
    world = scaled(cx.Scenario.load("b2b-saas"), 120).set("horizon_months", 24).set("arrivals.history_months", 24)
    for cause in RESCUES:
        world = world.set(f"contract.rescue_{cause}", 0.9)
    return world.set("adoption.outreach_wake", 0.3)


@pytest.fixture(scope="module")
def found(waking: Scenario) -> Targeting:
    return cx.targeting(waking, seed=3, replications=8, calls=6, companies=30, branches=3, workers=2)


def test_rules_that_spare_no_call_make_as_many(found: Targeting) -> None:
    for name in ("random", "health", "risk", "exposure", "response_all"):
        assert (found.named(name).calls == found.calls * 4).all(), name
    assert found.calls == 18
    for name in ("response", "oracle"):
        assert (found.named(name).calls <= found.calls * 4).all()


def test_with_nobody_to_call_nothing_changes(waking: Scenario) -> None:
    found = cx.targeting(waking, seed=3, replications=2, companies=0, branches=0, rules=[Nobody()])
    arm = found.named("nobody")
    assert not arm.calls.any()
    assert not arm.arr.any()
    assert not arm.cash.any()
    assert not found.net("nobody").any()
    assert found.frame()["asleep"].isna().all()
    assert found.regret("nobody") is None


def test_outreach_by_hand_reaches_nobody_by_itself(waking: Scenario) -> None:
    plain, programme = (cx.simulate(one, seed=4) for one in (waking, by_hand(waking, wake=0.2)))
    assert plain.frame().equals(programme.frame())


def test_threads_change_no_number_and_a_company_has_its_own_luck(waking: Scenario) -> None:
    rules = [Random(), Band()]
    one, two = (
        cx.targeting(waking, seed=3, replications=3, companies=0, branches=0, rules=rules, workers=workers)
        for workers in (1, 2)
    )
    pd.testing.assert_frame_equal(one.frame(), two.frame(), check_exact=True)
    assert len(set(one.named("random").cash)) == 3


def test_the_oracle_is_no_worse_than_any_rule(found: Targeting) -> None:
    for name in ("random", "health", "risk", "exposure", "response", "response_all"):
        regret = found.regret(name)
        assert regret is not None
        error = regret.std(ddof=1) / np.sqrt(len(regret))
        assert regret.mean() > -4 * error, name


def test_where_calls_wake_risk_loses_and_response_does_not(found: Targeting) -> None:
    table = found.frame().set_index("rule")
    assert table.loc["risk", "net_high"] < 0.0
    assert table.loc["response", "net_high"] >= 0.0
    assert (found.net("response") - found.net("risk")).mean() > 0.0
    assert table.loc["oracle", "net"] > 0.0
    assert table.loc["risk", "woken"] > table.loc["risk", "kept"]
    assert table.loc["risk", "asleep"] > 0.5 > table.loc["oracle", "asleep"]
    said = found.summary()
    assert "loses" in said
    assert "did not mean to leave" in said
    assert "forgoes" in said


def test_shares_stay_shares(found: Targeting) -> None:
    table = found.frame()
    for what in ("asleep", "kept", "woken"):
        called = table[table["calls"] > 0]
        assert (called[f"{what}_low"] >= 0.0).all()
        assert (called[f"{what}_high"] <= 1.0).all()
        assert (called[f"{what}_low"] < called[f"{what}_high"]).all(), "none of a few calls is not none of all"


def test_money_is_cash_less_hours_at_their_wage(found: Targeting) -> None:
    hour = found.scenario.value("economics.success_wage") / found.scenario.value("teams.hours_per_month")
    assert hour_wage(found.scenario) == hour
    arm = found.named("random")
    expected = arm.cash - arm.calls * found.scenario.value("adoption.outreach_hours") * hour
    np.testing.assert_allclose(found.net("random"), expected)


def test_a_call_truly_harms_who_sleeps_and_helps_who_means_to_leave(waking: Scenario) -> None:
    programme = by_hand(waking, wake=0.0)
    account, effect = true_effects(programme, seed=5, number=0, month=6, before={}, branches=6)
    leaves = meaning_to_leave(cx.simulate(programme, seed=5, horizon=7), account, 6.0)
    assert leaves.any()
    assert not leaves.all()
    assert effect[:, leaves].mean() > 0.2
    assert effect[:, ~leaves].mean() < -0.02


def test_without_a_way_to_help_or_harm_a_call_changes_nobody(waking: Scenario) -> None:
    world = waking.set("adoption.outreach_wake", 0.0).set("adoption.outreach_usage", 0.0)
    for cause in RESCUES:
        world = world.set(f"contract.rescue_{cause}", 0.0)
    _, effect = true_effects(by_hand(world, wake=0.0), seed=5, number=0, month=0, before={}, branches=4)
    assert np.abs(effect).mean() < 0.01  # a contact alone is an experience, which moves hardly anybody


def test_forks_of_a_run_with_calls_start_from_those_calls(waking: Scenario) -> None:
    programme = by_hand(waking, wake=0.0)
    course = Course(programme, seed=5, calls=40, every=3, months=4, least=0.0)
    _, called = course.run(Random(), 0)
    assert set(called) == {0, 3}
    plain = true_effects(programme, seed=5, number=0, month=3, before={}, branches=1)
    after = true_effects(programme, seed=5, number=0, month=3, before={0: called[0]}, branches=1)
    assert not np.array_equal(plain[0], after[0]) or not np.array_equal(plain[1], after[1])


def test_a_coin_decides_in_a_pilot(waking: Scenario) -> None:
    got = pilot(by_hand(waking, wake=0.0), seed=9, companies=6)
    n = len(got)
    assert abs(got.called.mean() - 0.5) < 4 * 0.5 / np.sqrt(n)
    assert got.lost[got.called].mean() > got.lost[~got.called].mean()  # it wakes more than it wins over
    assert not {"account", "given_notice"} & set(got.features)
    shown: list[cx.Seen] = []
    cx.simulate(by_hand(waking, wake=0.0), seed=9, horizon=1, policy=shown.append)
    assert (got.company == 0).sum() == may_be_called(shown[0]).sum()


def table(seed: int, n: int = 6000) -> tuple[Pilot, np.ndarray]:
    """Accounts of which calls keep one kind and drive away the other; and the true effects."""
    random = np.random.default_rng(seed)
    helped, called = random.random(n) < 0.5, random.random(n) < 0.5
    chance = np.where(helped, np.where(called, 0.1, 0.3), np.where(called, 0.3, 0.1))
    features = pd.DataFrame({"kind": np.where(helped, "a", "b"), "noise": random.normal(size=n)})
    lost = random.random(n) < chance
    return Pilot(features, called, lost, np.full(n, 1000.0), np.arange(n) % 20), np.where(helped, 0.2, -0.2)


def test_the_t_learner_finds_the_sign_of_known_effects() -> None:
    learned, _ = table(1)
    judged, effect = table(2, 500)
    saved = response(learned).of(judged.features, judged.arr)
    assert (np.sign(saved) == np.sign(effect)).all()
    assert np.abs(saved / 1000.0 - effect).mean() < 0.05


def test_the_t_learner_expects_little_where_there_is_nothing_to_learn() -> None:
    noise, _ = table(3, 2000)
    columns = np.random.default_rng(3).normal(size=(2000, 4))
    blind = replace(noise, features=pd.DataFrame(columns, columns=["a", "b", "c", "d"]))
    learned = response(blind)
    plain = replace(learned, offset=0.0, slope=1.0)
    shrunk, sure = (one.of(blind.features, blind.arr) for one in (learned, plain))
    assert sure.std() > 10.0  # two models differ by luck
    assert shrunk.std() < 0.5 * sure.std()


def test_effects_by_a_coin_are_right_on_average() -> None:
    judged, effect = table(4, 20_000)
    for chance in (np.full(20_000, 0.2), np.full(20_000, 0.9)):
        off = randomised(judged.called, judged.lost, chance) - effect
        assert abs(off.mean()) < 4 * off.std(ddof=1) / np.sqrt(len(off))


def test_a_qini_curve_by_hand() -> None:
    effect = np.array([3.0, 1.0, -1.0, -2.0] * 2)
    company = np.repeat([0, 1], 4)
    perfect = qini(effect, effect, company)
    half = len(perfect.share) // 2
    assert perfect.share[half] == 0.5
    assert perfect.gain[half] == pytest.approx(100.0)  # 4 saved of 4 accounts
    assert perfect.gain[-1] == pytest.approx(25.0)
    # 0, 75, 100, 75 and 25 per 100 accounts at each quarter, less the triangle to 25; the grid cuts two corners
    assert perfect.area == pytest.approx(65.625 - 12.5, abs=0.2)
    assert qini(-effect, effect, company).area == pytest.approx(-perfect.area, abs=0.4)
    assert qini(np.zeros(4), np.ones(4), np.zeros(4, dtype=np.int64)).area == pytest.approx(0.0, abs=1e-9)


def test_what_is_saved_by_not_calling_is_told_from_what_an_order_is_worth(found: Targeting) -> None:
    assert "response" in found.sparing()
    assert not {"random", "health", "risk", "exposure", "response_all"} & set(found.sparing())
    said = found.summary()
    assert "Not at equal hours: of the 288 hours that the others spend, response" in said
    assert "At equal hours uplift comes to" in said
    title, subtitle = (text.get_text().replace("\n", " ") for text in cx.plots.targeting(found).texts[:2])
    assert "by uplift at the same hours lose" in title
    assert "Not at equal hours: uplift" in subtitle


def test_a_qini_interval_is_a_t_interval_over_companies_and_refused_from_few() -> None:
    random = np.random.default_rng(0)
    score, effect, company = random.normal(size=90), random.normal(size=90), np.arange(90) % 6
    areas = [qini(score[company == k], effect[company == k], np.zeros(15, dtype=np.int64)).area for k in range(6)]
    found = qini(score, effect, company)
    low, high, _ = mean_interval(np.array(areas))
    assert (found.area_low, found.area_high) == pytest.approx((low, high))
    assert found.companies == 6
    few = qini(score[company < 2], effect[company < 2], company[company < 2])
    assert np.isnan([few.area_low, few.area_high]).all()
    assert np.isnan(few.low).all()


def test_figures_show_every_rule(found: Targeting) -> None:
    money, curves = cx.plots.targeting(found), cx.plots.qini(found)
    labels = [label.get_text() for ax in money.axes for label in ax.get_yticklabels()]
    assert len(labels) == len(found.arms)
    assert len(curves.axes) == 2
    assert "chance" in curves.texts[0].get_text() or "anyone" in curves.texts[0].get_text()
    few = replace(found, by_truth={name: replace(one, area_low=np.nan, area_high=np.nan, companies=2)
                                   for name, one in found.by_truth.items()})  # fmt: skip
    assert cx.plots.qini(few).texts[0].get_text().startswith("2 companies are too few")
    # names stand at the ends of their curves, and apart from the other panel
    curves.canvas.draw()
    left, right = curves.axes
    edge = min(label.get_window_extent().x0 for label in right.get_yticklabels())
    assert all(text.get_window_extent().x1 < edge for text in left.texts)
    assert all(text.xy[0] == 100.0 for text in left.texts)
    assert set(found.areas()["judged"]) == {"pilot", "forks"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"replications": 1}, "replications: 1"),
        ({"calls": 0}, "calls: 0"),
        ({"months": 25}, "months: 25"),
        ({"branches": 1}, "branches: 1"),
        ({"companies": 1}, "companies: 1"),
        ({"oracles": 9}, "oracles: 9"),
    ],
)
def test_numbers_out_of_range_are_refused_in_one_line(waking: Scenario, given: dict[str, int], said: str) -> None:
    with pytest.raises(cx.InputError, match=said):
        cx.targeting(waking, **({"seed": 1, "replications": 4} | given))
