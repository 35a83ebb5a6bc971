"""Figures on their way from a measurement to the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from floor import Recorder
from measured import Figures, Page


@pytest.fixture(scope="session")
def recorder() -> Recorder:
    """A clock that counts its events; compiled once, when it is first used."""
    return Recorder()


@pytest.fixture
def page(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Page]:
    """`page("floor")` gives the figures of a section; they are kept and printed when the measurement has ended."""
    opened: list[Figures] = []

    def open_(section: str) -> Figures:
        opened.append(Figures(section))
        return opened[-1]

    yield open_
    for figures in opened:
        if figures.rows:
            figures.keep(f"{figures.section}: {request.node.name}")
            with capsys.disabled():
                print(f"\n{figures.section} ({figures.seconds:.0f} s, load {figures.load:.1f})")
                for what, *cells in figures.rows:
                    print(f"  {what}: " + "  ".join(cell for cell in cells if cell))
