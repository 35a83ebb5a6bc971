"""The reference clock: SimPy, one process per account, readable as a story.

Chapters, each imported by the later ones: `leaving`, `renewal`, `support`, `conversations`, `onboarding`,
`treatment`, `months`, `life`. They say when; the laws in `cxsim.rules` say what.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from cxsim import events, streams
from cxsim.engines.reference.company import Company, LogRow, Story
from cxsim.engines.reference.life import life
from cxsim.engines.reference.support import outages
from cxsim.plan import Plan, staff
from cxsim.roster import Candidate
from cxsim.rules.service import places


def run(
    plan: Plan, luck: streams.Luck, roster: list[Candidate], score: Callable[..., float] | None = None
) -> list[LogRow]:
    """Let everything happen from the start of the history to the horizon.

    Parameters
    ----------
    plan : Plan
    luck : Luck
    roster : list of Candidate
    score : callable, optional
        For interventions that pick accounts by the score "custom".

    Returns
    -------
    list of rows in the order of the event log's columns
    """
    company = found(plan, luck, roster, score)
    # SimPy's events are freed by reference counting; looking for cycles among them would double the time
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        company.clock.run_until(float(plan.horizon))
    finally:
        if was_enabled:
            gc.enable()
    return company.book


def found(
    plan: Plan, luck: streams.Luck, roster: list[Candidate], score: Callable[..., float] | None = None
) -> Company:
    """A company on its first day: everyone who may ever come is appointed, nothing has happened."""
    company = Company(plan, luck, roster, score)
    for time, team, people in staff(plan, luck):
        company.start(headcount(company, time, team, people))
    company.start(calendar(company))
    company.start(outages(company))
    for n, (time, intervention, amount) in enumerate(plan.charges):
        company.start(charge(company, time, n, intervention, amount))
    for a in company.accounts:
        company.start(life(company, a))
    return company


def calendar(company: Company) -> Story:
    """Each month has its parameters; at month 0 the books are opened."""
    plan = company.plan
    for month in range(-plan.history, plan.horizon):
        yield company.clock.at(float(month), events.MONTH, -1, 0)
        company.rows = plan.month_rows(month)
        company.referral_ceiling, company.ordinary_ceiling = plan.month_ceilings(month)
        if month == 0:
            for a in company.accounts:
                if a.active:
                    company.write(a, events.OPENING, a.life, value=a.mrr)


def headcount(company: Company, time: float, team: int, people: int) -> Story:
    """A team grows or shrinks; a cut takes effect as work ends."""
    yield company.clock.at(time, events.HEADCOUNT, -1, team)
    company.write_company(events.HEADCOUNT, 0, team=team, value=people)
    company.teams[team].resize(places(company.rows[0], team, people))


def charge(company: Company, time: float, n: int, intervention: int, amount: int) -> Story:
    """A programme is paid for."""
    yield company.clock.at(time, events.CHARGE, -1, n)
    company.write_company(events.CHARGE, intervention, value=amount)
