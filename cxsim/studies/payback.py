"""When an alternative pays: its cash against the baseline's, month by month under the same luck."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from cxsim.errors import InputError
from cxsim.readings.cash import present_values
from cxsim.readings.money import cash_path, line
from cxsim.readings.registry import PAYBACK
from cxsim.studies.answers import Comparison
from cxsim.studies.bands import Band, band
from cxsim.studies.pairs import Reals, ratio_interval, wilson

NOTHING: Final = 0.005  # less than half a cent is no money
MEDIAN, FEW, MOST = 0.5, 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Payback:
    """Cash of an alternative less the baseline's.

    Attributes
    ----------
    name : str
        Of the alternative.
    currency : str
    seed : int
        Of the study.
    path : float array, shape (n, T + 1)
        In each replication the present value at month 0 of the difference in all cash up to months 0 … T.
    spent : float array, shape (n,)
        Present value of what the alternative's interventions cost more than the baseline's.
    """

    name: str
    currency: str
    seed: int
    path: Reals
    spent: Reals

    @property
    def n(self) -> int:
        """Number of replications."""
        return len(self.path)

    @property
    def horizon(self) -> int:
        """Months."""
        return int(self.path.shape[1]) - 1

    @cached_property
    def band(self) -> Band:
        """The mean path with a 95 % band that holds in all months at once."""
        return band(self.path, seed=self.seed)

    @property
    def low_month(self) -> int:
        """Month at which the mean path is lowest."""
        return int(self.band.mean.argmin())

    def rows(self) -> list[dict[str, Any]]:
        """What `PAYBACK` names, as plain values.

        Returns
        -------
        list of dict
            `outcome`, `unit`, `better`; `value`, of the mean path (or all replications together), `low` and `high`, its
            95 % interval; `future_median`, `future_low`, `future_high`, the median and the 5 % and 95 % points of
            single companies; `reason` where something is None. See `payback`.
        """
        found = (self._low_point(), self._break_even(), self._break_even_share(), self._return())
        return [
            {"outcome": one.name, "unit": one.unit, "better": one.better, **row}
            for one, row in zip(PAYBACK.values(), found, strict=True)
        ]

    def _low_point(self) -> dict[str, Any]:
        companies = np.minimum(self.path.min(axis=1), 0.0)
        drawn = self.band
        ends = [None if side is None else float(min(side.min(), 0.0)) for side in (drawn.low, drawn.high)]
        low, high = ends
        return _row(float(min(drawn.mean.min(), 0.0)), low, high, companies, "" if self.n > 1 else _ONE)

    def _break_even(self) -> dict[str, Any]:
        companies = np.array([break_even(path) for path in self.path])
        if not np.any(np.abs(self.path) > NOTHING):
            return _row(None, None, None, np.full(self.n, math.inf), "cash is the same with it and without it")
        drawn = self.band
        # the higher a path, the earlier it breaks even: the ends of the band bound the month
        month, soonest, latest = (
            None if side is None else _known(break_even(side)) for side in (drawn.mean, drawn.high, drawn.low)
        )
        reasons = [] if self.n > 1 else [_ONE]
        if month is None:
            reasons.append(f"on average it is still behind at month {self.horizon}")
        elif latest is None and self.n > 1:
            reasons.append(f"the band's lower edge is behind at month {self.horizon}, so that the interval has no end")
        return _row(month, soonest, latest, companies, "; ".join(reasons))

    def _break_even_share(self) -> dict[str, Any]:
        hits = int(np.count_nonzero(self.path[:, -1] >= -NOTHING))
        low, high = wilson(hits, self.n)
        return _row(hits / self.n, low, high, None, "")

    def _return(self) -> dict[str, Any]:
        if np.all(np.abs(self.spent) <= NOTHING):
            return _row(None, None, None, None, "it has no programme cost (wages are payroll); see net_benefit")
        gain, spent = self.path[:, -1], self.spent
        if spent.mean() <= NOTHING:
            return _row(None, None, None, None, "its programme costs no more than the baseline's; see net_benefit")
        each = gain[spent > NOTHING] / spent[spent > NOTHING]
        low, high, reason = (None, None, _ONE) if self.n == 1 else ratio_interval(gain, spent)
        return _row(float(gain.mean() / spent.mean()), low, high, each, reason)


_ONE: Final = "one replication has no interval"


def payback(comparison: Comparison, *, alternative: str | None = None) -> Payback:
    """Say when an alternative pays, how far it falls behind before, and what it returns.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.

    Returns
    -------
    Payback

    Raises
    ------
    InputError
        If there is no such alternative, or the two discount cash differently.

    Notes
    -----
    D(t) is the present value at month 0 of the alternative's cash up to month t less the baseline's, D(0) = 0; D at the
    horizon is the difference in `net_benefit`. From one path: the low point min(0, min D); the break-even month, the
    first from which D stays at 0 or above until the horizon (0 if it never falls below; none if D ends below).

    `value` is that of the mean path: of a plan for many such companies. What chance adds to a single company makes its
    low point lower than that of the mean, so companies are told apart as median, 5 % and 95 %; one that does not break
    even counts as later than all months, and a quantile among those is None. A mean of the months of those that do
    would be that of the lucky ones, and is not given.

    Intervals of low point and month come from a band that holds the mean path in all months at once with 95 %
    (`studies.bands`): as both can only move one way when a path is raised, the band's two edges have the ends of the
    interval, which is therefore at least, not exactly, 95 %. That of the return, a ratio of two means, is Fieller's; it
    may have no end where it is not sure that anything was spent.

    References
    ----------
    Fieller 1954, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16, 175-185.
    """
    run, base = comparison.named(alternative), comparison.baseline
    path = "economics.discount_rate"
    rate, other = base.scenario.value(path), run.scenario.value(path)
    if rate != other:
        raise InputError(f"{run.name}: {path} {other:g} is not the baseline's, {rate:g}")
    with_, without = (np.array([one.money for one in arm.replications]) for arm in (run, base))
    spent = present_values(line(with_, "programme_cost") - line(without, "programme_cost"), rate)
    return Payback(
        run.name, base.scenario.currency, base.seed, cash_path(with_, rate) - cash_path(without, rate), spent
    )


def break_even(path: Reals) -> float:
    """First month from which a path stays at 0 or above to its end; inf if it ends below.

    Parameters
    ----------
    path : float array, shape (T + 1,)
    """
    behind = np.flatnonzero(path < -NOTHING)
    if not len(behind):
        return 0.0
    return float(behind[-1] + 1) if behind[-1] + 1 < len(path) else math.inf


def _known(month: float) -> float | None:
    return month if math.isfinite(month) else None


def _row(value: float | None, low: float | None, high: float | None, each: Reals | None, reason: str) -> dict[str, Any]:
    row: dict[str, Any] = {"value": value, "low": low, "high": high}
    names = ("future_median", "future_low", "future_high")
    # a quantile that is one of the values: between a month and never there is nothing
    points = (
        (None,) * 3
        if each is None or not len(each)
        else tuple(_known(float(np.quantile(each, q, method="inverted_cdf"))) for q in (MEDIAN, FEW, MOST))
    )
    row |= dict(zip(names, points, strict=True))
    return row | ({"reason": reason} if reason else {})
