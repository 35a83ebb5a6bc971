"""People: how many, how they come and go."""

from __future__ import annotations

from cxsim.parameters.declaration import declare

_A = "assumption: "

# fmt: off
ONBOARDING_HEADCOUNT = declare("teams.onboarding_headcount", 8.0, "people", 0.0, 1e5, 0.0,
    _A + "sized for the world's arrivals",
    "onboarding specialists", per_company=True, whole=True)
SUCCESS_HEADCOUNT = declare("teams.success_headcount", 10.0, "people", 0.0, 1e5, 0.0,
    _A + "sized for the world's base",
    "customer success managers", per_company=True, whole=True)
SUPPORT_HEADCOUNT = declare("teams.support_headcount", 5.0, "people", 0.0, 1e5, 0.0,
    _A + "sized for the world's tickets",
    "support agents", per_company=True, whole=True)
TEAM_GROWTH = declare("teams.annual_growth", 0.0, "1/year", -0.5, 2.0, 0.0,
    _A + "none unless a world hires with its base; a choice",
    "yearly growth of every team's posts, compounded, from month 0", per_company=True)
ATTRITION = declare("teams.attrition", 0.015, "1/month", 0.0, 1.0, 0.005,
    _A + "one in six leaves in a year",
    "rate at which a member of staff leaves", per_company=True)
VACANCY = declare("teams.vacancy", 2.0, "months", 0.0, 24.0, 0.5,
    _A + "two months to hire and train",
    "time until a post is filled again", per_company=True)
HOURS_PER_MONTH = declare("teams.hours_per_month", 130.0, "hours/month", 1.0, 744.0, 0.0,
    _A + "160 hours less holidays and meetings",
    "hours that one person works on customers in a month", per_company=True)
