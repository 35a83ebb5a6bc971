"""The catalogue and its blocks: old ones open, half-written ones do not count, damaged ones are noticed."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from small import SEED, unit

from cxsim.errors import InputError
from cxsim.store import Store, StoreWarning, origin, runs, schema, units, usual_place
from cxsim.store.blocks import drafts, in_place, path_of, read_named
from cxsim.store.units import Address

OLDEST = Path(__file__).parent / "oldest"
HERE = Address("a" * 64, SEED, 24, "compiled", "1" * 20)
QUESTION = {"verb": "run", "names": ["small"], "replications": 3}


def entered(store: Store, replications: int = 3) -> str:
    name = runs.enter(store.path, QUESTION, None, [(HERE, "a text")], seed=SEED, laws=HERE.laws)
    runs.ask_for(store.path, name, [(HERE, 0, replications)])
    return name


def commit(store: Store, *numbers: int, value: float = 1.0) -> None:
    units.commit(store.path, [(HERE, unit(n, value)) for n in numbers], {})


def kept(folder: Path, address: Address = HERE) -> dict[int, units.Kept]:
    return {number: found for (_, number), found in units.find(folder, [(address, 0, 50)]).items()}


def block_of(store: Store) -> Path:
    (place,) = in_place(store.path)
    return place


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store as the first version wrote it."""
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(sqlite3.connect(folder / schema.CATALOGUE)) as db:
        db.executescript((OLDEST / "schema_1.sql").read_text(encoding="utf-8"))
        (digest,) = db.execute("SELECT digest FROM blocks").fetchone()
    place = path_of(folder, digest)
    place.parent.mkdir(parents=True)
    shutil.copy(OLDEST / "block.parquet", place)
    return folder


def test_a_store_of_the_oldest_schema_opens_and_keeps_its_runs_and_units(old: Path) -> None:
    store = Store.open(old)
    (run,) = store.runs()
    assert (run.id, run.state, run.done, run.units, run.bytes) == ("0123456789", "finished", 2, 2, 0)
    assert run.ground["cxsim"] == "0.1.0"
    found = kept(old, run.addresses[0])
    assert found[1].numbers[[0, 2, 3, 4]].tolist() == [1.05, 1e6, 2e6 + 1, 0.1 + 0.2]
    assert found[1].words == '[[1,0,"nobody"]]'
    commit(store, 0)
    assert [each.bytes for each in Store.open(old).runs()] == [0]
    with schema.connected(old) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)


def test_a_store_brought_up_to_date_has_the_tables_of_a_new_one(old: Path, store: Store) -> None:
    Store.open(old)
    tables = []
    for folder in (old, store.path):
        with schema.connected(folder) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
            tables.append({name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names})
    assert tables[0] == tables[1]


@pytest.mark.parametrize("version", range(1, schema.VERSION))
def test_a_store_of_any_earlier_schema_keeps_the_units_that_its_runs_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    with monkeypatch.context() as before:
        before.setattr(schema, "VERSION", version)
        schema.make_ready(tmp_path)
        with schema.writing(tmp_path) as db:
            db.execute("INSERT INTO texts VALUES ('t', 'a text')")
            for number, asked in ((1, 2), (2, 0)):
                db.execute("INSERT INTO addresses VALUES (?, ?, ?, 24, 'compiled', 'x')", (number, "a" * 64, number))
                db.execute(
                    "INSERT INTO runs VALUES (?, '{}', NULL, '{}', 'x', ?, ?, 'then', NULL, NULL)",
                    (f"run {number}", number, asked),
                )
                db.execute("INSERT INTO arms VALUES (?, 0, ?, 't')", (f"run {number}", number))
            db.execute("INSERT INTO blocks (id, digest, made) VALUES (7, 'b', 'then')")
            db.execute("INSERT INTO units VALUES (1, 1, 7, 0, 5, '', 'd')")
    store = Store.open(tmp_path)
    told = {each.id: (each.done, each.units, each.addresses[0].seed) for each in store.runs()}
    assert told == {"run 1": (1, 2, 1), "run 2": (0, 0, 2)}
    address = store.run("run 1").addresses[0]
    assert (address.kind, address.month, address.branch) == ("", 0.0, 0)
    assert runs.digests(tmp_path, "run 1") == {(address, 0): "", (address, 1): "d"}
    with schema.connected(tmp_path) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.delete(["run 1", "run 2"])
    assert store.runs() == []


def test_a_store_of_a_later_version_is_refused_in_one_line(store: Store) -> None:
    with closing(sqlite3.connect(store.path / schema.CATALOGUE)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(InputError, match="later version of cxsim") as refused:
        Store.open(store.path)
    assert len(refused.value.faults) == 1


def test_what_is_no_store_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / schema.CATALOGUE).write_text("this is no catalogue, though it has its name" * 40)
    with pytest.raises(InputError, match="cannot be used as the catalogue"):
        Store.open(tmp_path)
    with pytest.raises(InputError, match="cannot be made the folder"):
        Store.open(tmp_path / schema.CATALOGUE / "below")


def test_numbers_come_back_to_the_last_bit(store: Store) -> None:
    commit(store, 2, 0)
    found = kept(store.path)
    assert sorted(found) == [0, 2]
    for number, one in found.items():
        assert one.numbers.tobytes() == unit(number).content.numbers.tobytes()
        assert (one.words, one.digest) == (unit(number).content.words, unit(number).content.digest)
    assert not units.find(store.path, [(HERE, 1, 2)])


def test_a_block_names_its_numbers_for_whoever_reads_it(store: Store) -> None:
    import duckdb

    commit(store, 4)
    row = duckdb.execute(f"SELECT * FROM read_parquet('{block_of(store)}') WHERE value = 0.1 + 0.2::DOUBLE").fetchall()
    assert row == [("a" * 64, SEED, 4, "series.arr", 3, 0.1 + 0.2)]
    with schema.connected(store.path) as db:
        (digest,) = db.execute("SELECT digest FROM blocks").fetchone()
    assert [(name, at) for name, at, _ in read_named(store.path, digest, 1, 2)] == [
        ("outcome.nrr", 1),
        ("series.arr", 0),
    ]


@pytest.mark.parametrize("harm", ["a byte", "the end", "all of it"])
def test_a_damaged_block_is_noticed_said_and_forgotten(store: Store, harm: str) -> None:
    commit(store, 0, 1)
    place = block_of(store)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "all of it":
        place.unlink()
    else:
        place.write_bytes(content if harm == "a byte" else content[:-9])
    with pytest.warns(StoreWarning, match="its 2 units are run again") as said:
        assert kept(store.path) == {}
    assert len(said) == 1
    assert in_place(store.path) == []
    commit(store, 0, 1)
    assert sorted(kept(store.path)) == [0, 1]


def test_a_row_that_was_changed_is_noticed(store: Store) -> None:
    commit(store, 0, 1)
    commit(store, 2)
    with schema.writing(store.path) as db:
        db.execute("UPDATE units SET words = 'other' WHERE replication = 1")
    with pytest.warns(StoreWarning, match="not what the catalogue says"):
        assert list(kept(store.path)) == [2]


def test_a_unit_is_committed_once_however_many_write(store: Store) -> None:
    gate = threading.Barrier(4)

    def write(first: int) -> None:
        gate.wait()
        for n in range(first, first + 6):
            commit(store, n, n + 1)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(kept(store.path)) == list(range(10))
    with schema.connected(store.path) as db:
        known = {path_of(store.path, row[0]) for row in db.execute("SELECT digest FROM blocks")}
        assert db.execute("SELECT count(*) FROM units").fetchone() == (10,)
    assert set(in_place(store.path)) == known


def test_a_second_answer_to_the_same_question_is_refused(store: Store) -> None:
    commit(store, 0, 1)
    with pytest.raises(InputError, match="replication 1 is kept already with other numbers"):
        commit(store, 1, 2, value=1.5)
    assert sorted(kept(store.path)) == [0, 1]


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_catalogue import Store, commit
from cxsim.store import units
kill = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
store = Store.open(Path({folder!r}))
commit(store, 0)
if {moment!r} == "the draft is written":
    os.replace = kill
elif {moment!r} == "the block is in place":
    units.writing = kill
elif {moment!r} == "the rows are entered":
    units.address_id = lambda db, address: (db.execute("UPDATE blocks SET made = 'never'"), kill())
commit(store, 1, 2)
"""


@pytest.mark.parametrize("moment", ["the draft is written", "the block is in place", "the rows are entered"])
def test_a_kill_at_any_step_of_a_commit_leaves_what_was_there_before(tmp_path: Path, moment: str) -> None:
    code = KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path), moment=moment)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    store = Store.open(tmp_path)
    assert sorted(kept(tmp_path)) == [0]
    with schema.connected(tmp_path) as db:
        assert db.execute("SELECT count(*) FROM blocks WHERE made = 'never'").fetchone() == (0,)
    commit(store, 1, 2)
    assert sorted(kept(tmp_path)) == [0, 1, 2]


def test_what_a_killed_process_left_is_swept_away_when_it_is_old(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(store, 0)
    kept = block_of(store)
    orphan = kept.with_name("f" * 32 + ".parquet")
    orphan.write_bytes(b"12345")
    (store.path / "blocks" / ".part-x").write_bytes(b"123")
    assert store.sweep() == 0
    monkeypatch.setattr(runs, "STALE", -1.0)
    assert store.sweep() == 8
    assert (in_place(store.path), drafts(store.path)) == ([kept], [])


def test_the_same_question_is_the_same_run_and_its_beginning_names_it(store: Store) -> None:
    name = entered(store)
    assert entered(store) == name
    told = [(HERE, "a text")]
    other = runs.enter(store.path, {**QUESTION, "replications": 4}, {"line": ["run"]}, told, seed=SEED, laws=HERE.laws)
    assert other != name
    assert runs.enter(store.path, QUESTION, None, told, seed=SEED + 1, laws=HERE.laws) not in (name, other)
    assert store.run(name[:5]).id == name
    assert store.run(other).command == {"line": ["run"]}
    with pytest.raises(InputError, match=f'no such run. Did you mean "{name}"'):
        store.run(name[:-1] + "x")
    with pytest.raises(InputError, match="has none yet"):
        Store.open(store.path / "another").run(name)


def test_deleting_a_run_leaves_the_units_of_others(store: Store) -> None:
    mine = entered(store)
    other = runs.enter(
        store.path, {**QUESTION, "names": ["again"]}, None, [(HERE, "another text")], seed=SEED, laws=HERE.laws
    )
    runs.ask_for(store.path, other, [(HERE, 0, 2)])
    commit(store, 0, 1)
    commit(store, 2)
    size = max(file.stat().st_size for file in in_place(store.path))
    assert 0 < store.delete([mine]) <= size
    assert sorted(kept(store.path)) == [0, 1]
    assert [each.id for each in store.runs()] == [other]
    assert store.delete([other]) > 0
    assert in_place(store.path) == []
    with pytest.raises(InputError, match="no such run"):
        store.delete([mine])


def test_the_usual_place_is_the_users_unless_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CXSIM_STORE", str(tmp_path))
    assert usual_place() == tmp_path
    monkeypatch.setenv("CXSIM_STORE", "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert usual_place() == tmp_path / "data" / "cxsim"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert usual_place() == tmp_path / "local" / "cxsim"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert usual_place().parts[-3:] == ("Library", "Application Support", "cxsim")


def test_the_hash_of_the_sources_follows_each_of_them_but_not_their_line_ends(tmp_path: Path) -> None:
    package = Path(origin.__file__).parent.parent
    copy = tmp_path / "cxsim"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "catalogue"))
    assert origin.hash_of(copy) == origin.sources()
    for name in ("rules/health.py", "readings/cash.py", "studies/replications.py"):
        source = (copy / name).read_bytes()
        (copy / name).write_bytes(source.replace(b"\n", b"\r\n"))
        assert origin.hash_of(copy) == origin.sources()
        (copy / name).write_bytes(source + b"# edited\n")
        assert origin.hash_of(copy) != origin.sources()
        (copy / name).write_bytes(source)
    (copy / "plots" / "style.py").write_text("")
    assert origin.hash_of(copy) == origin.sources()


def test_what_changed_since_is_named() -> None:
    assert origin.changes(dict(origin.ground())) == []
    before = {**origin.ground(), "sources": "x", "cxsim": "0.0.9", "numpy": "2.0.0", "python": "3.10"}
    assert origin.changes(before) == [
        f"the laws from version 0.0.9 to {origin.ground()['cxsim']}",
        f"numpy 2.0.0 → {np.__version__}",
    ]
