"""Memory that will be needed soon is asked for now: nothing changes but the time that it takes.

A company of some thousand accounts does not fit into the fast part of a processor's memory. Whose turn comes in a few
buckets is known, so their records are fetched while others are at work.
"""

from __future__ import annotations

from cxsim.engines.compiled.memory import Company, prefetch, slot_at
from cxsim.engines.compiled.state import ACCOUNT, EVENT, JOB, LINE, MONTHLY, PAST

SOON = 32  # accounts before its turn that one begins to be fetched where all are gone through
ACCOUNT_BYTES, EVENT_BYTES, JOB_BYTES, MONTHLY_BYTES, PAST_BYTES = (
    kind.itemsize for kind in (ACCOUNT, EVENT, JOB, MONTHLY, PAST)
)


def fetch_account(s: Company, i: int) -> None:
    """An account's record."""
    at = s.at_accounts + ACCOUNT_BYTES * i
    for k in range(0, ACCOUNT_BYTES, LINE):
        prefetch(at + k)


def fetch_later(s: Company, k: int) -> None:
    """The record of the account whose turn comes a little after the k-th, by number."""
    fetch_account(s, int(slot_at(s, min(k + SOON, int(s.n_accounts) - 1)).to))


def fetch_reviewed(s: Company, i: int) -> None:
    """All that a review of an account looks at."""
    fetch_account(s, i)
    prefetch(s.at_past + PAST_BYTES * i)


def fetch_event(s: Company, e: int) -> None:
    """An event of the calendar's pool."""
    prefetch(s.at_events + EVENT_BYTES * e)


def fetch_place(s: Company, k: int) -> None:
    """A place in the calendar's ring."""
    prefetch(s.at_ring + MONTHLY_BYTES * k)


def fetch_subject(s: Company, what: int, whom: int) -> None:
    """What an event is about: an account, and perhaps a job that is done for it."""
    fetch_account(s, whom)
    prefetch(s.at_jobs + JOB_BYTES * what if what != whom else s.at_accounts + ACCOUNT_BYTES * whom)
