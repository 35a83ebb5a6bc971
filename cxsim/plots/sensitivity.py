"""Figures of what an answer depends on: shares of its uncertainty, swings of single parameters, a box."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.studies import quantities as q
from cxsim.studies.discovery import Discovery, in_words
from cxsim.studies.points import Question
from cxsim.studies.sensitivity import Sensitivity, ends_in_words, percent, swing_in_words
from cxsim.studies.tornado import Swing

MOST_SWINGS: Final = 15
LONGEST: Final = 44  # letters beside an axis
LONGEST_TITLE: Final = 60
WIDEST: Final = 1.5  # of the axis of shares: an interval that goes on is cut there, and its numbers are written out


def provenance(question: Question, seed: int, sizes: str) -> str:
    """Which study a figure shows, for its footer."""
    from cxsim import __version__

    world = question.scenario
    return (
        f"cxsim {__version__} · world {world.name} · scenario {world.hash[:12]} · seed {seed} · {sizes} · "
        f"{world.horizon_months} months"
    )


def indices(found: Sensitivity) -> Figure:
    """Share of the uncertainty that each group of parameters explains, as dots with intervals; luck in the title.

    Parameters
    ----------
    found : Sensitivity
    """
    rows = [row for row in found.rows() if row["total"] is not None]
    luck = found.indices.luck
    height = 1.9 + 0.3 * max(len(rows), 2)
    figure, bottom, top = style.sheet(
        _shares_title(found),
        "Share of the variation beside luck that a group of parameters would leave if all the others were known (total "
        "Sobol index), with its 95 % interval. In brackets: parameters. Grey: not told from zero."
        + (f" {found.reason.capitalize()}." if found.reason else ""),
        provenance(found.question, found.seed, f"{found.indices.rows} rows"),
        height=height,
    )
    if not rows and np.isfinite(luck.value):
        whole = {"total": luck.value, "total_low": luck.low, "total_high": luck.high}
        rows = [{"group": "luck, of all variation", "parameters": 0, **whole}]
    ax = style.axes(figure, 0.27, bottom + 0.25 / height, 0.72, top)
    _across(ax, [row["group"] + (f" ({row['parameters']})" if row["parameters"] else "") for row in rows])
    for level, row in enumerate(reversed(rows)):
        colour = style.BLUE if row["total_low"] > 0.0 else style.GREY
        value, low, high = np.clip([row[key] for key in ("total", "total_low", "total_high")], -0.25, WIDEST)
        style.dot(ax, level, value, low, high, colour)
        said = f"{percent(row['total'])} [{percent(row['total_low'])}, {percent(row['total_high'])}]"
        _beside(ax, level, said, colour)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: percent(float(x))))
    ax.set_xlim(min(-0.05, ax.get_xlim()[0]), max(1.0, ax.get_xlim()[1]))
    ax.locator_params(axis="x", nbins=6)
    return figure


def tornado(found: Sensitivity, most: int = MOST_SWINGS) -> Figure:
    """Swing of each parameter from its low to its high end, the largest on top.

    Parameters
    ----------
    found : Sensitivity
    most : int
        How many are shown.
    """
    swings = [one for one in found.swings.swings if one.difference is not None and one.low is not None][:most]
    what, unit = _what(found.question), found.question.outcome.unit
    clear = [one for one in swings if one.is_clear]
    title = f"No single parameter shows in {what}"
    if clear:
        most_of_all = _meaning(clear[0], LONGEST_TITLE)
        title = f"{what[0].upper()}{what[1:]}: moved most by {most_of_all}, {q.change(clear[0].difference, unit)}"
    height = 2.0 + 0.42 * max(len(swings), 2)
    shown = f"{len(swings)} of {len(found.swings.swings)} swings. " if most < len(found.swings.swings) else ""
    figure, bottom, top = style.sheet(
        title,
        f"{shown}One parameter at a time from the 5 % to the 95 % point of what is not known about it, all else and "
        "all luck the same. Orange: low end, blue: high end. Right: the swing with its 95 % interval. Pale: not "
        f"told from zero once it is allowed for that {len(found.swings.swings)} were looked at, even where its own "
        "interval leaves zero out.",
        provenance(found.question, found.seed, f"{found.replications} replications"),
        width=9.5,
        height=height,
    )
    ax = style.axes(figure, 0.385, bottom + 0.45 / height, 0.78, top)
    _across(ax, [_ends(one) for one in swings])
    ax.axvline(0.0, color=style.INK, linewidth=1.0)
    for place, one in enumerate(reversed(swings)):
        pale = 1.0 if one.is_clear else 0.3
        # both ends may lie on the same side
        for up, end, colour in ((0.14, one.at_low, style.ORANGE), (-0.14, one.at_high, style.BLUE)):
            ax.barh(place + up, end or 0.0, height=0.28, color=colour, alpha=pale, lw=0)
        _beside(ax, place, swing_in_words(one, found.question), style.INK if one.is_clear else style.GREY)
    base = found.swings.base
    level = q.change(base, unit) if found.question.levers else q.level(base, unit)
    ax.set_xlabel(f"change from the world as it is, {level}", size=style.SMALL, color=style.GREY)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: q.change_tick(float(x), unit)))
    ax.locator_params(axis="x", nbins=5)
    return figure


def box(found: Discovery) -> Figure:
    """Futures by the two parameters that limit the box most, with the box; or by rank of one where there is one side.

    Parameters
    ----------
    found : Discovery

    Raises
    ------
    ValueError
        If there is no box that is borne out.
    """
    if found.box is None or not found.is_found:
        raise ValueError("there is no box to draw")
    sides = found.box.sides
    density, base = q.chance(found.box.density), q.chance(found.box.base)
    limits = "; ".join(in_words(found.uncertain[side.column], side) for side in sides)
    event = f"{found.question.levers} does not pay" if _pays(found) else _event(found).removeprefix("the ")
    figure, bottom, top = style.sheet(
        f"{event[0].upper()}{event[1:]}: {density} of futures in the box, {base} of all",
        f"Each dot is a future; orange: {_event(found)}. Box: {limits}. Shares are counted on futures that took no "
        "part in the search. Axes: shares of what is thought possible.",
        provenance(found.question, found.seed, f"{len(found.values)} futures"),
        height=5.6,
    )
    ax = style.axes(figure, 0.12, bottom + 0.09, 0.97, top)
    across = sides[0]
    up = sides[1] if len(sides) > 1 else None
    x = found.points[:, across.column]
    y = found.points[:, up.column] if up is not None else (np.argsort(np.argsort(found.values)) + 0.5) / len(x)
    hits = found.hits
    ax.plot(x[~hits], y[~hits], "o", ms=3.5, color=style.PALE, mec="none")
    ax.plot(x[hits], y[hits], "o", ms=3.5, color=style.ORANGE, mec="none", alpha=0.7)
    low, high = (up.low, up.high) if up is not None else (0.0, 1.0)
    ax.add_patch(
        Rectangle((across.low, low), across.high - across.low, high - low, fill=False, color=style.INK, lw=1.6)
    )
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.01, 1.01)
    ax.grid(visible=False)
    ax.set_xlabel(found.uncertain[across.column].path, size=style.SMALL, color=style.GREY)
    name = (
        found.uncertain[up.column].path
        if up is not None
        else f"rank of {found.question.outcome.name} among the futures"
    )
    ax.set_ylabel(name, size=style.SMALL, color=style.GREY)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda share, _: percent(float(share))))
    return figure


def _shares_title(found: Sensitivity) -> str:
    rows = found.rows()
    what = _what(found.question).removeprefix("the ")
    if not np.isfinite(found.indices.luck.value):
        return f"{what[0].upper()}{what[1:]} is the same in every run"
    title = f"{what[0].upper()}{what[1:]}: {percent(found.indices.luck.value)} of its variation is luck"
    if found.reason:
        return title
    clear = [row for row in rows if row["total_low"] > 0.0]
    if not clear:
        return f"{title}; of the rest, no group stands out"
    if len(rows) == 1 or clear[0]["total_low"] > rows[1]["total"]:
        return f"{title}; the rest depends most on {clear[0]['group']}"
    return f"{title}; the rest depends on {' and '.join(row['group'] for row in clear[:2])}"


def _what(question: Question) -> str:
    """What is asked, in words; a difference of the present value of cash is the net benefit."""
    name = question.outcome.name
    if not question.levers:
        return q.title(name)
    return f"the effect of {question.levers} on {'net benefit' if name == 'net_benefit' else q.title(name)}"


def _pays(found: Discovery) -> bool:
    question = found.question
    below_zero = found.threshold == 0.0 and found.when == "below"
    return bool(question.levers) and question.outcome.name == "net_benefit" and below_zero


def _event(found: Discovery) -> str:
    said = q.change if found.question.levers else q.level
    threshold = said(found.threshold, found.question.outcome.unit)
    return f"{_what(found.question)} {found.when} {threshold}"


def _across(ax: Axes, labels: list[str]) -> None:
    """Rows from top to bottom with their labels, lines for values only."""
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    ax.set_ylim(-0.6, max(len(labels), 1) - 0.4)
    ax.set_yticks(range(len(labels)))
    ax.set_yticklabels(labels[::-1], size=style.SMALL + 0.5, color=style.INK)


def _ends(swing: Swing) -> str:
    """What a parameter is in words; below it its name and its two ends with the unit, cut where there is no room."""
    values = f"{swing.uncertain.path}: {' to '.join(ends_in_words(swing))}"
    unit, room = swing.uncertain.unit, LONGEST - len(values)
    return f"{_meaning(swing, LONGEST)}\n{values} [{unit if len(unit) <= room else unit[: max(room - 1, 1)] + '…'}]"


def _meaning(swing: Swing, longest: int) -> str:
    """A parameter's meaning without what is only remarked, cut where there is no room."""
    said = re.split(r"[;(:]", swing.uncertain.meaning)[0].strip()
    return said if len(said) <= longest else said[: longest - 1].rsplit(" ", 1)[0] + " …"


def _beside(ax: Axes, height: float, text: str, colour: str) -> None:
    ax.annotate(
        text,
        (1.0, height),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        size=style.SMALL + 0.5,
        color=colour,
        va="center",
        ha="left",
        annotation_clip=False,
    )
