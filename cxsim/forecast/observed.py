"""What is known of a cohort: customers at risk and lost at each age, from survival, counts or a reading of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.curves import Reals
from cxsim.forecast.labels import BY_NUMBER, Labels

if TYPE_CHECKING:
    import pandas as pd

CUSTOMERS: Final = 1000
HUNDRED: Final = (
    "Whole numbers from 100 are taken for counts of 100 customers; if they are per cent, say how many customers there "
    "were."
)
LEAST_PERIODS: Final = 3
LIFE_TABLE: Final = "life table"
READING_ERROR: Final = 0.005
MOST_CUSTOMERS: Final = 1e12
TOO_STEEP: Final = 20.0  # no cohort falls from so many per cent to 1 % or less in one period: that is a share


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A cohort, or several summed by age.

    Attributes
    ----------
    at_risk, lost : float arrays, shape (T,)
        Customers there at the start of each age, and lost by its end.
    survival : float array, shape (T + 1,)
        Share still there at ages 0 … T: counted, or Kaplan-Meier's where cohorts differ in length.
    customers : float
        At the start.
    kind : str
        "count", "percent", "share" or "life table".
    notes : tuple of str
        What was taken for granted, in plain sentences.
    unit : str
        What a period is: "period" unless known.
    guessed : bool
        Whether nobody said how many customers percentages stand for.
    labels : Labels
        What a table calls its periods.
    """

    at_risk: Reals
    lost: Reals
    survival: Reals
    customers: float
    kind: str
    notes: tuple[str, ...] = ()
    unit: str = "period"
    guessed: bool = False
    labels: Labels = BY_NUMBER

    @property
    def periods(self) -> int:
        """T, the last age observed."""
        return len(self.lost)

    def __repr__(self) -> str:
        end = f"{100 * self.survival[-1]:.1f} % left at {self.labels.named(self.periods)}"
        return f"<Observed {self.kind} of {self.customers:,.0f} customers, {end}>"

    @property
    def taken(self) -> str:
        """What the data were taken for, and what for the start, in a sentence."""
        if self.kind == LIFE_TABLE:
            return f"Taken for a life table of cohorts that begins with {self.customers:,.0f} customers."
        kinds = {"count": "counts of customers", "percent": "per cent", "share": "shares"}
        there = {"count": f"{self.customers:,.0f} customers", "percent": "100 %", "share": "1"}
        return f"Taken for {kinds[self.kind]}; the start is {self.labels.named(0)} with {there[self.kind]}."

    def first(self, periods: int) -> Observed:
        """The same, known only up to an age."""
        return replace(
            self, at_risk=self.at_risk[:periods], lost=self.lost[:periods], survival=self.survival[: periods + 1]
        )


def observed(
    data: Sequence[float] | Reals | pd.Series[Any] | pd.DataFrame, customers: int | None = None, said: str | None = None
) -> Observed:
    """Read a cohort.

    Parameters
    ----------
    data : sequence of float, or pandas.DataFrame
        Survival at periods 0, 1, … in per cent (100 first) or as shares (1 first), or counts of customers still there;
        or what `cx.readings.survival` (one group) or `cx.readings.cohorts` gave.
    customers : int, optional
        How many customers percentages or shares stand for; 1,000 unless given.
    said : str, optional
        "percent" where a name or a sign says so.

    Raises
    ------
    InputError
        If survival rises, is negative or above 100 %, is missing, is no number, or has fewer than four values.

    Notes
    -----
    Whole numbers are counts, even where they start at 100 or 1, unless `customers` says otherwise. Of numbers with
    decimals, those that start at 100 are per cent, and those that start at 1 shares. A rise of half a point or less in
    percentages is an error of reading and is evened out (pool adjacent violators); a note says so.
    """
    frame = _frame_columns(data)
    if frame is not None:
        if customers is not None:
            raise InputError(f"customers {customers}: a table of accounts counts its own; leave customers out")
        return _life_table(frame)
    values = _numbers(data)
    if customers is not None and not 1 <= customers <= MOST_CUSTOMERS:
        raise InputError(f"customers {shown(customers)}: must be a whole number from 1 to {MOST_CUSTOMERS:.0e}")
    kind = kind_of(values, customers, said)
    if kind == "count":
        if customers is not None and customers != values[0]:
            raise InputError(f"customers {customers}: the counts start at {values[0]:.10g}; leave customers out")
        unsure = values[0] == 100.0 and customers is None
        return from_counts(falling(values, 0.0, "")[0], "count", (HUNDRED,) if unsure else ())
    number = float(CUSTOMERS if customers is None else customers)
    shares, notes = falling(values / values[0], READING_ERROR, " %" if kind == "percent" else "")
    if customers is None:
        word = "Percentages" if kind == "percent" else "Shares"
        notes = (f"{word} are taken as those of {CUSTOMERS:,} customers; say how many there were.", *notes)
    return replace(from_counts(shares * number, kind, notes), guessed=customers is None)


def from_counts(counts: Reals, kind: str, notes: tuple[str, ...]) -> Observed:
    """One cohort's customers at ages 0 … T."""
    if len(counts) < LEAST_PERIODS + 1:
        raise InputError(
            f"{len(counts)} values: too few; a forecast needs the start and at least {LEAST_PERIODS} periods after it"
        )
    return Observed(counts[:-1], -np.diff(counts), counts / counts[0], float(counts[0]), kind, notes)


def _numbers(data: Any) -> Reals:
    """One-dimensional floats, each fault with its period."""
    faults, values = [], []
    for period, value in enumerate(data):
        try:
            number = np.nan if value is None else float(value)
        except (TypeError, ValueError):
            faults.append(f"period {period}: {shown(value)} is not a number")
            values.append(0.0)
            continue
        if np.isnan(number):
            faults.append(f"period {period}: the value is missing")
        elif not np.isfinite(number):
            faults.append(f"period {period}: {number} is not a finite number")
        elif number < 0:
            faults.append(f"period {period}: {number:.10g} is negative; survival is 0 to 100 %, a count 0 or more")
        elif number > MOST_CUSTOMERS:
            faults.append(f"period {period}: {number:.10g} is more than {MOST_CUSTOMERS:.0e} customers")
        values.append(number)
    if faults:
        if np.isnan(values).all():
            raise InputError("every value is missing")
        raise InputError(faults[0] + (f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""))
    if len(values) < LEAST_PERIODS + 1:
        raise InputError(
            f"{len(values)} values: too few; a forecast needs the start and at least {LEAST_PERIODS} periods after it"
        )
    return np.asarray(values, dtype=np.float64)


def kind_of(values: Reals, customers: int | None = None, said: str | None = None) -> str:
    """Counts, per cent or shares.

    Parameters
    ----------
    values : float array, shape (T + 1,)
        The first one is the start.
    customers : int, optional
        At the start, where somebody said.
    said : str, optional
        "percent" where a name or a sign says so.

    Raises
    ------
    InputError
        If they are none of these, or two of them at once.
    """
    first = float(values[0])
    if first == 0:
        raise InputError("period 0: there are 0 customers at the start")
    whole = bool((values == np.floor(values)).all())
    if said is None and whole and not (first == 100.0 and customers not in (None, 100)):
        return "count"
    one_kind(values)
    if first == 100.0:
        return "percent"
    if first == 1.0 and (values <= 1.0).all():
        return "share"
    if said is not None:
        if first > 100.0:
            raise InputError(f"period 0: {first:.10g} is above 100 %; a count needs a name without percent in it")
        raise InputError(f"period 0: {first:.10g} % is not where survival starts; it starts at 100 %")
    above = "above 100 %; " if first > 100 else ""
    raise InputError(
        f"period 0: {first:.10g} is {above}neither 100 % nor a whole count; survival starts at 100 (or 1), counts are "
        "whole numbers"
    )


def one_kind(values: Reals) -> None:
    """Refuse per cent and shares in one column.

    Raises
    ------
    InputError
        Where a value is 1 or less beside one of 20 or more.
    """
    small = (values > 0.0) & (values <= 1.0)
    for k in range(1, len(values)):
        here, before = values[k], values[k - 1]
        if (small[k] and before >= TOO_STEEP) or (small[k - 1] and here >= TOO_STEEP):
            raise InputError(
                f"period {k}: {here:.10g} after {before:.10g}; per cent and shares stand in one column: write all of "
                "it as one of them"
            )


def falling(values: Reals, tolerance: float, unit: str) -> tuple[Reals, tuple[str, ...]]:
    """Values that never rise; small rises are evened out and said."""
    scale = 100.0 if unit else 1.0
    rises = np.flatnonzero(np.diff(values) > 1e-12 * values[0])
    large = [k for k in rises if values[k + 1] - np.min(values[: k + 1]) > tolerance]
    if large:
        k = large[0]
        before, after = scale * values[k], scale * values[k + 1]
        above = (
            f" and is above 100 % of the start ({scale * values[0]:.10g}{unit})" if values[k + 1] > values[0] else ""
        )
        raise InputError(
            f"period {k + 1}: {after:.10g}{unit} rises from {before:.10g}{unit}{above}; survival can only fall"
        )
    if not len(rises):
        return values, ()
    from scipy.optimize import isotonic_regression

    level = np.minimum(np.asarray(isotonic_regression(values, increasing=False).x, dtype=np.float64), values[0])
    level[0] = values[0]
    said = ", ".join(str(k + 1) for k in rises[:5]) + (" and later" if len(rises) > 5 else "")
    return level, (
        f"Survival rises by half a point or less at period {said}: taken as an error of reading, evened out.",
    )


def _frame_columns(data: Any) -> pd.DataFrame | None:
    """The frame, if the data are one."""
    return data if hasattr(data, "columns") else None


def _life_table(frame: pd.DataFrame) -> Observed:
    """Ages from the tables of `cx.readings`."""
    names = set(map(str, frame.columns))
    if {"cohort", "age", "active"} <= names:
        from cxsim.forecast.triangle import triangle

        return triangle(frame).pooled()
    if not {"tenure", "at_risk", "lost"} <= names:
        raise InputError(
            "the table: is neither a survival table (tenure, at_risk, lost) nor a table of cohorts (cohort, age, "
            "active); give one column of numbers, or a triangle"
        )
    if "group" in names and frame["group"].nunique() > 1:
        raise InputError(
            f"the table: has {frame['group'].nunique()} groups; choose one, such as table[table.group == …]"
        )
    period = np.maximum(np.ceil(frame["tenure"].to_numpy(dtype=np.float64) - 1e-9), 1.0).astype(np.int64)
    risk, lost = frame["at_risk"].to_numpy(dtype=np.float64), frame["lost"].to_numpy(dtype=np.float64)
    last = int(period.max())
    at_risk, gone = np.zeros(last), np.zeros(last)
    for age in range(1, last + 1):
        rows = period == age
        if not rows.any():
            raise InputError(f"tenure {age}: nobody left or was censored in this month, so nobody is known to be there")
        stays = np.prod(1.0 - lost[rows] / np.maximum(risk[rows], 1.0))
        at_risk[age - 1] = risk[rows].max()
        gone[age - 1] = at_risk[age - 1] * (1.0 - stays)
    return from_risks(at_risk, gone)


def from_risks(at_risk: Reals, lost: Reals) -> Observed:
    """Customers at risk and lost by age, of cohorts of different length."""
    if len(lost) < LEAST_PERIODS:
        raise InputError(f"{len(lost)} ages: too few; a forecast needs at least {LEAST_PERIODS} periods")
    survival = np.concatenate(([1.0], np.cumprod(1.0 - lost / np.maximum(at_risk, 1e-9))))
    return Observed(at_risk, lost, survival, float(at_risk[0]), LIFE_TABLE)
