"""Studies whose worlds are drawn one by one, killed with `kill -9`, are gone on with hash for hash."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_kill import n_units

import cxsim as cx
from cxsim.store import Store, runs
from cxsim.studies import kept

LINE = [
    "sensitivity", "b2b-saas", "--outcome", "arr", "--with", "price-rise", "--accounts", "60", "--only", "churn,growth",
    "--rows", "64", "--replications", "4", "--set", "arrivals.history_months=6", "--set", "horizon_months=24", "--json",
    "--discover",
]  # fmt: skip
DRAWN = """
import sys
import cxsim as cx
from cxsim.studies import kept
from small import SEED, world
kept.DELAY = 0.1
base = world()
cx.uncertain(base, base.with_("formal-onboarding", start=3), draws=96, replications=2, seed=SEED,
             store=cx.Store.open(sys.argv[1]))
"""


def ended(line: list[str], folder: Path, before: int, delay: float) -> bool:
    """Start a process and kill it a while after it has kept a unit; whether it came to its end before."""
    here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=here)
    while n_units(folder) == before and process.poll() is None:
        time.sleep(0.02)
    time.sleep(delay)
    done = process.poll() is not None
    process.kill()
    _, said = process.communicate()
    assert not done or process.returncode == 0, said
    return done


def units_of(store: Store) -> dict[tuple[object, int], str]:
    """Digest of every unit that some run asked for."""
    return {key: digest for each in store.runs() for key, digest in runs.digests(store.path, each.id).items()}


def check_the_same(killed: Store, never: Store) -> None:
    mine, theirs = ({each.id: (each.digest, each.units, each.done) for each in one.runs()} for one in (killed, never))
    assert mine == theirs
    assert units_of(killed) == units_of(never)
    assert "" not in units_of(killed).values()
    assert n_units(killed.path) == len(units_of(killed))  # each once


@pytest.mark.slow
def test_a_sensitivity_killed_four_times_is_gone_on_with_from_the_command_line(tmp_path: Path) -> None:
    killed, never = (Store.open(tmp_path / name) for name in ("killed", "never"))
    cxsim = [sys.executable, "-m", "cxsim"]
    whole = subprocess.run([*cxsim, *LINE, "--store", str(never.path)], capture_output=True, text=True, check=True)
    moments = random.Random(4)
    line = [*cxsim, *LINE, "--store", str(killed.path)]
    there: list[int] = []
    for _ in range(4):
        assert not ended(line, killed.path, n_units(killed.path), moments.uniform(0.0, 0.5)), "too short a study"
        there.append(n_units(killed.path))
        # the kill may fall between the indices and the search for a box: then the whole command is gone on with
        open_ = sorted(killed.runs(), key=lambda each: each.finished)[0]
        line = [*cxsim, "resume", open_.id, "--store", str(killed.path)]
    assert there == sorted(set(there)), "a unit that was kept is gone"
    last = subprocess.run(line, capture_output=True, text=True, check=True)
    assert last.stdout == whole.stdout
    check_the_same(killed, never)


@pytest.mark.slow
def test_draws_killed_in_the_middle_are_gone_on_with_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed, never = (Store.open(tmp_path / name) for name in ("killed", "never"))
    for kill in range(2):
        line = [sys.executable, "-c", DRAWN, str(killed.path)]
        assert not ended(line, killed.path, n_units(killed.path), 0.05), f"kill {kill} came too late"
    (run,) = killed.runs()
    assert run.state == "unfinished"
    found = cx.resume(run.id, store=killed)
    monkeypatch.setattr(kept, "DELAY", kept.DELAY)  # which the script sets
    monkeypatch.setattr(sys, "argv", ["", str(never.path)])
    exec(DRAWN, {})
    alone = cx.resume(never.runs()[0].id, store=never)
    assert isinstance(found, cx.Uncertainty)
    assert isinstance(alone, cx.Uncertainty)
    assert found.values.tobytes() == alone.values.tobytes()
    check_the_same(killed, never)
