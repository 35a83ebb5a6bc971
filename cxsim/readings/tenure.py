"""How long those who signed up stay, by tenure, in counts that can be added over runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.eventlog import EventLog
from cxsim.sums import early_stays, stays_by_tenure

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


def first_stays(log: EventLog) -> tuple[Reals, Reals]:
    """When each account signed up, and how long it stayed until its first loss.

    Returns
    -------
    two float arrays, one entry an account that signed up
        Month of sign-up; months stayed, inf where it was not lost within the log.
    """
    time, kind, account = (log.columns[name] for name in ("time", "kind", "account"))
    signed = np.flatnonzero(kind == events.SIGNED_UP)
    gone = np.flatnonzero(np.isin(kind, events.LEAVING))[::-1]
    left_at = np.full(int(account.max(initial=0)) + 1, np.inf)
    left_at[account[gone]] = time[gone]  # rows from the last to the first, so that the first loss stays
    return time[signed], left_at[account[signed]] - time[signed]


def tenure_table(log: EventLog) -> tuple[Ints, Ints]:
    """Numbers at risk and lost by month of tenure, of the accounts that signed up from month 0 on.

    Returns
    -------
    two int64 arrays, shape (T,)
        Only accounts whose whole month k lies before the horizon count in month k, so that lost / at risk is an
        unbiased probability of loss. A loss at a month's very end belongs to it.
    """
    return stays_by_tenure(*first_stays(log), int(log.certificate.horizon_months))


def early_survivors(log: EventLog) -> tuple[int, int, int]:
    """Sign-ups of the history's first two years: how many, and how many never left within 2 and within 6 years.

    Only those who are followed for six years count, whatever the horizon.
    """
    return early_stays(*first_stays(log), log.certificate.history_months, log.certificate.horizon_months)
