"""Readings: sums over an event log, as tidy tables. They know no engine."""

from __future__ import annotations

from cxsim.readings.costs import costs
from cxsim.readings.experience import successful_experience
from cxsim.readings.features import FEATURES, Feature, features
from cxsim.readings.flows import flows, observed_gap
from cxsim.readings.journey import journey
from cxsim.readings.lifetime import lifetime_value
from cxsim.readings.moments import experience_by_owner, experience_shares, moments
from cxsim.readings.money import money
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import Reading, outcomes, outcomes_by_scope, series_by_scope
from cxsim.readings.reached import first_year
from cxsim.readings.registry import OUTCOMES, Outcome
from cxsim.readings.retention import cohorts, retention
from cxsim.readings.revenue import revenue
from cxsim.readings.survival import causes, hazard, survival
from cxsim.readings.valuation import cash_flow, valuation
from cxsim.readings.values import Economics, Value, economics_of, values_of
from cxsim.readings.waits import onboarding, utilisation, waits
from cxsim.tally import FirstYear, MonthlyTable, empty_table

__all__ = [
    "FEATURES",
    "OUTCOMES",
    "Economics",
    "Feature",
    "FirstYear",
    "MonthlyTable",
    "Outcome",
    "Reading",
    "Value",
    "cash_flow",
    "causes",
    "cohorts",
    "costs",
    "economics_of",
    "empty_table",
    "experience_by_owner",
    "experience_shares",
    "features",
    "first_year",
    "flows",
    "hazard",
    "journey",
    "lifetime_value",
    "moments",
    "money",
    "monthly",
    "observed_gap",
    "onboarding",
    "outcomes",
    "outcomes_by_scope",
    "retention",
    "revenue",
    "series_by_scope",
    "successful_experience",
    "survival",
    "utilisation",
    "valuation",
    "values_of",
    "waits",
]
