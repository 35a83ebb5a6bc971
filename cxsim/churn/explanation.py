"""Why a model says what it says: what it leans on, how its answer moves, and one account in words.

All of it is about predictions. A column that predicts need not be a cause: changing it may save nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import measures
from cxsim.churn.columns import NUMBER, Column, fitted
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.churn.dataset import Dataset
    from cxsim.churn.evaluation import Evaluation
    from cxsim.churn.model import ChurnModel

Reals = npt.NDArray[np.float64]

NOT_A_CAUSE: Final = (
    "Importance is about predicting, not about causes: a column may tell who will be lost and yet save nobody when it "
    "is changed. What a change does is asked of an experiment, or of a simulation (cxsim compare)."
)
REPEATS: Final = 20
STEPS: Final = 20
MOST_ROWS: Final = 4000
MOST_REASONS: Final = 4
WORTH_SAYING: Final = 0.05  # of log-odds: less moves a chance of one half by about a point


def importance(model: ChurnModel, data: Dataset, *, repeats: int = REPEATS, seed: int = 0) -> pd.DataFrame:
    """What the model leans on: how much worse it predicts when a column is shuffled.

    Parameters
    ----------
    model : ChurnModel
    data : Dataset
        Best one that the model has not seen.
    repeats : int
        How often each column is shuffled, at least 2.
    seed : int

    Returns
    -------
    pandas.DataFrame
        `feature`, `importance` (rise of the log loss) and `low`, `high`: 95 % of the mean over shuffles and over
        bootstrap samples of accounts; sorted. Columns that say nearly the same share what they know, so that each may
        look dispensable.

    References
    ----------
    Breiman 2001, doi:10.1023/A:1010933404324.
    """
    import pandas as pd

    from cxsim.churn.resampling import LEVELS, samples

    if isinstance(repeats, bool) or not isinstance(repeats, int) or repeats < 2:
        raise InputError([f"repeats: {repeats!r} is not a whole number from 2"])
    random = np.random.default_rng(seed)
    rows = np.sort(random.choice(len(data), min(len(data), MOST_ROWS), replace=False))
    some = data.of(rows)
    table, y = fitted(some.features, model.columns_), some.target

    def losses(given: pd.DataFrame) -> Reals:
        p = np.clip(model.predict_proba(given)[:, 1], measures.SURE, 1 - measures.SURE)
        return np.asarray(-np.log(np.where(y == 1, p, 1 - p)))

    usual = losses(table)
    drawn = list(samples(some.account, 100, seed))
    found = []
    for column in model.columns_:
        rises = np.empty((repeats, len(y)))
        for k in range(repeats):
            rises[k] = losses(table.assign(**{column.name: random.permutation(table[column.name].to_numpy())})) - usual
        # both kinds of luck: which accounts, and which shuffles
        means = [rises[random.integers(0, repeats, repeats)][:, at].mean() for at in drawn]
        low, high = np.quantile(means, LEVELS)
        found.append((column.name, float(rises.mean()), float(low), float(high)))
    told = pd.DataFrame(found, columns=["feature", "importance", "low", "high"])
    return told.sort_values("importance", ascending=False, ignore_index=True, kind="stable")


def unseen(found: Evaluation, *, method: Any) -> tuple[ChurnModel, Dataset]:
    """A model, and accounts and days that it has not seen: the last origin and one fold of an evaluation.

    Parameters
    ----------
    found : Evaluation
    method : str or scikit-learn classifier
        As it was judged.
    """
    from cxsim.churn.model import ChurnModel

    last = found.origin == found.origin.max() if found.data.has_days else np.ones(len(found.data), dtype=np.bool_)
    judged = found.data.of(last & (found.fold == found.fold[last][0]))
    learned = ~np.isin(found.whole.account, judged.account)
    if found.data.has_days:
        learned &= found.whole.known_at <= found.origin.max()
    part = found.whole.of(learned)
    return ChurnModel(method, seed=found.seed).fit(part.features, part.target, part.account), judged


def dependence(model: ChurnModel, data: Dataset, *, feature: str) -> pd.DataFrame:
    """How the mean prediction moves with one column, all others left as they are.

    Parameters
    ----------
    model : ChurnModel
    data : Dataset
    feature : str

    Returns
    -------
    pandas.DataFrame
        `value` (quantiles of a number, or the words), `probability` (mean), `low`, `high` (5 and 95 % of accounts).

    Raises
    ------
    InputError
        If the model has not learned from such a column.

    References
    ----------
    Partial dependence: Friedman 2001, doi:10.1214/aos/1013203451.
    """
    import pandas as pd

    column = _column(model, feature)
    table = fitted(data.features, model.columns_)
    table = table.iloc[:: max(1, len(table) // MOST_ROWS)]
    values = table[feature].dropna()
    if column.kind == NUMBER:
        points: list[Any] = np.unique(np.quantile(values, np.linspace(0.02, 0.98, STEPS))).tolist()
    else:
        points = values.value_counts().index[:STEPS].tolist()
    rows = []
    for point in points:
        p = model.predict_proba(table.assign(**{feature: point}))[:, 1]
        rows.append((point, float(p.mean()), *np.quantile(p, (0.05, 0.95)).tolist()))
    return pd.DataFrame(rows, columns=["value", "probability", "low", "high"])


@dataclass(frozen=True, slots=True)
class Reason:
    """What one column does to one account's prediction.

    Attributes
    ----------
    feature : str
    value, typical : str
        The account's, and that of an ordinary account.
    change : float
        By how much the account's log-odds are higher than if it were ordinary in this column.
    """

    feature: str
    value: str
    typical: str
    change: float


def reasons(model: ChurnModel, table: pd.DataFrame) -> list[list[Reason]]:
    """What makes each account's prediction differ from that of an ordinary one, strongest first.

    Parameters
    ----------
    model : ChurnModel
    table : pandas.DataFrame, n rows

    Returns
    -------
    list of n lists of Reason

    Notes
    -----
    One column at a time is set to its median or most frequent word. Columns that act together are not told apart. What
    most accounts have is a reason for none of them: it is in what `ordinary` says.
    """
    given = fitted(table, model.columns_)
    usual = model.decision_function(given)
    changes = np.column_stack([
        usual - model.decision_function(given.assign(**{column.name: _filled(column, len(given))}))
        for column in model.columns_
    ])  # fmt: skip
    said = _sayer(model)
    found = []
    for row in range(len(given)):
        strongest = np.argsort(-np.abs(changes[row]), kind="stable")[:MOST_REASONS]
        found.append([
            Reason(c.name, said(given[c.name].iloc[row], c.name), said(c.typical, c.name), float(changes[row, k]))
            for k in strongest if abs(changes[row, k]) >= WORTH_SAYING for c in [model.columns_[k]]
        ])  # fmt: skip
    return found


def in_words(model: ChurnModel, table: pd.DataFrame) -> list[str]:
    """Each account's score in a sentence.

    Parameters
    ----------
    model : ChurnModel
    table : pandas.DataFrame, n rows

    Returns
    -------
    list of n str
        With the chance of an ordinary account, from which the reasons lead to the account's own.
    """
    p = model.predict_proba(table)[:, 1]
    question = f"{model.origin_.get('question', 'lost')} (an ordinary account: {100 * ordinary(model):.1f} %)"
    told = []
    for probability, why in zip(p, reasons(model, table), strict=True):
        parts = [
            f"{r.feature} {r.value} ({'more' if r.change > 0 else 'less'} likely than with {r.typical})" for r in why
        ]
        told.append(f"{100 * probability:.1f} % likely to be {question}" + (": " + "; ".join(parts) if parts else ""))
    return told


def ordinary(model: ChurnModel) -> float:
    """The chance of an account that has the median, or the most frequent word, in every column."""
    import pandas as pd

    return float(model.predict_proba(pd.DataFrame({c.name: _filled(c, 1) for c in model.columns_}))[0, 1])


def _filled(column: Column, n: int) -> Any:
    return np.full(n, column.typical, dtype=np.float64 if column.kind == NUMBER else object)


def _sayer(model: ChurnModel) -> Callable[[Any, str], str]:
    """How values are said: money of a log in its currency, other numbers plainly."""
    from cxsim.readings.knowable import FEATURES

    currency = str(model.origin_.get("currency", "")) if model.origin_.get("kind") == "log" else None

    def said(value: Any, name: str) -> str:
        if isinstance(value, str):
            return value
        if value != value:
            return "missing"
        cents = currency is not None and name in FEATURES and FEATURES[name].meaning.startswith("cents")
        return f"{value / 100:,.0f} {currency}".strip() if cents else plainly(float(value))

    return said


def plainly(value: float) -> str:
    """A number without powers of ten: 31,800, 4.27, 0.0031."""
    return (
        f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1e-4 or not value else f"{value:f}"
    )


def _column(model: ChurnModel, feature: str) -> Column:
    for column in model.columns_:
        if column.name == feature:
            return column
    left_out = model.left_out_.get(feature)
    why = f" It was left out: {left_out}." if left_out else did_you_mean(feature, [c.name for c in model.columns_])
    raise InputError([f"feature {shown(feature)}: the model has not learned from it.{why}"])
