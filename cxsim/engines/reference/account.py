"""An account while the clock runs."""

from __future__ import annotations

from simpy.events import Event

from cxsim import events
from cxsim.roster import Candidate
from cxsim.rules.hazards import NEVER, Seven

ZERO: Seven = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Account:
    """The state of one account. Attributes of the roster never change; the rest is set by the laws.

    `life` counts its stays (0 the first); whoever waits for an appointment remembers it and lets the appointment
    pass if the account has left since.
    """

    __slots__ = (
        "account", "active", "at_term", "band", "charged", "client_outcome", "confirmed", "contact_at", "departure",
        "fit", "frailty", "gap", "health", "last_outreach", "left_mrr", "life", "live", "month", "mood",
        "mrr", "n_open", "observed", "onboarded", "pain", "past_observed", "pending",
        "points", "price_level", "promise", "quadrant", "referred", "remaining", "seen", "seen_usage",
        "segment", "sign_up_at", "sponsor", "stage", "stay_at", "term", "term_began", "touch", "treated_at", "usage",
        "user",
    )  # fmt: skip

    def __init__(self, candidate: Candidate, n_interventions: int, departure: Event) -> None:
        self.account = candidate.account
        self.segment = candidate.segment
        self.referred = candidate.referred
        self.sign_up_at = candidate.sign_up_at
        self.term = candidate.term
        self.touch = candidate.touch
        self.fit = candidate.fit
        self.promise = candidate.promise
        self.frailty = candidate.frailty
        self.mrr = candidate.mrr
        self.left_mrr = 0
        self.departure = departure
        self.active = False
        self.life = 0
        self.treated_at = [NEVER for _ in range(n_interventions)]
        self.points = [0 for _ in events.CAUSES]
        self.remaining: Seven = ZERO
        self.at_term: Seven = ZERO
        self.charged: Seven = ZERO
        self.sponsor = self.user = self.client_outcome = self.usage = self.health = self.observed = 0.0
        self.mood = self.seen = self.seen_usage = 0.0
        self.band = self.quadrant = 0
        self.begin(candidate.sign_up_at)

    def begin(self, now: float) -> None:
        """Begin a stay: nothing asked, nothing pending, nothing held against the company."""
        self.month = self.term_began = 0
        self.stay_at = self.contact_at = now
        self.stage = events.ONBOARDING
        self.live = self.onboarded = False
        self.gap = self.pain = 0.0
        self.n_open = 0
        self.price_level = 1.0
        self.pending = events.NO_CAUSE
        self.confirmed = False
        self.last_outreach = -1000  # long ago
        self.past_observed = (0.0, 0.0, 0.0)
