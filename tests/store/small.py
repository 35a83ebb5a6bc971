"""A small study for the tests of the store, and a process that runs it and may be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from cxsim.scenario import Scenario, scaled, with_values
from cxsim.store import Store
from cxsim.store.blocks import Content, Unit
from cxsim.studies import Comparison, Replication, compare, kept
from cxsim.studies.contents import content_of

SEED = 11


def world(accounts: int = 40) -> Scenario:
    """A few accounts over two years."""
    base = scaled(Scenario.load("b2b-saas"), accounts)
    return with_values(base, {"arrivals.history_months": 6, "horizon_months": 24})


def study(
    replications: int, store: Store | None = None, workers: int | None = 1, accounts: int = 40, pace: float = 0.0
) -> Comparison:
    """One alternative against the small world; with a pace [s] each unit is waited for."""
    base = world(accounts)
    other = base.with_("formal-onboarding", start=3)

    def slowly(done: int, total: int) -> None:
        time.sleep(pace)

    return compare(base, other, replications=replications, seed=SEED, store=store, workers=workers, progress=slowly)


def contents(found: Comparison) -> list[list[str]]:
    """Digest of each replication of each arm: of every number to the last bit."""
    arms = (found.baseline, *found.alternatives)
    return [[content_of(one, arm.scenario).digest for one in arm.replications] for arm in arms]


def same(one: Replication, other: Replication) -> bool:
    """Equal in every array's bits, type and shape, and in every word."""
    pairs = [
        (one.values, other.values), (one.at_risk, other.at_risk), (one.lost, other.lost),
        (one.experience_shares, other.experience_shares),
        (one.money, other.money),
        (one.stages, other.stages),
        *((one.series[name], other.series[name]) for name in one.series),
        *((getattr(one.first_year, name), getattr(other.first_year, name)) for name in ("account", "lost", "reached")),
    ]  # fmt: skip
    equal = all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)
    return equal and dict(one.reasons) == dict(other.reasons) and one.number == other.number


def unit(replication: int, value: float = 1.0) -> Unit:
    """A unit of a few numbers."""
    numbers = np.array([value, np.nan, -0.0, 5e-324, 2.0**53 - 1, 0.1 + 0.2])
    return Unit("a" * 64, SEED, replication, Content((("outcome.nrr", 2), ("series.arr", 4)), numbers, '[[1,0,"why"]]'))


if __name__ == "__main__":
    # folder, replications, accounts, seconds that a unit waits to be committed, seconds from one unit to the next
    kept.DELAY = float(sys.argv[4])
    study(
        int(sys.argv[2]),
        Store.open(Path(sys.argv[1])),
        workers=None,
        accounts=int(sys.argv[3]),
        pace=float(sys.argv[5]),
    )
