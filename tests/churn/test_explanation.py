"""What a model leans on; and that what predicts need not be a cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_tables import made_table

import cxsim as cx
from cxsim import events
from cxsim.churn import Dataset, dataset, dependence, importance, in_words, measures, prepared, reasons
from cxsim.churn.explanation import plainly
from cxsim.churn.resampling import samples
from cxsim.churn.tables import typed
from cxsim.plots import churn as plots


@pytest.fixture(scope="module")
def made() -> tuple[cx.churn.ChurnModel, Dataset]:
    data = [prepared(typed(made_table(700, seed=k)[0]), target="left", id="name of account") for k in (3, 4)]
    return cx.churn.fit(data[0], method="logistic"), data[1]


def test_importance_finds_what_matters_and_not_what_does_not(made: tuple[cx.churn.ChurnModel, Dataset]) -> None:
    table = importance(*made, repeats=8)
    assert table["feature"].tolist()[:2] == ["usage per day", "plan"]
    rows = table.set_index("feature")
    assert rows["low"]["usage per day"] > 0.05
    assert rows["low"]["plan"] > 0
    assert rows["low"]["noise"] < 0.005
    assert (table["low"] <= table["high"]).all()
    figure = plots.importance(table)
    assert "usage per day" in figure.texts[0].get_text()
    with pytest.raises(cx.InputError, match="repeats"):
        importance(*made, repeats=1)


def test_dependence_rises_where_the_chance_does(made: tuple[cx.churn.ChurnModel, Dataset]) -> None:
    number = dependence(*made, feature="usage per day")
    assert number["probability"].iloc[-1] - number["probability"].iloc[0] > 0.4
    word = dependence(*made, feature="plan").set_index("value")["probability"]
    assert word["basic"] > word["plus"] > word["pro"]
    assert cx.plots.dependence(number, feature="usage per day").axes[0].lines
    words = cx.plots.dependence(dependence(*made, feature="plan"), feature="plan")
    assert next(tick.get_text() for tick in words.axes[0].get_xticklabels()) in ("basic", "plus", "pro")
    with pytest.raises(cx.InputError, match="left out: the same in every row"):
        dependence(*made, feature="always")


def test_a_score_in_words_names_what_sets_the_account_apart(made: tuple[cx.churn.ChurnModel, Dataset]) -> None:
    model, data = made
    row = int(np.argmax(data.features["usage per day"]))
    one = data.features.iloc[[row]]
    (why,) = reasons(model, one)
    assert why[0].feature == "usage per day"
    assert why[0].change > 0
    (said,) = in_words(model, one)
    usual = f"(an ordinary account: {100 * cx.churn.ordinary(model):.1f} %): usage per day"
    assert said.startswith(f"{100 * model.predict_proba(one)[0, 1]:.1f} % likely to be lost {usual}")
    assert "more likely than with" in said


def test_an_ordinary_account_has_no_reasons_and_its_own_chance(made: tuple[cx.churn.ChurnModel, Dataset]) -> None:
    model, _ = made
    row = pd.DataFrame({column.name: [column.typical] for column in model.columns_})
    assert reasons(model, row) == [[]]
    assert cx.churn.ordinary(model) == pytest.approx(model.predict_proba(row)[0, 1])
    assert 0.05 < cx.churn.ordinary(model) < 0.95


def test_money_is_said_in_currency_and_numbers_without_powers() -> None:
    random = np.random.default_rng(0)
    mrr = random.integers(1_000_000, 4_000_000, 800)  # cents
    lost = (random.random(800) < np.where(mrr > 2_000_000, 0.8, 0.1)).astype(int)
    model = cx.churn.ChurnModel("logistic").fit(pd.DataFrame({"mrr": mrr}), lost)
    cheap = pd.DataFrame({"mrr": [1_250_000]})
    assert [r.value for r in reasons(model, cheap)[0]] == ["1,250,000"]
    model.origin_ = {"kind": "log", "currency": "USD"}
    (why,) = reasons(model, cheap)
    assert [r.value for r in why] == ["12,500 USD"]
    assert why[0].typical.endswith(" USD")
    assert [plainly(x) for x in (31_800.0, 4.2699, -2_000.4, 0.00001)] == ["31,800", "4.27", "-2,000", "0.000010"]


def test_observed_health_predicts_and_a_brighter_picture_saves_nobody() -> None:
    """Who looks unwell is lost more often. When all look better, the model expects fewer losses, and none is fewer."""
    world = cx.Scenario.load("smb-monthly").set("arrivals.history_months", 12).set("horizon_months", 15)
    for segment in world.segments:  # nobody's turn depends on how an account looks
        world = world.set(f"segments.{segment}.touch_digital_share", 1.0)
    log, bright = (cx.simulate(one, seed=1) for one in (world, world.set("health.seen_prior", 9.5)))
    data, brighter = (dataset(one, within=3) for one in (log, bright))
    looks = -data.features["observed_health"].to_numpy(dtype=np.float64)
    drawn = [measures.auc(data.target[rows], looks[rows]) for rows in samples(data.account, 100, 0)]
    assert np.quantile(drawn, 0.025) > 0.55
    model = cx.churn.fit(replace(data, features=data.features[["observed_health"]]), method="logistic")
    assert model.predict_proba(brighter.features)[:, 1].mean() < 0.95 * model.predict_proba(data.features)[:, 1].mean()
    gone = [one.columns["account"][np.isin(one.columns["kind"], events.LEAVING)].tolist() for one in (log, bright)]
    assert gone[0] == gone[1]
    assert len(gone[0]) > 100
    assert "not about causes" in cx.churn.NOT_A_CAUSE


def test_columns_that_say_nearly_the_same_share_their_importance() -> None:
    table = made_table(700, seed=3)[0].assign(twin=lambda t: t["usage per day"] + 1e-3)
    data = prepared(typed(pd.DataFrame(table)), target="left", id="name of account")
    rows = importance(cx.churn.fit(data, method="logistic"), data, repeats=4).set_index("feature")["importance"]
    assert rows["twin"] == pytest.approx(rows["usage per day"], rel=0.5)
