"""The page on studies: its script runs, and it names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cxsim as cx

PAGE = Path(__file__).resolve().parents[2] / "docs" / "studies.md"


def _blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_the_blocks_of_the_page_run_as_one_script(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in _blocks():
        exec(compile(block, str(PAGE), "exec"), names)
    said = capsys.readouterr().out
    assert "indistinguishable" in said or "due to parameters" in said
    assert "is best in" in said
    assert isinstance(names["worth"], cx.Information)


def test_each_verb_of_the_page_is_public() -> None:
    named = set(re.findall(r"`cx\.(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named >= {"compare", "ledger", "attribute", "dose", "grid", "combine", "fork", "uncertain", "best"}
    assert named <= set(cx.__all__)
