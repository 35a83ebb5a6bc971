"""Chapter one: wanting to leave, and leaving."""

from __future__ import annotations

from cxsim import events, streams
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.company import Company, Story
from cxsim.rules import chance, contract, experience, hazards, service


def next_resistance(company: Company, a: Account, cause: int) -> float:
    """Accumulated hazard from a cause's present point to its next, at the address (account, cause, n)."""
    u = company.luck.u(a.account, streams.RESISTANCE, streams.point_of(cause, a.points[cause]))
    return chance.exponential(1.0, u)


def draw_resistances(company: Company, a: Account) -> None:
    """The first point of each cause."""
    for cause in range(len(events.CAUSES)):
        shift(a, cause, next_resistance(company, a, cause))
    open_term(a)


def shift(a: Account, cause: int, by: float) -> None:
    """A cause's next point moves away, or nearer."""
    a.remaining = hazards.shifted(a.remaining, cause, by)
    a.at_term = hazards.shifted(a.at_term, cause, by)


def open_term(a: Account) -> None:
    """From here on it is reckoned at the next notice how things have been; a pending intent keeps its own reckoning."""
    if a.pending == events.NO_CAUSE:
        a.at_term = a.remaining
        a.term_began = a.month


def move_on(company: Company, a: Account, cause: int) -> None:
    """A cause has fired: it moves to its next point. No other cause does."""
    a.points[cause] += 1
    shift(a, cause, next_resistance(company, a, cause))


def spend_past_points(company: Company, a: Account) -> None:
    """On return: points that were passed while the account was gone, or wanted to go, no longer count."""
    for cause in range(len(events.CAUSES)):
        while hazards.passed(a.remaining, cause):
            move_on(company, a, cause)


def weigh(company: Company, a: Account) -> None:
    """The seven hazards until the next review, and whether an intent or a failed payment comes before it."""
    now = hazards_now(company, a)
    if a.pending == events.NO_CAUSE:
        cause, delay = hazards.first_intent(now, a.remaining)
        if cause != events.NO_CAUSE:
            company.start(intent(company, a, cause, delay))
    delay = hazards.delay_of(now[events.INVOLUNTARY], a.remaining[events.INVOLUNTARY])
    if delay < hazards.NEVER:
        company.start(failed_payment(company, a, delay))
    a.remaining = hazards.worn(now, a.remaining)
    a.charged = now


def deal_afresh(company: Company, a: Account) -> None:
    """At a fork: points that still lie ahead are drawn anew, and with them what the rest of the month brings.

    A point that has been passed, heard or not, belongs to what is known and stays.
    """
    left = chance.elapsed(contract.review_at(a.stay_at, a.month + 1), company.now) if a.active else 0.0
    first, soonest = events.NO_CAUSE, hazards.NEVER
    for cause, hazard in enumerate(a.charged):
        if cause == a.pending or not hazards.lies_ahead(a.remaining[cause], hazard, left):
            continue
        distance = next_resistance(company, a, cause)
        shift(a, cause, hazards.redrawn(a.remaining[cause], hazard, left, distance))
        delay = hazards.delay_in_rest(hazard, left, distance)
        if cause == events.INVOLUNTARY:
            if delay < hazards.NEVER:
                company.start(failed_payment(company, a, delay))
        elif a.pending == events.NO_CAUSE and delay < soonest:
            first, soonest = cause, delay
    if first != events.NO_CAUSE:
        company.start(intent(company, a, first, soonest))


def hazards_now(company: Company, a: Account) -> hazards.Seven:
    """The seven hazards as things are, at the tenure of the last review."""
    p = company.rows[a.segment]
    return hazards.hazards(
        p, a.frailty, a.month, a.gap, chance.elapsed(company.now, a.contact_at),
        service.cadence(p, a.touch), a.sponsor, a.pain, a.client_outcome, a.health, a.price_level,
    )  # fmt: skip


def intent(company: Company, a: Account, cause: int, delay: float) -> Story:
    """The account makes up its mind to leave, unless it has already, or luck has been dealt afresh."""
    stay, luck = a.life, company.luck
    yield company.clock.after(delay, events.INTENT, a.account, streams.point_of(cause, a.points[cause]))
    if company.luck is luck and a.active and a.life == stay and a.pending == events.NO_CAUSE:
        want_to_leave(company, a, cause)


def want_to_leave(company: Company, a: Account, cause: int) -> None:
    """From now on the contract decides when it goes; until then it may be won over."""
    a.pending = cause
    company.write(a, events.INTENT, a.points[cause], value=hazards_now(company, a)[cause], cause=cause)


def give_up_intent(company: Company, a: Account, kind: int) -> None:
    """It stays after all: rescued, or what had been wrong was mended."""
    cause = a.pending
    a.pending = events.NO_CAUSE
    company.write(a, kind, a.points[cause], cause=cause)
    move_on(company, a, cause)


def jump(company: Company, a: Account, cause: int, by: float) -> None:
    """A jump in a cause's accumulated hazard; if it carries the account past the point, it wants to leave now."""
    before = a.remaining
    shift(a, cause, by)
    if a.pending == events.NO_CAUSE and hazards.crossed(before, a.remaining, cause):
        want_to_leave(company, a, cause)


def failed_payment(company: Company, a: Account, delay: float) -> Story:
    """A payment fails: reminders, and recovery or loss. Neither notice nor term matters."""
    stay, luck, point = a.life, company.luck, a.points[events.INVOLUNTARY]
    place = streams.point_of(events.INVOLUNTARY, point)
    yield company.clock.after(delay, events.PAYMENT_FAILED, a.account, place)
    if company.luck is not luck or not a.active or a.life != stay:
        return
    p, edits = company.rows[a.segment], company.plan.edits
    score = experience.billing_score(p, company.z(a, streams.BILLING_QUALITY, point))
    company.feel(a, events.PAYMENT_FAILED, point, score)
    recovers = contract.payment_recovers(
        p, edits, a.treated_at, company.now, company.luck.u(a.account, streams.RECOVERY, place)
    )
    move_on(company, a, events.INVOLUNTARY)
    yield company.clock.after(contract.dunning_delay(p), events.PAYMENT_RECOVERED, a.account, place)
    if not a.active or a.life != stay:
        return
    if recovers:
        company.write(a, events.PAYMENT_RECOVERED, point, cause=events.INVOLUNTARY)
    else:
        leave(company, a, events.CANCELLED, events.INVOLUNTARY, a.month + 1)


def leave(company: Company, a: Account, kind: int, cause: int, month: int) -> None:
    """It is gone. `month` is the review at or before which the loss takes effect."""
    before = a.mrr
    company.count(a.quadrant, -1)
    a.active = False
    a.left_mrr = before
    a.stage = events.GONE
    company.write_money(a, kind, month, before, cause)
    if a.pending != events.NO_CAUSE:
        cause, a.pending = a.pending, events.NO_CAUSE
        move_on(company, a, cause)
    a.departure.succeed()
