"""What we do not know about a world's numbers, drawn: from a point of the unit cube to a world with those numbers.

A declared spread is the standard deviation of what we do not know about a parameter's default. A world that sets its
own value is as unsure of it in proportion: the spread keeps its ratio to the distance from the nearer end of the
allowed range, so that a rate set to a tenth has a tenth of the spread, and one set to the end of its range ("none")
has none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import Faults, InputError
from cxsim.parameters import Parameter, by_path, declared
from cxsim.scenario import Scenario, with_values
from cxsim.scenario.fields import place_of

Reals = npt.NDArray[np.float64]

WIDEST: Final = 1.0 / 3.0  # of the largest variance that a mean in a range allows: that of a uniform distribution
EDGE: Final = 1e-12  # a quasi-random point may be 0 or 1, where an open range has no value
CEILING: Final = "adoption.ticket_ceiling"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A parameter of a world whose value is not known exactly.

    Attributes
    ----------
    parameter : Parameter
    places : tuple of str
        Where a value stands: "" for the world, else a segment that has its own.
    values, spreads : tuple of float
        Mean and standard deviation at each place, in the parameter's unit.
    """

    parameter: Parameter
    places: tuple[str, ...]
    values: tuple[float, ...]
    spreads: tuple[float, ...]

    @property
    def path(self) -> str:
        """Place of the parameter in a scenario file."""
        return self.parameter.path

    @property
    def meaning(self) -> str:
        """What it is, in words."""
        return self.parameter.meaning

    @property
    def unit(self) -> str:
        """Unit of its values."""
        return self.parameter.unit

    @property
    def source(self) -> str:
        """Where the default comes from."""
        return self.parameter.source.text

    def at(self, u: npt.ArrayLike) -> Reals:
        """Values whose share of probability below is u.

        Parameters
        ----------
        u : array of numbers in [0, 1], shape (...)

        Returns
        -------
        float array, shape (..., number of places)
            All places move together: what is not known about a parameter is not known of the world and of segments
            that differ from it alike.

        Notes
        -----
        A beta distribution on the allowed range with the place's mean and standard deviation: far from both ends it is
        near a normal one, near an end near a gamma one, and never outside. Whole numbers are rounded.
        """
        found = [
            quantiles(u, mean, spread, self.parameter.low, self.parameter.high)
            for mean, spread in zip(self.values, self.spreads, strict=True)
        ]
        together = np.stack(found, axis=-1)
        return np.round(together) if self.parameter.whole else together


def uncertain_in(scenario: Scenario, wanted: Sequence[str] | None = None) -> tuple[Uncertain, ...]:
    """Parameters of a world that carry a spread, in the order of the parameter row.

    Parameters
    ----------
    scenario : Scenario
    wanted : sequence of str, optional
        Paths ("churn.value_base") or tables ("churn") to keep; all unless given.

    Raises
    ------
    InputError
        If there is no such parameter or table, or nothing in it is uncertain in this world.
    """
    found = {one.path: one for one in (_uncertain(parameter, scenario) for parameter in declared()) if one is not None}
    if wanted is None:
        return tuple(found.values())
    known = by_path()
    tables = dict.fromkeys(path.split(".")[0] for path in known)
    chosen: set[str] = set()
    faults = Faults()
    for name in wanted:
        mine = {path for path in found if path == name or path.split(".")[0] == name}
        if not mine and name in known:
            faults.add(name, _why_known(known[name], scenario))
        elif not mine and name in tables:
            faults.add(name, f"no parameter of this table is uncertain in {scenario.name}")
        elif not mine:
            faults.unknown(name, name, (*known, *tables), "parameter or table")
        chosen |= mine
    faults.stop_if_any("parameters")
    if not chosen:
        raise InputError("parameters: none is named")
    return tuple(one for path, one in found.items() if path in chosen)


def unit_cube(dimensions: int, draws: int, *, seed: int) -> Reals:
    """Quasi-random points: scrambled Sobol numbers, evener than random ones and each of them uniform.

    Parameters
    ----------
    dimensions, draws, seed : int
        Powers of two draws are the evenest.

    Returns
    -------
    float array, shape (draws, dimensions), in [0, 1]

    References
    ----------
    Owen 1998, doi:10.1006/jcom.1998.0487; numbers of scipy.stats.qmc (Joe & Kuo 2008, doi:10.1137/070709359).
    """
    import warnings

    from scipy.stats import qmc

    sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng([seed, dimensions]))
    with warnings.catch_warnings():  # any number of draws is fair, only less even
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(sobol.random(draws), dtype=np.float64)


def values_at(uncertain: Sequence[Uncertain], points: Reals) -> Reals:
    """Values of the parameters at points of the unit cube, at the first place of each; shape as that of `points`."""
    return np.stack([one.at(points[:, place])[:, 0] for place, one in enumerate(uncertain)], axis=-1)


def drawn(scenario: Scenario, uncertain: Sequence[Uncertain], point: npt.ArrayLike) -> Scenario:
    """A world with the values that stand at a point of the unit cube.

    Parameters
    ----------
    scenario : Scenario
        Interventions stay as they are.
    uncertain : sequence of Uncertain
        As `uncertain_in` gives them.
    point : array of numbers in [0, 1], shape (len(uncertain),)

    Notes
    -----
    The ceiling of tickets, which has to lie above their rate and means nothing else, is raised where it must be.
    """
    changes: dict[str, object] = {}
    for one, u in zip(uncertain, np.asarray(point, dtype=np.float64), strict=True):
        for segment, value in zip(one.places, one.at(u), strict=True):
            changes[place_of(one.path, segment)] = int(value) if one.parameter.whole else float(value)
    needed = 1.000001 * _most_tickets(scenario, changes)
    if needed > scenario.value(CEILING):
        changes[CEILING] = min(needed, by_path()[CEILING].high)
    return with_values(scenario, changes)


def quantiles(u: npt.ArrayLike, mean: float, spread: float, low: float, high: float) -> Reals:
    """Quantiles of the beta distribution on [low, high] with a mean and a standard deviation.

    With m the mean's place in the range and v the variance, both relative: a = m·k, b = (1 − m)·k, k = m(1 − m)/v − 1.
    """
    from scipy.special import betaincinv

    points = np.clip(np.asarray(u, dtype=np.float64), EDGE, 1.0 - EDGE)
    if spread == 0.0:
        return np.full(points.shape, mean)
    place, relative = (mean - low) / (high - low), spread / (high - low)
    k = place * (1.0 - place) / (relative * relative) - 1.0
    found = low + (high - low) * betaincinv(place * k, (1.0 - place) * k, points)
    return np.asarray(np.clip(found, low, high))


def _uncertain(parameter: Parameter, scenario: Scenario) -> Uncertain | None:
    own = [name for name in scenario.segments if parameter.path in scenario.segment_values.get(name, ())]
    places = [*([""] if len(own) < len(scenario.segments) else []), *own]
    values = tuple(scenario.value(parameter.path, place or None) for place in places)
    spreads = tuple(spread_at(parameter, value) for value in values)
    return Uncertain(parameter, tuple(places), values, spreads) if any(spreads) else None


def spread_at(parameter: Parameter, value: float) -> float:
    """Standard deviation of what is not known about a value that a world gives to a parameter, in its unit."""
    room = (value - parameter.low) * (parameter.high - value)
    by_default, here = (min(x - parameter.low, parameter.high - x) for x in (parameter.default, value))
    if room <= 0.0 or parameter.spread == 0.0:
        return 0.0
    scaled = parameter.spread * (here / by_default if by_default > 0.0 else 1.0)
    return min(scaled, math.sqrt(WIDEST * room))


def _most_tickets(scenario: Scenario, changes: dict[str, object]) -> float:
    def number(path: str, segment: str) -> float:
        own = changes.get(place_of(path, segment))
        if own is None and path not in scenario.segment_values.get(segment, ()):
            own = changes.get(path)
        return scenario.value(path, segment) if own is None else float(str(own))

    return max(
        number("adoption.ticket_rate", name) * (1.0 + number("adoption.ticket_early", name))
        for name in scenario.segments
    )


def _why_known(parameter: Parameter, scenario: Scenario) -> str:
    if parameter.spread == 0.0:
        return "is a choice or a definition, so that it has no spread"
    return f"stands at the end of its range in {scenario.name}, so that nothing is uncertain about it"
