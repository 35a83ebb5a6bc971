"""What a model has learned from: which columns, of which kind, and which were left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

NUMBER, WORD = "number", "word"
MISSING_WORD: Final = "(missing)"
MOST_FAULTS: Final = 20


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
    """

    name: str
    kind: str
    typical: float | str


def chosen(table: pd.DataFrame) -> tuple[tuple[Column, ...], Mapping[str, str]]:
    """Columns that there is something to learn from, and why others are left out.

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
        there = values[~np.isnan(values)] if kind == NUMBER else values[values != MISSING_WORD]
        n_kinds = len(np.unique(there.astype(str) if kind == WORD else there))
        mark = _mark(values)
        if not len(there):
            left_out[name] = "empty"
        elif n_kinds == 1 and len(there) == len(values):
            left_out[name] = "the same in every row"
        elif mark in seen:
            left_out[name] = f"says the same as {seen[mark]}"
        elif kind == WORD and n_kinds > 0.9 * len(values) and len(values) > 1:
            left_out[name] = "a name: nearly every row has a word of its own"
        else:
            seen[mark] = name
            if kind == NUMBER:
                kept.append(Column(name, kind, float(np.median(there))))
            else:
                words, counts = np.unique(values.astype(str), return_counts=True)
                kept.append(Column(name, kind, str(words[counts.argmax()])))
    if not kept:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:5])
        raise InputError([f"nothing is left to learn from ({reasons})"])
    return tuple(kept), left_out


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
    """The columns that a model needs, in its order.

    Raises
    ------
    InputError
        If one is missing or of another kind; each is named.
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
        given = table[column.name]
        kind = kind_of(given)
        if kind != column.kind and not given.isna().all():
            faults.append(f"{label}: column {shown(column.name)} holds {kind}s where the model has learned from "
                          f"{column.kind}s")  # fmt: skip
            continue
        if kind == column.kind:
            found[column.name] = values_of(given, kind)
        else:  # an empty column is of either kind
            found[column.name] = np.full(len(table), np.nan) if column.kind == NUMBER else [MISSING_WORD] * len(table)
    if faults:
        more = [f"{label}: and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise InputError(faults[:MOST_FAULTS] + more)
    return pd.DataFrame(found, index=table.index)
