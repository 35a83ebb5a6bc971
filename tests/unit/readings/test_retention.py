"""Retention and revenue by hand, and movements that always add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.readings.small_logs import log_of, opening, random_log, row, value

from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError
from cxsim.readings.revenue import MOVEMENTS


def test_retention_and_movements_by_hand_on_six_rows() -> None:
    # Base: 100 + 200 + 300. Account 0 expands to 130, account 1 contracts to 150, account 2 leaves. 3 is new.
    log = log_of(
        [
            opening(0, 100), opening(1, 200), opening(2, 300),
            row(3.0, ev.EXPANDED, 0, 3, 30, 130),
            row(4.0, ev.CONTRACTED, 1, 4, -50, 150),
            row(5.5, ev.CANCELLED, 2, 5, -300, 0, cause=ev.BY_VALUE, stage=3),
            row(6.0, ev.SIGNED_UP, 3, 0, 1000, 1000, stage=0),
        ],
        4, horizon=12,
    )  # fmt: skip
    retention = readings.retention(log, None, value)
    last = retention.iloc[-1]
    assert last["grr"] == (100 + 150) / 600
    assert last["nrr"] == (130 + 150) / 600
    assert last["logo_churn_annual"] == 1 / 3
    assert last["revenue_churn_annual"] == 300 / 600
    assert retention["grr"].iloc[:-1].isna().all()
    assert retention["churned_value"].sum() == 1
    assert retention.loc[5, "logo_churn"] == 1 / 3
    assert (
        retention["start"] + retention["new"] + retention["returned"] - retention["churned"] == retention["end"]
    ).all()
    revenue = readings.revenue(log, None, value)
    assert revenue["new"].tolist() == [0] * 6 + [1000] + [0] * 5
    assert revenue["expansion"].sum() == 30
    assert revenue["contraction"].sum() == -50
    assert revenue["churned"].sum() == -300
    assert revenue["arr"].iloc[-1] == 12 * (130 + 150 + 1000) / 100
    assert readings.revenue(log, "small", value)["mrr_start"].iloc[0] == 400


def test_who_comes_back_counts_capped_in_grr_and_is_reactivated() -> None:
    log = log_of(
        [
            opening(0, 100),
            row(2.0, ev.CANCELLED, 0, 2, -100, 0, stage=3),
            row(6.0, ev.RETURNED, 0, 1, 150, 150),
        ],
        1, horizon=12,
    )  # fmt: skip
    last = readings.retention(log, None, value).iloc[-1]
    assert (last["grr"], last["nrr"], last["logo_churn_annual"]) == (1.0, 1.5, 0.0)
    assert readings.revenue(log, None, value)["reactivated"].sum() == 150


def test_renewal_rate_looks_only_at_terms() -> None:
    rows = [
        opening(0, 100), opening(1, 100),
        row(3.0, ev.RENEWED, 0, 12, 20, 120), row(3.0, ev.LAPSED, 1, 12, -100, 0, stage=3),
    ]  # fmt: skip
    assert readings.retention(log_of(rows, 2, 12, term=12), None, value)["renewal_rate"].iloc[-1] == 0.5
    assert np.isnan(readings.retention(log_of(rows, 2, 12, term=1), None, value)["renewal_rate"].iloc[-1])


def test_history_is_not_counted() -> None:
    log = log_of(
        [
            row(-5.0, ev.SIGNED_UP, 0, 0, 100, 100), row(-4.0, ev.EXPANDED, 0, 1, 10, 110),
            row(0.0, ev.OPENING, 0, 0, 110, 110), row(1.0, ev.REVIEW, 0, 6, 5, 110),
        ],
        1, horizon=12,
    )  # fmt: skip
    revenue = readings.revenue(log, None, value)
    assert revenue[list(MOVEMENTS)].to_numpy().sum() == 0
    assert revenue["mrr_start"].iloc[0] == 110


def test_cohorts_shrink_with_age() -> None:
    log = log_of(
        [
            row(0.5, ev.SIGNED_UP, 0, 0, 100, 100), row(0.7, ev.SIGNED_UP, 1, 0, 300, 300),
            row(2.5, ev.CANCELLED, 0, 2, -100, 0, stage=3), row(1.2, ev.SIGNED_UP, 2, 0, 50, 50),
        ],
        3, horizon=4,
    )  # fmt: skip
    table = readings.cohorts(log).pivot(index="cohort", columns="age", values="active_share")
    assert table.loc[0].tolist() == [1.0, 1.0, 0.5, 0.5]
    assert table.loc[1].tolist()[:3] == [1.0, 1.0, 1.0]
    assert readings.cohorts(log, "mid")["joined"].tolist() == [1, 1, 1, 1]
    assert len(readings.cohorts(log_of([], 1))) == 0


def test_an_unknown_segment_is_refused() -> None:
    log = random_log(1)
    for reading in (readings.retention, readings.revenue):
        with pytest.raises(InputError, match="no such segment"):
            reading(log, "large", value)
    with pytest.raises(InputError, match="no such segment"):
        readings.cohorts(log, "large")


@given(seed=st.integers(0, 10_000))
def test_movements_always_sum_to_the_change_of_mrr(seed: int) -> None:
    log = random_log(seed, n=5)
    revenue = readings.revenue(log, None, value)
    assert (revenue[list(MOVEMENTS)].sum(axis=1) == revenue["mrr_end"] - revenue["mrr_start"]).all()
    assert (revenue["mrr_end"].iloc[:-1].to_numpy() == revenue["mrr_start"].iloc[1:].to_numpy()).all()
    last: dict[int, int] = {}
    for account, mrr in zip(log.columns["account"], log.columns["mrr"], strict=True):
        last[int(account)] = int(mrr)
    assert revenue["mrr_end"].iloc[-1] == sum(mrr for account, mrr in last.items() if account >= 0)
