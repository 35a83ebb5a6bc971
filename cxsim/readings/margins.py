"""Gross margin account by account, and the part of it that belongs to no account."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim.readings.cash import Reals
from cxsim.readings.paths import Paths
from cxsim.readings.values import Economics, Value, economics_of
from cxsim.tally import MICRO, WORKING

HALF_CENTS: Final = 200.0  # of a unit of the currency
TEAMS: Final = ("onboarding", "support")  # whose wages are a cost of revenue, working or idle


def own_margins(told: Paths, value: Value | Economics) -> Reals:
    """Gross margin of each account over the run, before wages, in the world's currency; shape (A,).

    Parameters
    ----------
    told : Paths
    value : Value or Economics
        Values of `economics.*`.

    Notes
    -----
    (1 − hosting share)·(recurring revenue + purchases) − digital cost·contacts by digital workers. Its sum over
    accounts less `wages_of_revenue` is the sum over months of `gross_margin` in `money`, to far less than a cent.
    """
    economics = economics_of(value)
    income = told.revenue / HALF_CENTS + told.purchases / 100.0
    return np.asarray((1.0 - economics.hosting_share) * income - economics.digital_cost * told.contacts)


def wages_of_revenue(told: Paths, value: Value | Economics) -> float:
    """Wages of onboarding and support over the run, in the world's currency: a cost of revenue that is no account's.

    Teams are paid by headcount, working or idle, so that no account's share of them follows from what happened.
    """
    economics, staff = economics_of(value), dict(zip(WORKING, told.staff.tolist(), strict=True))
    return float(sum(staff[team] / MICRO * economics.wage(team) for team in TEAMS))
