"""The store of runs: a catalogue in SQLite, the numbers in Parquet; found again, never half-written.

Nothing in it is sent anywhere: it is a folder.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from cxsim.errors import InputError
from cxsim.store import runs as records
from cxsim.store import schema
from cxsim.store.runs import RunRecord
from cxsim.store.units import StoreWarning

__all__ = ["RunRecord", "Store", "StoreWarning", "usual_place"]


@dataclasses.dataclass(frozen=True)
class Store:
    """A folder that keeps runs. Open one with `Store.open`; any number of processes may use it at the same time.

    Attributes
    ----------
    path : Path
    command : mapping, optional
        The command line that asks, for `RunRecord.command`.
    """

    path: Path
    command: Mapping[str, Any] | None = None

    @classmethod
    def open(cls, path: str | PathLike[str] | None = None) -> Store:
        """Open a store; it is made if it is not there, and brought up to this version if it is older.

        Parameters
        ----------
        path : str or PathLike, optional
            Its folder; `usual_place()` unless given.

        Raises
        ------
        InputError
            If it cannot be a folder, cannot be written, or is a later version's.
        """
        folder = Path(path) if path is not None else usual_place()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writable = os.access(folder, os.W_OK)
        except OSError as fault:
            raise InputError(f"{folder}: cannot be made the folder of a store ({fault.strerror})") from None
        if not writable:
            raise InputError(f"{folder}: cannot be written, so that nothing can be kept there")
        schema.make_ready(folder)
        return cls(folder)

    def asked_by(self, command: Mapping[str, Any]) -> Store:
        """The same store for one command."""
        return dataclasses.replace(self, command=command)

    def runs(self) -> list[RunRecord]:
        """The runs that are kept or under way, the latest first."""
        return records.listed(self.path)

    def run(self, run_id: str) -> RunRecord:
        """A run by its id, or the beginning of it.

        Raises
        ------
        InputError
            If there is none, or several begin so.
        """
        return records.one(self.path, run_id)

    def delete(self, run_ids: Sequence[str]) -> int:
        """Delete runs, and the units that no other run asked for; the bytes that became free.

        Raises
        ------
        InputError
            If there is no such run; nothing is deleted then.
        """
        return records.delete(self.path, [self.run(each).id for each in run_ids])

    def sweep(self) -> int:
        """Remove what killed processes left half-written; the bytes that became free."""
        return records.sweep(self.path)


def usual_place() -> Path:
    """Where runs are kept unless something else is said: CXSIM_STORE, else the user's folder for data."""
    given = os.environ.get("CXSIM_STORE")
    if given:
        return Path(given)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "cxsim"
