"""How moments become experience, and what each touchpoint is like."""

from __future__ import annotations

from cxsim.parameters.citations import BAUMEISTER_2001
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "

# fmt: off
START_SPONSOR = declare("experience.start_sponsor", 6.5, "0-10", 0.0, 10.0, 0.5,
    _A + "one buys when moderately convinced",
    "sponsor's experience before the buying moment")
START_USER = declare("experience.start_user", 5.5, "0-10", 0.0, 10.0, 0.5,
    _A + "users come with a neutral mind",
    "users' experience before the first use")
USER_VOICE = declare("experience.user_voice", 0.5, "share", 0.0, 1.0, 0.1,
    _A + "sponsor and users count alike",
    "weight of the users' voice in experience")
NEGATIVITY = declare("experience.negativity", 1.6, "ratio", 1.0, 5.0, 0.3,
    BAUMEISTER_2001,
    "how much more a disappointment moves experience than a delight (λ)")
AROUSAL = declare("experience.arousal", 0.5, "ratio", 0.0, 3.0, 0.2,
    _A + "a moment at the far end counts half as much again",
    "how much surprise amplifies a moment (η)")
SURPRISE_SHARE = declare("experience.surprise_share", 0.4, "share", 0.0, 1.0, 0.1,
    _A + "feelings follow the level more than the surprise",
    "share of surprise in the emotion of a moment")
PROMISE_PENALTY = declare("experience.promise_penalty", 3.0, "points", 0.0, 10.0, 1.0,
    _A + "a promise broken by a quarter of full value costs three quarters of a point",
    "points lost per unit of promise above fit")
WAIT_PENALTY = declare("experience.wait_penalty", 4.0, "points", 0.0, 10.0, 1.0,
    Source("waits are judged against expectation: Maister 1985, The psychology of waiting lines; size: "
           "assumption: a hopeless wait costs four points"),
    "most points that waiting takes from a moment")
WARMTH_BONUS = declare("experience.warmth_bonus", 1.0, "points", 0.0, 5.0, 0.3,
    _A + "a warm human adds a point",
    "points that a fully warm contact adds")
DIGITAL_WARMTH = declare("experience.digital_warmth", 0.25, "0-1", 0.0, 1.0, 0.1,
    _A + "a digital worker is a quarter as warm as a present human",
    "warmth of digital contacts")
HUMAN_WARMTH = declare("experience.human_warmth", 0.8, "0-1", 0.0, 1.0, 0.1,
    _A + "people are mostly warm",
    "warmth of human contacts", per_account=True)
QUALITY_SD = declare("experience.quality_sd", 1.2, "points", 0.0, 4.0, 0.3,
    _A + "the same service differs by a point from day to day",
    "spread of a touchpoint's quality")

BUYING_WEIGHT = declare("experience.buying_weight", 0.30, "share", 0.0, 1.0, 0.1,
    _A + "first impressions last",
    "how far the buying moment moves the sponsor")
BUYING_QUALITY = declare("experience.buying_quality", 7.0, "0-10", 0.0, 10.0, 0.5,
    _A + "sales does its best",
    "quality of the buying moment")
KICK_OFF_WEIGHT = declare("experience.kick_off_weight", 0.15, "share", 0.0, 1.0, 0.05,
    _A + "one meeting of many",
    "how far the kick-off moves the sponsor")
KICK_OFF_QUALITY = declare("experience.kick_off_quality", 6.5, "0-10", 0.0, 10.0, 0.5,
    _A + "a normal meeting",
    "quality of the kick-off", per_account=True)
MILESTONE_WEIGHT = declare("experience.milestone_weight", 0.12, "share", 0.0, 1.0, 0.05,
    _A + "several add up",
    "how far a milestone moves the users")
MILESTONE_QUALITY = declare("experience.milestone_quality", 6.0, "0-10", 0.0, 10.0, 0.5,
    _A + "unstructured onboarding is middling",
    "quality of an onboarding milestone", per_account=True)
GO_LIVE_WEIGHT = declare("experience.go_live_weight", 0.25, "share", 0.0, 1.0, 0.05,
    _A + "first value is remembered",
    "how far go-live moves the sponsor")
GO_LIVE_QUALITY = declare("experience.go_live_quality", 6.8, "0-10", 0.0, 10.0, 0.5,
    _A + "a relief for all",
    "quality of go-live", per_account=True)
PRODUCT_WEIGHT = declare("experience.product_weight", 0.12, "share", 0.0, 1.0, 0.04,
    _A + "a month of use is one moment of many",
    "how far a month of use moves the users")
PRODUCT_EASE = declare("experience.product_ease", 6.6, "0-10", 0.0, 10.0, 0.4,
    _A + "pleasant enough",
    "ease of the product in daily use", per_account=True)
EASE_BY_USAGE = declare("experience.ease_by_usage", 1.2, "points", 0.0, 5.0, 0.4,
    _A + "practice makes a product easier by a point",
    "points of ease between no and full usage")
SUPPORT_WEIGHT = declare("experience.support_weight", 0.15, "share", 0.0, 1.0, 0.05,
    _A + "help is noticed",
    "how far a ticket moves the users")
SUPPORT_QUALITY = declare("experience.support_quality", 6.8, "0-10", 0.0, 10.0, 0.4,
    Source("support satisfaction 82-86 % of answers: Zendesk Benchmark 2013"),
    "quality of a ticket that was solved", per_account=True)
UNSOLVED_PENALTY = declare("experience.unsolved_penalty", 4.0, "points", 0.0, 10.0, 1.0,
    _A + "help that does not help is bad",
    "points lost where a ticket is not solved")
CHECK_IN_WEIGHT = declare("experience.check_in_weight", 0.12, "share", 0.0, 1.0, 0.04,
    _A + "a conversation of many",
    "how far a check-in or outreach moves the sponsor")
CHECK_IN_QUALITY = declare("experience.check_in_quality", 6.6, "0-10", 0.0, 10.0, 0.4,
    _A + "a useful conversation",
    "quality of a check-in", per_account=True)
OUTAGE_WEIGHT = declare("experience.outage_weight", 0.20, "share", 0.0, 1.0, 0.05,
    _A + "outages are noticed by those at work",
    "how far an outage moves the users")
OUTAGE_QUALITY = declare("experience.outage_quality", 2.0, "0-10", 0.0, 10.0, 0.5,
    _A + "nobody likes it",
    "quality of an outage as a moment")
RENEWAL_TALK_WEIGHT = declare("experience.renewal_talk_weight", 0.15, "share", 0.0, 1.0, 0.05,
    _A + "a meeting that matters",
    "how far the renewal conversation moves the sponsor")
RENEWAL_TALK_QUALITY = declare("experience.renewal_talk_quality", 6.2, "0-10", 0.0, 10.0, 0.5,
    _A + "money is talked about",
    "quality of the renewal conversation", per_account=True)
BILLING_WEIGHT = declare("experience.billing_weight", 0.10, "share", 0.0, 1.0, 0.04,
    _A + "a reminder annoys the sponsor",
    "how far a failed payment moves the sponsor")
BILLING_QUALITY = declare("experience.billing_quality", 3.0, "0-10", 0.0, 10.0, 0.5,
    _A + "dunning is unpleasant",
    "quality of being reminded to pay")
EMOTION_ANGRY = declare("experience.emotion_angry", -0.5, "valence", -1.0, 1.0, 0.1,
    _A + "the worst quarter of the scale",
    "valence below which a moment makes angry")
EMOTION_FRUSTRATED = declare("experience.emotion_frustrated", -0.15, "valence", -1.0, 1.0, 0.05,
    _A + "clearly below the middle",
    "valence below which a moment frustrates")
EMOTION_PLEASED = declare("experience.emotion_pleased", 0.15, "valence", -1.0, 1.0, 0.05,
    _A + "clearly above the middle",
    "valence from which a moment pleases")
EMOTION_DELIGHTED = declare("experience.emotion_delighted", 0.45, "valence", -1.0, 1.0, 0.1,
    _A + "delight is rarer than pleasure and commoner than anger",
    "valence from which a moment delights")
