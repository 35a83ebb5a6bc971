"""Who the accounts are: one set of numbers for each segment (`model.md` in docs, entities)."""

from __future__ import annotations

from cxsim.parameters.citations import CUST_CO, KBCM_2019
from cxsim.parameters.declaration import Source, declare

_A = "assumption: "

# fmt: off
MRR_MEDIAN = declare("segments.mrr_median", 2300.0, "currency/month", 1.0, 1e7, 0.0,
    KBCM_2019,
    "median monthly recurring revenue of a new account")
MRR_SIGMA = declare("segments.mrr_sigma", 0.5, "log units", 0.0, 2.0, 0.1,
    _A + "contract sizes are skewed; two thirds lie within a factor of 1.65 of the median",
    "standard deviation of the logarithm of MRR")
TERM_1_SHARE = declare("segments.term_1_share", 0.0, "share", 0.0, 1.0, 0.0,
    _A + "mid-market software is sold by the year",
    "new accounts that pay by the month")
TERM_24_SHARE = declare("segments.term_24_share", 0.10, "share", 0.0, 1.0, 0.0,
    _A + "a tenth commit for two years",
    "new accounts on a term of 24 months")
TERM_36_SHARE = declare("segments.term_36_share", 0.05, "share", 0.0, 1.0, 0.0,
    _A + "one in twenty commits for three years",
    "new accounts on a term of 36 months (the rest: 12 months)")
TOUCH_DIGITAL_SHARE = declare("segments.touch_digital_share", 0.2, "share", 0.0, 1.0, 0.0,
    CUST_CO,
    "accounts looked after by messages alone")
TOUCH_NAMED_SHARE = declare("segments.touch_named_share", 0.4, "share", 0.0, 1.0, 0.0,
    CUST_CO,
    "accounts with a CSM of their own (the rest share a pool)")
FIT_MEAN = declare("segments.fit_mean", 0.92, "ratio", 0.1, 2.0, 0.05,
    _A + "the product gives the average buyer somewhat less than it could",
    "how well the product suits the account: value obtained per unit of usage")
FIT_SD = declare("segments.fit_sd", 0.16, "ratio", 0.0, 0.6, 0.04,
    _A + "one buyer in six gets a fifth less than the mean",
    "standard deviation of fit")
FIT_LEAST = declare("segments.fit_least", 0.2, "ratio", 0.05, 1.0, 0.0,
    _A + "a product that suits nobody is not sold",
    "least fit and least promise of an account")
FIT_MOST = declare("segments.fit_most", 2.0, "ratio", 1.0, 5.0, 0.0,
    _A + "nor is a miracle",
    "greatest fit and greatest promise of an account")
PROMISE_MEAN = declare("segments.promise_mean", 0.75, "ratio", 0.1, 2.0, 0.05,
    _A + "sales promises three quarters of full usage's value",
    "what sales made the account expect, as value at full usage and fit 1")
PROMISE_SD = declare("segments.promise_sd", 0.10, "ratio", 0.0, 0.6, 0.03,
    _A + "promises differ by seller",
    "standard deviation of promise")
FIT_PROMISE_CORRELATION = declare("segments.fit_promise_correlation", -0.2, "correlation", -0.95, 0.95, 0.1,
    _A + "poor fits need the larger promises to be sold",
    "correlation of the normal scores of fit and promise")
FIT_MRR_CORRELATION = declare("segments.fit_mrr_correlation", 0.1, "correlation", -0.95, 0.95, 0.1,
    _A + "larger deals are better examined",
    "correlation of the normal scores of fit and MRR")
FRAILTY_VARIANCE = declare("segments.frailty_variance", 0.5, "variance", 0.0, 5.0, 0.2,
    Source("calibrated: how fast the loss of a cohort slows with age, given the spread of fit; gamma "
           "frailty: Vaupel, Manton & Stallard 1979",
           "https://doi.org/10.2307/2061224"),
    "variance of the unobserved proneness to leave (mean 1)")

ARRIVALS_PER_MONTH = declare("arrivals.per_month", 8.0, "accounts/month", 0.0, 1e5, 0.0,
    _A + "each world sets it so that its base at month 0 is the size it declares",
    "accounts that sign up without a referral")
ARRIVALS_GROWTH = declare("arrivals.annual_growth", 0.0, "1/year", -0.5, 2.0, 0.05,
    _A + "none, so that growth seen is not growth assumed",
    "yearly growth of arrivals, compounded, from the start of the history", per_company=True)
SEASON_AMPLITUDE = declare("arrivals.season_amplitude", 0.15, "share", 0.0, 0.95, 0.05,
    _A + "budgets close at the end of the year",
    "height of the yearly wave of arrivals", per_company=True)
SEASON_PEAK = declare("arrivals.season_peak", 11.5, "month of the calendar year", 0.0, 12.0, 0.0,
    _A + "December",
    "when the wave is highest: 0 is 1 January, 11.5 mid-December", per_company=True)
BASE_ACCOUNTS = declare("arrivals.base_accounts", 500.0, "accounts", 1.0, 1e7, 0.0,
    _A + "measured by running the history of the world; only `--accounts` reads it",
    "active accounts at month 0 that these arrivals lead to", per_company=True)
REFERRAL_CEILING_SHARE = declare("arrivals.referral_ceiling_share", 0.5, "share", 0.0, 5.0, 0.0,
    _A + "referrals are bounded by half of the ordinary arrivals",
    "ceiling of referred arrivals, as a share of ordinary ones", per_company=True)
REFERRAL_RATE = declare("arrivals.referral_rate", 0.004, "1/month", 0.0, 1.0, 0.002,
    _A + "one happy and successful account in twenty brings another in a year",
    "referrals per happy and successful account")
WARNING_RATE = declare("arrivals.warning_rate", 0.005, "1/month", 0.0, 1.0, 0.003,
    _A + "one unhappy account in seventeen turns a buyer away in a year",
    "buyers that each unhappy account turns away")
WORD_OF_MOUTH = declare("arrivals.word_of_mouth", 1.0, "switch", 0.0, 1.0, 0.0,
    _A + "on; a choice",
    "0 switches referrals and warnings off", per_company=True, whole=True)
HISTORY_MONTHS = declare("arrivals.history_months", 60.0, "months", 0.0, 600.0, 0.0,
    _A + "five years, after which the base changes little",
    "simulated months before month 0; the base is their survivors", per_company=True, whole=True)
SEGMENT_PRIORITY = declare("segments.priority", 0.0, "rank", 0.0, 9.0, 0.0,
    _A + "first come, first served; a choice",
    "place in onboarding and support queues, smaller first", whole=True)
