"""How long accounts wait, how busy teams are, how long onboarding takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.go_live import incidence_by_day
from cxsim.readings.lives import horizon_of
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import outcomes
from cxsim.readings.spans import SUBJECTS, TEAM_OF, waiting, work
from cxsim.readings.values import Value, values_of
from cxsim.sums import people_months
from cxsim.tally import MICRO

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

WAIT_UNITS: Final = {
    **dict.fromkeys(("asked", "n", "abandoned", "left", "waiting"), "waits"),
    **dict.fromkeys(("mean", "median", "p90"), "months"),
}
HUMAN_TEAMS = (events.ONBOARDING_TEAM, events.SUCCESS_TEAM, events.SUPPORT_TEAM)


def waits(log: EventLog) -> pd.DataFrame:
    """Waits that ended from month 0 on or had not ended at the horizon, by team and by what was asked for.

    Returns
    -------
    pandas.DataFrame, one row a team and subject
        `team` (who served; for those who were not served, who would have), `subject` (onboarding, ticket, check_in,
        outreach, renewal_talk); numbers of waits: `asked` (= n + abandoned + left + waiting), `n` (served),
        `abandoned` (gave up while waiting), `left` (the account left while waiting, or gave notice while waiting for
        a conversation), `waiting` (in the queue at the horizon); of the served, `mean`, `median`, `p90` (months from
        asking to being served; NaN where nobody was).

    Notes
    -----
    A ticket that a digital worker tried first waits from its opening, as its sender does. A wait whose request is not
    in the log, because the history was dropped, is not counted. Where many were not served, the times of the served
    understate how long one waits.
    """
    import pandas as pd

    spans = waiting(log)
    time, kind = log.columns["time"], log.columns["kind"]
    until = np.where(spans.end >= 0, time[spans.end], np.inf)
    kept = np.flatnonzero(until >= 0)
    subject, start, end, until = spans.subject[kept], spans.start[kept], spans.end[kept], until[kept]
    waits_on = end < 0
    gave_up = ~waits_on & np.isin(kind[end], (events.ONBOARDING_ABANDONED, events.TICKET_ABANDONED))
    left = ~waits_on & np.isin(kind[end], (*events.LEAVING, events.CONFIRMED))
    served = ~(waits_on | gave_up | left)
    team = log.columns["team"][end].astype(np.int64)
    team = np.where((team == events.NO_TEAM) | ~served, TEAM_OF[subject], team)
    rows = []
    for code, what in sorted(set(zip(team.tolist(), subject.tolist(), strict=True))):
        chosen = (team == code) & (subject == what)
        got = (until - time[start])[chosen & served]
        rows.append({
            "team": events.TEAMS[code],
            "subject": SUBJECTS[what],
            "asked": int(chosen.sum()),
            "n": len(got),
            "abandoned": int((chosen & gave_up).sum()),
            "left": int((chosen & left).sum()),
            "waiting": int((chosen & waits_on).sum()),
            "mean": float(got.mean()) if len(got) else np.nan,
            "median": float(np.median(got)) if len(got) else np.nan,
            "p90": float(np.quantile(got, 0.9)) if len(got) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["team", "subject", *WAIT_UNITS])


def utilisation(log: EventLog, value: Value | None = None) -> pd.DataFrame:
    """Busy time over capacity, by team and month.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a team and month
        `team`, `month`, `people` (mean at work), `capacity` (people; for onboarding, projects that they can handle at
        once), `busy` (mean number of people, or projects, under way), `utilisation` (busy / capacity; NaN without
        capacity).

    Notes
    -----
    Work counts in the months over which it ran; work still under way at the end of the log counts up to then, work
    for an account that left and returned before it was done up to the return. It may exceed capacity for a while,
    because a cut in headcount takes effect as work ends.
    """
    import pandas as pd

    value = value or values_of(log)
    horizon = horizon_of(log)
    columns = log.columns
    spans = work(log, unfinished=True)
    ending = np.where(spans.end >= 0, columns["time"][np.maximum(spans.end, 0)], horizon)
    start, end = np.clip(columns["time"][spans.start], 0, horizon), np.clip(ending, 0, horizon)
    parts = []
    headcount = columns["kind"] == events.HEADCOUNT
    edges = np.arange(horizon + 1.0)
    for team in HUMAN_TEAMS:
        chosen = TEAM_OF[spans.subject] == team
        lived = _time_below(edges, end[chosen]) - _time_below(edges, start[chosen])
        busy = np.diff(lived)
        at = headcount & (columns["team"] == team)
        people = people_months(columns["time"][at], columns["value"][at], horizon)[:-1] / MICRO
        each = value("onboarding.projects_per_specialist") if team == events.ONBOARDING_TEAM else 1.0
        capacity = people * each
        share = np.full(horizon, np.nan)
        np.divide(busy, capacity, out=share, where=capacity > 0)
        parts.append(
            pd.DataFrame({
                "team": events.TEAMS[team], "month": np.arange(horizon), "people": people, "capacity": capacity,
                "busy": busy, "utilisation": share,
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _time_below(edges: npt.NDArray[np.float64], times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Σ min(time, edge) at each edge."""
    ordered = np.sort(times)
    below = np.searchsorted(ordered, edges)
    total = np.concatenate(([0.0], np.cumsum(ordered)))
    return np.asarray(total[below] + (len(ordered) - below) * edges)


def onboarding(log: EventLog, value: Value | None = None) -> pd.DataFrame:
    """How onboarding went, in one row a measure.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame
        `measure`, `value`, `unit`, `reason` (where there is no value): `time_to_value` (median from sign-up, days),
        `live_share` and `gave_up_share` (of sign-ups, by the end, Aalen-Johansen), `mean_days` (from request to
        go-live), and the shares of go-lives `on_time`, `late`, `over_budget`.
    """
    import pandas as pd

    value = value or values_of(log)
    table = monthly(log, value)
    read = outcomes(table, value)
    live, gone = incidence_by_day(table)
    someone = bool(table.of("new").sum())
    rows: list[tuple[str, float | None, str, str]] = [
        ("time_to_value", read["time_to_value"].value, "days", read["time_to_value"].reason),
        ("live_share", float(live[-1]) if someone else None, "share", "" if someone else "nobody signed up"),
        ("gave_up_share", float(gone[-1]) if someone else None, "share", "" if someone else "nobody signed up"),
        ("mean_days", read["onboarding_days_mean"].value, "days", read["onboarding_days_mean"].reason),
    ]
    went = (log.columns["kind"] == events.WENT_LIVE) & (log.columns["time"] >= 0)
    punctuality = log.columns["item"][went]
    for code, name in enumerate(events.PUNCTUALITY):
        share = float((punctuality == code).mean()) if len(punctuality) else None
        rows.append((name.replace(" ", "_"), share, "share", "" if len(punctuality) else "no account went live"))
    return pd.DataFrame(rows, columns=["measure", "value", "unit", "reason"]).astype({"value": "float64"})
