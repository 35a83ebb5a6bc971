"""The command line on money: what waiting costs, when it pays, the ledgers it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from terminal import SMALL, call

from cxsim.readings.registry import PAYBACK
from cxsim.studies.waiting import JUDGED

LINE = ["compare", "b2b-saas", *SMALL, "--replications", "3", "--workers", "1", "--with", "formal-onboarding:start=2"]
PAID = ["outcome", "unit", "better", "value", "low", "high", "future_median", "future_low", "future_high"]
WAITED = [
    "months", "outcome", "unit", "at_once", "later", "lost", "low", "high", "standard_error",
    "probability_at_once_better", "future_low", "future_high",
]  # fmt: skip


def test_json_tells_when_it_pays_and_what_waiting_costs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *LINE, "--waiting", "3,6", "--json")
    assert (code, err) == (0, "")
    (alternative,) = json.loads(out)["alternatives"]
    assert list(alternative) == ["name", "effects", "reached", "payback", "waiting"]
    assert [row["outcome"] for row in alternative["payback"]] == list(PAYBACK)
    for row in alternative["payback"]:
        assert [key for key in row if key != "reason"] == PAID
        assert row["value"] is not None or row["reason"]
    assert [(row["months"], row["outcome"]) for row in alternative["waiting"]] == [
        (months, outcome) for months in (3, 6) for outcome in JUDGED
    ]
    for row in alternative["waiting"]:
        assert [key for key in row if key != "reason"] == WAITED


def test_the_screen_tells_it_and_the_files_add_up(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, *LINE, "--waiting", "6", "--out", "o")
    assert code == 0
    said = " ".join(out.split())
    for words in ("when it pays", *PAYBACK, "On average its cash", "begun later:", "Waiting 6 months"):
        assert words in said, words
    assert max(map(len, out.splitlines())) <= 80
    assert "On average its cash" in (here / "o" / "report.html").read_text()
    told = json.loads((here / "o" / "comparison.json").read_text())["alternatives"][0]
    assert told["waiting"]
    effects = {row["outcome"]: row for row in told["effects"]}
    money = pd.read_csv(here / "o" / "money.csv", comment="#", parse_dates=["date"])
    apart = money[money["what"] == "difference"]
    assert apart["cumulative_discounted"].iloc[-1] == pytest.approx(effects["net_benefit"]["difference"], abs=0.01)
    assert apart["programme_cost"].sum() == pytest.approx(effects["programme_cost"]["difference"], abs=0.01)
    assert apart["date"].iloc[0] == pd.Timestamp("2026-01-01")
    stages = pd.read_csv(here / "o" / "stages.csv", comment="#")
    assert stages[stages["what"] == "difference"].set_index("stage").loc["total", "margin"] == pytest.approx(
        apart["cash"].sum(), abs=0.01
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--waiting", "soon"], '--waiting "soon": is not a whole number of months from 1 to 600'),
        (["--waiting", "3,3"], "--waiting 3,3: one is given twice"),
        (["--waiting", "3", "--with", "recession"], "recession adds nothing to the baseline that could begin later"),
    ],
)
def test_months_that_cannot_be_are_one_line_and_two(
    given: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *LINE, *given, "--out", "o")
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_outcomes_lists_those_of_a_comparison(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "outcomes")[1]
    for name in (*PAYBACK, "ltv_to_cac"):
        assert f"{name} " in out
