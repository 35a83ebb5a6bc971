"""A user's own lever is a TOML file: both engines run it, it does what it says and costs what it says, without code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.compiling import sources_key
from cxsim.readings import money
from cxsim.scenario import scaled

SEED, HORIZON, START, RAMP, ONCE, EACH = 8, 18, 3, 4, 7000.0, 250.0
LEVER = f"""
title = "Learning partner"
description = "Everyone who signs up gets a partner who has been through it."
evidence = "assumption: made up for a test"
trigger = "sign-up"

[settings.ceiling]
default = 1.4
unit = "ratio"
low = 1.0
high = 2.0
meaning = "ceiling of usage, relative to what it was, when it has its full effect"

[settings.fade]
default = 3.0
unit = "months"
low = 0.0
high = 600.0
meaning = "half-life of the effect on usage (0: it lasts)"

[settings.cost]
default = {EACH}
unit = "of the world's currency"
low = 0.0
high = 1e6
meaning = "cost for each account that has a partner"

[cost]
once = {ONCE}
per_account = "$cost"

[[edits]]
parameter = "outcome.usage_ceiling"
operation = "multiply"
size = "$ceiling"
ramp = {RAMP}
decay = "$fade"

[[edits]]
parameter = "onboarding.milestone_duration"
operation = "multiply"
size = 0.5
"""


@pytest.fixture(scope="module")
def base() -> cx.Scenario:
    return scaled(cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON), 120)


@pytest.fixture(scope="module")
def lever(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "learning-partner.toml"
    path.write_text(LEVER, encoding="utf-8")
    return path


@contextmanager
def nothing_compiled() -> Iterator[None]:
    """Within it no source that may be compiled changes, and nothing is compiled."""
    from numba.core import event

    before = sources_key.__wrapped__()
    with event.install_recorder("numba:compile") as recorder:
        yield
    assert recorder.buffer == []
    assert sources_key.__wrapped__() == before


def test_both_engines_run_it_to_the_last_bit_alike_and_neither_has_changed(base: cx.Scenario, lever: Path) -> None:
    cx.simulate(base, seed=SEED)  # compiles the clock where it is not yet
    with nothing_compiled():
        world = base.with_(lever, start=START)
        logs = [cx.simulate(world, seed=SEED, engine=engine) for engine in ("reference", "compiled")]
    assert logs[0].digest() == logs[1].digest()
    assert logs[0].digest() != cx.simulate(base, seed=SEED).digest()


def test_those_who_sign_up_from_its_start_on_are_treated_and_each_is_paid_for(base: cx.Scenario, lever: Path) -> None:
    log = cx.simulate(base.with_(lever, start=START), seed=SEED)
    rows = log.frame()
    rows = rows[rows["time"] >= 0.0]
    joined, treated = (rows[rows["kind"] == kind] for kind in ("signed_up", "treated"))
    assert set(treated["account"]) == set(joined.loc[joined["time"] >= START, "account"])
    assert len(treated) > 20
    cost = money(log)["programme_cost learning-partner"]
    assert cost.sum() == ONCE + EACH * len(treated)
    assert cost[:START].sum() == 0.0
    assert cost[START] >= ONCE
    found = cx.compare(base, base.with_(lever, start=START), replications=4, seed=SEED)
    assert found.effect("programme_cost", "learning-partner").low > ONCE


def test_a_capacity_in_its_file_holds_on_both_engines(base: cx.Scenario, lever: Path, tmp_path: Path) -> None:
    capped = tmp_path / "learning-partner.toml"
    capped.write_text(LEVER.replace('trigger = "sign-up"', 'trigger = "sign-up"\ncapacity = 1'), encoding="utf-8")
    logs = [cx.simulate(base.with_(capped), seed=SEED, engine=engine) for engine in ("reference", "compiled")]
    assert logs[0].digest() == logs[1].digest() == cx.simulate(base.with_(lever, capacity=1), seed=SEED).digest()
    rows = logs[0].frame()
    treated, joined = (rows[(rows["kind"] == kind) & (rows["time"] >= 0.0)] for kind in ("treated", "signed_up"))
    first = joined.groupby(np.floor(joined["time"]))["account"].first()
    assert treated["account"].tolist() == first.tolist()
    assert len(first) < len(joined)


def gained(base: cx.Scenario, lever: Path, fade: float) -> pd.Series[float]:
    """Usage that those treated have more than their untreated twins, by whole months since their sign-up."""
    told = []
    for number in range(12):
        logs = [
            cx.simulate(world, seed=SEED, replication=number)
            for world in (base, base.with_(lever, start=START, fade=fade))
        ]
        without, along = (log.frame() for log in logs)
        treated = along[along["kind"] == "treated"].set_index("account")["time"]
        both = [
            rows[(rows["kind"] == "review") & rows["account"].isin(treated.index)][["account", "item", "usage"]]
            for rows in (without, along)
        ]
        pairs = both[0].merge(both[1], on=["account", "item"], suffixes=("_without", "_with"))
        told.append(pairs.assign(gain=pairs["usage_with"] - pairs["usage_without"]))
    return pd.concat(told).groupby("item")["gain"].mean()


def test_it_comes_on_by_its_ramp_fades_by_its_half_life_and_hastens_onboarding(base: cx.Scenario, lever: Path) -> None:
    fading, lasting = (gained(base, lever, fade) for fade in (3.0, 0.0))
    assert lasting[1] < 0.5 * lasting[RAMP + 2]
    assert np.allclose(fading[:2], lasting[:2])  # it does not fade before it is there
    assert (lasting[4:] > 0.02).all()
    assert fading[12] < 0.6 * fading.max()
    assert fading[12] < 0.6 * lasting[12]
    found = cx.compare(base, base.with_(lever), replications=6, seed=SEED)
    assert found.effect("time_to_value", "learning-partner").high < 0.0
