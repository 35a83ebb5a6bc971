"""Sobol indices of noisy functions with known answers; groups; what is and is not told."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from cxsim.errors import InputError
from cxsim.studies.groups import correlated
from cxsim.studies.sobol import Indices, design, indices, naive_total

Reals = npt.NDArray[np.float64]
A, B = 7.0, 0.1  # of Ishigami's function
WEIGHTS = np.array([0.0, 1.0, 4.5, 99.0])  # of the g-function; the smaller, the more an input matters


def ishigami(x: Reals) -> Reals:
    """sin x₁ + a sin² x₂ + b x₃⁴ sin x₁ on (−π, π)³; a fourth input does nothing."""
    angle = math.pi * (2.0 * x - 1.0)
    x1, x2, x3 = angle[..., 0], angle[..., 1], angle[..., 2]
    return np.asarray(np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1))


def ishigami_theory() -> tuple[float, Reals, Reals]:
    """Variance, first-order and total indices (Ishigami & Homma 1990, doi:10.1109/ISUMA.1990.151285)."""
    one, two = (1 + B * math.pi**4 / 5) ** 2 / 2, A**2 / 8
    together = 8 * B**2 * math.pi**8 / 225
    variance = one + two + together
    first, total = np.array([one, two, 0.0, 0.0]), np.array([one + together, two, together, 0.0])
    return variance, first / variance, total / variance


def g(x: Reals) -> Reals:
    return np.asarray(np.prod((np.abs(4.0 * x - 2.0) + WEIGHTS) / (1.0 + WEIGHTS), axis=-1))


def g_theory() -> tuple[float, Reals, Reals]:
    """The same (Saltelli & Sobol 1995, doi:10.1016/0951-8320(95)00099-2)."""
    own = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
    variance = float(np.prod(1.0 + own) - 1.0)
    return variance, own / variance, own * np.prod(1.0 + own) / (1.0 + own) / variance


def noisy(clean: Reals, sd: float, seed: int) -> Reals:
    """Values under two lucks; shape (2, …)."""
    luck = np.random.Generator(np.random.Philox(seed)).standard_normal((2, *clean.shape))
    return np.asarray(clean + sd * luck)


def told(indices_: Indices) -> tuple[Reals, Reals]:
    assert indices_.total is not None
    return np.array([(i.value, i.standard_error) for i in indices_.total]).T  # type: ignore[return-value]


@pytest.mark.parametrize("function", ["ishigami", "g"])
def test_indices_of_known_functions_under_strong_noise_are_right(function: str) -> None:
    f, (variance, first, total) = (ishigami, ishigami_theory()) if function == "ishigami" else (g, g_theory())
    sd = math.sqrt(variance)  # half of all variation is luck
    plan = design([(0,), (1,), (2,), (3,)], rows=2048, seed=3)
    found = indices(noisy(f(plan.points), sd, seed=4), seed=5)
    assert found.total is not None
    assert found.first is not None
    for estimates, theory in ((found.total, total), (found.first, first)):
        for estimate, true in zip(estimates, theory, strict=True):
            assert abs(estimate.value - true) < 4.0 * estimate.standard_error
            assert estimate.standard_error < 0.08
    assert abs(found.luck.value - 0.5) < 4.0 * found.luck.standard_error
    assert abs(found.input_variance.value - variance) < 4.0 * found.input_variance.standard_error


def test_an_inert_input_gets_zero_where_an_ordinary_estimate_is_large() -> None:
    variance = ishigami_theory()[0]
    plan = design([(0,), (1,), (2,), (3,)], rows=1024, seed=1)
    values = noisy(ishigami(plan.points), math.sqrt(3.0 * variance), seed=2)
    found = indices(values, seed=3)
    assert found.total is not None
    inert = found.total[3]
    assert inert.low <= 0.0 <= inert.high < 0.3
    assert found.luck.low < 0.75 < found.luck.high
    assert naive_total(values[0])[3] > 0.6


def test_luck_that_is_the_same_along_a_row_does_no_harm_and_helps() -> None:
    """Common random numbers: additive luck drops out of the differences, and out of the indices."""
    plan = design([(0,), (1,), (2,), (3,)], rows=256, seed=1)
    clean, luck = ishigami(plan.points), np.random.Generator(np.random.Philox(2)).standard_normal((2, 1, 256))
    shared = indices(clean + 4.0 * luck, seed=3)
    apart = indices(noisy(clean, 4.0, seed=2), seed=3)
    (values, errors), (_, wide) = told(shared), told(apart)
    assert (errors < 0.8 * wide).all()
    assert (np.abs(values - ishigami_theory()[2]) < 4.0 * errors + 1e-12).all()
    assert values[3] == pytest.approx(0.0, abs=1e-12)


def test_luck_that_multiplies_and_is_the_same_along_a_row_is_told_apart() -> None:
    """f = (1 + .8 z)·g: its mean over luck is g, so that indices are those of g; E f² is 1.64 times E g²."""
    variance, first, total = g_theory()
    plan = design([(0,), (1,), (2,), (3,)], rows=2048, seed=6)
    luck = np.random.Generator(np.random.Philox(7)).standard_normal((2, 1, 2048))
    found = indices(g(plan.points) * (1.0 + 0.8 * luck), seed=8)
    assert found.total is not None
    assert found.first is not None
    for estimates, theory in ((found.total, total), (found.first, first)):
        for estimate, true in zip(estimates, theory, strict=True):
            assert abs(estimate.value - true) < 4.0 * estimate.standard_error + 1e-12
            assert estimate.standard_error < 0.1
    share = 1.0 - variance / (1.64 * (variance + 1.0) - 1.0)
    assert abs(found.luck.value - share) < 4.0 * found.luck.standard_error


def test_a_group_of_correlated_inputs_has_the_index_of_their_joint_effect() -> None:
    """x₁ + x₂ + x₃ of normal scores, ρ between the first two: T = (2 + 2ρ)/(3 + 2ρ) and 1/(3 + 2ρ)."""
    from scipy.special import ndtri

    rho = 0.6
    plan = design([(0, 1), (2,)], rows=1024, seed=8)
    points = correlated(plan.points, (0, 1), rho)
    clean = ndtri(np.clip(points, 1e-12, 1.0 - 1e-12)).sum(axis=-1)
    values, errors = told(indices(noisy(clean, 1.0, seed=9), seed=10))
    theory = np.array([2.0 + 2.0 * rho, 1.0]) / (3.0 + 2.0 * rho)
    assert (np.abs(values - theory) < 4.0 * errors).all()
    alone = 2.0 / 3.0  # what it would be without the correlation
    assert abs(values[0] - alone) > 2.0 * errors[0]


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
def test_correlated_points_stay_uniform(rho: float) -> None:
    points = design([(0,), (1,), (2,), (3,)], rows=4096, seed=2).points[0]
    moved = correlated(points, (0, 2, 3), rho)
    assert (moved[:, 1] == points[:, 1]).all()
    for column in range(4):
        assert np.quantile(moved[:, column], (0.1, 0.5, 0.9)) == pytest.approx((0.1, 0.5, 0.9), abs=0.02)
    from scipy.special import ndtri

    scores = ndtri(moved[:, (0, 2, 3)])
    assert np.corrcoef(scores.T)[np.triu_indices(3, 1)] == pytest.approx(np.full(3, rho), abs=0.06)


def test_the_design_takes_the_columns_of_a_group_from_b_and_no_other() -> None:
    plan = design([(0, 3), (1,), (2,)], rows=64, seed=11)
    a, b = plan.points[:2]
    assert plan.points.shape == (5, 64, 4)
    assert (a != b).all()
    for place, group in enumerate(plan.groups, start=2):
        own = [column in group for column in range(4)]
        assert (plan.points[place][:, own] == b[:, own]).all()
        assert (plan.points[place][:, np.logical_not(own)] == a[:, np.logical_not(own)]).all()
    assert ((plan.points > 0.0) & (plan.points < 1.0)).all()
    assert plan.points.mean(axis=(0, 1)) == pytest.approx(np.full(4, 0.5), abs=0.01)


def test_where_all_is_luck_no_index_is_given() -> None:
    plan = design([(0,), (1,)], rows=64, seed=1)
    found = indices(noisy(np.zeros(plan.points.shape[:2]), 1.0, seed=2), seed=3)
    assert found.total is None
    assert found.first is None
    assert found.luck.low < 1.0 < found.luck.high


def test_a_function_that_never_varies_has_no_index() -> None:
    found = indices(np.ones((2, 4, 16)), seed=1)
    assert found.total is None
    assert math.isnan(found.luck.value)


def test_rows_in_which_a_value_is_missing_are_left_out() -> None:
    plan = design([(0,), (1,), (2,), (3,)], rows=64, seed=1)
    values = noisy(ishigami(plan.points), 1.0, seed=2)
    holed = values.copy()
    holed[1, 3, 5], holed[0, 0, 9] = np.nan, np.nan
    kept = np.delete(values, (5, 9), axis=2)
    assert indices(holed, seed=3) == indices(kept, seed=3)
    assert indices(holed, seed=3).rows == 62
    holed[0, 0, 7:] = np.nan
    with pytest.raises(InputError, match="in 6 of 64 the outcome exists"):
        indices(holed, seed=3)


@pytest.mark.parametrize("rows", [0, 7, 100, 64.0, True, 2**21])
def test_rows_are_a_power_of_two(rows: object) -> None:
    with pytest.raises(InputError, match="rows"):
        design([(0,)], rows=rows, seed=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("groups", [[], [()], [(0,), (2,)], [(0,), (0, 1)]])
def test_groups_share_out_the_columns(groups: list[tuple[int, ...]]) -> None:
    with pytest.raises(InputError, match="groups"):
        design(groups, rows=8, seed=1)


def _coverage(repetitions: int, rows: int) -> Reals:
    """Share of intervals that hold the true total index, for each input."""
    variance, _, total = g_theory()
    held = np.zeros(len(total))
    for number in range(repetitions):
        plan = design([(0,), (1,), (2,), (3,)], rows=rows, seed=number)
        values = noisy(g(plan.points), math.sqrt(variance), seed=1_000_000 + number)
        found = indices(values, seed=number, resamples=400)
        assert found.total is not None, number
        held += [index.low <= true <= index.high for index, true in zip(found.total, total, strict=True)]
    return held / repetitions


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    n = 60
    assert (_coverage(n, 128) > 0.95 - 4.0 * math.sqrt(0.95 * 0.05 / n)).all()


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Four standard errors of a share, and a point for percentiles of a skewed estimate; they may be too wide."""
    n = 600
    assert (_coverage(n, 256) > 0.95 - 0.01 - 4.0 * math.sqrt(0.95 * 0.05 / n)).all()
