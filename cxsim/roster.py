"""Who may ever exist: all candidates with their attributes, settled before any clock starts.

Candidate number k of a segment and channel is the same account in every scenario; its account number interleaves
the lanes (segment × ordinary or referred), so it does not depend on how many others come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxsim.compiling import machine
from cxsim.errors import InputError
from cxsim.parameters.segments import FIT_MRR_CORRELATION, FIT_PROMISE_CORRELATION, FRAILTY_VARIANCE
from cxsim.plan import Plan
from cxsim.rules.arrival import correlated, first_mrr, fit, promise, term, touch
from cxsim.rules.chance import exponential
from cxsim.streams import (
    ARRIVAL,
    FIT,
    FRAILTY,
    MRR,
    PROMISE,
    REFERRAL_ARRIVAL,
    TERM,
    TOUCH,
    Fork,
    Luck,
    normal,
    uniform,
)

Array = NDArray[Any]

LAST_ACCOUNT: Final = 2**25 - 2  # the compiled engine orders ties by account numbers of 25 bits, from -1 on

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


def roster_columns(plan: Plan, luck: Luck, fork: Fork | None = None) -> dict[str, Array]:
    """All candidates from the start of the history to the horizon as the columns of `COLUMNS`, by account number.

    Parameters
    ----------
    plan : Plan
    luck : Luck
        That of the trunk.
    fork : Fork, optional
        From when on candidates are the branch's: those before are the same, those after go on counting from them.

    Raises
    ------
    InputError
        If there are more candidates than account numbers.

    Notes
    -----
    Arrivals are a Poisson process with a rate constant within each month (seasonal, or a given monthly series), by
    time change: candidate k comes when the accumulated rate reaches the k-th point of a unit-rate process. It has no
    memory, so that after a fork it goes on from the rate accumulated there. MRR, fit and promise are joined by a
    Gaussian copula; frailty is gamma by SciPy's inverse, outside the engines.
    """
    # without a fork everybody comes before it
    at, branch = (float(plan.horizon), luck.branch) if fork is None else (float(fork.at), fork.branch)
    deal = (luck.seed, luck.replication, luck.branch, branch, at)
    times, starts, counts = _arrivals(plan, deal)
    columns: dict[str, Array] = {name: np.empty(counts.sum(), dtype=dtype) for name, dtype in COLUMNS}
    machine(_describe, True)(plan.parameters, plan.history, *deal, times, starts, counts, *columns.values())
    _mix(plan, columns["segment"], columns["frailty"])
    return columns


def make_roster(plan: Plan, luck: Luck, fork: Fork | None = None) -> list[Candidate]:
    """The candidates of `roster_columns` one by one, for a clock that tells stories."""
    columns = roster_columns(plan, luck, fork)
    return [Candidate(*row) for row in zip(*(columns[name].tolist() for name, _ in COLUMNS), strict=True)]


def as_columns(roster: list[Candidate]) -> dict[str, NDArray[np.generic]]:
    """The roster as arrays, one row a candidate, by account number."""
    listed = sorted(roster, key=lambda candidate: candidate.account)
    return {name: np.array([getattr(c, name) for c in listed], dtype=dtype) for name, dtype in COLUMNS}


def _arrivals(plan: Plan, deal: tuple[int, int, int, int, float]) -> tuple[Array, Array, Array]:
    """When candidates come, lane after lane; where each lane starts; and how many it has."""
    lanes = len(plan.rates)
    counts = np.zeros(lanes, dtype=np.int64)
    means = np.minimum(plan.rates.sum(axis=1), LAST_ACCOUNT // lanes)
    room = (means + 2.0 * np.sqrt(means)).astype(np.int64) + 4
    while True:
        starts = np.append(0, room.cumsum())
        times = np.empty(starts[-1])
        full = machine(_arrive, True)(plan.rates, plan.history, *deal, times, starts, counts)
        if full >= 0:
            name, sort = plan.segments[full // 2], "referred" if full % 2 else "ordinary"
            raise InputError(
                f'arrivals: segment "{name}" has more than {counts[full]} {sort} candidates in {plan.history} months '
                f"of history and {plan.horizon} to come, which is as far as account numbers reach"
            )
        if (counts <= room).all():
            return times, starts, counts
        room = counts.copy()


def _arrive(
    rates: Array,
    history: int,
    seed: int,
    replication: int,
    trunk: int,
    branch: int,
    fork_at: float,
    times: Array,
    starts: Array,
    counts: Array,
) -> int:
    """Enter when each lane's candidates come, as far as there is room, and how many there are.

    Compiled. Returns -1, or the lane that ran out of account numbers.
    """
    lanes, months = rates.shape
    for lane in range(lanes):
        purpose = REFERRAL_ARRIVAL if lane % 2 else ARRIVAL
        number = 0
        for forked in range(2):
            begins, ends, dealt = -float(history), fork_at, trunk
            if forked:
                begins, ends, dealt = fork_at, float(months - history), branch
            month, reached = 0, 0.0
            while month < math.floor(begins) + history:
                reached += rates[lane, month]
                month += 1
            if month == months:
                break
            wanted = reached + rates[lane, month] * (begins - math.floor(begins))
            while True:
                account = number * lanes + lane
                wanted += exponential(1.0, uniform(seed, replication, dealt, account, purpose, 0))
                while month < months and reached + rates[lane, month] <= wanted:
                    reached += rates[lane, month]
                    month += 1
                if month == months:
                    break
                # rounding may carry a time to either end of its leg
                time = max(month - history + (wanted - reached) / rates[lane, month], begins)
                if time >= ends:
                    break
                counts[lane] = number
                if account > LAST_ACCOUNT:
                    return lane
                if starts[lane] + number < starts[lane + 1]:
                    times[starts[lane] + number] = time
                number += 1
        counts[lane] = number
    return -1


def _describe(
    parameters: Array,
    history: int,
    seed: int,
    replication: int,
    trunk: int,
    branch: int,
    fork_at: float,
    times: Array,
    starts: Array,
    counts: Array,
    accounts: Array,
    segments: Array,
    referred: Array,
    sign_up_at: Array,
    mrr: Array,
    terms: Array,
    touches: Array,
    fits: Array,
    promises: Array,
    frailties: Array,
) -> None:
    """Enter all candidates by account number; as frailty, its draw. Compiled."""
    lanes = len(counts)
    row = 0
    for number in range(counts.max()):
        for lane in range(lanes):
            if number >= counts[lane]:
                continue
            account, segment, time = number * lanes + lane, lane // 2, times[starts[lane] + number]
            dealt = trunk if time < fork_at else branch
            p = parameters[math.floor(time) + history, segment]
            z_fit = normal(uniform(seed, replication, dealt, account, FIT, 0))
            z_mrr = normal(uniform(seed, replication, dealt, account, MRR, 0))
            z_promise = normal(uniform(seed, replication, dealt, account, PROMISE, 0))
            accounts[row] = account
            segments[row] = segment
            referred[row] = lane % 2
            sign_up_at[row] = time
            mrr[row] = first_mrr(p, correlated(p[FIT_MRR_CORRELATION], z_fit, z_mrr))
            terms[row] = term(p, uniform(seed, replication, dealt, account, TERM, 0))
            touches[row] = touch(p, uniform(seed, replication, dealt, account, TOUCH, 0))
            fits[row] = fit(p, z_fit)
            promises[row] = promise(p, correlated(p[FIT_PROMISE_CORRELATION], z_fit, z_promise))
            frailties[row] = uniform(seed, replication, dealt, account, FRAILTY, 0)
            row += 1


def _mix(plan: Plan, segments: Array, frailties: Array) -> None:
    """Draws into gamma frailties, mean 1: quantiles at each account's own draw."""
    from scipy.special import gammaincinv

    for segment, row in enumerate(plan.rows[0]):
        variance, its = row[FRAILTY_VARIANCE], segments == segment
        frailties[its] = gammaincinv(1.0 / variance, frailties[its]) * variance if variance > 0.0 else 1.0
