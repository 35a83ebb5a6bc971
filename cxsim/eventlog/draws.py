"""Which draws a row of the log stands on: purposes and indices, read off the row and the account's rows before it.

`DRAWS` says for every kind what the reference engine asks its luck for when it writes such a row; a test records
what it really asks for and holds the table to it. Laws, queues and the clock do the rest without luck.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsim import events, streams
from cxsim.eventlog.happenings import Happening, happening, last_before

if TYPE_CHECKING:
    from cxsim.eventlog import Certificate, EventLog


@dataclass(frozen=True, slots=True)
class Address:
    """Where a draw is found, seed, replication and branch apart.

    Attributes
    ----------
    account, purpose : int
    index : int
        -1 if the log does not tell.
    place : str
        The index in words.
    decides : str
    drawn_at : float
        When it is asked for [months]; nan if the log does not tell.
    """

    account: int
    purpose: int
    index: int
    place: str
    decides: str
    drawn_at: float = math.nan


Place = tuple[int, str]
UNKNOWN: Final[Place] = (-1, "not in the log")
UNTOLD: Final[tuple[int, ...]] = ()
_STAY: Final = streams.index_of(1, 0)


def _in_stay(stay: int, number: int) -> Place:
    return streams.index_of(stay, number), f"stay {stay}, number {number}"


def _once(h: Happening) -> Place:
    return _in_stay(h.stay, 0)


def _numbered(h: Happening) -> Place:
    return _in_stay(h.stay, h.item)


def _itself(h: Happening) -> Place:
    """The item carries the stay in its upper bits."""
    return _in_stay(*divmod(h.item, _STAY))


def _of_company(h: Happening) -> Place:
    return h.item, f"number {h.item}"


def _of_candidate(_: Happening) -> Place:
    return 0, "candidate"


def _point(h: Happening) -> Place:
    if h.cause < 0 or h.point < 0:
        return UNKNOWN
    return streams.point_of(h.cause, h.point), f"{events.CAUSES[h.cause]}, point {h.point}"


def _seen(h: Happening) -> Place:
    stay, number = h.stay, 0 if h.kind == events.WENT_LIVE else h.item
    if h.kind in events.ENDS_OF_WORK:
        stay, number = divmod(h.item, _STAY)
    return streams.index_of_moment(h.kind, stay, number), f"{events.KINDS[h.kind].name}, stay {stay}, number {number}"


def _coverage(h: Happening) -> Place:
    """By the intervention's name, as in `plan.Programme.address`."""
    return (zlib.crc32(h.intervention.encode()) & 0x7FFFFFFF, h.intervention) if h.intervention else UNKNOWN


def _post(_: Happening) -> Place:
    """The row says how many are at work, not which post was filled or left."""
    return UNKNOWN


def _always(_: Happening) -> bool:
    return True


def _by_digital(h: Happening) -> bool:
    return h.team == events.DIGITAL_TEAM


def _by_people(h: Happening) -> bool:
    return h.team != events.DIGITAL_TEAM


def _is_referred(h: Happening) -> bool:
    return h.item == 1


def _is_ordinary(h: Happening) -> bool:
    return h.item == 0


def _on_the_way(h: Happening) -> bool:
    """Onboarding was given up after a milestone, not while a specialist was waited for."""
    return h.item > 0


def _waiting(h: Happening) -> bool:
    return h.item == 0


def _unpaid(h: Happening) -> bool:
    return h.cause == events.INVOLUNTARY


def _wanted(h: Happening) -> bool:
    return h.cause != events.INVOLUNTARY


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that a row stands on.

    Attributes
    ----------
    purpose : int
    place : callable
        From the happening to index and words.
    decides : str
    since : tuple of int, optional
        Kinds of happenings with which it is made; the account's last one before the row counts. None where it is made
        as the row is written, empty where the log does not tell.
    only : callable
        Says whether a happening stands on it.
    """

    purpose: int
    place: Callable[[Happening], Place]
    decides: str
    since: tuple[int, ...] | None = None
    only: Callable[[Happening], bool] = _always


_SCORE, _SIZE, _WORK = "the score of the moment", "by how much", "how long the work takes"
_POINT: Final = Draw(streams.RESISTANCE, _point, "hazard of the cause it withstands", UNTOLD)
_UNPAID: Final = (events.PAYMENT_FAILED,)
_CHAMPION: Final = (
    Draw(streams.CHAMPION, _numbered, "whether the champion goes"),
    Draw(streams.CHAMPION_PROMOTED, _numbered, "whether by promotion"),
)
_DIGITAL: Final = (
    Draw(streams.TICKET_DIGITAL, _itself, "if a digital worker tries first", only=_by_digital),
    Draw(streams.TICKET_DIFFICULTY, _itself, "how hard the question is", only=_by_digital),
    Draw(streams.DIGITAL_SOLVED, _itself, "whether the digital one solves it", only=_by_digital),
)
_AGENT: Final = (
    Draw(streams.TICKET_WORK, _itself, _WORK, (events.TICKET_ANSWERED,), _by_people),
    Draw(streams.TICKET_SOLVED, _itself, "whether it is solved", only=_by_people),
)
_GONE: Final = (
    Draw(streams.RECOVERY, _point, "whether the payment is recovered", _UNPAID, _unpaid),
    Draw(streams.RESISTANCE, _point, "hazard of the cause it withstands", UNTOLD, _wanted),
)
_TICKET: Final = Draw(streams.TICKET_QUALITY, _itself, _SCORE)


def _conversation(begun: int, work: int, quality: int) -> tuple[Draw, ...]:
    return Draw(work, _itself, _WORK, (begun,), _by_people), Draw(quality, _itself, _SCORE)


_WITHOUT_SIGHT: Final[Mapping[int, tuple[Draw, ...]]] = {
    events.HEADCOUNT: (Draw(streams.ATTRITION, _post, "how long somebody holds a post", UNTOLD),),
    events.OUTAGE: (
        Draw(streams.OUTAGE_CLOCK, _of_company, "when the product may fail", UNTOLD),
        Draw(streams.OUTAGE_ACCEPTED, _of_company, "whether it fails"),
    ),
    events.SIGNED_UP: (
        Draw(streams.ARRIVAL, _of_candidate, "when the candidate comes", UNTOLD, _is_ordinary),
        Draw(streams.REFERRAL_ARRIVAL, _of_candidate, "when the candidate comes", UNTOLD, _is_referred),
        Draw(streams.ACCEPTANCE, _once, "whether the candidate buys"),
        Draw(streams.FIT, _of_candidate, "fit, and with it mrr", UNTOLD),
        Draw(streams.MRR, _of_candidate, "mrr at sign-up", UNTOLD),
    ),
    events.BUYING: (Draw(streams.BUYING_QUALITY, _once, _SCORE),),
    events.TREATED: (Draw(streams.COVERAGE, _coverage, "whether it is covered"),),
    events.KICKED_OFF: (Draw(streams.KICK_OFF_QUALITY, _once, _SCORE),),
    events.MILESTONE: (
        Draw(
            streams.MILESTONE_DURATION, _numbered, "how long the milestone takes", (events.KICKED_OFF, events.MILESTONE)
        ),
        Draw(streams.MILESTONE_QUALITY, _numbered, _SCORE),
        Draw(streams.ONBOARDING_GIVE_UP, _numbered, "whether onboarding is given up"),
    ),
    events.WENT_LIVE: (Draw(streams.GO_LIVE_QUALITY, _once, _SCORE),),
    events.ONBOARDING_ABANDONED: (
        Draw(streams.ONBOARDING_PATIENCE, _once, "patience for a specialist", (events.ONBOARDING_ASKED,), _waiting),
        Draw(streams.ONBOARDING_GIVE_UP, _numbered, "whether onboarding is given up", only=_on_the_way),
    ),
    events.TICKET_OPENED: (
        Draw(streams.TICKET_CLOCK, _itself, "when there is an occasion to ask", UNTOLD),
        Draw(streams.TICKET_ACCEPTED, _itself, "whether it becomes a ticket"),
    ),
    events.TICKET_HANDED_OVER: _DIGITAL,
    events.TICKET_ANSWERED: _DIGITAL,
    events.TICKET_SOLVED: (*_DIGITAL, *_AGENT, _TICKET),
    events.TICKET_FAILED: (*_AGENT, _TICKET),
    events.TICKET_ABANDONED: (
        Draw(streams.TICKET_PATIENCE, _itself, "patience for an answer", (events.TICKET_OPENED,)),
        _TICKET,
    ),
    events.CHECKED_IN: _conversation(events.CHECK_IN_BEGUN, streams.CHECK_IN_WORK, streams.CHECK_IN_QUALITY),
    events.REACHED_OUT: _conversation(events.OUTREACH_BEGUN, streams.OUTREACH_WORK, streams.OUTREACH_QUALITY),
    events.RENEWAL_TALK: _conversation(events.TALK_BEGUN, streams.TALK_WORK, streams.TALK_QUALITY),
    events.SURVEY_ANSWERED: (
        Draw(streams.SURVEY_ANSWERED, _numbered, "whether the survey is answered"),
        Draw(streams.SURVEY_NOISE, _numbered, "the answer"),
    ),
    events.SURVEY_SILENT: (Draw(streams.SURVEY_ANSWERED, _numbered, "whether the survey is answered"),),
    events.OUTAGE_FELT: (
        Draw(streams.OUTAGE_REACH, _of_company, "whether it is at work then"),
        Draw(streams.OUTAGE_QUALITY, _of_company, _SCORE),
    ),
    events.CHAMPION_LEFT: _CHAMPION,
    events.CHAMPION_PROMOTED: _CHAMPION,
    events.REVIEW: (
        Draw(streams.USAGE, _numbered, "usage in the month"),
        _CHAMPION[0],
        Draw(streams.OBSERVATION, _numbered, "how the company sees the account"),
        Draw(streams.PRODUCT_QUALITY, _numbered, _SCORE),
    ),
    events.PURCHASED: (
        Draw(streams.PURCHASE, _numbered, "whether something is bought"),
        Draw(streams.PURCHASE_SIZE, _numbered, "at what price"),
    ),
    events.EXPANDED: (
        Draw(streams.EXPANSION, _numbered, "whether mrr expands"),
        Draw(streams.EXPANSION_SIZE, _numbered, _SIZE),
    ),
    events.CONTRACTED: (
        Draw(streams.CONTRACTION, _numbered, "whether mrr contracts"),
        Draw(streams.CONTRACTION_SIZE, _numbered, _SIZE),
    ),
    events.INTENT: (_POINT,),
    events.RESCUED: (Draw(streams.RESCUE, _point, "whether the outreach wins it over"), _POINT),
    events.CONFIRMED: (_POINT,),
    events.FORGIVEN: (_POINT,),
    events.PAYMENT_FAILED: (
        _POINT,
        Draw(streams.BILLING_QUALITY, _numbered, _SCORE),
        Draw(streams.RECOVERY, _point, "whether the payment is recovered"),
    ),
    events.PAYMENT_RECOVERED: (Draw(streams.RECOVERY, _point, "whether the payment is recovered", _UNPAID),),
    events.RENEWED: (Draw(streams.SEATS, _numbered, "change of seats"),),
    events.CANCELLED: _GONE,
    events.LAPSED: _GONE,
    events.WIN_BACK_TRIED: (
        Draw(streams.WIN_BACK, _once, "whether a win-back is tried", events.LEAVING),
        Draw(streams.WIN_BACK_DELAY, _once, "when", events.LEAVING),
        Draw(streams.WIN_BACK_SUCCESS, _once, "whether it comes back"),
    ),
    events.RETURNED: (Draw(streams.WIN_BACK_SUCCESS, _once, "whether it comes back"),),
}
DRAWS: Final[Mapping[int, tuple[Draw, ...]]] = {
    **_WITHOUT_SIGHT,
    **{
        kind: (*_WITHOUT_SIGHT[kind], Draw(streams.SEEN, _seen, "whether the company sees it"))
        for kind in events.MOMENTS
    },
}
OF_ROSTER: Final[Mapping[str, tuple[int, ...]]] = {
    "sign_up_at": (streams.ARRIVAL, streams.REFERRAL_ARRIVAL),
    "mrr": (streams.FIT, streams.MRR),
    "term": (streams.TERM,),
    "touch": (streams.TOUCH,),
    "fit": (streams.FIT,),
    "promise": (streams.FIT, streams.PROMISE),
    "frailty": (streams.FRAILTY,),
}


def addresses(log: EventLog, row: int) -> list[Address]:
    """The draws that a row of a log stands on, in the order of `DRAWS`."""
    h = happening(log, row)
    # a team's luck lies beside the company's
    account = -1 - h.team if h.kind == events.HEADCOUNT else h.account
    return [
        Address(account, draw.purpose, *draw.place(h), draw.decides, _drawn_at(log, row, h, draw))
        for draw in DRAWS.get(h.kind, ())
        if draw.only(h)
    ]


def _drawn_at(log: EventLog, row: int, h: Happening, draw: Draw) -> float:
    if draw.since is None:
        return float(log.columns["time"][row])
    item = h.item if h.kind in events.ENDS_OF_WORK else None
    began = last_before(log, row, draw.since, item)
    return math.nan if began is None else float(log.columns["time"][began])


def roster_addresses(account: int, referred: bool, column: str) -> list[Address]:
    """The draws that a column of the roster stands on."""
    other = streams.ARRIVAL if referred else streams.REFERRAL_ARRIVAL
    return [
        Address(account, purpose, 0, "candidate", f"{column} in the roster")
        for purpose in OF_ROSTER.get(column, ())
        if purpose != other
    ]


def number_at(certificate: Certificate, address: Address, time: float) -> float:
    """The uniform number that a log's certificate puts at an address, for a row at `time`; nan without an index.

    After a fork it is the branch's, for what is drawn after it; whom an intervention covers is settled before. Where
    the log does not tell when a draw is made, the row's time stands for it.
    """
    if address.index < 0:
        return math.nan
    c = certificate
    when = time if math.isnan(address.drawn_at) else address.drawn_at
    is_trunk = address.purpose == streams.COVERAGE or when < c.branch_from
    branch = 0 if is_trunk else c.branch
    return streams.uniform(c.seed, c.replication, branch, address.account, address.purpose, address.index)
