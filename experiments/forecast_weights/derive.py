"""Derive the constants of combined forecasts from simulated cohorts, and print them.

    python experiments/forecast_weights/derive.py weights           # PRIOR, EVIDENCE, SKILL of forecast/combination.py
    python experiments/forecast_weights/derive.py priors            # PRIORS of forecast/intervals.py
    python experiments/forecast_weights/derive.py drift             # DRIFT of forecast/intervals.py

weights: those that make the mean of ln(MAPE + 1 %) of the combination least. The logarithm counts a halved error the
same for easy and for hard series, so that the rule serves the usual series and not the few that nobody can forecast.
Only four families are weighed: the others are the very shapes of some simulated kinds, and a rule set there would trust
them too much. priors: middle and spread of each family's coordinates, fitted to the true curves. drift: coverage of the
bounds by how far reality leaves every family beyond what was seen. No real series is read.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from cohorts import draw
from scipy.optimize import minimize

import cxsim as cx
from cxsim.forecast.combination import CANDIDATES, rolling_errors
from cxsim.forecast.curves import FAMILIES
from cxsim.forecast.fitting import maximum
from cxsim.forecast.intervals import DRIFT
from cxsim.forecast.observed import from_counts

Reals = npt.NDArray[np.float64]

SEED, COHORTS, WORKERS = 12, 2000, 2
FIRM = 100_000.0  # customers by whom a true curve is known all but exactly
LONGEST = 48
FAR = 6.0  # odds of 400 to 1: a family whose coordinates lie beyond is in truth a simpler one
RIDGE = 0.02  # pulls constants that hardly matter towards 0


def learned(number: int) -> tuple[Reals, Reals, float, Reals, Reals]:
    """One cohort's log-likelihoods, rolling errors, luck, forecasts and truth."""
    cohort = draw(np.random.default_rng([SEED, number]))
    seen = from_counts(cohort.counts[: cohort.known + 1], "count", ())
    fitted = {name: maximum(name, seen.at_risk, seen.lost) for name in CANDIDATES}
    fits = list(fitted.values())
    errors, luck = rolling_errors(seen, fitted)
    ages = np.arange(len(cohort.curve), dtype=np.float64)
    later = np.full((len(fits) + 1, LONGEST), np.nan)
    for row, survival in zip(later, [*(one.survival(ages) for one in fits), cohort.curve], strict=True):
        row[: len(ages) - cohort.known - 1] = survival[cohort.known + 1 :] / max(survival[cohort.known], 1e-300)
    likelihoods = np.array([one.log_likelihood for one in fits])
    return likelihoods - likelihoods.max(), np.array(list(errors.values())), luck, later[:-1], later[-1]


def weights(size: int, workers: int) -> None:
    """Search the constants of the weights."""
    with ProcessPoolExecutor(workers) as pool:
        rows = list(pool.map(learned, range(size), chunksize=20))
    evidence, errors = (np.array([row[k] for row in rows]) for k in (0, 1))
    luck = np.array([row[2] for row in rows])[:, None]
    forecasts, truth = np.array([row[3] for row in rows]), np.array([row[4] for row in rows])
    base = CANDIDATES.index("bdw")

    def error(weight: Reals) -> Reals:
        return np.asarray(np.nanmean(np.abs(np.einsum("ij,ijk->ik", weight, forecasts) / truth - 1.0), axis=1))

    def weighed(x: Reals) -> Reals:
        prior = np.insert(x[2:], base, 0.0)
        logs = prior + np.exp(x[0]) * np.maximum(evidence, -60.0) - 0.5 * np.exp(x[1]) * np.log(errors + luck)
        raw = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(raw / raw.sum(axis=1, keepdims=True))

    def cost(x: Reals) -> float:
        return float(np.log(error(weighed(x)) + 0.01).mean() + RIDGE * 0.01 * (x**2).sum())

    best = min(
        (minimize(cost, np.array([0.0, start, *[-1.0] * (len(CANDIDATES) - 1)]), method="Powell",
                  options={"maxiter": 12, "ftol": 1e-5}) for start in (0.0, 1.5)),
        key=lambda found: float(found.fun),
    )  # fmt: skip
    prior = dict(zip(CANDIDATES, np.insert(best.x[2:], base, 0.0).round(3).tolist(), strict=True))
    print(f"PRIOR {prior}\nEVIDENCE {np.exp(best.x[0]):.3f}\nSKILL {np.exp(best.x[1]):.3f}")
    for k, name in enumerate(CANDIDATES):
        alone = error(np.eye(len(CANDIDATES))[[k] * size])
        print(f"{name:12} median error {np.median(alone):.4f}, mean of logs {np.log(alone + 0.01).mean():.3f}")
    both = error(weighed(best.x))
    print(f"{'auto':12} median error {np.median(both):.4f}, mean of logs {np.log(both + 0.01).mean():.3f}")
    print("mean weights", dict(zip(CANDIDATES, weighed(best.x).mean(axis=0).round(3).tolist(), strict=True)))


def coordinates(number: int) -> list[Reals]:
    """Each family's coordinates for one true curve; NaN where it is another family in truth."""
    cohort = draw(np.random.default_rng([SEED, number]))
    seen = from_counts(FIRM * cohort.curve[: cohort.known + 1], "count", ())
    fits = [maximum(name, seen.at_risk, seen.lost) for name in FAMILIES]
    return [np.full(len(one.x), np.nan) if one.at_bound or abs(one.x).max() > FAR else one.x for one in fits]


def priors(size: int, workers: int) -> None:
    """Middle and spread of coordinates, by median and deciles: tails matter for bounds."""
    with ProcessPoolExecutor(workers) as pool:
        rows = list(pool.map(coordinates, range(size), chunksize=20))
    for k, name in enumerate(FAMILIES):
        low, middle, high = np.nanquantile(np.array([row[k] for row in rows]), (0.1, 0.5, 0.9), axis=0)
        said = [(float(m), float(s)) for m, s in zip(middle.round(2), ((high - low) / 2.563).round(2), strict=True)]
        print(f"{name}: {said}")


def covered(drift: tuple[float, float], number: int) -> tuple[float, float, int]:
    """How many of a counted cohort's later counts lie inside its 90 % and 50 % bounds, and of how many."""
    cohort = draw(np.random.default_rng([SEED + 1, number]), counted=True, most_known=12)
    counts = cohort.counts.astype(np.int64)
    fit = replace(cx.forecast.fit(counts[: cohort.known + 1], seed=number), drift=drift)
    table = fit.project(len(counts) - 1)[cohort.known + 1 :]
    later = counts[cohort.known + 1 :] / counts[0]
    inside = ((table["low"] <= later) & (later <= table["high"])).sum()
    half = ((table["low_50"] <= later) & (later <= table["high_50"])).sum()
    return float(inside), float(half), len(later)


def drift(size: int, workers: int) -> None:
    """Coverage by drift."""
    for sizes in ((0.0, 0.0), (0.02, 0.1), DRIFT, (0.05, 0.3)):
        with ProcessPoolExecutor(workers) as pool:
            rows = np.array(list(pool.map(partial(covered, sizes), range(size), chunksize=10)))
        print(sizes, "90 %:", round(rows[:, 0].sum() / rows[:, 2].sum(), 4), "50 %:",
              round(rows[:, 1].sum() / rows[:, 2].sum(), 4))  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("weights", "priors", "drift"))
    parser.add_argument("--cohorts", type=int, default=COHORTS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    given = parser.parse_args()
    {"weights": weights, "priors": priors, "drift": drift}[given.what](given.cohorts, given.workers)
