"""What every chapter shares: this month's parameters, luck, and the book of what happened."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.memory import Company, account_at, enter, enter_state, parameters_of, past_at, term_at
from cxsim.engines.compiled.state import OF_USERS, OWNER
from cxsim.engines.compiled.tally import COUNTED, count_moved, count_row
from cxsim.events import DIGITAL, DIGITAL_TEAM, HAPPY, HIGH_RISK, TRAPPED
from cxsim.rules.contract import change
from cxsim.rules.experience import after_moment, emotion, experience, mood_after_moment
from cxsim.rules.hazards import Seven
from cxsim.rules.health import band, health, observed_health, quadrant, seen_after, visibility
from cxsim.streams import SEEN, _normal, _uniform, index_of, index_of_moment

NOTHING = events.NO_CAUSE


def draw(s: Company, account: int, purpose: int, index: int) -> float:
    """A uniform draw at an address."""
    return _uniform(s.seed, s.replication, s.branch, account, purpose, index)  # type: ignore[no-any-return]


def draw_z(s: Company, account: int, purpose: int, index: int) -> float:
    """A normal draw at an address."""
    return _normal(draw(s, account, purpose, index))  # type: ignore[no-any-return]


def u(s: Company, i: int, purpose: int, number: int) -> float:
    """A uniform draw of an account in its present stay."""
    a = account_at(s, i)
    return draw(s, int(a.account), purpose, index_of(int(a.life), number))


def z(s: Company, i: int, purpose: int, number: int) -> float:
    """A normal draw of an account in its present stay."""
    return _normal(u(s, i, purpose, number))  # type: ignore[no-any-return]


def remaining_of(s: Company, i: int) -> Seven:
    """What remains to each cause's next point."""
    r = account_at(s, i).remaining
    return r[0], r[1], r[2], r[3], r[4], r[5], r[6]


def keep_remaining(s: Company, i: int, seven: Seven) -> None:
    """Set what remains."""
    r = account_at(s, i).remaining
    r[0], r[1], r[2], r[3], r[4], r[5], r[6] = seven


def at_term_of(s: Company, i: int) -> Seven:
    """What remained when the term began; nobody asks for that of failed payments."""
    r = term_at(s, i).remaining
    return r[0], r[1], r[2], r[3], r[4], r[5], 0.0


def keep_at_term(s: Company, i: int, seven: Seven) -> None:
    """Set what remained when the term began."""
    r = term_at(s, i).remaining
    r[0], r[1], r[2], r[3], r[4], r[5] = seven[0], seven[1], seven[2], seven[3], seven[4], seven[5]


def write(s: Company, i: int, kind: int, item: int, team: int, value: float, cause: int, feeling: int) -> None:
    """Write down what happened to an account, with its state after."""
    a = account_at(s, i)
    if s.keeps_book:
        enter(s, kind, a.account, item, team, value, cause, feeling, a.stage)
        mrr = int(a.mrr) if a.active else 0
        enter_state(s, a.sponsor, a.user, a.client_outcome, a.usage, a.health, a.observed, mrr)
    if s.tallies and (COUNTED[kind] or team == DIGITAL_TEAM):
        count_row(s, i, kind, team, value)


def note(s: Company, i: int, kind: int, item: int) -> None:
    """Write down something that has neither team nor value nor cause."""
    write(s, i, kind, item, events.NO_TEAM, 0.0, NOTHING, -1)


def write_money(s: Company, i: int, kind: int, item: int, before: int, cause: int) -> None:
    """Write down a change of MRR from `before` [cents]."""
    a = account_at(s, i)
    write(s, i, kind, item, events.NO_TEAM, float(change(int(a.mrr) if a.active else 0, before)), cause, -1)


def write_company(s: Company, kind: int, item: int, team: int, value: float) -> None:
    """Write down what happened to the company."""
    if s.keeps_book:
        enter(s, kind, -1, item, team, value, NOTHING, -1, 0)
        enter_state(s, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)


def feel(s: Company, i: int, kind: int, item: int, score: float, team: int, line: int) -> None:
    """A moment: it moves a voice, has an emotion, may be seen by the company, and is written down.

    `item` goes to the log; `line` is the address of its draw.
    """
    a = account_at(s, i)
    luck = draw(s, int(a.account), SEEN, index_of_moment(kind, int(a.life), line))
    feel_with(s, i, kind, item, score, team, luck)


def feel_with(s: Company, i: int, kind: int, item: int, score: float, team: int, luck: float) -> None:
    """The same, the draw by which the company sees it being made already."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    owner = DIGITAL if team == DIGITAL_TEAM else OWNER[kind]
    if OF_USERS[kind]:
        voice = a.user
        after = after_moment(p, kind, voice, score)
        a.user = after
        a.mood = mood_after_moment(p, a.mood, score, voice)
    else:
        voice = a.sponsor
        after = after_moment(p, kind, voice, score)
        a.sponsor = after
    if s.tallies:
        count_moved(s, i, owner, OF_USERS[kind], voice, after)
    if luck < visibility(p, owner):
        a.seen = seen_after(p, a.seen, score)
    judge(s, i)
    write(s, i, kind, item, team, score, NOTHING, emotion(p, score, voice))


def judge(s: Company, i: int) -> None:
    """Health and quadrant follow the state; happy and unhappy accounts are counted while they are customers."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    felt = experience(p, a.sponsor, a.user)
    a.health = health(p, a.client_outcome, felt, a.stage)
    now = quadrant(p, a.client_outcome, felt)
    if a.active and now != a.quadrant:
        count(s, a.quadrant, -1)
        count(s, now, 1)
    a.quadrant = now


def look(s: Company, i: int) -> None:
    """What the company makes of an account before its first review."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    a.observed = observed_health(p, a.seen_usage, a.seen, a.stage, 0.0)
    past = past_at(s, i)
    past.first = past.second = past.third = a.observed
    a.band = band(p, a.observed)


def count(s: Company, place: int, by: int) -> None:
    """Keep count of happy and unhappy accounts."""
    if place == HAPPY:
        s.n_happy += by
    elif place in (HIGH_RISK, TRAPPED):
        s.n_unhappy += by
