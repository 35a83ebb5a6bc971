"""Who may ever exist: all candidates with their attributes, settled before any clock starts.

Candidate number k of a segment and channel is the same account in every scenario; its account number interleaves
the lanes (segment × ordinary or referred), so it does not depend on how many others come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxsim import streams
from cxsim.parameters.segments import (
    FIT_MRR_CORRELATION,
    FIT_PROMISE_CORRELATION,
    FRAILTY_VARIANCE,
    REFERRAL_CEILING_SHARE,
)
from cxsim.plan import Plan
from cxsim.rules import arrival
from cxsim.rules.chance import exponential

COLUMNS = (
    ("account", np.int32), ("segment", np.int8), ("referred", np.int8), ("sign_up_at", np.float64), ("mrr", np.int64),
    ("term", np.int16), ("touch", np.int8), ("fit", np.float64), ("promise", np.float64), ("frailty", np.float64),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One account that may come.

    Attributes
    ----------
    account : int
        Number; also its place in ties and the address of its luck.
    segment : int
    referred : int
        1 if it comes only where a happy account recommends.
    sign_up_at : float
        Month in which it comes, if it comes.
    mrr : int
        Cents a month at sign-up.
    term : int
        Contract term in months: 1, 12, 24 or 36.
    touch : int
        Code of `events.TOUCHES`.
    fit, promise : float
        What the product gives it, and what sales promised, at full usage.
    frailty : float
        Proneness to leave, mean 1.
    """

    account: int
    segment: int
    referred: int
    sign_up_at: float
    mrr: int
    term: int
    touch: int
    fit: float
    promise: float
    frailty: float


def make_roster(plan: Plan, luck: streams.Luck) -> list[Candidate]:
    """All candidates from the start of the history to the horizon, by account number.

    Notes
    -----
    Arrivals are a Poisson process with a rate constant within each month (seasonal, or a given monthly series), by
    time change: candidate k comes when the accumulated rate reaches the k-th point of a unit-rate process. MRR, fit
    and promise are joined by a Gaussian copula; frailty is gamma by SciPy's inverse, outside the engines.
    """
    lanes = 2 * len(plan.segments)
    times = {
        (segment, referred): _arrivals(plan, luck, segment, referred, lanes)
        for segment in range(len(plan.segments))
        for referred in (0, 1)
    }
    drawn = [
        (number * lanes + 2 * segment + referred, segment, referred, time)
        for (segment, referred), arrivals in times.items()
        for number, time in enumerate(arrivals)
    ]
    drawn.sort()
    frailties = _frailties(plan, luck, drawn)
    return [
        _candidate(plan, luck, account, segment, referred, time, frailty)
        for (account, segment, referred, time), frailty in zip(drawn, frailties, strict=True)
    ]


def as_columns(roster: list[Candidate]) -> dict[str, NDArray[np.generic]]:
    """The roster as arrays, one row a candidate."""
    return {name: np.array([getattr(c, name) for c in roster], dtype=dtype) for name, dtype in COLUMNS}


def _arrivals(plan: Plan, luck: streams.Luck, segment: int, referred: int, lanes: int) -> list[float]:
    """Times of a lane's candidates."""
    share = [month[segment][REFERRAL_CEILING_SHARE] if referred else 1.0 for month in plan.rows]
    rates = [rate * s for rate, s in zip(plan.arrivals[segment], share, strict=True)]
    purpose = streams.REFERRAL_ARRIVAL if referred else streams.ARRIVAL
    times: list[float] = []
    number, month, reached, wanted = 0, 0, 0.0, 0.0
    while True:
        wanted += exponential(1.0, luck.u(number * lanes + 2 * segment + referred, purpose, 0))
        while month < len(rates) and reached + rates[month] <= wanted:
            reached += rates[month]
            month += 1
        if month == len(rates):
            return times
        times.append(month - plan.history + (wanted - reached) / rates[month])
        number += 1


def _frailties(plan: Plan, luck: streams.Luck, drawn: list[tuple[int, int, int, float]]) -> list[float]:
    """Gamma frailties, mean 1: quantiles at each account's own draw."""
    from scipy.special import gammaincinv

    base = plan.rows[0]
    variances = np.array([base[segment][FRAILTY_VARIANCE] for _, segment, _, _ in drawn])
    u = np.array([luck.u(account, streams.FRAILTY, 0) for account, _, _, _ in drawn])
    mixed = variances > 0.0
    z = np.ones(len(drawn))
    z[mixed] = gammaincinv(1.0 / variances[mixed], u[mixed]) * variances[mixed]
    return [float(x) for x in z]


def _candidate(
    plan: Plan, luck: streams.Luck, account: int, segment: int, referred: int, time: float, frailty: float
) -> Candidate:
    p = plan.rows[math.floor(time) + plan.history][segment]
    z_fit = luck.z(account, streams.FIT, 0)
    z_mrr = arrival.correlated(p[FIT_MRR_CORRELATION], z_fit, luck.z(account, streams.MRR, 0))
    z_promise = arrival.correlated(p[FIT_PROMISE_CORRELATION], z_fit, luck.z(account, streams.PROMISE, 0))
    return Candidate(
        account=account,
        segment=segment,
        referred=referred,
        sign_up_at=time,
        mrr=arrival.first_mrr(p, z_mrr),
        term=arrival.term(p, luck.u(account, streams.TERM, 0)),
        touch=arrival.touch(p, luck.u(account, streams.TOUCH, 0)),
        fit=arrival.fit(p, z_fit),
        promise=arrival.promise(p, z_promise),
        frailty=frailty,
    )
