"""Coalitions of levers: the worlds in which some of several are used, and each one's fair share of a gain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError
from cxsim.interventions import Intervention
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.answers import added
from cxsim.studies.pairs import mean_interval
from cxsim.studies.quantities import change, title

Reals = npt.NDArray[np.float64]
MOST_EXACT: Final = 6  # levers up to which every coalition is simulated
MOST_LEVERS: Final = 30


def levers_of(baseline: Scenario, alternative: Scenario) -> tuple[Intervention, ...]:
    """What an alternative adds to its baseline.

    Raises
    ------
    InputError
        If it adds nothing, or differs in anything else, so that its effect is not that of levers.
    """
    levers = added(baseline, alternative)
    if not levers:
        raise InputError(f"{alternative.name}: adds no lever to {baseline.name}, so that it has no effect of its own")
    if replace(alternative, interventions=(), name="") != replace(baseline, interventions=(), name=""):
        raise InputError(
            f"{alternative.name}: differs from {baseline.name} in more than levers, so that its effect is not theirs "
            "alone (put what both have in common into the baseline)"
        )
    return levers


def shared_among(baseline: Scenario, alternative: Scenario) -> tuple[Intervention, ...]:
    """The levers among which what an alternative does can be shared out.

    Raises
    ------
    InputError
        If it differs in anything but levers, or they are more than 30.
    """
    levers = levers_of(baseline, alternative)
    if len(levers) > MOST_LEVERS:
        raise InputError(
            f"{alternative.name}: {len(levers)} levers are more than the {MOST_LEVERS} that can be told apart"
        )
    return levers


def world_of(baseline: Scenario, levers: Sequence[Intervention], coalition: int) -> Scenario:
    """A baseline with those levers whose bits are set in a whole number."""
    chosen = tuple(it for place, it in enumerate(levers) if coalition >> place & 1)
    return replace(baseline, interventions=(*baseline.interventions, *chosen))


def against_adding(outcome: str, together: Reals, parts: Reals) -> str:
    """Say so if single effects must not be added up; an empty string if nothing speaks against it.

    Parameters
    ----------
    outcome : str
    together, parts : float arrays, shape (replications,)
        What several levers do together, and the sum of what each does alone, in the outcome's unit.
    """
    low, high, _ = mean_interval(together - parts)
    if np.isnan(low) or low <= 0.0 <= high:
        return ""
    unit = OUTCOMES[outcome].unit
    return (
        f"{title(outcome)}: single effects must not be added up. They sum to {change(parts.mean(), unit)}; "
        f"together the levers do {change(together.mean(), unit)}"
    )


def shapley(values: npt.NDArray[Any]) -> Reals:
    """Each lever's share of what all of them do together.

    Parameters
    ----------
    values : array, shape (2**k, …)
        What each coalition comes to, by the whole number whose bits are its members.

    Returns
    -------
    float array, shape (k, …)
        Mean over all orders in which the k levers could be added of what each adds. The shares add up to
        values[-1] − values[0]; a lever that never changes anything gets exactly 0.

    References
    ----------
    Shapley 1953, doi:10.1515/9781400881970-018.
    """
    k = len(values).bit_length() - 1
    if len(values) != 1 << k:
        raise ValueError(f"{len(values)} values are not those of all coalitions")
    shares = np.zeros((k, *values.shape[1:]))
    for lever in range(k):
        for others in range(1 << k):
            if not others >> lever & 1:
                size = others.bit_count()
                weight = 1.0 / (k * math.comb(k - 1, size))
                shares[lever] += weight * (values[others | 1 << lever] - values[others])
    return shares


def orders_of(k: int, *, seed: int, number: int, count: int) -> list[list[int]]:
    """Orders in which k levers are added, drawn for a replication; none where every coalition is run.

    Parameters
    ----------
    k : int
    seed, number : int
        The same orders for the same replication of the same study; more of them begin with the fewer.
    count : int
        Even: each order that is drawn stands before itself backwards, which leaves nothing to chance where levers act
        on each other in pairs only.
    """
    if k <= MOST_EXACT:
        return []
    luck = np.random.Generator(np.random.Philox(key=[seed, number]))
    drawn = [luck.permutation(k).tolist() for _ in range(count // 2)]
    return [order for one in drawn for order in (one, one[::-1])]


def needed(k: int, orders: Sequence[Sequence[int]]) -> Sequence[int]:
    """Coalitions of k levers of which shares are made, in rising order: those on the way, or without orders all."""
    return sorted(on_the_way(orders)) if orders else range(1 << k)


def shared_out(value: Mapping[int, npt.NDArray[Any]], orders: Sequence[Sequence[int]]) -> Reals:
    """Each lever's share: exact without orders, else estimated along them.

    Parameters
    ----------
    value : mapping
        What each coalition that is `needed` comes to, by its whole number; arrays of one shape.
    orders : sequence of permutations of 0 … k − 1

    Returns
    -------
    float array, shape (k, …)
        Adds up to the whole gain in either case; a lever that never changes anything gets exactly 0.
    """
    return marginals(orders, value) if orders else shapley(np.array([value[c] for c in range(len(value))]))


def marginals(orders: Sequence[Sequence[int]], value: Mapping[int, npt.NDArray[Any]]) -> Reals:
    """The same, estimated from some orders: mean of what each lever adds when they come in that order.

    Parameters
    ----------
    orders : sequence of permutations of 0 … k − 1
    value : mapping
        What each coalition on the way comes to, by its whole number; arrays of one shape.

    Returns
    -------
    float array, shape (k, …)
        Adds up to the whole gain for any orders.
    """
    k = len(orders[0])
    shares = np.zeros((k, *value[0].shape))
    for order in orders:
        coalition = 0
        for lever in order:
            shares[lever] += value[coalition | 1 << lever] - value[coalition]
            coalition |= 1 << lever
    return shares / len(orders)


def on_the_way(orders: Sequence[Sequence[int]]) -> set[int]:
    """Coalitions that are met when levers are added in some orders."""
    met = {0}
    for order in orders:
        coalition = 0
        for lever in order:
            coalition |= 1 << lever
            met.add(coalition)
    return met
