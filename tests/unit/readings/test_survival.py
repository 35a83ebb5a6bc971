"""Survival, hazard and causes against SciPy, by hand and by what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from unit.readings.small_logs import log_of, opening, random_log, row

from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError

HORIZON = 24.0


def lives(n: int = 60) -> tuple[list[tuple], np.ndarray, np.ndarray]:
    """Sign-ups with whole-month losses: rows, times, and whether each was lost."""
    rng = np.random.default_rng(5)
    rows, times, lost = [], [], []
    for account in range(n):
        begun = float(rng.uniform(0, 20))
        stay = int(rng.integers(1, 20))
        rows.append(row(begun, ev.SIGNED_UP, account, 0, 100, 100, stage=0))
        gone = begun + stay < HORIZON
        if gone:
            rows.append(row(begun + stay, ev.CANCELLED, account, stay, -100, 0, cause=int(rng.integers(0, 7)), stage=3))
        times.append(stay if gone else HORIZON - begun)
        lost.append(gone)
    return rows, np.array(times), np.array(lost)


def test_survival_equals_scipy_on_right_censored_data() -> None:
    rows, times, lost = lives()
    table = readings.survival(log_of(rows, 60, HORIZON))
    known = stats.ecdf(stats.CensoredData(uncensored=times[lost], right=times[~lost])).sf
    with pytest.warns(RuntimeWarning, match="undefined"):
        interval = known.confidence_interval(0.95, method="log-log")
    low, high = interval.low.probabilities, interval.high.probabilities
    np.testing.assert_allclose(table["tenure"], known.quantiles, atol=1e-8)
    np.testing.assert_allclose(table["survival"], known.probabilities, rtol=1e-12)
    inside = table["low"].notna().to_numpy()
    assert inside.sum() > 20
    np.testing.assert_allclose(table["low"][inside], low[inside], rtol=1e-9)
    np.testing.assert_allclose(table["high"][inside], high[inside], rtol=1e-9)


def test_delayed_entry_by_hand() -> None:
    # Base accounts enter at tenures 4 and 10; 0 is lost at 6, 1 at 12, the sign-up 2 at 6 as well; 3 stays.
    rows = [
        row(-4.0, ev.SIGNED_UP, 0, 0, 1, 1), row(-10.0, ev.SIGNED_UP, 1, 0, 1, 1), row(1.0, ev.SIGNED_UP, 2, 0, 1, 1),
        row(2.0, ev.SIGNED_UP, 3, 0, 1, 1), opening(0, 1), opening(1, 1),
        row(2.0, ev.CANCELLED, 0, 6, -1, 0, stage=3), row(2.0, ev.CANCELLED, 1, 12, -1, 0, stage=3),
        row(7.0, ev.CANCELLED, 2, 6, -1, 0, stage=3),
    ]  # fmt: skip
    table = readings.survival(log_of(rows, 4, HORIZON)).set_index("tenure")
    # At 6: accounts 0, 2, 3 at risk (1 enters only at 10), two lost. At 12: 1 and 3 at risk, one lost.
    assert table.loc[6.0, ["at_risk", "lost"]].tolist() == [3, 2]
    assert table.loc[12.0, ["at_risk", "lost"]].tolist() == [2, 1]
    assert table.loc[12.0, "survival"] == pytest.approx(1 / 3 * 1 / 2)
    assert table.loc[22.0, ["at_risk", "lost", "censored"]].tolist() == [1, 0, 1]
    exposure = readings.hazard(log_of(rows, 4, HORIZON), width=6.0).set_index("tenure")["exposure"]
    # Tenures 0-6: 2 for account 0, 6 each for 2 and 3; 6-12: 2 for account 1, 6 for account 3.
    assert exposure.loc[[0.0, 6.0]].tolist() == [14.0, 8.0]


def test_dropped_history_is_known_from_the_roster() -> None:
    rows = [opening(0, 1), row(2.0, ev.CANCELLED, 0, 6, -1, 0, stage=3)]
    table = readings.survival(log_of(rows, 1, HORIZON, sign_up_at=[-4.0]))
    assert table["tenure"].tolist() == [6.0]


def test_who_came_back_before_month_0_is_left_out() -> None:
    rows = [row(0.0, ev.OPENING, 0, 1, 1, 1), row(2.0, ev.CANCELLED, 0, 6, -1, 0, stage=3)]
    assert len(readings.survival(log_of(rows, 1, HORIZON))) == 0
    assert len(readings.causes(log_of(rows, 1, HORIZON))) == 0
    assert len(readings.hazard(log_of(rows, 1, HORIZON))) == 0


def test_incidences_and_survival_sum_to_one() -> None:
    for seed in (0, 3, 8):
        log = random_log(seed, n=40)
        table = readings.causes(log)
        by_tenure = table.groupby("tenure")
        total = by_tenure["incidence"].sum() + by_tenure["survival"].first()
        np.testing.assert_allclose(total, 1.0, atol=1e-12)
        curve = readings.survival(log).set_index("tenure")["survival"]
        np.testing.assert_allclose(by_tenure["survival"].first(), curve[by_tenure["survival"].first().index])


def test_one_cause_alone_is_one_minus_kaplan_meier() -> None:
    rows = [row(0.0, ev.SIGNED_UP, a, 0, 1, 1) for a in range(4)]
    rows += [row(float(a + 1), ev.CANCELLED, a, a + 1, -1, 0, cause=ev.BY_PRICE, stage=3) for a in range(3)]
    table = readings.causes(log_of(rows, 4, HORIZON))
    price = table[table["cause"] == "price"]
    assert price["incidence"].tolist() == pytest.approx([0.25, 0.5, 0.75])


def test_groups_split_the_accounts() -> None:
    rows, _, _ = lives()
    log = log_of(rows, 60, HORIZON)
    split = readings.survival(log, by="segment")
    assert set(split["group"]) == {"small", "mid"}
    assert split["lost"].sum() == readings.survival(log)["lost"].sum()
    hazard = readings.hazard(log, by="segment")
    assert hazard["lost"].sum() == split["lost"].sum()
    with pytest.raises(InputError, match="must be one of segment"):
        readings.survival(log, by="mood")
    with pytest.raises(InputError, match="width"):
        readings.hazard(log, width=0.0)


def test_who_enters_at_the_tenure_of_a_loss_was_not_at_risk_of_it() -> None:
    rows = [opening(0, 1), opening(1, 1), row(2.0, ev.CANCELLED, 0, 6, -1, 0, stage=3)]
    table = readings.survival(log_of(rows, 2, HORIZON, sign_up_at=[-4.0, -6.0])).set_index("tenure")
    assert table.loc[6.0, ["at_risk", "lost"]].tolist() == [1, 1]
