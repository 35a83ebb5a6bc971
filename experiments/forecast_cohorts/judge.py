"""Judge forecasts of several cohorts on simulated triangles: each near the others, all as one, each by itself.

    python experiments/forecast_cohorts/judge.py --triangles 200 --out FILE.csv

A triangle has 3 to 16 cohorts, one a period, of 100 to 5,000 customers each, the oldest observed for 4 to 20 periods.
Every cohort has a beta-discrete-Weibull curve of its own; how its first loss, its heterogeneity and its ageing differ
from those of the others is the kind of the triangle: alike; little; much; drift (first losses go steadily up or down
with the time of sign-up); walk (they wander). These are not the levels and tilts of the method. Forecasts of six to
twelve periods are held against what is counted: of all of today's customers together, and of each cohort. "Each by
itself" takes cohorts of fewer than three periods from the pooled curve. No real series is read.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, expit

from cxsim.forecast import Triangle, fit, fit_cohorts

Reals = npt.NDArray[np.float64]

SEED = 31
KINDS = ("alike", "little", "much", "drift", "walk")
COLUMNS = ("triangle", "kind", "cohorts", "method", "of", "forecasts", "error", "inside")


def coordinates(rng: np.random.Generator, kind: str, cohorts: int) -> Reals:
    """Of each cohort: logit of the first loss, ln of 1/(α + β), ln c; shape (cohorts, 3)."""
    middle = np.array([rng.uniform(-3.5, -0.5), rng.uniform(-3.0, 0.5), rng.normal(0.0, 0.2)])
    own = rng.standard_normal((cohorts, 3)) * np.array([1.0, 1.0, 0.2])
    size = {"little": 0.12, "much": 0.45}.get(kind, 0.0)
    x = middle + size * own
    if kind == "drift":
        x[:, 0] += rng.choice((-1.0, 1.0)) * rng.uniform(0.3, 1.2) * np.linspace(-0.5, 0.5, cohorts)
    if kind == "walk":
        x[:, 0] += 0.15 * np.cumsum(own[:, 0])
    return x


def triangle(rng: np.random.Generator, kind: str) -> tuple[Triangle, list[Reals]]:
    """What is known of each cohort, and what is counted of each from today on."""
    cohorts, ahead = int(rng.integers(3, 17)), int(rng.integers(6, 13))
    before = int(rng.integers(max(4 - cohorts, 0), 5))
    known, later = [], []
    for j, (first, spread, c) in enumerate(coordinates(rng, kind, cohorts)):
        age = cohorts - j + before
        t = np.arange(age + ahead + 1.0) ** np.exp(c)
        total = np.exp(-spread)
        alpha, beta = total * expit(first), total * expit(-first)
        logs = betaln(alpha, beta + t) - betaln(alpha, beta)
        there = [round(10 ** rng.uniform(2.0, 3.7))]
        for stay in np.exp(np.diff(logs)):
            there.append(int(rng.binomial(there[-1], min(1.0, stay))))
        known.append(np.array(there[: age + 1], dtype=np.float64))
        later.append(np.array(there[age:], dtype=np.float64))
    return Triangle(tuple(f"{j}" for j in range(cohorts)), tuple(known)), later


def apart(table: Triangle, seed: int, ahead: int) -> list[Reals]:
    """Draws of each cohort from a fit to it alone."""
    shared = fit(table, seed=seed)
    found = []
    for j, counts in enumerate(table.counts):
        alone = len(counts) > 3 and 0.0 < counts[-1] < counts[0]
        made = fit(counts.astype(np.int64), seed=seed + j) if alone else shared
        found += made.realised([(len(counts) - 1, float(counts[-1]))], ahead)
    return found


def judged(seed: int, number: int) -> list[list[object]]:
    """Rows of COLUMNS for one triangle."""
    rng = np.random.default_rng([seed, number])
    kind = KINDS[number % len(KINDS)]
    table, later = triangle(rng, kind)
    ahead = len(later[0]) - 1
    near = fit_cohorts(table, seed=number)
    groups = [(len(counts) - 1, float(counts[-1])) for counts in table.counts]
    methods = {
        "near each other": near.realised(ahead)[0],
        "as one": near.pooled.realised(groups, ahead),
        "each by itself": apart(table, number, ahead),
    }
    rows: list[list[object]] = []
    for name, draws in methods.items():
        for of, made, came in (
            ("all", [np.sum(draws, axis=0)], [np.sum(later, axis=0)]), ("each", draws, later),
        ):  # fmt: skip
            error, inside, many = held(made, came)
            rows.append([number, kind, len(table.counts), name, of, many, error / max(many, 1), inside / max(many, 1)])
    return rows


def held(made: Sequence[Reals], came: Sequence[Reals]) -> tuple[float, float, int]:
    """Sum of |forecast − came| relative to today's customers, how many lie inside 90 % bounds, and of how many."""
    error = inside = many = 0.0
    for draws, counts in zip(made, came, strict=True):
        if counts[0] < 10:
            continue
        low, high = np.quantile(draws[:, 1:], (0.05, 0.95), axis=0)
        error += float(np.abs(draws[:, 1:].mean(axis=0) - counts[1:]).sum() / counts[0])
        inside += float(((low - 0.5 <= counts[1:]) & (counts[1:] <= high + 0.5)).sum())
        many += len(counts) - 1
    return error, inside, int(many)


def main(size: int, workers: int, out: str | None) -> None:
    """Judge, print means by kind."""
    with ProcessPoolExecutor(workers) as pool:
        rows = [row for found in pool.map(partial(judged, SEED), range(size), chunksize=2) for row in found]
    for of in ("all", "each"):
        for kind in (*KINDS, "every kind"):
            said = []
            for name in dict.fromkeys(str(row[3]) for row in rows):
                mine = [
                    row
                    for row in rows
                    if row[3] == name
                    and row[4] == of
                    and row[1] in (kind, *KINDS[: 5 * (kind == "every kind")])
                    and row[5]
                ]
                errors, insides = (np.array([float(str(row[k])) for row in mine]) for k in (6, 7))
                spread = insides.std(ddof=1) / np.sqrt(len(insides))
                said.append(
                    f"{name}: error {100 * errors.mean():.2f} inside {100 * insides.mean():.1f} ±{100 * spread:.1f}"
                )
            print(f"{of:5} {kind:10} " + "; ".join(said))
    if out is not None:
        with open(out, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            table.writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triangles", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out")
    given = parser.parse_args()
    main(given.triangles, given.workers, given.out)
