"""What each stage of the journey costs, keeps and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.cash import cash, mean_of_ends, team_payroll
from cxsim.readings.monthly import monthly
from cxsim.readings.values import Economics, Value, economics_of, values_of
from cxsim.tally import STAYING, WORKING, MonthlyTable

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


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
        stage's MRR at the start), `mrr_lost` (MRR of losses in the stage), `mrr_retained` (at risk less lost);
        `retained_share` (of a month, share), `return` ((revenue − cost) / cost, ratio; NaN without cost).

    Notes
    -----
    A team's whole payroll, idle time too, goes to the stages in proportion to the time it worked for accounts in
    them (to adoption where it did no work at all); charges that belong to no account go by the stages' MRR. Totals
    equal those of the cash.
    """
    import pandas as pd

    value = value or values_of(log)
    table = monthly(log, value)
    economics = economics_of(value)
    flows = cash(table, economics)
    revenue = np.array([mean_of_ends(table.of(f"mrr_{stage}")).sum() / 100.0 for stage in STAYING])
    everything = revenue.sum()
    by_revenue = revenue / everything if everything > 0 else np.array([0.0, 1.0, 0.0])
    payroll = sum((_payroll_by_stage(table, economics, team) for team in WORKING), np.zeros(len(STAYING)))
    treated = np.array([table.of(f"treated_{stage}").sum() / 100.0 for stage in STAYING])
    purchases = np.array([0.0, flows.purchases.sum(), 0.0])
    columns = {
        "payroll": payroll,
        "programme": treated + table.of_company("charges").sum() / 100.0 * by_revenue,
        "acquisition": np.zeros(len(STAYING)),
        "expansion": np.array([0.0, flows.expansion.sum(), 0.0]),
        "digital": economics.digital_cost * np.array([table.of(f"digital_{s}").sum() for s in STAYING]),
        "hosting": economics.hosting_share * (revenue + purchases),
    }
    frame = pd.DataFrame({"stage": list(STAYING), **columns})
    first = pd.DataFrame([{"stage": "acquisition", **dict.fromkeys(columns, 0.0)}])
    first["acquisition"] = flows.acquisition.sum()
    frame = pd.concat([first, frame], ignore_index=True)
    frame["cost"] = frame[list(columns)].sum(axis=1)
    frame["revenue"] = np.concatenate(([0.0], revenue + purchases))
    frame["mrr_at_risk"] = [0.0, *(table.of(f"mrr_{stage}")[:-1].sum() / 100.0 for stage in STAYING)]
    frame["mrr_lost"] = [0.0, *(table.of(f"lost_{stage}").sum() / 100.0 for stage in STAYING)]
    total = pd.DataFrame([{"stage": "total", **frame.drop(columns="stage").sum().to_dict()}])
    frame = pd.concat([frame, total], ignore_index=True)
    # Someone who arrives and leaves within a month was never at risk at a month's start.
    frame["mrr_retained"] = frame["mrr_at_risk"] - frame["mrr_lost"]
    frame["retained_share"] = (frame["mrr_retained"] / frame["mrr_at_risk"]).where(frame["mrr_at_risk"] > 0)
    frame["return"] = ((frame["revenue"] - frame["cost"]) / frame["cost"]).where(frame["cost"] > 0)
    return frame


def _payroll_by_stage(table: MonthlyTable, economics: Economics, team: str) -> np.ndarray:
    worked = np.array([float(table.of(f"busy_{team}_{stage}").sum()) for stage in STAYING])
    share = worked / worked.sum() if worked.sum() > 0 else np.array([0.0, 1.0, 0.0])
    return np.asarray(team_payroll(table, economics, team).sum() * share)
