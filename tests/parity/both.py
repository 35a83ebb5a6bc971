"""Both clocks side by side: the same scenario, seed and roster; and the first row in which they part, in words."""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxsim.engines import Orders, Policy, Seen, simulate
from cxsim.engines.seen import Desk
from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, Certificate, EventLog
from cxsim.plan import make_plan
from cxsim.roster import Candidate, as_columns
from cxsim.scenario import Scenario
from cxsim.streams import Fork, Luck

REFERENCE, COMPILED = "reference", "compiled"
FAILED = Path(tempfile.gettempdir()) / "cxsim-parity.toml"  # the last scenario in which they parted

counted: Counter[str] = Counter()  # comparisons so far, by what was compared


def digests(
    scenario: Scenario,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    policy: Policy | None = None,
    fork: Fork | None = None,
) -> tuple[str, str]:
    """SHA-256 of all columns by the reference and by the compiled clock."""
    first, second = (log_of(e, scenario, seed, replication, horizon, policy, fork) for e in (REFERENCE, COMPILED))
    return first.digest(), second.digest()


def compare(
    what: str,
    scenario: Scenario,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    policy: Policy | None = None,
    fork: Fork | None = None,
    roster: Sequence[Candidate] | None = None,
) -> EventLog:
    """Let both tell the story and fail, in words, if they do not tell the same. Gives the log."""
    watchers = [None if policy is None else Watcher(policy) for _ in range(2)]
    log = log_of(REFERENCE, scenario, seed, replication, horizon, watchers[0], fork, roster)
    counted[what] += 1
    try:
        other = log_of(COMPILED, scenario, seed, replication, horizon, watchers[1], fork, roster)
    except InputError as fault:
        words = f"the compiled clock's story is not sound: {fault}"
    else:
        if log.digest() != other.digest():
            words = in_words(log, other)
        elif watchers[0] and watchers[1] and watchers[0].digests != watchers[1].digests:
            words = "the rows are equal, but not what the policy saw"
        else:
            return log
    FAILED.write_text(scenario.to_toml(), encoding="utf-8")
    others = {"replication": replication, "horizon": horizon, "policy": policy, "fork": fork, "roster": roster}
    said = "".join(f", {name}={value!r}" for name, value in others.items() if value)
    raise AssertionError(f"{what}: {words}\n{FAILED}, seed={seed}{said}")


def log_of(
    engine: str,
    scenario: Scenario,
    seed: int,
    replication: int = 0,
    horizon: int | None = None,
    policy: Policy | None = None,
    fork: Fork | None = None,
    roster: Sequence[Candidate] | None = None,
) -> EventLog:
    """One clock's log; of the candidates of a roster made by hand, if there is one."""
    if roster is None:
        return simulate(
            scenario, seed=seed, replication=replication, horizon=horizon, engine=engine, policy=policy, fork=fork
        )
    plan, desk = make_plan(scenario, horizon), None if policy is None else Desk(policy, scenario)
    module = importlib.import_module(f"cxsim.engines.{engine}")
    rows = module.run(plan, Luck(seed, replication), list(roster), desk, fork=fork)
    certificate = Certificate(
        version="", scenario_name=scenario.name, scenario_hash=scenario.hash, scenario_toml=scenario.to_toml(),
        segments=scenario.segments, seed=seed, replication=replication, branch=0 if fork is None else fork.branch,
        engine=engine, history_months=plan.history, horizon_months=plan.horizon, currency=scenario.currency,
        start_date=scenario.start_date.isoformat(), branch_from=0.0 if fork is None else float(fork.at),
    )  # fmt: skip
    return EventLog.from_rows(rows, as_columns(list(roster)), certificate)


def in_words(log: EventLog, other: EventLog) -> str:
    """The first row in which the two part."""
    try:
        from cxsim.eventlog.diff import diff
    except ImportError:
        return _plainly(log, other)
    return repr(diff(log, other))


def _plainly(log: EventLog, other: EventLog) -> str:
    tables = [list(zip(*(one.columns[name].tolist() for name in COLUMNS), strict=True)) for one in (log, other)]
    pairs = enumerate(zip(*tables, strict=False))
    row = next((k for k, (a, b) in pairs if repr(a) != repr(b)), min(len(table) for table in tables))
    lines = [f"row {row} of {len(log)} and {len(other)}"]
    for name, table in zip((REFERENCE, COMPILED), tables, strict=True):
        lines += [f"{name}, row {k}: {table[k]}" for k in range(max(0, row - 2), min(row + 1, len(table)))]
    return "\n".join(lines)


class Watcher:
    """A policy of which it is remembered what it was shown."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.digests = policy, list[str]()

    def __call__(self, seen: Seen) -> Orders | None:
        """Ask the policy."""
        sha = hashlib.sha256(repr((seen.month, seen.segments, seen.interventions)).encode())
        for name, column in seen.columns.items():
            sha.update(name.encode() + str(column.dtype).encode() + np.ascontiguousarray(column).tobytes())
        self.digests.append(sha.hexdigest())
        return self.policy(seen)


def in_parallel(task: Callable[[Any], None], arguments: Iterable[Any]) -> None:
    """Do a task for each argument, on all processors where processes can be forked; comparisons are counted here.

    What is compiled before is inherited by the forked processes.
    """
    listed = list(arguments)
    processors = os.cpu_count() or 1
    if processors == 1 or len(listed) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for argument in listed:
            task(argument)
        return
    task(listed[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside the threads of a linear algebra library
        with multiprocessing.get_context("fork").Pool(processors) as pool:
            for done in pool.imap_unordered(_counting, [(task, argument) for argument in listed[1:]]):
                counted.update(done)


def _counting(job: tuple[Callable[[Any], None], Any]) -> Counter[str]:
    task, argument = job
    before = counted.copy()
    task(argument)
    return counted - before
