"""Units in the catalogue: found by what they are, committed block by block; the row is the commit."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from cxsim.errors import InputError
from cxsim.store.blocks import Damaged, Reals, Unit, digest_of, path_of, read_block, read_named, write_block
from cxsim.store.schema import connected, writing


class StoreWarning(UserWarning):
    """Something in the store is not as it was written; what it held is run again."""


@dataclass(frozen=True, slots=True)
class Address:
    """What all replications of one scenario share: with a replication's number it is the unit's key.

    Attributes
    ----------
    scenario : str
        Hash.
    seed, horizon : int
        Horizon in months.
    engine : str
    laws : str
        Fingerprint; see `cxsim.store.origin.laws`.
    kind : str
        Of what is kept: "" for outcomes and what goes with them, see `cxsim.studies.contents`.
    month : float
        Of the fork, where there is one.
    branch : int
        Of the fork; 0 where there is none.
    """

    scenario: str
    seed: int
    horizon: int
    engine: str
    laws: str
    kind: str = ""
    month: float = 0.0
    branch: int = 0


Key = tuple[Address, int]
Range = tuple[Address, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A unit as it was read back.

    Attributes
    ----------
    numbers : float64 array
    words, digest : str
    """

    numbers: Reals
    words: str
    digest: str


def find(folder: Path, ranges: Sequence[Range]) -> dict[Key, Kept]:
    """Of some addresses the units first … last − 1 that are there; those of a damaged block are forgotten.

    Parameters
    ----------
    folder : Path
        Of the store.
    ranges : sequence of (Address, first, last)
        However many: they are looked up together.

    Warns
    -----
    StoreWarning
        For each block that is damaged.
    """
    rows: list[_Row] = []
    with connected(folder) as db:
        _have(db, ranges)
        there = db.execute(
            "SELECT blocks.digest, units.first, numbers, place, replication, words, units.digest FROM wanted "
            f"CROSS JOIN addresses ON {_SAME} CROSS JOIN units ON units.address = addresses.id "
            "AND replication >= wanted.first AND replication < wanted.last CROSS JOIN blocks ON block = blocks.id"
        )
        rows += [(block, at, n, ranges[place][0], number, *told) for block, at, n, place, number, *told in there]
    found: dict[Key, Kept] = {}
    for block, group in groupby(sorted(rows, key=lambda row: row[:2]), key=lambda row: row[0]):
        try:
            found |= _read(folder, block, list(group))
        except Damaged as fault:
            _warn(folder, block, str(fault))
            forget(folder, block)
    return found


def named(folder: Path, address: Address, replication: int) -> list[tuple[str, int, float]]:
    """Name, place and value of every number of a unit that is there.

    Raises
    ------
    Damaged
        If its block is missing or not what was written.
    """
    with connected(folder) as db:
        row = db.execute(
            "SELECT blocks.digest, first, numbers FROM units JOIN blocks ON block = blocks.id "
            f"JOIN addresses ON address = addresses.id WHERE {_IS} AND replication = ?",
            (*_key(address), replication),
        ).fetchone()
    if row is None:
        raise Damaged(f"replication {replication} is not there")
    return read_named(folder, *row)


def commit(folder: Path, batch: Sequence[tuple[Address, Unit]], about: dict[str, str]) -> None:
    """Write units as one block and enter them; those that another process entered meanwhile stay as they are.

    Raises
    ------
    InputError
        If a unit is there already with another content: the same question has had two answers.
    """
    digest, size = write_block(folder, [unit for _, unit in batch], about)
    with writing(folder) as db:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        db.execute("INSERT OR IGNORE INTO blocks (digest, made, bytes) VALUES (?, ?, ?)", (digest, now, size))
        (block,) = db.execute("SELECT id FROM blocks WHERE digest = ?", (digest,)).fetchone()
        first, ids = 0, {}
        for address, unit in batch:
            if address not in ids:
                ids[address] = address_id(db, address)
            numbers = len(unit.content.numbers)
            row = (ids[address], unit.replication, block, first, numbers, unit.content.words, unit.content.digest)
            if not db.execute("INSERT OR IGNORE INTO units VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount:
                _check_same(db, folder, row)
            first += numbers
        if not db.execute("SELECT 1 FROM units WHERE block = ? LIMIT 1", (block,)).fetchone():
            db.execute("DELETE FROM blocks WHERE id = ?", (block,))
            path_of(folder, digest).unlink(missing_ok=True)


def address_id(db: sqlite3.Connection, address: Address) -> int:
    """Number of an address in the catalogue; entered if it is not there yet."""
    db.execute(
        f"INSERT OR IGNORE INTO addresses ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
        _key(address),
    )
    return int(db.execute(f"SELECT id FROM addresses WHERE {_IS}", _key(address)).fetchone()[0])


def forget(folder: Path, block: str) -> None:
    """Take a block and its units out of the catalogue, and its file away."""
    with writing(folder) as db:
        db.execute("DELETE FROM units WHERE block = (SELECT id FROM blocks WHERE digest = ?)", (block,))
        db.execute("DELETE FROM blocks WHERE digest = ?", (block,))
    path_of(folder, block).unlink(missing_ok=True)


COLUMNS: Final = tuple(Address.__dataclass_fields__)
_IS = " AND ".join(f"{name} = ?" for name in COLUMNS)
_SAME = " AND ".join(f"addresses.{name} = wanted.{name}" for name in COLUMNS)

# block, first number in it, how many, address, replication, words, digest
_Row = tuple[str, int, int, Address, int, str, str]


def _key(address: Address) -> tuple[str | int | float, ...]:
    return tuple(getattr(address, name) for name in COLUMNS)


def _have(db: sqlite3.Connection, ranges: Sequence[Range]) -> None:
    """Have the ranges in a table of this connection, so that one question asks for all of them."""
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"CREATE TEMP TABLE wanted (place INTEGER PRIMARY KEY, first, last, {', '.join(COLUMNS)})")
    marks = ", ".join("?" * (3 + len(COLUMNS)))
    db.execute("BEGIN")
    db.executemany(
        f"INSERT INTO wanted VALUES ({marks})",
        [(place, first, last, *_key(address)) for place, (address, first, last) in enumerate(ranges)],
    )
    db.execute("COMMIT")


def _read(folder: Path, block: str, rows: Sequence[_Row]) -> dict[Key, Kept]:
    """Units of one block, as the rows of `find` have them."""
    values, found = read_block(folder, block), {}
    for _, at, n, address, number, words, digest in rows:
        numbers = values[at : at + n]
        if digest_of(numbers, words) != digest:
            raise Damaged(f"{path_of(folder, block)}: is not what the catalogue says")
        found[address, number] = Kept(numbers, words, digest)
    return found


def _check_same(db: sqlite3.Connection, folder: Path, row: tuple[int, int, int, int, int, str, str]) -> None:
    (there,) = db.execute("SELECT digest FROM units WHERE address = ? AND replication = ?", row[:2]).fetchone()
    if there != row[-1]:
        raise InputError(
            f"{folder}: replication {row[1]} is kept already with other numbers, though scenario, seed and laws are "
            "the same; nothing was replaced. Ask again with --no-store, and tell us: this must not happen"
        )


def _warn(folder: Path, block: str, fault: str) -> None:
    with connected(folder) as db:
        (n,) = db.execute(
            "SELECT count(*) FROM units JOIN blocks ON block = blocks.id WHERE blocks.digest = ?", (block,)
        ).fetchone()
    warnings.warn(f"store: {fault}; its {n} units are run again when they are asked for", StoreWarning, stacklevel=4)
