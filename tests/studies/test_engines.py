"""A study says the same by either engine, on threads or in processes, however they are shared out."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import cxsim as cx
from cxsim.scenario import Scenario
from cxsim.studies.replications import Arm, Replication, replicate, replicate_all


def _same(mine: list[list[Replication]], other: list[list[Replication]]) -> bool:
    pairs = zip([one for arm in mine for one in arm], [one for arm in other for one in arm], strict=True)
    return all(_bytes(a) == _bytes(b) for a, b in pairs)


def _bytes(one: Replication) -> tuple[object, ...]:
    fates = one.first_year
    arrays = (one.values, *one.series.values(), one.at_risk, one.lost, fates.account, fates.lost, fates.reached)
    return (
        one.number,
        dict(one.reasons),
        *(a.tobytes() for a in (*arrays, one.experience_shares, one.money, one.stages)),
    )


@pytest.fixture(scope="module")
def arms(small_world: Scenario) -> list[Scenario]:
    return [small_world, small_world.with_("formal-onboarding"), small_world.with_("proactive-outreach", bands=[])]


@pytest.fixture(scope="module")
def alone(arms: list[Scenario]) -> list[list[Replication]]:
    return replicate_all(arms, replications=4, seed=3, workers=1)


def test_both_engines_say_the_same_to_the_bit(arms: list[Scenario], alone: list[list[Replication]]) -> None:
    assert _same(alone, replicate_all(arms, replications=4, seed=3, workers=1, engine="reference"))


@pytest.mark.parametrize("workers", [2, 3, 9, 30])
def test_threads_change_nothing(workers: int, arms: list[Scenario], alone: list[list[Replication]]) -> None:
    assert _same(alone, replicate_all(arms, replications=4, seed=3, workers=workers))


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_processes_change_nothing(engine: str, arms: list[Scenario], alone: list[list[Replication]]) -> None:
    few = replicate_all(arms[:2], replications=2, seed=3, workers=2, processes=True, engine=engine)
    assert _same([arm[:2] for arm in alone[:2]], few)


def test_later_replications_are_those_of_a_longer_study(arms: list[Scenario], alone: list[list[Replication]]) -> None:
    assert _same([arm[2:] for arm in alone], replicate_all(arms, replications=2, first=2, seed=3, workers=2))


def test_one_replication_by_itself(arms: list[Scenario], alone: list[list[Replication]]) -> None:
    assert _same([[alone[1][2]]], [[replicate(arms[1], 3, 2)]])
    assert _same([[alone[1][2]]], [[Arm(arms[1]).replicate(3, 2)]])


def test_a_policy_is_asked_on_threads_and_by_either_engine(small_world: Scenario) -> None:
    world = small_world.with_("proactive-outreach", coverage=0.0, bands=[])
    asked_on: set[int] = set()

    def call_all(seen: cx.Seen) -> cx.Orders | None:
        asked_on.add(threading.get_ident())
        return cx.Orders(treat=dict.fromkeys(seen.interventions, seen.columns["account"]))

    reference = cx.compare(small_world, world, replications=3, seed=3, policy=call_all, engine="reference")
    assert asked_on == {threading.get_ident()}
    one = cx.compare(small_world, world, replications=3, seed=3, policy=call_all, workers=1)
    assert asked_on == {threading.get_ident()}
    threads = cx.compare(small_world, world, replications=3, seed=3, policy=call_all, workers=3)
    assert len(asked_on) > 1
    assert reference.rows() == one.rows() == threads.rows()
    assert any(row["difference"] for row in one.rows())


def test_what_goes_wrong_on_a_thread_is_raised(small_world: Scenario) -> None:
    def broken(seen: cx.Seen) -> cx.Orders | None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        cx.run(small_world, replications=4, seed=1, workers=2, policy=broken)


def test_progress_comes_from_the_thread_that_asked(small_world: Scenario) -> None:
    told: list[tuple[int, int, int]] = []
    cx.compare(
        small_world, small_world, replications=3, seed=1, workers=2,
        progress=lambda done, total: told.append((done, total, threading.get_ident())),
    )  # fmt: skip
    assert told == [(done, 6, threading.get_ident()) for done in range(1, 7)]


def test_what_cannot_be_run_is_refused_before_anything_runs(small_world: Scenario) -> None:
    with pytest.raises(cx.InputError, match=r"engine: .fast. is not known"):
        cx.run(small_world, replications=1, seed=1, engine="fast")
    scored = small_world.with_("proactive-outreach", bands=[], score="custom", above=0.5)
    with pytest.raises(cx.InputError, match="pass policy="):
        cx.compare(small_world, scored, replications=1, seed=1)
    with pytest.raises(cx.InputError, match="seed: -1"):
        replicate(small_world, -1, 0)


def test_fates_of_the_first_year_are_those_of_accounts_in_order(alone: list[list[Replication]]) -> None:
    for one in alone[1]:
        assert np.all(np.diff(one.first_year.account) > 0)
        assert one.first_year.reached.shape == (len(one.first_year.account), 1)
