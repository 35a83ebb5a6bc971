"""Simulated cohorts of mixed kinds, on which the weights and bounds of combined forecasts are set.

Each cohort has a kind (why customers leave as they do), a step (month or year), a size, and a number of periods that
are known and to be forecast. Half of them are counted; half are published in per cent to one digit, of more customers
than the thousand for which a reader takes them, some of those read off a chart with small errors.

What is argued, and from what; no series that tests a forecast is among it:

- Kinds. Reasons for a retention curve that are named in the literature: all alike (geometric); each his own chance
  (Fader & Hardie 2007, doi:10.1002/dir.20074); his own chance that changes as he stays, either way, by a beta
  (BdW) or a gamma mixture (Weibull-gamma) or for all alike (Weibull); likelier to leave for all who stay ("ageing":
  needs are met, novelty wears off) or less likely ("settling": the cumulative inertia of McGinnis 1968, American
  Sociological Review 33(5)); two classes of customers, each steady or not; a honeymoon or first term that spares
  (early dip); some who never began (first-period loss).
- No side is taken on whether customers grow likelier or less likely to leave: ln c is symmetric round 0. Studies that
  found c above 1 found it on the few published series on which forecasts are usually shown.
- Losses of the first period: by the year 5 to 60 % (published first years lost 13, 18, 31, 37 and 59 %), by the month
  0.5 to 20 %, evenly in the logarithm (large accounts lose below 1 %, small ones about 5 %, consumers more).
- Sizes of 100 to 10,000 counted customers, 1,000 to 300,000 behind percentages; 3 periods known (the least that is
  accepted) to 12, by the month sometimes 24; forecasts over 3 to 8 years or 6 to 24 months.
  Assumption: what people have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln

Reals = npt.NDArray[np.float64]

KINDS = (
    "geometric", "sbg", "bdw", "ageing", "settling", "weibull", "weibull-gamma", "two classes", "two ageing classes",
    "early dip", "first-period loss",
)  # fmt: skip
SPARED = 4000  # customers by whom a honeymoon is averaged


@dataclass(frozen=True)
class Cohort:
    """A cohort: the true curve, what is seen of it (ages 0 … known), what comes after."""

    kind: str
    monthly: bool
    table: str
    known: int
    curve: Reals
    counts: Reals


def _beta_discrete(mean: float, spread: float, c: float, t: Reals) -> Reals:
    total = (1.0 - spread) / spread
    alpha, beta = mean * total, (1.0 - mean) * total
    return np.exp(betaln(alpha, beta + t**c) - betaln(alpha, beta))


def curve(rng: np.random.Generator, kind: str, monthly: bool, last: int) -> Reals:
    """True survival at ages 0 … last."""
    t = np.arange(last + 1.0)
    mean = float(np.exp(rng.uniform(*np.log((0.005, 0.2))))) if monthly else rng.uniform(0.05, 0.6)  # first loss
    spread = rng.uniform(0.02, 0.7)  # 1/(1 + α + β)
    older, either = float(np.exp(rng.uniform(0.0, 0.6))), float(np.exp(rng.normal(0.0, 0.35)))
    if kind == "geometric":
        return (1.0 - 0.7 * mean) ** t
    if kind == "bdw":
        return _beta_discrete(mean, spread, either, t)
    if kind == "ageing":  # each customer becomes likelier to leave
        return _beta_discrete(mean, spread, older, t)
    if kind == "settling":  # each becomes less likely to
        return _beta_discrete(mean, spread, 1.0 / older, t)
    if kind == "weibull":
        return (1.0 - mean) ** (t**either)
    if kind == "weibull-gamma":
        shape = np.exp(rng.normal(0.2, 0.8))
        return (1.0 + ((1.0 - mean) ** (-1.0 / shape) - 1.0) * t**either) ** -shape
    if kind in ("two classes", "two ageing classes"):
        share, low = rng.uniform(0.2, 0.8), mean * rng.uniform(0.05, 0.6)
        high = min(0.9, mean * rng.uniform(1.2, 3.0) + 0.03)
        c = np.exp(rng.normal(0.0, 0.25, 2)) if kind == "two ageing classes" else np.ones(2)
        return share * (1.0 - low) ** (t ** c[0]) + (1.0 - share) * (1.0 - high) ** (t ** c[1])
    if kind == "early dip":  # the first periods are spared: a honeymoon, a first term
        spared, factor = int(rng.integers(1, 5 if monthly else 3)), rng.uniform(0.35, 0.9)
        total = (1.0 - spread) / spread
        theta = rng.beta(mean * total, (1.0 - mean) * total, SPARED)
        odds = (theta / (1.0 - theta + 1e-12))[:, None] * np.where(np.arange(last) < spared, factor, 1.0)
        return np.concatenate(([1.0], np.cumprod(1.0 / (1.0 + odds), axis=1).mean(axis=0)))
    if kind == "first-period loss":  # some never began
        return np.concatenate(([1.0], (1.0 - rng.uniform(0.03, 0.3)) * _beta_discrete(mean, spread, either, t)[1:]))
    return _beta_discrete(mean, spread, 1.0, t)


def _lived(rng: np.random.Generator, number: int, stays: Reals) -> Reals:
    there = [number]
    for stay in stays:
        there.append(int(rng.binomial(there[-1], min(1.0, stay))))
    return np.asarray(there, dtype=np.float64)


def draw(
    rng: np.random.Generator, counted: bool | None = None, most_known: int = 24, only: str | None = None
) -> Cohort:
    """One cohort, of one kind only if that is asked, with at least three lost and three left at the forecast."""
    while True:
        kind, monthly = only or KINDS[rng.integers(len(KINDS))], bool(rng.integers(2))
        long = monthly and rng.random() < 0.25
        known = min(int(rng.integers(12, 25) if long else rng.integers(3, 13)), most_known)
        last = known + int(rng.integers(6, 25) if monthly else rng.integers(3, 9))
        true = curve(rng, kind, monthly, last)
        stays = true[1:] / np.maximum(true[:-1], 1e-300)
        counts, table = _lived(rng, round(10 ** rng.uniform(2.0, 4.0)), stays), "count"
        if counted is False or (counted is None and rng.random() < 0.5):
            whole = _lived(rng, round(10 ** rng.uniform(3.0, 5.5)), stays)
            percent, table = 100.0 * whole / whole[0], "percent"
            if rng.random() < 0.3:
                percent[1:] += rng.normal(0.0, 0.2, last)
                table = "chart"
            counts = 10.0 * np.minimum.accumulate(np.clip(np.round(percent, 1), 0.0, 100.0))
            counts[0] = 1000.0
        if counts[known] >= 3 and counts[0] - counts[known] >= 3:
            return Cohort(kind, monthly, table, known, true, counts)
