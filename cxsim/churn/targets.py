"""Who was lost: which of two values of a column says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

# what says nothing by itself, and answers the name of its column
YES: Final = {"1": "0", "yes": "no", "y": "n", "true": "false", "t": "f"}
LOST: Final = frozenset({"churn", "churned", "churner", "lost", "left", "gone", "cancelled", "canceled", "closed",
                         "attrited customer", "attrited", "exited", "inactive", "lapsed", "departed"})  # fmt: skip
KEPT: Final = frozenset({"kept", "stayed", "stays", "active", "retained", "existing", "existing customer", "current",
                         "open", "renewed", "loyal"})  # fmt: skip
# of a column of such a name a "yes" may well be good news
ABOUT_STAYING: Final = re.compile(r"(?<!in)active|retain|retention|stay|kept|renew|alive|surviv|loyal", re.IGNORECASE)
INSTEAD: Final = "make it 1 for lost and 0 for kept"
ASK: Final = f"say which with --lost VALUE (in Python lost=), or {INSTEAD}"


def kinds_of(column: pd.Series[Any], label: str) -> tuple[npt.NDArray[Any], list[str]]:
    """Each row's value as a word in small letters, and the two that there are.

    Raises
    ------
    InputError
        If a row is empty, or there are not two.
    """
    words = np.array([_word(value) for value in column], dtype=object)
    empty = np.flatnonzero(words == "")
    if len(empty) == len(words):
        raise InputError([f"{label}: every row is empty"])
    if len(empty):
        rows = "1 row is" if len(empty) == 1 else f"{len(empty)} rows are"
        raise InputError([f"{label}: {rows} empty, the first is row {empty[0] + 1}"])
    kinds = sorted(set(words.tolist()))
    if len(kinds) == 1:
        raise InputError([f"{label}: every row holds {shown(kinds[0])}; both kinds are needed, lost and kept"])
    if len(kinds) > 2:
        few = ", ".join(map(shown, kinds[:3]))
        raise InputError([f"{label}: holds {len(kinds)} values ({few}{', …' if len(kinds) > 3 else ''}); two are "
                          "needed, such as 1 and 0"])  # fmt: skip
    return words, kinds


def _word(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:g}"
    text = str(value).strip().lower()
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text)  # 1.0 is 1


def lost_value(kinds: list[str], label: str, *, lost: str | float | None = None, name: str = "", ask: str = ASK) -> str:
    """Which of two values says that an account was lost.

    Parameters
    ----------
    kinds : list of str
        As `kinds_of` gives them.
    label : str
        What a message begins with.
    lost : str or number, optional
        The value, if somebody says it.
    name : str
        Of the column: where it is about staying, a bare yes or 1 is not taken for a loss.

    ask : str
        What a message asks for.

    Raises
    ------
    InputError
        If it is neither said nor plain, or no such value is there.
    """
    pair = " and ".join(map(shown, kinds))
    if lost is not None:
        word = _word(lost)
        if word not in kinds:
            raise InputError([f"{label}: --lost {shown(lost)}: no row holds it; there are {pair}"])
        return word
    for yes, no in YES.items():
        if set(kinds) == {yes, no}:
            if ABOUT_STAYING.search(name):
                raise InputError([f"{label}: by its name it may say who stayed, so that {shown(yes)} may not mean "
                                  f"lost: {ask}"])  # fmt: skip
            return yes
    bare = set(YES) | set(YES.values())
    if not any(kind in bare or re.fullmatch(r"[+-]?[\d.]+", kind) for kind in kinds):
        gone = [kind for kind in kinds if kind in LOST]
        here = [kind for kind in kinds if kind in KEPT]
        if len(gone) == 1 and len(here) <= 1:
            return gone[0]
        if len(here) == 1 and not gone:
            return next(kind for kind in kinds if kind not in here)
    raise InputError([f"{label}: it is not clear which of {pair} means lost: {ask}"])


def lost_of(
    column: pd.Series[Any], label: str, *, lost: str | float | None = None, name: str = "", ask: str = ASK
) -> tuple[npt.NDArray[np.int8], str]:
    """1 where an account was lost, and the value that says so, as it stands in the column.

    Parameters
    ----------
    column : pandas.Series
    label, lost, name, ask
        As in `lost_value`.

    Raises
    ------
    InputError
        If a row is empty, there are other than two values, or it is not plain which of them means lost.
    """
    words, kinds = kinds_of(column, label)
    value = lost_value(kinds, label, lost=lost, name=name, ask=ask)
    rows = words == value
    first = column.iloc[int(np.argmax(rows))]
    return np.asarray(rows, dtype=np.int8), f"{first:g}" if isinstance(first, float) else str(first).strip()
