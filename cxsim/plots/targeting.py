"""Figures of rules that choose whom to call: the money of each, and what calling more gains."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.studies import quantities as q
from cxsim.studies.qini import Qini
from cxsim.studies.targeting import WORDS, Targeting

_COLOURS = {
    "random": style.GREY, "health": style.PURPLE, "risk": style.ORANGE, "exposure": style.RED, "response": style.BLUE,
    "oracle": style.GREEN,
}  # fmt: skip


def _provenance(found: Targeting) -> str:
    from cxsim import __version__

    world = found.scenario
    return (
        f"cxsim {__version__} · world {world.name} · scenario {world.hash[:12]} · seed {found.seed} · "
        f"{found.replications} companies · {world.horizon_months} months"
    )


def targeting(found: Targeting) -> Figure:
    """Net money of each rule as a dot with its 95 % interval, best first, with the calls that it made."""
    table = found.frame().sort_values("net", ignore_index=True)
    rows: dict[Any, dict[Any, Any]] = table.set_index("rule", drop=False).to_dict("index")
    figure, bottom, top = style.sheet(
        _title(rows),
        f"Change of cash a company over {found.scenario.horizon_months} months, less the calls' hours at their wage "
        f"[{found.scenario.currency}]: mean and its 95 % interval. Blue: gains; orange: loses; grey: unclear.",
        _provenance(found),
        width=8.4,
        height=2.0 + 0.36 * len(table),
    )
    ax = style.axes(figure, 0.25, bottom + 0.3 / figure.get_figheight(), 0.80, top)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    ax.axvline(0.0, color=style.INK, lw=1.0)
    for height, row in enumerate(rows.values()):
        colour = style.BLUE if row["net_low"] > 0 else style.ORANGE if row["net_high"] < 0 else style.GREY
        style.dot(ax, height, row["net"], row["net_low"], row["net_high"], colour)
        said = f"{q.change(row['net'], 'currency')}, {row['calls']:.0f} calls"
        ax.annotate(said, (1.0, height), xycoords=("axes fraction", "data"), xytext=(8, 0), size=style.BODY,
                    textcoords="offset points", color=colour, va="center", annotation_clip=False)  # fmt: skip
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_yticks(range(len(table)))
    ax.set_yticklabels([WORDS.get(name, name) for name in rows], size=style.BODY, color=style.INK)
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: q.tick(float(x), "currency", signed=True)))
    return figure


def _title(rows: dict[Any, dict[Any, Any]]) -> str:
    told = []
    for name in ("risk", "response"):
        if name in rows:
            net = rows[name]["net"]
            does = f"{'gain' if net > 0 else 'lose'} {q.level(abs(net), 'currency')}" if net else "change nothing"
            told.append(f"by {WORDS[name]} {does}")
    return f"Calls {', '.join(told)} a company" if told else "Whom to call, judged in money"


def qini(found: Targeting) -> Figure:
    """Qini curves: ARR saved by the share of accounts called, from the pilot's coin and from forks."""
    panels = [(name, one) for name, one in (("By a pilot in which a coin chose", found.by_pilot),
                                            ("By forks of the same companies", found.by_truth)) if one]  # fmt: skip
    figure, bottom, top = style.sheet(
        _order(found),
        f"ARR saved within a year by one round of calls [{found.scenario.currency} per 100 accounts], with 95 % "
        "bootstrap bands over companies. The straight line from 0 to a curve's end is calling anyone.",
        _provenance(found),
        width=10.4,
        height=5.2,
    )
    wide = 0.92 / max(len(panels), 1)
    for k, (title, curves) in enumerate(panels):
        ax = style.axes(figure, 0.07 + k * wide, bottom + 0.10, 0.07 + (k + 1) * wide - 0.15, top - 0.06)
        _curves(ax, curves)
        ax.set_title(title, size=style.BODY, color=style.INK, loc="left")
    return figure


def _order(found: Targeting) -> str:
    """Which rules' order of calling is told from calling anyone, by the forks where there are some."""
    areas = found.areas()
    areas = areas[areas["judged"] == areas["judged"].iloc[-1]]
    better = [WORDS[one] for one in _COLOURS if (areas.loc[areas["rule"] == one, "low"] > 0).any()]
    if not better:
        return "No rule's order of calling is told from calling anyone"
    told = " and ".join(better)
    return f"In {'these orders' if len(better) > 1 else 'this order'} calls are told from calling anyone: {told}"


def _curves(ax: Axes, curves: Any) -> None:
    ends = []
    for name, colour in _COLOURS.items():
        if name not in curves:
            continue
        one: Qini = curves[name]
        shown = name in ("risk", "response", "oracle")
        ax.plot(100 * one.share, one.gain, color=colour, lw=2.0 if shown else 1.0)
        if shown:
            ax.fill_between(100 * one.share, one.low, one.high, color=colour, alpha=0.15, lw=0)
        middle = len(one.share) // 3
        ends.append((float(one.gain[middle]), WORDS[name], colour))
    ax.axhline(0.0, color=style.INK, lw=0.8)
    ax.set_xlim(0, 100)
    ax.set_xlabel("share of accounts called", size=style.SMALL, color=style.GREY)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f} %"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(float(y), "currency", signed=True)))
    style.label_ends(ax, ends)
