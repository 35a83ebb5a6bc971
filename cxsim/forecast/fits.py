"""From a cohort to its forecast: `fit` and what it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import InputError, did_you_mean, shown
from cxsim.forecast.combination import CANDIDATES, weigh
from cxsim.forecast.curves import FAMILIES, Family, Reals
from cxsim.forecast.empirical import KaplanMeier
from cxsim.forecast.fitting import Fitted, maximum
from cxsim.forecast.intervals import DRIFT, Plausible, bounds, centred, drifted, plausible, realised
from cxsim.forecast.observed import LEAST_PERIODS, LIFE_TABLE, Observed, observed
from cxsim.forecast.triangle import Triangle

if TYPE_CHECKING:
    import pandas as pd

MODELS: Final = ("auto", *FAMILIES, "km")
DRAWS: Final = 2000
LEVEL: Final = 0.9
MOST_PERIODS: Final = 1200
NEGLIGIBLE: Final = 0.002
EVIDENCE_SHARE: Final = 0.7  # tried with DRIFT on simulated cohorts


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Retention curves fitted to a cohort.

    Attributes
    ----------
    model : str
        As asked for.
    seen : Observed
    fitted : mapping of str to Fitted or KaplanMeier
        Each family, at its maximum likelihood.
    weights : mapping of str to float
        Of the families in the forecast; they sum to 1.
    seed : int
    drift : (float, float)
        How far rates of loss may leave every family after what was seen; see `cxsim.forecast.intervals.drifted`.
    """

    model: str
    seen: Observed
    fitted: Mapping[str, Any]
    weights: Mapping[str, float]
    seed: int
    drift: tuple[float, float] = DRIFT

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name; with several families, by family."""
        named = {name: self.fitted[name].parameters() for name in self.weights}
        return named if self.model == "auto" else named[self.model]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken for granted and what a reader should know, in plain sentences."""
        said = list(self.seen.notes)
        for name, weight in self.weights.items():
            one = self.fitted[name]
            if isinstance(one, Fitted) and one.at_bound and weight > 0.05:
                names = ", ".join(sorted({COORDINATES[one.family.name][k] for k in one.at_bound}))
                said.append(
                    f"{one.family.title}: {names} ended at the edge of what is searched; the data give no more."
                )
        return tuple(said)

    @property
    def provenance(self) -> str:
        """What made it, on one line."""
        from cxsim import __version__

        table = hashlib.sha256(np.concatenate((self.seen.at_risk, self.seen.lost)).tobytes()).hexdigest()[:12]
        return (
            f"cxsim {__version__} · forecast {self.model} · fitted on {self.seen.labels.span(1, self.seen.periods)} · "
            f"{self.seen.customers:,.0f} customers · data {table} · seed {self.seed}"
        )

    def __repr__(self) -> str:
        ranked = sorted(self.weights.items(), key=lambda pair: -pair[1])
        believed = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)
        span = self.seen.labels.span(1, self.seen.periods)
        return f"<Fit {self.model} ({believed}) on {span} of {self.seen.customers:,.0f} customers>"

    def curve(self, ages: Reals) -> Reals:
        """Share of the starting customers expected at ages, shape (n,).

        Notes
        -----
        One family: its curve, as the literature draws it. Several: each goes on from what was last observed, and the
        weighted mean of these is taken. A life table of several cohorts ends with the few that are old enough, so that
        its curves are not made to go through its end.
        """
        if self.model != "auto":
            return np.asarray(self.fitted[self.model].survival(ages))
        before = sum(weight * self.fitted[name].survival(ages) for name, weight in self.weights.items())
        if self.seen.kind == LIFE_TABLE:
            return np.asarray(before)
        last = float(self.seen.periods)
        total = np.zeros(len(ages))
        for name, weight in self.weights.items():
            one = self.fitted[name]
            total += weight * one.survival(ages) / max(float(one.survival(np.array([last]))[0]), 1e-300)
        return np.asarray(np.where(ages < last, before, total * self.seen.survival[-1]))

    def curves(self, n: int) -> list[tuple[Family, Reals]]:
        """Curves that the data leave possible: families and coordinates, about n, in proportion to the weights.

        Raises
        ------
        InputError
            If the model is Kaplan-Meier, which has no family.
        """
        rng = np.random.default_rng([self.seed, 1])
        possible = self._possible(rng)
        if not possible:
            raise InputError(
                "model km: has no family of curves beyond what was observed; choose another model, or auto"
            )
        return [
            (FAMILIES[name], x)
            for name, number in _shares(self._beliefs(possible), n)
            for x in possible[name].drawn(number, rng)
        ]

    def _possible(self, rng: np.random.Generator) -> dict[str, Plausible]:
        """What the data leave possible of each family."""
        return {
            name: plausible(one, self.seen.at_risk, self.seen.lost, rng)
            for name, one in self.fitted.items()
            if isinstance(one, Fitted)
        }

    def _beliefs(self, possible: Mapping[str, Plausible]) -> dict[str, float]:
        """How far each family is believed, for the bounds.

        Mostly from the data (how probable they make each, all families equal before), the rest from the forecast's
        weights: bounds admit what the forecast does without and yet lie round it.
        """
        best = max(one.log_evidence for one in possible.values())
        raw = {name: float(np.exp(one.log_evidence - best)) for name, one in possible.items()}
        total = sum(raw.values())
        return {
            name: EVIDENCE_SHARE * value / total + (1.0 - EVIDENCE_SHARE) * self.weights.get(name, 0.0)
            for name, value in raw.items()
        }

    def _logs(self, ages: Reals, draws: int, rng: np.random.Generator) -> Reals:
        """Ln S(t) of possible curves, shape (draws, ages)."""
        one = self.fitted.get("km")
        if one is not None:
            return np.asarray(one.possible(ages, draws, rng))
        possible = self._possible(rng)
        logs = [
            FAMILIES[name].log_survival(possible[name].drawn(number, rng), ages)
            for name, number in _shares(self._beliefs(possible), draws)
        ]
        found = drifted(np.concatenate(logs), self.seen.periods, self.drift, rng)
        start = 0 if self.seen.kind == LIFE_TABLE else self.seen.periods
        if self.model != "auto" or self.seen.survival[start] == 0.0:
            return found
        # the line is weighed for its error, the draws for what may be: they are laid round it
        return centred(found, self.curve(ages), start)

    def realised(self, there: Sequence[tuple[int, float]], periods: int, draws: int = DRAWS) -> list[Reals]:
        """Customers still there after each period to come, of groups that share one curve.

        Parameters
        ----------
        there : sequence of (int, float)
            Age and number today of each group.
        periods : int
            How far ahead.
        draws : int

        Returns
        -------
        list of float arrays, shape (draws, periods + 1)
            One a group; the first column is today.
        """
        rng = np.random.default_rng([self.seed, 2])
        oldest = max((age for age, _ in there), default=0)
        ages = np.arange(oldest + periods + 1, dtype=np.float64)
        logs = self._logs(ages, draws, rng)
        found = []
        for age, left in there:
            stay = np.exp(np.minimum(np.diff(logs[:, age : age + periods + 1], axis=1), 0.0))
            gone_on = realised(stay, left, rng)
            found.append(np.column_stack((np.full(len(logs), round(left), dtype=np.float64), gone_on)))
        return found

    def project(self, horizon: int, *, level: float = LEVEL) -> pd.DataFrame:
        """Project survival to a period.

        Parameters
        ----------
        horizon : int
            H, the last period, counted from the start of the cohort; beyond the last one observed.
        level : float
            Of the bounds, between 0 and 1.

        Returns
        -------
        pandas.DataFrame, one row a period 0 … H
            `period`, `survival` (share of the starting customers: observed, then forecast), `low`, `high` (bounds of
            what will be counted, with the luck of so many customers; what is observed is known), `low_50`, `high_50`,
            `fitted` (the curve at all periods), `observed` (NaN after the last one).

        Raises
        ------
        InputError
            If the horizon or the level is not allowed.

        Notes
        -----
        Bounds go on from the last count; those of a life table are for a new cohort of its size. The line of "auto" is
        the middle of the curves from which its bounds come: half of them lie above it. Where the curve of a
        single family misses that count by much, they reach to the curve.
        """
        import pandas as pd

        last = self.seen.periods
        if horizon <= last or horizon > MOST_PERIODS:
            raise InputError(
                f"horizon {shown(horizon)}: must be a whole number of periods from {last + 1} (the first after those "
                f"fitted) to {MOST_PERIODS}"
            )
        if not 0.0 < level < 1.0:
            raise InputError(f"level {shown(level)}: must lie between 0 and 1, such as 0.9")
        ages = np.arange(horizon + 1, dtype=np.float64)
        fitted = self.curve(ages)
        survival = np.concatenate((self.seen.survival, fitted[last + 1 :]))
        table = {"period": np.arange(horizon + 1), "survival": survival}
        age, left = last, self.seen.survival[-1] * self.seen.customers
        if self.seen.kind == LIFE_TABLE:
            age, left = 0, self.seen.customers
        (there,) = self.realised([(age, left)], horizon - age)
        there = there[:, last - age :]
        rng = np.random.default_rng([self.seed, 3])
        for share, names in ((level, ("low", "high")), (0.5, ("low_50", "high_50"))):
            ends = bounds(there[:, 1:], left, share, rng)
            for name, end, widen in zip(names, ends, (np.minimum, np.maximum), strict=True):
                beyond = widen(end / self.seen.customers, survival[last + 1 :])
                table[name] = np.concatenate((self.seen.survival, beyond))
        table["fitted"] = fitted
        table["observed"] = np.concatenate((self.seen.survival, np.full(horizon - last, np.nan)))
        frame = pd.DataFrame(table)
        frame.attrs["provenance"] = self.provenance
        return frame


COORDINATES: Final = {
    "geometric": ("θ",), "dw": ("θ", "c"), "sbg": ("α/(α + β)", "α + β"), "bdw": ("α/(α + β)", "α + β", "c"),
    "two-class": ("θ₁", "θ₁ against θ₂", "p"), "sbg-first": ("first", "α/(α + β)", "α + β"),
}  # fmt: skip


def _shares(weights: Mapping[str, float], n: int) -> list[tuple[str, int]]:
    """How many of n draws each family gets; none where it hardly counts."""
    kept = {name: weight for name, weight in weights.items() if weight > NEGLIGIBLE}
    whole = sum(kept.values())
    edges = np.round(n * np.cumsum([0.0, *(weight / whole for weight in kept.values())])).astype(int)
    return [(name, int(number)) for name, number in zip(kept, np.diff(edges), strict=True) if number > 0]


def fit(
    data: Sequence[float] | Reals | pd.Series[Any] | pd.DataFrame | Observed | Triangle,
    *,
    model: str = "auto",
    customers: int | None = None,
    periods: int | None = None,
    seed: int = 0,
) -> Fit:
    """Fit retention curves to a cohort.

    Parameters
    ----------
    data : sequence of float, pandas.DataFrame or Triangle
        Survival at periods 0, 1, … in per cent (100 first) or as shares (1 first); or counts of customers still there;
        or a table of `cx.readings.survival` or `cx.readings.cohorts`; or several cohorts as a `triangle`.
    model : str
        "auto" (a combination weighted by likelihood and by how well each would have forecast); "geometric",
        "dw" (discrete Weibull), "sbg" (shifted-beta-geometric), "bdw" (beta-discrete-Weibull), "two-class",
        "sbg-first"; or "km" (Kaplan-Meier; beyond it the latest loss rate goes on).
    customers : int, optional
        How many customers percentages stand for; 1,000 unless given. It sets the width of the bounds.
    periods : int, optional
        Fit on the first so many periods only.
    seed : int
        Luck of the bounds.

    Returns
    -------
    Fit
        `.project(horizon)`, `.parameters`, `.weights`, `.notes`.

    Raises
    ------
    InputError
        If the data cannot be used, or there is no such model.
    """
    if model not in MODELS:
        raise InputError(f"model {shown(model)}: must be one of {', '.join(MODELS)}.{did_you_mean(str(model), MODELS)}")
    if isinstance(data, Triangle):
        data = data.pooled()
    seen = data if isinstance(data, Observed) else observed(data, customers)
    if periods is not None:
        if not LEAST_PERIODS <= periods <= seen.periods:
            raise InputError(
                f"periods {shown(periods)}: must be a whole number from {LEAST_PERIODS} to {seen.periods}, the last"
            )
        seen = seen.first(periods)
    if model == "km":
        return Fit(model, seen, {"km": KaplanMeier.of(seen)}, {"km": 1.0}, seed)
    if model != "auto":
        return Fit(model, seen, {model: maximum(model, seen.at_risk, seen.lost)}, {model: 1.0}, seed)
    fitted = {name: maximum(name, seen.at_risk, seen.lost) for name in FAMILIES}
    return Fit(model, seen, fitted, weigh(seen, {name: fitted[name] for name in CANDIDATES}), seed)
