"""Every experiment has its page, its findings and figures; the page says the numbers of the findings; scripts run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cxsim as cx
from cxsim.studies.pairs import mean_interval
from experiments.check import faults_of, names, page_faults
from experiments.combinations.run import at_once
from experiments.conduct import FINDINGS, PAGE
from experiments.curves import Line, curves
from experiments.dots import dots
from experiments.findings import MARK, Finding, faults, filled, from_rows, jackknife, level, ratio, tick
from experiments.team_capacity.csms import plans
from experiments.tolerance import PATH, TOLERANCES, tolerant

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "experiments"
PARTS = ("## Question", "## Design", "## Finding", "## Limits")


def kept(name: str) -> dict[str, Finding]:
    return from_rows(json.loads((HOME / name / FINDINGS).read_text(encoding="utf-8"))["findings"])


@pytest.mark.parametrize("name", names())
def test_a_page_has_its_parts_and_a_figure(name: str) -> None:
    page = (HOME / name / PAGE).read_text(encoding="utf-8")
    places = [page.index(part) for part in PARTS]
    assert places == sorted(places)
    figures = list((HOME / name).glob("*.png"))
    assert figures
    for figure in figures:
        assert f"({figure.name})" in page


@pytest.mark.parametrize("name", names())
def test_a_page_says_the_numbers_of_its_findings(name: str) -> None:
    assert MARK.search((HOME / name / PAGE).read_text(encoding="utf-8"))
    assert page_faults(name) == []


@pytest.mark.parametrize("name", names())
def test_the_list_of_experiments_says_the_same(name: str) -> None:
    listed = (HOME / PAGE).read_text(encoding="utf-8")
    assert f"]({name}/" in listed


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_a_script_runs_small(name: str, tmp_path: Path) -> None:
    environment = os.environ | {"CXSIM_FAST": "1", "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", f"experiments.{name}.run", "--out", str(tmp_path)]
    subprocess.run(line, check=True, cwd=ROOT, env=environment, capture_output=True)
    found = json.loads((tmp_path / FINDINGS).read_text(encoding="utf-8"))
    assert found["command"].startswith("CXSIM_FAST=1 ")
    assert from_rows(found["findings"]).keys() == kept(name).keys()
    written = {place.name for place in tmp_path.iterdir()}
    sources = (".py", ".toml")
    assert written == {
        place.name for place in (HOME / name).iterdir() if place.is_file() and place.suffix not in sources
    }


def test_a_small_study_is_not_left_where_findings_are_kept() -> None:
    environment = os.environ | {"CXSIM_FAST": "1", "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", f"experiments.{names()[0]}.run"]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "give --out DIR" in done.stderr


CUT = Finding("cut", -0.045, -0.049, -0.041, "share", is_change=True)


def test_a_finding_is_said_with_its_interval() -> None:
    assert CUT.said() == "−4.5 pts (95 % interval −4.9 to −4.1 pts)"
    assert CUT.said("value") == "−4.5 pts"
    assert CUT.said("size") == "4.5 pts"


def test_the_jackknife_of_a_mean_is_its_t_interval() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 40)
    found = jackknife("mean", lambda at: float(values[at].mean()), len(values), "share")
    low, high, _ = mean_interval(values)
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high))


def test_the_jackknife_of_a_ratio_is_near_the_delta_method() -> None:
    over, under = np.random.default_rng(2).lognormal(0.0, 0.2, (2, 200))
    found = jackknife("ratio", lambda at: float(over[at].mean() / under[at].mean()), 200, "ratio")
    other = ratio("ratio", over, under)
    assert found.value == pytest.approx(other.value)
    assert found.high - found.low == pytest.approx(other.high - other.low, rel=0.02)


def test_an_axis_is_labelled_in_the_unit_of_its_findings() -> None:
    assert tick(-0.045, CUT) == "−4.5 pts"
    assert tick(0.0, CUT) == "0"
    assert tick(0.25, Finding("part", 0.2, 0.1, 0.3, "share")) == "25 %"
    assert tick(-0.1, Finding("less", -0.1, -0.2, 0.0, "relative", is_change=True)) == "−10 %"


def test_figures_show_every_finding_with_its_interval() -> None:
    other = Finding("other", 0.02, -0.01, 0.05, "share", is_change=True)
    drawn = dots(
        "Title", "what is drawn", "from", [("cut", CUT), ("other", other)], against=[other, CUT], better="lower"
    )
    spans = sorted(tuple(line.get_xdata()) for line in drawn.axes[0].lines if len(line.get_xdata()) == 2)
    assert (CUT.low, CUT.high) in spans
    assert (other.low, other.high) in spans
    rings = [line for line in drawn.axes[0].lines if line.get_color() == "none"]
    assert sorted(ring.get_xdata()[0] for ring in rings) == [CUT.value, other.value]
    lines = [Line("both", "blue", (0.0, 1.0), (CUT, other))]
    drawn = curves("Title", "what is drawn", "from", lines, scale="dose", ticks=[(0.0, "none"), (1.0, "all")])
    assert list(drawn.axes[0].lines[0].get_ydata()) == [CUT.value, other.value]


def test_a_page_is_filled_where_it_is_marked() -> None:
    page = "Churn falls by <!--cut:value-->?<!--/-->, to be exact <!--cut-->?<!--/-->."
    told = filled(page, {"cut": CUT})
    assert told == f"Churn falls by <!--cut:value-->−4.5 pts<!--/-->, to be exact <!--cut-->{CUT.said()}<!--/-->."
    assert filled(told, {"cut": CUT}) == told
    with pytest.raises(KeyError):
        filled("<!--other-->?<!--/-->", {"cut": CUT})


def test_a_finding_that_is_found_no_more_is_told() -> None:
    assert faults(CUT, CUT) == []
    assert faults(CUT, Finding("cut", -0.044, -0.048, -0.040, "share", is_change=True)) == []
    (outside,) = faults(CUT, Finding("cut", -0.055, -0.059, -0.051, "share", is_change=True))
    assert "outside the new interval" in outside
    (nothing,) = faults(CUT, Finding("cut", -0.02, -0.06, 0.02, "share", is_change=True))
    assert "elsewhere about zero" in nothing


def test_a_changed_number_is_told(tmp_path: Path) -> None:
    name = names()[0]
    whole = json.loads((HOME / name / FINDINGS).read_text(encoding="utf-8"))
    (tmp_path / FINDINGS).write_text(json.dumps(whole), encoding="utf-8")
    assert faults_of(name, tmp_path) == []
    first = whole["findings"][0]
    far = 10.0 * (first["high"] - first["low"]) + 1.0
    for end in ("value", "low", "high"):
        first[end] += far
    (tmp_path / FINDINGS).write_text(json.dumps(whole), encoding="utf-8")
    assert faults_of(name, tmp_path)


def test_intervals_of_many_findings_hold_together() -> None:
    n, many, trials = 12, 21, 400
    luck = np.random.default_rng(3).standard_normal((trials, many, n))
    missed = [
        any(at_once(level("none", values, "share", is_change=True), n, many).side for values in trial) for trial in luck
    ]
    # independent findings: Bonferroni's share of trials with a miss is 1 − (1 − 5 %/21)^21 = 4.9 %
    share = 1.0 - (1.0 - 0.05 / many) ** many
    error = np.sqrt(share * (1.0 - share) / trials)
    assert abs(np.mean(missed) - share) < 4.0 * error
    one = level("one", luck[0, 0], "share")
    assert at_once(one, n, 1).high == pytest.approx(one.high)


def test_a_tolerance_moves_one_number_of_the_world() -> None:
    base = cx.Scenario.load("b2b-saas")
    assert base.value(PATH) == TOLERANCES["week"]
    assert tolerant(base, "week").hash == base.hash
    for name, months in TOLERANCES.items():
        moved = tolerant(base, name)
        assert moved.value(PATH) == months
        assert moved.set(PATH, base.value(PATH)).hash == base.hash


def test_fewer_than_half_of_the_check_ins_are_asked_for_where_half_are_planned() -> None:
    base = cx.Scenario.load("b2b-saas").set("arrivals.history_months", 6).set("horizon_months", 24)
    every, half = base, plans(base)["half_csms8"]
    asked = []
    for world in (every, half):
        waits = cx.readings.waits(cx.simulate(world, seed=1))
        asked.append(int(waits.loc[waits["subject"] == "check_in", "asked"].sum()))
    # every fourth month instead of every second, every eighth instead of every fourth; where a renewal talk is due
    # besides, it takes the check-in's place
    assert 0.3 < asked[1] / asked[0] < 0.5
