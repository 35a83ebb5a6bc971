"""From a run to a file. Measured by `make bench`, never asserted."""

from __future__ import annotations

import child
import pytest
from measured import Page

pytestmark = pytest.mark.benchmark


def test_a_log_to_parquet(page: Page) -> None:
    """10,000 accounts: the run, the event log with its checks, the file with its digest."""
    figures = page("files")
    found = child.asked("parquet", 10_000)
    rows = found["rows"]
    figures.add(
        "10,000 accounts, 60 months after 60 of history: run and checked log",
        f"{found['seconds']:.1f} s, {rows / 1e6:.2f} M rows, {rows / found['seconds'] / 1e6:.2f} M rows/s",
    )
    figures.add(
        "written as Parquet (zstd), with roster, digest and birth certificate",
        f"{found['writing']:.1f} s, {rows / found['writing'] / 1e6:.2f} M rows/s; {found['bytes'] / 1e6:.0f} MB, "
        f"{found['bytes'] / rows:.0f} bytes a row",
    )
    figures.add("peak memory of both", f"{found['peak'] / 1000:.2f} GB")
    figures.values.update(found)
