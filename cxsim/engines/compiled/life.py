"""Chapter eight: an account from the day it might buy to the day it is lost for good."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import count, feel, judge, look, note, u, write_money, z
from cxsim.engines.compiled.leaving import draw_resistances, open_term, spend_past_points
from cxsim.engines.compiled.memory import Company, account_at, edits_of, month_at, parameters_of, treated_of
from cxsim.engines.compiled.months import begin_stay
from cxsim.engines.compiled.onboarding import call_specialist
from cxsim.engines.compiled.state import LONG_AGO
from cxsim.engines.compiled.tally import count_sign_up
from cxsim.engines.compiled.treatment import treat
from cxsim.events import NO_CAUSE, NO_TEAM
from cxsim.interventions import SIGN_UP
from cxsim.rules.chance import happens
from cxsim.rules.contract import returned_mrr
from cxsim.rules.experience import buying_score, first_voices
from cxsim.rules.growth import ordinary_acceptance, referral_acceptance, win_back_succeeds
from cxsim.rules.health import seen_at_first
from cxsim.rules.outcome import first_outcome, first_usage
from cxsim.streams import ACCEPTANCE, BUYING_QUALITY, WIN_BACK_SUCCESS


def begin(s: Company, i: int) -> None:
    """Begin a stay: nothing asked, nothing pending, nothing held against the company."""
    a, now = account_at(s, i), s.now
    a.month = 0
    a.term_began = 0
    a.stay_at = now
    a.contact_at = now
    a.stage = events.ONBOARDING
    a.live = 0
    a.onboarded = 0
    a.gap = 0.0
    a.pain = 0.0
    a.n_open = 0
    a.price_level = 1.0
    a.pending = NO_CAUSE
    a.confirmed = 0
    a.last_outreach = LONG_AGO


def on_candidate(s: Company, i: int) -> None:
    """Does a candidate become an account? Happy accounts refer, unhappy ones warn."""
    a = account_at(s, i)
    p, chance, month = (
        parameters_of(s, a.segment),
        u(s, i, ACCEPTANCE, 0),
        month_at(s, s.month),
    )
    if a.referred:
        if not happens(referral_acceptance(p, s.n_happy, month.referral_ceiling), chance):
            return
    elif not happens(ordinary_acceptance(p, s.n_unhappy, month.ordinary_ceiling), chance):
        return
    sign_up(s, i)


def sign_up(s: Company, i: int) -> None:
    """It buys: first impressions are made, onboarding is asked for, the months begin."""
    a = account_at(s, i)
    p = parameters_of(s, a.segment)
    begin(s, i)
    a.active = 1
    a.sponsor, a.user = first_voices(p)
    a.usage = first_usage(p)
    a.seen_usage = a.usage
    a.client_outcome = first_outcome(p)
    a.seen = seen_at_first(p)
    a.quadrant = events.ACCESSIBLE  # counted neither as happy nor as unhappy until judged
    draw_resistances(s, i)
    judge(s, i)
    look(s, i)
    if s.tallies:
        count_sign_up(s, i)
    write_money(s, i, events.SIGNED_UP, int(a.referred), 0, NO_CAUSE)
    feel(s, i, events.BUYING, 0, buying_score(p, z(s, i, BUYING_QUALITY, 0)), NO_TEAM, 0)
    treat(s, i, SIGN_UP)
    call_specialist(s, i)
    begin_stay(s, i)


def on_win_back(s: Company, i: int) -> None:
    """A lost account is approached again, and may come back."""
    a, now = account_at(s, i), s.now
    note(s, i, events.WIN_BACK_TRIED, int(a.life))
    p, chance = (
        parameters_of(s, a.segment),
        u(s, i, WIN_BACK_SUCCESS, 0),
    )
    if win_back_succeeds(p, edits_of(s), treated_of(s, i), now, chance):
        come_back(s, i)


def come_back(s: Company, i: int) -> None:
    """It returns at a price of its own, with what it remembers; the intents of the time between are spent."""
    a = account_at(s, i)
    was_live, mrr = a.live, int(a.mrr)
    a.life += 1
    begin(s, i)
    a.onboarded = 1
    a.live = was_live
    a.stage = events.ADOPTION
    a.mrr = returned_mrr(parameters_of(s, a.segment), mrr)
    spend_past_points(s, i)
    open_term(s, i)
    a.active = 1
    count(s, a.quadrant, 1)
    judge(s, i)
    look(s, i)
    write_money(s, i, events.RETURNED, int(a.life), 0, NO_CAUSE)
    begin_stay(s, i)
