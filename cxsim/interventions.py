"""What can be done to a world: named, dated, pure edits of its numbers, with a cost and with evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cxsim.errors import did_you_mean, shown
from cxsim.events import BANDS, STAGES
from cxsim.parameters import Parameter, Source, declared

SET, ADD, MULTIPLY = range(3)
OPERATIONS: Final = ("set", "add", "multiply")

EVERYONE, SIGN_UP, REVIEW = range(3)
TRIGGERS: Final = ("everyone", "sign-up", "review")

MOST_SERVED: Final = 10**9  # accounts in a month, where there is a cap
TREATABLE_STAGES: Final = STAGES[:3]
SCORES: Final = (
    "observed_health",
    "observed_trend",
    "usage",
    "months_to_renewal",
    "months_since_contact",
    "open_tickets",
    "custom",
)

# read once, before the clock starts: an edit of them would be accepted and do nothing
_SETTLED: Final = ("arrivals.history_months", "arrivals.base_accounts", "segments.frailty_variance")

# read from the log's own world, when the run is over: the same holds
_READ_OFF: Final = (
    "experience.user_voice",
    "health.amber_from",
    "health.green_from",
    "health.high_outcome",
    "health.high_experience",
    "onboarding.projects_per_specialist",
)
_READ_OFF_TABLES: Final = ("economics.",)


@dataclass(frozen=True, slots=True)
class Edit:
    """One number moved.

    Attributes
    ----------
    parameter : int
        Place in the parameter row.
    operation : int
        `SET`, `ADD` or `MULTIPLY`.
    size : float
        The new value or what is added, in the parameter's unit; or the factor.
    ramp : float
        Months from no effect to full size.
    stop : float
        Months after its start when the edit ends.
    decay : float
        Half-life of the effect in months, counted from full size; 0 for an effect that lasts.
    """

    parameter: int
    operation: int
    size: float
    ramp: float = 0.0
    stop: float = math.inf
    decay: float = 0.0


@dataclass(frozen=True, slots=True)
class Intervention:
    """A named, dated setting of levers, with its cost. A shock is one that nobody chose.

    Attributes
    ----------
    name, title, description : str
    start, stop : float
        Months from month 0 between which accounts are treated.
    trigger : int
        `EVERYONE` (edits go to the monthly rows of the segments), `SIGN_UP` or `REVIEW` (account by account).
    outreach : bool
        True if treating an account asks a CSM to reach out to it.
    segments, stages, bands : tuple of str
        Whom it is for; empty for all. Bands are the observed ones.
    score : str
        One of `SCORES`, or "" for none.
    score_low, score_high : float
        Treated if the score lies in [score_low, score_high], in the score's unit.
    coverage : float
        Share of those it is for who get it, by each account's own draw.
    capacity : float
        Most accounts served in a month of the simulation, whoever comes first: a whole number, or inf for no cap.
    priority : int
        Smaller is served first, for outreach.
    cost_once, cost_per_month, cost_per_account : float
        In the world's currency.
    edits : tuple of Edit
    evidence : str
        What is known about the effect.
    sources : tuple of Source
    is_shock : bool
    """

    name: str
    title: str = ""
    description: str = ""
    start: float = 0.0
    stop: float = math.inf
    trigger: int = EVERYONE
    outreach: bool = False
    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    score: str = ""
    score_low: float = -math.inf
    score_high: float = math.inf
    coverage: float = 1.0
    capacity: float = math.inf
    priority: int = 1
    cost_once: float = 0.0
    cost_per_month: float = 0.0
    cost_per_account: float = 0.0
    edits: tuple[Edit, ...] = ()
    evidence: str = ""
    sources: tuple[Source, ...] = ()
    is_shock: bool = False


def faults(intervention: Intervention, segments: Sequence[str]) -> list[tuple[str, str]]:
    """Say what is wrong with an intervention in a world with these segments.

    Returns
    -------
    list of (str, str)
        Place and message; empty if it is sound.
    """
    return [*_when_and_cost(intervention), *_who(intervention, segments), *_edits(intervention)]


def _when_and_cost(it: Intervention) -> list[tuple[str, str]]:
    found = []
    if not 0.0 <= it.start <= 1200.0:
        found.append(("start", f"{shown(it.start)} is outside 0 to 1200 months"))
    if not it.stop > it.start:
        found.append(("stop", f"{shown(it.stop)} is not later than the start, month {shown(it.start)}"))
    if it.trigger not in (EVERYONE, SIGN_UP, REVIEW):
        found.append(("trigger", f"{shown(it.trigger)} is not one of {', '.join(TRIGGERS)}"))
    if not 0.0 <= it.coverage <= 1.0:
        found.append(("coverage", f"{shown(it.coverage)} is outside 0 to 1 (share of the accounts it is for)"))
    elif it.trigger == EVERYONE and it.coverage != 1.0:
        found.append(("coverage", 'must be 1 where trigger is "everyone"'))
    if it.trigger == EVERYONE and it.capacity != math.inf:
        found.append(("capacity", 'must be inf where trigger is "everyone": no account is served singly'))
    elif it.capacity != math.inf and not (1 <= it.capacity <= MOST_SERVED and it.capacity % 1 == 0):
        found.append(
            ("capacity", f"{shown(it.capacity)} is not a whole number from 1 to 1e9, or inf (accounts a month)")
        )
    for key, cost in (("once", it.cost_once), ("per_month", it.cost_per_month), ("per_account", it.cost_per_account)):
        if not 0.0 <= cost <= 1e12:
            found.append((f"cost.{key}", f"{shown(cost)} is outside 0 to 1e12 of the world's currency"))
    if it.trigger == EVERYONE and it.cost_per_account:
        found.append(("cost.per_account", 'must be 0 where trigger is "everyone": no account is treated singly'))
    if it.outreach and it.trigger != REVIEW:
        found.append(("outreach", 'only possible where trigger is "review"'))
    if not it.edits and not it.outreach:
        found.append(("edits", "there is none, so that nothing would change"))
    return found


def _who(it: Intervention, segments: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for key, names, known in (
        ("segments", it.segments, segments),
        ("stages", it.stages, TREATABLE_STAGES),
        ("bands", it.bands, BANDS),
        ("score", (it.score,) if it.score else (), SCORES),
    ):
        found += [
            (f"who.{key}", f"{shown(name)} is not one of {', '.join(known)}.{did_you_mean(name, known)}")
            for name in names
            if name not in known
        ]
    if it.trigger != REVIEW:
        found += [
            (f"who.{key}", 'only possible where trigger is "review"')
            for key, given in (("stages", it.stages), ("bands", it.bands), ("score", it.score))
            if given
        ]
    if not it.score and (it.score_low, it.score_high) != (-math.inf, math.inf):
        found.append(("who.score", f"is missing: above and below need one of {', '.join(SCORES)}"))
    if not it.score_low <= it.score_high:
        found.append(("who.above", f"{shown(it.score_low)} is not below {shown(it.score_high)}"))
    return found


def _edits(it: Intervention) -> list[tuple[str, str]]:
    found = []
    row = declared()
    for number, edit in enumerate(it.edits, start=1):
        place = f"edits {number}"
        if not 0 <= edit.parameter < len(row):
            found.append((place, f"{edit.parameter} is no place in the parameter row"))
            continue
        parameter = row[edit.parameter]
        message = _misplaced(it, parameter) or _missized(edit, parameter)
        if message:
            found.append((place, f"{parameter.path}: {message}"))
        if not 0.0 <= edit.ramp < math.inf or not 0.0 <= edit.decay < math.inf or not edit.stop > 0.0:
            found.append((place, f"{parameter.path}: ramp and decay must be 0 or more months, stop more than 0"))
    return found


def _misplaced(it: Intervention, parameter: Parameter) -> str:
    if parameter.path in _SETTLED:
        return "is read once, before month 0, so that no intervention can move it"
    if parameter.path in _READ_OFF or parameter.path.startswith(_READ_OFF_TABLES):
        return "is read from the world when a run is over, so that no intervention can move it; use --set"
    if it.trigger != EVERYONE and not parameter.per_account:
        return f'cannot differ from account to account, so that trigger "{TRIGGERS[it.trigger]}" cannot move it'
    if parameter.per_company and it.segments:
        return "is shared by all segments, so that an intervention for some of them cannot move it"
    return ""


def _missized(edit: Edit, parameter: Parameter) -> str:
    low, high, unit = parameter.low, parameter.high, parameter.unit
    if edit.operation not in (SET, ADD, MULTIPLY):
        return f"{shown(edit.operation)} is not one of {', '.join(OPERATIONS)}"
    if edit.operation == SET and not low <= edit.size <= high:
        return f"{shown(edit.size)} is outside {low:g} to {high:g} {unit} ({parameter.meaning})"
    if edit.operation == ADD and not abs(edit.size) <= high - low:
        return f"adding {shown(edit.size)} leaves {low:g} to {high:g} {unit} from anywhere in it"
    if edit.operation == MULTIPLY and not 0.0 <= edit.size <= 1e6:
        return f"the factor {shown(edit.size)} is outside 0 to 1e6"
    if parameter.whole and edit.operation != MULTIPLY and edit.size != math.floor(edit.size):
        return f"{shown(edit.size)} is not a whole number ({unit})"
    return ""
