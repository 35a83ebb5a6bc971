"""Work and waiting: which row began what, and which ended it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.eventlog.pairs import latest_start

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog

Ints = npt.NDArray[np.int64]

SUBJECTS: Final = ("onboarding", "ticket", "check_in", "outreach", "renewal_talk")
ONBOARDING, TICKET, CHECK_IN, OUTREACH, TALK = range(len(SUBJECTS))
CONVERSATIONS: Final = (CHECK_IN, OUTREACH, TALK)

WORK_STARTS: Final = {
    events.KICKED_OFF: ONBOARDING,
    events.TICKET_ANSWERED: TICKET,
    events.CHECK_IN_BEGUN: CHECK_IN,
    events.OUTREACH_BEGUN: OUTREACH,
    events.TALK_BEGUN: TALK,
}
WORK_ENDS: Final = {
    events.WENT_LIVE: ONBOARDING,
    events.ONBOARDING_ABANDONED: ONBOARDING,
    events.CANCELLED: ONBOARDING,
    events.LAPSED: ONBOARDING,
    events.TICKET_SOLVED: TICKET,
    events.TICKET_FAILED: TICKET,
    events.CHECKED_IN: CHECK_IN,
    events.REACHED_OUT: OUTREACH,
    events.RENEWAL_TALK: TALK,
}
WAIT_STARTS: Final = {
    events.ONBOARDING_ASKED: ONBOARDING,
    events.TICKET_OPENED: TICKET,
    events.CHECK_IN_ASKED: CHECK_IN,
    events.OUTREACH_ASKED: OUTREACH,
    events.TALK_ASKED: TALK,
}
WAIT_ENDS: Final = {
    events.KICKED_OFF: ONBOARDING,
    events.ONBOARDING_ABANDONED: ONBOARDING,
    events.TICKET_ANSWERED: TICKET,
    events.TICKET_ABANDONED: TICKET,
    events.CHECK_IN_BEGUN: CHECK_IN,
    events.OUTREACH_BEGUN: OUTREACH,
    events.TALK_BEGUN: TALK,
}
TEAM_OF: Final = np.array(
    [events.ONBOARDING_TEAM, events.SUPPORT_TEAM, events.SUCCESS_TEAM, events.SUCCESS_TEAM, events.SUCCESS_TEAM]
)


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Stretches of time between two rows of one account.

    Attributes
    ----------
    subject : int64 array, shape (n,)
        Code of `SUBJECTS`.
    start, end : int64 arrays, shape (n,)
        Rows of the log; where nothing ended it, the end is -1.
    """

    subject: Ints
    start: Ints
    end: Ints


def _pair(log: EventLog, starts: Mapping[int, int], ends: Mapping[int, int], unfinished: bool = False) -> Spans:
    """Each end with the latest start of its account, subject and item; each start ends once."""
    size = max(events.KINDS) + 1
    subject_of, is_start_of = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    subject_of[list(starts)] = list(starts.values())
    subject_of[list(ends)] = list(ends.values())
    is_start_of[list(starts)] = True
    kind = log.columns["kind"]
    rows = np.flatnonzero((subject_of >= 0)[kind])
    subject, is_start = subject_of[kind[rows]], is_start_of[kind[rows]]
    # The item of an onboarding row is a count or a punctuality, not a name of what began.
    item = np.where(subject == ONBOARDING, 0, log.columns["item"][rows])
    found = latest_start(log.columns["account"][rows], subject, item, is_start)
    at_end = np.flatnonzero(found >= 0)
    _, first = np.unique(found[at_end], return_index=True)
    at_end = at_end[first]
    begun, ended = found[at_end], rows[at_end]
    if unfinished:
        open_ = np.setdiff1d(np.flatnonzero(is_start), begun)
        begun, ended = np.concatenate((begun, open_)), np.concatenate((ended, np.full(len(open_), -1, dtype=np.int64)))
    return Spans(subject[begun], rows[begun], ended)


def first_after(log: EventLog, rows: Ints, kinds: Collection[int]) -> Ints:
    """The first later row of some kinds in the same account's life.

    Parameters
    ----------
    log : EventLog
    rows : int64 array, shape (n,)
        Rows of accounts.
    kinds : collection of int

    Returns
    -------
    int64 array, shape (n,)
        Rows of the log, or -1.
    """
    n = len(log)
    found = np.flatnonzero(np.isin(log.columns["kind"], list(kinds)))
    if not len(found):
        return np.full(len(rows), -1, dtype=np.int64)
    account = log.columns["account"].astype(np.int64)
    keys = np.sort(account[found] * n + found)
    next_ = keys[np.minimum(np.searchsorted(keys, account[rows] * n + rows, side="right"), len(keys) - 1)]
    return np.where((next_ // n == account[rows]) & (next_ % n > rows), next_ % n, -1)


def work(log: EventLog, unfinished: bool = False) -> Spans:
    """Work of people (not of the digital team): from kick-off, answer or beginning to its end.

    Parameters
    ----------
    log : EventLog
    unfinished : bool
        Whether to give work without an end of its own as well: until the account's return if it came back
        meanwhile, else with end -1.

    Notes
    -----
    A project ends at go-live, when it is given up, or when the account leaves. Other work goes on after the account
    left and is written down when it is done, unless the account has returned by then: nothing is written, for what
    was done concerned the stay before. So its end is not known; the return is the latest time at which it was still
    under way for certain.
    """
    spans = _pair(log, WORK_STARTS, WORK_ENDS, unfinished)
    if unfinished:
        open_ = np.flatnonzero(spans.end < 0)
        spans.end[open_] = first_after(log, spans.start[open_], (events.RETURNED,))
    team = log.columns["team"]
    digital = (team[spans.start] == events.DIGITAL_TEAM) | (
        (spans.end >= 0) & (team[np.maximum(spans.end, 0)] == events.DIGITAL_TEAM)
    )
    return Spans(spans.subject[~digital], spans.start[~digital], spans.end[~digital])


def waiting(log: EventLog) -> Spans:
    """Waits: from asking to being served, to giving up while waiting, or to the account's leaving; else end -1.

    Notes
    -----
    A conversation is not held with an account that has given notice: the notice (`confirmed`) ends its waiting.
    """
    spans = _pair(log, WAIT_STARTS, WAIT_ENDS, unfinished=True)
    talks = np.isin(spans.subject, CONVERSATIONS)
    for chosen, kinds in ((talks, (*events.LEAVING, events.CONFIRMED)), (~talks, events.LEAVING)):
        open_ = np.flatnonzero(chosen & (spans.end < 0))
        spans.end[open_] = first_after(log, spans.start[open_], kinds)
    return spans
