"""Tables without cohorts: the curve behind them, what becomes of them, and whether bounds hold what they say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from company_tables import Company, any_company, company, sbg, two_classes
from retention_series import SHARED

import cxsim as cx
from cxsim.forecast import FlowFit, Flows

DISH = SHARED / "dish_network_quarterly_add_loss_end.csv"
AGES = np.array([1.0, 6.0, 12.0, 24.0])
CURVES = {
    "geometric": 0.95 ** np.arange(81.0),
    "sbg": sbg(0.8, 8.0, 80),
    "bdw": sbg(1.5, 12.0, 80, c=0.8),
    "two-class": two_classes(0.4, 0.25, 0.01, 80),
}


def told(made: Company) -> Flows:
    return cx.forecast.flows(made.additions, losses=made.losses, ends=made.ends, base=made.base)


def grown(curve: np.ndarray, seed: int, *, before: int = 0, spread: float = 0.05, periods: int = 40) -> Company:
    rng = np.random.default_rng([seed, before])
    joining = 3000.0 * np.exp(0.1 * rng.standard_normal(before + periods))
    return company(rng, curve, joining, before=before, spread=spread)


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_found_from_a_companys_first_day_on(name: str) -> None:
    for seed in range(3):
        fit = cx.forecast.fit_flows(told(grown(CURVES[name], seed)))
        truth = CURVES[name][AGES.astype(int)]
        low, high = fit.bounds(AGES)
        off = fit.curve(AGES) - truth
        assert np.abs(off).max() < 0.02
        assert (np.abs(off) < 4.0 * (high - low) / 3.29).all()


@pytest.mark.parametrize("name", CURVES)
def test_where_the_ages_of_a_base_are_hidden_the_curve_is_found_less_exactly_and_says_so(name: str) -> None:
    fit = cx.forecast.fit_flows(told(grown(CURVES[name], 4, before=24)))
    low, high = fit.bounds(AGES)
    off = fit.curve(AGES) - CURVES[name][AGES.astype(int)]
    assert np.abs(off).max() < 0.1
    assert (np.abs(off) < 4.0 * (high - low) / 3.29).all()


def test_the_dispersion_is_that_of_the_company() -> None:
    for spread in (0.0, 0.05, 0.15):
        found = [
            cx.forecast.fit_flows(told(grown(CURVES["sbg"], seed, spread=spread)), model="sbg").dispersion[0]
            for seed in range(3)
        ]
        assert np.mean(found) == pytest.approx(spread, abs=0.02 + 0.2 * spread)


def test_a_steady_bases_ages_are_those_of_the_curve() -> None:
    from cxsim.forecast.ages import ages
    from cxsim.forecast.curves import FAMILIES

    # 24 periods in which 1,000 joined, then as many; the base is what is left of them
    x = np.array([[-2.0, -1.0]])
    curve = np.exp(FAMILIES["sbg"].log_survival(x, np.arange(40.0))[0])
    base = 1000.0 * curve[:24].sum()
    there = [base, *(1000.0 * curve[: 24 + period].sum() for period in range(1, 11))]
    table = Flows(base, np.full(10, 1000.0), 1000.0 + np.array(there[:-1]) - there[1:], np.array(there[1:]))
    for history in (None, 24.0):
        given = Flows(table.base, table.additions, table.losses, table.ends, history=history)
        one = ages(FAMILIES["sbg"], x, given)
        assert one.there[0] == pytest.approx(np.array(there), rel=1e-9)
        rates = one.rates(given.additions)
        assert rates[0] == pytest.approx(table.losses / table.starts, rel=1e-9)


def test_who_joins_later_is_followed_along_the_same_curve() -> None:
    made = grown(CURVES["sbg"], 1, spread=0.0)
    fit = cx.forecast.fit_flows(told(made))
    alone = fit.project(12, additions=0.0)
    both = fit.project(12, additions=[5000.0] + [0.0] * 11)
    extra = (both["ends"] - both["of_today"]).to_numpy()
    assert extra == pytest.approx(5000.0 * fit.curve(np.arange(12.0)), rel=0.02)
    assert alone["ends"].to_numpy() == pytest.approx(alone["of_today"].to_numpy())
    assert both["of_today"].to_numpy() == pytest.approx(alone["of_today"].to_numpy(), rel=0.01)


def test_ends_are_what_was_there_with_who_joins_and_without_who_leaves() -> None:
    fit = cx.forecast.fit_flows(told(grown(CURVES["bdw"], 2)))
    drawn = fit.draws(np.full(8, 2500.0))
    assert drawn["ends"] == pytest.approx(drawn["starts"] + 2500.0 - drawn["losses"])
    assert (drawn["losses"] >= 0).all()
    assert (drawn["starts"][:, 0] == fit.table.ends[-1]).all()


def test_revenue_is_customers_times_the_askers_arpa_with_its_growth() -> None:
    fit = cx.forecast.fit_flows(told(grown(CURVES["sbg"], 3)))
    table = fit.project(6, additions=3000.0, arpa=20.0, growth=0.01)
    starts = np.concatenate((fit.table.ends[-1:], table["ends"].to_numpy()[:-1]))
    expected = 20.0 * 1.01 ** np.arange(1, 7) * 0.5 * (starts + table["ends"].to_numpy())
    assert table["revenue"].to_numpy() == pytest.approx(expected)
    assert (table["revenue_low"] < table["revenue"]).all()
    assert table.attrs["assumptions"] == ("additions as given", "arpa 20, growing 1 % a period")
    assert "fitted on periods 1–40" in table.attrs["provenance"]


def test_additions_without_a_word_follow_a_named_rule() -> None:
    made = grown(CURVES["sbg"], 3)
    flat = cx.forecast.fit_flows(told(made), model="sbg").project(3)
    assert flat["additions"].to_numpy() == pytest.approx(np.full(3, made.additions[-4:].mean()))
    assert "last 4 periods" in flat.attrs["assumptions"][0]
    yearly = cx.forecast.flows(made.additions, losses=made.losses, ends=made.ends, base=made.base, season=4)
    seasons = cx.forecast.fit_flows(yearly, model="sbg").project(5)
    assert seasons["additions"].tolist() == [*made.additions[-4:], made.additions[-4]]
    assert "same season" in seasons.attrs["assumptions"][0]


def test_additions_that_may_come_otherwise_make_bounds_of_customers_wider() -> None:
    fit = cx.forecast.fit_flows(told(grown(CURVES["sbg"], 5)), model="sbg")
    sure, open_ = fit.project(8), fit.project(8, uncertain=True)
    width = [float((t["ends_high"] - t["ends_low"]).iloc[-1]) for t in (sure, open_)]
    assert width[1] > 1.2 * width[0]
    assert open_["ends"].to_numpy() == pytest.approx(sure["ends"].to_numpy(), rel=0.01)


def test_seasons_are_found_and_go_on() -> None:
    rng = np.random.default_rng(8)
    there, rows = 50_000.0, []
    for period in range(32):
        lost = round(there * 0.05 * (1.0, 1.15, 1.1, 0.75)[period % 4] * np.exp(0.02 * rng.standard_normal()))
        there += 2500 - lost
        rows.append((2500.0, float(lost), there))
    joined, left, ends = map(list, zip(*rows, strict=True))
    table = cx.forecast.flows(joined, losses=left, ends=ends, base=50_000.0, season=4)
    made = cx.forecast.fit_flows(table, model="geometric").project(4)
    rates = made["losses"].to_numpy() / np.concatenate((table.ends[-1:], made["ends"].to_numpy()[:-1]))
    assert rates == pytest.approx(0.05 * np.array([1.0, 1.15, 1.1, 0.75]), rel=0.04)


def test_what_a_base_is_worth_is_the_perpetuity_of_a_constant_rate() -> None:
    curve = 0.9 ** np.arange(81.0)
    fit = cx.forecast.fit_flows(told(grown(curve, 6, spread=0.0)), model="geometric")
    found = fit.base_value(margin=10.0, discount=0.1)
    expected = 10.0 * fit.table.ends[-1] * 0.9 / (1.1 - 0.9)
    assert found["value"] == pytest.approx(expected, rel=0.02)
    assert found["low"] < found["value"] < found["high"]


def test_the_same_seed_gives_the_same_numbers() -> None:
    table = told(grown(CURVES["sbg"], 7))
    one, same, other = (cx.forecast.fit_flows(table, seed=s).project(4)["ends_low"].tolist() for s in (0, 0, 1))
    assert one == same != other


def covered(number: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of later losses and ends inside 90 % and 50 % bounds, with their errors clustered by company; and mean
    absolute errors of losses by the fit and by the last rate.
    """
    rows = []
    for place in range(number):
        made, known = any_company(np.random.default_rng([seed, place]))
        table = told(made)
        fit = cx.forecast.fit_flows(table, periods=known, seed=place)
        later = fit.project(12, additions=table.additions[known:].tolist())
        came = {"losses": table.losses[known:], "ends": table.ends[known:]}
        inside = [
            float(((later[f"{name}_low{end}"] <= values) & (values <= later[f"{name}_high{end}"])).mean())
            for name, values in came.items()
            for end in ("", "_50")
        ]
        flat, there = [], float(table.ends[known - 1])
        for new in table.additions[known:]:
            flat.append(there * table.losses[known - 1] / table.starts[known - 1])
            there += new - flat[-1]
        scale = came["losses"].mean()
        rows.append([
            *inside, float(np.abs(later["losses"] - came["losses"]).mean() / scale),
            float(np.abs(np.array(flat) - came["losses"]).mean() / scale),
        ])  # fmt: skip
    found = np.asarray(rows)
    return found[:, :4].mean(axis=0), found[:, :4].std(axis=0) / np.sqrt(number), found[:, 4:].mean(axis=0)


def test_bounds_of_losses_and_ends_hold_what_they_say() -> None:
    shares, errors, misses = covered(40, seed=3)
    nominal = np.array([0.9, 0.5, 0.9, 0.5])
    assert (np.abs(shares - nominal) < 0.03 + 3.0 * errors).all()
    assert misses[0] < misses[1]


@pytest.mark.slow
def test_bounds_of_losses_and_ends_hold_what_they_say_in_five_hundred_companies() -> None:
    shares, errors, misses = covered(500, seed=41)
    assert errors.max() < 0.02
    assert (np.abs(shares - [0.9, 0.5, 0.9, 0.5]) < 0.05).all()
    assert misses[0] < 0.85 * misses[1]


def test_past_forecasts_stand_beside_rates_that_need_no_model() -> None:
    table = told(grown(CURVES["sbg"], 9))
    found = cx.forecast.backtest_flows(table, models=("auto",), ahead=6, step=4)
    summary = found.summary().set_index("model")
    assert set(summary.index) == {"auto", "last rate", "last year's rate"}
    assert summary["origins"].tolist() == [5] * 3
    assert summary["forecasts"].tolist() == [28] * 3
    assert np.isnan(summary.loc["last rate", "losses_inside"])
    assert summary.loc["auto", "losses_inside"] > 0.6
    rows = found.rows
    first = rows[(rows["model"] == "last rate") & (rows["origin"] == 20) & (rows["number"] == "losses")].iloc[0]
    assert first["forecast"] == pytest.approx(table.ends[19] * table.losses[19] / table.starts[19])
    assert first["observed"] == table.losses[20]


def dish() -> Flows:
    """DISH Network's quarters from 2002 on: losses of earlier ones are not published but implied."""
    rows = pd.read_csv(DISH, encoding="utf-8-sig").iloc[::-1]
    rows = rows[rows["Year"] >= 2002]
    base = float(rows["Pay-TV Subscribers"].iloc[0] - rows["Pay-TV Subscriber additions, net"].iloc[0])
    return cx.forecast.flows(
        rows["Combined Additions"].tolist(), ends=rows["Pay-TV Subscribers"].tolist(), base=base, unit=1e6, season=4
    )


@pytest.mark.skipif(not DISH.is_file(), reason="the folder of real series is not part of the project")
def test_dishs_losses_after_two_thirds_of_its_quarters_are_forecast_better_than_by_the_last_rate() -> None:
    table = dish()
    known = round(2 * table.periods / 3)
    later = cx.forecast.fit_flows(table, periods=known).project(
        table.periods - known, additions=table.additions[known:].tolist()
    )
    came = table.losses[known:]
    rate, there, flat = table.losses[known - 1] / table.starts[known - 1], table.ends[known - 1], []
    for new in table.additions[known:]:
        flat.append(there * rate)
        there += new - flat[-1]
    error = float(np.abs(later["losses"] / came - 1.0).mean())
    assert error < 0.08
    assert error < 0.6 * float(np.abs(np.array(flat) / came - 1.0).mean())
    assert ((later["losses_low"] <= came) & (came <= later["losses_high"])).mean() > 0.8


@pytest.mark.slow
@pytest.mark.skipif(not DISH.is_file(), reason="the folder of real series is not part of the project")
def test_dishs_past_forecasts_beat_every_baseline_and_its_bounds_are_as_narrow_as_the_page_says() -> None:
    summary = cx.forecast.backtest_flows(dish(), models=("auto",), first=16).summary().set_index("model")
    baselines = summary.drop(index="auto")
    for name in ("losses", "ends"):
        assert summary.loc["auto", f"{name}_error"] < baselines[f"{name}_error"].min()
        assert summary.loc["auto", f"{name}_inside"] == pytest.approx(0.77, abs=0.04)
    page = (Path(__file__).resolve().parents[2] / "docs" / "forecasting.md").read_text(encoding="utf-8")
    part = page.split("a year ahead from each of 37 quarters")[1]
    told = [float(number) for number in re.findall(r"([\d.]+) %", part.splitlines()[0])]
    assert told[0::2] == pytest.approx(100 * summary.loc["auto", ["losses_error", "ends_error"]], abs=0.11)


def test_a_constant_chance_of_leaving_is_told_from_others() -> None:
    fit: FlowFit = cx.forecast.fit_flows(told(grown(CURVES["geometric"], 2)))
    assert sum(fit.weights.values()) == pytest.approx(1.0)
    assert max(fit.weights, key=lambda name: fit.weights[name]) == "geometric"
