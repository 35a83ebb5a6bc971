"""Groups of inputs that are varied together and get one index, for there are many, or they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import Faults
from cxsim.parameters import by_path
from cxsim.studies.draws import EDGE
from cxsim.studies.unknowns import Unknown

Reals = npt.NDArray[np.float64]
MOST_SINGLE: Final = 24  # inputs up to which each has an index of its own


def groups_of(
    uncertain: Sequence[Unknown], named: Mapping[str, Sequence[str]] | None = None
) -> dict[str, tuple[int, ...]]:
    """Share out inputs among groups.

    Parameters
    ----------
    uncertain : sequence of Uncertain or Strength
    named : mapping, optional
        Name of a group → paths ("churn.value_base") or tables ("churn") in it.

    Returns
    -------
    dict
        Name → places in `uncertain`. What is in no named group stands alone; or with the rest of its table if more
        than 24 inputs of more than one table would.

    Raises
    ------
    InputError
        If a name is no parameter or table, is not uncertain here, or is in two groups.
    """
    place = {one.path: number for number, one in enumerate(uncertain)}
    found: dict[str, tuple[int, ...]] = {}
    taken: dict[str, str] = {}
    faults = Faults()
    for group, names in (named or {}).items():
        members = _members(group, names, place, faults)
        for path in members:
            if path in taken:
                faults.add(f"group {group}", f"{path} is in group {taken[path]} already")
            taken[path] = group
        found[group] = tuple(sorted(place[path] for path in members))
    rest = [path for path in place if path not in taken]
    tables = list(dict.fromkeys(path.split(".")[0] for path in rest))
    by_table = len(rest) > MOST_SINGLE and len(tables) > 1
    for name in tables if by_table else rest:
        if name in found:
            faults.add(f"group {name}", "is the name of a table or parameter of which something is left; rename it")
        found[name] = tuple(place[path] for path in rest if name in (path, path.split(".")[0]))
    faults.stop_if_any()
    return found


def _members(group: str, names: Sequence[str], place: Mapping[str, int], faults: Faults) -> list[str]:
    known = by_path()
    tables = dict.fromkeys(path.split(".")[0] for path in known)
    found: dict[str, None] = {}
    for name in names:
        mine = [path for path in place if name in (path, path.split(".")[0])]
        if not mine and (name in known or name in tables):
            faults.add(f"group {group}: {name}", "is not among what is varied")
        elif not mine:
            faults.unknown(f"group {group}: {name}", name, (*known, *tables), "parameter or table")
        found |= dict.fromkeys(mine)
    if not names:
        faults.add(f"group {group}", "names no parameter")
    return list(found)


def check_correlations(correlations: Mapping[str, float], groups: Mapping[str, Sequence[int]]) -> None:
    """Say so if a correlation is of no group or out of range.

    Raises
    ------
    InputError
        If it is.
    """
    faults = Faults()
    for name, value in correlations.items():
        if name not in groups:
            faults.unknown(f"correlation of {name}", name, groups, "group")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
            faults.add(f"correlation of {name}", f"{value!r} is not a number from 0 to 1")
    faults.stop_if_any()


def correlated(points: Reals, columns: Sequence[int], correlation: float) -> Reals:
    """Points whose columns depend on each other, each still uniform.

    Parameters
    ----------
    points : float array, shape (..., d)
        Independent, in the unit cube.
    columns : sequence of int
        Those m that are to depend on each other.
    correlation : float
        ρ between the normal scores of any two of them, 0 to 1; at 1 they are one.

    Notes
    -----
    A Gaussian copula: normal scores z become √(1 − ρ)·z + (√(1 + (m − 1)ρ) − √(1 − ρ))·mean(z), the symmetric square
    root of the correlation matrix times z.
    """
    from scipy.special import ndtr, ndtri

    chosen = list(columns)
    scores = ndtri(np.clip(points[..., chosen], EDGE, 1.0 - EDGE))
    own = np.sqrt(1.0 - correlation)
    shared = np.sqrt(1.0 + (len(chosen) - 1) * correlation) - own
    moved = points.copy()
    moved[..., chosen] = ndtr(own * scores + shared * scores.mean(axis=-1, keepdims=True))
    return moved
