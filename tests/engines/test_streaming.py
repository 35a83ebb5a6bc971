"""A log written in parts is the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cxsim as cx
from cxsim.engines import compiled
from cxsim.engines.seen import Seen
from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, EventLog
from cxsim.eventlog.parts import Parts
from cxsim.plan import make_plan
from cxsim.scenario import Scenario, scaled
from cxsim.streams import Luck


def test_a_log_in_parts_is_the_log(small_world: Scenario, tmp_path: Path) -> None:
    folder = cx.stream(small_world, out=tmp_path / "big.parquet", seed=4)
    whole, read = cx.simulate(small_world, seed=4), EventLog.read(folder)
    assert read.digest() == whole.digest()
    assert read.certificate.scenario_hash == whole.certificate.scenario_hash
    assert all((read.roster[name] == whole.roster[name]).all() for name in read.roster)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["big.parquet"]


def test_a_small_book_is_handed_over_many_times(tmp_path: Path) -> None:
    parts, world = Parts(tmp_path / "many.parquet"), scaled(Scenario.load("b2b-saas"), 150)
    plan = make_plan(world)
    compiled.stream_log(plan, Luck(4, 0), parts.add, rows=1)
    assert len(parts._written) > 2
    whole = cx.simulate(world, seed=4)
    assert parts.n_rows == len(whole)
    roster = whole.roster
    read = EventLog.read(parts.finish(roster, whole.certificate))
    assert all((read.columns[name] == whole.columns[name]).all() for name in COLUMNS)


def test_nothing_is_left_of_a_run_that_fails(small_world: Scenario, tmp_path: Path) -> None:
    def broken(seen: Seen) -> None:
        raise RuntimeError("no policy today")

    with pytest.raises(RuntimeError, match="no policy today"):
        cx.stream(small_world, out=tmp_path / "none.parquet", seed=4, policy=broken)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_was_touched_is_refused(small_world: Scenario, tmp_path: Path) -> None:
    folder = cx.stream(small_world, out=tmp_path / "a.parquet", seed=4)
    birth = json.loads((folder / "birth.json").read_text(encoding="utf-8"))
    birth["parts"][0]["digest"] = "0" * 64
    (folder / "birth.json").write_text(json.dumps(birth), encoding="utf-8")
    with pytest.raises(InputError, match="vouches"):
        EventLog.read(folder)


def test_a_place_that_cannot_be_is_refused_before_the_run(small_world: Scenario, tmp_path: Path) -> None:
    for path in (tmp_path / "log.csv", tmp_path / "nowhere" / "log.parquet"):
        with pytest.raises(InputError):
            cx.stream(small_world, out=path, seed=4)
    (tmp_path / "file.parquet").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="there is a file"):
        cx.stream(small_world, out=tmp_path / "file.parquet", seed=4)
