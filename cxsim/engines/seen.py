"""What the company can see of its accounts as a month begins, and what a policy may order then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError, did_you_mean, shown
from cxsim.interventions import EVERYONE

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

Array = npt.NDArray[Any]
NO_SCORE: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of `Seen`.

    Attributes
    ----------
    type : str
        NumPy type.
    meaning : str
        With its unit.
    words : tuple of str
        Words for its codes; empty where it holds none.
    """

    type: str
    meaning: str
    words: tuple[str, ...] = ()


COLUMNS: Final[Mapping[str, Column]] = MappingProxyType({
    "account": Column("i4", "number in the roster"),
    "segment": Column("i1", "code: place in `Seen.segments`"),
    "touch": Column("i1", "touch model, code", events.TOUCHES),
    "stage": Column("i1", "stage, code", events.STAGES),
    "term": Column("i2", "contract term, months"),
    "mrr": Column("i8", "cents a month"),
    "month": Column("i2", "reviews of the present stay so far"),
    "observed_health": Column("f8", "health as the company saw it at the last review, 0-20"),
    "observed_trend": Column("f8", "its change over the last three reviews"),
    "band": Column("i1", "band of the observed health, code", events.BANDS),
    "usage": Column("f8", "share of full usage as reports show it, 0-1"),
    "months_to_renewal": Column("i2", "reviews until the term ends, 1 on a monthly contract"),
    "months_since_contact": Column("f8", "since onboarding, a CSM or a message last reached it, or it came; months"),
    "open_tickets": Column("i4", "tickets that wait or are worked on"),
    "given_notice": Column("?", "true once it has said that it leaves at the end of its term"),
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All active accounts as their company sees them when a month begins.

    Attributes
    ----------
    month : int
        Months since month 0.
    segments : tuple of str
        Names of the segments.
    interventions : tuple of str
        Names of the scenario's interventions that can be given to single accounts.
    columns : mapping of str to array, each of shape (n,)
        One entry for each active account, in rising order of account numbers; what each holds, and its unit, stands in
        `cxsim.engines.seen.COLUMNS`. The arrays cannot be written to.
    """

    month: int
    segments: tuple[str, ...]
    interventions: tuple[str, ...]
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.columns["account"])

    def __repr__(self) -> str:
        return f"Seen(month {self.month}, {len(self):,} accounts)"

    def frame(self) -> pd.DataFrame:
        """One row an account, words in place of codes.

        Returns
        -------
        pandas.DataFrame, n rows
            The columns of `Seen`, with `segment`, `touch`, `stage` and `band` as categories.
        """
        import pandas as pd

        words = {"segment": self.segments, **{name: c.words for name, c in COLUMNS.items() if c.words}}
        table: dict[str, Any] = dict(self.columns)
        for name, known in words.items():
            table[name] = pd.Categorical.from_codes(self.columns[name], categories=pd.Index(list(known)))
        return pd.DataFrame(table)


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """What a policy wants done in the month that begins.

    Attributes
    ----------
    scores : array-like of float, shape (n,), optional
        One for each row of `Seen`, NaN for none. Interventions with score = "custom" read them at the reviews of the
        month; an account without a score is not reached by them.
    treat : mapping of str to array-like of int
        Numbers of accounts by name of an intervention that each of them gets at once, if it is running, whatever its
        own choice of accounts and its coverage. Whoever has given notice gets none.
    """

    scores: npt.ArrayLike | None = None
    treat: Mapping[str, npt.ArrayLike] = field(default_factory=dict)


Policy = Callable[[Seen], Orders | None]


class Decision(NamedTuple):
    """A policy's orders, checked, in the order in which they are carried out.

    Attributes
    ----------
    scores : float64 array, shape (n,)
        One for each row of `Seen`, NaN for none.
    accounts, programmes : int64 arrays, shape (m,)
        Who gets what, sorted by account and then by programme, each pair once; programmes by their place in
        `Plan.programmes`.
    """

    scores: npt.NDArray[np.float64]
    accounts: npt.NDArray[np.int64]
    programmes: npt.NDArray[np.int64]


class Desk:
    """Where a policy is shown what the company sees, and its orders are checked; every engine asks it."""

    def __init__(self, policy: Policy, scenario: Scenario) -> None:
        self._policy = policy
        self._segments = scenario.segments
        treating = [i.name for i in scenario.interventions if i.trigger != EVERYONE]
        self._interventions = tuple(dict.fromkeys(treating))
        self._places = {name: [k for k, other in enumerate(treating) if other == name] for name in treating}
        self._for_everyone = {i.name for i in scenario.interventions if i.name not in self._places}

    def decide(self, month: int, columns: Mapping[str, Sequence[float] | Array]) -> Decision:
        """Ask the policy, at the start of a month.

        Parameters
        ----------
        month : int
        columns : mapping of str to sequence of length n
            Those of `COLUMNS`, in rising order of accounts.

        Raises
        ------
        InputError
            If it orders what cannot be done.
        """
        seen = Seen(month, self._segments, self._interventions, _sealed(columns))
        orders = self._policy(seen)
        if orders is None:
            orders = Orders()
        label = f"policy, month {month}"
        if not isinstance(orders, Orders):
            raise InputError([f"{label}: gave {shown(orders)} where cxsim.Orders or None is wanted"])
        if not isinstance(orders.treat, Mapping):
            raise InputError([f"{label}: treat: must be a mapping of interventions' names to account numbers"])
        faults: list[str] = []
        scores = _scores(orders.scores, len(seen), faults)
        chosen = [
            (account, place)
            for name, accounts in orders.treat.items()
            for account in self._accounts(name, accounts, seen, faults)
            for place in self._places.get(name, ())
        ]
        if faults:
            raise InputError([f"{label}: {fault}" for fault in faults])
        pairs = sorted(set(chosen))
        who, what = [account for account, _ in pairs], [place for _, place in pairs]
        return Decision(scores, np.array(who, dtype=np.int64), np.array(what, dtype=np.int64))

    def _accounts(self, name: str, accounts: npt.ArrayLike, seen: Seen, faults: list[str]) -> list[int]:
        """Numbers of the accounts that are to be treated; faults are entered."""
        if name in self._for_everyone:
            faults.append(f"treat {shown(name)}: is for everyone, so that it can be given to no single account")
            return []
        if name not in self._places:
            near, known = did_you_mean(str(name), self._interventions), ", ".join(self._interventions) or "none"
            faults.append(f"treat {shown(name)}: no such intervention.{near} There is: {known}")
            return []
        numbers = np.asarray(accounts)
        if numbers.size and (numbers.dtype.kind not in "iu" or numbers.ndim != 1):
            faults.append(f"treat {shown(name)}: the accounts must be a list of whole numbers, those of Seen")
            return []
        strangers = np.setdiff1d(numbers, seen.columns["account"])
        if strangers.size:
            faults.append(f"treat {shown(name)}: account {strangers[0]} is none of the {len(seen)} that were seen")
            return []
        found: list[int] = numbers.tolist()
        return found


def _sealed(columns: Mapping[str, Sequence[float] | Array]) -> Mapping[str, Array]:
    """Arrays of the declared types that nobody can write to."""
    arrays = {name: np.array(columns[name], dtype=column.type) for name, column in COLUMNS.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return MappingProxyType(arrays)


def _scores(scores: npt.ArrayLike | None, n: int, faults: list[str]) -> npt.NDArray[np.float64]:
    """One score for each account seen; faults are entered."""
    if scores is None:
        return np.full(n, NO_SCORE)
    try:
        found = np.array(scores, dtype=np.float64)
    except (TypeError, ValueError):
        faults.append("scores: must be numbers, NaN where there is none")
        return np.full(n, NO_SCORE)
    if found.shape != (n,):
        faults.append(f"scores: {found.size} for {n} accounts; one for each row of Seen is wanted, NaN for none")
    return found
