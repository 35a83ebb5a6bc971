"""The base at month 0 is the survivors of a simulated history: a stationary world shows no step there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from stories import of_kind

from cxsim import events
from cxsim.engines import simulate
from cxsim.eventlog import EventLog
from cxsim.scenario import Scenario

WorldMaker = Callable[..., Scenario]
HALF = 12


def _half(log: EventLog, begins: float) -> dict[str, float]:
    """Measures over a year from `begins`."""
    c = log.columns
    during = (c["time"] >= begins) & (c["time"] < begins + HALF)
    reviews = during & of_kind(log, events.REVIEW)
    measures = {
        # one review a month for each account: reviews a month are the accounts there
        "active": reviews.sum() / HALF,
        "lost a month": (during & of_kind(log, *events.LEAVING)).sum() / HALF,
        "signed up a month": (during & of_kind(log, events.SIGNED_UP)).sum() / HALF,
        "intents a month": (during & of_kind(log, events.INTENT)).sum() / HALF,
        "tickets a month": (during & of_kind(log, events.TICKET_OPENED)).sum() / HALF,
        "mrr": c["mrr"][reviews].sum() / HALF / 1e5,
    }
    for name in ("sponsor", "user", "client_outcome", "usage", "health", "observed"):
        measures[name] = float(c[name][reviews].mean())
    return {name: float(value) for name, value in measures.items()}


def _check(make_world: WorldMaker, engine: str, replications: int, per_month: float) -> None:
    busy = {f"churn.{c}_base": 0.02 for c in ("onboarding", "relationship", "service", "value", "competition", "price")}
    world = make_world(
        {
            **busy, "arrivals.per_month": per_month, "arrivals.history_months": 96, "arrivals.season_amplitude": 0.0,
            "segments.term_1_share": 0.5, "segments.term_24_share": 0.0, "segments.term_36_share": 0.0,
            # the frailest leave within months and the hardiest stay for decades: little frailty, or no end of history
            "segments.frailty_variance": 0.1,
            # MRR that grows with tenure would need far longer than counts to settle
            "contract.price_step": 0.0, "growth.seats_mean": 0.0, "growth.seats_by_outcome": 0.0,
            "growth.expansion_happy": 0.0, "growth.expansion_open": 0.0, "growth.expansion_risk": 0.0,
            "growth.contraction_rate": 0.0,
        },
        horizon=HALF,
    )  # fmt: skip
    steps: dict[str, list[float]] = {}
    for replication in range(replications):
        log = simulate(world, seed=8, replication=replication, engine=engine)
        before, after = _half(log, -float(HALF)), _half(log, 0.0)
        for name, value in before.items():
            steps.setdefault(name, []).append(after[name] - value)
    for name, step in steps.items():
        error = np.std(step, ddof=1) / math.sqrt(len(step))
        assert abs(np.mean(step)) < 4.0 * error, name


def test_a_stationary_world_shows_no_step_at_month_0(engine: str, make_world: WorldMaker) -> None:
    _check(make_world, engine, 10, 3.0)


@pytest.mark.slow
def test_a_stationary_world_shows_no_step_at_month_0_on_a_closer_look(engine: str, make_world: WorldMaker) -> None:
    _check(make_world, engine, 60, 8.0)


def test_a_base_without_its_history_would_show_one(engine: str, make_world: WorldMaker) -> None:
    """The test above can fail: a base of new accounts is unlike the one that a history leaves."""
    world = make_world({"arrivals.per_month": 5.0, "arrivals.history_months": 0, "arrivals.season_amplitude": 0.0})
    log = simulate(world, seed=8, engine=engine)
    first, second = _half(log, 0.0), _half(log, 12.0)
    assert second["active"] > 1.5 * first["active"]
    assert second["client_outcome"] > first["client_outcome"] + 0.5
