"""What the contract makes of an intent to leave."""

from __future__ import annotations

from cxsim.parameters.citations import MATOS_2018
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "
_RESCUE = Source(
    "calls to likely churners kept 11 % of them: " + MATOS_2018.text + "; by cause: assumption: people's causes "
    "can be mended more easily than the market's",
    MATOS_2018.url,
    claims=("e",),
)

# fmt: off
NOTICE = declare("contract.notice", 60.0 / 30.4375, "months", 0.0, 6.0, 0.0,
    Source("60 days, usual in software contracts"),
    "time before the end of a term by which notice is given")
TALK_LEAD = declare("contract.talk_lead", 4.0, "months", 0.0, 12.0, 0.0,
    _A + "the conversation starts a quarter before notice",
    "reviews between the renewal conversation and the end of the term", whole=True)
TALK_HOURS = declare("contract.talk_hours", 6.0, "hours", 0.0, 200.0, 1.0,
    _A + "an offer and a meeting",
    "median CSM work on a renewal")
DUNNING = declare("contract.dunning", 21.0 / 30.4375, "months", 0.0, 6.0, 0.0,
    Source("three weeks of reminders, usual in billing software"),
    "time between a failed payment and the loss of the account")
RECOVERY_SHARE = declare("contract.recovery_share", 0.6, "share", 0.0, 1.0, 0.1,
    _A + "most failed payments are expired cards that a reminder mends",
    "failed payments recovered by reminders", per_account=True)
RESCUE_ONBOARDING = declare("contract.rescue_onboarding", 0.25, "probability", 0.0, 1.0, 0.1,
    _RESCUE,
    "pending intents from onboarding won over by an outreach to a warm sponsor", per_account=True)
RESCUE_RELATIONSHIP = declare("contract.rescue_relationship", 0.30, "probability", 0.0, 1.0, 0.1,
    _RESCUE,
    "the same from relationship", per_account=True)
RESCUE_SERVICE = declare("contract.rescue_service", 0.25, "probability", 0.0, 1.0, 0.1,
    _RESCUE,
    "the same from service", per_account=True)
RESCUE_VALUE = declare("contract.rescue_value", 0.12, "probability", 0.0, 1.0, 0.05,
    _RESCUE,
    "the same from value", per_account=True)
RESCUE_COMPETITION = declare("contract.rescue_competition", 0.08, "probability", 0.0, 1.0, 0.05,
    _RESCUE,
    "the same from competition", per_account=True)
RESCUE_PRICE = declare("contract.rescue_price", 0.15, "probability", 0.0, 1.0, 0.05,
    _RESCUE,
    "the same from price", per_account=True)
RESCUE_WARMTH = declare("contract.rescue_warmth", 0.6, "share", 0.0, 1.0, 0.2,
    _A + "a cold relationship loses more than half of it",
    "share of a rescue's chance that depends on the sponsor's experience")
PRICE_STEP = declare("contract.price_step", 0.03, "share", -0.5, 1.0, 0.01,
    _A + "about inflation",
    "price change at renewal (yearly for monthly contracts)")
