"""Health, true and observed."""

from __future__ import annotations

from cxsim.parameters.declaration import Source, declare

_A = "assumption: "
_CHOICE = Source("each company's own choice; the worked example: 6.5 + 8.2 = 14.7, amber")

# fmt: off
MATURITY = declare("health.maturity", 0.5, "0-1", 0.0, 1.0, 0.1,
    _A + "half-way, where both weigh 1",
    "maturity of company and market")
MATURITY_SHIFT = declare("health.maturity_shift", 0.0, "weight", 0.0, 1.0, 0.2,
    _A + "none, since no study gives its size; worlds that are about maturity set it",
    "weight that moves from outcome to experience between maturity ½ and 1")
ONBOARDING_SHIFT = declare("health.onboarding_shift", 0.0, "weight", -1.0, 1.0, 0.1,
    _A + "none, since no study gives its size; a company may set its own",
    "weight that moves to experience during onboarding")
RENEWAL_SHIFT = declare("health.renewal_shift", 0.0, "weight", -1.0, 1.0, 0.1,
    _A + "none, since no study gives its size; a company may set its own",
    "weight that moves to experience around renewal")
AMBER_FROM = declare("health.amber_from", 10.0, "0-20", 0.0, 20.0, 0.0,
    _CHOICE,
    "health from which an account is amber", per_company=True)
GREEN_FROM = declare("health.green_from", 15.0, "0-20", 0.0, 20.0, 0.0,
    _CHOICE,
    "health from which an account is green", per_company=True)
HIGH_OUTCOME = declare("health.high_outcome", 6.0, "0-10", 0.0, 10.0, 0.0,
    _CHOICE,
    "client outcome from which it counts as high in the quadrants", per_company=True)
HIGH_EXPERIENCE = declare("health.high_experience", 6.0, "0-10", 0.0, 10.0, 0.0,
    _CHOICE,
    "experience from which it counts as high in the quadrants", per_company=True)

VISIBLE_SALES = declare("health.visible_sales", 0.10, "share", 0.0, 1.0, 0.05,
    _A + "little is handed over",
    "moments of buying that reach the company's customer record")
VISIBLE_ONBOARDING = declare("health.visible_onboarding", 0.60, "share", 0.0, 1.0, 0.1,
    _A + "projects are tracked",
    "onboarding moments seen")
VISIBLE_SUPPORT = declare("health.visible_support", 0.25, "share", 0.0, 1.0, 0.1,
    _A + "the desk has its own system",
    "support moments seen")
VISIBLE_PRODUCT = declare("health.visible_product", 0.10, "share", 0.0, 1.0, 0.05,
    _A + "logs count clicks, not ease",
    "moments of product use seen as experience")
VISIBLE_SUCCESS = declare("health.visible_success", 0.80, "share", 0.0, 1.0, 0.1,
    _A + "CSMs write notes; they hear the sponsor only",
    "check-ins and outreach seen")
VISIBLE_BILLING = declare("health.visible_billing", 0.05, "share", 0.0, 1.0, 0.05,
    _A + "finance keeps it to itself",
    "billing moments seen")
SEEN_SPEED = declare("health.seen_speed", 0.30, "share", 0.01, 1.0, 0.1,
    _A + "three sightings make a picture",
    "how far one sighting moves the observed experience")
SEEN_DELAY = declare("health.seen_delay", 0.5, "share", 0.0, 0.99, 0.1,
    _A + "reports are a month old",
    "share of last month's picture of usage in this month's")
SEEN_PRIOR = declare("health.seen_prior", 6.5, "0-10", 0.0, 10.0, 0.5,
    _A + "silence is read as content",
    "observed experience before anything was seen")
SEEN_NOISE = declare("health.seen_noise", 0.8, "0-20", 0.0, 5.0, 0.3,
    _A + "scores jump by a point",
    "noise of the observed health")
SURVEY_CADENCE = declare("health.survey_cadence", 6.0, "months", 1.0, 36.0, 0.0,
    _A + "twice a year",
    "months between surveys of an account", whole=True)
SURVEY_ANSWER = declare("health.survey_answer", 0.30, "share", 0.0, 1.0, 0.1,
    _A + "a third answers",
    "chance of an answer at a middling experience")
SURVEY_BIAS = declare("health.survey_bias", 0.8, "log-odds", 0.0, 3.0, 0.3,
    _A + "the unhappy stay silent",
    "how much an experience five points higher raises the odds of an answer")
SURVEY_NOISE = declare("health.survey_noise", 1.2, "points", 0.0, 5.0, 0.3,
    _A + "answers differ by a point",
    "noise of a survey answer")
