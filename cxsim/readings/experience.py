"""Successful experiences: the index SX beside the health score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.lives import lives_of
from cxsim.readings.moments import owners

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

WINDOW = 3
MIDDLE = 5.0
SUCCESSFUL_FROM = 7.0


def successful_experience(log: EventLog) -> pd.DataFrame:
    """Sum of experiences, change in support results and successful experiences, by account and month.

    Returns
    -------
    pandas.DataFrame, one row an account and month-end from the third at which it is a customer
        `account`, `month` (whose end it is, from 2), `moments` (number in the three months), `sum_cx`, `tickets` and
        `tickets_before` (answered or given up, in the three months and in the three before), `delta_cs`, `sx`.

    Notes
    -----
    Over the three months to the end of the month: sum_cx = Σ (s − 5)/5 over moments with score s; delta_cs = the share
    of tickets answered within expectation less that share in the three months before (a ticket given up is not
    answered; 0 where one of the two has no ticket, for nothing is known to have changed); sx = moments with s ≥ 7.
    Whether sx is proportional to sum_cx + delta_cs can be tested on these columns.
    """
    import pandas as pd

    lives = lives_of(log)
    kind, value = lives.column("kind"), lives.column("value")
    shape = (len(lives.accounts), lives.horizon)
    names = ("account", "month", "moments", "sum_cx", "tickets", "tickets_before", "delta_cs", "sx")
    if not shape[0]:
        return pd.DataFrame(columns=list(names))
    cell = lives.who * lives.horizon + lives.month

    def panel(chosen: npt.NDArray[np.bool_], weight: npt.NDArray[Any] | None = None) -> npt.NDArray[np.float64]:
        """Sums over the three months that end with each month; shape (A, T)."""
        at = np.flatnonzero(chosen)
        total = np.bincount(cell[at], weights=None if weight is None else weight[at], minlength=shape[0] * shape[1])
        summed = np.cumsum(np.pad(total.reshape(shape).astype(np.float64), ((0, 0), (WINDOW, 0))), axis=1)
        return summed[:, WINDOW:] - summed[:, :-WINDOW]

    is_moment = owners(kind, lives.column("team")) >= 0
    answered = kind == events.TICKET_ANSWERED
    ended = answered | (kind == events.TICKET_ABANDONED)
    tickets, in_time = panel(ended), panel(answered & (value > 0))
    before, in_time_before = (np.pad(x, ((0, 0), (WINDOW, 0)))[:, :-WINDOW] for x in (tickets, in_time))
    both = (tickets > 0) & (before > 0)
    change = np.where(both, in_time / np.maximum(tickets, 1) - in_time_before / np.maximum(before, 1), 0.0)
    at_end = lives.last[:, 1:]
    there = (at_end >= 0) & lives.there[np.maximum(at_end, 0)]
    there[:, : WINDOW - 1] = False
    who, month = np.nonzero(there)
    columns = (
        lives.accounts[who],
        month,
        panel(is_moment)[who, month].astype(np.int64),
        panel(is_moment, (value - MIDDLE) / MIDDLE)[who, month],
        tickets[who, month].astype(np.int64),
        before[who, month].astype(np.int64),
        change[who, month],
        panel(is_moment & (value >= SUCCESSFUL_FROM))[who, month].astype(np.int64),
    )
    return pd.DataFrame(dict(zip(names, columns, strict=True)))
