"""Whole cases to compare: a scenario, an address of luck, perhaps a shorter horizon, a policy, a fork."""

from __future__ import annotations

import dataclasses
import datetime
import random
from functools import cache
from typing import Any, Final

import numpy as np
from drawn_interventions import interventions
from drawn_numbers import worlds_numbers
from hypothesis import assume
from hypothesis import strategies as st

from cxsim.engines import Orders, Seen
from cxsim.interventions import EVERYONE
from cxsim.plan import make_plan
from cxsim.scenario import Scenario, with_values
from cxsim.scenario.checks import checked
from cxsim.streams import BRANCHES, Fork

Draw = Any
MOST_CANDIDATES: Final = 200  # edits may multiply arrivals

LAST: Final = 2**63 - 1
SEEDS: Final = st.one_of(st.integers(0, 1000), st.sampled_from([2**31, 2**32 - 1, LAST]), st.integers(0, LAST))
REPLICATIONS: Final = st.one_of(st.integers(0, 5), st.sampled_from([2**31, 2**32 - 1]))


@dataclasses.dataclass(frozen=True)
class Case:
    """What is to be compared."""

    scenario: Scenario
    seed: int
    replication: int = 0
    horizon: int | None = None
    policy: Monthly | None = None
    fork: Fork | None = None


class Monthly:
    """A policy that scores and treats at random, by a seed of its own and the month: the same for every engine."""

    def __init__(self, seed: int, share: float) -> None:
        self.seed, self.share = seed, share

    def __repr__(self) -> str:
        return f"Monthly({self.seed}, {self.share})"

    def __call__(self, seen: Seen) -> Orders | None:
        """Scores for most, and a few of each intervention, in no order and some twice."""
        rng = random.Random(f"{self.seed} {seen.month}")
        if rng.random() < 0.2:
            return None
        # what is seen decides as well, so that what is seen must be the same
        known = seen.columns["observed_health"] - 2.0 * seen.columns["open_tickets"] + seen.columns["usage"]
        noise = np.array([rng.gauss(0.0, 1.0) for _ in known])
        scores = np.where([rng.random() < 0.2 for _ in known], np.nan, known / 10.0 - 1.0 + noise)
        treat = {}
        for name in seen.interventions:
            there = [a for a in seen.columns["account"].tolist() if rng.random() < self.share]
            rng.shuffle(there)
            if rng.random() < 0.7:
                treat[name] = np.array([*there, *there[:2]], dtype=np.int64)
        return Orders(None if rng.random() < 0.2 else scores, treat)


@cache
def blank(segments: tuple[str, ...]) -> Scenario:
    """A world with nothing but its segments."""
    return Scenario(**checked({"name": "drawn", "segments": {name: {} for name in segments}}))


@st.composite
def scenarios(draw: Draw, custom: bool = False, treating: bool = False) -> Scenario:
    """A small company anywhere in the parameter space, with levers and shocks.

    custom: interventions may pick by a policy's score; treating: at least one can be given to single accounts.
    """
    months = draw(st.one_of(st.integers(3, 36), st.integers(18, 36)))
    numbers = draw(worlds_numbers(months))
    segments = tuple(dict.fromkeys(path.split(".")[1] for path in numbers if path.startswith("segments.")))
    values: dict[str, Any] = {"horizon_months": months, **numbers}
    for name in segments:
        if draw(st.integers(0, 9)) == 9:
            most = 2.0 * numbers[f"segments.{name}.arrivals.per_month"]
            values[f"arrivals.series.{name}"] = draw(
                st.lists(st.one_of(st.just(0.0), st.floats(0.0, most)), min_size=1, max_size=40)
            )
    world = with_values(blank(segments), values)
    world = dataclasses.replace(world, start_date=datetime.date(2025, draw(st.integers(1, 12)), 1))
    for intervention in draw(interventions(segments, custom)):
        world = world.with_(intervention)
    if treating:
        assume(any(i.trigger != EVERYONE for i in world.interventions))
    plan = make_plan(world)
    assume(sum(a + b for a, b in plan.ceilings) < MOST_CANDIDATES)
    return world


@st.composite
def cases(draw: Draw, policies: bool = False, forks: bool = False) -> Case:
    """A scenario and an address; with a policy, with a fork."""
    world = draw(scenarios(custom=policies, treating=policies))
    horizon = draw(st.one_of(st.none(), st.none(), st.none(), st.integers(1, world.horizon_months)))
    policy = fork = None
    if policies:
        policy = Monthly(draw(st.integers(0, 999)), draw(st.sampled_from([0.02, 0.1, 0.5, 1.0])))
    if forks:
        months = horizon or world.horizon_months
        last = np.nextafter(float(months), 0.0).item()
        at = draw(st.one_of(st.integers(0, months - 1).map(float), st.floats(0.0, last)))
        fork = Fork(at, draw(st.one_of(st.integers(1, 3), st.just(BRANCHES - 1))))
    return Case(world, draw(SEEDS), draw(REPLICATIONS), horizon, policy, fork)
