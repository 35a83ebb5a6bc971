"""Dose and response: one setting over several values, and from where on more of it brings little more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import InputError
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison
from cxsim.studies.findings import verdict
from cxsim.studies.grids import NINE_TENTHS, Axis, Grid, grid
from cxsim.studies.pairs import Reals, mean_interval
from cxsim.studies.replications import Progress

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store


@dataclass(frozen=True, slots=True)
class Saturation:
    """From where on more brings little more.

    Attributes
    ----------
    best : float
        Value of the setting with the best mean.
    reached : float or None
        Least value at which the mean has the share of the best effect; None if no value has an effect for sure.
    sure : float or None
        Least value from which on every larger one is, with 95 % confidence each, better by no more than the rest of the
        best effect; None if that holds only for the largest value tried, or for none.
    turns_back : bool
        Whether the largest value does for sure less than the best one.
    share : float
    """

    best: float
    reached: float | None
    sure: float | None
    turns_back: bool
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Dose:
    """Effects of one setting at each of its values.

    Attributes
    ----------
    grid : Grid
        With one axis.
    """

    grid: Grid

    @property
    def axis(self) -> Axis:
        """What varies."""
        return self.grid.axes[0]

    @property
    def values(self) -> Reals:
        """The values tried, in rising order."""
        return np.array([point[0] for point in self.grid.points])

    @property
    def comparison(self) -> Comparison:
        """Each value as an alternative to the baseline."""
        return self.grid.comparison

    def frame(self, outcome: str | None = None) -> pd.DataFrame:
        """Effects at each value, as `Grid.frame`, with what each value brings more than the one before.

        Returns
        -------
        pandas.DataFrame
            Also `step`, `step_low`, `step_high`: the paired difference from the value before with its 95 % interval;
            NaN at the least value.

        Raises
        ------
        InputError
            If there is no such outcome.
        """
        table = self.grid.frame(outcome)
        steps = [step for name in table["outcome"].unique() for step in self._steps(str(name))]
        return table.assign(**dict(zip(("step", "step_low", "step_high"), np.array(steps).T, strict=True)))

    def _steps(self, outcome: str) -> list[tuple[float, float, float]]:
        gains = self.grid.differences(outcome)
        found = [(np.nan, np.nan, np.nan)]
        for before, after in pairwise(gains):
            step = (after - before)[np.isfinite(after - before)]
            low, high = mean_interval(step)[:2] if len(step) > 1 else (np.nan, np.nan)
            found.append((float(step.mean()) if len(step) else np.nan, low, high))
        return found

    def saturation(self, outcome: str, *, share: float = NINE_TENTHS) -> Saturation:
        """From which value on more of the setting brings little more.

        Parameters
        ----------
        outcome : str
        share : float
            Of the best effect, above 0 and below 1, that has to be there.

        Raises
        ------
        InputError
            If there is no such outcome, it does not exist everywhere, there are fewer than two replications, or the
            share is out of range.
        """
        if not 0.0 < share < 1.0:
            raise InputError(f"share: {share!r} is not above 0 and below 1")
        if self.comparison.n < 2:
            raise InputError("replications: one is too few for an interval; at least 2")
        (best,), _ = self.grid.best(outcome)
        sign = 1.0 if OUTCOMES[outcome].better == "higher" else -1.0
        gains, values = sign * self.grid.differences(outcome), self.values.tolist()
        top = gains[values.index(best)]
        whole = float(top.mean())
        turns_back = mean_interval(top - gains[-1])[0] > 0.0
        if mean_interval(top)[0] <= 0.0:
            return Saturation(best, None, None, turns_back, share)
        reached = next(v for v, gain in zip(values, gains, strict=True) if gain.mean() >= share * whole)
        sure = None
        for place in range(len(values) - 2, -1, -1):
            ahead = [mean_interval(later - gains[place])[1] for later in gains[place + 1 :]]
            if max(ahead) > (1.0 - share) * whole:
                break
            sure = values[place]
        return Saturation(best, reached, sure, turns_back, share)

    def summary(self, outcome: str) -> str:
        """Say how large the effect gets, at which value, and from where on more brings little.

        Raises
        ------
        InputError
            As in `saturation`.
        """
        found = self.saturation(outcome)
        effect, unit = self.grid.effect(outcome, (found.best,)), OUTCOMES[outcome].unit
        assert effect.difference is not None
        assert effect.low is not None
        assert effect.high is not None
        said = q.change_in_words(effect.difference, effect.low, effect.high, unit)
        start = f"{self.axis.name}, {self.values[0]:g} to {self.values[-1]:g}: {q.title(outcome)}"
        harm = f" It does harm for sure at {harmful(self, outcome)}." if harmful(self, outcome) else ""
        if found.reached is None:
            return f"{start} is not clearly better at any value; at the best one, {found.best:g}: {said}.{harm}"
        parts = [f"{start} {said}, at {found.best:g}, the best value"]
        if found.reached < found.best:
            parts.append(f"{100 * found.share:.0f} % of that is there at {found.reached:g}")
        if found.sure is not None:
            parts.append(f"beyond {found.sure:g} more of it brings for sure no more than a tenth of the effect")
        elif found.turns_back:
            parts.append(f"at {self.values[-1]:g} the effect is smaller again, for sure")
        else:
            parts.append("where it levels off cannot be told from these values and replications")
        return "; ".join(parts) + "." + harm


def harmful(found: Dose, outcome: str) -> str:
    """The values at which an outcome is for sure worse than the baseline's, in words; "" where there are none.

    Raises
    ------
    InputError
        If there is no such outcome.
    """
    bad = [f"{v:g}" for v in found.values.tolist() if verdict(found.grid.effect(outcome, (v,)), outcome) == "worse"]
    return ", ".join(bad)


def dose(
    baseline: Scenario,
    *,
    setting: str,
    values: Sequence[float],
    lever: str | None = None,
    settings: Mapping[str, Any] | None = None,
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Dose:
    """Try a setting at several values against a baseline, all under the same luck.

    Parameters
    ----------
    baseline : Scenario
    setting : str
        Of the lever, such as "coverage"; without a lever a place in the world, such as "teams.success_headcount".
    values : sequence of float
    lever : str, optional
        A lever's or shock's name, or the path of its TOML file.
    settings : mapping, optional
        The lever's other settings.
    replications, seed, workers, progress, engine, store
        As in `compare`.

    Raises
    ------
    InputError
        As in `grid`.

    Notes
    -----
    Coverage is nested: those who are covered at 25 % are covered at 50 % too, so that the curve does not compare
    different crowds. A change of the world holds from its history on: it is another world, not a change at month 0.
    """
    axis = Axis(setting, values, lever, settings or {})
    found = grid(
        baseline, axis, replications=replications, seed=seed, workers=workers, progress=progress, engine=engine,
        store=store,
    )  # fmt: skip
    return Dose(found)
