"""How many replications a half width takes: a pilot tells the spread, and the spread how many more."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

import numpy as np

from cxsim.errors import Faults, InputError, shown
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies.pairs import Reals, mean_interval, t_quantile

MOST_REPLICATIONS = 1_000_000
PILOT, SPARSE_PILOT = 50, 200
FEWEST_DIFFERING = 30
COLUMNS = ("asked_half_width", "pilot", "counted")

Draw = Callable[[int, int], Sequence[Reals]]


class PrecisionWarning(UserWarning):
    """A half width is not reached, or an interval rests on few differences."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A half width that is asked for.

    Attributes
    ----------
    outcome : str
    half_width : float
        Of the 95 % interval, in the outcome's unit.
    alternative : str, optional
        Whose difference from the baseline it is about; a scenario's outcome itself if None.
    """

    outcome: str
    half_width: float
    alternative: str | None = None

    @property
    def label(self) -> str:
        """What it is called in a warning."""
        return f"{self.outcome}, {self.alternative}" if self.alternative else self.outcome


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of a goal.

    Attributes
    ----------
    outcome : str
    alternative : str or None
    half_width : float
        Asked for.
    reached : float or None
        Half width of the interval; None where no interval exists.
    met : bool
    pilot : int
        Replications of the pilot.
    pilot_counted, pilot_differing : int
        Those with a value, and of these the ones whose value (difference) is not zero.
    pilot_deviation : float or None
        Standard deviation of the pilot.
    counted, differing : int
        The same of all replications.
    needed : int
        Replications that the pilot asked for.
    """

    outcome: str
    alternative: str | None
    half_width: float
    reached: float | None
    met: bool
    pilot: int
    pilot_counted: int
    pilot_differing: int
    pilot_deviation: float | None
    counted: int
    differing: int
    needed: int

    def columns(self) -> dict[str, float]:
        """What the row of the outcome carries."""
        return dict(zip(COLUMNS, (self.half_width, self.pilot, self.counted), strict=True))


@dataclass(frozen=True, slots=True)
class Precision:
    """How a wanted precision was sought.

    Attributes
    ----------
    pilot, replications : int
        Replications of the pilot, and in all.
    most : int or None
        How many were allowed, if that was said.
    goals : tuple of Reached
    warnings : tuple of str
    """

    pilot: int
    replications: int
    most: int | None
    goals: tuple[Reached, ...]
    warnings: tuple[str, ...]

    def of(self, outcome: str, alternative: str | None = None) -> Reached | None:
        """What became of one goal; None if it was not asked for."""
        return next((one for one in self.goals if (one.outcome, one.alternative) == (outcome, alternative)), None)

    @property
    def needed(self) -> int:
        """Replications that every goal would have taken."""
        return max(one.needed for one in self.goals)

    def lines(self) -> list[str]:
        """One line for each outcome: what was asked, and what was reached with how many replications."""
        found = []
        for outcome in dict.fromkeys(one.outcome for one in self.goals):
            mine = [one for one in self.goals if one.outcome == outcome]
            missed = "" if all(one.met for one in mine) else ", not reached"
            widths = [_given(one) + (f" for {one.alternative}" if len(mine) > 1 else "") for one in mine]
            how = f"{self.replications:,} replications (pilot {self.pilot}) give"
            if self.replications == self.pilot and all(one.met and one.differing for one in mine):
                how = f"the pilot of {self.pilot} replications is enough and gives"
            found.append(f"{outcome} to ±{_number(mine[0].half_width)}{missed}: {how} {', '.join(widths)}")
        return found

    def document(self) -> dict[str, Any]:
        """The same as plain values."""
        goals = [asdict(one) for one in self.goals]
        for one in goals:
            if one["alternative"] is None:
                del one["alternative"]
        return {"pilot": self.pilot, "replications": self.replications, "most": self.most,
                "asked": goals, "warnings": list(self.warnings)}  # fmt: skip


def goals_of(precision: Mapping[str, float], alternatives: Sequence[str | None] = (None,)) -> list[Goal]:
    """Each outcome's half width, for each alternative.

    Raises
    ------
    InputError
        If there is no such outcome, or a half width is no number above zero.
    """
    faults = Faults()
    for outcome, width in precision.items():
        if outcome not in OUTCOMES:
            faults.unknown(f"precision {outcome}", outcome, OUTCOMES, "outcome")
        elif isinstance(width, bool) or not isinstance(width, Real) or not 0.0 < width < math.inf:
            unit = OUTCOMES[outcome].unit
            faults.add(f"precision {outcome}", f"{shown(width)} is not a half width above 0, in the unit {unit}")
    faults.stop_if_any()
    return [Goal(outcome, float(width), name) for name in alternatives for outcome, width in precision.items()]


def two_stage(draw: Draw, goals: Sequence[Goal], most: int | None = None) -> Precision:
    """Draw as many replications as every goal needs.

    Parameters
    ----------
    draw : callable
        `draw(first, last)` makes the replications first … last − 1 and gives, for each goal, their values (for an
        alternative its differences from the baseline), NaN where there is none. Called with first = 0, then from where
        it ended.
    goals : sequence of Goal
    most : int, optional
        Where to stop in any case.

    Raises
    ------
    InputError
        If more than `MOST_REPLICATIONS` are needed and nothing was said about the most.

    Notes
    -----
    Stein's two stages. Of n₀ = 50 pilot replications s is the standard deviation; N = max(n₀, ⌈(t·s/X)²⌉) with
    t = t(0.975, n₀ − 1) and the half width X; the interval is the mean of all N ± t·s/√N, s and t the pilot's (see
    `pairs.mean_interval`). Given s the mean of normal values has no bearing on N, so that the interval covers in 95 %
    of cases; stopping at the first interval that is narrow enough does not. With several goals N is the largest, which
    keeps that. If fewer than 30 of the 50 differ from zero, s says too little: the pilot is 200. Only replications with
    a value count; more are drawn until as many as are needed have one, which looks at no value.

    References
    ----------
    Stein 1945, doi:10.1214/aoms/1177731088.
    """
    limit = MOST_REPLICATIONS if most is None else most
    drawn = _Drawn(draw, len(goals))
    drawn.up_to(min(PILOT, limit))
    first = drawn.pilot()
    sparse = [n > 0 and differing < FEWEST_DIFFERING and drawn.n == PILOT for n, differing, _ in first]
    if any(sparse):
        drawn.up_to(min(SPARSE_PILOT, limit))
    pilot, found = drawn.n, drawn.pilot()
    wanted = [_pairs_needed(goal, n, s) for goal, (n, _, s) in zip(goals, found, strict=True)]
    shares = [max(n, 1) / pilot for n, _, _ in found]
    needed = [max(pilot, math.ceil(pairs / share)) for pairs, share in zip(wanted, shares, strict=True)]
    if most is None and max(needed) > limit:
        raise InputError(_too_many(goals, wanted, shares, needed))
    drawn.up_to(min(max(needed), limit))
    while drawn.n < limit:
        missing = [(pairs - n) / share for pairs, n, share in zip(wanted, drawn.counted(), shares, strict=True)]
        if max(missing) <= 0:
            break
        drawn.up_to(min(limit, drawn.n + math.ceil(max(missing))))
    reached = [_reached(goal, values, pilot, n) for goal, values, n in zip(goals, drawn.values, needed, strict=True)]
    said = [
        line
        for goal, one, few, (n, differing, _) in zip(goals, reached, sparse, first, strict=True)
        for line in _warnings(goal, one, (n, differing) if few else None, pilot, drawn.n)
    ]
    return Precision(pilot, drawn.n, most, tuple(reached), tuple(said))


class _Drawn:
    """What was drawn so far."""

    def __init__(self, draw: Draw, n_goals: int) -> None:
        self._draw = draw
        self.n = 0
        self.values = [np.empty(0)] * n_goals

    def up_to(self, n: int) -> None:
        if n > self.n:
            fresh = self._draw(self.n, n)
            self.values = [np.concatenate(pair) for pair in zip(self.values, fresh, strict=True)]
            self.n = n

    def counted(self) -> list[int]:
        return [int(np.isfinite(values).sum()) for values in self.values]

    def pilot(self) -> list[tuple[int, int, float]]:
        """For each goal: how many have a value, how many of these are not zero, their standard deviation."""
        found = []
        for values in self.values:
            kept = values[np.isfinite(values)]
            found.append((len(kept), int(np.count_nonzero(kept)), float(kept.std(ddof=1)) if len(kept) > 1 else 0.0))
        return found


def _pairs_needed(goal: Goal, n: int, deviation: float) -> int:
    if n < 2:
        return 0
    root = t_quantile(n - 1) * deviation / goal.half_width
    return math.ceil(min(root * root, 1e18))


def _reached(goal: Goal, values: Reals, pilot: int, needed: int) -> Reached:
    first, kept = values[:pilot][np.isfinite(values[:pilot])], values[np.isfinite(values)]
    half = None
    if len(kept) > 1:
        low, high, _ = mean_interval(kept, len(first))
        half = (high - low) / 2
    return Reached(
        outcome=goal.outcome,
        alternative=goal.alternative,
        half_width=goal.half_width,
        reached=half,
        met=half is not None and half <= goal.half_width * (1 + 1e-9),
        pilot=pilot,
        pilot_counted=len(first),
        pilot_differing=int(np.count_nonzero(first)),
        pilot_deviation=float(first.std(ddof=1)) if len(first) > 1 else None,
        counted=len(kept),
        differing=int(np.count_nonzero(kept)),
        needed=needed,
    )


def _warnings(goal: Goal, one: Reached, sparse: tuple[int, int] | None, pilot: int, n: int) -> list[str]:
    """What the reader must know; `sparse`: of the first 50, how many had a value and how many were not zero."""
    what = "differences" if goal.alternative else "values"
    if one.reached is None:
        return [f"{goal.label}: {one.counted or 'none'} of {n:,} replications has a value: there is no interval"]
    found = []
    if one.differing == 0:
        rare = 100 * (1.0 - 0.05 ** (1.0 / one.counted))
        found.append(
            f"{goal.label}: all {one.counted:,} {what} are zero: {'no effect was' if goal.alternative else 'nothing'} "
            f"seen, but what shows in fewer than {rare:.2g} % of replications cannot be ruled out"
        )
    elif sparse is not None:
        of, differing = sparse
        line = f"{goal.label}: only {differing} of the first {of} {what} are not zero"
        line += f" ({PILOT - of} replications have no value)" if of < PILOT else ""
        line += f", so that the pilot is {pilot} replications instead of {PILOT}" if pilot > PILOT else ""
        if one.pilot_differing < FEWEST_DIFFERING:
            line += (
                f"; {one.pilot_differing} of the pilot's {one.pilot_counted} are not zero, so few that the interval is "
                "rough: it may miss the truth more often than one time in twenty"
            )
        found.append(line)
    if not one.met:
        why = (
            f"by their pilot it takes {one.needed:,}"
            if one.needed > n
            else "the spread is more than the pilot's, or values miss"
        )
        found.append(
            f"{goal.label}: ±{_number(one.half_width)} is not reached: {n:,} replications give "
            f"±{_rounded(one.reached)}; {why}"
        )
    return found


def _too_many(
    goals: Sequence[Goal], wanted: Sequence[int], shares: Sequence[float], needed: Sequence[int]
) -> list[str]:
    """Faults of the goals that take too many, with what the most would reach."""
    return [
        f"precision {goal.label}: ±{_number(goal.half_width)} takes {n:,} replications, and {MOST_REPLICATIONS:,} are "
        f"the most; they reach ±{_rounded(goal.half_width * math.sqrt(pairs / (share * MOST_REPLICATIONS)))}"
        for goal, pairs, share, n in zip(goals, wanted, shares, needed, strict=True)
        if n > MOST_REPLICATIONS
    ]


def _given(one: Reached) -> str:
    """The half width reached, in the words of who asked and in those of the tables: ±0.0098 (0.98 pts)."""
    if one.reached is None:
        return "no interval"
    if one.differing == 0:
        return "no difference" if one.alternative is not None else "nothing but zeros"
    points = OUTCOMES[one.outcome].unit in ("share", "1/month")
    return f"±{_rounded(one.reached)}" + (f" ({_rounded(100 * one.reached)} pts)" if points else "")


def _rounded(value: float) -> str:
    """Two or three digits, rounded up: it is never less than what it stands for."""
    if value <= 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 2)
    return _number(float(f"{math.ceil(value / step - 1e-9) * step:.3g}"))


def _number(value: float) -> str:
    return f"{value:,.10f}".rstrip("0").rstrip(".") if 1e-6 <= value < 1e15 else f"{value:.3g}"
