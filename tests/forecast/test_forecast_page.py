"""docs/forecasting.md: its blocks run, its numbers are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from retention_series import HIGH_END, REGULAR, mape

import cxsim as cx
from cxsim.cli import main
from cxsim.forecast.curves import FAMILIES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "forecasting.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_python_of_the_page_runs() -> None:
    space: dict[str, object] = {}
    for block in blocks("python"):
        exec(block, space)
    assert {"fit", "table", "past", "cohorts", "together", "sbg", "company", "ahead"} <= set(space)


def test_the_command_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohort.csv").write_text(blocks("text")[0], encoding="utf-8")
    line = blocks("sh")[0]
    assert main(line.split()[1:]) == 0
    assert "after 12 years" in capsys.readouterr().out
    assert (tmp_path / "fan.png").is_file()


def test_the_command_for_cohorts_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohorts.csv").write_text(blocks("text")[1], encoding="utf-8")
    assert main(blocks("sh")[1].split()[1:]) == 0
    assert "In period 9" in capsys.readouterr().out
    assert (tmp_path / "cohorts.png").is_file()


def test_the_command_for_a_company_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "company.csv").write_text(blocks("text")[2], encoding="utf-8")
    line = blocks("sh")[2]
    assert main(line.split()[1:]) == 0
    assert "In quarter 24" in capsys.readouterr().out
    assert (tmp_path / "customers.png").is_file()


def test_each_model_of_the_page_is_one_that_can_be_asked_for() -> None:
    part = PAGE.split("## What is fitted")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", part, flags=re.MULTILINE)) == {*FAMILIES, "km", "auto"}


@pytest.mark.parametrize(("place", "truth"), [(1, REGULAR), (2, HIGH_END)])
def test_the_errors_on_the_page_are_measured(place: int, truth: np.ndarray) -> None:
    names = {"geometric": "geometric", "shifted": "sbg", "beta-discrete": "bdw", "combination": "auto"}
    for head, model in names.items():
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {head}"))
        told = float(row.split("|")[place + 1])
        table = cx.forecast.fit(truth[:5], model=model).project(12)
        assert round(mape(100.0 * table["survival"].to_numpy()[5:], truth[5:]), 1) == pytest.approx(told, abs=0.051)
