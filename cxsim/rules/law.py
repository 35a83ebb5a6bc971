"""A law is written once and exists in two forms: plain Python and compiled.

The reference engine calls the plain form (no compile time, and a true second opinion); the compiled loop calls what
`cxsim.compiling.compiled` gives. Both do the same IEEE operations in the same order, so both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

Row = Sequence[float]  # a parameter row, indexed by the names of `cxsim.parameters`
Edits = Sequence[float]  # what interventions change account by account, as `packing.packed` puts it

DAYS_PER_MONTH: Final = 30.4375  # 365.25 / 12

LAWS: dict[str, Callable[..., Any]] = {}


def law(function: F) -> F:
    """Enter a pure scalar function into the laws.

    Raises
    ------
    ValueError
        If a law of that name exists: a law stands in one place.
    """
    if function.__name__ in LAWS:
        raise ValueError(f"there is a law {function.__name__} already")
    LAWS[function.__name__] = function
    return function


@law
def within(x: float, low: float, high: float) -> float:
    """The number nearest to x in [low, high]."""
    return low if x < low else (high if x > high else x)


@law
def cents(amount: float) -> int:
    """An amount rounded to whole cents, halves upward [cents]."""
    return math.floor(amount + 0.5)


@law
def millionths_of(x: float) -> int:
    """A real number as whole millionths, halves upward [millionths]; sums of them are exact in any order."""
    return math.floor(x * 1000000.0 + 0.5)


@law
def days_of(months: float) -> int:
    """Whole days in a stretch of time, at 30.4375 days a month [days]."""
    return math.floor(months * DAYS_PER_MONTH)
