"""Chapter seven: the months of an account, each with a review."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import feel_with, note, u, write, write_money, z
from cxsim.engines.compiled.conversations import plan
from cxsim.engines.compiled.lanes import central, eight, normal_of
from cxsim.engines.compiled.leaving import weigh
from cxsim.engines.compiled.memory import Company, account_at, edits_of, parameters_of, past_at, treated_of
from cxsim.engines.compiled.queue import push_monthly, rank_of
from cxsim.engines.compiled.renewal import appoint_notice, settle
from cxsim.engines.compiled.support import appoint_ticket
from cxsim.engines.compiled.treatment import treat
from cxsim.events import ADOPTION, DIGITAL_TEAM, NO_CAUSE, NO_TEAM, RENEWAL
from cxsim.interventions import REVIEW as AT_REVIEW
from cxsim.rules.chance import elapsed, happens
from cxsim.rules.contract import in_renewal, review_at
from cxsim.rules.experience import experience, mood_after_month, product_score
from cxsim.rules.growth import (
    contracted_mrr,
    contraction_chance,
    expanded_mrr,
    expansion_chance,
    purchase,
    purchase_chance,
)
from cxsim.rules.health import (
    band,
    observed_health,
    seen_after,
    seen_usage_after_month,
    survey_answer,
    survey_due,
    survey_is_answered,
)
from cxsim.rules.outcome import (
    champion_goes,
    champion_rises,
    outcome_after_month,
    usage_after_champion,
    usage_after_month,
)
from cxsim.rules.service import gap_after_month, lateness_gap, pain_after_month
from cxsim.streams import (
    CHAMPION,
    CHAMPION_PROMOTED,
    CONTRACTION,
    CONTRACTION_SIZE,
    EXPANSION,
    EXPANSION_SIZE,
    OBSERVATION,
    PRODUCT_QUALITY,
    PURCHASE,
    PURCHASE_SIZE,
    SEEN,
    SURVEY_ANSWERED,
    SURVEY_NOISE,
    USAGE,
    index_of,
    index_of_moment,
)

MONTHLY = (USAGE, OBSERVATION, PRODUCT_QUALITY, CHAMPION, EXPANSION, CONTRACTION, PURCHASE, SEEN)


def begin_stay(s: Company, i: int) -> None:
    """Set going what goes on as long as the account stays."""
    appoint_review(s, i)
    appoint_ticket(s, i, 0)
    appoint_notice(s, i)
    weigh(s, i)


def appoint_review(s: Company, i: int) -> None:
    """The next review."""
    a = account_at(s, i)
    month = int(a.month) + 1
    push_monthly(s, review_at(a.stay_at, month), rank_of(events.REVIEW, a.account, month), i, a.life)


def on_review(s: Company, i: int) -> None:
    """A month is over; the account leaves, or goes on."""
    account_at(s, i).month += 1
    if settle(s, i):
        return
    review(s, i)
    appoint_review(s, i)


def review(s: Company, i: int) -> None:
    """What a month has come to, and what is decided for the next."""
    draw_month(s, i)
    live_a_month(s, i)
    treat(s, i, AT_REVIEW)
    weigh(s, i)
    grow(s, i)
    plan(s, i)
    survey(s, i)


def draw_month(s: Company, i: int) -> None:
    """The eight draws that every review needs, side by side; those that become normal first."""
    a = account_at(s, i)
    life = int(a.life)
    index, seen = index_of(life, int(a.month)), index_of_moment(events.REVIEW, life, int(a.month))
    indices = (index, index, index, index, index, index, index, seen)
    u = eight(s.seed, s.replication, s.branch, int(a.account), MONTHLY, indices)
    quick = central((u[0], u[1], u[2], u[3]))
    drawn = s.lanes
    drawn[0], drawn[1], drawn[2] = normal_of(u[0], quick[0]), normal_of(u[1], quick[1]), normal_of(u[2], quick[2])
    drawn[3], drawn[4], drawn[5], drawn[6], drawn[7] = u[3], u[4], u[5], u[6], u[7]


def live_a_month(s: Company, i: int) -> None:
    """Usage, outcome, the product as a moment, and what the company makes of it."""
    a, now = account_at(s, i), s.now
    p, edits, treated, month = parameters_of(s, a.segment), edits_of(s), treated_of(s, i), int(a.month)
    drawn = s.lanes
    a.usage = usage_after_month(p, edits, treated, now, a.usage, a.live != 0, a.mood, drawn[0])
    if champion_goes(p, drawn[3]):
        lose_champion(s, i)
    a.client_outcome = outcome_after_month(p, a.client_outcome, a.usage, a.fit, a.promise)
    a.mood = mood_after_month(p, a.mood)
    a.pain = pain_after_month(p, a.pain, a.n_open)
    if a.onboarded:
        a.gap = gap_after_month(p, edits, treated, now, a.gap)
        a.stage = RENEWAL if in_renewal(p, month, int(a.term)) else ADOPTION
    else:
        a.gap = lateness_gap(p, edits, treated, now, elapsed(now, a.stay_at))
    past = past_at(s, i)
    past.third = past.second
    past.second = past.first
    past.first = a.observed
    a.seen_usage = seen_usage_after_month(p, a.seen_usage, a.usage)
    a.observed = observed_health(p, a.seen_usage, a.seen, a.stage, drawn[1])
    a.band = band(p, a.observed)
    score = product_score(p, edits, treated, now, a.usage, drawn[2])
    feel_with(s, i, events.REVIEW, month, score, NO_TEAM, drawn[7])


def lose_champion(s: Company, i: int) -> None:
    """The project's friend on the other side leaves his post, or rises."""
    a = account_at(s, i)
    p, month = parameters_of(s, a.segment), int(a.month)
    promoted = champion_rises(p, u(s, i, CHAMPION_PROMOTED, month))
    a.usage = usage_after_champion(p, a.usage, promoted)
    note(s, i, events.CHAMPION_PROMOTED if promoted else events.CHAMPION_LEFT, month)


def grow(s: Company, i: int) -> None:
    """Expansion, contraction, one-off purchases, unless it has given notice."""
    a = account_at(s, i)
    if a.confirmed:
        return
    p, month, before = (
        parameters_of(s, a.segment),
        int(a.month),
        int(a.mrr),
    )
    if happens(expansion_chance(p, a.quadrant), s.lanes[4]):
        a.mrr = expanded_mrr(p, before, u(s, i, EXPANSION_SIZE, month))
        write_money(s, i, events.EXPANDED, month, before, NO_CAUSE)
        before = int(a.mrr)
    if happens(contraction_chance(p, a.health), s.lanes[5]):
        a.mrr = contracted_mrr(p, before, u(s, i, CONTRACTION_SIZE, month))
        write_money(s, i, events.CONTRACTED, month, before, NO_CAUSE)
    if happens(purchase_chance(p, a.quadrant), s.lanes[6]):
        price = purchase(p, int(a.mrr), u(s, i, PURCHASE_SIZE, month))
        write(s, i, events.PURCHASED, month, NO_TEAM, float(price), NO_CAUSE, -1)


def survey(s: Company, i: int) -> None:
    """Asked how it feels, the account answers, or is silent."""
    a = account_at(s, i)
    p, month = parameters_of(s, a.segment), int(a.month)
    if not survey_due(p, month):
        return
    felt = experience(p, a.sponsor, a.user)
    if survey_is_answered(p, felt, u(s, i, SURVEY_ANSWERED, month)):
        answer = survey_answer(p, felt, z(s, i, SURVEY_NOISE, month))
        a.seen = seen_after(p, a.seen, answer)
        write(s, i, events.SURVEY_ANSWERED, month, DIGITAL_TEAM, answer, NO_CAUSE, -1)
    else:
        write(s, i, events.SURVEY_SILENT, month, DIGITAL_TEAM, 0.0, NO_CAUSE, -1)
