"""A scenario made into numbers: parameter rows by month and segment, edits, programmes, charges, staff.

Everything here is settled before a clock starts; engines read it and never look inside a row.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxsim import events, streams
from cxsim.interventions import EVERYONE, SCORES, Intervention
from cxsim.parameters import declared
from cxsim.parameters.segments import ARRIVALS_GROWTH, REFERRAL_CEILING_SHARE
from cxsim.parameters.teams import (
    ATTRITION,
    ONBOARDING_HEADCOUNT,
    SUCCESS_HEADCOUNT,
    SUPPORT_HEADCOUNT,
    TEAM_GROWTH,
    VACANCY,
)
from cxsim.rules.arrival import arrival_rate, grown
from cxsim.rules.chance import exponential
from cxsim.rules.edits import edited, strength
from cxsim.rules.law import cents

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

HEADCOUNTS = (
    (events.ONBOARDING_TEAM, ONBOARDING_HEADCOUNT),
    (events.SUCCESS_TEAM, SUCCESS_HEADCOUNT),
    (events.SUPPORT_TEAM, SUPPORT_HEADCOUNT),
)
CUSTOM_SCORE = SCORES.index("custom")


@dataclass(frozen=True, slots=True)
class Programme:
    """What a clock needs of an intervention that treats account by account.

    Attributes
    ----------
    number : int
        Place among the scenario's interventions.
    address : int
        Index of its coverage draws: from its name, so that it does not depend on what else is in the scenario.
    begins, ends : float
        Months between which it treats.
    trigger : int
        `SIGN_UP` or `REVIEW`.
    outreach : bool
        Does it send a CSM each time?
    segments, stages, bands : int
        Bit masks of those it reaches.
    score : int
        Place in `interventions.SCORES`, or -1.
    low, high : float
        Scores that it treats.
    coverage : float
        Share of accounts it reaches.
    priority : int
        Of its conversations, smaller first.
    cost : int
        Cents per account treated.
    """

    number: int
    address: int
    begins: float
    ends: float
    trigger: int
    outreach: bool
    segments: int
    stages: int
    bands: int
    score: int
    low: float
    high: float
    coverage: float
    priority: int
    cost: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario's numbers.

    Attributes
    ----------
    segments : tuple of str
    history, horizon : int
        Months before and after month 0.
    rows : tuple of tuple of list of float
        rows[month + history][segment][parameter].
    arrivals : tuple of tuple of float
        arrivals[segment][month + history]: ordinary candidates [1/month], seasonal or a given series.
    ceilings : tuple of (float, float)
        Referral and ordinary candidates of the whole company in each month [1/month].
    edits : tuple of tuple of float
        Account-level edits (parameter, operation, size, ramp, stop, decay, programme).
    programmes : tuple of Programme
    n_interventions : int
    charges : tuple of (time, intervention, cents)
        Programme costs that do not depend on who is treated.
    """

    segments: tuple[str, ...]
    history: int
    horizon: int
    rows: tuple[tuple[list[float], ...], ...]
    arrivals: tuple[tuple[float, ...], ...]
    ceilings: tuple[tuple[float, float], ...]
    edits: tuple[tuple[float, ...], ...]
    programmes: tuple[Programme, ...]
    n_interventions: int
    charges: tuple[tuple[float, int, int], ...]

    def month_rows(self, month: int) -> tuple[list[float], ...]:
        """The rows of a month, by segment."""
        return self.rows[month + self.history]

    def month_ceilings(self, month: int) -> tuple[float, float]:
        """Referral and ordinary candidates of the whole company in a month [1/month]."""
        return self.ceilings[month + self.history]


def make_plan(scenario: Scenario, horizon: int | None = None) -> Plan:
    """Make a scenario into numbers.

    Parameters
    ----------
    scenario : Scenario
    horizon : int, optional
        Months from month 0; the scenario's own unless given.
    """
    months = scenario.horizon_months if horizon is None else horizon
    history = int(scenario.value("arrivals.history_months"))
    base = tuple([scenario.value(p.path, segment) for p in declared()] for segment in scenario.segments)
    everyone = [i for i in scenario.interventions if i.trigger == EVERYONE]
    later = tuple(tuple(_row(scenario, base, everyone, s, m) for s in range(len(base))) for m in range(months))
    rows = (base,) * history + later
    arrivals = tuple(_arrivals(scenario, rows, segment, history) for segment in range(len(base)))
    numbered = list(enumerate(scenario.interventions))
    treating = [(n, i) for n, i in numbered if i.trigger != EVERYONE]
    return Plan(
        segments=scenario.segments,
        history=history,
        horizon=months,
        rows=rows,
        arrivals=arrivals,
        ceilings=tuple(_ceilings(arrivals, month, k) for k, month in enumerate(rows)),
        edits=tuple(
            (e.parameter, e.operation, e.size, e.ramp, e.stop, e.decay, n) for n, i in treating for e in i.edits
        ),
        programmes=tuple(_programme(scenario, n, i) for n, i in treating),
        n_interventions=len(numbered),
        charges=tuple(sorted(c for n, i in numbered for c in _charges(n, i, months))),
    )


def _row(
    scenario: Scenario, base: tuple[list[float], ...], everyone: list[Intervention], segment: int, month: int
) -> list[float]:
    """A segment's row in a month: the world's numbers after the edits that are in force for everyone."""
    row = base[segment]
    for intervention in everyone:
        if intervention.segments and scenario.segments[segment] not in intervention.segments:
            continue
        for edit in intervention.edits:
            stop = min(edit.stop, intervention.stop - intervention.start)
            share = strength(month - intervention.start, edit.ramp, stop, edit.decay)
            if share > 0.0:
                row = list(row) if row is base[segment] else row
                row[edit.parameter] = edited(row[edit.parameter], edit.parameter, edit.operation, edit.size, share)
    return row


def _arrivals(
    scenario: Scenario, rows: tuple[tuple[list[float], ...], ...], segment: int, history: int
) -> tuple[float, ...]:
    """Ordinary candidates of a segment in each month [1/month].

    A given series from month 0 stands in for the law; what interventions do to the law they do to the series.
    """
    start = scenario.start_date.month - 1 - history
    given = scenario.series.get(scenario.segments[segment], ())
    rates = _rates([month[segment] for month in rows], start)
    plain = _rates([rows[0][segment]] * len(rows), start)
    return tuple(
        given[k - history] * (rate / usual if usual > 0.0 else 1.0) if 0 <= k - history < len(given) else rate
        for k, (rate, usual) in enumerate(zip(rates, plain, strict=True))
    )


def _rates(rows: list[list[float]], start: int) -> list[float]:
    """Arrivals by the law in each month, `start` the calendar month of the first."""
    rates, growth = [], 1.0
    for k, row in enumerate(rows):
        rates.append(arrival_rate(row, (start + k) % 12, growth))
        growth = grown(growth, row[ARRIVALS_GROWTH])
    return rates


def _ceilings(arrivals: tuple[tuple[float, ...], ...], month: tuple[list[float], ...], k: int) -> tuple[float, float]:
    """Referral and ordinary candidates of all segments in a month."""
    ordinary = [rates[k] for rates in arrivals]
    referred = [rate * row[REFERRAL_CEILING_SHARE] for rate, row in zip(ordinary, month, strict=True)]
    return sum(referred), sum(ordinary)


def _mask(chosen: tuple[str, ...], words: tuple[str, ...]) -> int:
    return sum(1 << k for k, word in enumerate(words) if not chosen or word in chosen)


def _programme(scenario: Scenario, number: int, intervention: Intervention) -> Programme:
    return Programme(
        number=number,
        address=zlib.crc32(intervention.name.encode()) & 0x7FFFFFFF,
        begins=intervention.start,
        ends=intervention.stop,
        trigger=intervention.trigger,
        outreach=intervention.outreach,
        segments=_mask(intervention.segments, scenario.segments),
        stages=_mask(intervention.stages, events.STAGES),
        bands=_mask(intervention.bands, events.BANDS),
        score=SCORES.index(intervention.score) if intervention.score else -1,
        low=intervention.score_low,
        high=intervention.score_high,
        coverage=intervention.coverage,
        priority=intervention.priority,
        cost=cents(100.0 * intervention.cost_per_account),
    )


def _charges(number: int, intervention: Intervention, horizon: int) -> list[tuple[float, int, int]]:
    """What an intervention costs whomever it treats: once at its start, then every month that it runs."""
    charges = []
    if intervention.cost_once and intervention.start < horizon:
        charges.append((float(intervention.start), number, cents(100.0 * intervention.cost_once)))
    if intervention.cost_per_month:
        month = float(intervention.start)
        while month < min(float(horizon), intervention.stop):
            charges.append((month, number, cents(100.0 * intervention.cost_per_month)))
            month += 1.0
    return charges


def staff(plan: Plan, luck: streams.Luck) -> list[tuple[float, int, int]]:
    """How many people each team has, from the start of the history on.

    Each post is filled, falls vacant after an exponential time and is filled again p[VACANCY] months later, all by
    the post's own draws: a new post does not disturb the others.

    Returns
    -------
    list of (time [months], team, people), in order of time and team.
    """
    changes: list[tuple[float, int, int]] = []
    for team, parameter in HEADCOUNTS:
        posts = _posts(plan, parameter)
        deltas: dict[float, int] = {}
        for post in range(max(posts)):
            n = 0
            for opens, closes in _spells(posts, post, plan.history):
                n = _fill(plan, luck, team, post << 12, n, opens, closes, deltas)
        people = 0
        deltas.setdefault(-float(plan.history), 0)
        for time in sorted(deltas):
            people += deltas[time]
            changes.append((time, team, people))
    return sorted(changes)


def _posts(plan: Plan, parameter: int) -> list[int]:
    """Posts of a team in each month: as declared, growing with the company from month 0."""
    posts, growth = [], 1.0
    for k, month in enumerate(plan.rows):
        posts.append(math.floor(month[0][parameter] * growth + 1e-9))  # a whole number must not be lost to rounding
        if k >= plan.history:
            growth = grown(growth, month[0][TEAM_GROWTH])
    return posts


def _spells(posts: list[int], post: int, history: int) -> list[tuple[float, float]]:
    """Months from when to when a post exists."""
    spells, opened = [], None
    for k, n in enumerate([*posts, 0]):
        if n > post and opened is None:
            opened = k
        elif n <= post and opened is not None:
            spells.append((float(opened - history), float(k - history)))
            opened = None
    return spells


def _fill(
    plan: Plan, luck: streams.Luck, team: int, post: int, n: int, opens: float, closes: float, deltas: dict[float, int]
) -> int:
    """Enter the comings and goings of a post while it exists; `n` counts those who have held it. Returns n after."""
    time = opens
    while time < closes:
        deltas[time] = deltas.get(time, 0) + 1
        endurance = exponential(1.0, luck.u(-1 - team, streams.ATTRITION, post | n))
        ends = min(_resigns(plan, time, endurance), closes)
        deltas[ends] = deltas.get(ends, 0) - 1
        time, n = ends + _company_row(plan, ends)[VACANCY], n + 1
        if ends == closes:
            break
    return n


def _resigns(plan: Plan, time: float, endurance: float) -> float:
    """When somebody who begins at `time` leaves: when the accumulated rate of attrition reaches the endurance."""
    while time < plan.horizon:
        rate, month_ends = _company_row(plan, time)[ATTRITION], math.floor(time) + 1.0
        if rate * (month_ends - time) >= endurance:
            return time + endurance / rate
        endurance -= rate * (month_ends - time)
        time = month_ends
    return math.inf


def _company_row(plan: Plan, time: float) -> list[float]:
    """The row of the month that holds a time; company-wide numbers stand in every segment's."""
    return plan.rows[min(math.floor(time) + plan.history, len(plan.rows) - 1)][0]
