"""The counterfactual ledger: each account's two fates under the same luck, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import Faults, InputError
from cxsim.levers import told_apart
from cxsim.readings.margins import HALF_CENTS, own_margins, wages_of_revenue
from cxsim.readings.paths import Paths, halves
from cxsim.readings.values import Economics, economics_of
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
NO_ACCOUNT: Final = "no account"
WAGES: Final = "wages of onboarding and support, a cost of revenue that belongs to no account"
SHARED: Final = ("mrr", "revenue", "margin")


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What became of each account without and with an alternative.

    Attributes
    ----------
    baseline, alternative : Scenario
    seed, replications : int
    levers : tuple of str
        Those among which each account's gain is shared, no two called the same; empty if it is not.
    replication, account, segment, fate : int64 arrays, shape (n,)
        `fate` is a place in `FATES`.
    months : int64 array, shape (n,)
        Half months of being a customer gained: a month counts half for being there at its start, half for its end.
    mrr : int64 array, shape (n,)
        MRR gained at the horizon [cents].
    revenue : int64 array, shape (n,)
        Recurring revenue gained over the run [half cents]: each month's is the mean of MRR at its start and end.
    purchases : int64 array, shape (n,)
        One-off purchases gained over the run [cents].
    margin : float array, shape (n,)
        Gross margin gained over the run, before wages, in the world's currency; see `readings.margins.own_margins`.
    lost_without, lost_with : float arrays, shape (n,)
        When it is first lost [months]; inf if never.
    cause_without, cause_with : int64 arrays, shape (n,)
        Why; place in `events.CAUSES`, or `NO_CAUSE`.
    shares : float array, shape (3, n, levers)
        Of the MRR [cents], of the revenue [half cents] and of the margin, by each account's own Shapley values.
    wages : float array, shape (replications,)
        Wages of onboarding and support saved, in the world's currency: margin gained that belongs to no account.
    wage_shares : float array, shape (replications, levers)
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
    purchases: Ints
    margin: Reals
    shares: Reals
    wages: Reals
    wage_shares: Reals
    run_id: str = ""

    def frame(self) -> pd.DataFrame:
        """One row an account and replication, and one a replication for what is no account's; in the world's currency.

        Returns
        -------
        pandas.DataFrame
            `replication`, `account`, `segment`, `fate`, `months_gained`, `mrr_gained` (a month, at the horizon),
            `revenue_gained` (recurring), `purchases_gained`, `margin_gained`, `lost_without`, `cause_without`,
            `lost_with`, `cause_with`, and with several levers `mrr_from LEVER`, `revenue_from LEVER` and
            `margin_from LEVER` for each. The last line of a replication has no account and the fate "no account": what
            wages of onboarding and support take from the margin.

        Notes
        -----
        Over the lines of a replication `margin_gained` sums to the difference of the two companies' `gross_margin`
        (`readings.money`), and each lever's columns to its Shapley value of the whole, to far less than a cent.
        """
        import pandas as pd

        causes = np.array([*events.CAUSES, ""])  # NO_CAUSE is −1, the last
        table = pd.DataFrame({
            "replication": self.replication,
            "account": pd.array(self.account, dtype="Int64"),
            "segment": np.array(self.baseline.segments)[self.segment],
            "fate": np.array(FATES)[self.fate],
            **self._gained(),
            "lost_without": np.where(np.isfinite(self.lost_without), self.lost_without, np.nan),
            "cause_without": causes[self.cause_without],
            "lost_with": np.where(np.isfinite(self.lost_with), self.lost_with, np.nan),
            "cause_with": causes[self.cause_with],
        })  # fmt: skip
        company = pd.DataFrame({
            "replication": np.arange(self.replications),
            "account": pd.array([pd.NA] * self.replications, dtype="Int64"),
            "segment": "", "fate": NO_ACCOUNT, "cause_without": "", "cause_with": "",
            "lost_without": np.full(self.replications, np.nan), "lost_with": np.full(self.replications, np.nan),
            **dict.fromkeys(self._gained(), 0.0),
            "margin_gained": self.wages,
        })  # fmt: skip
        for place, name in enumerate(self.levers):
            for what, part, unit in zip(SHARED, self.shares, (100.0, HALF_CENTS, 1.0), strict=True):
                table[f"{what}_from {name}"] = part[:, place] / unit
                company[f"{what}_from {name}"] = self.wage_shares[:, place] if what == "margin" else 0.0
        both = pd.concat((table, company[table.columns]), ignore_index=True)
        return both.sort_values("replication", kind="stable", ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """Means of a replication by fate, with 95 % intervals; the last row is their sum.

        Returns
        -------
        pandas.DataFrame
            `fate`, `meaning`, and for each of accounts, months, MRR, revenue, purchases and margin gained the mean of a
            replication, with `_low` and `_high`. The row before the last, "no account", is what wages of onboarding and
            support take from the margin.
        """
        import pandas as pd

        columns = {"accounts": np.ones(len(self.account)), **self._gained()}
        rows = []
        for place, name in [*enumerate(FATES), (len(FATES), NO_ACCOUNT), (-1, "all")]:
            chosen = self.fate == place if place >= 0 else np.ones(len(self.fate), dtype=np.bool_)
            meaning = WAGES if name == NO_ACCOUNT else IN_WORDS.get(name, "")
            row: dict[str, object] = {"fate": name, "meaning": meaning}
            for column, values in columns.items():
                sums = np.bincount(self.replication[chosen], values[chosen], self.replications).astype(np.float64)
                if column == "margin_gained" and name in (NO_ACCOUNT, "all"):
                    sums += self.wages
                row[column] = sums.mean()
                row[f"{column}_low"], row[f"{column}_high"], _ = mean_interval(sums)
            rows.append(row)
        return pd.DataFrame(rows)

    def _gained(self) -> dict[str, Reals]:
        """What each account gains, by column, in months and in the world's currency."""
        return {
            "months_gained": self.months / 2.0,
            "mrr_gained": self.mrr / 100.0,
            "revenue_gained": self.revenue / HALF_CENTS,
            "purchases_gained": self.purchases / 100.0,
            "margin_gained": self.margin,
        }


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
        Whether each account's gain of MRR, revenue and margin is shared among the alternative's levers, by simulating
        all coalitions of at most six.
    progress : callable, optional
        Called with replications done and to do.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If the two do not match, a number is out of range, or there are too many levers to share among: beyond six, the
        few orders that `attribute` draws give the company's shares, but would leave those of one account to chance.

    Notes
    -----
    An account is the same in both: it has the same number, attributes and luck. What is gained is the difference of
    its own two paths, so that the sums over accounts are the differences of the two companies, to the half cent. Of the
    gross margin, wages of onboarding and support are no account's: they stand by themselves, so that the sum of all is
    the difference of the two companies' gross margins.
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
        raise InputError(
            f"shared: {len(levers)} levers are more than the {MOST_EXACT} whose coalitions are all run, and an "
            "account's own shares are not estimated from fewer (attribute shares out the whole among more)"
        )
    worlds = [world_of(baseline, levers, c) for c in range(1 << len(levers))] if shared else [baseline, alternative]
    economics = [economics_of(world.value) for world in worlds]

    def wanted(number: int) -> list[Wanted]:
        return [Wanted(world, seed, number, kind=PATHS) for world in worlds]

    def read(number: int, told: Sequence[Paths]) -> tuple[dict[str, npt.NDArray[Any]], list[float]]:
        both, ends = list(zip(told, economics, strict=True)), (0, len(told) - 1)
        sums = [_sums(one, own, keep=place in ends) for place, (one, own) in enumerate(both)]
        return _compared(number, sums, len(levers)), [wages_of_revenue(one, own) for one, own in both]

    question = {"verb": "ledger", "names": [baseline.name, *names_of(baseline, (alternative,))],
                "replications": replications, "shared": shared}  # fmt: skip
    with kept_in(store, (baseline, alternative), question, seed=seed) as shelf:
        # one thread: reading logs is Python's own work
        found = in_pieces(wanted, read, replications, workers=1, progress=progress, shelf=shelf)
    pieces, wages = [piece for piece, _ in found], np.array([paid for _, paid in found]).T
    columns = {name: np.concatenate([piece[name] for piece in pieces], axis=-1) for name in pieces[0]}
    columns["shares"] = columns["shares"].transpose(1, 2, 0)
    return Ledger(
        baseline,
        alternative,
        seed,
        replications,
        tuple(told_apart([it.name for it in levers])),
        **columns,
        wages=wages[0] - wages[-1],
        wage_shares=shapley(-wages).T if levers else np.zeros((replications, 0)),
        run_id=run_id_of(shelf),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What a world's accounts come to in one replication.

    `worth` has shape (3, A): MRR at the horizon [cents], revenue [half cents], and margin. `paths` is kept of the
    first and the last world only, for there may be 64.
    """

    account: Ints
    segment: Ints
    purchases: Ints
    worth: Reals
    paths: Paths | None


def _sums(told: Paths, economics: Economics, *, keep: bool) -> _Sums:
    worth = np.array([told.mrr[:, -1], told.revenue, own_margins(told, economics)], dtype=np.float64)
    return _Sums(told.account, told.segment, told.purchases, worth, told if keep else None)


def _compared(number: int, told: list[_Sums], levers: int) -> dict[str, npt.NDArray[Any]]:
    """The columns of one replication: what was told first against what was told last."""
    everyone = np.unique(np.concatenate([one.account for one in told]))
    at = [np.searchsorted(everyone, one.account) for one in told]
    without, along = told[0].paths, told[-1].paths
    assert without is not None
    assert along is not None
    before, after = (_spread(one.mrr.T, place, len(everyone)).T for one, place in ((without, at[0]), (along, at[-1])))
    months = halves((after > 0).astype(np.int64)) - halves((before > 0).astype(np.int64))
    segment = np.zeros(len(everyone), dtype=np.int64)
    for one, place in zip(told, at, strict=True):
        segment[place] = one.segment
    bought = [_spread(told[end].purchases, at[end], len(everyone)) for end in (0, -1)]
    worth = np.array([_spread(one.worth, place, len(everyone)) for one, place in zip(told, at, strict=True)])
    columns: dict[str, npt.NDArray[Any]] = {
        "replication": np.full(len(everyone), number, dtype=np.int64),
        "account": everyone,
        "segment": segment,
        "fate": _fates(len(everyone), at[0], at[-1], before[:, -1] > 0, after[:, -1] > 0, months),
        "months": months,
        "mrr": after[:, -1] - before[:, -1],
        "revenue": halves(after) - halves(before),
        "purchases": bought[1] - bought[0],
        "margin": worth[-1, 2] - worth[0, 2],
        "shares": shapley(worth) if levers else np.zeros((0, *worth.shape[1:])),
    }
    for name, its, place in (("without", without, at[0]), ("with", along, at[-1])):
        lost, cause = np.full(len(everyone), np.inf), np.full(len(everyone), events.NO_CAUSE, dtype=np.int64)
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
