"""How good predicted probabilities are: numbers and curves, for what happened or for known chances of it.

An outcome may be 0, 1, or a chance between them. An account of chance p counts as lost with weight p and as kept with
weight 1 − p: the numbers are then those of very many futures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]

SURE: Final = 1e-6
TENTH: Final = 0.1
BINS: Final = 10


def _pairs(outcome: Array, p: Reals, weight: Reals | None) -> tuple[Array, Reals, Reals]:
    """Outcomes of 0 and 1, probabilities and weights; each chance between 0 and 1 as one of both."""
    y = np.asarray(outcome, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else weight
    lost, kept = y > 0.0, y < 1.0
    return (
        np.concatenate((np.ones(lost.sum(), dtype=np.int64), np.zeros(kept.sum(), dtype=np.int64))),
        np.concatenate((p[lost], p[kept])),
        np.concatenate(((w * y)[lost], (w * (1.0 - y))[kept])),
    )


def auc(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Chance that a lost account is ranked above a kept one, ties half; NaN where there is only one kind."""
    from sklearn.metrics import roc_auc_score

    y, score, w = _pairs(outcome, p, weight)
    return float(roc_auc_score(y, score, sample_weight=w)) if _both(y, w) else float("nan")


def average_precision(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Mean share of lost accounts among those ranked at least as high, over the lost."""
    from sklearn.metrics import average_precision_score

    y, score, w = _pairs(outcome, p, weight)
    return float(average_precision_score(y, score, sample_weight=w)) if _both(y, w) else float("nan")


def brier(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Mean squared difference of outcome and probability."""
    y, score, w = _pairs(outcome, p, weight)
    return float(np.average((y - score) ** 2, weights=w))


def log_loss(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Mean of −ln of the probability that was given to what happened."""
    y, score, w = _pairs(outcome, p, weight)
    given = np.clip(np.where(y == 1, score, 1.0 - score), SURE, 1.0)
    return float(np.average(-np.log(given), weights=w))


def calibration_slope(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Slope of the outcome's log-odds in those predicted: 1 is right, less is too sure, more is too shy.

    NaN where all probabilities are the same. Cox 1958, doi:10.1093/biomet/45.3-4.562.
    """
    y, score, w = _pairs(outcome, p, weight)
    x = np.log(np.clip(score, SURE, 1 - SURE) / (1 - np.clip(score, SURE, 1 - SURE)))
    if not _both(y, w) or np.ptp(x[w > 0]) < 1e-9:
        return float("nan")
    centre, scale = np.average(x, weights=w), max(float(np.std(x)), 1e-12)
    x = (x - centre) / scale
    a, b = np.log(np.average(y, weights=w) / (1 - np.average(y, weights=w))), 0.0
    for _ in range(50):  # Newton's steps on two numbers
        q = 1.0 / (1.0 + np.exp(-(a + b * x)))
        g, h = w * (y - q), w * q * (1 - q)
        g0, g1, h0, h1, h2 = g.sum(), (g * x).sum(), h.sum(), (h * x).sum(), (h * x * x).sum()
        det = h0 * h2 - h1 * h1
        if not det > 0.0:
            return float("nan")
        da, db = (h2 * g0 - h1 * g1) / det, (h0 * g1 - h1 * g0) / det
        a, b = a + da, b + db
        if abs(da) + abs(db) < 1e-10:
            break
    return float(b / scale)


def lift_top_decile(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Share of lost accounts among the tenth ranked highest, over that of all."""
    y = np.asarray(outcome, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else weight
    overall = float(np.average(y, weights=w))
    return _captured(y, p, w, TENTH) / TENTH if overall > 0.0 else float("nan")


def _captured(y: Reals, p: Reals, w: Reals, share: float) -> float:
    """Share of all losses among the highest ranked share of accounts; equals are taken in equal parts."""
    found, at = _gain(y, p, w)
    return float(np.interp(share, found, at))


def _gain(y: Reals, p: Reals, w: Reals) -> tuple[Reals, Reals]:
    values, place = np.unique(-p, return_inverse=True)
    size = np.bincount(place, weights=w, minlength=len(values))
    lost = np.bincount(place, weights=w * y, minlength=len(values))
    total = max(float(lost.sum()), 1e-300)
    return np.concatenate(([0.0], np.cumsum(size) / size.sum())), np.concatenate(([0.0], np.cumsum(lost) / total))


def _both(y: Array, w: Reals) -> bool:
    return bool(w[y == 1].sum() > 0 and w[y == 0].sum() > 0)


MEASURES: Final[Mapping[str, Callable[..., float]]] = {
    "auc": auc,
    "average_precision": average_precision,
    "brier": brier,
    "log_loss": log_loss,
    "calibration_slope": calibration_slope,
    "lift_top_decile": lift_top_decile,
}


def gain(outcome: Array, p: Reals) -> pd.DataFrame:
    """Who is found when the likeliest are looked at first.

    Returns
    -------
    pandas.DataFrame
        For each hundredth `contacted` of the accounts: `found`, share of all losses among them, and `lift`, found over
        contacted.
    """
    import pandas as pd

    at, found = _gain(np.asarray(outcome, dtype=np.float64), p, np.ones(len(p)))
    share = np.arange(1, 101) / 100
    captured = np.interp(share, at, found)
    return pd.DataFrame({"contacted": share, "found": captured, "lift": captured / share})


def calibration(outcome: Array, p: Reals) -> pd.DataFrame:
    """What was predicted and what happened, in tenths of the accounts by prediction.

    Returns
    -------
    pandas.DataFrame
        `n`, `predicted` (mean), `lost` (share), and its 95 % interval `low`, `high` (Wilson 1927, rows taken as
        independent).
    """
    import pandas as pd
    from scipy.stats import binomtest

    y = np.asarray(outcome, dtype=np.float64)
    rows = []
    for part in np.array_split(np.argsort(p, kind="stable"), BINS):
        if len(part):
            n_lost = float(y[part].sum())
            bounds = binomtest(round(n_lost), len(part)).proportion_ci(method="wilson")
            rows.append((len(part), float(p[part].mean()), n_lost / len(part), bounds.low, bounds.high))
    return pd.DataFrame(rows, columns=["n", "predicted", "lost", "low", "high"])


def profit(outcome: Array, p: Reals, *, value: Reals, cost: float, save_rate: float) -> pd.DataFrame:
    """What contacting the likeliest is worth, if it saves a share of those who would be lost.

    Parameters
    ----------
    outcome, p : arrays, shape (n,)
    value : float array, shape (n,)
        What keeping each is worth, in currency.
    cost : float
        Of contacting one account.
    save_rate : float
        Share of the accounts that would be lost that stay when contacted; it is assumed to be the same for all.

    Returns
    -------
    pandas.DataFrame
        For each hundredth `contacted`: `profit` of all together, in currency.

    Notes
    -----
    Accounts are ranked by p·value, what is at stake. profit = Σ (y·save_rate·value − cost) over those contacted.
    """
    import pandas as pd

    y = np.asarray(outcome, dtype=np.float64)
    order = np.argsort(-p * value, kind="stable")
    sums = np.concatenate(([0.0], np.cumsum(y[order] * save_rate * value[order] - cost)))
    share = np.arange(0, 101) / 100
    return pd.DataFrame({"contacted": share, "profit": sums[np.rint(share * len(y)).astype(np.int64)]})


def chosen_profit(outcome: Array, p: Reals, *, value: Reals, cost: float, save_rate: float) -> float:
    """Profit of contacting whoever the model says is worth it: p·save_rate·value above the cost [currency]."""
    worth = p * save_rate * value > cost
    return float((np.asarray(outcome, dtype=np.float64)[worth] * save_rate * value[worth] - cost).sum())
