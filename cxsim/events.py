"""What can happen, in which order when it happens at once, and the words for codes in the log.

Appointments for the same moment come in the order (kind, account, item); the number of a kind is its rank. Rows are
written in the order in which things happen, so that what an appointment entails follows it at the same time. What
belongs to the company or a team carries account -1. Items that number within a stay of the account carry the stay
in their upper bits (`streams.index_of`), so that they stay unique when an account comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STAGES: Final = ("onboarding", "adoption", "renewal", "gone")
ONBOARDING, ADOPTION, RENEWAL, GONE = range(4)

TEAMS: Final = ("none", "onboarding", "success", "support", "digital")
NO_TEAM, ONBOARDING_TEAM, SUCCESS_TEAM, SUPPORT_TEAM, DIGITAL_TEAM = range(5)

CAUSES: Final = ("onboarding", "relationship", "service", "value", "competition", "price", "involuntary")
BY_ONBOARDING, BY_RELATIONSHIP, BY_SERVICE, BY_VALUE, BY_COMPETITION, BY_PRICE, INVOLUNTARY = range(7)
NO_CAUSE: Final = -1

EMOTIONS: Final = ("angry", "frustrated", "neutral", "pleased", "delighted")
ANGRY, FRUSTRATED, NEUTRAL, PLEASED, DELIGHTED = range(5)

BANDS: Final = ("red", "amber", "green")
RED, AMBER, GREEN = range(3)

QUADRANTS: Final = ("high risk", "trapped", "accessible to competition", "happy and successful")
HIGH_RISK, TRAPPED, ACCESSIBLE, HAPPY = range(4)

TOUCHES: Final = ("digital", "pooled", "named")
DIGITAL_TOUCH, POOLED_TOUCH, NAMED_TOUCH = range(3)

PUNCTUALITY: Final = ("on time", "late", "over budget")
ON_TIME, LATE, OVER_BUDGET = range(3)

OWNERS: Final = ("sales", "onboarding", "success", "support", "product", "billing", "digital")
SALES, ONBOARDING_OWNER, SUCCESS, SUPPORT, PRODUCT, BILLING, DIGITAL = range(7)
NOBODY: Final = -1

MONTH: Final = 0
OPENING: Final = 1
HEADCOUNT: Final = 2
OUTAGE: Final = 3
CHARGE: Final = 4
SIGNED_UP: Final = 10
BUYING: Final = 11
TREATED: Final = 12
ONBOARDING_ASKED: Final = 13
KICKED_OFF: Final = 14
MILESTONE: Final = 15
WENT_LIVE: Final = 16
ONBOARDING_ABANDONED: Final = 17
TICKET_OPENED: Final = 20
TICKET_HANDED_OVER: Final = 21
TICKET_ANSWERED: Final = 22
TICKET_SOLVED: Final = 23
TICKET_FAILED: Final = 24
TICKET_ABANDONED: Final = 25
CHECK_IN_ASKED: Final = 30
CHECK_IN_BEGUN: Final = 31
CHECKED_IN: Final = 32
OUTREACH_ASKED: Final = 33
OUTREACH_BEGUN: Final = 34
REACHED_OUT: Final = 35
TALK_ASKED: Final = 36
TALK_BEGUN: Final = 37
RENEWAL_TALK: Final = 38
SURVEY_ANSWERED: Final = 40
SURVEY_SILENT: Final = 41
OUTAGE_FELT: Final = 42
CHAMPION_LEFT: Final = 43
CHAMPION_PROMOTED: Final = 44
NOTICE: Final = 49
REVIEW: Final = 50
PURCHASED: Final = 51
EXPANDED: Final = 52
CONTRACTED: Final = 53
INTENT: Final = 60
RESCUED: Final = 61
CONFIRMED: Final = 62
FORGIVEN: Final = 63
PAYMENT_FAILED: Final = 64
PAYMENT_RECOVERED: Final = 65
RENEWED: Final = 70
CANCELLED: Final = 71
LAPSED: Final = 72
WIN_BACK_TRIED: Final = 80
RETURNED: Final = 81
OWN: Final = 90


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of happening.

    Attributes
    ----------
    code : int
        Rank in ties, and number in the log.
    name : str
    value : str
        What the column `value` holds, with its unit.
    item : str
        What the column `item` holds.
    owner : int
        Who owns the moment (a code of `OWNERS`), or `NOBODY` where it is none. Work done by the digital team is
        owned by `DIGITAL` whatever stands here.
    voice : str
        "sponsor" or "user": whose experience a moment moves.
    waits : int
        Code of the kind whose wait ends here, or -1.
    moves_money : bool
        True where `value` is the change of MRR in cents.
    """

    code: int
    name: str
    value: str = ""
    item: str = ""
    owner: int = NOBODY
    voice: str = ""
    waits: int = -1
    moves_money: bool = False


_SCORE: Final = "score of the moment, 0-10"
_CENTS: Final = "change of MRR, cents"

KINDS: Final[dict[int, Kind]] = {
    kind.code: kind
    for kind in (
        Kind(MONTH, "month"),
        Kind(OPENING, "opening", "MRR, cents", "stay of the account, 0 for the first"),
        Kind(HEADCOUNT, "headcount", "people at work", "running number"),
        Kind(OUTAGE, "outage", "", "running number"),
        Kind(CHARGE, "charge", "cost, cents", "intervention"),
        Kind(SIGNED_UP, "signed_up", _CENTS, "1 if referred", moves_money=True),
        Kind(BUYING, "buying", _SCORE, "", SALES, "sponsor"),
        Kind(TREATED, "treated", "cost, cents", "intervention"),
        Kind(ONBOARDING_ASKED, "onboarding_asked", "", ""),
        Kind(KICKED_OFF, "kicked_off", _SCORE, "", ONBOARDING_OWNER, "sponsor", ONBOARDING_ASKED),
        Kind(MILESTONE, "milestone", _SCORE, "which, from 1", ONBOARDING_OWNER, "user"),
        Kind(WENT_LIVE, "went_live", _SCORE, "punctuality", ONBOARDING_OWNER, "sponsor"),
        Kind(ONBOARDING_ABANDONED, "onboarding_abandoned", "", "milestones done"),
        Kind(TICKET_OPENED, "ticket_opened", "", "candidate"),
        Kind(TICKET_HANDED_OVER, "ticket_handed_over", "", "candidate"),
        Kind(TICKET_ANSWERED, "ticket_answered", "1 if within expectation", "candidate", waits=TICKET_OPENED),
        Kind(TICKET_SOLVED, "ticket_solved", _SCORE, "candidate", SUPPORT, "user"),
        Kind(TICKET_FAILED, "ticket_failed", _SCORE, "candidate", SUPPORT, "user"),
        Kind(TICKET_ABANDONED, "ticket_abandoned", _SCORE, "candidate", SUPPORT, "user", TICKET_OPENED),
        Kind(CHECK_IN_ASKED, "check_in_asked", "", "month of the stay"),
        Kind(CHECK_IN_BEGUN, "check_in_begun", "", "month of the stay", waits=CHECK_IN_ASKED),
        Kind(CHECKED_IN, "checked_in", _SCORE, "month of the stay", SUCCESS, "sponsor"),
        Kind(OUTREACH_ASKED, "outreach_asked", "", "month of the stay"),
        Kind(OUTREACH_BEGUN, "outreach_begun", "", "month of the stay", waits=OUTREACH_ASKED),
        Kind(REACHED_OUT, "reached_out", _SCORE, "month of the stay", SUCCESS, "sponsor"),
        Kind(TALK_ASKED, "talk_asked", "", "month of the stay"),
        Kind(TALK_BEGUN, "talk_begun", "", "month of the stay", waits=TALK_ASKED),
        Kind(RENEWAL_TALK, "renewal_talk", _SCORE, "month of the stay", SUCCESS, "sponsor"),
        Kind(SURVEY_ANSWERED, "survey_answered", "answer, 0-10", "month of the stay"),
        Kind(SURVEY_SILENT, "survey_silent", "", "month of the stay"),
        Kind(OUTAGE_FELT, "outage_felt", _SCORE, "outage", PRODUCT, "user"),
        Kind(CHAMPION_LEFT, "champion_left", "", "month of the stay"),
        Kind(CHAMPION_PROMOTED, "champion_promoted", "", "month of the stay"),
        Kind(NOTICE, "notice"),
        Kind(REVIEW, "review", "score of a month of use, 0-10", "month of the stay, from 1", PRODUCT, "user"),
        Kind(PURCHASED, "purchased", "one-off price, cents", "month of the stay"),
        Kind(EXPANDED, "expanded", _CENTS, "month of the stay", moves_money=True),
        Kind(CONTRACTED, "contracted", _CENTS, "month of the stay", moves_money=True),
        Kind(INTENT, "intent", "hazard of the cause, 1/month", "which point of the cause, from 0"),
        Kind(RESCUED, "rescued", "", "which point of the cause"),
        Kind(CONFIRMED, "confirmed", "", "which point of the cause"),
        Kind(FORGIVEN, "forgiven", "", "which point of the cause"),
        Kind(PAYMENT_FAILED, "payment_failed", _SCORE, "which point of the cause", BILLING, "sponsor"),
        Kind(PAYMENT_RECOVERED, "payment_recovered", "", "which point of the cause"),
        Kind(RENEWED, "renewed", _CENTS, "month of the stay", moves_money=True),
        Kind(CANCELLED, "cancelled", _CENTS, "month of the stay", moves_money=True),
        Kind(LAPSED, "lapsed", _CENTS, "month of the stay", moves_money=True),
        Kind(WIN_BACK_TRIED, "win_back_tried", "", "stay"),
        Kind(RETURNED, "returned", _CENTS, "stay, from 1", moves_money=True),
        Kind(OWN, "own", "a number of the process's own", "a number of the process's own"),
    )
}  # fmt: skip

NAMES: Final[dict[str, int]] = {kind.name: code for code, kind in KINDS.items()}
MOMENTS: Final = tuple(code for code, kind in KINDS.items() if kind.owner != NOBODY)
MONEY: Final = tuple(code for code, kind in KINDS.items() if kind.moves_money)
LEAVING: Final = (CANCELLED, LAPSED)
ENTERING: Final = (SIGNED_UP, RETURNED)
ENDS_OF_WORK: Final = (TICKET_SOLVED, TICKET_FAILED, TICKET_ABANDONED, CHECKED_IN, REACHED_OUT, RENEWAL_TALK)
