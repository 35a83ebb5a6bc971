"""The tally of a run: what `cxsim.readings` would make of its log, read off the state without one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.compiling import machine
from cxsim.engines.compiled import loop
from cxsim.engines.compiled.course import told
from cxsim.engines.compiled.history import opened, people_of
from cxsim.engines.compiled.setting import Setting, Staff
from cxsim.engines.compiled.state import Array, State
from cxsim.engines.compiled.tally import NOT_YET
from cxsim.engines.seen import Desk
from cxsim.interventions import Intervention
from cxsim.plan import staff
from cxsim.streams import Fork, Luck
from cxsim.sums import add_charges, add_people, early_stays, fates, stays_by_tenure
from cxsim.tally import FIRST_YEAR, FirstYear, MonthlyTable, empty_table


def tally(
    setting: Setting,
    luck: Luck,
    interventions: Sequence[Intervention],
    desk: Desk | None = None,
    fork: Fork | None = None,
) -> tuple[MonthlyTable, FirstYear]:
    """Run a plan once.

    Parameters
    ----------
    setting : Setting
    luck : Luck
        That of the trunk.
    interventions : sequence of Intervention
        Those of the plan's scenario, in its order.
    desk : Desk, optional
        Where a policy is asked.
    fork : Fork, optional

    Returns
    -------
    MonthlyTable, FirstYear
        Equal to `readings.monthly` and `readings.first_year` of the log, number by number.
    """
    changes, people = staff(setting.plan, luck, fork), people_of(setting, luck, fork)
    course = told(opened(setting, luck, people, changes, fork, keeps_book=False, tallies=True), desk, fork)
    return table_of(setting, course.state, changes, interventions), first_year_of(setting, course.state, interventions)


def make_ready(setting: Setting, luck: Luck) -> None:
    """Have compiled what a run asks for, so that several threads do not ask for it at the same moment."""
    staff(setting.plan, luck)
    people_of(setting, luck, None)
    machine(loop.advance)


def table_of(setting: Setting, state: State, changes: Staff, interventions: Sequence[Intervention]) -> MonthlyTable:
    """The monthly table of a run that has come to its horizon."""
    plan, empty = setting.plan, empty_table(setting.plan.segments, 0)
    came = np.isfinite(state.tallied["signed_at"])
    signed_at, left_at = state.tallied["signed_at"][came], state.tallied["left_at"][came]
    table = MonthlyTable(
        segments=plan.segments,
        horizon=plan.horizon,
        counts=state.counts,
        company=np.zeros((len(state.counts), empty.company.shape[1]), dtype=np.int64),
        cohorts=state.cohorts,
        days=state.days,
        tenure=np.stack(stays_by_tenure(signed_at, left_at - signed_at, plan.horizon), axis=1),
        early=np.array(early_stays(signed_at, left_at - signed_at, plan.history, plan.horizon)),
    )
    time, team, people = (np.array(column) for column in zip(*changes, strict=True))
    add_people(table, time, team, people)
    if plan.charges:
        time, number, amount = (np.array(column) for column in zip(*plan.charges, strict=True))
        add_charges(table, time, number, amount, interventions)
    return table


def first_year_of(setting: Setting, state: State, interventions: Sequence[Intervention]) -> FirstYear:
    """The first year's fates in a run that has come to its horizon."""
    joined = state.tallied["joined"]
    chosen = (joined != NOT_YET) & (joined < FIRST_YEAR) & (state.accounts["referred"] == 0)
    at: Array = state.slots[chosen[state.slots]]
    return fates(
        state.accounts["account"][at],
        state.accounts["segment"][at],
        state.tallied["signed_at"][at],
        state.tallied["twelfth_at"][at],
        state.tallied["left_at"][at],
        state.treated[at],
        interventions,
        setting.plan.segments,
    )
