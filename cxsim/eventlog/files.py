"""Event logs on disk: Parquet or CSV, with the roster and the birth certificate beside them."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any, Final

from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, ROSTER, Certificate, EventLog, digest
from cxsim.eventlog.tables import read_table, write_table

SCHEMA_VERSION: Final = 1


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
        write_table(log.roster, parts[0])
        parts[1].write_text(json.dumps(birth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        write_table(log.columns, parts[2])
        for part, place in zip(parts, (at_roster, at_birth, at_log), strict=True):
            os.replace(part, place)


def read(path: str | PathLike[str]) -> EventLog:
    """Read and verify a log; see `EventLog.read`."""
    if Path(path).is_dir():
        from cxsim.eventlog.parts import read_parts

        return read_parts(Path(path))
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
    roster = read_table(at_roster, ROSTER)
    columns = read_table(at_log, COLUMNS)
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
