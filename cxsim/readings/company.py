"""The company's own rows of the monthly table: people at work, and what interventions charge whomever they treat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.values import interventions_of
from cxsim.tally import WORKING, MonthlyTable, company_place, millionths

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog

Ints = npt.NDArray[np.int64]

TEAM_NAMES: Final = dict(zip((events.ONBOARDING_TEAM, events.SUCCESS_TEAM, events.SUPPORT_TEAM), WORKING, strict=True))


def fill_people(table: MonthlyTable, log: EventLog) -> None:
    """People at work in each team."""
    columns = log.columns
    headcount = columns["kind"] == events.HEADCOUNT
    for code, name in TEAM_NAMES.items():
        rows = np.flatnonzero(headcount & (columns["team"] == code))
        people = people_months(columns["time"][rows], columns["value"][rows], table.horizon)
        table.company[:, company_place(f"people_{name}")] = people


def fill_charges(table: MonthlyTable, log: EventLog) -> None:
    """What interventions cost whomever they treat; the log tells how much, the scenario what it is for."""
    columns = log.columns
    rows = np.flatnonzero((columns["kind"] == events.CHARGE) & (columns["time"] >= 0))
    if not len(rows):
        return
    from cxsim.interventions import SIGN_UP
    from cxsim.rules.law import cents

    time, number = columns["time"][rows], columns["item"][rows]
    amount = np.rint(columns["value"][rows]).astype(np.int64)
    once, joining = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
    for place_, intervention in enumerate(interventions_of(log)):
        own = number == place_
        joining |= own & (intervention.trigger == SIGN_UP)
        if intervention.cost_once:
            paid = own & (time == intervention.start) & (amount == cents(100.0 * intervention.cost_once))
            # The first month's charge, due at the same time, may be as large: only one of the two is paid once.
            once[np.flatnonzero(paid)[:1]] = True
    month = np.minimum(np.floor(time), table.horizon - 1).astype(np.int64)
    for measure, chosen in (("charges", amount >= 0), ("charges_once", once), ("charges_sign_up", joining)):
        np.add.at(table.company[:, company_place(measure)], month[chosen], amount[chosen])


def people_months(time: npt.NDArray[np.float64], people: npt.NDArray[np.float64], horizon: int) -> Ints:
    """Person-months at work in each month, in millionths.

    Parameters
    ----------
    time : float array, shape (n,)
        When the headcount of one team changed [months], in order.
    people : float array, shape (n,)
        The headcount from then on.
    horizon : int

    Returns
    -------
    int64 array, shape (horizon + 1,)
        The last one is 0.
    """
    total = np.zeros(horizon + 1, dtype=np.int64)
    if not len(time):
        return total
    cuts = np.unique(np.concatenate((np.arange(horizon + 1.0), time[(time > 0) & (time < horizon)])))
    at = np.searchsorted(time, cuts[:-1], side="right") - 1
    size = np.where(at >= 0, people[np.maximum(at, 0)], 0.0)
    np.add.at(total, np.floor(cuts[:-1]).astype(np.int64), millionths(size * np.diff(cuts)))
    return total
