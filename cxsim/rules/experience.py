"""Moments and what they leave behind: two voices, emotions, mood."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.events import ANGRY, DELIGHTED, FRUSTRATED, NEUTRAL, PLEASED
from cxsim.parameters.adoption import EXPECTED_CALL, EXPECTED_REPLY
from cxsim.parameters.experience import (
    AROUSAL,
    BILLING_QUALITY,
    BILLING_WEIGHT,
    BUYING_QUALITY,
    BUYING_WEIGHT,
    CHECK_IN_QUALITY,
    CHECK_IN_WEIGHT,
    DIGITAL_WARMTH,
    EASE_BY_USAGE,
    EMOTION_ANGRY,
    EMOTION_DELIGHTED,
    EMOTION_FRUSTRATED,
    EMOTION_PLEASED,
    GO_LIVE_QUALITY,
    GO_LIVE_WEIGHT,
    HUMAN_WARMTH,
    KICK_OFF_QUALITY,
    KICK_OFF_WEIGHT,
    MILESTONE_QUALITY,
    MILESTONE_WEIGHT,
    NEGATIVITY,
    OUTAGE_QUALITY,
    OUTAGE_WEIGHT,
    PRODUCT_EASE,
    PRODUCT_WEIGHT,
    PROMISE_PENALTY,
    QUALITY_SD,
    RENEWAL_TALK_QUALITY,
    RENEWAL_TALK_WEIGHT,
    START_SPONSOR,
    START_USER,
    SUPPORT_QUALITY,
    SUPPORT_WEIGHT,
    SURPRISE_SHARE,
    UNSOLVED_PENALTY,
    USER_VOICE,
    WAIT_PENALTY,
    WARMTH_BONUS,
)
from cxsim.parameters.onboarding import EXPECTED_DURATION, EXPECTED_WAIT
from cxsim.parameters.outcome import MOOD_MEMORY
from cxsim.rules.edits import moved
from cxsim.rules.law import Edits, Row, law, within

KICKED_OFF, MILESTONE, WENT_LIVE, BUYING = events.KICKED_OFF, events.MILESTONE, events.WENT_LIVE, events.BUYING
CHECKED_IN, REACHED_OUT, RENEWAL_TALK = events.CHECKED_IN, events.REACHED_OUT, events.RENEWAL_TALK
OUTAGE_FELT, REVIEW, PAYMENT_FAILED = events.OUTAGE_FELT, events.REVIEW, events.PAYMENT_FAILED


@law
def experience(p: Row, sponsor: float, user: float) -> float:
    """Experience X, the weighted mean of both voices [0-10]: X = (1 − w)·sponsor + w·user, w = p[USER_VOICE]."""
    return (1.0 - p[USER_VOICE]) * sponsor + p[USER_VOICE] * user


@law
def experience_moved(p: Row, users: bool, before: float, after: float) -> float:
    """How far a moment moved experience, either way [points]: weight of its voice · |after − before|.

    The weight is w = p[USER_VOICE] for the users' voice, 1 − w for the sponsor's; before, after in [0, 10].
    """
    return (p[USER_VOICE] if users else 1.0 - p[USER_VOICE]) * abs(after - before)


@law
def moment_weight(p: Row, kind: int) -> float:
    """How far a moment of a kind moves its voice [share]; see `parameters.experience`."""
    if kind == REVIEW:
        return p[PRODUCT_WEIGHT]
    if kind == MILESTONE:
        return p[MILESTONE_WEIGHT]
    if kind in (CHECKED_IN, REACHED_OUT):
        return p[CHECK_IN_WEIGHT]
    if kind == KICKED_OFF:
        return p[KICK_OFF_WEIGHT]
    if kind == WENT_LIVE:
        return p[GO_LIVE_WEIGHT]
    if kind == RENEWAL_TALK:
        return p[RENEWAL_TALK_WEIGHT]
    if kind == OUTAGE_FELT:
        return p[OUTAGE_WEIGHT]
    if kind == BUYING:
        return p[BUYING_WEIGHT]
    if kind == PAYMENT_FAILED:
        return p[BILLING_WEIGHT]
    return p[SUPPORT_WEIGHT]


@law
def after_moment(p: Row, kind: int, voice: float, score: float) -> float:
    """A voice after a moment [0-10].

    x ← x + min(1, w·a·(λ if s < x else 1))·(s − x), arousal a = 1 + η·|s − x|/10; s, x in [0, 10], λ ≥ 1.
    Bad weighs more than good: Baumeister et al. 2001, doi:10.1037/1089-2680.5.4.323; form: docs/model.md.
    """
    gain = moment_weight(p, kind) * (1.0 + p[AROUSAL] * abs(score - voice) / 10.0)
    if score < voice:
        gain = gain * p[NEGATIVITY]
    return voice + min(1.0, gain) * (score - voice)


@law
def valence(p: Row, score: float, voice: float) -> float:
    """How a moment feels [−1 to 1]: (1 − ω)·(s − 5)/5 + ω·(s − x)/10, ω = p[SURPRISE_SHARE]."""
    w = p[SURPRISE_SHARE]
    return (1.0 - w) * (score - 5.0) / 5.0 + w * (score - voice) / 10.0


@law
def emotion(p: Row, score: float, voice: float) -> int:
    """The emotion of a moment (code of `events.EMOTIONS`): its valence cut at p[EMOTION_ANGRY] and so on."""
    v = valence(p, score, voice)
    if v < p[EMOTION_ANGRY]:
        return ANGRY
    if v < p[EMOTION_FRUSTRATED]:
        return FRUSTRATED
    if v < p[EMOTION_PLEASED]:
        return NEUTRAL
    if v < p[EMOTION_DELIGHTED]:
        return PLEASED
    return DELIGHTED


@law
def mood_after_moment(p: Row, mood: float, score: float, voice: float) -> float:
    """The users' mood after a moment of theirs [−1 to 1]: what was felt, added up and bounded."""
    return within(mood + valence(p, score, voice), -1.0, 1.0)


@law
def mood_after_month(p: Row, mood: float) -> float:
    """The users' mood a month later [−1 to 1]: mood · p[MOOD_MEMORY]."""
    return mood * p[MOOD_MEMORY]


@law
def wait_loss(p: Row, waited: float, expected: float) -> float:
    """Points lost by waiting [0 to p[WAIT_PENALTY]]: p[WAIT_PENALTY]·tanh(max(0, waited/expected − 1)).

    What counts is the wait against expectation: Maister 1985, The psychology of waiting lines.
    """
    return p[WAIT_PENALTY] * math.tanh(max(0.0, waited / expected - 1.0))


@law
def buying_score(p: Row, z: float) -> float:
    """Score of the buying moment [0-10]: its quality and a day's luck z."""
    return within(p[BUYING_QUALITY] + p[QUALITY_SD] * z, 0.0, 10.0)


@law
def kick_off_score(p: Row, edits: Edits, treated_at: Row, now: float, waited: float, z: float) -> float:
    """Score of the kick-off [0-10]: quality, a human's warmth, and the wait for a specialist [months]."""
    warmth = p[WARMTH_BONUS] * moved(p, edits, HUMAN_WARMTH, treated_at, now)
    quality = moved(p, edits, KICK_OFF_QUALITY, treated_at, now)
    expected = moved(p, edits, EXPECTED_WAIT, treated_at, now)
    return within(quality + warmth + p[QUALITY_SD] * z - wait_loss(p, waited, expected), 0.0, 10.0)


@law
def milestone_score(p: Row, edits: Edits, treated_at: Row, now: float, z: float) -> float:
    """Score of an onboarding milestone [0-10]: how well it was organised, and a day's luck."""
    return within(moved(p, edits, MILESTONE_QUALITY, treated_at, now) + p[QUALITY_SD] * z, 0.0, 10.0)


@law
def go_live_score(
    p: Row, edits: Edits, treated_at: Row, now: float, lasted: float, fit: float, promise: float, z: float
) -> float:
    """Score of go-live [0-10]: quality less lateness [months since sign-up] and less what was promised in vain."""
    quality = moved(p, edits, GO_LIVE_QUALITY, treated_at, now) + p[QUALITY_SD] * z
    late = wait_loss(p, lasted, moved(p, edits, EXPECTED_DURATION, treated_at, now))
    return within(quality - late - p[PROMISE_PENALTY] * max(0.0, promise - fit), 0.0, 10.0)


@law
def product_score(p: Row, edits: Edits, treated_at: Row, now: float, usage: float, z: float) -> float:
    """Score of a month of use [0-10]: ease, more of it with practice, and a month's luck."""
    ease = moved(p, edits, PRODUCT_EASE, treated_at, now) + p[EASE_BY_USAGE] * (usage - 0.5)
    return within(ease + p[QUALITY_SD] * z, 0.0, 10.0)


@law
def ticket_score(
    p: Row, edits: Edits, treated_at: Row, now: float, waited: float, digital: bool, solved: bool, z: float
) -> float:
    """Score of a ticket [0-10]: quality, warmth of who helped, wait for a first reply [months], solved or not."""
    warmth = p[DIGITAL_WARMTH] if digital else moved(p, edits, HUMAN_WARMTH, treated_at, now)
    score = moved(p, edits, SUPPORT_QUALITY, treated_at, now) + p[WARMTH_BONUS] * warmth + p[QUALITY_SD] * z
    score = score - wait_loss(p, waited, p[EXPECTED_REPLY])
    return within(score if solved else score - p[UNSOLVED_PENALTY], 0.0, 10.0)


@law
def contact_score(
    p: Row, edits: Edits, treated_at: Row, now: float, kind: int, waited: float, digital: bool, z: float
) -> float:
    """Score of a check-in, an outreach or a renewal conversation [0-10], by a person or a message."""
    name = RENEWAL_TALK_QUALITY if kind == RENEWAL_TALK else CHECK_IN_QUALITY
    warmth = p[DIGITAL_WARMTH] if digital else moved(p, edits, HUMAN_WARMTH, treated_at, now)
    score = moved(p, edits, name, treated_at, now) + p[WARMTH_BONUS] * warmth + p[QUALITY_SD] * z
    return within(score - wait_loss(p, waited, p[EXPECTED_CALL]), 0.0, 10.0)


@law
def outage_score(p: Row, z: float) -> float:
    """Score of an outage [0-10]."""
    return within(p[OUTAGE_QUALITY] + p[QUALITY_SD] * z, 0.0, 10.0)


@law
def billing_score(p: Row, z: float) -> float:
    """Score of being reminded to pay [0-10]."""
    return within(p[BILLING_QUALITY] + p[QUALITY_SD] * z, 0.0, 10.0)


@law
def first_voices(p: Row) -> tuple[float, float]:
    """Experience of sponsor and users before the first moment [0-10 each]."""
    return p[START_SPONSOR], p[START_USER]
