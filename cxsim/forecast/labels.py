"""How a table names its periods: by numbers, months, quarters or days, and what the periods after them are called."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from cxsim.errors import InputError, shown

UNITS: Final = ("day", "week", "month", "quarter", "year")
_MONTH: Final = re.compile(r"(\d{4})[-/](\d{1,2})")
_QUARTER: Final = re.compile(r"(\d{4})[\s/-]*Q([1-4])", re.IGNORECASE)
_QUARTER_FIRST: Final = re.compile(r"Q([1-4])[\s/-]*(\d{4})", re.IGNORECASE)
_MONTHS_OF: Final = {1: "month", 3: "quarter", 12: "year"}
_DAYS_OF: Final = {1: "day", 7: "week"}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of periods 0, 1, …

    Attributes
    ----------
    unit : str
        What a 1 between two labels is: "year", "month", … or "period".
    kind : str
        "number", "month" (counted from year 0), "quarter" (so too) or "day" (the proleptic ordinal).
    first : int
        Of period 0, the start.
    step : int
        From a period to the next one.
    """

    unit: str = "period"
    kind: str = "number"
    first: int = 0
    step: int = 1

    @property
    def scale(self) -> int:
        """How many units a period has: 3 where a table has months 0, 3, 6."""
        return self.step if self.kind == "number" else 1

    @property
    def usual(self) -> bool:
        """Is the label of a period the time since the start?"""
        return self.kind == "number" and self.first == 0

    def at(self, period: int) -> str:
        """Label of a period, counted from the start."""
        place = self.first + self.step * period
        if self.kind == "number":
            return str(place)
        if self.kind == "quarter":
            return f"{place // 4}Q{place % 4 + 1}"
        if self.kind == "month":
            return f"{place // 12}" if self.unit == "year" else f"{place // 12}-{place % 12 + 1:02d}"
        return date.fromordinal(place).isoformat()

    def named(self, period: int) -> str:
        """A period with its unit, as in "year 5" or "2020-05"."""
        return f"{self.unit} {self.at(period)}" if self.kind == "number" else self.at(period)

    def span(self, first: int, last: int) -> str:
        """Periods from one to another, as in "years 1–4" or "months 2020-02 to 2020-05"."""
        return f"{self.unit}s {self.at(first)}{'–' if self.kind == 'number' else ' to '}{self.at(last)}"

    def after(self, period: int) -> str:
        """How long after the start a period is, with its label where that is another: "8 years (year 9)"."""
        said = f"{period * self.scale} {self.unit}s"
        return said if self.usual else f"{said} ({self.named(period)})"

    def earlier(self) -> Labels:
        """The same with one more period before the first one."""
        return replace(self, first=self.first - self.step)

    def periods(self, asked: int, option: str) -> int:
        """So many units since the start as a number of periods.

        Raises
        ------
        InputError
            If it falls between two periods.
        """
        if asked % self.scale:
            near = asked - asked % self.scale
            raise InputError(
                f"{option} {asked}: the table goes by steps of {self.step} {self.unit}s; {near} or {near + self.scale}"
            )
        return asked // self.scale


BY_NUMBER: Final = Labels()


def read_labels(cells: list[tuple[int, object]], name: str) -> tuple[Labels, list[tuple[int, str]]]:
    """Labels of periods that follow one another.

    Parameters
    ----------
    cells : list of (int, object)
        Line of the table and what stands in its first column.
    name : str
        Of that column.

    Returns
    -------
    (Labels, list of (int, str))
        And each fault, with its line.
    """
    places = [_place(cell) for _, cell in cells]
    kinds = [place[0] for place in places if place is not None]
    faults = [
        (
            line,
            f"{_said(cell)} is not a period; the first column holds whole numbers, or months, quarters or dates such "
            "as 2020-01, 2020Q1, 2020-01-31",
        )
        for (line, cell), place in zip(cells, places, strict=True)
        if place is None or place[0] != kinds[0]
    ]
    head = name.strip().lower()
    unit = next((each for each in UNITS if head in (each, f"{each}s")), "period")
    if faults or len(cells) < 2:
        return Labels(unit), faults
    kind, numbers = kinds[0], [place[1] for place in places if place is not None]
    if kind == "date":
        kind, numbers = _by_months(numbers)
    step = numbers[1] - numbers[0]
    for (line, cell), (_, before), one, other in zip(cells[1:], cells, numbers, numbers[1:], strict=False):
        if other - one == step > 0:
            continue
        why = "periods go from the oldest to the newest" if other <= one else "periods must follow one another"
        faults.append((line, f"period {_said(cell)} after {_said(before)}; {why}"))
    if kind != "number":
        unit = {"quarter": {1: "quarter", 4: "year"}, "month": _MONTHS_OF, "day": _DAYS_OF}[kind].get(step, "period")
    return Labels(unit, kind, numbers[0], step), faults


def _place(cell: object) -> tuple[str, int] | None:
    """Kind and place of a label; None where it is neither a number nor a date."""
    if isinstance(cell, datetime):
        return "date", cell.date().toordinal()
    if isinstance(cell, date):
        return "date", cell.toordinal()
    text = str(cell).strip()
    for pattern, swapped in ((_QUARTER, False), (_QUARTER_FIRST, True)):
        found = pattern.fullmatch(text)
        if found:
            year, quarter = (int(part) for part in (found.groups()[::-1] if swapped else found.groups()))
            return "quarter", 4 * year + quarter - 1
    found = _MONTH.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12:
        return "month", 12 * int(found[1]) + int(found[2]) - 1
    for kind, read in (("number", _whole), ("date", _day)):
        try:
            return kind, read(text)
        except (ValueError, OverflowError):
            continue
    return None


def _day(text: str) -> int:
    return datetime.fromisoformat(text.replace("/", "-")).toordinal()


def _whole(text: str) -> int:
    number = float(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _by_months(days: list[int]) -> tuple[str, list[int]]:
    """Months where all days are the same of the month, or all are its last; else the days."""
    found = [date.fromordinal(day) for day in days]
    same = len({day.day for day in found}) == 1
    if same or all((day + timedelta(days=1)).day == 1 for day in found):
        months = [12 * day.year + day.month - 1 for day in found]
        if len(set(months)) == len(months):
            return "month", months
    return "day", days


def _said(cell: object) -> str:
    """A label as in the table: a number bare, a word in quotes."""
    text = str(cell).strip()
    return text if re.fullmatch(r"[\d./:Q -]+", text) else shown(text)
