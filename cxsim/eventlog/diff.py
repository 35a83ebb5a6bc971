"""Two logs laid over each other: where they part first, what led up to it, and which luck was in play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events, streams
from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, EventLog
from cxsim.eventlog.draws import Address, addresses, number_at, roster_addresses
from cxsim.eventlog.happenings import in_words, story_before
from cxsim.eventlog.origins import Pair, RosterDifference, certificates, rosters, scenarios
from cxsim.eventlog.partings import Ints, Partings, differing, first_row, partings

if TYPE_CHECKING:
    import pandas as pd

Logs = tuple[EventLog, EventLog]

STORY_ROWS: Final = 12
SOON: Final = 50  # rows of an account within which a row of the other log is looked for


@dataclass(frozen=True, eq=False)
class Difference:
    """What `diff` found.

    Attributes
    ----------
    rows : (int, int)
        Rows of log a and of log b.
    row : int or None
        Index of the first row that differs, in either log; None if there is none.
    how : str
        "equal"; "values" (the same happening, in part with other values); "more in a", "more in b" (that log has
        rows that the other has not; what the other has instead comes soon after them); "other" (another happening);
        "two" (two accounts' stories part at the same row); "order" (the same rows in another order); "a ends",
        "b ends"; "roster" (the rows are equal, the candidates are not).
    time : float or None
        Of that row [months]; the earlier one where the logs differ in it.
    account : int or None
        Whose story parts there, -1 for the company. Where one log has a row more than the other, the next rows are
        other accounts', whose stories go on unchanged: this is the account that has the row.
    parting : tuple of int
        All accounts whose stories part at that row and time: one, two ("two"), or none ("order").
    columns : mapping of str to (value in a, value in b)
        What differs between the rows with which `account` goes on, where one account's story parts; else between
        the two rows numbered `row`. Empty if the story or the log has ended.
    happening_a, happening_b : str
        The two rows numbered `row`, in words; "" if that log has ended.
    story : pandas.DataFrame
        The last 12 rows before it of the accounts concerned, the same in both logs: `account`, then as in
        `EventLog.story`.
    draws : pandas.DataFrame
        The draws that the rows stand on with which `parting` accounts go on: `used_by` ("a", "b", "both" or
        "roster"), `account`, `purpose`, `place` (the index in words), `index` (missing if the log does not tell),
        `drawn_at` (when it is asked for [months]; missing if the log does not tell), `decides`, and the uniform
        number at that address under seed, replication and branch of each log, `u_a` and `u_b`.
    accounts : pandas.DataFrame
        One row for each account whose own story differs (-1 for the company), by time: `account`, `time`, `row_a`
        and `row_b` (missing where its story has ended), `happening_a`, `happening_b`, `columns`. Other accounts'
        rows that stand between an account's own do not count here.
    certificates : mapping of str to (value in a, value in b)
        Fields of the birth certificates that differ.
    scenario : mapping of str to (value in a, value in b)
        Places in the scenarios that differ; prose does not count.
    roster : RosterDifference or None
        How the candidates differ; None if they do not.

    Notes
    -----
    Floats are compared by their bits, as `EventLog.digest` does: 0.0 and -0.0 differ. A NaN equals every other NaN.
    Certificates may differ where logs are equal.
    """

    rows: tuple[int, int]
    row: int | None
    how: str
    time: float | None
    account: int | None
    parting: tuple[int, ...]
    columns: Mapping[str, Pair]
    happening_a: str
    happening_b: str
    story: pd.DataFrame
    draws: pd.DataFrame
    accounts: pd.DataFrame
    certificates: Mapping[str, Pair]
    scenario: Mapping[str, Pair]
    roster: RosterDifference | None

    @property
    def equal(self) -> bool:
        """True if rows and rosters are equal, bit for bit."""
        return self.row is None and self.roster is None

    @property
    def n_accounts(self) -> int:
        """How many accounts' stories differ; the company's is not counted."""
        return int((self.accounts["account"] >= 0).sum())

    def __repr__(self) -> str:
        from cxsim.eventlog.diff_words import told

        return told(self)


def diff(log_a: EventLog, log_b: EventLog, /) -> Difference:
    """Find the first row in which two logs part, the story before it and the draws in play.

    Parameters
    ----------
    log_a, log_b : EventLog
        Of two engines, scenarios, seeds or versions of the package.

    Returns
    -------
    Difference
        Printed, it is a page of plain text.

    Raises
    ------
    InputError
        If one of them is not an event log.

    Notes
    -----
    Floats are compared by their bits; a NaN equals every other NaN. With two scenarios the first row that differs is
    one symptom among many: `Difference.accounts` has the first of every account.
    """
    faults = [
        f"{name}: {type(log).__name__} is not an event log; read a file with EventLog.read"
        for name, log in (("log_a", log_a), ("log_b", log_b))
        if not isinstance(log, EventLog)
    ]
    if faults:
        raise InputError(faults)
    logs = (log_a, log_b)
    row = first_row(log_a.columns, log_b.columns)
    # where there is none: after the last
    at = len(log_a) if row is None else row
    present = [log for log in logs if at < len(log)]
    here = [int(log.columns["account"][at]) for log in present]
    found = partings(log_a.columns, log_b.columns, at)
    time = min((float(log.columns["time"][at]) for log in present), default=None)
    # by time, so that those that part here are among the first; a later row of the same number is no part of it
    head = zip(*(column[:2].tolist() for column in (found.account, found.row_a, found.row_b, found.time)), strict=True)
    first = [one[:3] for one in head if at in one[1:3] and one[3] == time]
    parting = [account for account, _, _ in first]
    row_a, row_b = first[0][1:] if len(first) == 1 else (at, at)
    roster = rosters(log_a.roster, log_b.roster)
    return Difference(
        rows=(len(log_a), len(log_b)),
        row=row,
        how=_how(logs, at, first, roster),
        time=time,
        account=next(iter([*parting, *here]), None),
        parting=tuple(parting),
        columns=_values(logs, row_a, row_b),
        happening_a=in_words(log_a, at) if at < len(log_a) else "",
        happening_b=in_words(log_b, at) if at < len(log_b) else "",
        story=_stories(logs, at, list(dict.fromkeys([*parting, *here]))),
        draws=_draws(logs, _rows_in_play(logs, at, first), roster),
        accounts=_accounts(logs, found),
        certificates=certificates(log_a.certificate, log_b.certificate),
        scenario=scenarios(log_a.certificate, log_b.certificate),
        roster=roster,
    )


def _how(logs: Logs, at: int, first: list[tuple[int, int, int]], roster: RosterDifference | None) -> str:
    """The kind of difference; see `Difference.how`."""
    a, b = logs
    if at >= len(a) and at >= len(b):
        return "equal" if roster is None else "roster"
    if at >= min(len(a), len(b)):
        return "a ends" if at >= len(a) else "b ends"
    if len(first) != 1:
        return "two" if first else "order"
    account, row_a, row_b = first[0]
    if row_a < 0 or row_b < 0:
        return "more in b" if row_a < 0 else "more in a"
    if _is_same_happening(logs, row_a, row_b):
        return "values"
    a_later, b_later = _comes_soon(a, row_a, b, row_b, account), _comes_soon(b, row_b, a, row_a, account)
    if a_later == b_later:
        return "other"
    return "more in b" if a_later else "more in a"


def _is_same_happening(logs: Logs, row_a: int, row_b: int) -> bool:
    a, b = (log.columns for log in logs)
    return all(a[name][row_a] == b[name][row_b] for name in ("kind", "item"))


def _comes_soon(log: EventLog, row: int, other: EventLog, after: int, account: int) -> bool:
    """Does the same happen to the account at the same time in the other log, a few of its rows later?"""
    later = after + 1 + np.flatnonzero(other.columns["account"][after + 1 :] == account)[:SOON]
    same = [other.columns[name][later] == log.columns[name][row] for name in ("time", "kind", "item")]
    return bool(np.logical_and.reduce(same).any())


def _values(logs: Logs, row_a: int, row_b: int) -> dict[str, Pair]:
    """Columns in which two rows differ, with both values; none if a row is beyond the end."""
    a, b = (log.columns for log in logs)
    if not (0 <= row_a < len(logs[0]) and 0 <= row_b < len(logs[1])):
        return {}
    apart = differing(a, np.array([row_a]), b, np.array([row_b]))[0]
    named = [name for name, is_apart in zip(a, apart, strict=True) if is_apart]
    return {name: (a[name][row_a].item(), b[name][row_b].item()) for name in named}


def _stories(logs: Logs, at: int, accounts: list[int]) -> pd.DataFrame:
    """The rows before it of some accounts; see `Difference.story`."""
    import pandas as pd

    a, b = logs
    # an account that one roster lacks has no rows before, in either log
    known = [(a if account < 0 or account in a.roster["account"] else b, account) for account in accounts]
    stories = [story_before(log, account, at, STORY_ROWS) for log, account in known]
    return pd.concat([one for one in stories if len(one)] or [story_before(a, -1, 0, 0)], ignore_index=True)


def _rows_in_play(logs: Logs, at: int, first: list[tuple[int, int, int]]) -> list[list[int]]:
    """For each log the rows whose draws are in play: those at which stories part, and what they answer to."""
    if not first:
        return [[at] if at < len(log) else [] for log in logs]
    rows: list[list[int]] = [[], []]
    for _, row_a, row_b in first:
        alike = min(row_a, row_b) >= 0 and _is_same_happening(logs, row_a, row_b)
        for chosen, row in zip(rows, (row_a, row_b), strict=True):
            if row == at or alike:
                chosen.append(row)
    return rows


def _draws(logs: Logs, rows: list[list[int]], roster: RosterDifference | None) -> pd.DataFrame:
    """The draws in play; see `Difference.draws`."""
    import pandas as pd

    users: dict[tuple[int, int, int], tuple[Address, str, float]] = {}
    for log, name, chosen in zip(logs, ("a", "b"), rows, strict=True):
        for row in chosen:
            for address in addresses(log, row):
                known, user, time = users.get(_key(address), (address, name, float(log.columns["time"][row])))
                users[_key(address)] = known, name if user == name else "both", time
    for address, time in _draws_of_candidate(logs, roster):
        users.setdefault(_key(address), (address, "roster", time))
    found = [address for address, _, _ in users.values()]
    index = np.array([address.index for address in found], dtype=np.int64)
    u_a, u_b = ([number_at(log.certificate, address, t) for address, _, t in users.values()] for log in logs)
    return pd.DataFrame({
        "used_by": [user for _, user, _ in users.values()],
        "account": [address.account for address in found],
        "purpose": [streams.PURPOSES[address.purpose] for address in found],
        "place": [address.place for address in found],
        "index": pd.arrays.IntegerArray(index, index < 0),
        "drawn_at": np.array([address.drawn_at for address in found], dtype=np.float64),
        "decides": [address.decides for address in found],
        "u_a": np.array(u_a, dtype=np.float64),
        "u_b": np.array(u_b, dtype=np.float64),
    })  # fmt: skip


def _key(address: Address) -> tuple[int, int, int]:
    return address.account, address.purpose, address.index


def _draws_of_candidate(logs: Logs, roster: RosterDifference | None) -> list[tuple[Address, float]]:
    """What the first candidate that differs is made of, with its day of sign-up."""
    if roster is None or not roster.columns:
        return []
    one = logs[0].roster
    place = int(np.argmax(one["account"] == roster.account))
    referred, time = bool(one["referred"][place]), float(one["sign_up_at"][place])
    found = [roster_addresses(roster.account, referred, column) for column in roster.columns]
    return [(address, time) for addresses_of in found for address in addresses_of]


def _accounts(logs: Logs, found: Partings) -> pd.DataFrame:
    """Where each account's story parts; see `Difference.accounts`."""
    import pandas as pd

    a, b = logs
    both = (found.row_a >= 0) & (found.row_b >= 0)
    apart = differing(a.columns, found.row_a[both], b.columns, found.row_b[both])
    patterns, which = np.unique(apart @ (1 << np.arange(len(COLUMNS))), return_inverse=True)
    columns = np.full(len(both), "", dtype=object)
    columns[both] = np.array([_named(pattern) for pattern in patterns.tolist()], dtype=object)[which]
    return pd.DataFrame({
        "account": found.account,
        "time": found.time,
        "row_a": pd.arrays.IntegerArray(found.row_a, found.row_a < 0),
        "row_b": pd.arrays.IntegerArray(found.row_b, found.row_b < 0),
        "happening_a": _kinds(a, found.row_a),
        "happening_b": _kinds(b, found.row_b),
        "columns": columns,
    })  # fmt: skip


def _named(pattern: int) -> str:
    """Names of the columns whose bits are set."""
    return ", ".join(name for place, name in enumerate(COLUMNS) if pattern >> place & 1)


def _kinds(log: EventLog, rows: Ints) -> npt.NDArray[np.object_]:
    """What happens in these rows, in words; "" for row -1."""
    words = np.full(max(events.KINDS) + 1, "", dtype=object)
    for code, kind in events.KINDS.items():
        words[code] = kind.name.replace("_", " ")
    found = np.full(len(rows), "", dtype=object)
    found[rows >= 0] = words[log.columns["kind"][rows[rows >= 0]]]
    return found
