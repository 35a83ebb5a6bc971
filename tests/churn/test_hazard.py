"""Hazards by month: Kaplan-Meier without columns, known hazards with them, curves that fall."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.churn import Dataset, evaluate_survival, hazard, kaplan_meier, load, save
from cxsim.churn.survival import brier


def _lives(n: int, seed: int) -> pd.DataFrame:
    """Months until a loss of two kinds of accounts, hazards 0.05 and 0.15, watched for up to 24 months."""
    random = np.random.default_rng(seed)
    kind = random.choice(["calm", "hasty"], n)
    life = random.geometric(np.where(kind == "calm", 0.05, 0.15))
    watched = random.integers(6, 25, n)
    return pd.DataFrame({"age": np.minimum(life, watched) * 1.0, "left": (life <= watched).astype(int), "kind": kind,
                         "noise": random.normal(size=n)})  # fmt: skip


def test_without_columns_the_curve_is_that_of_kaplan_and_meier() -> None:
    lives = _lives(600, 1)
    curve = hazard(lives, duration="age", lost="left", months=20, covariates=False).survival(lives.head(1)).iloc[0]
    steps = kaplan_meier(lives, duration="age", lost="left")
    for month in range(1, 21):
        expected = steps[steps["duration"] <= month]["survival"].min()
        assert curve[month] == pytest.approx(expected, abs=1e-4)


def test_kaplan_and_meier_by_hand_with_who_was_at_risk() -> None:
    lives = pd.DataFrame({"age": [1.0, 2.0, 2.0, 3.0, 4.0], "left": [0, 1, 1, 0, 1]})
    found = kaplan_meier(lives, duration="age", lost="left")
    assert found["duration"].tolist() == [0.0, 2.0, 4.0]
    assert found["at_risk"].tolist() == [5, 4, 1]
    assert found["lost"].tolist() == [0, 2, 1]
    assert found["survival"].tolist() == pytest.approx([1.0, 0.5, 0.0])
    # the product of what is left at each row is the curve
    assert (1 - found["lost"] / found["at_risk"]).cumprod().tolist() == pytest.approx(found["survival"].tolist())
    nobody = kaplan_meier(lives.assign(left=[0, 0, 0, 0, 1], age=[0.0, 1, 1, 1, 0]), duration="age", lost="left")
    assert nobody["duration"].tolist() == [0.0]
    assert nobody["lost"].tolist() == [1]


def test_known_hazards_are_found() -> None:
    model = hazard(_lives(6000, 2), duration="age", lost="left", months=12)
    asked = pd.DataFrame({"kind": ["calm", "hasty"], "noise": [0.0, 0.0]})
    found = model.hazard(asked).mean(axis=1)
    assert found == pytest.approx([0.05, 0.15], abs=4 * 0.003)
    curves = model.survival(asked)
    assert (curves[0] == 1.0).all()
    assert (curves.diff(axis=1).iloc[:, 1:] < 0).all().all()


def test_a_log_gives_each_account_its_curve(panel: Dataset) -> None:
    first = panel.of(panel.day <= 8)
    model = hazard(first, months=6)
    curves = model.survival(first.features)
    assert curves.shape == (len(first), 7)
    # of those who were followed for six months
    share = (first.lost_in > 6).mean()
    assert abs(curves[6].mean() - share) < 0.04
    yearly = (first.features["term"] == 12).to_numpy() & (first.features["months_to_renewal"] == 5).to_numpy()
    steps = -curves[yearly].diff(axis=1).iloc[:, 1:].mean()
    assert steps.idxmax() in (5, 6)  # it is lost when its term ends


def test_a_brier_score_does_not_feel_who_was_watched_for_how_long() -> None:
    random = np.random.default_rng(4)
    n = 20_000
    life = random.geometric(0.1, n) * 1.0
    curve = np.tile(0.88 ** np.arange(7.0), (n, 1))  # a wrong one
    full = brier(life, np.ones(n, dtype=bool), curve)
    expected = np.array([0.9**t * (1 - 0.88**t) ** 2 + (1 - 0.9**t) * 0.88 ** (2 * t) for t in range(1, 7)])
    assert np.all(np.abs(full.mean(axis=0) - expected) < 4 * full.std(axis=0) / np.sqrt(n))
    watched = random.integers(1, 9, n)
    part = brier(np.minimum(life, watched), life <= watched, curve)
    assert np.all(np.abs(part.mean(axis=0) - expected) < 4 * part.std(axis=0) / np.sqrt(n))


def test_curves_are_judged_by_others_and_their_columns_help_or_do_not() -> None:
    lives = _lives(900, 5)
    told = evaluate_survival(lives, duration="age", lost="left", months=8, folds=3)
    rows = told.summary().set_index("measure")
    assert rows["low"]["skill"] > 0.0
    assert rows["value"]["integrated_brier"] < rows["value"]["integrated_brier_same_for_all"]
    assert "nearer to what happens" in told.verdict()
    parts = told.calibration(horizons=[4, 8])
    assert parts.groupby("month")["n"].sum().tolist() == [900, 900]
    assert ((parts["low"] - 0.05 < parts["predicted"]) & (parts["predicted"] < parts["high"] + 0.05)).all()
    blind = evaluate_survival(lives[["age", "left", "noise"]], duration="age", lost="left", months=8, folds=3)
    assert "do not tell" in blind.verdict()
    with pytest.raises(cx.InputError, match="horizons: 9"):
        told.calibration(horizons=[9])
    with pytest.raises(cx.InputError, match="folds: 1"):
        evaluate_survival(lives, duration="age", lost="left", folds=1)


def test_curves_of_a_log_are_judged_by_later_days_of_other_accounts(panel: Dataset) -> None:
    told = evaluate_survival(panel, months=6, folds=2)
    middle = np.unique(panel.day)[len(np.unique(panel.day)) // 2]
    assert len(told.age) == (panel.day >= middle).sum()
    assert 1 <= told.months <= 6
    assert (np.diff(told.curve, axis=1) <= 0).all()
    assert np.isfinite(told.summary()["value"]).all()


def test_a_survival_model_is_kept_and_found_again(tmp_path: Path) -> None:
    lives = _lives(300, 6)
    model = hazard(lives, duration="age", lost="left", months=6)
    save(model, tmp_path / "h.skops")
    again = load(tmp_path / "h.skops")
    assert isinstance(again, cx.churn.HazardModel)
    pd.testing.assert_frame_equal(again.survival(lives), model.survival(lives), check_exact=True)
    assert again.months == 6


def test_ages_and_words_that_make_no_sense_are_refused() -> None:
    lives = _lives(60, 3)
    for bad, options in (
        (lives, {"duration": "agee", "lost": "left"}), (lives, {"duration": "kind", "lost": "left"}), (lives, {}),
        (lives.assign(age=-1.0), {"duration": "age", "lost": "left"}),
        (lives, {"duration": "age", "lost": "left", "months": 0}),
    ):  # fmt: skip
        with pytest.raises(cx.InputError):
            hazard(bad, **options)  # type: ignore[arg-type]
    with pytest.raises(cx.InputError, match="Did you mean"):
        kaplan_meier(lives, duration="age", lost="left", by="kin")


def test_real_accounts_survive_as_published(real_data: Path) -> None:
    table = cx.churn.read(real_data / "telco_customer_churn_ibm.csv")
    at = (12, 24, 48, 72)
    expected = {
        "all": (0.843, 0.789, 0.709, 0.593), "Month-to-month": (0.703, 0.586, 0.397, 0.129),
        "One year": (0.991, 0.978, 0.917, 0.568),
    }  # fmt: skip
    curves = pd.concat([
        kaplan_meier(table, duration="tenure", lost="Churn"),
        kaplan_meier(table, duration="tenure", lost="Churn", by="Contract"),
    ])  # fmt: skip
    for group, shares in expected.items():
        mine = curves[curves["group"] == group]
        found = [mine[mine["duration"] <= month]["survival"].iloc[-1] for month in at]
        assert found == pytest.approx(list(shares), abs=6e-4)
        assert (mine["low"] <= mine["survival"]).all() or mine["low"].isna().any()
        assert mine["at_risk"].iloc[0] == (7043 if group == "all" else (table["Contract"] == group).sum())
