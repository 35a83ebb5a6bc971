"""The laws: pure scalar functions of a parameter row, state and draws. Engines ask when; these say what."""

from __future__ import annotations

from cxsim.compiling import compiled
from cxsim.rules import (
    arrival,
    chance,
    contract,
    edits,
    experience,
    growth,
    hazards,
    health,
    outcome,
    service,
    targeting,
)
from cxsim.rules.law import LAWS

__all__ = [
    "LAWS",
    "arrival",
    "chance",
    "compiled",
    "contract",
    "edits",
    "experience",
    "growth",
    "hazards",
    "health",
    "outcome",
    "service",
    "targeting",
]
