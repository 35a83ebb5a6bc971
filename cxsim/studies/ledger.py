"""The counterfactual ledger: each account's two fates under the same luck, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import Faults, InputError
from cxsim.levers import told_apart
from cxsim.readings.margins import HALF_CENTS
from cxsim.readings.paths import Paths
from cxsim.readings.values import economics_of
from cxsim.scenario import Scenario
from cxsim.studies.coalitions import MOST_EXACT, MOST_LEVERS, needed, orders_of, shared_among, world_of
from cxsim.studies.contents import PATHS, Wanted
from cxsim.studies.experiment import names_of
from cxsim.studies.fates import FATES, IN_WORDS, SHARED, Fates, fates_of, sums_of
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import mean_interval
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

NO_ACCOUNT: Final = "no account"
WAGES: Final = "wages of onboarding and support, a cost of revenue that belongs to no account"
UNITS: Final = (100.0, HALF_CENTS, 1.0)  # of what is shared, in one of the world's currency
ORDERS: Final = 16  # drawn in each replication beyond MOST_EXACT levers; with seven about the runs that six take
LEAST_ORDERS, MOST_ORDERS = 4, 200  # two pairs, of which there is a spread; what a machine's memory holds of 30 levers


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
        Of the MRR [cents], of the revenue [half cents] and of the margin, by each account's own Shapley values: exact
        where `orders` is 0, else estimates.
    wages : float array, shape (replications,)
        Wages of onboarding and support saved, in the world's currency: margin gained that belongs to no account.
    wage_shares : float array, shape (replications, levers)
    orders : int
        In which levers were added, drawn in each replication; 0 where every coalition was run, or nothing is shared.
    by_pair : float array, shape (3, replications, orders / 2, levers)
        Shares of what the company gains, its wages included, by each order and itself backwards alone: they differ by
        the chance of the draw.
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
    orders: int
    by_pair: Reals
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
        (`readings.money`), and each lever's columns to its share in `by_lever`, to far less than a cent.
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
            for what, part, unit in zip(SHARED, self.shares, UNITS, strict=True):
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

    def by_lever(self) -> pd.DataFrame:
        """Each lever's share of what the company gains, mean of a replication; the last row is their sum, the gain.

        Returns
        -------
        pandas.DataFrame
            `lever`, and for each of `mrr` (a month, at the horizon), `revenue` and `margin` (its wages included), in
            the world's currency, the mean, the ends `_low` and `_high` of its 95 % interval over replications, which
            holds the chance of the orders too, and `_error`: the standard error that the draw of orders alone leaves
            in the mean, 0 where every coalition was run.

        Raises
        ------
        InputError
            If nothing was shared out.

        Notes
        -----
        If s_r² is the variance of a share among the P pairs of orders of replication r, the error of its mean over R
        replications is √(Σ s_r²/P)/R.
        """
        import pandas as pd

        if not self.levers:
            raise InputError("by_lever: nothing was shared out among levers; ask for the ledger with shared=True")
        rows: dict[str, dict[str, object]] = {name: {"lever": name} for name in (*self.levers, "together")}
        for what, part, pairs, unit in zip(SHARED, self.shares, self.by_pair, UNITS, strict=True):
            own = [np.bincount(self.replication, one, self.replications) / unit for one in part.T]
            wages = self.wage_shares.T if what == "margin" else np.zeros((len(own), 1))
            sums = [one + paid for one, paid in zip(own, wages, strict=True)]
            errors = (_error(pairs) / unit).tolist()
            for row, one, error in zip(rows.values(), (*sums, np.sum(sums, axis=0)), (*errors, 0.0), strict=True):
                row[what] = float(one.mean())
                row[f"{what}_low"], row[f"{what}_high"], _ = mean_interval(one)
                row[f"{what}_error"] = error
        return pd.DataFrame(list(rows.values()))

    def note(self) -> str:
        """Say so if shares are estimates; an empty string where they are exact, or there are none."""
        if not self.orders:
            return ""
        return (
            f"{len(self.levers)} levers are more than the {MOST_EXACT} whose coalitions are all run: shares are "
            f"estimates over {self.orders} orders drawn in each replication. Each account's add up to its gain; one "
            "account's own are less sure than the levers' totals"
        )

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
    orders: int | None = None,
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
        Whether each account's gain of MRR, revenue and margin is shared among the alternative's levers: up to six by
        simulating all coalitions, beyond that, up to 30, those of some orders.
    orders : int, optional
        In which more than six levers are added, drawn in each replication: an even number from 4 to 200, for each
        order comes with itself backwards; 16 unless given. The first two are those of `attribute`, and more begin with
        the fewer.
    progress : callable, optional
        Called with replications done and to do.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If the two do not match, a number is out of range, there are too many levers to share among, or `orders` is
        given where none are drawn.

    Notes
    -----
    An account is the same in both: it has the same number, attributes and luck. What is gained is the difference of
    its own two paths, so that the sums over accounts are the differences of the two companies, to the half cent. Of the
    gross margin, wages of onboarding and support are no account's: they stand by themselves, so that the sum of all is
    the difference of the two companies' gross margins.

    Along an order a lever adds the difference between the world with it and those before it, and the world with those
    before it alone; what all add is the whole gain. So shares add up for any orders, exactly, and a lever that touches
    nothing gets exactly nothing; only how the gain is split between levers that act on each other is estimated.
    """
    faults = Faults()
    for what in ("segments", "currency", "horizon_months"):
        mine, theirs = getattr(baseline, what), getattr(alternative, what)
        if mine != theirs:
            faults.add("alternative", f"{what} {theirs} is not the baseline's, {mine}")
    if replications < 2:
        faults.add("replications", f"{replications} is too few for an interval; at least 2")
    faults.stop_if_any()
    levers = shared_among(baseline, alternative) if shared else ()
    k, count = len(levers), orders_asked(len(levers), orders)
    last = (1 << k) - 1 if shared else 1
    worlds = {0: baseline, last: world_of(baseline, levers, last) if shared else alternative}

    def drawn(number: int) -> list[list[int]]:
        return orders_of(k, seed=seed, number=number, count=count)

    def asked(number: int) -> list[int]:
        return list(needed(k, drawn(number))) if shared else [0, last]

    def wanted(number: int) -> list[Wanted]:
        for coalition in asked(number):
            worlds.setdefault(coalition, world_of(baseline, levers, coalition))
        return [Wanted(worlds[coalition], seed, number, kind=PATHS) for coalition in asked(number)]

    def read(number: int, told: Sequence[Paths]) -> Fates:
        sums = {
            coalition: sums_of(one, economics_of(worlds[coalition].value), keep=coalition in (0, last))
            for coalition, one in zip(asked(number), told, strict=True)
        }
        return fates_of(number, sums, levers=k, orders=drawn(number))

    question = {"verb": "ledger", "names": [baseline.name, *names_of(baseline, (alternative,))],
                "replications": replications, "shared": shared, **({"orders": count} if count else {})}  # fmt: skip
    with kept_in(store, (baseline, alternative), question, seed=seed) as shelf:
        # one thread: reading logs is Python's own work
        found = in_pieces(wanted, read, replications, workers=1, progress=progress, shelf=shelf)
    return Ledger(
        baseline,
        alternative,
        seed,
        replications,
        tuple(told_apart([it.name for it in levers])),
        **{name: np.concatenate([one.columns[name] for one in found]) for name in found[0].columns},
        shares=np.concatenate([one.shares for one in found], axis=-1).transpose(1, 2, 0),
        wages=np.array([one.wages for one in found]),
        wage_shares=np.array([one.wage_shares for one in found]),
        orders=count,
        by_pair=np.moveaxis(np.array([one.by_pair for one in found]), -1, 0),
        run_id=run_id_of(shelf),
    )


def orders_asked(levers: int, orders: int | None) -> int:
    """How many orders are drawn in each replication to share a gain among so many levers; 0 where none are.

    Parameters
    ----------
    levers : int
        0 where nothing is shared out.
    orders : int, optional
        As it was asked for; see `ledger`.

    Raises
    ------
    InputError
        If it was asked for where none are drawn, or is not an even number from 4 to 200.
    """
    if orders is None:
        return ORDERS if levers > MOST_EXACT else 0
    if levers <= MOST_EXACT:
        why = f"every coalition of {levers} lever{'s' * (levers > 1)} is run" if levers else "nothing is shared out"
        raise InputError(f"orders {orders}: {why}; orders are drawn for {MOST_EXACT + 1} to {MOST_LEVERS} levers")
    if orders not in range(LEAST_ORDERS, MOST_ORDERS + 1, 2):
        raise InputError(f"orders {orders}: is not an even number from {LEAST_ORDERS} to {MOST_ORDERS}")
    return orders


def _error(by_pair: Reals) -> Reals:
    """Standard error of a mean over replications, shape (levers,), from what pairs of orders give in each."""
    replications, pairs, levers = by_pair.shape
    if not pairs:
        return np.zeros(levers)
    spread: Reals = by_pair.var(axis=1, ddof=1).sum(axis=0)
    error: Reals = np.sqrt(spread / pairs) / replications
    return error
