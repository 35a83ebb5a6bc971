"""The command and the figure of forecasts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from retention_series import HIGH_END, REGULAR

import cxsim as cx
from cxsim import plots
from cxsim.cli import main

KEYS = ["model", "weights", "fitted_periods", "periods", "survival", "low", "high", "parameters"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    rows = [f"{year},{a},{b}" for year, (a, b) in enumerate(zip(REGULAR, HIGH_END, strict=True))]
    (tmp_path / "fh.csv").write_text("\n".join(["year,regular,high_end", *rows, ""]), encoding="utf-8")
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_the_json_has_its_keys_and_is_what_python_gives(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(
        capsys, "forecast", "fh.csv", "--column", "high_end", "--fit", "4", "--horizon", "12", "--json"
    )
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert list(told)[: len(KEYS)] == KEYS
    assert (told["model"], told["fitted_periods"], told["periods"]) == ("auto", 4, list(range(13)))
    assert sum(told["weights"].values()) == pytest.approx(1.0)
    assert told["survival"][:5] == told["low"][:5] == told["high"][:5]
    assert all(a <= b <= c for a, b, c in zip(told["low"], told["survival"], told["high"], strict=True))
    table = cx.forecast.fit(HIGH_END[:5]).project(12)
    assert told["survival"] == pytest.approx(table["survival"].tolist())
    assert told["low"] == pytest.approx(table["low"].tolist())
    assert any("1,000" in note for note in told["notes"])


def test_one_familys_parameters_stand_by_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["forecast", "fh.csv", "--column", "regular", "--fit", "7", "--horizon", "12", "--model", "sbg", "--json"]
    told = json.loads(call(capsys, *line)[1])
    assert {name: round(value, 3) for name, value in told["parameters"].items()} == {"alpha": 0.704, "beta": 1.182}
    assert told["weights"] == {"sbg": 1.0}


def test_the_screen_says_what_was_taken_for_granted_and_how_it_came(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["--column", "high_end", "--fit", "6", "--horizon", "9", "--backtest", "--out", "fan.svg"]
    code, out, err = call(capsys, "forecast", "fh.csv", *line)
    assert (code, err) == (0, "")
    for said in ("1,000 customers", "Fitted on years 1–6", "Against what came in years 7–9", "last rate", "fan.svg"):
        assert said in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    assert "--column high_end --fit 6" in (here / "fan.svg").read_text(encoding="utf-8")
    assert sorted(path.name for path in here.iterdir()) == ["fan.svg", "fh.csv"]


def test_customers_given_are_not_said_to_be_assumed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = call(
        capsys, "forecast", "fh.csv", "--column", "regular", "--customers", "500", "--horizon", "14", "--model", "bdw"
    )[1]
    assert "1,000" not in out
    assert "500 customers" in " ".join(out.split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--column", "high_end"], "--horizon"),
        (["--horizon", "12"], "--column"),
        (["--column", "high_end", "--horizon", "12"], "--horizon 12"),
        (["--column", "high_end", "--horizon", "20", "--model", "bwd"], 'Did you mean "bdw"?'),
        (["--column", "high_end", "--horizon", "20", "--fit", "2"], "--fit 2"),
        (["--column", "high_end", "--horizon", "20", "--customers", "0"], "customers 0"),
        (["--column", "high_end", "--horizon", "20", "--out", "fan.pdf"], ".png or .svg"),
        (["--column", "high_end", "--horizon", "20", "--out", "no/fan.png"], "no such folder"),
        (["--column", "high_end", "--horizon", "many"], "whole number"),
    ],
)
def test_a_bad_line_is_one_line_and_two(
    line: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "forecast", "fh.csv", *line)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == ["fh.csv"]


def _texts(figure: Figure) -> Iterator[Text]:
    yield from figure.texts
    for ax in figure.axes:
        yield from ax.texts
        for axis in (ax.xaxis, ax.yaxis):
            yield axis.label
            low, high = sorted(axis.get_view_interval())
            yield from (tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)


@pytest.mark.parametrize(
    ("values", "known", "horizon"), [(HIGH_END, 4, 12), (REGULAR, 7, 12), (REGULAR, 12, 36), (HIGH_END, 12, 13)]
)
@pytest.mark.parametrize("model", ["auto", "sbg"])
def test_every_text_of_the_fan_is_inside_and_on_no_other(
    values: np.ndarray, known: int, horizon: int, model: str
) -> None:
    fit = cx.forecast.fit(values, periods=known, model=model)
    figure = plots.forecast(fit, horizon=horizon, later=values[known + 1 : horizon + 1] / 100.0)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    width, height = figure.canvas.get_width_height()
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in _texts(figure)
        if text.get_visible() and text.get_text().strip()
    ]
    for said, box in boxes:
        assert min(box.x0, box.y0) >= -0.5, said
        assert box.x1 <= width + 0.5, said
        assert box.y1 <= height + 0.5, said
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 0.5 or b.x1 <= a.x0 + 0.5 or a.y1 <= b.y0 + 0.5 or b.y1 <= a.y0 + 0.5
        assert apart, f"{one!r} lies on {other!r}"


def test_the_figure_and_the_frame_carry_where_they_come_from() -> None:
    fit = cx.forecast.fit(REGULAR, periods=5)
    assert "data" in fit.provenance
    assert fit.project(9).attrs["provenance"] == fit.provenance
    figure = plots.forecast(fit, horizon=9)
    assert any(fit.provenance.split(" · ")[4] in text.get_text() for text in figure.texts)


def test_more_that_came_than_is_forecast_is_refused() -> None:
    with pytest.raises(cx.InputError, match="later"):
        plots.forecast(cx.forecast.fit(REGULAR, periods=5), horizon=6, later=[0.2, 0.2])


@pytest.mark.parametrize("model", cx.forecast.MODELS)
def test_survival_and_its_bounds_never_rise_and_lie_in_order(model: str) -> None:
    table = cx.forecast.fit([400, 310, 265, 240, 220, 204], model=model).project(150)
    names = ["low", "low_50", "survival", "high_50", "high"]
    values = table[names].to_numpy()
    assert (np.diff(values, axis=0) <= 1e-9).all()
    assert (np.diff(values, axis=1) >= -1e-9).all()
    assert values.min() >= 0.0


def test_the_same_seed_gives_the_same_bounds() -> None:
    one, same, other = (cx.forecast.fit(REGULAR, periods=5, seed=s).project(9)["low"] for s in (0, 0, 1))
    assert one.tolist() == same.tolist()
    assert one.tolist() != other.tolist()
