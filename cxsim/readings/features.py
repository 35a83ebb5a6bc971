"""What the company could know of each account on a day: nothing that it does not see, nothing from after the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError
from cxsim.parameters.onboarding import EXPECTED_DURATION
from cxsim.readings.asof import before, waits
from cxsim.readings.knowable import DAYS, FEATURES, GIVEN_UP, LIVE, UNDER_WAY, WAITS, Feature
from cxsim.readings.lives import horizon_of, roster_place
from cxsim.readings.sightings import Sightings, sightings
from cxsim.readings.states import bands
from cxsim.readings.values import Value, scenario_of, values_of
from cxsim.rules.chance import elapsed
from cxsim.rules.law import DAYS_PER_MONTH
from cxsim.rules.targeting import months_to_renewal, trend

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

__all__ = ["FEATURES", "Feature", "features"]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_ENTERING: Final = (*events.ENTERING, events.OPENING)
_TALKS: Final = (events.CHECKED_IN, events.REACHED_OUT, events.RENEWAL_TALK)
_CONTACTS: Final = (*events.ENTERING, events.KICKED_OFF, events.WENT_LIVE, *_TALKS)
_ENDED: Final = (events.TICKET_SOLVED, events.TICKET_FAILED, events.TICKET_ABANDONED)
_LOST: Final = (events.TICKET_FAILED, events.TICKET_ABANDONED)
_BAD: Final = (events.ANGRY, events.FRUSTRATED)
_GOOD: Final = (events.PLEASED, events.DELIGHTED)
_REVIEWS: Final = 3  # over which a trend is taken

# laws are plain arithmetic: what they do with two numbers they do with two columns
_elapsed: Any = elapsed
_months_to_renewal: Any = months_to_renewal
_trend: Any = trend


def features(log: EventLog, *, days: float | Sequence[float] | Reals, everything: bool = False) -> pd.DataFrame:
    """What the company could know of its accounts as days begin.

    Parameters
    ----------
    log : EventLog
    days : float or sequence of float
        Months from month 0, from the start of the history to the horizon. What happens at the very moment of a day
        or after it is not known yet.
    everything : bool
        As if every moment had reached the company's records, and not only those that were seen. What that is worth
        is the price of the silo.

    Returns
    -------
    pandas.DataFrame, one row a day and account that is a customer then
        `account`, `day` [months], `came_at` (when its stay began, months), and the columns of `FEATURES`, words as
        categories. Sorted by day and account.

    Raises
    ------
    InputError
        If a day is no number or outside the log, or the scenario in the birth certificate is not sound.

    Notes
    -----
    Columns that a policy is shown too (`cxsim.Seen`) are equal to those. True experience, outcome, health and usage,
    fit, promise, frailty and intents enter nowhere; scores and emotions of moments enter where the moment was seen.
    """
    wanted = _days(log, days)
    value = values_of(log)
    stays = _stays(log, sightings(log, everything=everything))
    asked = _asked(stays, wanted)
    columns = _columns(stays, asked, value)
    return _frame(log, columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Stays:
    """Rows of accounts one stay after the other; `start` holds the index of the stay's first row, shape (n,)."""

    log: EventLog
    sight: Sightings
    c: Mapping[str, Array]
    life: Ints
    start: Ints
    place: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Days asked about, one entry a day and stay: `at` the last row before it, `since` those before 30 and 90 days."""

    day: Reals
    start: Ints
    at: Ints
    since: Mapping[int, Ints]


def _days(log: EventLog, days: float | Sequence[float] | Reals) -> Reals:
    try:
        found = np.unique(np.atleast_1d(np.asarray(days, dtype=np.float64)))
    except (TypeError, ValueError):
        raise InputError([f"days: {days!r} are not numbers of months"]) from None
    low, high = -log.certificate.history_months, log.certificate.horizon_months
    if found.ndim != 1 or not len(found):
        raise InputError(["days: none was named"])
    wrong = found[~((found >= low) & (found <= high))]
    if len(wrong):
        raise InputError([f"days: {wrong[0]:g} is not within the log, which holds months {low:g} to {high:g}"])
    return found


def _stays(log: EventLog, sight: Sightings) -> _Stays:
    names = ("emotion", "stage", "observed", "mrr")
    c = {**sight.columns, **{name: log.columns[name][sight.rows] for name in names}}
    n = len(sight.rows)
    index = np.arange(n)
    fresh = (sight.first == index) | (c["kind"] == events.RETURNED)
    start = np.maximum.accumulate(np.where(fresh, index, 0)) if n else index
    place = roster_place(log)[c["account"]] if n else index
    return _Stays(log, sight, c, np.cumsum(fresh) - 1, start, place)


def _asked(stays: _Stays, days: Reals) -> _Asked:
    """Stays that last on each day, and the last row of each before the day."""
    c = stays.c
    begins = np.unique(stays.start)
    came = c["time"][begins]
    gone = np.full(len(begins), np.inf)
    left = np.flatnonzero(np.isin(c["kind"], events.LEAVING))[::-1]
    gone[stays.life[left]] = c["time"][left]
    entered = np.isin(c["kind"][begins], _ENTERING)
    members = [np.flatnonzero((came < day) & (day <= gone) & entered) for day in days]
    life = np.concatenate(members)
    day, start = np.repeat(days, [len(some) for some in members]), begins[life]
    moments = np.concatenate([day, *(day - n / DAYS_PER_MONTH for n in DAYS)])
    at, *earlier = np.split(before(stays.life, c["time"], np.tile(life, 1 + len(DAYS)), moments), 1 + len(DAYS))
    return _Asked(day, start, at, {n: np.maximum(rows, start - 1) for n, rows in zip(DAYS, earlier, strict=True)})


class _Count:
    """Sums of a column over the rows of a stay, up to a day or over the last so many days."""

    def __init__(self, asked: _Asked, what: Array) -> None:
        self._asked = asked
        self._sums = np.concatenate(([0], np.cumsum(what, dtype=np.int64)))

    def so_far(self) -> Ints:
        return np.asarray(self._sums[self._asked.at + 1] - self._sums[self._asked.start])

    def within(self, days: int) -> Ints:
        return np.asarray(self._sums[self._asked.at + 1] - self._sums[self._asked.since[days] + 1])


class _Last:
    """The last row of a stay before each day among those chosen, if there is one."""

    def __init__(self, asked: _Asked, chosen: Flags) -> None:
        latest = np.maximum.accumulate(np.where(chosen, np.arange(len(chosen)), -1)) if len(chosen) else asked.at
        found = latest[asked.at]
        self.there = found >= asked.start
        self.row = np.where(self.there, found, 0)

    def of(self, column: Array, otherwise: float) -> Array:
        """The column in that row, `otherwise` where there is none."""
        return np.where(self.there, column[self.row], otherwise)


def _columns(stays: _Stays, asked: _Asked, value: Value) -> dict[str, Array]:
    c, at, place = stays.c, asked.at, stays.place[asked.at]
    roster = stays.log.roster
    kind = c["kind"]
    opening = kind[asked.start] == events.OPENING
    came_at = np.where(opening, roster["sign_up_at"][place], c["time"][asked.start])
    review = _Last(asked, kind == events.REVIEW)
    known = np.where(opening, np.floor(asked.day - came_at), 0)
    month = review.of(c["item"], 0).astype(np.int64)
    month = np.where(review.there, month, known).astype(np.int64)
    term = roster["term"][place].astype(np.int64)
    return {
        "account": c["account"][at],
        "day": asked.day,
        "came_at": came_at,
        "segment": roster["segment"][place],
        "touch": roster["touch"][place],
        "term": term,
        "month": month,
        "months_to_renewal": _months_to_renewal(month, term),
        "tenure": _elapsed(asked.day, came_at),
        "referred": roster["referred"][place] != 0,
        **_state(stays, asked, value, review),
        **_tickets(stays, asked),
        **_moments(stays, asked),
        **_contacts(stays, asked, came_at),
        **_surveys(stays, asked),
        **_onboarding(stays, asked),
        **_money(stays, asked),
    }


def _state(stays: _Stays, asked: _Asked, value: Value, review: _Last) -> dict[str, Array]:
    """Health, usage and experience as the company sees them, and where they are heading."""
    c, sight, at = stays.c, stays.sight, asked.at
    kind = c["kind"]
    # entering counts as the review before the first
    is_look = (stays.start == np.arange(len(kind))) | (kind == events.REVIEW)
    looks, number = np.flatnonzero(is_look), np.cumsum(is_look) - 1
    earlier = looks[np.maximum(number[at] - _REVIEWS, number[asked.start])]
    observed, usage, experience = c["observed"][at], sight.usage[at], sight.experience[at]
    high_usage = 10.0 * usage >= value("health.high_outcome")
    high_experience = experience >= value("health.high_experience")
    return {
        "stage": c["stage"][at],
        "mrr": c["mrr"][at],
        "observed_health": observed,
        "observed_trend": _trend(observed, c["observed"][earlier]),
        "band": bands(observed, value),
        "usage": usage,
        "usage_trend": usage - sight.usage[earlier],
        "observed_experience": experience,
        "quadrant": 2 * high_experience.astype(np.int8) + high_usage,
        "given_notice": _Count(asked, kind == events.CONFIRMED).so_far() > 0,
        "returned": _returns(stays)[at],
        "treatments": _Count(asked, kind == events.TREATED).so_far(),
    }


def _returns(stays: _Stays) -> Ints:
    returns = np.cumsum(stays.c["kind"] == events.RETURNED)
    first = stays.sight.first
    opened = np.where(stays.c["kind"][first] == events.OPENING, stays.c["item"][first], 0)
    return np.asarray(returns - returns[first] + opened)


def _tickets(stays: _Stays, asked: _Asked) -> dict[str, Array]:
    c = stays.c
    kind = c["kind"]
    opened, answered = kind == events.TICKET_OPENED, kind == events.TICKET_ANSWERED
    waited = _Count(asked, waits(stays.life, kind, c["item"], c["time"]))
    n_opened, n_answered = _Count(asked, opened), _Count(asked, answered)
    mean = {}
    for days in DAYS:
        n = n_answered.within(days)
        total = waited.within(days) / 1e6 * DAYS_PER_MONTH
        mean[days] = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return {
        "open_tickets": n_opened.so_far() - _Count(asked, np.isin(kind, _ENDED)).so_far(),
        "tickets_30d": n_opened.within(30),
        "tickets_90d": n_opened.within(90),
        "wait_30d": mean[30],
        "wait_90d": mean[90],
        "late_answers_90d": _Count(asked, answered & (c["value"] == 0.0)).within(90),
        "failed_tickets_90d": _Count(asked, np.isin(kind, _LOST)).within(90),
    }


def _moments(stays: _Stays, asked: _Asked) -> dict[str, Array]:
    """Moments that reached the company's records, and how they felt."""
    sighted, emotion = stays.sight.sighted, stays.c["emotion"]
    return {
        "moments_90d": _Count(asked, sighted).within(90),
        "bad_moments_90d": _Count(asked, sighted & np.isin(emotion, _BAD)).within(90),
        "good_moments_90d": _Count(asked, sighted & np.isin(emotion, _GOOD)).within(90),
        "last_emotion": _Last(asked, sighted).of(emotion, -1),
    }


def _contacts(stays: _Stays, asked: _Asked, came_at: Reals) -> dict[str, Array]:
    kind, team, time = stays.c["kind"], stays.c["team"], stays.c["time"]
    contact = np.isin(kind, _CONTACTS)
    human = contact & (team != events.DIGITAL_TEAM)
    talk = _Last(asked, kind == events.RENEWAL_TALK)
    return {
        "months_since_contact": _elapsed(asked.day, _either(_Last(asked, contact), time, came_at)),
        "months_since_human": _elapsed(asked.day, _either(_Last(asked, human), time, came_at)),
        "months_since_talk": _elapsed(asked.day, talk.of(time, np.nan)),
    }


def _either(last: _Last, column: Array, otherwise: Array) -> Array:
    return np.where(last.there, column[last.row], otherwise)


def _surveys(stays: _Stays, asked: _Asked) -> dict[str, Array]:
    kind = stays.c["kind"]
    answer = _Last(asked, kind == events.SURVEY_ANSWERED)
    silent = np.concatenate(([0], np.cumsum(kind == events.SURVEY_SILENT)))
    from_ = np.where(answer.there, answer.row, asked.start)
    return {
        "survey_answer": answer.of(stays.c["value"], np.nan),
        "months_since_answer": _elapsed(asked.day, answer.of(stays.c["time"], np.nan)),
        "surveys_unanswered": silent[asked.at + 1] - silent[from_],
    }


def _onboarding(stays: _Stays, asked: _Asked) -> dict[str, Array]:
    c = stays.c
    kind, time = c["kind"], c["time"]
    request, begun = _Last(asked, kind == events.ONBOARDING_ASKED), _Last(asked, kind == events.KICKED_OFF)
    live, stopped = _Last(asked, kind == events.WENT_LIVE), _Last(asked, kind == events.ONBOARDING_ABANDONED)
    state = np.where(begun.there, UNDER_WAY, WAITS)
    state = np.where(live.there, LIVE + c["item"][live.row], np.where(stopped.there, GIVEN_UP, state))
    until = np.where(live.there, time[live.row], np.where(stopped.there, time[stopped.row], asked.day))
    lasted = until - request.of(time, np.nan)
    expected = np.array([row[EXPECTED_DURATION] for row in _first_rows(stays.log)])
    segment = stays.log.roster["segment"][stays.place[asked.at]].astype(np.int64)
    return {
        "onboarding": np.where(request.there, state, -1),
        "onboarding_months": lasted,
        "onboarding_delay": lasted / expected[segment] - 1.0,
    }


def _first_rows(log: EventLog) -> tuple[list[float], ...]:
    """Parameter rows by segment as the scenario begins."""
    from cxsim.plan import make_plan

    return make_plan(scenario_of(log), horizon_of(log)).rows[0]


def _money(stays: _Stays, asked: _Asked) -> dict[str, Array]:
    c = stays.c
    kind, mrr = c["kind"], c["mrr"].astype(np.float64)
    renewal = _Last(asked, kind == events.RENEWED)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = c["value"] / (mrr - c["value"])
    return {
        "expansions": _Count(asked, kind == events.EXPANDED).so_far(),
        "contractions": _Count(asked, kind == events.CONTRACTED).so_far(),
        "purchases": _Count(asked, kind == events.PURCHASED).so_far(),
        "renewals": _Count(asked, kind == events.RENEWED).so_far(),
        "mrr_change": mrr[asked.at] / np.maximum(mrr[asked.start], 1.0) - 1.0,
        "price_change": renewal.of(change, np.nan),
    }


def _frame(log: EventLog, columns: Mapping[str, Array]) -> pd.DataFrame:
    import pandas as pd

    table: dict[str, Any] = {name: columns[name] for name in ("account", "day", "came_at")}
    for name, feature in FEATURES.items():
        column = columns[name].astype(feature.type)
        if feature.words:
            words = log.certificate.segments if name == "segment" else feature.words
            table[name] = pd.Categorical.from_codes(column, categories=pd.Index(list(words)))
        else:
            table[name] = column
    return pd.DataFrame(table)
