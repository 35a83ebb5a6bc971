"""Survival in steps of a month: curves of a table, and a hazard model that gives each account its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.columns import NUMBER, Column, chosen, fitted
from cxsim.churn.dataset import Dataset
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MONTHS: Final = 12
MOST_PERIODS: Final = 4_000_000  # rows of a month each; 1 GB with two dozen columns
STRENGTH: Final = 1.0
MOVING: Final = ("months_to_renewal", "tenure", "month")  # known beforehand for every later month


def kaplan_meier(table: pd.DataFrame, *, duration: str, lost: str, by: str | None = None) -> pd.DataFrame:
    """Survival of accounts by age, those still there being censored.

    Parameters
    ----------
    table : pandas.DataFrame
    duration : str
        Column of ages, 0 or more; an account that is lost is lost at this age.
    lost : str
        Column that says who was lost, as a target of `churn.fit`.
    by : str, optional
        Column of groups.

    Returns
    -------
    pandas.DataFrame
        `group`, `duration`, `at_risk` (accounts that were still watched as this age began), `lost` (at this age),
        `survival`, `low`, `high` (95 %, on the log-log scale; NaN where the curve is 1 or 0): a row at age 0, and one
        at each age of a loss.

    Raises
    ------
    InputError
        If a column is missing, holds something else, or is empty in a row.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452, by `scipy.stats.ecdf`.
    """
    import warnings

    import pandas as pd
    from scipy.stats import CensoredData, ecdf

    age, event = _ages(table, duration, lost)
    if by is not None and by not in table:
        raise InputError([f"by {shown(by)}: no such column.{did_you_mean(by, list(map(str, table.columns)))}"])
    groups = np.full(len(table), "all", dtype=object) if by is None else table[by].astype(str).to_numpy()
    parts = []
    for group in pd.unique(groups):
        mine = groups == group
        survival: Any = ecdf(CensoredData.right_censored(age[mine], ~event[mine])).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where the curve is 1 or 0 there is no interval
            bounds: Any = survival.confidence_interval(method="log-log")
        at = np.isin(survival.quantiles, age[mine & event])
        ages = survival.quantiles[at]
        lost_at = np.sort(age[mine & event])
        n_lost = np.searchsorted(lost_at, ages, "right") - np.searchsorted(lost_at, ages)
        parts.append(pd.DataFrame({
            "group": group, "duration": ages, "at_risk": (age[mine] >= ages[:, None]).sum(axis=1), "lost": n_lost,
            "survival": survival.probabilities[at], "low": bounds.low.probabilities[at],
            "high": bounds.high.probabilities[at],
        }))  # fmt: skip
        if not len(ages) or ages[0] > 0.0:  # before the first loss everybody is there
            first = {"group": group, "duration": 0.0, "at_risk": int(mine.sum()), "lost": 0, "survival": 1.0,
                     "low": np.nan, "high": np.nan}  # fmt: skip
            parts[-1] = pd.concat([pd.DataFrame([first]), parts[-1]], ignore_index=True)
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True, eq=False)
class HazardModel:
    """Chance of a loss in each coming month, given that the account is still there.

    Attributes
    ----------
    columns : tuple of Column
    months : int
        Months that it has learned.
    pipeline : scikit-learn Pipeline
        Of the columns and the number of the month.
    origin : dict
    """

    columns: tuple[Column, ...]
    months: int
    pipeline: Any
    origin: dict[str, Any] = field(default_factory=dict)

    def hazard(self, table: pd.DataFrame) -> Reals:
        """Chance of a loss in months 1 … T for whoever is there at their beginning; shape (n, T).

        Raises
        ------
        InputError
            If a column is missing or of another kind.
        """
        from cxsim.churn.model import one_thread

        given = fitted(table, self.columns)
        found = np.empty((len(given), self.months))
        with one_thread():
            for k in range(self.months):
                month = _period(given, np.full(len(given), k))
                found[:, k] = self.pipeline.predict_proba(month)[:, 1]
        return found

    def survival(self, table: pd.DataFrame) -> pd.DataFrame:
        """Each account's survival curve.

        Returns
        -------
        pandas.DataFrame, one row an account
            Columns 0 … T: the chance that it is still there after so many months.
        """
        import pandas as pd

        curve = np.cumprod(1.0 - self.hazard(table), axis=1)
        return pd.DataFrame(np.column_stack((np.ones(len(curve)), curve)), columns=range(self.months + 1))


def hazard(
    source: Dataset | pd.DataFrame,
    *,
    duration: str | None = None,
    lost: str | None = None,
    months: int = MONTHS,
    covariates: bool = True,
) -> HazardModel:
    """Fit a hazard model in steps of a month.

    Parameters
    ----------
    source : Dataset or pandas.DataFrame
        A dataset of a log (months count from the day), or a table of accounts (from the age of 0).
    duration, lost : str, optional
        In a table, the columns of ages in months and of who was lost.
    months : int
        How many months ahead, 1 to 600.
    covariates : bool
        False for one curve that is everybody's: it is the Kaplan-Meier curve at whole months.

    Returns
    -------
    HazardModel

    Raises
    ------
    InputError
        If the source has no durations, or there is nothing to learn from.

    Notes
    -----
    One row an account and month that it lived through in part or whole, until its loss or the end of what is known;
    logistic regression of the loss in that month, with a level of its own for each month. A month that was not
    observed to its end is left out. In a log, what is known beforehand (tenure, months to renewal) moves with the
    month; all else stays as it was on the day.

    References
    ----------
    Singer & Willett 1993, doi:10.3102/10769986018002155.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= 600:
        raise InputError([f"months: {months!r} is not a whole number from 1 to 600"])
    known, age, event = durations(source, duration, lost)
    columns, _ = chosen(known) if covariates else ((), {})
    given = fitted(known, columns)
    # the month of a loss is the one that it ends: a loss at 3.0 belongs to the third
    lived = np.where(event, np.maximum(np.ceil(age - 1e-9), 1.0), np.floor(age + 1e-9)).astype(np.int64)
    seen = np.minimum(lived, months)
    if int(seen.sum()) > MOST_PERIODS:
        raise InputError([f"months: {int(seen.sum()):,} months of accounts are more than {MOST_PERIODS:,}; take fewer "
                          "days or accounts"])  # fmt: skip
    row = np.repeat(np.arange(len(given)), seen)
    number = np.arange(len(row)) - np.repeat(np.cumsum(seen) - seen, seen)
    gone = (event[row] & (number + 1 == lived[row])).astype(np.int64)
    if len(np.unique(gone)) < 2:
        raise InputError(["hazard: nobody was lost, or nobody was kept, in the months that are to be learned"])
    regression = LogisticRegression(C=STRENGTH if columns else 1e6, solver="newton-cholesky", max_iter=200, tol=1e-8)
    pipeline = make_pipeline(_transformer(columns), regression)
    from cxsim.churn.model import one_thread

    with one_thread():
        pipeline.fit(_period(given.iloc[row].reset_index(drop=True), number), gone)
    origin = dict(source.origin) if isinstance(source, Dataset) else {"kind": "table"}
    return HazardModel(columns, int(number.max()) + 1, pipeline, origin)


def _transformer(columns: tuple[Column, ...]) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder

    from cxsim.churn import members

    levels = ("months", OneHotEncoder(handle_unknown="ignore"), ["_number"])
    if not columns:
        return ColumnTransformer([levels], sparse_threshold=0.0)
    return ColumnTransformer(
        [levels, ("known", members.numbered(columns), [c.name for c in columns])], sparse_threshold=0.0
    )


def _period(given: pd.DataFrame, number: Ints) -> pd.DataFrame:
    """Rows of accounts in the month of a number, from 0."""
    moved: dict[str, Any] = {"_number": number}
    for name in MOVING:
        if name in given and name != "months_to_renewal":
            moved[name] = given[name].to_numpy() + number
    if "months_to_renewal" in given:
        left = given["months_to_renewal"].to_numpy()
        term = given["term"].to_numpy() if "term" in given else left
        moved["months_to_renewal"] = (left - 1 - number) % np.maximum(term, 1) + 1
    return given.assign(**moved)


def durations(
    source: Dataset | pd.DataFrame, duration: str | None, lost: str | None
) -> tuple[pd.DataFrame, Reals, npt.NDArray[np.bool_]]:
    """What is known of accounts, months until the loss or the end of what is known, and whether it was a loss."""
    if isinstance(source, Dataset):
        if not source.has_days:
            raise InputError(["hazard: the dataset has no days; give the table with duration= and lost="])
        event = source.lost_in <= source.followed
        return source.features, np.where(event, source.lost_in, source.followed), event
    if duration is None or lost is None:
        raise InputError(["hazard: name the columns duration= and lost= of the table"])
    age, event = _ages(source, duration, lost)
    return source.drop(columns=[duration, lost]), age, event


def _ages(table: pd.DataFrame, duration: str, lost: str) -> tuple[Reals, npt.NDArray[np.bool_]]:
    from cxsim.churn.columns import kind_of
    from cxsim.churn.targets import INSTEAD, lost_of

    names = list(map(str, table.columns))
    faults = [
        f"{option} {shown(name)}: no such column.{did_you_mean(name, names)}"
        for option, name in (("duration", duration), ("lost", lost)) if name not in names
    ]  # fmt: skip
    if not faults and kind_of(table[duration]) != NUMBER:
        faults = [f"duration {shown(duration)}: does not hold numbers"]
    if faults:
        raise InputError(faults)
    age = table[duration].to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~(age >= 0.0))
    if len(wrong):
        raise InputError([f"duration {shown(duration)}: row {wrong[0] + 1} holds {age[wrong[0]]}; 0 or more is wanted"])
    return age, lost_of(table[lost], f"lost {shown(lost)}", ask=INSTEAD)[0] == 1
