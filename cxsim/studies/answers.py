"""Answers: what many runs of a scenario say, and what several say against a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import Faults
from cxsim.interventions import Intervention
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.pairs import Effect, mean_interval, paired, settles_at, variance_ceiling, variance_ratio, wilson
from cxsim.studies.replications import SERIES, Reals, Replication

if TYPE_CHECKING:
    import pandas as pd

YES_NO = ("logo_churn_12m", "intent_12m")


@dataclass(frozen=True, eq=False)
class Run:
    """Replications of one scenario.

    Attributes
    ----------
    name : str
    scenario : Scenario
    seed, horizon : int
        Horizon in months.
    replications : tuple of Replication
    """

    name: str
    scenario: Scenario
    seed: int
    horizon: int
    replications: tuple[Replication, ...]

    @cached_property
    def _values(self) -> Reals:
        return np.array([one.values for one in self.replications])

    def values(self, outcome: str, segment: str | None = None) -> Reals:
        """One outcome in every replication, NaN where it does not exist; shape (n,).

        Raises
        ------
        InputError
            If there is no such outcome or segment.
        """
        return np.asarray(self._values[:, self._row(segment), column_of(outcome)])

    def series(self, name: str, segment: str | None = None) -> Reals:
        """Path of "accounts" or "arr" at months 0 … T in every replication; shape (n, T + 1).

        Raises
        ------
        InputError
            If there is no such series or segment.
        """
        if name not in SERIES:
            faults = Faults()
            faults.unknown(name, name, SERIES, "series")
            faults.stop_if_any()
        row = self._row(segment)
        return np.array([one.series[name][row] for one in self.replications])

    def survival(self) -> Reals:
        """Share of new accounts still there after 0 … T months, all replications taken together; shape (T + 1,)."""
        at_risk = sum((one.at_risk for one in self.replications), np.zeros(self.horizon, dtype=np.int64))
        lost = sum((one.lost for one in self.replications), np.zeros(self.horizon, dtype=np.int64))
        stays = np.where(at_risk > 0, 1.0 - lost / np.maximum(at_risk, 1), np.nan)
        return np.concatenate(([1.0], np.cumprod(stays)))

    def reason(self, outcome: str, segment: str | None = None) -> str:
        """Why the outcome does not exist in some replication; "" where it always does."""
        place = (self._row(segment), column_of(outcome))
        return next((one.reasons[place] for one in self.replications if place in one.reasons), "")

    def rows(self, segment: str | None = None) -> list[dict[str, Any]]:
        """Each outcome's mean with its 95 % interval and the standard deviation over replications."""
        found = []
        for outcome in OUTCOMES.values():
            values = self.values(outcome.name, segment)
            kept = values[np.isfinite(values)]
            reason = self.reason(outcome.name, segment)
            row: dict[str, Any] = {"outcome": outcome.name, "unit": outcome.unit, "mean": None, "low": None}
            row |= {"high": None, "standard_deviation": None}
            if len(kept):
                row["mean"] = float(kept.mean())
                if len(values) - len(kept) > 0:
                    reason = f"left out {len(values) - len(kept)} of {len(values)} replications: {reason}"
            if len(kept) > 1:
                row["low"], row["high"], _ = mean_interval(kept)
                row["standard_deviation"] = float(kept.std(ddof=1))
            elif len(kept) == 1:
                reason = reason or "one replication has no interval"
            found.append(row | ({"reason": reason} if reason else {}))
        return found

    def outcomes(self, segment: str | None = None) -> pd.DataFrame:
        """The rows of `rows` as a frame: outcome, unit, mean, low, high, standard_deviation, reason."""
        import pandas as pd

        columns = ["outcome", "unit", "mean", "low", "high", "standard_deviation", "reason"]
        return pd.DataFrame(self.rows(segment), columns=columns)

    def _row(self, segment: str | None) -> int:
        if segment is None:
            return 0
        if segment not in self.scenario.segments:
            faults = Faults()
            faults.unknown(segment, segment, self.scenario.segments, "segment")
            faults.stop_if_any()
        return 1 + self.scenario.segments.index(segment)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Alternatives against a baseline, each replication paired by common random numbers.

    Attributes
    ----------
    baseline : Run
    alternatives : tuple of Run
    by_segment : bool
        Whether `effects` also tells the segments apart.
    """

    baseline: Run
    alternatives: tuple[Run, ...]
    by_segment: bool = False

    @property
    def n(self) -> int:
        """Number of replications."""
        return len(self.baseline.replications)

    def effect(self, outcome: str, alternative: str | None = None, segment: str | None = None) -> Effect:
        """Effect of an alternative (the first unless named) on one outcome.

        Raises
        ------
        InputError
            If there is no such outcome, alternative or segment.
        """
        other = self.named(alternative)
        reason = self.baseline.reason(outcome, segment) or other.reason(outcome, segment)
        before, after = self.baseline.values(outcome, segment), other.values(outcome, segment)
        return paired(before, after, OUTCOMES[outcome].better, reason)

    def rows(self, alternative: str | None = None, segment: str | None = None) -> list[dict[str, Any]]:
        """The effects of one alternative as plain values, in the order of `OUTCOMES`."""
        found = []
        for outcome in OUTCOMES.values():
            effect = self.effect(outcome.name, alternative, segment)
            row: dict[str, Any] = {"outcome": outcome.name, "unit": outcome.unit, "better": outcome.better}
            row |= {field: getattr(effect, field) for field in Effect.__dataclass_fields__ if field != "reason"}
            found.append(row | ({"reason": effect.reason} if effect.reason else {}))
        return found

    def effects(self) -> pd.DataFrame:
        """Every effect.

        Returns
        -------
        pandas.DataFrame
            `name` of the alternative, `segment` ("all" or one of the world's; only if asked for by segment),
            `outcome`, `unit`, `better`, `baseline`, `alternative`, `difference` (means, in `unit`), `low`, `high`
            (95 % interval of the mean difference), `standard_error`, `probability_better`,
            `probability_mean_better`, `future_low`, `future_high` (5 % and 95 % points of one company's difference),
            `reason`.
        """
        import pandas as pd

        scopes: tuple[str | None, ...] = (None, *self.baseline.scenario.segments) if self.by_segment else (None,)
        rows = []
        for run in self.alternatives:
            for scope in scopes:
                where = {"segment": scope or "all"} if self.by_segment else {}
                rows += [{"name": run.name, **where, **row} for row in self.rows(run.name, scope)]
        frame = pd.DataFrame(rows)
        if "reason" not in frame:
            frame["reason"] = ""
        frame["reason"] = frame["reason"].fillna("")
        return frame

    def variance_ratio(self, outcome: str, alternative: str | None = None) -> tuple[float | None, float | None]:
        """How much pairing narrows the effect's variance, and the most that it can for a yes/no outcome.

        Returns
        -------
        (ratio, ceiling)
            (var baseline + var alternative) / var of the paired difference, over replications, None if the pairs do
            not differ; (p₀q₀ + p₁q₁)/(δ(1 − δ)) for `YES_NO` outcomes, else None.
        """
        other = self.named(alternative)
        before, after = self.baseline.values(outcome), other.values(outcome)
        ceiling = None
        if outcome in YES_NO:
            effect = self.effect(outcome, other.name)
            if effect.baseline is not None and effect.alternative is not None:
                ceiling = variance_ceiling(effect.baseline, effect.alternative)
        return variance_ratio(before, after), ceiling

    def shows_at(self, series: str = "accounts", alternative: str | None = None) -> int | None:
        """Month from which on the 95 % interval of the paired difference in a series leaves out zero; None if never."""
        return settles_at(self.baseline.series(series), self.named(alternative).series(series))

    def reaching(self, outcome: str, target: float) -> list[dict[str, Any]]:
        """Probability that one company meets a target, in each arm, with its 95 % interval.

        Returns
        -------
        list of dict
            `name`, `outcome`, `target`, `probability`, `low`, `high` (None where no replication has a value).
        """
        sign = 1.0 if OUTCOMES[known(outcome)].better == "higher" else -1.0
        found = []
        for run in (self.baseline, *self.alternatives):
            values = run.values(outcome)
            values = values[np.isfinite(values)]
            hits = int(np.count_nonzero(sign * values >= sign * target))
            row: dict[str, Any] = {"name": run.name, "outcome": outcome, "target": target}
            if len(values):
                low, high = wilson(hits, len(values))
                row |= {"probability": hits / len(values), "low": low, "high": high}
            else:
                row |= {"probability": None, "low": None, "high": None, "reason": run.reason(outcome)}
            found.append(row)
        return found

    def named(self, name: str | None) -> Run:
        """An alternative by its name; the first if None.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        if name is None:
            return self.alternatives[0]
        found = {run.name: run for run in self.alternatives}
        if name not in found:
            faults = Faults()
            faults.unknown(name, name, found, "alternative")
            faults.stop_if_any()
        return found[name]

    def interventions(self, alternative: str | None = None) -> tuple[Intervention, ...]:
        """What an alternative does that the baseline does not."""
        return added(self.baseline.scenario, self.named(alternative).scenario)


def known(outcome: str) -> str:
    """Give back the name of an outcome.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if outcome not in OUTCOMES:
        faults = Faults()
        faults.unknown(outcome, outcome, OUTCOMES, "outcome")
        faults.stop_if_any()
    return outcome


def column_of(outcome: str) -> int:
    """Place of an outcome in `OUTCOMES`."""
    return list(OUTCOMES).index(known(outcome))


def added(baseline: Scenario, other: Scenario) -> tuple[Intervention, ...]:
    """Interventions of one scenario that another does not have."""
    return tuple(it for it in other.interventions if it not in baseline.interventions)
