"""What a model has learned from: which columns, of which kind, how they were written, and which were left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import cells
from cxsim.churn.cells import MISSING, PLAIN, Form
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

NUMBER, WORD = "number", "word"
MISSING_WORD: Final = "(missing)"
MOST_FAULTS: Final = 20
LEAST_BLANK: Final = 30  # of fewer rows it cannot be told what it means that a cell is blank
USUAL: Final = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a model learned from.

    Attributes
    ----------
    name : str
    kind : str
        "number" or "word".
    typical : float or str
        Its median, or its most frequent word.
    form : Form
        How its numbers were written.
    low, high : float
        The least and the largest number; NaN for words.
    words : tuple of str
        All of its words.
    blank : bool
        Whether so many rows were blank that the model has learned what that means.
    usual : tuple of float or str
        Values as they were, each standing for a twelfth of the rows, in an order of the column's own.
    """

    name: str
    kind: str
    typical: float | str
    form: Form = PLAIN
    low: float = float("nan")
    high: float = float("nan")
    words: tuple[str, ...] = ()
    blank: bool = True
    usual: tuple[float | str, ...] = ()


def chosen(table: pd.DataFrame, forms: Mapping[str, Form] = {}) -> tuple[tuple[Column, ...], Mapping[str, str]]:
    """Columns that there is something to learn from, and why others are left out.

    Parameters
    ----------
    table : pandas.DataFrame
    forms : mapping of str to Form
        How numbers were written, where that was not plain.

    Raises
    ------
    InputError
        If none is left.
    """
    kept: list[Column] = []
    left_out: dict[str, str] = {}
    seen: dict[bytes, str] = {}
    for name in map(str, table.columns):
        kind = kind_of(table[name])
        values = values_of(table[name], kind)
        there = values[~np.isnan(values)] if kind == NUMBER else values[values != MISSING_WORD].astype(str)
        kinds, counts = np.unique(there, return_counts=True)
        mark = _mark(values)
        if not len(there):
            left_out[name] = "empty"
        elif len(kinds) == 1 and len(there) == len(values):
            left_out[name] = "the same in every row"
        elif mark in seen:
            left_out[name] = f"says the same as {seen[mark]}"
        elif kind == WORD and len(kinds) > 0.9 * len(values) and len(values) > 1:
            left_out[name] = "a name: nearly every row has a word of its own"
        else:
            seen[mark] = name
            blanks = len(values) - len(there)
            learned = blanks >= LEAST_BLANK
            usual = _usual(there, name)
            if kind == NUMBER:
                low, high, middle = float(there.min()), float(there.max()), float(np.median(there))
                kept.append(Column(name, kind, middle, forms.get(name, PLAIN), low, high, (), learned, usual))
            else:
                often = str(kinds[counts.argmax()]) if counts.max() >= blanks else MISSING_WORD
                words = tuple(map(str, kinds))
                kept.append(Column(name, kind, often, words=words, blank=learned, usual=usual))
    if not kept:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:5])
        raise InputError([f"nothing is left to learn from ({reasons})"])
    return tuple(kept), left_out


def _usual(there: npt.NDArray[Any], name: str) -> tuple[float | str, ...]:
    """Values at even distances among all, in an order of the column's own."""
    at = ((np.arange(USUAL) + 0.5) / USUAL * len(there)).astype(np.int64)
    some = np.sort(there)[at]
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return tuple(np.random.default_rng(seed).permutation(some).tolist())


def kind_of(column: pd.Series[Any]) -> str:
    """Whether a column holds numbers or words."""
    import pandas as pd

    return NUMBER if pd.api.types.is_numeric_dtype(column.dtype) else WORD


def values_of(column: pd.Series[Any], kind: str) -> Any:
    """A column's float64 values, NaN where missing, or its words."""
    if kind == NUMBER:
        return column.astype("float64").to_numpy(na_value=np.nan)
    return np.asarray(column.astype(object).where(column.notna(), MISSING_WORD).astype(str), dtype=object)


def _mark(values: Any) -> bytes:
    """The same for columns that say the same: equal numbers, or words that stand for each other."""
    import pandas as pd

    same = values if values.dtype != object else pd.factorize(values)[0]
    return hashlib.sha256(np.ascontiguousarray(same).tobytes()).digest()


def fitted(table: pd.DataFrame, columns: Sequence[Column], *, label: str = "table") -> pd.DataFrame:
    """The columns that a model needs, in its order; text is read as the model's columns were.

    Raises
    ------
    InputError
        If one is missing, or holds words where the model has learned from numbers; each is named.
    """
    import pandas as pd

    names = list(map(str, table.columns))
    faults: list[str] = []
    found: dict[str, Any] = {}
    for column in columns:
        if column.name not in names:
            near = did_you_mean(column.name, names)
            faults.append(f"{label}: column {shown(column.name)}, which the model needs, is missing.{near}")
            continue
        given = table.iloc[:, names.index(column.name)]
        try:
            found[column.name] = _numbers(given, column.form) if column.kind == NUMBER else _words(given)
        except InputError as fault:
            faults += [f"{label}: column {shown(column.name)} {line}" for line in fault.faults]
    if faults:
        more = [f"{label}: and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise InputError(faults[:MOST_FAULTS] + more)
    return pd.DataFrame(found, index=table.index)


def _numbers(given: pd.Series[Any], form: Form) -> Any:
    """Numbers, however they are written."""
    import pandas as pd

    if kind_of(given) == NUMBER:
        return cells.finite(values_of(given, NUMBER))
    if pd.api.types.is_datetime64_any_dtype(given.dtype):
        raise InputError(["holds dates where the model has learned from numbers"])
    written = cells.written(given)
    if not written.kinds:
        return np.full(len(given), np.nan)
    read = cells.numbers_of(written, form=form)
    if read is None:
        first = next(word for word in written.kinds if cells.numbers_of(_only(word), form=form) is None)
        raise InputError([f"holds words, such as {shown(first)}, where the model has learned from numbers"])
    return cells.finite(read[0])


def _only(word: str) -> cells.Written:
    return cells.Written([word], np.zeros(1, dtype=np.int64))


def _words(given: pd.Series[Any]) -> Any:
    """Words; a number is the word that is written so."""
    return cells.written(given, MISSING - {"none"}).words(MISSING_WORD)
