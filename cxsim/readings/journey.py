"""The whole journey in one tidy table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.flows import KINDS_OF_FLOW, flows, observed_gap
from cxsim.readings.moments import experience_by_owner, moments
from cxsim.readings.values import Value, values_of
from cxsim.readings.waits import WAIT_UNITS, onboarding, utilisation, waits

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


def journey(log: EventLog, value: Value | None = None) -> pd.DataFrame:
    """What accounts live through, from month 0 on, as one long table.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame
        `subject`, `group`, `measure`, `value`, `unit`. Subjects: `wait` (groups "team · what"), `utilisation` (team,
        over the run), `onboarding`, `moment` ("stage · owner"), `experience` (owner: share of what moves it), `band`,
        `observed band` and `quadrant` ("origin → destination", accounts a month), `observed health` (segment).

    See Also
    --------
    waits, utilisation, onboarding, moments, experience_by_owner, flows, observed_gap : each in its own wide table.
    """
    import pandas as pd

    value = value or values_of(log)
    rows: list[tuple[str, str, str, float, str]] = []
    for row in waits(log).to_dict("records"):
        group = f"{row['team']} · {row['subject']}"
        rows += [("wait", group, name, float(row[name]), unit) for name, unit in WAIT_UNITS.items()]
    for team, part in utilisation(log, value).groupby("team", sort=False):
        capacity = float(part["capacity"].sum())
        share = float(part["busy"].sum()) / capacity if capacity > 0 else np.nan
        rows.append(("utilisation", str(team), "utilisation", share, "share"))
    for row in onboarding(log, value).to_dict("records"):
        rows.append(("onboarding", "all", str(row["measure"]), float(row["value"]), str(row["unit"])))
    for row in moments(log).to_dict("records"):
        group = f"{row.pop('stage')} · {row.pop('owner')}"
        own = {"n": "moments", "mean_score": "0-10"}
        rows += [("moment", group, str(name), float(x), own.get(str(name), "share")) for name, x in row.items()]
    for row in experience_by_owner(log, value).to_dict("records"):
        rows.append(("experience", str(row["owner"]), "share", float(row["share"]), "share"))
    months = max(float(log.certificate.horizon_months), 1.0)
    for of in KINDS_OF_FLOW:
        total = flows(log, of, value).groupby(["origin", "destination"], observed=True)[["n"]].sum().reset_index()
        for row in total.to_dict("records"):
            group = f"{row['origin']} → {row['destination']}"
            rows.append((of, group, "accounts", float(row["n"]) / months, "accounts/month"))
    for row in observed_gap(log).to_dict("records"):
        for name, unit in (("mean_absolute", "0-20"), ("bias", "0-20"), ("correlation", "correlation")):
            rows.append(("observed health", str(row["segment"]), name, float(row[name]), unit))
    return pd.DataFrame(rows, columns=["subject", "group", "measure", "value", "unit"])
