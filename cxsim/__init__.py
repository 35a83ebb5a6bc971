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
    from cxsim import churn, forecast, plots, readings
    from cxsim.engines import Orders, Seen, simulate
    from cxsim.engines.streaming import stream
    from cxsim.errors import InputError
    from cxsim.eventlog import EventLog
    from cxsim.eventlog.diff import diff
    from cxsim.parameters import Parameter, Source
    from cxsim.scenario import Scenario
    from cxsim.scorecard import Health, health
    from cxsim.store import Store
    from cxsim.streams import Fork
    from cxsim.studies.attribution import Attribution, attribute
    from cxsim.studies.best import Best, best
    from cxsim.studies.branches import Branches, branches
    from cxsim.studies.claims.audit import Audited, audit
    from cxsim.studies.combinations import Combinations, combine
    from cxsim.studies.discovery import Discovery, discover
    from cxsim.studies.doses import Dose, dose
    from cxsim.studies.experiment import Comparison, Run, compare, run
    from cxsim.studies.futures import Futures, fork
    from cxsim.studies.grids import Axis, Grid, grid
    from cxsim.studies.information import Information, value_of_information
    from cxsim.studies.ledger import Ledger, ledger
    from cxsim.studies.payback import Payback, payback
    from cxsim.studies.reproduction import reproduce, resume
    from cxsim.studies.sensitivity import Sensitivity, sensitivity
    from cxsim.studies.targeted import Targeting
    from cxsim.studies.targeting import targeting
    from cxsim.studies.uncertainty import Uncertainty, uncertain
    from cxsim.studies.waiting import Waiting, waiting

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Audited",
    "Axis",
    "Best",
    "Branches",
    "Combinations",
    "Comparison",
    "Discovery",
    "Dose",
    "EventLog",
    "Fork",
    "Futures",
    "Grid",
    "Health",
    "Information",
    "InputError",
    "Ledger",
    "Orders",
    "Parameter",
    "Payback",
    "Run",
    "Scenario",
    "Seen",
    "Sensitivity",
    "Source",
    "Store",
    "Targeting",
    "Uncertainty",
    "Waiting",
    "__version__",
    "attribute",
    "audit",
    "best",
    "branches",
    "churn",
    "combine",
    "compare",
    "diff",
    "discover",
    "dose",
    "forecast",
    "fork",
    "grid",
    "health",
    "ledger",
    "payback",
    "plots",
    "readings",
    "reproduce",
    "resume",
    "run",
    "sensitivity",
    "simulate",
    "stream",
    "targeting",
    "uncertain",
    "value_of_information",
    "waiting",
]

# where each public name stands; loaded when first asked for, so that `import cxsim` costs nothing
_ROOMS = {
    "Attribution": "cxsim.studies.attribution",
    "Audited": "cxsim.studies.claims.audit",
    "Axis": "cxsim.studies.grids",
    "Best": "cxsim.studies.best",
    "Branches": "cxsim.studies.branches",
    "Combinations": "cxsim.studies.combinations",
    "Comparison": "cxsim.studies.experiment",
    "Discovery": "cxsim.studies.discovery",
    "Dose": "cxsim.studies.doses",
    "EventLog": "cxsim.eventlog",
    "Fork": "cxsim.streams",
    "Futures": "cxsim.studies.futures",
    "Grid": "cxsim.studies.grids",
    "Health": "cxsim.scorecard",
    "Information": "cxsim.studies.information",
    "InputError": "cxsim.errors",
    "Ledger": "cxsim.studies.ledger",
    "Orders": "cxsim.engines",
    "Parameter": "cxsim.parameters",
    "Payback": "cxsim.studies.payback",
    "Run": "cxsim.studies.experiment",
    "Scenario": "cxsim.scenario",
    "Seen": "cxsim.engines",
    "Sensitivity": "cxsim.studies.sensitivity",
    "Source": "cxsim.parameters",
    "Store": "cxsim.store",
    "Targeting": "cxsim.studies.targeted",
    "Uncertainty": "cxsim.studies.uncertainty",
    "Waiting": "cxsim.studies.waiting",
    "attribute": "cxsim.studies.attribution",
    "audit": "cxsim.studies.claims.audit",
    "best": "cxsim.studies.best",
    "branches": "cxsim.studies.branches",
    "combine": "cxsim.studies.combinations",
    "compare": "cxsim.studies.experiment",
    "diff": "cxsim.eventlog.diff",
    "discover": "cxsim.studies.discovery",
    "dose": "cxsim.studies.doses",
    "fork": "cxsim.studies.futures",
    "grid": "cxsim.studies.grids",
    "health": "cxsim.scorecard",
    "ledger": "cxsim.studies.ledger",
    "payback": "cxsim.studies.payback",
    "reproduce": "cxsim.studies.reproduction",
    "resume": "cxsim.studies.reproduction",
    "run": "cxsim.studies.experiment",
    "sensitivity": "cxsim.studies.sensitivity",
    "simulate": "cxsim.engines",
    "stream": "cxsim.engines.streaming",
    "targeting": "cxsim.studies.targeting",
    "uncertain": "cxsim.studies.uncertainty",
    "value_of_information": "cxsim.studies.information",
    "waiting": "cxsim.studies.waiting",
}


def __getattr__(name: str) -> Any:
    if name in ("churn", "forecast", "plots", "readings"):
        return importlib.import_module(f"cxsim.{name}")
    if name in _ROOMS:
        return getattr(importlib.import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'cxsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
