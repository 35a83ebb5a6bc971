"""Whom an intervention reaches."""

from __future__ import annotations

from cxsim.rules.law import law


@law
def in_force(begins: float, ends: float, now: float) -> bool:
    """Is an intervention running? From its start, up to but not at its stop [months]."""
    return begins <= now < ends


@law
def listed(mask: int, member: int) -> bool:
    """Is a segment, stage or band among those named in a bit mask?"""
    return (mask >> member) & 1 == 1


@law
def scored(score: float, low: float, high: float) -> bool:
    """Does a score lie in the interval that the policy treats, both ends included?"""
    return low <= score <= high


@law
def covered(coverage: float, u: float) -> bool:
    """Is an account covered? By its own draw, so that a larger coverage contains every smaller one."""
    return u < coverage


@law
def has_room(capacity: float, served: int) -> bool:
    """Can a programme serve one more account this month? `served` counts those of the month so far; inf: no cap."""
    return served < capacity


@law
def trend(observed: float, before: float) -> float:
    """Change of the observed health over three reviews [0-20 scale]."""
    return observed - before


@law
def visible_score(
    score: int, observed: float, change: float, seen_usage: float, months_left: float, gap: float, n_open: int
) -> float:
    """The quantity by which a policy picks accounts, of those that the company can see (code: place in `SCORES`).

    0 observed health, 1 its change over 3 reviews, 2 usage as reported, 3 months to the end of the term,
    4 months since the last contact, 5 open tickets.
    """
    if score == 0:
        return observed
    if score == 1:
        return change
    if score == 2:
        return seen_usage
    if score == 3:
        return months_left
    if score == 4:
        return gap
    return n_open


@law
def months_to_renewal(month: int, term: int) -> int:
    """Reviews until the term ends, 1 for a monthly contract."""
    return term - month % term
