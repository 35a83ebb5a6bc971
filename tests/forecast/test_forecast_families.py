"""The families: limits, gradients, likelihood, and parameters found again."""

from __future__ import annotations

import numpy as np
import pytest
from retention_series import SEGMENTS
from scipy.special import betaln

import cxsim as cx
from cxsim.forecast.combination import MOST_BEHIND, saturated, unknown_number
from cxsim.forecast.curves import FAMILIES, Family
from cxsim.forecast.fitting import log_likelihood, maximum
from cxsim.forecast.intervals import PRIORS, drifted, plausible

AGES = np.arange(13.0)


def points(family: Family) -> np.ndarray:
    return np.random.default_rng(3).normal(-0.5, 0.6, (20, len(family.bounds)))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_survival_starts_at_one_and_never_rises(family: Family) -> None:
    logs = family.log_survival(points(family), AGES)
    assert logs[:, 0] == pytest.approx(0.0, abs=1e-9)
    assert (np.diff(logs, axis=1) <= 1e-9).all()


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_slopes_are_those_of_differences(family: Family) -> None:
    for x in points(family):
        slopes = family.slopes(x, AGES)
        for k in range(len(x)):
            step = np.zeros(len(x))
            step[k] = 1e-5
            rise = (family.log_survival((x + step)[None], AGES) - family.log_survival((x - step)[None], AGES))[0] / 2e-5
            assert slopes[k] == pytest.approx(rise, rel=1e-4, abs=1e-4)


def test_bdw_without_ageing_is_sbg_and_without_spread_is_discrete_weibull() -> None:
    x = np.array([[-1.2, -0.4, 0.0]])
    assert FAMILIES["bdw"].log_survival(x, AGES) == pytest.approx(FAMILIES["sbg"].log_survival(x[:, :2], AGES))
    alike = np.array([[-1.2, -13.0, 0.3]])
    weibull = FAMILIES["dw"].log_survival(np.array([[-1.2, 0.3]]), AGES)
    assert FAMILIES["bdw"].log_survival(alike, AGES) == pytest.approx(weibull, rel=1e-3)


def test_sbg_is_the_beta_ratio_of_the_literature() -> None:
    fit = cx.forecast.fit([1000, 631, 468, 382, 326], model="sbg")
    alpha, beta = fit.parameters["alpha"], fit.parameters["beta"]
    assert fit.curve(AGES) == pytest.approx(np.exp(betaln(alpha, beta + AGES) - betaln(alpha, beta)))


def test_the_likelihood_of_one_cohort_is_multinomial() -> None:
    counts = np.array([1000.0, 869, 743, 653, 593])
    x = np.array([[-1.0, -0.5]])
    survival = np.exp(FAMILIES["sbg"].log_survival(x, np.arange(5.0))[0])
    multinomial = -np.diff(counts) @ np.log(-np.diff(survival)) + counts[-1] * np.log(survival[-1])
    assert log_likelihood(FAMILIES["sbg"], x, counts[:-1], -np.diff(counts))[0] == pytest.approx(multinomial)


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("geometric", [-1.5]), ("dw", [-1.5, -0.3]), ("sbg", [-1.0, -0.5]), ("bdw", [-1.2, -0.4, 0.3]),
        ("two-class", [-0.3, 0.9, 0.2]), ("sbg-first", [-2.0, -1.0, -0.5]),
    ],
)  # fmt: skip
def test_what_a_family_makes_it_finds_again(name: str, x: list[float]) -> None:
    family = FAMILIES[name]
    counts = 1e6 * np.exp(family.log_survival(np.array([x]), AGES)[0])
    found = maximum(name, counts[:-1], -np.diff(counts))
    assert found.survival(AGES) == pytest.approx(counts / 1e6, rel=2e-4)
    assert list(found.parameters()) == list(family.parameters)
    if name != "bdw":  # its ridge is flat: curves agree before coordinates do
        assert found.x == pytest.approx(np.array(x), abs=0.05)


def test_the_geometric_maximum_is_losses_over_those_at_risk() -> None:
    counts = np.array([500.0, 410, 333, 280])
    found = maximum("geometric", counts[:-1], -np.diff(counts)).parameters()["theta"]
    assert found == pytest.approx(220 / 1243, rel=1e-6)


def test_a_cohort_that_nobody_leaves_ends_at_a_bound_and_says_so() -> None:
    fit = cx.forecast.fit([50, 50, 50, 50, 50], model="sbg")
    assert any("edge" in note for note in fit.notes)
    table = fit.project(8)
    assert table["survival"].iloc[-1] > 0.99
    assert table["low"].iloc[-1] < 1.0


def test_a_cohort_that_all_have_left_stays_empty() -> None:
    table = cx.forecast.fit([50, 20, 5, 0, 0]).project(8)
    assert (table[["survival", "low", "high"]].to_numpy()[3:] == 0.0).all()


def test_plausible_curves_of_the_geometric_are_those_of_a_closed_form() -> None:
    """With 200,000 periods lived the prior is nothing, and θ is all but normal round lost/risk."""
    at_risk, lost = np.array([100_000.0, 80_000.0, 64_000.0]), np.array([20_000.0, 16_000.0, 12_800.0])
    drawn = plausible(maximum("geometric", at_risk, lost), at_risk, lost, np.random.default_rng(1))
    theta = 1.0 / (1.0 + np.exp(-drawn.drawn(4000, np.random.default_rng(2))[:, 0]))
    error = np.sqrt(0.2 * 0.8 / at_risk.sum())
    assert abs(theta.mean() - 0.2) < 4.0 * error / np.sqrt(4000) + 1e-5
    assert theta.std() == pytest.approx(error, rel=0.06)


def test_the_evidence_of_the_geometric_is_its_integral() -> None:
    at_risk, lost = np.array([100.0, 80.0, 66.0]), np.array([20.0, 14.0, 9.0])
    family, (middle, width) = FAMILIES["geometric"], PRIORS["geometric"][0]
    x = np.linspace(-8.0, 5.0, 20_001)
    density = np.exp(-0.5 * ((x - middle) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))
    logs = log_likelihood(family, x[:, None], at_risk, lost)
    integral = np.log((np.exp(logs - logs.max()) * density).sum() * (x[1] - x[0])) + logs.max()
    found = plausible(maximum("geometric", at_risk, lost), at_risk, lost, np.random.default_rng(1))
    assert found.log_evidence == pytest.approx(integral, abs=0.05)


def test_drift_leaves_what_was_seen_and_its_median_alone() -> None:
    logs = np.tile(-0.1 * AGES, (4000, 1))
    moved = drifted(logs, 6, (0.1, 0.4), np.random.default_rng(1))
    assert (moved[:, :7] == logs[:, :7]).all()
    assert np.median(moved[:, -1]) == pytest.approx(-1.2, abs=0.02)
    assert moved[:, -1].std() > moved[:, 8].std() > 0.0


def test_percentages_of_an_unknown_number_are_as_likely_as_the_mean_over_it() -> None:
    from scipy.integrate import quad

    missed, periods = np.array([0.002, 0.3, 4.0]), 5
    found, likely = unknown_number(missed, periods)
    told = [
        quad(lambda z, m=m: np.exp(0.5 * periods * z - np.exp(z) * m), 0.0, np.log(MOST_BEHIND), limit=200)[0]
        for m in missed
    ]
    assert found - found[0] == pytest.approx(np.log(np.array(told) / told[0]), abs=0.15)
    assert 50.0 < likely < MOST_BEHIND


def test_smooth_percentages_tell_families_apart_better_than_as_many_customers_as_are_said() -> None:
    # chances that fall with tenure, by the year, to one digit: as smooth as only very many customers are
    t = np.arange(7.0)
    percent = np.round(100.0 * np.exp(betaln(1.0, 4.0 + t**0.7) - betaln(1.0, 4.0)), 1)
    hidden = cx.forecast.fit(percent).weights
    told = cx.forecast.fit(percent, customers=1000).weights
    assert hidden["bdw"] > 0.99 > 0.8 > told["bdw"]
    assert hidden["geometric"] < 1e-3
    assert sum(hidden.values()) == pytest.approx(1.0)


def test_no_family_is_likelier_than_a_curve_through_all_points() -> None:
    seen = cx.forecast.fit([1000, 700, 560, 480, 430, 400]).seen
    best = saturated(seen)
    for name in FAMILIES:
        assert maximum(name, seen.at_risk, seen.lost).log_likelihood <= best + 1e-9


@pytest.mark.parametrize("known", [4, 7])
@pytest.mark.parametrize("segment", SEGMENTS)
def test_half_of_the_draws_lie_above_the_line_of_the_combination(segment: str, known: int) -> None:
    fit = cx.forecast.fit(SEGMENTS[segment], periods=known, customers=100_000)
    table = fit.project(12)[known + 1 :]
    (there,) = fit.realised([(known, fit.seen.survival[-1] * 100_000)], 12 - known)
    above = (there[:, 1:] / 100_000 > table["survival"].to_numpy()).mean(axis=0)
    assert above == pytest.approx(0.5, abs=0.05)  # of 2,000 draws, each with its own luck
    assert (table["low_50"] < table["survival"]).all()
    assert (table["survival"] < table["high_50"]).all()


def test_curves_that_are_laid_round_a_line_never_rise_and_have_it_for_their_middle() -> None:
    from cxsim.forecast.intervals import centred

    rng = np.random.default_rng(8)
    logs = -np.cumsum(rng.gamma(2.0, 0.05, (501, 12)), axis=1)
    line = 0.5 * 0.8 ** np.arange(12.0)
    line[9] = line[8]
    moved = centred(logs, line, 4)
    assert (moved[:, :5] == logs[:, :5]).all()
    assert (np.diff(moved, axis=1) <= 1e-12).all()
    assert np.exp(np.median(moved - moved[:, 4:5], axis=0))[5:] == pytest.approx(line[5:] / line[4], rel=1e-5)
