"""The event log as tables with words in place of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

_WORDS: Final = {
    "team": events.TEAMS,
    "cause": events.CAUSES,
    "emotion": events.EMOTIONS,
    "stage": events.STAGES,
}


def dates(start_date: str, months: npt.NDArray[np.float64]) -> npt.NDArray[np.datetime64]:
    """Calendar dates of times in months, to the second.

    Parameters
    ----------
    start_date : str
        Date of month 0, as YYYY-MM-DD.
    months : float array, shape (n,)

    Returns
    -------
    datetime64[s] array, shape (n,)

    Notes
    -----
    A whole number of months keeps the day of the month (the last one where a month is too short); between two such
    dates time runs evenly.
    """
    start = np.datetime64(start_date, "D")
    first = start.astype("M8[M]")
    day = (start - first.astype("M8[D]")).astype(np.int64)
    whole = np.floor(months).astype(np.int64)

    def anniversary(month: npt.NDArray[np.int64]) -> Any:
        here = first + month
        length = ((here + 1).astype("M8[D]") - here.astype("M8[D]")).astype(np.int64)
        return (here.astype("M8[D]") + np.minimum(day, length - 1)).astype("M8[s]")

    left, right = anniversary(whole), anniversary(whole + 1)
    part = np.rint((months - whole) * (right - left).astype(np.int64)).astype(np.int64)
    return np.asarray(left + part)


def _category(codes: npt.NDArray[np.integer], words: Sequence[str]) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(list(words)))


def frame(log: EventLog) -> pd.DataFrame:
    """One row an event; see `EventLog.frame`."""
    import pandas as pd

    place = np.full(max(events.KINDS) + 1, -1, dtype=np.int64)
    place[list(events.KINDS)] = np.arange(len(events.KINDS))
    columns: dict[str, Any] = {}
    for name, column in log.columns.items():
        if name == "kind":
            columns[name] = _category(place[column], [kind.name for kind in events.KINDS.values()])
        elif name in _WORDS:
            columns[name] = _category(column, _WORDS[name])
        else:
            columns[name] = column
        if name == "time":
            columns["date"] = dates(log.certificate.start_date, column)
    columns["history"] = log.columns["time"] < 0
    return pd.DataFrame(columns)


def accounts(log: EventLog) -> pd.DataFrame:
    """The roster; see `EventLog.accounts`."""
    import pandas as pd

    columns: dict[str, Any] = dict(log.roster)
    columns["segment"] = _category(log.roster["segment"], log.certificate.segments)
    columns["touch"] = _category(log.roster["touch"], events.TOUCHES)
    columns["referred"] = log.roster["referred"].astype(np.bool_)
    return pd.DataFrame(columns)


def story(log: EventLog, account: int) -> pd.DataFrame:
    """One account's happenings in words; see `EventLog.story`."""
    import pandas as pd

    if account not in log.roster["account"]:
        raise InputError([f"account {account}: not in the roster, which has {len(log.roster['account'])} accounts"])
    rows = np.flatnonzero(log.columns["account"] == account)
    c = {name: column[rows] for name, column in log.columns.items()}
    currency = log.certificate.currency
    return pd.DataFrame({
        "row": rows,
        "time": c["time"],
        "date": dates(log.certificate.start_date, c["time"]),
        "happening": [events.KINDS[int(kind)].name.replace("_", " ") for kind in c["kind"]],
        "details": [
            _details(int(c["kind"][i]), *(float(c[name][i]) for name in ("value", "item", "team", "cause", "emotion")),
                     currency=currency)
            for i in range(len(rows))
        ],
        "health": c["health"],
        "mrr": c["mrr"] / 100,
    })  # fmt: skip


_ITEMS: Final = {"candidate": "ticket", "which": "number", "which point of the cause": "point"}


def _details(kind: int, value: float, item: float, team: float, cause: float, emotion: float, *, currency: str) -> str:
    """What else is known of a happening, in words."""
    from cxsim.streams import number_in_stay  # brings Numba along

    known = events.KINDS[kind]
    words = []
    if "cents" in known.value:
        words.append(f"{value / 100:+,.2f} {currency}" if known.moves_money else f"{value / 100:,.2f} {currency}")
    elif "score" in known.value or "answer" in known.value:
        words.append(f"{value:.1f} of 10")
    elif known.value.startswith("1 if"):
        words.append(known.value[5:] if value else "not " + known.value[5:])
    elif known.value == "hazard of the cause, 1/month":
        words.append(f"hazard {value:.2g} a month")
    elif known.value:
        words.append(f"{value:g} {known.value}")
    if emotion >= 0:
        words.append(events.EMOTIONS[int(emotion)])
    if cause >= 0:
        words.append(f"because of {events.CAUSES[int(cause)]}" if cause != events.INVOLUNTARY else "involuntary")
    if team > 0:
        words.append(f"by {events.TEAMS[int(team)]}")
    if kind == events.WENT_LIVE and 0 <= item < len(events.PUNCTUALITY):
        words.append(events.PUNCTUALITY[int(item)])
    elif known.item and item and kind != events.SIGNED_UP:
        word = known.item.split(",")[0]
        # those that number within a stay carry the stay in their upper bits; its row tells which one it is
        within = word in ("candidate", "month of the stay")
        words.append(f"{_ITEMS.get(word, word)} {number_in_stay(int(item)) if within else item:g}")
    return ", ".join(words)
