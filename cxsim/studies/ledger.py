"""The counterfactual ledger: each account's two fates under the same luck, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import Faults, InputError
from cxsim.readings.paths import Paths
from cxsim.scenario import Scenario
from cxsim.studies.coalitions import MOST_EXACT, levers_of, shapley, world_of
from cxsim.studies.contents import PATHS, Wanted
from cxsim.studies.experiment import names_of
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import mean_interval
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

Ints = npt.NDArray[np.int64]

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
HALF_CENTS: Final = 200.0  # of a unit of the currency


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What became of each account without and with an alternative.

    Attributes
    ----------
    baseline, alternative : Scenario
    seed, replications : int
    levers : tuple of str
        Those among which each account's gain is shared; empty if it is not.
    replication, account, segment, fate : int64 arrays, shape (n,)
        `fate` is a place in `FATES`.
    months : int64 array, shape (n,)
        Half months of being a customer gained: a month counts half for being there at its start, half for its end.
    mrr : int64 array, shape (n,)
        MRR gained at the horizon [cents].
    revenue : int64 array, shape (n,)
        Recurring revenue gained over the run [half cents]: each month's is the mean of MRR at its start and end.
    lost_without, lost_with : float arrays, shape (n,)
        When it is first lost [months]; inf if never.
    cause_without, cause_with : int64 arrays, shape (n,)
        Why; place in `events.CAUSES`, or `NO_CAUSE`.
    shares : float array, shape (n, levers)
        Of the revenue [half cents], by each account's own Shapley values.
    run_id : str
        In the store; "" where nothing is kept.
    """

    baseline: Scenario
    alternative: Scenario
    seed: int
    replications: int
    levers: tuple[str, ...]
    replication: Ints
    account: Ints
    segment: Ints
    fate: Ints
    months: Ints
    mrr: Ints
    revenue: Ints
    lost_without: npt.NDArray[np.float64]
    lost_with: npt.NDArray[np.float64]
    cause_without: Ints
    cause_with: Ints
    shares: npt.NDArray[np.float64]
    run_id: str = ""

    def frame(self) -> pd.DataFrame:
        """One row an account and replication; money in the world's currency.

        Returns
        -------
        pandas.DataFrame
            `replication`, `account`, `segment`, `fate`, `months_gained`, `mrr_gained` (a month, at the horizon),
            `revenue_gained`, `margin_gained` (revenue times the gross margin), `lost_without`, `cause_without`,
            `lost_with`, `cause_with`, and with several levers `revenue_from LEVER` for each.
        """
        import pandas as pd

        causes = np.array([*events.CAUSES, ""])  # NO_CAUSE is −1, the last
        margin = self.baseline.value("economics.gross_margin")
        table = pd.DataFrame({
            "replication": self.replication,
            "account": self.account,
            "segment": np.array(self.baseline.segments)[self.segment],
            "fate": np.array(FATES)[self.fate],
            "months_gained": self.months / 2.0,
            "mrr_gained": self.mrr / 100.0,
            "revenue_gained": self.revenue / HALF_CENTS,
            "margin_gained": self.revenue / HALF_CENTS * margin,
            "lost_without": np.where(np.isfinite(self.lost_without), self.lost_without, np.nan),
            "cause_without": causes[self.cause_without],
            "lost_with": np.where(np.isfinite(self.lost_with), self.lost_with, np.nan),
            "cause_with": causes[self.cause_with],
        })  # fmt: skip
        for place, name in enumerate(self.levers):
            table[f"revenue_from {name}"] = self.shares[:, place] / HALF_CENTS
        return table

    def summary(self) -> pd.DataFrame:
        """Means of a replication by fate, with 95 % intervals; the last row is their sum.

        Returns
        -------
        pandas.DataFrame
            `fate`, `meaning`, and for each of accounts, months, MRR, revenue and margin gained the mean of a
            replication, with `_low` and `_high`.
        """
        import pandas as pd

        margin = self.baseline.value("economics.gross_margin")
        columns = {
            "accounts": np.ones(len(self.account)),
            "months_gained": self.months / 2.0,
            "mrr_gained": self.mrr / 100.0,
            "revenue_gained": self.revenue / HALF_CENTS,
            "margin_gained": self.revenue / HALF_CENTS * margin,
        }
        rows = []
        for place, name in [*enumerate(FATES), (-1, "all")]:
            chosen = self.fate == place if place >= 0 else np.ones(len(self.fate), dtype=np.bool_)
            row: dict[str, object] = {"fate": name, "meaning": IN_WORDS.get(name, "")}
            for column, values in columns.items():
                sums = np.bincount(self.replication[chosen], values[chosen], self.replications).astype(np.float64)
                row[column] = sums.mean()
                row[f"{column}_low"], row[f"{column}_high"], _ = mean_interval(sums)
            rows.append(row)
        return pd.DataFrame(rows)


def ledger(
    baseline: Scenario,
    *,
    alternative: Scenario,
    replications: int,
    seed: int,
    shared: bool = False,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Ledger:
    """Set each account's fates side by side, without and with an alternative, under the same luck.

    Parameters
    ----------
    baseline, alternative : Scenario
        With the same segments, currency and horizon.
    replications : int
        At least 2.
    seed : int
    shared : bool
        Whether each account's revenue gained is shared among the alternative's levers, by simulating all coalitions of
        at most six.
    progress : callable, optional
        Called with replications done and to do.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If the two do not match, a number is out of range, or there are too many levers to share among.

    Notes
    -----
    An account is the same in both: it has the same number, attributes and luck. What is gained is the difference of
    its own two paths, so that the sums over accounts are the differences of the two companies, to the half cent.
    """
    faults = Faults()
    for what in ("segments", "currency", "horizon_months"):
        mine, theirs = getattr(baseline, what), getattr(alternative, what)
        if mine != theirs:
            faults.add("alternative", f"{what} {theirs} is not the baseline's, {mine}")
    if replications < 2:
        faults.add("replications", f"{replications} is too few for an interval; at least 2")
    faults.stop_if_any()
    levers = levers_of(baseline, alternative) if shared else ()
    if len(levers) > MOST_EXACT:
        raise InputError(f"shared: {len(levers)} levers are more than the {MOST_EXACT} whose coalitions are all run")
    worlds = [world_of(baseline, levers, c) for c in range(1 << len(levers))] if shared else [baseline, alternative]

    def wanted(number: int) -> list[Wanted]:
        return [Wanted(world, seed, number, kind=PATHS) for world in worlds]

    def read(number: int, told: Sequence[Paths]) -> dict[str, npt.NDArray[np.generic]]:
        return _compared(number, told, len(levers))

    question = {"verb": "ledger", "names": [baseline.name, *names_of(baseline, (alternative,))],
                "replications": replications, "shared": shared}  # fmt: skip
    with kept_in(store, (baseline, alternative), question, seed=seed) as shelf:
        # one thread: reading logs is Python's own work
        pieces = in_pieces(wanted, read, replications, workers=1, progress=progress, shelf=shelf)
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    names = tuple(it.name for it in levers)
    return Ledger(baseline, alternative, seed, replications, names, **columns, run_id=run_id_of(shelf))


def _compared(number: int, told: Sequence[Paths], levers: int) -> dict[str, npt.NDArray[np.generic]]:
    """The columns of one replication: what was told first against what was told last."""
    everyone = np.unique(np.concatenate([one.account for one in told]))
    at = [np.searchsorted(everyone, one.account) for one in told]
    without, along = told[0], told[-1]
    before, after = (_spread(one.mrr, place, len(everyone)) for one, place in ((without, at[0]), (along, at[-1])))
    months = _halves((after > 0).astype(np.int64)) - _halves((before > 0).astype(np.int64))
    segment = np.zeros(len(everyone), dtype=np.int64)
    for one, place in zip(told, at, strict=True):
        segment[place] = one.segment
    columns: dict[str, npt.NDArray[np.generic]] = {
        "replication": np.full(len(everyone), number, dtype=np.int64),
        "account": everyone,
        "segment": segment,
        "fate": _fates(len(everyone), at[0], at[-1], before[:, -1] > 0, after[:, -1] > 0, months),
        "months": months,
        "mrr": after[:, -1] - before[:, -1],
        "revenue": _halves(after) - _halves(before),
    }
    for name, one, place in (("without", without, at[0]), ("with", along, at[-1])):
        lost, cause = np.full(len(everyone), np.inf), np.full(len(everyone), events.NO_CAUSE, dtype=np.int64)
        lost[place], cause[place] = one.lost_at, one.cause
        columns[f"lost_{name}"], columns[f"cause_{name}"] = lost, cause
    if levers:
        paid = np.zeros((len(told), len(everyone)))
        for row, (one, place) in enumerate(zip(told, at, strict=True)):
            paid[row, place] = _halves(one.mrr)
        columns["shares"] = shapley(paid).T
    else:
        columns["shares"] = np.zeros((len(everyone), 0))
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


def _spread(mrr: Ints, place: Ints, n: int) -> Ints:
    """Rows of some accounts among those of all; the others pay nothing."""
    wide = np.zeros((n, mrr.shape[1]), dtype=np.int64)
    wide[place] = mrr
    return wide


def _halves(stock: Ints) -> Ints:
    """Twice the sum over months of a stock's mean at the start and at the end of each."""
    return np.asarray(2 * stock.sum(axis=1) - stock[:, 0] - stock[:, -1])
