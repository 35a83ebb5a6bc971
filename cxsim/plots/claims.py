"""Figure of the claim audit: each quoted range against what was simulated, each in its own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.plots import style
from cxsim.studies.claims.tables import said, verdict_said, verdicts_said

COLOURS: Final = {"holds": style.GREEN, "fails": style.RED, "depends": style.ORANGE}
MARGIN: Final = "#efefef"
ROW, LEFT, RIGHT = 0.62, 0.37, 0.84


def claims(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Each claim on a line of its own scale: what is quoted as a band, the simulated value with its interval.

    Parameters
    ----------
    rows : sequence of mapping
        As `Audited.row` gives them.
    """
    from cxsim import __version__

    height = 1.5 + ROW * len(rows)
    figure, bottom, top = style.sheet(
        verdicts_said(rows),
        "Grey band or stroke, with its numbers: what is quoted; paler margin: the tolerance. Dot and line: simulated, "
        "with its 95 % interval. Small dots: every other setting swept, up to the edge. Each line has its own scale.",
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
            RIGHT + 0.015, middle, _told(row),
            size=style.SMALL, color=_colour(row), va="center",
        )  # fmt: skip
    return figure


def _line(ax: Axes, row: Mapping[str, Any]) -> None:
    quoted = (row["quoted_low"], row["quoted_high"])
    low, high = quoted[0] - row["tolerance"], quoted[1] + row["tolerance"]
    own = [value for value in (row["simulated"], row["low"], row["high"]) if value is not None]
    end = min(high, _reach(low, own)) if row["at_least"] else high
    least, most = min(low, *own), max(end, *own)
    pad = 0.08 * (most - least) or 1.0
    ax.set_xlim(least - pad, most + pad)
    ax.set_ylim(-1.0, 1.0)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.axvspan(low, high, color=MARGIN, linewidth=0)
    if quoted[0] < quoted[1]:
        ax.axvspan(*quoted, color=style.PALE, linewidth=0)
    else:
        ax.axvline(quoted[0], color=style.GREY, lw=1.5)
    # parts of a claim have quoted numbers of their own, and no place on the scale of the whole
    swept = [c["simulated"] for c in row["sweep"] if c["simulated"] is not None and c["quoted"] is None]
    inside = [value for value in swept if least - pad <= value <= most + pad]
    ax.plot(inside, [-0.55] * len(inside), "o", color=style.GREY, ms=2.0, alpha=0.5, mew=0)
    colour = _colour(row)
    if row["simulated"] is not None:
        low, high = (row["simulated"] if row[end] is None else row[end] for end in ("low", "high"))
        style.dot(ax, 0.2, row["simulated"], low, high, colour)
    ticks = list(dict.fromkeys(quoted[:1] if row["at_least"] else quoted))
    ax.set_xticks(ticks)
    ax.set_xticklabels([said(tick, row["unit"]) for tick in ticks], size=style.SMALL - 1.5)


def _told(row: Mapping[str, Any]) -> str:
    """Value, verdict and status, in lines that fit beside the scale."""
    verdict = verdict_said(row)
    gap = ", " if verdict == row["verdict"] else ",\n"
    return f"{said(row['simulated'], row['unit'])}\n{verdict}{gap}{row['status']}"


def _colour(row: Mapping[str, Any]) -> str:
    """By verdict; what holds because it was put in is no success."""
    return COLOURS.get(verdict_said(row), style.GREY)


def _reach(low: float, own: list[float]) -> float:
    """How far an open quoted range is drawn: twice as far from its start as what was simulated, at least."""
    return low + max(2.0 * max(abs(value - low) for value in own), 0.5 * abs(low))
