"""Who will join a company: as the asker says, or by a naive rule that is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from cxsim.errors import InputError
from cxsim.forecast.curves import Reals
from cxsim.forecast.flows import Flows

LATEST: Final = 4


def rule(table: Flows, periods: int) -> tuple[Reals, str]:
    """The naive rule of additions: each season as a year before, else the mean of the last four periods."""
    if table.season > 1:
        year = table.additions[-table.season :]
        return np.resize(year, periods), "additions as in the same season of the last known year"
    mean = float(table.additions[-LATEST:].mean())
    return np.full(periods, mean), f"additions held at the mean of the last {LATEST} periods"


def path(table: Flows, periods: int, additions: float | Sequence[float] | None) -> tuple[Reals, str]:
    """Who joins in each period to come, shape (H,), and in words where that comes from.

    Raises
    ------
    InputError
        If what is given is no number for each period.
    """
    if additions is None:
        return rule(table, periods)
    try:
        given = np.asarray(additions, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("additions: must be one number or one for each period to come") from None
    if given.ndim == 0:
        given = np.full(periods, float(given))
    if given.shape != (periods,) or not np.isfinite(given).all() or (given < 0).any():
        raise InputError(f"additions: must be one number, or {periods} of them, none negative")
    return given, "additions as given"


def wandering(table: Flows, periods: int, draws: int, rng: np.random.Generator) -> Reals:
    """Factors by which additions may leave the rule, shape (draws, H), with mean 1.

    Notes
    -----
    What the rule missed in a year of the past, drawn at random with either sign, year after year on top of the last: ln
    of what came less ln of the rule. With seasons a period goes on from the same season, else from the end of the year.
    """
    year = table.season if table.season > 1 else LATEST
    logs = np.log(np.maximum(table.additions, 0.5 / table.unit))
    missed = [
        logs[o : o + year] - np.log(np.maximum(rule(table.first(o), year)[0], 0.5 / table.unit))
        for o in range(year, table.periods - year + 1)
    ]
    blocks = -(-periods // year)
    drawn = np.asarray(missed)[rng.integers(len(missed), size=(draws, blocks))]
    drawn = drawn * rng.choice([-1.0, 1.0], (draws, blocks, 1))
    before = drawn if table.season > 1 else np.repeat(drawn[:, :, -1:], year, axis=2)
    walked = drawn + np.cumsum(before, axis=1) - before
    factors = np.exp(walked.reshape(draws, blocks * year)[:, :periods])
    return np.asarray(factors / factors.mean(axis=0))
