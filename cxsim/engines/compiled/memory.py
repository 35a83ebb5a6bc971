"""Where things stand: from the company's record, which holds the addresses of all arrays, to a record or a row.

Steps of the clock are handed one pointer instead of two dozen arrays, which would be copied at every call. The arrays
themselves belong to `state.State`, which outlives the clock's work on them. With NUMBA_BOUNDSCHECK=1 every place is
checked against the length of its array, with NUMBA_DISABLE_JIT=1 the same arrays are reached from plain Python.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from cxsim.engines.compiled.state import (
    ACCOUNT,
    APPOINTMENT,
    ARRIVAL,
    COUNT,
    DRAWER,
    EVENT,
    JOB,
    LIMIT,
    LINK,
    MONTH,
    MONTHLY,
    PAST,
    PLACE,
    PROGRAMME,
    SCORE,
    TALLIED,
    TEAM,
    TEAMS,
    TERM,
    WIDTH,
)
from cxsim.rules.law import Edits, Row
from cxsim.tally import COHORT, ENDINGS, FIRST_YEAR, MEASURES

REAL, WHOLE, FOUR, TWO, ONE = (np.dtype([("x", kind)]) for kind in ("f8", "i8", "i4", "i2", "i1"))  # of a book
N_MEASURES, N_COHORT, N_ENDINGS = len(MEASURES), len(COHORT), len(ENDINGS)

Company = Any  # the company's record: `state.COMPANY`
Record = Any

if numba.config.DISABLE_JIT:

    class _Plain:
        """A record whose fields are attributes, read as plain numbers."""

        __slots__ = ("_record",)

        def __init__(self, record: Any) -> None:
            object.__setattr__(self, "_record", record)

        def __getattr__(self, name: str) -> Any:
            found = self._record[name]
            return found.item() if isinstance(found, np.generic) else found

        def __setattr__(self, name: str, value: Any) -> None:
            self._record[name] = value

    def door(company: Any) -> Any:
        """What the loop is handed: the company's record, the only one of its array."""
        return [_Plain(company[0])]

    def record_at(address: int, length: int, place: int, dtype: Any) -> Any:
        """A record of an array."""
        if not 0 <= place < length:
            raise IndexError("a place beyond its array")
        return _Plain(numba.carray(ctypes.c_void_p(address), (length,), dtype)[place])

    def parameters_of(s: Company, segment: int) -> Row:
        """This month's row of a segment."""
        rows = _table(s.at_parameters, s.n_rows_of_parameters, WIDTH)
        return rows[s.month * s.segments + segment]  # type: ignore[no-any-return]

    def treated_of(s: Company, i: int) -> Any:
        """When each intervention reached an account [months], inf where it did not."""
        return _table(s.at_treated, s.n_accounts, s.n_interventions)[i]

    def edits_of(s: Company) -> Edits:
        """The edits that act account by account."""
        return _table(s.at_edits, 1, s.n_edits)[0]  # type: ignore[no-any-return]

    def prefetch(address: int) -> None:
        """Memory that will be looked at soon; there is nothing to do."""

    def _table(address: int, length: int, width: int) -> Any:
        return numba.carray(ctypes.c_void_p(int(address)), (int(length), int(width)), np.float64)

else:

    def door(company: Any) -> Any:
        """What the loop is handed: the company's record, the only one of its array."""
        return company

    def _pointer(context, builder, address, step, place):
        """The address of a place, in bytes."""
        return builder.add(address, builder.mul(place, context.get_constant(types.intp, step)))

    def _check(context, builder, place, length):
        """Raise if a place does not exist; only with NUMBA_BOUNDSCHECK=1."""
        if numba.config.BOUNDSCHECK:
            outside = builder.icmp_unsigned(">=", place, length)
            with builder.if_then(outside, likely=False):
                context.call_conv.return_user_exc(builder, IndexError, ("a place beyond its array",))

    def _integers(context, builder, signature, args):
        """The integer arguments, at full width."""
        return [
            context.cast(builder, value, kind, types.intp)
            for value, kind in zip(args, signature.args, strict=True)
            if isinstance(kind, types.Integer)
        ]

    @intrinsic
    def record_at(typing, address, length, place, dtype):
        """A record of an array."""
        record = dtype.dtype

        def make(context, builder, signature, args):
            start, n, k = _integers(context, builder, signature, args)
            _check(context, builder, k, n)
            at = _pointer(context, builder, start, record.size, k)
            return builder.inttoptr(at, context.get_value_type(record))

        return record(address, length, place, dtype), make

    def _field(builder, record, pointer, name):
        """A whole number in a record."""
        at = builder.gep(pointer, [ir.Constant(ir.IntType(32), 0), ir.Constant(ir.IntType(32), record.offset(name))])
        return builder.load(builder.bitcast(at, ir.IntType(64).as_pointer()))

    def _view(context, builder, kind, address, length):
        """An array over memory that somebody else owns."""
        array = make_array(kind)(context, builder)
        eight = context.get_constant(types.intp, 8)
        data = builder.inttoptr(address, context.get_data_type(types.float64).as_pointer())
        shape, strides = cgutils.pack_array(builder, [length]), cgutils.pack_array(builder, [eight])
        populate_array(array, data, shape, strides, eight, None)
        return array._getvalue()

    @intrinsic
    def parameters_of(typing, s, segment):
        """This month's row of a segment."""
        kind = types.Array(types.float64, 1, "C")

        def make(context, builder, signature, args):
            (segment,) = _integers(context, builder, signature, args)
            start, rows, month, segments = (
                _field(builder, signature.args[0], args[0], name)
                for name in ("at_parameters", "n_rows_of_parameters", "month", "segments")
            )
            place = builder.add(builder.mul(month, segments), segment)
            _check(context, builder, place, rows)
            at = _pointer(context, builder, start, 8 * WIDTH, place)
            return _view(context, builder, kind, at, context.get_constant(types.intp, WIDTH))

        return kind(s, segment), make

    @intrinsic
    def treated_of(typing, s, i):
        """When each intervention reached an account [months], inf where it did not."""
        kind = types.Array(types.float64, 1, "C")

        def make(context, builder, signature, args):
            (i,) = _integers(context, builder, signature, args)
            start, accounts, width = (
                _field(builder, signature.args[0], args[0], name)
                for name in ("at_treated", "n_accounts", "n_interventions")
            )
            _check(context, builder, i, accounts)
            at = _pointer(context, builder, start, 8, builder.mul(i, width))
            return _view(context, builder, kind, at, width)

        return kind(s, i), make

    @intrinsic
    def edits_of(typing, s):
        """The edits that act account by account."""
        kind = types.Array(types.float64, 1, "C")

        def make(context, builder, signature, args):
            start, n = (_field(builder, signature.args[0], args[0], name) for name in ("at_edits", "n_edits"))
            return _view(context, builder, kind, start, n)

        return kind(s), make

    @intrinsic
    def prefetch(typing, address):
        """Memory that will be looked at soon is asked for; an address that does not exist does no harm."""

        def make(context, builder, signature, args):
            byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
            fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            to_read, keep, data = (ir.Constant(whole, number) for number in (0, 0, 1))
            builder.call(fetch, [builder.inttoptr(args[0], byte), to_read, keep, data])
            return context.get_dummy_value()

        return types.void(types.int64), make


def account_at(s: Company, i: int) -> Record:
    """An account."""
    return record_at(s.at_accounts, s.n_accounts, i, ACCOUNT)


def term_at(s: Company, i: int) -> Record:
    """How things stood when an account's term began."""
    return record_at(s.at_terms, s.n_accounts, i, TERM)


def past_at(s: Company, i: int) -> Record:
    """An account's observed health at its last three reviews."""
    return record_at(s.at_past, s.n_accounts, i, PAST)


def score_at(s: Company, i: int) -> Record:
    """An account's score of the policy."""
    return record_at(s.at_scores, s.n_accounts, i, SCORE)


def slot_at(s: Company, k: int) -> Record:
    """Place of the k-th account by number."""
    return record_at(s.at_slots, s.n_accounts, k, LINK)


def programme_at(s: Company, k: int) -> Record:
    """A programme."""
    return record_at(s.at_programmes, s.n_programmes, k, PROGRAMME)


def month_at(s: Company, k: int) -> Record:
    """Candidates of a month."""
    return record_at(s.at_months, s.n_months, k, MONTH)


def limit_at(s: Company, segment: int) -> Record:
    """Bounds of a segment's ticket candidates."""
    return record_at(s.at_limits, s.segments, segment, LIMIT)


def arrival_at(s: Company, k: int) -> Record:
    """Who may come next."""
    return record_at(s.at_arrivals, s.n_accounts, k, ARRIVAL)


def appointment_at(s: Company, k: int) -> Record:
    """What is known to come."""
    return record_at(s.at_appointments, s.n_appointments, k, APPOINTMENT)


def event_at(s: Company, e: int) -> Record:
    """An event of the calendar's pool."""
    return record_at(s.at_events, s.most_events, e, EVENT)


def near_at(s: Company, k: int) -> Record:
    """A place in the heap of the bucket at hand."""
    return record_at(s.at_near, s.most_near, k, LINK)


def ring_at(s: Company, k: int) -> Record:
    """A place in the ring of events that come a month after they were appointed."""
    return record_at(s.at_ring, s.n_ring, k, MONTHLY)


def bucket_at(s: Company, k: int) -> Record:
    """Head of the list of a bucket of the drawers at hand."""
    return record_at(s.at_buckets, s.n_buckets, k, LINK)


def drawer_at(s: Company, k: int) -> Record:
    """A drawer of the calendar."""
    return record_at(s.at_drawers, s.n_drawers, k, DRAWER)


def sheet_at(s: Company, k: int) -> Record:
    """What lies below a sheet of events."""
    return record_at(s.at_sheets, s.most_sheets, k, LINK)


def job_at(s: Company, j: int) -> Record:
    """A job of a team."""
    return record_at(s.at_jobs, s.most_jobs, j, JOB)


def team_at(s: Company, team: int) -> Record:
    """A team."""
    return record_at(s.at_teams, TEAMS, team, TEAM)


def line_at(s: Company, team: int, k: int) -> Record:
    """A place in the heap of those who wait for a team."""
    return record_at(s.at_lines, TEAMS * s.most_jobs, team * s.most_jobs + k, PLACE)


def start_at(s: Company, k: int) -> Record:
    """A place in the ring of jobs that begin at this moment."""
    return record_at(s.at_starts, s.n_starts, k, LINK)


def hop_at(s: Company, k: int) -> Record:
    """A place in the ring of grants and releases of this moment."""
    return record_at(s.at_hops, s.n_hops, k, LINK)


def enter(
    s: Company, kind: int, account: int, item: int, team: int, value: float, cause: int, feeling: int, stage: int
) -> None:
    """Begin a row of the book: what happened, when and to whom."""
    n, most = int(s.n_rows), int(s.most_rows)
    record_at(s.at_book, most, n, REAL).x = s.now
    record_at(s.at_book + 8 * most, most, n, REAL).x = value
    record_at(s.at_book + 72 * most, most, n, FOUR).x = account
    record_at(s.at_book + 76 * most, most, n, FOUR).x = item
    record_at(s.at_book + 80 * most, most, n, TWO).x = kind
    record_at(s.at_book + 82 * most, most, n, ONE).x = team
    record_at(s.at_book + 83 * most, most, n, ONE).x = cause
    record_at(s.at_book + 84 * most, most, n, ONE).x = feeling
    record_at(s.at_book + 85 * most, most, n, ONE).x = stage
    s.n_rows = n + 1


def enter_state(
    s: Company, sponsor: float, user: float, outcome: float, usage: float, health: float, observed: float, mrr: int
) -> None:
    """The state after it, in the row begun last."""
    n, most = int(s.n_rows) - 1, int(s.most_rows)
    record_at(s.at_book + 16 * most, most, n, REAL).x = sponsor
    record_at(s.at_book + 24 * most, most, n, REAL).x = user
    record_at(s.at_book + 32 * most, most, n, REAL).x = outcome
    record_at(s.at_book + 40 * most, most, n, REAL).x = usage
    record_at(s.at_book + 48 * most, most, n, REAL).x = health
    record_at(s.at_book + 56 * most, most, n, REAL).x = observed
    record_at(s.at_book + 64 * most, most, n, WHOLE).x = mrr


def tallied_at(s: Company, i: int) -> Record:
    """What the tally remembers of an account."""
    return record_at(s.at_tallied, s.n_tallied, i, TALLIED)


def mrr_then_at(s: Company, month: int, i: int) -> Record:
    """MRR at the beginning of one of the last twelve months [cents]."""
    return record_at(s.at_mrr_then, FIRST_YEAR * s.n_tallied, month % FIRST_YEAR * s.n_tallied + i, COUNT)


def count_at(s: Company, month: int, segment: int, measure: int) -> Record:
    """A cell of the monthly table."""
    return record_at(s.at_counts, s.n_counts, (month * s.segments + segment) * N_MEASURES + measure, COUNT)


def cohort_at(s: Company, cohort: int, month: int, segment: int, which: int) -> Record:
    """A cell of the first-year cohorts."""
    place = ((cohort * (s.horizon + 1) + month) * s.segments + segment) * N_COHORT + which
    return record_at(s.at_cohorts, s.n_cohorts, place, COUNT)


def day_at(s: Company, day: int, segment: int, ending: int) -> Record:
    """A cell of the histogram of onboarding."""
    return record_at(s.at_days, s.n_days, (day * s.segments + segment) * N_ENDINGS + ending, COUNT)
