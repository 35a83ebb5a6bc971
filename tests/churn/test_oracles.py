"""What can be known at best: true chances by forks, what is seen of them, and how near a model comes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cxsim as cx
from cxsim.churn import dataset, measures
from cxsim.plots import churn as plots
from cxsim.studies.oracles import Chances, Oracle, oracle, regressed, true_chances


@pytest.fixture(scope="module")
def small(small_world: cx.Scenario) -> Oracle:
    model = cx.churn.fit(dataset(cx.simulate(small_world, seed=4), within=2), method="logistic")
    return oracle(small_world, model=model, seed=4, companies=6, branches=40, within=2.0)


def test_the_true_chance_is_the_best_and_each_sees_no_more_than_it_may(small: Oracle) -> None:
    found = small.table()
    assert list(found.index) == ["model", "observable", "everything", "state"]
    assert small.predicted["state"].shape == (2, len(small.chances.company))
    assert found.loc["state", "auc"] == found["auc"].max()
    assert (found["auc_low"] <= found["auc"]).all()
    assert found.loc["state", "profit"] == found["profit"].max()
    silo = small.silo()
    gap = found.loc["everything", "profit"] - found.loc["observable", "profit"]
    assert silo["silo"] == pytest.approx(gap)
    assert silo["silo_low"] <= silo["silo_high"]
    assert plots.known(small).texts


def test_the_state_oracle_is_the_hazard_where_that_is_known(equal_world: cx.Scenario) -> None:
    found = true_chances(equal_world, seeds=[1, 2], day=6.5, within=3.0, branches=60)
    expected = 1 - math.exp(-0.05 * 3)
    n = 60 * len(found.chance)
    assert abs(found.chance.mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / n)


def test_where_all_are_equal_there_is_nothing_to_reach(equal_world: cx.Scenario) -> None:
    # chances as they are, without the luck of a finite number of branches
    known = true_chances(equal_world, seeds=[1, 2, 3, 4], day=6.0, within=3.0, branches=2)
    flat = np.full(len(known.chance), 0.1392920235749422)
    chances = Chances(known.seen, known.everything, np.stack((flat, flat)), known.company, 3.0, 2)
    seen = regressed(chances.seen, flat, chances.company)
    model = np.random.default_rng(0).random(len(flat))
    found = Oracle(chances, {"model": model, "observable": seen, "everything": seen, "state": flat}, 100.0, 0.1)
    share = found.share()
    assert share["value"] is None
    assert "nothing to predict" in str(share["reason"])
    assert any("every moment were seen and the true chance" in told for told in found.not_told_apart())
    assert found.silo()["silo_reason"] == "not told from nothing"
    assert len(flat) > 500
    assert found.table().loc["state", "auc"] == 0.5


def test_chances_are_regressed_on_what_bears_on_them_only_by_other_companies() -> None:
    import pandas as pd

    random = np.random.default_rng(0)
    n = 3000
    x = random.normal(size=n)
    chance = 1 / (1 + np.exp(2.5 - 1.5 * x))
    table = pd.DataFrame({"account": range(n), "day": 0.0, "came_at": 0.0, "x": x, "noise": random.normal(size=n)})
    found = regressed(table, chance, np.arange(n) % 10)
    assert measures.auc(chance, found) > measures.auc(chance, chance) - 0.01
    # chances that nothing bears on are not learned by heart
    luck = random.random(n)
    assert abs(measures.auc(luck, regressed(table, luck, np.arange(n) % 10)) - 0.5) < 0.03


def test_numbers_out_of_range_are_refused(small_world: cx.Scenario, small: Oracle) -> None:
    model = cx.churn.fit(dataset(cx.simulate(small_world, seed=4), within=2), method="logistic")
    with pytest.raises(cx.InputError, match="companies"):
        oracle(small_world, model=model, seed=4, companies=1)
    with pytest.raises(cx.InputError, match="seeds"):
        true_chances(small_world, seeds=[])


def made_oracle(n: int, branches: int, seed: int) -> tuple[Oracle, np.ndarray]:
    """Accounts of known chances, of two in a hundred on average, that forks tell with their luck."""
    import pandas as pd

    random = np.random.default_rng(seed)
    seen, hidden = random.normal(size=(2, n))
    chance = 1 / (1 + np.exp(4.6 - seen - hidden))
    halves = random.binomial(branches // 2, chance, size=(2, n)) / (branches // 2)
    table = pd.DataFrame({"mrr": 1e5, "given_notice": seen > 1.5}, index=range(n))
    best = 1 / (1 + np.exp(4.2 - seen))  # of what is seen, the hidden half averaged
    chances = Chances(table, table, halves, np.arange(n) % 20, 3.0, branches)
    predicted = {"model": best, "observable": best, "everything": best, "state": chances.told(best)}
    return Oracle(chances, predicted, 100.0, 0.11), chance


def test_the_luck_of_the_branches_is_not_taken_for_knowledge() -> None:
    known, chance = made_oracle(8000, 200, 1)
    table = known.table()
    truth, own = measures.auc(chance, chance), measures.auc(known.chances.chance, known.chances.chance)
    told, error = table.loc["state", "auc"], (table.loc["state", "auc_high"] - table.loc["state", "auc_low"]) / 3.92
    assert own > truth + 4 * error  # what judges itself knows too much
    assert told < truth + 4 * error
    assert table.loc["observable", "auc"] < told  # and yet forks tell what nobody sees
    worth = (measures.contacted(chance, value=np.full(8000, 12e3), cost=100.0, save_rate=0.11)
             * (chance * 0.11 * 12e3 - 100.0)).mean() * 100  # fmt: skip
    wide = (table.loc["state", "profit_high"] - table.loc["state", "profit_low"]) / 3.92
    assert table.loc["state", "profit"] < worth + 4 * wide
    # from a handful of futures little is told, and never less than what was forecast without them
    few, _ = made_oracle(8000, 6, 2)
    rows = few.table()
    assert rows.loc["state", "auc"] > rows.loc["everything", "auc"] - 0.005


def test_all_are_judged_again_among_those_that_had_given_no_notice() -> None:
    known, _ = made_oracle(4000, 40, 3)
    still = known.without_notice()
    assert still is not None
    assert still.without_notice() is None  # nobody is left out of those
    assert not still.chances.seen["given_notice"].any()
    assert 0 < len(still.chances.company) < 4000
    assert still.predicted["state"].shape == (2, len(still.chances.company))
    assert still.table().loc["model", "auc"] < known.table().loc["model", "auc"]


def test_what_knows_more_and_comes_out_below_is_said_to_be_luck() -> None:
    known, _ = made_oracle(2000, 40, 6)
    guessed = np.random.default_rng(0).random(2000)
    told = Oracle(known.chances, known.predicted | {"observable": guessed}, 100.0, 0.11).not_told_apart()
    assert "comes out below the model, which cannot be in truth" in told[0]


def test_a_share_of_next_to_nothing_is_not_told(small: Oracle) -> None:
    few, _ = made_oracle(246, 200, 4)
    assert few.share()["value"] is None
    assert "246 accounts are too few to tell" in str(few.share()["reason"])
    # an advantage over guessing that is hardly told from nothing
    known, _ = made_oracle(800, 4, 5)
    random = np.random.default_rng(0)
    for mixed in np.linspace(0.0, 1.0, 9):
        weak = mixed * np.log(known.predicted["observable"]) + (1 - mixed) * random.normal(size=800)
        one = Oracle(known.chances, known.predicted | {"observable": 1 / (1 + np.exp(-weak))}, 100.0, 0.11)
        rows, share = one.table().loc["observable"], one.share()
        if share["value"] is None:
            assert not rows["auc_low"] - 0.5 > (rows["auc"] - 0.5) / 2
        else:
            assert 0 < float(share["high"] or 0) < 5


@pytest.mark.slow
def test_the_default_model_reaches_nearly_all_that_can_be_predicted_of_a_software_company() -> None:
    world = cx.Scenario.load("b2b-saas")
    model = cx.churn.fit(cx.simulate(world, seed=7))
    found = oracle(world, model=model, seed=7)
    given = model.origin_["accounts"]
    assert len(found.chances.chance) >= 20 * given
    share = found.share()
    assert float(share["value"] or 0) >= 0.95
    assert 0.9 < found.calibration_slope() < 1.1
