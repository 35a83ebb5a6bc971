"""What accounts pay more, or less, as they live."""

from __future__ import annotations

from cxsim.parameters.citations import KBCM_2019
from cxsim.parameters.declaration import declare

_A = "assumption: "

# fmt: off
EXPANSION_HAPPY = declare("growth.expansion_happy", 0.045, "1/month", 0.0, 1.0, 0.01,
    KBCM_2019,
    "chance of an expansion where outcome and experience are high; worlds are calibrated to net retention")
EXPANSION_OPEN = declare("growth.expansion_open", 0.010, "1/month", 0.0, 1.0, 0.005,
    _A + "pleased but not successful: a quarter as often",
    "chance where only experience is high")
EXPANSION_RISK = declare("growth.expansion_risk", 0.002, "1/month", 0.0, 1.0, 0.002,
    _A + "nearly never",
    "chance where both are low (a trapped account never expands)")
EXPANSION_SIZE = declare("growth.expansion_size", 0.15, "share", 0.0, 5.0, 0.03,
    _A + "a seventh more",
    "mean size of an expansion, as a share of MRR")
CONTRACTION_RATE = declare("growth.contraction_rate", 0.012, "1/month", 0.0, 1.0, 0.004,
    _A + "seats are cut where health is poor",
    "chance of a contraction at no health")
CONTRACTION_SIZE = declare("growth.contraction_size", 0.15, "share", 0.0, 0.9, 0.03,
    _A + "a seventh less",
    "mean size of a contraction, as a share of MRR")
SEATS_MEAN = declare("growth.seats_mean", 0.01, "share", -0.5, 1.0, 0.01,
    _A + "clients' own staff grow a little",
    "seat change at renewal at outcome 5")
SEATS_BY_OUTCOME = declare("growth.seats_by_outcome", 0.04, "share", 0.0, 1.0, 0.02,
    _A + "success is rolled out",
    "seat change added per 5 points of outcome")
SEATS_SD = declare("growth.seats_sd", 0.06, "share", 0.0, 0.5, 0.02,
    _A + "clients differ",
    "spread of the seat change")
PURCHASE_HAPPY = declare("growth.purchase_happy", 0.03, "1/month", 0.0, 5.0, 0.01,
    _A + "services every third year",
    "one-off purchases where outcome and experience are high")
PURCHASE_ELSE = declare("growth.purchase_else", 0.008, "1/month", 0.0, 5.0, 0.004,
    _A + "a quarter as often",
    "one-off purchases elsewhere")
PURCHASE_SIZE = declare("growth.purchase_size", 1.0, "months of MRR", 0.0, 24.0, 0.3,
    _A + "a month's fee",
    "mean one-off purchase")
WIN_BACK_SHARE = declare("growth.win_back_share", 0.25, "share", 0.0, 1.0, 0.1,
    _A + "one in four is asked again",
    "lost accounts that are approached again", per_account=True)
WIN_BACK_DELAY = declare("growth.win_back_delay", 6.0, "months", 0.0, 60.0, 2.0,
    _A + "half a year later",
    "mean time from loss to that approach")
WIN_BACK_SUCCESS = declare("growth.win_back_success", 0.08, "probability", 0.0, 1.0, 0.04,
    _A + "one in twelve",
    "approaches that bring the account back", per_account=True)
WIN_BACK_PRICE = declare("growth.win_back_price", 0.85, "share", 0.0, 2.0, 0.05,
    _A + "they come back at a discount",
    "MRR on return, as a share of MRR when lost")
EXPANSION_MOST = declare("growth.expansion_most", 2.0, "share", 0.1, 10.0, 0.0,
    _A + "nobody more than trebles at once",
    "greatest expansion, as a share of MRR")
CONTRACTION_MOST = declare("growth.contraction_most", 0.9, "share", 0.0, 0.95, 0.0,
    _A + "beyond that it would leave",
    "greatest contraction, as a share of MRR")
