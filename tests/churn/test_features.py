"""What the company could know: as a policy is shown it, nothing hidden, nothing from after the day."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim import events, streams
from cxsim.engines.seen import COLUMNS
from cxsim.plan import make_plan
from cxsim.readings import FEATURES, features
from cxsim.readings.sightings import sightings
from cxsim.readings.values import scenario_of
from cxsim.rules import health
from cxsim.rules.law import DAYS_PER_MONTH
from cxsim.scenario import Scenario

DAYS = (0.0, 3.0, 7.5, 11.0, 17.0)


def copied(log: cx.EventLog, columns: Mapping[str, Any], roster: Mapping[str, Any] | None = None) -> cx.EventLog:
    """A log with other columns that nobody has checked."""
    made = object.__new__(cx.EventLog)
    for name, value in (("columns", columns), ("roster", roster or log.roster), ("certificate", log.certificate)):
        object.__setattr__(made, name, MappingProxyType(dict(value)) if name != "certificate" else value)
    return made


def test_columns_that_a_policy_is_shown_are_equal_to_those_of_the_log_so_far(
    engine: str, small_world: Scenario
) -> None:
    world = small_world.with_("proactive-outreach", bands=[]).with_("journey-convergence", start=2)
    shown: list[cx.Seen] = []
    log = cx.simulate(world, seed=4, engine=engine, policy=shown.append)
    found = features(log, days=[float(seen.month) for seen in shown])
    for seen in shown:
        told, frame = found[found["day"] == seen.month].reset_index(drop=True), seen.frame()
        assert len(frame) > 20
        for name, column in COLUMNS.items():
            if frame[name].dtype == "category":
                assert told[name].astype(str).tolist() == frame[name].astype(str).tolist(), name
            else:
                assert told[name].dtype == np.dtype(column.type), name
                assert np.array_equal(told[name], frame[name]), (name, seen.month)


def test_the_overlap_is_declared_alike() -> None:
    for name, column in COLUMNS.items():
        if name != "account":
            assert FEATURES[name].type == column.type
            assert FEATURES[name].words == column.words or name == "segment"


@pytest.mark.parametrize("name", ["b2b-saas", "smb-monthly"])
def test_observed_health_follows_from_what_was_sighted(name: str) -> None:
    # the picture that the log's observed health was drawn from is rebuilt from its sightings, to the bit
    world = cx.Scenario.load(name).with_("journey-convergence", start=2).set("arrivals.history_months", 12)
    log = cx.simulate(world, seed=5, horizon=8)
    sight = sightings(log)
    c = {key: column[sight.rows] for key, column in log.columns.items()}
    place = {int(account): k for k, account in enumerate(log.roster["account"])}
    plan, luck, returns = make_plan(world, 8), streams.Luck(5, 0), np.cumsum(c["kind"] == events.RETURNED)
    reviews = np.flatnonzero(c["kind"] == events.REVIEW)
    for row in np.random.default_rng(1).choice(reviews, 600, replace=False).tolist():
        account = int(c["account"][row])
        p = plan.month_rows(int(np.floor(c["time"][row])))[log.roster["segment"][place[account]]]
        number = streams.index_of(int(returns[row] - returns[sight.first[row]]), int(c["item"][row]))
        z = luck.z(account, streams.OBSERVATION, number)
        assert c["observed"][row] == health.observed_health(
            p, sight.usage[row], sight.experience[row - 1], int(c["stage"][row]), z
        )


def test_what_comes_from_the_day_on_changes_nothing(busy_log: cx.EventLog) -> None:
    """The future is shuffled, column by column, and nothing changes."""
    random = np.random.default_rng(0)
    for day in DAYS:
        now = features(busy_log, days=day)
        later = np.flatnonzero(busy_log.columns["time"] >= day)
        mixed = {}
        for name, column in busy_log.columns.items():
            other = column.copy()
            if name != "time":
                other[later] = column[random.permutation(later)]
            mixed[name] = other
        pd.testing.assert_frame_equal(features(copied(busy_log, mixed), days=day), now)
        cut = {name: column[: later[0]] for name, column in busy_log.columns.items()}
        pd.testing.assert_frame_equal(features(copied(busy_log, cut), days=day), now)


def test_another_future_is_the_same_today(small_world: Scenario) -> None:
    one, other = (cx.simulate(small_world, seed=9, horizon=12, fork=cx.Fork(6.0, branch)) for branch in (1, 2))
    assert one.digest() != other.digest()
    pd.testing.assert_frame_equal(features(one, days=[3.0, 6.0]), features(other, days=[3.0, 6.0]))


def test_sightings_after_a_fork_are_those_of_the_branch(small_world: Scenario) -> None:
    shown: list[cx.Seen] = []
    log = cx.simulate(small_world, seed=9, horizon=12, fork=cx.Fork(6.0, 3), policy=shown.append)
    found = features(log, days=11.0)
    assert np.array_equal(found["usage"], shown[11].columns["usage"])
    assert not np.array_equal(sightings(log).sighted, sightings(log, everything=True).sighted)


def test_what_the_company_does_not_see_enters_nowhere(busy_log: cx.EventLog) -> None:
    random = np.random.default_rng(0)
    hidden = {name: random.random(len(busy_log)) for name in ("sponsor", "user", "client_outcome", "health")}
    sight = sightings(busy_log)
    unseen = np.ones(len(busy_log), dtype=bool)
    unseen[sight.rows[sight.sighted]] = False
    moment = busy_log.columns["emotion"] >= 0
    emotion, value = busy_log.columns["emotion"].copy(), busy_log.columns["value"].copy()
    emotion[moment & unseen], value[moment & unseen] = events.ANGRY, 0.0
    # nobody hears an intent or a champion leave
    quiet = np.isin(
        busy_log.columns["kind"], (events.INTENT, events.FORGIVEN, events.CHAMPION_LEFT, events.OUTAGE_FELT)
    )
    kind = np.where(quiet, events.NOTICE, busy_log.columns["kind"]).astype("i2")
    columns = {**busy_log.columns, **hidden, "emotion": emotion, "value": value, "kind": kind}
    roster = {**busy_log.roster, **{n: busy_log.roster[n][::-1] for n in ("fit", "promise", "frailty")}}
    before, after = features(busy_log, days=DAYS), features(copied(busy_log, columns, roster), days=DAYS)
    outage = [n for n in before if n not in ("moments_90d", "bad_moments_90d", "good_moments_90d", "last_emotion",
                                             "observed_experience", "quadrant")]  # fmt: skip
    pd.testing.assert_frame_equal(before[outage], after[outage])
    columns["kind"] = busy_log.columns["kind"]
    pd.testing.assert_frame_equal(before, features(copied(busy_log, columns, roster), days=DAYS))


def test_a_row_is_what_plain_counting_over_the_log_gives(busy_log: cx.EventLog) -> None:
    found = features(busy_log, days=DAYS)
    rows = busy_log.frame().assign(row=range(len(busy_log)))
    sight = sightings(busy_log)
    seen = set(sight.rows[sight.sighted].tolist())
    random = np.random.default_rng(2)
    for k in random.choice(len(found), 60, replace=False):
        f = found.iloc[k]
        mine = rows[(rows["account"] == f["account"]) & (rows["time"] < f["day"])]
        began = mine[mine["kind"].isin(["signed_up", "returned"])]["time"].max()
        stay = mine[mine["time"] >= began]
        recent = stay[stay["time"] >= f["day"] - 90 / DAYS_PER_MONTH]
        assert f["tenure"] == f["day"] - began
        assert f["tickets_90d"] == (recent["kind"] == "ticket_opened").sum()
        assert (
            f["tickets_30d"] == (stay[stay["time"] >= f["day"] - 30 / DAYS_PER_MONTH]["kind"] == "ticket_opened").sum()
        )
        assert f["failed_tickets_90d"] == recent["kind"].isin(["ticket_failed", "ticket_abandoned"]).sum()
        assert f["expansions"] == (stay["kind"] == "expanded").sum()
        assert f["treatments"] == (stay["kind"] == "treated").sum()
        moments = recent[recent["row"].isin(seen)]
        assert f["moments_90d"] == len(moments)
        assert f["bad_moments_90d"] == moments["emotion"].isin(["angry", "frustrated"]).sum()
        answers = stay[stay["kind"] == "survey_answered"]
        silent = stay[stay["kind"] == "survey_silent"]
        if len(answers):
            assert f["survey_answer"] == answers["value"].iloc[-1]
            silent = silent[silent["row"] > answers["row"].iloc[-1]]
        else:
            assert np.isnan(f["survey_answer"])
        assert f["surveys_unanswered"] == len(silent)
        waits = []
        for _, answered in recent[recent["kind"] == "ticket_answered"].iterrows():
            opened = stay[(stay["kind"] == "ticket_opened") & (stay["item"] == answered["item"])]["time"].max()
            waits.append((answered["time"] - opened) * DAYS_PER_MONTH)
        assert (np.isnan(f["wait_90d"]) and not waits) or f["wait_90d"] == pytest.approx(np.mean(waits), abs=1e-4)
        asked, live = (stay[stay["kind"] == kind]["time"] for kind in ("onboarding_asked", "went_live"))
        if len(asked) and len(live):
            assert f["onboarding_months"] == live.iloc[-1] - asked.iloc[-1]


def test_all_moments_are_more_than_those_seen_and_all_of_an_own_log_are_seen(busy_log: cx.EventLog) -> None:
    seen, everything = features(busy_log, days=17.0), features(busy_log, days=17.0, everything=True)
    assert (everything["moments_90d"] >= seen["moments_90d"]).all()
    assert everything["moments_90d"].sum() > 2 * seen["moments_90d"].sum()
    from dataclasses import replace

    own = cx.EventLog(busy_log.columns, busy_log.roster, replace(busy_log.certificate, engine="our records"))
    pd.testing.assert_frame_equal(features(own, days=17.0), everything)


def test_each_feature_is_there_and_says_what_it_is(busy_log: cx.EventLog) -> None:
    found = features(busy_log, days=DAYS)
    assert list(found.columns) == ["account", "day", "came_at", *FEATURES]
    for name, feature in FEATURES.items():
        assert feature.meaning
        assert found[name].nunique() > 1 or name == "returned", name
    assert found["last_emotion"].isna().any()
    assert (found["returned"] > 0).any()


@pytest.mark.parametrize("days", [18.5, -13.0, float("nan"), "soon", []])
def test_days_outside_the_log_are_refused(days: Any, busy_log: cx.EventLog) -> None:
    with pytest.raises(cx.InputError, match="days"):
        features(busy_log, days=days)


def test_a_log_whose_history_was_dropped_is_read_from_its_opening(busy_log: cx.EventLog) -> None:
    kept = busy_log.columns["time"] >= 0
    short = copied(busy_log, {name: column[kept] for name, column in busy_log.columns.items()})
    whole, found = features(busy_log, days=9.0), features(short, days=9.0)
    assert found["account"].tolist() == whole["account"].tolist()
    for name in ("month", "mrr", "observed_health", "months_to_renewal", "open_tickets"):
        first_stay = (whole["returned"] == 0).to_numpy()
        same = found[name].to_numpy()[first_stay] == whole[name].to_numpy()[first_stay]
        assert same.mean() > 0.97, name
    assert scenario_of(short).name
