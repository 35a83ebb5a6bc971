"""Expansion, contraction, one-off purchases, word of mouth, coming back."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.parameters.growth import (
    CONTRACTION_MOST,
    CONTRACTION_RATE,
    CONTRACTION_SIZE,
    EXPANSION_HAPPY,
    EXPANSION_MOST,
    EXPANSION_OPEN,
    EXPANSION_RISK,
    EXPANSION_SIZE,
    PURCHASE_ELSE,
    PURCHASE_HAPPY,
    PURCHASE_SIZE,
    WIN_BACK_DELAY,
    WIN_BACK_SHARE,
    WIN_BACK_SUCCESS,
)
from cxsim.parameters.segments import REFERRAL_RATE, WARNING_RATE, WORD_OF_MOUTH
from cxsim.rules.chance import exponential
from cxsim.rules.edits import moved
from cxsim.rules.law import Edits, Row, cents, law

HAPPY, TRAPPED, ACCESSIBLE = events.HAPPY, events.TRAPPED, events.ACCESSIBLE


@law
def expansion_chance(p: Row, quadrant: int) -> float:
    """Chance of an expansion in a month, by quadrant. A trapped account never expands."""
    if quadrant == TRAPPED:
        return 0.0
    if quadrant == HAPPY:
        return p[EXPANSION_HAPPY]
    if quadrant == ACCESSIBLE:
        return p[EXPANSION_OPEN]
    return p[EXPANSION_RISK]


@law
def expanded_mrr(p: Row, mrr: int, u: float) -> int:
    """MRR after an expansion [cents]: an exponential share more, of mean p[EXPANSION_SIZE], at least a cent."""
    return mrr + max(1, cents(mrr * min(p[EXPANSION_MOST], exponential(p[EXPANSION_SIZE], u))))


@law
def contraction_chance(p: Row, health: float) -> float:
    """Chance of a contraction in a month: p[CONTRACTION_RATE]·(1 − H/20)."""
    return p[CONTRACTION_RATE] * (1.0 - health / 20.0)


@law
def contracted_mrr(p: Row, mrr: int, u: float) -> int:
    """MRR after a contraction [cents], at least 1: an exponential share less, of mean p[CONTRACTION_SIZE]."""
    return max(1, mrr - cents(mrr * min(p[CONTRACTION_MOST], exponential(p[CONTRACTION_SIZE], u))))


@law
def purchase_chance(p: Row, quadrant: int) -> float:
    """Chance of a one-off purchase in a month, by quadrant."""
    return 1.0 - math.exp(-(p[PURCHASE_HAPPY] if quadrant == HAPPY else p[PURCHASE_ELSE]))


@law
def purchase(p: Row, mrr: int, u: float) -> int:
    """Price of a one-off purchase [cents]: exponential with mean p[PURCHASE_SIZE] months of MRR."""
    return cents(exponential(mrr * p[PURCHASE_SIZE], u))


@law
def referral_acceptance(p: Row, n_happy: int, ceiling: float) -> float:
    """Chance that a referral candidate comes: 1 − exp(−ρ·n_happy/ceiling), ceiling in candidates a month.

    Saturates, so referred arrivals stay below their ceiling however many are happy.
    """
    if ceiling <= 0.0:
        return 0.0
    return p[WORD_OF_MOUTH] * (1.0 - math.exp(-p[REFERRAL_RATE] * n_happy / ceiling))


@law
def ordinary_acceptance(p: Row, n_unhappy: int, ceiling: float) -> float:
    """Chance that warnings by unhappy accounts do not turn a buyer away: exp(−ω·n_unhappy/ceiling).

    ceiling in ordinary candidates a month, of the whole company: a company twice as large is warned of twice as often.
    """
    if ceiling <= 0.0:
        return 1.0
    return math.exp(-p[WORD_OF_MOUTH] * p[WARNING_RATE] * n_unhappy / ceiling)


@law
def win_back_is_tried(p: Row, edits: Edits, treated_at: Row, now: float, u: float) -> bool:
    """Is a lost account approached again?"""
    return u < moved(p, edits, WIN_BACK_SHARE, treated_at, now)


@law
def win_back_delay(p: Row, u: float) -> float:
    """Months from loss to that approach: exponential."""
    return exponential(p[WIN_BACK_DELAY], u)


@law
def win_back_succeeds(p: Row, edits: Edits, treated_at: Row, now: float, u: float) -> bool:
    """Does it come back?"""
    return u < moved(p, edits, WIN_BACK_SUCCESS, treated_at, now)
