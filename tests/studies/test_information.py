"""What knowing more is worth: the closed form of a linear Gaussian choice, noise, and what does not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from cxsim.studies.information import Worth, partial
from cxsim.studies.smoothing import shapes_of, smooth

MEAN, SLOPES = -0.3, np.array([1.0, 0.7, 0.0])
PROBLEMS = 20


def worth(gains: np.ndarray, inputs: np.ndarray, normal: np.ndarray) -> Worth:
    return partial(gains, shapes_of(inputs), normal)


def exact(slope: float) -> float:
    """E[max(0, N(m, s²))] − max(0, m)."""
    return slope * norm.pdf(MEAN / slope) + MEAN * norm.cdf(MEAN / slope) - max(MEAN, 0.0)


def draw(seed: int, n: int = 128, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((n, 3))
    gains = MEAN + inputs @ SLOPES + noise * rng.standard_normal(n)
    return inputs, gains[:, None], rng.standard_normal((200, n, 1))


@pytest.mark.parametrize(("columns", "slope"), [([0], 1.0), ([1], 0.7), ([0, 1, 2], math.hypot(1.0, 0.7))])
def test_a_linear_gaussian_choice_has_its_closed_form_worth(columns: list[int], slope: float) -> None:
    found = []
    for seed in range(PROBLEMS):
        inputs, gains, normal = draw(seed)
        found.append(worth(gains, inputs[:, columns], normal))
    values = np.array([one.value for one in found])
    error = values.std(ddof=1) / math.sqrt(PROBLEMS)
    assert abs(values.mean() - exact(slope)) < 4 * error
    told = np.array([one.standard_error for one in found])
    assert told.mean() == pytest.approx(values.std(ddof=1), rel=0.4)
    inside = [one.low <= exact(slope) <= one.high for one in found]
    assert np.mean(inside) > 0.95 - 4 * math.sqrt(0.95 * 0.05 / PROBLEMS)


def test_the_best_of_noisy_means_is_too_good_and_the_regression_is_not() -> None:
    nested, regressed = [], []
    for seed in range(PROBLEMS):
        inputs, gains, normal = draw(seed, noise=2.0)
        nested.append(np.maximum(gains, 0.0).mean() - max(gains.mean(), 0.0))
        regressed.append(worth(gains, inputs, normal).value)
    true = exact(math.hypot(1.0, 0.7))
    bias = np.mean(nested) - true
    assert bias > 4 * np.std(nested, ddof=1) / math.sqrt(PROBLEMS)
    assert bias > 0.5 * true
    assert abs(np.mean(regressed) - true) < 0.25 * bias + 4 * np.std(regressed, ddof=1) / math.sqrt(PROBLEMS)


def test_a_parameter_that_does_not_matter_is_worth_nothing() -> None:
    found = [worth(gains, inputs[:, [2]], normal) for inputs, gains, normal in map(draw, range(PROBLEMS))]
    assert sum(one.value > 0.01 for one in found) <= 2
    assert not any(one.is_clear for one in found)


def test_a_curve_that_no_straight_line_tells_is_found() -> None:
    rng = np.random.default_rng(5)
    inputs = rng.standard_normal((200, 1))
    gains = (inputs**2 - 0.5 + 0.3 * rng.standard_normal((200, 1))).astype(np.float64)
    found = worth(gains, inputs, rng.standard_normal((200, 200, 1)))
    assert found.shape == "curved"
    true = np.maximum(inputs**2 - 0.5, 0.0).mean() - 0.5
    assert abs(found.value - true) < 4 * found.standard_error


def test_an_interplay_of_two_inputs_takes_a_surface() -> None:
    rng = np.random.default_rng(6)
    inputs = rng.standard_normal((300, 2))
    values = inputs[:, 0] * inputs[:, 1] + 0.3 * rng.standard_normal(300)
    found = smooth(values, shapes_of(inputs))
    assert found.shape == "surface"
    assert found.explained > 0.6


def test_leaving_out_is_what_it_says() -> None:
    """The share explained equals that of fits made again without each value."""
    rng = np.random.default_rng(7)
    inputs = rng.standard_normal((25, 1))
    values = inputs[:, 0] + 0.5 * rng.standard_normal(25)
    (straight,) = shapes_of(inputs)[:1]
    found = smooth(values, [straight])
    alpha = float(straight.size[0] * (1.0 / found.kept[0] - 1.0))
    missed = alone = 0.0
    for out in range(25):
        keep = np.arange(25) != out
        # the left-out value takes part in neither slope nor mean, while the scale of the input stays
        x = straight.axes[:, 0] * math.sqrt(float(straight.size[0]))
        centred = x[keep] - x[keep].mean()
        # ridge with an unpenalised mean
        slope = centred @ (values[keep] - values[keep].mean()) / (centred @ centred + alpha)
        missed += (values[out] - values[keep].mean() - slope * (x[out] - x[keep].mean())) ** 2
        alone += (values[out] - values[keep].mean()) ** 2
    assert found.explained == pytest.approx(1.0 - missed / alone, rel=1e-9)


def test_alternatives_with_the_same_errors_are_not_played_against_each_other() -> None:
    """Two alternatives that differ by a constant: the better one is always better, and knowing more adds nothing."""
    inputs, gains, _ = draw(3)
    both = np.column_stack((gains + 20.0, gains + 20.2))
    normal = np.random.default_rng(1).standard_normal((200, len(gains), 2))
    found = worth(both, inputs, normal)
    assert found.value == 0.0
    assert found.standard_error < 1e-9


def test_inputs_that_do_not_vary_say_nothing() -> None:
    assert shapes_of(np.ones((30, 2))) == ()
