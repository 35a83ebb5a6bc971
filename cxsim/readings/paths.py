"""Account by account: what each pays as the months go by, what it buys besides, how and when it is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.company import fill_people
from cxsim.readings.lives import digital_contacts, lives_of
from cxsim.tally import WORKING, empty_table

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
    purchases : int64 array, shape (A,)
        What it bought once, besides what it pays every month [cents].
    contacts : int64 array, shape (A,)
        How often a digital worker did something for it.
    staff : int64 array, shape (3,)
        People at work in each team of `tally.WORKING` over the run [millionths of a person-month]; no account's.
    """

    account: npt.NDArray[np.int64]
    segment: npt.NDArray[np.int64]
    mrr: npt.NDArray[np.int64]
    lost_at: npt.NDArray[np.float64]
    cause: npt.NDArray[np.int64]
    purchases: npt.NDArray[np.int64]
    contacts: npt.NDArray[np.int64]
    staff: npt.NDArray[np.int64]

    @property
    def revenue(self) -> npt.NDArray[np.int64]:
        """Recurring revenue of the run [half cents], shape (A,); each month's is the mean of MRR at its two ends."""
        return halves(self.mrr)


def halves(stock: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Twice the sum over months of a stock's mean at the start and at the end of each; (A,) from (A, T + 1)."""
    return np.asarray(2 * stock.sum(axis=1) - stock[:, 0] - stock[:, -1])


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
    bought, helped = np.flatnonzero(kind == events.PURCHASED), digital_contacts(lives)
    paid_once = np.rint(lives.column("value")[bought]).astype(np.int64)
    purchases, contacts = (np.zeros(len(lives.accounts), dtype=np.int64) for _ in range(2))
    np.add.at(purchases, lives.who[bought], paid_once)
    np.add.at(contacts, lives.who[helped], 1)
    return Paths(
        lives.accounts[came],
        lives.segment[came],
        paid[came].astype(np.int64),
        lost_at[came],
        why[came].astype(np.int64),
        purchases[came],
        contacts[came],
        _staff(log, lives.horizon),
    )


def _staff(log: EventLog, horizon: int) -> npt.NDArray[np.int64]:
    table = empty_table(log.certificate.segments, horizon)
    fill_people(table, log)
    return np.array([table.of_company(f"people_{team}")[:-1].sum() for team in WORKING], dtype=np.int64)
