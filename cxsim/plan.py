"""A scenario made into numbers: parameter rows by month and segment, edits, programmes, charges, staff.

Everything here is settled before a clock starts; engines read it and never look inside a row.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cxsim import events, streams
from cxsim.compiling import machine
from cxsim.interventions import EVERYONE, SCORES, Intervention
from cxsim.packing import packed
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
from cxsim.streams import Fork, Luck, uniform

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

HEADCOUNTS = (
    (events.ONBOARDING_TEAM, ONBOARDING_HEADCOUNT),
    (events.SUCCESS_TEAM, SUCCESS_HEADCOUNT),
    (events.SUPPORT_TEAM, SUPPORT_HEADCOUNT),
)
CUSTOM_SCORE = SCORES.index("custom")

Parameters = NDArray[np.float64]  # parameters[month + history, segment, parameter]


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
    capacity : float
        Most accounts that it serves in a month, inf for no cap.
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
    capacity: float
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
    edits : tuple of float
        Edits account by account, as `packing.packed` puts them.
    programmes : tuple of Programme
    n_interventions : int
    charges : tuple of (time, intervention, cents)
        Programme costs that do not depend on who is treated.
    parameters : array (months, segments, parameters)
        `rows`, for compiled code. Shared by all runs: not to be written to.
    rates : array (lanes, months)
        Candidates [1/month] of each lane of the roster, 2·segment for ordinary and 2·segment + 1 for referred ones.
    """

    segments: tuple[str, ...]
    history: int
    horizon: int
    rows: tuple[tuple[list[float], ...], ...]
    arrivals: tuple[tuple[float, ...], ...]
    ceilings: tuple[tuple[float, float], ...]
    edits: tuple[float, ...]
    programmes: tuple[Programme, ...]
    n_interventions: int
    charges: tuple[tuple[float, int, int], ...]
    parameters: Parameters = field(compare=False, repr=False)
    rates: NDArray[np.float64] = field(compare=False, repr=False)

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
    parameters = _as_array(rows)
    numbered = list(enumerate(scenario.interventions))
    treating = [(n, i) for n, i in numbered if i.trigger != EVERYONE]
    return Plan(
        segments=scenario.segments,
        history=history,
        horizon=months,
        rows=rows,
        arrivals=arrivals,
        ceilings=tuple(_ceilings(arrivals, month, k) for k, month in enumerate(rows)),
        edits=packed(
            [(e.parameter, e.operation, e.size, e.ramp, e.stop, e.decay, n) for n, i in treating for e in i.edits]
        ),
        programmes=tuple(_programme(scenario, n, i) for n, i in treating),
        n_interventions=len(numbered),
        charges=tuple(sorted(c for n, i in numbered for c in _charges(n, i, months))),
        parameters=parameters,
        rates=_lanes(arrivals, parameters),
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


def _as_array(rows: tuple[tuple[list[float], ...], ...]) -> Parameters:
    """The rows as one array; most months stand as they did at first, and reading lists is slow."""
    base = rows[0]
    parameters = np.empty((len(rows), len(base), len(base[0])))
    parameters[:] = base
    for k, month in enumerate(rows):
        for segment, row in enumerate(month):
            if row is not base[segment]:
                parameters[k, segment] = row
    parameters.flags.writeable = False
    return parameters


def _lanes(arrivals: tuple[tuple[float, ...], ...], parameters: Parameters) -> NDArray[np.float64]:
    """Candidates of each lane in each month: a segment's ordinary ones, then the ceiling of its referred ones."""
    ordinary = np.array(arrivals)
    referred = ordinary * parameters[:, :, REFERRAL_CEILING_SHARE].T
    lanes = np.stack((ordinary, referred), axis=1).reshape(-1, len(parameters))
    lanes.flags.writeable = False
    return lanes


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
        capacity=float(intervention.capacity),
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


def staff(plan: Plan, luck: Luck, fork: Fork | None = None) -> list[tuple[float, int, int]]:
    """How many people each team has, from the start of the history on.

    Each post is filled, falls vacant after an exponential time and is filled again p[VACANCY] months later, all by
    the post's own draws: a new post does not disturb the others. At a fork whoever is there is given a new endurance
    from then on; who comes later has that of the branch.

    Returns
    -------
    list of (time [months], team, people), in order of time and team.
    """
    at, branch = (math.inf, 0) if fork is None else (float(fork.at), fork.branch)
    deal = (luck.seed, luck.replication, luck.branch, branch, at)
    changes: list[tuple[float, int, int]] = []
    for team, headcount in HEADCOUNTS:
        n, room = 1, 0
        while n > room:
            room = max(n, 512)
            times, deltas = np.empty(room), np.empty(room, dtype=np.int64)
            n = machine(_come_and_go, True)(plan.parameters, plan.history, team, headcount, *deal, times, deltas)
        order = np.argsort(times[:n], kind="stable")
        times, people = times[order], np.cumsum(deltas[order])
        last = np.append(times[1:] != times[:-1], True)
        changes += [(time, team, k) for time, k in zip(times[last].tolist(), people[last].tolist(), strict=True)]
    return sorted(changes)


def _come_and_go(
    parameters: Parameters,
    history: int,
    team: int,
    headcount: int,
    seed: int,
    replication: int,
    trunk: int,
    branch: int,
    fork_at: float,
    times: NDArray[np.float64],
    deltas: NDArray[np.int64],
) -> int:
    """Enter when people come to a team and leave it, as far as there is room; how many such changes there are.

    Compiled. The first entry changes nothing: every team has a number of people from the start on.
    """
    months = len(parameters)
    posts, growth = np.zeros(months + 1, dtype=np.int64), 1.0  # and none after the last month
    for k in range(months):
        # a whole number must not be lost to rounding
        posts[k] = math.floor(parameters[k, 0, headcount] * growth + 1e-9)
        if k >= history:
            growth = grown(growth, parameters[k, 0, TEAM_GROWTH])
    whose, n = -1 - team, 1
    times[0], deltas[0] = -float(history), 0
    for post in range(posts.max()):
        held, opened = 0, -1
        for k in range(months + 1):
            if posts[k] > post and opened < 0:
                opened = k
            if posts[k] > post or opened < 0:
                continue
            time, closes, opened = float(opened - history), float(k - history), -1
            while time < closes:
                holder = post << 12 | held
                endurance = exponential(1.0, uniform(seed, replication, trunk, whose, streams.ATTRITION, holder))
                ends = min(_resigns(parameters, history, time, endurance), closes)
                if ends >= fork_at:
                    endurance = exponential(1.0, uniform(seed, replication, branch, whose, streams.ATTRITION, holder))
                    ends = min(_resigns(parameters, history, max(time, fork_at), endurance), closes)
                if n + 2 <= len(times):
                    times[n], deltas[n] = time, 1
                    times[n + 1], deltas[n + 1] = ends, -1
                n += 2
                held += 1
                if ends == closes:
                    break
                time = ends + parameters[_month(parameters, history, ends), 0, VACANCY]
    return n


def _resigns(parameters: Parameters, history: int, time: float, endurance: float) -> float:
    """When somebody who begins at `time` leaves: when the accumulated rate of attrition reaches the endurance."""
    while time < len(parameters) - history:
        rate: float = parameters[_month(parameters, history, time), 0, ATTRITION]
        month_ends = math.floor(time) + 1.0
        if rate * (month_ends - time) >= endurance:
            return time + endurance / rate
        endurance -= rate * (month_ends - time)
        time = month_ends
    return math.inf


def _month(parameters: Parameters, history: int, time: float) -> int:
    """Place of the month that holds a time; company-wide numbers stand in every segment's row."""
    return min(math.floor(time) + history, len(parameters) - 1)
