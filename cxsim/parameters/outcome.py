"""Usage and the client's outcome."""

from __future__ import annotations

from cxsim.parameters.citations import RETANA_2016
from cxsim.parameters.declaration import declare

_A = "assumption: "

# fmt: off
USAGE_START = declare("outcome.usage_start", 0.08, "share", 0.01, 1.0, 0.02,
    _A + "trial use",
    "usage at sign-up, as a share of full usage")
USAGE_GO_LIVE = declare("outcome.usage_go_live", 0.25, "share", 0.01, 1.0, 0.05,
    _A + "first users work with it",
    "usage at go-live, at least")
USAGE_GROWTH = declare("outcome.usage_growth", 0.45, "1/month", 0.0, 2.0, 0.1,
    _A + "most of the ceiling within half a year",
    "logistic growth rate of usage", per_account=True)
USAGE_NOISE = declare("outcome.usage_noise", 0.06, "share", 0.0, 0.5, 0.02,
    _A + "months differ by a few percent",
    "standard deviation of a month's usage, relative")
USAGE_MOOD = declare("outcome.usage_mood", 0.5, "ratio", 0.0, 1.0, 0.2,
    _A + "delighted users adopt half as fast again",
    "how much the users' emotions speed or slow the growth of usage")
MOOD_MEMORY = declare("outcome.mood_memory", 0.6, "share/month", 0.0, 0.99, 0.1,
    _A + "feelings halve in six weeks",
    "share of mood that lasts a month")
CEILING = declare("outcome.usage_ceiling", 0.72, "share", 0.05, 1.0, 0.05,
    RETANA_2016,
    "ceiling of usage after ordinary onboarding; the cited study shows that education raises it", per_account=True)
CEILING_ABANDONED = declare("outcome.usage_ceiling_abandoned", 0.35, "share", 0.05, 1.0, 0.08,
    _A + "without onboarding half of the value stays unknown",
    "ceiling of usage before go-live or where onboarding was given up", per_account=True)
CHAMPION_RATE = declare("outcome.champion_rate", 0.015, "1/month", 0.0, 0.5, 0.005,
    _A + "a sponsor changes his post about every five years",
    "chance that the champion leaves or is promoted")
CHAMPION_LOSS = declare("outcome.champion_loss", 0.35, "share", 0.0, 1.0, 0.1,
    _A + "a third of the use was his doing",
    "share of usage that goes with a champion")
CHAMPION_PROMOTED_SHARE = declare("outcome.champion_promoted_share", 0.25, "share", 0.0, 1.0, 0.1,
    _A + "one in four moves up and keeps an eye on it",
    "departures that are promotions")
OUTCOME_SPEED = declare("outcome.speed", 0.20, "1/month", 0.01, 1.0, 0.05,
    _A + "value shows after a few months of use",
    "how fast the outcome follows usage (κ)")
OUTCOME_START = declare("outcome.start", 3.0, "0-10", 0.0, 10.0, 1.0,
    _A + "nothing is achieved yet, some credit is given",
    "outcome at sign-up")
CHAMPION_PROMOTED_LOSS = declare("outcome.champion_promoted_loss", 0.5, "ratio", 0.0, 1.0, 0.2,
    _A + "one who rises keeps an eye on the project",
    "usage lost to a promotion, relative to a departure")
