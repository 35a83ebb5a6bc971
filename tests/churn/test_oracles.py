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
    chances = Chances(known.seen, known.everything, flat, known.company, 3.0, 2)
    seen = regressed(chances.seen, flat, chances.company)
    model = np.random.default_rng(0).random(len(flat))
    found = Oracle(chances, {"model": model, "observable": seen, "everything": seen, "state": flat}, 100.0, 0.1)
    share = found.share()
    assert share["value"] is None
    assert "nothing to predict" in str(share["reason"])
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
    # a company whose chances are turned round is judged by what holds in the others
    turned = np.where(np.arange(n) % 10 == 0, chance[::-1], chance)
    assert np.corrcoef(regressed(table, turned, np.arange(n) % 10)[::10], chance[::10])[0, 1] > 0.9


def test_numbers_out_of_range_are_refused(small_world: cx.Scenario, small: Oracle) -> None:
    model = cx.churn.fit(dataset(cx.simulate(small_world, seed=4), within=2), method="logistic")
    with pytest.raises(cx.InputError, match="companies"):
        oracle(small_world, model=model, seed=4, companies=1)
    with pytest.raises(cx.InputError, match="seeds"):
        true_chances(small_world, seeds=[])


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
