"""What the tests of engines ask of a log: rows of accounts, a run of hand-made candidates."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from cxsim import events
from cxsim.eventlog import COLUMNS, EventLog
from cxsim.plan import make_plan
from cxsim.roster import Candidate
from cxsim.scenario import Scenario
from cxsim.streams import Luck

Row = tuple[Any, ...]
TIME, KIND, ACCOUNT, ITEM, VALUE, CAUSE = 0, 1, 2, 3, 5, 6


def rows_of(log: EventLog, accounts: Iterable[int]) -> bytes:
    """The bytes of the rows of some accounts, in order."""
    chosen = np.isin(log.columns["account"], np.fromiter(accounts, dtype=np.int64))
    return b"".join(np.ascontiguousarray(log.columns[name][chosen]).tobytes() for name in COLUMNS)


def accounts_of(log: EventLog, segment: int) -> set[int]:
    """The candidates of a segment."""
    return set(log.roster["account"][log.roster["segment"] == segment].tolist())


def of_kind(log: EventLog, *kinds: int) -> np.ndarray:
    """Which rows are of these kinds."""
    return np.isin(log.columns["kind"], kinds)


def candidate(account: int, sign_up_at: float = 0.0, **other: Any) -> Candidate:
    """A buyer without peculiarities."""
    plain: dict[str, Any] = {
        "segment": 0, "referred": 0, "mrr": 100_000, "term": 12, "touch": events.NAMED_TOUCH, "fit": 1.0,
        "promise": 0.8, "frailty": 1.0, **other,
    }  # fmt: skip
    return Candidate(account=account, sign_up_at=sign_up_at, **plain)


def run(engine: str, world: Scenario, roster: list[Candidate], *, seed: int = 1, replication: int = 0) -> list[Row]:
    """Rows of a run with a roster made by hand; every engine is a module with such a `run`."""
    module = importlib.import_module(f"cxsim.engines.{engine}")
    rows: list[Row] = module.run(make_plan(world), Luck(seed, replication), roster)
    return [tuple(row) for row in rows]
