"""What can be known of churn at best: the true chance of each loss, and how near a model comes to it.

A run is forked on a day into many futures; the share of them in which an account is lost is its true chance, given all
that is so on the day, seen and unseen (the *state oracle*). Regressed on what the company can see, over many more
accounts than a model was given, it is what anybody could predict from there (the *observable oracle*). Between the two
stands the silo: what the company would know if every moment had reached its records.

Branches that tell a chance never judge it: each half of them judges what the other half tells, and all other ways to
predict are held against the same halves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import measures
from cxsim.churn.dataset import WITHIN
from cxsim.churn.evaluation import COST, MONTHS_KEPT, SAVE_RATE
from cxsim.churn.resampling import LEVELS, weights
from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies.chances import BRANCHES, DAY, Chances, Progress, regressed, true_chances

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.churn.model import ChurnModel

__all__ = ["Chances", "Oracle", "oracle", "regressed", "true_chances"]

Reals = npt.NDArray[np.float64]

TIMES: Final = 20  # as many accounts as the model was given
DRAWS: Final = 400
APART: Final = 1_000_003  # seeds of the oracle's companies lie this far from the model's
LEAST: Final = 500  # accounts; from fewer no regression says what could be known
CLEAR: Final = 0.5  # of an advantage: its interval's lower end is to be above so much of it to divide by it
WORDS: Final = {
    "model": "the model",
    "observable": "the best from what is seen",
    "everything": "the best if every moment were seen",
    "state": "the true chance of each account",
}


@dataclass(frozen=True, slots=True, eq=False)
class Oracle:
    """How near a model comes to what can be known.

    Attributes
    ----------
    chances : Chances
    predicted : mapping of str to float array, shape (n,) or (2, n)
        Probabilities by "model", "observable", "everything" and "state"; those of the two in the middle come from
        companies other than the account's own, those of the last for either half of the branches from the other half.
    cost, save_rate : float
        Of contacting one account [currency], and the share of those who would be lost that it keeps.
    """

    chances: Chances
    predicted: dict[str, Reals]
    cost: float
    save_rate: float
    _kept: dict[str, Any] = field(default_factory=dict)

    def without_notice(self) -> Oracle | None:
        """The same among accounts that had not said that they leave; None where nobody had, or all."""
        if "open" not in self._kept:
            still = ~self.chances.seen["given_notice"].to_numpy(dtype=np.bool_)
            predicted = {name: p[..., still] for name, p in self.predicted.items()}
            is_part = 0 < still.sum() < len(still)
            part = Oracle(self.chances.of(still), predicted, self.cost, self.save_rate) if is_part else None
            self._kept["open"] = part
        found: Oracle | None = self._kept["open"]
        return found

    def table(self) -> pd.DataFrame:
        """AUC and profit of each way to predict.

        Returns
        -------
        pandas.DataFrame
            `who`, `auc`, `auc_low`, `auc_high`, `profit`, `profit_low`, `profit_high` [currency per 100 accounts], with
            95 % intervals over companies.

        Notes
        -----
        Each half of the branches judges all ways, and the two verdicts are averaged. The state oracle of one half is
        told by the other, so that it is a lower bound: more branches tell more.
        """
        if "table" not in self._kept:
            self._kept["table"] = self._table()
        found: pd.DataFrame = self._kept["table"]
        return found.copy()

    def _table(self) -> pd.DataFrame:
        import pandas as pd

        ways = [self._way(name) for name in self.predicted]
        drawn = np.array([
            [way(weight) for way in ways] for weight in weights(self.chances.company, DRAWS, 0)
        ])  # fmt: skip
        low, high = np.nanquantile(drawn, LEVELS, axis=0)
        level = np.array([way(np.ones(len(self.chances.company))) for way in ways])
        self._kept.update(drawn=drawn, level=level)
        rows = []
        for k, name in enumerate(self.predicted):
            auc, profit = level[k]
            rows.append((WORDS[name], auc, low[k, 0], high[k, 0], profit, low[k, 1], high[k, 1]))
        columns = ["who", "auc", "auc_low", "auc_high", "profit", "profit_low", "profit_high"]
        return pd.DataFrame(rows, columns=columns, index=list(self.predicted))

    def _way(self, name: str) -> Callable[[Reals], tuple[float, float]]:
        """AUC, and profit per 100 accounts of contacting whoever seems worth it, for weights of accounts."""
        truths = self.chances.halves
        worth = self.chances.seen["mrr"].to_numpy() / 100.0 * MONTHS_KEPT
        judged = []
        for truth, p in zip(truths, np.broadcast_to(self.predicted[name], truths.shape), strict=True):
            called = measures.contacted(p, value=worth, cost=self.cost, save_rate=self.save_rate)
            judged.append((measures.Ranked(truth, p), called * (truth * self.save_rate * worth - self.cost)))

        def both(weight: Reals) -> tuple[float, float]:
            auc = np.mean([ranked.auc(weight) for ranked, _ in judged])
            gained = np.mean([(weight * gain).sum() for _, gain in judged])
            return float(auc), 100.0 * float(gained / weight.sum())

        return both

    def share(self) -> dict[str, float | str | None]:
        """Share of the achievable that the model reaches: AUC above ½ over that of the observable oracle.

        Returns
        -------
        dict
            `value`, `low`, `high` (95 %, over companies), all None with a `reason` where there are fewer than `LEAST`
            accounts, there is nothing to predict, or what could be predicted is too near nothing to divide by.
        """
        found: dict[Any, Any] = self.table().to_dict("index")
        reason = self._no_share(found["observable"])
        if reason:
            return {"value": None, "low": None, "high": None, "reason": reason}
        drawn = self._kept["drawn"][:, :, 0] - 0.5
        low, high = np.nanquantile(drawn[:, 0] / drawn[:, 1], LEVELS)
        value = (found["model"]["auc"] - 0.5) / (found["observable"]["auc"] - 0.5)
        return {"value": float(value), "low": float(low), "high": float(high), "reason": ""}

    def _no_share(self, best: dict[str, float]) -> str:
        """Why a share of what is achievable is not told, if it is not."""
        n = len(self.chances.company)
        if n < LEAST:
            return f"{n} accounts are too few to tell; take more companies, at least {LEAST} accounts are wanted"
        advantage = f"AUC {best['auc']:.3f} [{best['auc_low']:.3f}, {best['auc_high']:.3f}]"
        if not best["auc_low"] > 0.5:
            return f"nothing to predict: the best from what is seen is no better than guessing, {advantage}"
        if not best["auc_low"] - 0.5 > CLEAR * (best["auc"] - 0.5):
            return f"the best from what is seen is too near guessing to say how much of it is reached, {advantage}"
        return ""

    def silo(self) -> dict[str, float | str]:
        """What it would be worth to see every moment, and to know what nobody can see [currency per 100 accounts].

        Returns
        -------
        dict
            `silo` with `silo_low`, `silo_high`, and `unseen` with its bounds: 95 %, paired over companies; and
            `silo_reason`, `unseen_reason`, which say where that is not told from nothing.
        """
        told: dict[str, float | str] = {}
        for word, more, less in (("silo", "everything", "observable"), ("unseen", "state", "everything")):
            value, low, high = self._apart(more, less, 1)
            told |= {word: value, f"{word}_low": low, f"{word}_high": high}
            told[f"{word}_reason"] = "" if low > 0.0 or high < 0.0 else "not told from nothing"
        return told

    def not_told_apart(self) -> list[str]:
        """Ways to predict that differ by nothing certain in AUC, each with the next that knows more, in words."""
        told = []
        for less, more in (("model", "observable"), ("observable", "everything"), ("everything", "state")):
            value, low, high = self._apart(more, less, 0)
            if not low > 0.0:
                apart = f"{WORDS[less]} and {WORDS[more]} are not told apart"
                below = f"{WORDS[more]} comes out below {WORDS[less]}, which cannot be in truth: too few accounts"
                told.append(
                    f"{below if high < 0.0 else apart}: AUC {value:+.3f} [{low:+.3f}, {high:+.3f}] for knowing more"
                )
        return told

    def _apart(self, more: str, less: str, what: int) -> tuple[float, float, float]:
        """AUC (0) or profit (1) of one way less another's, with its 95 % interval, paired over companies."""
        self.table()
        places = [list(self.predicted).index(name) for name in (more, less)]
        level, drawn = self._kept["level"][places, what], self._kept["drawn"][:, places, what]
        low, high = np.nanquantile(drawn[:, 0] - drawn[:, 1], LEVELS)
        return float(level[0] - level[1]), float(low), float(high)

    def calibration_slope(self) -> float:
        """Slope of the true log-odds in the model's: 1 is right."""
        return measures.measure("calibration_slope", self.chances.chance, self.predicted["model"])


def oracle(
    scenario: Scenario,
    *,
    model: ChurnModel,
    seed: int,
    day: float = DAY,
    companies: int | None = None,
    branches: int = BRANCHES,
    within: float = WITHIN,
    cost: float = COST,
    save_rate: float = SAVE_RATE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Oracle:
    """Hold a model against what can be known.

    Parameters
    ----------
    scenario : Scenario
        The world that the model was fitted to.
    model : ChurnModel
        Fitted to features of a log, for the same `within`.
    seed : int
        Seed of the model's own company; the oracle's are others.
    day : float
        When to look [months].
    companies : int, optional
        How many; unless given, as many as have twenty times the accounts that the model was given.
    branches, within, workers, progress
        As in `true_chances`.
    cost, save_rate : float
        Of contacting one account [currency], and the share of those who would be lost that it keeps.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    if companies is None:
        base = max(scenario.value("arrivals.base_accounts"), 1.0)
        companies = math.ceil(TIMES * float(model.origin_.get("accounts", base)) / base)
    if isinstance(companies, bool) or not isinstance(companies, int) or companies < 2:
        raise InputError([f"companies: {companies!r} is not a whole number from 2"])
    seeds = [seed + APART + k for k in range(companies)]
    found = true_chances(
        scenario, seeds=seeds, day=day, within=within, branches=branches, workers=workers, progress=progress
    )
    everything = regressed(found.everything, found.chance, found.company)
    predicted = {
        "model": model.predict_proba(found.seen)[:, 1],
        "observable": regressed(found.seen, found.chance, found.company),
        "everything": everything,
        "state": found.told(everything),
    }
    return Oracle(found, predicted, cost, save_rate)
