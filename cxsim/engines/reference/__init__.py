"""The reference clock: SimPy, one process per account, readable as a story.

Chapters, each imported by the later ones: `leaving`, `renewal`, `support`, `conversations`, `onboarding`,
`treatment`, `months`, `life`. They say when; the laws in `cxsim.rules` say what.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Sequence

from cxsim import events, streams
from cxsim.engines.reference import leaving, treatment
from cxsim.engines.reference.company import Company, LogRow, Story
from cxsim.engines.reference.life import life
from cxsim.engines.reference.support import outages
from cxsim.engines.seen import Desk
from cxsim.errors import InputError
from cxsim.plan import Plan, staff
from cxsim.roster import Candidate
from cxsim.rules.service import places

Process = Callable[[Company], Story]


def run(
    plan: Plan,
    luck: streams.Luck,
    roster: list[Candidate],
    desk: Desk | None = None,
    processes: Sequence[Process] = (),
    fork: streams.Fork | None = None,
) -> list[LogRow]:
    """Let everything happen from the start of the history to the horizon.

    Parameters
    ----------
    plan : Plan
    luck : Luck
        That of the trunk, branch 0.
    roster : list of Candidate
        With those of the branch, if there is a fork.
    desk : Desk, optional
        Where a policy is asked at the start of each month.
    processes : sequence of callable
        Further stories, each a generator function of the company; see docs/extending.md.
    fork : Fork, optional
        From when on luck is dealt afresh.

    Returns
    -------
    list of rows in the order of the event log's columns
    """
    company = found(plan, luck, roster, desk, processes, fork)
    # SimPy's events are freed by reference counting; looking for cycles among them would double the time
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        if fork is not None:
            company.clock.run_until(float(fork.at))
            branch_off(company, fork)
        company.clock.run_until(float(plan.horizon))
    finally:
        if was_enabled:
            gc.enable()
    return company.book


def found(
    plan: Plan,
    luck: streams.Luck,
    roster: list[Candidate],
    desk: Desk | None = None,
    processes: Sequence[Process] = (),
    fork: streams.Fork | None = None,
) -> Company:
    """A company on its first day: everyone who may ever come is appointed, nothing has happened."""
    company = Company(plan, luck, roster, desk)
    for time, team, people in staff(plan, luck, fork):
        company.start(headcount(company, time, team, people))
    company.start(calendar(company))
    company.start(outages(company))
    for n, (time, intervention, amount) in enumerate(plan.charges):
        company.start(charge(company, time, n, intervention, amount))
    for a in company.accounts:
        company.start(life(company, a))
    for process in processes:
        story = process(company)
        if not isinstance(story, Generator):
            raise InputError([f"processes: {process!r} does not yield, so that it is no story"])
        company.start(story)
    return company


def branch_off(company: Company, fork: streams.Fork) -> None:
    """What has happened stands, and so does all that is under way; the rest of the story is dealt afresh."""
    company.luck = company.origin.branched(fork)
    for a in company.accounts:
        if a.active or a.stage == events.GONE:
            leaving.deal_afresh(company, a)


def calendar(company: Company) -> Story:
    """Each month has its parameters, and no programme has served anybody in it; at month 0 the books are opened."""
    plan = company.plan
    for month in range(-plan.history, plan.horizon):
        yield company.clock.at(float(month), events.MONTH, -1, 0)
        company.rows = plan.month_rows(month)
        company.referral_ceiling, company.ordinary_ceiling = plan.month_ceilings(month)
        company.served.clear()
        if month == 0:
            for a in company.accounts:
                if a.active:
                    company.write(a, events.OPENING, a.life, value=a.mrr)
        if month >= 0:
            treatment.consult(company, month)


def headcount(company: Company, time: float, team: int, people: int) -> Story:
    """A team grows or shrinks; a cut takes effect as work ends."""
    yield company.clock.at(time, events.HEADCOUNT, -1, team)
    company.write_company(events.HEADCOUNT, 0, team=team, value=people)
    company.teams[team].resize(places(company.rows[0], team, people))


def charge(company: Company, time: float, n: int, intervention: int, amount: int) -> Story:
    """A programme is paid for."""
    yield company.clock.at(time, events.CHARGE, -1, n)
    company.write_company(events.CHARGE, intervention, value=amount)
