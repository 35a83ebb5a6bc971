"""A simulated pilot: chance decides who is called, and a year later it is counted who was lost.

The same question has a true answer for a simulated account: the run forked on the day into many futures, in each of
which it is called or not under the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.engines import Orders, simulate
from cxsim.scenario import Scenario
from cxsim.streams import Fork

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.engines import Seen
    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

LEVER: Final = "proactive-outreach"
YEAR: Final = 12
WITHIN: Final = YEAR  # months; a call before a renewal shows when the term is over, and most terms are of a year
HANDS: Final = 60  # people hired for the day, so that what is measured is a call and not the work that it displaces
# what the columns of `Seen` hold that is not known of an account but names or rules it out
NAMES: Final = ("account", "given_notice")
EARLY: Final = 0  # code of the stage before go-live, in which nobody is called


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """Accounts on a day, some of which were called.

    Attributes
    ----------
    features : pandas.DataFrame, n rows
        What a policy is shown of them, without names.
    called : bool array, shape (n,)
        Decided by chance.
    lost : bool array, shape (n,)
        Within `WITHIN` months of the day.
    arr : float array, shape (n,)
        What it pays a year on the day [currency/year].
    company : int64 array, shape (n,)
    """

    features: pd.DataFrame
    called: Flags
    lost: Flags
    arr: Reals
    company: Ints

    def __len__(self) -> int:
        return len(self.called)

    def __repr__(self) -> str:
        return (
            f"Pilot({len(self):,} accounts of {len(np.unique(self.company))} companies, {self.called.sum():,} called)"
        )


def by_hand(scenario: Scenario, *, wake: float) -> Scenario:
    """A scenario with outreach that reaches nobody by itself: a policy names all who are called."""
    return scenario.with_(LEVER, bands=[], coverage=0, wake=wake)


def may_be_called(seen: Seen) -> Flags:
    """Who is live and has not said that it leaves; shape (n,)."""
    return np.asarray((seen.columns["stage"] != EARLY) & ~seen.columns["given_notice"].astype(np.bool_))


def known(seen: Seen, chosen: Flags | None = None) -> pd.DataFrame:
    """What is shown of accounts, without names; one row each of those chosen."""
    table = seen.frame().drop(columns=list(NAMES))
    return table if chosen is None else table[chosen].reset_index(drop=True)


def yearly(seen: Seen) -> Reals:
    """What each account pays a year [currency/year]; shape (n,)."""
    return np.asarray(seen.columns["mrr"] * (YEAR / 100.0))


def lost_after(log: EventLog, account: Array, month: float, within: float = WITHIN) -> Flags:
    """Which accounts are lost within so many months of a moment; shape (n,)."""
    c = log.columns
    at = np.isin(c["kind"], events.LEAVING) & (c["time"] >= month) & (c["time"] <= month + within)
    return np.isin(account, c["account"][at])


def pilot(programme: Scenario, *, seed: int, companies: int, month: int = 0, workers: int | None = None) -> Pilot:
    """Call half of the accounts of many companies once, whom chance picks.

    Parameters
    ----------
    programme : Scenario
        With outreach as by `by_hand`.
    seed : int
        Company k has replication k of it, and chance its own generator.
    companies, month : int
    workers : int, optional
        Threads; they change no number.

    Notes
    -----
    People are hired for the calls, in all companies: who is not called loses no check-in to those who are.
    """
    import pandas as pd

    from cxsim.studies.replications import cores

    hired = programme.with_("csm-staff", people=HANDS, start=month)

    def one(number: int) -> tuple[pd.DataFrame, Flags, Flags, Reals]:
        shown: list[tuple[Seen, Flags, Flags]] = []

        def call(seen: Seen) -> Orders | None:
            if seen.month != month:
                return None
            free = may_be_called(seen)
            half = np.random.default_rng((seed, number)).random(len(seen)) < 0.5
            shown.append((seen, free, half))
            return Orders(treat={LEVER: seen.columns["account"][free & half]})

        log = simulate(hired, seed=seed, replication=number, horizon=month + WITHIN, policy=call)
        seen, free, half = shown[0]
        lost = lost_after(log, seen.columns["account"], month)
        return known(seen, free), half[free], lost[free], yearly(seen)[free]

    with ThreadPoolExecutor(workers or cores()) as pool:
        found = list(pool.map(one, range(companies)))
    features, called, lost, arr = zip(*found, strict=True)
    company = np.repeat(np.arange(companies), [len(one) for one in called])
    return Pilot(
        pd.concat(features, ignore_index=True),
        np.concatenate(called),
        np.concatenate(lost),
        np.concatenate(arr),
        company,
    )


def randomised(called: Flags, lost: Flags, chance: Reals) -> Reals:
    """What a call does to each account's chance of being kept, estimated without bias where a coin chose; shape (n,).

    Parameters
    ----------
    called, lost : bool arrays, shape (n,)
    chance : float array, shape (n,)
        That the account is lost, by any model that has not seen it: the nearer, the less noise; wrong ones do no harm.

    Notes
    -----
    −4·(called − ½)·(lost − chance): its mean over the coin is the loss if not called less the loss if called.
    """
    return np.asarray(-4.0 * (called - 0.5) * (lost - chance))


def true_effects(
    programme: Scenario,
    *,
    seed: int,
    number: int,
    month: int,
    before: Mapping[int, Array],
    branches: int,
) -> tuple[Array, Ints]:
    """What a call on a day does to each account, by forks of the run under the same luck with and without it.

    Parameters
    ----------
    programme : Scenario
        With outreach as by `by_hand`.
    seed, number : int
        Of the run.
    month : int
        The day.
    before : mapping of int to int array
        Who was called in the run by then, by month.
    branches : int
        Futures, the same for both.

    Returns
    -------
    account : int array, shape (n,)
        Those who may be called.
    effect : float array, shape (branches, n)
        In each future 1 if it is lost within `WITHIN` months without the call only, −1 if with it only, else 0.

    Notes
    -----
    All are called at once in the one arm and nobody in the other. Luck has addresses, so that an account feels the
    calls of others through the queue alone; people are hired in both arms so that nobody waits.
    """
    hired = programme.with_("csm-staff", people=HANDS, start=month)
    free: list[Array] = []

    def told(everybody: bool, branch: int) -> EventLog:
        def call(seen: Seen) -> Orders | None:
            if seen.month < month:
                return Orders(treat={LEVER: before[seen.month]}) if seen.month in before else None
            if seen.month > month:
                return None
            free[:] = [seen.columns["account"][may_be_called(seen)]]
            return Orders(treat={LEVER: free[0]}) if everybody else None

        fork = Fork(at=float(month), branch=branch)
        return simulate(hired, seed=seed, replication=number, horizon=month + WITHIN, policy=call, fork=fork)

    effect = []
    for branch in range(1, branches + 1):
        without, with_ = told(False, branch), told(True, branch)
        gone = lost_after(without, free[0], month).astype(np.int64)
        effect.append(gone - lost_after(with_, free[0], month))
    return free[0], np.array(effect)
