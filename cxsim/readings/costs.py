"""What each stage of the journey costs, keeps and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.readings.cash import Reals, cash, mean_of_ends, team_payroll
from cxsim.readings.monthly import monthly
from cxsim.readings.values import Economics, Value, economics_of, values_of
from cxsim.tally import STAYING, WORKING, MonthlyTable

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

JOURNEY: Final = ("acquisition", *STAYING)
COSTS: Final = ("payroll", "programme", "acquisition", "expansion", "digital", "hosting")
STAGE_LINES: Final = (*COSTS, "revenue", "mrr_at_risk", "mrr_lost")


def costs(log: EventLog, value: Value | None = None) -> pd.DataFrame:
    """Cost, revenue retained and return by stage, over the run, undiscounted.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, rows `acquisition`, `onboarding`, `adoption`, `renewal`, `total`
        `stage`; in the world's currency: `payroll`, `programme`, `acquisition`, `expansion`, `digital`, `hosting`,
        their sum `cost`, `revenue` (recurring, and purchases under adoption), `mrr_at_risk` (Σ over months of the
        stage's MRR at the start), `mrr_lost` (MRR of losses in the stage), `mrr_retained` (at risk less lost),
        `margin` (revenue − cost); `retained_share` (of a month, share), `return` (margin / cost, ratio; NaN without
        cost).

    Notes
    -----
    A team's whole payroll, idle time too, goes to the stages in proportion to the time it worked for accounts in
    them (to adoption where it did no work at all); charges that belong to no account go by the stages' MRR. Totals
    equal those of the cash.
    """
    value = value or values_of(log)
    return stage_frame(stage_lines(monthly(log, value), value))


def stage_lines(table: MonthlyTable, value: Value | Economics) -> Reals:
    """The table's own lines, by stage, from which all others follow.

    Parameters
    ----------
    table : MonthlyTable
        From a log (`monthly`) or from an engine's tally.
    value : Value or Economics
        Values of `economics.*`.

    Returns
    -------
    float array, shape (len(STAGE_LINES), len(JOURNEY))
        In the world's currency.
    """
    economics = economics_of(value)
    flows = cash(table, economics)
    recurring = np.array([mean_of_ends(table.of(f"mrr_{stage}")).sum() / 100.0 for stage in STAYING])
    everything = recurring.sum()
    by_revenue = recurring / everything if everything > 0 else np.array([0.0, 1.0, 0.0])
    revenue = recurring + np.array([0.0, flows.purchases.sum(), 0.0])
    treated = np.array([table.of(f"treated_{stage}").sum() / 100.0 for stage in STAYING])
    lines = {
        "payroll": sum((_payroll_by_stage(table, economics, team) for team in WORKING), np.zeros(len(STAYING))),
        "programme": treated + table.of_company("charges").sum() / 100.0 * by_revenue,
        "acquisition": np.zeros(len(STAYING)),
        "expansion": np.array([0.0, flows.expansion.sum(), 0.0]),
        "digital": economics.digital_cost * np.array([table.of(f"digital_{s}").sum() for s in STAYING]),
        "hosting": economics.hosting_share * revenue,
        "revenue": revenue,
        "mrr_at_risk": np.array([table.of(f"mrr_{stage}")[:-1].sum() / 100.0 for stage in STAYING]),
        "mrr_lost": np.array([table.of(f"lost_{stage}").sum() / 100.0 for stage in STAYING]),
    }
    found = np.zeros((len(STAGE_LINES), len(JOURNEY)))
    found[:, 1:] = [lines[name] for name in STAGE_LINES]
    found[STAGE_LINES.index("acquisition"), 0] = flows.acquisition.sum()
    return found


def stage_frame(lines: Reals) -> pd.DataFrame:
    """The table by stage, with its totals; see `costs`.

    Parameters
    ----------
    lines : float array, shape (len(STAGE_LINES), len(JOURNEY))
    """
    import pandas as pd

    frame = pd.DataFrame({"stage": list(JOURNEY), **dict(zip(STAGE_LINES, lines, strict=True))})
    frame.insert(1 + len(COSTS), "cost", frame[list(COSTS)].sum(axis=1))
    total = pd.DataFrame([{"stage": "total", **frame.drop(columns="stage").sum().to_dict()}])
    frame = pd.concat([frame, total], ignore_index=True)
    # Someone who arrives and leaves within a month was never at risk at a month's start.
    frame["mrr_retained"] = frame["mrr_at_risk"] - frame["mrr_lost"]
    frame["margin"] = frame["revenue"] - frame["cost"]
    frame["retained_share"] = (frame["mrr_retained"] / frame["mrr_at_risk"]).where(frame["mrr_at_risk"] > 0)
    frame["return"] = (frame["margin"] / frame["cost"]).where(frame["cost"] > 0)
    return frame


def _payroll_by_stage(table: MonthlyTable, economics: Economics, team: str) -> Reals:
    worked = np.array([float(table.of(f"busy_{team}_{stage}").sum()) for stage in STAYING])
    share = worked / worked.sum() if worked.sum() > 0 else np.array([0.0, 1.0, 0.0])
    return np.asarray(team_payroll(table, economics, team).sum() * share)
