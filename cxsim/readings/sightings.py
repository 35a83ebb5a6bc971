"""What the company has seen of its accounts: which moments reached its records, and the picture that they make.

The log tells every moment. Whether one reached the company's records was drawn at an address that seed, account and
row tell, so it can be drawn again. A log that no engine of the package made holds a company's own records: all that
stands in it was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events, streams
from cxsim.parameters.health import SEEN_DELAY, SEEN_PRIOR, SEEN_SPEED
from cxsim.readings.lives import horizon_of, roster_place
from cxsim.readings.moments import owners
from cxsim.readings.values import scenario_of
from cxsim.rules import health

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog
    from cxsim.plan import Plan

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ENGINES: Final = ("reference", "compiled")
_BEGINS: Final = (*events.ENTERING, events.OPENING)

# laws are plain arithmetic: what they do with two numbers they do with two columns
_seen_after: Any = health.seen_after
_reported: Any = health.seen_usage_after_month


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """The rows of accounts, one account after the other, as the company sees them.

    Attributes
    ----------
    rows : int64 array, shape (n,)
        Row numbers in the log.
    columns : mapping of str to array, shape (n,)
        Those of the log at `rows`: time, kind, account, item, team, value, usage.
    first : int64 array, shape (n,)
        Index of the account's first row.
    sighted : bool array, shape (n,)
        Moments that reached the company's records.
    experience : float array, shape (n,)
        Observed experience after the row [0-10].
    usage : float array, shape (n,)
        Share of full usage as reports show it after the row.
    """

    rows: Ints
    columns: Mapping[str, Array]
    first: Ints
    sighted: Flags
    experience: Reals
    usage: Reals


def sightings(log: EventLog, *, everything: bool = False) -> Sightings:
    """Tell what the company saw.

    Parameters
    ----------
    log : EventLog
    everything : bool
        As if every moment had reached the company's records.

    Raises
    ------
    InputError
        If the scenario in the log's birth certificate is not sound.
    """
    from cxsim.plan import make_plan

    company = int(np.count_nonzero(log.columns["account"] < 0))
    rows = log.by_account[company:]
    c = {name: log.columns[name][rows] for name in ("time", "kind", "account", "item", "team", "value", "usage")}
    n = len(rows)
    fresh = np.ones(n, dtype=np.bool_)
    fresh[1:] = c["account"][1:] != c["account"][:-1]
    first = np.maximum.accumulate(np.where(fresh, np.arange(n), 0)) if n else np.zeros(0, dtype=np.int64)
    plan = make_plan(scenario_of(log), horizon_of(log))
    place = roster_place(log)[c["account"]] if n else np.zeros(0, dtype=np.int64)
    segment = log.roster["segment"][place].astype(np.int64)
    month = np.clip(np.floor(c["time"]).astype(np.int64), -plan.history, plan.horizon - 1) + plan.history
    owner = owners(c["kind"], c["team"])
    sighted = owner >= 0
    if not everything and log.certificate.engine in ENGINES:
        sighted &= _drawn(log, plan, c, first, sighted, month, segment, owner)

    def parameter(which: int, at: Ints) -> Reals:
        return np.asarray(plan.parameters[month[at], segment[at], which])

    begins = np.flatnonzero(fresh)
    who = np.cumsum(fresh) - 1
    looked = np.flatnonzero(sighted | (c["kind"] == events.SURVEY_ANSWERED))
    experience = _carried(
        n, begins, who, looked, parameter(SEEN_PRIOR, begins),
        lambda seen, at: _seen_after({SEEN_SPEED: parameter(SEEN_SPEED, at)}, seen, c["value"][at]),
    )  # fmt: skip
    reviews = np.flatnonzero(c["kind"] == events.REVIEW)
    usage = _carried(
        n, begins, who, reviews, c["usage"][begins],
        lambda seen, at: _reported({SEEN_DELAY: parameter(SEEN_DELAY, at)}, seen, c["usage"][at]),
    )  # fmt: skip
    return Sightings(rows, c, first, sighted, experience, usage)


def _drawn(
    log: EventLog, plan: Plan, c: dict[str, Array], first: Ints, moment: Flags, month: Ints, segment: Ints, owner: Array
) -> Flags:
    """The draw of each moment against the share of its owner's moments that are seen."""
    certificate = log.certificate
    at = np.flatnonzero(moment)
    returns = np.cumsum(c["kind"] == events.RETURNED)
    opened = np.where(c["kind"][first] == events.OPENING, c["item"][first], 0)
    stay = (returns - returns[first] + opened)[at]
    kind, item = c["kind"][at].astype(np.int64), c["item"][at].astype(np.int64)
    number = np.where(kind == events.WENT_LIVE, 0, item)
    # the item of work that has ended carries the stay in its upper bits
    own = np.isin(kind, events.ENDS_OF_WORK)
    index = np.where(own, kind << 25 | number, streams.index_of_moment(kind, stay, number))  # type: ignore[arg-type]
    account = c["account"][at].astype(np.int64)
    later = (certificate.branch != 0) & (c["time"][at] >= certificate.branch_from)
    branch = np.where(later, certificate.branch, 0)
    u = _uniforms()(certificate.seed, certificate.replication, branch, account, streams.SEEN, index)
    visible = np.array([
        [[health.visibility(row, who) for who in range(len(events.OWNERS))] for row in rows] for rows in plan.rows
    ])  # fmt: skip
    found = np.zeros(len(moment), dtype=np.bool_)
    found[at] = u < visible[month[at], segment[at], owner[at]]
    return found


@cache
def _uniforms() -> Any:
    """The draws at many addresses."""
    import numba

    signature = ["float64(int64, int64, int64, int64, int64, int64)"]
    return numba.vectorize(signature)(streams._uniform.py_func)  # type: ignore[no-untyped-call]


def _carried(n: int, begins: Ints, who: Ints, at: Ints, start: Reals, step: Callable[[Reals, Ints], Reals]) -> Reals:
    """A number that each account carries from row to row and that moves at some of them; shape (n,).

    The k-th moves of all accounts are made together.
    """
    state = start.astype(np.float64)
    held = np.full(n, np.nan)
    held[begins] = state
    mine = who[at]
    fresh = np.ones(len(at), dtype=np.bool_)
    fresh[1:] = mine[1:] != mine[:-1]
    turn = np.arange(len(at)) - np.maximum.accumulate(np.where(fresh, np.arange(len(at)), 0)) if len(at) else at
    order = np.argsort(turn, kind="stable")
    ends = np.cumsum(np.bincount(turn)) if len(at) else np.zeros(0, dtype=np.int64)
    for low, high in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        some = at[order[low:high]]
        state[who[some]] = step(state[who[some]], some)
        held[some] = state[who[some]]
    known = np.maximum.accumulate(np.where(np.isnan(held), 0, np.arange(n))) if n else at
    return np.asarray(held[known])
