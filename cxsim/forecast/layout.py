"""Which way a wide table of cohorts lies: a cohort in each column, or one in each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

COHORTS, AGES = "cohorts", "ages"
_OF_COHORTS: Final = frozenset({"cohort", "cohorts", "vintage", "signup", "joined", "acquired", "acquisition"})
_OF_AGES: Final = frozenset({"age", "ages", "tenure"})
_CLOCKS: Final = frozenset({"year", "quarter", "month", "week", "day", "period", "date", "time"})
_AGE = re.compile(r"(?:age|ages|tenure|period|year|month|quarter|week|day|[tymqwd])?[ _-]*(\d+)(?:\.0)?"
                  r"[ _-]*(?:years?|months?|quarters?|weeks?|days?|periods?)?", re.IGNORECASE)  # fmt: skip
_TIME = re.compile(r"\d{4}[-/ ]*(?:Q?\d{1,2})?(?:[-/]\d{1,2})?|Q[1-4][-/ ]*\d{4}", re.IGNORECASE)
UNCLEAR: Final = (
    'rows: the table can be read with a cohort in each row or with one in each column; say rows="cohorts" (the columns '
    'are ages or periods) or rows="ages" (the columns are cohorts)'
)

Line = Sequence[object]


@dataclass(frozen=True, slots=True)
class Laid:
    """A wide table with one list of counts a cohort.

    Attributes
    ----------
    rows : str
        "cohorts" or "ages": what each row was taken for.
    cohorts : dict of str to sequence
        Each cohort's cells in the order of its ages or periods.
    """

    rows: str
    cohorts: dict[str, Line]


def laid(table: pd.DataFrame, rows: str | None, length: Callable[[Line], int | None]) -> Laid:
    """Read which way a wide table lies.

    Parameters
    ----------
    table : pandas.DataFrame
    rows : str or None
        "cohorts" or "ages" where somebody said.
    length : callable
        Of a line of cells: how many counts a cohort with these has; None where they are no cohort's.

    Raises
    ------
    InputError
        If the table can be read in both ways.

    Notes
    -----
    Names decide first: of the first column (cohort, age), columns called 0, 1, 2 … (ages) or by words (cohorts), rows
    called 0, 1, 2 …. Then the counts: those of a cohort never rise, and who joined later was seen for a shorter time.
    """
    if rows is not None and rows not in (COHORTS, AGES):
        raise InputError(f"rows {shown(rows)}: must be cohorts or ages.{did_you_mean(str(rows), (COHORTS, AGES))}")
    named, names, cells = _parts(table)
    down: dict[str, Line] = {name: [column[k] for column in cells.values()] for k, name in enumerate(names)}
    ways: dict[str, dict[str, Line]] = {AGES: cells, COHORTS: down}
    found = rows or (AGES if len(cells) < 2 else _by_names(table, named, names, list(cells)))
    sound = {way: _lengths(lines, length) for way, lines in ways.items()}
    if found is None or (rows is None and sound[found] is None and len(cells) > 1):
        readable = [way for way in ways if sound[way] is not None]
        if found is None and len(readable) == 2:
            readable = [way for way in ways if _shorter(sound[way])]
        if (found is None and len(readable) == 2) or (found is not None and readable):
            raise InputError(UNCLEAR)
        found = readable[0] if readable else found or AGES
    return Laid(found, ways[found])


def _parts(table: pd.DataFrame) -> tuple[str | None, list[str], dict[str, Line]]:
    """What the rows are called as a whole, one by one, and the columns of counts."""
    import pandas as pd

    columns = [str(name) for name in table.columns]
    head = columns[0].strip()
    words = set(re.split(r"[^a-z]+", head.lower()))
    called = bool(words & (_OF_COHORTS | _OF_AGES | _CLOCKS)) and not any(map(str.isdigit, head))  # not "cohort 1"
    is_label = called or not head or head.startswith("Unnamed")
    if len(columns) > 1 and not _AGE.fullmatch(head) and (is_label or _has_words(table.iloc[:, 0])):
        beside: dict[str, Line] = {name: table.iloc[:, k].to_list() for k, name in enumerate(columns) if k}
        return head, [str(label) for label in table.iloc[:, 0]], beside
    cells: dict[str, Line] = {name: table.iloc[:, k].to_list() for k, name in enumerate(columns)}
    bare = isinstance(table.index, pd.RangeIndex) and table.index.name is None
    named = None if bare else str(table.index.name or "")
    return named, [str(label) for label in table.index], cells


def _has_words(column: pd.Series[Any]) -> bool:
    return any(isinstance(cell, str) and not re.fullmatch(r"[-+]?[\d.,]*", cell.strip()) for cell in column)


def _by_names(table: pd.DataFrame, head: str | None, names: list[str], columns: list[str]) -> str | None:
    """What the rows are, by names alone; None where these do not tell."""
    import pandas as pd

    for words, here, there in ((_OF_COHORTS, COHORTS, AGES), (_OF_AGES, AGES, COHORTS)):
        if set(re.split(r"[^a-z]+", (head or "").lower())) & words:
            return here
        if str(table.columns.name or "").lower() in words:
            return there
    bare = isinstance(table.columns, pd.RangeIndex)
    across = not bare and _ages_like(columns)
    words_across = not bare and not across and not all(_TIME.fullmatch(name.strip()) for name in columns)
    rows_are_ages = (head is not None and _ages_like(names)) or words_across
    return None if across == rows_are_ages else COHORTS if across else AGES


def _ages_like(names: list[str]) -> bool:
    """Are they 0, 1, 2 … or 1, 2, 3 …, perhaps with a word such as month?"""
    found = [_AGE.fullmatch(name.strip()) for name in names]
    ages = [int(one[1]) for one in found if one is not None]
    return len(ages) == len(names) > 1 and ages in (list(range(len(ages))), list(range(1, len(ages) + 1)))


def _lengths(lines: dict[str, Line], length: Callable[[Line], int | None]) -> list[int] | None:
    found = [length(line) for line in lines.values()]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) and max(known, default=0) > 1 else None


def _shorter(lengths: list[int] | None) -> bool:
    """Is no cohort longer than the one before it?"""
    return lengths is not None and all(b <= a for a, b in pairwise(lengths))
