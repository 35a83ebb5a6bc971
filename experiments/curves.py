"""The figure of a dose: findings along a scale as lines, each with the band of its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from experiments.findings import Finding, tick


@dataclass(frozen=True)
class Line:
    """A line of findings, all in one unit, at places along the scale; its label stands at its end."""

    label: str
    colour: str
    along: Sequence[float]
    found: Sequence[Finding]


def curves(
    title: str,
    subtitle: str,
    footer: str,
    lines: Sequence[Line],
    *,
    scale: str,
    ticks: Sequence[tuple[float, str]],
    marked: tuple[float, str] | None = None,
) -> Figure:
    """Lines on one scale.

    Parameters
    ----------
    title, subtitle, footer : str
        What was found; what the marks mean; where it comes from.
    lines : sequence of Line
    scale : str
        What runs from left to right, with its unit.
    ticks : sequence of (place, text)
    marked : (place, text), optional
        A dotted line where something is to be seen, with its name on top.
    """
    sheet, bottom, top = style.sheet(title, subtitle, footer, width=8.0, height=5.0)
    longest = max(len(part) for line in lines for part in line.label.split("\n"))
    ax = style.axes(sheet, 0.10, bottom + 0.10, 0.95 - 0.0108 * longest, top - 0.01)
    like = lines[0].found[0]
    for line in lines:
        value, low, high = zip(*((one.value, one.low, one.high) for one in line.found), strict=True)
        ax.fill_between(line.along, low, high, color=line.colour, alpha=0.25, lw=0)
        ax.plot(line.along, value, "o-", color=line.colour, lw=2.0, ms=4.5, mec="white", mew=0.6)
    if like.is_change:
        ax.axhline(0.0, color=style.INK, lw=1.0)
    elif ax.get_ylim()[0] > 0.0:
        ax.set_ylim(bottom=0.0)
    ax.set_xticks([place for place, _ in ticks])
    ax.set_xticklabels([text for _, text in ticks])
    ax.set_xlabel(scale, size=style.SMALL, color=style.GREY)
    ax.locator_params(axis="y", nbins=6)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: tick(float(y), like)))
    if marked is not None:
        style.marker(ax, *marked)
    style.label_ends(ax, [(line.found[-1].value, line.label, line.colour) for line in lines])
    return sheet
