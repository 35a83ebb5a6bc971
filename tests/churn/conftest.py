"""Logs and tables that the tests of churn models share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.churn import Dataset
from cxsim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real series, which is no part of the project."""
    place = Path(os.environ.get("CXSIM_DATA", ROOT.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"real series are not here: {place} (or the folder named by CXSIM_DATA) does not exist")
    return place


@pytest.fixture(scope="session")
def busy_log(small_world: Scenario) -> cx.EventLog:
    """A year and a half of some hundred accounts, everything switched on, and calls."""
    world = small_world.with_("proactive-outreach", bands=[])
    return cx.simulate(world, seed=4)


@pytest.fixture(scope="session")
def panel(busy_log: cx.EventLog) -> Dataset:
    return cx.churn.dataset(busy_log, within=2)


def made_table(n: int, seed: int, strength: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts whose chance of loss is known: one number and one word matter, the rest does not."""
    random = np.random.default_rng(seed)
    usage, plan = random.normal(size=n), random.choice(["basic", "plus", "pro"], n, p=[0.5, 0.3, 0.2])
    odds = strength * (-1.2 + 1.5 * usage + np.select([plan == "basic", plan == "plus"], [0.8, 0.0], -0.8))
    chance = 1 / (1 + np.exp(-odds))
    table = pd.DataFrame({
        "name of account": [f"a{k}" for k in range(n)], "usage per day": usage, "plan": plan,
        "noise": random.normal(size=n), "always": 1.0, "usage again": usage,
        "left": (random.random(n) < chance).astype(int),
    })  # fmt: skip
    return table, chance


@pytest.fixture(scope="session")
def own_table() -> pd.DataFrame:
    return made_table(800, seed=3)[0]


@pytest.fixture(scope="session")
def equal_world(make_world: Callable[..., Scenario]) -> Scenario:
    """Equal accounts on monthly contracts with one constant hazard: nothing tells who will be lost."""
    return make_world(
        {"arrivals.per_month": 12.0, "arrivals.history_months": 24, "churn.involuntary_base": 0.05,
         "contract.recovery_share": 0.0, "contract.dunning": 0.0, "segments.term_1_share": 1.0,
         "segments.term_24_share": 0.0, "segments.term_36_share": 0.0},
        quiet=True, horizon=24,
    )  # fmt: skip
