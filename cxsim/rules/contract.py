"""Terms, notice, renewal, price, payment, rescue: what a contract makes of an intent."""

from __future__ import annotations

from cxsim import events
from cxsim.parameters.adoption import OUTREACH_WAKE
from cxsim.parameters.contract import (
    DUNNING,
    NOTICE,
    PRICE_STEP,
    RECOVERY_SHARE,
    RESCUE_COMPETITION,
    RESCUE_ONBOARDING,
    RESCUE_PRICE,
    RESCUE_RELATIONSHIP,
    RESCUE_SERVICE,
    RESCUE_VALUE,
    RESCUE_WARMTH,
    TALK_LEAD,
)
from cxsim.parameters.growth import SEATS_BY_OUTCOME, SEATS_MEAN, SEATS_SD, WIN_BACK_PRICE
from cxsim.rules.edits import moved
from cxsim.rules.law import Edits, Row, cents, law, within

BY_ONBOARDING, BY_RELATIONSHIP, BY_SERVICE = events.BY_ONBOARDING, events.BY_RELATIONSHIP, events.BY_SERVICE
BY_VALUE, BY_COMPETITION = events.BY_VALUE, events.BY_COMPETITION


@law
def ends_term(month: int, term: int) -> bool:
    """Does a term end at this review (month of the stay, from 1)? A monthly contract is renewed silently."""
    return term > 1 and month % term == 0


@law
def reprices(month: int, term: int) -> bool:
    """Is the price of a monthly contract looked at again at this review? Once a year."""
    return term == 1 and month % 12 == 0


@law
def talk_is_due(p: Row, month: int, term: int) -> bool:
    """Does the renewal conversation begin at this review? p[TALK_LEAD] reviews before the end of a term."""
    return term > 1 and (month + int(p[TALK_LEAD])) % term == 0 and int(p[TALK_LEAD]) > 0


@law
def in_renewal(p: Row, month: int, term: int) -> bool:
    """Is the account between the start of its renewal conversation and the end of its term?"""
    return term > 1 and (month % term) >= term - int(p[TALK_LEAD])


@law
def review_at(stay_at: float, month: int) -> float:
    """Time of a review [months]: whole months after the stay began, so that dates which should coincide do."""
    return stay_at + month


@law
def notice_at(p: Row, stay_at: float, month: int, term: int) -> float:
    """Notice date [months] of the term that begins at a review (month of the stay): p[NOTICE] before its end."""
    return stay_at + max(float(month), month + term - p[NOTICE])


@law
def confirms(accumulated: float, resistance: float) -> bool:
    """Is a pending intent confirmed at notice: would it have come, had things been all the term as they are now?

    accumulated: `hazards.as_things_are`; resistance: what remained to the cause's next point when the term began.
    Over accounts that is a chance of min(1, hazard now/mean hazard of the term): what was mended is forgiven. No coin
    is thrown, so that an account whose hazards are all lower cannot be confirmed where its twin was forgiven.
    """
    return accumulated >= resistance


@law
def rescue_chance(p: Row, edits: Edits, treated_at: Row, now: float, cause: int, sponsor: float) -> float:
    """Chance that an outreach wins over an account with a pending intent: by cause, less where the sponsor is cold.

    q_c·(1 − w + w·sponsor/10), w = p[RESCUE_WARMTH].
    """
    if cause == BY_ONBOARDING:
        name = RESCUE_ONBOARDING
    elif cause == BY_RELATIONSHIP:
        name = RESCUE_RELATIONSHIP
    elif cause == BY_SERVICE:
        name = RESCUE_SERVICE
    elif cause == BY_VALUE:
        name = RESCUE_VALUE
    elif cause == BY_COMPETITION:
        name = RESCUE_COMPETITION
    else:
        name = RESCUE_PRICE
    w = p[RESCUE_WARMTH]
    return moved(p, edits, name, treated_at, now) * (1.0 - w + w * sponsor / 10.0)


@law
def wake_jump(p: Row, edits: Edits, treated_at: Row, now: float, frailty: float) -> float:
    """Jump in accumulated hazard when a sleeping account is called [cumulative hazard], negative: nearer.

    Calls can harm: Ascarza, Iyengar & Schleicher 2016, doi:10.1509/jmr.13.0483.
    """
    return -frailty * moved(p, edits, OUTREACH_WAKE, treated_at, now)


@law
def dunning_delay(p: Row) -> float:
    """Months from a failed payment to the loss of the account."""
    return p[DUNNING]


@law
def payment_recovers(p: Row, edits: Edits, treated_at: Row, now: float, u: float) -> bool:
    """Do reminders recover a failed payment?"""
    return u < moved(p, edits, RECOVERY_SHARE, treated_at, now)


@law
def price_step(p: Row) -> float:
    """Relative change of price at renewal."""
    return p[PRICE_STEP]


@law
def price_after(level: float, step: float) -> float:
    """Price level after a step; 1 is the price at sign-up."""
    return level * (1.0 + step)


@law
def seat_change(p: Row, client_outcome: float, z: float) -> float:
    """Relative change of seats at renewal, in [−.5, 1]: grows with outcome."""
    change = p[SEATS_MEAN] + p[SEATS_BY_OUTCOME] * (client_outcome - 5.0) / 5.0 + p[SEATS_SD] * z
    return within(change, -0.5, 1.0)


@law
def renewed_mrr(mrr: int, step: float, seats: float) -> int:
    """MRR after renewal [cents], at least one cent: price step and seat change both apply."""
    return max(1, cents(mrr * (1.0 + step) * (1.0 + seats)))


@law
def returned_mrr(p: Row, mrr: int) -> int:
    """MRR of an account that comes back [cents], at least one cent, from its MRR when lost."""
    return max(1, cents(mrr * p[WIN_BACK_PRICE]))


@law
def change(after: int, before: int) -> int:
    """A change of MRR [cents]."""
    return after - before
