"""How every experiment is run: its line of options, its bar, and what it leaves behind, whole or not at all.

    python -m experiments.outreach.run                                # in full: what the folder keeps, and its page
    CXSIM_FAST=1 python -m experiments.outreach.run --out somewhere   # small, to see that it runs

Files go into the experiment's own folder unless `--out` names another; only in full may they go into their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim import Scenario, __version__
from cxsim.cli.files import write_text
from cxsim.cli.screens import bar
from cxsim.cli.sizes import is_fast
from experiments.findings import Finding, as_rows, filled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.cli.sizes import Progress

FINDINGS, PAGE = "findings.json", "README.md"


@dataclass(frozen=True)
class Size:
    """How large a study is: in full, or small where only its course is to be tried."""

    is_fast: bool

    def of(self, full: int, fast: int) -> int:
        """One of the two numbers."""
        return fast if self.is_fast else full

    @contextmanager
    def bar(self, text: str) -> Iterator[Progress | None]:
        """A bar that moves while a part of the study runs."""
        with bar(text) as moved:
            yield moved


@dataclass(frozen=True)
class Results:
    """What an experiment found.

    Attributes
    ----------
    seed : int
    scenarios : mapping of str to Scenario
        What was simulated, by the name that the page uses.
    findings : tuple of Finding
    tables : mapping of str to pandas.DataFrame
    figures : mapping of str to matplotlib.figure.Figure
    """

    seed: int
    scenarios: Mapping[str, Scenario]
    findings: tuple[Finding, ...]
    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]


def conduct(study: Callable[[Size], Results], script: str) -> None:
    """Run an experiment as its script's command line says, and leave its files behind."""
    home = Path(script).resolve().parent
    options = argparse.ArgumentParser(prog=f"python -m experiments.{home.name}.run")
    options.add_argument("--out", metavar="DIR", help="write into this folder; the experiment's own unless given")
    asked = options.parse_args()
    if is_fast() and not asked.out:
        options.error("CXSIM_FAST makes small studies, whose numbers are not kept here: give --out DIR")
    place = Path(asked.out) if asked.out else home
    place.mkdir(parents=True, exist_ok=True)
    found = study(Size(is_fast()))
    leave(found, home, place)
    for one in found.findings:
        print(f"{one.name}: {one.said()}")
    print(f"written to {place}", file=sys.stderr)


def leave(found: Results, home: Path, place: Path) -> None:
    """Write findings, tables, figures and the page with its numbers."""
    from cxsim.plots.style import save

    hashes = {name: scenario.hash for name, scenario in found.scenarios.items()}
    command = f"{'CXSIM_FAST=1 ' if is_fast() else ''}python -m experiments.{home.name}.run"
    made = {"version": __version__, "command": command, "seed": found.seed, "scenarios": hashes}
    born = f"cxsim {__version__}; scenarios {', '.join(hashes.values())}; seed {found.seed}; made by: {command}"
    for name, table in found.tables.items():
        write_text(place / f"{name}.csv", f"# {born}\n{table.to_csv(index=False, float_format='%.6g')}")
    for name, figure in found.figures.items():
        save(figure, place / f"{name}.png", born=born)
    told = {one.name: one for one in found.findings}
    assert len(told) == len(found.findings), "two findings have one name"
    page = home / PAGE
    if page.exists():
        write_text(place / PAGE, filled(page.read_text(encoding="utf-8"), told))
    write_text(place / FINDINGS, json.dumps(made | {"findings": as_rows(found.findings)}, indent=1) + "\n")
