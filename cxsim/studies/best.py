"""Which alternative is best, how probable that is, and what it costs on average to choose another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from cxsim.errors import InputError
from cxsim.readings.registry import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison, known
from cxsim.studies.pairs import Reals

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES: Final = 2_000
ALMOST_SURE: Final = 0.95
LIKELY: Final = 0.5


class Sampled(Protocol):
    """A study with samples of what each alternative comes to, the baseline first."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the alternatives, the baseline first."""

    @property
    def seed(self) -> int:
        """Which luck."""

    def samples(self, outcome: str) -> Reals:
        """One outcome; shape (draws, samples of each draw, alternatives)."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """How often each alternative is the best one, and what choosing it gives up.

    Attributes
    ----------
    outcome : str
    names : tuple of str
        The baseline first.
    mean, probability, regret : float arrays, shape (alternatives,)
        Mean; share of futures in which the alternative is best, ties shared; mean shortfall against the best one of
        each future, in the outcome's unit.
    probability_low, probability_high, regret_low, regret_high : float arrays, of the same shape
        95 % intervals.
    futures, draws : int
        Samples, and the draws that they come from, each as good as one observation.
    left_out : int
        Draws without a value in each sample of each alternative.
    """

    outcome: str
    names: tuple[str, ...]
    mean: Reals
    probability: Reals
    probability_low: Reals
    probability_high: Reals
    regret: Reals
    regret_low: Reals
    regret_high: Reals
    futures: int
    draws: int
    left_out: int

    def frame(self) -> pd.DataFrame:
        """One row an alternative: `name`, `mean`, `probability_best`, `regret`, the latter two with `_low`, `_high`."""
        import pandas as pd

        return pd.DataFrame({
            "name": self.names, "mean": self.mean,
            "probability_best": self.probability, "probability_best_low": self.probability_low,
            "probability_best_high": self.probability_high,
            "regret": self.regret, "regret_low": self.regret_low, "regret_high": self.regret_high,
        })  # fmt: skip

    def summary(self) -> str:
        """Say which is best most often, and which one costs least to choose if it is another."""
        first, least = int(np.argmax(self.probability)), int(np.argmin(self.regret))
        unit = OUTCOMES[self.outcome].unit
        inside = f"{q.chance(self.probability_low[first])} to {q.chance(self.probability_high[first])}"
        low = self.probability_low[first]
        sure = "" if low > ALMOST_SURE else ": likely, not sure" if low > LIKELY else ": far from sure"
        if self.probability_low[first] <= 1.0 / len(self.names):
            sure = ": no alternative stands out"
        doing = "doing nothing new" if first == 0 else self.names[first]
        said = (
            f"{q.title(self.outcome)}: {doing} is best in {q.chance(self.probability[first])} of futures "
            f"(95 % interval {inside}){sure}"
        )
        if least != first:
            said += f"; on average {'doing nothing new' if least == 0 else self.names[least]} gives up least"
        choosing = "Doing nothing new" if least == 0 else f"Choosing {self.names[least]}"
        return f"{said}. {choosing} falls short of the best by {_amount(self.regret[least], unit)} on average."


def best(study: Comparison | Sampled, *, outcome: str) -> Best:
    """How probable it is that each alternative, the baseline included, is the best one.

    Parameters
    ----------
    study : Comparison, Futures or Uncertainty
        What a future is follows from it: one company's luck (`compare`); one branch from today on (`fork`); a company's
        luck in a world whose numbers are drawn as well (`uncertain`).
    outcome : str

    Raises
    ------
    InputError
        If there is no such outcome, or no future in which it exists for every alternative.

    Notes
    -----
    All alternatives of a future have the same luck. Futures of one draw of parameters are alike, so that draws and not
    futures are resampled: intervals are those of the Bayesian bootstrap over draws. A probability of 0 or 1 has
    the interval of the rule of three instead, 3/n wide.

    References
    ----------
    Bayesian bootstrap: Rubin 1981, doi:10.1214/aos/1176345338. Rule of three: Hanley & Lippman-Hand 1983,
    doi:10.1001/jama.1983.03330370053031.
    """
    if isinstance(study, Comparison):
        runs = (study.baseline, *study.alternatives)
        names, seed = tuple(run.name for run in runs), study.baseline.seed
        values = np.array([run.values(known(outcome)) for run in runs]).T[:, None, :]
    else:
        names, seed, values = study.names, study.seed, study.samples(known(outcome))
    kept = np.isfinite(values).all(axis=(1, 2))
    left_out, values = int((~kept).sum()), values[kept]
    if len(values) < 2:
        raise InputError(f"{outcome}: does not exist for every alternative in two futures or more")
    gains = values if OUTCOMES[outcome].better == "higher" else -values
    top = gains.max(axis=2, keepdims=True)
    wins = (gains == top).astype(np.float64)
    won = (wins / wins.sum(axis=2, keepdims=True)).mean(axis=1)
    regret = (top - gains).mean(axis=1)
    rng = np.random.default_rng([seed, len(values)])
    weights = rng.dirichlet(np.ones(len(values)), RESAMPLES)
    low, high = np.quantile(weights @ won, (0.025, 0.975), axis=0)
    regret_low, regret_high = np.quantile(weights @ regret, (0.025, 0.975), axis=0)
    third = min(1.0, 3.0 / len(values))
    share = won.mean(axis=0)
    high = np.minimum(np.where(share == 0.0, third, high), 1.0)
    low = np.maximum(np.where(share == 1.0, 1.0 - third, low), 0.0)
    return Best(
        outcome, tuple(names), values.mean(axis=(0, 1)), share, low, high, regret.mean(axis=0), regret_low, regret_high,
        values.shape[0] * values.shape[1], len(values), left_out,
    )  # fmt: skip


def _amount(value: float, unit: str) -> str:
    return q.change(value, unit).removeprefix("+")
