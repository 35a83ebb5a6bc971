"""The house style: a title that states the finding, a subtitle that says what is drawn, labels at the lines."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, GREY, PALE = "#1a1a1a", "#6b6b6b", "#d9d9d9"
BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0b6aa8", "#c2500a", "#1b7f5c", "#8a4f9e", "#2f8fc4", "#a8322d"
LINES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
VERDICTS = {"better": BLUE, "worse": ORANGE, "unclear": GREY, "same": GREY}

_TITLE_SIZE, _SUBTITLE_SIZE, _FOOTER_SIZE, SMALL, BODY = 13.0, 9.5, 6.5, 8.0, 9.5
_INCH = 72.0
_USUAL = 3  # lines of title, subtitle and footer that a sheet has room for
DOT = 6.5


def sheet(
    title: str, subtitle: str, footer: str = "", *, width: float = 8.0, height: float = 5.0
) -> tuple[Figure, float, float]:
    """A figure with its words on it; more of them than usual make it higher, and take no room from what is drawn.

    Returns
    -------
    (figure, bottom, top)
        The fractions of its height between which axes go.
    """
    usable = (width - 0.3) * _INCH
    kinds = ((title, _TITLE_SIZE, 0.69), (subtitle, _SUBTITLE_SIZE, 0.56), (footer, _FOOTER_SIZE, 0.56))
    words = [_wrapped(text, int(usable / (size * letter))) for text, size, letter in kinds]
    more = [size * max(0, len(lines) - _USUAL) for lines, (_, size, _) in zip(words, kinds, strict=True)]
    height += 1.35 * sum(more) / _INCH
    titles, subtitles, footers = words
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    left, points = 0.15 / width, height * _INCH
    top = 1.0 - 9.0 / points
    for lines, size, weight, colour in (
        (titles, _TITLE_SIZE, "bold", INK),
        (subtitles, _SUBTITLE_SIZE, "normal", GREY),
    ):
        figure.text(left, top, "\n".join(lines), size=size, weight=weight, color=colour, va="top", linespacing=1.2)
        top -= (len(lines) * size * 1.35 + 3.0) / points
    bottom = 6.0 / points
    if footer:
        figure.text(left, bottom, "\n".join(footers), size=_FOOTER_SIZE, color=GREY, va="bottom", linespacing=1.2)
        bottom += len(footers) * _FOOTER_SIZE * 1.35 / points
    return figure, bottom + 6.0 / points, top - 6.0 / points


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of a text; a number keeps its per cent sign, a name its hyphens; a long sum breaks at a plus."""
    words = text.replace(" %", "\u00a0%").split(" ")
    breakable = " ".join(word.replace("+", "+ ") if len(word) > width else word for word in words)
    return textwrap.wrap(breakable, width, break_on_hyphens=False)


def axes(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Axes between fractions of the figure, with as little ink as will do."""
    ax: Axes = figure.add_axes((left, bottom, right - left, top - bottom))
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(PALE)
    ax.tick_params(length=0, labelsize=SMALL, colors=GREY)
    ax.grid(axis="y", color="#ececec", linewidth=0.8)
    ax.set_axisbelow(True)
    return ax


def month_axis(ax: Axes, horizon: int, *, labelled: bool = True) -> None:
    """Months from 0 to the horizon; ticks by the year, or finer where there are few."""
    step = 12 if horizon >= 36 else 6 if horizon >= 12 else 3
    ax.set_xlim(0, horizon)
    ax.set_xticks(range(0, horizon + 1, step))
    ax.set_xticklabels([str(month) if labelled else "" for month in range(0, horizon + 1, step)])
    if labelled:
        ax.set_xlabel("month", size=SMALL, color=GREY)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, at least `gap` apart and inside [low, high] where there is room.

    Labels that would collide move as one block round the mean of where they want to be.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    blocks: list[list[float]] = []  # [first position, number of labels]
    for place in order:
        blocks.append([min(max(wanted[place], low), high), 1])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] * gap > blocks[-1][0]:
            after, before = blocks.pop(), blocks.pop()
            size = before[1] + after[1]
            middle = (
                (before[0] + (before[1] - 1) * gap / 2) * before[1] + (after[0] + (after[1] - 1) * gap / 2) * after[1]
            ) / size
            first = min(max(middle - (size - 1) * gap / 2, low), max(high - (size - 1) * gap, low))
            blocks.append([first, size])
    found = [0.0] * len(wanted)
    flat = [first + number * gap for first, size in blocks for number in range(int(size))]
    for place, position in zip(order, flat, strict=True):
        found[place] = position
    return found


def label_ends(ax: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write (height, text, colour) right of the axes at the ends of lines, kept apart."""
    low, high = ax.get_ylim()
    height = ax.get_position().height * ax.figure.get_figheight() * _INCH  # type: ignore[union-attr]
    lines = max((text.count("\n") + 1 for _, text, _ in ends), default=1)
    gap = (high - low) * (BODY * 1.35 * lines) / height
    for (_, text, colour), position in zip(ends, spread([end[0] for end in ends], gap, low, high), strict=True):
        ax.annotate(
            text,
            (1.0, position),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            size=BODY,
            color=colour,
            va="center",
            annotation_clip=False,
        )


def dot(ax: Axes, place: float, value: float, low: float, high: float, colour: str, *, upright: bool = False) -> None:
    """A mean as a dot on its interval, at a height, or upright at a place along the axis.

    The dot has no rim: an interval that is shorter than the dot is hidden by it whole, and leaves no stumps.
    """
    for along, sign, size in (((low, high), "-", 3.0), ((value,), "o", DOT)):
        across = [place] * len(along)
        xy = (across, along) if upright else (along, across)
        ax.plot(*xy, sign, color=colour, lw=size, ms=size, mew=0.0, solid_capstyle="butt")


def marker(ax: Axes, month: float, text: str) -> None:
    """A dotted line where something begins, with its name on top."""
    low, high = ax.get_xlim()
    ax.axvline(month, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
    right_half = month > (low + high) / 2
    ax.annotate(
        text,
        (month, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if right_half else 4, -2),
        textcoords="offset points",
        size=SMALL,
        color=INK,
        va="top",
        ha="right" if right_half else "left",
    )


def save(figure: Figure, path: str | Path, *, born: str = "") -> None:
    """Write a figure whole or not at all; a PNG or SVG carries where it comes from.

    Parameters
    ----------
    figure : Figure
    path : str or Path
        Ends in .png or .svg.
    born : str
        Version, scenario hash, seed and command.
    """
    import os

    path = Path(path)
    kind = path.suffix.lstrip(".")
    draft = path.with_name(f".{path.name}.part")
    metadata: dict[str, Any] = {"Description": born} if kind in ("png", "svg") else {}
    if kind == "svg":
        metadata["Date"] = None  # the same figure is the same file
    try:
        figure.savefig(draft, format=kind, dpi=160, metadata=metadata)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
