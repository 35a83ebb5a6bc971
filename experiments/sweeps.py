"""What the claim audit swept, as findings."""

from __future__ import annotations

from cxsim.studies.claims.audit import Audited
from cxsim.studies.claims.claim import Cell
from experiments.findings import Finding


def gain(name: str, cell: Cell) -> Finding:
    """A cell whose estimand is a relative gain."""
    return Finding(name, cell.value, cell.low, cell.high, "relative", is_change=True)


def beside(name: str, found: Audited, what: str, unit: str, *, is_change: bool = False) -> Finding:
    """What was measured beside the claim."""
    (one,) = (one for one in found.answer.beside if one.what == what)
    return Finding(name, one.value, one.low, one.high, unit, is_change)
