"""True chances of being lost, by forks of a run into many futures; and what a table tells of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.dataset import WITHIN
from cxsim.errors import InputError
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

DAY: Final = 6.0  # assumption: any day will do; an early one costs little to reach
BRANCHES: Final = 200
FOLDS: Final = 5
# of the observable oracle; assumption: shallow trees, since chances are smooth in what is seen
_TREES: Final = {"learning_rate": 0.06, "max_iter": 150, "max_leaf_nodes": 8}
_LEAF: Final = 100  # accounts in a leaf at least, where there are many
_WEIGHTS: Final = np.geomspace(0.1, 1e5, 61)  # branches that a forecast may count for
_SURE: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Accounts of many companies on a day, what was known of them, and their true chances of being lost.

    Attributes
    ----------
    seen, everything : pandas.DataFrame, n rows
        `readings.features` of the day, as the company saw it and as if every moment had been seen.
    halves : float array, shape (2, n)
        Share of the first and of the second half of the branches in which the account is lost within `within` months.
    company : int64 array, shape (n,)
    within : float
    branches : int
    """

    seen: pd.DataFrame
    everything: pd.DataFrame
    halves: Reals
    company: Ints
    within: float
    branches: int

    @property
    def sizes(self) -> Reals:
        """How many branches are in each half; shape (2,)."""
        return np.array([self.branches // 2, self.branches - self.branches // 2], dtype=np.float64)

    @property
    def chance(self) -> Reals:
        """Share of all branches in which the account is lost; shape (n,)."""
        return np.asarray(self.sizes @ self.halves / self.branches)

    def of(self, chosen: npt.NDArray[np.bool_]) -> Chances:
        """Some of the accounts."""
        seen, everything = (one[chosen].reset_index(drop=True) for one in (self.seen, self.everything))
        return replace(
            self, seen=seen, everything=everything, halves=self.halves[:, chosen], company=self.company[chosen]
        )

    def told(self, forecast: Reals) -> Reals:
        """Each account's chance for either half of the branches, as the other half tells it; shape (2, n).

        Parameters
        ----------
        forecast : float array, shape (n,)
            Of the chance, by whatever has not seen these branches.

        Notes
        -----
        A share of few futures is noisy, and the half that tells is never the half that judges. The share is drawn to
        the forecast as far as that serves the other half: (N·share + k·forecast)/(N + k), N branches, with the k of
        least log loss. It is the mean of a beta posterior whose prior mean is the forecast.
        """
        others, n = self.halves[::-1], self.sizes[::-1, None]

        def drawn(k: float) -> Reals:
            return np.asarray((n * others + k * forecast) / (n + k))

        def loss(k: float) -> float:
            p = np.clip(drawn(k), _SURE, 1.0 - _SURE)
            return float(-(self.halves * np.log(p) + (1.0 - self.halves) * np.log1p(-p)).mean())

        return drawn(min(_WEIGHTS.tolist(), key=loss))


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
    seen, everything, halves, company = [], [], [], []
    for k, seed in enumerate(seeds):
        branched = futures(scenario, seed=seed, at=day, number=branches, months=within, workers=workers)
        log = simulate(scenario, seed=seed, horizon=max(math.ceil(day), 1))
        seen.append(features(log, days=day))
        everything.append(features(log, days=day, everything=True))
        lost = branched.lost_at <= day + within
        wanted = np.searchsorted(branched.account, seen[-1]["account"].to_numpy())
        parts = lost[: branches // 2], lost[branches // 2 :]
        halves.append(np.stack([part.mean(axis=0)[wanted] for part in parts]))
        company.append(np.full(len(seen[-1]), k))
        if progress is not None:
            progress(k + 1, len(seeds))
    return Chances(
        pd.concat(seen, ignore_index=True), pd.concat(everything, ignore_index=True), np.concatenate(halves, axis=1),
        np.concatenate(company), within, branches,
    )  # fmt: skip


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
            leaf = min(_LEAF, max(len(learned) // 25, 10))
            trees = HistGradientBoostingClassifier(
                **_TREES, min_samples_leaf=leaf, early_stopping=False, random_state=0
            )
            trees.fit(numbers[twice], lost, sample_weight=weight)
            found[fold == k] = trees.predict_proba(numbers[fold == k])[:, 1]
    return found
