"""The classifiers that a churn model is made of: scikit-learn pipelines with defaults that suit tables of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.columns import NUMBER, Column

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Reals = npt.NDArray[np.float64]

LOGISTIC, BOOSTING = "logistic", "boosting"
STRENGTHS: Final = (0.03, 0.3, 3.0)  # weights of the data against the prior that a logistic regression may choose from
MOST_WORDS, LEAST_OF_A_WORD = 30, 5
KNOTS, QUANTILES = 5, 100
LEAVES, ROUNDS, RATE, LEAST_IN_A_LEAF = 6, 120, 0.05, 30
SURE: Final = 1e-6  # a probability that is nearer to 0 or 1 says no more


def logistic(columns: Sequence[Column], strength: float, rows: int = QUANTILES) -> Pipeline:
    """Logistic regression of so many rows at least: numbers by their rank and bent by splines, words one by one."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    regression = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200)
    return make_pipeline(numbered(columns, rows), regression)


def numbered(columns: Sequence[Column], rows: int = QUANTILES) -> Any:
    """Every column as numbers between 0 and 1; of fewer rows than quantiles each is one."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, SplineTransformer

    bent = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        QuantileTransformer(n_quantiles=min(QUANTILES, rows), subsample=100_000, random_state=0),
        SplineTransformer(n_knots=KNOTS, include_bias=False),
    )
    words = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=LEAST_OF_A_WORD, max_categories=MOST_WORDS
    )
    numbers = [column.name for column in columns if column.kind == NUMBER]
    return ColumnTransformer(
        [
            ("numbers", bent, numbers),
            ("missing", MissingIndicator(error_on_new=False), numbers),
            ("words", words, [column.name for column in columns if column.kind != NUMBER]),
        ],
        sparse_threshold=0.0,
    )


def boosting(columns: Sequence[Column]) -> Pipeline:
    """Gradient boosting of shallow trees; what is missing goes its own way at a split."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, min_frequency=LEAST_OF_A_WORD)
    trees = HistGradientBoostingClassifier(
        learning_rate=RATE, max_iter=ROUNDS, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_IN_A_LEAF,
        l2_regularization=1.0, early_stopping=False, random_state=0,
    )  # fmt: skip
    return make_pipeline(
        ColumnTransformer([
            ("numbers", "passthrough", [column.name for column in columns if column.kind == NUMBER]),
            ("words", words, [column.name for column in columns if column.kind != NUMBER]),
        ]),
        trees,
    )  # fmt: skip


def wrapped(columns: Sequence[Column], classifier: Any, rows: int = QUANTILES) -> Pipeline:
    """Somebody's own classifier, behind columns that are all numbers."""
    from sklearn.base import clone
    from sklearn.pipeline import make_pipeline

    return make_pipeline(numbered(columns, rows), clone(classifier))


def log_odds(pipeline: Pipeline, table: Any) -> Reals:
    """Log-odds of a loss, as the classifier sees them; shape (n,)."""
    if hasattr(pipeline, "decision_function"):
        found: Reals = pipeline.decision_function(table)
        return found
    probability = np.clip(pipeline.predict_proba(table)[:, 1], SURE, 1.0 - SURE)
    return np.asarray(np.log(probability / (1.0 - probability)))
