"""Figures: every text inside, none on another; the label spreader."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import cxsim as cx
from cxsim import plots
from cxsim.plots.style import spread
from cxsim.scenario import Scenario, parse_with, scaled, with_values
from cxsim.studies import Comparison, compare


@pytest.fixture(scope="module")
def small() -> Scenario:
    world = scaled(Scenario.load("b2b-saas"), 40)
    return with_values(world, {"arrivals.history_months": 12, "horizon_months": 24})


@pytest.fixture(scope="module")
def study(small: Scenario) -> Comparison:
    name = "a-lever-with-a-long-name"
    other = small.with_("formal-onboarding", start=5)
    return compare(small, other, replications=3, seed=3, workers=1, names=[name])


def _texts_of(ax: Axes) -> Iterator[Text]:
    """All texts of axes; a tick beyond the ends of its axis is not drawn."""
    yield from ax.texts
    for axis in (ax.xaxis, ax.yaxis):
        yield axis.label
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * (high - low)
        yield from (tick.label1 for tick in axis.get_major_ticks() if low - slack <= tick.get_loc() <= high + slack)


def _texts(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    found = []
    for text in (*figure.texts, *(text for ax in figure.axes for text in _texts_of(ax))):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            found.append((text.get_text(), (box.x0, box.y0, box.x1, box.y1)))
    return found


def _assert_legible(figure: Figure) -> None:
    width, height = figure.canvas.get_width_height()
    texts = _texts(figure)
    assert texts
    for said, (x0, y0, x1, y1) in texts:
        assert x0 >= -0.5, said
        assert y0 >= -0.5, said
        assert x1 <= width + 0.5, said
        assert y1 <= height + 0.5, said
    for (one, a), (other, b) in combinations(texts, 2):
        apart = a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5
        assert apart, f"{one!r} lies on {other!r}"


def test_effects_are_legible(study: Comparison) -> None:
    _assert_legible(plots.effects(study))


@pytest.mark.parametrize("series", ["arr", "accounts"])
def test_fans_are_legible(study: Comparison, series: str) -> None:
    _assert_legible(plots.fan(study, series))


def test_retention_is_legible(study: Comparison) -> None:
    _assert_legible(plots.retention(study))


@pytest.mark.parametrize("lever", ["formal-onboarding:start=5", "win-back", "csm-staff", "price-rise:start=20"])
def test_the_figure_of_money_is_legible(small: Scenario, lever: str) -> None:
    other = small
    for name, settings in parse_with(lever):
        other = other.with_(name, **settings)
    for n in (1, 4):
        _assert_legible(plots.payback(compare(small, other, replications=n, seed=3, workers=1)))


def test_figures_of_a_log_are_legible(small: Scenario) -> None:
    log = cx.simulate(small, seed=3)
    _assert_legible(plots.survival(log))
    _assert_legible(plots.cohorts(log))


def test_a_nil_effect_can_be_drawn(small: Scenario) -> None:
    same = compare(small, small, replications=2, seed=1, workers=1)
    for figure in (plots.effects(same), plots.fan(same, "arr"), plots.retention(same), plots.payback(same)):
        _assert_legible(figure)


def test_doses_and_grids_are_legible(small: Scenario) -> None:
    covered = cx.Axis("coverage", (0, 0.25, 0.5, 0.75, 1), "formal-onboarding")
    staff = cx.Axis("people", (1, 2, 3), "csm-staff")
    curve = cx.dose(
        small, lever="formal-onboarding", setting="coverage", values=covered.values, replications=3, seed=3, workers=1
    )
    for outcome in ("nrr", "net_benefit", "accounts", "health_mean"):
        _assert_legible(plots.dose(curve, outcome))
    pairs = cx.grid(small, covered, staff, replications=2, seed=3, workers=1)
    for outcome in ("logo_churn_annual", "net_benefit"):
        _assert_legible(plots.grid(pairs, outcome))
    turned = cx.grid(small, staff, cx.Axis("coverage", (0, 1), "formal-onboarding"), replications=2, seed=3, workers=1)
    _assert_legible(plots.grid(turned, "arr"))
    with pytest.raises(cx.InputError, match="two axes"):
        plots.grid(curve.grid, "arr")


@pytest.mark.parametrize("common", [True, False])
def test_forked_futures_are_legible_and_part_on_the_day(small: Scenario, common: bool) -> None:
    formal = small.with_("formal-onboarding", start=9)
    both = formal.with_("proactive-outreach", start=9)
    found = cx.fork(small, formal, both, at=9, branches=6, seed=3, common=common, workers=1)
    for series in ("arr", "accounts"):
        figure = plots.futures(found, series)
        _assert_legible(figure)
        marks = [line for ax in figure.axes for line in ax.lines if set(line.get_xdata()) == {9.0}]
        assert len(marks) == len(figure.axes) == 5


def test_the_worth_of_knowing_more_is_legible(small: Scenario) -> None:
    worlds = cx.uncertain(small, small.with_("formal-onboarding"), draws=20, replications=2, seed=3, effect_spread=1.0)
    for outcome in ("net_benefit", "nrr"):
        _assert_legible(plots.information(cx.value_of_information(worlds, outcome=outcome)))


def test_a_saved_figure_tells_where_it_comes_from(study: Comparison, tmp_path: Path) -> None:
    plots.save(plots.effects(study), tmp_path / "a.png", born="cxsim; scenario abc; seed 3")
    assert b"scenario abc" in (tmp_path / "a.png").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("wanted", [[1.0, 1.0], [5.0, 1.0, 1.1, 9.9], [0.0, 0.0, 0.0], [10.0, 10.0], [3.0]])
def test_spread_labels_keep_their_distance_and_order(wanted: list[float]) -> None:
    found = spread(wanted, 1.0, 0.0, 10.0)
    placed = sorted(zip(wanted, found, strict=True))
    assert all(0.0 <= x <= 10.0 for x in found)
    assert all(b - a >= 1.0 - 1e-9 for a, b in pairwise(sorted(found)))
    assert [x for _, x in placed] == sorted(found) or len(set(wanted)) < len(wanted)
    assert spread([2.0, 8.0], 1.0, 0.0, 10.0) == [2.0, 8.0]


def test_thirty_levers_in_a_name_make_the_sheet_higher(study: Comparison, small: Scenario) -> None:
    name = "+".join(["formal-onboarding", "proactive-outreach", "digital-support"] * 10)
    named = compare(small, small.with_("formal-onboarding"), replications=3, seed=3, workers=1, names=[name])
    for draw in (plots.retention, plots.fan, plots.effects):
        figure, usual = draw(named), draw(study)
        _assert_legible(figure)
        assert figure.get_figheight() > usual.get_figheight()
        assert _room(figure) > 0.8 * _room(usual), "what is drawn keeps its room"


def _room(figure: Figure) -> float:
    """Height of all axes together [inches]."""
    return sum(ax.get_position().height for ax in figure.axes) * float(figure.get_figheight())
