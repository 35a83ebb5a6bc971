"""Several cohorts that may differ, each with its own curve near a shared one: `fit_cohorts` and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import InputError
from cxsim.forecast.between import Laid, Mode, Posterior, Spread, covariance
from cxsim.forecast.curves import FAMILIES, Reals
from cxsim.forecast.fits import EVIDENCE_SHARE, NEGLIGIBLE, Fit, fit
from cxsim.forecast.intervals import DRIFT, PRIORS, bounds, realised
from cxsim.forecast.triangle import LEVEL, Triangle, joining, paid

if TYPE_CHECKING:
    import pandas as pd

# How much cohorts may differ: every combination as likely as any other before the counts are seen. The steps are about
# even in the logarithm, from nothing to rates of loss that differ twofold from cohort to cohort.
LEVELS: Final = (0.0, 0.04, 0.08, 0.16, 0.32, 0.64)
WALKS: Final = (0.0, 0.03, 0.08, 0.2)
TILTS: Final = (0.0, 0.06, 0.15, 0.4)
SPREADS: Final = tuple(Spread(*each) for each in product(LEVELS, WALKS, TILTS))
KEPT: Final = 24
DRAWS: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class CohortFit:
    """Curves of several cohorts.

    Attributes
    ----------
    table : Triangle
    pooled : Fit
        Of all cohorts as one.
    families : mapping of str to float
        How far each family of curves is believed; they sum to 1.
    spread : Spread
        How much the cohorts differ, as expected from their counts: standard deviations of ln(rate of loss) between
        cohorts (`level`), from one period of sign-up to the next (`walk`), and per e-fold of age (`tilt`).
    own : float array, shape (J, 2)
        Level and tilt expected of each cohort, less their means over the cohorts: its rates of loss are those of a
        mean cohort times exp(level) at the middle of the ages seen.
    draws : tuple of (Posterior, float array)
        Curves, levels and tilts that the counts leave possible.
    seed : int
    """

    table: Triangle
    pooled: Fit
    families: Mapping[str, float]
    spread: Spread
    own: Reals
    draws: tuple[tuple[Posterior, Reals], ...]
    seed: int

    def __repr__(self) -> str:
        ranked = sorted(self.families.items(), key=lambda pair: -pair[1])
        believed = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)
        return f"<CohortFit {self.pooled.model} ({believed}) of {self.table!r}>"

    def realised(self, periods: int, new: Sequence[float] | Reals = ()) -> tuple[list[Reals], list[Reals]]:
        """Customers of each cohort after each period to come, and of those who join in each.

        Returns
        -------
        (list, list) of float arrays, shape (draws, periods + 1)
            The first column is today. Of those who join in period k, what is left is counted from its end on.
        """
        rng = np.random.default_rng([self.seed, 5])
        laid = Laid.of(self.table.counts)
        oldest = laid.lost.shape[1]
        ages = np.arange(oldest + periods + 1.0)
        parts = [_paths(posterior, points, laid, ages, len(new), rng) for posterior, points in self.draws]
        hazards = np.concatenate([shared for shared, _, _ in parts])
        levels, tilts = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
        hazards *= _drift(len(hazards), ages[1:], oldest, rng)
        g = laid.tilts(ages[1:])
        found: list[Reals] = []
        groups = [(len(counts) - 1, float(counts[-1])) for counts in self.table.counts] + [(0, float(n)) for n in new]
        for j, (age, left) in enumerate(groups):
            ahead = slice(age, age + periods)
            stay = np.exp(-hazards[:, ahead] * np.exp(levels[:, j, None] + tilts[:, j, None] * g[ahead]))
            found.append(np.column_stack((np.full(len(stay), float(round(left))), realised(stay, left, rng))))
        return found[: len(self.table.counts)], found[len(self.table.counts) :]

    def cohorts(self, *, periods: int) -> pd.DataFrame:
        """Project each cohort by itself.

        Parameters
        ----------
        periods : int
            How far ahead, from 1.

        Returns
        -------
        pandas.DataFrame, one row a cohort and period ahead, 0 is today
            `cohort`, `period`, `age`, `customers` with `low` and `high` (90 %, realised).

        Raises
        ------
        InputError
            If the number of periods is not allowed.
        """
        import pandas as pd

        joining(0.0, periods)
        rng = np.random.default_rng([self.seed, 6])
        parts = []
        for name, counts, there in zip(self.table.names, self.table.counts, self.realised(periods)[0], strict=True):
            low, high = bounds(there[:, 1:], float(counts[-1]), LEVEL, rng)
            today = there[0, 0]
            parts.append(pd.DataFrame({
                "cohort": name, "period": np.arange(periods + 1), "age": len(counts) - 1 + np.arange(periods + 1),
                "customers": there.mean(axis=0), "low": np.append(today, low), "high": np.append(today, high),
            }))  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def project(
        self, periods: int, *, new: float | Sequence[float] = 0.0, revenue: float | None = None
    ) -> pd.DataFrame:
        """Project all cohorts together, and the revenue that they bring.

        Parameters
        ----------
        periods : int
            How far ahead, from 1.
        new : float or sequence of float
            Customers who join in each period to come; taken as known. They are cohorts of their own, near those that
            joined last.
        revenue : float, optional
            Of one customer in one period [currency], the same for all.

        Returns
        -------
        pandas.DataFrame, one row a period ahead, 0 is today
            As `Triangle.project` gives it.

        Raises
        ------
        InputError
            If a number is not allowed.
        """
        numbers = joining(new, periods)
        today, later = self.realised(periods, numbers)
        return paid(today, later, periods, revenue)


def _paths(
    posterior: Posterior, points: Reals, laid: Laid, ages: Reals, new: int, rng: np.random.Generator
) -> tuple[Reals, Reals, Reals]:
    """Shared hazards at all ages, and levels and tilts of the cohorts there are and of those to come."""
    theta, level, tilt = posterior.parts(points)
    shared = -np.diff(posterior.family.log_survival(theta, ages), axis=1)
    if new:
        spread = posterior.spread
        youngest = float(laid.starts.max())
        starts = max(youngest, float(laid.lost.shape[1])) + np.arange(1.0, new + 1.0)
        across = covariance(starts, laid.starts, spread)
        lean = np.linalg.solve(posterior.root @ posterior.root.T, across.T).T
        own = covariance(starts, starts, spread) - lean @ across.T + (spread.level**2 + 1e-12) * np.eye(new)
        fresh = rng.standard_normal((len(points), new)) @ np.linalg.cholesky(own).T
        level = np.concatenate((level, level @ lean.T + fresh), axis=1)
        tilt = np.concatenate((tilt, spread.tilt * rng.standard_normal((len(points), new))), axis=1)
    return shared, level, tilt


def _drift(n: int, ages: Reals, oldest: int, rng: np.random.Generator) -> Reals:
    """Factors by which rates of loss leave every family beyond the oldest age seen, shape (n, ages)."""
    z = rng.standard_normal((2, n, 1))
    beyond = np.log(np.maximum(ages / oldest, 1.0))
    return np.asarray(np.exp(np.where(ages > oldest, DRIFT[0] * z[0] + DRIFT[1] * z[1] * beyond, 0.0)))


def fit_cohorts(table: Triangle, *, model: str = "auto", seed: int = 0) -> CohortFit:
    """Fit curves to several cohorts that may differ.

    Parameters
    ----------
    table : Triangle
        All observed until today.
    model : str
        As in `fit`, without "km".
    seed : int
        Luck of the bounds.

    Returns
    -------
    CohortFit
        `.project(periods)` of all together, `.cohorts(periods=…)` of each, `.spread`.

    Raises
    ------
    InputError
        If there is no such model, or the cohorts are too short.

    Notes
    -----
    Empirical Bayes with the spreads averaged over a grid; see `cxsim.forecast.between` for the model. Where cohorts do
    not differ, spreads of 0 are the most probable and the forecast is that of one curve for all.
    """
    if model == "km":
        raise InputError("model km: has no curve that cohorts could share; choose another model, or auto")
    pooled = fit(table, model=model, seed=seed)
    rng = np.random.default_rng([seed, 4])
    laid = Laid.of(table.counts)
    lead = max(pooled.weights, key=lambda name: pooled.weights[name])
    likely = _shares(np.array([mode.log_evidence for _, mode in _over(lead, laid, pooled, SPREADS)]))
    kept = [SPREADS[k] for k in _spaced(likely, KEPT, rng)]
    modes = {name: _over(name, laid, pooled, tuple(dict.fromkeys(kept))) for name in pooled.fitted}
    families = _believed(modes, kept, pooled)
    draws = []
    for name, share in families.items():
        for posterior, mode in modes[name]:
            number = round(DRAWS * share * kept.count(posterior.spread) / KEPT)
            if number:
                draws.append((posterior, posterior.drawn(mode, number, rng)))
    own = sum(np.column_stack([part.sum(axis=0) for part in one.parts(points)[1:]]) for one, points in draws)
    own = np.asarray(own / sum(len(points) for _, points in draws))
    spread = Spread(*np.asarray(likely @ np.array(SPREADS)).tolist())
    return CohortFit(table, pooled, families, spread, own - own.mean(axis=0), tuple(draws), seed)


def _over(name: str, laid: Laid, pooled: Fit, spreads: Sequence[Spread]) -> list[tuple[Posterior, Mode]]:
    """The most probable curve of one family, and cohorts round it, under each spread."""
    middle, width = np.asarray(PRIORS[name]).T
    start = np.concatenate((pooled.fitted[name].x, np.zeros(2 * len(laid.starts))))
    posteriors = [Posterior(FAMILIES[name], laid, spread, (middle, width)) for spread in spreads]
    return [(posterior, posterior.mode(start)) for posterior in posteriors]


def _believed(
    modes: Mapping[str, list[tuple[Posterior, Mode]]], kept: Sequence[Spread], pooled: Fit
) -> dict[str, float]:
    """How far each family is believed: as in the bounds of one curve for all.

    Evidence is averaged over the spreads that one family makes likely, relative to that family's at each of them, which
    is its ratio to that family's evidence over all spreads; the same for all families but for a factor.
    """
    logs = {name: {one.spread: mode.log_evidence for one, mode in found} for name, found in modes.items()}
    lead = max(pooled.weights, key=lambda name: pooled.weights[name])
    ratios = {
        name: np.logaddexp.reduce([told[each] - logs[lead][each] for each in kept]) for name, told in logs.items()
    }
    shares = dict(zip(ratios, _shares(np.array(list(ratios.values()))), strict=True))
    believed = {
        name: EVIDENCE_SHARE * float(share) + (1.0 - EVIDENCE_SHARE) * pooled.weights.get(name, 0.0)
        for name, share in shares.items()
    }
    enough = {name: value for name, value in believed.items() if value > NEGLIGIBLE}
    return {name: value / sum(enough.values()) for name, value in enough.items()}


def _shares(logs: Reals) -> Reals:
    raw = np.exp(logs - logs.max())
    return np.asarray(raw / raw.sum())


def _spaced(likely: Reals, n: int, rng: np.random.Generator) -> list[int]:
    """Places drawn about as often as they are likely."""
    place = np.searchsorted(np.cumsum(likely), (rng.random() + np.arange(n)) / n)
    return [int(k) for k in np.minimum(place, len(likely) - 1)]
