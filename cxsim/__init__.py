"""cxsim simulates what customer experience and customer success do to retention and company value.

>>> import cxsim as cx
>>> base = cx.Scenario.load("b2b-saas")
>>> formal = base.with_("formal-onboarding", start=6)
>>> study = cx.compare(base, formal, replications=20, seed=7)  # doctest: +SKIP
>>> study.effects()  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim import churn, plots, readings
    from cxsim.engines import Orders, Seen, simulate
    from cxsim.engines.streaming import stream
    from cxsim.errors import InputError
    from cxsim.eventlog import EventLog
    from cxsim.eventlog.diff import diff
    from cxsim.parameters import Parameter, Source
    from cxsim.scenario import Scenario
    from cxsim.scorecard import Health, health
    from cxsim.streams import Fork
    from cxsim.studies.attribution import Attribution, attribute
    from cxsim.studies.branches import Branches, branches
    from cxsim.studies.experiment import Comparison, Run, compare, run
    from cxsim.studies.ledger import Ledger, ledger

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Branches",
    "Comparison",
    "EventLog",
    "Fork",
    "Health",
    "InputError",
    "Ledger",
    "Orders",
    "Parameter",
    "Run",
    "Scenario",
    "Seen",
    "Source",
    "__version__",
    "attribute",
    "branches",
    "churn",
    "compare",
    "diff",
    "health",
    "ledger",
    "plots",
    "readings",
    "run",
    "simulate",
    "stream",
]

# where each public name stands; loaded when first asked for, so that `import cxsim` costs nothing
_ROOMS = {
    "Attribution": "cxsim.studies.attribution",
    "Branches": "cxsim.studies.branches",
    "Comparison": "cxsim.studies.experiment",
    "EventLog": "cxsim.eventlog",
    "Fork": "cxsim.streams",
    "Health": "cxsim.scorecard",
    "InputError": "cxsim.errors",
    "Ledger": "cxsim.studies.ledger",
    "Orders": "cxsim.engines",
    "Parameter": "cxsim.parameters",
    "Run": "cxsim.studies.experiment",
    "Scenario": "cxsim.scenario",
    "Seen": "cxsim.engines",
    "Source": "cxsim.parameters",
    "attribute": "cxsim.studies.attribution",
    "branches": "cxsim.studies.branches",
    "compare": "cxsim.studies.experiment",
    "diff": "cxsim.eventlog.diff",
    "health": "cxsim.scorecard",
    "ledger": "cxsim.studies.ledger",
    "run": "cxsim.studies.experiment",
    "simulate": "cxsim.engines",
    "stream": "cxsim.engines.streaming",
}


def __getattr__(name: str) -> Any:
    if name in ("churn", "plots", "readings"):
        return importlib.import_module(f"cxsim.{name}")
    if name in _ROOMS:
        return getattr(importlib.import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'cxsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
