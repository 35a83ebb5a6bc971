"""Living with the product: tickets, check-ins, outreach, outages."""

from __future__ import annotations

from cxsim.parameters.citations import ASCARZA_2016, CUST_CO
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "

# fmt: off
TICKET_CEILING = declare("adoption.ticket_ceiling", 2.0, "1/month", 0.01, 60.0, 0.0,
    Source("definition: candidates are thinned to the rate; the ceiling only has to lie above it"),
    "rate of ticket candidates", per_company=True)
TICKET_RATE = declare("adoption.ticket_rate", 0.40, "1/month", 0.0, 30.0, 0.1,
    _A + "an account asks for help every two or three months",
    "tickets of a settled account at full usage", per_account=True)
TICKET_EARLY = declare("adoption.ticket_early", 1.0, "ratio", 0.0, 10.0, 0.4,
    _A + "new accounts ask twice as often",
    "extra tickets of a new account, relative, fading over three months", per_account=True)
TICKET_EARLY_FADE = declare("adoption.ticket_early_fade", 3.0, "months", 0.1, 36.0, 1.0,
    _A + "a quarter",
    "how fast the extra tickets of a new account fade")
TICKET_HOURS = declare("adoption.ticket_hours", 2.0, "hours", 0.0, 200.0, 0.5,
    _A + "two hours of work",
    "median work on a ticket")
TICKET_SIGMA = declare("adoption.ticket_sigma", 0.8, "log units", 0.0, 2.5, 0.2,
    _A + "some are hard",
    "spread of the logarithm of the work on a ticket")
TICKET_EXPONENTIAL = declare("adoption.ticket_exponential", 0.0, "switch", 0.0, 1.0, 0.0,
    Source("a choice of form: off, since service times measured in support are near lognormal (Brown et al. 2005)",
           "https://doi.org/10.1198/016214504000001808"),
    "1: work on a ticket is exponential with mean ticket_hours, as in textbook queues; 0: lognormal with that median",
    per_company=True, whole=True)
EXPECTED_REPLY = declare("adoption.expected_reply", 0.03, "months", 0.0005, 6.0, 0.01,
    _A + "a working day",
    "wait for a first reply that users expect")
TICKET_PATIENCE = declare("adoption.ticket_patience", 0.5, "months", 0.0, 60.0, 0.2,
    _A + "two weeks",
    "mean time users wait for a first reply before they give up on it")
SOLVED_SHARE = declare("adoption.solved_share", 0.92, "share", 0.0, 1.0, 0.03,
    _A + "most are solved",
    "tickets that a human solves")
DIGITAL_SHARE = declare("adoption.digital_share", 0.0, "share", 0.0, 1.0, 0.0,
    Source("a choice of the company: none unless said"),
    "tickets that a digital worker tries first", per_account=True)
DIGITAL_SKILL = declare("adoption.digital_skill", 1.2, "1/difficulty", 0.0, 20.0, 0.4,
    _A + "half of the middling ones",
    "how fast a digital worker's success falls with difficulty (0: it solves all)")
PAIN_MEMORY = declare("adoption.pain_memory", 0.6, "share/month", 0.0, 0.99, 0.1,
    _A + "bad help is remembered for a quarter",
    "share of service pain that lasts a month")
PAIN_OPEN = declare("adoption.pain_open", 0.3, "pain/month", 0.0, 10.0, 0.1,
    _A + "an open ticket hurts a third as much as a failed one",
    "service pain per open ticket at a review")
PAIN_UNSOLVED = declare("adoption.pain_unsolved", 1.0, "pain", 0.0, 10.0, 0.0,
    Source("definition: the unit of service pain"),
    "service pain of a ticket not solved")
PAIN_LATE = declare("adoption.pain_late", 0.4, "pain", 0.0, 10.0, 0.2,
    _A + "late help hurts, less than none",
    "service pain of a first reply beyond expectation")

CADENCE_NAMED = declare("adoption.cadence_named", 2.0, "months", 1.0, 36.0, 0.0,
    CUST_CO,
    "months between check-ins of a named CSM", whole=True)
CADENCE_POOLED = declare("adoption.cadence_pooled", 4.0, "months", 1.0, 36.0, 0.0,
    CUST_CO,
    "months between check-ins of a pooled CSM", whole=True)
CADENCE_DIGITAL = declare("adoption.cadence_digital", 3.0, "months", 1.0, 36.0, 0.0,
    _A + "a message a quarter",
    "months between personal messages in the digital model", whole=True)
CHECK_IN_HOURS = declare("adoption.check_in_hours", 6.5, "hours", 0.0, 200.0, 1.0,
    _A + "preparation, call, notes",
    "median work on a check-in")
CHECK_IN_SIGMA = declare("adoption.check_in_sigma", 0.4, "log units", 0.0, 2.0, 0.1,
    _A + "calls are alike",
    "spread of the logarithm of CSM work")
EXPECTED_CALL = declare("adoption.expected_call", 0.25, "months", 0.001, 12.0, 0.1,
    _A + "a week's notice",
    "wait for a planned CSM conversation that is felt as normal")
OUTREACH_HOURS = declare("adoption.outreach_hours", 4.0, "hours", 0.0, 200.0, 1.0,
    _A + "somewhat shorter than a check-in",
    "median work on an outreach")
OUTREACH_WAKE = declare("adoption.outreach_wake", 0.002, "cumulative hazard", 0.0, 1.0, 0.005,
    Source("by default nearly none; in the field experiment of Ascarza, Iyengar & Schleicher 2016 a jump of "
           "ln(.936/.900) = .039 (6.4 % to 10.0 %)",
           ASCARZA_2016.url,
           claims=("e",)),
    "jump in a sleeping account's accumulated hazard when it is called", per_account=True)
OUTREACH_USAGE = declare("adoption.outreach_usage", 0.04, "share", 0.0, 1.0, 0.02,
    _A + "a call shows one use more",
    "usage gained by an outreach, as a share of the room below the ceiling", per_account=True)
OUTREACH_PAUSE = declare("adoption.outreach_pause", 3.0, "months", 1.0, 36.0, 0.0,
    _A + "nobody likes to be called each month",
    "reviews between two outreaches to the same account", whole=True)
OUTAGE_RATE = declare("adoption.outage_rate", 0.10, "1/month", 0.0, 2.0, 0.03,
    _A + "about one a year is felt widely",
    "outages of the product", per_company=True)
OUTAGE_REACH = declare("adoption.outage_reach", 0.4, "share", 0.0, 1.0, 0.1,
    _A + "not all are at work",
    "accounts that feel an outage")
TICKET_BY_USAGE = declare("adoption.ticket_by_usage", 0.5, "share", 0.0, 1.0, 0.2,
    _A + "half of all questions come from use, half from anyone",
    "share of the ticket rate that is in proportion to usage")
OUTAGE_CEILING = declare("adoption.outage_ceiling", 2.0, "1/month", 0.01, 30.0, 0.0,
    Source("definition: candidates are thinned to the rate; the ceiling only has to lie above it"),
    "rate of outage candidates", per_company=True)
