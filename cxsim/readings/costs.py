"""What each stage of the journey costs, keeps and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim import events
from cxsim.readings.cash import Reals, cash, team_payroll
from cxsim.readings.monthly import monthly
from cxsim.readings.retention import month_dates
from cxsim.readings.values import Economics, Value, economics_of, values_of
from cxsim.tally import STAYING, WORKING, MonthlyTable

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

JOURNEY: Final = ("acquisition", *STAYING)
PAYROLLS: Final = tuple(f"{team}_payroll" for team in WORKING)
COSTS: Final = (*PAYROLLS, "programme", "acquisition", "expansion", "digital", "hosting")
STAGE_LINES: Final = (*COSTS, "revenue", "mrr_at_risk", "mrr_lost")


def costs(log: EventLog, value: Value | None = None, *, by_month: bool = False) -> pd.DataFrame:
    """Cost, revenue retained and return by stage, over the run or month by month, undiscounted.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.
    by_month : bool
        Whether each month has rows of its own, told apart by columns `month` and `date` (its first day).

    Returns
    -------
    pandas.DataFrame, rows `acquisition`, `onboarding`, `adoption`, `renewal`, `total`
        `stage`; in the world's currency: `onboarding_payroll`, `success_payroll`, `support_payroll`, `programme`,
        `acquisition`, `expansion`, `digital`, `hosting`, their sum `cost`, `revenue` (recurring, and purchases under
        adoption), `mrr_at_risk` (Σ over months of the stage's MRR at the start), `mrr_lost` (MRR of losses in the
        stage), `payroll` (of the three teams), `mrr_retained` (at risk less lost), `margin` (revenue − cost);
        `retained_share` (of a month, share), `return` (margin / cost, ratio; NaN without cost).

    Notes
    -----
    A team's whole payroll, idle time too, goes to the stages in proportion to the time it worked for accounts in
    them over the run (to adoption where it did no work at all); charges that belong to no account go by the stages'
    revenue over the run. Totals equal those of the cash.
    """
    value = value or values_of(log)
    lines = stage_lines(monthly(log, value), value)
    if not by_month:
        return stage_frame(lines.sum(axis=-1))
    months, rows = lines.shape[-1], len(JOURNEY) + 1
    frame = stage_frame(lines)
    frame.insert(0, "month", np.repeat(np.arange(months), rows))
    frame.insert(1, "date", np.repeat(month_dates(log), rows))
    return frame


def stage_lines(table: MonthlyTable, value: Value | Economics) -> Reals:
    """The table's own lines, by stage and month, from which all others follow.

    Parameters
    ----------
    table : MonthlyTable
        From a log (`monthly`) or from an engine's tally.
    value : Value or Economics
        Values of `economics.*`.

    Returns
    -------
    float array, shape (len(STAGE_LINES), len(JOURNEY), T)
        In the world's currency.
    """
    economics = economics_of(value)
    flows = cash(table, economics)

    def by_stage(measure: str) -> Reals:
        return np.array([table.of(f"{measure}_{stage}") for stage in STAYING], dtype=np.float64)

    stock = by_stage("mrr") / 100.0
    recurring = (stock[:, :-1] + stock[:, 1:]) / 2.0
    everything = recurring.sum()
    by_revenue = recurring.sum(axis=1) / everything if everything > 0 else np.array([0.0, 1.0, 0.0])
    revenue = recurring + _adoption(flows.purchases)
    lines = {
        **{f"{team}_payroll": _payroll(table, economics, team, by_stage(f"busy_{team}")) for team in WORKING},
        "programme": by_stage("treated")[:, :-1] / 100.0
        + by_revenue[:, None] * (table.of_company("charges")[:-1] / 100.0),
        "acquisition": np.zeros(recurring.shape),
        "expansion": _adoption(flows.expansion),
        "digital": economics.digital_cost * by_stage("digital")[:, :-1],
        "hosting": economics.hosting_share * revenue,
        "revenue": revenue,
        "mrr_at_risk": stock[:, :-1],
        "mrr_lost": by_stage("lost")[:, :-1] / 100.0,
    }
    found = np.zeros((len(STAGE_LINES), len(JOURNEY), table.horizon))
    found[:, 1:] = [lines[name] for name in STAGE_LINES]
    found[STAGE_LINES.index("acquisition"), 0] = flows.acquisition
    return found


def stage_frame(lines: Reals) -> pd.DataFrame:
    """The table by stage, with its totals; see `costs`.

    Parameters
    ----------
    lines : float array, shape (len(STAGE_LINES), len(JOURNEY)) or (len(STAGE_LINES), len(JOURNEY), T)
        With months, rows are ordered by month and then by stage.
    """
    import pandas as pd

    whole = with_total(lines)
    rows = np.moveaxis(whole, 1, -1).reshape(len(STAGE_LINES), -1)
    names = [*JOURNEY, "total"]
    frame = pd.DataFrame({"stage": names * (rows.shape[1] // len(names)), **dict(zip(STAGE_LINES, rows, strict=True))})
    frame.insert(1 + len(COSTS), "cost", frame[list(COSTS)].sum(axis=1))
    frame["payroll"] = frame[list(PAYROLLS)].sum(axis=1)
    # Someone who arrives and leaves within a month was never at risk at a month's start.
    frame["mrr_retained"] = frame["mrr_at_risk"] - frame["mrr_lost"]
    frame["margin"] = frame["revenue"] - frame["cost"]
    frame["retained_share"] = (frame["mrr_retained"] / frame["mrr_at_risk"]).where(frame["mrr_at_risk"] > 0)
    frame["return"] = (frame["margin"] / frame["cost"]).where(frame["cost"] > 0)
    return frame


def with_total(lines: Reals) -> Reals:
    """The same lines with the sum of the stages behind them: one more along the second axis."""
    return np.concatenate((lines, lines.sum(axis=1, keepdims=True)), axis=1)


def _adoption(flow: Reals) -> Reals:
    """What belongs to adoption alone; shape (3, T)."""
    found = np.zeros((len(STAYING), len(flow)))
    found[events.ADOPTION] = flow
    return found


def _payroll(table: MonthlyTable, economics: Economics, team: str, busy: Reals) -> Reals:
    worked = busy.sum(axis=1)
    share = worked / worked.sum() if worked.sum() > 0 else np.array([0.0, 1.0, 0.0])
    return np.asarray(share[:, None] * team_payroll(table, economics, team))
