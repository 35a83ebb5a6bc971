"""A run in a process of its own, for peaks of memory and times from the start: `python child.py tally 10000`.

Prints one line of JSON: seconds, account-months, rows, MB on disk, and VmHWM before and after the run [MB].
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def peak() -> float:
    """The most memory that this process has held so far [MB of 10⁶ bytes]."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def tally(accounts: int) -> dict[str, float]:
    """What a study asks of a run."""
    import clocks

    world = clocks.world(accounts)
    setting, luck = clocks.compiled.Setting(clocks.plan_of(world)), clocks.Luck(clocks.SEED, 0)
    began = time.perf_counter()
    seconds, later = clocks.tallied(world, setting, luck)
    return {"seconds": time.perf_counter() - began, "processor": seconds, "later": later}


def halves(accounts: int) -> dict[str, float]:
    """The same run in two parts: up to month 0, its roster made, and from there on."""
    import clocks

    plan, luck = clocks.plan_of(clocks.world(accounts)), clocks.Luck(clocks.SEED, 0)
    began = time.perf_counter()
    opened = clocks.ran(clocks.founded(plan, luck, tally=True), 0)
    at_opening = time.perf_counter()
    clocks.ran(opened.state)
    return {"history": at_opening - began, "seconds": time.perf_counter() - at_opening}


def log(accounts: int) -> dict[str, float]:
    """A run with all its rows in memory, and no more made of them."""
    import clocks

    plan, luck = clocks.plan_of(clocks.world(accounts)), clocks.Luck(clocks.SEED, 0)
    began = time.perf_counter()
    done = clocks.ran(clocks.founded(plan, luck, book=True))
    return {"seconds": time.perf_counter() - began, "rows": done.rows, "growing": done.growing}


def parquet(accounts: int) -> dict[str, float]:
    """A run of the public kind: an event log, written as Parquet."""
    import clocks

    world = clocks.world(accounts)
    began = time.perf_counter()
    log = clocks.simulated(world)
    simulated = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        log.write(path)
        written = time.perf_counter()
        size = _size(Path(folder))
    return {
        "seconds": simulated - began, "writing": written - simulated, "rows": len(log), "bytes": size,
    }  # fmt: skip


def streamed(accounts: int) -> dict[str, float]:
    """A run whose log goes to Parquet part by part."""
    import clocks

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        began = time.perf_counter()
        rows = clocks.streamed(clocks.world(accounts), path)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "rows": rows, "bytes": _size(Path(folder))}


def table(accounts: int) -> dict[str, float]:
    """A log in memory made into a table to learn churn from, a row an account and month; the run is in the peak too."""
    import clocks

    from cxsim.churn import dataset

    log = clocks.simulated(clocks.world(accounts))
    held = peak()
    began, worked = time.perf_counter(), time.process_time()
    data = dataset(log)
    return {
        "seconds": time.perf_counter() - began, "processor": time.process_time() - worked, "rows": len(log),
        "made": len(data), "held": held, "columns": data.features.shape[1],
    }  # fmt: skip


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def first(accounts: int) -> dict[str, float]:
    """What a user does first."""
    began = time.perf_counter()
    import clocks

    clocks.simulated(clocks.tiny(), 1)
    return {"seconds": time.perf_counter() - began}


TASKS = {
    "tally": tally,
    "halves": halves,
    "log": log,
    "parquet": parquet,
    "streamed": streamed,
    "first": first,
    "table": table,
}


def asked(task: str, accounts: int = 0, **environment: str) -> dict[str, float]:
    """What a child process finds; beside its own figures `wall` [s], from the start of the process to its end."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(HERE / "child.py"), task, str(accounts)],
        capture_output=True, text=True, env={**os.environ, **environment}, check=False,
    )  # fmt: skip
    wall = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "wall": wall}


if __name__ == "__main__":
    if sys.argv[1] != "first":
        import clocks

        clocks.warm()
    before = peak()
    print(json.dumps({**TASKS[sys.argv[1]](int(sys.argv[2])), "before": before, "peak": peak()}))
