"""Published tables: parameters and errors that others found, and the combination that knows none of them."""

from __future__ import annotations

import numpy as np
import pytest
from retention_series import KINDS, SEGMENTS, mape, unseen

import cxsim as cx

YEARS_5_12 = slice(5, 13)


@pytest.mark.parametrize(("segment", "alpha", "beta"), [("regular", 0.704, 1.182), ("high end", 0.668, 3.806)])
def test_sbg_on_seven_years_has_the_published_parameters(segment: str, alpha: float, beta: float) -> None:
    found = cx.forecast.fit(SEGMENTS[segment], model="sbg", periods=7).parameters
    assert round(found["alpha"], 3) == alpha
    assert round(found["beta"], 3) == beta


@pytest.mark.parametrize(("segment", "error"), [("regular", 1.49), ("high end", 2.83)])
def test_sbg_on_seven_years_has_the_published_error_in_years_8_to_12(segment: str, error: float) -> None:
    truth = SEGMENTS[segment]
    table = cx.forecast.fit(truth, model="sbg", periods=7).project(12)
    assert mape(100.0 * table["survival"].to_numpy()[8:], truth[8:]) == pytest.approx(error, abs=0.01)


@pytest.mark.parametrize(
    ("segment", "model", "error"),
    [
        ("regular", "geometric", 64.0), ("regular", "sbg", 5.4), ("regular", "bdw", 1.3),
        ("high end", "geometric", 28.5), ("high end", "sbg", 13.2), ("high end", "bdw", 1.7),
    ],
)  # fmt: skip
def test_four_years_give_the_published_errors_of_years_5_to_12(segment: str, model: str, error: float) -> None:
    truth = SEGMENTS[segment]
    table = cx.forecast.fit(truth, model=model, periods=4).project(12)
    assert mape(100.0 * table["survival"].to_numpy()[YEARS_5_12], truth[YEARS_5_12]) == pytest.approx(error, abs=0.06)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_the_combination_knows_both_segments_without_being_told_the_family(segment: str) -> None:
    truth = SEGMENTS[segment]
    table = cx.forecast.fit(truth[:5]).project(12)[YEARS_5_12]
    assert mape(100.0 * table["survival"].to_numpy(), truth[YEARS_5_12]) < 3.0
    assert (100.0 * table["low"] <= truth[YEARS_5_12]).all()
    assert (100.0 * table["high"] >= truth[YEARS_5_12]).all()


def test_on_series_never_seen_the_combination_is_at_most_a_point_worse_than_the_better_family() -> None:
    rng = np.random.default_rng(2026)
    errors: dict[str, list[float]] = {"auto": [], "sbg": [], "bdw": []}
    for number in range(50):
        percent, known = unseen(KINDS[number % len(KINDS)], rng)
        for model, found in errors.items():
            ages = np.arange(known + 1.0, len(percent))
            made = cx.forecast.fit(percent, model=model, periods=known, customers=1000)
            found.append(mape(100.0 * made.curve(ages), percent[known + 1 :]))
    median = {model: float(np.median(found)) for model, found in errors.items()}
    assert median["auto"] <= min(median["sbg"], median["bdw"]) + 1.0
