"""The commands about churn: what they print and write, and that no spreadsheet runs a score."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from made_tables import made_table

import cxsim as cx
from cxsim.cli import main

KEYS = {
    "n", "churn_share", "auc", "average_precision", "brier", "log_loss", "calibration_slope", "lift_top_decile",
    "oracle_auc", "model", "split",
}  # fmt: skip


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["churn", *arguments])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CXSIM_FAST", raising=False)
    table, _ = made_table(400, seed=3)
    table.to_csv("own.csv", index=False)
    return tmp_path


OWN = ("own.csv", "--target", "left", "--id", "name of account")


def test_evaluate_gives_the_keys_and_null_where_there_is_no_oracle(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "evaluate", *OWN, "--json", "--method", "logistic")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert set(told) >= KEYS
    assert told["n"] == 400
    assert told["oracle_auc"] is None
    assert 0.7 < told["auc"] < 0.95


def test_fit_and_score_a_table_and_no_cell_is_a_formula(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "fit", *OWN, "--out", "m.skops", "--method", "logistic")
    assert code == 0
    assert "left out: always (the same in every row)" in out
    new = made_table(30, seed=9)[0].drop(columns="left")
    new.loc[0, "name of account"] = "=HYPERLINK(1)"
    new.loc[1, "name of account"] = "+41 44"
    new.loc[2, "plan"] = "@plan"
    new.to_csv("new.csv", index=False)
    code, out, _ = call(capsys, "score", "m.skops", "new.csv", "--out", "scores.csv")
    assert code == 0
    with Path("scores.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 30
    assert {"'=HYPERLINK(1)", "'+41 44"} <= {row["account"] for row in rows}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    probabilities = [float(row["probability"]) for row in rows]
    assert probabilities == sorted(probabilities, reverse=True)
    birth = json.loads(Path("scores.origin.json").read_text())
    assert birth["version"] == cx.__version__
    assert birth["command"].startswith("cxsim churn score")
    assert not list(here.glob(".*"))


def test_a_model_of_another_version_scores_with_a_line_of_warning(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(capsys, "fit", *OWN, "--out", "m.skops", "--method", "logistic")[0] == 0
    monkeypatch.setattr("sklearn.__version__", "0.99")
    code, out, err = call(capsys, "score", "m.skops", "own.csv", "--out", "scores.csv")
    assert code == 0
    assert err.count("\n") == 1
    assert "m.skops: written with scikit-learn" in err
    assert "an ordinary account" in " ".join(out.split())


def test_score_refuses_what_does_not_fit_by_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "fit", *OWN, "--out", "m.skops", "--method", "logistic")[0] == 0
    made_table(30, seed=9)[0].drop(columns="plan").to_csv("new.csv", index=False)
    code, out, err = call(capsys, "score", "m.skops", "new.csv", "--out", "scores.csv")
    assert code == 2
    assert out == ""
    assert err == 'new.csv: column "plan", which the model needs, is missing.\n'
    made_table(30, seed=9)[0].drop(columns="name of account").to_csv("new.csv", index=False)
    assert "names accounts, is missing" in call(capsys, "score", "m.skops", "new.csv", "--out", "scores.csv")[2]
    for bad in (("m.skops", "new.csv", "--out", "s.txt"), ("none.skops", "new.csv", "--out", "s.csv"),
                ("m.skops", "new.csv", "--out", "none/s.csv"), ("m.skops", "none.csv", "--out", "s.csv")):  # fmt: skip
        assert call(capsys, "score", *bad)[0] == 2
    assert not Path("scores.csv").exists()


def test_a_world_and_its_log_are_judged_with_the_oracle(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, small_world: cx.Scenario
) -> None:
    monkeypatch.setenv("CXSIM_FAST", "1")
    cx.simulate(small_world, seed=4).write("log.parquet")  # the first run ever says that it compiles
    capsys.readouterr()
    Path("w.toml").write_text(small_world.set("arrivals.base_accounts", 60.0).to_toml())
    code, out, err = call(
        capsys, "fit", "w.toml", "--json", "--method", "logistic", "--within", "2", "--out", "w.skops"
    )
    assert (code, err) == (0, "")
    assert json.loads(out)["question"] == "lost within 2 months"
    code, out, _ = call(capsys, "evaluate", "log.parquet", "--method", "logistic", "--within", "2", "--out", "o")
    assert code == 0
    assert "of what can be predicted" in " ".join(out.split()) or "What can be known:" in out
    assert {path.name for path in Path("o").iterdir()} == {
        "calibration.png", "gain.png", "importance.png", "known.png", "evaluation.json",
    }  # fmt: skip
    told = json.loads(Path("o/evaluation.json").read_text())
    assert set(told) >= KEYS
    assert 0.5 < told["oracle_auc"] <= 1.0
    assert {"calibration", "gain", "by_segment", "over_time", "profit_per_100_accounts"} <= set(told)
    assert {row["group"] for row in told["by_segment"]} == {"one", "two"}
    assert told["without_notice"]["n"] < told["n"]
    assert told["oracle"]["without_notice"]["accounts"] < told["oracle"]["accounts"]
    assert told["profit"]["contacted"] <= 1.0
    assert {"low", "high"} <= set(told["gain"][0])
    words = " ".join(out.split())
    assert "had given notice already. Among the" in words
    assert "for whom the model says that it pays" in words
    assert "from day" in words
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines())
    assert set(told["oracle"]["by"]) == {"model", "observable", "everything", "state"}
    assert call(capsys, "fit", "log.parquet", "--out", "m.skops", "--method", "logistic", "--json")[0] == 0
    code, out, _ = call(capsys, "score", "m.skops", "log.parquet", "--out", "s.csv")
    assert code == 0
    assert len(pd.read_csv("s.csv")) > 20
    assert call(capsys, "evaluate", "log.parquet", "--within", "soon")[0] == 2
    assert call(capsys, "evaluate", "log.parquet", "--target", "left")[0] == 2
    assert call(capsys, "evaluate", "no-such-world")[0] == 2


def test_a_table_is_judged_by_a_column_that_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "evaluate", *OWN, "--method", "logistic", "--by", "plan")
    assert code == 0
    assert all(f"\n{plan}" in out for plan in ("basic", "plus", "pro"))
    code, out, _ = call(capsys, "evaluate", *OWN, "--method", "logistic", "--by", "plan", "--json")
    assert {row["group"] for row in json.loads(out)["by_plan"]} == {"basic", "plus", "pro"}
    code, _, err = call(capsys, "evaluate", *OWN, "--method", "logistic", "--by", "plann")
    assert code == 2
    assert 'Did you mean "plan"' in err


def test_survival_curves_are_judged_and_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, _ = made_table(400, seed=3)
    table.assign(age=[1 + k % 11 for k in range(400)]).to_csv("ages.csv", index=False)
    ages = ("ages.csv", "--target", "left", "--duration", "age", "--id", "name of account")
    code, out, _ = call(capsys, "survival", *ages, "--months", "6", "--out", "h.skops")
    assert code == 0
    assert "one curve for all" in out
    assert Path("h.skops").is_file()
    code, out, _ = call(capsys, "survival", *ages, "--months", "6", "--json")
    assert {row["measure"] for row in json.loads(out)["summary"]} >= {"integrated_brier", "skill"}
    code, _, err = call(capsys, "score", "h.skops", "own.csv", "--out", "s.csv")
    assert (code, "holds survival curves" in err) == (2, True)
    assert call(capsys, "survival", "ages.csv", "--target", "left")[0] == 2


def test_the_screen_says_what_the_numbers_mean(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "evaluate", *OWN, "--method", "logistic")
    assert code == 0
    assert out.startswith("A lost account is ranked above one that is kept")
    assert ".5 is guessing" in out
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines())
    assert 'cxsim churn fit own.csv --target left --id "name of account"' in " ".join(out.replace("\\\n", "").split())
