"""The command line as a test types it."""

from __future__ import annotations

from typing import Final

import pytest

from cxsim.cli import main

SMALL: Final = ["--accounts", "40", "--set", "arrivals.history_months=6", "--set", "horizon_months=24"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, and what was said on both streams."""
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err
