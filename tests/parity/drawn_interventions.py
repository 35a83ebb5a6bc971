"""Levers of the catalogue with any settings, and interventions of every trigger, operation and choice of accounts."""

from __future__ import annotations

import math
from typing import Any, Final

from hypothesis import strategies as st

from cxsim import catalogue
from cxsim.events import BANDS
from cxsim.interventions import (
    ADD,
    EVERYONE,
    MULTIPLY,
    REVIEW,
    SCORES,
    SET,
    SIGN_UP,
    TREATABLE_STAGES,
    Edit,
    Intervention,
    faults,
)
from cxsim.levers import Setting, load_lever
from cxsim.levers.settings import intervene
from cxsim.parameters import Parameter, by_path, declared

Draw = Any
INF: Final = math.inf

NAMES: Final = ("a", "b", "c")  # few, so that some share their coverage draws
# an edit of these makes a run long before it makes it different
SIZES: Final[dict[str, tuple[float, float]]] = {
    "arrivals.per_month": (0.0, 1.5), "arrivals.annual_growth": (-0.5, 0.5),
    "arrivals.referral_ceiling_share": (0.0, 2.0), "adoption.ticket_ceiling": (0.01, 10.0),
    "teams.onboarding_headcount": (0.0, 12.0), "teams.success_headcount": (0.0, 12.0),
    "teams.support_headcount": (0.0, 12.0), "teams.annual_growth": (-0.5, 0.5),
    "growth.expansion_size": (0.0, 0.3), "growth.expansion_happy": (0.0, 0.2), "growth.expansion_open": (0.0, 0.2),
    "growth.expansion_risk": (0.0, 0.2), "growth.expansion_most": (0.1, 1.0), "contract.price_step": (-0.5, 0.5),
}  # fmt: skip


def movable(trigger: int) -> tuple[Parameter, ...]:
    """What an intervention with this trigger can move."""
    return tuple(p for p in declared() if not faults(_moving(p, trigger), ("only",)))


def _moving(parameter: Parameter, trigger: int) -> Intervention:
    return Intervention("x", trigger=trigger, edits=(Edit(parameter.index, SET, parameter.default),))


MOVABLE: Final = {trigger: movable(trigger) for trigger in (EVERYONE, SIGN_UP, REVIEW)}
WHOLE_OR_NOT: Final = st.one_of(st.integers(0, 36).map(float), st.floats(0.0, 40.0))
CAPACITIES: Final = st.one_of(st.just(INF), st.integers(1, 4).map(float), st.sampled_from([1.0, 12.0, 1e9]))
AMOUNTS: Final = st.one_of(st.just(0.0), st.floats(0.0, 5_000.0), st.sampled_from([0.004, 0.005, 1e12]))
RANGES: Final[dict[str, tuple[float, float]]] = {
    "observed_health": (-5.0, 25.0), "observed_trend": (-10.0, 10.0), "usage": (0.0, 1.0),
    "months_to_renewal": (1.0, 36.0), "months_since_contact": (0.0, 12.0), "open_tickets": (0.0, 4.0),
    "custom": (-2.0, 2.0),
}  # fmt: skip


@st.composite
def edits(draw: Draw, parameters: tuple[Parameter, ...]) -> Edit:
    """One number moved, at any strength, at once or slowly, for good or for a while."""
    parameter = draw(st.sampled_from(parameters))
    operation = draw(st.sampled_from([SET, ADD, MULTIPLY]))
    low, high = SIZES.get(parameter.path, (parameter.low, parameter.high))
    if operation == SET:
        default = min(max(parameter.default, low), high)
        size = draw(st.one_of(st.floats(low, high), st.sampled_from([low, high, default])))
    elif operation == ADD:
        most = min(high - low, parameter.high - parameter.low)
        some = min(most, abs(parameter.default) or most)
        size = draw(st.one_of(st.floats(-some, some), st.floats(-most, most), st.just(0.0)))
    else:
        most = 3.0 if parameter.path in SIZES else 1e6
        size = draw(st.one_of(st.floats(0.0, 3.0), st.sampled_from([0.0, 1.0, most])))
    if parameter.whole and operation != MULTIPLY:
        size = float(round(size))
    ramp = draw(st.one_of(st.just(0.0), st.integers(1, 6).map(float), st.floats(0.0, 12.0)))
    stop = draw(st.one_of(st.just(INF), st.integers(1, 24).map(float), st.floats(0.01, 24.0)))
    decay = draw(st.one_of(st.just(0.0), st.floats(0.01, 24.0)))
    return Edit(parameter.index, operation, size, ramp, stop, decay)


@st.composite
def made_by_hand(draw: Draw, segments: tuple[str, ...], custom: bool, names: tuple[str, ...] = NAMES) -> Intervention:
    """An intervention of any kind; those that pick by the score of a policy only where there is one."""
    trigger = draw(st.sampled_from([EVERYONE, SIGN_UP, REVIEW, REVIEW]))
    chosen = draw(_some(segments))
    parameters = tuple(p for p in MOVABLE[trigger] if not (chosen and p.per_company))
    outreach = trigger == REVIEW and draw(st.booleans())
    start = draw(WHOLE_OR_NOT)
    length = draw(st.one_of(st.just(INF), st.integers(1, 24).map(float), st.floats(0.1, 24.0)))
    score, bounds = "", (-INF, INF)
    if trigger == REVIEW and draw(st.booleans()):
        score = draw(st.sampled_from(SCORES if custom else SCORES[:-1]))
        bounds = draw(_bounds(*RANGES[score]))
    return Intervention(
        draw(st.sampled_from(names)),
        start=start,
        stop=start + length,
        trigger=trigger,
        outreach=outreach,
        segments=chosen,
        stages=draw(_some(TREATABLE_STAGES)) if trigger == REVIEW else (),
        bands=draw(_some(BANDS)) if trigger == REVIEW else (),
        score=score,
        score_low=bounds[0],
        score_high=bounds[1],
        coverage=1.0 if trigger == EVERYONE else draw(st.one_of(st.just(1.0), st.floats(0.0, 1.0))),
        capacity=INF if trigger == EVERYONE else draw(CAPACITIES),
        priority=draw(st.one_of(st.just(1), st.integers(0, 12), st.sampled_from([0, 10, 1000]))),
        cost_once=draw(AMOUNTS),
        cost_per_month=draw(AMOUNTS),
        cost_per_account=0.0 if trigger == EVERYONE else draw(AMOUNTS),
        edits=tuple(draw(st.lists(edits(parameters), min_size=0 if outreach else 1, max_size=5))),
        is_shock=draw(st.booleans()),
    )


def _some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """None of them, which means all, or a few."""
    return st.one_of(st.just(()), st.lists(st.sampled_from(words), unique=True, max_size=len(words)).map(tuple))


@st.composite
def _bounds(draw: Draw, low: float, high: float) -> tuple[float, float]:
    edges = st.one_of(st.floats(low, high), st.floats(low, high).map(lambda x: float(round(x))))
    first, second = sorted((draw(edges), draw(edges)))
    chosen: tuple[float, float] = draw(st.sampled_from([(first, second), (-INF, second), (first, INF), (-INF, INF)]))
    return chosen


@st.composite
def of_the_catalogue(draw: Draw, segments: tuple[str, ...], custom: bool) -> Intervention:
    """A lever or shock of the catalogue with any settings it allows."""
    lever = load_lever(draw(st.sampled_from([*catalogue.levers(), *catalogue.shocks()])))
    shared = any(by_path()[edit["parameter"]].per_company for edit in lever.definition.get("edits", ()))
    fixed = ("stop", "segments") if shared else ("stop",)
    settings: dict[str, Any] = {}
    words = {setting.key for setting in lever.settings}
    for setting in lever.settings:
        if setting.key not in fixed and draw(st.booleans()):
            settings[setting.key] = draw(_choice(setting, segments, custom))
    if draw(st.booleans()):
        settings["stop"] = settings.get("start", 0.0) + draw(st.sampled_from([0.5, 1.0, 6.0, 12.0]))
    if "score" in settings and not settings["score"]:
        settings.pop("above", None), settings.pop("below", None)
    if "score" in words and "score" not in settings and {"above", "below"} & set(settings):
        settings["score"] = "observed_health"
    if settings.get("above", -INF) > settings.get("below", INF):
        settings["above"], settings["below"] = settings["below"], settings["above"]
    return intervene(lever, settings, segments)


def _choice(setting: Setting, segments: tuple[str, ...], custom: bool) -> st.SearchStrategy[Any]:
    words = {"segments": segments, "bands": BANDS, "stages": TREATABLE_STAGES}
    if setting.key in words:
        return _some(words[setting.key]).map(list)
    if setting.key == "score":
        return st.sampled_from(["", *(SCORES if custom else SCORES[:-1])])
    if setting.key == "start":
        return WHOLE_OR_NOT
    assert isinstance(setting.default, float), f"no strategy for the setting {setting.key}"
    low, high = max(setting.low, -20.0), min(setting.high, 100.0)
    if setting.whole:
        return st.integers(max(-8, math.ceil(low)), min(8, math.floor(high))).map(float)
    near = 2.0 * (abs(setting.default) if math.isfinite(setting.default) else 10.0) + 1.0
    return st.one_of(st.floats(max(low, -near), min(high, near)), st.floats(low, high), st.sampled_from([low, high]))


def interventions(
    segments: tuple[str, ...], custom: bool = False, names: tuple[str, ...] = NAMES
) -> st.SearchStrategy[list[Intervention]]:
    """Up to four together."""
    return st.lists(st.one_of(made_by_hand(segments, custom, names), of_the_catalogue(segments, custom)), max_size=4)
