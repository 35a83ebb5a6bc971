"""A log as a table to learn from: what was known of each account on many days, and who was lost after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WITHIN: Final = 3.0  # months; assumption: a quarter is time enough to do something about it
RENEWAL: Final = "renewal"


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Accounts, what is known of them, and which were lost.

    Attributes
    ----------
    features : pandas.DataFrame, n rows
        What a model may learn from; one row an account, or an account and day.
    target : int8 array, shape (n,)
        1 where it was lost.
    account : array, shape (n,)
        Whom a row is about. Rows of one account are never learned from and judged by at once.
    day : float array, shape (n,)
        When it was known [months]; NaN in a table without days.
    known_at : float array, shape (n,)
        From when on it is known whether the account was lost [months]; NaN in a table without days.
    lost_in, followed : float arrays, shape (n,)
        Months from the day to the loss (inf without one), and to the end of the log; NaN in a table without days.
    mrr : float array, shape (n,)
        What it pays a month, in currency; NaN where that is not known.
    question : str
        What is predicted, in words.
    origin : mapping
        Where the table comes from, in words and numbers.
    """

    features: pd.DataFrame
    target: npt.NDArray[np.int8]
    account: Array
    day: Reals
    known_at: Reals
    lost_in: Reals
    followed: Reals
    mrr: Reals
    question: str
    origin: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.target)

    def __repr__(self) -> str:
        return (
            f"Dataset({len(self):,} rows, {len(np.unique(self.account)):,} accounts, "
            f"{self.features.shape[1]} features, {100 * self.target.mean():.1f} % {self.question})"
        )

    @property
    def has_days(self) -> bool:
        """Whether rows are of days, so that a past and a future can be told apart."""
        return bool(len(self) and not np.isnan(self.day).any())

    def of(self, chosen: Flags | Ints) -> Dataset:
        """Some of the rows."""
        at: Ints = np.asarray(np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen, dtype=np.int64)
        columns = ("target", "account", "day", "known_at", "lost_in", "followed", "mrr")
        return replace(
            self, features=self.features.iloc[at].reset_index(drop=True), **{n: getattr(self, n)[at] for n in columns}
        )

    def split(self, *, at: float, share: float = 0.5, seed: int = 0) -> tuple[Dataset, Dataset]:
        """What was known by a day about some accounts, and what came later of the others.

        Parameters
        ----------
        at : float
            The day [months].
        share : float
            Of the accounts that are learned from, between 0 and 1.
        seed : int

        Returns
        -------
        (Dataset, Dataset)
            Rows of the first kind of accounts whose fate is known by the day; rows of the others from the day on.

        Raises
        ------
        InputError
            If the table has no days, the share is not between 0 and 1, or a part would be empty.
        """
        if not self.has_days:
            raise InputError(["split: the table has no days, so that it has no past and future"])
        if not 0.0 < share < 1.0:
            raise InputError([f"share: {share!r} is not between 0 and 1"])
        names = np.unique(self.account)
        some = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
        learned = np.isin(self.account, some)
        parts = self.of(learned & (self.known_at <= at)), self.of(~learned & (self.day >= at))
        for part, word in zip(parts, ("before", "from"), strict=True):
            if not len(part):
                raise InputError([f"split: there is nothing to learn or judge by {word} day {at:g}"])
        return parts


def dataset(
    log: EventLog,
    *,
    days: float | Sequence[float] | Reals | None = None,
    within: float | str = WITHIN,
    everything: bool = False,
) -> Dataset:
    """Make a log into a table to learn from.

    Parameters
    ----------
    log : EventLog
    days : float or sequence of float, optional
        When to look [months]; each month from 0 on unless given. Days of the simulated history, below 0, may be named.
    within : float or str
        Months after the day in which a loss counts, above 0; or "renewal": a loss by the end of the term.
    everything : bool
        As in `readings.features`: as if every moment had reached the company's records.

    Returns
    -------
    Dataset
        One row a day and account. Days whose outcome the log is too short to tell are left out.

    Raises
    ------
    InputError
        If a day or `within` is not as above, or no day is left.

    Notes
    -----
    Features are those of `readings.features`: they know nothing of the day itself or of what comes after it. A loss at
    exactly `within` months counts, as in `cxsim.branches`.
    """
    from cxsim.readings.asof import after
    from cxsim.readings.features import FEATURES, features
    from cxsim.rules.contract import review_at

    horizon = float(log.certificate.horizon_months)
    months = _months(within, horizon)
    wanted = np.arange(0.0, horizon) if days is None else np.atleast_1d(np.asarray(days, dtype=np.float64))
    wanted = wanted[wanted + months <= horizon]
    if not len(wanted):
        raise InputError([f"days: none lies {months:g} months before the end of the log, month {horizon:g}"])
    known = features(log, days=wanted, everything=everything)
    day, account = known["day"].to_numpy(), known["account"].to_numpy()
    gone = np.isin(log.columns["kind"], events.LEAVING)
    lost_at = after(log.columns["account"][gone], log.columns["time"][gone], account, day)
    if within == RENEWAL:
        reviews = known["month"].to_numpy(np.float64) + known["months_to_renewal"].to_numpy()
        due: Any = review_at
        known_at = due(known["came_at"].to_numpy(), reviews)
        question = "lost by the end of the term"
    else:
        known_at = day + months
        question = f"lost within {months:g} month{'' if months == 1 else 's'}"
    found = Dataset(
        features=known[list(FEATURES)],
        target=(lost_at <= known_at).astype(np.int8),
        account=account,
        day=day,
        known_at=known_at,
        lost_in=lost_at - day,
        followed=horizon - day,
        mrr=known["mrr"].to_numpy() / 100.0,
        question=question,
        origin=_origin(log),
    )
    return found.of(known_at <= horizon)


def _months(within: float | str, horizon: float) -> float:
    """Months that a log must go on after a day."""
    if within == RENEWAL:
        return 0.0
    if isinstance(within, bool) or not isinstance(within, int | float) or not 0.0 < within <= horizon:
        raise InputError([
            f'within: {shown(within)} is neither "{RENEWAL}" nor a number of months above 0 and up to the log\'s '
            f"{horizon:g}"
        ])  # fmt: skip
    return float(within)


def _origin(log: EventLog) -> dict[str, Any]:
    c = log.certificate
    return {
        "kind": "log",
        "name": c.scenario_name,
        "scenario_hash": c.scenario_hash,
        "seed": c.seed,
        "replication": c.replication,
        "currency": c.currency,
    }
