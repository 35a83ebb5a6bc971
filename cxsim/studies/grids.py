"""How much of a lever? Settings over several values, each point against the baseline under the same luck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import Faults, InputError, shown
from cxsim.levers import load_lever
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario, with_values
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison, effect_row, known
from cxsim.studies.experiment import compare
from cxsim.studies.findings import verdict
from cxsim.studies.pairs import Effect, Reals, mean_interval
from cxsim.studies.replications import Progress

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

MOST_POINTS: Final = 400
NINE_TENTHS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Axis:
    """A number that is tried at several values.

    Attributes
    ----------
    setting : str
        Of a lever; without one a place in the world, as in `Scenario.set`.
    values : sequence of float
        At least two; put in rising order.
    lever : str, optional
        A lever's or shock's name, or the path of its TOML file.
    settings : mapping
        The lever's other settings, the same at each value.

    Raises
    ------
    InputError
        If the values are not different numbers, or the setting is given twice.
    """

    setting: str
    values: Sequence[float]
    lever: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = Faults()
        for value in self.values:
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                faults.add(self.setting, f"{shown(value)} is not a finite number")
        faults.stop_if_any("values")
        if len(set(self.values)) < max(len(self.values), 2):
            faults.add(self.setting, "needs two or more values, each of them once")
        if self.setting in self.settings:
            faults.add(self.setting, "is the setting that varies, so that it cannot have a value of its own")
        if self.settings and self.lever is None:
            faults.add(next(iter(self.settings)), "is a setting of no lever; name the lever")
        faults.stop_if_any("values")
        object.__setattr__(self, "values", tuple(sorted(self.values)))
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    @property
    def name(self) -> str:
        """What varies, in a few words."""
        return f"{self.setting} of {self.lever}" if self.lever else self.setting

    @property
    def unit(self) -> str:
        """Unit of the values; "" where it has none."""
        if self.lever is not None:
            return next((one.unit for one in load_lever(self.lever).settings if one.key == self.setting), "")
        from cxsim.parameters import by_path

        key = self.setting.removeprefix("segments.").partition(".")[2]
        found = by_path().get(self.setting) or by_path().get(key) or by_path().get(f"segments.{key}")
        return found.unit if found else ""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Effects of one or more settings at every combination of their values.

    Attributes
    ----------
    axes : tuple of Axis
    points : tuple of tuple of float
        The values at each point, one for each axis.
    comparison : Comparison
        Its alternatives are the points, in the same order.
    """

    axes: tuple[Axis, ...]
    points: tuple[tuple[float, ...], ...]
    comparison: Comparison

    def effect(self, outcome: str, point: Sequence[float]) -> Effect:
        """Effect at a point, against the baseline.

        Raises
        ------
        InputError
            If there is no such outcome or point.
        """
        place = tuple(float(value) for value in point)
        if place not in self.points:
            raise InputError(f"point: {place} was not tried; there are {', '.join(map(str, self.points[:12]))}")
        return self.comparison.effect(outcome, self.comparison.alternatives[self.points.index(place)].name)

    def frame(self, outcome: str | None = None) -> pd.DataFrame:
        """Effects at each point.

        Parameters
        ----------
        outcome : str, optional
            Every outcome unless given.

        Returns
        -------
        pandas.DataFrame
            A column for each axis, named by its setting (its lever before it where two settings have one name), then as
            in `Comparison.effects`: `difference` from the baseline with its 95 % interval `low`, `high`, and so on.
            Intervals are for each point by itself.

        Raises
        ------
        InputError
            If there is no such outcome.
        """
        import pandas as pd

        names = list(OUTCOMES) if outcome is None else [known(outcome)]
        columns = self.columns
        return pd.DataFrame([
            {**dict(zip(columns, point, strict=True)), **effect_row(name, self.effect(name, point))}
            for name in names
            for point in self.points
        ])  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the axes in `frame`."""
        settings = [axis.setting for axis in self.axes]
        return tuple(
            axis.setting if settings.count(axis.setting) == 1 else f"{axis.lever or 'world'}:{axis.setting}"
            for axis in self.axes
        )

    def table(self, outcome: str) -> pd.DataFrame:
        """Differences with the first axis across and the second down.

        Raises
        ------
        InputError
            If there is no such outcome, or there are not two axes.
        """
        if len(self.axes) != 2:
            raise InputError(f"table: takes two axes, and there are {len(self.axes)}")
        across, down = self.columns
        return self.frame(outcome).pivot_table(index=down, columns=across, values="difference", dropna=False)

    def differences(self, outcome: str) -> Reals:
        """Difference from the baseline at each point in each replication; shape (points, replications)."""
        before = self.comparison.baseline.values(outcome)
        return np.array([run.values(outcome) - before for run in self.comparison.alternatives])

    def best(self, outcome: str) -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
        """The point with the best mean, and those that cannot be told from it.

        The latter are points whose paired difference from the best has a 95 % interval that includes zero.

        Raises
        ------
        InputError
            If there is no such outcome, or it does not exist at every point of every replication.
        """
        sign = 1.0 if OUTCOMES[known(outcome)].better == "higher" else -1.0
        gains = sign * self.differences(outcome)
        if not np.isfinite(gains).all():
            raise InputError(f"{outcome}: does not exist at every point of every replication")
        winner = int(np.argmax(gains.mean(axis=1)))
        near = [
            point
            for place, point in enumerate(self.points)
            if place != winner and mean_interval(gains[winner] - gains[place])[0] <= 0.0
        ]
        return self.points[winner], tuple(near)

    def summary(self, outcome: str) -> str:
        """Say which point is best, how sure that is, and whether some do harm.

        Raises
        ------
        InputError
            As in `best`.
        """
        point, near = self.best(outcome)
        unit, effect = OUTCOMES[outcome].unit, self.effect(outcome, point)
        assert effect.difference is not None
        place = ", ".join(f"{name} {value:g}" for name, value in zip(self.columns, point, strict=True))
        harmful = sum(verdict(self.effect(outcome, one), outcome) == "worse" for one in self.points)
        start = f"{q.title(outcome)}: the best of {len(self.points)} points is {place}"
        if effect.low is None or effect.high is None:
            return f"{start} ({q.change(effect.difference, unit)} in one replication says little; ask for more)."
        found = verdict(effect, outcome)
        said = q.change_in_words(effect.difference, effect.low, effect.high, unit)
        start += f" ({said} against the baseline)"
        if found in ("unclear", "same"):
            start += "; not even there is a clear effect"
        elif found == "worse":
            start += "; even there it does harm"
        parts = [start]
        others = f"{len(near)} other points" if len(near) > 1 else "one other point"
        parts.append(f"{others} cannot be told from it" if near else "every other point is worse than it for sure")
        parts.append(f"{harmful} of the {len(self.points)} do harm for sure" if harmful else "none does harm for sure")
        return "; ".join(parts) + ". The best of many owes something to luck: try it again with another seed."


def grid(
    baseline: Scenario,
    *axes: Axis,
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Grid:
    """Try every combination of some settings' values against a baseline, all under the same luck.

    Parameters
    ----------
    baseline : Scenario
    *axes : Axis
        Axes of one lever are settings of one intervention. An axis of the world changes the world of the point from its
        history on, and not that of the baseline.
    replications, seed, workers, progress, engine, store
        As in `compare`.

    Raises
    ------
    InputError
        If there is no axis, a value does not fit its setting, a lever is in the baseline already, or there are more
        than `MOST_POINTS` points.
    """
    faults = Faults()
    if not axes:
        faults.add("grid", "needs at least one axis")
    if len({(axis.lever, axis.setting) for axis in axes}) < len(axes):
        faults.add("grid", "the same setting stands on two axes")
    number = math.prod(len(axis.values) for axis in axes)
    if number > MOST_POINTS:
        faults.add("grid", f"{number} points are more than the {MOST_POINTS} allowed")
    there = {it.name for it in baseline.interventions}
    for lever in dict.fromkeys(axis.lever for axis in axes if axis.lever in there):
        faults.add(str(lever), "is in the baseline already, and would be there twice")
    faults.stop_if_any()
    points = points_of(axes)
    names = [", ".join(f"{axis.setting}={v:g}" for axis, v in zip(axes, point, strict=True)) for point in points]
    found = compare(
        baseline,
        *[_world(baseline, axes, point) for point in points],
        replications=replications,
        seed=seed,
        workers=workers,
        progress=progress,
        engine=engine,
        store=store,
        names=names,
    )
    return Grid(axes, points, found)


def points_of(axes: Sequence[Axis]) -> tuple[tuple[float, ...], ...]:
    """Every combination of the axes' values, the last axis fastest."""
    return tuple(tuple(float(value) for value in point) for point in product(*(axis.values for axis in axes)))


def _world(baseline: Scenario, axes: Sequence[Axis], point: Sequence[float]) -> Scenario:
    """The alternative at a point."""
    changes: dict[str, object] = {}
    levers: dict[str, dict[str, Any]] = {}
    for axis, value in zip(axes, point, strict=True):
        given: float = int(value) if value == math.floor(value) else value
        if axis.lever is None:
            changes[axis.setting] = given
        else:
            levers[axis.lever] = {**levers.get(axis.lever, {}), **axis.settings, axis.setting: given}
    world = with_values(baseline, changes) if changes else baseline
    for lever, settings in levers.items():
        world = world.with_(lever, **settings)
    return world
