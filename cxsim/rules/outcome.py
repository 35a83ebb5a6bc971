"""Usage grows, and the client's outcome follows it."""

from __future__ import annotations

from cxsim.parameters.adoption import OUTREACH_USAGE
from cxsim.parameters.outcome import (
    CEILING,
    CEILING_ABANDONED,
    CHAMPION_LOSS,
    CHAMPION_PROMOTED_LOSS,
    CHAMPION_PROMOTED_SHARE,
    CHAMPION_RATE,
    OUTCOME_SPEED,
    OUTCOME_START,
    USAGE_GO_LIVE,
    USAGE_GROWTH,
    USAGE_MOOD,
    USAGE_NOISE,
    USAGE_START,
)
from cxsim.rules.edits import moved
from cxsim.rules.law import Edits, Row, law, within


@law
def first_usage(p: Row) -> float:
    """Usage at sign-up [share]."""
    return p[USAGE_START]


@law
def first_outcome(p: Row) -> float:
    """Client outcome at sign-up [0-10]."""
    return p[OUTCOME_START]


@law
def usage_ceiling(p: Row, edits: Edits, treated_at: Row, now: float, live: bool) -> float:
    """The usage that an account can reach [share], with onboarding done (`live`) or not."""
    return moved(p, edits, CEILING if live else CEILING_ABANDONED, treated_at, now)


@law
def usage_after_month(
    p: Row, edits: Edits, treated_at: Row, now: float, usage: float, live: bool, mood: float, z: float
) -> float:
    """Usage a month later [share in .01-1].

    Logistic growth to the ceiling c with the users' mood m and a month's noise:
    q ← (q + r·(1 + ε·m)·q·(1 − q/c))·(1 + σ·z); above the ceiling usage falls back at the same rate.
    """
    ceiling = usage_ceiling(p, edits, treated_at, now, live)
    rate = moved(p, edits, USAGE_GROWTH, treated_at, now)
    room = 1.0 - usage / ceiling
    if room > 0.0:
        rate = rate * (1.0 + p[USAGE_MOOD] * mood)
    grown = usage + rate * usage * max(room, -1.0)
    return within(grown * (1.0 + p[USAGE_NOISE] * z), 0.01, 1.0)


@law
def usage_at_go_live(p: Row, usage: float) -> float:
    """Usage right after go-live [share]: at least p[USAGE_GO_LIVE]."""
    return max(usage, p[USAGE_GO_LIVE])


@law
def usage_after_outreach(p: Row, edits: Edits, treated_at: Row, now: float, usage: float, live: bool) -> float:
    """Usage after an outreach that showed one use more [share]: a part of the room below the ceiling is filled."""
    room = max(0.0, usage_ceiling(p, edits, treated_at, now, live) - usage)
    return usage + moved(p, edits, OUTREACH_USAGE, treated_at, now) * room


@law
def champion_goes(p: Row, u: float) -> bool:
    """Does the champion leave his post this month?"""
    return u < p[CHAMPION_RATE]


@law
def champion_rises(p: Row, u: float) -> bool:
    """Is his departure a promotion?"""
    return u < p[CHAMPION_PROMOTED_SHARE]


@law
def usage_after_champion(p: Row, usage: float, promoted: bool) -> float:
    """Usage after the champion is gone [share]: falls by p[CHAMPION_LOSS], by less after a promotion."""
    loss = p[CHAMPION_PROMOTED_LOSS] * p[CHAMPION_LOSS] if promoted else p[CHAMPION_LOSS]
    return max(0.01, usage * (1.0 - loss))


@law
def outcome_after_month(p: Row, client_outcome: float, usage: float, fit: float, promise: float) -> float:
    """Client outcome a month later [0-10]: O ← O + κ·(10·min(1, fit·usage/promise) − O). Value expected counts."""
    target = 10.0 * min(1.0, fit * usage / promise)
    return client_outcome + p[OUTCOME_SPEED] * (target - client_outcome)
