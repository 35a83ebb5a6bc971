"""Why accounts want to leave: seven competing causes."""

from __future__ import annotations

from cxsim.parameters.citations import COX_1972, RECURLY, RETENTLY
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "
_CALIBRATED = Source(
    "calibrated, with the other bases, to retention and to the shares of causes that " + RETENTLY.text,
    RETENTLY.url,
    claims=("c",),
)

# fmt: off
ONBOARDING_BASE = declare("churn.onboarding_base", 0.006, "1/month", 0.0, 10.0, 0.002,
    _CALIBRATED,
    "hazard from onboarding at no distress, at sign-up")
RELATIONSHIP_BASE = declare("churn.relationship_base", 0.0012, "1/month", 0.0, 10.0, 0.0004,
    _CALIBRATED,
    "hazard from relationship at no distress")
SERVICE_BASE = declare("churn.service_base", 0.0015, "1/month", 0.0, 10.0, 0.0004,
    _CALIBRATED,
    "hazard from service at no distress")
VALUE_BASE = declare("churn.value_base", 0.0010, "1/month", 0.0, 10.0, 0.0004,
    _CALIBRATED,
    "hazard from lack of value at no distress")
COMPETITION_BASE = declare("churn.competition_base", 0.0010, "1/month", 0.0, 10.0, 0.0004,
    _CALIBRATED,
    "hazard from competition at full health")
PRICE_BASE = declare("churn.price_base", 0.0010, "1/month", 0.0, 10.0, 0.0004,
    _CALIBRATED,
    "hazard from price where price meets value")
INVOLUNTARY_BASE = declare("churn.involuntary_base", 0.004, "1/month", 0.0, 10.0, 0.001,
    RECURLY,
    "failed payments that go to dunning")

ONBOARDING_SLOPE = declare("churn.onboarding_slope", 2.0, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of onboarding: log hazard between no and full distress")
RELATIONSHIP_SLOPE = declare("churn.relationship_slope", 1.8, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of relationship")
SERVICE_SLOPE = declare("churn.service_slope", 2.0, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of service")
VALUE_SLOPE = declare("churn.value_slope", 2.2, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of value")
COMPETITION_SLOPE = declare("churn.competition_slope", 1.8, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of competition")
PRICE_SLOPE = declare("churn.price_slope", 1.5, "log ratio", 0.0, 6.0, 0.5,
    COX_1972,
    "β of price")

ONBOARDING_FADE = declare("churn.onboarding_fade", 8.0, "months", 0.1, 1200.0, 2.0,
    _A + "nobody leaves over onboarding in the second year",
    "tenure over which the onboarding hazard fades")
VALUE_PATIENCE = declare("churn.value_patience", 6.0, "months", 0.0, 60.0, 2.0,
    _A + "value is judged after half a year",
    "tenure over which the value and price hazards grow to full size")
SWITCHING = declare("churn.switching", 1.0, "log ratio", 0.0, 5.0, 0.3,
    _A + "outcome makes switching hard; full outcome cuts these hazards to a third",
    "how much outcome holds an account against service, relationship and competition")
CONTACT_PAIN = declare("churn.contact_pain", 0.5, "1/cadence", 0.0, 10.0, 0.2,
    _A + "one missed contact is felt by a third",
    "how fast a contact gap beyond the cadence becomes distress")
SPONSOR_PAIN = declare("churn.sponsor_pain", 2.0, "ratio", 0.0, 10.0, 0.5,
    _A + "a wholly displeased sponsor is in near full distress",
    "how much a sponsor's experience below 5 adds to relationship distress")
SERVICE_PAIN = declare("churn.service_pain", 0.6, "1/pain", 0.0, 10.0, 0.2,
    _A + "one failed ticket is nearly half of full distress",
    "how fast service pain becomes distress")
PRICE_PAIN = declare("churn.price_pain", 1.0, "ratio", 0.0, 10.0, 0.3,
    _A + "a price double the value is two thirds of full distress",
    "how fast price above value becomes distress")
PRICE_REFERENCE = declare("churn.price_reference", 0.6, "share", 0.05, 2.0, 0.1,
    _A + "six tenths of the value expected justify the list price",
    "outcome, as a share of 10, at which the list price is fair")
PRICE_QUOTE = declare("churn.price_quote", 0.15, "cumulative hazard", 0.0, 5.0, 0.05,
    _A + "a price step of 3 % adds half a percent of risk",
    "jump in accumulated price hazard when a higher price is quoted, per unit of relative increase")
VALUE_FLOOR = declare("churn.value_floor", 0.1, "share", 0.01, 1.0, 0.05,
    _A + "some value is always seen, so that a price is never infinitely dear",
    "least outcome, as a share of 10, that price is set against")
