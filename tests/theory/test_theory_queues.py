"""The support team against queueing theory: Erlang C, Pollaczek–Khinchine, Little's law."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from stories import ACCOUNT, ITEM, KIND, TIME, candidate, run

from cxsim import events
from cxsim.scenario import Scenario

WorldMaker = Callable[..., Scenario]
N, RATE, WARM_UP = 40, 2.0, 6.0  # 80 tickets a month

# a fixed base: full usage, no churn, no patience, no priorities; every candidate becomes a ticket
FIXED = {
    "adoption.ticket_rate": RATE, "adoption.ticket_ceiling": RATE, "adoption.ticket_early": 0.0,
    "adoption.ticket_patience": 60.0, "adoption.digital_share": 0.0,
    "outcome.usage_start": 1.0, "outcome.usage_ceiling": 1.0, "outcome.usage_ceiling_abandoned": 1.0,
    "outcome.usage_noise": 0.0, "teams.onboarding_headcount": 0, "onboarding.patience": 120.0,
}  # fmt: skip


# a mean patience of 60 months against waits of hours takes less than a thousandth of the tickets


def _erlang_c(c: int, a: float) -> float:
    """Chance that a customer waits in M/M/c with a erlangs offered."""
    waiting = a**c / math.factorial(c) * c / (c - a)
    return waiting / (sum(a**k / math.factorial(k) for k in range(c)) + waiting)


class Desk:
    """What one replication says of the support desk after the warm-up."""

    def __init__(self, engine: str, world: Scenario, replication: int) -> None:
        self.end = float(world.horizon_months)
        rows = run(engine, world, [candidate(a, term=36) for a in range(N)], seed=17, replication=replication)
        opened: dict[tuple[int, int], float] = {}
        answered: dict[tuple[int, int], float] = {}
        closed: dict[tuple[int, int], float] = {}
        for row in rows:
            key = (row[ACCOUNT], row[ITEM])
            if row[KIND] == events.TICKET_OPENED:
                opened[key] = row[TIME]
            elif row[KIND] == events.TICKET_ANSWERED:
                answered[key] = row[TIME]
            elif row[KIND] in (events.TICKET_SOLVED, events.TICKET_FAILED):
                closed[key] = row[TIME]
        chosen = [key for key, time in opened.items() if WARM_UP <= time < self.end - 2.0 and key in answered]
        self.waits = np.array([answered[key] - opened[key] for key in chosen])
        self.works = np.array([closed[key] - answered[key] for key in chosen if key in closed])
        self.rate = len(chosen) / (self.end - 2.0 - WARM_UP)
        grid = np.linspace(WARM_UP, self.end - 2.0, 4000)
        begins, ends = np.sort(list(opened.values())), np.sort(list(answered.values()))
        left = np.sort(list(closed.values()))
        self.queue = float(np.mean(np.searchsorted(begins, grid, "right") - np.searchsorted(ends, grid, "right")))
        self.busy = float(np.mean(np.searchsorted(ends, grid, "right") - np.searchsorted(left, grid, "right")))


def _close(values: list[float], theory: float) -> None:
    """|mean over independent replications − theory| < 4 standard errors."""
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - theory) < 4.0 * error, (np.mean(values), theory, error)
    assert error < 0.25 * abs(theory), "too few replications to say anything"


def _desks(make_world: WorldMaker, engine: str, replications: int, **changes: float) -> list[Desk]:
    numbers = {**FIXED, **{k.replace("__", "."): v for k, v in changes.items()}}
    world = make_world(numbers, quiet=True, horizon=36)
    return [Desk(engine, world, r) for r in range(replications)]


CASES = [(1, 1.04, 20), (2, 2.6, 20)]  # agents, mean hours, replications: loads of .64 and 1.6 erlangs


@pytest.mark.parametrize(("agents", "hours", "replications"), CASES)
def test_waits_are_those_of_erlang_c(
    agents: int, hours: float, replications: int, engine: str, make_world: WorldMaker
) -> None:
    desks = _desks(
        make_world, engine, replications, adoption__ticket_exponential=1, adoption__ticket_hours=hours,
        teams__support_headcount=agents,
    )  # fmt: skip
    rate, mean = N * RATE, hours / 130.0
    waits = _erlang_c(agents, rate * mean)
    _close([float((d.waits > 1e-12).mean()) for d in desks], waits)
    _close([float(d.waits.mean()) for d in desks], waits / (agents / mean - rate))
    _close([d.rate for d in desks], rate)
    _close([d.busy for d in desks], rate * mean)


@pytest.mark.slow
@pytest.mark.parametrize(("agents", "hours"), [(2, 2.6), (3, 4.0), (5, 7.0)])
def test_waits_are_those_of_erlang_c_at_more_desks(
    agents: int, hours: float, engine: str, make_world: WorldMaker
) -> None:
    test_waits_are_those_of_erlang_c(agents, hours, 40, engine, make_world)


def test_lognormal_work_gives_the_wait_of_pollaczek_and_khinchine(engine: str, make_world: WorldMaker) -> None:
    sigma, median = 0.8, 0.75
    desks = _desks(
        make_world, engine, 15, adoption__ticket_sigma=sigma, adoption__ticket_hours=median, teams__support_headcount=1
    )  # fmt: skip
    rate, first = N * RATE, median / 130.0 * math.exp(sigma * sigma / 2)
    second = (median / 130.0) ** 2 * math.exp(2 * sigma * sigma)
    _close([float(d.works.mean()) for d in desks], first)
    _close([float(d.waits.mean()) for d in desks], rate * second / (2 * (1 - rate * first)))


def test_littles_law_holds_for_any_work(engine: str, make_world: WorldMaker) -> None:
    desks = _desks(make_world, engine, 12, adoption__ticket_hours=1.7, teams__support_headcount=2)
    gaps = [d.queue - d.rate * float(d.waits.mean()) for d in desks]
    error = np.std(gaps, ddof=1) / math.sqrt(len(gaps))
    assert abs(np.mean(gaps)) < 4.0 * error
    # and the error is small against what is measured: the law is tested, not the noise
    assert error < 0.1 * np.mean([d.queue for d in desks])
