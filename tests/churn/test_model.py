"""Models: known chances recovered, calibrated, sober where there is nothing; saved without pickle."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from made_tables import made_table
from sklearn.base import clone, is_classifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

import cxsim as cx
from cxsim.churn import ChurnModel, load, measures, save
from cxsim.churn.tables import typed


@pytest.fixture(scope="module")
def model(own_table: pd.DataFrame) -> ChurnModel:
    return cx.churn.fit(own_table, target="left", id="name of account")


def test_known_chances_are_found_and_calibrated(model: ChurnModel) -> None:
    table, chance = made_table(4000, seed=8)
    p = model.predict_proba(typed(table))[:, 1]
    best, found = measures.auc(chance, chance), measures.auc(chance, p)
    assert (found - 0.5) / (best - 0.5) > 0.95
    assert 0.85 < measures.measure("calibration_slope", chance, p) < 1.2
    assert abs(p.mean() - chance.mean()) < 0.04


def test_where_there_is_nothing_to_predict_everybody_gets_about_the_average() -> None:
    table, _ = made_table(1500, seed=5, strength=0.0)
    fitted = cx.churn.fit(table, target="left")
    p = fitted.predict_proba(typed(table))[:, 1]
    assert p.std() < 0.05
    assert abs(p.mean() - table["left"].mean()) < 0.02
    assert all(member.weight >= 0.0 for member in fitted.members_)


def test_the_model_is_a_scikit_learn_classifier(model: ChurnModel, own_table: pd.DataFrame) -> None:
    assert is_classifier(model)
    assert clone(model).get_params() == model.get_params()
    assert model.predict_proba(typed(own_table)).sum(axis=1) == pytest.approx(1.0)
    assert set(model.predict(typed(own_table)).tolist()) == {0, 1}
    assert model.score(typed(own_table), own_table["left"]) > 0.7


@pytest.mark.parametrize("own", [GaussianNB(), RandomForestClassifier(30, min_samples_leaf=10, random_state=0)])
def test_a_classifier_of_ones_own_is_taken_and_calibrated(own: object, own_table: pd.DataFrame) -> None:
    fitted = cx.churn.fit(own_table, target="left", method=own)
    table, chance = made_table(3000, seed=8)
    p = fitted.predict_proba(typed(table))[:, 1]
    assert measures.auc(chance, p) > 0.7
    assert 0.75 < measures.measure("calibration_slope", chance, p) < 1.3


def test_the_same_seed_gives_the_same_model(own_table: pd.DataFrame, model: ChurnModel) -> None:
    again = cx.churn.fit(own_table, target="left", id="name of account")
    assert np.array_equal(again.decision_function(typed(own_table)), model.decision_function(typed(own_table)))


def test_new_words_and_missing_cells_are_borne(model: ChurnModel, own_table: pd.DataFrame) -> None:
    table = typed(own_table.head(4)).copy()
    table["plan"] = ["never seen", None, "basic", "pro"]
    table.loc[2, "usage per day"] = np.nan
    assert np.isfinite(model.predict_proba(table)).all()


def test_a_table_whose_columns_do_not_fit_is_refused_by_name(model: ChurnModel, own_table: pd.DataFrame) -> None:
    table = typed(own_table).rename(columns={"usage per day": "usage per dai"}).assign(noise="loud")
    with pytest.raises(cx.InputError) as told:
        model.predict_proba(table)
    assert len(told.value.faults) == 2
    assert 'column "usage per day", which the model needs, is missing. Did you mean "usage per dai"?' in str(told.value)
    assert 'column "noise" holds words, such as "loud", where the model has learned from numbers' in str(told.value)


@pytest.mark.parametrize("method", ["blnd", 3, "x" * 5])
def test_an_unknown_method_is_refused(method: object, own_table: pd.DataFrame) -> None:
    with pytest.raises(cx.InputError, match="method"):
        cx.churn.fit(own_table, target="left", method=method)


def test_what_is_no_source_is_refused(panel: cx.churn.Dataset) -> None:
    with pytest.raises(cx.InputError, match="neither a log"):
        cx.churn.fit([1, 2, 3])  # type: ignore[arg-type]
    with pytest.raises(cx.InputError, match="--target"):
        cx.churn.fit(panel, target="left")


def test_a_saved_model_says_the_same_and_where_it_comes_from(
    model: ChurnModel, own_table: pd.DataFrame, tmp_path: Path
) -> None:
    save(model, tmp_path / "m.skops", command="cxsim churn fit …")
    again = load(tmp_path / "m.skops")
    assert np.array_equal(again.decision_function(typed(own_table)), model.decision_function(typed(own_table)))
    assert again.origin_["target"] == "left"
    assert again.origin_["version"] == cx.__version__
    assert again.origin_["command"] == "cxsim churn fit …"
    assert [path.name for path in tmp_path.iterdir()] == ["m.skops"]


@pytest.mark.parametrize("own", [GaussianNB(), RandomForestClassifier(7, min_samples_leaf=20, random_state=0)])
def test_a_classifier_of_ones_own_is_kept_and_found_again(own: Any, own_table: pd.DataFrame, tmp_path: Path) -> None:
    fitted = cx.churn.fit(own_table, target="left", method=own)
    save(fitted, tmp_path / "m.skops")
    again = load(tmp_path / "m.skops")
    assert np.array_equal(again.decision_function(typed(own_table)), fitted.decision_function(typed(own_table)))
    assert type(again.method) is type(own)
    assert again.method.get_params() == own.get_params()


def test_what_could_not_be_loaded_is_not_saved(own_table: pd.DataFrame, tmp_path: Path) -> None:
    fitted = cx.churn.fit(own_table, target="left", method=KNeighborsClassifier())
    with pytest.raises(cx.InputError, match=r"not saved; no file is trusted with sklearn\.metrics"):
        save(fitted, tmp_path / "m.skops")
    assert not list(tmp_path.iterdir())


def test_other_versions_are_warned_of_and_another_schema_is_refused_by_file(
    model: ChurnModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(model, tmp_path / "m.skops")
    monkeypatch.setattr("sklearn.__version__", "0.99")
    with pytest.warns(UserWarning, match=r"m\.skops: written with scikit-learn .* \(here 0\.99\)"):
        load(tmp_path / "m.skops")
    monkeypatch.undo()
    monkeypatch.setattr("cxsim.churn.saving.SCHEMA", 2)
    with pytest.raises(cx.InputError, match=r"m\.skops: the model has schema 1"):
        load(tmp_path / "m.skops")


def test_a_model_from_elsewhere_runs_no_code(tmp_path: Path, model: ChurnModel) -> None:
    class Evil:
        def __reduce__(self) -> object:
            return (open, (str(tmp_path / "ran"), "w"))

    (tmp_path / "evil.skops").write_bytes(skops.io.dumps({"cxsim churn model": "{}", "pipelines": [Evil()]}))
    with pytest.raises(cx.InputError, match="not trusted"):
        load(tmp_path / "evil.skops")
    # the same, where a file asks for a function of the system
    save(model, tmp_path / "m.skops")
    with zipfile.ZipFile(tmp_path / "m.skops") as packed:
        contents = {name: packed.read(name) for name in packed.namelist()}
    schema = json.loads(contents["schema.json"])
    schema["content"]["pipelines"] = {
        "__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1, "content": {
            "module_path": "os", "function": "system"},
    }  # fmt: skip
    contents["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(tmp_path / "os.skops", "w") as packed:
        for name, body in contents.items():
            packed.writestr(name, body)
    with pytest.raises(cx.InputError):
        load(tmp_path / "os.skops")
    assert not (tmp_path / "ran").exists()


def test_files_that_are_no_models_are_refused_in_a_line(tmp_path: Path, model: ChurnModel) -> None:
    save(model, tmp_path / "m.skops")
    body = (tmp_path / "m.skops").read_bytes()
    (tmp_path / "cut.skops").write_bytes(body[: len(body) // 2])
    (tmp_path / "text.skops").write_text("no model")
    (tmp_path / "other.skops").write_bytes(skops.io.dumps({"a": 1}))
    for name in ("cut.skops", "text.skops", "other.skops", "none.skops", "m.pkl"):
        with pytest.raises(cx.InputError) as told:
            load(tmp_path / name)
        assert len(told.value.faults) == 1
    for place in (tmp_path / "m.pkl", tmp_path / "none" / "m.skops"):
        with pytest.raises(cx.InputError):
            save(model, place)
    with pytest.raises(cx.InputError, match="not a fitted"):
        save(ChurnModel(), tmp_path / "x.skops")
