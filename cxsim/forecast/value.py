"""What a customer is still worth: residual lifetime by tenure, discounted, and the error of a constant retention rate.

Conventions. A customer of tenure n is in his n-th period and has renewed n − 1 times. With S(t) the share still there
after t periods, d the discount rate per period and v = 1/(1 + d):

- "before renewal": just before the n-th renewal; who renews pays now. Σ_{t ≥ n} S(t)/S(n − 1)·v^(t − n). This is the
  DERL of Fader & Hardie (2010).
- "end of period": just after a renewal, in the n-th period, with that period paid; the next payment is a period away.
  Σ_{t ≥ n} S(t)/S(n − 1)·v^(t − n + 1), which is r/(1 + d − r) for a constant retention r (Gupta, Lehmann & Stuart
  2004): $100 a period, r = 0.8, d = 12 % gives $250.
- "start of period": the same with the n-th period's own payment, made now: one more than "end of period".

References
----------
Fader & Hardie 2010, Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring Heterogeneity, Marketing
Science 29(1), 85-93, doi:10.1287/mksc.1080.0482. Gupta, Lehmann & Stuart 2004, doi:10.1509/jmkr.41.1.7.25084.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, hyp2f1

from cxsim.errors import InputError, did_you_mean, shown
from cxsim.forecast.curves import Family, Reals

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.forecast.fits import Fit

TIMINGS: Final = ("before renewal", "end of period", "start of period")
SMALLEST: Final = 1e-10
LONGEST: Final = 200_000
DRAWS: Final = 200


def residual(family: Family, x: Reals, tenure: int, discount: float) -> float:
    """Discounted residual lifetime of a customer of a tenure, just before renewal [periods].

    Parameters
    ----------
    family : Family
    x : float array, shape (k,)
        Free coordinates.
    tenure : int
        n ≥ 1.
    discount : float
        d ≥ 0 per period.

    Returns
    -------
    float
        Infinite where the sum has no end: d = 0 and α ≤ 1 (sBG), or cα ≤ 1 (BdW).

    Notes
    -----
    Geometric: r/(1 − r·v). sBG: (β + n − 1)/(α + β + n − 1)·₂F₁(1, β + n; α + β + n; v), and (β + n − 1)/(α − 1) for
    d = 0 (Fader & Hardie 2010). Else the sum, with a power law for what is beyond its last term.
    """
    named = dict(zip(family.parameters, family.natural(x), strict=True))
    fade = 1.0 / (1.0 + discount)
    if family.name == "geometric":
        stay = float(expit(-x[0]))
        return stay / (1.0 - stay * fade)
    alpha, beta, c = named.get("alpha", math.inf), named.get("beta", math.inf), named.get("c", 1.0)
    if discount == 0.0 and alpha * c <= 1.0:
        return math.inf
    if family.name == "sbg":
        if discount == 0.0:
            return (beta + tenure - 1) / (alpha - 1.0)
        return float(
            (beta + tenure - 1) / (alpha + beta + tenure - 1) * hyp2f1(1, beta + tenure, alpha + beta + tenure, fade)
        )
    return _summed(family, x, tenure, discount, alpha * c)


def _summed(family: Family, x: Reals, tenure: int, discount: float, power: float) -> float:
    """The sum itself."""
    terms = LONGEST if discount == 0.0 else min(LONGEST, int(math.log(1.0 / SMALLEST) / math.log1p(discount)) + 2)
    ages = tenure - 1 + np.arange(terms + 1, dtype=np.float64)
    logs = family.log_survival(x[None, :], ages)[0]
    stays = np.exp(logs[1:] - logs[0] - math.log1p(discount) * np.arange(terms))
    # S(t) falls like t^(−αc) in the end; what is left beyond the last term without discounting
    rest = float(stays[-1]) * ages[-1] / (power - 1.0) if discount == 0.0 and math.isfinite(power) else 0.0
    return float(stays.sum()) + rest


def timed(before: float, discount: float, timing: str) -> float:
    """A residual lifetime just before renewal, under another convention."""
    if timing == "before renewal":
        return before
    after = before / (1.0 + discount)
    return after if timing == "end of period" else 1.0 + after


def check(discount: float, timing: str, margin: float) -> None:
    """Refuse what has no meaning.

    Raises
    ------
    InputError
        If the discount rate is negative, the margin is not above 0 or the timing unknown.
    """
    if not (math.isfinite(margin) and margin > 0.0):
        raise InputError(f"margin {shown(margin)}: must be above 0, in currency for each customer and period")
    if not (math.isfinite(discount) and 0.0 <= discount <= 1.0):
        raise InputError(f"discount {shown(discount)}: must be a rate per period from 0 to 1, such as 0.1 for 10 %")
    if timing not in TIMINGS:
        raise InputError(f"timing {shown(timing)}: must be one of {', '.join(TIMINGS)}.{did_you_mean(timing, TIMINGS)}")


def residual_lifetime(
    fit: Fit,
    *,
    tenures: Iterable[int] = range(1, 11),
    discount: float = 0.1,
    margin: float = 1.0,
    timing: str = "before renewal",
) -> pd.DataFrame:
    """Residual lifetime and residual value of a customer by tenure.

    Parameters
    ----------
    fit : Fit
    tenures : iterable of int
        n = 1 is a customer in his first period.
    discount : float
        Rate per period, 0 to 1.
    margin : float
        Of one period [currency].
    timing : str
        "before renewal" (Fader & Hardie 2010), "end of period" (Gupta, Lehmann & Stuart 2004) or "start of period".

    Returns
    -------
    pandas.DataFrame, one row a tenure
        `tenure`; `retention` (chance of the n-th renewal); `lifetime` (expected further renewals, undiscounted;
        infinite where heavy heterogeneity makes it so); `discounted` (discounted periods); `value` (currency) with
        `low` and `high` (90 %, uncertainty of the parameters, for the mean customer).

    Raises
    ------
    InputError
        If a tenure, the discount rate, the margin or the timing is not allowed, or the model has no tail
        (Kaplan-Meier).

    Notes
    -----
    Where the curve falls so slowly that an undiscounted sum has no end, the expectation is infinite; `attrs["notes"]`
    of the table says so. Then no finite number is right: ask with a discount rate above 0.
    """
    import pandas as pd

    check(discount, timing, margin)
    found = []
    points = fit.curves(DRAWS)
    for tenure in tenures:
        if isinstance(tenure, bool) or not isinstance(tenure, int | np.integer) or tenure < 1:
            raise InputError(f"tenure {shown(tenure)}: must be a whole number from 1; 1 is a customer's first period")
        retention = before = lifetime = 0.0
        for name, weight in fit.weights.items():
            if weight == 0.0:
                continue
            one = fit.fitted[name]
            ages = np.array([tenure - 1.0, tenure])
            before += weight * residual(one.family, one.x, tenure, discount)
            lifetime += weight * residual(one.family, one.x, tenure, 0.0)
            retention += weight * float(np.divide(*one.survival(ages)[::-1]))
        spread = [timed(residual(family, x, tenure, discount), discount, timing) for family, x in points]
        low, high = margin * _ends(np.asarray(spread))
        there = timed(before, discount, timing)
        found.append((tenure, retention, lifetime, there, margin * there, float(low), float(high)))
    table = pd.DataFrame(
        found, columns=["tenure", "retention", "lifetime", "discounted", "value", "low", "high"]
    ).astype({"tenure": "int64"})
    table.attrs["notes"] = _endless(table)
    return table


def _ends(spread: Reals) -> Reals:
    """5 and 95 % of values, some of which may be infinite."""
    if np.isfinite(spread).all():
        return np.asarray(np.quantile(spread, (0.05, 0.95)))
    return np.asarray(np.sort(spread)[[int(0.05 * len(spread)), int(0.95 * len(spread))]])


def _endless(table: pd.DataFrame) -> tuple[str, ...]:
    """What is infinite, in plain sentences."""
    why = "is infinite: the fitted curve falls so slowly that the sum without discount has no end"
    said = []
    if np.isinf(table["value"]).any():
        said.append(f"The value {why}. Give a discount rate above 0.")
    elif np.isinf(table["high"]).any():
        said.append("The upper bound of the value is infinite: some curves that the data leave possible have no end.")
    if np.isinf(table["lifetime"]).any():
        said.append(f"The lifetime {why}. The discounted one does not have that fault.")
    return tuple(said)


@dataclass(frozen=True, slots=True)
class ConstantRate:
    """What one retention rate for all says of a customer base, beside what the fitted curve says.

    Attributes
    ----------
    retention : float
        The base's share that renews once: the rate that a company would report.
    value_constant, value_curve : float
        Of the whole base.
    error : float
        value_constant / value_curve − 1.
    timing : str
    """

    retention: float
    value_constant: float
    value_curve: float
    error: float
    timing: str


def constant_retention_error(
    fit: Fit,
    *,
    base: Mapping[int, float],
    discount: float = 0.1,
    margin: float = 1.0,
    timing: str = "before renewal",
) -> ConstantRate:
    """Value a customer base with one retention rate for all, and with the curve: by how much is the first wrong?

    Parameters
    ----------
    fit : Fit
    base : mapping of int to float
        Customers by tenure: {1: new ones, 2: those who renewed once, …}.
    discount : float
        Rate per period, 0 to 1.
    margin : float
        Of one period [currency].
    timing : str
        As in `residual_lifetime`.

    Raises
    ------
    InputError
        If the base is empty, a value is not allowed, or the value of the base is infinite.

    Notes
    -----
    The constant rate is the one that the base as a whole shows at its next renewal, Σ n·S(n)/S(n − 1) / Σ n. It treats
    those who stay as no better than those who leave; with heterogeneity it is too low for the loyal, who carry the
    value (Fader & Hardie 2010).
    """
    counts = np.array([float(number) for number in base.values()])
    if not len(counts) or not np.isfinite(counts).all() or (counts < 0).any() or counts.sum() == 0:
        raise InputError(
            "base: must hold customers by tenure, none negative and some above 0, such as {1: 500, 2: 300}"
        )
    table = residual_lifetime(fit, tenures=base, discount=discount, margin=margin, timing=timing)
    if np.isinf(table["value"]).any():
        raise InputError(f"discount {discount:.10g}: {table.attrs['notes'][0]}")
    rate = float(counts @ table["retention"] / counts.sum())
    constant = timed(rate / (1.0 - rate / (1.0 + discount)), discount, timing)
    by_rate, by_curve = margin * constant * counts.sum(), float(counts @ table["value"])
    return ConstantRate(rate, float(by_rate), by_curve, float(by_rate / by_curve - 1.0), timing)
