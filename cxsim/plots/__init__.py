"""Figures of results, as matplotlib `Figure` objects in one house style."""

from __future__ import annotations

from cxsim.plots.claims import claims
from cxsim.plots.comparisons import effects, fan, retention
from cxsim.plots.logs import cohorts, survival
from cxsim.plots.style import save

__all__ = ["claims", "cohorts", "effects", "fan", "retention", "save", "survival"]
