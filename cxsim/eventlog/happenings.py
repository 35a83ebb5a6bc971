"""A row of the log, with what the account's rows before it tell: its stay, the point that led here, the programme."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import events
from cxsim.eventlog.frames import dates

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


@dataclass(frozen=True, slots=True)
class Happening:
    """A row, and what is known of its account at that moment.

    Attributes
    ----------
    kind, account, item, team : int
        As in the log.
    cause : int
        As in the log; involuntary for a failed payment.
    stay : int
        Which stay of the account it is, 0 the first.
    point : int
        Which point of the cause, or -1 if the log does not tell.
    intervention : str
        Name of the intervention that treats, or "".
    """

    kind: int
    account: int
    item: int
    team: int
    cause: int
    stay: int
    point: int
    intervention: str


def happening(log: EventLog, row: int) -> Happening:
    """A row, with the stay and the point of the cause that follow from the account's rows before it.

    Notes
    -----
    A stay is counted by the account's RETURNED rows; a log without its history begins with an OPENING, which says
    which stay it is.
    """
    c = log.columns
    kind, account, item, team, cause = (int(c[name][row]) for name in ("kind", "account", "item", "team", "cause"))
    began = last_before(log, row, (events.OPENING, events.RETURNED))
    point = item
    if kind == events.PAYMENT_FAILED:
        cause = events.INVOLUNTARY
    elif kind in events.LEAVING:
        led = last_before(log, row, (events.PAYMENT_FAILED if cause == events.INVOLUNTARY else events.INTENT,))
        point = -1 if led is None else int(c["item"][led])
    return Happening(
        kind=kind,
        account=account,
        item=item,
        team=team,
        cause=cause,
        stay=0 if began is None else int(c["item"][began]),
        point=point,
        intervention=intervention(log, item) if kind == events.TREATED else "",
    )


def last_before(log: EventLog, row: int, kinds: Sequence[int], item: int | None = None) -> int | None:
    """The account's last row of one of these kinds before a row, and of this item if one is given."""
    c = log.columns
    chosen = (c["account"][:row] == c["account"][row]) & np.isin(c["kind"][:row], kinds)
    if item is not None:
        chosen &= c["item"][:row] == item
    found = np.flatnonzero(chosen)
    return int(found[-1]) if len(found) else None


def intervention(log: EventLog, number: int) -> str:
    """Name of the intervention of this number in the log's scenario, or "" if the certificate does not tell."""
    try:
        scenario = tomllib.loads(log.certificate.scenario_toml)
        return str([*scenario.get("interventions", ()), *scenario.get("shocks", ())][number]["name"])
    except (tomllib.TOMLDecodeError, IndexError, KeyError, TypeError):
        return ""


def in_words(log: EventLog, row: int) -> str:
    """A row as one line: when, whose, what."""
    c = log.columns
    account = int(c["account"][row])
    story = _story(log, account)
    told = story[story["row"] == row].iloc[0]
    number = int(c["item"][row])
    programme = intervention(log, number) if c["kind"][row] in (events.TREATED, events.CHARGE) else ""
    who = "the company" if account < 0 else f"account {account}"
    words = [f"month {float(c['time'][row]):.6g}: {who}", told["happening"], told["details"], programme]
    return ", ".join(word for word in words if word)


def story_before(log: EventLog, account: int, row: int, n: int) -> pd.DataFrame:
    """The last n rows of an account (-1: the company) before a row; columns `account` and those of `EventLog.story`."""
    story = _story(log, account)
    story = story[story["row"] < row]
    story = story.iloc[max(len(story) - n, 0) :].reset_index(drop=True)
    story.insert(0, "account", account)
    return story


def _story(log: EventLog, account: int) -> pd.DataFrame:
    """As `EventLog.story`, the company's too."""
    import pandas as pd

    if account >= 0:
        return log.story(account)
    rows = np.flatnonzero(log.columns["account"] < 0)
    c = {name: column[rows] for name, column in log.columns.items()}
    told: list[Any] = [_company_details(log, int(row)) for row in rows]
    return pd.DataFrame({
        "row": rows,
        "time": c["time"],
        "date": dates(log.certificate.start_date, c["time"]),
        "happening": [events.KINDS[int(kind)].name.replace("_", " ") for kind in c["kind"]],
        "details": told,
        "health": np.full(len(rows), np.nan),
        "mrr": np.full(len(rows), np.nan),
    })  # fmt: skip


def _company_details(log: EventLog, row: int) -> str:
    kind, value, item = (log.columns[name][row] for name in ("kind", "value", "item"))
    if kind == events.HEADCOUNT:
        return f"{value:g} people at work in {events.TEAMS[int(log.columns['team'][row])]}"
    return f"{value / 100:,.2f} {log.certificate.currency}" if kind == events.CHARGE else f"number {item}"
