"""Figures of churn models: whether probabilities hold, who is found, what a model leans on, what could be known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.churn.evaluation import Evaluation
from cxsim.plots import style

if TYPE_CHECKING:
    from cxsim.studies.oracles import Oracle

_PER_CENT = FuncFormatter(lambda x, _: f"{x:g} %")
MOST_BARS = 15


def provenance(found: Evaluation) -> str:
    """Where a figure comes from, in a line."""
    from cxsim import __version__

    origin = found.data.origin
    name = Path(str(origin.get("name", "table"))).name
    seed = f" · scenario {origin['scenario_hash'][:12]} · seed {origin['seed']}" if "seed" in origin else ""
    return f"cxsim {__version__} · {name}{seed} · {len(found.data):,} rows judged · {found.method} · {found.split}"


def calibration(found: Evaluation) -> Figure:
    """Predicted probabilities against what happened, in tenths of the expected losses.

    Parameters
    ----------
    found : Evaluation
    """
    table = found.calibration()
    summary = found.summary().set_index("measure").loc["calibration_slope"]
    slope = summary["value"]
    word = "hold" if summary["low"] <= 1.0 <= summary["high"] else "are too sure" if slope < 1 else "are too shy"
    off = int(((table["predicted"] < table["low"]) | (table["predicted"] > table["high"])).sum())
    if word == "hold" and off > 1:  # one in twenty is off by luck alone
        word = f"hold on the whole, but in {off} of {len(table)} groups they do not"
    figure, bottom, top = style.sheet(
        f"Predicted probabilities {word}: slope {slope:.2f}",
        "Each dot holds a tenth of the expected losses, ranked by prediction; bars: 95 % bootstrap intervals of the "
        f"share {found.data.question}. "
        f"On the dashed line prediction and outcome agree. 95 % interval of the slope: {summary['low']:.2f} to "
        f"{summary['high']:.2f}.",
        provenance(found),
        height=5.6,
    )  # fmt: skip
    ax = style.axes(figure, 0.11, bottom + 0.09, 0.96, top)
    x, y = 100 * table["predicted"], 100 * table["lost"]
    most = max(float(x.max()), float(100 * table["high"].max())) * 1.05
    ax.plot([0, most], [0, most], color=style.GREY, lw=1, ls=(0, (4, 3)))
    ax.vlines(x, 100 * table["low"], 100 * table["high"], color=style.BLUE, lw=1.6, alpha=0.6)
    ax.plot(x, y, "o", color=style.BLUE, ms=5)
    ax.set_xlim(0, most)
    ax.set_ylim(0, most)
    ax.xaxis.set_major_formatter(_PER_CENT)
    ax.yaxis.set_major_formatter(_PER_CENT)
    ax.set_xlabel("predicted", size=style.SMALL, color=style.GREY)
    ax.set_ylabel(found.data.question, size=style.SMALL, color=style.GREY)
    return figure


def gain(found: Evaluation) -> Figure:
    """Share of the losses that is found when the likeliest are looked at first.

    Parameters
    ----------
    found : Evaluation
    """
    table, still = found.gain(), found.without_notice()
    tenth = table.loc[9]
    beside = "" if still is None else f", {100 * still.gain()['found'].iloc[9]:.0f} % among those without notice"
    orange = "" if still is None else " Orange: among accounts that had given no notice."
    figure, bottom, top = style.sheet(
        f"The likeliest tenth holds {100 * tenth['found']:.0f} % of the losses{beside}",
        "Share of all losses among the accounts ranked highest, with its 95 % interval. Dashed: looking at accounts in "
        f"any order. Dotted: if it were known who will be {found.data.question}.{orange}",
        provenance(found),
    )
    ax = style.axes(figure, 0.10, bottom + 0.09, 0.96, top)
    x = np.concatenate(([0.0], 100 * table["contacted"]))
    base = 100 * float(found.data.target.mean())
    ax.plot([0, 100], [0, 100], color=style.GREY, lw=1, ls=(0, (4, 3)))
    ax.plot([0, base, 100], [0, 100, 100], color=style.GREY, lw=1, ls=(0, (1, 2)))
    for one, colour, width in ((still, style.ORANGE, 1.6), (found, style.BLUE, 2.2)):
        if one is not None:
            curve = one.gain()
            low, middle, high = (np.concatenate(([0.0], 100 * curve[name])) for name in ("low", "found", "high"))
            ax.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
            ax.plot(x, middle, color=colour, lw=width)
    ax.plot([10], [100 * tenth["found"]], "o", color=style.BLUE, ms=5)
    ax.annotate(
        f"lift {tenth['lift']:.1f}", (10, 100 * tenth["found"]), xytext=(8, -4), textcoords="offset points",
        size=style.BODY, color=style.BLUE, va="top",
    )  # fmt: skip
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 102)
    ax.xaxis.set_major_formatter(_PER_CENT)
    ax.yaxis.set_major_formatter(_PER_CENT)
    ax.set_xlabel("of the accounts, likeliest first", size=style.SMALL, color=style.GREY)
    return figure


def importance(table: pd.DataFrame, *, footer: str = "") -> Figure:
    """What a model leans on.

    Parameters
    ----------
    table : pandas.DataFrame
        As `churn.importance` gives it.
    footer : str
        Where it comes from.
    """
    shown = table.head(MOST_BARS).iloc[::-1].reset_index(drop=True)
    clear = int((table["low"] > 0).sum())
    figure, bottom, top = style.sheet(
        f"The model leans most on {table['feature'].iloc[0]}" if clear else "The model leans on nothing",
        f"Rise of the log loss when a column is shuffled, with 95 % intervals; {clear} of {len(table)} columns are "
        "clearly above zero. What predicts need not be a cause: changing it may save nobody.",
        footer,
        height=1.9 + 0.26 * len(shown),
    )
    ax = style.axes(figure, 0.30, bottom + 0.5 / figure.get_figheight(), 0.96, top)
    rows = np.arange(len(shown))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    ax.axvline(0, color=style.INK, lw=0.9)
    colours = [style.BLUE if low > 0 else style.GREY for low in shown["low"]]
    ax.hlines(rows, shown["low"], shown["high"], color=colours, lw=2, alpha=0.6)
    ax.scatter(shown["importance"], rows, color=colours, s=22, zorder=3)
    ax.set_yticks(rows)
    ax.set_yticklabels([name if len(name) <= 30 else name[:29] + "…" for name in shown["feature"]], color=style.INK)
    ax.set_ylim(-0.7, len(shown) - 0.3)
    ax.set_xlabel("rise of the log loss", size=style.SMALL, color=style.GREY)
    return figure


def dependence(table: pd.DataFrame, *, feature: str, footer: str = "") -> Figure:
    """How a model's mean prediction moves with one column.

    Parameters
    ----------
    table : pandas.DataFrame
        As `churn.dependence` gives it.
    feature : str
        The column's name.
    footer : str
        Where it comes from.
    """
    mean = 100 * table["probability"]
    figure, bottom, top = style.sheet(
        f"With {feature} the mean prediction moves between {mean.min():.1f} and {mean.max():.1f} %",
        f"Mean predicted probability if every account had this {feature} and kept all else as it is; band: the middle "
        "90 % of accounts. What a model expects is not what a change would do.",
        footer,
        height=4.6,
    )
    ax = style.axes(figure, 0.10, bottom + 0.11, 0.96, top)
    low, high = 100 * table["low"], 100 * table["high"]
    if pd.api.types.is_numeric_dtype(table["value"]):
        ax.fill_between(table["value"], low, high, color=style.BLUE, alpha=0.15, lw=0)
        ax.plot(table["value"], mean, color=style.BLUE, lw=2.2)
    else:
        at = np.arange(len(table))
        ax.vlines(at, low, high, color=style.BLUE, lw=5, alpha=0.25)
        ax.plot(at, mean, "o", color=style.BLUE, ms=6)
        ax.set_xticks(at)
        names = [name if len(name) <= 16 else name[:15] + "…" for name in table["value"]]
        ax.set_xticklabels(names, rotation=30 if len(at) > 5 else 0, ha="right" if len(at) > 5 else "center")
        ax.set_xlim(-0.6, len(at) - 0.4)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(_PER_CENT)
    ax.set_xlabel(feature, size=style.SMALL, color=style.GREY)
    return figure


def known(found: Oracle, *, footer: str = "") -> Figure:
    """How near a model comes to what can be known, as AUC.

    Parameters
    ----------
    found : Oracle
    footer : str
        Where it comes from.
    """
    table = found.table().iloc[::-1]
    still = found.without_notice()
    beside = None if still is None else still.table().iloc[::-1]
    hollow = "" if still is None else f" Hollow: among the {len(still.chances.company):,} that had given no notice."
    chances = found.chances
    figure, bottom, top = style.sheet(
        _reached(found, still),
        f"AUC against the true chances of {len(chances.company):,} accounts of {chances.company.max() + 1} companies, "
        f"each forked into {chances.branches} futures of {chances.within:g} months, of which one half judges what the "
        f"other tells. Bars: 95 % intervals over companies. .5 is guessing.{hollow}",
        footer,
        height=4.0,
    )
    ax = style.axes(figure, 0.36, bottom + 0.14, 0.94, top)
    rows = np.arange(len(table))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    colours = [style.BLUE if name == "model" else style.GREY for name in table.index]
    ax.hlines(rows, table["auc_low"], table["auc_high"], color=colours, lw=2.4, alpha=0.6)
    ax.scatter(table["auc"], rows, color=colours, s=28, zorder=3)
    if beside is not None:
        ax.hlines(rows - 0.22, beside["auc_low"], beside["auc_high"], color=colours, lw=1.2, alpha=0.6)
        ax.scatter(beside["auc"], rows - 0.22, facecolor="white", edgecolor=colours, s=24, zorder=3)
        for row, value in enumerate(beside["auc"]):
            ax.annotate(f"{value:.3f}", (value, row - 0.22), xytext=(0, -5), textcoords="offset points", va="top",
                        ha="center", size=style.SMALL, color=colours[row])  # fmt: skip
    for row, (value, colour) in enumerate(zip(table["auc"], colours, strict=True)):
        ax.annotate(
            f"{value:.3f}",
            (value, row),
            xytext=(0, 6),
            textcoords="offset points",
            size=style.SMALL,
            color=colour,
            ha="center",
        )
    ax.set_yticks(rows)
    ax.set_yticklabels(list(table["who"]), color=style.INK)
    ax.set_ylim(-0.8, len(table) - 0.3)
    least = min(float(one["auc_low"].min()) for one in (table, beside) if one is not None)
    ax.set_xlim(min(0.48, least - 0.02), 1.0)
    ax.set_xlabel("AUC", size=style.SMALL, color=style.GREY)
    return figure


def _reached(found: Oracle, still: Oracle | None) -> str:
    """The share of the achievable in a line, with that among accounts that had given no notice."""
    share = found.share()["value"]
    if not isinstance(share, float):
        return "How much of what can be predicted the model reaches cannot be told"
    told = f"The model reaches {100 * share:.0f} % of what can be predicted"
    beside = None if still is None else still.share()["value"]
    return told + (f", {100 * beside:.0f} % without notice" if isinstance(beside, float) else "")
