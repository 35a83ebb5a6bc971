"""The fan of a company's customers and of those who leave it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.errors import InputError
from cxsim.forecast import FlowFit, Flows
from cxsim.forecast.curves import Reals
from cxsim.plots import style


def flows(fit: FlowFit, *, projected: pd.DataFrame, later: Flows | None = None) -> Figure:
    """Customers and losses as they were and as forecast, with the bounds of what will be counted.

    Parameters
    ----------
    fit : FlowFit
    projected : pandas.DataFrame
        Of `fit.project`.
    later : Flows
        The whole table, where it goes on after the periods fitted, to be seen beside the forecast.

    Raises
    ------
    InputError
        If the later table is shorter than what was fitted.
    """
    known, ahead = fit.table.periods, len(projected)
    if later is not None and later.periods < known:
        raise InputError(f"later: {later.periods} periods, but {known} were fitted")
    end, assumed = projected.iloc[-1], "; ".join(projected.attrs["assumptions"])
    came = 0 if later is None else later.periods - known
    unit = "" if fit.table.unit == 1.0 else f", in units of {fit.table.unit:,.10g} customers"
    figure, bottom, top = style.sheet(
        f"In {fit.table.named(known + ahead)}, {_number(end['ends'])} customers are expected "
        f"({_number(end['ends_low'])} to {_number(end['ends_high'])}){unit}",
        f"Dots: as told{', hollow: what came later' if came else ''}. Blue: forecast fitted on "
        f"{fit.table.labels.span(0, known - 1)}; "
        f"shaded: where 50 % and 90 % of counts fall. {assumed.capitalize()}.",
        fit.provenance,
    )
    low, high = bottom + 0.09, top
    labels = fit.table.labels
    middle = 0.5 * (low + high)
    for name, head, floor, ceiling in (
        ("ends", "customers", middle + 0.05, high), ("losses", "leave", low, middle - 0.03)
    ):  # fmt: skip
        ax = style.axes(figure, 0.09, floor, 0.83, ceiling)
        past = getattr(fit.table, name)
        then = getattr(later, name)[known : known + ahead] if later is not None else np.empty(0)
        _fan(ax, projected, name, past, then)
        ax.set_xlim(0.5, known + ahead)
        ax.xaxis.set_major_locator(
            MaxNLocator(nbins=12 if fit.table.labels.kind == "number" else 6, integer=True, steps=[1, 2, 3, 4, 6, 10])
        )
        ax.yaxis.set_major_locator(MaxNLocator(nbins=4))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _number(y)))
        style.label_ends(ax, [(float(end[name]), f"{head}\n{_number(end[name])}", style.BLUE)])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: labels.at(round(x) - 1)))
        if name == "losses":
            ax.set_xlabel(labels.unit, size=style.SMALL, color=style.GREY)
    return figure


def _fan(ax: Axes, projected: pd.DataFrame, name: str, past: Reals, then: Reals) -> None:
    known = len(past)
    at = np.concatenate(([known], known + projected["period"]))
    for low, high, alpha in (("low", "high", 0.15), ("low_50", "high_50", 0.28)):
        floor, ceiling = (np.concatenate((past[-1:], projected[f"{name}_{bound}"])) for bound in (low, high))
        ax.fill_between(at, floor, ceiling, color=style.BLUE, alpha=alpha, lw=0)
    ax.plot(at, np.concatenate((past[-1:], projected[name])), color=style.BLUE, lw=2.0)
    size = 3.5 if known <= 60 else 2.5
    ax.plot(np.arange(1, known + 1), past, "o", color=style.INK, ms=size, zorder=5)
    ax.plot(known + 1 + np.arange(len(then)), then, "o", mfc="white", mec=style.INK, ms=size, zorder=5)
    ax.set_ylim(bottom=0)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"
