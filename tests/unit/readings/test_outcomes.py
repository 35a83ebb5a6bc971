"""The monthly table and the outcomes: equal to the log's readings, defined or with a reason."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.readings.small_logs import log_of, opening, random_log, row, value

from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError
from cxsim.eventlog import EventLog
from cxsim.interventions import ADD, SIGN_UP, Edit, Intervention
from cxsim.parameters.experience import SUPPORT_QUALITY
from cxsim.plan import make_plan
from cxsim.readings.cash import present_value, run_off
from cxsim.scenario import Scenario
from cxsim.tally import MEASURES, MICRO

IDLE = (Edit(SUPPORT_QUALITY, ADD, 0.0),)


def charging(intervention: Intervention) -> Scenario:
    return Scenario.load("b2b-saas").with_(intervention)


def born(scenario: Scenario, rows: list[tuple[Any, ...]], n: int, horizon: int = 24) -> EventLog:
    """A log of these rows and the scenario's charges, with the scenario in its birth certificate."""
    charges = make_plan(scenario, horizon).charges
    paid = [row(time, ev.CHARGE, -1, number, amount, stage=0) for time, number, amount in charges]
    log = log_of([*rows, *paid], n, horizon)
    return EventLog(log.columns, log.roster, replace(log.certificate, scenario_toml=scenario.to_toml()))


def read(log: object, segment: str | None = None) -> dict[str, float | None]:
    table = readings.monthly(log, value)  # type: ignore[arg-type]
    return {name: reading.value for name, reading in readings.outcomes(table, value, segment).items()}


def test_every_outcome_has_a_reading_and_the_fixed_names_are_there() -> None:
    found = read(random_log(1))
    assert list(found) == list(readings.OUTCOMES)
    fixed = (
        "logo_churn_12m intent_12m logo_churn_annual revenue_churn_annual renewal_rate inside_window_loss grr nrr "
        "accounts arr company_value_multiple company_value_flat_multiple company_value_dcf clv cac_payback "
        "time_to_value health_mean green_share trapped_share programme_cost net_benefit"
    )
    assert set(fixed.split()) <= set(found)
    assert {outcome.better for outcome in readings.OUTCOMES.values()} == {"higher", "lower"}


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_outcomes_equal_what_the_log_says_row_by_row(seed: int) -> None:
    log = random_log(seed, n=14)
    found = read(log)
    c = log.columns
    horizon = log.certificate.horizon_months
    then: dict[int, int] = {}
    now: dict[int, tuple[int, float]] = {}
    signed: dict[int, float] = {}
    lost: dict[int, float] = {}
    for time, kind, account, mrr, health in zip(c["time"], c["kind"], c["account"], c["mrr"], c["health"], strict=True):
        if account < 0:
            continue
        if time < horizon - 12:
            then[account] = mrr
        now[account] = (mrr, health)
        if kind == ev.SIGNED_UP:
            signed[account] = time
        if kind == ev.CANCELLED:
            lost.setdefault(account, time)
    base = {a: m for a, m in then.items() if m > 0}
    if base:
        total = sum(base.values())
        assert found["grr"] == pytest.approx(sum(min(m, now[a][0]) for a, m in base.items()) / total, rel=1e-12)
        assert found["nrr"] == pytest.approx(sum(now[a][0] for a in base) / total, rel=1e-12)
        assert found["logo_churn_annual"] == pytest.approx(sum(now[a][0] == 0 for a in base) / len(base))
    active = [h for m, h in now.values() if m > 0]
    assert found["accounts"] == len(active)
    if active:
        assert found["health_mean"] == pytest.approx(np.mean(active), abs=1e-6)
        assert found["green_share"] == pytest.approx(np.mean(np.array(active) >= 15))
    cohort = [a for a, t in signed.items() if 0 <= t < 12 and not log.roster["referred"][a]]
    if cohort:
        gone = [a for a in cohort if a in lost and lost[a] <= signed[a] + 12 + 1e-9]
        assert found["logo_churn_12m"] == pytest.approx(len(gone) / len(cohort))
    retention = readings.retention(log, None, value).iloc[-1]
    for name in ("grr", "nrr", "logo_churn_annual", "revenue_churn_annual", "renewal_rate"):
        assert found[name] == pytest.approx(retention[name], nan_ok=True) or found[name] is None
    costs = readings.costs(log, value).set_index("stage")
    flow = readings.cash_flow(log, None, value)
    assert flow["net"].sum() == pytest.approx(costs.loc["total", "revenue"] - costs.loc["total", "cost"])
    assert found["net_benefit"] == pytest.approx(flow["discounted"].sum())
    assert found["programme_cost"] == pytest.approx(costs.loc["total", "programme"])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10)
def test_segments_add_up(seed: int) -> None:
    log = random_log(seed)
    table = readings.monthly(log, value)
    for measure in MEASURES:
        assert (table.of(measure) == table.of(measure, "small") + table.of(measure, "mid")).all()
    whole, parts = read(log), [read(log, name) for name in ("small", "mid")]
    for name in ("accounts", "arr", "net_benefit", "programme_cost"):
        assert whole[name] == pytest.approx(sum(part[name] or 0.0 for part in parts))


def test_a_loss_in_the_twelfth_review_counts_and_coming_back_does_not_undo_it() -> None:
    rows = []
    for account in range(3):
        rows.append(row(1.0, ev.SIGNED_UP, account, 0, 100, 100, stage=0))
        rows += [row(1.0 + month, ev.REVIEW, account, month, 5, 100) for month in range(1, 13)]
    rows += [row(9.0, ev.INTENT, 0, 0, 0.1, 100, cause=0), row(13.5, ev.INTENT, 1, 0, 0.1, 100, cause=0)]
    rows += [row(13.0, ev.LAPSED, 0, 12, -100, 0, cause=0, stage=3), row(15.0, ev.RETURNED, 0, 1, 90, 90)]
    rows += [row(14.0, ev.CANCELLED, 1, 13, -100, 0, cause=0, stage=3)]
    found = read(log_of(rows, 4))
    assert found["logo_churn_12m"] == pytest.approx(1 / 3)
    assert found["intent_12m"] == pytest.approx(1 / 3)
    assert read(log_of(rows, 4, referred=(0,)))["logo_churn_12m"] == 0.0


def test_losses_inside_the_window() -> None:
    rows = [row(13.0, ev.SIGNED_UP, 0, 0, 100, 100), row(20.0, ev.CANCELLED, 0, 7, -100, 0, stage=3)]
    rows += [row(14.0, ev.SIGNED_UP, 1, 0, 100, 100), row(11.9, ev.SIGNED_UP, 2, 0, 100, 100)]
    rows += [row(15.0, ev.CANCELLED, 2, 4, -100, 0, stage=3)]
    assert read(log_of(rows, 3))["inside_window_loss"] == 0.5


def test_what_is_undefined_says_why() -> None:
    table = readings.monthly(log_of([], 1, horizon=6), value)
    found = readings.outcomes(table, value)
    assert found["logo_churn_12m"].value is None
    assert "24 months" in found["logo_churn_12m"].reason
    for reading in found.values():
        assert (reading.value is None) == bool(reading.reason)
        assert reading.value is None or np.isfinite(reading.value)
    with pytest.raises(InputError, match="no such segment"):
        readings.outcomes(table, value, "large")


def test_cash_by_hand() -> None:
    rows = [
        row(-1.0, ev.HEADCOUNT, -1, 0, 2, team=2, stage=0),
        row(0.0, ev.OPENING, 0, 0, 100000, 100000),
        row(0.5, ev.EXPANDED, 0, 1, 20000, 120000),
        row(0.6, ev.PURCHASED, 0, 1, 5000, 120000),
        row(0.7, ev.CHECKED_IN, 0, 1, 5, 120000, team=ev.DIGITAL_TEAM),
        row(0.8, ev.TREATED, 0, 1, 700, 120000),
        row(0.9, ev.CHARGE, -1, 0, 300, stage=0),
        row(0.9, ev.SIGNED_UP, 1, 0, 10000, 10000, stage=0),
        row(0.9, ev.SIGNED_UP, 2, 1, 10000, 10000, stage=0),
    ]  # fmt: skip
    log = log_of(rows, 3, horizon=1, referred=(2,))
    month = readings.cash_flow(log, None, value).iloc[0]
    assert month["revenue"] == (1000 + 1400) / 2
    assert month["purchases"] == 50
    assert month["hosting"] == pytest.approx(0.12 * 1250)
    assert month["payroll"] == pytest.approx(2 * 9500)
    assert month["acquisition"] == pytest.approx(1.18 * 12 * (100 + 0.3 * 100))
    assert month["expansion"] == pytest.approx(0.28 * 12 * 200)
    assert month["programme"] == pytest.approx(10)
    assert month["digital"] == pytest.approx(0.8)
    assert month["discounted"] == pytest.approx(month["net"] * 1.12 ** (-1 / 12))


def test_company_value_by_hand() -> None:
    log = log_of([opening(0, 100000), row(3.0, ev.EXPANDED, 0, 3, 20000, 120000)], 1, horizon=12)
    table = readings.valuation(log, None, value).set_index("measure")["value"]
    assert table["growth"] == pytest.approx(0.2)
    assert table["company_value_multiple"] == pytest.approx(12 * 1200 * 3.4 * np.exp(0.75 * 0.05))
    assert table["company_value_flat_multiple"] == pytest.approx(12 * 1200 * 3.4)
    # No loss, no team, no new business: ten years of 1200 a month less hosting.
    after, _ = run_off(readings.monthly(log, value), value)
    assert after == pytest.approx(np.full(120, 1200 * 0.88))
    assert table["company_value_dcf"] == pytest.approx(
        table["cash_pv"] + (1200 * 0.88 * 1.12 ** (-np.arange(13, 133) / 12)).sum()
    )
    assert present_value(np.array([100.0]), 0.12, start=11) == pytest.approx(100 / 1.12)


def test_clv_by_hand() -> None:
    log = log_of([opening(0, 100), row(0.0, ev.SIGNED_UP, 1, 0, 10000, 10000)], 2, horizon=12)
    margin = 0.75 * 100
    earned = margin * (0.5 * 1.12 ** (-1 / 12) + (1.12 ** (-np.arange(2, 13) / 12)).sum())
    later = margin * (1.12 ** (-np.arange(13, 133) / 12)).sum()
    assert read(log)["clv"] == pytest.approx(earned + later)


def test_clv_goes_on_from_the_revenue_at_the_horizon() -> None:
    rows = [opening(0, 100), row(0.0, ev.SIGNED_UP, 1, 0, 10000, 10000), row(11.5, ev.EXPANDED, 1, 11, 10000, 20000)]
    earned = 0.5 * 1.12 ** (-1 / 12) + (1.12 ** (-np.arange(2, 12) / 12)).sum() + 1.5 / 1.12
    later = 2.0 * (1.12 ** (-np.arange(13, 133) / 12)).sum()
    assert read(log_of(rows, 2, horizon=12))["clv"] == pytest.approx(0.75 * 100 * (earned + later))


def test_payback_by_hand() -> None:
    rows = [row(-1.0, ev.HEADCOUNT, -1, 0, 1, team=1, stage=0), row(0.5, ev.SIGNED_UP, 0, 0, 100000, 100000, stage=0)]
    assert read(log_of(rows, 1, horizon=2))["cac_payback"] == pytest.approx((1.18 * 12000 + 2 * 8500) / 750)
    assert read(log_of([], 1))["cac_payback"] is None


def test_payback_counts_what_programmes_cost_at_sign_up_and_in_onboarding() -> None:
    rows = [
        row(-1.0, ev.HEADCOUNT, -1, 0, 1, team=1, stage=0), row(0.5, ev.SIGNED_UP, 0, 0, 100000, 100000, stage=0),
        row(0.5, ev.TREATED, 0, 0, 150000, 100000, stage=0), row(1.5, ev.TREATED, 0, 1, 20000, 100000, stage=0),
        row(1.9, ev.TREATED, 0, 2, 7000, 100000, stage=1),
    ]  # fmt: skip
    spent = 1.18 * 12000 + 2 * 8500 + 1500 + 200
    assert read(log_of(rows, 1, horizon=2))["cac_payback"] == pytest.approx(spent / 750)
    # An intervention's own charges count where it treats at sign-up, not where it is for everyone.
    world = charging(Intervention("all", edits=IDLE, cost_once=9.0, cost_per_month=8.0))
    world = world.with_(Intervention("new", trigger=SIGN_UP, edits=IDLE, cost_once=100.0, cost_per_month=10.0))
    found = read(born(world, rows, 1, horizon=2))
    assert found["cac_payback"] == pytest.approx((spent + 100 + 2 * 10) / 750)


def test_a_charge_is_known_to_be_paid_once_from_the_scenario_in_the_certificate() -> None:
    world = charging(Intervention("both", start=2.0, stop=5.0, edits=IDLE, cost_once=10.0, cost_per_month=3.0))
    world = world.with_(Intervention("equal", start=2.0, edits=IDLE, cost_once=7.0, cost_per_month=7.0))
    world = world.with_(Intervention("once", trigger=SIGN_UP, start=3.5, edits=IDLE, cost_once=5.0))
    table = readings.monthly(born(world, [opening(0, 100)], 1, horizon=6), value)
    assert table.of_company("charges").tolist() == [0, 0, 1000 + 300 + 2 * 700, 300 + 700 + 500, 300 + 700, 700, 0]
    assert table.of_company("charges_once").tolist() == [0, 0, 1000 + 700, 500, 0, 0, 0]
    assert table.of_company("charges_sign_up").tolist() == [0, 0, 0, 500, 0, 0, 0]
    # Without a scenario nothing is known to be paid once.
    bare = readings.monthly(log_of([row(3.0, ev.CHARGE, -1, 0, 500, stage=0)], 1), value)
    assert (bare.of_company("charges").sum(), bare.of_company("charges_once").sum()) == (500, 0)


def test_what_was_paid_once_is_not_paid_again_in_the_run_off() -> None:
    for start in (2.0, 20.0):
        once = charging(Intervention("once", start=start, edits=IDLE, cost_once=600.0))
        after, _ = run_off(readings.monthly(born(once, [opening(0, 100000)], 1), value), value)
        assert after == pytest.approx(np.full(120, 1000 * 0.88))
    monthly = charging(Intervention("both", edits=IDLE, cost_once=600.0, cost_per_month=20.0))
    log = born(monthly, [opening(0, 100000)], 1)
    after, _ = run_off(readings.monthly(log, value), value)
    assert after == pytest.approx(np.full(120, 1000 * 0.88 - 20))
    # To the horizon it is paid like everything else.
    assert readings.cash_flow(log, None, value)["programme"].tolist() == pytest.approx([620.0, *[20.0] * 23])
    assert read(log)["programme_cost"] == pytest.approx(600 + 24 * 20)


def test_treatments_at_sign_up_fade_with_new_business_and_those_at_reviews_stay_with_the_base() -> None:
    rows = [opening(0, 100000), row(0.0, ev.SIGNED_UP, 1, 0, 50000, 50000, stage=0)]
    plain, _ = run_off(readings.monthly(log_of(rows, 2, horizon=12), value), value)
    joined = [*rows, row(0.0, ev.TREATED, 1, 0, 60000, 50000, stage=0)]
    table = readings.monthly(log_of(joined, 2, horizon=12), value)
    assert (table.of("treated_sign_up")[0], table.of("treated_onboarding")[0]) == (60000, 60000)
    after, _ = run_off(table, value)
    faded = 500 / 12 * (1 - np.arange(1, 121) / 120)
    assert plain is not None
    assert plain - after == pytest.approx(faded * 600 / 500)
    reviewed = [*rows, row(1.0, ev.TREATED, 1, 0, 60000, 50000, stage=0)]
    table = readings.monthly(log_of(reviewed, 2, horizon=12), value)
    assert table.of("treated_sign_up").sum() == 0
    after, _ = run_off(table, value)
    revenue = 1000 * 12 + 500 * 11.5
    assert plain - after == pytest.approx(600 / revenue * (1500 + np.cumsum(faded)))


def test_work_is_set_against_the_stage_in_which_it_began() -> None:
    rows = [
        row(-2.0, ev.SIGNED_UP, 0, 0, 1, 1, stage=0), row(-2.0, ev.ONBOARDING_ASKED, 0, 0, 0, 1, stage=0),
        row(-1.0, ev.KICKED_OFF, 0, 0, 5, 1, stage=0, team=1), row(0.0, ev.OPENING, 0, 0, 1, 1, stage=0),
        row(1.25, ev.WENT_LIVE, 0, 0, 5, 1, team=1),
        row(2.0, ev.TALK_ASKED, 0, 3, 0, 1, stage=2), row(2.0, ev.TALK_BEGUN, 0, 3, 0, 1, stage=2, team=2),
        row(2.5, ev.RENEWAL_TALK, 0, 3, 5, 1, stage=2, team=2),
    ]  # fmt: skip
    table = readings.monthly(log_of(rows, 1), value)
    assert table.of("busy_onboarding_onboarding")[1] == 1.25 * MICRO
    assert table.of("busy_success_renewal")[2] == 0.5 * MICRO
    assert table.of("live_months")[1] == 3.25 * MICRO


def test_importing_readings_is_light() -> None:
    import subprocess

    code = "import cxsim.readings, sys; print([m for m in ('scipy', 'sklearn', 'pandas', 'numba') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_values_come_from_the_birth_certificate() -> None:
    world = Scenario.load("b2b-saas").set("economics.success_wage", 1234.0)
    log = random_log(1)
    born = EventLog(
        log.columns, log.roster, replace(log.certificate, scenario_toml=world.to_toml(), segments=("a", "b"))
    )
    assert readings.values_of(born)("economics.success_wage") == 1234.0
