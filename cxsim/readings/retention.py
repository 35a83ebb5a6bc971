"""Who stays: accounts by month, yearly retention, cohorts by age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.eventlog.frames import dates
from cxsim.readings.lives import horizon_of, lives_of
from cxsim.readings.monthly import monthly
from cxsim.readings.values import Value
from cxsim.tally import FIRST_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def month_dates(log: EventLog) -> npt.NDArray[np.datetime64]:
    """Date on which each month 0 … T − 1 starts; shape (T,)."""
    return dates(log.certificate.start_date, np.arange(horizon_of(log), dtype=np.float64))


def ratio(part: Ints, whole: Ints) -> Reals:
    """Quotients, NaN where there is nothing to divide by."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def retention(log: EventLog, segment: str | None = None, value: Value | None = None) -> pd.DataFrame:
    """Accounts gained and lost by month, and retention over the twelve months that end with it.

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
        `month`, `date` (its first day); accounts: `start` (active), `new`, `churned`, `churned_<cause>`, `returned`,
        `end`; `logo_churn` (churned / start, 1/month); over the twelve months to the end of the month, NaN before
        the twelfth: `grr`, `nrr`, `logo_churn_annual`, `revenue_churn_annual`, `renewal_rate` (shares).

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    With MRR₋₁₂ of the accounts active twelve months before the month's end: grr = Σ min(MRR, MRR₋₁₂) / Σ MRR₋₁₂
    (gone = 0, returned capped); nrr the same uncapped; logo_churn_annual = accounts not active now / accounts active
    then; revenue_churn_annual = their MRR₋₁₂ / Σ MRR₋₁₂; renewal_rate = MRR renewed, no more than before / MRR
    reaching the end of a term of more than one month. start + new + returned − churned = end.
    """
    import pandas as pd

    table = monthly(log, value)

    def flow(measure: str) -> Ints:
        return table.of(measure, segment)[:-1]

    active, mrr = table.of("active", segment), table.of("mrr", segment)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "month": np.arange(table.horizon),
        "date": month_dates(log),
        "start": active[:-1],
        "new": flow("new"),
        "churned": flow("churned"),
        **{f"churned_{cause}": flow(f"churned_{cause}") for cause in events.CAUSES},
        "returned": flow("returned"),
        "end": active[1:],
        "logo_churn": ratio(flow("churned"), active[:-1]),
    }
    for name, part, whole in (
        ("grr", "kept_12", mrr),
        ("nrr", "now_12", mrr),
        ("logo_churn_annual", "gone_12", active),
        ("revenue_churn_annual", "gone_mrr_12", mrr),
    ):
        columns[name] = _late(ratio(table.of(part, segment)[FIRST_YEAR:], whole[:-FIRST_YEAR]), table.horizon)
    kept, due = _last_twelve(flow("renewal_kept")), _last_twelve(flow("renewal_due"))
    columns["renewal_rate"] = _late(ratio(kept, due), table.horizon)
    return pd.DataFrame(columns)


def _last_twelve(flow: Ints) -> Ints:
    """Sums over twelve months, from the twelfth month on."""
    total = np.concatenate(([0], np.cumsum(flow)))
    return total[FIRST_YEAR:] - total[:-FIRST_YEAR]


def _late(values: Reals, horizon: int) -> Reals:
    """Yearly values at the months at whose end they are known; NaN before the twelfth."""
    out = np.full(horizon, np.nan)
    if len(values):
        out[FIRST_YEAR - 1 :] = values
    return out


def cohorts(log: EventLog, segment: str | None = None) -> pd.DataFrame:
    """Cohort by age: what is left of the sign-ups of each month.

    Parameters
    ----------
    log : EventLog
    segment : str, optional
        One segment instead of all.

    Returns
    -------
    pandas.DataFrame, one row a cohort and age
        `cohort` (month of sign-up, from 0), `date` (its first day), `age` (months from the start of the cohort's month
        to the count; 1 is the end of the month of sign-up), `joined` (accounts), `active`, `active_share`,
        `starting_mrr` and `mrr` (currency), `mrr_share`.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    Who came back counts as active. For the triangle: `.pivot(index="cohort", columns="age", values="active_share")`.
    """
    import pandas as pd

    from cxsim.errors import InputError

    lives = lives_of(log)
    if segment is not None and segment not in log.certificate.segments:
        raise InputError([f"segment {segment!r}: no such segment; there are {', '.join(log.certificate.segments)}"])
    signed = lives.first_of(lives.column("kind") == events.SIGNED_UP)
    chosen = signed >= 0
    if segment is not None:
        chosen &= lives.segment == log.certificate.segments.index(segment)
    who = np.flatnonzero(chosen)
    month = lives.month[signed[who]]
    at = lives.last[who]
    there = (at >= 0) & lives.there[np.maximum(at, 0)] if len(who) else np.zeros(at.shape, dtype=np.bool_)
    mrr = np.where(there, lives.column("mrr")[np.maximum(at, 0)], 0) if len(who) else np.zeros(at.shape)
    start_mrr = lives.column("value")[signed[who]]
    parts = []
    first_days = month_dates(log)
    for cohort in np.unique(month):
        members = month == cohort
        joined, starting = int(members.sum()), float(start_mrr[members].sum())
        active, left = there[members, cohort + 1 :].sum(axis=0), mrr[members, cohort + 1 :].sum(axis=0)
        parts.append(
            pd.DataFrame({
                "cohort": cohort, "date": first_days[cohort], "age": np.arange(1, len(active) + 1), "joined": joined,
                "active": active, "active_share": active / joined, "starting_mrr": starting / 100.0,
                "mrr": left / 100.0, "mrr_share": left / starting if starting else np.nan,
            })
        )  # fmt: skip
    names = ["cohort", "date", "age", "joined", "active", "active_share", "starting_mrr", "mrr", "mrr_share"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
    # who takes some of the columns elsewhere takes along how ages are counted
    table.attrs["ages"] = "from the month of sign-up"
    return table
