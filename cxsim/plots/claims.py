"""Figure of the claim audit: each quoted range against what was simulated, each in its own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.plots import style
from cxsim.studies.claims.tables import said, verdicts_said

COLOURS: Final = {"holds": style.GREEN, "fails": style.RED, "depends": style.ORANGE}
ROW, LEFT, RIGHT = 0.62, 0.37, 0.84


def claims(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Each claim on a line of its own scale: the quoted range as a band, the simulated value with its interval.

    Parameters
    ----------
    rows : sequence of mapping
        As `Audited.row` gives them.
    """
    from cxsim import __version__

    height = 1.5 + ROW * len(rows)
    figure, bottom, top = style.sheet(
        verdicts_said(rows),
        "Grey band: the quoted range with its tolerance. Dot and line: simulated, with its 95 % interval. Small dots: "
        "every other setting that was swept (those beyond the edge are not drawn). Each line has its own scale.",
        f"cxsim {__version__} · seed {rows[0]['seed']}" + (" · small sizes" if rows[0]["fast"] else ""),
        height=height,
    )
    each = (top - bottom) / max(len(rows), 1)
    for place, row in enumerate(rows):
        upper = top - place * each
        ax = style.axes(figure, LEFT, upper - 0.62 * each, RIGHT, upper - 0.12 * each)
        _line(ax, row)
        middle = upper - 0.37 * each
        figure.text(0.02, middle, f"{row['id']}  {row['short']}", size=style.SMALL, color=style.INK, va="center")
        figure.text(
            RIGHT + 0.015, middle, f"{said(row['simulated'], row['unit'])}\n{row['verdict']}, {row['status']}",
            size=style.SMALL, color=COLOURS[row["verdict"]], va="center",
        )  # fmt: skip
    return figure


def _line(ax: Axes, row: Mapping[str, Any]) -> None:
    low, high = row["quoted_low"] - row["tolerance"], row["quoted_high"] + row["tolerance"]
    own = [value for value in (row["simulated"], row["low"], row["high"]) if value is not None]
    least, most = min(low, *own), max(min(high, _reach(low, own)), *own)
    pad = 0.08 * (most - least) or 1.0
    ax.set_xlim(least - pad, most + pad)
    ax.set_ylim(-1.0, 1.0)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.axvspan(low, high, color=style.PALE, linewidth=0)
    swept = [c["simulated"] for c in row["sweep"] if c["simulated"] is not None]
    inside = [value for value in swept if least - pad <= value <= most + pad]
    ax.plot(inside, [-0.55] * len(inside), "o", color=style.GREY, ms=2.0, alpha=0.5, mew=0)
    colour = COLOURS[row["verdict"]]
    if row["simulated"] is not None:
        low, high = (row["simulated"] if row[end] is None else row[end] for end in ("low", "high"))
        style.dot(ax, 0.2, row["simulated"], low, high, colour)
    ticks = [end for end in dict.fromkeys((low, high)) if least - pad <= end <= most + pad]
    ax.set_xticks(ticks)
    ax.set_xticklabels([said(tick, row["unit"]) for tick in ticks], size=style.SMALL - 1.5)


def _reach(low: float, own: list[float]) -> float:
    """How far an open quoted range is drawn: twice as far from its start as what was simulated, at least."""
    return low + max(2.0 * max(abs(value - low) for value in own), 0.5 * abs(low))
