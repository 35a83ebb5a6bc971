"""Quantities in words."""

from __future__ import annotations

import pytest

from cxsim.studies import quantities as q


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0667, "share", "6.7 %"),
        (12_345_678.0, "currency/year", "12.3 M"),
        (-48_100.0, "currency", "−48.1 k"),
        (0.0, "currency", "0"),
        (865.0, "accounts", "865"),
        (72.68, "days", "72.7 days"),
        (13.663, "0-20", "13.7"),
        (None, "share", "–"),
    ],
)
def test_levels(value: float | None, unit: str, said: str) -> None:
    assert q.level(value, unit) == said


def test_differences_carry_their_sign_and_share_their_scale() -> None:
    assert q.change(-0.018, "share") == "−1.8 pts"
    assert q.change_with_interval(-0.018, -0.026, -0.010, "share") == "−1.8 [−2.6, −1.0] pts"
    assert q.change_with_interval(696e3, 532e3, 1.1e6, "currency") == "+0.70 [+0.53, +1.10] M"
    assert q.change(-999_820.0, "currency") == "−1.00 M"  # not a thousand thousands
    assert q.change(-999_420.0, "currency") == "−999 k"
    assert q.change_with_interval(0.0, 0.0, 0.0, "share") == "0.00 [0.00, 0.00] pts"
    assert q.interval(0.137, 0.694, "share", signed=False) == "13.7 to 69.4 %"
    assert q.change_in_words(-0.0071, -0.016, 0.002, "share") == "−0.7 pts, 95 % interval −1.6 to +0.2"


def test_a_probability_is_never_rounded_to_certainty() -> None:
    assert [q.chance(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]


@pytest.mark.parametrize(
    "unit", ["share", "1/month", "currency", "accounts", "days", "month", "ratio", "0-20", "months"]
)
def test_what_is_rounded_to_nothing_has_no_sign(unit: str) -> None:
    small = -1e-9
    told = [
        q.level(small, unit), q.change(small, unit), q.change_with_interval(small, small, small, unit),
        q.level_with_interval(small, small, small, unit), q.change_in_words(small, small, small, unit),
        q.interval(small, small, unit, signed=False), q.interval(small, small, unit), q.tick(-0.0, unit),
        q.change_and_half(small, small, small, unit), q.percent(small), q.number(-0.0),
    ]  # fmt: skip
    for said in told:
        assert "-" not in said
        assert q.MINUS not in said


def test_half_an_interval_that_is_something_does_not_look_like_nothing() -> None:
    assert q.change_and_half(-1.43e6, -1.59e6, -1.27e6, "currency") == "−1.43 ±0.16 M"
    assert q.change_and_half(-0.006, -0.007, -0.005, "share") == "−0.6 ±0.1"
    assert q.change_and_half(-301e3, -301.1e3, -300.9e3, "currency") == "−301 ±<1 k"
    assert q.change_and_half(None, None, None, "share") == "–"
    assert q.change(9_996_000.0, "currency") == "+10.0 M"
