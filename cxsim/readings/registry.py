"""The outcomes that runs are judged by: name, unit, direction, meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number that a run is judged by.

    Attributes
    ----------
    name, unit : str
    better : str
        "higher" or "lower".
    meaning : str
    """

    name: str
    unit: str
    better: str
    meaning: str


_ALL: Final = (
    Outcome(
        "logo_churn_12m",
        "share",
        "lower",
        "non-referral sign-ups of months [0, 12) lost at or before their twelfth monthly review, non-renewal "
        "included; coming back does not undo it",
    ),
    Outcome(
        "intent_12m",
        "share",
        "lower",
        "the same sign-ups, with an intent to leave by then (long terms hide it)",
    ),
    Outcome(
        "logo_churn_annual",
        "share",
        "lower",
        "accounts active 12 months before the horizon that are not at it",
    ),
    Outcome(
        "revenue_churn_annual",
        "share",
        "lower",
        "their MRR then, over all MRR then",
    ),
    Outcome(
        "renewal_rate",
        "share",
        "higher",
        "MRR renewed (no more than before) over MRR reaching the end of a term, last 12 months; monthly "
        "contracts have no term",
    ),
    Outcome(
        "inside_window_loss",
        "share",
        "lower",
        "accounts that signed up in the last 12 months and are gone at the horizon, over sign-ups: a loss "
        "that yearly retention does not see",
    ),
    Outcome(
        "grr",
        "share",
        "higher",
        "gross revenue retention: Σ min(MRR now, MRR 12 months ago) over accounts active then",
    ),
    Outcome(
        "nrr",
        "share",
        "higher",
        "net revenue retention: Σ MRR now over accounts active 12 months ago",
    ),
    Outcome(
        "accounts",
        "accounts",
        "higher",
        "active at the horizon",
    ),
    Outcome(
        "arr",
        "currency/year",
        "higher",
        "12 times MRR at the horizon",
    ),
    Outcome(
        "company_value_multiple",
        "currency",
        "higher",
        "ARR at the horizon times a multiple that rises with last year's growth",
    ),
    Outcome(
        "company_value_flat_multiple",
        "currency",
        "higher",
        "ARR at the horizon times the reference multiple",
    ),
    Outcome(
        "company_value_dcf",
        "currency",
        "higher",
        "present value at month 0 of cash to the horizon and of ten years' run-off with new business fading to zero",
    ),
    Outcome(
        "clv",
        "currency",
        "higher",
        "present value at sign-up, per sign-up of the first year, of gross margin to the horizon and ten "
        "years' projected residual, before acquisition",
    ),
    Outcome(
        "cac_payback",
        "months",
        "lower",
        "acquisition, onboarding payroll and what programmes cost at sign-up and in the onboarding stage, over "
        "starting MRR times gross margin",
    ),
    Outcome(
        "cac",
        "currency",
        "lower",
        "the same spending per sign-up, referred ones among them",
    ),
    Outcome(
        "ltv_to_cac",
        "ratio",
        "higher",
        "clv over cac: what a new customer is worth for each unit of money spent on winning and onboarding one",
    ),
    Outcome(
        "time_to_value",
        "days",
        "lower",
        "median from sign-up to go-live, giving up or leaving before being a competing event",
    ),
    Outcome(
        "onboarding_days_mean",
        "days",
        "lower",
        "mean from the request to go-live, over go-lives",
    ),
    Outcome(
        "health_mean",
        "0-20",
        "higher",
        "true health of the accounts active at the horizon",
    ),
    Outcome(
        "green_share",
        "share",
        "higher",
        "active accounts that are green at the horizon, by true health",
    ),
    Outcome(
        "red_share",
        "share",
        "lower",
        "active accounts that are red at the horizon, by true health",
    ),
    Outcome(
        "happy_share",
        "share",
        "higher",
        "active accounts that are happy and successful at the horizon",
    ),
    Outcome(
        "trapped_share",
        "share",
        "lower",
        "active accounts with high outcome and low experience at the horizon",
    ),
    Outcome(
        "programme_cost",
        "currency",
        "lower",
        "what interventions cost over the run, undiscounted",
    ),
    Outcome(
        "net_benefit",
        "currency",
        "higher",
        "present value at month 0 of the cash to the horizon, programme cost inside; a comparison's "
        "difference of it is the net benefit, a single run's value is the PV itself",
    ),
    Outcome(
        "monthly_logo_churn",
        "1/month",
        "lower",
        "losses over account-months",
    ),
    Outcome(
        "arpa",
        "currency/month",
        "higher",
        "MRR per active account, mean over the run",
    ),
    Outcome(
        "onboarding_churn_share",
        "share",
        "lower",
        "losses because of onboarding over losses by choice",
    ),
    Outcome(
        "relationship_churn_share",
        "share",
        "lower",
        "losses because of relationship over losses by choice",
    ),
    Outcome(
        "service_churn_share",
        "share",
        "lower",
        "losses because of service over losses by choice",
    ),
    Outcome(
        "value_churn_share",
        "share",
        "lower",
        "losses because of value over losses by choice",
    ),
    Outcome(
        "competition_churn_share",
        "share",
        "lower",
        "losses because of competition over losses by choice",
    ),
    Outcome(
        "price_churn_share",
        "share",
        "lower",
        "losses because of price over losses by choice",
    ),
    Outcome(
        "involuntary_churn_share",
        "share",
        "lower",
        "losses by failed payment over all losses",
    ),
    Outcome(
        "observed_health_error",
        "0-20",
        "lower",
        "mean absolute difference of observed and true health over monthly reviews",
    ),
)

OUTCOMES: Final[Mapping[str, Outcome]] = MappingProxyType({outcome.name: outcome for outcome in _ALL})

# what only an alternative has, against its baseline: no single run does
_OF_AN_ALTERNATIVE: Final = (
    Outcome(
        "cash_low_point",
        "currency",
        "higher",
        "lowest cumulative discounted cash of the alternative less the baseline's, 0 where it is never behind: what "
        "must be put up before it pays",
    ),
    Outcome(
        "break_even_month",
        "month",
        "lower",
        "month from whose start on that cash is not below 0 until the horizon",
    ),
    Outcome(
        "break_even_share",
        "share",
        "higher",
        "companies whose own cash is not below the baseline's at the horizon",
    ),
    Outcome(
        "return_on_programme",
        "ratio",
        "higher",
        "net benefit over the present value of what the programme cost",
    ),
)

PAYBACK: Final[Mapping[str, Outcome]] = MappingProxyType({outcome.name: outcome for outcome in _OF_AN_ALTERNATIVE})
