"""Tests with a cluster of processes are run when they are asked for by their mark: `make cluster`."""

from __future__ import annotations

import pytest

MARK = "cluster"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: a real cluster of processes; run by `make cluster`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if MARK not in config.getoption("markexpr"):
        for item in items:
            if item.get_closest_marker(MARK):
                item.add_marker(pytest.mark.skip(reason="run by `make cluster`"))
