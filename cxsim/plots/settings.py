"""Figures of settings tried at several values: a curve for one, a map with numbers for two."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.errors import InputError
from cxsim.plots import style
from cxsim.plots.comparisons import provenance
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.doses import Dose, harmful
from cxsim.studies.findings import verdict
from cxsim.studies.grids import Axis, Grid


def dose(found: Dose, outcome: str) -> Figure:
    """An outcome's change over the values of a setting, with its 95 % band.

    Parameters
    ----------
    found : Dose
    outcome : str
    """
    table, unit = found.frame(outcome), OUTCOMES[outcome].unit
    effects = [found.grid.effect(outcome, (value,)) for value in found.values.tolist()]
    figure, bottom, top = style.sheet(
        _dose_title(found, outcome),
        f"Difference from the baseline in {q.title(outcome)}{_in_unit(unit, found)}: mean and its 95 % interval at "
        "each value, all under the same luck. Blue is better, orange worse, grey unclear.",
        provenance(found.comparison.baseline),
    )
    ax = style.axes(figure, 0.12, bottom + 0.10, 0.96, top)
    values = found.values
    low, high = (table[end].to_numpy(dtype=np.float64) for end in ("low", "high"))
    middle = table["difference"].to_numpy(dtype=np.float64)
    ax.axhline(0.0, color=style.GREY, lw=1.0, ls="--")
    ax.fill_between(values, low, high, color=style.GREY, alpha=0.15, lw=0)
    ax.plot(values, middle, color=style.GREY, lw=1.6)
    for value, effect in zip(values, effects, strict=True):
        if effect.difference is None:
            continue
        colour = style.VERDICTS[verdict(effect, outcome)]
        least, most = (effect.difference if end is None else end for end in (effect.low, effect.high))
        style.dot(ax, value, effect.difference, least, most, colour, upright=True)
    ax.set_xticks(values)
    ax.set_xticklabels([f"{value:g}" for value in values])
    ax.set_xlabel(_axis_label(found.axis), size=style.SMALL, color=style.GREY)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(_shown(float(y), unit), unit, signed=True)))
    ax.locator_params(axis="y", nbins=6)
    ax.margins(y=0.12)
    return figure


def _dose_title(found: Dose, outcome: str) -> str:
    name = q.title(outcome)
    if found.comparison.n < 2:
        return f"{found.axis.name}: one replication says little about {name}"
    level = found.saturation(outcome)
    effect, unit = found.grid.effect(outcome, (level.best,)), OUTCOMES[outcome].unit
    if level.reached is None:
        harm = harmful(found, outcome)
        return (
            f"{found.axis.name}: at no value clearly better for {name}{f', for sure worse at {harm}' if harm else ''}"
        )
    said = f"{name} {q.change(effect.difference, unit)} at {level.best:g}, the best value"
    tail = f"; 90 % of that at {level.reached:g}" if level.reached < level.best else ""
    harm = harmful(found, outcome)
    return f"{found.axis.name}: {said}{tail}{f'; for sure worse at {harm}' if harm else ''}"


def grid(found: Grid, outcome: str) -> Figure:
    """An outcome's change at each pair of values of two settings, as a map with its numbers.

    Parameters
    ----------
    found : Grid
        With two axes.
    outcome : str

    Raises
    ------
    InputError
        If there are not two axes.
    """
    if len(found.axes) != 2:
        raise InputError(f"plots.grid: takes two axes, and there are {len(found.axes)}; plots.dose draws one")
    unit = OUTCOMES[outcome].unit
    columns, rows = (len(axis.values) for axis in found.axes)
    point, near = found.best(outcome)
    effect = found.effect(outcome, point)
    place = ", ".join(f"{name} {value:g}" for name, value in zip(found.columns, point, strict=True))
    title = f"{q.title(outcome)}: {q.change(effect.difference, unit)} at the best point, {place}"
    if verdict(effect, outcome) == "worse":
        title += ": worse than the baseline even there"
    elif verdict(effect, outcome) in ("unclear", "same"):
        title += ": no clear effect even there"
    figure, bottom, top = style.sheet(
        title,
        "Difference from the baseline with its 95 % interval, all under the same luck. Blue is better, orange worse; "
        f"pale: the interval includes 0. Thick frame: the best point; thin frames: {len(near)} that cannot be told "
        "from it.",
        provenance(found.comparison.baseline),
        height=min(max(2.4 + 0.62 * rows, 4.4), 12.0),
    )
    ax = style.axes(figure, 0.12, bottom + 0.10, 0.98, top)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    _cells(ax, found, outcome, [*found.axes[1].values], [*found.axes[0].values])
    across, down = ([*axis.values] for axis in found.axes)
    for one, line in ((point, 2.6), *((other, 0.9) for other in near)):
        _frame(ax, across.index(one[0]), down.index(one[1]), line)
    ax.set_xticks(range(columns), [f"{value:g}" for value in across])
    ax.set_yticks(range(rows), [f"{value:g}" for value in down])
    ax.set_xlabel(_axis_label(found.axes[0]), size=style.SMALL, color=style.GREY)
    ax.set_ylabel(_axis_label(found.axes[1]), size=style.SMALL, color=style.GREY)
    return figure


def _cells(ax: Axes, found: Grid, outcome: str, down: list[float], across: list[float]) -> None:
    """Colours and numbers; the first row is at the bottom, as on any axis."""
    unit, sign = OUTCOMES[outcome].unit, 1.0 if OUTCOMES[outcome].better == "higher" else -1.0
    effects = [[found.effect(outcome, (x, y)) for x in across] for y in down]
    gains = np.array([[sign * (one.difference or 0.0) for one in row] for row in effects])
    sure = np.array([[verdict(one, outcome) in ("better", "worse") for one in row] for row in effects])
    widest = float(np.abs(gains).max()) or 1.0
    colours = LinearSegmentedColormap.from_list("verdicts", [style.ORANGE, "#ffffff", style.BLUE])
    painted = colours(TwoSlopeNorm(0.0, -1.35 * widest, 1.35 * widest)(np.where(sure, gains, 0.25 * gains)))
    ax.imshow(painted, aspect="auto", origin="lower")
    for y, row in enumerate(effects):
        for x, one in enumerate(row):
            dark = sure[y, x] and abs(gains[y, x]) > 0.75 * widest
            inside = q.interval(one.low, one.high, unit)
            ax.text(
                x, y, f"{q.change(one.difference, unit)}\n{inside if len(across) <= 6 else ''}".strip(), ha="center",
                va="center", size=style.SMALL, color="white" if dark else style.INK, linespacing=1.35,
            )  # fmt: skip


def _frame(ax: Axes, x: int, y: int, width: float) -> None:
    from matplotlib.patches import Rectangle

    inset = 0.03
    ax.add_patch(
        Rectangle((x - 0.5 + inset, y - 0.5 + inset), 1 - 2 * inset, 1 - 2 * inset, fill=False, ec=style.INK, lw=width)
    )


def _axis_label(axis: Axis) -> str:
    unit = f" [{axis.unit}]" if axis.unit else ""
    return f"{axis.name}{unit}"


def _in_unit(unit: str, found: Dose) -> str:
    currency = found.comparison.baseline.scenario.currency
    words = {"share": ", in percentage points", "1/month": ", in percentage points a month", "accounts": ""}
    return words.get(unit, f", in {unit.replace('currency', currency)}")


def _shown(value: float, unit: str) -> float:
    """Shares are read in percentage points."""
    return round(100.0 * value, 10) if unit in ("share", "1/month") else value
