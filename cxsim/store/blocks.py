"""Blocks: Parquet files that hold the numbers of some units, one row a number, each named."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import duckdb

Reals = npt.NDArray[np.float64]

BLOCKS: Final = "blocks"
_DRAFT: Final = ".part-"


class Damaged(Exception):
    """A block is missing, or is not what was written."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """All that is kept of one unit.

    Attributes
    ----------
    columns : tuple of (str, int)
        Name and length of each column, in order.
    numbers : float64 array, shape (sum of lengths,)
        The columns one after another; NaN where a number does not exist.
    words : str
        What is not a number.
    """

    columns: tuple[tuple[str, int], ...]
    numbers: Reals
    words: str = ""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the numbers to the last bit and of the words."""
        return digest_of(self.numbers, self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A replication of a scenario, to be written.

    Attributes
    ----------
    scenario : str
        Hash.
    seed, replication : int
    content : Content
    """

    scenario: str
    seed: int
    replication: int
    content: Content


def digest_of(numbers: Reals, words: str) -> str:
    """SHA-256, in hex, of numbers to the last bit and of words; every NaN counts as the same."""
    plain = np.where(np.isnan(numbers), np.nan, numbers).astype("<f8")
    return hashlib.sha256(plain.tobytes() + b"\0" + words.encode()).hexdigest()


def path_of(folder: Path, digest: str) -> Path:
    """Where the block of a digest stands."""
    return folder / BLOCKS / digest[:2] / f"{digest[:32]}.parquet"


def write_block(folder: Path, units: Sequence[Unit], about: dict[str, str]) -> tuple[str, int]:
    """Write a block and put it in place; nothing refers to it yet.

    Parameters
    ----------
    folder : Path
        Of the store.
    units : sequence of Unit
    about : dict
        What the file says of itself, beside the format.

    Returns
    -------
    (str, int)
        Digest of the file's bytes, and their number.
    """
    names = list(dict.fromkeys(name for unit in units for name, _ in unit.content.columns))
    code = {name: number for number, name in enumerate(names)}
    lengths = [np.array([n for _, n in unit.content.columns], dtype=np.int64) for unit in units]
    totals = [int(each.sum()) for each in lengths]
    scenarios = list(dict.fromkeys(unit.scenario for unit in units))
    table = {
        "s": np.repeat(np.array([scenarios.index(u.scenario) for u in units], dtype=np.int32), totals),
        "seed": np.repeat(np.array([u.seed for u in units], dtype=np.int64), totals),
        "replication": np.repeat(np.array([u.replication for u in units], dtype=np.int64), totals),
        "n": np.concatenate(
            [np.repeat([code[name] for name, _ in u.content.columns], n) for u, n in zip(units, lengths, strict=True)]
        ).astype(np.int32),
        "place": np.concatenate([np.arange(n) for each in lengths for n in each]).astype(np.int32),
        "value": np.concatenate([unit.content.numbers for unit in units]),
    }
    place = folder / BLOCKS
    place.mkdir(exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=_DRAFT, dir=place)
    os.close(handle)
    try:
        with _engine().cursor() as db:
            db.register("given", table)
            says = ", ".join(f"{key}: {_quoted(text)}" for key, text in {"format": "1", **about}.items())
            db.execute(
                f"COPY (SELECT ?[s + 1] AS scenario, seed, replication, ?[n + 1] AS name, place, value FROM given) "
                f"TO {_quoted(draft)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{says}}})",
                [scenarios, names],
            )
            db.unregister("given")
        content = Path(draft).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        target = path_of(folder, digest)
        target.parent.mkdir(exist_ok=True)
        _to_disk(Path(draft))
        os.replace(draft, target)
        _to_disk(target.parent)
    finally:
        Path(draft).unlink(missing_ok=True)
    return digest, len(content)


def read_block(folder: Path, digest: str) -> Reals:
    """The numbers of a block, in the order in which they were written.

    Raises
    ------
    Damaged
        If it is missing or not what was written.
    """
    place = _verified(folder, digest)
    with _engine().cursor() as db:
        found = db.execute(f"SELECT value FROM read_parquet({_quoted(str(place))})").fetchnumpy()
    # what does not exist is NaN here and an empty cell there
    return np.asarray(np.ma.filled(found["value"], np.nan), dtype=np.float64)


def read_named(folder: Path, digest: str, first: int, numbers: int) -> list[tuple[str, int, float]]:
    """Name, place and value of some rows of a block.

    Raises
    ------
    Damaged
        If it is missing or not what was written.
    """
    place = _quoted(str(_verified(folder, digest)))
    with _engine().cursor() as db:
        rows = db.execute(
            f"SELECT name, place, value FROM read_parquet({place}, file_row_number = true) "
            "WHERE file_row_number >= ? AND file_row_number < ? ORDER BY file_row_number",
            [first, first + numbers],
        ).fetchall()
    return [(str(name), int(at), math.nan if value is None else float(value)) for name, at, value in rows]


def drafts(folder: Path) -> list[Path]:
    """Files that somebody was writing, or still is."""
    return list((folder / BLOCKS).glob(f"{_DRAFT}*"))


def in_place(folder: Path) -> list[Path]:
    """All blocks that are there, whether or not anything refers to them."""
    return list((folder / BLOCKS).glob("??/*.parquet"))


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """What reads and writes Parquet: made once, for that takes longer than a block; one thread, others simulate."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _verified(folder: Path, digest: str) -> Path:
    place = path_of(folder, digest)
    try:
        same = hashlib.sha256(place.read_bytes()).hexdigest() == digest
    except OSError as fault:
        raise Damaged(f"{place}: {fault.strerror}") from fault
    if not same:
        raise Damaged(f"{place}: is not what was written")
    return place


def _to_disk(place: Path) -> None:
    """See to it that a file, or a folder's list of files, outlives a power cut."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except OSError:  # folders cannot be opened on every platform
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
