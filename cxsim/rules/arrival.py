"""Who comes, when, and what kind of account it is."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.parameters.segments import (
    ARRIVALS_PER_MONTH,
    FIT_LEAST,
    FIT_MEAN,
    FIT_MOST,
    FIT_SD,
    MRR_MEDIAN,
    MRR_SIGMA,
    PROMISE_MEAN,
    PROMISE_SD,
    SEASON_AMPLITUDE,
    SEASON_PEAK,
    TERM_1_SHARE,
    TERM_24_SHARE,
    TERM_36_SHARE,
    TOUCH_DIGITAL_SHARE,
    TOUCH_NAMED_SHARE,
)
from cxsim.rules.chance import lognormal
from cxsim.rules.law import Row, cents, law, within

DIGITAL_TOUCH, POOLED_TOUCH, NAMED_TOUCH = events.DIGITAL_TOUCH, events.POOLED_TOUCH, events.NAMED_TOUCH


@law
def grown(size: float, yearly: float) -> float:
    """A size a month later [its unit], growing by a yearly rate [1/year]: size·(1 + yearly)^(1/12)."""
    return size * math.pow(1.0 + yearly, 1.0 / 12.0)


@law
def arrival_rate(p: Row, calendar_month: int, growth: float) -> float:
    """Ordinary candidates of a segment in a month [1/month].

    growth·per_month·(1 + A·cos(2π·(c + ½ − peak)/12)), c the calendar month (0 January), growth accumulated month by
    month since the start of the history.
    """
    season = 1.0 + p[SEASON_AMPLITUDE] * math.cos(2.0 * math.pi * (calendar_month + 0.5 - p[SEASON_PEAK]) / 12.0)
    return growth * p[ARRIVALS_PER_MONTH] * season


@law
def correlated(correlation: float, z: float, own: float) -> float:
    """A standard normal with a correlation to z, from a draw of its own: ρ·z + √(1 − ρ²)·own."""
    return correlation * z + math.sqrt(1.0 - correlation * correlation) * own


@law
def first_mrr(p: Row, z: float) -> int:
    """MRR at sign-up [cents], at least one: lognormal."""
    return max(1, cents(100.0 * lognormal(p[MRR_MEDIAN], p[MRR_SIGMA], z)))


@law
def fit(p: Row, z: float) -> float:
    """How well the product suits the account [value per unit of usage]: normal, kept in p[FIT_LEAST] to p[FIT_MOST]."""
    return within(p[FIT_MEAN] + p[FIT_SD] * z, p[FIT_LEAST], p[FIT_MOST])


@law
def promise(p: Row, z: float) -> float:
    """What sales promised [value at full usage and fit 1]: normal, kept within the bounds of fit."""
    return within(p[PROMISE_MEAN] + p[PROMISE_SD] * z, p[FIT_LEAST], p[FIT_MOST])


@law
def term(p: Row, u: float) -> int:
    """Contract term [months]: 1, 36, 24 or 12."""
    if u < p[TERM_1_SHARE]:
        return 1
    if u < p[TERM_1_SHARE] + p[TERM_36_SHARE]:
        return 36
    return 24 if u < p[TERM_1_SHARE] + p[TERM_36_SHARE] + p[TERM_24_SHARE] else 12


@law
def touch(p: Row, u: float) -> int:
    """Touch model (code of `events.TOUCHES`): named, digital or pooled."""
    if u < p[TOUCH_NAMED_SHARE]:
        return NAMED_TOUCH
    return DIGITAL_TOUCH if u < p[TOUCH_NAMED_SHARE] + p[TOUCH_DIGITAL_SHARE] else POOLED_TOUCH
