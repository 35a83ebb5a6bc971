"""Health, true and observed; bands, quadrants, surveys."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.events import AMBER, GREEN, RED
from cxsim.parameters.health import (
    AMBER_FROM,
    GREEN_FROM,
    HIGH_EXPERIENCE,
    HIGH_OUTCOME,
    MATURITY,
    MATURITY_SHIFT,
    ONBOARDING_SHIFT,
    RENEWAL_SHIFT,
    SEEN_DELAY,
    SEEN_NOISE,
    SEEN_PRIOR,
    SEEN_SPEED,
    SURVEY_ANSWER,
    SURVEY_BIAS,
    SURVEY_CADENCE,
    SURVEY_NOISE,
    VISIBLE_BILLING,
    VISIBLE_ONBOARDING,
    VISIBLE_PRODUCT,
    VISIBLE_SALES,
    VISIBLE_SUCCESS,
    VISIBLE_SUPPORT,
)
from cxsim.rules.law import Row, law, within

ONBOARDING, RENEWAL = events.ONBOARDING, events.RENEWAL
SALES_OWNER, ONBOARDING_OWNER, SUCCESS_OWNER = events.SALES, events.ONBOARDING_OWNER, events.SUCCESS
SUPPORT_OWNER, PRODUCT_OWNER = events.SUPPORT, events.PRODUCT


@law
def experience_weight(p: Row, stage: int) -> float:
    """Weight of experience in health [0-2]; outcome's is 2 minus it, both 1 at maturity ½.

    w_X = 1 + 2·p[MATURITY_SHIFT]·(p[MATURITY] − ½) + the stage's shift: experience differentiates as company and
    market mature; the size is each world's assumption.
    """
    w = 1.0 + 2.0 * p[MATURITY_SHIFT] * (p[MATURITY] - 0.5)
    if stage == ONBOARDING:
        w = w + p[ONBOARDING_SHIFT]
    elif stage == RENEWAL:
        w = w + p[RENEWAL_SHIFT]
    return within(w, 0.0, 2.0)


@law
def health(p: Row, client_outcome: float, experience: float, stage: int) -> float:
    """Health H = w_O·O + w_X·X [0-20], weights summing to 2. Customer success = client outcomes + experience."""
    w = experience_weight(p, stage)
    return (2.0 - w) * client_outcome + w * experience


@law
def band(p: Row, score: float) -> int:
    """Band of a health score (code of `events.BANDS`): red below p[AMBER_FROM], green from p[GREEN_FROM], unrounded."""
    if score >= p[GREEN_FROM]:
        return GREEN
    if score >= p[AMBER_FROM]:
        return AMBER
    return RED


@law
def quadrant(p: Row, client_outcome: float, experience: float) -> int:
    """Quadrant of the 2×2 (code of `events.QUADRANTS`): 2·(experience high) + (outcome high)."""
    return (2 if experience >= p[HIGH_EXPERIENCE] else 0) + (1 if client_outcome >= p[HIGH_OUTCOME] else 0)


@law
def visibility(p: Row, owner: int) -> float:
    """Share of an owner's moments that the company sees as experience; digital contacts count as support's."""
    if owner == PRODUCT_OWNER:
        return p[VISIBLE_PRODUCT]
    if owner == SUCCESS_OWNER:
        return p[VISIBLE_SUCCESS]
    if owner == ONBOARDING_OWNER:
        return p[VISIBLE_ONBOARDING]
    if owner == SALES_OWNER:
        return p[VISIBLE_SALES]
    if owner == SUPPORT_OWNER or owner > 5:
        return p[VISIBLE_SUPPORT]
    return p[VISIBLE_BILLING]


@law
def seen_at_first(p: Row) -> float:
    """Observed experience before anything was seen [0-10]."""
    return p[SEEN_PRIOR]


@law
def seen_after(p: Row, seen: float, score: float) -> float:
    """Observed experience after a sighting (a visible moment, an answered survey) [0-10]."""
    return seen + p[SEEN_SPEED] * (score - seen)


@law
def seen_usage_after_month(p: Row, seen: float, usage: float) -> float:
    """Usage as reports show it [share]: part of it is last month's picture."""
    return p[SEEN_DELAY] * seen + (1.0 - p[SEEN_DELAY]) * usage


@law
def observed_health(p: Row, seen_usage: float, seen: float, stage: int, z: float) -> float:
    """Health as the company sees it [0-20].

    Usage stands for the outcome (fit and promise are not seen), sightings for experience, and the score is noisy.
    """
    return within(health(p, 10.0 * seen_usage, seen, stage) + p[SEEN_NOISE] * z, 0.0, 20.0)


@law
def survey_due(p: Row, month: int) -> bool:
    """Is a survey sent at this review (month of the stay, from 1)?"""
    return month % int(p[SURVEY_CADENCE]) == 0


@law
def survey_is_answered(p: Row, experience: float, u: float) -> bool:
    """Is it answered? Logistic in experience: the unhappy stay silent (assumption of form)."""
    a = p[SURVEY_ANSWER]
    if a <= 0.0 or a >= 1.0:
        return u < a
    odds = a / (1.0 - a) * math.exp(p[SURVEY_BIAS] * (experience - 5.0) / 5.0)
    return u < odds / (1.0 + odds)


@law
def survey_answer(p: Row, experience: float, z: float) -> float:
    """The answer [0-10]: experience and noise."""
    return within(experience + p[SURVEY_NOISE] * z, 0.0, 10.0)
