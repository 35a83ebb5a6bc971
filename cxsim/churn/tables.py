"""A company's own table of accounts, CSV or Parquet: read as text or numbers, checked, made ready to learn from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from glob import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.dataset import Dataset
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
LOST: Final = frozenset({"1", "yes", "y", "true", "t", "churn", "churned", "lost", "left", "gone", "cancelled",
                         "canceled", "attrited customer", "exited"})  # fmt: skip
KEPT: Final = frozenset({"0", "no", "n", "false", "f", "kept", "stayed", "stays", "active", "retained", "existing",
                         "existing customer", "current"})  # fmt: skip
LEAST_ROWS, LEAST_OF_EACH = 40, 10  # below them neither five folds nor an interval say anything
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins with one of these
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ].*)?")
_MEMORY: Final = "4GB"  # a table of accounts that needs more is none


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
        is not blank in it is a number.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or holds a column of dates or one whose name a spreadsheet would run.
    """
    import duckdb

    place = Path(path)
    if not place.is_file():
        raise InputError([f"{place}: no such file"])
    name = "'" + escape(str(place)).replace("'", "''") + "'"
    kind = place.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind == "parquet":
        source = f"read_parquet({name})"
    elif kind in ("csv", "tsv", "txt"):
        source = f"read_csv({name}, header = true, all_varchar = true, sample_size = -1)"
    else:
        raise InputError([f"{place}: a table is a .csv or .parquet file"])
    try:
        with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
            table = connection.execute(f"SELECT * FROM {source}").df()
    except (duckdb.Error, MemoryError, UnicodeError, ValueError) as fault:
        first = next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)
        raise InputError([f"{place}: cannot be read: {first[:300]}"]) from fault
    return typed(table, label=str(place))


def typed(table: pd.DataFrame, *, label: str = "table") -> pd.DataFrame:
    """A table with nothing but numbers and words in it.

    Parameters
    ----------
    table : pandas.DataFrame
    label : str
        What a message begins with.

    Raises
    ------
    InputError
        If it has no rows or columns, two columns of one name, dates, infinite numbers, or a name that a spreadsheet
        would run.
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
    columns: dict[str, Any] = {}
    for number, name in enumerate(names):
        column = table.iloc[:, number]
        try:
            columns[name] = _column(column)
        except InputError as fault:
            faults += [f"{label}: column {shown(name)} {line}" for line in fault.faults]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)))


def _column(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """One column as float64, or as words with None where one is missing."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column.dtype) or pd.api.types.is_timedelta64_dtype(column.dtype):
        raise InputError(["holds dates: give a number instead, such as months since then"])
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return _finite(np.asarray(column.astype("float64").to_numpy(na_value=np.nan), dtype=np.float64))
    words = column.astype(object).where(column.notna(), "").astype(str).str.strip()
    blank = words.str.lower().isin(MISSING).to_numpy()
    told = words[~blank]
    numbers = pd.to_numeric(told, errors="coerce")
    if not numbers.isna().any():
        found = np.full(len(words), np.nan)
        found[~blank] = numbers.to_numpy(dtype=np.float64)
        return _finite(found)
    if told.str.fullmatch(_DATE).mean() > 0.9:
        raise InputError([f"holds dates as text, such as {shown(told.iloc[0])}: give a number instead, such as months "
                          "since then"])  # fmt: skip
    # "none" may be a word among words
    empty = (words == "").to_numpy() | words.str.lower().isin(MISSING - {"none"}).to_numpy()
    return np.asarray(words.astype(object).where(~empty, None))


def _finite(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    endless = np.flatnonzero(np.isinf(numbers))
    if len(endless):
        raise InputError([f"row {endless[0] + 1}: {numbers[endless[0]]} is no finite number"])
    return numbers


def prepared(
    table: pd.DataFrame,
    *,
    target: str | None = None,
    id: str | None = None,
    label: str = "table",
    origin: Mapping[str, Any] = {},
) -> Dataset:
    """Make a table of accounts ready to learn from.

    Parameters
    ----------
    table : pandas.DataFrame
        As `typed` gives it.
    target : str
        The column that says who was lost: two values, such as 1 and 0 or Yes and No.
    id : str, optional
        The column that names accounts; it is not learned from, and rows of one account are kept together.
    label : str
        What a message begins with.
    origin : mapping
        Where the table comes from.

    Raises
    ------
    InputError
        If there is no such column, the target has other than two values or is missing in a row, nothing is left to
        learn from, or there are too few rows.
    """
    names = list(map(str, table.columns))
    if target is None:
        raise InputError([f"{label}: name the column that says who was lost, as --target COLUMN. "
                          f"There are: {', '.join(names[:30])}"])  # fmt: skip
    faults = [
        f"{label}: {option} {shown(name)}: no such column.{did_you_mean(name, names)}"
        for option, name in (("--target", target), ("--id", id))
        if name is not None and name not in names
    ]
    if not faults and target == id:
        faults = [f"{label}: --id and --target are the same column"]
    if faults:
        raise InputError(faults)
    lost = lost_of(table[target], f"{label}: --target {shown(target)}")
    n, n_lost = len(lost), int(lost.sum())
    if n < LEAST_ROWS or min(n_lost, n - n_lost) < LEAST_OF_EACH:
        raise InputError([f"{label}: {n} rows, {n_lost} of them lost, are too few to learn from: at least {LEAST_ROWS} "
                          f"rows, and {LEAST_OF_EACH} of each kind, are needed"])  # fmt: skip
    known = table.drop(columns=[target] + ([id] if id is not None else []))
    if not known.shape[1] or known.isna().all().all():
        raise InputError([f"{label}: nothing is left to learn from: every other column is empty"])
    nothing = np.full(n, np.nan)
    return Dataset(
        features=known,
        target=lost,
        account=np.arange(n) if id is None else names_of(table[id]),
        day=nothing,
        known_at=nothing,
        lost_in=nothing,
        followed=nothing,
        mrr=nothing,
        question="lost",
        origin={"kind": "table", "name": label, "target": target, "id": id, "rows": n, **origin},
    )


def names_of(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """Names of accounts as text; whole numbers without a point."""
    return np.array([
        "" if value is None or value != value else f"{value:.0f}" if isinstance(value, float) and value.is_integer()
        else str(value) for value in column
    ], dtype=object)  # fmt: skip


def lost_of(column: pd.Series[Any], label: str) -> npt.NDArray[np.int8]:
    """1 where an account was lost."""
    empty = np.flatnonzero(column.isna().to_numpy())
    if len(empty) == len(column):
        raise InputError([f"{label}: every row is empty"])
    if len(empty):
        raise InputError([f"{label}: {len(empty)} rows are empty, the first is row {empty[0] + 1}"])
    words = np.array([f"{v:g}" if isinstance(v, float) else str(v).strip().lower() for v in column])
    kinds = sorted(set(words.tolist()))
    if len(kinds) == 1:
        raise InputError([f"{label}: every row holds {shown(kinds[0])}; both kinds are needed, lost and kept"])
    if len(kinds) > 2:
        few = ", ".join(map(shown, kinds[:4]))
        raise InputError([f"{label}: holds {len(kinds)} values ({few}, …); two are needed, such as 1 and 0"])
    lost = [kind for kind in kinds if kind in LOST] or [kind for kind in kinds if kind not in KEPT]
    if len(lost) != 1:
        raise InputError([f"{label}: it is not clear which of {shown(kinds[0])} and {shown(kinds[1])} means lost; make "
                          "it 1 for lost and 0 for kept"])  # fmt: skip
    return np.asarray(words == lost[0], dtype=np.int8)
