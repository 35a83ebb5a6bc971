"""Who may ever exist: the same candidate in every scenario, drawn from the declared distributions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from cxsim import events
from cxsim.plan import make_plan
from cxsim.roster import COLUMNS, Candidate, as_columns, make_roster
from cxsim.scenario import Scenario
from cxsim.streams import Luck

WorldMaker = Callable[..., Scenario]
BIG = {
    "arrivals.per_month": 100.0, "arrivals.history_months": 0, "arrivals.season_amplitude": 0.0,
    "segments.term_1_share": 0.25, "segments.term_24_share": 0.15, "segments.term_36_share": 0.1,
    "segments.fit_sd": 0.1, "segments.promise_sd": 0.1, "segments.frailty_variance": 0.5,
}  # fmt: skip


def _roster(world: Scenario, seed: int = 1, horizon: int | None = None) -> list[Candidate]:
    return make_roster(make_plan(world, horizon), Luck(seed, 0))


@pytest.fixture(scope="module")
def many(make_world: WorldMaker) -> dict[str, np.ndarray]:
    return as_columns(_roster(make_world({**BIG, "arrivals.referral_ceiling_share": 0.0}, horizon=60)))


def test_arrivals_are_a_poisson_process(many: dict[str, np.ndarray]) -> None:
    n = len(many["account"])
    assert abs(n - 6000) < 4.0 * math.sqrt(6000)
    gaps = np.diff(np.sort(many["sign_up_at"]))
    assert stats.kstest(gaps, "expon", args=(0.0, 0.01)).pvalue > 1e-3


def test_attributes_have_the_declared_distributions(many: dict[str, np.ndarray]) -> None:
    n = len(many["account"])
    assert stats.kstest(np.log(many["mrr"] / 100.0 / 2300.0), "norm", args=(0.0, 0.5)).pvalue > 1e-3
    assert stats.kstest(many["fit"], "norm", args=(0.92, 0.1)).pvalue > 1e-3
    assert stats.kstest(many["promise"], "norm", args=(0.75, 0.1)).pvalue > 1e-3
    assert stats.kstest(many["frailty"], "gamma", args=(2.0, 0.0, 0.5)).pvalue > 1e-3
    for term, share in ((1, 0.25), (12, 0.5), (24, 0.15), (36, 0.1)):
        assert abs((many["term"] == term).mean() - share) < 4.0 * math.sqrt(share * (1 - share) / n)
    for touch, share in ((events.DIGITAL_TOUCH, 0.2), (events.NAMED_TOUCH, 0.4), (events.POOLED_TOUCH, 0.4)):
        assert abs((many["touch"] == touch).mean() - share) < 4.0 * math.sqrt(share * (1 - share) / n)


def test_attributes_are_correlated_as_declared(many: dict[str, np.ndarray]) -> None:
    n = len(many["account"])
    for other, rho in ((many["promise"], -0.2), (np.log(many["mrr"]), 0.1)):
        assert abs(np.corrcoef(many["fit"], other)[0, 1] - rho) < 4.0 * (1 - rho * rho) / math.sqrt(n)


def test_frailty_is_one_where_nothing_is_hidden(make_world: WorldMaker) -> None:
    roster = _roster(make_world({"segments.frailty_variance": 0.0}))
    assert {c.frailty for c in roster} == {1.0}


def test_candidates_are_the_same_whoever_else_comes(make_world: WorldMaker) -> None:
    base = make_world({"arrivals.per_month": 4.0}, segments=("one", "two"))
    others = base.set("segments.two.arrivals.per_month", 40.0)
    mine = {c.account: c for c in _roster(base) if c.segment == 0}
    still = {c.account: c for c in _roster(others) if c.segment == 0}
    assert mine == still
    assert len(_roster(others)) > 2 * len(_roster(base))


def test_more_of_a_segments_arrivals_bring_the_same_people_earlier(make_world: WorldMaker) -> None:
    few = {c.account: c for c in _roster(make_world({"arrivals.per_month": 4.0}))}
    many = {c.account: c for c in _roster(make_world({"arrivals.per_month": 8.0}))}
    assert set(few) < set(many)
    for account, c in few.items():
        assert (many[account].mrr, many[account].fit, many[account].frailty) == (c.mrr, c.fit, c.frailty)
        assert many[account].sign_up_at <= c.sign_up_at


def test_a_longer_horizon_adds_candidates_and_changes_none(make_world: WorldMaker) -> None:
    world = make_world()
    short, long = (_roster(world, horizon=h) for h in (12, 24))
    kept = {c.account: c for c in long}
    assert all(kept[c.account] == c for c in short)
    assert min(c.sign_up_at for c in long if c.account not in {s.account for s in short}) >= 12.0


def test_account_numbers_are_unique_and_in_order(make_world: WorldMaker) -> None:
    accounts = [c.account for c in _roster(make_world(segments=("one", "two", "three")))]
    assert accounts == sorted(set(accounts))
    assert accounts[0] >= 0


def test_arrivals_keep_to_history_and_horizon(make_world: WorldMaker) -> None:
    roster = _roster(make_world({"arrivals.history_months": 24}))
    assert -24.0 <= min(c.sign_up_at for c in roster) < -20.0
    assert 20.0 < max(c.sign_up_at for c in roster) < 24.0


def test_the_season_peaks_in_its_month_and_keeps_the_yearly_sum(make_world: WorldMaker) -> None:
    world = make_world({"arrivals.per_month": 10.0, "arrivals.season_amplitude": 0.5, "arrivals.history_months": 0})
    rates = list(make_plan(world).arrivals[0])
    assert rates[11] == max(rates[:12]) == pytest.approx(15.0)
    assert rates[5] == min(rates[:12]) == pytest.approx(5.0)
    assert sum(rates[:12]) == pytest.approx(120.0)


def test_growth_compounds_by_the_year(make_world: WorldMaker) -> None:
    world = make_world(
        {"arrivals.annual_growth": 0.5, "arrivals.season_amplitude": 0.0, "arrivals.history_months": 0}, horizon=36
    )
    rates = list(make_plan(world).arrivals[0])
    assert rates[12] == pytest.approx(1.5 * rates[0])
    assert rates[24] == pytest.approx(2.25 * rates[0])


def test_a_given_series_replaces_the_rate_from_month_0(make_world: WorldMaker) -> None:
    world = make_world(
        {"arrivals.per_month": 3.0, "arrivals.season_amplitude": 0.0, "arrivals.history_months": 2}, horizon=6
    ).set("arrivals.series.only", [7.0, 0.0, 9.0])
    assert list(make_plan(world).arrivals[0]) == [3.0, 3.0, 7.0, 0.0, 9.0, 3.0, 3.0, 3.0]
    assert not [c for c in _roster(world) if not c.referred and 1.0 <= c.sign_up_at < 2.0]


def test_referral_candidates_come_at_their_share(make_world: WorldMaker) -> None:
    roster = _roster(make_world({**BIG, "arrivals.referral_ceiling_share": 0.5}))
    n = sum(c.referred for c in roster)
    assert abs(n - 1200) < 4.0 * math.sqrt(1200)
    assert not any(c.referred for c in _roster(make_world({**BIG, "arrivals.referral_ceiling_share": 0.0})))


def test_columns_hold_the_roster(make_world: WorldMaker) -> None:
    roster = _roster(make_world())
    columns = as_columns(roster)
    assert list(columns) == [name for name, _ in COLUMNS]
    assert all(len(column) == len(roster) for column in columns.values())
    assert columns["mrr"].min() >= 1
