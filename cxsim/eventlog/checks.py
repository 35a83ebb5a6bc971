"""What must be true of every event log, whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError
from cxsim.eventlog.pairs import account_order, latest_start

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

COMPANY_KINDS: Final = (events.MONTH, events.HEADCOUNT, events.OUTAGE, events.CHARGE)
WORK_BEGAN: Final[dict[int, int]] = {
    events.TICKET_SOLVED: events.TICKET_OPENED,
    events.TICKET_FAILED: events.TICKET_OPENED,
    events.TICKET_ABANDONED: events.TICKET_OPENED,
    events.CHECKED_IN: events.CHECK_IN_BEGUN,
    events.REACHED_OUT: events.OUTREACH_BEGUN,
    events.RENEWAL_TALK: events.TALK_BEGUN,
}
_MOST_FAULTS: Final = 20
_SLACK: Final = 1e-9
_SIZE: Final = 1 << 15
_CODES: Final = {
    "team": (0, len(events.TEAMS)),
    "cause": (-1, len(events.CAUSES)),
    "emotion": (-1, len(events.EMOTIONS)),
    "stage": (0, len(events.STAGES)),
}
_RANGES: Final = {
    "sponsor": 10.0,
    "user": 10.0,
    "client_outcome": 10.0,
    "usage": 1.0,
    "health": 20.0,
}


def _lookup(kinds: tuple[int, ...]) -> Flags:
    """A table that answers "is this kind one of them?" by index."""
    table = np.zeros(_SIZE, dtype=np.bool_)
    table[list(kinds)] = True
    return table


def _codes(pairs: Mapping[int, int]) -> npt.NDArray[np.int16]:
    table = np.full(_SIZE, -1, dtype=np.int16)
    for kind, code in pairs.items():
        table[kind] = code
    return table


_KNOWN: Final = _lookup(tuple(events.KINDS))
_COMPANY: Final = _lookup(COMPANY_KINDS)
_MONEY: Final = _lookup(events.MONEY)
_LEAVING: Final = _lookup(events.LEAVING)
_MARKERS: Final = _lookup((*events.LEAVING, *events.ENTERING, events.OPENING))
_WHILE_GONE: Final = _lookup((events.WIN_BACK_TRIED, events.RETURNED, *events.ENDS_OF_WORK))
_WAITS: Final = _codes({code: kind.waits for code, kind in events.KINDS.items() if kind.waits >= 0})
_WORK: Final = _codes(WORK_BEGAN)
_STARTS_WAIT: Final = _lookup(tuple({kind.waits for kind in events.KINDS.values() if kind.waits >= 0}))
_STARTS_WORK: Final = _lookup(tuple(set(WORK_BEGAN.values())))


class _Faults:
    """Collects faults, naming row, account and time of each."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns = columns
        self.lines: list[str] = []

    def add(self, rows: Array, what: str) -> None:
        for row in np.sort(rows)[:_MOST_FAULTS]:
            kind = int(self.columns["kind"][row])
            name = events.KINDS[kind].name if kind in events.KINDS else f"kind {kind}"
            account, time = int(self.columns["account"][row]), float(self.columns["time"][row])
            self.lines.append(f"row {int(row)}, account {account}, time {time:g}, {name}: {what}")
        if len(rows) > _MOST_FAULTS:
            self.lines.append(f"… and {len(rows) - _MOST_FAULTS} more rows: {what}")

    def stop_if_any(self) -> None:
        if self.lines:
            raise InputError(self.lines)


def check(columns: Mapping[str, Array], roster: Mapping[str, Array], segments: int) -> None:
    """Refuse a log that cannot have happened.

    Parameters
    ----------
    columns, roster : mappings of arrays
        As in `EventLog`, with their declared types.
    segments : int
        Number of segments.

    Raises
    ------
    InputError
        With one line for each fault, naming row, account and time.

    Notes
    -----
    An account whose first row is OPENING comes from a log whose history was dropped; what it waited for at
    month 0 may have begun in the part that is gone, so its waits are not traced back.
    """
    _check_roster(roster, segments)
    faults = _Faults(columns)
    _check_codes(columns, roster, faults)
    faults.stop_if_any()
    _check_states(columns, faults)
    _check_lives(columns, faults)
    faults.stop_if_any()


def _check_roster(roster: Mapping[str, Array], segments: int) -> None:
    account = roster["account"]
    lines = []
    if len(account) and (account.min() < 0 or len(np.unique(account)) != len(account)):
        lines.append("roster: accounts must be whole numbers from 0, each once")
    if len(account) and not ((roster["segment"] >= 0) & (roster["segment"] < segments)).all():
        lines.append(f"roster: segment must be a code from 0 to {segments - 1}")
    if len(account) and not ((roster["touch"] >= 0) & (roster["touch"] < len(events.TOUCHES))).all():
        lines.append(f"roster: touch must be a code from 0 to {len(events.TOUCHES) - 1}")
    if lines:
        raise InputError(lines)


def _check_codes(columns: Mapping[str, Array], roster: Mapping[str, Array], faults: _Faults) -> None:
    time, kind, account = columns["time"], columns["kind"], columns["account"]
    faults.add(np.flatnonzero(~np.isfinite(time)), "time must be a finite number of months")
    faults.add(np.flatnonzero(time[1:] < time[:-1]) + 1, "earlier than the row before it")
    faults.add(np.flatnonzero((kind < 0) | ~_KNOWN[np.maximum(kind, 0)]), "no such kind")
    for name, (low, end) in _CODES.items():
        column = columns[name]
        faults.add(np.flatnonzero((column < low) | (column >= end)), f"{name} must be a code from {low} to {end - 1}")
    company = account < 0
    misplaced = (company != _COMPANY[np.maximum(kind, 0)]) | (account < -1)
    faults.add(np.flatnonzero(misplaced), "account -1 is for the company's rows, and only for them")
    size = max(int(account.max(initial=0)), int(roster["account"].max(initial=0))) + 1
    listed = np.zeros(size, dtype=np.bool_)
    listed[roster["account"]] = True
    faults.add(np.flatnonzero(~listed[np.maximum(account, 0)] & ~company), "account is not in the roster")


def _check_states(columns: Mapping[str, Array], faults: _Faults) -> None:
    for name, high in _RANGES.items():
        column = columns[name]
        # Written so that a NaN is refused as well; the slack is for weights such as 1.1 and 0.9 that round up.
        inside = (column >= -_SLACK) & (column <= high + _SLACK)
        faults.add(np.flatnonzero(~inside), f"{name} must lie in [0, {high:g}]")
    faults.add(np.flatnonzero(~np.isfinite(columns["observed"])), "observed must be a finite number")
    faults.add(np.flatnonzero(~np.isfinite(columns["value"])), "value must be a finite number")
    faults.add(np.flatnonzero(columns["mrr"] < 0), "mrr must not be negative")


def _check_lives(columns: Mapping[str, Array], faults: _Faults) -> None:
    order = account_order(columns["account"])
    order = order[int(np.count_nonzero(columns["account"] < 0)) :]
    if not len(order):
        return
    account, kind, mrr, value = (columns[name][order] for name in ("account", "kind", "mrr", "value"))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = account[1:] != account[:-1]
    opened = kind == events.OPENING
    signed = kind == events.SIGNED_UP
    faults.add(order[first & ~opened & ~signed], "before the account signed up")
    faults.add(order[signed & ~first], "signed up a second time")

    before = np.zeros(len(order), dtype=np.int64)
    before[1:] = mrr[:-1]
    before[first] = np.where(opened[first], mrr[first], 0)
    moves = _MONEY[kind]
    wrong = (mrr - before).astype(np.float64) != np.where(moves, value, 0.0)
    faults.add(order[wrong & moves], "mrr after less mrr before is not the value; money must be conserved to the cent")
    faults.add(order[wrong & ~moves], "mrr changed in a row that moves no money")
    faults.add(order[opened & (value != mrr)], "value of an opening must be the mrr, in cents")
    faults.add(order[_LEAVING[kind] & (mrr != 0)], "mrr must be 0 after leaving")

    place = np.arange(len(order), dtype=np.int64)
    marker = np.maximum.accumulate(np.where(_MARKERS[kind], place, 0))
    previous = np.zeros(len(order), dtype=np.int64)
    previous[1:] = marker[:-1]
    gone = _LEAVING[kind[previous]] & ~first
    faults.add(order[gone & ~_WHILE_GONE[kind]], "after the account had left and before it returned")
    faults.add(order[~gone & ~first & (kind == events.RETURNED)], "returned without having left")
    faults.add(order[~gone & ~first & (kind == events.WIN_BACK_TRIED)], "win-back of an account that is there")

    dropped = np.zeros(int(account[-1]) + 1, dtype=np.bool_)
    dropped[account[first & opened]] = True
    _check_starts(columns, order, _WAITS, _STARTS_WAIT, np.ones(len(order), dtype=np.bool_), dropped, faults)
    _check_starts(columns, order, _WORK, _STARTS_WORK, gone, dropped, faults)


def _check_starts(
    columns: Mapping[str, Array],
    order: Array,
    codes: Array,
    starting: Flags,
    asked: Flags,
    dropped: Flags,
    faults: _Faults,
) -> None:
    """Every row that ends something, where `asked`, has an earlier row that began it."""
    kind = columns["kind"][order]
    ends = (codes[kind] >= 0) & asked
    rows = np.sort(order[ends | starting[kind]])
    here = columns["kind"][rows]
    is_start = starting[here]
    found = latest_start(
        columns["account"][rows], np.where(is_start, here, codes[here]), columns["item"][rows], is_start
    )
    missing = rows[~is_start & (found < 0) & ~dropped[columns["account"][rows]]]
    faults.add(missing, "nothing of this account and item began before, that this could end")
