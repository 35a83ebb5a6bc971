"""How a number enters the model: once, with its unit, its range, its spread and its source.

`declare` gives back the number's place in a parameter row, so laws write `p[SERVICE_BASE]` and stay compilable.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from.

    Attributes
    ----------
    text : str
        A citation, or "assumption: why".
    url : str
        Page or DOI; empty for an assumption.
    claims : tuple of str
        Letters of the quoted claims that this number carries into the model; a claim that it touches
        cannot be called emergent.
    """

    text: str
    url: str = ""
    claims: tuple[str, ...] = ()

    @property
    def is_assumption(self) -> bool:
        """True where no publication stands behind the number."""
        return self.text.startswith("assumption")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared number.

    Attributes
    ----------
    path : str
        "table.key" in a scenario file.
    default : float
        Value where no world says otherwise, in `unit`.
    unit : str
    low, high : float
        Allowed range, both ends included, in `unit`.
    spread : float
        Standard deviation of what we do not know about the number, in `unit`; 0 for a definition or a choice.
    source : Source
    meaning : str
        One line in words.
    per_account : bool
        True if an intervention may move it for one account and not for another.
    per_company : bool
        True if all segments share it.
    whole : bool
        True if only whole numbers make sense.
    index : int
        Place in the parameter row.
    """

    path: str
    default: float
    unit: str
    low: float
    high: float
    spread: float
    source: Source
    meaning: str
    per_account: bool
    per_company: bool
    whole: bool
    index: int


_DECLARED: list[Parameter] = []
_BY_PATH: dict[str, Parameter] = {}


def declare(
    path: str,
    default: float,
    unit: str,
    low: float,
    high: float,
    spread: float,
    source: Source | str,
    meaning: str,
    *,
    per_account: bool = False,
    per_company: bool = False,
    whole: bool = False,
) -> int:
    """Enter a number into the model and return its index in the parameter row.

    Raises
    ------
    ValueError
        If the path is taken, the default lies outside its range, or a number is not finite.
    """
    if path in _BY_PATH:
        raise ValueError(f"{path} is declared twice")
    if not all(math.isfinite(x) for x in (default, low, high, spread)) or not low <= default <= high or spread < 0:
        raise ValueError(f"{path}: default {default} must lie in [{low}, {high}] and spread {spread} must be ≥ 0")
    cited = source if isinstance(source, Source) else Source(source)
    parameter = Parameter(
        path, default, unit, low, high, spread, cited, meaning, per_account, per_company, whole, len(_DECLARED)
    )
    _DECLARED.append(parameter)
    _BY_PATH[path] = parameter
    return parameter.index


def declared() -> tuple[Parameter, ...]:
    """Every parameter, in the order of the parameter row."""
    return tuple(_DECLARED)


def by_path() -> dict[str, Parameter]:
    """Every parameter under its path "table.key"."""
    return dict(_BY_PATH)
