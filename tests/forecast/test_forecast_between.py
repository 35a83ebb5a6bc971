"""Several cohorts that may differ: each near the others, as near as their counts say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from retention_series import lived

import cxsim as cx
from cxsim import plots
from cxsim.cli import main
from cxsim.forecast import Triangle
from cxsim.forecast.between import Laid, Posterior, Spread
from cxsim.forecast.cohort_tables import read_triangle
from cxsim.forecast.curves import FAMILIES

AHEAD = 8


def cohorts(seed: int, levels: np.ndarray, customers: int = 2000) -> tuple[Triangle, list[np.ndarray]]:
    """Cohorts of one sBG curve, each with odds of leaving of its own, one a period; and what becomes of them."""
    rng = np.random.default_rng(seed)
    number = len(levels)
    hazard = 0.5 / (2.5 + np.arange(number + AHEAD))  # α = 0.5, β = 2
    whole = [
        lived(rng, customers, -np.expm1(np.log1p(-hazard[: number - j + AHEAD]) * np.exp(level)))
        for j, level in enumerate(levels)
    ]
    known = tuple(counts[: number - j + 1] for j, counts in enumerate(whole))
    return Triangle(tuple(str(j) for j in range(number)), known), [
        counts[number - j :] for j, counts in enumerate(whole)
    ]


ALIKE, _ = cohorts(1, np.zeros(8))
MUCH, CAME = cohorts(2, np.random.default_rng(3).normal(0.0, 0.5, 8))
FALLING, _ = cohorts(4, np.linspace(0.6, -0.6, 8))


@pytest.mark.parametrize("name", FAMILIES)
def test_slopes_and_curvature_are_those_of_the_value(name: str) -> None:
    laid = Laid.of(MUCH.counts)
    family = FAMILIES[name]
    k = len(family.bounds)
    one = Posterior(family, laid, Spread(0.3, 0.1, 0.1), (np.full(k, -1.0), np.ones(k)))
    x = np.concatenate((np.array([-1.2, -0.8, 0.1])[:k], np.random.default_rng(0).normal(0.0, 0.3, 16)))
    steps = 1e-5 * np.eye(len(x))
    gradient, curve = one.slopes(x)
    assert (one.value(x + steps) - one.value(x - steps)) / 2e-5 == pytest.approx(gradient, rel=1e-4, abs=1e-3)
    assert np.linalg.eigvalsh(curve).min() > 0.0
    # expected curvature is the mean of the observed one: counts as the curve itself has them
    told = np.maximum(-np.expm1(-one.hazards(x[None])[0]), 0.0) * laid.at_risk
    mean = Posterior(family, Laid(laid.at_risk, told, laid.starts, laid.centre), one.spread, one.prior)
    second = np.array([mean.slopes(x - step)[0] - mean.slopes(x + step)[0] for step in steps]) / 2e-5
    assert second == pytest.approx(mean.slopes(x)[1], rel=1e-3, abs=0.05)


def test_the_most_probable_point_is_flat_there() -> None:
    laid = Laid.of(MUCH.counts)
    one = Posterior(FAMILIES["sbg"], laid, Spread(0.3, 0.0, 0.0), (np.array([-1.5, -1.2]), np.ones(2)))
    mode = one.mode(np.zeros(18))
    assert np.abs(one.slopes(mode.x)[0]).max() < 0.05
    assert mode.x[10:] == pytest.approx(np.zeros(8), abs=1e-9)


def test_cohorts_that_do_not_differ_are_forecast_as_one() -> None:
    fit = cx.forecast.fit_cohorts(ALIKE)
    near, one = fit.project(AHEAD), ALIKE.project(fit.pooled, periods=AHEAD)
    assert fit.spread.level < 0.03
    assert near["customers"].to_numpy() == pytest.approx(one["customers"].to_numpy(), rel=0.02)
    width = (near["high"] - near["low"]).iloc[-1] / (one["high"] - one["low"]).iloc[-1]
    assert 0.8 < width < 1.5


def test_cohorts_that_differ_go_their_own_way_and_are_counted_inside() -> None:
    fit = cx.forecast.fit_cohorts(MUCH)
    assert 0.2 < fit.spread.level < 0.8
    each = fit.cohorts(periods=AHEAD)
    later = np.concatenate(CAME)
    inside = (each["low"] <= later) & (later <= each["high"])
    assert inside[each["period"] > 0].mean() > 0.8
    alone = fit.pooled.realised([(len(counts) - 1, counts[-1]) for counts in MUCH.counts], AHEAD)
    pooled = np.concatenate([there.mean(axis=0) for there in alone])
    assert np.abs(each["customers"] - later).mean() < 0.7 * np.abs(pooled - later).mean()
    total = fit.project(AHEAD)
    assert ((total["low"] <= sum(CAME)) & (sum(CAME) <= total["high"])).mean() > 0.7
    assert total["customers"].iloc[0] == sum(counts[-1] for counts in MUCH.counts)


def test_those_who_join_next_are_taken_to_be_like_those_who_joined_last() -> None:
    fit = cx.forecast.fit_cohorts(FALLING)
    assert fit.own[:, 0] == pytest.approx(np.linspace(0.6, -0.6, 8), abs=0.3)
    assert np.corrcoef(fit.own[:, 0], np.arange(8))[0, 1] < -0.9
    _, later = fit.realised(AHEAD, [1000.0])
    _, earlier = fit.realised(AHEAD, [0.0])
    assert earlier[0].max() == 0.0
    kept = float(later[0][:, 4].mean()) / 1000.0
    mean_curve = float(fit.pooled.curve(np.array([4.0]))[0])
    assert kept > mean_curve + 0.05


def test_customers_who_join_and_revenue_are_added() -> None:
    fit = cx.forecast.fit_cohorts(ALIKE, model="sbg")
    alone, joined = fit.project(3), fit.project(3, new=[500.0, 0.0, 0.0], revenue=10.0)
    extra = (joined["customers"] - alone["customers"]).to_numpy()
    assert extra == pytest.approx(np.concatenate(([0.0], 500.0 * fit.pooled.curve(np.arange(3.0)))), rel=0.1, abs=15.0)
    assert joined["revenue"].to_numpy() == pytest.approx(10.0 * joined["customers"].to_numpy())


def test_the_same_seed_gives_the_same_bounds() -> None:
    one, other = (cx.forecast.fit_cohorts(ALIKE, model="sbg", seed=3).project(4) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(cx.InputError, match="model km"):
        cx.forecast.fit_cohorts(ALIKE, model="km")
    fit = cx.forecast.fit_cohorts(ALIKE, model="geometric")
    with pytest.raises(cx.InputError, match="periods 0"):
        fit.cohorts(periods=0)
    with pytest.raises(cx.InputError, match="new: must be one number, or 3 of them"):
        fit.project(3, new=[1.0])
    with pytest.raises(cx.InputError, match="periods 9"):
        ALIKE.first(9)


def test_a_triangle_is_known_as_it_was_earlier() -> None:
    then = ALIKE.first(5)
    assert then.names == tuple("012345")
    assert [len(counts) for counts in then.counts] == [6, 5, 4, 3, 2, 1]
    assert then.totals.tolist() == ALIKE.totals[:6].tolist()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    wide = pd.DataFrame(
        {"month": range(9), **{f"c{j}": [None] * j + counts.tolist() for j, counts in enumerate(ALIKE.counts)}}
    )
    wide.to_csv(tmp_path / "wide.csv", index=False)
    return tmp_path / "wide.csv"


def test_both_forms_of_a_table_are_read(table: Path) -> None:
    rows = [
        {"cohort": f"c{j}", "age": age, "active": number}
        for j, counts in enumerate(ALIKE.counts) for age, number in enumerate(counts)
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(table.with_name("long.csv"), index=False)
    for file in (table, table.with_name("long.csv")):
        found = read_triangle(file)
        assert found.names == tuple(f"c{j}" for j in range(8))
        assert [counts.tolist() for counts in found.counts] == [counts.tolist() for counts in ALIKE.counts]


def test_the_command_shows_all_and_each(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figure = table.with_suffix(".png")
    line = ["forecast", str(table), "--cohorts", "--horizon", "12", "--model", "sbg"]
    assert main([*line, "--new", "500", "--arpa", "10", "--out", str(figure)]) == 0
    said = capsys.readouterr().out
    assert "In period 12," in said
    assert "Assumed: 500 join" in said
    assert all(f"c{j}" in said for j in range(8))
    assert figure.is_file()
    assert main([*line, "--fit", "6", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["fitted_periods"] == 6
    assert answer["periods"] == list(range(6, 13))
    assert [len(one["customers"]) for one in answer["cohorts"]] == [7] * 7
    assert set(answer["spread"]) == {"level", "walk", "tilt"}
    assert main([*line, "--fit", "6"]) == 0
    assert "Against what came in periods 7–8" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--column", "c1"], "--column: is not for several cohorts"),
        (["--growth", "0.1"], "--growth: is not for several cohorts"),
        (["--horizon", "8"], "--horizon 8: must be beyond 8"),
        (["--fit", "9"], "--fit 9: must be a whole number from 1 to 8"),
        (["--new", "-1"], "--new must be one number"),
        (["--arpa", "-1"], "--arpa -1"),
        (["--model", "km"], "--model km"),
    ],
)  # fmt: skip
def test_a_bad_line_is_refused(table: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", str(table), "--cohorts", "--horizon", "12", "--model", "sbg", *options]) == 2
    assert said in capsys.readouterr().err.replace("\n", " ")


def test_the_figure_says_what_it_shows() -> None:
    fit = cx.forecast.fit_cohorts(ALIKE, model="sbg")
    projected = fit.project(4, new=100.0)
    figure = plots.triangle(fit, projected=projected, later=[9000.0])
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "In period 12" in words
    assert "of today's" in words
    with pytest.raises(cx.InputError, match="later: 5 periods"):
        plots.triangle(fit, projected=projected, later=[1.0] * 5)


@pytest.mark.slow
def test_bounds_of_each_cohort_and_of_all_hold_what_they_say_however_much_cohorts_differ() -> None:
    rows = []
    for place in range(60):
        rng = np.random.default_rng([77, place])
        spread, number = (0.0, 0.1, 0.3)[place % 3], int(rng.integers(3, 13))
        levels = rng.normal(0.0, spread, number) + rng.choice([0.0, 0.6]) * np.linspace(-0.5, 0.5, number)
        table, later = cohorts(1000 + place, levels, customers=round(10 ** rng.uniform(2.3, 3.7)))
        if table.periods < 3:
            continue
        fit = cx.forecast.fit_cohorts(table, seed=place)
        for made, came in ((fit.cohorts(periods=AHEAD), np.concatenate(later)), (fit.project(AHEAD), sum(later))):
            ahead = made["period"].to_numpy() > 0
            rows.append(float(((made["low"] - 0.5 <= came) & (came <= made["high"] + 0.5))[ahead].mean()))
    each, total = np.array(rows[0::2]), np.array(rows[1::2])
    for shares in (each, total):
        error = shares.std() / np.sqrt(len(shares))
        assert 0.87 - 2.0 * error < shares.mean() < 0.95 + 2.0 * error
