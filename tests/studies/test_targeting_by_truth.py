"""Outreach takes any score through a policy: here the true chance of leaving, which forks of the same run tell."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import cxsim as cx
from cxsim import events
from cxsim.scenario import Scenario

SEED, DAY, MONTHS, CALLED = 5, 6, 6.0, 0.2
Chances = dict[int, float]


@pytest.fixture(scope="module")
def world(make_world: Callable[..., Scenario]) -> Scenario:
    """Accounts that differ, pay by the month and leave often; as many CSMs as are needed."""
    return make_world(
        {
            "arrivals.per_month": 12.0, "arrivals.history_months": 12, "churn.value_base": 0.05,
            "segments.frailty_variance": 2.0, "teams.success_headcount": 20, "segments.touch_digital_share": 0.0,
        },
        horizon=12,
    )  # fmt: skip


def chances(world: Scenario, replication: int) -> Chances:
    """Each account's true chance of being lost within half a year of the day, if nobody is called."""
    futures = cx.branches(
        world, seed=SEED, replication=replication, at=float(DAY), number=200, months=MONTHS, workers=2
    ).leaving()
    return dict(zip(futures["account"].tolist(), futures["probability"].tolist(), strict=True))


def called(
    world: Scenario, scores: Chances, replication: int, engine: str = "compiled"
) -> tuple[set[int], cx.EventLog]:
    """Who is called in the month after the day, if those are whose score is among the highest."""
    cut = float(np.quantile(list(scores.values()), 1.0 - CALLED))
    outreach = world.with_("proactive-outreach", bands=[], score="custom", above=cut, start=DAY)

    def policy(seen: cx.Seen) -> cx.Orders | None:
        if seen.month != DAY:
            return None
        return cx.Orders(scores=np.array([scores.get(a, np.nan) for a in seen.columns["account"].tolist()]))

    log = cx.simulate(outreach, seed=SEED, replication=replication, policy=policy, engine=engine)
    columns = log.columns
    return set(columns["account"][columns["kind"] == events.TREATED].tolist()), log


def lost(log: cx.EventLog) -> set[int]:
    """Who is lost within half a year of the day."""
    columns = log.columns
    rows = np.isin(columns["kind"], events.LEAVING) & (columns["time"] >= DAY) & (columns["time"] <= DAY + MONTHS)
    return set(columns["account"][rows].tolist())


def test_those_at_highest_true_risk_are_called(world: Scenario) -> None:
    scores = chances(world, 0)
    treated, log = called(world, scores, 0)
    cut = float(np.quantile(list(scores.values()), 1.0 - CALLED))
    assert len(treated) >= 10
    assert all(scores[account] >= cut for account in treated)
    again, reference = called(world, scores, 0, "reference")
    assert again == treated
    assert reference.digest() == log.digest()


def test_as_many_of_them_leave_as_their_chances_say_and_more_than_of_others(world: Scenario) -> None:
    left = reached = others_left = others = 0
    expected = variance = 0.0
    for replication in range(4):
        scores = chances(world, replication)
        treated, _ = called(world, scores, replication)
        gone = lost(cx.simulate(world, seed=SEED, replication=replication))
        left += len(gone & treated)
        reached += len(treated)
        expected += sum(scores[account] for account in treated)
        # the luck of those accounts, and that of the 200 branches that told their chances
        variance += sum(scores[a] * (1.0 - scores[a]) * (1.0 + 1.0 / 200.0) for a in treated)
        rest = scores.keys() - treated
        others += len(rest)
        others_left += len(gone & rest)
    assert abs(left - expected) < 4.0 * math.sqrt(variance)
    assert left / reached > 1.5 * others_left / others


def test_calling_them_saves_more_than_calling_as_many_by_lot(world: Scenario) -> None:
    by_truth = by_lot = 0
    for replication in range(4):
        scores = chances(world, replication)
        lots = dict(zip(scores, np.random.default_rng(replication).random(len(scores)).tolist(), strict=True))
        before = lost(cx.simulate(world, seed=SEED, replication=replication))
        by_truth += len(before) - len(lost(called(world, scores, replication)[1]))
        by_lot += len(before) - len(lost(called(world, lots, replication)[1]))
    assert by_truth > by_lot
