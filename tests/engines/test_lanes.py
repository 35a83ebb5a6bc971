"""Draws made side by side are the draws made one by one."""

from __future__ import annotations

import random

import numba
import numpy as np
import pytest

from cxsim import streams
from cxsim.engines.compiled import lanes

PURPOSES = (17, 18, 21, 19, 42, 44, 46, 39)


@numba.njit
def _eight(seed, replication, branch, account, index, other):  # type: ignore[no-untyped-def]
    indices = (index, other, index, other, index, other, index, other)
    return lanes.eight(seed, replication, branch, account, PURPOSES, indices)


@numba.njit
def _central(a, b, c, d):  # type: ignore[no-untyped-def]
    return lanes.central((a, b, c, d))


def test_eight_lanes_give_the_bits_of_eight_draws() -> None:
    rng = random.Random(11)
    for _ in range(500):
        seed, replication = rng.choice([0, 7, 2**63 - 1, rng.randrange(2**63)]), rng.choice([0, 2**32 - 1, 5])
        branch, account = rng.choice([0, 1, 2**24 - 1]), rng.choice([-1, 0, 12, 2**25 - 2])
        index, other = rng.choice([0, rng.randrange(2**31)]), rng.randrange(2**31)
        together = _eight(seed, replication, branch, account, index, other)
        for lane, (purpose, drawn) in enumerate(zip(PURPOSES, together, strict=True)):
            place = other if lane % 2 else index
            assert drawn == streams.uniform(seed, replication, branch, account, purpose, place)


@pytest.mark.parametrize("middle", [0.075, 0.5, 0.925])
def test_the_quick_normal_is_the_normal_where_it_holds(middle: float) -> None:
    u = np.concatenate((np.linspace(middle - 0.05, middle + 0.05, 2001), [0.075, 0.925, 1e-16, 1.0 - 1e-16]))
    for k in range(0, len(u) - 3):
        four = u[k : k + 4]
        for x, quick in zip(four, _central(*four), strict=True):
            assert lanes.normal_of(float(x), quick) == streams.normal(float(x))
