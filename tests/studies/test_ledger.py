"""Two fates of each account side by side, and whose the gain is: sums that add up."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim as cx
from cxsim import events
from cxsim.readings import monthly
from cxsim.readings.paths import paths
from cxsim.scenario import scaled
from cxsim.studies.attribution import Attribution, attribute
from cxsim.studies.coalitions import marginals, shapley
from cxsim.studies.ledger import FATES, Ledger, _compared, ledger

SEED, REPLICATIONS = 4, 3


@pytest.fixture(scope="module")
def base() -> cx.Scenario:
    return scaled(cx.Scenario.load("b2b-saas").set("horizon_months", 24), 200)


@pytest.fixture(scope="module")
def both(base: cx.Scenario) -> cx.Scenario:
    return base.with_("formal-onboarding").with_("proactive-outreach", wake=0.02)


@pytest.fixture(scope="module")
def told(base: cx.Scenario, both: cx.Scenario) -> Ledger:
    return ledger(base, alternative=both, replications=REPLICATIONS, seed=SEED, shared=True)


def test_sums_over_accounts_are_the_differences_of_the_companies(
    told: Ledger, base: cx.Scenario, both: cx.Scenario
) -> None:
    for number in range(REPLICATIONS):
        tables = [monthly(cx.simulate(world, seed=SEED, replication=number)) for world in (base, both)]
        mrr, accounts = ([table.of(name) for table in tables] for name in ("mrr", "active"))
        its = told.replication == number
        assert told.mrr[its].sum() == mrr[1][-1] - mrr[0][-1]
        assert told.revenue[its].sum() == sum(
            s * (2 * m.sum() - m[0] - m[-1]) for s, m in zip((-1, 1), mrr, strict=True)
        )
        assert told.months[its].sum() == sum(
            s * (2 * m.sum() - m[0] - m[-1]) for s, m in zip((-1, 1), accounts, strict=True)
        )
    assert (told.mrr != 0).sum() > 20


def test_each_accounts_gain_is_shared_out_whole(told: Ledger) -> None:
    assert told.shares.sum(axis=1) == pytest.approx(told.revenue, abs=1e-6)
    assert told.shares.shape[1] == len(told.levers) == 2
    assert (np.abs(told.shares) > 1.0).any(axis=0).all()


def test_fates_are_what_the_two_logs_say(told: Ledger, base: cx.Scenario, both: cx.Scenario) -> None:
    frame = told.frame()
    assert set(frame["fate"]) >= {"saved", "unchanged", "lost", "postponed"}
    logs = [cx.simulate(world, seed=SEED, replication=0) for world in (base, both)]
    first = frame[frame["replication"] == 0]
    for place, (log, when) in enumerate(zip(logs, ("lost_without", "lost_with"), strict=True)):
        rows = log.frame()
        rows = rows[rows["time"] >= 0.0]
        left = rows[rows["kind"].isin(["cancelled", "lapsed"])].groupby("account")["time"].min()
        said = first.dropna(subset=[when]).set_index("account")[when]
        assert said.to_dict() == left.to_dict(), place
    there = [{int(a) for a, m in zip(p.account, p.mrr[:, -1], strict=True) if m > 0} for p in map(paths, logs)]
    assert (
        set(first.loc[first["fate"] == "saved", "account"])
        | set(first.loc[(first["fate"] == "came") & (first["mrr_gained"] > 0), "account"])
        == there[1] - there[0]
    )


def test_the_summary_adds_up_and_has_intervals(told: Ledger) -> None:
    table = told.summary().set_index("fate")
    assert list(table.index) == [*FATES, "all"]
    for column in ("accounts", "months_gained", "mrr_gained", "revenue_gained", "margin_gained"):
        assert table.loc[list(FATES), column].sum() == pytest.approx(table.loc["all", column])
        assert (table[f"{column}_low"] <= table[column]).all()
    assert (table.loc["unchanged", ["months_gained"]] == 0.0).all()
    assert table.loc["saved", "accounts"] > 0


def test_a_lever_that_reaches_nobody_changes_no_fate(base: cx.Scenario) -> None:
    nobody = base.with_("formal-onboarding", coverage=0.0)
    told = ledger(base, alternative=nobody, replications=2, seed=SEED)
    assert not told.mrr.any()
    assert not told.revenue.any()
    assert set(told.frame()["fate"]) == {"unchanged"}


def test_fates_by_hand() -> None:
    from cxsim.readings.paths import Paths

    def path(rows: dict[int, list[int]]) -> Paths:
        n = len(rows)
        return Paths(
            np.array(sorted(rows)), np.zeros(n, dtype=np.int64), np.array([rows[a] for a in sorted(rows)]),
            np.full(n, np.inf), np.full(n, events.NO_CAUSE),
        )  # fmt: skip

    before = path({1: [5, 0, 0], 2: [5, 0, 0], 3: [5, 5, 5], 4: [5, 5, 0], 5: [5, 5, 5], 6: [0, 5, 5]})
    after = path({1: [5, 5, 5], 2: [5, 5, 0], 3: [5, 5, 7], 4: [5, 0, 0], 5: [5, 5, 0], 7: [0, 0, 9]})
    found = _compared(0, [before, after], 0)
    words = [FATES[int(k)] for k in found["fate"]]
    assert words == ["saved", "postponed", "unchanged", "hastened", "lost", "stayed away", "came"]
    assert found["months"].tolist() == [3, 2, 0, -2, -1, -3, 1]
    assert found["mrr"].tolist() == [5, 0, 2, 0, -5, -5, 9]
    assert found["revenue"].tolist() == [15, 10, 2, -10, -5, -15, 9]


@pytest.fixture(scope="module")
def shared(base: cx.Scenario) -> Attribution:
    three = (
        base.with_("formal-onboarding")
        .with_("payment-recovery")
        .with_("win-back", approached=0, sooner=1, success=0, price=1)
    )
    return attribute(base, alternative=three, replications=4, seed=SEED)


@pytest.mark.parametrize("outcome", ["arr", "logo_churn_12m", "company_value_multiple", "net_benefit"])
def test_shares_add_up_and_a_lever_that_touches_nothing_gets_nothing(shared: Attribution, outcome: str) -> None:
    table = shared.frame(outcome).set_index("lever")
    levers = list(shared.levers)
    assert table.loc[levers, "share"].sum() == pytest.approx(table.loc["together", "share"], rel=1e-9)
    assert shared.shares.sum(axis=1) == pytest.approx(shared.together, rel=1e-9, abs=1e-6, nan_ok=True)
    if outcome != "net_benefit":  # it is paid for all the same
        assert table.loc["win-back", ["share", "low", "high", "alone", "last"]].tolist() == [0.0] * 5


def test_shares_do_not_depend_on_the_number_of_workers(base: cx.Scenario, shared: Attribution) -> None:
    again = attribute(shared.baseline, alternative=shared.alternative, replications=4, seed=SEED, workers=1)
    assert np.array_equal(again.shares, shared.shares, equal_nan=True)


def test_shapley_values_of_known_games() -> None:
    # Gloves: player 0 holds a left one, 1 and 2 a right one each; a pair is worth 1
    gloves = np.array([float((c & 1) and (c & 6) != 0) for c in range(8)])
    assert shapley(gloves) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    # additive: each its own
    own = np.array([3.0, -1.0, 0.0, 7.0])
    game = np.array([sum(own[k] for k in range(4) if c >> k & 1) for c in range(16)])
    assert shapley(game) == pytest.approx(own)
    assert shapley(game)[2] == 0.0
    orders = [[0, 1, 2], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1], [2, 1, 0]]
    every = {c: np.array(gloves[c]) for c in range(8)}
    assert marginals(orders, every) == pytest.approx(shapley(gloves))


def test_beyond_six_levers_orders_are_drawn_and_still_add_up(base: cx.Scenario) -> None:
    many = base
    for name in (
        "formal-onboarding", "payment-recovery", "win-back", "price-rise", "product-experience", "support-staff",
        "advocacy-programme",
    ):  # fmt: skip
        many = many.with_(name)
    found = attribute(
        base.set("horizon_months", 6), alternative=many.set("horizon_months", 6), replications=2, seed=SEED
    )
    assert not found.is_exact
    assert found.shares.sum(axis=1) == pytest.approx(found.together, rel=1e-9, abs=1e-6, nan_ok=True)


def test_what_is_no_lever_cannot_be_given_a_share(base: cx.Scenario, both: cx.Scenario) -> None:
    with pytest.raises(cx.InputError, match="differs from b2b-saas in more than levers"):
        attribute(base, alternative=both.set("churn.value_base", 0.01), replications=2, seed=1)
    with pytest.raises(cx.InputError, match="adds no lever"):
        attribute(base, alternative=base, replications=2, seed=1)
    with pytest.raises(cx.InputError, match="at least 2"):
        ledger(base, alternative=both, replications=1, seed=1)


def test_it_is_said_when_single_effects_must_not_be_added_up(base: cx.Scenario) -> None:
    # who is never lost need not be won back
    twice = base.with_("payment-recovery", recovered=1.0).with_("win-back", approached=1.0, success=0.9)
    found = attribute(
        base.set("churn.involuntary_base", 0.05),
        alternative=twice.set("churn.involuntary_base", 0.05),
        replications=4,
        seed=2,
    )
    said = found.warning("accounts")
    assert said.startswith("accounts: single effects must not be added up")
    assert found.frame("accounts").set_index("lever").loc["interaction", "high"] < 0.0
