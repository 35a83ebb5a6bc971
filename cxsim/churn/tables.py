"""A company's own table of accounts, CSV or Parquet: read as text or numbers, checked, made ready to learn from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from glob import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import cells
from cxsim.churn.cells import COMMA, MISSING, PLAIN, POINT, Form
from cxsim.churn.csv_files import MEMORY, text_table
from cxsim.churn.dataset import Dataset
from cxsim.churn.evaluation import MONTHS_KEPT
from cxsim.churn.leaks import leaks
from cxsim.churn.targets import lost_of
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS, LEAST_OF_EACH = 40, 10  # below them neither five folds nor an interval say anything
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins with one of these
TABLES: Final = (".csv", ".tsv", ".txt", ".gz", ".parquet")
SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".numbers")
FORMS, READY = "cxsim forms", "cxsim ready"  # attributes of a table: how its numbers were written, nothing to read


def raw(path: str | PathLike[str]) -> pd.DataFrame:
    """Read a table as it is: text from a CSV file, whatever a Parquet file holds.

    Parameters
    ----------
    path : str or PathLike
        A .csv (or .csv.gz, .tsv) or .parquet file.

    Raises
    ------
    InputError
        If the file is missing, a spreadsheet, or cannot be read.
    """
    import duckdb

    place = Path(path)
    if place.suffix.lower() in SPREADSHEETS:
        raise InputError([f'{place}: is a spreadsheet; save the sheet as "CSV UTF-8" and give that file'])
    if not place.is_file():
        raise InputError([f"{place}: no such file"])
    kind = place.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind in ("csv", "tsv", "txt"):
        return text_table(place)
    if kind != "parquet":
        raise InputError([f"{place}: a table is a .csv or .parquet file"])
    name = "'" + escape(str(place)).replace("'", "''") + "'"
    try:
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            return connection.execute(f"SELECT * FROM read_parquet({name})").df()
    except (duckdb.Error, MemoryError, UnicodeError, ValueError) as fault:
        first = next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)
        raise InputError([f"{place}: cannot be read: {first[:300]}"]) from fault


def read(path: str | PathLike[str]) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path : str or PathLike
        A .csv (or .csv.gz, .tsv) or .parquet file.

    Returns
    -------
    pandas.DataFrame
        Numbers as float64, words as strings, what is missing as NaN or None. A column is one of numbers if all that
        is not blank in it is a number: 50.3 or 50,3, 1,050.50 or 1.050,50, each with one currency or % sign.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or holds a column of dates, of numbers that may be read in two ways, or
        one whose name a spreadsheet would run.
    """
    return typed(raw(path), label=str(path))


def typed(table: pd.DataFrame, *, label: str = "table", aside: Collection[str | None] = ()) -> pd.DataFrame:
    """A table with nothing but numbers and words in it.

    Parameters
    ----------
    table : pandas.DataFrame
    label : str
        What a message begins with.
    aside : collection of str
        Columns to be left as they are.

    Raises
    ------
    InputError
        If it has no rows or columns, two columns of one name, dates, infinite numbers, numbers that may be read in two
        ways, or a name that a spreadsheet would run.
    """
    import pandas as pd

    if not table.shape[1] or not len(table):
        raise InputError([f"{label}: has no {'columns' if not table.shape[1] else 'rows'}"])
    names = [str(name) for name in table.columns]
    faults = [f"{label}: column {shown(name)} begins as a formula; a spreadsheet would run it: rename it"
              for name in names if name.startswith(FORMULA)]  # fmt: skip
    faults += [
        f"{label}: two columns are named {shown(name)}" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    style = _style(table)
    columns: dict[str, Any] = {}
    forms: dict[str, Form] = dict(table.attrs.get(FORMS, {}))
    for number, name in enumerate(names):
        column = table.iloc[:, number]
        if name in aside:
            columns[name] = column.to_numpy()
            continue
        try:
            columns[name], form = _column(column, style)
            if form is not PLAIN:
                forms[name] = form
        except InputError as fault:
            faults += [f"{label}: column {shown(name)} {line}" for line in fault.faults]
    if faults:
        raise InputError(faults)
    found = pd.DataFrame(columns, index=pd.RangeIndex(len(table)))
    found.attrs[FORMS] = forms
    return found


def _style(table: pd.DataFrame) -> Callable[[], str]:
    """How decimals are written in the table, where one of its columns says so and none says otherwise."""

    @cache
    def found() -> str:
        kinds = {
            cells.style_of(cells.written(table.iloc[:, number])) for number in range(table.shape[1])
            if table.iloc[:, number].dtype == object or str(table.iloc[:, number].dtype).startswith("str")
        } - {""}  # fmt: skip
        return kinds.pop() if kinds in ({POINT}, {COMMA}) else ""

    return found


def _column(column: pd.Series[Any], style: Callable[[], str]) -> tuple[npt.NDArray[Any], Form]:
    """One column as float64, or as words with None where one is missing, and how its numbers were written."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column.dtype) or pd.api.types.is_timedelta64_dtype(column.dtype):
        raise InputError([f"holds dates: {cells.INSTEAD}"])
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return cells.finite(np.asarray(column.astype("float64").to_numpy(na_value=np.nan), dtype=np.float64)), PLAIN
    found = cells.written(column)
    if not found.kinds:
        return np.full(len(column), np.nan), PLAIN
    numbers = cells.numbers_of(found, style=style)
    if numbers is not None:
        return cells.finite(numbers[0]), numbers[1]
    cells.refuse_dates(found)
    # "none" may be a word among words
    return cells.written(column, MISSING - {"none"}).words(), PLAIN


def prepared(
    table: pd.DataFrame,
    *,
    target: str | None = None,
    id: str | None = None,
    lost: str | float | None = None,
    value: str | None = None,
    label: str = "table",
    origin: Mapping[str, Any] = {},
) -> Dataset:
    """Make a table of accounts ready to learn from.

    Parameters
    ----------
    table : pandas.DataFrame
        As `read` or `raw` gives it, or any other of numbers and text.
    target : str
        The column that says who was lost: two values, such as 1 and 0 or Yes and No.
    id : str, optional
        The column that names accounts; it is not learned from, and rows of one account are kept together. Rows
        without a name are taken for accounts of their own.
    lost : str or number, optional
        The value of the target that means lost; needed where it is neither 1, Yes nor another plain word.
    value : str, optional
        The column of what keeping an account is worth, in currency.
    label : str
        What a message begins with.
    origin : mapping
        Where the table comes from.

    Raises
    ------
    InputError
        If there is no such column, the target has other than two values, is missing in a row or does not say which
        means lost, a value is no amount, nothing is left to learn from, or there are too few rows.

    Notes
    -----
    `origin` of the dataset says which value was taken for lost and holds `warnings`: a line for each column that by
    itself all but says who was lost, and for names that are blank or come again.
    """
    names = list(map(str, table.columns))
    if target is None:
        raise InputError([f"{label}: name the column that says who was lost, as --target COLUMN. "
                          f"There are: {', '.join(names[:30])}"])  # fmt: skip
    faults = [
        f"{label}: {option} {shown(name)}: no such column.{did_you_mean(str(name), names)}"
        for option, name in (("--target", target), ("--id", id), ("--value", value))
        if name is not None and str(name) not in names
    ]
    if not faults:
        faults = [f"{label}: {option} and --target are the same column"
                  for option, name in (("--id", id), ("--value", value)) if name == target]  # fmt: skip
    if faults:
        raise InputError(faults)
    table = typed(table, label=label, aside=() if id is None else (str(id),))
    column = f"{label}: --target {shown(target)}"
    gone, said = lost_of(table[str(target)], column, lost=lost, name=str(target))
    n, n_lost = len(gone), int(gone.sum())
    if n < LEAST_ROWS or min(n_lost, n - n_lost) < LEAST_OF_EACH:
        raise InputError([f"{label}: {n} rows, {n_lost} of them lost, are too few to learn from: at least {LEAST_ROWS} "
                          f"rows, and {LEAST_OF_EACH} of each kind, are needed"])  # fmt: skip
    known = table.drop(columns=[str(target)] + ([str(id)] if id is not None else []))
    if not known.shape[1] or known.isna().all().all():
        raise InputError([f"{label}: nothing is left to learn from: every other column is empty"])
    _refuse_dates(known, label)
    known.attrs[READY] = True
    whose, told = (np.arange(n), []) if id is None else _accounts(table[str(id)], id)
    nothing = np.full(n, np.nan)
    return Dataset(
        features=known,
        target=gone,
        account=whose,
        day=nothing,
        known_at=nothing,
        lost_in=nothing,
        followed=nothing,
        mrr=nothing if value is None else _worth(known[str(value)], f"{label}: --value {shown(value)}") / MONTHS_KEPT,
        question="lost",
        origin={"kind": "table", "name": label, "target": target, "id": id, "rows": n, "lost_value": said,
                "value": value, "warnings": leaks(known, gone) + told, **origin},
    )  # fmt: skip


def _refuse_dates(known: pd.DataFrame, label: str) -> None:
    faults = []
    for name in known.columns:
        if known[name].dtype == np.float64:
            try:
                cells.refuse_dates_as_numbers(known[name].to_numpy())
            except InputError as fault:
                faults += [f"{label}: column {shown(name)} {line}" for line in fault.faults]
    if faults:
        raise InputError(faults)


def _worth(column: pd.Series[Any], label: str) -> npt.NDArray[np.float64]:
    """What each account is worth, checked."""
    if column.dtype != np.float64:
        raise InputError([f"{label}: does not hold numbers, but such as {shown(column.dropna().iloc[0])}"])
    worth = column.to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~(worth >= 0.0))
    if len(wrong):
        told = "is empty" if np.isnan(worth[wrong[0]]) else f"holds {shown(float(worth[wrong[0]]))}"
        raise InputError([f"{label}: row {wrong[0] + 1} {told}; an amount of 0 or more is wanted in every row"])
    return worth


def _accounts(column: pd.Series[Any], id: str) -> tuple[npt.NDArray[Any], list[str]]:
    """The account of each row, and what is to be said of their names."""
    names, blank = names_of(column), int((blanks(column)).sum())
    of = len(np.unique(names))
    told = [f"{blank:,} of {len(names):,} rows have no name in {shown(id)}: each is taken for an account of its own"]
    more = (
        f"{len(names):,} rows are of {of:,} accounts by {shown(id)}: rows of one are learned from, or judged, together"
    )
    return names, (told if blank else []) + ([more] if of < len(names) else [])


def blanks(column: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Where a column of names holds none."""
    return np.array([value is None or value != value or not str(value).strip() for value in column], dtype=bool)


def names_of(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """Names of accounts as text, "row 7" where there is none; whole numbers without a point."""
    return np.array([
        f"row {row}" if empty else cells.said(value).strip()
        for row, (value, empty) in enumerate(zip(column, blanks(column), strict=True), start=1)
    ], dtype=object)  # fmt: skip
