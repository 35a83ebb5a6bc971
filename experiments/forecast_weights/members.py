"""What each family makes of simulated cohorts: its fit, how it would have forecast before, and what it forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from cohorts import KINDS, Cohort, draw

from cxsim.forecast.combination import saturated, unknown_number
from cxsim.forecast.curves import FAMILIES
from cxsim.forecast.fitting import Fitted, Prior, cost_of, maximum
from cxsim.forecast.intervals import curvature
from cxsim.forecast.observed import Observed, from_counts
from cxsim.forecast.rolling import rolling_errors

Reals = npt.NDArray[np.float64]
Priors = Mapping[str, Prior]

FIRM = 100_000.0  # customers by whom a true curve is known all but exactly
LONGEST = 24
FAR = 6.0  # odds of 400 to 1: a family whose coordinates lie beyond is in truth a simpler one
NOBODY = 0.01  # of those there at the forecast: where fewer are left, a relative error says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """All families on n cohorts.

    Attributes
    ----------
    kinds : int array, shape (n,)
        Places in `KINDS`.
    evidence : float array, shape (n, 6)
        Ln likelihood less the number of parameters (maximum likelihood), or Laplace's ln evidence (with a prior).
    unknown : float array, shape (n, 6)
        The same of percentages, less parameters too, where the number of customers behind them is not known; NaN for
        counts and with priors.
    likely : float array, shape (n,)
        How many customers percentages look like, relative to the thousand for which they are taken; 1 for counts.
    errors, luck : float arrays, shapes (n, 6), (n,)
        Of rolling forecasts, as `rolling_errors` gives them.
    logs, truth : float arrays, shapes (n, 6, LONGEST), (n, LONGEST)
        Ln of the share of those there at the forecast who are still there so many periods later; NaN beyond.
    """

    kinds: npt.NDArray[np.int64]
    evidence: Reals
    unknown: Reals
    likely: Reals
    errors: Reals
    luck: Reals
    logs: Reals
    truth: Reals

    def of(self, which: npt.NDArray[np.bool_]) -> Members:
        """Some of the cohorts."""
        return Members(*(getattr(self, name)[which] for name in Members.__slots__))


def cohort(seed: int, number: int) -> Cohort:
    """The kinds in turn."""
    return draw(np.random.default_rng([seed, number]), only=KINDS[number % len(KINDS)])


def coordinates(seed: int, number: int) -> list[Reals]:
    """Each family's coordinates for one true curve; NaN where it is another family in truth."""
    one = cohort(seed, number)
    seen = from_counts(FIRM * one.curve[: one.known + 1], "count", ())
    fits = [maximum(name, seen.at_risk, seen.lost) for name in FAMILIES]
    return [np.full(len(fit.x), np.nan) if fit.at_bound or abs(fit.x).max() > FAR else fit.x for fit in fits]


def priors_of(rows: Sequence[Sequence[Reals]]) -> dict[str, Prior]:
    """Middle and spread of each family's coordinates, by median and deciles: tails matter for bounds."""
    found = {}
    for k, name in enumerate(FAMILIES):
        low, middle, high = np.nanquantile(np.array([row[k] for row in rows]), (0.1, 0.5, 0.9), axis=0)
        found[name] = (middle.round(2), ((high - low) / 2.563).round(2))
    return found


def log_evidence(fit: Fitted, seen: Observed, prior: Prior) -> float:
    """Laplace's: the log-likelihood and the prior at the mode, times the room round it."""
    middle, width = prior
    cost = cost_of(fit.family, seen.at_risk, seen.lost, 1.0, prior)
    room = np.linalg.slogdet(curvature(cost, fit.x, width))[1]
    off = (fit.x - middle) / width
    return float(fit.log_likelihood - 0.5 * off @ off - np.log(width).sum() + 0.5 * room)


Row = tuple[Reals, Reals, float, Reals, float, Reals, Reals]  # as in Members, without the kind


def learned(seed: int, priors: Sequence[Priors | None], number: int) -> list[Row]:
    """One cohort's numbers in the order of `Members`, without a prior (None) and with each."""
    one = cohort(seed, number)
    seen = from_counts(one.counts[: one.known + 1], "count", ())
    ages = np.arange(one.known, len(one.curve), dtype=np.float64)
    truth = np.full(LONGEST, np.nan)
    truth[: len(ages) - 1] = one.curve[one.known + 1 :] / max(one.curve[one.known], 1e-300)
    truth[1:][truth[1:] < NOBODY] = np.nan
    found: list[Row] = []
    for prior in priors:
        unknown, likely = np.full(len(FAMILIES), np.nan), 1.0
        if prior is None:
            fits = {name: maximum(name, seen.at_risk, seen.lost) for name in FAMILIES}
            evidence = [fit.log_likelihood - len(fit.x) for fit in fits.values()]
            if one.table != "count":
                missed = saturated(seen) - np.array([fit.log_likelihood for fit in fits.values()])
                logs_, likely = unknown_number(missed, seen.periods)
                unknown = logs_ - np.array([len(fit.x) for fit in fits.values()])
        else:
            fits = {name: maximum(name, seen.at_risk, seen.lost, None, prior[name]) for name in FAMILIES}
            evidence = [log_evidence(fit, seen, prior[name]) for name, fit in fits.items()]
        errors, luck = rolling_errors(seen, fits, prior)
        logs = np.full((len(fits), LONGEST), np.nan)
        for row, fit in zip(logs, fits.values(), strict=True):
            survival = fit.family.log_survival(fit.x[None, :], ages)[0]
            row[: len(ages) - 1] = np.maximum(survival[1:] - survival[0], -30.0)
        found.append(
            (np.array(evidence), unknown, likely, np.array(list(errors.values())), max(luck, 1e-12), logs, truth)
        )
    return found


def gathered(rows: Sequence[Row]) -> Members:
    """Rows of `learned`, in their order."""
    kinds = np.arange(len(rows)) % len(KINDS)
    return Members(kinds, *(np.array(column) for column in zip(*rows, strict=True)))


def plain_members(seed: int, size: int, workers: int) -> Members:
    """Members by maximum likelihood alone."""
    with ProcessPoolExecutor(workers) as pool:
        rows = list(pool.map(partial(learned, seed, [None]), range(size), chunksize=5))
    return gathered([row[0] for row in rows])


def all_members(seed: int, size: int, workers: int) -> tuple[Members, list[Members], Members, list[Priors]]:
    """Members by maximum likelihood; with priors of all kinds but one, each left out in turn; with priors of all."""
    with ProcessPoolExecutor(workers) as pool:
        points = list(pool.map(partial(coordinates, seed), range(size), chunksize=20))
        without = [
            priors_of([row for place, row in enumerate(points) if place % len(KINDS) != kind])
            for kind in range(len(KINDS))
        ]
        priors = [*without, priors_of(points)]
        rows = list(pool.map(partial(learned, seed, [None, *priors]), range(size), chunksize=5))
    plain, *folds, whole = (gathered([row[k] for row in rows]) for k in range(len(priors) + 1))
    return plain, folds, whole, priors
