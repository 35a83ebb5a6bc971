"""Churn judged by what a model has not seen: other accounts, and days after all that it has learned from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim.churn.dataset import Dataset
from cxsim.churn.evaluation import Evaluation
from cxsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

Reals = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

FOLDS, ORIGINS = 5, 3


def evaluate(
    source: EventLog | Dataset | pd.DataFrame,
    *,
    target: str | None = None,
    id: str | None = None,
    lost: str | float | None = None,
    value: str | None = None,
    method: Any = "blend",
    folds: int = FOLDS,
    origins: int = ORIGINS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge how well churn can be predicted.

    Parameters
    ----------
    source : EventLog, Dataset or pandas.DataFrame
    target, id : str, optional
        Columns of a table: who was lost, and the account's name.
    lost, value : str, optional
        In a table, the value of the target that means lost, and the column of what keeping an account is worth.
    method : str or scikit-learn classifier
        As in `churn.fit`.
    folds : int
        Parts of the accounts; each is judged by a model of the others. At least 2.
    origins : int
        In tables with days: how many days part a past from a future, each giving a model of its own. At least 1.
    seed : int
        Of the folds and the bootstrap.
    progress : callable, optional
        Called with (models fitted, models in all).

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If the source cannot be learned from, or `folds` or `origins` is out of range.

    Notes
    -----
    Without days: stratified folds of accounts. With days: rolling origin and folds. A model for an origin knows rows
    of the other folds' accounts whose fate was known by that day, and judges days from it to the next origin.
    """
    from cxsim.churn.model import INNER_FOLDS, ChurnModel, account_folds
    from cxsim.churn.sources import dataset_of

    data = dataset_of(source, target=target, id=id, lost=lost, value=value)
    for name, number, least in (("folds", folds, 2), ("origins", origins, 1)):
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= 50:
            raise InputError([f"{name}: {number!r} is not a whole number from {least} to 50"])
    fold = account_folds(data.account, data.target, folds, seed)
    days = _origins(data, origins) if data.has_days else np.array([np.nan])
    p, origin = np.full(len(data), np.nan), np.full(len(data), np.nan)
    done, total = 0, folds * len(days)
    for day, until in zip(days, [*days[1:], np.inf], strict=True):
        for k in range(folds):
            judged = fold == k
            learned = ~judged
            if data.has_days:
                judged, learned = judged & (data.day >= day) & (data.day < until), learned & (data.known_at <= day)
            part = data.of(learned)
            done += 1
            # early on too few may have been lost to learn from; those days are not judged
            if judged.any() and _lost(part) >= INNER_FOLDS:
                model = ChurnModel(method, seed=seed).fit(part.features, part.target, part.account)
                p[judged] = model.predict_proba(data.of(judged).features)[:, 1]
                origin[judged] = day
            if progress is not None:
                progress(done, total)
    there = ~np.isnan(p)
    if not 0 < data.target[there].sum() < there.sum():
        raise InputError(["too few accounts are lost, or kept, to learn from some and to judge by others"])
    told = f"{folds} folds of accounts"
    split = f"rolling origin ({', '.join(f'{d:g}' for d in days)}) × {told}" if data.has_days else told
    name = method if isinstance(method, str) else type(method).__name__
    return Evaluation(data, data.of(there), p[there], fold[there], origin[there], name, split, seed)


def _lost(data: Dataset) -> int:
    """Accounts that are lost, or that are kept, whichever are fewer."""
    return min(len(np.unique(data.account[data.target == kind])) for kind in (0, 1))


def _origins(data: Dataset, number: int) -> Reals:
    """Days from which on rows are judged, evenly over the second half of what is known."""
    first = float(np.min(data.known_at))
    days = np.unique(data.day)
    later = days[(days >= (first + days[-1]) / 2) & (days >= first)]
    if not len(later):
        raise InputError(["the log is too short: no day comes after one whose outcome is known"])
    return np.asarray(later[np.unique(np.linspace(0, len(later), number, endpoint=False).astype(np.int64))])
