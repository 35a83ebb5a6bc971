"""What is taken for a company's table, what is refused, and how the command shows its forecast."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from company_tables import company, sbg
from matplotlib.text import Text

import cxsim as cx
from cxsim import plots
from cxsim.cli import main
from cxsim.forecast.flow_tables import read_flows

N = 10
JOINED, LEFT = [100.0] * N, [float(40 + k) for k in range(N)]
THERE = (1000.0 + np.cumsum(np.array(JOINED) - LEFT)).tolist()


def test_what_is_missing_follows_from_the_others() -> None:
    whole = cx.forecast.flows(JOINED, losses=LEFT, ends=THERE)
    assert (whole.base, whole.notes) == (1000.0, ())
    holes = [None if k % 3 == 1 else value for k, value in enumerate(LEFT)]
    for other in (
        cx.forecast.flows(JOINED, losses=LEFT, base=1000.0),
        cx.forecast.flows(JOINED, ends=THERE, base=1000.0),
        cx.forecast.flows(losses=LEFT, ends=THERE, base=1000.0),
        cx.forecast.flows(JOINED, losses=holes, ends=THERE),
    ):
        for name in ("additions", "losses", "ends"):
            assert getattr(other, name) == pytest.approx(getattr(whole, name))
    later = cx.forecast.flows(JOINED, ends=THERE)
    assert (later.periods, later.base) == (N - 1, THERE[0])
    assert "only tells" in later.notes[0]


def test_a_simulated_log_is_a_companys_table_too() -> None:
    world = cx.Scenario.load("membership").set("arrivals.base_accounts", 60).set("horizon_months", 18)
    reading = cx.readings.retention(cx.simulate(world, seed=3))
    table = cx.forecast.flows(reading)
    assert (table.periods, table.base) == (18, reading["start"].iloc[0])
    assert table.ends.tolist() == reading["end"].tolist()
    made = cx.forecast.fit_flows(table, periods=12).project(6, additions=table.additions[12:].tolist())
    assert (made["ends_low"] <= made["ends_high"]).all()
    with pytest.raises(cx.InputError, match="no column returned"):
        cx.forecast.flows(reading.drop(columns="returned"))
    with pytest.raises(cx.InputError, match="leave them out"):
        cx.forecast.flows(reading, base=60.0)


def changed(values: list[float], place: int, value: object) -> list[object]:
    return [*values[:place], value, *values[place + 1 :]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"additions": JOINED}, "two of the three"),
        ({"additions": JOINED, "losses": LEFT}, "base: is missing"),
        ({"additions": JOINED, "losses": LEFT[:-1], "base": 1.0}, "different length"),
        ({"additions": JOINED, "losses": changed(LEFT, 3, 44.0), "ends": THERE}, "period 4: ends"),
        ({"additions": changed(JOINED, 2, -5.0), "ends": THERE}, "additions: period 3: -5"),
        ({"additions": changed(JOINED, 2, "many"), "ends": THERE}, '"many" is not a number'),
        ({"additions": changed(JOINED, 2, 3.0), "ends": THERE, "base": 1000.0}, "period 3: losses would be -55"),
        ({"additions": changed(JOINED, 4, None), "losses": changed(LEFT, 4, None), "ends": THERE}, "none follows"),
        ({"additions": changed(JOINED, 0, 9000.0), "losses": LEFT, "ends": THERE}, "fewer than none were there"),
        ({"additions": JOINED, "losses": changed(LEFT, 0, 9000.0), "base": 1000.0}, "period 1: ends would be"),
        ({"additions": JOINED, "losses": [0.0] * N, "base": 1000.0}, "nobody ever left"),
        ({"additions": JOINED[:5], "losses": LEFT[:5], "base": 1000.0}, "too few"),
        ({"additions": JOINED, "losses": changed(LEFT, 1, 41.5), "base": 1000.0}, "unit 1: the numbers are not whole"),
        ({"additions": JOINED, "losses": LEFT, "base": 1000.0, "unit": 0.0}, "unit 0"),
        ({"additions": JOINED, "losses": LEFT, "base": 1000.0, "unit": 1e10}, "more than 1e+12 customers"),
        ({"additions": JOINED, "losses": LEFT, "base": 1000.0, "season": 5}, "season 5: must be 2, 4, 12"),
        ({"additions": JOINED, "losses": LEFT, "base": 1000.0, "season": 12}, "season 12: needs two years"),
        ({"additions": JOINED, "losses": LEFT, "base": -1.0}, "base -1"),
        ({"additions": JOINED, "losses": LEFT, "base": 1.0, "rounding": -1.0}, "rounding -1"),
        ({"additions": JOINED, "losses": LEFT, "base": 1.0, "history": 0.0}, "history 0"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused_in_one_line(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.flows(**arguments)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert len(refused.value.faults) == 1


def test_a_difference_within_the_rounding_that_was_said_is_taken() -> None:
    off = changed(THERE, 3, THERE[3] + 1.0)
    with pytest.raises(cx.InputError, match="beyond rounding 0"):
        cx.forecast.flows(JOINED, losses=LEFT, ends=off)  # type: ignore[arg-type]
    cx.forecast.flows(JOINED, losses=LEFT, ends=off, rounding=0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"horizon": 0}, "horizon 0"), ({"horizon": 401}, "horizon 401"),
        ({"horizon": 3, "additions": -1.0}, "additions"), ({"horizon": 3, "additions": [1.0, 2.0]}, "3 of them"),
        ({"horizon": 3, "arpa": -1.0}, "arpa -1"),
        ({"horizon": 3, "arpa": 1.0, "growth": 2.0}, "growth 2"),
    ],
)  # fmt: skip
def test_a_bad_question_is_refused(arguments: dict[str, object], said: str) -> None:
    fit = cx.forecast.fit_flows(cx.forecast.flows(JOINED, losses=LEFT, base=1000.0), model="geometric")
    with pytest.raises(cx.InputError, match=said):
        fit.project(**arguments)  # type: ignore[arg-type]


def test_a_bad_fit_or_backtest_is_refused() -> None:
    table = cx.forecast.flows(JOINED, losses=LEFT, base=1000.0)
    with pytest.raises(cx.InputError, match='Did you mean "sbg"'):
        cx.forecast.fit_flows(table, model="sgb")
    with pytest.raises(cx.InputError, match="periods 7"):
        cx.forecast.fit_flows(table, periods=7)
    with pytest.raises(cx.InputError, match="periods 8: must be a whole number from 24"):
        cx.forecast.fit_flows(cx.forecast.flows([9.0] * 30, losses=[5.0] * 30, base=99.0, season=12), periods=8)
    with pytest.raises(cx.InputError, match="first 10"):
        cx.forecast.backtest_flows(table, first=10)
    with pytest.raises(cx.InputError, match="step 0"):
        cx.forecast.backtest_flows(table, step=0)
    with pytest.raises(cx.InputError, match="discount 0"):
        cx.forecast.fit_flows(table, model="geometric").base_value(margin=1.0, discount=0.0)


@pytest.mark.parametrize(
    ("joined", "left", "base"),
    [
        ([0.0] * N, [90.0, 70, 60, 50, 45, 40, 35, 30, 28, 25], 1000.0),  # nobody joins any more
        ([5.0] * N, [900.0] * N, 1_000_000.0),  # a base that no earlier additions of that size explain
        ([0.0, *[50.0] * 9], [0.0, 0, *range(1, 9)], 0.0),  # a company that begins with nobody
        ([3.0] * N, [0.0, 1, 0, 0, 2, 0, 1, 0, 0, 1], 4.0),  # hardly anybody
    ],
)
def test_tables_at_the_edge_are_forecast_too(joined: list[float], left: list[float], base: float) -> None:
    table = cx.forecast.flows(joined, losses=left, base=base)
    fit = cx.forecast.fit_flows(table)
    made = fit.project(12, uncertain=True, arpa=1.0)
    assert np.isfinite(made.to_numpy()).all()
    for name in ("losses", "ends", "of_today", "revenue"):
        ends = made[[f"{name}_low", f"{name}_low_50", f"{name}_high_50", f"{name}_high"]].to_numpy()
        assert (np.diff(ends, axis=1) >= 0).all()
        assert (ends >= 0).all()
    assert (np.diff(fit.curve(np.arange(20.0))) <= 0).all()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    made = company(np.random.default_rng(5), sbg(0.8, 8.0, 60), np.full(32, 800.0), before=0, spread=0.06)
    rows = [
        f"{k + 1},{new:.0f},{gone:.0f},{there:.0f}"
        for k, (new, gone, there) in enumerate(zip(made.additions, made.losses, made.ends, strict=True))
    ]
    text = "\n".join(["quarter,joined,left,there", *rows, ""])
    (tmp_path / "company.csv").write_text(text, encoding="utf-8")
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["forecast", "company.csv", *arguments])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


COLUMNS = ("--additions", "joined", "--losses", "left", "--ends", "there")


def test_the_json_of_a_company_is_what_python_gives(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *COLUMNS, "--fit", "24", "--horizon", "30", "--arpa", "12", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    table = read_flows(here / "company.csv", additions="joined", losses="left", ends="there")
    made = cx.forecast.fit_flows(table, periods=24).project(6, uncertain=True, arpa=12.0)
    assert (found["periods"], found["fitted_periods"]) == (list(range(25, 31)), 24)
    for name in ("additions", "losses", "ends", "ends_low", "losses_high_50", "of_today", "revenue"):
        assert found[name] == pytest.approx(made[name].tolist())
    assert sum(found["weights"].values()) == pytest.approx(1.0)
    assert found["assumptions"] == list(made.attrs["assumptions"])
    assert set(found["dispersion"]) == {"spread", "memory", "seasons"}
    assert "data" in found["provenance"]
    fit, ages = cx.forecast.fit_flows(table, periods=24), np.arange(31.0)
    assert (found["ages"], found["labels"][0]) == (list(range(31)), "25")
    assert found["survival"] == pytest.approx(fit.curve(ages).tolist())
    assert all(a <= b <= c for a, b, c in zip(found["low"], found["survival"], found["high"], strict=True))
    assert found["parameters"] == fit.parameters


def test_a_companys_periods_keep_their_names(tmp_path: Path) -> None:
    quarters = [f"{2020 + k // 4}Q{k % 4 + 1}" for k in range(12)]
    there = [1000 + 30 * k for k in range(12)]
    rows = [
        f"{quarter},{'' if k == 0 else 130},{end}" for k, (quarter, end) in enumerate(zip(quarters, there, strict=True))
    ]
    (tmp_path / "a.csv").write_text("\n".join(["when,joined,there", *rows, ""]), encoding="utf-8")
    table = read_flows(tmp_path / "a.csv", additions="joined", ends="there")
    assert (table.periods, table.named(1), table.named(11), table.named(15)) == (11, "2020Q2", "2022Q4", "2023Q4")


def test_the_screen_of_a_company_names_what_was_assumed_and_what_came(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = (*COLUMNS, "--fit", "20", "--horizon", "34", "--new", "800", "--backtest", "--out", "fan.svg")
    code, out, err = call(capsys, *line)
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    for said in ("In quarter 34", "Assumed: additions as given", "came", "last rate", "Written: fan.svg", "not known"):
        assert said in words
    assert max(map(len, out.splitlines())) <= 80
    assert "--fit 20" in (here / "fan.svg").read_text(encoding="utf-8")
    assert sorted(path.name for path in here.iterdir()) == ["company.csv", "fan.svg"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("--additions", "joind", "--ends", "there", "--horizon", "40"), 'Did you mean "joined"?'),
        (("--additions", "joined", "--horizon", "40"), "two of the three"),
        ((*COLUMNS, "--horizon", "12"), "--horizon 12: must be beyond 32"),
        ((*COLUMNS, "--horizon", "40", "--column", "left"), "--column left: is for a cohort"),
        ((*COLUMNS, "--horizon", "40", "--customers", "10"), "--customers 10: is for a cohort"),
        (("--column", "there", "--horizon", "40", "--arpa", "3"), "--arpa 3: is for a table without cohorts"),
        ((*COLUMNS, "--horizon", "40", "--model", "km"), "--model"),
        ((*COLUMNS, "--horizon", "40", "--fit", "3"), "--fit 3"),
        ((*COLUMNS, "--horizon", "40", "--new", "-3"), "--new"),
        ((*COLUMNS, "--horizon", "40", "--season", "7"), "season 7"),
        (("--additions", "left", "--losses", "joined", "--ends", "there", "--horizon", "40"), "company.csv: period 2"),
        (("--additions", "quarter", "--ends", "there", "--horizon", "40"), "first column"),
        ((*COLUMNS, "--horizon", "40", "--out", "fan.pdf"), ".png or .svg"),
    ],
)
def test_a_bad_line_about_a_company_is_one_line_and_two(
    line: tuple[str, ...], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *line)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == ["company.csv"]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["1", "2", "4"], 'line 4: "4" after "2"'),
        (["2024-03-31", "2023-12-31", "2023-09-30"], "line 3"),
    ],
)
def test_periods_that_go_back_or_leave_one_out_are_refused(labels: list[str], said: str, tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("day,joined,there\n" + "".join(f"{label},5,{9 + k}\n" for k, label in enumerate(labels)))
    with pytest.raises(cx.InputError, match=said):
        read_flows(place, additions="joined", ends="there")


def test_every_text_of_a_companys_fan_is_inside_and_on_no_other(here: Path) -> None:
    table = read_flows(here / "company.csv", additions="joined", losses="left", ends="there")
    fit = cx.forecast.fit_flows(table, periods=20)
    figure = plots.flows(fit, projected=fit.project(14, uncertain=True, arpa=3.0), later=table)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    width, height = figure.canvas.get_width_height()
    texts: list[Text] = list(figure.texts)
    for ax in figure.axes:
        texts += [*ax.texts, ax.xaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text().strip()]
    assert len(boxes) > 12
    for said, box in boxes:
        assert min(box.x0, box.y0) >= -0.5, said
        assert box.x1 <= width + 0.5, said
        assert box.y1 <= height + 0.5, said
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 0.5 or b.x1 <= a.x0 + 0.5 or a.y1 <= b.y0 + 0.5 or b.y1 <= a.y0 + 0.5
        assert apart, f"{one!r} lies on {other!r}"
    with pytest.raises(cx.InputError, match="later"):
        plots.flows(fit, projected=fit.project(3), later=table.first(10))
