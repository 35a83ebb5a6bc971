"""Whose is the gain? Several levers act together; each lever's share of what they do adds up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.levers import told_apart
from cxsim.scenario import Scenario
from cxsim.studies.answers import column_of
from cxsim.studies.coalitions import (
    MOST_EXACT,
    against_adding,
    needed,
    orders_of,
    shared_among,
    shared_out,
    world_of,
)
from cxsim.studies.contents import Wanted
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import mean_interval
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, Replication

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

Reals = npt.NDArray[np.float64]
ORDERS: Final = 2  # of each replication beyond MOST_EXACT levers: one at random, and the same backwards


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """A gain shared out among the levers that made it.

    Attributes
    ----------
    baseline, alternative : Scenario
    levers : tuple of str
        No two the same: a lever that is there twice is "name" and "name (2)".
    seed : int
    shares : float array, shape (replications, levers, outcomes)
        Shapley value of each lever, in the outcome's unit; over the levers it adds up to `together`. NaN where the
        outcome does not exist in one of the coalitions.
    alone, last : float arrays, of the same shape
        What the lever does by itself, and what it adds to all the others.
    together : float array, shape (replications, outcomes)
        What all do together.
    is_exact : bool
        Whether every coalition was simulated; else orders were drawn, and the intervals hold that chance too.
    run_id : str
        In the store; "" where nothing is kept.
    """

    baseline: Scenario
    alternative: Scenario
    levers: tuple[str, ...]
    seed: int
    shares: Reals
    alone: Reals
    last: Reals
    together: Reals
    is_exact: bool
    run_id: str = ""

    def frame(self, outcome: str) -> pd.DataFrame:
        """Table of one outcome, one row a lever and one for all of them.

        Returns
        -------
        pandas.DataFrame
            `lever`, its `share` with the 95 % interval `low` and `high`, what it does `alone` and what it adds as the
            `last` one, in the outcome's unit. Two more rows: "together", the joint effect, which is the sum of the
            shares; and "interaction", the joint effect minus what the levers do alone, whose sum stands under `alone`.

        Raises
        ------
        InputError
            If there is no such outcome, or it does not exist in some replication.
        """
        import pandas as pd

        column = column_of(outcome)
        whole = self.together[:, column]
        shares, alone, last = (part[:, :, column] for part in (self.shares, self.alone, self.last))
        if np.isnan(shares).any():
            raise InputError(f"{outcome}: does not exist in every coalition of every replication, so nothing adds up")
        rows = [
            (name, *_told(shares[:, k]), alone[:, k].mean(), last[:, k].mean()) for k, name in enumerate(self.levers)
        ]
        parts = alone.sum(axis=1)
        rows.append(("together", *_told(whole), float("nan"), float("nan")))
        rows.append(("interaction", *_told(whole - parts), parts.mean(), float("nan")))
        return pd.DataFrame(rows, columns=["lever", "share", "low", "high", "alone", "last"])

    def warning(self, outcome: str) -> str:
        """Say so if single effects must not be added up; an empty string if nothing speaks against it."""
        column = column_of(outcome)
        return against_adding(outcome, self.together[:, column], self.alone[:, :, column].sum(axis=1))


def attribute(
    baseline: Scenario,
    *,
    alternative: Scenario,
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    horizon: int | None = None,
    store: Store | None = None,
) -> Attribution:
    """Share out what an alternative does among its levers, under the same luck.

    Parameters
    ----------
    baseline, alternative : Scenario
        They differ in levers only.
    replications : int
        At least 2. Up to six levers all coalitions are run in each, beyond that those of two orders drawn for it.
    seed : int
    workers : int, optional
        Threads; results do not depend on it.
    progress : callable, optional
        Called with replications done and to do.
    horizon : int, optional
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If the two differ in anything but levers, or a number is out of range.
    """
    levers = shared_among(baseline, alternative)
    k = len(levers)
    if replications < 2:
        raise InputError(f"replications: {replications} is too few for an interval; at least 2")
    full = (1 << k) - 1
    always = {0, full, *(1 << lever for lever in range(k)), *(full ^ 1 << lever for lever in range(k))}
    worlds: dict[int, Scenario] = {}

    def orders(number: int) -> list[list[int]]:
        return orders_of(k, seed=seed, number=number, count=ORDERS)

    def asked(number: int) -> list[int]:
        return sorted(always.union(needed(k, orders(number))))

    def wanted(number: int) -> list[Wanted]:
        for coalition in asked(number):
            worlds.setdefault(coalition, world_of(baseline, levers, coalition))
        return [Wanted(worlds[coalition], seed, number, horizon) for coalition in asked(number)]

    def read(number: int, found: Sequence[Replication]) -> tuple[Reals, ...]:
        value = {coalition: one.values[0] for coalition, one in zip(asked(number), found, strict=True)}
        parts = shared_out(value, orders(number))
        alone = np.array([value[1 << lever] - value[0] for lever in range(k)])
        last = np.array([value[full] - value[full ^ 1 << lever] for lever in range(k)])
        return parts, alone, last, value[full] - value[0]

    names = tuple(told_apart([it.name for it in levers]))
    question = {"verb": "attribute", "names": [baseline.name, "+".join(names)], "replications": replications,
                "horizon": horizon}  # fmt: skip
    with kept_in(store, (baseline, alternative), question, seed=seed, horizon=horizon) as shelf:
        found = in_pieces(wanted, read, replications, workers=workers, progress=progress, shelf=shelf)
    shares, alone, last, together = (np.array([parts[place] for parts in found]) for place in range(4))
    return Attribution(
        baseline, alternative, names, seed, shares, alone, last, together, k <= MOST_EXACT, run_id_of(shelf)
    )


def _told(values: Reals) -> tuple[float, float, float]:
    low, high, _ = mean_interval(values)
    return float(values.mean()), low, high
