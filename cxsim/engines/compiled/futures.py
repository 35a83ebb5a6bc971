"""What becomes of those who are customers on a day, in one of many futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsim.engines.compiled.history import opened, people_of
from cxsim.engines.compiled.setting import Setting
from cxsim.plan import Plan, staff
from cxsim.streams import Fork, Luck
from cxsim.tally import place


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """One branch.

    Attributes
    ----------
    account : int32 array, shape (n,)
        Customers at the fork, in rising order.
    lost_at : float array, shape (n,)
        When each is lost for the first time after it [months]; inf where it is not, by the horizon.
    active, mrr : int64 arrays, shape (T + 1,)
        Accounts and cents a month just before months 0 … T, of the whole company.
    """

    account: npt.NDArray[np.int32]
    lost_at: npt.NDArray[np.float64]
    active: npt.NDArray[np.int64]
    mrr: npt.NDArray[np.int64]


def future(plan: Plan, luck: Luck, fork: Fork) -> Future:
    """Live through one branch to the horizon."""
    setting = Setting(plan)
    people = people_of(setting, luck, fork)
    course = opened(setting, luck, people, staff(plan, luck, fork), fork, keeps_book=False, tallies=True)
    course.until(float(fork.at))
    there = np.flatnonzero(course.state.accounts["active"])
    # from here on the first loss that is noted is the first one after the fork
    course.state.tallied["left_at"][there] = np.inf
    course.branch_off(fork)
    course.until(float(plan.horizon))
    state = course.state
    number = state.accounts["account"][there]
    order = np.argsort(number)
    counts = state.counts.sum(axis=1)
    return Future(
        number[order], state.tallied["left_at"][there][order], counts[:, place("active")], counts[:, place("mrr")]
    )
