"""The figure that most experiments end with: findings as dots with their intervals, on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from experiments.findings import Finding, tick


def dots(
    title: str,
    subtitle: str,
    footer: str,
    rows: Sequence[tuple[str, Finding]],
    *,
    quoted: tuple[float, str] | None = None,
    against: Sequence[Finding] = (),
    better: str = "",
    width: float = 8.0,
) -> Figure:
    """A row for each finding, all in one unit, from the top down.

    Parameters
    ----------
    title, subtitle, footer : str
        What was found; what the marks mean; where it comes from.
    rows : sequence of (label, Finding)
    quoted : (value, text), optional
        A dashed line at a number that is quoted, in the unit of the findings.
    against : sequence of Finding, optional
        For each row one to compare with, in the same unit: an open grey ring.
    better : str
        "higher" or "lower": changes are drawn blue where they are better, orange where worse, grey where unclear.
    """
    sheet, bottom, top = style.sheet(title, subtitle, footer, width=width, height=1.9 + 0.34 * len(rows))
    longest = max(len(label) for label, _ in rows)
    ax = style.axes(sheet, 0.03 + 0.0102 * longest * 8.0 / width, bottom + 0.3 / sheet.get_figheight(), 0.80, top)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    if any(one.is_change for _, one in rows):
        ax.axvline(0.0, color=style.INK, lw=1.0)
    if quoted is not None:
        ax.axvline(quoted[0], color=style.PURPLE, lw=1.2, ls="--")
        ax.annotate(quoted[1], (quoted[0], 1.0), xycoords=("data", "axes fraction"), xytext=(4, 2),
                    textcoords="offset points", size=style.SMALL, color=style.PURPLE, va="bottom")  # fmt: skip
    for height, (_, one) in enumerate(reversed(rows)):
        colour = _colour(one, better)
        style.dot(ax, height, one.value, one.low, one.high, colour)
        ax.annotate(one.said("value"), (1.0, height), xycoords=("axes fraction", "data"), xytext=(8, 0),
                    textcoords="offset points", size=style.BODY, color=colour, va="center",
                    annotation_clip=False)  # fmt: skip
    for height, one in enumerate(reversed(against)):
        ax.plot([one.value], [height], "o", color="none", ms=8, mec=style.GREY, mew=1.4)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_yticks(range(len(rows)))
    ax.set_yticklabels([label for label, _ in reversed(rows)], size=style.BODY, color=style.INK)
    first = rows[0][1]
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: tick(float(x), first)))
    return sheet


def _colour(one: Finding, better: str) -> str:
    if not better or not one.is_change:
        return style.BLUE
    if one.side == 0:
        return style.GREY
    return style.BLUE if (one.side > 0) == (better == "higher") else style.ORANGE
