"""A monthly table scope by scope: the company first, then segments, all in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.tally import FIRST_YEAR, MonthlyTable, place

Ints = npt.NDArray[np.int64]

MONTHS_OF_YEAR: Final = 12

# what cash is made of, month by month; of other measures sums are enough
BY_MONTH: Final = (
    "mrr", "active", "purchases", "new_mrr", "new_mrr_referred", "expanded_mrr", "treated_sign_up",
    "treated_onboarding", "treated_adoption", "treated_renewal",
    "digital_onboarding", "digital_adoption", "digital_renewal",
)  # fmt: skip
_PLACES: Final = [place(measure) for measure in BY_MONTH]
_NUMBER: Final = {measure: number for number, measure in enumerate(BY_MONTH)}


@dataclass(frozen=True, slots=True, eq=False)
class Scopes:
    """Sums of a monthly table for the company (row 0) and R − 1 segments.

    Attributes
    ----------
    table : MonthlyTable
    segments : tuple of int
        Which segments, by their index.
    months : int64 array, shape (len(BY_MONTH), R, T + 1)
        Contiguous along the months, so that a sum over them has the same bits for one scope and for many.
    ends, year_ago, totals, last_year, first_year : lists of R lists, one number a measure
        At the horizon; twelve months before it (0 where the run is shorter); summed over all months, the last
        twelve, the first twelve. Python's integers: their quotients are those nearest to the true ones.
    """

    table: MonthlyTable
    segments: tuple[int, ...]
    months: Ints
    ends: list[list[int]]
    year_ago: list[list[int]]
    totals: list[list[int]]
    last_year: list[list[int]]
    first_year: list[list[int]]

    def of(self, measure: str) -> Ints:
        """One of the measures `BY_MONTH`; shape (R, T + 1)."""
        column: Ints = self.months[_NUMBER[measure]]
        return column

    def total(self, measure: str, row: int) -> int:
        """Sum of a measure over the run in one scope."""
        return self.totals[row][place(measure)]


def scopes_of(table: MonthlyTable, segments: tuple[int, ...] | None = None) -> Scopes:
    """The company and these segments (all unless given).

    Parameters
    ----------
    table : MonthlyTable
    segments : tuple of int, optional
        Indices of segments.
    """
    counts = table.counts
    segments = tuple(range(len(table.segments))) if segments is None else segments
    chosen = list(segments)
    before = counts[-1 - MONTHS_OF_YEAR] if table.horizon >= MONTHS_OF_YEAR else np.zeros_like(counts[0])
    sums = np.array((
        counts[-1], before, counts[:-1].sum(axis=0), counts[-1 - MONTHS_OF_YEAR : -1].sum(axis=0),
        counts[:FIRST_YEAR].sum(axis=0),
    ))  # fmt: skip
    rows = np.concatenate((sums.sum(axis=1, keepdims=True), sums[:, chosen]), axis=1).tolist()
    picked = counts[:, :, _PLACES].transpose(2, 1, 0)
    months = np.empty((len(BY_MONTH), 1 + len(chosen), table.horizon + 1), dtype=np.int64)
    picked.sum(axis=1, out=months[:, 0])
    months[:, 1:] = picked[:, chosen]
    return Scopes(table, segments, months, *rows)
