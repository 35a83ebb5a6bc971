"""The company's own rows of the monthly table: people at work, and what interventions charge whomever they treat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim import events
from cxsim.readings.values import interventions_of
from cxsim.sums import add_charges, add_people
from cxsim.tally import MonthlyTable

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog


def fill_people(table: MonthlyTable, log: EventLog) -> None:
    """People at work in each team."""
    rows = np.flatnonzero(log.columns["kind"] == events.HEADCOUNT)
    time, team, people = (log.columns[name][rows] for name in ("time", "team", "value"))
    add_people(table, time, team, people)


def fill_charges(table: MonthlyTable, log: EventLog) -> None:
    """What interventions cost whomever they treat; the log tells how much, the scenario what it is for."""
    columns = log.columns
    rows = np.flatnonzero((columns["kind"] == events.CHARGE) & (columns["time"] >= 0))
    if len(rows):
        amount = np.rint(columns["value"][rows]).astype(np.int64)
        add_charges(table, columns["time"][rows], columns["item"][rows], amount, interventions_of(log))
