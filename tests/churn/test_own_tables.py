"""Tables as people have them: numbers in many forms, unclear targets, leaks, blanks, names that come again."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_tables import made_table

import cxsim as cx
from cxsim.churn import prepared, read
from cxsim.churn.model import ChurnModel
from cxsim.churn.tables import typed
from cxsim.cli import main


def table(n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(0)
    found = pd.DataFrame({
        "id": [f"c{k}" for k in range(n)], "usage": random.normal(5, 2, n).round(2),
        "plan": random.choice(["a", "b", "c"], n),
    })  # fmt: skip
    found["left"] = (random.random(n) < 1 / (1 + np.exp(found["usage"] - 4))).astype(int)
    return found


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["churn", *arguments])
    caught = capsys.readouterr()
    return code, " ".join(caught.out.replace("\\\n", "").split()), caught.err


@pytest.mark.parametrize(("text", "number"), [
    (["50,3", "4,1"], 50.3), (["50.3%", "4%"], 50.3), (["$1,050.50", "$2"], 1050.5), (["1.050,50", "3"], 1050.5),
    (["1'050.5", "3"], 1050.5), (["1\u202f050,5 €", "3 €"], 1050.5), (["-$5.2", "$3"], -5.2),
    (["1,050", "3.5"], 1050.0),
])  # fmt: skip
def test_numbers_are_read_however_they_are_written(text: list[str], number: float) -> None:
    assert typed(pd.DataFrame({"x": [*text, None]}))["x"].iloc[0] == number


def test_numbers_that_may_be_two_are_refused_unless_another_column_tells() -> None:
    with pytest.raises(cx.InputError, match=r"may be 1050 or 1\.050"):
        typed(pd.DataFrame({"x": ["1,050", "2,100"]}))
    for other, number in (("0,5", 1.05), ("0.5", 1050.0)):
        assert typed(pd.DataFrame({"x": ["1,050", "2,100"], "y": [other, "1"]}))["x"].iloc[0] == number
    assert typed(pd.DataFrame({"x": ["1.050", "950"], "y": ["0,5", "1"]}))["x"].iloc[0] == 1050.0
    with pytest.raises(cx.InputError, match="several units"):
        typed(pd.DataFrame({"x": ["$1", "€2"]}))
    assert typed(pd.DataFrame({"x": ["ABC12", "XYZ13"]}))["x"].tolist() == ["ABC12", "XYZ13"]


def test_the_answer_says_what_each_column_was_taken_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table().assign(same=1).to_csv("t.csv", index=False, sep=";", decimal=",")
    options = ("fit", "t.csv", "--target", "left", "--id", "id", "--method", "logistic", "--out", "m.skops")
    code, out, _ = call(capsys, *options)
    assert code == 0
    assert "lost = left 1: 114 of 300" in out
    assert "numbers: usage (decimal commas) words: plan (3, such as a) left out: same (the same in every row)" in out
    told = json.loads(call(capsys, *options, "--json")[1])
    assert told["columns_taken"]["usage"] == {"taken_for": "numbers", "written": "decimal commas"}
    assert (told["lost_value"], told["lost"]) == ("1", 114)


@pytest.mark.parametrize("pair", [("2", "1"), ("1", "-1"), ("2", "0"), ("red", "blue"), ("yes", "maybe")])
def test_a_target_that_is_not_plain_is_refused_until_somebody_says_what_means_lost(pair: tuple[str, str]) -> None:
    own = table()
    own["left"] = np.where(own["left"] == 1, *pair)
    with pytest.raises(cx.InputError, match=r"not clear which of .* means lost: say which with --lost"):
        prepared(own, target="left")
    assert prepared(own, target="left", lost=pair[0]).target.sum() == 114
    assert prepared(own, target="left", lost=pair[1]).target.sum() == 186
    with pytest.raises(cx.InputError, match="no row holds it"):
        prepared(own, target="left", lost="x")


def test_a_yes_to_staying_is_not_taken_for_a_loss() -> None:
    with pytest.raises(cx.InputError, match="who stayed"):
        prepared(table().rename(columns={"left": "Retained"}), target="Retained")
    assert prepared(table().rename(columns={"left": "inactive"}), target="inactive").target.sum() == 114


def test_columns_that_give_the_target_away_are_named() -> None:
    own = table()
    lost = own["left"] == 1
    random = np.random.default_rng(1)
    own["reason"] = np.where(lost, random.choice(["price", "service"], len(own)), None)
    own["told"] = np.where(lost & (random.random(len(own)) < 0.5), "x", None)
    own["score"] = lost * 5.0 + random.random(len(own))
    found = prepared(own, target="left", id="id").origin["warnings"]
    assert [line.split('"')[1] for line in found] == ["reason", "told", "score"]
    assert prepared(table(), target="left", id="id").origin["warnings"] == []


def test_an_account_of_which_nothing_is_known_is_as_likely_to_be_lost_as_all() -> None:
    own = table()
    own.loc[:4, "usage"] = np.nan  # few, and all of one kind
    own.loc[:4, "left"] = 0
    model = cx.churn.fit(own, target="left", id="id", method="logistic")
    nothing = own.head(2).assign(usage=None, plan="?")
    assert model.predict_proba(nothing)[:, 1] == pytest.approx(own["left"].mean(), abs=0.01)
    one = model.predict_proba(own.assign(usage=None))[:, 1]
    assert abs(one.mean() - own["left"].mean()) < 0.05


def test_a_strange_table_is_scored_with_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = cx.churn.fit(table(), target="left", id="id", method="logistic")
    assert model.doubts(table()) == []
    told = model.doubts(table().assign(usage=9999.0, plan="gold"))
    assert "300 of 300 rows lie far outside" in told[0]
    assert 'never seen, such as "gold"' in told[1]
    assert "is blank in every row" in model.doubts(table().assign(usage=None))[0]
    monkeypatch.chdir(tmp_path)
    table().to_csv("t.csv", index=False)
    options = ("--target", "left", "--id", "id", "--method", "logistic", "--out", "m.skops")
    assert call(capsys, "fit", "t.csv", *options)[0] == 0
    # a date that the model does not use, words that look like numbers, a name that comes again and one that is blank
    new = table(20).assign(since="2020-01-01", plan=[str(k % 3) for k in range(20)])
    new["id"] = ["", "c1", "c1", *new["id"][3:]]
    new.to_csv("n.csv", index=False)
    code, out, _ = call(capsys, "score", "m.skops", "n.csv", "--out", "s.csv")
    assert code == 0
    assert "never seen" in out
    assert "1 rows name an account that another row names too" in out
    assert "row 1" in pd.read_csv("s.csv")["account"].tolist()


def test_predict_takes_the_table_that_fit_took(own_table: pd.DataFrame) -> None:
    own = own_table.assign(**{"usage per day": own_table["usage per day"].map("{:.3f}".format)})
    own.loc[3, "usage per day"] = " "
    model = cx.churn.fit(own, target="left", id="name of account", method="logistic")
    assert model.predict_proba(own).shape == (800, 2)
    assert model.n_features_in_ == 5
    assert list(model.feature_names_in_)[:2] == ["usage per day", "plan"]


def test_arrays_and_names_that_are_numbers_are_taken_and_bad_targets_refused_in_a_line() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(200, 2)), random.integers(0, 2, 200)
    model = ChurnModel("logistic").fit(x, y)
    assert model.predict_proba(x).shape == (200, 2)
    assert ChurnModel("logistic").fit(pd.DataFrame(x), y).predict_proba(pd.DataFrame(x)).shape == (200, 2)
    for bad in (np.where(y, "Yes", "No"), np.where(y, 1.0, np.nan), y + 1, y[:-3]):
        with pytest.raises(cx.InputError, match=r"^y: "):
            ChurnModel("logistic").fit(x, bad)
    with pytest.raises(cx.InputError, match="no rows"):
        model.predict_proba(x[:0])
    with pytest.raises(cx.InputError, match="has 1 columns"):
        model.predict_proba(x[:, :1])


def test_profit_of_a_table_needs_what_an_account_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = table().assign(arr=1000.0 + np.arange(300))
    own.to_csv("t.csv", index=False)
    options = ("evaluate", "t.csv", "--target", "left", "--id", "id", "--method", "logistic", "--seed", "3")
    code, out, _ = call(capsys, *options, "--cost", "5", "--save-rate", "0.5")
    assert code == 0
    assert "Name the column with --value" in out
    assert "cxsim churn fit t.csv --target left --id id --method logistic --seed 3 --out model.skops" in out
    told = json.loads(call(capsys, *options, "--cost", "0", "--save-rate", "0.5", "--value", "arr", "--json")[1])
    lost = (own["left"] * own["arr"]).mean() * 100
    assert told["profit_per_100_accounts"][-1]["profit"] == pytest.approx(0.5 * lost)
    assert "Expected profit per 100 accounts" in call(capsys, *options, "--value", "arr")[1]
    for bad, line in ((("--cost", "-5"), "--cost -5"), (("--save-rate", "7"), "--save-rate 7"),
                      (("--value", "plan"), "does not hold numbers"), (("--value", "left"), "the same column"),
                      (("--value", "ar"), 'Did you mean "arr"')):  # fmt: skip
        code, out, err = call(capsys, *options, *bad)
        assert (code, out) == (2, "")
        assert line in err


def test_names_that_come_again_or_are_blank_are_told() -> None:
    own = table()
    again = prepared(own.assign(id=[f"c{k // 2}" for k in range(300)]), target="left", id="id")
    assert "300 rows are of 150 accounts" in again.origin["warnings"][0]
    blank = prepared(own.assign(id=[f"c{k}" if k % 2 else "" for k in range(300)]), target="left", id="id")
    assert len(set(blank.account)) == 300
    assert "150 of 300 rows have no name" in blank.origin["warnings"][0]


@pytest.mark.parametrize("form", ["%d %b %Y", "%Y%m%d", "%B %d, %Y", "%Y-%m", "%Y%m", "unknown"])
def test_dates_are_known_in_every_dress(form: str) -> None:
    days = pd.date_range("2020-01-01", periods=300, freq="3D")
    since = list(days.strftime("%Y-%m-%d" if form == "unknown" else form))
    if form == "unknown":
        since = [day if k % 5 else "unknown" for k, day in enumerate(since)]
    with pytest.raises(cx.InputError, match=r"holds dates as (text|numbers), such as .*give a number instead"):
        prepared(table().assign(since=since), target="left")


def test_broken_files_are_told_by_their_line(tmp_path: Path) -> None:
    text = table().to_csv(index=False)
    lines = text.splitlines()
    lines[50] += ",9,9,9"
    cases = {
        "ragged.csv": ("\n".join(lines).encode(), "line 51 has 7 values under 4 names"),
        "cut.csv": (text[:3000].rpartition("\n")[0].encode() + b"\nc222,5.3", "has 2 values under 4 names"),
        "quote.csv": (text[:3000].rpartition("\n")[0].encode() + b'\nc222,"abc', "a quote is opened and never closed"),
        "nul.csv": (text.encode()[:2000] + b"\0\0", "a byte of zeros"),
        "latin.csv": (text.replace(",a,", ",Größe,").encode("latin-1"), "not UTF-8"),
        "wide.csv": (text.encode("utf-16"), "UTF-16"),
        "x.xlsx": (b"x", 'is a spreadsheet; save the sheet as "CSV UTF-8"'),
    }
    for name, (body, line) in cases.items():
        (tmp_path / name).write_bytes(body)
        with pytest.raises(cx.InputError) as told:
            read(tmp_path / name)
        assert line in str(told.value)
    assert main(["churn", "evaluate", str(tmp_path / "x.xlsx"), "--target", "left"]) == 2


def test_a_small_table_is_fitted_without_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cx.churn.fit(made_table(60, seed=2)[0], target="left", id="name of account")


def test_what_was_learned_of_columns_is_kept_on_disk(tmp_path: Path) -> None:
    own = table().assign(usage=lambda t: t["usage"].map("{:.2f}".format).str.replace(".", ","))
    model = cx.churn.fit(own, target="left", id="id", method="logistic")
    cx.churn.save(model, tmp_path / "m.skops")
    again = cx.churn.load(tmp_path / "m.skops")
    assert str(again.columns_) == str(model.columns_)
    nothing = own.head(1).assign(usage=None, plan=None)
    assert np.array_equal(again.decision_function(nothing), model.decision_function(nothing))


@pytest.mark.parametrize(("low", "high", "words"), [
    (0.48, 0.53, "nothing to predict"), (0.35, 0.70, "too few to tell"), (0.30, 0.45, "worse than guessing"),
    (0.60, 0.70, "is ranked above"),
])  # fmt: skip
def test_the_verdict_depends_on_how_much_is_known(low: float, high: float, words: str) -> None:
    found = cx.churn.evaluate(table(), target="left", id="id", method="logistic", folds=2)
    row = {"measure": "auc", "value": (low + high) / 2, "low": low, "high": high}
    found._kept["summary"] = pd.DataFrame([row])
    assert words in found.verdict()
