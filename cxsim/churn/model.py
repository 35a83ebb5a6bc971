"""The churn model: classifiers weighed and calibrated by what each says of accounts that it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from cxsim.churn import members
from cxsim.churn.columns import Column, chosen, fitted
from cxsim.churn.members import BOOSTING, LOGISTIC, SURE
from cxsim.churn.tables import FORMS, READY, typed
from cxsim.churn.unknowns import averaged, doubts, settled, shift_to
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from cxsim.churn.dataset import Dataset
    from cxsim.eventlog import EventLog

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Folds = list[tuple[Ints, Ints]]

BLEND: Final = "blend"
METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    BLEND: (LOGISTIC, BOOSTING), LOGISTIC: (LOGISTIC,), BOOSTING: (BOOSTING,),
}  # fmt: skip
INNER_FOLDS: Final = 4


@dataclass(frozen=True, slots=True)
class Member:
    """A fitted classifier and what its log-odds count for."""

    name: str
    pipeline: Pipeline
    weight: float


class ChurnModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Probability that an account is lost.

    Parameters
    ----------
    method : str or scikit-learn classifier
        "blend" of "logistic" (regression on splines) and "boosting" (of trees), one of them, or a classifier of your
        own, which is given columns of numbers between 0 and 1.
    seed : int
        Of the folds.

    Attributes
    ----------
    columns_ : tuple of Column
        What it has learned from.
    left_out_ : mapping of str to str
        Columns that it has not, and why.
    members_ : tuple of Member
    intercept_, shift_ : float
        Log-odds; the second counts where cells are unknown.
    classes_ : array of 0 and 1
    n_features_in_, feature_names_in_ : int and array of str
        How many columns it was given, and their names.
    origin_ : mapping
        What it has learned from, in words and numbers; empty if it was fitted to a bare table.

    Notes
    -----
    p = 1/(1 + exp(−b − Σ a_m·l_m)), l_m the log-odds of member m, a_m ≥ 0. The weights are a logistic regression on
    log-odds of accounts that the member had not seen (folds that keep the rows of an account together): they blend and
    calibrate at once. Where there is nothing to predict they come out near 0, and every account gets the average.

    What is blank is learned from where at least 30 rows are; a cell that is blank elsewhere, or holds a word that was
    never seen, is averaged over what the column held (`unknowns.averaged`).

    References
    ----------
    Stacking: Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1. Calibration by a line in the log-odds: Platt 1999; Cox
    1958, doi:10.1093/biomet/45.3-4.562.
    """

    def __init__(self, method: Any = BLEND, *, seed: int = 0) -> None:
        self.method = method
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> ChurnModel:
        """Learn from a table.

        Parameters
        ----------
        X : pandas.DataFrame or array, n rows
            Numbers and text, as they come.
        y : array of 0 and 1, shape (n,)
            1 for lost.
        groups : array, shape (n,), optional
            Whom each row is about; rows of one are kept in one fold.

        Raises
        ------
        InputError
            If the method is not known, X or y is not as above, or there are too few of one kind to learn from.
        """
        names = _members_of(self.method)
        X = _framed(X)
        lost = _lost(y, len(X))
        whose = np.arange(len(lost)) if groups is None else groups
        fold = account_folds(whose, lost, INNER_FOLDS, self.seed)
        folds = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(INNER_FOLDS)]
        known = X if READY in X.attrs else typed(X)  # what was typed as a whole is not typed anew from a part
        self.columns_, self.left_out_ = chosen(known, known.attrs.get(FORMS, {}))
        self.feature_names_in_ = np.array(known.columns, dtype=object)
        self.n_features_in_ = known.shape[1]
        table = settled(fitted(known, self.columns_), self.columns_)
        with one_thread():
            pairs = [_member(name, self.method, self.columns_, table, lost, folds) for name in names]
            unseen = np.column_stack([odds for _, odds in pairs])
            weights, self.intercept_ = _weights(unseen, lost)
        self.members_ = tuple(
            Member(name, pipeline, float(weight))
            for name, (pipeline, _), weight in zip(names, pairs, weights, strict=True)
        )
        with one_thread():
            self.shift_ = shift_to(float(lost.mean()), self._odds, self.columns_)
        self.classes_ = np.array([0, 1])
        self.origin_: Mapping[str, Any] = {}
        return self

    def predict_proba(self, X: pd.DataFrame) -> Reals:
        """Probability of being kept and of being lost; shape (n, 2).

        Raises
        ------
        InputError
            If a column is missing or of another kind.
        """
        odds = self.decision_function(X)
        lost = 1.0 / (1.0 + np.exp(-odds))
        return np.column_stack((1.0 - lost, lost))

    def decision_function(self, X: pd.DataFrame) -> Reals:
        """Calibrated log-odds of being lost; shape (n,)."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "members_")
        table = self._table(X)
        with one_thread():
            return averaged(self._odds, table, self.columns_, self.shift_)

    def _odds(self, table: pd.DataFrame) -> Reals:
        parts = [m.weight * members.log_odds(m.pipeline, table) for m in self.members_ if m.weight]
        odds: Reals = np.clip(self.intercept_ + sum(parts, np.zeros(len(table))), *_LIMITS)
        return odds

    def _table(self, X: pd.DataFrame) -> pd.DataFrame:
        """The columns that it needs."""
        given = _framed(X, getattr(self, "feature_names_in_", None))
        if not len(given):
            raise InputError(["table: has no rows"])
        return fitted(given, self.columns_)

    def doubts(self, X: pd.DataFrame) -> list[str]:
        """What is strange about a table that is to be scored, a line each.

        Parameters
        ----------
        X : pandas.DataFrame

        Returns
        -------
        list of str
            Columns that are blank throughout, hold words that were never seen, numbers in another unit, or numbers
            outside of what was learned from: any by more than the whole range, or a tenth of the rows.
        """
        table = self._table(X)
        return doubts(self.columns_, _framed(X, getattr(self, "feature_names_in_", None)), table)

    def predict(self, X: pd.DataFrame) -> npt.NDArray[np.int64]:
        """1 where a loss is likelier than not; shape (n,)."""
        return (self.decision_function(X) > 0.0).astype(np.int64)


_LIMITS: Final = (float(np.log(SURE)), -float(np.log(SURE)))


def fit(
    source: EventLog | Dataset | pd.DataFrame,
    *,
    target: str | None = None,
    id: str | None = None,
    lost: str | float | None = None,
    method: Any = BLEND,
    seed: int = 0,
) -> ChurnModel:
    """Fit a churn model.

    Parameters
    ----------
    source : EventLog, Dataset or pandas.DataFrame
        A log (each month, losses within three months; `churn.dataset` gives other choices), a dataset, or a table of
        accounts.
    target, id : str, optional
        In a table, the column that says who was lost, and the one that names accounts.
    lost : str or number, optional
        The value of the target that means lost; needed where it is neither 1, Yes nor another plain word.
    method : str or scikit-learn classifier
        "blend", "logistic", "boosting" or your own.
    seed : int
        Of the folds in which it is calibrated.

    Returns
    -------
    ChurnModel
        A scikit-learn classifier; `predict_proba(table)[:, 1]` is the probability of a loss.

    Raises
    ------
    InputError
        If the source cannot be learned from.
    """
    from cxsim.churn.sources import dataset_of

    data = dataset_of(source, target=target, id=id, lost=lost)
    model = ChurnModel(method, seed=seed).fit(data.features, data.target, data.account)
    model.origin_ = {
        **data.origin, "question": data.question, "rows": len(data), "accounts": len(np.unique(data.account)),
        "lost": int(data.target.sum()),
    }  # fmt: skip
    return model


def _framed(X: Any, names: Any = None) -> pd.DataFrame:
    """A table; columns of an array are called x0, x1, … or as those that were learned from."""
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        return X
    array = np.asarray(X)
    if array.ndim != 2:
        raise InputError([f"X: {shown(X)} is neither a table nor an array of rows and columns"])
    if names is None:
        names = [f"x{k}" for k in range(array.shape[1])]
    if len(names) != array.shape[1]:
        raise InputError([f"X: has {array.shape[1]} columns, and the model has learned from {len(names)}"])
    return pd.DataFrame(array, columns=list(names))


def _lost(y: npt.ArrayLike, n: int) -> Ints:
    """The target as 0 and 1."""
    import pandas as pd

    given = np.asarray(y)
    if given.shape != (n,):
        raise InputError([f"y: has shape {given.shape}, and X has {n} rows: one value for each is needed"])
    if pd.isna(given).any():
        raise InputError([f"y: {int(pd.isna(given).sum())} values are missing"])
    kinds = pd.unique(given).tolist()
    if not set(kinds) <= {0, 1}:
        few = ", ".join(sorted(map(shown, kinds))[:4])
        raise InputError([f"y: give 1 for lost and 0 for kept; it holds {few}"])
    return given.astype(np.int64)


def _members_of(method: Any) -> tuple[str, ...]:
    if isinstance(method, str):
        if method not in METHODS:
            near = did_you_mean(method, METHODS)
            raise InputError([f"method {shown(method)}: no such method.{near} There are: {', '.join(METHODS)}"])
        return METHODS[method]
    from sklearn.base import is_classifier

    if not hasattr(method, "fit") or isinstance(method, type) or not is_classifier(method):
        raise InputError([f"method: {shown(method)} is neither a word nor a scikit-learn classifier"])
    return (type(method).__name__,)


def account_folds(account: npt.ArrayLike, lost: npt.ArrayLike, number: int, seed: int) -> Ints:
    """Fold of each row: all rows of an account in one, accounts that are ever lost spread evenly; shape (n,).

    Raises
    ------
    InputError
        If fewer accounts than folds are ever lost, or kept.
    """
    from sklearn.model_selection import StratifiedKFold

    names, who = np.unique(np.asarray(account), return_inverse=True)
    ever = np.zeros((2, len(names)), dtype=np.int64)
    for kind in (0, 1):
        np.maximum.at(ever[kind], who, (np.asarray(lost) == kind).astype(np.int64))
    few, word = min((int(ever[1].sum()), "lost"), (int(ever[0].sum()), "kept"))
    if few < number:
        told = f"{few} of {len(names)} accounts are {word}: too few to learn from"
        raise InputError([f"{told}; at least {number} of each kind are needed"])
    # each kind in every fold: an account whose rows are of both kinds is of a kind of its own
    mark = ever[1] + 2 * ever[0] * ever[1]
    sizes = np.bincount(mark, minlength=4)
    if min(size for size in sizes if size) < number:  # a kind with too few goes with those that are ever lost
        mark = ever[1] if min(ever[1].sum(), len(names) - ever[1].sum()) >= number else np.zeros_like(mark)
    found = np.empty(len(names), dtype=np.int64)
    for k, (_, judged) in enumerate(StratifiedKFold(number, shuffle=True, random_state=seed).split(names, mark)):
        found[judged] = k
    return np.asarray(found[who])


def _member(
    name: str, method: Any, columns: tuple[Column, ...], table: pd.DataFrame, lost: Ints, folds: Folds
) -> tuple[Pipeline, Reals]:
    """A classifier fitted to the whole table, and its log-odds of each row when it had not seen the row's account."""
    if name == LOGISTIC:
        return _logistic(columns, table, lost, folds)
    fewest = min(len(learned) for learned, _ in folds)
    made = members.boosting(columns) if name == BOOSTING else members.wrapped(columns, method, fewest)
    from sklearn.base import clone

    unseen = np.empty(len(lost))
    for learned, kept in folds:
        part = clone(made).fit(table.iloc[learned], lost[learned])
        unseen[kept] = members.log_odds(part, table.iloc[kept])
    return made.fit(table, lost), unseen


def _logistic(columns: tuple[Column, ...], table: pd.DataFrame, lost: Ints, folds: Folds) -> tuple[Pipeline, Reals]:
    """The logistic regression whose strength says most about accounts that it has not seen."""
    from sklearn.metrics import log_loss

    unseen = np.empty((len(members.STRENGTHS), len(lost)))
    fewest = min(len(learned) for learned, _ in folds)
    for learned, kept in folds:
        # the columns are made once for all strengths
        bent = members.logistic(columns, 1.0, fewest)[:-1].fit(table.iloc[learned])
        learn, judge = bent.transform(table.iloc[learned]), bent.transform(table.iloc[kept])
        for k, strength in enumerate(members.STRENGTHS):
            regression = members.logistic(columns, strength)[-1].fit(learn, lost[learned])
            unseen[k, kept] = regression.decision_function(judge)
    losses = [log_loss(lost, 1.0 / (1.0 + np.exp(-odds))) for odds in unseen]
    best = int(np.argmin(losses))
    return members.logistic(columns, members.STRENGTHS[best], fewest).fit(table, lost), unseen[best]


def _weights(unseen: Reals, lost: Ints) -> tuple[Reals, float]:
    """Weights of the members' log-odds, none negative, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros(unseen.shape[1])
    used = list(range(unseen.shape[1]))
    while used:
        line = LogisticRegression(C=1e6, solver="newton-cholesky").fit(unseen[:, used], lost)
        if (line.coef_[0] >= 0.0).all():
            weights[used] = line.coef_[0]
            return weights, float(line.intercept_[0])
        del used[int(np.argmin(line.coef_[0]))]
    share = lost.mean()
    return weights, float(np.log(share / (1.0 - share)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Trees on one thread: the same numbers everywhere, and no waiting for cores that others use."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
