"""Where does a lever not pay? The box of the uncertainties in which it fails more often, if there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError, shown
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.boxes import LEAST_ROWS, Box, Side, box_in, halves
from cxsim.studies.draws import unit_cube
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import mean_interval, wilson
from cxsim.studies.points import Question, evaluated, question_of, whole
from cxsim.studies.replications import Progress
from cxsim.studies.strengths import USUAL, spread_asked
from cxsim.studies.unknowns import Unknown, changed, unknowns_in

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

Reals = npt.NDArray[np.float64]
WHEN: Final = ("below", "above")
MOST_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """Many futures, in which of them something happens, and the box in which it happens more often.

    Attributes
    ----------
    question : Question
        World, alternative and outcome.
    threshold : float
        In the outcome's unit.
    when : str
        "below" or "above": on which side of the threshold the answer has to lie.
    seed : int
    uncertain : tuple of Uncertain or Strength
    points : float array, shape (n, parameters)
        Futures in the unit cube, those in which the outcome exists.
    values : float array, shape (n,)
        The answer in each.
    box : Box or None
        What the search found, borne out or not; None if it found nothing.
    run_id : str
        In the store; "" where nothing is kept.
    """

    question: Question
    threshold: float
    when: str
    seed: int
    uncertain: tuple[Unknown, ...]
    points: Reals
    values: Reals
    box: Box | None
    run_id: str = ""

    @property
    def hits(self) -> npt.NDArray[np.bool_]:
        """Whether it happens, in each future."""
        return hits_of(self.values, self.threshold, self.when)

    @property
    def share(self) -> tuple[float, float, float]:
        """Share of all futures in which it happens, with its 95 % interval."""
        n, found = len(self.values), int(self.hits.sum())
        return (found / n, *wilson(found, n))

    @property
    def is_found(self) -> bool:
        """Whether there is a box that futures held out of the search bear out."""
        return self.box is not None and self.box.is_confirmed

    def means(self) -> tuple[tuple[float, float, float] | None, ...]:
        """Mean answer of the held-out futures inside the box and outside, each with its 95 % interval.

        None for both without a box that is borne out, and for either with fewer than two futures.
        """
        if self.box is None or not self.is_found:
            return None, None
        _, theirs = halves(len(self.values), seed=self.seed)
        inside = self.box.holds(self.points[theirs])
        return _mean(self.values[theirs][inside]), _mean(self.values[theirs][~inside])

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `frame` as plain values; empty without a box that is borne out."""
        if self.box is None or not self.is_found:
            return []
        found = []
        for side in self.box.sides:
            one = self.uncertain[side.column]
            low, high = one.at((side.low, side.high))[:, 0].tolist()
            found.append({
                "parameter": one.path,
                "unit": one.unit,
                "low": low if side.low > 0.0 else None,
                "high": high if side.high < 1.0 else None,
                "from_share": side.low,
                "to_share": side.high,
                "quasi_p": side.quasi_p,
                "words": in_words(one, side),
            })  # fmt: skip
        return found

    def frame(self) -> pd.DataFrame:
        """Sides of the box, the surest first; no row without a box that is borne out.

        Returns
        -------
        pandas.DataFrame
            `parameter`, its `unit`, `low` and `high` (in that unit, of the first of its places; none where it has no
            limit), `from_share` and `to_share` (the same as shares of probability), `quasi_p` (see `boxes.Side`), and
            the limits in `words`.
        """
        import pandas as pd

        columns = ["parameter", "unit", "low", "high", "from_share", "to_share", "quasi_p", "words"]
        return pd.DataFrame(self.rows(), columns=columns)

    def summary(self) -> str:
        """What was found, in sentences; plainly so if it is nothing."""
        return "\n".join((_how_often(self), *_where(self)))


def discover(
    scenario: Scenario,
    *,
    alternative: Scenario | None = None,
    outcome: str = "net_benefit",
    threshold: float = 0.0,
    when: str | None = None,
    parameters: Sequence[str] | None = None,
    effect_spread: float | Mapping[str, float] = USUAL,
    rows: int = 512,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Discovery:
    """Find in which box of the uncertainties a lever does not pay, or any answer lies beyond a threshold.

    Parameters
    ----------
    scenario : Scenario
    alternative : Scenario, optional
        The same with interventions; the answer is then their paired effect on the outcome, else the outcome itself.
    outcome : str
    threshold : float
        In the outcome's unit.
    when : str, optional
        "below" or "above" the threshold; the worse side unless given.
    parameters : sequence of str, optional
        Paths or tables that are varied; all that carry a spread unless given.
    effect_spread : float or mapping of str to float
        As in `sensitivity`.
    rows : int
        Futures, at least 64: each a draw of all parameters with luck of its own. One run each, two with an alternative.
    seed : int
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (runs done, runs in all).
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Returns
    -------
    Discovery

    Raises
    ------
    InputError
        If a name is unknown, a number is out of range, the alternative differs in more than interventions, nothing is
        uncertain, or the outcome exists in fewer than 64 futures.

    Notes
    -----
    The box is sought on one half of the futures; what is said of it comes from the other half (`studies.boxes`). As
    each future has luck of its own, even the right box does not hold such futures alone.
    """
    question = question_of(scenario, outcome, alternative)
    whole("seed", seed, 0, 2**63 - 1)
    whole("workers", 1 if workers is None else workers, 1, 10_000)
    whole("rows", rows, LEAST_ROWS, MOST_ROWS)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not np.isfinite(threshold):
        raise InputError(f"threshold: {shown(threshold)} is not a number [{question.outcome.unit}]")
    side = when or ("below" if question.outcome.better == "higher" else "above")
    if side not in WHEN:
        raise InputError(f'when: {shown(side)} is neither "below" nor "above"')
    uncertain = unknowns_in(scenario, question.added, parameters=parameters, effect_spread=effect_spread)
    points = unit_cube(len(uncertain), rows, seed=seed)
    changes = [_drawn(uncertain, point) for point in points]
    numbers = [(row,) for row in range(rows)]
    asked = question.asked("discover") | {
        "threshold": threshold, "when": side, "rows": rows,
        "parameters": None if parameters is None else list(parameters), "effect_spread": spread_asked(effect_spread),
    }  # fmt: skip
    with kept_in(store, question.scenarios, asked, seed=seed) as shelf:
        found = evaluated(question, changes, numbers, seed=seed, workers=workers, progress=progress, shelf=shelf)
    values = found[:, 0]
    kept = np.isfinite(values)
    points, values = points[kept], values[kept]
    if len(values) < LEAST_ROWS:
        raise InputError(f"{outcome}: exists in {len(values)} of {rows} futures; at least {LEAST_ROWS} must have it")
    box = box_in(points, hits_of(values, threshold, side), seed=seed)
    return Discovery(question, float(threshold), side, seed, uncertain, points, values, box, run_id_of(shelf))


def hits_of(values: Reals, threshold: float, when: str) -> npt.NDArray[np.bool_]:
    """Whether each value lies beyond the threshold; on it, it does not."""
    return np.asarray(values < threshold if when == "below" else values > threshold)


def in_words(one: Unknown, side: Side) -> str:
    """Limits along one parameter: "churn.value_base is above 0.0012 1/month (its highest 30 %)"."""
    low, high = (q.number(float(value)) for value in one.at((side.low, side.high))[:, 0])
    unit = f" {one.unit}"
    if side.high >= 1.0:
        return f"{one.path} is above {low}{unit} (its highest {100 * (1.0 - side.low):.0f} %)"
    if side.low <= 0.0:
        return f"{one.path} is below {high}{unit} (its lowest {100 * side.high:.0f} %)"
    within = f"from its {100 * side.low:.0f} % to its {100 * side.high:.0f} % point"
    return f"{one.path} is between {low} and {high}{unit} ({within})"


def _drawn(uncertain: Sequence[Unknown], point: Reals) -> Any:
    return lambda world: changed(world, uncertain, point)


def _mean(values: Reals) -> tuple[float, float, float] | None:
    if len(values) < 2:
        return None
    low, high, _ = mean_interval(values)
    return float(values.mean()), low, high


def _event(found: Discovery) -> str:
    outcome, levers = found.question.outcome, found.question.levers
    if not levers:
        return f"{outcome.name} lies {found.when} {q.level(found.threshold, outcome.unit)}"
    if outcome.name == "net_benefit" and found.threshold == 0.0 and found.when == "below":
        return f"{levers} does not pay (its net benefit is below 0)"
    return f"the effect of {levers} on {outcome.name} lies {found.when} {q.change(found.threshold, outcome.unit)}"


def _how_often(found: Discovery) -> str:
    share, low, high = found.share
    return (
        f"In {q.chance(share)} of {len(found.values):,} futures (95 % interval {q.chance(low)} to {q.chance(high)}) "
        f"{_event(found)}."
    )


def _where(found: Discovery) -> list[str]:
    box, share = found.box, found.share[0]
    if share in (0.0, 1.0):
        return [f"It happens in {'none' if share == 0.0 else 'all'} of them, so that there is no box to seek."]
    if box is None:
        return ["No box was found in which it happens more often than elsewhere."]
    if not found.is_found:
        return [
            "No box was found: what one half of the futures suggested, the other half did not bear out, so that it is "
            "no finding."
        ]
    limits = "; and ".join(in_words(found.uncertain[side.column], side) for side in box.sides)
    lines = [
        f"It happens more often where {limits}.",
        f"There it happens in {q.chance(box.density)} (95 % interval {q.chance(box.density_low)} to "
        f"{q.chance(box.density_high)}), against {q.chance(box.base)} of all; that box holds {q.chance(box.coverage)} "
        f"({q.chance(box.coverage_low)} to {q.chance(box.coverage_high)}) of the futures in which it does. "
        f"Counted on {box.rows:,} futures that took no part in the search, {box.inside} of them inside.",
    ]
    if box.density_high < 0.5:
        lines.append("Even there it more often does not happen.")
    inside, outside = found.means()
    unit = found.question.outcome.unit
    say = q.change_with_interval if found.question.levers else _level
    if inside is not None and outside is not None:
        lines.append(f"Mean inside {say(*inside, unit)}, outside {say(*outside, unit)}.")
    return lines


def _level(value: float, low: float, high: float, unit: str) -> str:
    return f"{q.level(value, unit)} [{q.level(low, unit)}, {q.level(high, unit)}]"
