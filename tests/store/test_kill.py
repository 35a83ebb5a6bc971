"""A study killed with `kill -9` at random moments and gone on with is, hash for hash, one that was never killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import small

from cxsim.store import Store, schema
from cxsim.studies.kept import digest_of

START = 2.0  # a kill may fall before a process has its libraries
PACE = 0.01  # seconds from one unit to the next, so that no machine is through before the last kill


def killed_study(folder: Path, size: tuple[int, int], kills: int, delay: float, seed: int) -> list[int]:
    """Start the study again and again, kill it so many times, let it end; units that were there after each kill."""
    moments = random.Random(seed)
    there: list[int] = []
    while True:
        line = [sys.executable, small.__file__, str(folder), *map(str, size), str(delay), str(PACE)]
        process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
        if len(there) == kills:
            _, said = process.communicate()
            assert process.returncode == 0, said
            return there
        began, before = time.monotonic(), n_units(folder)
        if moments.random() < 0.25:
            time.sleep(moments.uniform(0.0, START))
        else:
            while n_units(folder) == before and process.poll() is None:
                time.sleep(0.01)
            time.sleep(moments.uniform(0.0, delay))
        ended = process.poll() is not None
        process.kill()
        process.communicate()
        assert not ended, f"the study ended before kill {len(there) + 1}: it is too short for this test"
        there.append(n_units(folder))
        print(f"kill {len(there)}: after {time.monotonic() - began:.2f} s, {there[-1]} units are kept")


def n_units(folder: Path) -> int:
    if not (folder / schema.CATALOGUE).is_file():
        return 0
    with schema.connected(folder) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'units'").fetchone():
            return 0
        return int(db.execute("SELECT count(*) FROM units").fetchone()[0])


def check(folder: Path, size: tuple[int, int], kills: int, delay: float, seed: int) -> None:
    replications, accounts = size
    there = killed_study(folder, size, kills, delay, seed)
    assert there == sorted(there), "a unit that was kept is gone"
    store, never = Store.open(folder), small.study(replications, workers=None, accounts=accounts)
    (run,) = store.runs()
    assert run.state == "finished"
    assert run.done == run.units == 2 * replications
    kept = small.study(replications, store, accounts=accounts)
    assert small.contents(kept) == small.contents(never)
    assert run.digest == digest_of(small.contents(never))
    assert kept.effects().equals(never.effects())
    with schema.connected(folder) as db:
        once = db.execute("SELECT count(*), count(DISTINCT address || ' ' || replication) FROM units").fetchone()
        numbers = db.execute("SELECT sum(numbers) FROM units").fetchone()[0]
    assert once == (2 * replications, 2 * replications)
    assert numbers_in_blocks(store) == numbers, "a block holds a number that no unit is made of"


def numbers_in_blocks(store: Store) -> int:
    """Numbers in the blocks that the catalogue knows; a file that a kill left without a row does not count."""
    import duckdb

    from cxsim.store.blocks import path_of

    with schema.connected(store.path) as db:
        known = [str(path_of(store.path, row[0])) for row in db.execute("SELECT digest FROM blocks")]
    return int(duckdb.execute("SELECT count(*) FROM read_parquet(?)", [known]).fetchall()[0][0])


def test_a_study_killed_three_times_is_the_same_as_one_never_killed(tmp_path: Path) -> None:
    check(tmp_path, size=(60, 40), kills=3, delay=0.1, seed=1)


@pytest.mark.slow
def test_two_thousand_units_killed_twenty_times_are_the_same_as_never_killed(tmp_path: Path) -> None:
    check(tmp_path, size=(1000, 100), kills=20, delay=0.3, seed=20)
