"""Published series, and simulated ones of kinds on which nothing was set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

# Fader & Hardie 2007, How to Project Customer Retention, Journal of Interactive Marketing 21(1), Table 1: survival in
# per cent at years 0 to 12
REGULAR = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3])
HIGH_END = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4])
SEGMENTS = {"regular": REGULAR, "high end": HIGH_END}

# not part of the project: a user's machine does not have it
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def mape(forecast: Reals, truth: Reals) -> float:
    """Mean absolute error relative to the truth, in per cent."""
    return float(100.0 * np.mean(np.abs(forecast / truth - 1.0)))


def lived(rng: np.random.Generator, customers: int, hazards: Reals) -> Reals:
    """Whole counts of a cohort whose customers share their hazards, ages 0 … T."""
    there = [customers]
    for hazard in hazards:
        there.append(int(rng.binomial(there[-1], 1.0 - hazard)))
    return np.asarray(there, dtype=np.float64)


def mixed(rng: np.random.Generator, customers: int, thetas: Reals, factors: Reals) -> Reals:
    """Counts of a cohort of different customers, each leaving with his own odds times the age's factor."""
    own = rng.choice(thetas, customers)
    there, counts = np.ones(customers, dtype=bool), [customers]
    for factor in factors:
        odds = own / (1.0 - own) * factor
        there &= rng.random(customers) >= odds / (1.0 + odds)
        counts.append(int(there.sum()))
    return np.asarray(counts, dtype=np.float64)


def unseen(kind: str, rng: np.random.Generator) -> tuple[Reals, int]:
    """A series in per cent, and how many periods of it are known.

    Customers' chances of leaving come from a lognormal or from three classes, which is none of the families.
    """
    monthly = kind == "monthly"
    middle = rng.uniform(0.02, 0.08) if monthly else rng.uniform(0.1, 0.3)
    if rng.random() < 0.5:
        thetas = np.clip(middle * np.exp(rng.normal(0.0, rng.uniform(0.4, 1.2), 4000)), 1e-4, 0.95)
    else:
        thetas = np.clip(middle * np.repeat([0.2, 1.0, 2.5], [3, 4, 3]), 1e-4, 0.95)
    known = {"short": 4, "long": 12, "monthly": 12}.get(kind, 6)
    last = known + {"monthly": 18}.get(kind, 6)
    factors = np.ones(last)
    if kind == "early dip":
        factors[0] = rng.uniform(0.5, 0.8)
    counts = mixed(rng, 20_000, thetas, factors)
    percent = 100.0 * counts / counts[0]
    if kind == "digitised":
        percent[1:] += rng.normal(0.0, 0.15, last)
    percent = np.round(np.minimum.accumulate(np.clip(percent, 0.1, 100.0)), 1)
    percent[0] = 100.0
    return percent, known


KINDS = ("long", "short", "digitised", "early dip", "monthly")


def cohort(rng: np.random.Generator) -> tuple[Reals, int]:
    """Counts of a cohort of one of six kinds, and how many periods are known: for the coverage of bounds."""
    kind, monthly = int(rng.integers(6)), bool(rng.integers(2))
    customers, known = round(10 ** rng.uniform(2.0, 4.0)), int(rng.integers(4, 13))
    last = known + int(rng.integers(3, 13))
    mean = rng.uniform(0.03, 0.15) if monthly else rng.uniform(0.08, 0.4)
    total = 1.0 / rng.uniform(0.1, 0.6) - 1.0
    own, t = rng.beta(mean * total, (1.0 - mean) * total, 5000), np.arange(last + 1.0)
    if kind == 0:  # geometric
        curve = (1.0 - mean) ** t
    elif kind == 1:  # sBG
        curve = ((1.0 - own)[:, None] ** t).mean(axis=0)
    elif kind == 2:  # BdW
        curve = ((1.0 - own)[:, None] ** (t ** np.exp(rng.normal(0.0, 0.3)))).mean(axis=0)
    elif kind == 3:  # two classes
        share = rng.uniform(0.2, 0.8)
        curve = share * (1.0 - 0.3 * mean) ** t + (1.0 - share) * (1.0 - min(2.0 * mean, 0.9)) ** t
    elif kind == 4:  # the first period spares customers
        odds = (own / (1.0 - own + 1e-12))[:, None] * np.where(np.arange(last) < 1, rng.uniform(0.4, 0.9), 1.0)
        curve = np.concatenate(([1.0], np.cumprod(1.0 / (1.0 + odds), axis=1).mean(axis=0)))
    else:  # Weibull: all alike, less likely to leave as they stay
        curve = (1.0 - mean) ** (t ** rng.uniform(0.6, 1.1))
    return lived(rng, customers, 1.0 - curve[1:] / np.maximum(curve[:-1], 1e-300)), known
