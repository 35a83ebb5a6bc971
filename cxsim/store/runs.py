"""Runs in the catalogue: what was asked, how far it came, and the digest of the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cxsim.errors import Faults, InputError
from cxsim.store import origin
from cxsim.store.blocks import drafts, in_place, path_of
from cxsim.store.schema import connected, writing
from cxsim.store.units import COLUMNS, Address, Key, Range, address_id

ID_LENGTH: Final = 10
SHORTEST: Final = 4  # letters of an id that are enough, if no other run begins with them
_MINE: Final = (
    "FROM asked JOIN units ON units.address = asked.address AND replication >= asked.first "
    "AND replication < asked.last WHERE run = ?"
)
STALE: Final = 3600.0  # seconds after which nobody is still writing a file that no row refers to


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run of the store.

    Attributes
    ----------
    id : str
        Derived from what was asked and from the laws: the same question under the same laws is the same run.
    question : mapping
        The verb and its arguments, as far as they bear on the answer.
    command : mapping or None
        The command line that asked, and what it wanted to be shown.
    ground : mapping of str to str
        Version, sources and machine; see `cxsim.store.origin.ground`.
    laws : str
        Their fingerprint.
    seed : int
    asked : int
        The most replications of a unit's scenario: with a precision, as many as were needed so far.
    created, finished : str
        Times in ISO 8601 [UTC]; finished is "" until it is.
    digest : str
        Of the answer, "" until it is finished.
    addresses : tuple of Address
        One for each scenario that the question is about, the baseline first.
    scenarios : tuple of str
        Of each of these the complete text as TOML. Worlds that are drawn or put together from them are not written
        down: the question makes them again.
    units : int
        That were asked for so far; arms that are the same share theirs.
    done : int
        Of these, those that are kept.
    bytes : int
        Of the blocks that hold them; runs that share a block both count it.
    """

    id: str
    question: Mapping[str, Any]
    command: Mapping[str, Any] | None
    ground: Mapping[str, str]
    laws: str
    seed: int
    asked: int
    created: str
    finished: str
    digest: str
    addresses: tuple[Address, ...]
    scenarios: tuple[str, ...]
    units: int
    done: int
    bytes: int

    @property
    def state(self) -> str:
        """What became of it: finished, or unfinished."""
        return "finished" if self.finished else "unfinished"


def enter(
    folder: Path,
    question: Mapping[str, Any],
    command: Mapping[str, Any] | None,
    arms: Sequence[tuple[Address, str]],
    *,
    seed: int,
    laws: str,
) -> str:
    """Enter a run, or find the one that asks the same.

    Parameters
    ----------
    folder : Path
    question, command : mapping
        As in `RunRecord`; the command of who asked last is kept.
    arms : sequence of (Address, str)
        Address and complete text of each scenario that the question is about.
    seed, laws
        As in `RunRecord`.

    Returns
    -------
    str
        Its id.
    """
    texts = [hashlib.sha256(text.encode()).hexdigest() for _, text in arms]
    asked = json.dumps(question, sort_keys=True, ensure_ascii=False)
    name = hashlib.sha256("\n".join((asked, str(seed), laws, *texts)).encode()).hexdigest()[:ID_LENGTH]
    said = json.dumps(command, ensure_ascii=False) if command is not None else None
    with writing(folder) as db:
        row = (name, asked, said, json.dumps(origin.ground()), laws, seed, 0, _now())
        db.execute(
            "INSERT INTO runs (id, question, command, ground, laws, seed, asked, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET command = coalesce(excluded.command, command)",
            row,
        )
        for place, ((address, text), digest) in enumerate(zip(arms, texts, strict=True)):
            db.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (digest, text))
            db.execute("INSERT OR IGNORE INTO arms VALUES (?, ?, ?, ?)", (name, place, address_id(db, address), digest))
    return name


def ask_for(folder: Path, name: str, ranges: Sequence[Range]) -> None:
    """Note that a run needs these units: of some addresses the replications first … last − 1."""
    with writing(folder) as db:
        db.executemany(
            "INSERT INTO asked VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            [(name, address_id(db, address), first, last) for address, first, last in ranges],
        )
        most = max(last for _, _, last in ranges)
        db.execute("UPDATE runs SET asked = max(asked, ?) WHERE id = ?", (most, name))


def finish(folder: Path, name: str, digest: str) -> None:
    """Note that a run has its answer."""
    with writing(folder) as db:
        db.execute("UPDATE runs SET digest = ?, finished = coalesce(finished, ?) WHERE id = ?", (digest, _now(), name))


def digests(folder: Path, name: str) -> dict[Key, str]:
    """Digest of each unit that a run asked for; "" of those that are not there."""
    with connected(folder) as db:
        rows = db.execute(
            f"SELECT asked.first, asked.last, {', '.join(COLUMNS)}, id FROM asked JOIN addresses ON address = id "
            "WHERE run = ?",
            (name,),
        ).fetchall()
        found: dict[Key, str] = {}
        for first, last, *key, number in rows:
            address = Address(*key)
            found |= {(address, replication): "" for replication in range(first, last)}
            there = db.execute(
                "SELECT replication, digest FROM units WHERE address = ? AND replication >= ? AND replication < ?",
                (number, first, last),
            )
            found |= {(address, replication): digest for replication, digest in there}
    return found


def listed(folder: Path, only: str | None = None) -> list[RunRecord]:
    """The runs, the latest first; or one of them."""
    with connected(folder) as db:
        rows = db.execute(
            "SELECT id, question, command, ground, laws, seed, asked, created, finished, digest FROM runs "
            + ("WHERE id = ?" if only else "ORDER BY created DESC, id"),
            (only,) if only else (),
        ).fetchall()
        found = []
        for name, question, command, ground, laws, seed, asked, created, finished, digest in rows:
            arms = db.execute(
                f"SELECT text, {', '.join(COLUMNS)} FROM arms JOIN addresses ON address = id WHERE run = ? "
                "ORDER BY place",
                (name,),
            ).fetchall()
            wanted = db.execute("SELECT coalesce(sum(last - first), 0) FROM asked WHERE run = ?", (name,)).fetchone()
            kept = db.execute(f"SELECT count(*) {_MINE}", (name,)).fetchone()
            size = db.execute(
                f"SELECT coalesce(sum(bytes), 0) FROM blocks WHERE id IN (SELECT block {_MINE})", (name,)
            ).fetchone()
            texts = [db.execute("SELECT text FROM texts WHERE digest = ?", (arm[0],)).fetchone()[0] for arm in arms]
            found.append(
                RunRecord(
                    name, json.loads(question), json.loads(command) if command else None, json.loads(ground), laws,
                    seed, asked, created, finished or "", digest or "", tuple(Address(*arm[1:]) for arm in arms),
                    tuple(texts), wanted[0], kept[0], size[0],
                )
            )  # fmt: skip
        return found


def one(folder: Path, name: str) -> RunRecord:
    """A run by its id, or by the beginning of it.

    Raises
    ------
    InputError
        If there is none, or several begin so.
    """
    with connected(folder) as db:
        known = [str(row[0]) for row in db.execute("SELECT id FROM runs ORDER BY id")]
    near = [each for each in known if each == name] or [
        each for each in known if each.startswith(name) and len(name) >= SHORTEST
    ]
    if len(near) > 1:
        raise InputError(f"{name}: several runs begin so: {', '.join(near)}")
    if not near:
        faults = Faults()
        faults.unknown(name, name, known, "run")
        (line,) = faults.lines()
        raise InputError(line + (" See: cxsim runs" if known else f" The store in {folder} has none yet."))
    return listed(folder, near[0])[0]


def delete(folder: Path, names: Sequence[str]) -> int:
    """Take runs out, with the units that no other run asked for.

    Returns
    -------
    int
        Bytes that became free: a block goes when its last unit does.
    """
    with writing(folder) as db:
        for name in names:
            db.execute("DELETE FROM arms WHERE run = ?", (name,))
            db.execute("DELETE FROM asked WHERE run = ?", (name,))
            db.execute("DELETE FROM runs WHERE id = ?", (name,))
        db.execute(
            "DELETE FROM units WHERE NOT EXISTS (SELECT 1 FROM asked WHERE asked.address = units.address "
            "AND units.replication >= asked.first AND units.replication < asked.last)"
        )
        gone = db.execute(
            "SELECT id, digest, bytes FROM blocks WHERE NOT EXISTS (SELECT 1 FROM units WHERE block = blocks.id)"
        ).fetchall()
        db.executemany("DELETE FROM blocks WHERE id = ?", [(row[0],) for row in gone])
        db.execute(
            "DELETE FROM addresses WHERE id NOT IN (SELECT address FROM arms) "
            "AND id NOT IN (SELECT address FROM asked) AND id NOT IN (SELECT address FROM units)"
        )
        db.execute("DELETE FROM texts WHERE digest NOT IN (SELECT text FROM arms)")
    for _, digest, _ in gone:
        path_of(folder, digest).unlink(missing_ok=True)
    return sum(row[2] or 0 for row in gone)


def sweep(folder: Path) -> int:
    """Remove files that no row refers to and that nobody has touched for an hour; the bytes that became free."""
    with connected(folder) as db:
        known = {path_of(folder, str(row[0])) for row in db.execute("SELECT digest FROM blocks")}
    before, free = datetime.now(UTC).timestamp() - STALE, 0
    for file in (*drafts(folder), *(each for each in in_place(folder) if each not in known)):
        try:
            stat = file.stat()
            if stat.st_mtime < before:
                file.unlink()
                free += stat.st_size
        except FileNotFoundError:  # another process was faster
            continue
    return free


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
