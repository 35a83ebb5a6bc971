"""The loop: the next event is taken, its chapter tells what happens, and what is due at that very moment follows."""

from __future__ import annotations

from cxsim import events
from cxsim.engines.compiled.book import write, write_company
from cxsim.engines.compiled.conversations import ask_for_conversation, begin_conversation, on_conversation_done
from cxsim.engines.compiled.forks import branch_off
from cxsim.engines.compiled.leaving import on_end_of_reminders, on_failed_payment, on_intent
from cxsim.engines.compiled.life import on_candidate, on_win_back
from cxsim.engines.compiled.memory import (
    Company,
    account_at,
    appointment_at,
    arrival_at,
    job_at,
    parameters_of,
    slot_at,
)
from cxsim.engines.compiled.months import on_review
from cxsim.engines.compiled.onboarding import ask_for_specialist, kick_off, on_milestone, on_onboarding_patience
from cxsim.engines.compiled.orders import carry_out
from cxsim.engines.compiled.queue import kind_of, pop, push, rank_of
from cxsim.engines.compiled.renewal import on_notice
from cxsim.engines.compiled.state import NOWHERE
from cxsim.engines.compiled.support import (
    answer_ticket,
    appoint_outage,
    on_outage,
    on_ticket_candidate,
    on_ticket_done,
    on_ticket_patience,
    open_ticket,
)
from cxsim.engines.compiled.tally import close_tally, take_stock
from cxsim.engines.compiled.teams import next_grant, next_start, resize
from cxsim.engines.compiled.treatment import open_month
from cxsim.events import (
    CHARGE,
    CHECKED_IN,
    HEADCOUNT,
    INTENT,
    MILESTONE,
    MONTH,
    NOTICE,
    ONBOARDING_ABANDONED,
    ONBOARDING_ASKED,
    OUTAGE,
    PAYMENT_FAILED,
    PAYMENT_RECOVERED,
    REACHED_OUT,
    RENEWAL_TALK,
    REVIEW,
    SIGNED_UP,
    TICKET_ABANDONED,
    TICKET_OPENED,
    TICKET_SOLVED,
    WIN_BACK_TRIED,
)
from cxsim.rules.service import places

DONE, AT_MONTH, BOOK_FULL, QUEUE_FULL, JOBS_FULL = range(5)  # why `advance` came back


def advance(company: Company, until: float) -> int:
    """Let everything happen that comes before `until` [months]; or come back sooner, and say why."""
    s = company[0]
    if s.turns_to:
        branch_off(s)
    if not s.founded:
        if until <= -s.history:
            return DONE  # the first day has not come, and a fork on it comes before it
        found(s)
    if s.n_orders:
        carry_out(s)
    while True:
        if s.first_start != s.last_start or s.first_hop != s.last_hop:
            settle_moment(s)
        if s.keeps_book and s.n_rows > s.full_book:
            return BOOK_FULL
        if s.n_sheets > s.full_queue:
            return QUEUE_FULL
        if s.n_jobs > s.full_jobs:
            return JOBS_FULL
        if s.paused:
            s.paused = 0
            return AT_MONTH
        if not pop(s, until):
            if s.tallies and until >= s.horizon:
                close_tally(s)
            return DONE
        handle(s)


def found(s: Company) -> None:
    """The company's first day: its calendar begins, and the clock of its outages."""
    s.founded = 1
    first = -s.history
    push(s, float(first), rank_of(MONTH, -1, 0), first, 0, 0)
    appoint_outage(s, 0)


def settle_moment(s: Company) -> None:
    """What begins at this moment begins in order; then whose turn has come goes on, in order of the grants.

    Thousands may: so it ends early where room runs out, and goes on when there is more.
    """
    while s.first_start != s.last_start or s.first_hop != s.last_hop:
        if s.n_sheets > s.full_queue or (s.keeps_book and s.n_rows > s.full_book):
            return
        j = next_start(s)
        if j != NOWHERE:
            begin_job(s, j)
            continue
        j = next_grant(s)
        if j != NOWHERE:
            go_on(s, j)


def begin_job(s: Company, j: int) -> None:
    """A job asks for somebody."""
    kind = job_at(s, j).kind
    if kind == TICKET_OPENED:
        open_ticket(s, j)
    elif kind == ONBOARDING_ASKED:
        ask_for_specialist(s, j)
    else:
        ask_for_conversation(s, j)


def go_on(s: Company, j: int) -> None:
    """Somebody has time for a job."""
    kind = job_at(s, j).kind
    if kind == TICKET_OPENED:
        answer_ticket(s, j)
    elif kind == ONBOARDING_ASKED:
        kick_off(s, j)
    else:
        begin_conversation(s, j)


def handle(s: Company) -> None:
    """One event."""
    kind, what = kind_of(s.rank), int(s.what)
    if kind in (REVIEW, TICKET_OPENED):  # nearly all, so they come first
        if account_at(s, what).active and account_at(s, what).life == s.stay:
            handle_account(s, kind, what)
    elif kind == TICKET_SOLVED:
        on_ticket_done(s, what)
    elif kind == TICKET_ABANDONED:
        on_ticket_patience(s, what)
    elif kind in (CHECKED_IN, REACHED_OUT, RENEWAL_TALK):
        on_conversation_done(s, what)
    elif kind == MILESTONE:
        on_milestone(s, what)
    elif kind == ONBOARDING_ABANDONED:
        on_onboarding_patience(s, what)
    elif kind == SIGNED_UP:
        on_candidate(s, what)
    elif kind == WIN_BACK_TRIED:
        on_win_back(s, what)
    elif kind < SIGNED_UP:
        handle_company(s, kind, what)
    elif account_at(s, what).active and account_at(s, what).life == s.stay:
        handle_account(s, kind, what)


def handle_account(s: Company, kind: int, i: int) -> None:
    """One event of an account that is still in the stay in which it was appointed."""
    if kind == REVIEW:
        on_review(s, i)
    elif kind == TICKET_OPENED:
        on_ticket_candidate(s, i)
    elif kind == INTENT:
        on_intent(s, i)
    elif kind == NOTICE:
        on_notice(s, i)
    elif kind == PAYMENT_FAILED:
        on_failed_payment(s, i)
    elif kind == PAYMENT_RECOVERED:
        on_end_of_reminders(s, i)


def handle_company(s: Company, kind: int, what: int) -> None:
    """One event of the company."""
    if kind == MONTH:
        on_month(s)
    elif kind == OUTAGE:
        on_outage(s, what)
    elif kind == HEADCOUNT:
        on_headcount(s, what)
    elif kind == CHARGE:
        charge = appointment_at(s, what)
        write_company(s, CHARGE, int(charge.which), events.NO_TEAM, float(charge.value))


def on_month(s: Company) -> None:
    """Each month has its parameters and its arrivals; at month 0 the books are opened."""
    month = s.what
    if s.tallies and month >= 0:
        take_stock(s, month)
    if month > -s.history:
        s.month += 1  # counted from the start of the history
    open_month(s)
    push(s, float(month + 1), rank_of(MONTH, -1, 0), month + 1, 0, 0)
    while s.next_arrival < s.n_accounts and arrival_at(s, s.next_arrival).time < month + 1:
        it = arrival_at(s, s.next_arrival)
        push(s, it.time, rank_of(SIGNED_UP, it.account, 0), int(it.slot), 0, 0)
        s.next_arrival += 1
    while s.next_appointment < s.n_appointments and appointment_at(s, s.next_appointment).time < month + 1:
        n = s.next_appointment
        appointment = appointment_at(s, n)
        push(s, appointment.time, rank_of(appointment.kind, -1, appointment.item), n, 0, 0)
        s.next_appointment += 1
    if month == 0:
        for k in range(s.n_accounts):
            i = int(slot_at(s, k).to)
            if account_at(s, i).active:
                open_books(s, i)
    if month >= 0 and s.pauses:
        s.paused = 1


def open_books(s: Company, i: int) -> None:
    """An account is there at month 0."""
    a = account_at(s, i)
    write(s, i, events.OPENING, int(a.life), events.NO_TEAM, float(a.mrr), events.NO_CAUSE, -1)


def on_headcount(s: Company, n: int) -> None:
    """A team grows or shrinks; a cut takes effect as work ends."""
    it = appointment_at(s, n)
    team, people = int(it.which), int(it.value)
    write_company(s, HEADCOUNT, 0, team, float(people))
    resize(s, team, places(parameters_of(s, 0), team, people))
