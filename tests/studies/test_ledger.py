"""Two fates of each account side by side, and whose the gain is: sums that add up."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim as cx
from cxsim import events
from cxsim.readings import money, monthly
from cxsim.readings.paths import paths
from cxsim.readings.values import economics_of
from cxsim.scenario import scaled
from cxsim.studies.attribution import Attribution, attribute
from cxsim.studies.coalitions import marginals, shapley
from cxsim.studies.fates import FATES, fates_of, sums_of
from cxsim.studies.ledger import Ledger, ledger

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


def test_each_accounts_gain_is_shared_out_whole_in_mrr_revenue_and_margin(told: Ledger) -> None:
    assert told.shares.shape == (3, len(told.account), len(told.levers))
    for part, whole in zip(told.shares, (told.mrr, told.revenue, told.margin), strict=True):
        assert part.sum(axis=1) == pytest.approx(whole, abs=1e-6)
        assert (np.abs(part) > 1.0).any(axis=0).all()
    frame = told.frame()
    for what in ("mrr", "revenue", "margin"):
        parts = frame[[f"{what}_from {name}" for name in told.levers]].sum(axis=1)
        assert parts.to_numpy() == pytest.approx(frame[f"{what}_gained"].to_numpy(), abs=1e-6)


def test_an_accounts_shares_are_its_own_shapley_values(told: Ledger, base: cx.Scenario, both: cx.Scenario) -> None:
    one, other = both.interventions
    logs = [
        cx.simulate(world, seed=SEED, replication=0)
        for world in (base, base.with_(one), base.with_(other), both)
    ]  # fmt: skip
    its = np.flatnonzero((told.replication == 0) & (told.shares[0] != 0.0).all(axis=1))
    assert len(its)
    for place in its[:5]:
        mrr = [dict(zip(p.account.tolist(), p.mrr[:, -1].tolist(), strict=True)) for p in map(paths, logs)]
        neither, first, second, all_of_them = (found.get(int(told.account[place]), 0) for found in mrr)
        share = ((first - neither) + (all_of_them - second)) / 2.0
        assert told.shares[0, place].tolist() == pytest.approx([share, all_of_them - neither - share])


# levers that move each part of the margin: contacts by digital workers, wages, purchases, sign-ups
RECONCILED = (
    ("b2b-saas", "digital-onboarding"), ("b2b-saas", "onboarding-staff"), ("membership", "digital-support"),
    ("smb-monthly", "win-back"), ("membership", "advocacy-programme"),
)  # fmt: skip


@pytest.mark.parametrize(("world", "lever"), RECONCILED)
def test_the_margin_of_all_lines_is_the_gross_margin_of_the_monthly_ledger_to_the_cent(world: str, lever: str) -> None:
    base = scaled(cx.Scenario.load(world).set("horizon_months", 18), 150)
    other = base.with_(lever)
    found = ledger(base, alternative=other, replications=2, seed=SEED)
    frame = found.frame()
    for number in range(2):
        tables = [money(cx.simulate(one, seed=SEED, replication=number)) for one in (base, other)]
        gained = tables[1].sum(numeric_only=True) - tables[0].sum(numeric_only=True)
        its = frame[frame["replication"] == number]
        assert its["margin_gained"].sum() == pytest.approx(gained["gross_margin"], abs=0.005)
        assert its["purchases_gained"].sum() == pytest.approx(gained["purchases"], abs=0.005)
        own = its[its["fate"] == "no account"]
        wages = gained["onboarding_cost"] + gained["support_cost"]
        assert own["margin_gained"].tolist() == pytest.approx([-wages], abs=0.005)
        assert own["account"].isna().all()
    total = found.summary().set_index("fate").loc["all", "margin_gained"]
    assert total == pytest.approx(frame["margin_gained"].sum() / 2)
    assert frame["margin_gained"].abs().sum() > 0.0


def test_wages_that_a_lever_adds_are_its_own_and_no_accounts(base: cx.Scenario) -> None:
    staffed = base.with_("formal-onboarding").with_("support-staff")
    found = ledger(base, alternative=staffed, replications=2, seed=SEED, shared=True)
    assert found.wage_shares.sum(axis=1) == pytest.approx(found.wages)
    assert found.wage_shares[:, 0].tolist() == [0.0, 0.0]
    assert (found.wage_shares[:, 1] < 0.0).all()


def test_a_lever_that_touches_nothing_gets_exactly_nothing_of_any_accounts_gain(base: cx.Scenario) -> None:
    idle = base.with_("formal-onboarding").with_("win-back", approached=0, sooner=1, success=0, price=1)
    found = ledger(base, alternative=idle, replications=2, seed=SEED, shared=True)
    place = found.levers.index("win-back")
    assert not found.shares[:, :, place].any()
    assert not found.wage_shares[:, place].any()
    assert found.shares.any()


def test_one_lever_used_twice_has_two_names_and_its_shares_still_add_up(base: cx.Scenario) -> None:
    twice = base.with_("formal-onboarding", segments=["small"]).with_("formal-onboarding", segments=["mid"], start=6)
    found = ledger(base, alternative=twice, replications=2, seed=SEED, shared=True)
    assert found.levers == ("formal-onboarding", "formal-onboarding (2)")
    frame = found.frame()
    parts = [frame[f"revenue_from {name}"].sum() for name in found.levers]
    assert all(parts)
    assert sum(parts) == pytest.approx(frame["revenue_gained"].sum(), abs=0.005)
    told = attribute(base, alternative=twice, replications=2, seed=SEED).frame("arr")
    assert told["lever"].tolist() == [*found.levers, "together", "interaction"]


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
    assert list(table.index) == [*FATES, "no account", "all"]
    for column in ("accounts", "months_gained", "mrr_gained", "revenue_gained", "purchases_gained", "margin_gained"):
        assert table.loc[[*FATES, "no account"], column].sum() == pytest.approx(table.loc["all", column])
        assert (table[f"{column}_low"] <= table[column]).all()
    assert (table.loc["unchanged", ["months_gained"]] == 0.0).all()
    assert table.loc["saved", "accounts"] > 0


def test_a_lever_that_reaches_nobody_changes_no_fate(base: cx.Scenario) -> None:
    nobody = base.with_("formal-onboarding", coverage=0.0)
    told = ledger(base, alternative=nobody, replications=2, seed=SEED)
    assert not told.mrr.any()
    assert not told.revenue.any()
    assert not told.margin.any()
    assert not told.wages.any()
    assert set(told.frame()["fate"]) == {"unchanged", "no account"}


def test_fates_by_hand() -> None:
    from cxsim.readings.paths import Paths

    def path(rows: dict[int, list[int]]) -> Paths:
        n = len(rows)
        return Paths(
            np.array(sorted(rows)), np.zeros(n, dtype=np.int64), np.array([rows[a] for a in sorted(rows)]),
            np.full(n, np.inf), np.full(n, events.NO_CAUSE),
            np.full(n, 7), np.full(n, 1), np.zeros(3, dtype=np.int64),
        )  # fmt: skip

    economics = economics_of(cx.Scenario.load("b2b-saas").value)

    before = path({1: [5, 0, 0], 2: [5, 0, 0], 3: [5, 5, 5], 4: [5, 5, 0], 5: [5, 5, 5], 6: [0, 5, 5]})
    after = path({1: [5, 5, 5], 2: [5, 5, 0], 3: [5, 5, 7], 4: [5, 0, 0], 5: [5, 5, 0], 7: [0, 0, 9]})
    sums = {place: sums_of(one, economics, keep=True) for place, one in enumerate((before, after))}
    found = fates_of(0, sums, levers=0).columns
    words = [FATES[int(k)] for k in found["fate"]]
    assert words == ["saved", "postponed", "unchanged", "hastened", "lost", "stayed away", "came"]
    assert found["months"].tolist() == [3, 2, 0, -2, -1, -3, 1]
    assert found["mrr"].tolist() == [5, 0, 2, 0, -5, -5, 9]
    assert found["revenue"].tolist() == [15, 10, 2, -10, -5, -15, 9]
    assert found["purchases"].tolist() == [0, 0, 0, 0, 0, -7, 7]
    hosting, digital = economics.hosting_share, economics.digital_cost
    assert found["margin"][0] == pytest.approx((1 - hosting) * 0.075)
    assert found["margin"][-1] == pytest.approx((1 - hosting) * (0.045 + 0.07) - digital)


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
