"""Several cohorts together: how many of each are left at each age, one curve for all, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.curves import Reals
from cxsim.forecast.layout import Line, laid
from cxsim.forecast.observed import CUSTOMERS, HUNDRED, READING_ERROR, Observed, falling, from_risks, one_kind

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.forecast.fits import Fit

LEVEL = 0.9
LONG = ("cohort", "age", "active")
# columns of `cx.readings.cohorts`, whose ages are counted from the start of the month of sign-up
OF_READINGS = frozenset({"active_share", "starting_mrr", "mrr_share"})


@dataclass(frozen=True, slots=True, eq=False)
class Triangle:
    """Customers of each cohort by age.

    Attributes
    ----------
    names : tuple of str
        One a cohort.
    counts : tuple of float arrays
        Customers at ages 0, 1, … as far as each cohort is observed; the last one is today's.
    kind : str
        What the table was taken for: "count", "percent" or "share".
    notes : tuple of str
        What was taken for granted, in plain sentences.
    """

    names: tuple[str, ...]
    counts: tuple[Reals, ...]
    kind: str = "count"
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Triangle of {len(self.counts)} cohorts, periods 0–{self.periods}, {self.totals[-1]:,.0f} customers>"

    @property
    def periods(self) -> int:
        """Periods since the oldest cohort signed up."""
        return max(map(len, self.counts)) - 1

    @property
    def totals(self) -> Reals:
        """Customers of all cohorts at each period 0, 1, … since the oldest one signed up; all are seen until today."""
        whole = np.zeros(self.periods + 1)
        for counts in self.counts:
            whole[len(whole) - len(counts) :] += counts
        return whole

    def first(self, periods: int) -> Triangle:
        """The same as it was known so many periods after the oldest cohort signed up.

        Raises
        ------
        InputError
            If the number of periods is not allowed.
        """
        if not 1 <= periods <= self.periods:
            raise InputError(f"periods {shown(periods)}: must be a whole number from 1 to {self.periods}, the last")
        cut = self.periods - periods
        then = {name: counts[: max(len(counts) - cut, 0)] for name, counts in zip(self.names, self.counts, strict=True)}
        seen = {name: counts for name, counts in then.items() if len(counts)}
        return replace(self, names=tuple(seen), counts=tuple(seen.values()))

    def pooled(self) -> Observed:
        """All cohorts summed by age: at risk only as long as they are observed."""
        longest = max(map(len, self.counts)) - 1
        at_risk, lost = np.zeros(longest), np.zeros(longest)
        for counts in self.counts:
            at_risk[: len(counts) - 1] += counts[:-1]
            lost[: len(counts) - 1] -= np.diff(counts)
        return from_risks(at_risk, lost)

    def frame(self) -> pd.DataFrame:
        """Counts, one row a cohort and one column an age; NaN where not yet observed."""
        import pandas as pd

        return pd.DataFrame([pd.Series(counts) for counts in self.counts], index=pd.Index(self.names, name="cohort"))

    def alike(self) -> tuple[float, int, float]:
        """Do the cohorts differ by more than luck?

        Returns
        -------
        (deviance, degrees of freedom, p)
            p is the chance of such differences or larger ones if all cohorts had the same chance of leaving at each
            age. Small: one curve for all is too simple, and bounds of a pooled forecast too narrow.

        Notes
        -----
        Likelihood ratio of a rate for each cohort and age against one for each age, against chi-square.
        """
        from scipy.special import xlogy
        from scipy.stats import chi2

        pool = self.pooled()
        rate = pool.lost / np.maximum(pool.at_risk, 1e-300)
        deviance, free = 0.0, -int((pool.at_risk > 0).sum())
        for counts in self.counts:
            risk, lost = counts[:-1], -np.diff(counts)
            inside = risk > 0
            risk, lost, shared = risk[inside], lost[inside], rate[: len(lost)][inside]
            deviance += 2.0 * float(
                (xlogy(lost, lost / risk) - xlogy(lost, shared)
                 + xlogy(risk - lost, 1.0 - lost / risk) - xlogy(risk - lost, 1.0 - shared)).sum()
            )  # fmt: skip
            free += len(lost)
        return max(deviance, 0.0), free, float(chi2.sf(deviance, free)) if free > 0 else 1.0

    def project(
        self, fit: Fit, *, periods: int, new: float | Sequence[float] = 0.0, revenue: float | None = None
    ) -> pd.DataFrame:
        """Customers in all periods to come, cohort by cohort together, and the revenue that they bring.

        Parameters
        ----------
        fit : Fit
            Of this triangle, or of another curve that is to hold for it.
        periods : int
            How far ahead, from 1.
        new : float or sequence of float
            Customers who join in each period to come; taken as known.
        revenue : float, optional
            Of one customer in one period [currency], the same for all.

        Returns
        -------
        pandas.DataFrame, one row a period ahead, 0 is today
            `period`, `customers` with `low` and `high` (90 %, realised), `of_today` (of those who are customers today);
            with `revenue`: `revenue`, `revenue_low`, `revenue_high` (currency in that period).

        Raises
        ------
        InputError
            If a number is not allowed.

        Notes
        -----
        The cohorts share one unknown curve: in each draw it is the same for all of them, so that its uncertainty does
        not average out. Each goes on from its own last count. Who joins in a period is counted at its end.
        """
        numbers = joining(new, periods)
        ages = [(len(counts) - 1, float(counts[-1])) for counts in self.counts]
        today = fit.realised(ages, periods)
        return paid(today, fit.realised([(0, float(number)) for number in numbers], periods), periods, revenue)


def joining(new: float | Sequence[float], periods: int) -> Reals:
    """Customers who join in each period to come, shape (periods,).

    Raises
    ------
    InputError
        If a number is not allowed.
    """
    if isinstance(periods, bool) or not isinstance(periods, int | np.integer) or periods < 1:
        raise InputError(f"periods {shown(periods)}: must be a whole number from 1")
    numbers = np.broadcast_to(np.asarray(new, dtype=np.float64), (periods,)) if np.ndim(new) == 0 else np.asarray(new)
    if numbers.shape != (periods,) or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise InputError(f"new: must be one number, or {periods} of them, none negative")
    return np.asarray(numbers, dtype=np.float64)


def paid(today: Sequence[Reals], later: Sequence[Reals], periods: int, revenue: float | None) -> pd.DataFrame:
    """Sum groups of customers, shape (draws, periods + 1) each, into the table of `Triangle.project`."""
    import pandas as pd

    old = np.sum(today, axis=0)
    total = old.copy()
    for k, there in enumerate(later):
        # those who join in the k-th period are counted at its end as new
        total[:, k + 1 :] += there[:, : periods - k]
    low, high = np.quantile(total, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2), axis=0)
    table = pd.DataFrame({
        "period": np.arange(periods + 1), "customers": total.mean(axis=0), "low": low, "high": high,
        "of_today": old.mean(axis=0),
    })  # fmt: skip
    if revenue is not None:
        if not np.isfinite(revenue) or revenue < 0:
            raise InputError(f"revenue {shown(revenue)}: must be 0 or more, in currency for each customer and period")
        for name, column in (("revenue", "customers"), ("revenue_low", "low"), ("revenue_high", "high")):
            table[name] = revenue * table[column]
    return table


def triangle(
    table: pd.DataFrame, *, rows: str | None = None, customers: int | None = None, said: str | None = None
) -> Triangle:
    """Read a table of cohorts.

    Parameters
    ----------
    table : pandas.DataFrame
        Either long, with columns `cohort`, `age`, `active` (and `joined`, the size at age 0), or as
        `cx.readings.cohorts` gives it; or wide, with one column a cohort and one row a period, blank before the cohort
        begins, or with one row a cohort and one column an age. A first column that names the rows is left aside.
        Counts, or per cent of each cohort (all start at 100, not all whole), or shares (all start at 1).
    rows : str, optional
        Of a wide table: "cohorts" or "ages", where it could be read both ways.
    customers : int, optional
        How many customers per cent or shares of each cohort stand for; 1,000 unless given.
    said : str, optional
        "percent" where a sign in the table says so.

    Returns
    -------
    Triangle

    Raises
    ------
    InputError
        If a cohort has a gap, rises, or holds no count; every fault with its cohort. If it cannot be told which way a
        wide table lies.

    Notes
    -----
    Ages are full periods since sign-up. In `cx.readings.cohorts` age 1 is the end of the month of sign-up, when nobody
    has been a customer for a full month: its age a is a - 1 here.
    """
    if set(LONG) <= {str(name) for name in table.columns}:
        found, notes = _long(table)
    else:
        found, notes = laid(table, rows, _length).cohorts, ()
    faults: list[str] = []
    cohorts = {}
    for name, values in found.items():
        try:
            cohorts[name] = _known(values)
        except InputError as error:
            faults += [f"cohort {name}: {line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    seen = {name: counts for name, counts in cohorts.items() if len(counts)}
    kind, more = _kind(seen, customers, said)
    for name, counts in seen.items():
        try:
            seen[name] = _falling(counts, kind, customers)
        except InputError as error:
            faults += [f"cohort {name}: {line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    if not any(len(counts) > 1 for counts in seen.values()):
        raise InputError("the triangle: no cohort has been observed for a period")
    return Triangle(tuple(seen), tuple(seen.values()), kind, (*notes, *more))


def _kind(cohorts: dict[str, Reals], customers: int | None, said: str | None) -> tuple[str, tuple[str, ...]]:
    """What the numbers are, the same for all cohorts, and what is taken for granted."""
    if customers is not None and not 1 <= customers <= 1e12:
        raise InputError(f"customers {shown(customers)}: must be a whole number from 1 to 1e+12")
    everything = np.concatenate([np.empty(0), *cohorts.values()])
    starts = np.array([counts[0] for counts in cohorts.values()])
    whole, hundred = bool((everything == np.floor(everything)).all()), bool((starts == 100.0).all())
    if said is None and whole and not (hundred and customers not in (None, 100)):
        return "count", (HUNDRED,) if hundred and customers is None and len(starts) else ()
    for counts in cohorts.values():
        one_kind(counts)
    kind = "percent" if hundred else "share" if (starts == 1.0).all() and everything.max() <= 1.0 else None
    if kind is None:
        name = next(name for name, counts in cohorts.items() if counts[0] not in (1.0, 100.0) or counts[0] != starts[0])
        raise InputError(
            f"cohort {name}: starts at {cohorts[name][0]:.10g} in a table that is not all whole numbers; counts are "
            "whole, per cent of every cohort start at 100 and shares at 1"
        )
    word = "Percentages" if kind == "percent" else "Shares"
    assumed = f"{word} are taken as those of {CUSTOMERS:,} customers in each cohort; say how many there were."
    return kind, (assumed,) if customers is None else ()


def _long(table: pd.DataFrame) -> tuple[dict[str, Line], tuple[str, ...]]:
    """Counts of each cohort in order of age; `joined` is age 0."""
    found: dict[str, Line] = {}
    reading = bool(OF_READINGS & set(table.columns)) or table.attrs.get("ages") == "from the month of sign-up"
    for cohort, rows in table.sort_values("age").groupby("cohort", sort=True):
        ages = rows["age"].to_numpy()
        start = [] if ages[0] == 0 or "joined" not in rows else [float(rows["joined"].iloc[0])]
        if not np.array_equal(ages, np.arange(len(ages)) + (1 if start else 0)):
            raise InputError(f"cohort {cohort}: ages must follow one another from {1 if start else 0}")
        active = [float(number) for number in rows["active"]]
        if reading and start:
            # who joined in the running month is there with today's count; of the others the first month is whole
            start, active = (start, active[1:]) if len(active) > 1 else ([], active)
        found[str(cohort)] = [*start, *active]
    said = (
        "Ages are full months since sign-up: age 1 of cx.readings.cohorts, the end of the month of sign-up, is age 0."
    )
    return found, (said,) if reading else ()


def _length(values: Line) -> int | None:
    """How many counts a cohort with these cells has; None where they are no cohort's."""
    try:
        counts = _known(values)
    except InputError:
        return None
    return None if (np.diff(counts) > READING_ERROR * counts[:1].sum()).any() else len(counts)


def _known(values: Line) -> Reals:
    """One cohort's numbers without the blanks before it begins and after it ends."""
    import pandas as pd

    numbers: list[float] = []
    for value in values:
        try:
            numbers.append(np.nan if value is None or value is pd.NA else float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise InputError(f"{shown(value)} is not a number") from None
    counts = np.asarray(numbers)
    known = np.flatnonzero(~np.isnan(counts))
    if not len(known):
        return np.empty(0)
    counts = counts[known[0] : known[-1] + 1]
    if np.isnan(counts).any():
        raise InputError("has a blank between two counts")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise InputError(f"{counts.min():.10g} is not a count; counts are 0 or more")
    return counts


def _falling(counts: Reals, kind: str, customers: int | None) -> Reals:
    """One cohort's counts, which can only fall."""
    if kind != "count":
        shares, _ = falling(counts / counts[0], READING_ERROR, " %" if kind == "percent" else "")
        return shares * float(CUSTOMERS if customers is None else customers)
    if (np.diff(counts) > 0).any():
        k = int(np.flatnonzero(np.diff(counts) > 0)[0])
        raise InputError(
            f"{counts[k + 1]:.10g} after {counts[k]:.10g} at age {k + 1}; a cohort can only become smaller "
            "(where customers come back, fit cx.readings.survival, which counts first stays)"
        )
    return counts
