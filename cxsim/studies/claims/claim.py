"""A quoted claim as a hypothesis: what is measured, where, against which range, and what counts as holding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cxsim.parameters import Source
from cxsim.studies.claims.ask import Ask

ASSUMED, CALIBRATED, EMERGENT = STATUSES = ("assumed", "calibrated", "emergent")
HOLDS, FAILS, DEPENDS, UNDECIDED = "holds", "fails", "depends", "undecided"
NOTHING_APART: Final[Mapping[str, str]] = MappingProxyType({})

Value = float | str


@dataclass(frozen=True, slots=True)
class Axis:
    """Something that a sweep varies.

    Attributes
    ----------
    name : str
        In words, such as "yearly retention".
    unit : str
        "share", or what stands behind a number; empty for words and for numbers that speak for themselves.
    """

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Estimand:
    """One quantity that is measured, and what of the quoted numbers goes into it.

    Attributes
    ----------
    words : str
        What it is.
    unit : str
        "share", "ratio", "correlation" and the like; see `tables.said`.
    status : str
        Declared: "assumed", "calibrated" or "emergent"; `provenance.status_of` refuses what the sources speak against.
    worlds, levers : tuple of str
        Of the catalogue, whose numbers it rests on.
    apart : mapping
        Place of a number that carries the claim's letter → why it is not this quantity all the same. A number that
        carries the letter and is not named here meets the estimand.
    """

    words: str
    unit: str
    status: str
    worlds: tuple[str, ...]
    levers: tuple[str, ...] = ()
    apart: Mapping[str, str] = field(default_factory=lambda: NOTHING_APART)


@dataclass(frozen=True, slots=True)
class Cell:
    """The estimand at one setting of the sweep.

    Attributes
    ----------
    at : mapping
        Axis → value there.
    value, low, high : float
        With its 95 % interval, in the estimand's unit; a value by formula has no width.
    plausible : bool
        Whether the setting lies where companies are; others are swept to find where a claim begins to hold.
    quoted : float, optional
        What is quoted of this part of the claim, where it is not what is quoted of the whole; the same tolerance holds.
    """

    at: Mapping[str, Value]
    value: float
    low: float
    high: float
    plausible: bool = True
    quoted: float | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Another measurement that the reader needs beside the estimand.

    Attributes
    ----------
    what : str
    value, low, high : float
    unit : str
    status : str
        Of this quantity.
    """

    what: str
    value: float
    low: float
    high: float
    unit: str
    status: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a simulation says of a claim.

    Attributes
    ----------
    headline : Cell
        The value that stands in the table.
    cells : tuple of Cell
        The sweep, the headline among them.
    finding : str
        One or two sentences, the result first.
    beside : tuple of Beside
    """

    headline: Cell
    cells: tuple[Cell, ...]
    finding: str
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A quoted claim, registered before it is tested.

    Attributes
    ----------
    id : str
        A letter, a to j.
    words : str
        The claim as it is quoted.
    short : str
        In few words, for a table.
    quoted : str
        The quoted size.
    quoted_low, quoted_high : float
        Its range, in the estimand's unit.
    tolerance : float
        How far outside the range still counts as inside, in the same unit.
    rule : str
        Why this range and tolerance stand for the words.
    source : Source
        Who says so, and what is known.
    estimand : Estimand
    population : str
    horizon_months : int
    axes : tuple of Axis
        Of the sweep, the most telling first.
    put_in : str
        What was put in by hand that the answer rests on.
    measure : callable
        From an `Ask` to an `Answer`.
    others : tuple of Estimand
        Quantities reported beside it, with a status of their own.
    says_can : bool
        Whether the claim says that something can happen, so that one plausible setting is enough.
    at_least : bool
        Whether only the lower end of the range is quoted; the upper one is then as far as it can go.
    near : str
        How a study among the experiments that measures something near it differs, and which it is.
    """

    id: str
    words: str
    short: str
    quoted: str
    quoted_low: float
    quoted_high: float
    tolerance: float
    rule: str
    source: Source
    estimand: Estimand
    population: str
    horizon_months: int
    axes: tuple[Axis, ...]
    put_in: str
    measure: Callable[[Ask], Answer]
    others: tuple[Estimand, ...] = ()
    says_can: bool = False
    at_least: bool = False
    near: str = ""

    def verdict_at(self, cell: Cell) -> str:
        """Say "holds" if the interval lies in the quoted range, "fails" if all outside, else "undecided"."""
        least, most = (self.quoted_low, self.quoted_high) if cell.quoted is None else (cell.quoted, cell.quoted)
        low, high = least - self.tolerance, most + self.tolerance
        if low <= cell.low and cell.high <= high:
            return HOLDS
        return FAILS if cell.high < low or cell.low > high else UNDECIDED

    def verdict(self, answer: Answer) -> str:
        """Say "holds", "fails" or "depends".

        Notes
        -----
        Holds: at every plausible setting of the sweep (at one of them, where the claim says that something can happen)
        the interval lies within the quoted range, widened by the tolerance. Fails: at every setting, plausible or not,
        it lies outside. Depends: anything else.
        """
        found = [(self.verdict_at(cell), cell.plausible) for cell in answer.cells]
        enough = any if self.says_can else all
        if enough(one == HOLDS for one, plausible in found if plausible):
            return HOLDS
        return FAILS if all(one == FAILS for one, _ in found) else DEPENDS
