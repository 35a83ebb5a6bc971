"""How good survival curves are, judged by accounts, and in a log days, that the model has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.dataset import Dataset
from cxsim.churn.hazard import MONTHS, durations, hazard
from cxsim.churn.resampling import bounds
from cxsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

FOLDS: Final = 5
GROUPS: Final = 4
DRAWS: Final = 200
LEAST_WATCHED: Final = 0.05  # of the accounts at least are to be watched for so long; weights of fewer run wild
LEAST: Final = 1e-12  # against division by nothing
SCORES: Final = ("integrated_brier", "integrated_brier_same_for_all", "skill")


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalEvaluation:
    """Survival curves of accounts that the model had not seen, and how good they are.

    Attributes
    ----------
    age : float array, shape (n,)
        Months until the loss, or until which the account was watched.
    lost : bool array, shape (n,)
    account : array, shape (n,)
    curve, same : float arrays, shape (n, T + 1)
        Predicted chance of being there after 0 … T months, by a model with the columns and by one without.
    question : str
    """

    age: Reals
    lost: Flags
    account: Array
    curve: Reals
    same: Reals
    question: str
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def months(self) -> int:
        """Months that are judged."""
        return int(self.curve.shape[1]) - 1

    def summary(self) -> pd.DataFrame:
        """The score of the curves with 95 % bootstrap intervals over accounts.

        Returns
        -------
        pandas.DataFrame
            `measure`, `value`, `low`, `high` of `SCORES`: the integrated Brier score, 0 is best; that of one curve for
            all; and the skill, 1 less their ratio, above 0 where the columns help.

        Notes
        -----
        BS(t) = mean of S(t)²·1(T ≤ t, lost)/G(T−) + (1 − S(t))²·1(T > t)/G(t), with G the Kaplan-Meier curve of being
        watched, averaged over the months. Weights by G keep those who were watched for long from being the only ones
        that count.

        References
        ----------
        Graf, Schmoor, Sauerbrei & Schumacher 1999, Statistics in Medicine 18, 2529-2545.
        """
        import pandas as pd

        if "summary" not in self._kept:
            squares = [brier(self.age, self.lost, curve).mean(axis=1) for curve in (self.curve, self.same)]

            def told(weight: Reals) -> list[float]:
                mine, same = (float((weight * one).sum() / weight.sum()) for one in squares)
                return [mine, same, 1.0 - mine / same]

            low, high = bounds(told, self.account, 0, number=DRAWS)
            value = told(np.ones(len(self.age)))
            self._kept["summary"] = pd.DataFrame({"measure": SCORES, "value": value, "low": low, "high": high})
        found: pd.DataFrame = self._kept["summary"]
        return found.copy()

    def calibration(self, *, horizons: Sequence[int] = ()) -> pd.DataFrame:
        """What was predicted and what happened by some months, in quarters of the accounts ranked by prediction.

        Parameters
        ----------
        horizons : sequence of int, optional
            Months from 1 to those judged; a quarter, half and all of them unless given.

        Returns
        -------
        pandas.DataFrame
            `month`, `group` (from the likeliest to stay), `n`, `predicted` (mean chance of a loss), `lost` (1 less the
            Kaplan-Meier curve), `low`, `high`, its 95 % interval.

        Raises
        ------
        InputError
            If a month is not among those judged.
        """
        import pandas as pd

        months = list(horizons) or sorted({max(self.months // 4, 1), max(self.months // 2, 1), self.months})
        for month in months:
            if isinstance(month, bool) or not isinstance(month, int) or not 1 <= month <= self.months:
                raise InputError([f"horizons: {month!r} is not a whole number from 1 to {self.months}"])
        rows = []
        for month in months:
            gone = 1.0 - self.curve[:, month]
            rank = np.argsort(np.argsort(gone, kind="stable"), kind="stable")
            for group in range(min(GROUPS, len(gone))):
                mine = rank * GROUPS // len(gone) == group
                rows.append((month, group + 1, int(mine.sum()), float(gone[mine].mean()), *self._lost_by(month, mine)))
        return pd.DataFrame(rows, columns=["month", "group", "n", "predicted", "lost", "low", "high"])

    def _lost_by(self, month: int, mine: Flags) -> tuple[float, float, float]:
        age, lost = self.age[mine], self.lost[mine]

        def gone(weight: Reals) -> float:
            return 1.0 - float(_staying(age, lost, weight, np.array([float(month)]))[0])

        low, high = bounds(gone, self.account[mine], 0, number=DRAWS)
        value = gone(np.ones(len(age)))
        return value, min(float(low), value), max(float(high), value)

    def verdict(self) -> str:
        """In a sentence: do the columns tell who stays for how long?"""
        skill = self.summary().set_index("measure").loc["skill"]
        told = f"skill {skill['value']:.3f} [{skill['low']:.3f}, {skill['high']:.3f}], 0 being one curve for all"
        if not skill["low"] > 0.0:
            return f"The columns do not tell who stays for how long: {told}."
        return f"Curves of single accounts are nearer to what happens than one curve for all: {told}."


def brier(age: Reals, lost: Flags, curve: Reals) -> Reals:
    """Squared differences of each account's curve and its fate, weighted for those not watched; shape (n, T)."""
    months = np.arange(1.0, curve.shape[1])
    ones = np.ones(len(age))
    # chance of being watched up to a moment, at which a loss still is seen: it comes before the end of watching
    watched = _staying(age, ~lost, ones, months, before=True, sooner=lost)
    until = _staying(age, ~lost, ones, age, before=True, sooner=lost)
    gone = (age[:, None] <= months) & lost[:, None]
    there = (age[:, None] > months) | ((age[:, None] == months) & ~lost[:, None])
    staying = curve[:, 1:]
    weighted = gone * staying**2 / np.maximum(until, LEAST)[:, None]
    return np.asarray(weighted + there * (1.0 - staying) ** 2 / np.maximum(watched, LEAST))


def _staying(
    age: Reals, ended: Flags, weight: Reals, at: Reals, *, before: bool = False, sooner: Flags | None = None
) -> Reals:
    """Kaplan-Meier curve at some ages, or just before them, rows counting by weights; shape of `at`.

    Those of `sooner` are gone before others end at the same age.
    """
    moments, place = np.unique(age, return_inverse=True)
    size = len(moments)
    ends = np.bincount(place, weights=weight * ended, minlength=size)
    n = np.bincount(place, weights=weight, minlength=size)
    at_risk = n.sum() - np.concatenate(([0.0], np.cumsum(n)[:-1]))
    if sooner is not None:
        at_risk = at_risk - np.bincount(place, weights=weight * sooner, minlength=size)
    left = np.append(1.0, np.cumprod(1.0 - np.divide(ends, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)))
    return np.asarray(left[np.searchsorted(moments, at, side="left" if before else "right")])


def evaluate_survival(
    source: Dataset | pd.DataFrame,
    *,
    duration: str | None = None,
    lost: str | None = None,
    months: int = MONTHS,
    folds: int = FOLDS,
    seed: int = 0,
) -> SurvivalEvaluation:
    """Judge how well survival curves can be predicted.

    Parameters
    ----------
    source, duration, lost, months
        As in `churn.hazard`. Fewer months are judged where fewer than one account in twenty is watched for so long.
    folds : int
        Parts of the accounts, each judged by a model of the others; 2 to 50.
    seed : int
        Of the folds.

    Returns
    -------
    SurvivalEvaluation

    Raises
    ------
    InputError
        If the source has no durations, cannot be learned from, or a number is out of range.

    Notes
    -----
    In a log, models know of the first half of the days what was known by the middle one, and are judged by days from
    it on, of other accounts.
    """
    from cxsim.churn.model import account_folds

    if isinstance(folds, bool) or not isinstance(folds, int) or not 2 <= folds <= 50:
        raise InputError([f"folds: {folds!r} is not a whole number from 2 to 50"])
    is_log = isinstance(source, Dataset)
    _, age, event = durations(source, duration, lost)
    account = source.account if isinstance(source, Dataset) else np.arange(len(source))
    past, judged = _halves(source) if isinstance(source, Dataset) else (source, np.ones(len(age), dtype=np.bool_))
    longest = float(np.quantile(age[judged], 1.0 - LEAST_WATCHED))
    fold = account_folds(account, event.astype(np.int64), folds, seed)
    curves: list[list[Reals]] = []
    for k in range(folds):
        asked = np.flatnonzero(judged & (fold == k))
        learned = np.flatnonzero(~np.isin(account, account[fold == k]))
        part = _rows(past, learned)
        models = [
            hazard(part, duration=duration, lost=lost, months=months, covariates=covariates)
            for covariates in (True, False)
        ]
        given = source.features if isinstance(source, Dataset) else source
        curves.append([model.survival(given.iloc[asked]).to_numpy() for model in models])
    order = np.concatenate([np.flatnonzero(judged & (fold == k)) for k in range(folds)])
    width = min(1 + max(int(longest), 1), *(one.shape[1] for pair in curves for one in pair))
    mine, same = (np.concatenate([pair[i][:, :width] for pair in curves]) for i in (0, 1))
    question = "months from each day" if is_log else "months of age"
    return SurvivalEvaluation(age[order], event[order], account[order], mine, same, question)


def _halves(data: Dataset) -> tuple[Dataset, Flags]:
    """What is known by the middle day of the days before it, and which rows come from it on."""
    days = np.unique(data.day)
    middle = float(days[len(days) // 2])
    followed = np.clip(np.minimum(data.followed, middle - data.day), 0.0, None)
    lost_in = np.where(data.lost_in <= followed, data.lost_in, np.inf)
    return replace(data, followed=followed, lost_in=lost_in), data.day >= middle


def _rows(source: Dataset | pd.DataFrame, rows: npt.NDArray[np.int64]) -> Dataset | pd.DataFrame:
    if isinstance(source, Dataset):
        known = rows[source.followed[rows] > 0.0]
        return source.of(known)
    return source.iloc[rows].reset_index(drop=True)
