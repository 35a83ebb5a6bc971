"""Several cohorts together: how many of each are left at each age, one curve for all, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.curves import Reals
from cxsim.forecast.observed import Observed, from_risks

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.forecast.fits import Fit

LEVEL = 0.9
LONG = ("cohort", "age", "active")


@dataclass(frozen=True, slots=True, eq=False)
class Triangle:
    """Customers of each cohort by age.

    Attributes
    ----------
    names : tuple of str
        One a cohort.
    counts : tuple of float arrays
        Customers at ages 0, 1, … as far as each cohort is observed; the last one is today's.
    """

    names: tuple[str, ...]
    counts: tuple[Reals, ...]

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
        return Triangle(tuple(seen), tuple(seen.values()))

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
    if periods < 1:
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


def triangle(table: pd.DataFrame) -> Triangle:
    """Read a table of cohorts.

    Parameters
    ----------
    table : pandas.DataFrame
        Either long, with columns `cohort`, `age`, `active` (and `joined`, the size at age 0), as `cx.readings.cohorts`
        gives it; or wide, one column a cohort and one row a period, blank before the cohort begins (a first column
        named year, month, quarter, period, date or time is left aside).

    Returns
    -------
    Triangle

    Raises
    ------
    InputError
        If a cohort has a gap, rises, or holds no count; every fault with its cohort.
    """
    names = [str(name) for name in table.columns]
    if set(LONG) <= set(names):
        found = _long(table)
    else:
        keep = [k for k, name in enumerate(names) if k or name.strip().lower() not in CLOCKS]
        found = {names[k]: table.iloc[:, k].to_list() for k in keep}
    faults: list[str] = []
    cohorts = {}
    for name, values in found.items():
        try:
            cohorts[name] = _cohort(values)
        except InputError as error:
            faults += [f"cohort {name}: {line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    seen = {name: counts for name, counts in cohorts.items() if len(counts)}
    if not any(len(counts) > 1 for counts in seen.values()):
        raise InputError("the triangle: no cohort has been observed for a period")
    return Triangle(tuple(seen), tuple(seen.values()))


CLOCKS = frozenset({"year", "month", "quarter", "period", "date", "time", "week"})


def _long(table: pd.DataFrame) -> dict[str, list[float]]:
    """Counts of each cohort in order of age; `joined` is age 0."""
    found: dict[str, list[float]] = {}
    for cohort, rows in table.sort_values("age").groupby("cohort", sort=True):
        ages = rows["age"].to_numpy()
        start = [] if ages[0] == 0 or "joined" not in rows else [float(rows["joined"].iloc[0])]
        if not np.array_equal(ages, np.arange(len(ages)) + (1 if start else 0)):
            raise InputError(f"cohort {cohort}: ages must follow one another from {1 if start else 0}")
        found[str(cohort)] = [*start, *map(float, rows["active"])]
    return found


def _cohort(values: Sequence[object]) -> Reals:
    """One cohort's counts without the blanks before it begins and after it ends."""
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
    if (np.diff(counts) > 0).any():
        k = int(np.flatnonzero(np.diff(counts) > 0)[0])
        raise InputError(
            f"{counts[k + 1]:.10g} after {counts[k]:.10g} at age {k + 1}; a cohort can only become smaller "
            "(where customers come back, fit cx.readings.survival, which counts first stays)"
        )
    return counts
