"""What runs share: a plan as arrays, and the people of a roster in the order in which the clock keeps them.

All of it is made once and read by many runs at the same time: nobody writes to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from cxsim import events
from cxsim.engines.compiled.state import (
    ACCOUNT,
    APPOINTMENT,
    ARRIVAL,
    LIMIT,
    MONTH,
    PROGRAMME,
    WIDTH,
    Array,
    lined_up,
)
from cxsim.foresight import OF_PEOPLE, most_tickets
from cxsim.plan import Plan

FIELDS_OF_ROSTER = ("account", "segment", "referred", "mrr", "term", "touch", "fit", "promise", "frailty")

BLOCK = 8192  # accounts that are filled in together: their records fit into the fast part of memory

Staff = Sequence[tuple[float, int, int]]


@dataclass(frozen=True, eq=False)
class Setting:
    """A plan as the clock reads it.

    Attributes
    ----------
    plan : Plan
    """

    plan: Plan

    @cached_property
    def parameters(self) -> Array:
        """One row a month and segment; float64, shape (M · S, WIDTH)."""
        return sealed(np.ascontiguousarray(self.plan.parameters).reshape(-1, WIDTH))

    @cached_property
    def months(self) -> Array:
        """Candidates of each month; MONTH [M]."""
        ceilings = np.zeros(len(self.plan.ceilings), dtype=MONTH)
        ceilings["referral_ceiling"], ceilings["ordinary_ceiling"] = np.array(self.plan.ceilings).reshape(-1, 2).T
        return sealed(ceilings)

    @cached_property
    def limits(self) -> Array:
        """What ticket candidates can come to at most; LIMIT [S]."""
        limits = np.zeros(len(self.plan.segments), dtype=LIMIT)
        for name, bound in zip(LIMIT.names or (), most_tickets(self.plan.parameters, self.plan.edits), strict=True):
            limits[name] = bound
        return sealed(limits)

    @cached_property
    def no_limits(self) -> Array:
        """The same where nothing is known of them."""
        limits = self.limits.copy()
        limits["rate"] = np.inf
        return sealed(limits)

    @cached_property
    def edits(self) -> Array:
        """Edits account by account, as `packing.packed` puts them; float64."""
        return sealed(np.array(self.plan.edits))

    @cached_property
    def programmes(self) -> Array:
        """PROGRAMME [programmes], before any has served anybody; a run counts in a copy of its own."""
        programmes = np.zeros(len(self.plan.programmes), dtype=PROGRAMME)
        for k, programme in enumerate(self.plan.programmes):
            for field in fields(programme):
                programmes[field.name][k] = getattr(programme, field.name)
        return sealed(programmes)

    @cached_property
    def key_of_roster(self) -> bytes:
        """Tells plans apart whose candidates differ."""
        plan = self.plan
        return _hash((len(plan.segments), plan.history, plan.horizon), plan.rates, plan.parameters[:, :, OF_PEOPLE])

    @cached_property
    def key_of_history(self) -> bytes:
        """Tells plans apart whose history differs, or its room in memory; staff and luck not counted."""
        plan, past = self.plan, self.plan.history
        shape = (len(plan.segments), past, plan.horizon)
        return _hash(shape, plan.parameters[:past], plan.rates[:, :past], self.months[:past])

    def appointments(self, staff: Staff) -> Array:
        """Changes of headcount and charges, in order of time; APPOINTMENT."""
        rows = [(time, events.HEADCOUNT, team, team, people) for time, team, people in staff]
        rows += [(time, events.CHARGE, n, which, amount) for n, (time, which, amount) in enumerate(self.plan.charges)]
        return np.array(sorted(rows), dtype=APPOINTMENT)


@dataclass(frozen=True, eq=False)
class Cast:
    """The candidates of a run, as they are before they come.

    Attributes
    ----------
    roster : mapping of str to array
        The columns of the roster, by account number.
    accounts : ACCOUNT [n]
        In the order of phase within the month, those of the history first.
    slots : int32 [n]
        Place in `accounts` by account number.
    arrivals : ARRIVAL [n]
        By time and account.
    first : int
        How many come before month 0.
    most_arrivals : int
        The most that come in one month.
    """

    roster: Mapping[str, Array]
    accounts: Array
    slots: Array
    arrivals: Array
    first: int
    most_arrivals: int

    @property
    def n_bytes(self) -> int:
        """Memory that it takes."""
        own = self.accounts.nbytes + self.slots.nbytes + self.arrivals.nbytes
        return own + sum(column.nbytes for column in self.roster.values())


def cast(roster: Mapping[str, Array], history: int) -> Cast:
    """Lay out a roster, whose rows are by account number."""
    at = roster["sign_up_at"]
    by_phase = np.argsort(at - np.floor(at), kind="stable")
    came = at[by_phase] < 0.0
    order = np.concatenate((by_phase[came], by_phase[~came]))
    accounts = lined_up(len(order), ACCOUNT)
    for first in range(0, len(order), BLOCK):
        block, rows = accounts[first : first + BLOCK], order[first : first + BLOCK]
        for name in FIELDS_OF_ROSTER:
            block[name] = roster[name][rows]
        block["stay_at"] = at[rows]
        block["pending"] = events.NO_CAUSE
    slots = np.empty(len(order), dtype=np.int32)
    slots[order] = np.arange(len(order), dtype=np.int32)
    by_time = np.argsort(at, kind="stable")
    arrivals = np.zeros(len(order), dtype=ARRIVAL)
    arrivals["time"], arrivals["slot"], arrivals["account"] = at[by_time], slots[by_time], roster["account"][by_time]
    most = int(np.bincount(np.floor(at + history).astype(np.int64)).max()) if len(at) else 0
    columns = {name: sealed(column) for name, column in roster.items()}
    return Cast(columns, sealed(accounts), sealed(slots), sealed(arrivals), int((at < 0.0).sum()), most)


def sealed(array: Array) -> Array:
    """The same array, which nobody can write to from now on."""
    array.setflags(write=False)
    return array


def _hash(shape: tuple[int, ...], *arrays: Array) -> bytes:
    digest = hashlib.blake2b(repr(shape).encode(), digest_size=20)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.digest()
