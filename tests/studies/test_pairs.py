"""The statistics of pairs, against hand computations and synthetic truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxsim.studies.pairs import mean_interval, paired, settles_at, variance_ceiling, variance_ratio, wilson

RNG = np.random.default_rng(11)


def test_interval_is_the_paired_t_interval() -> None:
    before, after = RNG.normal(5, 2, 30), RNG.normal(5.3, 2, 30)
    effect = paired(before, after, "higher")
    truth = stats.ttest_rel(after, before)
    low, high = truth.confidence_interval(0.95)
    assert (effect.low, effect.high) == pytest.approx((low, high))
    assert effect.probability_mean_better == pytest.approx(
        1.0 - truth.pvalue / 2 if truth.statistic > 0 else truth.pvalue / 2
    )
    assert mean_interval(after - before)[:2] == pytest.approx((low, high))


def test_ties_count_half_and_direction_counts() -> None:
    before, after = np.array([1.0, 1.0, 1.0, 1.0]), np.array([2.0, 1.0, 0.0, 2.0])
    assert paired(before, after, "higher").probability_better == pytest.approx(2.5 / 4)
    assert paired(before, after, "lower").probability_better == pytest.approx(1.5 / 4)


def test_future_interval_is_that_of_single_differences() -> None:
    after = np.arange(101.0)
    effect = paired(np.zeros(101), after, "higher")
    assert (effect.future_low, effect.future_high) == pytest.approx((5.0, 95.0))


def test_pairs_without_a_value_do_not_count_and_are_told() -> None:
    before, after = np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, 5.0])
    effect = paired(before, after, "higher", "nobody left")
    assert effect.difference == 1.5
    assert effect.reason == "left out 1 of 3 replications: nobody left"
    none = paired(np.array([np.nan]), np.array([1.0]), "higher", "nobody left")
    assert none.difference is None
    assert none.reason == "nobody left"


def test_variance_ratio_of_a_known_correlation() -> None:
    shared, own = RNG.normal(size=200_000), RNG.normal(size=(2, 200_000))
    rho = 0.8
    before, after = (np.sqrt(rho) * shared + np.sqrt(1 - rho) * one for one in own)
    # var X + var Y = 2, var (X − Y) = 2 (1 − ρ); standard error of the ratio is about 5·√(2/n)·…
    assert variance_ratio(before, after) == pytest.approx(1 / (1 - rho), rel=0.03)


def test_nested_coin_tosses_reach_the_ceiling() -> None:
    """With the same uniform for both arms only those between the two probabilities differ."""
    p, q, accounts = 0.20, 0.15, 50
    u = RNG.uniform(size=(20_000, accounts))
    before, after = (u < p).mean(axis=1), (u < q).mean(axis=1)
    ceiling = variance_ceiling(p, q)
    assert ceiling == pytest.approx(6.1, abs=0.05)
    assert variance_ratio(before, after) == pytest.approx(ceiling, rel=0.06)
    assert variance_ceiling(0.2, 0.2) is None
    assert variance_ratio(np.ones(3), np.ones(3)) is None


def test_effect_settles_where_it_stays_beyond_zero() -> None:
    steps = np.array([0.0, 1.0, 0.0, 1.0, 2.0])
    before = np.zeros((20, 5))
    after = steps + 0.01 * RNG.normal(size=(20, 5)) * (steps > 0)
    assert settles_at(before, after) == 3
    assert settles_at(before, -after) == 3
    assert settles_at(before, before) is None
    assert settles_at(before[:1], after[:1]) is None


def test_score_interval_of_a_share() -> None:
    truth = stats.binomtest(3, 20).proportion_ci(method="wilson")
    assert wilson(3, 20) == pytest.approx((truth.low, truth.high))
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == pytest.approx(1.0)
