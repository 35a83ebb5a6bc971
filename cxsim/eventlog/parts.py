"""A log that is larger than memory: a folder of Parquet parts, written as the run goes on.

`LOG.parquet/` holds `part-00000.parquet` and so on, in the order of the rows, `accounts.parquet` (the roster) and
`birth.json`. DuckDB reads the parts as one table: `read_parquet('LOG.parquet/part-*.parquet')`. `EventLog.read` reads
the folder too, if it fits in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, ROSTER, Certificate, EventLog, digest
from cxsim.eventlog.tables import read_table, write_table

ACCOUNTS: Final = "accounts.parquet"
BIRTH: Final = "birth.json"
Columns = Mapping[str, npt.NDArray[Any]]


class Parts:
    """Writes a log part by part; the folder is there when all of it is.

    Parameters
    ----------
    path : str or PathLike
        The folder, by its name a .parquet; one that is there already is replaced at the end.

    Raises
    ------
    InputError
        If its name ends otherwise, there is no folder to put it in, or a file of that name is there.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.suffix != ".parquet":
            raise InputError([f'{self.path}: a log in parts is a folder named .parquet, not "{self.path.suffix}"'])
        if not self.path.parent.is_dir():
            raise InputError([f"{self.path.parent}: no such folder"])
        if self.path.exists() and not self.path.is_dir():
            raise InputError([f"{self.path}: there is a file of that name; a log in parts is a folder"])
        self._folder = Path(tempfile.mkdtemp(dir=self.path.parent, prefix=f".{self.path.stem}."))
        self._written: list[dict[str, Any]] = []

    @property
    def n_rows(self) -> int:
        """Rows written so far."""
        return sum(part["rows"] for part in self._written)

    def add(self, columns: Columns) -> None:
        """Write the next rows."""
        typed = {name: np.ascontiguousarray(columns[name], dtype=kind) for name, kind in COLUMNS.items()}
        write_table(typed, self._folder / part_name(len(self._written)))
        self._written.append({"rows": len(typed["time"]), "digest": digest(typed, COLUMNS)})

    def finish(self, roster: Columns, certificate: Certificate, command: str = "") -> Path:
        """Write the roster and the birth certificate, and put the folder in its place."""
        typed = {name: np.ascontiguousarray(roster[name], dtype=kind) for name, kind in ROSTER.items()}
        write_table(typed, self._folder / ACCOUNTS)
        birth = {
            **asdict(certificate),
            "command": command or certificate.command,
            "rows": self.n_rows,
            "parts": self._written,
            "accounts": len(typed["account"]),
            "accounts_digest": digest(typed, ROSTER),
        }
        (self._folder / BIRTH).write_text(json.dumps(birth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self._folder.chmod(0o755)
        if self.path.exists():
            shutil.rmtree(self.path)
        os.replace(self._folder, self.path)
        return self.path

    def give_up(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)


def part_name(number: int) -> str:
    """File name of a part."""
    return f"part-{number:05d}.parquet"


def read_parts(path: Path) -> EventLog:
    """Read and verify a log in parts; see `EventLog.read`."""
    at_birth = path / BIRTH
    if not at_birth.is_file():
        raise InputError([f"{at_birth}: no such file"])
    try:
        birth: dict[str, Any] = json.loads(at_birth.read_text(encoding="utf-8"))
        rows, parts, _, accounts_digest = (birth.pop(name) for name in ("rows", "parts", "accounts", "accounts_digest"))
        certificate = Certificate(**{**birth, "segments": tuple(birth["segments"])})
        promised = [part["digest"] for part in parts]
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError([f"{at_birth}: not a birth certificate of a log in parts ({fault})"]) from fault
    roster = read_table(path / ACCOUNTS, ROSTER)
    pages = [read_table(path / part_name(number), COLUMNS) for number in range(len(promised))]
    faults = [
        f"{path / part_name(number)}: its contents are not those that {BIRTH} vouches for"
        for number, (page, vouched) in enumerate(zip(pages, promised, strict=True))
        if digest(page, COLUMNS) != vouched
    ]
    if digest(roster, ROSTER) != accounts_digest:
        faults.append(f"{path / ACCOUNTS}: its contents are not those that {BIRTH} vouches for")
    if sum(len(page["time"]) for page in pages) != rows:
        faults.append(f"{path}: its parts hold other numbers of rows than {BIRTH} says")
    if faults:
        raise InputError(faults)
    none = {name: np.zeros(0, dtype=kind) for name, kind in COLUMNS.items()}
    return EventLog(
        {name: np.concatenate([page[name] for page in pages or [none]]) for name in COLUMNS}, roster, certificate
    )
