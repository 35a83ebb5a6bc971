"""Copies of the package in which something is changed, and processes of their own that use them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import cxsim

PACKAGE: Final = Path(cxsim.__file__).parent
TESTS: Final = Path(__file__).resolve().parents[1]
MOST_SECONDS: Final = 1800.0
SMALL_SET: Final = Path("tests") / "parity" / "small_set.py"


def copied(to: Path) -> Path:
    """A copy of the package and of these tests; gives the folder that holds both."""
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, to / "cxsim", ignore=leave)
    (to / "tests").mkdir()
    for name in ("conftest.py", "stories.py"):
        shutil.copy(TESTS / name, to / "tests")
    shutil.copytree(TESTS / "parity", to / "tests" / "parity", ignore=leave)
    shutil.copy(TESTS.parent / "pyproject.toml", to)
    return to


def changed(root: Path, file: str, old: str, new: str, times: int = 1) -> None:
    """Replace a text that stands in a file so many times; fail where it does not, for then nothing is changed."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    found = text.count(old)
    if found != times:
        raise AssertionError(f"{file} has {found} times, not {times}: {old}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(root: Path, more: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own with the package that stands in a folder, and more in its environment."""
    env = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}", **more}
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=env, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )


def last_line(told: subprocess.CompletedProcess[str]) -> str:
    """The last line of what a process printed; fails with all of it if the process failed."""
    if told.returncode:
        raise AssertionError(f"ended with {told.returncode}\n{told.stdout[-6000:]}\n{told.stderr[-6000:]}")
    return told.stdout.strip().splitlines()[-1]
