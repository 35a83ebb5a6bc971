"""When sign-ups go live, from the histogram of days in a monthly table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxsim.readings.scopes import Scopes
from cxsim.tally import DAYS, ENDINGS, MonthlyTable

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LIVE, GAVE_UP = ENDINGS.index("live"), ENDINGS.index("gave_up")


def incidence_by_day(table: MonthlyTable, segment: str | None = None) -> tuple[Reals, Reals]:
    """Share of sign-ups live, and share given up, by the end of each day since sign-up; two arrays of shape (DAYS,).

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    Aalen–Johansen: on each day the two endings share those still under way; who is censored on a day is at risk
    on it.
    """
    live, gone, censored = (table.of_days(ending, segment) for ending in ENDINGS)
    under_way, at_risk = _under_way(live + gone, live + gone + censored)
    return np.cumsum(under_way * live / at_risk), np.cumsum(under_way * gone / at_risk)


def _under_way(over: Ints, ending: Ints) -> tuple[Reals, Ints]:
    """Share still under way at the start of each day, and the number at risk on it; each of shape (…, days)."""
    at_risk = np.empty_like(ending)
    at_risk[..., 0] = 0
    np.cumsum(ending[..., :-1], axis=-1, out=at_risk[..., 1:])
    np.maximum(ending.sum(axis=-1, keepdims=True) - at_risk, 1, out=at_risk)
    under_way = np.ones(ending.shape)
    np.cumprod(1.0 - over[..., :-1] / at_risk[..., :-1], axis=-1, out=under_way[..., 1:])
    return under_way, at_risk


def median_days(scopes: Scopes) -> list[float | str]:
    """Days from sign-up by whose end half are live, giving up or leaving before being a competing event.

    Returns
    -------
    list, one entry a scope
        The median, or the words that say why there is none. Within a day the rise is taken as even.
    """
    days = scopes.table.days
    # After the day of the last ending nothing rises, and most onboardings are short.
    used = np.flatnonzero(days)
    n = int(used[-1]) // (days.shape[1] * days.shape[2]) + 1 if len(used) else 1
    by_ending = days[:n].transpose(2, 1, 0)
    cells = np.empty((len(ENDINGS), 1 + len(scopes.segments), n), dtype=np.int64)
    by_ending.sum(axis=1, out=cells[:, 0])
    cells[:, 1:] = by_ending[:, list(scopes.segments)]
    under_way, at_risk = _under_way(cells[LIVE] + cells[GAVE_UP], cells.sum(axis=0))
    return [_median(share) for share in np.cumsum(under_way * cells[LIVE] / at_risk, axis=-1)]


def _median(share: Reals) -> float | str:
    day = int(np.searchsorted(share, 0.5 - 1e-12))
    if day >= len(share):
        return f"fewer than half went live; {share[-1]:.0%} did"
    if day >= DAYS - 1:  # the last place holds all that took longer
        return f"half were live only after more than {DAYS - 1} days"
    before = float(share[day - 1]) if day else 0.0
    return day + (0.5 - before) / (float(share[day]) - before)
