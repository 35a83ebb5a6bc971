"""Every number of the model, once: default, unit, range, spread and source.

The order of the imports below is the order of the parameter row.
"""

from __future__ import annotations

from cxsim.parameters import (
    adoption,
    churn,
    contract,
    economics,
    experience,
    growth,
    health,
    onboarding,
    outcome,
    segments,
    teams,
)
from cxsim.parameters.declaration import Parameter, Source, by_path, declared

__all__ = [
    "Parameter",
    "Source",
    "adoption",
    "by_path",
    "churn",
    "contract",
    "declared",
    "economics",
    "experience",
    "growth",
    "health",
    "onboarding",
    "outcome",
    "segments",
    "teams",
]
