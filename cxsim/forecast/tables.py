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
from cxsim.forecast.labels import Labels, read_labels
from cxsim.forecast.numerals import Unclear, plain
from cxsim.forecast.observed import LEAST_PERIODS, Observed, observed

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
PERCENT_WORDS: Final = ("%", "pct", "percent", "survival")
LARGEST: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    labels : Labels
        Of the periods, from the table's first column.
    values : tuple of float
    percent : bool
        Whether the name or a sign says so.
    notes : tuple of str
        What was taken for granted.
    """

    name: str
    labels: Labels
    values: tuple[float, ...]
    percent: bool
    notes: tuple[str, ...] = ()


def read_cohort(path: str | PathLike[str], column: str, *, customers: int | None = None) -> Observed:
    """Read a cohort from a column of a CSV or Parquet table.

    Parameters
    ----------
    path : str or path
        Comma, semicolon or tab separated, with a head line; or .parquet. The first column is the period: whole numbers
        in even steps, months (2020-01), quarters (2020Q1) or dates.
    column : str
        Survival in per cent or as shares, or a count of customers. Blanks before the first value and after the last one
        are left aside.
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
    try:
        return _observed(found, customers)
    except InputError as error:
        raise InputError([f"{path}: column {shown(column)}: {line}" for line in error.faults]) from None


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
            faults.add(f"line {line}", f"column {shown(column)}: {_no_number(row[where], '')}")
        found.append(number)
    _stop(path, faults)
    return found


def _observed(found: Column, customers: int | None) -> Observed:
    """A cohort from a column, with what the column was taken for.

    A published table may begin with what is left after the first period; then all are put before it.
    """
    values, labels = np.asarray(found.values), found.labels
    notes = found.notes
    said = "percent" if found.percent else None
    late = labels.kind == "number" and labels.first == labels.step and 0.0 < values[0] < 100.0
    if late and (found.percent or (values % 1.0).any()) and not (values[0] == 1.0 >= values.max()):
        labels = labels.earlier()
        all_ = 1.0 if (values <= 1.0).all() else 100.0
        values = np.concatenate(([all_], values))
        written = "1 (all of them)" if all_ == 1.0 else "100 %"
        notes = (*notes, f"The table begins at {found.labels.named(0)}: {written} is taken for {labels.named(0)}.")
    try:
        seen = observed(values, customers, said)
    except InputError as error:
        raise InputError([_placed(line, labels) for line in error.faults]) from None
    return replace(seen, notes=(*notes, *seen.notes), unit=labels.unit, labels=labels)


def _placed(line: str, labels: Labels) -> str:
    """The table's own label of a period in a fault, where it counts otherwise."""
    word, _, rest = line.partition(":")
    number = word.removeprefix("period ")
    counted = not number.isdigit() or (labels.usual and labels.step == 1)
    return line if counted else f"{labels.named(int(number))}:{rest}"


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
    labels, wrong = read_labels([cell[:2] for cell in cells[first : last + 1]], names[0])
    unreadable = dict(wrong)
    values: list[float] = []
    for line, _, value in cells[first : last + 1]:
        amount = _number(value)
        if line in unreadable:
            faults.add(f"line {line}", unreadable[line])
        if _blank(value):
            faults.add(f"line {line}", f"column {shown(column)}: the value is missing between two others")
        elif amount is None:
            faults.add(
                f"line {line}", f"column {shown(column)}: {_no_number(value, ' (per cent, a share or a count)')}"
            )
        values.append(math.nan if amount is None else amount)
    _stop(path, faults)
    if len(values) <= LEAST_PERIODS:
        raise InputError(
            f"{path}: column {shown(column)}: {len(values)} rows are too few; a forecast needs the start and at least "
            f"{LEAST_PERIODS} periods after it"
        )
    end = labels.named(len(values) - 1)
    notes = (f"Column {column} ends before the table does: its last value is at {end}.",)
    signed = any(isinstance(cell[2], str) and cell[2].strip().endswith("%") for cell in cells[first : last + 1])
    percent = signed or any(word in column.lower() for word in PERCENT_WORDS)
    return Column(column, labels, tuple(values), percent, notes if last < len(cells) - 1 else ())


def _no_number(value: object, what: str) -> str:
    if isinstance(value, Unclear):
        return f"{shown(str(value))} can be read in two ways, with decimals or with thousands; write it without groups"
    return f"{shown(value)} is not a number{what}"


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
    if isinstance(value, Unclear):
        return None
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
    return names, plain(lines[1:], separator)


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
