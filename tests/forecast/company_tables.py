"""Simulated companies whose cohorts nobody sees: only who joined, who left and who is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Company:
    """What is published of it, and its curve."""

    base: float
    additions: Reals
    losses: Reals
    ends: Reals
    curve: Reals  # S at ages 0, 1, …


def company(
    rng: np.random.Generator, curve: Reals, joining: Reals, *, before: int, spread: float = 0.0, memory: float = 0.0
) -> Company:
    """Cohorts that join at the end of each period and leave along a curve, all with the same shocks.

    `joining` has the periods before the table too, `before` of them.
    """
    hazards = 1.0 - curve[1:] / curve[:-1]
    there = np.zeros(len(joining), dtype=np.int64)
    shock, losses, ends = spread * rng.standard_normal(), [], []
    for period, new in enumerate(joining):
        shock = memory * shock + np.sqrt(1.0 - memory**2) * spread * rng.standard_normal()
        age = period - 1 - np.arange(period)
        lost = rng.binomial(there[:period], np.clip(hazards[age] * np.exp(shock), 0.0, 1.0))
        there[:period] -= lost
        there[period] = round(new)
        losses.append(float(lost.sum()))
        ends.append(float(there.sum()))
    return Company(
        ends[before - 1] if before else 0.0, np.rint(joining[before:]), np.array(losses[before:]),
        np.array(ends[before:]), curve,
    )  # fmt: skip


def sbg(alpha: float, beta: float, last: int, c: float = 1.0) -> Reals:
    """S of the beta-discrete-Weibull at ages 0 … last."""
    from scipy.special import betaln

    return np.asarray(np.exp(betaln(alpha, beta + np.arange(last + 1.0) ** c) - betaln(alpha, beta)))


def two_classes(share: float, sooner: float, longer: float, last: int) -> Reals:
    """S of two kinds of customers at ages 0 … last."""
    t = np.arange(last + 1.0)
    return share * (1.0 - sooner) ** t + (1.0 - share) * (1.0 - longer) ** t


def any_company(rng: np.random.Generator) -> tuple[Company, int]:
    """A company of one of three kinds of curves, and how many of its periods are known."""
    before, known, ahead = int(rng.integers(0, 25)), int(rng.integers(16, 49)), 12
    last = before + known + ahead
    kind = int(rng.integers(3))
    mean = rng.uniform(0.02, 0.12)
    if kind == 0:
        curve = (1.0 - mean) ** np.arange(last + 1.0)
    elif kind == 1:
        total = 1.0 / rng.uniform(0.1, 0.6) - 1.0
        curve = sbg(mean * total, (1.0 - mean) * total, last, float(np.exp(rng.normal(0.0, 0.2))))
    else:
        curve = two_classes(rng.uniform(0.2, 0.8), min(2.5 * mean, 0.6), 0.4 * mean, last)
    level = 10 ** rng.uniform(1.5, 4.0)
    joining = level * np.exp(rng.normal(0.0, 0.02) * np.arange(last) + rng.normal(0.0, 0.1, last))
    spread = float(rng.choice([0.0, 0.05, 0.12]))
    made = company(rng, curve, joining, before=before, spread=spread, memory=float(rng.choice([0.0, 0.6])))
    return made, known
