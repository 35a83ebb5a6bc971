"""Addressed luck: published known answers, uniformity, independence, and that every part of an address matters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from cxsim import streams

N = 20_000
BASE = {"seed": 7, "replication": 3, "branch": 0, "account": 11, "purpose": streams.USAGE, "index": 5}


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    # Random123's kat_vectors, philox4x32 10
    got = streams.philox4x32(*(np.uint64(x) for x in (*counter, *key)))
    assert tuple(int(x) for x in got) == answer


def _along(coordinate: str, n: int = N) -> np.ndarray:
    """Draws at addresses that differ in one coordinate only."""
    start = BASE[coordinate]
    return np.array([streams.uniform(**{**BASE, coordinate: start + k}) for k in range(n)])


# branches are 24 bits, purposes eight: fewer neighbours there
WIDTHS = {"seed": N, "replication": N, "branch": N, "account": N, "purpose": 200, "index": N}


@pytest.mark.parametrize("coordinate", WIDTHS)
def test_draws_are_uniform_along_each_coordinate(coordinate: str) -> None:
    u = _along(coordinate, WIDTHS[coordinate])
    assert 0.0 < u.min() < u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert len(np.unique(u)) == len(u)


@pytest.mark.parametrize("coordinate", WIDTHS)
def test_neighbours_along_each_coordinate_are_independent(coordinate: str) -> None:
    u = _along(coordinate, WIDTHS[coordinate])
    n = len(u) - 1
    # serial correlation of independent uniforms: mean about 0, standard error 1/√n
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4.0 / math.sqrt(n)
    cells = np.histogram2d(u[:-1], u[1:], bins=4, range=[[0, 1], [0, 1]])[0].ravel()
    assert stats.chisquare(cells).pvalue > 1e-4


def test_bits_of_a_draw_are_fair() -> None:
    u = _along("index")
    for k in (1, 5, 20, 40, 50):
        ones = int(np.sum((u * 2.0**k).astype(np.int64) & 1))
        assert abs(ones - N / 2) < 4.0 * math.sqrt(N) / 2


@pytest.mark.parametrize("coordinate", BASE)
def test_each_coordinate_matters(coordinate: str) -> None:
    assert streams.uniform(**BASE) != streams.uniform(**{**BASE, coordinate: BASE[coordinate] + 1})


def test_a_draw_is_a_function_of_its_address() -> None:
    assert streams.uniform(**BASE) == streams.uniform(**BASE)
    luck = streams.Luck(7, 3)
    assert luck.u(11, streams.USAGE, 5) == streams.uniform(**BASE)
    assert luck.z(11, streams.USAGE, 5) == streams.normal(streams.uniform(**BASE))


def test_the_seed_above_32_bits_matters() -> None:
    seeds = (1, 1 + 2**32, 1 + 2**40, 1 + 2**62)
    assert len({streams.uniform(**{**BASE, "seed": s}) for s in seeds}) == len(seeds)
    assert 0.0 < streams.uniform(**{**BASE, "seed": 2**63 - 1}) < 1.0


def test_zero_is_a_seed_like_any_other() -> None:
    u = [streams.uniform(**{**BASE, "seed": 0, "index": k}) for k in range(2000)]
    assert stats.kstest(u, "uniform").pvalue > 1e-4


def test_ends_of_the_replication_and_index_range_are_addresses_of_their_own() -> None:
    ends = [streams.uniform(**{**BASE, key: 2**32 - 1}) for key in ("replication", "index")]
    assert len({*ends, streams.uniform(**BASE)}) == 3


def test_the_companys_negative_accounts_are_addresses_of_their_own() -> None:
    assert len({streams.uniform(**{**BASE, "account": a}) for a in range(-5, 50)}) == 55


def test_purposes_are_numbered_in_order_and_fit_their_bits() -> None:
    assert [getattr(streams, name.upper()) for name in streams.PURPOSES] == list(range(len(streams.PURPOSES)))
    assert len(set(streams.PURPOSES)) == len(streams.PURPOSES) < 256


def test_normal_quantiles_agree_with_scipy() -> None:
    u = np.concatenate(
        [np.linspace(1e-9, 1 - 1e-9, 4001), 10.0 ** -np.arange(1.0, 300.0), 1 - 10.0 ** -np.arange(1.0, 16.0)]
    )
    ours, theirs = np.array([streams.normal(x) for x in u]), ndtri(u)
    assert np.all(np.abs(ours - theirs) <= 1e-14 * np.maximum(1.0, np.abs(theirs)))
    assert streams.normal(0.5) == 0.0


def test_indices_of_lives_points_and_moments_do_not_collide() -> None:
    assert len({streams.index_of(life, n) for life in range(12) for n in range(500)}) == 6000
    assert len({streams.point_of(cause, n) for cause in range(7) for n in range(300)}) == 2100
    moments = {streams.index_of_moment(k, life, n) for k in range(10, 82) for life in range(12) for n in range(100)}
    assert len(moments) == 72 * 12 * 100
    assert max(moments) < 2**32
