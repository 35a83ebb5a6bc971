"""Account by account: what each pays as the months go by, and how and when it is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.lives import lives_of

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """The accounts that were customers at some time from month 0 on. A of them, T months.

    Attributes
    ----------
    account : int64 array, shape (A,)
        Account numbers, ascending.
    segment : int64 array, shape (A,)
    mrr : int64 array, shape (A, T + 1)
        What each pays a month just before months 0 … T [cents]; 0 where it is no customer. Summed over accounts it is
        the stock of the monthly table.
    lost_at : float array, shape (A,)
        When it is first lost from month 0 on [months], inf if never.
    cause : int64 array, shape (A,)
        Why: place in `events.CAUSES`, or `NO_CAUSE`.
    """

    account: npt.NDArray[np.int64]
    segment: npt.NDArray[np.int64]
    mrr: npt.NDArray[np.int64]
    lost_at: npt.NDArray[np.float64]
    cause: npt.NDArray[np.int64]


def paths(log: EventLog) -> Paths:
    """Read what each account of a log pays, month by month.

    Parameters
    ----------
    log : EventLog

    Returns
    -------
    Paths
    """
    lives = lives_of(log)
    kind, time, cause, mrr = (lives.column(name) for name in ("kind", "time", "cause", "mrr"))
    came = lives.first_of(np.isin(kind, (*events.ENTERING, events.OPENING))) >= 0
    paid = np.where(lives.last >= 0, mrr[np.maximum(lives.last, 0)], 0) if len(mrr) else lives.last
    lost = lives.first_of(np.isin(kind, events.LEAVING))
    at = np.maximum(lost, 0)
    is_lost = lost >= 0
    lost_at = np.where(is_lost, time[at], np.inf) if len(time) else np.zeros(0)
    why = np.where(is_lost, cause[at], events.NO_CAUSE) if len(cause) else np.zeros(0, dtype=np.int64)
    return Paths(
        lives.accounts[came],
        lives.segment[came],
        paid[came].astype(np.int64),
        lost_at[came],
        why[came].astype(np.int64),
    )
