"""Why accounts want to leave: seven causes, their distress, their hazards, and when an intent comes."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.parameters.churn import (
    COMPETITION_BASE,
    COMPETITION_SLOPE,
    CONTACT_PAIN,
    INVOLUNTARY_BASE,
    ONBOARDING_BASE,
    ONBOARDING_FADE,
    ONBOARDING_SLOPE,
    PRICE_BASE,
    PRICE_PAIN,
    PRICE_QUOTE,
    PRICE_REFERENCE,
    PRICE_SLOPE,
    RELATIONSHIP_BASE,
    RELATIONSHIP_SLOPE,
    SERVICE_BASE,
    SERVICE_PAIN,
    SERVICE_SLOPE,
    SPONSOR_PAIN,
    SWITCHING,
    VALUE_BASE,
    VALUE_FLOOR,
    VALUE_PATIENCE,
    VALUE_SLOPE,
)
from cxsim.rules.law import Row, law, within

CAUSES_OF_CHOICE = 6  # all but the involuntary one, which comes last
INVOLUNTARY, NO_CAUSE = events.INVOLUNTARY, events.NO_CAUSE
BY_ONBOARDING, BY_VALUE, BY_PRICE = events.BY_ONBOARDING, events.BY_VALUE, events.BY_PRICE
NEVER = math.inf

Seven = tuple[float, float, float, float, float, float, float]


@law
def log_linear(base: float, slope: float, distress: float) -> float:
    """A hazard that rises with distress [1/month]: base·exp(slope·distress), distress in [0, 1].

    Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x.
    """
    if distress == 0.0:
        return base
    return base * math.exp(slope * distress)


@law
def held(p: Row, client_outcome: float) -> float:
    """How far outcome holds an account that would rather go [ratio in 0-1]: exp(−p[SWITCHING]·O/10)."""
    return math.exp(-p[SWITCHING] * client_outcome / 10.0)


@law
def relationship_distress(p: Row, contact_gap: float, cadence: float, sponsor: float) -> float:
    """Distress of the relationship [0-1]: contact overdue (gap over cadence, both months), sponsor below 5.

    d = 1 − exp(−a·max(0, gap/cadence − 1) − b·max(0, (5 − sponsor)/5)).
    """
    overdue = max(0.0, contact_gap / cadence - 1.0)
    cold = max(0.0, (5.0 - sponsor) / 5.0)
    if overdue == 0.0 and cold == 0.0:
        return 0.0
    return 1.0 - math.exp(-p[CONTACT_PAIN] * overdue - p[SPONSOR_PAIN] * cold)


@law
def service_distress(p: Row, pain: float) -> float:
    """Distress of service [0-1]: d = 1 − exp(−k·pain), pain ≥ 0 from tickets late, open, failed."""
    if pain == 0.0:
        return 0.0
    return 1.0 - math.exp(-p[SERVICE_PAIN] * pain)


@law
def value_distress(client_outcome: float) -> float:
    """Distress of value [0-1]: outcome short of the promise, 1 − O/10."""
    return within(1.0 - client_outcome / 10.0, 0.0, 1.0)


@law
def competition_distress(health: float) -> float:
    """Distress of competition [0-1]: 1 − H/20, H with the weights of maturity and stage."""
    return within(1.0 - health / 20.0, 0.0, 1.0)


@law
def price_distress(p: Row, price_level: float, client_outcome: float) -> float:
    """Distress of price [0-1]: price against value.

    d = 1 − exp(−k·max(0, price_level·reference/(O/10) − 1)); price_level 1 is the price at sign-up; an
    outcome of p[VALUE_FLOOR] at least is credited.
    """
    value = max(p[VALUE_FLOOR], client_outcome / 10.0)
    over = price_level * p[PRICE_REFERENCE] / value - 1.0
    return 1.0 - math.exp(-p[PRICE_PAIN] * over) if over > 0.0 else 0.0


@law
def seasoned(p: Row, tenure: float) -> float:
    """How far value and price are judged already [0-1]: 1 − exp(−tenure/p[VALUE_PATIENCE])."""
    if p[VALUE_PATIENCE] <= 0.0:
        return 1.0
    return 1.0 - math.exp(-tenure / p[VALUE_PATIENCE])


@law
def hazards(
    p: Row,
    frailty: float,
    tenure: float,
    onboarding_gap: float,
    contact_gap: float,
    cadence: float,
    sponsor: float,
    pain: float,
    client_outcome: float,
    health: float,
    price_level: float,
) -> Seven:
    """The seven hazards of an account until its next review [1/month], in the order of `events.CAUSES`.

    h_c = z^ρ·base_c(tenure)·exp(β_c·d_c), ρ = 1 but 0 for the involuntary cause; service, relationship and
    competition are multiplied by exp(−switching·O/10). Onboarding fades with tenure; value and price ripen with it.
    Competing risks: Prentice et al. 1978, doi:10.2307/2530374. Shared frailty: Vaupel et al. 1979, doi:10.2307/2061224.
    """
    hold = frailty * held(p, client_outcome)
    ripe = frailty * seasoned(p, tenure)
    fresh = frailty * math.exp(-tenure / p[ONBOARDING_FADE])
    return (
        fresh * log_linear(p[ONBOARDING_BASE], p[ONBOARDING_SLOPE], onboarding_gap),
        hold
        * log_linear(
            p[RELATIONSHIP_BASE], p[RELATIONSHIP_SLOPE], relationship_distress(p, contact_gap, cadence, sponsor)
        ),
        hold * log_linear(p[SERVICE_BASE], p[SERVICE_SLOPE], service_distress(p, pain)),
        ripe * log_linear(p[VALUE_BASE], p[VALUE_SLOPE], value_distress(client_outcome)),
        hold * log_linear(p[COMPETITION_BASE], p[COMPETITION_SLOPE], competition_distress(health)),
        ripe * log_linear(p[PRICE_BASE], p[PRICE_SLOPE], price_distress(p, price_level, client_outcome)),
        p[INVOLUNTARY_BASE],
    )


@law
def as_things_are(p: Row, cause: int, hazard: float, reviewed: float, begun: float, now: float) -> float:
    """Hazard that a cause would have accumulated in a term, had all but tenure been as it is now [cumulative hazard].

    hazard as drivers are now, at the tenure `reviewed` of the last review; the term has run from tenure `begun` to
    `now` [months]. What tenure alone does to a hazard cannot be mended and is not forgiven: onboarding fades, value and
    price ripen.
    """
    if cause == BY_ONBOARDING:
        fade = p[ONBOARDING_FADE]
        # differences of tenures first: exp(tenure/fade) itself overflows at 71 months where the fade is short
        return hazard * fade * (math.exp((reviewed - begun) / fade) - math.exp((reviewed - now) / fade))
    ripening = p[VALUE_PATIENCE]
    if cause in (BY_VALUE, BY_PRICE) and ripening > 0.0 and reviewed > 0.0:
        ripe = now - begun - ripening * (math.exp(-begun / ripening) - math.exp(-now / ripening))
        return hazard / seasoned(p, reviewed) * ripe
    return hazard * (now - begun)


@law
def delay_of(hazard: float, remaining: float) -> float:
    """Months until a cause's next point, if it comes before the next review; else inf.

    Drivers freeze for the month, so the accumulated hazard rises evenly; a point passed while another intent was
    pending comes at once. Zero hazard never gets there.
    """
    if remaining <= 0.0:
        return 0.0
    return remaining / hazard if hazard > remaining else NEVER


@law
def first_intent(now: Seven, remaining: Seven) -> tuple[int, float]:
    """Which cause of choice makes the account want to leave before its next review, and after how many months.

    Returns (`NO_CAUSE`, inf) if none does. Common reaction paths: Rathinam, Sheppard & Khammash 2010,
    J. Chem. Phys. 132, 034103.
    """
    cause, first = NO_CAUSE, NEVER
    for c in range(CAUSES_OF_CHOICE):
        delay = delay_of(now[c], remaining[c])
        if delay < first:
            cause, first = c, delay
    return cause, first


@law
def worn(now: Seven, remaining: Seven) -> Seven:
    """What remains to each cause's next point after a month at these hazards [cumulative hazard]."""
    return (
        remaining[0] - now[0],
        remaining[1] - now[1],
        remaining[2] - now[2],
        remaining[3] - now[3],
        remaining[4] - now[4],
        remaining[5] - now[5],
        remaining[6] - now[6],
    )


@law
def shifted(remaining: Seven, cause: int, by: float) -> Seven:
    """What remains when one cause's next point moves [cumulative hazard].

    Away (by > 0): won over. Nearer (by < 0): a jump in hazard.
    """
    return (
        remaining[0] + by if cause == 0 else remaining[0],
        remaining[1] + by if cause == 1 else remaining[1],
        remaining[2] + by if cause == 2 else remaining[2],
        remaining[3] + by if cause == 3 else remaining[3],
        remaining[4] + by if cause == 4 else remaining[4],
        remaining[5] + by if cause == 5 else remaining[5],
        remaining[6] + by if cause == 6 else remaining[6],
    )


@law
def lies_ahead(remaining: float, hazard: float, left: float) -> bool:
    """Is a cause's next point still to come, `left` months before the month that was charged in advance ends?

    remaining + hazard·left > 0: the hazard of the rest of the month is charged but not yet lived through.
    """
    return remaining + hazard * left > 0.0


@law
def redrawn(remaining: float, hazard: float, left: float, distance: float) -> float:
    """How far a cause's next point moves if it is drawn anew at a distance from here [cumulative hazard].

    distance − (remaining + hazard·left), the month's hazard being charged in advance and `left` months of it to come.
    """
    return distance - (remaining + hazard * left)


@law
def delay_in_rest(hazard: float, left: float, distance: float) -> float:
    """Months until a point at a distance, if it comes in the `left` months before the next review; else inf.

    distance/hazard if hazard·left > distance [cumulative hazard].
    """
    return distance / hazard if hazard * left > distance else NEVER


@law
def quote_jump(p: Row, frailty: float, step: float) -> float:
    """Jump in accumulated price hazard when a price step is quoted [cumulative hazard], ≤ 0: nearer; none for cuts."""
    return -frailty * p[PRICE_QUOTE] * max(0.0, step)


@law
def passed(remaining: Seven, cause: int) -> bool:
    """Has the accumulated hazard of a cause passed its next point already?"""
    return remaining[cause] <= 0.0


@law
def crossed(before: Seven, after: Seven, cause: int) -> bool:
    """Did a jump carry a cause past its next point?"""
    return before[cause] > 0.0 >= after[cause]
