"""All that is not known when a question is asked: numbers of the world, and how strong its levers really are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cxsim.interventions import Intervention
from cxsim.scenario import Scenario
from cxsim.studies.draws import Uncertain, drawn, uncertain_in
from cxsim.studies.strengths import Strength, strengthened, strengths_of

Unknown = Uncertain | Strength


def unknowns_in(
    scenario: Scenario,
    levers: Sequence[Intervention],
    *,
    parameters: Sequence[str] | None = None,
    effect_spread: float | Mapping[str, float] = 0.0,
) -> tuple[Unknown, ...]:
    """Parameters of a world that carry a spread, and then the strengths of its levers.

    Parameters
    ----------
    scenario : Scenario
    levers : sequence of Intervention
    parameters : sequence of str, optional
        Paths ("churn.value_base", "formal-onboarding.strength"), tables ("churn") or levers to keep; all unless given.
    effect_spread : float or mapping of str to float
        As in `strengths.strengths_of`.

    Raises
    ------
    InputError
        If a name is unknown, nothing is uncertain, or a spread is out of range.
    """
    forces = strengths_of(levers, effect_spread)
    if parameters is None:
        return (*uncertain_in(scenario), *forces)
    chosen = tuple(force for force in forces if {force.path, force.lever} & set(parameters))
    named = {name for force in chosen for name in (force.path, force.lever)}
    rest = [name for name in parameters if name not in named]
    return (*(uncertain_in(scenario, rest) if rest or not chosen else ()), *chosen)


def changed(scenario: Scenario, unknowns: Sequence[Unknown], point: npt.ArrayLike) -> Scenario:
    """The scenario with what stands at a point of the unit cube: its world's numbers, and its levers' effects.

    Parameters
    ----------
    scenario : Scenario
    unknowns : sequence of Uncertain or Strength
    point : array of numbers in [0, 1], shape (len(unknowns),)
    """
    where = list(zip(unknowns, np.asarray(point, dtype=np.float64).tolist(), strict=True))
    numbers = [(one, u) for one, u in where if isinstance(one, Uncertain)]
    factors = {one.lever: float(one.at(u)[0]) for one, u in where if isinstance(one, Strength)}
    world = drawn(scenario, [one for one, _ in numbers], [u for _, u in numbers]) if numbers else scenario
    return strengthened(world, factors) if factors else world
