"""The fan of a retention forecast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.errors import InputError
from cxsim.forecast import Fit
from cxsim.plots import style

OTHERS = (("geometric", "geometric", style.ORANGE), ("sbg", "sBG", style.GREEN), ("bdw", "BdW", style.PURPLE))


def forecast(fit: Fit, *, horizon: int, later: Sequence[float] | npt.NDArray[np.float64] | None = None) -> Figure:
    """Survival as observed and as forecast, with the bounds of what will be counted.

    Parameters
    ----------
    fit : Fit
    horizon : int
        Last period, counted from the start.
    later : sequence of float, optional
        What came after the periods fitted, as shares of the starting customers, to be seen beside the forecast.

    Raises
    ------
    InputError
        If the horizon is not beyond what was fitted, or more came than is forecast.
    """
    table = fit.project(horizon)
    labels, last = fit.seen.labels, fit.seen.periods
    came = np.asarray([] if later is None else later, dtype=np.float64)
    if len(came) > horizon - last:
        raise InputError(f"later: {len(came)} values, but {horizon - last} periods are forecast")
    end = table.iloc[-1]
    figure, bottom, top = style.sheet(
        f"After {labels.after(horizon)} {_percent(end['survival'])} of customers are expected to be left "
        f"({_range(end['low'], end['high'])})",
        f"Share of the starting customers. Dots: observed{', hollow: what came later' if len(came) else ''}. Blue: "
        f"forecast fitted on {labels.span(1, last)}; shaded: where 50 % and 90 % of counts of "
        f"{fit.seen.customers:,.0f} customers fall.{' Thin: single families.' if len(fit.fitted) > 1 else ''}",
        fit.provenance,
    )
    ax = style.axes(figure, 0.09, bottom + 0.09, 0.80, top)
    ax.set_xlim(0, horizon)
    ax.set_ylim(0, 100)
    _fan(ax, table, last)
    ends = _others(ax, fit, horizon, last)
    known = 100.0 * table["observed"].to_numpy()[: last + 1]
    ax.plot(np.arange(last + 1), known, "o", color=style.INK, ms=4.5, clip_on=False, zorder=5)
    places = last + 1 + np.arange(len(came))
    ax.plot(places, 100.0 * came, "o", mfc="white", mec=style.INK, ms=4.5, clip_on=False, zorder=5)
    style.marker(ax, last, f"known up to {labels.named(last)}")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.0f} %"))
    few = 12 if labels.kind == "number" else 6
    ax.xaxis.set_major_locator(MaxNLocator(nbins=few, integer=True, steps=[1, 2, 3, 4, 6, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: labels.at(round(x))))
    ax.set_xlabel(
        f"{labels.unit}s since the start" if labels.usual else labels.unit, size=style.SMALL, color=style.GREY
    )
    style.label_ends(ax, [(100 * float(end["survival"]), f"forecast {_percent(end['survival'])}", style.BLUE), *ends])
    return figure


def _fan(ax: Axes, table: pd.DataFrame, last: int) -> None:
    ahead = table[table["period"] >= last]
    for low, high, alpha in (("low", "high", 0.15), ("low_50", "high_50", 0.28)):
        ax.fill_between(ahead["period"], 100 * ahead[low], 100 * ahead[high], color=style.BLUE, alpha=alpha, lw=0)
    ax.plot(table["period"][: last + 1], 100 * table["fitted"][: last + 1], color=style.BLUE, lw=1.2)
    ax.plot(ahead["period"], 100 * ahead["survival"], color=style.BLUE, lw=2.2)


def _others(ax: Axes, fit: Fit, horizon: int, last: int) -> list[tuple[float, str, str]]:
    """Thin lines of single families where there are several, and what to write at their ends."""
    ends = []
    ages = np.arange(last, horizon + 1.0)
    for name, title, colour in OTHERS:
        if name in fit.fitted and len(fit.fitted) > 1:
            curve = 100 * fit.fitted[name].survival(ages)
            ax.plot(ages, curve, color=colour, lw=0.9)
            ends.append((float(curve[-1]), f"{title} {_percent(curve[-1] / 100.0)}", colour))
    return ends


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def _range(low: float, high: float) -> str:
    digits = 1 if high < 0.1 else 0
    return f"90 %: {100 * low:.{digits}f} to {100 * high:.{digits}f} %"
