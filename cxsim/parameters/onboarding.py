"""From signature to first value."""

from __future__ import annotations

from cxsim.parameters.citations import CLOUD_COACH_2024
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "

# fmt: off
EXPECTED_WAIT = declare("onboarding.expected_wait", 0.5, "months", 0.01, 12.0, 0.1,
    _A + "two weeks to a first meeting seem normal to a buyer",
    "wait for a specialist that the account expects", per_account=True)
EXPECTED_DURATION = declare("onboarding.expected_duration", 3.0, "months", 0.05, 24.0, 0.3,
    _A + "three months are what sales says",
    "time from sign-up to go-live that the account expects", per_account=True)
MILESTONES = declare("onboarding.milestones", 3.0, "count", 1.0, 12.0, 0.0,
    _A + "set-up, data, training",
    "milestones between kick-off and go-live", per_company=True, whole=True)
MILESTONE_DURATION = declare("onboarding.milestone_duration", 0.85, "months", 0.0, 12.0, 0.1,
    CLOUD_COACH_2024,
    "median length of a milestone; worlds are calibrated to the published onboarding days", per_account=True)
MILESTONE_SIGMA = declare("onboarding.milestone_sigma", 0.5, "log units", 0.0, 2.0, 0.1,
    _A + "projects slip",
    "spread of the logarithm of a milestone's length")
PATIENCE = declare("onboarding.patience", 4.0, "months", 0.0, 120.0, 1.0,
    _A + "most wait a quarter, few half a year",
    "mean time an account waits for a specialist before it gives up")
GIVE_UP = declare("onboarding.give_up", 0.05, "probability", 0.0, 1.0, 0.02,
    _A + "one project in twenty loses a milestone it badly needs",
    "chance, at each milestone, that users wholly displeased give up", per_account=True)
BUDGET_OVERRUN = declare("onboarding.budget_overrun", 1.5, "ratio", 1.0, 10.0, 0.2,
    _A + "half as long again costs more than was agreed",
    "length over expectation from which the project is over budget")
GAP_MEMORY = declare("onboarding.gap_memory", 6.0, "months", 0.1, 60.0, 2.0,
    _A + "a bad start is forgiven in half a year",
    "how long a bad onboarding is held against the company", per_account=True)
ABANDONED_GAP = declare("onboarding.abandoned_gap", 1.0, "0-1", 0.0, 1.0, 0.0,
    Source("definition: an onboarding given up is the largest gap"),
    "distress right after an onboarding was given up")
PROJECTS_PER_SPECIALIST = declare("onboarding.projects_per_specialist", 5.0, "projects", 1.0, 50.0, 1.0,
    _A + "a specialist runs five projects side by side",
    "projects that one onboarding specialist handles at once", per_company=True, whole=True)
PLEASED_FROM = declare("onboarding.pleased_from", 7.0, "0-10", 0.1, 10.0, 0.5,
    _A + "users who give seven of ten hold nothing against it",
    "users' experience from which an onboarding leaves no distress behind")
