"""Every declared parameter within its range: a world's numbers and its segments', and a base small enough to run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from cxsim.parameters import Parameter, by_path, declared
from cxsim.scenario.fields import place_of

Draw = Any  # what `st.composite` hands out
Numbers = dict[str, float]

PATHS: Final = tuple(parameter.path for parameter in declared())
SEGMENTS: Final = ("small", "mid", "large")
MOST_ACCOUNTS: Final = 60
MOST_TICKETS: Final = 12_000  # candidates of a run
MOST_GROWTH: Final = 6.0  # natural logarithm of what MRR may grow to, so that cents stay exact

# where most draws fall, so that within some sixty short lives everything happens; any other value of the range
# is drawn as well
LIVELY: Final[Mapping[str, tuple[float, float]]] = {
    **{f"churn.{cause}_base": (0.0, 0.03) for cause in (
        "onboarding", "relationship", "service", "value", "competition", "price", "involuntary",
    )},
    "churn.onboarding_fade": (0.5, 20.0), "contract.price_step": (-0.1, 0.4), "contract.notice": (0.0, 6.0),
    "arrivals.annual_growth": (-0.3, 0.5), "teams.annual_growth": (-0.3, 0.5),
    "teams.attrition": (0.0, 0.4), "teams.vacancy": (0.0, 4.0), "teams.hours_per_month": (20.0, 300.0),
    "teams.onboarding_headcount": (0.0, 4.0), "teams.success_headcount": (0.0, 4.0),
    "teams.support_headcount": (0.0, 4.0), "adoption.ticket_ceiling": (0.5, 8.0), "adoption.ticket_rate": (0.0, 4.0),
    "adoption.ticket_patience": (0.0, 1.0), "adoption.outage_rate": (0.0, 1.0), "adoption.outage_ceiling": (1.0, 6.0),
    "adoption.cadence_named": (1.0, 4.0), "adoption.cadence_pooled": (1.0, 6.0), "adoption.cadence_digital": (1.0, 6.0),
    "adoption.outreach_pause": (1.0, 4.0), "adoption.digital_skill": (0.0, 3.0), "health.survey_cadence": (1.0, 8.0),
    "onboarding.milestones": (1.0, 4.0), "onboarding.patience": (0.0, 6.0),
    "onboarding.projects_per_specialist": (1.0, 4.0), "onboarding.milestone_duration": (0.0, 2.0),
    "outcome.champion_rate": (0.0, 0.2), "arrivals.referral_rate": (0.0, 0.3), "arrivals.warning_rate": (0.0, 0.3),
    "arrivals.referral_ceiling_share": (0.0, 1.5), "growth.win_back_delay": (0.0, 4.0),
    "growth.purchase_happy": (0.0, 1.0),
    "growth.expansion_size": (0.0, 0.5), "segments.mrr_median": (10.0, 10_000.0), "segments.priority": (0.0, 2.0),
}  # fmt: skip
# beyond these a run takes long and nothing new happens
NOT_ABOVE: Final[Mapping[str, float]] = {
    "arrivals.history_months": 24.0, "arrivals.per_month": 1.0,  # scaled afterwards
    "teams.onboarding_headcount": 50.0, "teams.success_headcount": 50.0, "teams.support_headcount": 50.0,
}  # fmt: skip


def _lively(parameter: Parameter) -> tuple[float, float]:
    if parameter.path in LIVELY:
        return LIVELY[parameter.path]
    if parameter.high - parameter.low <= 1.0:
        return parameter.low, parameter.high
    about = 3.0 * max(parameter.spread, 0.3 * abs(parameter.default))
    return max(parameter.low, parameter.default - about), min(parameter.high, parameter.default + about)


def value_of(path: str, wild: bool) -> st.SearchStrategy[float]:
    """A value of a parameter where much happens, or the default; where wild, also an end of its range, or any value."""
    parameter = by_path()[path]
    low, high = parameter.low, min(parameter.high, NOT_ABOVE.get(path, math.inf))
    near = _lively(parameter)
    near = max(low, near[0]), min(high, near[1])
    default = min(parameter.default, high)
    if parameter.whole:
        inside = st.integers(math.ceil(near[0]), math.floor(near[1])).map(float)
        anywhere = st.integers(int(low), int(high)).map(float)
    else:
        inside, anywhere = (st.floats(*ends, allow_subnormal=False) for ends in (near, (low, high)))
    rounded = inside.map(lambda x: min(max(float(round(x)), low), high))
    calm = (st.just(default), inside, inside, inside, inside, rounded)
    return st.one_of(*calm, st.sampled_from([low, high]), anywhere) if wild else st.one_of(*calm)


# drawn for every world
ALWAYS: Final = {
    "arrivals.history_months": st.sampled_from([12.0, 0.0, 24.0, 6.0]),
    **{f"teams.{team}_headcount": st.sampled_from([2.0, 1.0, 0.0, 50.0]) for team in (
        "onboarding", "success", "support",
    )},
    "adoption.digital_share": st.sampled_from([0.5, 0.0, 1.0]),
    "adoption.ticket_patience": st.sampled_from([0.5, 0.05, 20.0]),
    "onboarding.patience": st.sampled_from([2.0, 0.1, 60.0]),
}  # fmt: skip
CALM: Final = {path: value_of(path, path not in LIVELY) for path in PATHS}
WILD: Final = {path: value_of(path, True) for path in PATHS}
OWN: Final = tuple(path for path in PATHS if not by_path()[path].per_company)


@st.composite
def worlds_numbers(draw: Draw, months: int) -> Numbers:
    """Numbers of a world with one to three segments, by their places in a scenario file; without arrivals."""
    chosen = PATHS if draw(st.booleans()) else draw(st.lists(st.sampled_from(PATHS), max_size=25, unique=True))
    world = {path: 0.5 * sum(_lively(by_path()[path])) for path in LIVELY if not by_path()[path].whole}
    values = draw(st.sampled_from([CALM, CALM, WILD]))
    world |= {path: draw(values[path]) for path in chosen}
    world |= {path: draw(st.one_of(choices, values[path])) for path, choices in ALWAYS.items()}
    if draw(st.booleans()):
        # that much can happen to few, whatever else was drawn
        world |= {"growth.win_back_share": 0.9, "growth.win_back_success": 0.7, "segments.term_1_share": 0.4}
    segments = SEGMENTS[: draw(st.integers(1, 3))]
    numbers: Numbers = {}
    rows = []
    for name in segments:
        own = {path: draw(values[path]) for path in draw(st.lists(st.sampled_from(OWN), max_size=8, unique=True))}
        own["segments.priority"] = float(draw(st.integers(0, 2)))
        least = st.just(0.0) if numbers else st.nothing()
        own["arrivals.per_month"] = draw(st.one_of(st.floats(0.1, 1.0), st.floats(0.1, 1.0), least))
        row = sound({**world, **own})
        rows.append(row)
        numbers |= {place_of(path, name): value for path, value in row.items() if path in OWN}
    numbers |= {path: value for path, value in sound(world).items() if path not in OWN}
    return numbers | _arrivals(draw, segments, rows, months)


def sound(numbers: Numbers) -> Numbers:
    """The same with what must hold between numbers: shares add up to 1 at most, the ceiling lies above the rate."""

    def number(path: str) -> float:
        return numbers.get(path, by_path()[path].default)

    kept = dict(numbers)
    for paths in (
        ("segments.term_1_share", "segments.term_24_share", "segments.term_36_share"),
        ("segments.touch_digital_share", "segments.touch_named_share"),
    ):
        total = sum(number(path) for path in paths)
        if total > 1.0:
            kept |= {path: number(path) / total for path in paths}
    most = number("adoption.ticket_ceiling") / (1.0 + number("adoption.ticket_early"))
    kept["adoption.ticket_rate"] = min(number("adoption.ticket_rate"), 0.999999 * most)
    amber, green = number("health.amber_from"), number("health.green_from")
    kept["health.amber_from"], kept["health.green_from"] = min(amber, green), max(amber, green)
    months = number("arrivals.history_months") + 36.0
    growth = math.log1p(min(number("growth.expansion_most"), 3.0 * number("growth.expansion_size")))
    for path in ("growth.expansion_happy", "growth.expansion_open", "growth.expansion_risk"):
        if growth > 0.0:
            kept[path] = min(number(path), MOST_GROWTH / (growth * months))
    posts = max(number(f"teams.{team}_headcount") for team in ("onboarding", "success", "support"))
    if posts > 20.0:
        kept["teams.annual_growth"] = min(number("teams.annual_growth"), 0.5)
    return kept


def _arrivals(draw: Draw, segments: tuple[str, ...], rows: list[Numbers], months: int) -> Numbers:
    """Arrivals scaled to as many candidates as are wanted, or affordable where tickets are many."""
    row = rows[0]

    def number(path: str) -> float:
        return row.get(path, by_path()[path].default)

    span = months + int(number("arrivals.history_months"))
    wanted = draw(st.sampled_from([20, 10, 30, 40, 50, MOST_ACCOUNTS, 1]))
    wanted = min(wanted, max(2.0, MOST_TICKETS / (0.5 * span * number("adoption.ticket_ceiling"))))
    monthly = math.pow(1.0 + number("arrivals.annual_growth"), 1.0 / 12.0)
    grown = sum(math.pow(monthly, k) for k in range(span)) * (1.0 + number("arrivals.referral_ceiling_share"))
    weights = [own["arrivals.per_month"] for own in rows]
    scale = wanted / (grown * (sum(weights) or 1.0))
    return {
        place_of("arrivals.per_month", name): weight * scale for name, weight in zip(segments, weights, strict=True)
    }
