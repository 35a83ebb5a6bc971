"""A company's table without cohorts: who joined, who left and who is there, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.curves import Reals
from cxsim.forecast.labels import Labels

if TYPE_CHECKING:
    import pandas as pd

LEAST: Final = 8
SEASONS: Final = (2, 4, 12)
MOST: Final = 1e12

FROM_ONE: Final = Labels(first=1)

Values = Sequence[float | None] | Reals


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Additions, losses and ends by period, in the table's own numbers.

    Attributes
    ----------
    base : float
        Customers before the first period.
    additions, losses, ends : float arrays, shape (T,)
        Who joined in each period, who left in it, and who is there at its end.
    unit : float
        Customers that a 1 in the table stands for.
    season : int
        Periods in a year where the year's seasons are looked at; 1 where not.
    history : float or None
        Periods before the first one in which the base joined, where known.
    notes : tuple of str
        What was taken for granted.
    labels : Labels
        What the table calls its periods; the first one is its label of period 0 there.
    """

    base: float
    additions: Reals
    losses: Reals
    ends: Reals
    unit: float = 1.0
    season: int = 1
    history: float | None = None
    notes: tuple[str, ...] = ()
    labels: Labels = FROM_ONE

    def __repr__(self) -> str:
        return f"<Flows of {self.periods} {self.labels.unit}s, {self.ends[-1]:,.10g} customers at the end>"

    def named(self, period: int) -> str:
        """A period, counted from 1, in the table's own words: "quarter 24", "2026Q4"."""
        return self.labels.named(period - 1)

    @property
    def periods(self) -> int:
        """T."""
        return len(self.ends)

    @property
    def starts(self) -> Reals:
        """Customers at the start of each period, shape (T,)."""
        return np.concatenate(([self.base], self.ends[:-1]))

    def first(self, periods: int) -> Flows:
        """The same, known only up to a period."""
        return replace(self, additions=self.additions[:periods], losses=self.losses[:periods], ends=self.ends[:periods])


def flows(
    additions: Values | pd.DataFrame | None = None,
    *,
    losses: Values | None = None,
    ends: Values | None = None,
    base: float | None = None,
    unit: float = 1.0,
    rounding: float = 0.0,
    season: int | None = None,
    history: float | None = None,
) -> Flows:
    """Read a company's own or published numbers of customers.

    Parameters
    ----------
    additions, losses, ends : sequence of float, shape (T,)
        Who joined in each period, who left in it, and how many are there at its end. Two of the three are enough; a
        blank (None or NaN) is filled where it follows from the others. Or, alone, the table of
        `cx.readings.retention`: who came back counts as joining.
    base : float, optional
        Customers before the first period. Without it, it follows from the first period if that has all three; else the
        first period only tells the base.
    unit : float
        Customers that a 1 in the table stands for: 1e6 for a table in millions. It sets the luck of single customers.
    rounding : float
        To what the numbers are rounded, in the table's own numbers: 0.001. Ends may be off by twice that.
    season : int, optional
        Periods in a year (4 quarters, 12 months) if years have seasons; needs two years.
    history : float, optional
        In how many periods before the first one the base joined, where that is known.

    Returns
    -------
    Flows

    Raises
    ------
    InputError
        If the numbers contradict each other, a blank does not follow, or there are too few of them.

    Notes
    -----
    end = end of the period before + additions − losses.
    """
    _check(unit, rounding, season, history)
    if hasattr(additions, "columns"):
        if losses is not None or ends is not None or base is not None:
            raise InputError(
                "additions: a table of cx.readings.retention has losses, ends and the base; leave them out"
            )
        additions, losses, ends, base = _reading(additions)
    given = {
        name: _read(name, values)
        for name, values in (("additions", additions), ("losses", losses), ("ends", ends))
        if values is not None
    }
    if len(given) < 2:
        raise InputError("additions, losses, ends: two of the three are needed; the third follows")
    lengths = {name: len(values) for name, values in given.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {number}" for name, number in lengths.items())
        raise InputError(f"additions, losses, ends: are of different length ({said})")
    blank = np.full(next(iter(lengths.values())), np.nan)
    joined, left, there = (given.get(name, blank).copy() for name in ("additions", "losses", "ends"))
    notes: tuple[str, ...] = ()
    start, skip = _start(base, float(joined[0]), float(left[0]), float(there[0]))
    if skip:
        joined, left, there = joined[1:], left[1:], there[1:]
        notes = ("The first period only tells how many customers there were before the second.",)
    if len(joined) < LEAST:
        raise InputError(f"{len(joined)} periods: too few; a table without cohorts needs at least {LEAST}")
    _complete(start, joined, left, there, rounding, 2 if skip else 1)
    if unit == 1.0 and max(float((np.abs(v - np.rint(v))).max()) for v in (joined, left, there)) > 1e-6:
        raise InputError("unit 1: the numbers are not whole; say how many customers a 1 stands for, such as unit=1e6")
    if max(float(column.max()) for column in (joined, left, there)) * unit > MOST:
        raise InputError(f"unit {shown(unit)}: makes more than {MOST:.0e} customers")
    if season is not None and len(joined) < 2 * season:
        raise InputError(f"season {season}: needs two years, {2 * season} periods; here are {len(joined)}")
    if not (left > 0).any() or there[-1] <= 0:
        raise InputError("losses: nobody ever left, or nobody is there at the end; there is nothing to forecast")
    return Flows(start, joined, left, there, unit, season or 1, history, notes)


def _check(unit: float, rounding: float, season: int | None, history: float | None) -> None:
    if not (np.isfinite(unit) and unit > 0):
        raise InputError(f"unit {shown(unit)}: must be above 0, customers that a 1 in the table stands for")
    if not (np.isfinite(rounding) and rounding >= 0):
        raise InputError(f"rounding {shown(rounding)}: must be 0 or more, in the table's own numbers")
    if season is not None and season not in SEASONS:
        raise InputError(f"season {shown(season)}: must be {', '.join(map(str, SEASONS))}, periods in a year")
    if history is not None and not (np.isfinite(history) and 0 < history <= MOST):
        raise InputError(f"history {shown(history)}: must be above 0, periods in which the base joined")


def _reading(frame: Any) -> tuple[Reals, Reals, Reals, float]:
    """Additions, losses, ends and base of the table that `cx.readings.retention` gives."""
    needed = ("start", "new", "returned", "churned", "end")
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise InputError(
            f"additions: the table has no column {missing[0]}; give one of cx.readings.retention, or columns"
        )
    start, new, returned, churned, end = (frame[name].to_numpy(dtype=np.float64) for name in needed)
    return new + returned, churned, end, float(start[0])


def _read(name: str, values: Values) -> Reals:
    """One column as floats, NaN where blank."""
    found: list[float] = []
    for period, value in enumerate(values, start=1):
        try:
            number = np.nan if value is None else float(value)
        except (TypeError, ValueError):
            raise InputError(f"{name}: period {period}: {shown(value)} is not a number") from None
        if number < 0 or np.isinf(number) or number > MOST:
            raise InputError(f"{name}: period {period}: {shown(number)} must be from 0 to {MOST:.0e}")
        found.append(number)
    if not found:
        raise InputError(f"{name}: has no value")
    return np.asarray(found)


def _start(base: float | None, joined: float, left: float, there: float) -> tuple[float, bool]:
    """Customers before the first period, and whether that period is used up by telling so."""
    if base is not None:
        if not (np.isfinite(base) and 0 <= base <= MOST):
            raise InputError(f"base {shown(base)}: must be 0 or more customers, in the table's own numbers")
        return float(base), False
    whole = there + left - joined
    if not np.isnan(whole):
        if whole < 0:
            raise InputError(f"period 1: {joined:.10g} joined, {left:.10g} left and {there:.10g} are there at its end, "
                             "so that fewer than none were there before")  # fmt: skip
        return float(whole), False
    if np.isnan(there):
        raise InputError("base: is missing; say how many customers there were before the first period, or give ends")
    return there, True


def _complete(start: float, joined: Reals, left: Reals, there: Reals, rounding: float, first: int) -> None:
    """Fill what follows, in place, and refuse what contradicts."""
    before = start
    for k in range(len(joined)):
        period = k + first
        blank = [bool(np.isnan(column[k])) for column in (joined, left, there)]
        if sum(blank) > 1:
            raise InputError(f"period {period}: two of additions, losses and ends are missing; none follows")
        if blank[0]:
            joined[k] = there[k] - before + left[k]
        elif blank[1]:
            left[k] = before + joined[k] - there[k]
        elif blank[2]:
            there[k] = before + joined[k] - left[k]
        else:
            expected = before + joined[k] - left[k]
            if abs(there[k] - expected) > 2.0 * rounding + 1e-9 * max(1.0, before):
                raise InputError(
                    f"period {period}: ends {there[k]:.10g}, but {before:.10g} before + {joined[k]:.10g} joined − "
                    f"{left[k]:.10g} left = {expected:.10g}; the difference is beyond rounding {rounding:.10g}"
                )
        for name, column in (("additions", joined), ("losses", left), ("ends", there)):
            if column[k] < 0:
                if column[k] < -2.0 * rounding - 1e-9 * max(1.0, before):
                    raise InputError(f"period {period}: {name} would be {column[k]:.10g}; they are never negative")
                column[k] = 0.0
        if left[k] > before + joined[k] + 2.0 * rounding + 1e-9:
            raise InputError(f"period {period}: {left[k]:.10g} left, but only {before + joined[k]:.10g} were there")
        before = there[k]
