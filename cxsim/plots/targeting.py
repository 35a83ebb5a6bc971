"""Figures of rules that choose whom to call: the money of each, and what calling more gains."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.studies import quantities as q
from cxsim.studies.qini import Qini
from cxsim.studies.targeted import WORDS, Targeting

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
        f"[{found.scenario.currency}]: mean and its 95 % interval. Blue: gains; orange: loses; grey: unclear."
        f"{_spared(found)}",
        _provenance(found),
        width=8.4,
        height=2.0 + 0.36 * len(table),
    )
    ax = style.axes(figure, 0.25, bottom + 0.3 / figure.get_figheight(), 0.75, top)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    ax.axvline(0.0, color=style.INK, lw=1.0)
    for height, row in enumerate(rows.values()):
        colour = style.BLUE if row["net_low"] > 0 else style.ORANGE if row["net_high"] < 0 else style.GREY
        style.dot(ax, height, row["net"], row["net_low"], row["net_high"], colour)
        said = f"{q.change(row['net'], 'currency')}, {row['calls']:.0f} calls, {row['hours']:.0f} h"
        ax.annotate(said, (1.0, height), xycoords=("axes fraction", "data"), xytext=(8, 0), size=style.BODY,
                    textcoords="offset points", color=colour, va="center", annotation_clip=False)  # fmt: skip
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_yticks(range(len(table)))
    ax.set_yticklabels([WORDS.get(name, name) for name in rows], size=style.BODY, color=style.INK)
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: q.tick(float(x), "currency", signed=True)))
    return figure


_TITLED = {"risk": "the churn score", "response_all": "uplift at the same hours", "response": "uplift"}


def _title(rows: dict[Any, dict[Any, Any]]) -> str:
    told = []
    for name, words in _TITLED.items():
        if name in rows:
            net, calls = rows[name]["net"], rows[name]["calls"]
            does = f"{'gain' if net > 0 else 'lose'} {q.level(abs(net), 'currency')}" if net else "change nothing"
            few = calls < max(row["calls"] for row in rows.values()) - 0.5
            told.append(f"by {words}{f', {calls:.0f} calls,' if few else ''} {does}")
    return f"Calls {'; '.join(told)} a company" if told else "Whom to call, judged in money"


def _spared(found: Targeting) -> str:
    """That some rules left hours unspent, if they did."""
    words = [WORDS.get(name, name) for name in found.sparing()]
    return f" Not at equal hours: {' and '.join(words)} may spare a call that is not worth its hours." if words else ""


def qini(found: Targeting) -> Figure:
    """Qini curves: ARR saved by the share of accounts called, from the pilot's coin and from forks."""
    panels = [(name, one) for name, one in (("By a pilot in which a coin chose", found.by_pilot),
                                            ("By forks of the same companies", found.by_truth)) if one]  # fmt: skip
    figure, bottom, top = style.sheet(
        _order(found),
        f"ARR saved within a year by one round of calls [{found.scenario.currency} per 100 accounts], with 95 % t "
        "intervals over companies. The straight line from 0 to a curve's end is calling anyone; in the title, by how "
        "much a curve lies above it, averaged over all shares called.",
        _provenance(found),
        width=11.4,
        height=5.4,
    )
    wide = 0.93 / max(len(panels), 1)
    for k, (title, curves) in enumerate(panels):
        ax = style.axes(figure, 0.06 + k * wide, bottom + 0.10, 0.06 + (k + 1) * wide - 0.18, top - 0.06)
        _curves(ax, curves)
        n = next(iter(curves.values())).companies
        ax.set_title(f"{title}: {n} companies", size=style.BODY, color=style.INK, loc="left")
    return figure


def _order(found: Targeting) -> str:
    """Which rules pick better than chance, and by how much; by the forks where there are some."""
    areas = found.areas()
    areas = areas[(areas["judged"] == areas["judged"].iloc[-1]) & (areas["rule"] != "random")]
    if areas["low"].isna().all():
        return f"{areas['companies'].iloc[0]} companies are too few to tell whether a rule picks better than chance"
    told = {
        row["rule"]: q.change_with_interval(row["area"], row["low"], row["high"], "currency")
        for row in areas.to_dict("records")
    }
    lows = dict(zip(areas["rule"], areas["low"], strict=True))
    better = [f"{WORDS[name]} ({told[name]})" for name in _COLOURS if name in told and lows[name] > 0]
    unclear = [WORDS[name] for name in _COLOURS if name in told and not lows[name] > 0]
    if not better:
        return "No rule is told from calling anyone"
    rest = f"; not told from chance: {', '.join(unclear)}" if unclear else ""
    return f"Better than chance pick: {' and '.join(better)}{rest}"


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
        ends.append((float(one.gain[len(one.share) // 3]), float(one.gain[-1]), WORDS[name], colour))
    ax.axhline(0.0, color=style.INK, lw=0.8)
    ax.set_xlim(0, 100)
    ax.set_xlabel("share of accounts called", size=style.SMALL, color=style.GREY)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f} %"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(float(y), "currency", signed=True)))
    _label_ends(ax, ends)


def _label_ends(ax: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Names right of the axes, each led to the end of its curve; curves that end together in the order of a third."""
    low, high = ax.get_ylim()
    near = (high - low) / 40.0  # ends nearer than this are one place
    ends = sorted(ends, key=lambda one: (round(one[1] / near), one[0]))
    height = ax.get_position().height * ax.figure.get_figheight() * 72.0  # type: ignore[union-attr]
    gap = (high - low) * style.BODY * 1.35 / height
    places = style.spread([round(end / near) * near for _, end, _, _ in ends], gap, low, high)
    # `spread` keeps those with equal wishes in the order given
    for (_, end, text, colour), place in zip(ends, places, strict=True):
        ax.annotate(
            text, (100.0, end), xytext=(1.07, place), textcoords=("axes fraction", "data"), size=style.BODY,
            color=colour, va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.7, "shrinkA": 1, "shrinkB": 0,
                        "relpos": (0.0, 0.5)},
        )  # fmt: skip
