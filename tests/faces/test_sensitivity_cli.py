"""The command `sensitivity`: what it prints, refuses and writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import cxsim as cx
from cxsim.cli import main
from cxsim.cli.sensitivity import FAST_FUTURES, FAST_REPLICATIONS, FAST_ROWS, SMALL
from cxsim.cli.sizes import FAST_ACCOUNTS, TEAMS, in_proportion, world_of

QUICK = ["--only", "churn.value_base,churn.involuntary_base", "--set", "arrivals.history_months=6",
         "--set", "horizon_months=13"]  # fmt: skip
LINE = ["sensitivity", "b2b-saas", "--outcome", "logo_churn_annual", *QUICK]
HEAD = [
    "world", "seed", "replications", "rows", "rows_counted", "runs", "accounts", "horizon_months", "version",
    "scenario_hash", "outcome", "unit", "with", "luck", "input_variance", "groups", "swings",
]  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CXSIM_FAST", "1")
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_the_screen_says_what_was_run_and_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *LINE)
    assert (code, err) == (0, "")
    told = " ".join(out.split())
    for words in (
        "is luck", "churn.value_base", f"at {FAST_ACCOUNTS} accounts (made small, its teams in proportion",
        "runs; 16 rows", "5 % and 95 % points", "CXSIM_FAST",
    ):  # fmt: skip
        assert words in told, words
    assert max(map(len, out.splitlines())) <= 80


def test_with_a_lever_the_world_keeps_the_size_that_its_price_is_meant_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CXSIM_FAST")
    line = ["sensitivity", "b2b-saas", "--outcome", "arr", "--set", "arrivals.history_months=6", "--set",
            "horizon_months=3", "--rows", "8", "--replications", "2", "--with", "payment-recovery",
            "--only", "payment-recovery.strength,churn.involuntary_base"]  # fmt: skip
    code, out, err = call(capsys, *line, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["accounts"] == cx.Scenario.load("b2b-saas").value("arrivals.base_accounts")
    assert {row["group"] for row in answer["groups"]} == {"payment-recovery.strength", "churn.involuntary_base"}
    told = " ".join(call(capsys, *line)[1].split())
    assert "Effects of levers: standard deviation 50 % of each, an assumption." in told
    assert "made small" not in told


def test_json_holds_the_numbers_and_their_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, *LINE, "--json", "--all", "--with", "proactive-outreach", "--discover")
    assert code == 0
    answer = json.loads(out)
    assert list(answer)[: len(HEAD)] == HEAD
    assert (answer["rows"], answer["replications"]) == (FAST_ROWS, FAST_REPLICATIONS)
    assert (answer["with"], answer["unit"]) == ("proactive-outreach", "share")
    assert {row["group"] for row in answer["groups"]} == {"churn.value_base", "churn.involuntary_base"}
    assert len(answer["swings"]) == 2
    assert answer["runs"] == 2 * ((2 + 2) * FAST_ROWS * 2 + (2 * 2 + 1) * FAST_REPLICATIONS)
    assert answer["discovery"]["futures"] <= FAST_FUTURES
    assert answer["discovery"]["when"] == "above"
    # the same in Python
    world = world_of("b2b-saas", [QUICK[3], QUICK[5]], None, small=SMALL)
    found = cx.sensitivity(
        world, outcome="logo_churn_annual", alternative=world.with_("proactive-outreach"),
        parameters=QUICK[1].split(","), rows=FAST_ROWS, replications=FAST_REPLICATIONS, every=True, seed=answer["seed"],
    )  # fmt: skip
    assert answer["scenario_hash"] == world.hash
    assert answer["swings"] == found.tornado_rows()
    assert answer["luck"]["value"] == found.indices.luck.value


def test_files_are_written_whole_with_what_made_them(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    code, out, _ = call(capsys, *LINE, "--out", "there", "--group", "both=churn.value_base,churn.involuntary_base")
    assert code == 0
    names = {"sensitivity.json", "indices.csv", "tornado.csv", "indices.png", "tornado.png"}
    assert {path.name for path in (here / "there").iterdir()} == names
    assert "there/tornado.png" in out
    for name in ("indices.csv", "tornado.csv"):
        assert (here / "there" / name).read_text().startswith(f"# cxsim {cx.__version__}; scenario ")
    assert list(pd.read_csv(here / "there" / "indices.csv", comment="#")["group"]) == ["both"]
    assert "CXSIM_FAST=1 cxsim sensitivity" in json.loads((here / "there" / "sensitivity.json").read_text())["command"]
    assert b"scenario" in (here / "there" / "tornado.png").read_bytes()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--outcome", "logo_churn_anual"], 'Did you mean "logo_churn_annual"?'),
        (["--outcome", "nrr", "--only", "chrun"], 'Did you mean "churn"?'),
        (["--outcome", "nrr", "--with", "price-rse"], 'Did you mean "price-rise"?'),
        (["--outcome", "nrr", "--with", "price-rise", "--with", "win-back"], "one alternative at a time"),
        (["--outcome", "nrr", "--group", "slopes"], "write name=names"),
        (["--outcome", "nrr", "--group", "a=churn", "--group", "a=growth"], "given twice"),
        (["--outcome", "nrr", "--discover"], "say with --threshold beyond which nrr is bad"),
        (["--outcome", "nrr", "--threshold", "1"], "--discover, which is missing"),
        (["--outcome", "nrr", "--rows", "12"], "not a power of two"),
        ([], "--outcome"),
    ],
)
def test_bad_input_gets_one_line(more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "sensitivity", "b2b-saas", *more)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_world_is_made_small_with_its_teams() -> None:
    whole = cx.Scenario.load("b2b-saas")
    small = in_proportion(whole, 300)
    share = 300 / whole.value("arrivals.base_accounts")
    for path in TEAMS:
        assert small.value(path) == max(round(share * whole.value(path)), 1)
    assert small.value("arrivals.base_accounts") == 300
    assert world_of("b2b-saas", None, None, small=10**6).value("arrivals.base_accounts") == FAST_ACCOUNTS


def test_the_blocks_of_the_page_run(capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "sensitivity.md"
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        exec(block, names)
    out = capsys.readouterr().out
    assert "arrivals.annual_growth" in out
    assert "It happens more often where" in out
