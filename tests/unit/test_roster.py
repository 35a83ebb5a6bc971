"""Who may ever exist: the same candidate in every scenario, drawn from the declared distributions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaincinv

from cxsim import catalogue, events, roster, streams
from cxsim.errors import InputError
from cxsim.interventions import ADD, MULTIPLY, SET, Edit, Intervention
from cxsim.parameters import by_path, segments
from cxsim.plan import Plan, make_plan
from cxsim.roster import COLUMNS, Candidate, as_columns, make_roster, roster_columns
from cxsim.rules import arrival
from cxsim.rules.chance import exponential
from cxsim.scenario import Scenario, with_values
from cxsim.streams import Fork, Luck

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


# a second implementation, one candidate after the other in plain Python, in the words of the model


def _times(
    plan: Plan, luck: Luck, lane: int, number: int = 0, begins: float = -math.inf, ends: float = math.inf
) -> list[float]:
    """When the candidates of a lane come between two moments, the first of them the `number`-th."""
    lanes, (segment, referred) = 2 * len(plan.segments), divmod(lane, 2)
    share = [month[segment][segments.REFERRAL_CEILING_SHARE] if referred else 1.0 for month in plan.rows]
    rates = [rate * s for rate, s in zip(plan.arrivals[segment], share, strict=True)]
    purpose = streams.REFERRAL_ARRIVAL if referred else streams.ARRIVAL
    times: list[float] = []
    month, reached, wanted = 0, 0.0, 0.0
    if begins > -math.inf:
        whole = math.floor(begins)
        month = whole + plan.history
        for rate in rates[:month]:
            reached += rate
        wanted = reached + rates[month] * (begins - whole)
    while True:
        wanted += exponential(1.0, luck.u((number + len(times)) * lanes + lane, purpose, 0))
        while month < len(rates) and reached + rates[month] <= wanted:
            reached += rates[month]
            month += 1
        if month == len(rates):
            return times
        time = month - plan.history + (wanted - reached) / rates[month]
        if time >= ends:
            return times
        times.append(time)


def _one(plan: Plan, luck: Luck, account: int, segment: int, referred: int, time: float) -> Candidate:
    p, variance = plan.rows[math.floor(time) + plan.history][segment], plan.rows[0][segment][segments.FRAILTY_VARIANCE]
    z_fit = luck.z(account, streams.FIT, 0)
    z_mrr = arrival.correlated(p[segments.FIT_MRR_CORRELATION], z_fit, luck.z(account, streams.MRR, 0))
    z_promise = arrival.correlated(p[segments.FIT_PROMISE_CORRELATION], z_fit, luck.z(account, streams.PROMISE, 0))
    u = luck.u(account, streams.FRAILTY, 0)
    return Candidate(
        account=account,
        segment=segment,
        referred=referred,
        sign_up_at=time,
        mrr=arrival.first_mrr(p, z_mrr),
        term=arrival.term(p, luck.u(account, streams.TERM, 0)),
        touch=arrival.touch(p, luck.u(account, streams.TOUCH, 0)),
        fit=arrival.fit(p, z_fit),
        promise=arrival.promise(p, z_promise),
        frailty=float(gammaincinv(1.0 / variance, u) * variance) if variance > 0.0 else 1.0,
    )


def _told(plan: Plan, luck: Luck, fork: Fork | None = None) -> list[Candidate]:
    """The roster by the second implementation."""
    lanes, found = 2 * len(plan.segments), []
    for lane in range(lanes):
        trunk = _times(plan, luck, lane, ends=math.inf if fork is None else fork.at)
        drawn = [(number, time, luck) for number, time in enumerate(trunk)]
        if fork is not None:
            later = _times(plan, luck.branched(fork), lane, len(trunk), fork.at)
            drawn += [(len(trunk) + n, time, luck.branched(fork)) for n, time in enumerate(later)]
        found += [_one(plan, dealt, n * lanes + lane, *divmod(lane, 2), time) for n, time, dealt in drawn]
    return sorted(found, key=lambda c: c.account)


def _edited(world: Scenario, *edits: Edit) -> Scenario:
    return world.with_(Intervention("x", start=3.5, edits=edits))


def _place(path: str) -> int:
    return by_path()[path].index


VARIANTS: dict[str, Callable[[Scenario], Scenario]] = {
    "as it stands": lambda world: world,
    "three times the arrivals": lambda world: _edited(world, Edit(_place("arrivals.per_month"), MULTIPLY, 3.0)),
    "a wave of arrivals": lambda world: _edited(
        world, Edit(_place("arrivals.per_month"), ADD, 5.0, ramp=4.0, stop=20.0, decay=3.0)
    ),
    "nobody for a while": lambda world: _edited(world, Edit(_place("arrivals.per_month"), SET, 0.0, stop=5.0)),
    "fewer referrals": lambda world: _edited(world, Edit(_place("arrivals.referral_ceiling_share"), SET, 0.1)),
    "others than before": lambda world: _edited(
        world,
        Edit(segments.MRR_MEDIAN, MULTIPLY, 2.0),
        Edit(segments.FIT_MEAN, ADD, 0.1),
        Edit(segments.TERM_1_SHARE, SET, 0.4),
        Edit(segments.TOUCH_NAMED_SHARE, SET, 0.5),
    ),
    "a given series": lambda world: world.set(f"arrivals.series.{world.segments[0]}", [4.0, 0.0, 0.0, 7.5] * 4),
    "no history": lambda world: with_values(world, {"arrivals.history_months": 0}),
    "one segment of equals": lambda world: world.set(f"segments.{world.segments[0]}.frailty_variance", 0.0),
}


@pytest.mark.parametrize("world", catalogue.worlds())
@pytest.mark.parametrize("variant", VARIANTS)
def test_compiled_candidates_are_those_of_plain_python_to_the_bit(world: str, variant: str) -> None:
    plan = make_plan(VARIANTS[variant](Scenario.load(world)), 12)
    for seed, fork in ((0, None), (2**63 - 1, None), (3, Fork(4.25, 2)), (3, Fork(0, 1)), (3, Fork(11.5, 2**24 - 1))):
        luck = Luck(seed, seed % 7)
        told = _told(plan, luck, fork)
        assert len(told) > 20
        for (name, column), expected in zip(
            roster_columns(plan, luck, fork).items(), as_columns(told).values(), strict=True
        ):
            assert column.dtype == expected.dtype, name
            assert column.tobytes() == expected.tobytes(), name
        assert make_roster(plan, luck, fork) == told


def test_more_candidates_than_expected_find_room(make_world: WorldMaker) -> None:
    plan = make_plan(make_world({"arrivals.per_month": 4.0, "arrivals.history_months": 0}, horizon=12))
    mean, counts = float(plan.rates[0].sum()), []
    for seed in range(200):
        columns = roster_columns(plan, Luck(seed, 0))
        counts.append(int((columns["referred"] == 0).sum()))
        if counts[-1] > mean + 2.0 * math.sqrt(mean) + 4.0:
            assert columns["sign_up_at"].tolist() == [c.sign_up_at for c in _told(plan, Luck(seed, 0))]
    assert max(counts) > mean + 2.0 * math.sqrt(mean) + 4.0
    assert abs(np.mean(counts) - mean) < 4.0 * math.sqrt(mean / 200)


def test_the_python_list_holds_plain_numbers(make_world: WorldMaker) -> None:
    plan = make_plan(make_world())
    kinds = {name: int if np.issubdtype(dtype, np.integer) else float for name, dtype in COLUMNS}
    for c in make_roster(plan, Luck(1, 0)):
        assert {name: type(getattr(c, name)) for name in kinds} == kinds


def test_threads_share_a_plan(make_world: WorldMaker) -> None:
    plan = make_plan(make_world({"arrivals.per_month": 40.0}, segments=("one", "two")))
    alone = [roster_columns(plan, Luck(1, k)) for k in range(16)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda k: roster_columns(plan, Luck(1, k)), range(16)))
    for a, b in zip(alone, together, strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in a)


def test_candidates_before_a_fork_stay_and_the_branch_goes_on_counting(make_world: WorldMaker) -> None:
    plan = make_plan(make_world({"arrivals.per_month": 6.0}, segments=("one", "two")))
    luck, at, lanes = Luck(5, 2), 6.5, 4
    trunk, *branches = (roster_columns(plan, luck, fork) for fork in (None, Fork(at, 1), Fork(at, 2)))
    before = trunk["sign_up_at"] < at
    for branch in branches:
        stay = branch["sign_up_at"] < at
        for name in trunk:
            assert np.array_equal(branch[name][stay], trunk[name][before]), name
        for lane in range(lanes):
            mine = branch["account"] % lanes == lane
            assert branch["account"][mine].tolist() == [n * lanes + lane for n in range(mine.sum())]
            assert np.all(np.diff(branch["sign_up_at"][mine]) > 0.0)
    for a, b in itertools.combinations([trunk, *branches], 2):
        for name in ("sign_up_at", "fit", "promise", "frailty"):
            late = [set(x[name][x["sign_up_at"] >= at].tolist()) for x in (a, b)]
            assert min(len(values) for values in late) > 100
            assert not late[0] & late[1], name


def test_arrivals_after_a_fork_are_a_poisson_process_at_the_rates_that_remain(make_world: WorldMaker) -> None:
    world = make_world(
        {"arrivals.history_months": 6, "arrivals.referral_ceiling_share": 0.0}, horizon=9
    ).set("arrivals.series.only", [2.0, 2.0, 2.0, 2.0, 8.0, 0.0, 1.0, 5.0, 3.0])  # fmt: skip
    plan, at, n = make_plan(world), 4.75, 600
    mean = 0.25 * 8.0 + 0.0 + 1.0 + 5.0 + 3.0
    counts, first = [], []
    for branch in range(1, n + 1):
        times = roster_columns(plan, Luck(1, 0), Fork(at, branch))["sign_up_at"]
        late = np.sort(times[times >= at])
        assert not np.any((late >= 5.0) & (late < 6.0))
        counts.append(len(late))
        first.append(late[0] if len(late) else math.inf)
    assert abs(np.mean(counts) - mean) < 4.0 * math.sqrt(mean / n)
    assert abs(np.var(counts) / mean - 1.0) < 4.0 * math.sqrt((2.0 + 1.0 / mean) / n)
    # by the accumulated rate the first comes after a time of mean 1, as if the wait had not begun before the fork
    waited = np.interp(first, [at, 5.0, 6.0, 7.0, 8.0, 9.0], [0.0, 2.0, 2.0, 3.0, 8.0, 11.0])
    assert stats.kstest(waited[waited < 11.0], "expon").pvalue > 1e-3


def test_branches_and_trunk_have_the_same_number_of_candidates_on_average(make_world: WorldMaker) -> None:
    plan, n = make_plan(make_world({"arrivals.per_month": 6.0})), 400
    mean = float(plan.rates[:, plan.history + 7 :].sum() + 0.75 * plan.rates[:, plan.history + 6].sum())
    for branch in (0, 1):
        forks = [None if branch == 0 else Fork(6.25, branch)] * n
        times = [roster_columns(plan, Luck(9, k), fork)["sign_up_at"] for k, fork in enumerate(forks)]
        assert abs(np.mean([(t >= 6.25).sum() for t in times]) - mean) < 4.0 * math.sqrt(mean / n)


def test_more_candidates_than_account_numbers_are_refused(make_world: WorldMaker) -> None:
    names = tuple(f"s-{chr(97 + k)}" for k in range(16))
    world = make_world({"arrivals.per_month": 1e5, "arrivals.referral_ceiling_share": 0.0}, segments=names, horizon=12)
    fault = r'arrivals: segment "s-a" has more than 1048576 ordinary candidates in 60 months of history and 12 to come'
    with pytest.raises(InputError, match=fault):
        roster_columns(make_plan(world), Luck(1, 0))


def test_the_last_account_number_is_given_out(make_world: WorldMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(make_world({"arrivals.referral_ceiling_share": 0.0}))
    accounts = roster_columns(plan, Luck(1, 0))["account"]
    assert roster.LAST_ACCOUNT == 2**25 - 2
    monkeypatch.setattr(roster, "machine", lambda function, quiet: function)
    monkeypatch.setattr(roster, "LAST_ACCOUNT", int(accounts[-1]))
    assert np.array_equal(roster_columns(plan, Luck(1, 0))["account"], accounts)
    monkeypatch.setattr(roster, "LAST_ACCOUNT", int(accounts[-1]) - 1)
    with pytest.raises(InputError, match=f"more than {len(accounts) - 1} ordinary candidates"):
        roster_columns(plan, Luck(1, 0))
