"""A known box is found through noise; noise is not sold as a box."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from cxsim.errors import InputError
from cxsim.studies.boxes import Box, box_in, halves, screened
from cxsim.studies.draws import unit_cube

Reals = npt.NDArray[np.float64]
INSIDE, OUTSIDE = 0.8, 0.15


def known(rows: int, inputs: int, seed: int) -> tuple[Reals, npt.NDArray[np.bool_]]:
    """Points, and hits that are frequent where input 2 is above .6 and input 5 below .5: a fifth of all."""
    points = unit_cube(inputs, rows, seed=seed)
    inside = (points[:, 2] > 0.6) & (points[:, 5] < 0.5)
    luck = np.random.Generator(np.random.Philox(seed)).random(rows)
    return points, luck < np.where(inside, INSIDE, OUTSIDE)


@pytest.mark.parametrize("inputs", [8, 120])
def test_a_known_box_is_found_through_noise(inputs: int) -> None:
    points, hits = known(1024, inputs, seed=4)
    box = box_in(points, hits, seed=1)
    assert box is not None
    assert box.is_confirmed
    sides = {side.column: (side.low, side.high) for side in box.sides}
    assert set(sides) == {2, 5}
    assert sides[2] == (pytest.approx(0.6, abs=0.08), 1.0)
    assert sides[5] == (0.0, pytest.approx(0.5, abs=0.08))


def test_density_and_coverage_are_right_on_rows_held_out() -> None:
    """The box's own density, where it is the true one, and the share of all hits that lie in it: .8/5 of .28."""
    points, hits = known(4096, 8, seed=9)
    box = box_in(points, hits, seed=2)
    assert box is not None
    _, theirs = halves(len(points), seed=2)
    inside = box.holds(points[theirs])
    assert (box.rows, box.inside) == (len(theirs), inside.sum())
    assert box.density == hits[theirs][inside].mean()
    assert box.base == hits[theirs].mean()
    # against the truth of the very box that was found
    true_inside = (points[theirs][:, 2] > 0.6) & (points[theirs][:, 5] < 0.5)
    density = np.where(true_inside, INSIDE, OUTSIDE)[inside].mean()
    assert abs(box.density - density) < 4.0 * math.sqrt(density * (1.0 - density) / inside.sum())
    coverage = 0.2 * INSIDE / (0.2 * INSIDE + 0.8 * OUTSIDE)
    assert abs(box.coverage - coverage) < 0.1
    assert box.density_low < box.density < box.density_high
    assert box.p < 1e-10


def _sold(searches: int, rows: int, inputs: int) -> int:
    """Boxes borne out in as many searches of pure noise."""
    found = 0
    for seed in range(searches):
        points = unit_cube(inputs, rows, seed=seed)
        hits = np.random.Generator(np.random.Philox(seed)).random(rows) < 0.3
        box = box_in(points, hits, seed=seed)
        found += box is not None and box.is_confirmed
    return found


def test_noise_is_not_sold_as_a_box() -> None:
    assert _sold(25, 256, 60) == 0


@pytest.mark.slow
def test_noise_is_sold_as_a_box_once_in_a_hundred_searches_at_most() -> None:
    n = 1000
    assert _sold(n, 128, 20) / n < 0.01 + 4.0 * math.sqrt(0.01 * 0.99 / n)


def test_where_it_always_or_never_happens_there_is_no_box() -> None:
    points = unit_cube(3, 128, seed=1)
    assert box_in(points, np.zeros(128, dtype=np.bool_), seed=1) is None
    assert box_in(points, np.ones(128, dtype=np.bool_), seed=1) is None


def test_the_halves_share_out_all_rows() -> None:
    mine, theirs = halves(101, seed=3)
    assert sorted([*mine, *theirs]) == list(range(101))
    assert (len(mine), len(theirs)) == (50, 51)


def test_an_input_that_matters_in_the_middle_is_looked_at_too() -> None:
    points = unit_cube(40, 512, seed=1)
    hits = np.abs(points[:, 17] - 0.5) < 0.2
    assert 17 in screened(points, hits)


def test_a_box_without_confirmation_is_none() -> None:
    box = Box((), 100, 0, *(0.0,) * 8)
    assert not box.is_confirmed


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(InputError, match="63 are too few"):
        box_in(unit_cube(2, 63, seed=1), np.ones(63, dtype=np.bool_), seed=1)
