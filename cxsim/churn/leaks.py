"""Columns that tell who was lost because they were written afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.columns import NUMBER, kind_of
from cxsim.errors import shown

if TYPE_CHECKING:
    import pandas as pd

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# assumption: what is known beforehand never ranks so well by itself; a good model of all columns has .8 to .9
TOO_GOOD: Final = 0.98
# assumption: a word, or a cell that is filled, after which nearly all are lost; a fifth of all losses have it
SURE, LEAST_SHARE, LEAST_ROWS = 0.98, 0.2, 20
PARTS: Final = 20


def leaks(table: pd.DataFrame, lost: npt.NDArray[np.int8]) -> list[str]:
    """A line for each column that by itself all but says who was lost.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
        Numbers and words, as `tables.typed` gives them.
    lost : array of 0 and 1, shape (n,)

    Notes
    -----
    A column is suspect if it ranks lost above kept accounts with an AUC of .98 (words by the share lost among the
    other half of the rows; numbers by twentieths), or if of at least 20 rows that are filled, blank, or of one word
    98 % were lost, and those are a fifth of all losses; not where nearly everybody is lost anyway.
    """
    found = []
    for name in map(str, table.columns):
        why = _why(table[name], lost.astype(np.float64))
        if why:
            found.append(
                f"column {shown(name)} all but says by itself who was lost ({why}); if it is written only when an "
                "account leaves, the model knows nothing of those who have not: leave it out"
            )
    return found


def _why(column: pd.Series[Any], lost: Reals) -> str:
    from cxsim.churn.measures import auc

    filled = column.notna().to_numpy()
    for rows, told in ((filled, "filled"), (~filled, "blank")):
        if _sure(rows, lost):
            return f"{100 * lost[rows].mean():.0f} % of the {int(rows.sum()):,} rows where it is {told} were lost"
    code = _coded(column, filled)
    ranked = auc(lost, _from_the_others(code, lost))
    if ranked >= TOO_GOOD:
        return f"AUC {ranked:.3f} alone"
    if kind_of(column) != NUMBER:
        for word, n in column[filled].value_counts().head(PARTS).items():
            rows = (column == word).to_numpy()
            if n >= LEAST_ROWS and _sure(rows, lost):
                return f"{100 * lost[rows].mean():.0f} % of the {n:,} rows that hold {shown(str(word))} were lost"
    return ""


def _sure(rows: npt.NDArray[np.bool_], lost: Reals) -> bool:
    """Whether nearly all of some rows are lost, those are many, and it is not so everywhere."""
    n = int(rows.sum())
    if not LEAST_ROWS <= n < len(lost) or lost.mean() > 0.9:
        return False
    return bool(lost[rows].mean() >= SURE and lost[rows].sum() >= LEAST_SHARE * lost.sum())


def _coded(column: pd.Series[Any], filled: npt.NDArray[np.bool_]) -> Ints:
    """Which word, or which twentieth of the numbers, a row holds; 0 where it is blank."""
    import pandas as pd

    code = np.zeros(len(column), dtype=np.int64)
    if kind_of(column) != NUMBER:
        code[filled] = pd.factorize(column[filled])[0] + 1
    elif filled.any():
        values = column.to_numpy(dtype=np.float64)[filled]
        edges = np.unique(np.quantile(values, np.linspace(0, 1, PARTS + 1)[1:-1]))
        # an edge is a part of its own: so are the few values of a column that has few
        code[filled] = np.searchsorted(edges, values, "left") + np.searchsorted(edges, values, "right") + 1
    return code


def _from_the_others(code: Ints, lost: Reals) -> Reals:
    """Share lost among the rows of the other half that hold the same; the share of all where none does."""
    half = np.arange(len(code)) % 2
    half[np.argsort(lost, kind="stable")] = np.arange(len(code)) % 2  # as many lost in each
    found = np.empty(len(code))
    for k in (0, 1):
        other = half != k
        n = np.bincount(code[other], minlength=int(code.max()) + 1)
        gone = np.bincount(code[other], weights=lost[other], minlength=len(n))
        # one more row that was lost as often as all: what is rare says little
        share = (gone + lost.mean()) / (n + 1.0)
        found[half == k] = share[code[half == k]]
    return found
