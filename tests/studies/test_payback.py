"""When an alternative pays: low point, break-even month and return, on paths made by hand and on simulated ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import cxsim as cx
from cxsim import readings
from cxsim.readings.money import cash_path, money_lines
from cxsim.readings.registry import PAYBACK
from cxsim.scenario import Scenario, with_values
from cxsim.studies import findings
from cxsim.studies.bands import band
from cxsim.studies.money import money_by_stage, monthly_money
from cxsim.studies.pairs import ratio_interval
from cxsim.studies.payback import Payback, break_even, payback

RNG = np.random.default_rng(20250101)


def made(path: np.ndarray, spent: np.ndarray | None = None) -> dict[str, dict[str, object]]:
    path = np.atleast_2d(np.array(path, dtype=float))
    found = Payback("it", "USD", 1, path, np.ones(len(path)) if spent is None else np.array(spent))
    return {row["outcome"]: row for row in found.rows()}


@pytest.mark.parametrize(
    ("path", "month"),
    [
        ([0, -2, -1, 1, 2], 3.0),
        ([0, 1, 2, -1, 0], 4.0),  # it stays at 0 or above from there on only
        ([0, -1, 1, -1, 1], 4.0),
        ([0, 1, 2, 3, 4], 0.0),
        ([0, -1, 1, 2, -1], math.inf),
        ([0, -0.004, 0.0, 0.0, -0.004], 0.0),  # less than half a cent is no money
    ],
)
def test_break_even_is_where_a_path_stays_up(path: list[float], month: float) -> None:
    assert break_even(np.array(path, dtype=float)) == month


def test_one_path_has_values_and_no_interval() -> None:
    found = made([0.0, -3.0, -5.0, -1.0, 2.0])
    assert list(found) == list(PAYBACK)
    assert found["cash_low_point"]["value"] == -5.0
    assert found["break_even_month"]["value"] == 4.0
    assert found["break_even_share"]["value"] == 1.0
    assert found["return_on_programme"]["value"] == 2.0
    for name in ("cash_low_point", "break_even_month", "return_on_programme"):
        assert found[name]["low"] is None
        assert "one replication" in str(found[name]["reason"])


def test_the_mean_path_and_single_companies_are_told_apart() -> None:
    """Companies that fall behind at different times: each is deeper down than their mean ever is."""
    paths = [[0, -6, 0, 3], [0, 0, -6, 3], [0, -6, 0, 3], [0, 0, -6, -1]]
    found = made(paths)
    assert found["cash_low_point"]["value"] == -3.0
    assert found["cash_low_point"]["future_median"] == -6.0
    month = found["break_even_month"]
    assert month["value"] == 3.0
    assert (month["future_median"], month["future_low"], month["future_high"]) == (2.0, 2.0, None)
    assert found["break_even_share"]["value"] == 0.75
    assert found["return_on_programme"]["value"] == 2.0


def test_what_does_not_exist_has_a_reason() -> None:
    same = made(np.zeros((3, 5)), np.zeros(3))
    assert same["break_even_month"]["value"] is None
    assert "the same" in str(same["break_even_month"]["reason"])
    assert same["cash_low_point"]["value"] == 0.0
    assert "no programme cost" in str(same["return_on_programme"]["reason"])
    never = made([[0, -1, -2.0], [0, -1, -2.1], [0, -1, -1.9]])
    assert never["break_even_month"]["value"] is None
    assert "still behind at month 2" in str(never["break_even_month"]["reason"])
    saves = made([[0, 1, 2.0], [0, 1, 2.1]], np.array([-5.0, -4.0]))
    assert "no more than the baseline" in str(saves["return_on_programme"]["reason"])
    maybe = made([[0, -1, 4.0], [0, -1, -3.0], [0, -1, 2.0]])
    assert maybe["break_even_month"]["value"] == 2.0
    assert maybe["break_even_month"]["high"] is None
    assert "no end" in str(maybe["break_even_month"]["reason"])


def test_the_band_holds_whole_paths_as_often_as_it_says() -> None:
    """Random walks with a drift: 95 % of bands hold the drift in all months, give or take chance."""
    months, n, trials = 24, 30, 200
    drift = np.linspace(0.0, 3.0, months)
    inside = 0
    for trial in range(trials):
        paths = drift + np.cumsum(RNG.normal(size=(n, months)), axis=1)
        found = band(paths, seed=trial)
        assert found.low is not None
        assert found.high is not None
        inside += bool(((found.low <= drift) & (drift <= found.high)).all())
    assert abs(inside / trials - 0.95) < 4.0 * math.sqrt(0.95 * 0.05 / trials)


def test_intervals_of_low_point_and_month_hold_the_truth_at_least_as_often_as_they_say() -> None:
    n, trials = 25, 100
    truth = np.concatenate(([0.0], -5.0 + 0.5 * np.arange(20)))  # lowest −5 at month 1, at 0 again in month 11
    hits = np.zeros(2)
    for trial in range(trials):
        paths = truth + np.concatenate((np.zeros((n, 1)), np.cumsum(RNG.normal(size=(n, 20)), axis=1)), axis=1)
        found = {row["outcome"]: row for row in Payback("it", "USD", trial, paths, np.ones(n)).rows()}
        low, month = found["cash_low_point"], found["break_even_month"]
        hits[0] += low["low"] <= -5.0 <= low["high"]
        hits[1] += month["low"] <= 11.0 <= (math.inf if month["high"] is None else month["high"])
    assert (hits / trials > 0.95 - 4.0 * math.sqrt(0.95 * 0.05 / trials)).all()


def test_bands_that_have_no_width_or_few_paths() -> None:
    flat = band(np.ones((5, 4)), seed=1)
    assert flat.low is not None
    assert flat.low.tolist() == flat.mean.tolist() == [1.0] * 4
    assert band(np.ones((1, 4)), seed=1).low is None
    few = RNG.normal(size=(3, 40))
    found = band(few, seed=1)
    assert found.low is not None
    # with two degrees of freedom the band for all is wider than the interval for one place
    assert (found.mean - found.low > stats.t.ppf(0.975, 2) * few.std(axis=0, ddof=1) / math.sqrt(3)).all()
    assert found.low.tolist() == band(few, seed=1).low.tolist()  # type: ignore[union-attr]


def test_the_interval_of_a_ratio_of_means_covers_it() -> None:
    trials, hits = 2000, 0
    for _ in range(trials):
        whole = RNG.normal(4.0, 2.0, size=12)
        part = 0.5 * whole + RNG.normal(0.0, 1.5, size=12)
        low, high, reason = ratio_interval(part, whole)
        hits += bool(reason) or low <= 0.5 <= high  # type: ignore[operator]
    assert abs(hits / trials - 0.95) < 4.0 * math.sqrt(0.95 * 0.05 / trials)
    low, high, reason = ratio_interval(RNG.normal(size=10), RNG.normal(0.0, 1.0, size=10))
    assert (low, high) == (None, None)
    assert "not told from 0" in reason
    # a cost that never varies leaves the plain interval
    gain = RNG.normal(10.0, 3.0, size=15)
    low, high, _ = ratio_interval(gain, np.full(15, 4.0))
    half = stats.t.ppf(0.975, 14) * gain.std(ddof=1) / math.sqrt(15)
    assert (low, high) == pytest.approx(((gain.mean() - half) / 4.0, (gain.mean() + half) / 4.0))


@pytest.fixture(scope="module")
def study(small_world: Scenario) -> cx.Comparison:
    formal = small_world.with_("formal-onboarding", start=4)
    return cx.compare(small_world, formal, small_world, replications=6, seed=3, workers=1, names=["formal", "same"])


def test_the_path_ends_in_the_net_benefit_and_is_that_of_the_logs(study: cx.Comparison) -> None:
    found = cx.payback(study)
    effect = study.effect("net_benefit")
    assert found.path[:, -1].mean() == pytest.approx(effect.difference, abs=0.005)
    assert found.path.shape == (6, study.baseline.horizon + 1)
    assert (found.path[:, :5] == 0.0).all()  # nothing differs before it begins
    arms = []
    for run in (study.baseline, study.alternatives[0]):
        log = cx.simulate(run.scenario, seed=3, replication=2)
        value = run.scenario.value
        arms.append(cash_path(money_lines(readings.monthly(log), value), value("economics.discount_rate")))
    assert found.path[2] == pytest.approx(arms[1] - arms[0], abs=0.005)
    spent = study.effect("programme_cost").difference
    assert spent is not None
    assert 0.7 * spent < found.spent.mean() < spent  # discounted


def test_sentences_do_not_hide_what_does_not_pay(study: cx.Comparison) -> None:
    assert findings.payback(study, "same") == ""
    said = findings.payback(study, "formal")
    assert said.startswith("On average its cash is furthest behind at month ")
    assert "95 % interval" in said
    assert "has not caught up by month 18" in said
    assert cx.payback(study, alternative="formal").rows()[1]["value"] is None


def test_another_discount_rate_is_refused(small_world: Scenario) -> None:
    other = with_values(small_world, {"economics.discount_rate": 0.2})
    found = cx.compare(small_world, other, replications=1, seed=1, workers=1)
    with pytest.raises(cx.InputError, match=r"discount_rate 0\.2 is not the baseline's, 0\.12"):
        payback(found)
    with pytest.raises(cx.InputError, match="no such alternative"):
        payback(found, alternative="nobody")


def test_ledgers_of_many_runs_are_means_and_paired_differences(study: cx.Comparison) -> None:
    frame = monthly_money(study)
    months = study.baseline.horizon
    assert len(frame) == months * 5
    apart = frame[(frame["name"] == "formal") & (frame["what"] == "difference")]
    assert apart["programme_cost"].sum() == pytest.approx(study.effect("programme_cost").difference, abs=0.005)
    effect, last = study.effect("net_benefit"), apart.iloc[-1]
    for column, value in (("", effect.difference), ("_low", effect.low), ("_high", effect.high)):
        assert last[f"cumulative_discounted{column}"] == pytest.approx(value, abs=0.005)
    alone = monthly_money(study.baseline)
    assert alone["cash"].tolist() == frame[frame["what"] == "baseline"]["cash"].tolist()
    stages = money_by_stage(study)
    assert len(stages) == 5 * 5
    own = stages[(stages["name"] == "formal") & (stages["what"] == "difference")].set_index("stage")
    assert own.loc["total", "programme"] == pytest.approx(study.effect("programme_cost").difference, abs=0.005)
    assert own.loc["total", "margin"] == pytest.approx(apart["cash"].sum(), abs=0.005)
    assert (own["margin_low"] <= own["margin"]).all()
    same = stages[(stages["name"] == "same") & (stages["what"] == "difference")]
    assert (same[["cost", "revenue", "margin_low", "margin_high"]] == 0.0).all().all()
    assert len(money_by_stage(study.baseline)) == 5
