"""Memory that will be needed soon is asked for now: nothing changes but the time that it takes.

A company of some thousand accounts does not fit into the fast part of a processor's memory. Whose turn comes in a few
buckets is known, so their records are fetched while others are at work.
"""

from __future__ import annotations

from cxsim.engines.compiled.memory import Company, prefetch
from cxsim.engines.compiled.state import ACCOUNT, EVENT, JOB, MONTHLY, PAST, TALLIED

LINE = 64  # bytes that come at once
ACCOUNT_BYTES, EVENT_BYTES, JOB_BYTES, MONTHLY_BYTES, PAST_BYTES, TALLIED_BYTES = (
    kind.itemsize for kind in (ACCOUNT, EVENT, JOB, MONTHLY, PAST, TALLIED)
)


def fetch_account(s: Company, i: int) -> None:
    """All that a review of an account looks at."""
    at = s.at_accounts + ACCOUNT_BYTES * i
    for k in range(0, ACCOUNT_BYTES + LINE - 1, LINE):
        prefetch(at + k)
    prefetch(s.at_past + PAST_BYTES * i)
    if s.tallies:
        prefetch(s.at_tallied + TALLIED_BYTES * i)


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
