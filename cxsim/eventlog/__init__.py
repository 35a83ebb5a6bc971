"""The event log: all that a run leaves behind, and the only door between engines and readings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.eventlog.checks import check
from cxsim.eventlog.pairs import account_order

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]

COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "time": "f8",
    "kind": "i2",
    "account": "i4",
    "item": "i4",
    "team": "i1",
    "value": "f8",
    "cause": "i1",
    "emotion": "i1",
    "stage": "i1",
    "sponsor": "f8",
    "user": "f8",
    "client_outcome": "f8",
    "usage": "f8",
    "health": "f8",
    "observed": "f8",
    "mrr": "i8",
})  # fmt: skip

ROSTER: Final[Mapping[str, str]] = MappingProxyType({
    "account": "i4",
    "segment": "i1",
    "referred": "i1",
    "sign_up_at": "f8",
    "mrr": "i8",
    "term": "i2",
    "touch": "i1",
    "fit": "f8",
    "promise": "f8",
    "frailty": "f8",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where a log comes from, so that it can be made again.

    Attributes
    ----------
    version : str
        Version of the package that wrote the log.
    scenario_name, scenario_hash, scenario_toml : str
        The scenario: its name, its hash, its full text.
    segments : tuple of str
        Names of the segments; the roster's `segment` is an index into them.
    seed, replication, branch : int
        Address of the luck.
    engine : str
    history_months, horizon_months : float
        Months simulated before month 0 and after it.
    currency : str
    start_date : str
        Date of month 0, as YYYY-MM-DD.
    schema_version : int
        Of the columns of the log.
    command : str
        What makes the log again on a command line; "" if it was not made there.
    branch_from : float
        Month from which on the luck is that of the branch; what lies before it is the same in all branches. 0, and
        nothing is said by it, where branch is 0.
    """

    version: str
    scenario_name: str
    scenario_hash: str
    scenario_toml: str
    segments: tuple[str, ...]
    seed: int
    replication: int
    branch: int
    engine: str
    history_months: float
    horizon_months: float
    currency: str
    start_date: str
    schema_version: int = 1
    command: str = ""
    branch_from: float = 0.0


@dataclass(frozen=True, eq=False)
class EventLog:
    """Every happening of one run, one row each, in order of time.

    Parameters
    ----------
    columns : mapping of str to array, each of shape (n,)
        The columns named in `COLUMNS`: `time` in months (month 0 is the start date; below 0 is the simulated
        history), `kind` a code of `events.KINDS`, `account` (-1 for the company), `item`, `team`, `value` (meaning
        by kind; money in cents), `cause`, `emotion` (-1 for none), and the account's state after the happening:
        `stage`, `sponsor`, `user`, `client_outcome` (0-10), `usage` (0-1), `health` (true, 0-20), `observed`
        (health as the company sees it), `mrr` (cents a month).
    roster : mapping of str to array, each of shape (m,)
        The columns named in `ROSTER`: one row for each account that might have come.
    certificate : Certificate

    Raises
    ------
    InputError
        If a column is missing, has another length or does not fit its type, or the rows break a rule that every
        log obeys; the message names row, account and time.

    Notes
    -----
    Arrays are kept read-only; those that were writable are copied, so that an engine may use its buffers again.
    """

    columns: Mapping[str, Array]
    roster: Mapping[str, Array]
    certificate: Certificate

    def __post_init__(self) -> None:
        columns = _typed("column", self.columns, COLUMNS)
        roster = _typed("roster column", self.roster, ROSTER)
        check(columns, roster, len(self.certificate.segments))
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "roster", roster)

    @classmethod
    def from_rows(
        cls, rows: Sequence[tuple[Any, ...]], roster: Mapping[str, Array], certificate: Certificate
    ) -> EventLog:
        """Make a log of tuples in the order of `COLUMNS`.

        Raises
        ------
        InputError
            If a row has another length, a value does not fit its column, or the log breaks a rule.
        """
        try:
            table = np.array(list(rows), dtype=[(name, kind) for name, kind in COLUMNS.items()])
        except (ValueError, TypeError, OverflowError) as fault:
            raise InputError([f"rows: {fault}; each row holds {', '.join(COLUMNS)}"]) from fault
        return cls({name: np.ascontiguousarray(table[name]) for name in COLUMNS}, roster, certificate)

    def __len__(self) -> int:
        return len(self.columns["time"])

    def __repr__(self) -> str:
        c = self.certificate
        return (
            f"EventLog({c.scenario_name!r}, {len(self):,} rows, {len(self.roster['account']):,} candidates, "
            f"{c.horizon_months:g} months, seed {c.seed}, replication {c.replication}, {c.engine})"
        )

    @cached_property
    def by_account(self) -> npt.NDArray[np.int64]:
        """Row numbers sorted by account (company first), each account's rows in order of time; shape (n,)."""
        order = account_order(self.columns["account"])
        order.setflags(write=False)
        return order

    def digest(self) -> str:
        """SHA-256 of the columns, in hexadecimal.

        Notes
        -----
        Fed column by column in the order of `COLUMNS`: the name in ASCII, a zero byte, the values in row order as
        little-endian bytes of the declared type. The roster and the certificate do not enter: two engines that
        tell the same story have the same digest.
        """
        return digest(self.columns, COLUMNS)

    def frame(self) -> pd.DataFrame:
        """One row an event, codes as words.

        Returns
        -------
        pandas.DataFrame, n rows
            The columns of the log with `kind`, `team`, `cause`, `emotion`, `stage` as categories (missing where
            there is none), and `date` (the calendar's) and `history` (true before month 0).
        """
        from cxsim.eventlog.frames import frame

        return frame(self)

    def accounts(self) -> pd.DataFrame:
        """The roster, one row an account that might have come; `segment` and `touch` as words, `mrr` in cents."""
        from cxsim.eventlog.frames import accounts

        return accounts(self)

    def story(self, account: int) -> pd.DataFrame:
        """One account's happenings in words.

        Returns
        -------
        pandas.DataFrame
            Columns `row`, `time` [months], `date`, `happening`, `details`, `health` (0-20), `mrr` (currency).

        Raises
        ------
        InputError
            If the account is not in the roster.
        """
        from cxsim.eventlog.frames import story

        return story(self, account)

    def write(self, path: str | PathLike[str], *, command: str = "") -> None:
        """Write the log to `path` (.parquet or .csv), with `<stem>.accounts.*` and `<stem>.birth.json` beside it.

        Parameters
        ----------
        path : str or PathLike
        command : str
            What makes the log again, for the birth certificate; the certificate's own unless given.

        Raises
        ------
        InputError
            If the suffix is another one.

        Notes
        -----
        Each file is written under a temporary name and then put in place, the log last: a log that is there is whole.
        """
        from cxsim.eventlog.files import write

        write(self, path, command)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> EventLog:
        """Read what `write` wrote, and verify it.

        Raises
        ------
        InputError
            If a file is missing or unreadable, or its contents are not those the birth certificate vouches for.
        """
        from cxsim.eventlog.files import read

        return read(path)


def digest(columns: Mapping[str, Array], types: Mapping[str, str]) -> str:
    """SHA-256 over names and little-endian bytes of columns, in hexadecimal; see `EventLog.digest`."""
    sha = hashlib.sha256()
    for name, kind in types.items():
        sha.update(name.encode("ascii") + b"\0")
        sha.update(np.ascontiguousarray(columns[name], dtype="<" + kind).data.cast("B"))
    return sha.hexdigest()


def _typed(what: str, given: Mapping[str, Array], types: Mapping[str, str]) -> Mapping[str, Array]:
    """Read-only arrays of the declared types, or plain words about what is wrong."""
    faults = [f"{what} {name} is missing" for name in types if name not in given]
    faults += [f"{what} {name} is not known; known are {', '.join(types)}" for name in given if name not in types]
    if faults:
        raise InputError(faults)
    arrays: dict[str, Array] = {}
    for name, kind in types.items():
        array = np.asarray(given[name])
        if array.ndim != 1:
            faults.append(f"{what} {name} must have one dimension")
            continue
        if array.dtype != np.dtype(kind):
            try:
                with np.errstate(invalid="ignore"):
                    cast: Array = array.astype(kind)
                changed = np.flatnonzero(cast != array) if kind[0] == "i" else np.zeros(0, dtype=np.int64)
            except (ValueError, TypeError):
                faults.append(f"{what} {name} does not hold numbers")
                continue
            if changed.size:
                faults.append(f"{what} {name}, row {changed[0]}: {array[changed[0]]} does not fit the type {kind}")
            array = cast
        elif array.flags.writeable:
            array = array.copy()
        array = np.ascontiguousarray(array)
        array.setflags(write=False)
        arrays[name] = array
    if len({len(array) for array in arrays.values()}) > 1:
        faults.append(f"{what}s differ in length: " + ", ".join(f"{name} {len(a)}" for name, a in arrays.items()))
    if faults:
        raise InputError(faults)
    return MappingProxyType(arrays)
