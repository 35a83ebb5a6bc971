"""The ledger of money: by hand, against the outcomes to the cent, the same from a log and from a tally."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.readings.small_logs import log_of, opening, random_log, row, value

import cxsim as cx
from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError
from cxsim.eventlog import EventLog
from cxsim.readings.costs import stage_frame, stage_lines
from cxsim.readings.money import LINES, cash_path, line, money_lines, net_cash
from cxsim.scenario import Scenario
from cxsim.studies.replications import Arm

CENT = 0.005
MOVED = ["new", "expansion", "contraction", "churned", "reactivated"]
COSTS = [name for name in LINES if name.endswith("_cost")]


@pytest.fixture(scope="module")
def by_hand() -> EventLog:
    rows = [
        opening(0, 100_000),
        row(0.5, ev.EXPANDED, 0, 1, 20_000, 120_000),
        row(1.25, ev.SIGNED_UP, 1, 0, 50_000, 50_000, stage=0),
        row(1.5, ev.PURCHASED, 0, 2, 7_700, 120_000),
        row(2.5, ev.CANCELLED, 1, 2, -50_000, 0, cause=3, stage=3),
        row(2.75, ev.CONTRACTED, 0, 2, -10_000, 110_000),
        row(0.0, ev.HEADCOUNT, -1, 1, 1.0, team=ev.ONBOARDING_TEAM, stage=0),
        row(0.0, ev.HEADCOUNT, -1, 2, 2.0, team=ev.SUCCESS_TEAM, stage=0),
        row(0.0, ev.HEADCOUNT, -1, 3, 3.0, team=ev.SUPPORT_TEAM, stage=0),
    ]
    return log_of(rows, 2, horizon=4)


def test_the_ledger_by_hand(by_hand: EventLog) -> None:
    frame = readings.money(by_hand, None, value)
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]
    assert frame["mrr_start"].tolist() == [1000.0, 1200.0, 1700.0, 1100.0]
    assert frame["new"].tolist() == [0.0, 500.0, 0.0, 0.0]
    assert frame["expansion"].tolist() == [200.0, 0.0, 0.0, 0.0]
    assert frame["contraction"].tolist() == [0.0, 0.0, -100.0, 0.0]
    assert frame["churned"].tolist() == [0.0, 0.0, -500.0, 0.0]
    assert frame["mrr_end"].tolist() == [1200.0, 1700.0, 1100.0, 1100.0]
    assert frame["revenue"].tolist() == [1100.0, 1450.0, 1400.0, 1100.0]
    assert frame["purchases"].tolist() == [0.0, 77.0, 0.0, 0.0]
    assert frame["hosting_cost"].tolist() == pytest.approx([132.0, 183.24, 168.0, 132.0])
    assert frame["onboarding_cost"].tolist() == [8500.0] * 4
    assert frame["success_cost"].tolist() == [19_000.0] * 4
    assert frame["support_cost"].tolist() == [18_000.0] * 4
    assert frame["acquisition_cost"].tolist() == pytest.approx([0.0, 1.18 * 12 * 500, 0.0, 0.0])
    assert frame["expansion_cost"].tolist() == pytest.approx([0.28 * 12 * 200, 0.0, 0.0, 0.0])
    # income less hosting, onboarding, support; less success, winning, selling
    assert frame["gross_margin"][1] == pytest.approx(1450 + 77 - 183.24 - 8500 - 18_000)
    assert frame["cash"][1] == pytest.approx(frame["gross_margin"][1] - 19_000 - 7080)
    assert frame["discounted"][1] == pytest.approx(frame["cash"][1] / 1.12 ** (2 / 12))
    assert frame["cumulative"].tolist() == pytest.approx(frame["cash"].cumsum().tolist())
    assert frame["cumulative_discounted"][3] == pytest.approx(frame["discounted"].sum())


@given(seed=st.integers(0, 10_000))
@settings(max_examples=12)
def test_the_ledger_adds_up_to_the_outcomes_to_the_cent(seed: int) -> None:
    log = random_log(seed)
    table = readings.monthly(log, value)
    for segment in (None, "small"):
        frame = readings.money(log, segment, value)
        found = readings.outcomes(table, value, segment)
        assert (frame[["mrr_start", *MOVED]].sum(axis=1) - frame["mrr_end"]).abs().max() < CENT
        assert frame["mrr_end"][:-1].tolist() == pytest.approx(frame["mrr_start"][1:].tolist(), abs=1e-6)
        assert 12 * frame["mrr_end"].iloc[-1] == pytest.approx(found["arr"].value, abs=CENT)
        assert frame["programme_cost"].sum() == pytest.approx(found["programme_cost"].value, abs=CENT)
        assert frame["cumulative_discounted"].iloc[-1] == pytest.approx(found["net_benefit"].value, abs=CENT)
        income, paid = frame[["revenue", "purchases"]].sum(axis=1), frame[COSTS].sum(axis=1)
        assert (income - paid - frame["cash"]).abs().max() < CENT
    flow = readings.cash_flow(log, None, value)
    assert (readings.money(log, None, value)["cash"] - flow["net"]).abs().max() < CENT


@pytest.mark.parametrize("seed", range(3))
def test_segments_and_stages_add_up_to_the_company(seed: int) -> None:
    log = random_log(seed)
    whole, *parts = (readings.money(log, name, value) for name in (None, "small", "mid"))
    # nothing is added to months and dates
    for name in whole.columns[2:]:
        assert (whole[name] - sum(part[name] for part in parts)).abs().max() < CENT, name
    stages = readings.costs(log, value).set_index("stage")
    assert stages.loc["total", "margin"] == pytest.approx(whole["cash"].sum(), abs=CENT)
    assert stages.loc["total", "programme"] == pytest.approx(whole["programme_cost"].sum(), abs=CENT)
    lost = -whole["churned"].sum()
    assert stages.loc["total", "mrr_lost"] == pytest.approx(lost, abs=CENT)


def test_cac_and_ltv_to_cac_are_what_their_names_say() -> None:
    log = random_log(3)
    table = readings.monthly(log, value)
    found = {name: one.value for name, one in readings.outcomes(table, value).items()}
    new, new_mrr = table.of("new").sum(), table.of("new_mrr").sum() / 100.0
    margin = value("economics.gross_margin")
    assert found["cac"] * new == pytest.approx(found["cac_payback"] * new_mrr * margin, abs=CENT)
    assert found["ltv_to_cac"] * found["cac"] == pytest.approx(found["clv"], abs=CENT)
    shown = readings.valuation(log, None, value).set_index("measure")["value"]
    assert shown["cac"] == found["cac"]
    assert shown["ltv_to_cac"] == found["ltv_to_cac"]


def test_without_sign_ups_there_is_no_cac_and_the_reason_is_told() -> None:
    found = readings.outcomes(readings.monthly(log_of([opening(0, 100)], 1), value), value)
    assert found["cac"].value is None
    assert "signed up" in found["cac"].reason
    assert "signed up" in found["ltv_to_cac"].reason


@pytest.fixture(scope="module")
def busy(small_world: Scenario) -> Scenario:
    both = small_world.with_("formal-onboarding", start=2).with_("win-back", start=1).with_("adoption-campaign")
    return both.with_("adoption-campaign", start=9)


def test_the_programme_is_told_lever_by_lever_where_a_log_is(busy: Scenario) -> None:
    log = cx.simulate(busy, seed=4)
    for segment in (None, *busy.segments):
        frame = readings.money(log, segment)
        names = [name for name in frame.columns if name.startswith("programme_cost ")]
        assert names == [
            "programme_cost formal-onboarding", "programme_cost win-back", "programme_cost adoption-campaign",
            "programme_cost adoption-campaign (2)",
        ]  # fmt: skip
        assert (frame[names].sum(axis=1) - frame["programme_cost"]).abs().max() < CENT
    whole = readings.money(log)
    parts = [readings.money(log, segment) for segment in busy.segments]
    for name in names:
        assert whole[name].sum() > 0
        assert (whole[name] - sum(part[name] for part in parts)).abs().max() < CENT
    assert whole["programme_cost formal-onboarding"][:2].sum() == 0
    assert whole["programme_cost adoption-campaign (2)"][:9].sum() == 0


def test_a_log_whose_scenario_is_not_known_tells_no_levers(busy: Scenario) -> None:
    log = cx.simulate(busy, seed=4)
    bare = EventLog(log.columns, log.roster, replace(log.certificate, scenario_toml=""))
    frame = readings.money(bare, None, busy.value)
    assert not [name for name in frame.columns if name.startswith("programme_cost ")]
    assert frame["programme_cost"].tolist() == readings.money(log)["programme_cost"].tolist()


def test_a_tally_tells_the_same_ledger_as_the_log(busy: Scenario) -> None:
    log = cx.simulate(busy, seed=4)
    table, _ = Arm(busy).table(4, 0)
    told = readings.monthly(log)
    assert money_lines(table, busy.value).tolist() == money_lines(told, busy.value).tolist()
    assert stage_lines(table, busy.value).tolist() == stage_lines(told, busy.value).tolist()
    frame = readings.money(log)
    for name in LINES:
        assert frame[name].tolist() == line(money_lines(table, busy.value), name).tolist()
    assert stage_frame(stage_lines(table, busy.value).sum(axis=-1)).equals(readings.costs(log))
    assert stage_frame(stage_lines(table, busy.value)).equals(
        readings.costs(log, by_month=True).drop(columns=["month", "date"])
    )


def test_stages_month_by_month_add_up_to_both_ledgers(busy: Scenario) -> None:
    log = cx.simulate(busy, seed=4)
    monthly, whole, ledger = readings.costs(log, by_month=True), readings.costs(log), readings.money(log)
    summed = monthly.drop(columns=["month", "date", "retained_share", "return"]).groupby("stage", sort=False).sum()
    for name in summed.columns:
        assert (summed[name] - whole.set_index("stage")[name]).abs().max() < CENT, name
    total = monthly[monthly["stage"] == "total"].reset_index(drop=True)
    assert total["date"].tolist() == ledger["date"].tolist()
    for mine, theirs in (
        ("margin", "cash"), ("programme", "programme_cost"), ("acquisition", "acquisition_cost"),
        ("onboarding_payroll", "onboarding_cost"), ("success_payroll", "success_cost"),
        ("support_payroll", "support_cost"), ("hosting", "hosting_cost"), ("mrr_at_risk", "mrr_start"),
    ):  # fmt: skip
        assert (total[mine] - ledger[theirs]).abs().max() < CENT, mine
    parts = monthly[monthly["stage"] != "total"].groupby("month")["cost"].sum()
    assert (parts - total["cost"]).abs().max() < CENT


def test_paths_of_many_runs_at_once_are_those_of_each() -> None:
    lines = np.array([money_lines(readings.monthly(random_log(seed), value), value) for seed in (1, 2)])
    assert net_cash(lines).shape == (2, lines.shape[2])
    together = cash_path(lines, 0.12)
    for one, alone in zip(together, lines, strict=True):
        assert one == pytest.approx(cash_path(alone, 0.12))
        assert one[0] == 0.0


def test_a_ledger_of_no_segment_is_refused(by_hand: EventLog) -> None:
    with pytest.raises(InputError, match="large"):
        readings.money(by_hand, "large", value)
