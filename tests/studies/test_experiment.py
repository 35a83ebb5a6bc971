"""Paired effects: their fields, the luck they share, and independence from who computes them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import cxsim as cx
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario, scaled, with_values
from cxsim.studies import Comparison, compare, run
from cxsim.studies import findings as f

FIELDS = [
    "name", "outcome", "unit", "better", "baseline", "alternative", "difference", "low", "high", "standard_error",
    "probability_better", "probability_mean_better", "future_low", "future_high", "reason",
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Scenario:
    world = scaled(Scenario.load("b2b-saas"), 40)
    return with_values(world, {"arrivals.history_months": 6, "horizon_months": 24})


@pytest.fixture(scope="module")
def study(small: Scenario) -> Comparison:
    return compare(small, small.with_("formal-onboarding"), replications=4, seed=3, workers=1)


def test_effects_have_the_promised_fields_for_every_outcome(study: Comparison) -> None:
    frame = study.effects()
    assert list(frame.columns) == FIELDS
    assert list(frame["outcome"]) == list(OUTCOMES)
    assert set(frame["better"]) == {"higher", "lower"}
    assert set(frame["name"]) == {"formal-onboarding"}
    row = frame.set_index("outcome").loc["arr"]
    assert row["difference"] == pytest.approx(row["alternative"] - row["baseline"])
    assert row["low"] <= row["difference"] <= row["high"]


def test_effects_by_segment_name_each_segment(small: Scenario, study: Comparison) -> None:
    frame = Comparison(study.baseline, study.alternatives, by_segment=True).effects()
    assert set(frame["segment"]) == {"all", *small.segments}
    arr = frame[frame["outcome"] == "arr"].set_index("segment")["baseline"]
    assert arr["all"] == pytest.approx(sum(arr[name] for name in small.segments))


def test_identical_arms_differ_by_exactly_nothing(small: Scenario) -> None:
    same = compare(small, small, replications=3, seed=0, workers=1)
    for row in same.rows():
        if row["difference"] is not None:
            assert row["difference"] == 0.0
            assert row["standard_error"] == 0.0
            assert row["probability_better"] == 0.5
            assert row["probability_mean_better"] == 0.5
    assert same.variance_ratio("logo_churn_12m") == (None, None)
    assert same.shows_at("arr") is None
    assert "showed no difference" in f.finding(same)


def test_four_processes_four_threads_and_one_process_agree_to_the_bit(small: Scenario, study: Comparison) -> None:
    other = small.with_("formal-onboarding")
    spread = compare(small, other, replications=4, seed=3, workers=4)
    with ThreadPoolExecutor(2) as pool:
        threads = compare(small, other, replications=4, seed=3, executor=pool)
    for mine in (spread, threads):
        for ours, theirs in zip(
            (study.baseline, *study.alternatives), (mine.baseline, *mine.alternatives), strict=True
        ):
            for a, b in zip(ours.replications, theirs.replications, strict=True):
                assert a.number == b.number
                assert a.values.tobytes() == b.values.tobytes()
                assert all(a.series[name].tobytes() == b.series[name].tobytes() for name in a.series)
                assert a.lost.tobytes() == b.lost.tobytes()
                assert a.first_year.reached.tobytes() == b.first_year.reached.tobytes()
                assert a.experience_shares.tobytes() == b.experience_shares.tobytes()
        assert mine.rows() == study.rows()
        assert mine.reached_row() == study.reached_row()


def test_a_run_is_one_arm_of_a_comparison(small: Scenario, study: Comparison) -> None:
    alone = run(small, replications=4, seed=3, workers=1)
    np.testing.assert_array_equal(alone.values("arr"), study.baseline.values("arr"))
    rows = {row["outcome"]: row for row in alone.rows()}
    assert rows["arr"]["low"] < rows["arr"]["mean"] < rows["arr"]["high"]
    assert list(alone.outcomes().columns) == [
        "outcome", "unit", "mean", "low", "high", "standard_deviation", "reason",
    ]  # fmt: skip


def test_progress_counts_every_run(small: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    run(small, replications=2, seed=1, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_what_a_short_horizon_refuses_is_null_with_the_reason(small: Scenario) -> None:
    short = small.set("horizon_months", 6)
    rows = {row["outcome"]: row for row in compare(short, short, replications=2, seed=1, workers=1).rows()}
    assert rows["logo_churn_12m"]["difference"] is None
    assert "24 months" in rows["logo_churn_12m"]["reason"]
    assert rows["arr"]["difference"] == 0.0


def test_new_accounts_of_the_table_are_those_of_the_roster(small: Scenario, study: Comparison) -> None:
    curve = study.baseline.survival()
    assert curve.shape == (25,)
    assert curve[0] == 1.0
    kept = curve[np.isfinite(curve)]
    assert np.all(np.diff(kept) <= 0.0)
    log = cx.simulate(small, seed=3, replication=0)
    frame = log.frame()
    new = frame[(frame["kind"] == "signed_up") & (frame["time"] >= 0) & (frame["time"] <= 23)]
    assert study.baseline.replications[0].at_risk[0] == len(new)


def test_target_probabilities_come_with_intervals(study: Comparison) -> None:
    rows = study.reaching("nrr", -1.0)
    assert [row["name"] for row in rows] == ["b2b-saas", "formal-onboarding"]
    assert all(row["probability"] == 1.0 and 0.0 < row["low"] < 1.0 for row in rows)
    assert all(row["probability"] == 0.0 for row in study.reaching("logo_churn_annual", -0.01))


def test_scenarios_that_do_not_match_are_refused(small: Scenario) -> None:
    with pytest.raises(cx.InputError, match="horizon_months"):
        compare(small, small.set("horizon_months", 30), replications=1, seed=1)
    with pytest.raises(cx.InputError, match="at least one"):
        compare(small, replications=1, seed=1)
    with pytest.raises(cx.InputError, match="replications"):
        compare(small, small, replications=0, seed=1)
    with pytest.raises(cx.InputError, match='Did you mean "logo_churn_12m"'):
        compare(small, small, replications=1, seed=1, workers=1).effect("logo_churn_12")


def test_one_replication_has_no_interval(small: Scenario) -> None:
    one = compare(small, small.with_("formal-onboarding"), replications=1, seed=1, workers=1)
    row = next(row for row in one.rows() if row["outcome"] == "time_to_value")
    assert row["difference"] is not None
    assert row["low"] is None
    assert "one replication" in row["reason"]
    assert "says little" in f.finding(one, outcome="time_to_value")


def test_a_finding_says_better_worse_and_how_much(study: Comparison) -> None:
    good = f.finding(study, outcome="time_to_value")
    assert good.startswith("formal-onboarding cuts time to value from ")
    assert "95 % interval" in good
    harm = f.finding(study, outcome="programme_cost")
    assert "raises programme cost" in harm
    assert "it does harm" in harm
    assert math.isfinite(study.effect("arr").difference or 0.0)


def test_a_policy_of_the_callers_own_picks_who_is_called() -> None:
    world = with_values(Scenario.load("smb-monthly"), {"arrivals.history_months": 6, "horizon_months": 6})
    world = scaled(world, 60)
    called = world.with_("proactive-outreach", bands=[], score="custom", above=0.5)
    none, everyone = (
        compare(world, called, replications=2, seed=3, policy=lambda seen, rate=rate: cx.Orders([rate] * len(seen)))
        for rate in (0.0, 1.0)
    )
    assert none.effect("health_mean").difference == 0.0
    assert everyone.effect("health_mean").difference != 0.0
    with pytest.raises(cx.InputError, match="custom"):
        compare(world, called, replications=1, seed=3, workers=1)
