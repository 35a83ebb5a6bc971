"""Findings of an experiment: numbers with intervals, how they are said, and where a page says them.

A page marks the place of a finding by comments that a reader does not see,

    Churn falls by <!--cut-->−4.5 pts (95 % interval −4.9 to −4.1)<!--/-->.

`<!--cut:value-->` marks the number alone, `<!--cut:size-->` the number without its sign. What stands between is written
by `filled`, never by hand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.pairs import mean_interval

PLAIN = {"ratio": (1.0, ""), "relative": (100.0, " %")}  # factor, and what is written after the number
MARK = re.compile(r"<!--(?P<name>[a-z0-9_]+)(?::(?P<how>value|size))?-->(?P<said>.*?)<!--/-->", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """A number that an experiment found.

    Attributes
    ----------
    name : str
        As pages refer to it.
    value, low, high : float
        Estimate and its 95 % interval, in `unit`.
    unit : str
        As those of outcomes: share, months, 0-20, accounts, currency; "relative" for a change in per cent of what was,
        "ratio" for a number without a unit.
    is_change : bool
        Whether it is said with its sign, and shares in points.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    is_change: bool = False

    def said(self, how: str = "") -> str:
        """The finding in words: with its interval, as a "value" alone, or as its "size" without a sign."""
        value = self._said(self.value)
        if how:
            return value if how == "value" else value.lstrip(f"+{q.MINUS}")
        if self.unit.startswith("currency") or not self._is_plain:
            inside = q.interval(self.low, self.high, self.unit, signed=self.is_change)
        else:
            inside = f"{self._said(self.low)} to {self._said(self.high)}"
        return f"{value} (95 % interval {inside})"

    @property
    def _is_plain(self) -> bool:
        return self.unit in PLAIN

    def _said(self, value: float) -> str:
        if self._is_plain:
            factor, after = PLAIN[self.unit]
            digits = 1 if max(abs(self.low), abs(self.high)) * factor >= 10 or after else 2
            return f"{factor * value:{'+' if self.is_change else ''},.{digits}f}{after}".replace("-", q.MINUS)
        return q.change(value, self.unit) if self.is_change else q.level(value, self.unit)

    @property
    def side(self) -> int:
        """Which side of zero the interval lies on; 0 if it holds zero."""
        return int(self.low > 0.0) - int(self.high < 0.0)


def effect(name: str, comparison: Comparison, outcome: str, alternative: str | None = None) -> Finding:
    """A paired difference as a finding."""
    one = comparison.effect(outcome, alternative)
    if one.difference is None or one.low is None or one.high is None:
        raise ValueError(f"{name}: {outcome} has no effect with an interval: {one.reason}")
    return Finding(name, one.difference, one.low, one.high, OUTCOMES[outcome].unit, is_change=True)


def level(name: str, values: np.ndarray, unit: str, *, is_change: bool = False) -> Finding:
    """The mean over replications as a finding."""
    kept = values[np.isfinite(values)]
    low, high, _ = mean_interval(kept)
    return Finding(name, float(kept.mean()), low, high, unit, is_change)


def between(name: str, before: Run, after: Run, outcome: str) -> Finding:
    """The paired difference of any two runs under the same luck as a finding."""
    return level(name, after.values(outcome) - before.values(outcome), OUTCOMES[outcome].unit, is_change=True)


def ratio(name: str, over: np.ndarray, under: np.ndarray, *, less_one: bool = False) -> Finding:
    """The ratio of two means over the same replications, with the interval of the delta method.

    With `less_one` it is the relative change over / under − 1.
    """
    value = over.mean() / under.mean()
    low, high, _ = mean_interval((over - value * under) / under.mean())
    shift = value - float(less_one)
    unit = "relative" if less_one else "ratio"
    return Finding(name, shift, shift + low, shift + high, unit, is_change=less_one)


def jackknife(
    name: str, estimate: Callable[[np.ndarray], float], n: int, unit: str, *, is_change: bool = False
) -> Finding:
    """Any number that is worked out from n replications together, with the interval of the jackknife.

    Parameters
    ----------
    estimate : callable
        Given the places of some replications, the number that these give.

    References
    ----------
    Tukey 1958; Miller 1974, doi:10.1093/biomet/61.1.1.
    """
    rows = np.arange(n)
    value = estimate(rows)
    without = np.array([estimate(np.delete(rows, one)) for one in rows])
    low, high, _ = mean_interval(n * value - (n - 1) * without)
    half = (high - low) / 2.0
    return Finding(name, value, value - half, value + half, unit, is_change)


def filled(page: str, findings: Mapping[str, Finding]) -> str:
    """A page with its findings put in.

    Raises
    ------
    KeyError
        If the page marks a finding that there is not.
    """

    def said(at: re.Match[str]) -> str:
        how = at["how"] or ""
        mark = f"{at['name']}:{how}" if how else at["name"]
        return f"<!--{mark}-->{findings[at['name']].said(how)}<!--/-->"

    return MARK.sub(said, page)


def tick(value: float, like: Finding) -> str:
    """A round value at the axis of findings like one."""
    if not value:
        return "0"
    sign = "+" if like.is_change else ""
    if like.unit in PLAIN:
        factor, after = PLAIN[like.unit]
    elif like.unit == "share":
        factor, after = 100.0, " pts" if like.is_change else " %"
    else:
        return q.tick(value, like.unit, signed=like.is_change)
    return f"{factor * value:{sign}g}{after}".replace("-", q.MINUS)


def as_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain values for a JSON file."""
    return [asdict(one) for one in findings]


def from_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, Finding]:
    """Findings by name, from what `as_rows` gave."""
    return {row["name"]: Finding(**row) for row in rows}


def faults(before: Finding, after: Finding) -> list[str]:
    """What a finding says that is no longer found."""
    said = f"{before.name}: {before.said()}, now {after.said()}"
    found = []
    if not after.low <= before.value <= after.high and not math.isclose(before.value, after.value, rel_tol=1e-9):
        found.append(f"{said}: outside the new interval")
    if before.side != after.side:
        found.append(f"{said}: the interval lies elsewhere about zero")
    if before.unit != after.unit:
        found.append(f"{before.name}: its unit was {before.unit}, now {after.unit}")
    return found
