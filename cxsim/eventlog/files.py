"""Event logs on disk: Parquet or CSV, with the roster and the birth certificate beside them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from glob import escape
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, ROSTER, Certificate, EventLog, digest

SCHEMA_VERSION: Final = 1
_TYPES: Final = {"f8": "DOUBLE", "i8": "BIGINT", "i4": "INTEGER", "i2": "SMALLINT", "i1": "TINYINT"}


def _places(path: str | PathLike[str]) -> tuple[Path, Path, Path]:
    """Paths of the log, the roster and the birth certificate."""
    log = Path(path)
    if log.suffix not in (".parquet", ".csv"):
        raise InputError([f'{log}: a log is written as .parquet or .csv, not as "{log.suffix}"'])
    return log, log.with_name(f"{log.stem}.accounts{log.suffix}"), log.with_name(f"{log.stem}.birth.json")


def write(log: EventLog, path: str | PathLike[str], command: str = "") -> None:
    """Write a log; see `EventLog.write`."""
    at_log, at_roster, at_birth = _places(path)
    if not at_log.parent.is_dir():
        raise InputError([f"{at_log.parent}: no such folder"])
    birth = {
        **asdict(log.certificate),
        "command": command or log.certificate.command,
        "rows": len(log),
        "digest": log.digest(),
        "accounts": len(log.roster["account"]),
        "accounts_digest": digest(log.roster, ROSTER),
    }
    with tempfile.TemporaryDirectory(dir=at_log.parent, prefix=f".{at_log.stem}.") as folder:
        parts = [Path(folder) / f"{number}{place.suffix}" for number, place in enumerate((at_roster, at_birth, at_log))]
        _write_table(log.roster, parts[0])
        parts[1].write_text(json.dumps(birth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        _write_table(log.columns, parts[2])
        for part, place in zip(parts, (at_roster, at_birth, at_log), strict=True):
            os.replace(part, place)


def read(path: str | PathLike[str]) -> EventLog:
    """Read and verify a log; see `EventLog.read`."""
    at_log, at_roster, at_birth = _places(path)
    missing = [f"{place}: no such file" for place in (at_log, at_roster, at_birth) if not place.is_file()]
    if missing:
        raise InputError(missing)
    try:
        birth: dict[str, Any] = json.loads(at_birth.read_text(encoding="utf-8"))
        promised = {name: birth.pop(name) for name in ("rows", "digest", "accounts", "accounts_digest")}
        certificate = Certificate(**{**birth, "segments": tuple(birth["segments"])})
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError([f"{at_birth}: not a birth certificate of a log ({fault})"]) from fault
    if certificate.schema_version != SCHEMA_VERSION:
        raise InputError([f"{at_birth}: schema version {certificate.schema_version}, not {SCHEMA_VERSION}"])
    roster = _read_table(at_roster, ROSTER)
    columns = _read_table(at_log, COLUMNS)
    # Before the rules of the log, because a file that was touched is the simpler explanation of a broken rule.
    faults = [
        f"{place}: its contents are not those that {at_birth.name} vouches for"
        for place, table, types, name in (
            (at_log, columns, COLUMNS, "digest"),
            (at_roster, roster, ROSTER, "accounts_digest"),
        )
        if digest(table, types) != promised[name]
    ]
    if faults:
        raise InputError(faults)
    return EventLog(columns, roster, certificate)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _write_table(columns: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    import duckdb
    import pandas as pd

    shape = "FORMAT parquet, COMPRESSION zstd" if path.suffix == ".parquet" else "FORMAT csv, HEADER true"
    with duckdb.connect() as connection:
        connection.register("given", pd.DataFrame(dict(columns)))
        connection.execute(f"COPY given TO {_quoted(path)} ({shape})")


def _read_table(path: Path, types: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    import duckdb

    place = _quoted(Path(escape(str(path))))
    if path.suffix == ".parquet":
        source = f"read_parquet({place})"
    else:
        named = ", ".join(f"'{name}': '{_TYPES[kind]}'" for name, kind in types.items())
        source = f"read_csv({place}, header = true, auto_detect = false, columns = {{{named}}})"
        # Given the types, the reader takes columns by place and never looks at their names.
        with path.open(encoding="utf-8", errors="replace") as lines:
            header = lines.readline(10_000).strip()
        if header != ",".join(types):
            raise InputError([f"{path}: cannot be read: its first line must be {','.join(types)}"])
    names = ", ".join(f'"{name}"' for name in types)
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {names} FROM {source}").fetchnumpy()
    except duckdb.Error as fault:
        raise InputError([f"{path}: cannot be read: {str(fault).splitlines()[0]}"]) from fault
    holed = [name for name in types if np.ma.is_masked(found[name])]
    if holed:
        raise InputError([f"{path}: {name} has empty cells" for name in holed])
    try:
        return {name: np.asarray(found[name]).astype(kind, casting="same_kind") for name, kind in types.items()}
    except TypeError as fault:
        raise InputError([f"{path}: {fault}"]) from fault
