"""A few figures of each run: for claims that need of a run what no outcome tells."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from cxsim.engines import simulate
from cxsim.eventlog import EventLog
from cxsim.scenario import Scenario
from cxsim.store.blocks import Content
from cxsim.store.units import Kept
from cxsim.streams import Fork
from cxsim.studies.contents import Kind, Runner
from cxsim.studies.replications import Arm
from cxsim.tally import MonthlyTable

Figures = tuple[float, ...]
OfTable = Callable[[MonthlyTable, Scenario], Figures]
OfLog = Callable[[EventLog], Figures]


@cache
def of_table(read: OfTable) -> Kind:
    """What a function of a module reads off the monthly table.

    Notes
    -----
    The figures are known in the store by the function's name and its module's text: where that changes, they are run
    anew.
    """

    def ready(scenario: Scenario, horizon: int | None) -> Runner:
        arm = Arm(scenario, horizon)

        def run(seed: int, number: int, fork: Fork | None) -> Figures:
            return read(arm.table(seed, number, fork)[0], scenario)

        return run

    return _kind(read, ready)


@cache
def of_log(read: OfLog) -> Kind:
    """What a function of a module reads off the event log; see `of_table`."""

    def ready(scenario: Scenario, horizon: int | None) -> Runner:
        def run(seed: int, number: int, fork: Fork | None) -> Figures:
            return read(simulate(scenario, seed=seed, replication=number, horizon=horizon, fork=fork))

        return run

    return _kind(read, ready)


def _kind(read: OfTable | OfLog, ready: Callable[[Scenario, int | None], Runner]) -> Kind:
    source = sys.modules[read.__module__].__file__
    assert source is not None
    text = hashlib.sha256(Path(source).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    name = f"{read.__module__.removeprefix('cxsim.studies.')}.{read.__name__}"

    def content(made: Figures, scenario: Scenario) -> Content:
        return Content(((f"figures.{name}", len(made)),), np.array(made, dtype=np.float64))

    def back(number: int, kept: Kept, scenario: Scenario, horizon: int) -> Figures:
        return tuple(kept.numbers.tolist())

    return Kind(f"{name} {text[:12]}", ready, content, back)
