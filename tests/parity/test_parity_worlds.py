"""The four worlds of the catalogue, as they are."""

from __future__ import annotations

from functools import cache

import pytest
from both import COMPILED, REFERENCE, compare, digests, in_parallel

from cxsim import catalogue
from cxsim.scenario import Scenario, scaled

SEEDS = 200


@cache
def _world(name: str) -> Scenario:
    return Scenario.load(name)


def _same(case: tuple[str, int]) -> None:
    name, seed = case
    # each seed with another replication as well, so that both parts of the address matter
    compare(name, _world(name), seed, replication=seed % 7)


def test_there_are_the_four_worlds() -> None:
    assert set(catalogue.worlds()) == {"b2b-saas", "enterprise", "membership", "smb-monthly"}


@pytest.mark.parametrize("name", catalogue.worlds())
def test_a_world_of_fewer_accounts_gives_the_same_log(name: str) -> None:
    small = scaled(_world(name), 60)
    for seed in (0, 2**63 - 1):
        compare(f"{name}, 60 accounts", small, seed, replication=2**32 - 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue.worlds())
def test_a_world_gives_the_same_log_for_two_seeds(name: str) -> None:
    for seed in (7, 8):
        _same((name, seed))


@pytest.mark.parity
@pytest.mark.parametrize("name", catalogue.worlds())
def test_a_world_gives_the_same_log_for_each_of_200_seeds(name: str) -> None:
    in_parallel(_same, [(name, seed) for seed in range(SEEDS)])


def test_digests_differ_where_stories_do() -> None:
    small = scaled(_world("enterprise"), 30)
    assert {REFERENCE, COMPILED} == {"reference", "compiled"}
    first, second = digests(small, 1, horizon=6), digests(small, 2, horizon=6)
    assert first[0] == first[1] != second[0] == second[1]
