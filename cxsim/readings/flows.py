"""How accounts move between bands and quadrants, and how far what the company sees is from what is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError
from cxsim.readings.lives import Lives, lives_of
from cxsim.readings.states import bands, quadrants
from cxsim.readings.values import Value, values_of

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

OUTSIDE = "outside"
Classes = Literal["band", "observed band", "quadrant"]
KINDS_OF_FLOW: tuple[Classes, ...] = ("band", "observed band", "quadrant")


def flows(log: EventLog, of: Classes = "band", value: Value | None = None) -> pd.DataFrame:
    """Accounts that go from one class to another between the starts of successive months.

    Parameters
    ----------
    log : EventLog
    of : {"band", "observed band", "quadrant"}
        Bands by true health, bands by the health that the company sees, or quadrants by true outcome and experience.
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a month and pair of classes that someone went between
        `month`, `origin`, `destination`, `n` (accounts). "outside" stands for not yet, or no longer, a customer.

    Raises
    ------
    InputError
        If `of` is something else.
    """
    import pandas as pd

    if of not in KINDS_OF_FLOW:
        raise InputError([f"of {of!r}: must be one of {', '.join(KINDS_OF_FLOW)}"])
    value = value or values_of(log)
    lives = lives_of(log)
    words: tuple[str, ...] = events.BANDS
    if of == "quadrant":
        words, code = events.QUADRANTS, quadrants(lives, value)
    else:
        code = bands(lives.column("health" if of == "band" else "observed"), value)
    names = (*words, OUTSIDE)
    panel = _panel(lives, code, len(words))
    size = len(names)
    month = np.arange(lives.horizon)[None, :]
    cell = (month * size + panel[:, :-1]) * size + panel[:, 1:]
    number = np.bincount(cell.ravel(), minlength=lives.horizon * size * size).reshape(lives.horizon, size, size)
    number[:, -1, -1] = 0
    at = np.argwhere(number > 0)
    return pd.DataFrame({
        "month": at[:, 0],
        "origin": pd.Categorical.from_codes(at[:, 1], categories=pd.Index(names)),
        "destination": pd.Categorical.from_codes(at[:, 2], categories=pd.Index(names)),
        "n": number[tuple(at.T)],
    })  # fmt: skip


def _panel(lives: Lives, code: npt.NDArray[Any], outside: int) -> npt.NDArray[np.int64]:
    """Class of each account at times 0 … T; shape (A, T + 1)."""
    if not len(lives.rows):
        return np.full(lives.last.shape, outside, dtype=np.int64)
    at = np.maximum(lives.last, 0)
    return np.where((lives.last >= 0) & lives.there[at], code[at].astype(np.int64), outside)


def observed_gap(log: EventLog) -> pd.DataFrame:
    """Observed against true health, over the monthly reviews from month 0 on.

    Returns
    -------
    pandas.DataFrame, one row a segment and one for "all"
        `segment`, `reviews` (number), `mean_absolute` and `bias` (observed less true, 0-20), `correlation` (Pearson;
        NaN where it is undefined).
    """
    import pandas as pd

    lives = lives_of(log)
    reviews = lives.column("kind") == events.REVIEW
    true, seen = lives.column("health")[reviews], lives.column("observed")[reviews]
    segment = lives.segment[lives.who[reviews]]
    rows = []
    for number, name in ((-1, "all"), *enumerate(log.certificate.segments)):
        chosen = (segment == number) | (number < 0)
        a, b = true[chosen], seen[chosen]
        defined = len(a) > 1 and float(a.std()) > 0 and float(b.std()) > 0
        rows.append({
            "segment": name,
            "reviews": len(a),
            "mean_absolute": float(np.abs(b - a).mean()) if len(a) else np.nan,
            "bias": float((b - a).mean()) if len(a) else np.nan,
            "correlation": float(np.corrcoef(a, b)[0, 1]) if defined else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)
