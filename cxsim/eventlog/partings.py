"""Where two logs part: the first row, and the first of each account's own. Arrays only.

Values are compared by their bits, as a digest would: 0.0 and -0.0 differ. A NaN equals every other NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.eventlog.pairs import account_order

Array = npt.NDArray[Any]
Columns = Mapping[str, Array]
Ints = npt.NDArray[np.int64]

CHUNK: Final = 1 << 16  # what stays in the processor's cache while it is compared
_NAN: Final = np.float64(np.nan).view(np.int64)
_ODD: Final = np.uint64(0xBF58476D1CE4E5B9)
_HALF: Final = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Partings:
    """The accounts whose stories differ, by the time at which they part.

    Attributes
    ----------
    account : int64 array, shape (n,)
        -1 for the company.
    time : float64 array, shape (n,)
        The earlier of the two rows' [months].
    row_a, row_b : int64 array, shape (n,)
        The account's first rows that differ, one in each log; -1 where its story has ended.
    """

    account: Ints
    time: npt.NDArray[np.float64]
    row_a: Ints
    row_b: Ints


def bits(column: Array) -> Array:
    """What is compared: numbers by their bits, every NaN as one."""
    if column.dtype.kind != "f":
        return column
    found: Array = np.where(np.isnan(column), _NAN, column.view(np.int64))
    return found


def first_row(a: Columns, b: Columns) -> int | None:
    """Index of the first row in which two logs differ; None where there is none.

    Where one log is the beginning of the other, it is the first row that only the longer one has.
    """
    length_a, length_b = (len(columns["time"]) for columns in (a, b))
    for start, stop in _chunks(0, min(length_a, length_b)):
        differs = np.zeros(stop - start, dtype=np.bool_)
        for name, column in a.items():
            one, other = column[start:stop], b[name][start:stop]
            if one.tobytes() != other.tobytes():
                differs |= bits(one) != bits(other)
        if differs.any():
            return start + int(np.argmax(differs))
    return None if length_a == length_b else min(length_a, length_b)


def differing(a: Columns, rows_a: Ints, b: Columns, rows_b: Ints) -> npt.NDArray[np.bool_]:
    """In which columns rows of one log differ from rows of another; shape (rows, columns)."""
    return np.stack([bits(a[name][rows_a]) != bits(b[name][rows_b]) for name in a], axis=1)


def partings(a: Columns, b: Columns, start: int) -> Partings:
    """Where each account's story parts, both logs being the same before row `start`.

    Notes
    -----
    An account's rows are compared in their own order, whatever other accounts' rows stand between them. Rows are
    compared by fingerprints of 64 bits: rows that differ in a single column are always told apart, others but for
    a chance of 2**-64.
    """
    size = max(int(columns["account"][start:].max(initial=-1)) for columns in (a, b)) + 2
    order_a, begins_a, count_a = _stories(a, start, size)
    order_b, begins_b, count_b = _stories(b, start, size)
    prints_a, prints_b = fingerprints(a, start)[order_a], fingerprints(b, start)[order_b]
    shared = np.minimum(count_a, count_b)
    group = np.repeat(np.arange(size), shared)
    if not np.array_equal(count_a, count_b):
        place = np.arange(len(group)) - np.repeat(np.cumsum(shared) - shared, shared)
        prints_a, prints_b = prints_a[begins_a[group] + place], prints_b[begins_b[group] + place]
    unlike = np.flatnonzero(prints_a != prints_b)
    accounts, first = np.unique(group[unlike], return_index=True)
    apart = np.where(count_a == count_b, -1, shared)
    apart[accounts] = unlike[first] - (np.cumsum(shared) - shared)[accounts]

    chosen = np.flatnonzero(apart >= 0)
    row_a = _rows(order_a, begins_a, count_a, chosen, apart, start)
    row_b = _rows(order_b, begins_b, count_b, chosen, apart, start)
    time = np.minimum(_times(a, row_a), _times(b, row_b))
    both = np.where(row_a < 0, row_b, np.where(row_b < 0, row_a, np.minimum(row_a, row_b)))
    by_time = np.lexsort((both, time))
    return Partings((chosen - 1)[by_time], time[by_time], row_a[by_time], row_b[by_time])


def fingerprints(columns: Columns, start: int) -> npt.NDArray[np.uint64]:
    """A number of 64 bits for each row from `start` on."""
    prints = np.zeros(len(columns["time"]) - start, dtype=np.uint64)
    for begin, end in _chunks(start, len(columns["time"])):
        found = prints[begin - start : end - start]
        for column in columns.values():
            # each step can be undone, so that a column alone cannot be lost in it
            found ^= bits(column[begin:end]).astype(np.int64).view(np.uint64)
            found *= _ODD
            found ^= found >> _HALF
    return prints


def _chunks(start: int, stop: int) -> Iterator[tuple[int, int]]:
    for begin in range(start, stop, CHUNK):
        yield begin, min(begin + CHUNK, stop)


def _stories(columns: Columns, start: int, size: int) -> tuple[Ints, Ints, Ints]:
    """Rows by account, from `start` on; where each account's begin among them, and how many they are."""
    account = columns["account"][start:]
    count = np.bincount(account + 1, minlength=size)
    return account_order(account), np.cumsum(count) - count, count


def _rows(order: Ints, begins: Ints, count: Ints, chosen: Ints, apart: Ints, start: int) -> Ints:
    """Row at which each chosen account's story parts; -1 where it has ended."""
    here = apart[chosen]
    there = here < count[chosen]
    rows = np.full(len(chosen), -1, dtype=np.int64)
    rows[there] = start + order[(begins[chosen] + here)[there]]
    return rows


def _times(columns: Columns, rows: Ints) -> npt.NDArray[np.float64]:
    found = np.full(len(rows), np.inf)
    found[rows >= 0] = columns["time"][rows[rows >= 0]]
    return found
