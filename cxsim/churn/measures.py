"""How good predicted probabilities are: numbers and curves, for what happened or for known chances of it.

An outcome may be 0, 1, or a chance between them. An account of chance p counts as lost with weight p and as kept with
weight 1 − p: the numbers are then those of very many futures.
"""

from __future__ import annotations

from collections.abc import Sequence
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
FEW: Final = 5  # lost or kept accounts; a bootstrap of fewer is too sure


class Ranked:
    """Outcomes ranked by their predicted probabilities once, to be measured under many weights.

    Parameters
    ----------
    outcome : array, shape (n,)
        0, 1, or a chance between them.
    p : float array, shape (n,)
    """

    def __init__(self, outcome: Array, p: Reals) -> None:
        self.y = np.asarray(outcome, dtype=np.float64)
        values, self._place = np.unique(-p, return_inverse=True)
        self._n = len(values)
        sure = np.clip(p, SURE, 1.0 - SURE)
        self._odds = np.log(sure / (1.0 - sure))
        self._squares = self.y * (1.0 - p) ** 2 + (1.0 - self.y) * p**2
        self._losses = -(self.y * np.log(np.clip(p, SURE, 1.0)) + (1.0 - self.y) * np.log(np.clip(1.0 - p, SURE, 1.0)))

    def auc(self, weight: Reals | None = None) -> float:
        """The first of `MEASURES` alone, which is much quicker than all."""
        _, lost, kept = self._counted(weight)
        return _auc(lost, kept)

    def _counted(self, weight: Reals | None) -> tuple[Reals, Reals, Reals]:
        """Weights of rows, and what is lost and kept at each distinct prediction, the highest first."""
        w = np.ones(len(self.y)) if weight is None else weight
        lost = np.bincount(self._place, weights=w * self.y, minlength=self._n)
        kept = np.bincount(self._place, weights=w * (1.0 - self.y), minlength=self._n)
        return w, np.asarray(lost, dtype=np.float64), np.asarray(kept, dtype=np.float64)

    def measures(self, weight: Reals | None = None) -> dict[str, float]:
        """Each of `MEASURES`, rows counting by weights, shape (n,)."""
        w, lost, kept = self._counted(weight)
        all_lost, all_kept, size = float(lost.sum()), float(kept.sum()), float(w.sum())
        found = {name: float("nan") for name in MEASURES}
        found["brier"] = float((w * self._squares).sum() / size)
        found["log_loss"] = float((w * self._losses).sum() / size)
        if all_lost > 0.0 and all_kept > 0.0:
            so_far, passed = np.cumsum(lost), np.cumsum(kept)
            found["auc"] = _auc(lost, kept)
            ranked = so_far + passed
            precision = np.divide(so_far, ranked, out=np.zeros_like(ranked), where=ranked > 0.0)
            found["average_precision"] = float((lost * precision).sum() / all_lost)
            captured = np.interp(TENTH, np.append(0.0, ranked / size), np.append(0.0, so_far / all_lost))
            found["lift_top_decile"] = float(captured / TENTH)
            found["calibration_slope"] = self._slope(w)
        return found

    def _slope(self, w: Reals) -> float:
        """Newton's steps on the two numbers of a line in the log-odds."""
        if np.ptp(self._odds[w > 0.0]) < 1e-9:
            return float("nan")
        centre, scale = float(np.average(self._odds, weights=w)), float(np.std(self._odds))
        x = (self._odds - centre) / scale
        a, b = centre, scale  # the slope that is right
        for _ in range(50):
            q = 1.0 / (1.0 + np.exp(-(a + b * x)))
            g, h = w * (self.y - q), w * q * (1.0 - q)
            g0, g1, h0, h1, h2 = g.sum(), (g * x).sum(), h.sum(), (h * x).sum(), (h * x * x).sum()
            det = h0 * h2 - h1 * h1
            if not det > 0.0:
                return float("nan")
            da, db = (h2 * g0 - h1 * g1) / det, (h0 * g1 - h1 * g0) / det
            short = min(1.0, 1.0 / max(abs(da), abs(db), 1e-12))  # a long step may lead astray
            a, b = a + short * da, b + short * db
            if abs(da) + abs(db) < 1e-10:
                break
        return float(b / scale)

    def gains(self, weight: Reals | None = None) -> tuple[Reals, Reals]:
        """Share of accounts looked at, likeliest first, and share of losses among them; equals together."""
        _, lost, kept = self._counted(weight)
        size = lost + kept
        total = max(float(lost.sum()), 1e-300)
        return np.append(0.0, np.cumsum(size) / size.sum()), np.append(0.0, np.cumsum(lost) / total)


def _auc(lost: Reals, kept: Reals) -> float:
    all_lost, all_kept = float(lost.sum()), float(kept.sum())
    if not (all_lost > 0.0 and all_kept > 0.0):
        return float("nan")
    below = all_kept - np.cumsum(kept) + 0.5 * kept
    return float((lost * below).sum() / (all_lost * all_kept))


# auc: chance that a lost account is ranked above a kept one, ties half. average_precision: mean share of lost accounts
# among those ranked at least as high, over the lost. brier: mean squared difference of outcome and probability.
# log_loss: mean of −ln of the probability given to what happened. calibration_slope: slope of the outcome's log-odds in
# those predicted; 1 is right, less is too sure, more is too shy (Cox 1958, doi:10.1093/biomet/45.3-4.562).
# lift_top_decile: share of lost accounts among the tenth ranked highest, over that of all.
MEASURES: Final = ("auc", "average_precision", "brier", "log_loss", "calibration_slope", "lift_top_decile")


def measure(name: str, outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """One of `MEASURES`; NaN where it does not exist, such as the AUC of one kind of accounts."""
    return Ranked(outcome, p).measures(weight)[name]


def auc(outcome: Array, p: Reals, weight: Reals | None = None) -> float:
    """Chance that a lost account is ranked above a kept one, ties half; NaN where there is only one kind."""
    return measure("auc", outcome, p, weight)


def gain(ranked: Ranked, weight: Reals | None = None) -> pd.DataFrame:
    """Who is found when the likeliest are looked at first.

    Parameters
    ----------
    ranked : Ranked
    weight : float array, shape (n,), optional
        What rows count for.

    Returns
    -------
    pandas.DataFrame
        For each hundredth `contacted` of the accounts: `found`, share of all losses among them, and `lift`, found over
        contacted.
    """
    import pandas as pd

    at, found = ranked.gains(weight)
    share = np.arange(1, 101) / 100
    captured = np.interp(share, at, found)
    return pd.DataFrame({"contacted": share, "found": captured, "lift": captured / share})


def calibration(outcome: Array, p: Reals, account: Array, drawn: Sequence[Reals]) -> pd.DataFrame:
    """What was predicted and what happened, from the least likely to the likeliest, in tenths of the expected losses.

    Parameters
    ----------
    outcome, p, account : arrays, shape (n,)
    drawn : sequence of float array, shape (n,)
        What rows count for in bootstrap samples of accounts.

    Returns
    -------
    pandas.DataFrame
        `n`, `predicted` (mean), `lost` (share), and its 95 % interval `low`, `high`.

    Notes
    -----
    The interval is of the bootstrap samples, and where these show next to nothing (a group with fewer than five lost or
    kept accounts) at least that of Wilson 1927, doi:10.1080/01621459.1927.10502953, an account as one observation.
    """
    import pandas as pd
    from scipy.stats import binomtest

    y, order = np.asarray(outcome, dtype=np.float64), np.argsort(p, kind="stable")
    expected = np.cumsum(p[order])
    part = np.empty(len(y), dtype=np.int64)
    part[order] = np.minimum(BINS * (expected - p[order] / 2.0) / expected[-1], BINS - 1).astype(np.int64)
    rows = []
    for number in np.unique(part):
        some = np.flatnonzero(part == number)
        share, n_accounts = float(y[some].mean()), len(np.unique(account[some]))
        low, high = _share_bounds(y[some], [w[some] for w in drawn])
        if min(share, 1.0 - share) * n_accounts < FEW:
            wilson = binomtest(round(share * n_accounts), n_accounts).proportion_ci(method="wilson")
            low, high = min(low, float(wilson.low)), max(high, float(wilson.high))
        rows.append((len(some), float(p[some].mean()), share, min(low, share), max(high, share)))
    return pd.DataFrame(rows, columns=["n", "predicted", "lost", "low", "high"])


def _share_bounds(y: Reals, drawn: Sequence[Reals]) -> tuple[float, float]:
    shares = [float(w @ y / w.sum()) for w in drawn if w.any()]
    low, high = np.quantile(shares, (0.025, 0.975)) if shares else (1.0, 0.0)
    return float(low), float(high)


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


def contacted(p: Reals, *, value: Reals, cost: float, save_rate: float) -> npt.NDArray[np.bool_]:
    """Whom a contact seems worth: p·save_rate·value above the cost [currency]; shape (n,)."""
    return np.asarray(p * save_rate * value > cost)
