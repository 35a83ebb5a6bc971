"""The noun everything starts from: a world plus dated interventions."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from cxsim.errors import Faults, InputError, did_you_mean, shown
from cxsim.interventions import Intervention
from cxsim.interventions import faults as faults_of
from cxsim.levers import load_lever
from cxsim.levers.settings import intervene
from cxsim.parameters import Parameter, Source, by_path
from cxsim.scenario.checks import checked
from cxsim.scenario.fields import Fields, Target, place_of
from cxsim.scenario.files import parse_set, parse_with, read_world, with_changes
from cxsim.scenario.json_schema import schema
from cxsim.scenario.writing import document_of, hash_of, toml_of

__all__ = ["Scenario", "Target", "check", "parse_set", "parse_with", "scaled", "schema", "with_values"]


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A world, its numbers and what is done to it. Immutable; make one with `Scenario.load`.

    Attributes
    ----------
    name, description : str
    currency : str
        Three letters.
    start_date : datetime.date
        The day of month 0.
    horizon_months : int
    segments : tuple of str
    values : mapping
        Parameter path → value for the whole world, where it differs from the default or is given.
    segment_values : mapping
        Segment → parameter path → value for that segment.
    citations : mapping
        Place in the file → source of the number that stands there.
    series : mapping
        Segment → given monthly arrivals from month 0.
    targets : tuple of Target
        Published numbers that the world is calibrated to.
    interventions : tuple of Intervention
        Shocks, flagged `is_shock`, stand last.
    """

    name: str
    description: str
    currency: str
    start_date: datetime.date
    horizon_months: int
    segments: tuple[str, ...]
    values: Mapping[str, float]
    segment_values: Mapping[str, Mapping[str, float]]
    citations: Mapping[str, Source]
    series: Mapping[str, tuple[float, ...]]
    targets: tuple[Target, ...] = ()
    interventions: tuple[Intervention, ...] = ()

    def __post_init__(self) -> None:
        for key in ("values", "citations", "series"):
            object.__setattr__(self, key, MappingProxyType(dict(getattr(self, key))))
        nested = {name: MappingProxyType(dict(row)) for name, row in self.segment_values.items()}
        object.__setattr__(self, "segment_values", MappingProxyType(nested))
        in_order = tuple(sorted(self.interventions, key=lambda it: it.is_shock))
        object.__setattr__(self, "interventions", in_order)

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Callable[..., Scenario], tuple[dict[str, Any]]]:
        # read-only views do not pickle; scenarios travel to worker processes
        plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in self._parts()}
        plain["segment_values"] = {name: dict(row) for name, row in self.segment_values.items()}
        return _rebuilt, (plain,)

    @classmethod
    def load(cls, name_or_path: str | Path) -> Scenario:
        """Load a world of the catalogue by name, or a scenario file.

        Raises
        ------
        InputError
            With every fault, each on its own line.
        """
        document = read_world(name_or_path)
        return cls(**checked(document, str(name_or_path)))

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of everything that can change a result."""
        return hash_of(self._fields())

    def value(self, path: str, segment: str | None = None) -> float:
        """A parameter's value: the segment's own, else the world's, else the declared default, in its unit.

        Raises
        ------
        InputError
            If there is no such parameter or segment.
        """
        parameter = self._parameter(path, segment)
        if segment is not None and path in self.segment_values.get(segment, ()):
            return self.segment_values[segment][path]
        return self.values.get(path, parameter.default)

    def citation(self, path: str, segment: str | None = None) -> Source:
        """Where the value that `value` gives comes from.

        A value given without a source is an assumption; it keeps the claims that the declared number carries.

        Raises
        ------
        InputError
            If there is no such parameter or segment.
        """
        parameter = self._parameter(path, segment)
        own = segment is not None and path in self.segment_values.get(segment, ())
        if not own and path not in self.values:
            return parameter.source
        unsourced = Source(f"assumption: set in {self.name}, no source given", claims=parameter.source.claims)
        return self.citations.get(place_of(path, segment if own and segment else ""), unsourced)

    def with_(self, lever: str | Path | Intervention, **settings: Any) -> Scenario:
        """Add an intervention.

        Parameters
        ----------
        lever : str, Path or Intervention
            A lever's or shock's name, the path of a lever's TOML file, or a finished intervention.
        **settings
            The lever's settings; every lever has `start`, `stop` (months), `segments` and, unless it is for
            everyone, `coverage` and `capacity` (most accounts served in a month).

        Raises
        ------
        InputError
            If there is no such lever or setting, or a value is out of range.
        """
        if isinstance(lever, Intervention):
            faults = Faults()
            for key in settings:
                faults.add(key, "a finished intervention has no settings")
            for place, message in faults_of(lever, self.segments):
                faults.add(place, message)
            faults.stop_if_any(lever.name)
            return dataclasses.replace(self, interventions=(*self.interventions, lever))
        found = load_lever(str(lever))
        label = str(lever) if str(lever).endswith(".toml") else ""
        made = intervene(found, settings, self.segments, label=label)
        return dataclasses.replace(self, interventions=(*self.interventions, made))

    def set(self, path: str, value: object) -> Scenario:
        """Change one value of the world: "churn.value_base", "segments.mid.churn.value_base", "horizon_months".

        Raises
        ------
        InputError
            If there is no such place, or the value does not fit it.
        """
        return with_values(self, {path: value})

    def to_toml(self) -> str:
        """The complete scenario as a TOML file; loading it gives an equal scenario with an equal hash."""
        return toml_of(document_of(self._fields()))

    def _parts(self) -> list[tuple[str, Any]]:
        return [(field.name, getattr(self, field.name)) for field in dataclasses.fields(self)]

    def _fields(self) -> Fields:
        return cast(Fields, dict(self._parts()))

    def _parameter(self, path: str, segment: str | None) -> Parameter:
        known = by_path()
        if path not in known:
            raise InputError(f"{path}: no such parameter.{did_you_mean(path, known)}")
        if segment is not None and segment not in self.segments:
            near = did_you_mean(segment, self.segments)
            raise InputError(f"{segment}: no such segment in {self.name}.{near} There are: {', '.join(self.segments)}")
        return known[path]


def with_values(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """Change several values at once, checked together.

    Parameters
    ----------
    scenario : Scenario
    changes : mapping
        Place, as in `Scenario.set` → value.

    Raises
    ------
    InputError
        If there is no such place, a value does not fit it, or every segment has a value of its own there, so that
        the change would do nothing.
    """
    faults = Faults()
    for path in changes:
        own = [name for name in scenario.segments if path in scenario.segment_values.get(name, ())]
        if own and len(own) == len(scenario.segments):
            places = ", ".join(place_of(path, name) for name in own)
            faults.add(path, f"each segment has its own, so that this would change nothing; set {places}")
    faults.stop_if_any()
    return Scenario(**checked(with_changes(document_of(scenario._fields()), changes)))


def scaled(scenario: Scenario, accounts: float) -> Scenario:
    """Scale base and arrivals to about this many active accounts at month 0; teams stay.

    Raises
    ------
    InputError
        If `accounts` is not a positive number, or arrivals leave their range.
    """
    if isinstance(accounts, bool) or not isinstance(accounts, int | float) or not 0.0 < accounts < math.inf:
        raise InputError(f"accounts: {shown(accounts)} is not a positive number of accounts")
    factor = accounts / scenario.value("arrivals.base_accounts")
    path = "arrivals.per_month"
    changes: dict[str, object] = {"arrivals.base_accounts": float(accounts)}
    own = {name for name in scenario.segments if path in scenario.segment_values.get(name, ())}
    for name in own:
        changes[place_of(path, name)] = scenario.value(path, name) * factor
    if len(own) < len(scenario.segments):
        changes[path] = scenario.value(path) * factor
    for name, row in scenario.series.items():
        changes[f"arrivals.series.{name}"] = [number * factor for number in row]
    return with_values(scenario, changes)


def check(path: str | Path) -> list[str]:
    """Say what is wrong with a scenario file, each fault on its own line; empty if it is sound."""
    try:
        Scenario.load(path)
    except InputError as error:
        return error.faults
    return []


def _rebuilt(parts: dict[str, Any]) -> Scenario:
    return Scenario(**parts)
