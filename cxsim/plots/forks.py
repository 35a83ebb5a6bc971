"""Figures of futures from a day on: the fan of each alternative, with the day marked."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.best import best
from cxsim.studies.futures import Futures
from cxsim.studies.pairs import Reals

SHOWN_AT_ONCE = 4


def futures(found: Futures, series: str = "arr") -> Figure:
    """One history, and from the day on the futures of each alternative; below, their difference from the baseline's.

    Parameters
    ----------
    found : Futures
        The first four are drawn, the baseline included.
    series : str
        "arr" or "accounts".
    """
    from cxsim import __version__

    unit, first, paths = OUTCOMES[series].unit, found.scenarios[0], found.series[series][:SHOWN_AT_ONCE]
    names = ("baseline", *found.names[1:SHOWN_AT_ONCE])
    chances = best(found, outcome=series)
    winner = int(np.argmax(chances.probability))
    name, luck = "ARR" if series == "arr" else "accounts", "" if found.common else ", each with luck of its own"
    doing = "doing nothing new" if winner == 0 else found.names[winner]
    months = paths.shape[2] - 1
    figure, bottom, top = style.sheet(
        f"From month {found.at:g} on, {doing} is best for {name} in "
        f"{q.chance(float(chances.probability[winner]))} of {chances.futures} futures",
        f"Above: {name} of one company, its one history to the dotted day, then median, 50 % and 90 % of its futures"
        f"{luck}. Below: each future's difference from the baseline's of the same luck: mean, 50 % and 90 %."
        if found.common
        else f"Above: {name} of one company, its one history to the dotted day, then median, 50 % and 90 % of its "
        "futures. Below: difference from the baseline's futures, each with luck of its own: mean, 50 % and 90 %.",
        f"cxsim {__version__} · world {first.name} · scenario {first.hash[:12]} · seed {found.seed} · replication "
        f"{found.replication} · {chances.futures} branches from month {found.at:g} · {months} months",
        width=max(8.0, 2.6 * len(names) + 1.0),
        height=6.0,
    )
    inches = figure.get_figwidth()
    left, gap = 0.72 / inches, 0.28 / inches
    wide = (1.0 - left - 0.25 / inches - gap * (len(names) - 1)) / len(names)
    split = bottom + 0.07 + (top - bottom - 0.15) * 0.42
    ceiling = 1.04 * float(np.quantile(paths, 0.95, axis=1).max())
    apart = paths - paths[:1]
    reach = [float(edge) for edge in (np.quantile(apart, 0.05, axis=1).min(), np.quantile(apart, 0.95, axis=1).max())]
    slack = 0.08 * (reach[1] - reach[0]) or 1.0
    for place, one in enumerate(names):
        start = left + place * (wide + gap)
        colour = style.GREY if place == 0 else style.LINES[place - 1]
        upper = style.axes(figure, start, split + 0.045, start + wide, top - 0.08)
        _fan(upper, paths[place], found.at, colour, np.median(paths[place], axis=0))
        upper.set_ylim(0.0, ceiling)
        told = f"best in {q.chance(float(chances.probability[place]))}"
        upper.set_title(f"{_folded(one, wide * inches)}\n{told}", size=style.BODY, color=colour, loc="left")
        rows = [upper]
        if place:
            lower = style.axes(figure, start, bottom + 0.07, start + wide, split)
            lower.axhline(0.0, color=style.GREY, lw=1.0, ls="--")
            _fan(lower, apart[place], found.at, colour, apart[place].mean(axis=0))
            lower.set_ylim(reach[0] - slack, reach[1] + slack)
            rows.append(lower)
        for row, ax in enumerate(rows):
            style.month_axis(ax, months, labelled=row == 1 or place == 0)
            ax.axvline(found.at, color=style.INK, linewidth=0.9, linestyle=(0, (1, 2)))
            ax.locator_params(axis="y", nbins=5)
            labelled = place == row
            ax.yaxis.set_major_formatter(
                FuncFormatter(lambda y, _, signed=row == 1: q.tick(float(y), unit, signed=signed))
                if labelled
                else FuncFormatter(lambda _, __: "")
            )
    return figure


def _fan(ax: Axes, paths: Reals, at: float, colour: str, middle: Reals) -> None:
    """History as one line, then bands and the middle of what may come."""
    month = np.arange(paths.shape[1])
    past, later = month <= np.floor(at), month >= np.floor(at)
    for low, high, alpha in ((5, 95, 0.14), (25, 75, 0.26)):
        ends = np.percentile(paths[:, later], (low, high), axis=0)
        ax.fill_between(month[later], ends[0], ends[1], color=colour, alpha=alpha, lw=0)
    ax.plot(month[later], middle[later], color=colour, lw=2.2)
    ax.plot(month[past], middle[past], color=style.INK, lw=1.8)


def _folded(name: str, inches: float) -> str:
    """A name cut to a width."""
    most = int(inches * 72.0 / (style.BODY * 0.56))
    return name if len(name) <= most else name[: most - 1] + "…"
