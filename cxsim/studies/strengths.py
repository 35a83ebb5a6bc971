"""How strong a lever really is: what is put in about its effects is a guess too, and may be drawn.

The files of levers state effects without a spread. Whoever wants to know what that leaves open says how unsure they
are: an assumption of theirs, and listed as one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import Faults, shown
from cxsim.interventions import ADD, SET, Edit, Intervention
from cxsim.parameters import declared
from cxsim.scenario import Scenario
from cxsim.studies.draws import EDGE

# How unsure of a lever's effect whoever asks is taken to be unless told otherwise, as a share of it. An assumption:
# that effects elsewhere differ by much is known (nudges moved 8.7 points where researchers tried them and 1.4 at scale,
# DellaVigna & Linos 2022, doi:10.3982/ECTA18709), by how much those of these levers do is not.
USUAL: Final = 0.5


def spread_asked(spread: float | Mapping[str, float]) -> float | list[list[str | float]]:
    """A spread as the store notes it: pairs, for a mapping would lose its order."""
    return [[name, size] for name, size in spread.items()] if isinstance(spread, Mapping) else spread


@dataclass(frozen=True, slots=True)
class Strength:
    """A factor on the effects of one lever: 1 as put in, 0 none, below 0 the opposite.

    Attributes
    ----------
    lever : str
    spread : float
        Standard deviation of the factor, which is normal with mean 1.
    """

    lever: str
    spread: float

    @property
    def path(self) -> str:
        """What it is called among what is uncertain."""
        return f"{self.lever}.strength"

    @property
    def meaning(self) -> str:
        """What it is, in words."""
        return f"how strong {self.lever} really is"

    @property
    def unit(self) -> str:
        """Of the factor."""
        return "times as put in"

    @property
    def source(self) -> str:
        """Where the spread comes from."""
        return "assumption: given with the question"

    def at(self, u: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Factors whose share of probability below is u; shape (..., 1), as those of a parameter with one place."""
        from scipy.special import ndtri

        points = np.clip(np.asarray(u, dtype=np.float64), EDGE, 1.0 - EDGE)
        return np.asarray(1.0 + self.spread * ndtri(points))[..., None]


def strengths_of(levers: Sequence[Intervention], spread: float | Mapping[str, float]) -> tuple[Strength, ...]:
    """Strengths of those levers that move a number which is no choice itself.

    Parameters
    ----------
    levers : sequence of Intervention
    spread : float or mapping
        Standard deviation of every factor, or of each lever's by its name; 0 for none.

    Raises
    ------
    InputError
        If a spread is not a number from 0 to 10, or a lever named is not there or has no effect to be unsure of.
    """
    faults = Faults()
    names = list(dict.fromkeys(it.name for it in levers))
    given = dict(spread) if isinstance(spread, Mapping) else dict.fromkeys(names, spread)
    movable = {it.name for it in levers if any(map(_is_effect, it.edits))}
    for name, size in given.items():
        if isinstance(size, bool) or not isinstance(size, int | float) or not 0.0 <= size <= 10.0:
            faults.add(name, f"{shown(size)} is not a number from 0 to 10, as a share of the effect")
        elif name not in names:
            faults.unknown(name, name, names, "lever among the alternatives")
        elif isinstance(spread, Mapping) and name not in movable:
            faults.add(
                name, "moves choices only, such as how many people there are, so that nothing is uncertain in it"
            )
    faults.stop_if_any("effect_spread")
    return tuple(Strength(name, float(given[name])) for name in names if name in movable and given.get(name))


def strengthened(scenario: Scenario, factors: Mapping[str, float]) -> Scenario:
    """A scenario whose levers have their effects times a factor; costs, dates and choices stay.

    What is added is multiplied; of a factor f on a number its distance from 1 is, and it does not fall below 0.
    """
    return replace(scenario, interventions=tuple(_scaled(it, factors) for it in scenario.interventions))


def _scaled(it: Intervention, factors: Mapping[str, float]) -> Intervention:
    if it.name not in factors:
        return it
    return replace(it, edits=tuple(_sized(edit, factors[it.name]) for edit in it.edits))


def _sized(edit: Edit, factor: float) -> Edit:
    if not _is_effect(edit):
        return edit
    parameter = declared()[edit.parameter]
    if edit.operation == ADD:
        widest = parameter.high - parameter.low
        return replace(edit, size=float(np.clip(edit.size * factor, -widest, widest)))
    return replace(edit, size=max(0.0, 1.0 + (edit.size - 1.0) * factor))


def _is_effect(edit: Edit) -> bool:
    """Whether it moves a number that is not chosen: choices are declared without a spread, and "set" is one."""
    parameter = declared()[edit.parameter]
    return edit.operation != SET and parameter.spread > 0.0 and not parameter.whole and math.isfinite(edit.size)
