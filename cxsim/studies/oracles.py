"""What can be known of churn at best: the true chance of each loss, and how near a model comes to it.

A run is forked on a day into many futures; the share of them in which an account is lost is its true chance, given all
that is so on the day, seen and unseen (the *state oracle*). Regressed on what the company can see, over many more
accounts than a model was given, it is what anybody could predict from there (the *observable oracle*). Between the two
stands the silo: what the company would know if every moment had reached its records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import measures
from cxsim.churn.dataset import WITHIN
from cxsim.churn.evaluation import COST, LEVELS, MONTHS_KEPT, SAVE_RATE
from cxsim.errors import InputError
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.churn.model import ChurnModel

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

DAY: Final = 6.0  # assumption: any day will do; an early one costs little to reach
BRANCHES: Final = 200
TIMES: Final = 20  # as many accounts as the model was given
FOLDS: Final = 5
DRAWS: Final = 400
APART: Final = 1_000_003  # seeds of the oracle's companies lie this far from the model's
# of the observable oracle; assumption: shallow trees, since chances are smooth in what is seen
_TREES: Final = {"learning_rate": 0.06, "max_iter": 150, "max_leaf_nodes": 8, "min_samples_leaf": 100}
WORDS: Final = {
    "model": "the model",
    "observable": "the best from what is seen",
    "everything": "the best if every moment were seen",
    "state": "the true chance of each account",
}


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Accounts of many companies on a day, what was known of them, and their true chances of being lost.

    Attributes
    ----------
    seen, everything : pandas.DataFrame, n rows
        `readings.features` of the day, as the company saw it and as if every moment had been seen.
    chance : float array, shape (n,)
        Share of branches in which the account is lost within `within` months.
    company : int64 array, shape (n,)
    within : float
    branches : int
    """

    seen: pd.DataFrame
    everything: pd.DataFrame
    chance: Reals
    company: Ints
    within: float
    branches: int


@dataclass(frozen=True, slots=True, eq=False)
class Oracle:
    """How near a model comes to what can be known.

    Attributes
    ----------
    chances : Chances
    predicted : mapping of str to float array, shape (n,)
        Probabilities by "model", "observable", "everything" and "state"; those of the two in the middle come from
        companies other than the account's own.
    cost, save_rate : float
        Of contacting one account [currency], and the share of those who would be lost that it keeps.
    """

    chances: Chances
    predicted: dict[str, Reals]
    cost: float
    save_rate: float
    _kept: dict[str, Any] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """AUC and profit of each way to predict.

        Returns
        -------
        pandas.DataFrame
            `who`, `auc`, `auc_low`, `auc_high`, `profit`, `profit_low`, `profit_high` [currency per 100 accounts], with
            95 % intervals over companies.
        """
        if "table" not in self._kept:
            self._kept["table"] = self._table()
        found: pd.DataFrame = self._kept["table"]
        return found.copy()

    def _table(self) -> pd.DataFrame:
        import pandas as pd

        from cxsim.churn.evaluation import weights

        ways = [self._way(name) for name in self.predicted]
        drawn = np.array([
            [way(weight) for way in ways] for weight in weights(self.chances.company, DRAWS, 0)
        ])  # fmt: skip
        low, high = np.nanquantile(drawn, LEVELS, axis=0)
        self._kept["drawn"] = drawn
        level = [way(np.ones(len(self.chances.chance))) for way in ways]
        self._kept["level"] = level
        rows = []
        for k, name in enumerate(self.predicted):
            auc, profit = level[k]
            rows.append((WORDS[name], auc, low[k, 0], high[k, 0], profit, low[k, 1], high[k, 1]))
        columns = ["who", "auc", "auc_low", "auc_high", "profit", "profit_low", "profit_high"]
        return pd.DataFrame(rows, columns=columns, index=list(self.predicted))

    def _way(self, name: str) -> Callable[[Reals], tuple[float, float]]:
        """AUC, and profit per 100 accounts of contacting whoever seems worth it, for weights of accounts."""
        chance, p = self.chances.chance, self.predicted[name]
        worth = self.chances.seen["mrr"].to_numpy() / 100.0 * MONTHS_KEPT
        ranked = measures.Ranked(chance, p)
        gained = measures.contacted(p, value=worth, cost=self.cost, save_rate=self.save_rate) * (
            chance * self.save_rate * worth - self.cost
        )

        def both(weight: Reals) -> tuple[float, float]:
            return ranked.measures(weight)["auc"], 100.0 * float((weight * gained).sum() / weight.sum())

        return both

    def share(self) -> dict[str, float | str | None]:
        """Share of the achievable that the model reaches: AUC above ½ over that of the observable oracle.

        Returns
        -------
        dict
            `value`, `low`, `high` (95 %, over companies), all None with a `reason` where there is nothing to predict.
        """
        found: dict[Any, Any] = self.table().to_dict("index")
        if not found["observable"]["auc_low"] > 0.5:
            return {"value": None, "low": None, "high": None,
                    "reason": "nothing to predict: the best from what is seen is no better than guessing"}  # fmt: skip
        drawn = self._kept["drawn"][:, :, 0] - 0.5
        low, high = np.quantile(drawn[:, 0] / drawn[:, 1], LEVELS)
        value = (found["model"]["auc"] - 0.5) / (found["observable"]["auc"] - 0.5)
        return {"value": float(value), "low": float(low), "high": float(high), "reason": ""}

    def silo(self) -> dict[str, float]:
        """What it would be worth to see every moment, and to know what nobody can see [currency per 100 accounts].

        Returns
        -------
        dict
            `silo` with `silo_low`, `silo_high`, and `unseen` with its bounds: 95 %, paired over companies.
        """
        self.table()
        profit = self._kept["drawn"][:, :, 1]
        level = {name: profit for name, (_, profit) in zip(self.predicted, self._kept["level"], strict=True)}
        place = {name: k for k, name in enumerate(self.predicted)}
        told: dict[str, float] = {}
        for word, more, less in (("silo", "everything", "observable"), ("unseen", "state", "everything")):
            low, high = np.quantile(profit[:, place[more]] - profit[:, place[less]], LEVELS)
            told |= {word: level[more] - level[less], f"{word}_low": float(low), f"{word}_high": float(high)}
        return told

    def calibration_slope(self) -> float:
        """Slope of the true log-odds in the model's: 1 is right."""
        return measures.measure("calibration_slope", self.chances.chance, self.predicted["model"])


def true_chances(
    scenario: Scenario,
    *,
    seeds: Sequence[int],
    day: float = DAY,
    within: float = WITHIN,
    branches: int = BRANCHES,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Chances:
    """Fork one company a seed on a day, and count who is lost.

    Parameters
    ----------
    scenario : Scenario
    seeds : sequence of int
        One company each.
    day, within : float
        When to fork, and how far to follow [months].
    branches : int
        Futures of each company.
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (companies done, companies in all).

    Raises
    ------
    InputError
        If a number is out of range.
    """
    import pandas as pd

    from cxsim.engines import simulate
    from cxsim.readings.features import features
    from cxsim.studies.branches import branches as futures

    if not len(seeds):
        raise InputError(["seeds: none was named"])
    seen, everything, chance, company = [], [], [], []
    for k, seed in enumerate(seeds):
        branched = futures(scenario, seed=seed, at=day, number=branches, months=within, workers=workers)
        log = simulate(scenario, seed=seed, horizon=max(math.ceil(day), 1))
        seen.append(features(log, days=day))
        everything.append(features(log, days=day, everything=True))
        chance.append(_chance_of(branched.account, branched.lost_at <= day + within, seen[-1]["account"].to_numpy()))
        company.append(np.full(len(seen[-1]), k))
        if progress is not None:
            progress(k + 1, len(seeds))
    return Chances(
        pd.concat(seen, ignore_index=True), pd.concat(everything, ignore_index=True), np.concatenate(chance),
        np.concatenate(company), within, branches,
    )  # fmt: skip


def _chance_of(account: npt.NDArray[np.int32], lost: npt.NDArray[np.bool_], wanted: Ints) -> Reals:
    """Share of branches in which each account is lost, for those that were there before the day."""
    return np.asarray(lost.mean(axis=0)[np.searchsorted(account, wanted)])


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
    predicted = {
        "model": model.predict_proba(found.seen)[:, 1],
        "observable": regressed(found.seen, found.chance, found.company),
        "everything": regressed(found.everything, found.chance, found.company),
        "state": found.chance,
    }
    return Oracle(found, predicted, cost, save_rate)


def regressed(table: pd.DataFrame, chance: Reals, company: Ints) -> Reals:
    """Chances regressed on features by gradient boosting, each company judged by others; shape (n,).

    Notes
    -----
    Log loss, an account of chance p standing for p lost ones and 1 − p kept ones.
    """
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier

    from cxsim.churn.columns import NUMBER, chosen, fitted
    from cxsim.churn.model import one_thread

    try:
        columns, _ = chosen(table.drop(columns=["account", "day", "came_at"]))
    except InputError:  # all accounts look alike
        return np.full(len(chance), chance.mean())
    plain = fitted(table, columns)
    numbers = np.column_stack([
        plain[c.name] if c.kind == NUMBER else pd.factorize(plain[c.name], sort=True)[0] for c in columns
    ]).astype(np.float64)  # fmt: skip
    found = np.empty(len(chance))
    fold = company % min(FOLDS, len(np.unique(company)))
    with one_thread():
        for k in np.unique(fold):
            learned = np.flatnonzero(fold != k)
            twice = np.concatenate((learned, learned))
            lost = np.repeat([1, 0], len(learned))
            weight = np.concatenate((chance[learned], 1.0 - chance[learned]))
            trees = HistGradientBoostingClassifier(**_TREES, early_stopping=False, random_state=0)
            trees.fit(numbers[twice], lost, sample_weight=weight)
            found[fold == k] = trees.predict_proba(numbers[fold == k])[:, 1]
    return found
