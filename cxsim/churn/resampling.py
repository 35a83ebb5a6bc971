"""Bootstrap samples of accounts, and what they say of a number or a curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.churn.measures import MEASURES, Ranked

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

DRAWS: Final = 400
LEVELS: Final = (0.025, 0.975)


def samples(account: Array, number: int, seed: int) -> Iterator[Ints]:
    """Rows of bootstrap samples of accounts, all rows of one together."""
    _, who = np.unique(account, return_inverse=True)
    order = np.argsort(who, kind="stable")
    size = np.bincount(who)
    starts = np.concatenate(([0], np.cumsum(size)[:-1]))
    random = np.random.default_rng(seed)
    for _ in range(number):
        drawn = random.integers(0, len(size), len(size))
        n = size[drawn]
        inside = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        yield order[np.repeat(starts[drawn], n) + inside]


def weights(account: Array, number: int, seed: int) -> Iterator[Reals]:
    """How often each row is in bootstrap samples of accounts."""
    _, who = np.unique(account, return_inverse=True)
    n = int(who.max()) + 1
    random = np.random.default_rng(seed)
    for _ in range(number):
        yield np.bincount(random.integers(0, n, n), minlength=n)[who].astype(np.float64)


def bounds(of: Callable[[Reals], Any], account: Array, seed: int, *, number: int = DRAWS) -> Reals:
    """95 % interval of a number, or of each of several, that weights of rows give; shape (2, …), NaN where none is."""
    import warnings

    drawn = np.array([of(weight) for weight in weights(account, number, seed)], dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a measure that no sample has
        return np.asarray(np.nanquantile(drawn, LEVELS, axis=0))


def measured(outcome: Array, p: Reals, account: Array, seed: int) -> pd.DataFrame:
    """`measure`, `value`, `low`, `high` of each of `MEASURES`, with 95 % intervals."""
    import pandas as pd

    ranked = Ranked(outcome, p)
    low, high = bounds(lambda weight: list(ranked.measures(weight).values()), account, seed)
    value = list(ranked.measures().values())
    return pd.DataFrame({"measure": list(MEASURES), "value": value, "low": low, "high": high})
