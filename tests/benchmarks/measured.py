"""Where figures are kept between a measurement and the page: one entry a measurement, in .benchmarks/figures.json."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cxsim.compiling import sources_key

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".benchmarks" / "figures.json"


@dataclass
class Figures:
    """What one measurement found: the rows of its table.

    Attributes
    ----------
    section : str
        Table of docs/performance.md that the rows belong to.
    rows : list of tuples of str
        In words: what was measured, what came out, and the target; one that was missed says so.
    values : dict
        The bare numbers, for whoever wants to compute with them.
    head : tuple of str
        What stands above the columns.
    sources, began, seconds, load
        Which sources were measured, when, for how long, and how busy the machine was just before.
    """

    section: str
    rows: list[tuple[str, ...]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    head: tuple[str, ...] = ("", "measured", "target")
    sources: str = field(default_factory=sources_key)
    began: float = field(default_factory=time.time)
    seconds: float = 0.0
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, what: str, measured: str, target: str = "", met: bool | None = None) -> None:
        """One row; `met` tells whether the target is reached."""
        said = {None: target, True: f"{target}: met", False: f"{target}: **missed**"}[met]
        self.line(what, measured, said)

    def line(self, *cells: str) -> None:
        """One row of a table of another shape."""
        self.rows.append(cells)

    def keep(self, name: str) -> None:
        """Put the entry of a measurement among the others."""
        self.seconds = time.time() - self.began
        entries = kept()
        entries[name] = {**asdict(self), "machine": machine()}
        KEPT.parent.mkdir(exist_ok=True)
        part = KEPT.with_suffix(".part")
        part.write_text(json.dumps(entries, indent=1), encoding="utf-8")
        part.replace(KEPT)


Page = Callable[[str], Figures]  # opens the figures of a section


def kept() -> dict[str, dict[str, Any]]:
    """All entries by the name of the measurement."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    told = dict(_pairs("/proc/cpuinfo", ":"))
    memory = dict(_pairs("/proc/meminfo", ":"))
    words = platform.freedesktop_os_release()["PRETTY_NAME"] if Path("/etc/os-release").exists() else platform.system()
    family = ", family {cpu family}, model {model}, {cache size} of cache".format_map(_Blank(told)) if told else ""
    return {
        "processor": f"{told.get('model name', platform.processor())}{family}",
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory.get('MemTotal', '0 kB').split()[0]) / 2**20:.0f} GiB",
        "system": f"{words}{', virtual' if 'hypervisor' in told.get('flags', '') else ''}",
        "versions": f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "llvmlite", "simpy", "duckdb")),
    }


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _pairs(path: str, sign: str) -> list[tuple[str, str]]:
    if not Path(path).exists():
        return []
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    parts = [line.partition(sign) for line in reversed(lines)]  # the first processor is read last, and stands
    return [(name.strip(), value.strip()) for name, _, value in parts if value]
