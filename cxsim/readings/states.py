"""Bands and quadrants of the states in a log."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cxsim.readings.lives import Lives
from cxsim.readings.values import Value

Array = npt.NDArray[Any]


def bands(health: Array, value: Value) -> npt.NDArray[np.int8]:
    """Code of `events.BANDS` for each health (0-20); a cut belongs to the band above it."""
    amber, green = value("health.amber_from"), value("health.green_from")
    return (health >= amber).astype(np.int8) + (health >= green).astype(np.int8)


def user_voice(lives: Lives, value: Value) -> npt.NDArray[np.float64]:
    """Weight of the users' voice for each row of `lives`; shape (n,)."""
    weights = np.array([value("experience.user_voice", name) for name in lives.log.certificate.segments])
    return np.asarray(weights[lives.segment[lives.who]])


def experience(lives: Lives, value: Value) -> npt.NDArray[np.float64]:
    """Experience (0-10) after each row of `lives`: weighted mean of sponsor and user; shape (n,)."""
    weight = user_voice(lives, value)
    return np.asarray((1.0 - weight) * lives.column("sponsor") + weight * lives.column("user"))


def quadrants(lives: Lives, value: Value) -> npt.NDArray[np.int8]:
    """Code of `events.QUADRANTS` after each row of `lives`; shape (n,)."""
    high_outcome = lives.column("client_outcome") >= value("health.high_outcome")
    high_experience = experience(lives, value) >= value("health.high_experience")
    return high_outcome.astype(np.int8) + 2 * high_experience.astype(np.int8)
