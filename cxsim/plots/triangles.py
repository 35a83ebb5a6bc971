"""The fan of all cohorts together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.errors import InputError
from cxsim.forecast import CohortFit
from cxsim.plots import style


def triangle(
    fit: CohortFit, *, projected: pd.DataFrame, later: Sequence[float] | npt.NDArray[np.float64] | None = None
) -> Figure:
    """Customers of all cohorts together, as they were and as forecast, with the bounds of what will be counted.

    Parameters
    ----------
    fit : CohortFit
    projected : pandas.DataFrame
        Of `fit.project`.
    later : sequence of float, optional
        Customers counted in the periods after those fitted, to be seen beside the forecast.

    Raises
    ------
    InputError
        If more came later than was forecast.
    """
    came = np.asarray([] if later is None else later, dtype=np.float64)
    known, ahead = fit.table.periods, len(projected) - 1
    if len(came) > ahead:
        raise InputError(f"later: {len(came)} periods, but {ahead} were forecast")
    end, level = projected.iloc[-1], 100.0 * fit.spread.level
    figure, bottom, top = style.sheet(
        f"In period {known + ahead}, {end['customers']:,.0f} customers are expected ({end['low']:,.0f} to "
        f"{end['high']:,.0f})",
        f"Dots: counted{', hollow: what came later' if len(came) else ''}. Blue: {len(fit.table.counts)} cohorts, each "
        "near the others; shaded: where 90 % of counts fall. Rates of loss differ by about "
        f"{level:.0f} % between cohorts.",
        fit.pooled.provenance,
    )
    ax = style.axes(figure, 0.09, bottom + 0.09, 0.83, top)
    at, past = known + projected["period"], fit.table.totals
    ax.fill_between(at, projected["low"], projected["high"], color=style.BLUE, alpha=0.2, lw=0)
    ax.plot(at, projected["customers"], color=style.BLUE, lw=2.0)
    ends = [(float(end["customers"]), f"all\n{end['customers']:,.0f}", style.BLUE)]
    if not np.allclose(projected["of_today"], projected["customers"]):
        ax.plot(at, projected["of_today"], color=style.GREY, lw=1.2)
        ends.append((float(end["of_today"]), f"of today's\n{end['of_today']:,.0f}", style.GREY))
    ax.plot(np.arange(known + 1), past, "o", color=style.INK, ms=3.5, zorder=5)
    ax.plot(known + 1 + np.arange(len(came)), came, "o", mfc="white", mec=style.INK, ms=3.5, zorder=5)
    ax.set_ylim(bottom=0)
    ax.set_xlim(0, known + ahead)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, steps=[1, 2, 3, 4, 6, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    ax.set_xlabel("period", size=style.SMALL, color=style.GREY)
    style.label_ends(ax, ends)
    return figure
