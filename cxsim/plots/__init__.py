"""Figures of results, as matplotlib `Figure` objects in one house style."""

from __future__ import annotations

from cxsim.plots.churn import calibration, dependence, gain, importance, known
from cxsim.plots.claims import claims
from cxsim.plots.comparisons import effects, fan, retention
from cxsim.plots.flows import flows
from cxsim.plots.forecasts import forecast
from cxsim.plots.forks import futures
from cxsim.plots.information import information
from cxsim.plots.logs import cohorts, survival
from cxsim.plots.money import payback
from cxsim.plots.overview import overview
from cxsim.plots.sensitivity import box, indices, tornado
from cxsim.plots.settings import dose, grid
from cxsim.plots.style import save
from cxsim.plots.targeting import qini, targeting
from cxsim.plots.triangles import triangle

__all__ = [
    "box",
    "calibration",
    "claims",
    "cohorts",
    "dependence",
    "dose",
    "effects",
    "fan",
    "flows",
    "forecast",
    "futures",
    "gain",
    "grid",
    "importance",
    "indices",
    "information",
    "known",
    "overview",
    "payback",
    "qini",
    "retention",
    "save",
    "survival",
    "targeting",
    "tornado",
    "triangle",
]
