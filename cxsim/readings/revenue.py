"""What is paid: recurring revenue and its five movements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.monthly import monthly
from cxsim.readings.retention import month_dates
from cxsim.readings.values import Value

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

MOVEMENTS = ("new", "expansion", "contraction", "churned", "reactivated")


def revenue(log: EventLog, segment: str | None = None, value: Value | None = None) -> pd.DataFrame:
    """Recurring revenue by month and its movements, in cents, so that sums are exact.

    Parameters
    ----------
    log : EventLog
    segment : str, optional
        One segment instead of all.
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a month from 0
        `month`, `date` (its first day); integer cents a month: `mrr_start`, `new`, `expansion`, `contraction` (≤ 0),
        `churned` (≤ 0), `reactivated`, `mrr_end`; `purchases` (one-off, cents); `arr` (12 · MRR at the end,
        currency a year).

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    new + expansion + contraction + churned + reactivated = mrr_end − mrr_start, exactly. A renewal at another price or
    size is an expansion or a contraction by its sum.
    """
    import pandas as pd

    table = monthly(log, value)
    mrr = table.of("mrr", segment)
    return pd.DataFrame({
        "month": np.arange(table.horizon),
        "date": month_dates(log),
        "mrr_start": mrr[:-1],
        **{name: table.of(f"{name}_mrr", segment)[:-1] for name in MOVEMENTS},
        "mrr_end": mrr[1:],
        "purchases": table.of("purchases", segment)[:-1],
        "arr": 12 * mrr[1:] / 100.0,
    })  # fmt: skip
