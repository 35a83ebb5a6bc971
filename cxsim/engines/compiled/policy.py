"""A policy is asked as a month begins: it sees the state's columns, and what it orders is noted for the loop."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.engines.compiled.setup import with_orders
from cxsim.engines.compiled.state import ORDER, Array, State
from cxsim.engines.seen import NO_SCORE, Desk
from cxsim.rules.chance import elapsed
from cxsim.rules.targeting import months_to_renewal, trend

# a law is plain arithmetic: what it does with numbers it does with columns
_elapsed: Any = elapsed
_months_to_renewal: Any = months_to_renewal
_trend: Any = trend


def orders_of(state: State, desk: Desk) -> State:
    """The month's scores, and the orders that the loop carries out as soon as it is let go."""
    month, present = state.company["now"][0], present_in(state)
    decision = desk.decide(int(month), seen(state, present, month))
    state.scores["score"] = NO_SCORE
    state.scores["score"][present] = decision.scores
    orders = np.zeros(len(decision.accounts), dtype=ORDER)
    orders["slot"] = present[np.searchsorted(state.accounts["account"][present], decision.accounts)]
    orders["programme"] = decision.programmes
    return with_orders(state, orders)


def present_in(state: State) -> Array:
    """Places of the active accounts, in rising order of account numbers."""
    present: Array = state.slots[state.accounts["active"][state.slots] != 0]
    return present


def seen(state: State, present: Array, now: float) -> dict[str, Array]:
    """The columns of `Seen`."""
    a = state.accounts[present]
    return {
        "account": a["account"],
        "segment": a["segment"],
        "touch": a["touch"],
        "stage": a["stage"],
        "term": a["term"],
        "mrr": a["mrr"],
        "month": a["month"],
        "observed_health": a["observed"],
        "observed_trend": _trend(a["observed"], state.past["third"][present]),
        "band": a["band"],
        "usage": a["seen_usage"],
        "months_to_renewal": _months_to_renewal(a["month"], a["term"]),
        "months_since_contact": _elapsed(now, a["contact_at"]),
        "open_tickets": a["n_open"],
        "given_notice": a["confirmed"],
    }
