"""Many futures from one day: the same as the reference run again with each branch, and true to theory."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import cxsim as cx
from cxsim import events
from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies.branches import branches

AT, NUMBER = 5.3, 6


@pytest.fixture(scope="module")
def futures(small_world: Scenario) -> cx.Branches:
    return branches(small_world, seed=3, at=AT, number=NUMBER, months=9.0)


def _first_loss(log: cx.EventLog, account: int) -> float:
    gone = np.isin(log.columns["kind"], events.LEAVING) & (log.columns["account"] == account)
    times = log.columns["time"][gone]
    later = times[times >= AT]
    return float(later[0]) if len(later) else math.inf


def test_each_branch_is_the_reference_run_again_with_its_number(futures: cx.Branches, small_world: Scenario) -> None:
    for branch in (1, NUMBER):
        log = cx.simulate(small_world, seed=3, horizon=15, engine="reference", fork=cx.Fork(AT, branch))
        lost = [_first_loss(log, int(account)) for account in futures.account]
        assert lost == futures.lost_at[branch - 1].tolist()
    assert np.isfinite(futures.lost_at).any()


def test_the_past_is_shared_and_the_future_is_not(futures: cx.Branches) -> None:
    arr = futures.series["arr"]
    assert (arr[:, :6] == arr[0, :6]).all()
    assert len({row.tobytes() for row in arr}) == NUMBER
    fan = futures.fan("accounts")
    assert fan["q05"].iloc[5] == fan["q95"].iloc[5]
    assert (fan["q05"] <= fan["q50"]).all()
    assert (fan["q50"] <= fan["q95"]).all()


def test_the_number_of_threads_changes_nothing(futures: cx.Branches, small_world: Scenario) -> None:
    alone = branches(small_world, seed=3, at=AT, number=NUMBER, months=9.0, workers=1)
    assert alone.lost_at.tobytes() == futures.lost_at.tobytes()
    assert alone.series["arr"].tobytes() == futures.series["arr"].tobytes()


def test_under_a_constant_hazard_everybody_is_equally_likely_to_leave(make_world: Callable[..., Scenario]) -> None:
    hazard, months, number = 0.05, 6.0, 400
    world = make_world(
        {"arrivals.per_month": 4.0, "churn.involuntary_base": hazard, "contract.recovery_share": 0.0,
         "contract.dunning": 0.1, "arrivals.history_months": 6},
        quiet=True, horizon=12,
    )  # fmt: skip
    found = branches(world, seed=8, at=0.5, number=number, months=months)
    frame = found.leaving()
    # a failed payment of the last tenth of a month is lost after it
    expected = 1.0 - math.exp(-hazard * (months - 0.1))
    n = number * len(frame)
    assert n > 4000
    spread = math.sqrt(expected * (1 - expected) / n)
    assert abs(frame["probability"].mean() - expected) < 4 * spread
    covered = ((frame["low"] <= expected) & (expected <= frame["high"])).mean()
    assert covered > 0.8


def test_bad_numbers_are_told_in_one_line_each(small_world: Scenario) -> None:
    with pytest.raises(InputError) as told:
        branches(small_world, seed=-1, at=700.0, number=1)
    assert len(told.value.faults) == 3
    good = branches(small_world, seed=0, at=0.0, number=2, months=2.0)
    with pytest.raises(InputError, match="within"):
        good.leaving(3.0)
    with pytest.raises(InputError, match="Did you mean"):
        good.fan("account")
