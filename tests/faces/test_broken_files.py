"""Whatever a scenario file holds, the command line says it in plain lines, leaves with 2 and writes nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from unit.test_broken_scenarios import broken, put

from cxsim.cli import main

WRONG = {
    "empty": b"",
    "binary": b"\x00\x01\x02\xff\xfe",
    "10 MB": b"a" * 10_000_000,
    "5,000 levels": b"x = " + b"[" * 5000 + b"]" * 5000,
    "round in a circle": b'extends = "mine.toml"',
    "a directory in extends": b'extends = "."',
    "not a number": b'extends = "b2b-saas"\n[churn]\nvalue_base = nan\n',
    "a wrong sign": b'extends = "b2b-saas"\n[churn]\nvalue_base = -0.1\n',
    "a wrong type": b'extends = "b2b-saas"\nhorizon_months = "long"\n',
    "a wrong name": b'extends = "b2b-saas"\n[onboarding]\npatiense = 2\n',
}


def _said(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    before = sorted(os.listdir(folder))
    began = time.perf_counter()
    code = main(arguments)
    assert time.perf_counter() - began < 5.0
    output = capsys.readouterr()
    assert sorted(os.listdir(folder)) == before
    assert "Traceback" not in output.out + output.err
    if code == 2:
        assert output.err.strip()
        assert all(line.strip() for line in output.err.strip().split("\n"))
    return code, output.err


@settings(
    max_examples=300, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(text=broken())
def test_300_broken_files_are_refused_with_2_or_are_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = put(tmp_path, text)
    code, lines = _said(["check", str(path)], tmp_path, capsys)
    assert code in (0, 2)
    assert code == 0 or all(str(path) in line for line in lines.strip().split("\n"))


@pytest.mark.parametrize("command", ["check", "show", "simulate", "run", "compare"])
@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_is_wrong_by_hand_leaves_every_command_with_2(
    what: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = put(tmp_path, WRONG[what])
    more = {
        "simulate": ["--seed", "1", "--out", "log.parquet"],
        "run": ["--out", "out"],
        "compare": ["--with", "formal-onboarding", "--out", "out"],
    }
    code, lines = _said([command, str(path), *more.get(command, [])], tmp_path, capsys)
    assert code == 2
    assert "mine.toml" in lines
