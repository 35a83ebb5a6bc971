"""Sums that a log and an engine's tally share, so that each formula stands once: arrays in, cells of a table out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.interventions import EVERYONE, SIGN_UP, Intervention
from cxsim.rules.law import cents
from cxsim.tally import WORKING, FirstYear, Flags, Ints, MonthlyTable, company_place, millionths

Reals = npt.NDArray[np.float64]

TEAM_NAMES: Final = dict(zip((events.ONBOARDING_TEAM, events.SUCCESS_TEAM, events.SUPPORT_TEAM), WORKING, strict=True))


def add_people(table: MonthlyTable, time: Reals, team: Ints, people: Reals) -> None:
    """Enter the people at work in each team.

    Parameters
    ----------
    table : MonthlyTable
    time, team, people : arrays, shape (n,)
        When the headcount of a team changed [months], in order; the team's code; the headcount from then on.
    """
    for code, name in TEAM_NAMES.items():
        own = team == code
        table.company[:, company_place(f"people_{name}")] = people_months(time[own], people[own], table.horizon)


def people_months(time: Reals, people: Reals, horizon: int) -> Ints:
    """Person-months at work in each month, in millionths.

    Parameters
    ----------
    time : float array, shape (n,)
        When the headcount of one team changed [months], in order.
    people : float array, shape (n,)
        The headcount from then on.
    horizon : int

    Returns
    -------
    int64 array, shape (horizon + 1,)
        The last one is 0.
    """
    total = np.zeros(horizon + 1, dtype=np.int64)
    if not len(time):
        return total
    cuts = np.sort(np.concatenate((np.arange(horizon + 1.0), time[(time > 0) & (time < horizon)])))
    at = np.searchsorted(time, cuts[:-1], side="right") - 1
    size = np.where(at >= 0, people[np.maximum(at, 0)], 0.0)
    np.add.at(total, np.floor(cuts[:-1]).astype(np.int64), millionths(size * np.diff(cuts)))
    return total


def add_charges(
    table: MonthlyTable, time: Reals, number: Ints, amount: Ints, interventions: Sequence[Intervention]
) -> None:
    """Enter what interventions cost whomever they treat.

    Parameters
    ----------
    table : MonthlyTable
    time, number, amount : arrays, shape (n,)
        When something was paid, from month 0 on; for which of the interventions; how much [cents].
    interventions : sequence of Intervention
        They say what is paid once and what belongs to sign-ups.
    """
    if not len(time):
        return
    once, joining = np.zeros(len(time), dtype=np.bool_), np.zeros(len(time), dtype=np.bool_)
    for place_, intervention in enumerate(interventions):
        own = number == place_
        joining |= own & (intervention.trigger == SIGN_UP)
        if intervention.cost_once:
            paid = own & (time == intervention.start) & (amount == cents(100.0 * intervention.cost_once))
            # The first month's charge, due at the same time, may be as large: only one of the two is paid once.
            once[np.flatnonzero(paid)[:1]] = True
    month = np.minimum(np.floor(time), table.horizon - 1).astype(np.int64)
    for measure, chosen in (("charges", amount >= 0), ("charges_once", once), ("charges_sign_up", joining)):
        np.add.at(table.company[:, company_place(measure)], month[chosen], amount[chosen])


def stays_by_tenure(signed_at: Reals, stayed: Reals, horizon: int) -> tuple[Ints, Ints]:
    """Numbers at risk and lost by month of tenure, of the accounts that signed up from month 0 on.

    Parameters
    ----------
    signed_at, stayed : float arrays, shape (n,)
        Month of sign-up; months until the first loss, inf where there was none.
    horizon : int

    Returns
    -------
    two int64 arrays, shape (T,)
        Only accounts whose whole month k lies before the horizon count in month k, so that lost / at risk is an
        unbiased probability of loss. A loss at a month's very end belongs to it.
    """
    new = signed_at >= 0.0
    followed, age = np.floor(horizon - signed_at[new]), stayed[new]
    lost_in = np.where(np.isfinite(age), np.maximum(np.ceil(np.minimum(age, 1e6) - 1e-9) - 1, 0), np.inf)
    # At risk from month 0 until lost or no longer followed: how many months each was, counted from the longest down.
    months = np.maximum(np.minimum(lost_in + 1, followed), 0).astype(np.int64)
    at_risk = np.cumsum(np.bincount(months, minlength=horizon + 1)[::-1])[::-1][1:]
    lost = np.bincount(lost_in[lost_in < followed].astype(np.int64), minlength=horizon)
    return at_risk, lost


def early_stays(signed_at: Reals, stayed: Reals, history: float, horizon: float) -> tuple[int, int, int]:
    """Sign-ups of the history's first two years: how many, and how many never left within 2 and within 6 years.

    Only those who are followed for six years count, whatever the horizon.
    """
    cohort = stayed[signed_at < min(24.0 - history, horizon - 72.0)]
    return len(cohort), int(np.count_nonzero(cohort > 24.0)), int(np.count_nonzero(cohort > 72.0))


def fates(
    account: Ints,
    segment: Ints,
    signed_at: Reals,
    twelfth_at: Reals,
    left_at: Reals,
    treated_at: Reals,
    interventions: Sequence[Intervention],
    segments: Sequence[str],
) -> FirstYear:
    """The fate of each account of the first year.

    Parameters
    ----------
    account, segment : int arrays, shape (n,)
        Those that signed up in [0, 12) without a referral, in rising order; codes of their segments.
    signed_at, twelfth_at, left_at : float arrays, shape (n,)
        Months of sign-up, of the first twelfth review and of the first loss; inf where there was none.
    treated_at : float array, shape (n, number of interventions)
        When each intervention treated the account first; inf where it did not.
    interventions : sequence of Intervention
    segments : sequence of str
        Names of all segments.
    """
    reached: Flags = treated_at < np.minimum(twelfth_at, left_at)[:, None]
    for number, it in enumerate(interventions):
        if it.trigger == EVERYONE:
            meant = np.array([name in (it.segments or segments) for name in segments])
            reached[:, number] = meant[segment] & (signed_at >= it.start) & (signed_at < it.stop)
    return FirstYear(account.astype(np.int32), np.isfinite(left_at) & (left_at <= twelfth_at), reached)
