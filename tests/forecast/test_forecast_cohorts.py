"""Several cohorts together, residual value, past forecasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from retention_series import HIGH_END, REGULAR, SHARED

import cxsim as cx
from cxsim.forecast.curves import FAMILIES
from cxsim.forecast.value import TIMINGS, residual
from cxsim.scenario import Scenario

# Fader & Hardie's teaching example: 10,000 customers a year, a third renews with probability 0.9, the others with 0.5
CURVE = np.array([10_000.0, 6334, 4367, 3264, 2604])
WIDE = pd.DataFrame(
    {"Year": range(2003, 2008), **{f"Cohort {k + 1}": [np.nan] * k + CURVE[: 5 - k].tolist() for k in range(5)}}
)


def truth(age: int) -> float:
    return 10_000.0 * (0.9**age / 3.0 + 2.0 * 0.5**age / 3.0)


def test_cohorts_are_pooled_by_age_as_far_as_each_is_seen() -> None:
    pooled = cx.forecast.triangle(WIDE).pooled()
    assert pooled.at_risk.tolist() == [4 * 10_000.0, 3 * 6334.0, 2 * 4367.0, 3264.0]
    assert pooled.survival == pytest.approx(CURVE / 10_000.0)


def test_a_long_table_is_the_same_triangle_as_a_wide_one() -> None:
    rows = [
        {"cohort": k, "age": age, "active": CURVE[age], "joined": 10_000} for k in range(5) for age in range(1, 5 - k)
    ]
    assert cx.forecast.triangle(pd.DataFrame(rows)).pooled().lost.tolist() == (
        cx.forecast.triangle(WIDE).pooled().lost.tolist()
    )


def test_the_triangle_is_told_from_cohorts_that_differ() -> None:
    _, free, p = cx.forecast.triangle(WIDE).alike()
    assert free == 10 - 4
    assert p > 0.9
    other = pd.DataFrame({"one": [1000.0, 800, 640, 512, 410], "two": [1000.0, 600, 400, 290, 220]})
    assert cx.forecast.triangle(other).alike()[2] < 1e-6


def test_all_cohorts_go_on_together_and_their_known_truth_is_inside() -> None:
    cohorts = cx.forecast.triangle(WIDE)
    table = cohorts.project(cx.forecast.fit(cohorts), periods=5, revenue=100.0)
    later = [sum(truth(age + ahead) for age in range(5)) for ahead in range(6)]
    assert table["customers"].iloc[0] == CURVE.sum()
    assert (table["low"] <= np.array(later) + 5.0).all()
    assert (np.array(later) - 5.0 <= table["high"]).all()
    assert table["customers"].to_numpy() == pytest.approx(np.array(later), rel=0.03)
    assert table["revenue"].to_numpy() == pytest.approx(100.0 * table["customers"].to_numpy())


def test_those_who_join_are_counted_from_the_end_of_their_period() -> None:
    cohorts = cx.forecast.triangle(WIDE)
    fit = cx.forecast.fit(cohorts, model="sbg")
    alone, joined = cohorts.project(fit, periods=3), cohorts.project(fit, periods=3, new=[500.0, 0.0, 0.0])
    extra = joined["customers"] - alone["customers"]
    expected = 500.0 * fit.curve(np.arange(3.0))
    assert extra.to_numpy() == pytest.approx(np.concatenate(([0.0], expected)), rel=0.03, abs=1e-9)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame({"a": [10.0, np.nan, 5.0]}), "cohort a: has a blank"),
        (pd.DataFrame({"a": [10.0, 12.0, 5.0]}), "cohort a: 12 after 10 at age 1"),
        (pd.DataFrame({"a": [10.0, -2.0, -5.0]}), "cohort a: -5 is not a count"),
        (pd.DataFrame({"a": ["ten", "nine"]}), 'cohort a: "ten" is not a number'),
        (pd.DataFrame({"a": [10.0, np.nan]}), "no cohort has been observed"),
    ],
)
def test_a_bad_triangle_is_refused_by_cohort(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.triangle(table)
    assert said in str(refused.value)


def test_a_log_is_forecast_from_its_survival() -> None:
    world = Scenario.load("membership").set("arrivals.base_accounts", 60).set("horizon_months", 18)
    log = cx.simulate(world, seed=3)
    fit = cx.forecast.fit(cx.readings.survival(log))
    assert fit.seen.periods >= 12
    assert 0.0 < fit.project(fit.seen.periods + 12)["survival"].iloc[-1] < 1.0


@pytest.mark.parametrize("periods", [1.5, 0, True])
def test_a_number_of_periods_that_is_none_is_refused(periods: float) -> None:
    cohorts = cx.forecast.triangle(WIDE)
    with pytest.raises(cx.InputError, match="periods"):
        cohorts.project(cx.forecast.fit(cohorts, model="sbg"), periods=periods)  # type: ignore[arg-type]


def test_gupta_lehmann_and_stuarts_customer_is_worth_250_dollars() -> None:
    kept = (1_000_000 * 0.8 ** np.arange(5)).round().astype(int)
    fit = cx.forecast.fit(kept, model="geometric")
    table = cx.forecast.residual_lifetime(fit, tenures=[1, 7], discount=0.12, margin=100.0, timing="end of period")
    assert table["value"].to_numpy() == pytest.approx(250.0, rel=1e-4)
    start = cx.forecast.residual_lifetime(fit, tenures=[1], discount=0.12, margin=100.0, timing="start of period")
    assert start["value"].iloc[0] == pytest.approx(350.0, rel=1e-4)


@pytest.mark.parametrize("tenure", [1, 2, 5])
@pytest.mark.parametrize("name", FAMILIES)
def test_residual_lifetime_is_the_sum_that_defines_it(name: str, tenure: int) -> None:
    family = FAMILIES[name]
    x = np.array([-1.0, -0.6, 0.1][: len(family.bounds)])
    survival = np.exp(family.log_survival(x[None], np.arange(3000.0))[0])
    terms = survival[tenure:] / survival[tenure - 1] * 1.1 ** -np.arange(len(survival) - tenure)
    assert residual(family, x, tenure, 0.1) == pytest.approx(terms.sum(), rel=1e-7)


def test_undiscounted_lifetime_is_closed_form_or_without_end() -> None:
    sbg = FAMILIES["sbg"]
    light, heavy = np.array([0.0, -np.log(4.0)]), np.array([0.0, -np.log(1.6)])  # α = β = 2 and 0.8
    assert residual(sbg, light, 3, 0.0) == pytest.approx((2.0 + 2.0) / (2.0 - 1.0))
    assert residual(sbg, heavy, 3, 0.0) == np.inf
    bdw = FAMILIES["bdw"]
    assert residual(bdw, np.append(light, 0.0), 3, 0.0) == pytest.approx(4.0, rel=1e-3)
    assert residual(bdw, np.append(light, -0.8), 3, 0.0) == np.inf


def test_timings_stand_in_their_known_relations() -> None:
    fit = cx.forecast.fit(REGULAR, periods=7, model="sbg")
    before, end, start = (
        cx.forecast.residual_lifetime(fit, tenures=[2], discount=0.1, timing=timing)["value"].iloc[0]
        for timing in TIMINGS
    )
    assert before == pytest.approx(1.1 * end)
    assert start == pytest.approx(1.0 + end)


def test_a_constant_rate_values_a_mixed_base_too_low_and_a_uniform_one_right() -> None:
    base = {tenure: 1000.0 * share for tenure, share in enumerate(HIGH_END[:5] / 100.0, start=1)}
    mixed = cx.forecast.constant_retention_error(cx.forecast.fit(HIGH_END, model="sbg", periods=7), base=base)
    assert mixed.error < -0.2
    kept = (1_000_000 * 0.8 ** np.arange(6)).round().astype(int)
    alike = cx.forecast.constant_retention_error(cx.forecast.fit(kept, model="geometric"), base=base)
    assert alike.error == pytest.approx(0.0, abs=1e-9)
    assert alike.retention == pytest.approx(0.8, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"discount": -0.1}, "discount"), ({"timing": "before renewl"}, 'Did you mean "before renewal"?'),
        ({"tenures": [0]}, "tenure 0"), ({"tenures": [1.5]}, "tenure 1.5"), ({"margin": -5.0}, "margin -5"),
        ({"margin": float("nan")}, "margin nan"), ({"margin": 0.0}, "margin 0"),
    ],
)  # fmt: skip
def test_a_bad_question_about_value_is_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.residual_lifetime(cx.forecast.fit(REGULAR, model="sbg"), **arguments)  # type: ignore[arg-type]
    assert said in str(refused.value)


def test_a_value_without_end_is_said_to_be_without_end() -> None:
    heavy = cx.forecast.fit(REGULAR, model="sbg", periods=7)  # α = 0.704
    table = cx.forecast.residual_lifetime(heavy, tenures=[1, 4], discount=0.0)
    assert np.isinf(table[["lifetime", "value", "high"]].to_numpy()).all()
    assert not table["low"].isna().any()
    assert table.attrs["notes"][0].startswith("The value is infinite")
    finite = cx.forecast.residual_lifetime(heavy, tenures=[1, 4], discount=0.1)
    assert np.isfinite(finite[["value", "low", "high"]].to_numpy()).all()
    assert [note[:12] for note in finite.attrs["notes"]] == ["The lifetime"]
    with pytest.raises(cx.InputError, match="discount 0: The value is infinite"):
        cx.forecast.constant_retention_error(heavy, base={1: 100.0}, discount=0.0)


def test_kaplan_meier_has_no_residual_value() -> None:
    with pytest.raises(cx.InputError, match="km"):
        cx.forecast.residual_lifetime(cx.forecast.fit(REGULAR, model="km"))


def test_past_forecasts_are_scored_beside_baselines() -> None:
    found = cx.forecast.backtest(HIGH_END[:9], models=("auto", "geometric"), first=5).summary().set_index("model")
    assert set(found.index) == {"auto", "geometric", "last rate", "straight line"}
    assert found["forecasts"].tolist() == [6] * 4
    assert found.index[0] == "auto"
    assert found.loc["auto", "mape"] < found.loc["last rate", "mape"] < found.loc["straight line", "mape"]
    assert found.loc["auto", "coverage"] > found.loc["geometric", "coverage"]
    assert np.isnan(found.loc["last rate", "coverage"])


def test_crps_of_a_certain_forecast_is_its_error_and_a_sure_bound_beats_a_wide_one() -> None:
    from cxsim.forecast.scores import crps

    rng = np.random.default_rng(1)
    sure = np.full((500, 1), 0.4)
    assert crps(sure, np.array([0.5])) == pytest.approx([0.1])
    told = np.array([0.0])
    assert crps(rng.normal(0, 1, (20_000, 1)), told) == pytest.approx([0.2337], abs=0.01)  # (√2 − 1)/√π


def grown(seed: int) -> pd.DataFrame:
    """Eight yearly cohorts that are alike, sBG with α = 1 and β = 3, all seen until today."""
    rng = np.random.default_rng(seed)
    cohorts = {}
    for k in range(8):
        there = [3000.0]
        for age in range(1, 9 - k):
            there.append(float(rng.binomial(int(there[-1]), (3.0 + age - 1.0) / (4.0 + age - 1.0))))
        cohorts[f"cohort {k}"] = [np.nan] * k + there
    return pd.DataFrame(cohorts)


def test_past_forecasts_of_cohorts_are_made_with_what_was_known_on_their_day() -> None:
    table = cx.forecast.triangle(grown(4))
    found = cx.forecast.backtest(table, models=("sbg",), first=5)
    assert set(found.rows["model"]) == {"sbg", "last rate", "chain ladder"}
    # from day 5 six cohorts have three periods to come each, from day 6 seven have two, from day 7 eight have one
    assert found.rows.groupby("model").size().tolist() == [6 * 3 + 7 * 2 + 8] * 3
    summary = found.summary().set_index("model")
    assert summary.index[0] == "sbg"
    assert 0.8 <= summary.loc["sbg", "coverage"] <= 1.0
    assert summary.loc["sbg", "mape"] < summary.loc["last rate", "mape"]
    # what came after a day changes no forecast made on it
    other = grown(4)
    other.iloc[-2:] = np.floor(0.5 * other.iloc[-2:])
    changed = cx.forecast.backtest(cx.forecast.triangle(other), models=("sbg",), first=5)
    one, two = (each.rows.query("origin == 5").reset_index(drop=True) for each in (found, changed))
    for name in ("model", "cohort", "period", "forecast", "low", "high"):
        assert one[name].equals(two[name])
    assert not one["observed"].equals(two["observed"])


def test_what_is_printed_at_a_prompt_is_one_line() -> None:
    cohorts = cx.forecast.triangle(grown(4))
    flows = cx.forecast.flows([130.0] * 10, losses=[100.0] * 10, base=1000.0)
    for one, said in (
        (cx.forecast.fit(REGULAR, periods=5), "<Fit auto ("), (cohorts, "<Triangle of 8 cohorts, periods 0–8,"),
        (cx.forecast.fit_cohorts(cohorts, model="sbg"), "<CohortFit sbg (sbg 100 %) of <Triangle"),
        (cohorts.pooled(), "<Observed life table of"), (flows, "<Flows of 10 periods, 1,300 customers at the end>"),
        (cx.forecast.fit_flows(flows, model="geometric"), "<FlowFit geometric (geometric 100 %) of <Flows"),
    ):  # fmt: skip
        assert repr(one).startswith(said)
        assert len(repr(one)) < 160
        assert "0x" not in repr(one)


def test_a_chain_ladder_goes_on_with_each_ages_retention_so_far() -> None:
    table = cx.forecast.triangle(WIDE)
    rows = cx.forecast.backtest(table, models=(), first=3, ahead=1).rows
    ladder = rows[rows["model"] == "chain ladder"].set_index("cohort")["forecast"]
    kept = CURVE[1:] / CURVE[:-1]
    wanted = [0.3264 * kept[2], 0.4367 * kept[2], 0.6334 * kept[1], kept[0]]
    assert ladder.to_numpy() == pytest.approx(wanted)
    last = rows[rows["model"] == "last rate"]["forecast"].to_numpy()
    assert last == pytest.approx([0.3264 * kept[2], 0.4367 * kept[1], 0.6334 * kept[0], kept[0]])


def test_a_life_table_cannot_be_cut_by_the_day() -> None:
    with pytest.raises(cx.InputError, match="life table"):
        cx.forecast.backtest(cx.forecast.triangle(WIDE).pooled())
    with pytest.raises(cx.InputError, match="first 9"):
        cx.forecast.backtest(cx.forecast.triangle(WIDE), first=9)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"first": 2}, "first 2"), ({"first": 12}, "first 12"), ({"models": ["bwd"]}, "bdw"), ({"ahead": 0}, "ahead 0")],
)
def test_a_bad_backtest_is_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.backtest(HIGH_END, **arguments)  # type: ignore[arg-type]
    assert said in str(refused.value)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real series is not part of the project")
def test_the_shared_files_are_read_as_they_are() -> None:
    from cxsim.forecast.tables import read_cohort

    table = pd.read_csv(SHARED / "fader_hardie_multicohort_5x5.csv", encoding="utf-8-sig")
    assert cx.forecast.triangle(table).pooled().survival == pytest.approx(CURVE / 10_000.0)
    for name, values in (("regular", REGULAR), ("high_end", HIGH_END)):
        seen = read_cohort(SHARED / "fader_hardie_2007_survival_pct.csv", name)
        assert seen.survival == pytest.approx(values / 100.0)
