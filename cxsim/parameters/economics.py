"""Money: margins, wages, acquisition, valuation."""

from __future__ import annotations

from cxsim.parameters.citations import BESSEMER_2021, SAAS_CAPITAL_2015
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "
_RULE = Source(
    "near a rule of thumb of 2014, weak: " + SAAS_CAPITAL_2015.text,
    SAAS_CAPITAL_2015.url,
    claims=("a",),
)

# fmt: off
GROSS_MARGIN = declare("economics.gross_margin", 0.75, "share", 0.0, 1.0, 0.03,
    BESSEMER_2021,
    "margin after hosting, support and delivery; used by clv and cac_payback", per_company=True)
HOSTING_SHARE = declare("economics.hosting_share", 0.12, "share", 0.0, 1.0, 0.03,
    _A + "gross margin less the people that the model pays by name",
    "cost of delivery per unit of revenue, without people; used by cash", per_company=True)
DISCOUNT_RATE = declare("economics.discount_rate", 0.12, "1/year", 0.0, 1.0, 0.02,
    Source("Gupta, Lehmann & Stuart 2004 use 12 %", "https://doi.org/10.1509/jmkr.41.1.7.25084"),
    "yearly discount rate", per_company=True)
ACQUISITION_COST = declare("economics.acquisition_cost", 1.18, "currency per currency of new ARR", 0.0, 10.0, 0.2,
    Source("Pacific Crest / KBCM: $1.18 per $1 of new ARR", claims=("f",)),
    "sales and marketing spent per unit of new ARR", per_company=True)
EXPANSION_COST = declare("economics.expansion_cost", 0.28, "currency per currency of new ARR", 0.0, 10.0, 0.1,
    Source("Pacific Crest / KBCM: $0.28 per $1 of upsell", claims=("f",)),
    "sales cost per unit of expansion ARR", per_company=True)
REFERRAL_COST = declare("economics.referral_cost", 0.3, "share", 0.0, 2.0, 0.1,
    _A + "a referred account needs a third of the selling",
    "acquisition cost of a referred account, as a share of the ordinary", per_company=True)
ONBOARDING_WAGE = declare("economics.onboarding_wage", 8500.0, "currency/month", 0.0, 1e6, 1000.0,
    _A + "about 100 thousand a year with overheads",
    "cost of an onboarding specialist", per_company=True)
SUCCESS_WAGE = declare("economics.success_wage", 9500.0, "currency/month", 0.0, 1e6, 1000.0,
    _A + "about 115 thousand a year with overheads",
    "cost of a CSM", per_company=True)
SUPPORT_WAGE = declare("economics.support_wage", 6000.0, "currency/month", 0.0, 1e6, 800.0,
    _A + "about 70 thousand a year with overheads",
    "cost of a support agent", per_company=True)
DIGITAL_COST = declare("economics.digital_cost", 0.8, "currency/contact", 0.0, 1000.0, 0.4,
    _A + "a message or an automatic answer costs cents of computing and some of upkeep",
    "cost of a digital contact", per_company=True)
MULTIPLE = declare("economics.multiple", 3.4, "ratio", 0.5, 20.0, 0.8,
    _RULE,
    "company value per unit of ARR at the reference growth (M₀)", per_company=True)
MULTIPLE_GROWTH = declare("economics.multiple_growth", 0.15, "1/year", -1.0, 2.0, 0.0,
    _RULE,
    "reference growth of ARR (g₀)", per_company=True)
MULTIPLE_SLOPE = declare("economics.multiple_slope", 0.75, "per unit of growth", 0.0, 30.0, 0.4,
    _RULE,
    "how the multiple rises with growth (β); 0 is a flat multiple", per_company=True)
MULTIPLE_LEAST = declare("economics.multiple_least", 0.5, "ratio", 0.0, 20.0, 0.0,
    _RULE,
    "lowest multiple", per_company=True)
MULTIPLE_MOST = declare("economics.multiple_most", 20.0, "ratio", 0.5, 100.0, 0.0,
    _RULE,
    "highest multiple", per_company=True)
