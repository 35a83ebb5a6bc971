"""How well churn is predicted, judged by accounts, and days, that the model has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn import measures
from cxsim.churn.dataset import Dataset
from cxsim.churn.measures import MEASURES
from cxsim.churn.resampling import LEVELS, bounds, measured, samples, weights
from cxsim.errors import InputError, did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

CURVES: Final = 200  # bootstrap samples of a curve
USEFUL: Final = 0.6  # assumption: an interval from .5 to beyond it holds both nothing and what is worth knowing
SAVE_RATE: Final = 0.11  # Godinho de Matos et al. 2018, doi:10.1287/mksc.2018.1099: calls cut churn by 11.0 %
COST: Final = 100.0  # assumption: some two hours of a success manager
MONTHS_KEPT: Final = 12.0  # assumption: who is saved stays a year
PROFIT: Final = ("contacted", "profit_per_100_accounts")  # what is told of money beside the measures


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Predictions for accounts that the model had not seen, and how good they are.

    Attributes
    ----------
    whole : Dataset
        All rows that were given.
    data : Dataset
        Those that were judged.
    probability : float array, shape (n,)
        Of a loss, predicted without the account's rows and, in a log, without anything from the day on.
    fold, origin : arrays, shape (n,)
        Which fold judged a row, and from which day on its model had learned nothing (NaN in tables).
    method, split : str
        How it was predicted, and how rows were kept apart.
    seed : int
    """

    whole: Dataset
    data: Dataset
    probability: Reals
    fold: Ints
    origin: Reals
    method: str
    split: str
    seed: int
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    def summary(self) -> pd.DataFrame:
        """Each measure with its 95 % interval.

        Returns
        -------
        pandas.DataFrame
            `measure`, `value`, `low`, `high`. Intervals are percentiles of bootstrap samples of accounts (all rows of
            one together); models are not fitted again.
        """
        if "summary" not in self._kept:
            self._kept["summary"] = measured(self.data.target, self.probability, self.data.account, self.seed)
        found: pd.DataFrame = self._kept["summary"]
        return found.copy()

    def of(self, rows: npt.NDArray[np.bool_]) -> Evaluation:
        """Some of the rows that were judged."""
        return replace(
            self, data=self.data.of(rows), probability=self.probability[rows], fold=self.fold[rows],
            origin=self.origin[rows], _kept={},
        )  # fmt: skip

    def without_notice(self) -> Evaluation | None:
        """The same among accounts that had not said that they leave; None where that is not known, or is so of all."""
        if self.data.origin.get("kind") != "log" or "given_notice" not in self.data.features:
            return None
        said = self.data.features["given_notice"].to_numpy(dtype=np.bool_)
        lost = self.data.target[~said]
        return self.of(~said) if said.any() and 0 < lost.sum() < len(lost) else None

    def by(self, column: str, *, cost: float = COST, save_rate: float = SAVE_RATE) -> pd.DataFrame:
        """The measures for each value of a column of words, or of few numbers; values with both kinds only.

        Parameters
        ----------
        column : str
        cost, save_rate : float
            As in `worthwhile`, whose `PROFIT` is told too where it is known what accounts pay.

        Returns
        -------
        pandas.DataFrame
            `group`, `n`, `measure`, `value`, `low`, `high`.

        Raises
        ------
        InputError
            If there is no such column, or it has too many values.
        """
        import pandas as pd

        table = self.data.features
        if column not in table:
            raise InputError([f"by {shown(column)}: no such column.{did_you_mean(column, list(table.columns))}"])
        values = table[column].astype(str).to_numpy()
        if len(set(values)) > 20:
            raise InputError([f"by {shown(column)}: holds {len(set(values))} values; at most 20 can be told apart"])
        return self._parts(((value, values == value) for value in pd.unique(values)), cost, save_rate)

    def over_time(self, *, cost: float = COST, save_rate: float = SAVE_RATE) -> pd.DataFrame:
        """The measures for each origin, the day that parts what was learned from what is judged; as `by`.

        Raises
        ------
        InputError
            If the table has no days.
        """
        if not self.data.has_days:
            raise InputError(["over_time: the table has no days"])
        origins = np.unique(self.origin).tolist()
        return self._parts(((origin, self.origin == origin) for origin in origins), cost, save_rate)

    def _parts(self, parts: Iterator[tuple[Any, npt.NDArray[np.bool_]]], cost: float, save_rate: float) -> pd.DataFrame:
        import pandas as pd

        found = []
        for name, rows in parts:
            one = self.of(rows)
            if 0 < one.data.target.sum() < len(one.data):
                money = [] if one.pays_is_unknown else [one.worthwhile(cost=cost, save_rate=save_rate)]
                of = pd.concat([one.summary(), *money], ignore_index=True)
                of.insert(0, "n", len(one.data))
                of.insert(0, "group", name)
                found.append(of)
        if not found:
            return pd.DataFrame(columns=["group", "n", "measure", "value", "low", "high"])
        return pd.concat(found, ignore_index=True)

    def calibration(self) -> pd.DataFrame:
        """What was predicted and what happened, in tenths of the expected losses; see `measures.calibration`."""
        drawn = weights(self.data.account, CURVES, self.seed)
        return measures.calibration(self.data.target, self.probability, self.data.account, list(drawn))

    def gain(self) -> pd.DataFrame:
        """Share of losses found among the likeliest, and lift; see `measures.gain`.

        Returns
        -------
        pandas.DataFrame
            With `low` and `high`, the 95 % interval of `found`.
        """
        ranked = measures.Ranked(self.data.target, self.probability)
        found = measures.gain(ranked)
        low, high = bounds(lambda w: measures.gain(ranked, w)["found"], self.data.account, self.seed, number=CURVES)
        return found.assign(low=low, high=high)

    def worthwhile(
        self, *, cost: float = COST, save_rate: float = SAVE_RATE, value: float | Reals | None = None
    ) -> pd.DataFrame:
        """Whom the model says to contact, and what that is worth; parameters as in `profit`.

        Returns
        -------
        pandas.DataFrame
            `measure`, `value`, `low`, `high` of `PROFIT`: the share contacted, and currency per hundred accounts.

        Notes
        -----
        An account is contacted if p·save_rate·value is above the cost, which takes nothing from what then happened: the
        highest point of the curve of `profit` is chosen by the luck of those accounts too.
        """
        import pandas as pd

        _check_contact(cost, save_rate)
        worth = self.worth(value)
        called = measures.contacted(self.probability, value=worth, cost=cost, save_rate=save_rate)
        gained = called * (self.data.target * save_rate * worth - cost)

        def told(weight: Reals) -> list[float]:
            return [float((weight * one).sum() / weight.sum()) for one in (called, 100.0 * gained)]

        low, high = bounds(told, self.data.account, self.seed)
        return pd.DataFrame({"measure": PROFIT, "value": told(np.ones(len(called))), "low": low, "high": high})

    def profit(
        self, *, cost: float = COST, save_rate: float = SAVE_RATE, value: float | Reals | None = None
    ) -> pd.DataFrame:
        """What contacting the likeliest on one day is worth, per hundred accounts, with a 95 % interval.

        Parameters
        ----------
        cost : float
            Of contacting one account, in currency.
        save_rate : float
            Share of those who would be lost that a contact keeps.
        value : float or float array, shape (n,), optional
            What an account is worth that is kept, in currency; twelve months of its MRR unless given.

        Returns
        -------
        pandas.DataFrame
            For each hundredth `contacted`: `profit`, `low`, `high` [currency per 100 accounts].

        Raises
        ------
        InputError
            If the table has no MRR and no value is given, or a number is out of range.
        """
        worth = self.worth(value)
        _check_contact(cost, save_rate)

        def curve(rows: Ints) -> Reals:
            found = measures.profit(
                self.data.target[rows], self.probability[rows], value=worth[rows], cost=cost, save_rate=save_rate
            )
            return np.asarray(found["profit"].to_numpy() / len(rows) * 100.0)

        import pandas as pd

        drawn = np.array([curve(rows) for rows in samples(self.data.account, CURVES, self.seed)])
        low, high = np.quantile(drawn, LEVELS, axis=0)
        share = np.arange(0, 101) / 100
        return pd.DataFrame({"contacted": share, "profit": curve(np.arange(len(self.data))), "low": low, "high": high})

    @property
    def pays_is_unknown(self) -> bool:
        """Whether the table does not say what an account pays."""
        return bool(np.isnan(self.data.mrr).any())

    def worth(self, value: float | Reals | None = None) -> Reals:
        """What each row is worth if kept, in currency.

        Raises
        ------
        InputError
            If that is not known.
        """
        if value is not None:
            return np.broadcast_to(np.asarray(value, dtype=np.float64), (len(self.data),))
        if self.pays_is_unknown:
            raise InputError(["profit: the table does not say what an account pays; give value=, in currency"])
        return self.data.mrr * MONTHS_KEPT

    def verdict(self) -> str:
        """In a sentence: can churn be predicted here?"""
        row = self.summary().set_index("measure").loc["auc"]
        told = f"AUC {row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        if row["high"] < 0.5:
            why = "rows learned from and judged differ, or the target is turned round"
            return f"The model is worse than guessing here: {told}. Luck seldom does that; perhaps {why}."
        if row["low"] <= 0.5 and row["high"] > USEFUL:
            return f"These rows are too few to tell: {told}, which holds guessing (.5) and more than {USEFUL:g}."
        if not row["low"] > 0.5:
            return f"There is nothing to predict that this table shows: {told}, and .5 is guessing."
        return f"A lost account is ranked above one that is kept {100 * row['value']:.0f} times of 100: {told}."

    def document(self, *, cost: float = COST, save_rate: float = SAVE_RATE) -> dict[str, Any]:
        """The answer of `cxsim churn evaluate --json`, without an oracle."""
        still = self.without_notice()
        profit = None
        if not self.pays_is_unknown:
            money = _told(self.worthwhile(cost=cost, save_rate=save_rate), PROFIT)
            profit = {**money, "cost": cost, "save_rate": save_rate}
        return {
            **self._numbers(), "oracle_auc": None, "model": self.method, "split": self.split,
            "question": self.data.question, "verdict": self.verdict(), "profit": profit,
            "without_notice": None if still is None else still._numbers(),
        }  # fmt: skip

    def _numbers(self) -> dict[str, Any]:
        return {
            "n": len(self.data), "churn_share": float(self.data.target.mean()), **_told(self.summary(), MEASURES)
        }  # fmt: skip


def _told(found: pd.DataFrame, names: tuple[str, ...]) -> dict[str, Any]:
    """Values by name, and their intervals."""
    rows = found.set_index("measure")
    values = {name: _number(rows["value"][name]) for name in names}
    return {**values, "intervals": {name: [_number(rows[end][name]) for end in ("low", "high")] for name in names}}


def _check_contact(cost: float, save_rate: float) -> None:
    if not cost >= 0.0 or not 0.0 <= save_rate <= 1.0:
        raise InputError([f"profit: cost {cost!r} is to be 0 or more, and save rate {save_rate!r} between 0 and 1"])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
