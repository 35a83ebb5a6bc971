"""A figure of money: cash of an alternative against the baseline, with its low point and its break-even month."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.plots.comparisons import provenance
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison
from cxsim.studies.payback import NOTHING, Payback
from cxsim.studies.payback import payback as payback_of
from cxsim.studies.verdicts import shocks_in

UNIT = "currency"


def payback(comparison: Comparison, alternative: str | None = None) -> Figure:
    """Cumulative discounted cash of an alternative less the baseline's, month by month.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    """
    found = payback_of(comparison, alternative=alternative)
    low, month, share, _ = found.rows()
    figure, bottom, top = style.sheet(
        _struck(found) if shocks_in(comparison, found.name) else _title(found, low["value"], month["value"]),
        f"Cash with it less cash without, summed up and discounted to month 0, in {found.currency}. Mean of the same "
        "companies with its 95 % band for all months at once (dark), 90 % of companies (pale).",
        provenance(comparison.baseline),
    )
    ax = style.axes(figure, 0.10, bottom + 0.09, 0.80, top)
    months, mean = np.arange(found.horizon + 1), found.band.mean
    ax.axhline(0.0, color=style.GREY, lw=1.0, ls="--")
    ax.fill_between(months, *np.percentile(found.path, (5, 95), axis=0), color=style.BLUE, alpha=0.12, lw=0)
    if found.band.low is not None and found.band.high is not None:
        ax.fill_between(months, found.band.low, found.band.high, color=style.BLUE, alpha=0.35, lw=0)
    ax.plot(months, mean, color=style.BLUE, lw=2.2)
    style.month_axis(ax, found.horizon)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(float(y), UNIT, signed=True)))
    if found.path.any():
        ax.locator_params(axis="y", nbins=6)
    else:
        ax.set_ylim(-1.0, 1.0)
        ax.set_yticks([0.0])
    # room above for what is written at the top, and below for the low point's words
    bottom_y, top_y = ax.get_ylim()
    ax.set_ylim(bottom_y - 0.12 * (top_y - bottom_y), top_y + 0.14 * (top_y - bottom_y))
    _begins(ax, comparison, found)
    shocks = shocks_in(comparison, found.name)
    if low["value"] < -NOTHING:
        _lowest(ax, found)
    if month["value"] and not shocks:
        style.marker(ax, month["value"], f"break-even:\nmonth {month['value']:.0f}{_ends(month)}")
    end = float(mean[-1])
    paid = "" if shocks else f"\n{q.chance(share['value'])} of\ncompanies\nbreak even"
    style.label_ends(ax, [(end, f"{q.change(end, UNIT)}{paid}", style.BLUE)])
    return figure


def _title(found: Payback, low: float, month: float | None) -> str:
    if not (np.abs(found.path) > NOTHING).any():
        return f"{found.name} changes no cash"
    if month is None and found.band.high is not None and found.band.high[-1] >= 0.0:
        behind = q.level(-float(found.band.mean[-1]), UNIT)
        return f"Not decided whether {found.name} pays for itself by month {found.horizon}: on average {behind} behind"
    if month is None:
        return f"{found.name} has not paid for itself on average by month {found.horizon}"
    if low >= -NOTHING:
        return f"{found.name}: on average its cash is in no month below the baseline's"
    return f"{found.name} breaks even in month {month:.0f} on average, at worst {q.level(-low, UNIT)} behind"


def _struck(found: Payback) -> str:
    """Of what holds a shock: nobody bought it, so that it does not pay or break even."""
    mean, low, high = (
        None if side is None else float(side[-1]) for side in (found.band.mean, found.band.low, found.band.high)
    )
    assert mean is not None
    if not (np.abs(found.path) > NOTHING).any():
        return f"{found.name} changes no cash"
    if low is None or high is None or low <= 0.0 <= high:
        return f"{found.name}: no clear effect on all cash by month {found.horizon}"
    verb = "costs the company" if mean < 0 else "adds to the company's cash"
    tail = " in cash" if mean < 0 else ""
    return f"{found.name} {verb} {q.level(abs(mean), UNIT)} {found.currency}{tail} by month {found.horizon}"


def _ends(month: dict[str, float | None]) -> str:
    if month["low"] is None:
        return ""
    return f"\n({month['low']:.0f} to {'after the end' if month['high'] is None else format(month['high'], '.0f')})"


def _begins(ax: Axes, comparison: Comparison, found: Payback) -> None:
    """Where the alternative begins, below the zero line's end of the axes, so that it meets no other words."""
    for it in comparison.interventions(found.name):
        if 0 < it.start < found.horizon:
            ax.axvline(it.start, color=style.GREY, linewidth=0.9, linestyle=(0, (1, 2)))
            right_half = it.start > found.horizon / 2
            ax.annotate(
                f"{it.name} begins",
                (it.start, 0.0),
                xycoords=("data", "axes fraction"),
                xytext=(-4 if right_half else 4, 3),
                textcoords="offset points",
                size=style.SMALL,
                color=style.GREY,
                va="bottom",
                ha="right" if right_half else "left",
            )
            return


def _lowest(ax: Axes, found: Payback) -> None:
    at, value = found.low_month, float(found.band.mean.min())
    ax.plot([at], [value], "o", color=style.ORANGE, ms=6, mec="white", mew=1.0, zorder=5)
    side = "right" if at > 0.75 * found.horizon else "left" if at < 0.25 * found.horizon else "center"
    ax.annotate(
        f"lowest: {q.change(value, UNIT)}, month {at}",
        (at, value),
        xytext=(-8 if side == "right" else 8 if side == "left" else 0, -10),
        textcoords="offset points",
        size=style.SMALL,
        color=style.ORANGE,
        va="top",
        ha=side,
    )
