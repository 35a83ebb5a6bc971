"""What the screens say: sizes as they are, many alternatives together, files of levers, numbers that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from terminal import SMALL, call

import cxsim as cx
from cxsim.cli import overview
from cxsim.scenario import scaled

QUICK = [*SMALL, "--replications", "2", "--workers", "1", "--no-store"]
FIVE = [
    word
    for lever in ("formal-onboarding", "csm-staff", "price-rise", "win-back", "recession")
    for word in ("--with", lever)
]
LEVER = """
title = "Mine"
description = "A lever of one's own."
evidence = "assumption: a test"
trigger = "sign-up"
[settings.size]
default = 0.8
low = 0.1
high = 2.0
meaning = "length of a milestone"
[[edits]]
parameter = "onboarding.milestone_duration"
operation = "multiply"
size = "$size"
"""


@pytest.mark.parametrize("line", [["show", "proactive-outreach"], ["worlds"]])
def test_nobody_is_told_to_give_a_team_fewer_accounts(
    line: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = call(capsys, *line)[1]
    assert "--with" in out
    assert "--accounts" not in out


def test_where_accounts_were_asked_for_the_screen_says_that_teams_stayed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "Scaled to about 40 accounts at month 0; teams stay as declared, for about 485"
    for line in (["compare", "b2b-saas", "--with", "csm-staff", *QUICK], ["run", "b2b-saas", *QUICK]):
        screen = " ".join(call(capsys, *line)[1].split())
        assert said in screen
    varied = ["compare", "b2b-saas", "--vary", "csm-staff:people=1,2", *QUICK[:-1]]
    assert said in " ".join(call(capsys, *varied)[1].split())
    changed = ["run", "b2b-saas", *QUICK, "--set", "teams.success_headcount=1"]
    assert "but for what was set" in " ".join(call(capsys, *changed)[1].split())
    same = ["run", "b2b-saas", *QUICK[2:], "--horizon", "3"]
    assert "Scaled" not in call(capsys, *same)[1]


def test_several_alternatives_come_first_on_one_page(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "compare", "b2b-saas", *FIVE, *QUICK)
    assert code == 0
    assert out.startswith("Company value: ")
    assert max(map(len, out.splitlines())) <= 80
    table = out[out.index("against baseline") : out.index("By company value")].splitlines()
    assert sum(line.split()[0] in FIVE for line in table) == 5
    assert "time_to_value" not in out
    assert "--all prints them" in out
    everything = call(capsys, "compare", "b2b-saas", *FIVE, *QUICK, "--all")[1]
    assert everything.count("time_to_value") == 5
    two = call(capsys, "compare", "b2b-saas", *FIVE[:4], *QUICK)[1]
    assert two.count("time_to_value") == 2
    assert two.startswith("Company value: ")


def test_the_overview_is_written_as_numbers_and_as_a_figure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = cx.Scenario.load("b2b-saas").set("horizon_months", 15)
    levers = [world.with_(lever) for lever in FIVE[1::2]]
    found = cx.compare(scaled(world, 40), *(scaled(one, 40) for one in levers), replications=2, seed=7, workers=1)
    place = here / "o"
    place.mkdir()
    written = overview.write(found, place)
    assert (
        {path.name for path in place.iterdir()} == {"overview.csv", "overview.png"} == {path.name for path in written}
    )
    rows = overview.document(found)["overview"]["rows"]
    assert pd.read_csv(place / "overview.csv", comment="#")["name"].tolist() == [row["name"] for row in rows]
    own = [place / f"{lever}-{kind}" for lever in FIVE[1::2] for kind in ("effects.png", "report.html")]
    said = overview.written_line(found, [*written, *own])
    assert said.endswith("and beside them for each of the 5 alternatives …effects.png, …report.html")
    assert "overview.png" in said


def test_one_alternative_has_no_overview_and_twins_have_names_of_their_own(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = json.loads(call(capsys, "compare", "b2b-saas", *FIVE[:2], *QUICK, "--json")[1])
    assert "overview" not in one
    twins = json.loads(call(capsys, "compare", "b2b-saas", *FIVE[:2], *FIVE[:2], *QUICK, "--json")[1])
    assert [each["name"] for each in twins["alternatives"]] == ["formal-onboarding", "formal-onboarding (2)"]


def test_a_shock_has_no_rows_of_paying_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "compare", "b2b-saas", "--with", "recession", *QUICK)[1]
    assert "break_even" not in out
    assert "when it pays" not in out


def test_the_file_of_a_lever_is_checked_and_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mine.toml").write_text(LEVER)
    code, out, err = call(capsys, "check", "mine.toml")
    assert (code, err) == (0, "")
    assert out.strip() == "mine.toml: sound; lever or shock mine, 1 setting of its own, 1 edit"
    code, out, err = call(capsys, "show", "mine.toml")
    assert (code, err) == (0, "")
    assert "mine: Mine" in out
    assert "cxsim compare b2b-saas --with mine.toml" in out
    code, _, err = call(capsys, "run", "mine.toml", *QUICK)
    assert code == 2
    assert err.strip() == "mine.toml: is the file of a lever or shock, not of a world; use it with --with mine.toml"


def test_all_faults_of_a_levers_file_come_at_once_under_its_name(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = LEVER.replace("milestone_duration", "milestone_duratoin").replace('"multiply"', '"multipl"')
    (here / "mine.toml").write_text(
        text.replace('title = "Mine"', "").replace("default = 0.8", "default = 8") + "[who]\nbands = [1]\n"
    )
    for line in (["check", "mine.toml"], ["compare", "b2b-saas", "--with", "mine.toml", *QUICK]):
        code, _, err = call(capsys, *line)
        faults = [one.removeprefix("--with ") for one in err.splitlines()]
        assert code == 2
        assert all(one.startswith("mine.toml: ") for one in faults)
        places = ("settings.size.default", "title", "edits 1.parameter", "edits 1.operation", "who.bands 1")
        assert [sum(f"mine.toml: {place}:" in one for one in faults) for place in places] == [1] * 5
        assert len(faults) == 5
    (here / "mine.toml").write_text(LEVER)
    err = call(capsys, "compare", "b2b-saas", "--with", "mine.toml:size=9", *QUICK)[2]
    assert err.startswith("--with mine.toml: size: 9 is outside")
    sick = LEVER.replace("milestone_duration", "milestone_duratoin") + '[who]\nbands = ["red"]\n'
    (here / "mine.toml").write_text(sick)
    err = call(capsys, "check", "mine.toml")[2]
    assert [place in err for place in ("milestone_duratoin", "who.bands: only possible")] == [True, True]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["claims", "--only", "a", "--workers", "0"], "--workers: 0 is not a whole number from 1"),
        (
            ["sensitivity", "b2b-saas", "--outcome", "arr", "--rows", "100"],
            "not a power of two from 8 to 1,048,576. Near it are 64 and 128.",
        ),
        (
            ["sensitivity", "b2b-saas", "--outcome", "logo_churn_12m", "--set", "horizon_months=12"],
            "logo_churn_12m: does not exist in b2b-saas as it is: needs a horizon of 24 months; this one has 12",
        ),
        (["runs", "--store", "nowhere", "--delete", "abc"], "--delete abc: no run is kept in nowhere"),
    ],
)
def test_what_cannot_be_is_one_line_also_at_small_sizes(
    line: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXSIM_FAST", "1")
    code, out, err = call(capsys, *line)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_to_ask_which_runs_are_kept_makes_no_store(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "runs", "--store", "nowhere")
    assert code == 0
    assert out.startswith("No run is kept in nowhere yet.")
    assert json.loads(call(capsys, "runs", "--store", "nowhere", "--json")[1]) == {"store": "nowhere", "runs": []}
    assert not (here / "nowhere").exists()


def test_one_is_no_plural(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "one.toml").write_text('extends = "b2b-saas"\n')
    call(capsys, "run", "one.toml", *SMALL, "--replications", "1", "--store", "s")
    out = call(capsys, "runs", "--store", "s")[1]
    assert "\n1 run in s" in out
    line = ["compare", "b2b-saas", "--with", "csm-staff", *SMALL, "--replications", "1", "--no-store"]
    assert "1 paired replication of 24 months" in " ".join(call(capsys, *line)[1].split())


def test_headings_of_a_grid_break_where_their_parts_end(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["--vary", "proactive-outreach:coverage=0.5,1", "--vary", "formal-onboarding:coverage=0.5,1"]
    out = call(capsys, "compare", "b2b-saas", *line, *QUICK[:-1])[1]
    heads = [
        text.split() for text in out.splitlines() if text.split()[:2] == ["proactive-outreach:", "formal-onboarding:"]
    ]
    assert heads.count(["proactive-outreach:", "formal-onboarding:"]) == 4
    assert "\n" not in max(out.splitlines(), key=len)
    assert max(map(len, out.splitlines())) <= 80
