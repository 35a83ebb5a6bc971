"""Chapter six: whom the company's programmes reach. They act on what it sees, never on what is true."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import write
from cxsim.engines.compiled.conversations import call
from cxsim.engines.compiled.memory import (
    Company,
    account_at,
    parameters_of,
    past_at,
    programme_at,
    score_at,
    treated_of,
)
from cxsim.events import NO_CAUSE, NO_TEAM
from cxsim.plan import CUSTOM_SCORE
from cxsim.rules.chance import elapsed
from cxsim.rules.hazards import NEVER
from cxsim.rules.service import rested
from cxsim.rules.targeting import (
    covered,
    has_room,
    in_force,
    listed,
    months_to_renewal,
    scored,
    trend,
    visible_score,
)
from cxsim.streams import COVERAGE, _uniform


def treat(s: Company, i: int, trigger: int) -> None:
    """At sign-up or at a review: begin the programmes that reach this account, unless it has given notice."""
    if account_at(s, i).confirmed:
        return
    for k in range(s.n_programmes):
        if programme_at(s, k).trigger == trigger and reaches(s, i, k):
            give(s, i, k)


def give(s: Company, i: int, k: int) -> None:
    """Begin a programme for an account, or call it again: if it has room for one more this month."""
    a, programme = account_at(s, i), programme_at(s, k)
    is_first = treated_of(s, i)[programme.number] == NEVER
    calls = programme.outreach and rested(
        parameters_of(s, a.segment),
        int(a.month),
        int(a.last_outreach),
    )
    if not (is_first or calls) or not has_room(programme.capacity, int(programme.served)):
        return
    programme.served += 1
    if is_first:
        treated_of(s, i)[programme.number] = s.now
        write(s, i, events.TREATED, int(programme.number), NO_TEAM, float(programme.cost), NO_CAUSE, -1)
    if calls:
        a.last_outreach = a.month
        call(s, i, events.REACHED_OUT, int(programme.priority))


def open_month(s: Company) -> None:
    """As a month begins no programme has served anybody in it."""
    for k in range(s.n_programmes):
        programme_at(s, k).served = 0


def reaches(s: Company, i: int, k: int) -> bool:
    """Is the programme running, and is the account one of those it is for?"""
    a, programme = account_at(s, i), programme_at(s, k)
    return (
        in_force(programme.begins, programme.ends, s.now)
        and listed(programme.segments, a.segment)
        and listed(programme.stages, a.stage)
        and listed(programme.bands, a.band)
        and covered(programme.coverage, luck_of_trunk(s, int(a.account), int(programme.address)))
        and (programme.score < 0 or scored(score(s, i, k), programme.low, programme.high))
    )


def luck_of_trunk(s: Company, account: int, address: int) -> float:
    """The draw by which an account is covered: whom a programme covers is no luck of the future."""
    return _uniform(s.seed, s.replication, s.trunk, account, COVERAGE, address)  # type: ignore[no-any-return]


def score(s: Company, i: int, k: int) -> float:
    """The quantity by which a programme picks accounts."""
    a, programme = account_at(s, i), programme_at(s, k)
    if programme.score == CUSTOM_SCORE:
        return score_at(s, i).score  # type: ignore[no-any-return]
    gap = elapsed(s.now, a.contact_at)
    months_left = months_to_renewal(int(a.month), int(a.term))
    change = trend(a.observed, past_at(s, i).third)
    n_open = int(a.n_open)
    return visible_score(int(programme.score), a.observed, change, a.seen_usage, float(months_left), gap, n_open)
