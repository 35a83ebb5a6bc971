"""Measures against scikit-learn and by hand; evaluation that learns from neither the account nor the future."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

import cxsim as cx
from cxsim.churn import Dataset, evaluate, measures
from cxsim.churn.model import ChurnModel
from cxsim.churn.resampling import samples, weights

RANDOM = np.random.default_rng(0)
P = np.round(RANDOM.random(400), 2)
Y = (RANDOM.random(400) < P).astype(int)


def test_measures_are_those_of_scikit_learn() -> None:
    p = np.clip(P, 0.01, 0.99)
    assert measures.auc(Y, P) == pytest.approx(roc_auc_score(Y, P))
    assert measures.measure("average_precision", Y, P) == pytest.approx(average_precision_score(Y, P))
    assert measures.measure("brier", Y, P) == pytest.approx(brier_score_loss(Y, P))
    assert measures.measure("log_loss", Y, p) == pytest.approx(log_loss(Y, p))


def test_a_chance_stands_for_many_futures() -> None:
    chance, p, n = RANDOM.random(60), RANDOM.random(60), 4000
    many = (RANDOM.random((n, 60)) < chance).astype(int)
    for name in ("auc", "brier", "log_loss", "lift_top_decile", "calibration_slope"):
        pooled = measures.measure(name, many.ravel(), np.tile(p, n))
        assert measures.measure(name, chance, p) == pytest.approx(pooled, rel=0.02, abs=0.02)


def test_the_calibration_slope_tells_too_sure_from_too_shy() -> None:
    odds = RANDOM.normal(size=40_000)
    y = (RANDOM.random(40_000) < 1 / (1 + np.exp(-odds))).astype(int)
    for stretch in (0.5, 1.0, 2.0):
        slope = measures.measure("calibration_slope", y, 1 / (1 + np.exp(-stretch * odds)))
        assert slope == pytest.approx(1 / stretch, abs=4 * 0.012 / stretch)
    assert np.isnan(measures.measure("calibration_slope", y, np.full(len(y), 0.5)))


def test_lift_gain_and_profit_by_hand() -> None:
    y, p = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0]), np.linspace(0.9, 0.05, 10)
    assert measures.measure("lift_top_decile", y, p) == pytest.approx(5.0)
    gain = measures.gain(measures.Ranked(y, p)).set_index("contacted")
    assert gain["found"][0.3] == pytest.approx(1.0)
    assert gain["lift"][0.3] == pytest.approx(1 / 0.3)
    # equals are taken in equal parts
    assert measures.measure("lift_top_decile", y, np.full(10, 0.2)) == pytest.approx(1.0)
    value = np.full(10, 1000.0)
    profit = measures.profit(y, p, value=value, cost=50.0, save_rate=0.2).set_index("contacted")["profit"]
    assert profit[0.0] == 0.0
    assert profit[0.3] == pytest.approx(2 * 0.2 * 1000 - 3 * 50)
    assert profit[1.0] == pytest.approx(2 * 0.2 * 1000 - 10 * 50)
    # p·0.2·1000 above 50: those with p above a quarter
    assert measures.contacted(p, value=value, cost=50.0, save_rate=0.2).tolist() == (p > 0.25).tolist()


def test_weights_count_as_so_many_rows() -> None:
    w = RANDOM.integers(0, 4, len(Y)).astype(float)
    many = np.repeat(np.arange(len(Y)), w.astype(int))
    plain, weighted = measures.Ranked(Y[many], P[many]).measures(), measures.Ranked(Y, P).measures(w)
    assert weighted == pytest.approx(plain, rel=1e-6)


def test_bootstrap_samples_keep_an_accounts_rows_together() -> None:
    account = np.array(["b", "a", "b", "c", "a", "b"])
    for rows in samples(account, 30, 0):
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[2] == counts[5]
        assert counts[1] == counts[4]
        assert counts[0] + counts[1] + counts[3] == 3


def test_no_model_has_seen_the_account_or_the_future_that_it_is_judged_by(
    panel: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[tuple[pd.DataFrame, np.ndarray]] = []

    class Spy(ChurnModel):
        def fit(self, X: pd.DataFrame, y: object, groups: object = None) -> ChurnModel:
            learned.append((X, np.asarray(groups)))
            self.size = len(X)
            return self

        def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
            X_learned, _ = learned[-1]
            known = marked.set_index("row").loc[X_learned["row"]]
            asked = marked.set_index("row").loc[X["row"]]
            assert not set(known["account"]) & set(asked["account"])
            assert known["known_at"].max() <= asked["day"].min()
            assert len(known) > 100
            return np.full((len(X), 2), 0.5)

    marked = pd.DataFrame({
        "row": range(len(panel)), "account": panel.account, "day": panel.day, "known_at": panel.known_at
    })  # fmt: skip
    from dataclasses import replace

    monkeypatch.setattr("cxsim.churn.model.ChurnModel", Spy)
    found = evaluate(replace(panel, features=marked[["row"]]), folds=3, origins=3)
    assert len(learned) == 9
    assert len(found.data) > 300
    assert (found.data.day >= found.origin).all()


@pytest.fixture(scope="module")
def judged(panel: Dataset) -> cx.churn.Evaluation:
    return evaluate(panel, method="logistic", folds=3, origins=2, seed=1)


def test_an_evaluation_of_a_log_by_segment_and_over_time(judged: cx.churn.Evaluation) -> None:
    summary = judged.summary().set_index("measure")
    assert list(summary.index) == list(measures.MEASURES)
    assert (summary["low"] <= summary["value"]).all()
    assert (summary["value"] <= summary["high"]).all()
    assert set(judged.by("segment")["group"]) == {"one", "two"}
    assert judged.over_time()["group"].nunique() == 2
    calibration = judged.calibration()
    assert calibration["n"].sum() == len(judged.data)
    assert calibration["predicted"].is_monotonic_increasing
    with pytest.raises(cx.InputError, match="Did you mean"):
        judged.by("segmnt")
    with pytest.raises(cx.InputError, match="at most 20"):
        judged.by("mrr")


def test_curves_and_parts_have_intervals_and_money(judged: cx.churn.Evaluation) -> None:
    gain = judged.gain()
    assert (gain["low"] <= gain["found"]).all()
    assert (gain["found"] <= gain["high"]).all()
    assert (gain["high"] - gain["low"]).iloc[9] > 0.02
    assert gain["low"].iloc[-1] == gain["high"].iloc[-1] == 1.0
    for part in (judged.by("segment"), judged.over_time()):
        told = part.pivot_table(index="group", columns="measure", values="value", sort=False)
        assert {"profit_per_100_accounts", "contacted"} <= set(told.columns)
    # weighed by their rows the parts add up to the whole
    whole = judged.worthwhile().set_index("measure")["value"]
    rows = judged.by("segment").query("measure == 'profit_per_100_accounts'")
    assert (rows["n"] * rows["value"]).sum() / rows["n"].sum() == pytest.approx(whole["profit_per_100_accounts"])


def test_whom_it_pays_to_contact_is_told_without_the_outcome(judged: cx.churn.Evaluation) -> None:
    nobody = judged.worthwhile(cost=1e9).set_index("measure")
    assert (nobody[["value", "low", "high"]] == 0.0).all().all()
    everybody = judged.worthwhile(cost=0.0, save_rate=0.5).set_index("measure")
    lost = (judged.data.target * judged.data.mrr * 12).mean() * 100
    assert everybody["value"]["contacted"] == 1.0
    assert everybody["value"]["profit_per_100_accounts"] == pytest.approx(0.5 * lost)
    assert everybody["low"]["profit_per_100_accounts"] < 0.5 * lost < everybody["high"]["profit_per_100_accounts"]
    with pytest.raises(cx.InputError, match="save rate"):
        judged.worthwhile(save_rate=-1)


def test_the_interval_of_a_calibration_group_is_of_accounts_drawn_again() -> None:
    random = np.random.default_rng(1)
    account = np.repeat(np.arange(300), 10)  # ten rows of each, all with one fate
    p = np.repeat(random.random(300), 10)
    y = np.repeat(random.random(300) < p[::10], 10).astype(int)
    drawn = list(weights(account, 200, 0))
    table = measures.calibration(y, p, account, drawn)
    assert table["n"].sum() == 3000
    wide = (table["high"] - table["low"]).iloc[4]
    n = table["n"].iloc[4] / 10
    share = table["lost"].iloc[4]
    assert wide == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / n), rel=0.35)
    none = measures.calibration(np.r_[np.zeros(20), np.ones(20)], np.r_[np.full(20, 0.3), np.full(20, 0.9)],
                                np.arange(40), [np.ones(40)])  # fmt: skip
    assert none["low"].iloc[0] == 0.0
    assert none["high"].iloc[0] > 0.1  # none of twenty is not none of all


def test_those_who_had_given_notice_are_left_out_beside(judged: cx.churn.Evaluation, own_table: pd.DataFrame) -> None:
    still = judged.without_notice()
    assert still is not None
    assert not still.data.features["given_notice"].any()
    assert 0 < len(still.data) < len(judged.data)
    told = judged.document()["without_notice"]
    assert told["n"] == len(still.data)
    assert told["auc"] < judged.document()["auc"]
    assert len(told["intervals"]["auc"]) == 2
    assert evaluate(own_table, target="left", method="logistic", folds=2).without_notice() is None


def test_profit_needs_money_and_sensible_numbers(judged: cx.churn.Evaluation, own_table: pd.DataFrame) -> None:
    curve = judged.profit(cost=0.0, save_rate=0.5)
    # what costs nothing pays for everybody, by half of all that is lost
    lost = (judged.data.target * judged.data.mrr * 12).mean() * 100
    assert curve["profit"].iloc[-1] == pytest.approx(0.5 * lost)
    assert curve["profit"].is_monotonic_increasing
    assert (curve["low"] <= curve["high"]).all()
    with pytest.raises(cx.InputError, match="save rate"):
        judged.profit(save_rate=1.5)
    table = evaluate(own_table, target="left", method="logistic", folds=2)
    with pytest.raises(cx.InputError, match="value="):
        table.profit()
    assert table.profit(value=500.0)["profit"].iloc[0] == 0.0
    with pytest.raises(cx.InputError, match="no days"):
        table.over_time()


def test_equal_accounts_leave_nothing_to_predict(equal_world: cx.Scenario) -> None:
    log = cx.simulate(equal_world, seed=2)
    found = evaluate(cx.churn.dataset(log, within=3), method="blend", folds=3, origins=2)
    auc = found.summary().set_index("measure").loc["auc"]
    assert auc["low"] < 0.5 < auc["high"]
    assert "nothing to predict" in found.verdict()
    assert found.probability.std() < 0.06


@pytest.mark.parametrize("bad", [{"folds": 1}, {"origins": 0}, {"folds": 2.5}])
def test_numbers_out_of_range_are_refused(bad: dict[str, object], panel: Dataset) -> None:
    with pytest.raises(cx.InputError, match=next(iter(bad))):
        evaluate(panel, **bad)  # type: ignore[arg-type]


def test_real_accounts_as_they_come(real_data: Path) -> None:
    table = cx.churn.read(real_data / "telco_customer_churn_ibm.csv")
    assert table["TotalCharges"].isna().sum() == 11
    found = evaluate(table, target="Churn", id="customerID")
    numbers = found.document()
    assert numbers["n"] == 7043
    assert numbers["churn_share"] == pytest.approx(0.2654, abs=1e-4)
    assert numbers["auc"] >= 0.845
    assert numbers["brier"] <= 0.1355
    assert 0.9 < numbers["calibration_slope"] < 1.1
