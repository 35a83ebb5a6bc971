"""Beyond six levers an account's gain is shared along orders that are drawn: it adds up, and says what it is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

import cxsim as cx
from cxsim.errors import InputError
from cxsim.readings import money
from cxsim.readings.paths import paths
from cxsim.readings.values import economics_of
from cxsim.scenario import scaled
from cxsim.studies.answers import column_of
from cxsim.studies.attribution import attribute
from cxsim.studies.coalitions import MOST_EXACT, needed, on_the_way, orders_of, shapley, world_of
from cxsim.studies.fates import Sums, fates_of, sums_of
from cxsim.studies.ledger import ORDERS, Ledger, _error, ledger, orders_asked

SEED, REPLICATIONS = 4, 3
IDLE = {"approached": 0, "sooner": 1, "success": 0, "price": 1}
NAMES = (
    "formal-onboarding", "payment-recovery", "price-rise", "product-experience", "support-staff", "advocacy-programme",
)  # fmt: skip


@pytest.fixture(scope="module")
def base() -> cx.Scenario:
    return scaled(cx.Scenario.load("b2b-saas").set("horizon_months", 18), 100)


@pytest.fixture(scope="module")
def seven(base: cx.Scenario) -> cx.Scenario:
    """Six levers that do something, and one that touches nothing."""
    many = base
    for name in NAMES:
        many = many.with_(name)
    return many.with_("win-back", **IDLE)


@pytest.fixture(scope="module")
def told(base: cx.Scenario, seven: cx.Scenario) -> Ledger:
    return ledger(base, alternative=seven, replications=REPLICATIONS, seed=SEED, shared=True)


def everything(base: cx.Scenario, alternative: cx.Scenario, number: int) -> dict[int, Sums]:
    """What each coalition of the levers comes to, by simulating all of them."""
    levers = alternative.interventions
    worlds = {c: world_of(base, levers, c) for c in range(1 << len(levers))}
    return {
        c: sums_of(
            paths(cx.simulate(world, seed=SEED, replication=number)), economics_of(world.value), keep=True
        )
        for c, world in worlds.items()
    }  # fmt: skip


def test_with_seven_levers_each_accounts_shares_add_up_to_its_gain_to_the_cent(told: Ledger) -> None:
    assert told.orders == ORDERS
    assert told.shares.shape == (3, len(told.account), 7)
    for part, whole in zip(told.shares, (told.mrr, told.revenue, told.margin), strict=True):
        assert part.sum(axis=1) == pytest.approx(whole, abs=1e-6)
        assert np.rint(part.sum(axis=1)).tolist() == np.rint(whole).tolist()
    frame = told.frame()
    for what in ("mrr", "revenue", "margin"):
        parts = frame[[f"{what}_from {name}" for name in told.levers]].sum(axis=1)
        assert parts.to_numpy() == pytest.approx(frame[f"{what}_gained"].to_numpy(), abs=1e-6)
    assert (told.shares[0] != 0.0).sum(axis=1).max() > 1


def test_with_seven_levers_totals_are_the_differences_of_the_two_companies(
    told: Ledger, base: cx.Scenario, seven: cx.Scenario
) -> None:
    gained = np.zeros(2)
    for number in range(REPLICATIONS):
        for world, sign in ((base, -1.0), (seven, 1.0)):
            log = cx.simulate(world, seed=SEED, replication=number)
            gained += sign * np.array([paths(log).mrr[:, -1].sum() / 100.0, money(log)["gross_margin"].sum()])
    table = told.by_lever().set_index("lever")
    assert list(table.index) == [*told.levers, "together"]
    assert table.loc["together", ["mrr", "margin"]].tolist() == pytest.approx((gained / REPLICATIONS).tolist())
    for what in ("mrr", "revenue", "margin"):
        assert table.loc[list(told.levers), what].sum() == pytest.approx(table.loc["together", what], abs=0.005)
        mean = told.frame()[f"{what}_gained"].sum() / REPLICATIONS
        assert table.loc["together", what] == pytest.approx(mean, abs=0.005)


def test_a_lever_that_touches_nothing_gets_exactly_nothing_along_any_order(told: Ledger) -> None:
    idle = told.levers.index("win-back")
    assert not told.shares[:, :, idle].any()
    assert not told.wage_shares[:, idle].any()
    assert not told.by_pair[..., idle].any()
    row = told.by_lever().set_index("lever").loc["win-back"]
    assert row.tolist() == [0.0] * 12
    others = [place for place in range(7) if place != idle]
    moved = told.shares.any(axis=(0, 1)) | told.wage_shares.any(axis=0)
    assert moved[others].all()


def test_all_orders_of_three_levers_give_what_all_coalitions_give(base: cx.Scenario) -> None:
    three = base.with_("formal-onboarding").with_("proactive-outreach").with_("payment-recovery")
    sums = everything(base, three, 0)
    pairs = [(order, order[::-1]) for order in permutations(range(3)) if order < order[::-1]]
    exact = fates_of(0, sums, levers=3)
    drawn = fates_of(0, sums, levers=3, orders=[list(order) for pair in pairs for order in pair])
    assert drawn.shares == pytest.approx(exact.shares, abs=1e-6)
    assert drawn.wage_shares == pytest.approx(exact.wage_shares, abs=1e-6)
    assert (np.abs(exact.shares[:, 0]) > 1.0).any(axis=1).all()
    assert {name: part.tolist() for name, part in drawn.columns.items()} == {
        name: part.tolist() for name, part in exact.columns.items()
    }
    assert (exact.by_pair.shape, drawn.by_pair.shape) == ((0, 3, 3), (3, 3, 3))
    one = fates_of(0, sums, levers=3, orders=[[0, 1, 2], [2, 1, 0]])
    assert one.by_pair[0] == pytest.approx(drawn.by_pair[pairs.index(((0, 1, 2), (2, 1, 0)))])


def test_pairs_of_orders_give_the_totals_of_the_accounts_and_their_wages(told: Ledger) -> None:
    assert told.by_pair.shape == (3, REPLICATIONS, ORDERS // 2, 7)
    for place in range(3):
        own = np.array([told.shares[place][told.replication == r].sum(axis=0) for r in range(REPLICATIONS)])
        own = own + told.wage_shares if place == 2 else own
        assert told.by_pair[place].mean(axis=1) == pytest.approx(own, abs=1e-4)


def test_the_first_orders_are_those_of_the_attribution(told: Ledger, base: cx.Scenario, seven: cx.Scenario) -> None:
    found = attribute(base, alternative=seven, replications=REPLICATIONS, seed=SEED)
    assert told.levers == found.levers
    assert 12.0 * told.by_pair[0][:, 0] / 100.0 == pytest.approx(found.shares[:, :, column_of("arr")], abs=1e-6)


def test_more_orders_begin_with_the_fewer_and_each_comes_with_itself_backwards() -> None:
    few, many = (orders_of(9, seed=SEED, number=2, count=count) for count in (4, 10))
    assert many[:4] == few
    assert all(one == other[::-1] for one, other in zip(many[::2], many[1::2], strict=True))
    assert len({tuple(order) for order in many}) == 10
    assert few != orders_of(9, seed=SEED, number=3, count=4)
    assert orders_of(MOST_EXACT, seed=SEED, number=2, count=4) == []
    assert list(needed(3, [])) == list(range(8))
    assert needed(3, [[0, 1, 2], [2, 1, 0]]) == sorted(on_the_way([[0, 1, 2], [2, 1, 0]])) == [0, 1, 3, 4, 6, 7]


def test_drawn_orders_meet_all_coalitions_within_four_standard_errors(base: cx.Scenario, seven: cx.Scenario) -> None:
    truth = np.zeros((7, 3))
    for number in range(2):
        sums = everything(base, seven, number)
        truth += shapley(np.array([sums[c].whole for c in range(1 << 7)])) / 2
    found = ledger(base, alternative=seven, replications=2, seed=SEED, shared=True, orders=40)
    table = found.by_lever().iloc[:-1]
    for place, (what, unit) in enumerate((("mrr", 100.0), ("revenue", 200.0), ("margin", 1.0))):
        off = np.abs(table[what].to_numpy() - truth[:, place] / unit)
        assert (off <= 4.0 * table[f"{what}_error"].to_numpy() + 1e-6).all(), what
        assert (off > 1e-3).sum() > 3
    few = ledger(base, alternative=seven, replications=2, seed=SEED, shared=True, orders=4)
    assert few.by_lever()["margin_error"].sum() > table["margin_error"].sum()


def test_the_error_of_the_orders_is_that_of_a_mean_of_means() -> None:
    pairs = np.array([[[1.0], [3.0]], [[2.0], [6.0]]])  # two replications with two pairs of orders, one lever
    assert _error(pairs).tolist() == pytest.approx([np.sqrt(2.0 / 2 + 8.0 / 2) / 2])
    assert _error(np.zeros((3, 0, 2))).tolist() == [0.0, 0.0]


def test_it_says_that_shares_are_estimates_and_how_many_orders_were_drawn(told: Ledger, base: cx.Scenario) -> None:
    said = told.note()
    assert said.startswith("7 levers are more than the 6 whose coalitions are all run: shares are estimates over 16")
    table = told.by_lever().set_index("lever")
    # wages of more staff are the same whatever else is done
    acting = [name for name in NAMES if name != "support-staff"]
    assert (table.loc[acting, "margin_error"] > 0.0).all()
    assert table.loc["support-staff", "margin_error"] == pytest.approx(0.0, abs=1e-6)
    assert table.loc["together", [f"{what}_error" for what in ("mrr", "revenue", "margin")]].tolist() == [0.0] * 3
    assert (table["margin_low"] <= table["margin"]).all()
    both = base.with_("formal-onboarding").with_("proactive-outreach")
    exact = ledger(base, alternative=both, replications=2, seed=SEED, shared=True)
    assert (exact.note(), exact.orders) == ("", 0)
    assert not exact.by_lever()[["mrr_error", "revenue_error", "margin_error"]].to_numpy().any()
    with pytest.raises(InputError, match="nothing was shared out"):
        ledger(base, alternative=both, replications=2, seed=SEED).by_lever()


@pytest.mark.parametrize(
    ("levers", "orders", "said"),
    [
        (7, 3, "orders 3: is not an even number from 4 to 200"),
        (7, 2, "orders 2: is not an even number from 4 to 200"),
        (7, 202, "orders 202: is not an even number from 4 to 200"),
        (7, -4, "orders -4: is not an even number from 4 to 200"),
        (6, 8, "orders 8: every coalition of 6 levers is run; orders are drawn for 7 to 30 levers"),
        (1, 8, "orders 8: every coalition of 1 lever is run"),
        (0, 8, "orders 8: nothing is shared out"),
    ],
)
def test_orders_that_are_not_drawn_are_refused_in_a_line(levers: int, orders: int, said: str) -> None:
    with pytest.raises(InputError) as refused:
        orders_asked(levers, orders)
    assert str(refused.value).startswith(said)


def test_what_cannot_be_shared_is_refused_before_anything_is_run(
    base: cx.Scenario, seven: cx.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxsim.studies.ledger.in_pieces", None)
    with pytest.raises(InputError, match="orders 5: is not an even number"):
        ledger(base, alternative=seven, replications=2, seed=SEED, shared=True, orders=5)
    with pytest.raises(InputError, match="orders 8: nothing is shared out"):
        ledger(base, alternative=seven, replications=2, seed=SEED, orders=8)
    many = base
    for month in range(31):
        many = many.with_("formal-onboarding", start=month)
    with pytest.raises(InputError, match="31 levers are more than the 30 that can be told apart"):
        ledger(base, alternative=many, replications=2, seed=SEED, shared=True)
