"""The catalogue's tables, and how a store of an earlier version becomes one of this."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from cxsim.errors import InputError

CATALOGUE: Final = "catalogue.sqlite"
PATIENCE: Final = 60.0  # seconds to wait for another process that writes

# Each step leads from one schema to the next; what was published is never edited, only followed by another step.
STEPS: Final = (
    """
    CREATE TABLE texts (digest TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE addresses (
        id INTEGER PRIMARY KEY, scenario TEXT NOT NULL, seed INTEGER NOT NULL, horizon INTEGER NOT NULL,
        engine TEXT NOT NULL, laws TEXT NOT NULL, UNIQUE (scenario, seed, horizon, engine, laws)
    );
    CREATE TABLE blocks (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, made TEXT NOT NULL);
    CREATE TABLE units (
        address INTEGER NOT NULL REFERENCES addresses, replication INTEGER NOT NULL,
        block INTEGER NOT NULL REFERENCES blocks, first INTEGER NOT NULL, numbers INTEGER NOT NULL,
        words TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (address, replication)
    ) WITHOUT ROWID;
    CREATE INDEX units_of_block ON units (block);
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, question TEXT NOT NULL, command TEXT, ground TEXT NOT NULL, laws TEXT NOT NULL,
        seed INTEGER NOT NULL, asked INTEGER NOT NULL, created TEXT NOT NULL, finished TEXT, digest TEXT
    ) WITHOUT ROWID;
    CREATE TABLE arms (
        run TEXT NOT NULL REFERENCES runs, place INTEGER NOT NULL, address INTEGER NOT NULL REFERENCES addresses,
        text TEXT NOT NULL REFERENCES texts, PRIMARY KEY (run, place)
    ) WITHOUT ROWID;
    """,
    # sizes, so that a list of runs need not look at each file
    "ALTER TABLE blocks ADD COLUMN bytes INTEGER;",
    # what is kept of a unit may be of several kinds; a unit may be forked (branch 0: it is not); a run may ask for
    # units of worlds that are drawn one by one, and not of its own scenarios alone
    """
    CREATE TABLE wider (
        id INTEGER PRIMARY KEY, scenario TEXT NOT NULL, seed INTEGER NOT NULL, horizon INTEGER NOT NULL,
        engine TEXT NOT NULL, laws TEXT NOT NULL, kind TEXT NOT NULL DEFAULT '', month REAL NOT NULL DEFAULT 0,
        branch INTEGER NOT NULL DEFAULT 0, UNIQUE (scenario, seed, horizon, engine, laws, kind, month, branch)
    );
    INSERT INTO wider (id, scenario, seed, horizon, engine, laws)
        SELECT id, scenario, seed, horizon, engine, laws FROM addresses;
    DROP TABLE addresses;
    ALTER TABLE wider RENAME TO addresses;
    CREATE TABLE asked (
        run TEXT NOT NULL REFERENCES runs, address INTEGER NOT NULL REFERENCES addresses, first INTEGER NOT NULL,
        last INTEGER NOT NULL, PRIMARY KEY (run, address, first)
    ) WITHOUT ROWID;
    CREATE INDEX asked_of_address ON asked (address);
    INSERT INTO asked SELECT DISTINCT run, address, 0, asked FROM arms JOIN runs ON run = id WHERE asked > 0;
    """,
)
VERSION: Final = len(STEPS)


def make_ready(folder: Path) -> None:
    """Have the catalogue there, with the tables of this version.

    Raises
    ------
    InputError
        If the store is of a later version, or no catalogue.
    """
    with connected(folder) as db:
        if _version(db) == VERSION:
            return
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = OFF")  # a table that others refer to is made anew; each row keeps its number
        db.execute("BEGIN IMMEDIATE")  # another process may be at it: who comes second finds it done
        for number in range(_version(db), VERSION):
            for statement in STEPS[number].split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")
        db.execute("COMMIT")


@contextmanager
def connected(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the catalogue, closed at the end; what was not committed is undone.

    Raises
    ------
    InputError
        If the file is no catalogue, is of a later version, or stays locked.
    """
    place = folder / CATALOGUE
    try:
        with closing(sqlite3.connect(place, timeout=PATIENCE, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            found = _version(db)
            if found > VERSION:
                raise InputError(
                    f"{place}: was written by a later version of cxsim (schema {found}; this one knows {VERSION}); "
                    "update cxsim, or name another folder with --store"
                )
            yield db
    except sqlite3.DatabaseError as fault:
        raise InputError(f"{place}: cannot be used as the catalogue of a store ({fault})") from fault


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes: all of it at the end, or nothing.

    Raises
    ------
    InputError
        As `connected`.
    """
    with connected(folder) as db:
        db.execute("BEGIN IMMEDIATE")
        yield db
        db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
