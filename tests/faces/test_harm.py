"""An intervention can do harm, and the comparison says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxsim.cli import main

# Monthly contracts, all alike, no slow onboarding; a call wins nobody over. Three months of calls that wake with
# ln(.936/.900) = .039 are the arms of Ascarza, Iyengar & Schleicher 2016, doi:10.1509/jmr.13.0483: 6.4 % and 10.0 %.
WORLD = """
extends = "smb-monthly"
name = "asleep"
horizon_months = 24
[segments]
frailty_variance = 0.0
[arrivals]
history_months = 6
word_of_mouth = 0
[adoption]
outreach_pause = 3
[churn]
onboarding_base = 0.0
relationship_base = 0.008
service_base = 0.008
value_base = 0.008
competition_base = 0.006
price_base = 0.006
involuntary_base = 0.01
[contract]
rescue_onboarding = 0.0
rescue_relationship = 0.0
rescue_service = 0.0
rescue_value = 0.0
rescue_competition = 0.0
rescue_price = 0.0
[teams]
success_headcount = 3
"""
# from month 12 on, so that the yearly churn at month 24 is that of the programme's first year
LEVER = "proactive-outreach:start=12,wake=0.039,bands=[]"


def test_calls_that_wake_sleeping_accounts_raise_churn_and_the_screen_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CXSIM_FAST", raising=False)
    Path("asleep.toml").write_text(WORLD, encoding="utf-8")
    line = ["compare", "asleep.toml", "--with", LEVER, "--accounts", "250", "--replications", "4", "--seed", "5"]
    assert main([*line, "--workers", "1", "--out", "o"]) == 0
    screen = " ".join(capsys.readouterr().out.split())
    finding = screen.partition("net benefit")[0]
    assert finding.startswith(f"{LEVER} raises yearly logo churn from ")
    assert "it does harm" in finding
    answer = json.loads((tmp_path / "o" / "comparison.json").read_text(encoding="utf-8"))
    (alternative,) = answer["alternatives"]
    effects = {row["outcome"]: row for row in alternative["effects"]}
    for row in (effects["logo_churn_annual"], effects["logo_churn_12m"], alternative["reached"]):
        assert row["low"] > 0.0, row
        assert row["better"] == "lower"
    assert "it does harm" in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
