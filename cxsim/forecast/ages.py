"""Which ages a company's customers have, by a curve: from additions to the rate at which its customers leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.forecast.curves import Family, Reals
from cxsim.forecast.flows import Flows

EARLIER: Final = 240  # periods before the first one, at most
FIRST_YEAR: Final = 4
LEAST_RATE: Final = 1e-9

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """What the curve expects of a table's customers, for each of n curves.

    Attributes
    ----------
    survival : float array, shape (n, EARLIER + T + H + 1)
        S at ages 0, 1, …
    there : float array, shape (n, T + H + 1)
        Of the base and of who joined in the T known periods, customers at the ends of periods 0 … T + H.
    """

    survival: Reals
    there: Reals

    def rates(self, additions: Reals) -> Reals:
        """Share of the customers at the start of each known period who leave in it, shape (n, T)."""
        known = len(additions)
        lost = self.there[:, :known] + additions - self.there[:, 1 : known + 1]
        return np.asarray(lost / np.maximum(self.there[:, :known], 1e-300))


def ages(family: Family, x: Reals, table: Flows, ahead: int = 0) -> Ages:
    """Follow the base and the additions of a table along curves.

    Parameters
    ----------
    family : Family
    x : float array, shape (n, k)
        Free coordinates.
    table : Flows
    ahead : int
        H, periods after the known ones.

    Notes
    -----
    Who joins in a period is counted at its end with age 0: of A_j, A_j·(S(a − 1) − S(a)) are expected to leave in the
    a-th period after. The base's ages are not known. It is taken as who is left of m periods before the table, in each
    of which as many joined: ages 0 … m − 1 in proportion to S(a). m is `history`, or such that those earlier additions
    were as many as those of the first four periods; at most 240.
    """
    known = table.periods
    last = known + ahead
    survival = np.exp(family.log_survival(x, np.arange(EARLIER + last + 1, dtype=np.float64)))
    total = np.concatenate((np.zeros((len(x), 1)), np.cumsum(survival, axis=1)), axis=1)
    level = float(table.additions[:FIRST_YEAR].mean())
    if table.history is not None:
        whole, part = _split(np.full(len(x), min(table.history, float(EARLIER))))
    else:
        wanted = table.base / level if level > 0 else np.inf
        whole = np.minimum((total[:, 1 : EARLIER + 1] < wanted).sum(axis=1), EARLIER)
        short = np.minimum(wanted, total[:, EARLIER]) - np.take_along_axis(total, whole[:, None], 1)[:, 0]
        oldest = np.maximum(np.take_along_axis(survival, whole[:, None], 1)[:, 0], 1e-300)
        # a base of nobody is followed too, as one of new customers
        part = np.clip(np.where(whole < EARLIER, short / oldest, 0.0), np.where(whole == 0, 1e-6, 0.0), 1.0)
    later = whole[:, None] + np.arange(last + 1)[None, :]
    mass = np.take_along_axis(total, later, 1) - total[:, : last + 1]
    mass += part[:, None] * np.take_along_axis(survival, np.minimum(later, survival.shape[1] - 1), 1)
    there = table.base * mass / mass[:, :1]
    # row a, column i: who joined a periods before the end of period i, periods counted from 1
    gap = np.arange(last)[None, :] - np.arange(last)[:, None]
    joined = np.where((gap >= 0) & (gap < known), np.append(table.additions, 0.0)[np.clip(gap, 0, known)], 0.0)
    there[:, 1:] += survival[:, :last] @ joined
    return Ages(survival, there)


def _split(m: Reals) -> tuple[Ints, Reals]:
    whole = np.floor(m).astype(np.int64)
    return whole, m - whole


def deviations(table: Flows, rates: Reals) -> tuple[Reals, Flags]:
    """Losses of known periods relative to what is expected of the customers who were there, less 1.

    Parameters
    ----------
    table : Flows
    rates : float array, shape (n, T)
        Of loss, expected.

    Returns
    -------
    (float array, shape (n, T'), bool array, shape (T,))
        The deviations, and in which T' periods there was anybody to leave.
    """
    seen = table.starts > 0
    expected = table.starts[seen] * np.maximum(rates[:, seen], LEAST_RATE)
    return table.losses[seen] / expected - 1.0, seen
