"""The two fates of each account in one replication, and what it comes to in every coalition of levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.margins import own_margins, wages_of_revenue
from cxsim.readings.paths import Paths, halves
from cxsim.readings.values import Economics
from cxsim.studies.coalitions import shared_out

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

FATES: Final = ("saved", "postponed", "unchanged", "hastened", "lost", "came", "stayed away")
SAVED, POSTPONED, UNCHANGED, HASTENED, LOST, CAME, STAYED_AWAY = range(len(FATES))
IN_WORDS: Final = {
    "saved": "customer at the horizon only with it",
    "postponed": "customer for longer with it, and at the horizon in both or in neither",
    "unchanged": "customer in the same months",
    "hastened": "customer for less time with it, and at the horizon in both or in neither",
    "lost": "customer at the horizon only without it",
    "came": "ever a customer only with it",
    "stayed away": "ever a customer only without it",
}
SHARED: Final = ("mrr", "revenue", "margin")


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a world's accounts come to in one replication.

    Attributes
    ----------
    account, segment : int64 arrays, shape (A,)
    purchases : int64 array, shape (A,)
        Over the run [cents].
    worth : float array, shape (3, A)
        MRR at the horizon [cents], revenue [half cents], and margin before wages, in the world's currency.
    wages : float
        Of onboarding and support, in the world's currency.
    paths : Paths or None
        Kept of the world without any lever and of that with all, for there may be thousands.
    """

    account: Ints
    segment: Ints
    purchases: Ints
    worth: Reals
    wages: float
    paths: Paths | None

    @property
    def whole(self) -> Reals:
        """What the company comes to: MRR, revenue and margin, shape (3,), in the units of `worth`; less wages."""
        whole: Reals = self.worth.sum(axis=1)
        whole[-1] -= self.wages
        return whole


def sums_of(told: Paths, economics: Economics, *, keep: bool) -> Sums:
    """What the accounts of a run come to; with its paths, if they are to be kept."""
    worth = np.array([told.mrr[:, -1], told.revenue, own_margins(told, economics)], dtype=np.float64)
    paid = wages_of_revenue(told, economics)
    return Sums(told.account, told.segment, told.purchases, worth, paid, told if keep else None)


@dataclass(frozen=True, slots=True, eq=False)
class Fates:
    """One replication of a ledger.

    Attributes
    ----------
    columns : mapping
        Name of an attribute of `Ledger` with one entry an account → its values here.
    shares : float array, shape (levers, 3, n)
        Of what each account gains; no levers where nothing is shared out.
    wages : float
        Saved.
    wage_shares : float array, shape (levers,)
    by_pair : float array, shape (pairs, levers, 3)
        Each lever's share of what the company gains, by each pair of orders alone; no pairs where none are drawn.
    """

    columns: Mapping[str, npt.NDArray[Any]]
    shares: Reals
    wages: float
    wage_shares: Reals
    by_pair: Reals


def fates_of(number: int, sums: Mapping[int, Sums], *, levers: int, orders: Sequence[Sequence[int]] = ()) -> Fates:
    """Set what became of each account without any lever against what became of it with all.

    Parameters
    ----------
    number : int
        Of the replication.
    sums : mapping
        By coalition, as a whole number: the lowest is the world without any lever, the highest that with all.
    levers : int
        Among which the gain is shared out; 0 if it is not.
    orders : sequence of permutations of 0 … levers − 1
        Along which it is shared out, each before itself backwards; without any by every coalition.
    """
    first, last = sums[min(sums)], sums[max(sums)]
    everyone = np.unique(np.concatenate([one.account for one in sums.values()]))
    n = len(everyone)
    at = {coalition: np.searchsorted(everyone, one.account) for coalition, one in sums.items()}
    segment = np.zeros(n, dtype=np.int64)
    for coalition, one in sums.items():
        segment[at[coalition]] = one.segment
    worth = {coalition: _spread(one.worth, at[coalition], n) for coalition, one in sums.items()}
    wages = {coalition: np.array(-one.wages) for coalition, one in sums.items()}
    whole = {coalition: one.whole for coalition, one in sums.items()}
    ends = at[min(sums)], at[max(sums)]
    pairs = [orders[place : place + 2] for place in range(0, len(orders), 2)]
    nobody = np.zeros((0, len(SHARED), n))
    columns = {
        "replication": np.full(n, number, dtype=np.int64),
        "account": everyone,
        "segment": segment,
        "purchases": _spread(last.purchases, ends[1], n) - _spread(first.purchases, ends[0], n),
        "margin": worth[max(sums)][2] - worth[min(sums)][2],
        **_both(first.paths, last.paths, ends, n),
    }
    return Fates(
        columns,
        shared_out(worth, orders) if levers else nobody,
        first.wages - last.wages,
        shared_out(wages, orders) if levers else np.zeros(0),
        np.array([shared_out(whole, pair) for pair in pairs]).reshape(len(pairs), levers, len(SHARED)),
    )


def _both(without: Paths | None, along: Paths | None, ends: tuple[Ints, Ints], n: int) -> dict[str, npt.NDArray[Any]]:
    """The columns of n accounts that come of the two paths of each."""
    assert without is not None
    assert along is not None
    before, after = (_spread(one.mrr.T, place, n).T for one, place in zip((without, along), ends, strict=True))
    months = halves((after > 0).astype(np.int64)) - halves((before > 0).astype(np.int64))
    columns: dict[str, npt.NDArray[Any]] = {
        "fate": _fates(n, *ends, before[:, -1] > 0, after[:, -1] > 0, months),
        "months": months,
        "mrr": after[:, -1] - before[:, -1],
        "revenue": halves(after) - halves(before),
    }
    for name, its, place in zip(("without", "with"), (without, along), ends, strict=True):
        lost, cause = np.full(n, np.inf), np.full(n, events.NO_CAUSE, dtype=np.int64)
        lost[place], cause[place] = its.lost_at, its.cause
        columns[f"lost_{name}"], columns[f"cause_{name}"] = lost, cause
    return columns


def _fates(
    n: int,
    before: Ints,
    after: Ints,
    stayed: npt.NDArray[np.bool_],
    stays: npt.NDArray[np.bool_],
    months: Ints,
) -> Ints:
    """Place in `FATES` of n accounts, of which some come without it and some with it."""
    fate = np.where(months > 0, POSTPONED, np.where(months < 0, HASTENED, UNCHANGED))
    fate = np.where(stays & ~stayed, SAVED, np.where(stayed & ~stays, LOST, fate))
    came, comes = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    came[before], comes[after] = True, True
    fate = np.where(comes & ~came, CAME, np.where(came & ~comes, STAYED_AWAY, fate))
    # with several levers there are accounts that come only where some of them are used
    return np.where(came | comes, fate, UNCHANGED).astype(np.int64)


def _spread(values: npt.NDArray[Any], place: Ints, n: int) -> npt.NDArray[Any]:
    """Values of some accounts among those of all n, shape (…, n) from (…, A); the others have none."""
    wide = np.zeros((*values.shape[:-1], n), dtype=values.dtype)
    wide[..., place] = values
    return wide
