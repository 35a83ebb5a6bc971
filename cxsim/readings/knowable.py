"""The columns of the table of what a company can know of its accounts: type, meaning and unit of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cxsim import events

ONBOARDINGS: Final = ("waits", "under way", *events.PUNCTUALITY, "given up")
WAITS, UNDER_WAY, LIVE, GIVEN_UP = 0, 1, 2, 5
DAYS: Final = (30, 90)  # what is recent


@dataclass(frozen=True, slots=True)
class Feature:
    """One column.

    Attributes
    ----------
    type : str
        NumPy type; columns of words hold codes.
    meaning : str
        With its unit.
    words : tuple of str
        Words for its codes; empty where it holds none. A code of -1 is a missing word.
    """

    type: str
    meaning: str
    words: tuple[str, ...] = ()


# as in `cxsim.engines.seen.COLUMNS`, which a policy is shown; a test holds them together
_SEEN: Final = {
    "segment": Feature("i1", "segment of the account", ("segments",)),
    "touch": Feature("i1", "touch model", events.TOUCHES),
    "stage": Feature("i1", "stage", events.STAGES),
    "term": Feature("i2", "contract term, months"),
    "mrr": Feature("i8", "cents a month"),
    "month": Feature("i2", "reviews of the present stay so far"),
    "observed_health": Feature("f8", "health as the company saw it at the last review, 0-20"),
    "observed_trend": Feature("f8", "its change over the last three reviews"),
    "band": Feature("i1", "band of the observed health", events.BANDS),
    "usage": Feature("f8", "share of full usage as reports show it, 0-1"),
    "months_to_renewal": Feature("i2", "reviews until the term ends, 1 on a monthly contract"),
    "months_since_contact": Feature("f8", "since onboarding, a CSM or a message last reached it, or it came; months"),
    "open_tickets": Feature("i4", "tickets that wait or are worked on"),
    "given_notice": Feature("?", "true once it has said that it leaves at the end of its term"),
}

FEATURES: Final[Mapping[str, Feature]] = MappingProxyType({
    **_SEEN,
    "tenure": Feature("f8", "since the present stay began, months"),
    "returned": Feature("i2", "how often it has come back"),
    "referred": Feature("?", "true if it came through a referral"),
    "usage_trend": Feature("f8", "change of reported usage over the last three reviews"),
    "observed_experience": Feature("f8", "experience as seen moments and answered surveys show it, 0-10"),
    "quadrant": Feature("i1", "quadrant of reported usage and observed experience", events.QUADRANTS),
    "tickets_30d": Feature("i4", "tickets opened in the last 30 days"),
    "tickets_90d": Feature("i4", "tickets opened in the last 90 days"),
    "wait_30d": Feature("f8", "mean wait for the answers of the last 30 days, days; missing without one"),
    "wait_90d": Feature("f8", "mean wait for the answers of the last 90 days, days; missing without one"),
    "late_answers_90d": Feature("i4", "answers of the last 90 days that came later than expected"),
    "failed_tickets_90d": Feature("i4", "tickets of the last 90 days that failed or were given up"),
    "moments_90d": Feature("i4", "moments of the last 90 days that reached the company's records"),
    "bad_moments_90d": Feature("i4", "of these, angry or frustrated ones"),
    "good_moments_90d": Feature("i4", "of these, pleased or delighted ones"),
    "last_emotion": Feature("i1", "emotion of the last moment that was seen", events.EMOTIONS),
    "months_since_human": Feature("f8", "since a person (not a message) last dealt with it, or it came; months"),
    "survey_answer": Feature("f8", "last answer to a survey, 0-10; missing without one"),
    "months_since_answer": Feature("f8", "since the last answer to a survey, months; missing without one"),
    "surveys_unanswered": Feature("i4", "surveys since the last answer, or since it came, that it was silent to"),
    "onboarding": Feature("i1", "how onboarding went, or where it stands", ONBOARDINGS),
    "onboarding_months": Feature("f8", "from the request to its end or the day, months; missing for who returned"),
    "onboarding_delay": Feature("f8", "the same over what sales promised, less 1; missing for who returned"),
    "expansions": Feature("i4", "expansions of the stay"),
    "contractions": Feature("i4", "contractions of the stay"),
    "purchases": Feature("i4", "one-off purchases of the stay"),
    "renewals": Feature("i4", "renewals of the stay, price steps of monthly contracts among them"),
    "mrr_change": Feature("f8", "MRR over that at the beginning of the stay, less 1"),
    "price_change": Feature("f8", "relative change of MRR at the last renewal; missing before one"),
    "months_since_talk": Feature("f8", "since the last renewal conversation, months; missing without one"),
    "treatments": Feature("i4", "interventions that it was given"),
})  # fmt: skip
