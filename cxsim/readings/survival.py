"""How long accounts stay, and why they leave: by tenure, with delayed entry of the base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.errors import InputError
from cxsim.readings.lives import lives_of, roster_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from cxsim.eventlog import EventLog

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GROUPS: Final = ("segment", "touch", "term", "referred")
NORMAL_975: Final = 1.959963984540054
UNKNOWN: Final = len(events.CAUSES)


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """First stays, as survival analysis wants them.

    Attributes
    ----------
    entry, exit : float arrays, shape (n,)
        Tenure [months] at which an account comes under observation (0 for sign-ups, its tenure at month 0 for the
        base) and at which it leaves or is censored.
    cause : int64 array, shape (n,)
        Code of `events.CAUSES`, `UNKNOWN` where a loss has none, -1 where the account is censored.
    place : int64 array, shape (n,)
        Place in the roster.
    """

    entry: Reals
    exit: Reals
    cause: Ints
    place: Ints


def stays(log: EventLog) -> Stays:
    """First stays observed from month 0 to the horizon.

    Notes
    -----
    An account that had already come back before month 0 is left out: its first stay ended unobserved.
    """
    lives = lives_of(log)
    kind, time = lives.column("kind"), lives.column("time")
    signed = lives.first_of(kind == events.SIGNED_UP)
    opened = lives.first_of((kind == events.OPENING) & (lives.column("item") == 0))
    who = np.flatnonzero((signed >= 0) | (opened >= 0))
    begun = _sign_up_times(log)[lives.place[who]]
    left = lives.first_of(np.isin(kind, events.LEAVING))[who]
    over = left >= 0
    until = np.where(over, time[np.maximum(left, 0)] if len(kind) else 0.0, log.certificate.horizon_months)
    code = lives.column("cause").astype(np.int64)[np.maximum(left, 0)] if len(kind) else left
    cause = np.where(over, np.where(code >= 0, code, UNKNOWN), -1)
    # Rounded far below a second, so that losses at the same review fall on the same tenure.
    entry: Reals = np.round(np.maximum(-begun, 0.0), 9).astype(np.float64)
    return Stays(entry, np.maximum(np.round(until - begun, 9), entry), cause, lives.place[who])


def _sign_up_times(log: EventLog) -> Reals:
    """Sign-up of everyone in the roster: as it happened, or as planned where the history was dropped."""
    times = log.roster["sign_up_at"].astype(np.float64)
    rows = np.flatnonzero(log.columns["kind"] == events.SIGNED_UP)
    times[roster_place(log)[log.columns["account"][rows]]] = log.columns["time"][rows]
    return times


def at_risk(entry: Reals, exit_: Reals, times: Reals) -> Ints:
    """Number of stays with entry < t ≤ exit, or entry = exit = t, at each of the times."""
    entered = np.searchsorted(np.sort(entry), times, side="left")
    gone = np.searchsorted(np.sort(exit_), times, side="left")
    at_once = np.sort(exit_[entry == exit_])
    same = np.searchsorted(at_once, times, side="right") - np.searchsorted(at_once, times, side="left")
    # A loss at the very moment of entry would otherwise have nobody at risk.
    return np.asarray(entered - gone + same, dtype=np.int64)


def survival(log: EventLog, by: str | None = None) -> pd.DataFrame:
    """Kaplan-Meier survival by tenure, the base entering late.

    Parameters
    ----------
    log : EventLog
    by : str, optional
        A column of the roster to split by: segment, touch, term or referred.

    Returns
    -------
    pandas.DataFrame, one row a group and tenure at which someone left or was censored
        `group` ("all" without `by`), `tenure` (months), `at_risk`, `lost`, `censored`, `survival`, `low`, `high` (95 %
        interval), `cumulative_hazard` (Nelson-Aalen).

    Raises
    ------
    InputError
        If `by` is another column.

    Notes
    -----
    S(t) = Π (1 − d/n) over tenures ≤ t, n the stays with entry < tenure ≤ exit: an account of the base is at risk from
    its tenure at month 0 on. Variance of ln(−ln S): Greenwood's Σ d/(n(n − d)) / (ln S)². Where the number at risk is
    small early on, one loss moves the curve far: see `at_risk`.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452. Greenwood 1926. Left truncation: Klein &
    Moeschberger 2003, section 4.6.
    """
    import pandas as pd

    observed = stays(log)
    parts = []
    for group, chosen in _groups(log, observed, by):
        entry, exit_, cause = observed.entry[chosen], observed.exit[chosen], observed.cause[chosen]
        times, place = np.unique(exit_, return_inverse=True)
        lost = np.bincount(place, weights=cause >= 0, minlength=len(times)).astype(np.int64)
        censored = np.bincount(place, weights=cause < 0, minlength=len(times)).astype(np.int64)
        risk = at_risk(entry, exit_, times)
        curve: Reals = np.cumprod(1.0 - lost / np.maximum(risk, 1)).astype(np.float64)
        low, high = _interval(curve, lost, risk)
        parts.append(
            pd.DataFrame({
                "group": group, "tenure": times, "at_risk": risk, "lost": lost, "censored": censored,
                "survival": curve, "low": low, "high": high,
                "cumulative_hazard": np.cumsum(lost / np.maximum(risk, 1)),
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _interval(curve: Reals, lost: Ints, risk: Ints) -> tuple[Reals, Reals]:
    """95 % interval on the scale of ln(−ln S); NaN where the curve is 1 or 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(np.where(lost > 0, lost / (risk * (risk - lost).astype(np.float64)), 0.0))
        step = NORMAL_975 * np.sqrt(variance) / np.abs(np.log(curve))
        low, high = curve ** np.exp(step), curve ** np.exp(-step)
    inside = (curve > 0) & (curve < 1)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def hazard(log: EventLog, by: str | None = None, width: float = 1.0) -> pd.DataFrame:
    """Rate of loss by tenure: losses over the time that accounts were at risk.

    Parameters
    ----------
    log : EventLog
    by : str, optional
        As in `survival`.
    width : float
        Width of a class of tenure [months], above 0.

    Returns
    -------
    pandas.DataFrame, one row a group and class
        `group`, `tenure` (where the class starts, months), `exposure` (account-months), `lost`, `hazard` (1/month),
        `standard_error` (hazard / √lost; NaN without a loss).

    Raises
    ------
    InputError
        If `by` or `width` is not allowed.
    """
    import pandas as pd

    if not width > 0:
        raise InputError([f"width {width:g}: must be above 0 months"])
    observed = stays(log)
    parts = []
    for group, chosen in _groups(log, observed, by):
        entry, exit_, gone = observed.entry[chosen], observed.exit[chosen], observed.cause[chosen] >= 0
        edges = np.arange(0.0, float(exit_.max(initial=0.0)) + width, width)
        # Time lived below x is Σ min(exit, x) − min(entry, x).
        lived = np.array([(np.minimum(exit_, x) - np.minimum(entry, x)).sum() for x in edges])
        exposure = np.diff(lived)
        # A loss at an edge ended the class below it: reviews fall on whole months.
        klass = np.maximum(np.ceil(exit_[gone] / width - 1e-9).astype(np.int64) - 1, 0)
        lost = np.bincount(klass, minlength=len(exposure))[: len(exposure)]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(exposure > 0, lost / exposure, np.nan)
            error = np.where(lost > 0, rate / np.sqrt(lost), np.nan)
        parts.append(
            pd.DataFrame({
                "group": group, "tenure": edges[:-1], "exposure": exposure, "lost": lost, "hazard": rate,
                "standard_error": error,
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def causes(log: EventLog, by: str | None = None) -> pd.DataFrame:
    """Cumulative incidence of loss by cause and tenure (Aalen-Johansen), the base entering late.

    Parameters
    ----------
    log : EventLog
    by : str, optional
        As in `survival`.

    Returns
    -------
    pandas.DataFrame, one row a group, tenure of a loss and cause
        `group`, `tenure` (months), `cause` ("unknown" where a loss has none; only if there is such a loss),
        `at_risk`, `lost`, `incidence` (share lost to the cause by then), `survival` (share still there).

    Raises
    ------
    InputError
        If `by` is another column.

    Notes
    -----
    F_c(t) = Σ S(t_i−)·d_ci/n_i; at every tenure the incidences and the survival sum to 1.

    References
    ----------
    Aalen & Johansen 1978, An empirical transition matrix for non-homogeneous Markov chains.
    """
    import pandas as pd

    observed = stays(log)
    parts = []
    for group, chosen in _groups(log, observed, by):
        entry, exit_, cause = observed.entry[chosen], observed.exit[chosen], observed.cause[chosen]
        times = np.unique(exit_[cause >= 0])
        risk = at_risk(entry, exit_, times)
        codes = [*range(len(events.CAUSES)), *([UNKNOWN] if (cause == UNKNOWN).any() else [])]
        lost = np.array([
            np.bincount(np.searchsorted(times, exit_[cause == code]), minlength=len(times)) for code in codes
        ])  # fmt: skip
        curve = np.cumprod(1.0 - lost.sum(axis=0) / np.maximum(risk, 1))
        before = np.concatenate(([1.0], curve[:-1])) if len(times) else curve
        incidence = np.cumsum(before * lost / np.maximum(risk, 1), axis=1)
        words = [(*events.CAUSES, "unknown")[code] for code in codes]
        parts.append(
            pd.DataFrame({
                "group": group, "tenure": np.repeat(times, len(codes)), "cause": np.tile(words, len(times)),
                "at_risk": np.repeat(risk, len(codes)), "lost": lost.T.ravel(), "incidence": incidence.T.ravel(),
                "survival": np.repeat(curve, len(codes)),
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _groups(log: EventLog, observed: Stays, by: str | None) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Names and members of the groups."""
    if by is None:
        yield "all", np.ones(len(observed.entry), dtype=np.bool_)
        return
    if by not in GROUPS:
        raise InputError([f"by {by!r}: must be one of {', '.join(GROUPS)}"])
    codes = log.roster[by][observed.place]
    words = {"segment": log.certificate.segments, "touch": events.TOUCHES, "referred": ("ordinary", "referred")}
    present = np.unique(codes)
    if not len(present):
        yield "all", np.zeros(len(codes), dtype=np.bool_)
    for code in present:
        yield words[by][int(code)] if by in words else str(int(code)), codes == code
