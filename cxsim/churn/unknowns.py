"""What a model does not know of an account: cells that were never blank when it learned, words that it never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import cells
from cxsim.churn.columns import MISSING_WORD, NUMBER, USUAL, Column
from cxsim.errors import shown

if TYPE_CHECKING:
    import pandas as pd

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# assumption: a number so many ranges beyond what was learned is a mistake, or means something else
BEYOND: Final = 1.0
# assumption: of accounts like those learned from hardly any are outside; a tenth of them are not by chance
OUTSIDE, LEAST_OUTSIDE = 0.1, 5


def unlearned(table: pd.DataFrame, columns: Sequence[Column]) -> Flags:
    """Cells that the model cannot know what to make of; shape (n, columns).

    Parameters
    ----------
    table : pandas.DataFrame
        As `columns.fitted` gives it.
    columns : sequence of Column
    """
    found = np.zeros((len(table), len(columns)), dtype=bool)
    for k, column in enumerate(columns):
        if not column.usual:
            continue
        given = table[column.name]
        blank = given.isna().to_numpy() if column.kind == NUMBER else (given == MISSING_WORD).to_numpy()
        strange = np.zeros(len(table), dtype=bool)
        if column.kind != NUMBER:
            strange = ~given.isin(column.words).to_numpy() & ~blank
        found[:, k] = strange | (blank if not column.blank else False)
    return found


def settled(table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The table with the few blanks of which nothing can be learned made ordinary."""
    strange = unlearned(table, columns)
    return _filled(table, columns, strange, [column.typical for column in columns])


def averaged(
    odds_of: Callable[[Any], Reals], table: pd.DataFrame, columns: Sequence[Column], shift: float = 0.0
) -> Reals:
    """Log-odds of each row, over all that its unknown cells may be; shape (n,).

    Parameters
    ----------
    odds_of : callable
        Gives the log-odds of the rows of a table without unknown cells.
    table : pandas.DataFrame, n rows
    columns : sequence of Column
    shift : float
        Log-odds that are added to a row in proportion to its unknown cells.

    Notes
    -----
    p = Σ p(row with the k-th usual value in each unknown cell) / K, each column's usual values in an order of its own,
    as if columns did not depend on each other. They do: the shift (`shift_to`) makes up for that where nothing is
    known.
    """
    strange = unlearned(table, columns)
    rows = strange.any(axis=1)
    if not rows.any():
        return odds_of(table)
    odds = np.empty(len(table))
    if not rows.all():
        odds[~rows] = odds_of(table.iloc[np.flatnonzero(~rows)])
    some, which = table.iloc[np.flatnonzero(rows)], strange[rows]
    p = np.zeros(len(some))
    for k in range(USUAL):
        given = _filled(some, columns, which, [column.usual[k] if column.usual else "" for column in columns])
        p += 1.0 / (1.0 + np.exp(-odds_of(given))) / USUAL
    odds[rows] = np.log(p) - np.log1p(-p) + shift * which.mean(axis=1)
    return odds


def shift_to(share: float, odds_of: Callable[[Any], Reals], columns: Sequence[Column]) -> float:
    """Log-odds that make an account of which nothing is known as likely to be lost as all together."""
    import pandas as pd

    nothing = pd.DataFrame({c.name: [np.nan if c.kind == NUMBER else MISSING_WORD] for c in columns})
    nothing = nothing.astype({c.name: float if c.kind == NUMBER else object for c in columns})
    if not unlearned(nothing, columns).any():
        return 0.0
    return float(np.log(share) - np.log1p(-share) - averaged(odds_of, nothing, columns)[0])


def _filled(
    table: pd.DataFrame, columns: Sequence[Column], where: Flags, values: Sequence[float | str]
) -> pd.DataFrame:
    """The table with a value of each column in some of its cells."""
    new: dict[str, Any] = {}
    for k in np.flatnonzero(where.any(axis=0)).tolist():
        cells_of = table[columns[k].name].to_numpy(copy=True)
        cells_of[where[:, k]] = values[k]
        new[columns[k].name] = cells_of
    return table.assign(**new)


def doubts(columns: Sequence[Column], given: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """A line for each column that is blank throughout, far from what was learned, or in other words or units.

    Parameters
    ----------
    columns : sequence of Column
    given : pandas.DataFrame
        The table as it came.
    table : pandas.DataFrame
        The same, as `columns.fitted` gives it.
    """
    lines = []
    for column in columns:
        if column.usual:
            came = given.iloc[:, list(map(str, given.columns)).index(column.name)]
            told = _of_numbers(column, came, table) if column.kind == NUMBER else _of_words(column, table)
            lines += [f"column {shown(column.name)}: {line}" for line in told]
    return lines


BLANK: Final = "is blank in every row: scores are averages over what it held when the model learned"


def _of_words(column: Column, table: pd.DataFrame) -> list[str]:
    values = table[column.name]
    if (values == MISSING_WORD).all():
        return [BLANK if not column.blank else "is blank in every row; it was not when the model learned"]
    strange = values[~values.isin(column.words) & (values != MISSING_WORD)]
    if not len(strange):
        return []
    return [f"{len(strange):,} of {len(values):,} rows hold words that the model has never seen, such as "
            f"{shown(str(strange.iloc[0]))}"]  # fmt: skip


def _of_numbers(column: Column, came: pd.Series[Any], table: pd.DataFrame) -> list[str]:
    values = table[column.name].to_numpy(dtype=np.float64)
    there = values[~np.isnan(values)]
    if not len(there):
        return [BLANK if not column.blank else "is blank in every row; it was not when the model learned"]
    found = []
    if came.dtype == object or str(came.dtype).startswith("str"):
        read = cells.numbers_of(cells.written(came), form=column.form)
        mark = read[1].mark if read is not None else ""
        if mark != column.form.mark:
            found.append(f"is {_unit(mark)}, where the model has learned from numbers {_unit(column.form.mark)}")
    reach = column.high - column.low
    far = there[(there < column.low - BEYOND * reach) | (there > column.high + BEYOND * reach)]
    outside = there[(there < column.low) | (there > column.high)]
    some = far if len(far) else outside if len(outside) >= max(OUTSIDE * len(values), LEAST_OUTSIDE) else far
    if len(some):
        word = "far outside" if len(far) else "outside"
        rows = f"{len(some):,} of {len(values):,} rows {'lies' if len(some) == 1 else 'lie'}"
        found.append(
            f"{rows} {word} of what the model has learned from, "
            f"{column.low:.6g} to {column.high:.6g}, such as {some[0]:.6g}"
        )
    return found


def _unit(mark: str) -> str:
    return f"in {mark}" if mark else "without a sign of money or per cent"
