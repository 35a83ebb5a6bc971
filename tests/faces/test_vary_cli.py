"""`compare --vary` on the command line: a curve, a grid, and what cannot be varied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxsim.cli import main

SMALL = ["--accounts", "40", "--set", "arrivals.history_months=6", "--set", "horizon_months=24"]
QUICK = [*SMALL, "--replications", "3", "--workers", "1"]
CURVE = ["compare", "b2b-saas", "--vary", "formal-onboarding:coverage=1,0,0.5", *QUICK]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CXSIM_FAST", raising=False)
    return tmp_path


def test_a_curve_is_shown_and_written_with_its_figures(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    code, said, err = call(capsys, *CURVE, "--out", "curve")
    assert (code, err) == (0, "")
    assert "coverage of formal-onboarding, 0 to 1: net revenue retention" in " ".join(said.split())
    written = {path.name for path in (here / "curve").iterdir()}
    assert written == {
        "comparison.json",
        "effects.csv",
        "logo_churn_annual.png",
        "nrr.png",
        "arr.png",
        "net_benefit.png",
    }
    assert max(len(line) for line in said.splitlines()) <= 80


def test_json_is_that_of_compare_with_the_points(capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = call(capsys, *CURVE, "--json")
    answer = json.loads(said)
    assert code == 0
    assert answer["vary"] == [{"lever": "formal-onboarding", "setting": "coverage", "values": [0.0, 0.5, 1.0]}]
    assert [one["point"] for one in answer["alternatives"]] == [[0.0], [0.5], [1.0]]
    alone = json.loads(call(capsys, "compare", "b2b-saas", "--with", "formal-onboarding", *QUICK, "--json")[1])
    assert answer["alternatives"][2]["effects"] == alone["alternatives"][0]["effects"]


def test_two_settings_are_a_grid(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    code, said, _ = call(
        capsys, "compare", "b2b-saas", "--vary", "formal-onboarding:coverage=0.5,1", "--vary",
        "teams.success_headcount=2,3", *QUICK, "--out", "grid",
    )  # fmt: skip
    assert code == 0
    assert "the best of 4 points" in " ".join(said.split())
    assert (here / "grid" / "net_benefit.png").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--vary", "formal-onboarding:coverage"], "write formal-onboarding:coverage=0,0.5,1"),
        (["--vary", "formal-onboarding:coverage=0,x"], 'coverage: "0,x" is not a list of numbers'),
        (["--vary", "formal-onboarding:coverage=1"], "needs two or more values"),
        (["--vary", "formal-onboarding:covrage=0,1"], 'Did you mean "coverage"?'),
        (["--vary", "churn.valu_base=0,1"], "valu_base"),
        (["--vary", "a:b=0,1", "--vary", "a:c=0,1", "--vary", "a:d=0,1"], "is given 3 times"),
        (["--vary", "formal-onboarding:coverage=0,1", "--with", "win-back"], "--vary: stands alone"),
    ],
)
def test_what_cannot_be_varied_is_one_plain_line(
    capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    code, out, err = call(capsys, "compare", "b2b-saas", *given, *QUICK, "--out", "never")
    assert (code, out) == (2, "")
    assert not Path("never").exists()
    assert said in err
    assert len(err.splitlines()) == 1
