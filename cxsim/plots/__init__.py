"""Figures of results, as matplotlib `Figure` objects in one house style."""

from __future__ import annotations

from cxsim.plots.comparisons import effects, fan, retention
from cxsim.plots.forecasts import forecast
from cxsim.plots.logs import cohorts, survival
from cxsim.plots.style import save

__all__ = ["cohorts", "effects", "fan", "forecast", "retention", "save", "survival"]
