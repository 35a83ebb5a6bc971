"""The lifetime value of simulated customers against its closed form: |estimate − theory| < 4 standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import cxsim as cx
from cxsim.readings import lifetime_value
from cxsim.scenario import Scenario

WorldMaker = Callable[..., Scenario]


# the high rate tells a discounting that is a month off
@pytest.mark.parametrize(("h", "rate"), [(0.05, 0.12), (0.05, 1.0)])
def test_a_constant_hazard_gives_the_lifetime_value_of_the_textbook(
    h: float, rate: float, make_world: WorldMaker
) -> None:
    """Monthly contracts, one hazard, one price, no growth.

    An account leaves at its own monthly reviews with the chance q = 1 − e^−h, so that of those that signed up in a
    month s^(j−1) are there j months later, s = e^−h. Revenue of a month is the mean of both ends, and counts at its
    end: ½·v + Σ_{j≥1} ½(s^(j−1) + s^j)·v^(j+1) = ½(1 + v)·v/(1 − s·v), which is ½(1 + v) times the value in arrears.
    """
    world = make_world(
        {
            "churn.value_base": h, "economics.discount_rate": rate, "segments.mrr_sigma": 0.0,
            "segments.term_1_share": 1.0, "segments.term_24_share": 0.0, "segments.term_36_share": 0.0,
            "arrivals.per_month": 60.0, "teams.onboarding_headcount": 0, "onboarding.patience": 120.0,
        },
        quiet=True,
        horizon=96,
    )  # fmt: skip
    study = cx.run(world, replications=24, seed=5, workers=2)
    clv = study.values("clv")
    v = (1.0 + rate) ** (-1 / 12)
    mrr = world.value("segments.mrr_median") * world.value("economics.gross_margin")
    theory = (
        0.5
        * (1.0 + v)
        * lifetime_value(mrr, retention=math.exp(-h), discount_rate=1.0 / v - 1.0, convention="in arrears")
    )
    error = clv.std(ddof=1) / math.sqrt(len(clv))
    assert abs(clv.mean() - theory) < 4.0 * error
    assert error < 0.01 * theory
    assert np.isfinite(clv).all()
