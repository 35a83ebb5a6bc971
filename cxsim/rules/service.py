"""How long people work and wait: onboarding, tickets, conversations, teams."""

from __future__ import annotations

import math

from cxsim import events
from cxsim.parameters.adoption import (
    CADENCE_DIGITAL,
    CADENCE_NAMED,
    CADENCE_POOLED,
    CHECK_IN_HOURS,
    CHECK_IN_SIGMA,
    DIGITAL_SHARE,
    DIGITAL_SKILL,
    EXPECTED_REPLY,
    OUTAGE_CEILING,
    OUTAGE_RATE,
    OUTAGE_REACH,
    OUTREACH_HOURS,
    OUTREACH_PAUSE,
    PAIN_LATE,
    PAIN_MEMORY,
    PAIN_OPEN,
    PAIN_UNSOLVED,
    SOLVED_SHARE,
    TICKET_BY_USAGE,
    TICKET_CEILING,
    TICKET_EARLY,
    TICKET_EARLY_FADE,
    TICKET_EXPONENTIAL,
    TICKET_HOURS,
    TICKET_PATIENCE,
    TICKET_RATE,
    TICKET_SIGMA,
)
from cxsim.parameters.contract import TALK_HOURS
from cxsim.parameters.onboarding import (
    ABANDONED_GAP,
    BUDGET_OVERRUN,
    EXPECTED_DURATION,
    GAP_MEMORY,
    GIVE_UP,
    MILESTONE_DURATION,
    MILESTONE_SIGMA,
    MILESTONES,
    PATIENCE,
    PLEASED_FROM,
    PROJECTS_PER_SPECIALIST,
)
from cxsim.parameters.segments import SEGMENT_PRIORITY
from cxsim.parameters.teams import HOURS_PER_MONTH
from cxsim.rules.chance import exponential, lognormal
from cxsim.rules.edits import moved
from cxsim.rules.law import Edits, Row, law

ON_TIME, LATE, OVER_BUDGET = events.ON_TIME, events.LATE, events.OVER_BUDGET
ONBOARDING_TEAM = events.ONBOARDING_TEAM
NAMED_TOUCH, POOLED_TOUCH = events.NAMED_TOUCH, events.POOLED_TOUCH
REACHED_OUT, RENEWAL_TALK = events.REACHED_OUT, events.RENEWAL_TALK


@law
def places(p: Row, team: int, people: int) -> int:
    """How much a team can do at once: projects of onboarding specialists, one thing each for the others."""
    return people * int(p[PROJECTS_PER_SPECIALIST]) if team == ONBOARDING_TEAM else people


@law
def milestones(p: Row) -> int:
    """How many milestones an onboarding has."""
    return int(p[MILESTONES])


@law
def onboarding_patience(p: Row, u: float) -> float:
    """Months an account waits for a specialist before it gives up."""
    return exponential(p[PATIENCE], u)


@law
def milestone_duration(p: Row, edits: Edits, treated_at: Row, now: float, z: float) -> float:
    """Length of a milestone [months]: lognormal."""
    return lognormal(moved(p, edits, MILESTONE_DURATION, treated_at, now), p[MILESTONE_SIGMA], z)


@law
def gives_up(p: Row, edits: Edits, treated_at: Row, now: float, user: float, u: float) -> bool:
    """Do displeased users give up an onboarding at a milestone? Chance p[GIVE_UP]·(1 − user/10)."""
    return u < moved(p, edits, GIVE_UP, treated_at, now) * (1.0 - user / 10.0)


@law
def punctuality(p: Row, edits: Edits, treated_at: Row, now: float, lasted: float) -> int:
    """Was go-live on time, late, or over budget (code)? Against the expected time from sign-up."""
    expected = moved(p, edits, EXPECTED_DURATION, treated_at, now)
    if lasted <= expected:
        return ON_TIME
    return LATE if lasted <= p[BUDGET_OVERRUN] * expected else OVER_BUDGET


@law
def lateness_gap(p: Row, edits: Edits, treated_at: Row, now: float, lasted: float) -> float:
    """Distress of an onboarding that drags on [0-1]: 1 − exp(−max(0, lasted/expected − 1)), lasted in months."""
    expected = moved(p, edits, EXPECTED_DURATION, treated_at, now)
    return 1.0 - math.exp(-max(0.0, lasted / expected - 1.0))


@law
def gap_at_go_live(p: Row, late: float, user: float) -> float:
    """Distress that an onboarding leaves behind [0-1]: its lateness, and how far users are from pleased."""
    poor = max(0.0, (p[PLEASED_FROM] - user) / p[PLEASED_FROM])
    return 1.0 - (1.0 - late) * (1.0 - poor)


@law
def gap_of_abandoned(p: Row) -> float:
    """Distress right after an onboarding was given up [0-1]."""
    return p[ABANDONED_GAP]


@law
def gap_after_month(p: Row, edits: Edits, treated_at: Row, now: float, gap: float) -> float:
    """What is left of an onboarding's distress a month later [0-1]: gap·exp(−1/p[GAP_MEMORY])."""
    return gap * math.exp(-1.0 / moved(p, edits, GAP_MEMORY, treated_at, now))


@law
def ticket_candidate_delay(p: Row, u: float) -> float:
    """Months to the next ticket candidate: exponential at the ceiling's rate."""
    return exponential(1.0 / p[TICKET_CEILING], u)


@law
def ticket_acceptance(p: Row, edits: Edits, treated_at: Row, now: float, tenure: float, usage: float) -> float:
    """Share of ticket candidates that become tickets: rate/ceiling, at most 1.

    rate = p[TICKET_RATE]·(1 − b + b·usage)·(1 + early·exp(−tenure/fade)), b = p[TICKET_BY_USAGE].
    Thinning: Lewis & Shedler 1979, doi:10.1002/nav.3800260304.
    """
    early = moved(p, edits, TICKET_EARLY, treated_at, now) * math.exp(-tenure / p[TICKET_EARLY_FADE])
    rate = (
        moved(p, edits, TICKET_RATE, treated_at, now)
        * (1.0 - p[TICKET_BY_USAGE] + p[TICKET_BY_USAGE] * usage)
        * (1.0 + early)
    )
    return min(1.0, rate / p[TICKET_CEILING])


@law
def ticket_acceptance_most(rate: float, early: float, fade: float, ceiling: float, tenure: float) -> float:
    """Share of ticket candidates that can become tickets from a tenure on: `ticket_acceptance` at full usage.

    A candidate whose draw lies above it will not be one, whatever happens until then. The hair on top outweighs the
    rounding of exp.
    """
    return rate * (1.0 + early * math.exp(-tenure / fade)) / ceiling * 1.000001


@law
def digital_share(p: Row, edits: Edits, treated_at: Row, now: float) -> float:
    """Chance that a digital worker tries a ticket first [share in 0-1]."""
    return moved(p, edits, DIGITAL_SHARE, treated_at, now)


@law
def digital_solves(p: Row, difficulty: float, u: float) -> bool:
    """Does the digital worker solve it? Chance exp(−p[DIGITAL_SKILL]·difficulty), difficulty in (0, 1)."""
    return u < math.exp(-p[DIGITAL_SKILL] * difficulty)


@law
def ticket_patience(p: Row, u: float) -> float:
    """Months that users wait for a first reply before they give up on it."""
    return exponential(p[TICKET_PATIENCE], u)


@law
def ticket_work(p: Row, z: float, u: float) -> float:
    """Time an agent works on a ticket [months]: lognormal hours over the hours of a month.

    Exponential with mean p[TICKET_HOURS] where p[TICKET_EXPONENTIAL] is 1. z is the normal quantile of u. Lognormal:
    Brown et al. 2005, doi:10.1198/016214504000001808.
    """
    if p[TICKET_EXPONENTIAL] > 0.0:
        return exponential(p[TICKET_HOURS], u) / p[HOURS_PER_MONTH]
    return lognormal(p[TICKET_HOURS], p[TICKET_SIGMA], z) / p[HOURS_PER_MONTH]


@law
def human_solves(p: Row, u: float) -> bool:
    """Does an agent solve a ticket?"""
    return u < p[SOLVED_SHARE]


@law
def within_expectation(p: Row, waited: float) -> int:
    """1 if a first reply came within expectation, else 0."""
    return 1 if waited <= p[EXPECTED_REPLY] else 0


@law
def pain_after_reply(p: Row, pain: float, waited: float) -> float:
    """Service pain after a first reply [pain]: grows if it came late."""
    return pain + p[PAIN_LATE] if waited > p[EXPECTED_REPLY] else pain


@law
def pain_after_ticket(p: Row, pain: float, solved: bool) -> float:
    """Service pain after a ticket is closed [pain]: grows if it was not solved."""
    return pain if solved else pain + p[PAIN_UNSOLVED]


@law
def pain_after_month(p: Row, pain: float, n_open: int) -> float:
    """Service pain a month later [pain]: part is remembered, open tickets hurt on."""
    return pain * p[PAIN_MEMORY] + p[PAIN_OPEN] * n_open


@law
def cadence(p: Row, touch: int) -> float:
    """Months between contacts that an account of a touch model is used to."""
    if touch == NAMED_TOUCH:
        return p[CADENCE_NAMED]
    return p[CADENCE_POOLED] if touch == POOLED_TOUCH else p[CADENCE_DIGITAL]


@law
def check_in_due(p: Row, touch: int, month: int) -> bool:
    """Is a check-in planned at this review (month of the stay, from 1)?"""
    return month % int(cadence(p, touch)) == 0


@law
def conversation_work(p: Row, kind: int, z: float) -> float:
    """Time a CSM works on a check-in, an outreach or a renewal [months]."""
    if kind == REACHED_OUT:
        hours = p[OUTREACH_HOURS]
    elif kind == RENEWAL_TALK:
        hours = p[TALK_HOURS]
    else:
        hours = p[CHECK_IN_HOURS]
    return lognormal(hours, p[CHECK_IN_SIGMA], z) / p[HOURS_PER_MONTH]


@law
def rested(p: Row, month: int, last: int) -> bool:
    """Have p[OUTREACH_PAUSE] reviews gone by since the last outreach (months of the stay)?"""
    return month - last >= int(p[OUTREACH_PAUSE])


@law
def outage_candidate_delay(p: Row, u: float) -> float:
    """Months to the next outage candidate: exponential at the ceiling's rate."""
    return exponential(1.0 / p[OUTAGE_CEILING], u)


@law
def outage_acceptance(p: Row) -> float:
    """Share of outage candidates that become outages: rate/ceiling, at most 1."""
    return min(1.0, p[OUTAGE_RATE] / p[OUTAGE_CEILING])


@law
def outage_hits(p: Row, u: float) -> bool:
    """Does an account feel an outage?"""
    return u < p[OUTAGE_REACH]


@law
def queue_place(p: Row) -> int:
    """Priority of an account in onboarding and support queues: its segment's, smaller first."""
    return int(p[SEGMENT_PRIORITY])


@law
def conversation_place(p: Row, kind: int, band: int) -> int:
    """Priority of a CSM's planned conversations, smaller first.

    Renewals come before all (0), outreach has its intervention's (1 to 9), check-ins follow (10 and more): by the
    segment's priority, then red accounts before green.
    """
    return 0 if kind == RENEWAL_TALK else 10 + 3 * int(p[SEGMENT_PRIORITY]) + band
