"""`--precision` on the command line: how it is written, what the screen says, what JSON and files carry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from terminal import SMALL, call

from cxsim.cli.sizes import precision_of

pytestmark = pytest.mark.usefixtures("here")

QUICK = [*SMALL, "--replications", "4", "--workers", "1"]
COMPARE = ["compare", "b2b-saas", "--with", "formal-onboarding"]
HEAD = ["world", "seed", "replications", "horizon_months", "version", "scenario_hash", "precision"]
ASKED = [
    "outcome", "alternative", "half_width", "reached", "met", "pilot", "pilot_counted", "pilot_differing",
    "pilot_deviation", "counted", "differing", "needed",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("nrr=±0.005", 0.005),
        ("nrr=0.005", 0.005),
        ("nrr=+-0.005", 0.005),
        ("nrr=+/-0.005", 0.005),
        (" nrr = ± 0.005 ", 0.005),
        ("nrr=±0.5%", 0.005),
        ("monthly_logo_churn=0.01%", 0.0001),
        ("arr=±5e4", 50_000.0),
    ],
)
def test_a_half_width_is_written_in_several_ways(text: str, width: float) -> None:
    ((name, found),) = precision_of([text]).items()
    assert name == text.partition("=")[0].strip()
    assert found == pytest.approx(width)


def test_several_outcomes_may_be_asked() -> None:
    assert precision_of(["nrr=0.01", "arr=5e4"]) == {"nrr": 0.01, "arr": 5e4}
    assert precision_of(None) == {}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["nr=0.01"], '--precision nr: no such outcome. Did you mean "nrr"?'),
        (["nrr"], '--precision "nrr": write outcome=value, such as nrr=±0.005'),
        (["nrr=little"], '--precision nrr: "little" is not a number'),
        (["nrr=±-0.01"], "--precision nrr: -0.01 is not a half width above 0, in the unit share"),
        (["nrr=0"], "--precision nrr: 0 is not a half width above 0, in the unit share"),
        (["arr=5%"], "--precision arr: is no share; give the half width in its unit, currency/year"),
        (["nrr=0.01", "nrr=0.02"], "--precision nrr: is given twice"),
    ],
)
@pytest.mark.parametrize("command", [["run", "b2b-saas"], COMPARE])
def test_a_half_width_that_is_none_is_one_line_and_two(
    texts: list[str], said: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = [part for text in texts for part in ("--precision", text)]
    assert call(capsys, *command, *options) == (2, "", f"{said}\n")


def test_every_fault_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(capsys, *COMPARE, "--precision", "nr=1", "--precision", "arr=x")
    assert code == 2
    assert len(err.splitlines()) == 2


def test_the_screen_says_what_was_asked_and_reached(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *COMPARE, *QUICK, "--precision", "nrr=0.9", "--precision", "onboarding_days_mean=90")
    assert (code, err) == (0, "")
    assert "\nnrr to ±0.9: the pilot of 4 replications is enough and gives ±" in out
    said = " ".join(out.split())
    assert "onboarding_days_mean to ±90: the pilot of 4 replications is enough and gives ±" in said
    # an outcome that the screen does not show by itself
    assert "asked for" in out
    assert "\n onboarding_days_mean " in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_half_width_that_is_not_reached_is_told_with_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *COMPARE, *QUICK, "--precision", "health_mean=±0.001")
    assert code == 0
    (line,) = err.splitlines()
    assert line.startswith("warning: health_mean, formal-onboarding: ±0.001 is not reached: 4 replications give ±")
    assert "by their pilot it takes " in line
    assert "health_mean to ±0.001, not reached: 4 replications (pilot 4) give ±" in out
    # what to type next has the precision and no longer the limit
    steps = " ".join(out.partition("Next:")[2].replace("\\\n", "").split())
    assert steps.startswith("cxsim compare b2b-saas --with formal-onboarding --accounts 40 ")
    first = steps.split(" cxsim ")[0]
    assert "--precision 'health_mean=±0.001'" in first
    assert "--replications" not in first


def test_compare_json_and_files_carry_the_precision(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = [*COMPARE, "--with", "csm-staff", *QUICK, "--precision", "nrr=0.001", "--json", "--out", "o"]
    code, out, err = call(capsys, *line)
    assert code == 0
    answer = json.loads(out)
    assert list(answer) == [*HEAD, "alternatives", "overview"]
    found = answer["precision"]
    assert list(found) == ["pilot", "replications", "most", "asked", "warnings"]
    assert (found["pilot"], found["replications"], found["most"]) == (4, 4, 4)
    assert [one["alternative"] for one in found["asked"]] == ["formal-onboarding", "csm-staff"]
    assert list(found["asked"][0]) == ASKED
    assert [f"warning: {said}" for said in found["warnings"]] == err.splitlines()
    for one, alternative in zip(found["asked"], answer["alternatives"], strict=True):
        rows = {row["outcome"]: row for row in alternative["effects"]}
        nrr = rows["nrr"]
        assert (nrr["asked_half_width"], nrr["pilot"], nrr["counted"]) == (0.001, 4, 4)
        assert (nrr["high"] - nrr["low"]) / 2 == pytest.approx(one["reached"])
        assert "asked_half_width" not in rows["arr"]
    written = json.loads((here / "o" / "comparison.json").read_text())
    assert written["precision"] == found
    assert "asked_half_width" in (here / "o" / "effects.csv").read_text()
    assert "nrr to ±0.001, not reached: 4 replications" in (here / "o" / "csm-staff-report.html").read_text()


def test_run_takes_a_precision_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["run", "b2b-saas", *QUICK, "--precision", "arr=100"]
    code, out, err = call(capsys, *line)
    assert code == 0
    assert err.startswith("warning: arr: ±100 is not reached: 4 replications give ±")
    assert "arr to ±100, not reached: 4 replications (pilot 4) give ±" in out
    assert max(map(len, out.splitlines())) <= 80
    answer = json.loads(call(capsys, *line, "--json", "--out", "o")[1])
    assert list(answer) == [*HEAD, "outcomes", "experience_by_owner"]
    assert "alternative" not in answer["precision"]["asked"][0]
    assert "asked_half_width" in (here / "o" / "outcomes.csv").read_text()


def test_without_a_limit_as_many_are_run_as_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cxsim.studies.precision.PILOT", 3)
    monkeypatch.setattr("cxsim.studies.precision.FEWEST_DIFFERING", 2)
    line = ["run", "b2b-saas", *SMALL, "--workers", "1", "--precision", "accounts=8"]
    code, out, err = call(capsys, *line, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)["precision"]
    assert found["most"] is None
    assert found["replications"] == found["asked"][0]["needed"]
    assert found["asked"][0]["met"]


def test_fast_sizes_limit_the_replications_and_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CXSIM_FAST", "1")
    code, out, err = call(capsys, "run", "b2b-saas", *SMALL, "--workers", "1", "--precision", "nrr=0.001")
    assert code == 0
    assert "4 replications" in out
    assert "CXSIM_FAST" in out
    assert "is not reached" in err


def test_without_a_precision_forty_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(call(capsys, "run", "--help")[1].replace("│", " ").split())
    assert "[default: (40)]" in text
    assert "--precision" in text
