"""Panels of a log: who was lost after each day, and no row that knows its own future."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.churn import Dataset, dataset


def test_a_loss_counts_within_the_months_after_the_day(busy_log: cx.EventLog) -> None:
    found = dataset(busy_log, within=2, days=[4.0, 9.0])
    rows = busy_log.frame()
    lost = rows[rows["kind"].isin(["cancelled", "lapsed"])]
    assert len(found) > 100
    for k in range(len(found)):
        mine = lost[(lost["account"] == found.account[k]) & (lost["time"] >= found.day[k])]["time"]
        first = mine.min() if len(mine) else np.inf
        assert found.lost_in[k] == first - found.day[k]
        assert found.target[k] == (first <= found.day[k] + 2)
    assert 0 < found.target.sum() < len(found)


def test_a_loss_by_the_end_of_the_term(busy_log: cx.EventLog) -> None:
    found = dataset(busy_log, within="renewal")
    assert (found.known_at <= 18.0).all()
    assert (found.target == (found.lost_in + found.day <= found.known_at)).all()
    yearly = found.features["term"] == 12
    # a lapse falls on the very end of the term
    at_end = np.isclose(found.day + found.lost_in, found.known_at, atol=1e-12)
    assert (at_end & yearly.to_numpy()).any()
    assert found.target[at_end].all()


def test_days_whose_outcome_is_not_known_are_left_out(busy_log: cx.EventLog) -> None:
    assert dataset(busy_log, within=2).day.max() == 16.0
    with pytest.raises(cx.InputError, match="before the end of the log"):
        dataset(busy_log, days=17.0, within=2)


@pytest.mark.parametrize("within", [0, -1.0, 100, "soon", True])
def test_a_horizon_that_makes_no_sense_is_refused(within: object, busy_log: cx.EventLog) -> None:
    with pytest.raises(cx.InputError, match="within"):
        dataset(busy_log, within=within)  # type: ignore[arg-type]


def test_a_split_keeps_time_and_accounts_apart(panel: Dataset) -> None:
    learned, judged = panel.split(at=8.0, share=0.5, seed=1)
    assert learned.known_at.max() <= 8.0 <= judged.day.min()
    assert not set(learned.account.tolist()) & set(judged.account.tolist())
    assert len(learned) > 50
    assert len(judged) > 50
    for at, share in ((-5.0, 0.5), (8.0, 1.0)):
        with pytest.raises(cx.InputError):
            panel.split(at=at, share=share)


def test_rows_are_chosen_by_place_or_mark(panel: Dataset) -> None:
    some = panel.of(np.array([5, 3]))
    assert some.account.tolist() == [panel.account[5], panel.account[3]]
    pd.testing.assert_frame_equal(
        panel.of(panel.target == 1).features, panel.features[panel.target == 1].reset_index(drop=True)
    )
    assert "lost within 2 months" in repr(panel)
