"""One column of a table on disk, with its periods: every fault on a line of its own."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np

from cxsim.errors import Faults, InputError, did_you_mean, shown
from cxsim.forecast.observed import LEAST_PERIODS, Observed, observed

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
PERCENT_WORDS: Final = ("%", "pct", "percent", "survival")
UNITS: Final = ("week", "month", "quarter", "year")
LARGEST: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    periods : tuple of int
        As labelled in the table's first column.
    values : tuple of float
    notes : tuple of str
        What was taken for granted.
    """

    name: str
    periods: tuple[int, ...]
    values: tuple[float, ...]
    notes: tuple[str, ...] = ()


def read_cohort(path: str | PathLike[str], column: str, *, customers: int | None = None) -> Observed:
    """Read a cohort from a column of a CSV or Parquet table.

    Parameters
    ----------
    path : str or path
        Comma, semicolon or tab separated, with a head line; or .parquet. The first column is the period, whole numbers
        that follow one another.
    column : str
        Survival in per cent, or a count of customers. Blanks before the first value and after the last one are left
        aside.
    customers : int, optional
        How many customers percentages stand for.

    Returns
    -------
    Observed

    Raises
    ------
    InputError
        With the file, the place and the value of each fault.
    """
    names, rows = raw_table(path)
    found = _column(str(path), names, rows, column)
    unit = names[0].strip().lower()
    try:
        seen = _observed(found, customers)
    except InputError as error:
        raise InputError([f"{path}: column {shown(column)}: {_placed(line, found)}" for line in error.faults]) from None
    return replace(seen, unit=unit) if unit in UNITS else seen


def raw_table(path: str | PathLike[str]) -> tuple[list[str], list[list[object]]]:
    """Names of the columns and rows of a CSV or Parquet table, as they are.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    place = Path(path)
    return _parquet(place) if place.suffix.lower() == ".parquet" else _csv(place)


def numbers_of(path: str, names: list[str], rows: list[list[object]], column: str) -> list[float | None]:
    """Values of a column, None where blank.

    Raises
    ------
    InputError
        If there is no such column, or a value is no number.
    """
    where = _place(path, names, column)
    faults = Faults()
    found: list[float | None] = []
    # line 1 of a file is its head
    for line, row in enumerate(rows, start=2):
        number = _number(row[where])
        if number is None and not _blank(row[where]):
            faults.add(f"line {line}", f"column {shown(column)}: {shown(row[where])} is not a number")
        found.append(number)
    _stop(path, faults)
    return found


def _observed(found: Column, customers: int | None) -> Observed:
    values = np.asarray(found.values)
    named_percent = any(word in found.name.lower() for word in PERCENT_WORDS)
    if found.periods and found.periods[0] == 1 and values[0] < 100.0 and (named_percent or (values % 1.0).any()):
        # a published table may begin with what is left after the first period
        seen = observed(np.concatenate(([100.0], values)), customers)
        return _with(seen, (*found.notes, "The table begins at period 1: 100 % is taken for period 0."))
    if named_percent and values[0] > 100.0:
        raise InputError(f"period 0: {values[0]:.10g} is above 100 %; a count needs a name without percent in it")
    if named_percent and values[0] not in (1.0, 100.0):
        raise InputError(f"period 0: {values[0]:.10g} % is not where survival starts; it starts at 100 %")
    return _with(observed(values, customers), found.notes)


def _with(seen: Observed, notes: tuple[str, ...]) -> Observed:
    return replace(seen, notes=(*notes, *seen.notes))


def _placed(line: str, found: Column) -> str:
    """The table's own label of a period in a fault, where it counts otherwise."""
    first = found.periods[0] if found.periods else 0
    word, _, rest = line.partition(":")
    number = word.removeprefix("period ")
    return f"period {int(number) + first}:{rest}" if first > 1 and number.isdigit() else line


def _place(path: str, names: list[str], column: str) -> int:
    """Where a named column is, beside the first one."""
    faults = Faults()
    for place, name in enumerate(names, start=1):
        if name.startswith(FORMULA):
            faults.add(f"column {place}", f"its name {shown(name)} is a formula to a spreadsheet; begin with a letter")
        elif name == column and names.index(name) != place - 1:
            faults.add(f"column {place}", f"its name {shown(name)} is taken already")
    _stop(path, faults)
    if column not in names:
        known = names[1:]
        near = did_you_mean(column, known) or (f" There are {', '.join(known[:8])}." if known else "")
        raise InputError(f"{path}: column {shown(column)}: no such column.{near}")
    where = names.index(column)
    if where == 0:
        raise InputError(f"{path}: column {shown(column)}: is the first column, which holds the periods")
    return where


def _column(path: str, names: list[str], rows: list[list[object]], column: str) -> Column:
    """The named column with its periods."""
    where = _place(path, names, column)
    faults = Faults()
    # line 1 of a file is its head
    cells = [(line, row[0], row[where]) for line, row in enumerate(rows, start=2)]
    known_cells = [k for k, cell in enumerate(cells) if not _blank(cell[2])]
    if not known_cells:
        raise InputError(f"{path}: column {shown(column)}: every value is missing")
    first, last = known_cells[0], known_cells[-1]
    periods: list[int] = []
    values: list[float] = []
    for line, period, value in cells[first : last + 1]:
        number, amount = _number(period), _number(value)
        if number is None or number != math.floor(number):
            faults.add(f"line {line}", f"{shown(period)} is not a period; the first column holds whole numbers")
        elif periods and number != periods[-1] + 1:
            faults.add(f"line {line}", f"period {number:g} after {periods[-1]}; periods must follow one another")
        if _blank(value):
            faults.add(f"line {line}", f"column {shown(column)}: the value is missing between two others")
        elif amount is None:
            faults.add(f"line {line}", f"column {shown(column)}: {shown(value)} is not a number (per cent or a count)")
        periods.append(int(number) if number is not None and math.isfinite(number) else -1)
        values.append(math.nan if amount is None else amount)
    _stop(path, faults)
    if len(values) <= LEAST_PERIODS:
        raise InputError(
            f"{path}: column {shown(column)}: {len(values)} rows are too few; a forecast needs the start and at least "
            f"{LEAST_PERIODS} periods after it"
        )
    notes = (f"Column {column} ends before the table does: its last value is at period {periods[-1]}.",)
    return Column(column, tuple(periods), tuple(values), notes if last < len(cells) - 1 else ())


def _stop(path: str, faults: Faults) -> None:
    """Refuse a table by its first fault: what is wrong with one column is often wrong with all its rows."""
    lines = faults.lines(path)
    if lines:
        raise InputError(lines[0] + (f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""))


def _blank(value: object) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().lower() in ("", "na", "n/a", "nan", "null")


def _number(value: object) -> float | None:
    """A finite number; a per cent sign may follow it."""
    try:
        number = float(value.strip().removesuffix("%") if isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _csv(place: Path) -> tuple[list[str], list[list[object]]]:
    """Names and rows of a text table."""
    try:
        if place.stat().st_size > LARGEST:
            raise InputError(f"{place}: is larger than {LARGEST // 1_000_000} MB; a cohort's table is small")
        text = place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{place}: no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{place}: is not a text table in UTF-8 (.csv), nor .parquet") from None
    except OSError as error:
        raise InputError(f"{place}: cannot be read ({error.strerror})") from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True) if row]
    except csv.Error as error:
        raise InputError(f"{place}: is not a sound table ({error}); is it cut off?") from None
    if not lines or not any(name.strip() for name in lines[0]):
        raise InputError(f"{place}: is empty")
    names = [name.strip(" ") for name in lines[0]]
    faults = Faults()
    for number, row in enumerate(lines[1:], start=2):
        if len(row) != len(names):
            cut = "; the file seems cut off" if number == len(lines) and len(row) < len(names) else ""
            faults.add(f"line {number}", f"{len(row)} values under {len(names)} names{cut}")
    _stop(str(place), faults)
    if len(names) < 2:
        raise InputError(f"{place}: has one column; the first holds the periods, another one survival or counts")
    return names, [list(row) for row in lines[1:]]


def _parquet(place: Path) -> tuple[list[str], list[list[object]]]:
    """Names and rows of a Parquet table."""
    import duckdb

    if not place.is_file():
        raise InputError(f"{place}: no such file")
    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(place)])
            names = [str(column[0]) for column in found.description or ()]
            return names, [list(row) for row in found.fetchall()]
    except duckdb.Error:
        raise InputError(f"{place}: cannot be read as Parquet; is it cut off?") from None
