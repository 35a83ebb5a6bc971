"""Answers: what many runs of a scenario say, and what several say against a baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import Faults
from cxsim.interventions import Intervention
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.pairs import Effect, mean_interval, paired, settles_at, variance_ceiling, variance_ratio, wilson
from cxsim.studies.precision import COLUMNS, Precision, Reached
from cxsim.studies.replications import SERIES, Reals, Replication
from cxsim.tally import FirstYear

if TYPE_CHECKING:
    import pandas as pd

FIRST_YEAR_CHURN = "logo_churn_12m"
YES_NO = (FIRST_YEAR_CHURN, "intent_12m")
NOBODY_REACHED = "no account of the first year was reached in both arms"


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
    precision : Precision, optional
        How half widths that were asked for were sought.
    run_id : str
        Its name in the store; "" where it is not kept.
    """

    name: str
    scenario: Scenario
    seed: int
    horizon: int
    replications: tuple[Replication, ...]
    precision: Precision | None = None
    run_id: str = ""

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
            asked = self.precision.of(outcome.name) if self.precision and segment is None else None
            reason = self.reason(outcome.name, segment)
            if 0 < len(kept) < len(values):
                reason = f"left out {len(values) - len(kept)} of {len(values)} replications: {reason}"
            elif len(kept) == 1:
                reason = reason or "one replication has no interval"
            summary = _summary(kept, asked.pilot_counted if asked else None)
            row = {"outcome": outcome.name, "unit": outcome.unit, **summary, **(asked.columns() if asked else {})}
            found.append(row | ({"reason": reason} if reason else {}))
        return found

    def experience_by_owner(self) -> list[dict[str, Any]]:
        """Share of all that moved experience from month 0 on that each owner controls, the largest first.

        Returns
        -------
        list of dict
            `owner` (of `events.OWNERS`), `mean` share over replications, `low` and `high` (95 % interval of the mean),
            `standard_deviation`; None, with a `reason`, where they do not exist.
        """
        shares = np.array([one.experience_shares for one in self.replications])
        found = []
        for owner, values in zip(events.OWNERS, shares.T, strict=True):
            kept = values[np.isfinite(values)]
            row: dict[str, Any] = {"owner": owner, **_summary(kept)}
            if len(kept) < 2:
                row["reason"] = "one replication has no interval" if len(kept) else "nothing moved experience"
            found.append(row)
        return sorted(found, key=lambda row: -(row["mean"] or 0.0))

    def outcomes(self, segment: str | None = None) -> pd.DataFrame:
        """The rows of `rows` as a frame: outcome, unit, mean, low, high, standard_deviation, reason.

        Where half widths were asked for, their columns as in `Comparison.effects`.
        """
        import pandas as pd

        columns = ["outcome", "unit", "mean", "low", "high", "standard_deviation"]
        columns += [*(COLUMNS if self.precision else ()), "reason"]
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
    precision : Precision, optional
        How half widths that were asked for were sought.
    run_id : str
        Its name in the store; "" where it is not kept.
    """

    baseline: Run
    alternatives: tuple[Run, ...]
    by_segment: bool = False
    precision: Precision | None = None
    run_id: str = ""

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
        asked = self._asked(outcome, other.name, segment)
        return paired(before, after, OUTCOMES[outcome].better, reason, pilot=asked.pilot if asked else None)

    def _asked(self, outcome: str, alternative: str, segment: str | None) -> Reached | None:
        """What became of the half width asked for, if one was; that of a segment cannot be."""
        return self.precision.of(outcome, alternative) if self.precision and segment is None else None

    def rows(self, alternative: str | None = None, segment: str | None = None) -> list[dict[str, Any]]:
        """The effects of one alternative as plain values, in the order of `OUTCOMES`."""
        found = []
        for name in OUTCOMES:
            asked = self._asked(name, self.named(alternative).name, segment)
            found.append(effect_row(name, self.effect(name, alternative, segment)) | (asked.columns() if asked else {}))
        return found

    def reached_row(self, alternative: str | None = None) -> dict[str, Any]:
        """`reached` as plain values, with `accounts`: how many it is about, mean over replications."""
        row = effect_row(FIRST_YEAR_CHURN, self.reached(alternative))
        return row | {"accounts": self.n_reached(alternative)}

    def effects(self) -> pd.DataFrame:
        """Every effect.

        Returns
        -------
        pandas.DataFrame
            `name` of the alternative, `segment` ("all" or one of the world's; only if asked for by segment),
            `outcome`, `unit`, `better`, `baseline`, `alternative`, `difference` (means, in `unit`), `low`, `high`
            (95 % interval of the mean difference), `standard_error`, `probability_better`,
            `probability_mean_better`, `future_low`, `future_high` (5 % and 95 % points of one company's difference),
            `reason`. Where half widths were asked for: `asked_half_width`, `pilot` (its replications) and `counted`
            (replications with a value), NaN for other outcomes; `low` and `high` are then Stein's (`precision`).
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

    def reached(self, alternative: str | None = None) -> Effect:
        """Effect on `logo_churn_12m` among the accounts that an alternative could reach, the same ones in both arms.

        Of the first year's sign-ups that are there in both arms, those that something which only the alternative does
        reached before they were lost and before their twelfth review; see `readings.first_year`. One share a
        replication.

        Raises
        ------
        InputError
            If there is no such alternative.
        """
        shares = [share for share, _ in self._reached(alternative)]
        before, after = (np.array([pair[arm] for pair in shares]) for arm in (0, 1))
        reason = self.baseline.reason(FIRST_YEAR_CHURN) or self.named(alternative).reason(FIRST_YEAR_CHURN)
        return paired(before, after, OUTCOMES[FIRST_YEAR_CHURN].better, reason or NOBODY_REACHED)

    def n_reached(self, alternative: str | None = None) -> float:
        """Accounts that `reached` is about, mean over replications.

        Raises
        ------
        InputError
            If there is no such alternative.
        """
        return float(np.mean([n for _, n in self._reached(alternative)]))

    def _reached(self, alternative: str | None) -> list[tuple[tuple[float, float], int]]:
        """In each replication the share lost of the reached, without and with the alternative, and their number."""
        other, nothing = self.named(alternative), (math.nan, math.nan)
        own = [it not in self.baseline.scenario.interventions for it in other.scenario.interventions]
        found: list[tuple[tuple[float, float], int]] = []
        for number, (without, along) in enumerate(zip(self.baseline.replications, other.replications, strict=True)):
            lost, lost_with = _same(without.first_year, along.first_year, own)
            told = bool(np.isfinite([run.values(FIRST_YEAR_CHURN)[number] for run in (self.baseline, other)]).all())
            some = told and len(lost) > 0
            found.append(((float(lost.mean()), float(lost_with.mean())) if some else nothing, len(lost)))
        return found

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


def _same(without: FirstYear, along: FirstYear, own: list[bool]) -> tuple[npt.NDArray[np.bool_], ...]:
    """Fates, without and with an alternative, of the accounts of both arms that what only it does reached."""
    _, at, at_with = np.intersect1d(without.account, along.account, assume_unique=True, return_indices=True)
    reached = along.reached[at_with][:, np.array(own, dtype=np.bool_)].any(axis=1)
    return without.lost[at[reached]], along.lost[at_with[reached]]


def effect_row(name: str, effect: Effect) -> dict[str, Any]:
    """An effect as plain values: the outcome, its unit and its better direction, and the fields of `Effect`."""
    outcome = OUTCOMES[name]
    row: dict[str, Any] = {"outcome": name, "unit": outcome.unit, "better": outcome.better}
    row |= {field: getattr(effect, field) for field in Effect.__dataclass_fields__ if field != "reason"}
    return row | ({"reason": effect.reason} if effect.reason else {})


def _summary(kept: Reals, pilot: int | None = None) -> dict[str, float | None]:
    """Mean, its 95 % interval (see `mean_interval`) and the standard deviation of the values that there are."""
    mean = float(kept.mean()) if len(kept) else None
    if len(kept) < 2:
        return {"mean": mean, "low": None, "high": None, "standard_deviation": None}
    low, high, _ = mean_interval(kept, pilot)
    return {"mean": mean, "low": low, "high": high, "standard_deviation": float(kept.std(ddof=1))}


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
