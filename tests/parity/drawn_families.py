"""Cases that share a history, luck or people: a scenario and what becomes of it with one thing changed at a time."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Final

import numpy as np
from drawn_interventions import interventions
from drawn_numbers import NOT_ABOVE, OWN, PATHS, WILD
from drawn_scenarios import Case, Monthly, cases
from hypothesis import strategies as st

from cxsim.parameters import by_path
from cxsim.scenario import Scenario, with_values
from cxsim.scenario.fields import place_of
from cxsim.streams import Fork

Draw = Any
# another value of these is another size, or does not go with the others
KEPT: Final = (
    "arrivals.per_month", "arrivals.annual_growth", "arrivals.referral_ceiling_share", "arrivals.history_months",
    "segments.term_1_share", "segments.term_24_share", "segments.term_36_share", "segments.touch_digital_share",
    "segments.touch_named_share", "adoption.ticket_ceiling", "adoption.ticket_rate", "adoption.ticket_early",
    "health.amber_from", "health.green_from", "growth.expansion_happy", "growth.expansion_open",
    "growth.expansion_risk", "growth.expansion_size", "growth.expansion_most",
)  # fmt: skip
WAYS: Final = ("interventions", "number", "horizon", "fork", "policy", "replication", "series", "start")
CHANGEABLE: Final = tuple(path for path in PATHS if path not in KEPT and path not in NOT_ABOVE)


@st.composite
def families(draw: Draw) -> list[Case]:
    """Up to six cases with one seed, mostly with one history."""
    first = draw(cases())
    found = [first]
    for _ in range(draw(st.integers(2, 5))):
        found.append(draw(_relative(draw(st.sampled_from(found)))))
    return found


@st.composite
def _relative(draw: Draw, case: Case) -> Case:
    world = case.scenario
    how = draw(st.sampled_from(WAYS))
    if how == "interventions":
        bare = dataclasses.replace(world, interventions=())
        for intervention in draw(interventions(world.segments)):
            bare = bare.with_(intervention)
        return dataclasses.replace(case, scenario=bare, policy=None)
    if how == "number":
        return dataclasses.replace(case, scenario=draw(_with_another_number(world)))
    if how == "horizon":
        return dataclasses.replace(case, horizon=draw(st.integers(1, world.horizon_months)), fork=None)
    if how == "fork":
        last = np.nextafter(float(case.horizon or world.horizon_months), 0.0).item()
        at = draw(st.one_of(st.just(0.0), st.floats(0.0, last)))
        return dataclasses.replace(case, fork=Fork(at, draw(st.integers(1, 2))))
    if how == "policy":
        return dataclasses.replace(case, policy=Monthly(draw(st.integers(0, 9)), 0.2))
    if how == "replication":
        return dataclasses.replace(case, replication=draw(st.integers(0, 2)))
    if how == "series":
        name = draw(st.sampled_from(world.segments))
        most = 2.0 * world.value("arrivals.per_month", name)
        row = draw(st.lists(st.floats(0.0, most), min_size=1, max_size=12))
        return dataclasses.replace(case, scenario=with_values(world, {f"arrivals.series.{name}": row}))
    month = datetime.date(2025, draw(st.integers(1, 12)), 1)
    return dataclasses.replace(case, scenario=dataclasses.replace(world, start_date=month))


@st.composite
def _with_another_number(draw: Draw, world: Scenario) -> Scenario:
    path = draw(st.sampled_from(CHANGEABLE))
    value = draw(WILD[path])
    if by_path()[path].per_company or path not in OWN:
        return with_values(world, {path: value})
    return with_values(world, {place_of(path, draw(st.sampled_from(world.segments))): value})
