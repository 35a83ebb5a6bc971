"""A figure of many alternatives: what each does to the outcomes that decide, side by side."""

from __future__ import annotations

from typing import Final

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.plots import style
from cxsim.plots.comparisons import beside, provenance
from cxsim.readings.registry import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison
from cxsim.studies.overview import DECIDE
from cxsim.studies.overview import overview as overview_of

LEFT, RIGHT, GAP = 0.29, 0.93, 0.025
LONGEST: Final = 34  # letters beside the axes
_TITLES: Final = {"net_benefit": "net benefit"}


def overview(comparison: Comparison) -> Figure:
    """Each alternative on a line, the highest company value on top, with a panel for each outcome that decides.

    Parameters
    ----------
    comparison : Comparison
    """
    told = overview_of(comparison)
    rows, currency = told.rows(), comparison.baseline.scenario.currency
    height = 1.9 + 0.32 * max(len(rows), 3)
    figure, bottom, top = style.sheet(
        told.summary().partition(". ")[0].rstrip("."),
        "Difference from the baseline (dashed): mean and its 95 % interval, each panel on its own scale, money in "
        f"{currency}. Blue is better, orange worse, grey not told from 0. Right: the share of companies in which it is "
        "the best by company value.",
        provenance(comparison.baseline),
        width=10.0,
        height=height,
    )
    each = (RIGHT - LEFT + GAP) / len(DECIDE)
    for place, outcome in enumerate(DECIDE):
        left, unit = LEFT + place * each, OUTCOMES[outcome].unit
        ax = style.axes(figure, left, bottom + 0.3 / height, left + each - GAP, top - 0.25 / height)
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", color="#ececec", linewidth=0.8)
        ax.axvline(0.0, color=style.GREY, lw=1.0, ls="--")
        ax.set_title(_TITLES.get(outcome, q.title(outcome)), size=style.BODY, color=style.INK, pad=4)
        for level, row in enumerate(reversed(rows)):
            cell = row["effects"][place]
            if cell["difference"] is not None and not row["is_baseline"]:
                low, high = (cell["difference"] if cell[end] is None else cell[end] for end in ("low", "high"))
                style.dot(ax, level, cell["difference"], low, high, style.VERDICTS[cell["verdict"]])
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set_yticks(range(len(rows)))
        ax.set_yticklabels([_name(row) for row in reversed(rows)] if place == 0 else [], size=style.SMALL + 0.5)
        ax.tick_params(axis="y", colors=style.INK)
        ax.xaxis.set_major_locator(MaxNLocator(3))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _, unit=unit: q.change_tick(float(x), unit)))
        if outcome == DECIDE[-1]:
            for level, row in enumerate(reversed(rows)):
                beside(ax, level, q.chance(row["probability_best"]), style.INK, "right")
    return figure


def _name(row: dict[str, object]) -> str:
    name = "baseline" if row["is_baseline"] else str(row["name"])
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
