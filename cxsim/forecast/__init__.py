"""Forecasts of retention: curves fitted to cohorts, with bounds of what will be counted.

>>> import cxsim as cx
>>> fit = cx.forecast.fit([100.0, 86.9, 74.3, 65.3, 59.3])
>>> fit.project(12)[["survival", "low", "high"]]  # doctest: +SKIP
"""

from __future__ import annotations

from cxsim.forecast.backtest import Backtest, backtest
from cxsim.forecast.cohort_fits import CohortFit, fit_cohorts
from cxsim.forecast.fits import MODELS, Fit, fit
from cxsim.forecast.flow_backtest import FlowBacktest, backtest_flows
from cxsim.forecast.flow_fits import FLOW_MODELS, fit_flows
from cxsim.forecast.flow_futures import FlowFit
from cxsim.forecast.flows import Flows, flows
from cxsim.forecast.observed import Observed
from cxsim.forecast.triangle import Triangle, triangle
from cxsim.forecast.value import ConstantRate, constant_retention_error, residual_lifetime

__all__ = [
    "FLOW_MODELS",
    "MODELS",
    "Backtest",
    "CohortFit",
    "ConstantRate",
    "Fit",
    "FlowBacktest",
    "FlowFit",
    "Flows",
    "Observed",
    "Triangle",
    "backtest",
    "backtest_flows",
    "constant_retention_error",
    "fit",
    "fit_cohorts",
    "fit_flows",
    "flows",
    "residual_lifetime",
    "triangle",
]
