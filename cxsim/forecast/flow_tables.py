"""A company's table on disk: additions, losses and ends in columns that the asker names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from os import PathLike

from cxsim.errors import InputError, shown
from cxsim.forecast.flows import Flows, flows
from cxsim.forecast.labels import read_labels
from cxsim.forecast.tables import numbers_of, raw_table


def read_flows(
    path: str | PathLike[str],
    *,
    additions: str | None = None,
    losses: str | None = None,
    ends: str | None = None,
    unit: float = 1.0,
    rounding: float = 0.0,
    season: int | None = None,
) -> Flows:
    """Read who joined, who left and who is there from a CSV or Parquet table.

    Parameters
    ----------
    path : str or path
        As in `cxsim.forecast.tables.read_cohort`, one row a period, the oldest first. The first column names the
        periods: numbers that follow one another, or dates or words.
    additions, losses, ends : str
        Names of the columns; two are enough.
    unit, rounding, season
        As in `flows`.

    Returns
    -------
    Flows

    Raises
    ------
    InputError
        With the file, the place and the value of a fault.
    """
    names, rows = raw_table(path)
    in_order(str(path), [row[0] for row in rows])
    joined, left, there = (
        None if column is None else numbers_of(str(path), names, rows, column) for column in (additions, losses, ends)
    )
    labels, unread = read_labels([(line, row[0]) for line, row in enumerate(rows, start=2)], names[0])
    try:
        table = flows(joined, losses=left, ends=there, unit=unit, rounding=rounding, season=season)
        # a first row that only tells the base is no period; words name none that are to come
        skipped = len(rows) - table.periods
        if not unread and labels.step:
            labels = replace(labels, first=labels.first + skipped * labels.step)
            return replace(table, labels=labels)
        return table
    except InputError as error:
        raise InputError([f"{path}: {line}" for line in error.faults]) from None


def in_order(path: str, labels: list[object]) -> None:
    """Refuse periods that leave one out or go back, where their labels tell."""
    told = [_number_or_day(label) for label in labels]
    for k, (before, after) in enumerate(pairwise(told)):
        if before is None or after is None:
            continue
        line = f"{path}: line {k + 3}: {shown(str(labels[k + 1]))} after {shown(str(labels[k]))}"
        if isinstance(before, date) and isinstance(after, date):
            if after <= before:
                raise InputError(f"{line}; periods go from the oldest to the newest")
        elif isinstance(before, float) and isinstance(after, float) and after != before + 1.0:
            raise InputError(f"{line}; periods must follow one another")


def _number_or_day(label: object) -> float | date | None:
    if isinstance(label, date):
        return label
    try:
        return float(str(label))
    except ValueError:
        pass
    try:
        return date.fromisoformat(str(label).strip())
    except ValueError:
        return None
