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
from cxsim.store.units import Address, address_id

ID_LENGTH: Final = 10
SHORTEST: Final = 4  # letters of an id that are enough, if no other run begins with them
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
        Replications of each arm: with a precision, as many as were needed so far.
    created, finished : str
        Times in ISO 8601 [UTC]; finished is "" until it is.
    digest : str
        Of the answer, "" until it is finished.
    addresses : tuple of Address
        One for each arm, the baseline first.
    scenarios : tuple of str
        Of each arm the complete scenario as TOML.
    done : int
        Units that are kept.
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
    done: int
    bytes: int

    @property
    def units(self) -> int:
        """Units that were asked for; arms that are the same share theirs."""
        return self.asked * len(set(self.addresses))

    @property
    def state(self) -> str:
        """What became of it: finished, or unfinished."""
        return "finished" if self.finished else "unfinished"


def enter(
    folder: Path,
    question: Mapping[str, Any],
    command: Mapping[str, Any] | None,
    arms: Sequence[tuple[Address, str]],
) -> str:
    """Enter a run, or find the one that asks the same.

    Parameters
    ----------
    folder : Path
    question, command : mapping
        As in `RunRecord`; the command of who asked last is kept.
    arms : sequence of (Address, str)
        Address and complete scenario of each arm.

    Returns
    -------
    str
        Its id.
    """
    texts = [hashlib.sha256(text.encode()).hexdigest() for _, text in arms]
    laws, seed = arms[0][0].laws, arms[0][0].seed
    asked = json.dumps(question, sort_keys=True, ensure_ascii=False)
    name = hashlib.sha256("\n".join((asked, laws, *texts)).encode()).hexdigest()[:ID_LENGTH]
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


def asked_for(folder: Path, name: str, replications: int) -> None:
    """Note that a run needs at least this many replications."""
    with writing(folder) as db:
        db.execute("UPDATE runs SET asked = max(asked, ?) WHERE id = ?", (replications, name))


def finish(folder: Path, name: str, replications: int, digest: str) -> None:
    """Note that a run has its answer."""
    with writing(folder) as db:
        db.execute(
            "UPDATE runs SET asked = ?, digest = ?, finished = coalesce(finished, ?) WHERE id = ?",
            (replications, digest, _now(), name),
        )


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
                "SELECT address, scenario, seed, horizon, engine, laws, text FROM arms JOIN addresses ON address = id "
                "WHERE run = ? ORDER BY place",
                (name,),
            ).fetchall()
            marks = ", ".join("?" for _ in arms)
            kept = db.execute(
                f"SELECT count(*) FROM units WHERE address IN ({marks}) AND replication < ?",
                (*(arm[0] for arm in arms), asked),
            ).fetchone()
            size = db.execute(
                f"SELECT coalesce(sum(bytes), 0) FROM blocks WHERE id IN "
                f"(SELECT block FROM units WHERE address IN ({marks}) AND replication < ?)",
                (*(arm[0] for arm in arms), asked),
            ).fetchone()
            texts = [db.execute("SELECT text FROM texts WHERE digest = ?", (arm[6],)).fetchone()[0] for arm in arms]
            found.append(
                RunRecord(
                    name, json.loads(question), json.loads(command) if command else None, json.loads(ground), laws,
                    seed, asked, created, finished or "", digest or "", tuple(Address(*arm[1:6]) for arm in arms),
                    tuple(texts), kept[0], size[0],
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
            db.execute("DELETE FROM runs WHERE id = ?", (name,))
        db.execute(
            "DELETE FROM units WHERE NOT EXISTS (SELECT 1 FROM arms JOIN runs ON run = runs.id "
            "WHERE arms.address = units.address AND units.replication < runs.asked)"
        )
        gone = db.execute(
            "SELECT id, digest, bytes FROM blocks WHERE NOT EXISTS (SELECT 1 FROM units WHERE block = blocks.id)"
        ).fetchall()
        db.executemany("DELETE FROM blocks WHERE id = ?", [(row[0],) for row in gone])
        db.execute(
            "DELETE FROM addresses WHERE id NOT IN (SELECT address FROM arms) AND id NOT IN (SELECT address FROM units)"
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
