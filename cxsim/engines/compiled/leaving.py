"""Chapter one: wanting to leave, and leaving."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import (
    at_term_of,
    count,
    draw,
    feel,
    keep_at_term,
    keep_remaining,
    remaining_of,
    u,
    write,
    write_money,
    z,
)
from cxsim.engines.compiled.charged import keep_charged
from cxsim.engines.compiled.memory import Company, account_at, edits_of, parameters_of, treated_of
from cxsim.engines.compiled.queue import item_of, push, rank_of
from cxsim.engines.compiled.tally import count_loss
from cxsim.events import INVOLUNTARY, NO_CAUSE, NO_TEAM
from cxsim.rules.chance import elapsed, exponential
from cxsim.rules.contract import dunning_delay, payment_recovers
from cxsim.rules.experience import billing_score
from cxsim.rules.growth import win_back_delay, win_back_is_tried
from cxsim.rules.hazards import NEVER, Seven, crossed, delay_of, first_intent, hazards, passed, shifted, worn
from cxsim.rules.service import cadence
from cxsim.streams import BILLING_QUALITY, RECOVERY, RESISTANCE, WIN_BACK, WIN_BACK_DELAY, cause_of, number_of, point_of

CAUSES = len(events.CAUSES)


def next_resistance(s: Company, i: int, cause: int) -> float:
    """Accumulated hazard from a cause's present point to its next, at the address (account, cause, n)."""
    a = account_at(s, i)
    return exponential(1.0, draw(s, int(a.account), RESISTANCE, point_of(cause, int(a.points[cause]))))


def draw_resistances(s: Company, i: int) -> None:
    """The first point of each cause."""
    for cause in range(CAUSES):
        shift(s, i, cause, next_resistance(s, i, cause))
    open_term(s, i)


def shift(s: Company, i: int, cause: int, by: float) -> None:
    """A cause's next point moves away, or nearer."""
    keep_remaining(s, i, shifted(remaining_of(s, i), cause, by))
    keep_at_term(s, i, shifted(at_term_of(s, i), cause, by))


def open_term(s: Company, i: int) -> None:
    """From here on it is reckoned at the next notice how things have been; a pending intent keeps its own reckoning."""
    a = account_at(s, i)
    if a.pending == NO_CAUSE:
        keep_at_term(s, i, remaining_of(s, i))
        a.term_began = a.month


def move_on(s: Company, i: int, cause: int) -> None:
    """A cause has fired: it moves to its next point. No other cause does."""
    account_at(s, i).points[cause] += 1
    shift(s, i, cause, next_resistance(s, i, cause))


def spend_past_points(s: Company, i: int) -> None:
    """On return: points that were passed while the account was gone, or wanted to go, no longer count."""
    for cause in range(CAUSES):
        while passed(remaining_of(s, i), cause):
            move_on(s, i, cause)


def hazards_now(s: Company, i: int) -> Seven:
    """The seven hazards as things are, at the tenure of the last review."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    return hazards(
        p, a.frailty, a.month, a.gap, elapsed(s.now, a.contact_at),
        cadence(p, a.touch), a.sponsor, a.pain, a.client_outcome, a.health, a.price_level,
    )  # fmt: skip


def weigh(s: Company, i: int) -> None:
    """The seven hazards until the next review, and whether an intent or a failed payment comes before it."""
    a, time = account_at(s, i), s.now
    now, remaining = hazards_now(s, i), remaining_of(s, i)
    if a.pending == NO_CAUSE:
        cause, delay = first_intent(now, remaining)
        if cause != NO_CAUSE:
            place = point_of(cause, int(a.points[cause]))
            push(s, time + delay, rank_of(events.INTENT, a.account, place), i, a.life, 0)
    delay = delay_of(now[INVOLUNTARY], remaining[INVOLUNTARY])
    if delay < NEVER:
        place = point_of(INVOLUNTARY, int(a.points[INVOLUNTARY]))
        push(s, time + delay, rank_of(events.PAYMENT_FAILED, a.account, place), i, a.life, 0)
    keep_remaining(s, i, worn(now, remaining))
    if s.n_charged:
        keep_charged(s, i, now)


def on_intent(s: Company, i: int) -> None:
    """The account makes up its mind to leave, unless it has already."""
    if account_at(s, i).pending == NO_CAUSE:
        want_to_leave(s, i, cause_of(item_of(s.rank)))


def want_to_leave(s: Company, i: int, cause: int) -> None:
    """From now on the contract decides when it goes; until then it may be won over."""
    a = account_at(s, i)
    a.pending = cause
    write(s, i, events.INTENT, int(a.points[cause]), NO_TEAM, hazards_now(s, i)[cause], cause, -1)


def give_up_intent(s: Company, i: int, kind: int) -> None:
    """It stays after all: rescued, or what had been wrong was mended."""
    a = account_at(s, i)
    cause = int(a.pending)
    a.pending = NO_CAUSE
    write(s, i, kind, int(a.points[cause]), NO_TEAM, 0.0, cause, -1)
    move_on(s, i, cause)


def jump(s: Company, i: int, cause: int, by: float) -> None:
    """A jump in a cause's accumulated hazard; if it carries the account past the point, it wants to leave now."""
    before = remaining_of(s, i)
    shift(s, i, cause, by)
    if account_at(s, i).pending == NO_CAUSE and crossed(before, remaining_of(s, i), cause):
        want_to_leave(s, i, cause)


def on_failed_payment(s: Company, i: int) -> None:
    """A payment fails: reminders, and recovery or loss. Neither notice nor term matters."""
    a = account_at(s, i)
    p, place = parameters_of(s, a.segment), item_of(s.rank)
    point = number_of(place)
    feel(s, i, events.PAYMENT_FAILED, point, billing_score(p, z(s, i, BILLING_QUALITY, point)), NO_TEAM, point)
    chance = draw(s, int(a.account), RECOVERY, place)
    recovers = payment_recovers(p, edits_of(s), treated_of(s, i), s.now, chance)
    move_on(s, i, INVOLUNTARY)
    rank = rank_of(events.PAYMENT_RECOVERED, a.account, place)
    push(s, s.now + dunning_delay(p), rank, i, a.life, 1 if recovers else 0)


def on_end_of_reminders(s: Company, i: int) -> None:
    """The reminders have worked, or the account is lost."""
    if s.carries:
        point = number_of(item_of(s.rank))
        write(s, i, events.PAYMENT_RECOVERED, point, NO_TEAM, 0.0, INVOLUNTARY, -1)
    else:
        leave(s, i, events.CANCELLED, INVOLUNTARY, account_at(s, i).month + 1)


def leave(s: Company, i: int, kind: int, cause: int, month: int) -> None:
    """It is gone. `month` is the review at or before which the loss takes effect."""
    a = account_at(s, i)
    before = int(a.mrr)
    count(s, a.quadrant, -1)
    if s.tallies:
        count_loss(s, i, kind, cause, int(a.stage))
    a.active = 0
    a.stage = events.GONE
    write_money(s, i, kind, month, before, cause)
    if a.pending != NO_CAUSE:
        cause = int(a.pending)
        a.pending = NO_CAUSE
        move_on(s, i, cause)
    approach(s, i)


def approach(s: Company, i: int) -> None:
    """Whoever is lost may be approached again."""
    a, now = account_at(s, i), s.now
    p = parameters_of(s, a.segment)
    if win_back_is_tried(
        p,
        edits_of(s),
        treated_of(s, i),
        now,
        u(s, i, WIN_BACK, 0),
    ):
        delay = win_back_delay(p, u(s, i, WIN_BACK_DELAY, 0))
        push(s, now + delay, rank_of(events.WIN_BACK_TRIED, a.account, int(a.life)), i, a.life, 0)
