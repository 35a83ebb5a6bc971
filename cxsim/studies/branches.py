"""Many futures from one day: an account's true probability of leaving, and the fan of what the company may become.

Up to the day everything is as in one run; from then on each branch has luck of its own. What is known of the day,
seen and unseen, is the same in all of them, so the share of branches in which an account is lost estimates the
probability that nobody in the company can know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError, did_you_mean
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.engines.compiled.futures import Future
    from cxsim.store import Store

Reals = npt.NDArray[np.float64]
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
SERIES: Final = ("accounts", "arr")
Z_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """Futures of one company from one day on.

    Attributes
    ----------
    scenario : Scenario
    seed, replication : int
        Whose past they share.
    at : float
        The day [months].
    months : float
        How far they are followed.
    account : int32 array, shape (n,)
        Customers on the day.
    lost_at : float array, shape (branches, n)
        When each is lost first [months], inf where it is not within the time followed.
    series : mapping
        "accounts" and "arr" [currency/year] → float array, shape (branches, months 0 … ⌈at + months⌉).
    run_id : str
        In the store; "" where nothing is kept.
    """

    scenario: Scenario
    seed: int
    replication: int
    at: float
    months: float
    account: npt.NDArray[np.int32]
    lost_at: Reals
    series: dict[str, Reals]
    run_id: str = ""

    def leaving(self, within: float | None = None) -> pd.DataFrame:
        """How probable it is that each account is lost.

        Parameters
        ----------
        within : float, optional
            Months after the day; all that were followed unless given.

        Returns
        -------
        pandas.DataFrame, one row an account
            `account`, `probability`, and its 95 % interval `low`, `high` (Wilson 1927, doi:10.2307/2276774), which
            narrows with the number of branches.

        Raises
        ------
        InputError
            If `within` is not above 0 and at most what was followed.
        """
        import pandas as pd

        months = self.months if within is None else within
        if not 0.0 < months <= self.months:
            raise InputError([f"within: {within!r} is not above 0 and at most the {self.months:g} months followed"])
        n = len(self.lost_at)
        share = (self.lost_at <= self.at + months).mean(axis=0)
        centre = (share + Z_95 * Z_95 / (2 * n)) / (1 + Z_95 * Z_95 / n)
        half = Z_95 / (1 + Z_95 * Z_95 / n) * np.sqrt(share * (1 - share) / n + Z_95 * Z_95 / (4 * n * n))
        low, high = np.minimum(centre - half, share), np.maximum(centre + half, share)
        return pd.DataFrame({
            "account": self.account, "probability": share, "low": np.maximum(low, 0.0), "high": np.minimum(high, 1.0),
        })  # fmt: skip

    def fan(self, what: str = "arr") -> pd.DataFrame:
        """The futures of the company by month: `month`, `mean` and quantiles `q05` to `q95`; before the day they agree.

        Raises
        ------
        InputError
            If there is no such series.
        """
        if what not in self.series:
            raise InputError([f"fan: no series {what!r}.{did_you_mean(what, SERIES)} There are: {', '.join(SERIES)}"])
        return fan_of(self.series[what])


def fan_of(paths: Reals) -> pd.DataFrame:
    """Table of a fan: `month`, `mean` and quantiles `q05` to `q95` of paths, shape (n, months)."""
    import pandas as pd

    levels = np.quantile(paths, QUANTILES, axis=0)
    return pd.DataFrame({
        "month": np.arange(paths.shape[1]),
        "mean": paths.mean(axis=0),
        **{f"q{round(100 * q):02d}": level for q, level in zip(QUANTILES, levels, strict=True)},
    })  # fmt: skip


def branches(
    scenario: Scenario,
    *,
    seed: int,
    at: float,
    number: int = 200,
    months: float = 12.0,
    replication: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    store: Store | None = None,
) -> Branches:
    """Let a run fork on a day into many futures.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
    at : float
        The day [months], 0 or later.
    number : int
        How many branches, 2 to 100,000.
    months : float
        How far to follow them, above 0; `at` + `months` at most 600.
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (branches done, branches in all).
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If a number is out of range, or an intervention needs a policy.
    """
    from cxsim.plan import CUSTOM_SCORE, make_plan
    from cxsim.streams import Fork
    from cxsim.studies.contents import FUTURES, Wanted
    from cxsim.studies.kept import kept_in, run_id_of
    from cxsim.studies.pieces import in_pieces

    faults = _faults(seed, replication, at, number, months)
    if faults:
        raise InputError(faults)
    horizon = math.ceil(at + months)
    if any(programme.score == CUSTOM_SCORE for programme in make_plan(scenario, horizon).programmes):
        raise InputError(['branches: an intervention picks accounts by the score "custom", which needs a policy'])

    def wanted(place: int) -> list[Wanted]:
        return [Wanted(scenario, seed, replication, horizon, Fork(at, 1 + place), kind=FUTURES)]

    def read(place: int, made: Sequence[Future]) -> Future:
        return made[0]

    question = {"verb": "branches", "names": [scenario.name], "at": at, "number": number, "months": months,
                "replication": replication}  # fmt: skip
    with kept_in(store, (scenario,), question, seed=seed, horizon=horizon) as shelf:
        found = in_pieces(wanted, read, number, workers=workers, progress=progress, shelf=shelf)
    return Branches(
        scenario,
        seed,
        replication,
        at,
        months,
        found[0].account,
        np.array([one.lost_at for one in found]),
        {
            "accounts": np.array([one.active for one in found], dtype=np.float64),
            "arr": np.array([one.mrr for one in found], dtype=np.float64) * 12 / 100.0,
        },
        run_id_of(shelf),
    )


def _faults(seed: int, replication: int, at: float, number: int, months: float) -> list[str]:
    whole = (
        ("seed", seed, 0, 2**63 - 1),
        ("replication", replication, 0, 2**32 - 1),
        ("number", number, 2, 100_000),
    )
    faults = [
        f"{name}: {value!r} is not a whole number from {low} to {high}"
        for name, value, low, high in whole
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
    ]
    if not (isinstance(at, int | float) and 0.0 <= at < 600.0):
        faults.append(f"at: {at!r} is not a number of months from 0 to 600")
    elif not (isinstance(months, int | float) and months > 0.0 and at + months <= 600.0):
        faults.append(f"months: {months!r} is not above 0, or at + months is more than 600")
    return faults
