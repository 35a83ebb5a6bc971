"""What a customer is worth in closed form: the published example, and sums written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.errors import InputError
from cxsim.readings import lifetime_value
from cxsim.readings.lifetime import CONVENTIONS


def test_the_published_example() -> None:
    """Gupta, Lehmann & Stuart 2004: 100 a year, four in five stay, 12 %."""
    assert lifetime_value(100, retention=0.8, discount_rate=0.12) == pytest.approx(250.0, abs=1e-9)


def test_the_other_conventions_of_the_same_example() -> None:
    first, second, third = (
        lifetime_value(100, retention=0.8, discount_rate=0.12, convention=name) for name in CONVENTIONS
    )
    assert second == pytest.approx(350.0)
    assert second - first == pytest.approx(100.0)
    assert third == pytest.approx(312.5)
    assert third * 1.12 == pytest.approx(second)


@pytest.mark.parametrize(("retention", "gain"), [(0.70, 21.6), (0.80, 25.9), (0.85, 29.9), (0.90, 36.6), (0.95, 49.1)])
def test_five_points_more_retention(retention: float, gain: float) -> None:
    """What five points are worth at 12 %, in per cent."""
    before, after = (lifetime_value(1, retention=r, discount_rate=0.12) for r in (retention, retention + 0.05))
    assert 100 * (after / before - 1) == pytest.approx(gain, abs=0.05)


@given(r=st.floats(0, 1), i=st.floats(0, 1), n=st.integers(0, 60))
def test_closed_forms_are_their_sums(r: float, i: float, n: int) -> None:
    sums = {
        "end of period": sum(r**t / (1 + i) ** t for t in range(1, n + 1)),
        "beginning of period": sum(r**t / (1 + i) ** t for t in range(n)),
        "in arrears": sum(r ** (t - 1) / (1 + i) ** t for t in range(1, n + 1)),
    }
    for name in CONVENTIONS:
        found = lifetime_value(7.0, retention=r, discount_rate=i, convention=name, periods=n)
        assert found == pytest.approx(7.0 * sums[name], rel=1e-7, abs=1e-9)
    if r < 0.9:
        many = lifetime_value(7.0, retention=r, discount_rate=i, periods=2000)
        assert lifetime_value(7.0, retention=r, discount_rate=i) == pytest.approx(many)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"retention": 1.2}, "retention: 1.2 is outside 0 to 1"),
        ({"discount_rate": -0.1}, "discount_rate: -0.1"),
        ({"convention": "end of perod"}, 'Did you mean "end of period"'),
        ({"periods": 2.5}, "periods: 2.5"),
        ({"retention": 1.0, "discount_rate": 0.0}, "no finite value"),
        ({"margin": float("nan")}, "margin"),
    ],
)
def test_bad_numbers_are_refused(bad: dict[str, object], said: str) -> None:
    numbers = {"margin": 100.0, "retention": 0.8, "discount_rate": 0.12, **bad}
    with pytest.raises(InputError, match=said):
        lifetime_value(numbers.pop("margin"), **numbers)  # type: ignore[arg-type]
