"""The accounts' rows from month 0 on, in the order of their lives, and their state at every month's start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

CONTACTS: Final = (
    events.KICKED_OFF, events.MILESTONE, events.WENT_LIVE, events.TICKET_HANDED_OVER, events.TICKET_SOLVED,
    events.TICKET_FAILED, events.CHECKED_IN, events.REACHED_OUT, events.RENEWAL_TALK,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lives:
    """Rows of accounts at or after month 0, one account after the other.

    Attributes
    ----------
    log : EventLog
    horizon : int
        Months T.
    rows : int64 array, shape (n,)
        Row numbers in the log.
    who : int64 array, shape (n,)
        Which of the A accounts with rows, counted from 0.
    month : int64 array, shape (n,)
        Month of the row, 0 to T − 1.
    there : bool array, shape (n,)
        Whether the account is a customer after the row.
    accounts, segment, place : int64 arrays, shape (A,)
        Account numbers, their segments, their places in the roster.
    last : int64 array, shape (A, T + 1)
        Index into `rows` of the last row before each time 0 … T (at 0: the opening), or -1.
    """

    log: EventLog
    horizon: int
    rows: Ints
    who: Ints
    month: Ints
    there: npt.NDArray[np.bool_]
    accounts: Ints
    segment: Ints
    place: Ints
    last: Ints

    def column(self, name: str) -> Array:
        """A column of the log at `rows`; shape (n,)."""
        return self.log.columns[name][self.rows]

    def first_of(self, chosen: npt.NDArray[np.bool_]) -> Ints:
        """Index into `rows` of each account's first row among those chosen, or -1; shape (A,)."""
        first = np.full(len(self.accounts), -1, dtype=np.int64)
        at = np.flatnonzero(chosen)[::-1]
        # The last assignment wins, and the last one here is the earliest row.
        first[self.who[at]] = at
        return first


def digital_contacts(lives: Lives) -> Ints:
    """Indices into `rows` of what a digital worker did for an account."""
    by_machine = lives.column("team") == events.DIGITAL_TEAM
    return np.flatnonzero(by_machine & np.isin(lives.column("kind"), CONTACTS))


def horizon_of(log: EventLog) -> int:
    """Months from month 0 to the end of the log, a started month counting whole."""
    return max(math.ceil(log.certificate.horizon_months - 1e-9), 1)


def roster_place(log: EventLog) -> Ints:
    """Place in the roster of every account number, -1 where there is none; shape (largest account + 1,)."""
    account = log.roster["account"]
    places = np.full(int(account.max(initial=-1)) + 1, -1, dtype=np.int64)
    places[account] = np.arange(len(account))
    return places


def lives_of(log: EventLog) -> Lives:
    """Sort a log into lives.

    Notes
    -----
    An account that was a customer at month 0 starts with its OPENING row; without one it is not counted until it
    signs up or returns.
    """
    horizon = horizon_of(log)
    order = log.by_account
    start = int(np.count_nonzero(log.columns["account"] < 0))
    rows = order[start:]
    rows = rows[rows >= int(np.searchsorted(log.columns["time"], 0.0, side="left"))]
    account, kind, time = (log.columns[name][rows] for name in ("account", "kind", "time"))
    n = len(rows)
    fresh = np.ones(n, dtype=np.bool_)
    fresh[1:] = account[1:] != account[:-1]
    begins = np.flatnonzero(fresh)
    who = np.cumsum(fresh) - 1
    accounts = account[begins].astype(np.int64)
    place = roster_place(log)[accounts] if n else np.zeros(0, dtype=np.int64)

    entering = np.isin(kind, (*events.ENTERING, events.OPENING))
    leaving = np.isin(kind, events.LEAVING)
    index = np.arange(n, dtype=np.int64)
    marker = np.maximum.accumulate(np.where(entering | leaving, index, -1)) if n else index
    there = (marker >= begins[who]) & entering[np.maximum(marker, 0)] if n else np.zeros(0, dtype=np.bool_)

    month = np.minimum(np.floor(time), horizon - 1).astype(np.int64)
    seen_from = np.where(kind == events.OPENING, 0, month + 1)
    last = np.full((len(accounts), horizon + 1), -1, dtype=np.int64)
    last[who, seen_from] = index  # rows come in order, so the latest of a month stays
    np.maximum.accumulate(last, axis=1, out=last)
    segment = log.roster["segment"][place].astype(np.int64)
    return Lives(log, horizon, rows, who, month, there, accounts, segment, place, last)
