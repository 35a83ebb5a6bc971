"""Churn models: a log or a company's own table as features, a model of who is lost, how good it is, and why.

Nothing here simulates: what can be known at best of a simulated company is told by `cxsim.studies.oracles`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# named as their rooms, and light
from cxsim.churn.dataset import Dataset, dataset
from cxsim.churn.hazard import HazardModel, hazard, kaplan_meier

if TYPE_CHECKING:
    from cxsim.churn.evaluation import Evaluation
    from cxsim.churn.explanation import NOT_A_CAUSE, dependence, importance, in_words, ordinary, reasons
    from cxsim.churn.judging import evaluate
    from cxsim.churn.model import ChurnModel, fit
    from cxsim.churn.saving import load, save
    from cxsim.churn.survival import SurvivalEvaluation, evaluate_survival
    from cxsim.churn.tables import prepared, read

__all__ = [
    "NOT_A_CAUSE",
    "ChurnModel",
    "Dataset",
    "Evaluation",
    "HazardModel",
    "SurvivalEvaluation",
    "dataset",
    "dependence",
    "evaluate",
    "evaluate_survival",
    "fit",
    "hazard",
    "importance",
    "in_words",
    "kaplan_meier",
    "load",
    "ordinary",
    "prepared",
    "read",
    "reasons",
    "save",
]

# where each name stands; scikit-learn takes seconds to import, and a dataset does not need it
_ROOMS = {
    "NOT_A_CAUSE": "explanation", "ChurnModel": "model", "Evaluation": "evaluation",
    "dependence": "explanation", "evaluate": "judging",
    "fit": "model", "importance": "explanation", "in_words": "explanation", "load": "saving", "ordinary": "explanation",
    "prepared": "tables", "read": "tables", "reasons": "explanation", "save": "saving",
    "SurvivalEvaluation": "survival", "evaluate_survival": "survival",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(importlib.import_module(f"cxsim.churn.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'cxsim.churn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
