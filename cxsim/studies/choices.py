"""Whom to call: rules that put a number on every account, the highest called first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from cxsim.engines import simulate
from cxsim.scenario import Scenario
from cxsim.studies.pilots import EARLY, NAMES, WITHIN, Pilot, known, randomised, true_effects, yearly

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.churn.model import ChurnModel
    from cxsim.engines import Seen

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

ORACLE: Final = "oracle"
PAST: Final = (
    36  # months of another company's past that a churn model learns from; assumption: as long as most keep records
)
LOOKS: Final = 3  # months from one look at an account to the next: nearer ones say the same again
METHOD: Final = "logistic"  # of both kinds of models, so that they differ in what they predict alone


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A month in which a rule is asked.

    Attributes
    ----------
    seen : Seen
    programme : Scenario
        What is run, and
    seed, number : int
        under which luck; for the oracle alone.
    before : mapping of int to int array
        Who was called up to now, by month.
    """

    seen: Seen
    programme: Scenario
    seed: int
    number: int
    before: Mapping[int, Array]


class Rule(Protocol):
    """A way to choose.

    Attributes
    ----------
    name : str
    spares : bool
        Whether its numbers are gains in ARR [currency/year], so that a call that does not pay is not made.
    """

    @property
    def name(self) -> str: ...

    @property
    def spares(self) -> bool: ...

    def scores(self, moment: Moment) -> Reals:
        """A number for each account that is seen, NaN for none; shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Random:
    """Anyone."""

    name: str = "random"
    spares: bool = False

    def scores(self, moment: Moment) -> Reals:
        """Even chances."""
        return np.random.default_rng((moment.seed, moment.number, moment.seen.month)).random(len(moment.seen))


@dataclass(frozen=True, slots=True)
class Band:
    """The least healthy, as the company sees it."""

    name: str = "health"
    spares: bool = False

    def scores(self, moment: Moment) -> Reals:
        """Observed health, turned round."""
        return np.asarray(-moment.seen.columns["observed_health"])


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """Those whom a churn model expects to lose; or most of whose revenue it does.

    Attributes
    ----------
    model : ChurnModel
        Fitted to what a policy is shown.
    in_money : bool
        Whether an account counts by what it pays.
    """

    model: ChurnModel
    name: str = "risk"
    in_money: bool = False
    spares: bool = False

    def scores(self, moment: Moment) -> Reals:
        """Chance of a loss, or ARR expected to be lost."""
        return self.of(known(moment.seen), yearly(moment.seen))

    def of(self, features: pd.DataFrame, arr: Reals) -> Reals:
        """As `scores`, of accounts in a table."""
        chance: Reals = self.model.predict_proba(features)[:, 1]
        return chance * arr if self.in_money else chance


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """Those whom a call is expected to keep: uplift by two models (T-learner).

    Attributes
    ----------
    without, with_ : ChurnModel
        Losses of those who were not called in a pilot, and of those who were.
    offset, slope : float
        What is expected to be kept, as a line in the difference of the two models [share].
    spares : bool
        Whether calls that are not expected to pay are left out.

    References
    ----------
    Künzel, Sekhon, Bickel & Yu 2019, doi:10.1073/pnas.1804597116: the T-learner.
    """

    without: ChurnModel
    with_: ChurnModel
    offset: float = 0.0
    slope: float = 1.0
    name: str = "response"
    spares: bool = True

    def scores(self, moment: Moment) -> Reals:
        """ARR that a call is expected to save [currency/year]."""
        return self.of(known(moment.seen), yearly(moment.seen))

    def of(self, features: pd.DataFrame, arr: Reals) -> Reals:
        """As `scores`, of accounts in a table."""
        difference = (self.without.predict_proba(features) - self.with_.predict_proba(features))[:, 1]
        return np.asarray((self.offset + self.slope * difference) * arr)


@dataclass(frozen=True, slots=True)
class Oracle:
    """Those whom a call keeps in truth, as far as forks of the very run tell.

    Attributes
    ----------
    branches : int
        Futures of each account, called and not.
    """

    branches: int
    name: str = ORACLE
    spares: bool = True

    def scores(self, moment: Moment) -> Reals:
        """ARR that a call saves on average over the branches [currency/year]."""
        account, effect = true_effects(
            moment.programme, seed=moment.seed, number=moment.number, month=moment.seen.month, before=moment.before,
            branches=self.branches,
        )  # fmt: skip
        found = np.full(len(moment.seen), np.nan)
        found[np.searchsorted(moment.seen.columns["account"], account)] = effect.mean(axis=0)
        return np.asarray(found * yearly(moment.seen))


def churn_model(scenario: Scenario, *, seed: int) -> ChurnModel:
    """A churn model fitted to another company's past: who of those who could be called was lost within a year."""
    from cxsim.churn import dataset
    from cxsim.churn.model import ChurnModel
    from cxsim.engines.seen import COLUMNS

    days = np.arange(0.0, PAST - WITHIN + 1, LOOKS)
    data = dataset(simulate(scenario, seed=seed, horizon=PAST), days=days, within=WITHIN)
    early = data.features["stage"].cat.codes.to_numpy() == EARLY
    data = data.of(~early & ~data.features["given_notice"].to_numpy(dtype=np.bool_))
    shown = [name for name in COLUMNS if name not in NAMES]
    return ChurnModel(METHOD).fit(data.features[shown], data.target, data.account)


def response(pilot: Pilot, *, name: str = "response", spares: bool = True) -> Response:
    """Learn from a pilot whom a call keeps: one model of those not called, one of those called.

    Notes
    -----
    The difference of two models is too sure of itself, and whoever calls the highest is misled by it. Half of the
    companies are predicted by the others' models; `offset` and `slope` are those of the line through what is then
    predicted and what chance shows of the effect (`pilots.randomised`), with slope 0 if there is none.
    """
    fold = pilot.company % 2
    gain, chance = np.empty(len(pilot)), np.empty(len(pilot))
    for k in (0, 1):
        without, with_ = (_chances(pilot, fold != k, called, pilot.features[fold == k]) for called in (False, True))
        gain[fold == k], chance[fold == k] = without - with_, (without + with_) / 2.0
    shown = randomised(pilot.called, pilot.lost, chance)
    slope, offset = np.polyfit(gain, shown, 1)
    if slope <= 0.0:
        slope, offset = 0.0, shown.mean()
    everybody = np.ones(len(pilot), dtype=np.bool_)
    return Response(
        _model(pilot, everybody, False),
        _model(pilot, everybody, True),
        float(offset),
        float(min(slope, 1.0)),
        name,
        spares,
    )


def _model(pilot: Pilot, part: npt.NDArray[np.bool_], called: bool) -> ChurnModel:
    """Fitted to those of a part of a pilot who were called, or were not."""
    from cxsim.churn.model import ChurnModel

    part = part & (pilot.called == called)
    lost = pilot.lost[part].astype(np.int64)
    return ChurnModel(METHOD).fit(pilot.features[part].reset_index(drop=True), lost, np.flatnonzero(part))


def _chances(pilot: Pilot, part: npt.NDArray[np.bool_], called: bool, features: pd.DataFrame) -> Reals:
    found: Reals = _model(pilot, part, called).predict_proba(features)[:, 1]
    return found
