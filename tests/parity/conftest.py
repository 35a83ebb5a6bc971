"""At the end of a run: how many comparisons there were, and what they exercised."""

from __future__ import annotations

import both
import pytest
from exercised import TABLES
from hypothesis import Phase, settings

# for `faults.py`, which wants to see a failure and not the least one
settings.register_profile("unshrunk", parent=settings.get_profile("cxsim"), phases=[Phase.explicit, Phase.generate])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts, and the tables of what ran in full."""
    if not both.counted:
        return
    for what, exercised in TABLES.items():
        terminalreporter.section(f"exercised by {what}")
        for line in exercised.table():
            terminalreporter.write_line(line)
    for what, n in sorted(both.counted.items()):
        terminalreporter.write_line(f"parity: {n:>5} {what}")
    terminalreporter.write_line(f"parity: {both.counted.total():>5} comparisons in all")
