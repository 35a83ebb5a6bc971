"""A figure of what it is worth to know more before deciding."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.plots.comparisons import beside
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.information import EVERYTHING, Information

MOST_ROWS = 14


def information(found: Information) -> Figure:
    """Worth of knowing everything, and of knowing each group, as dots with their 95 % intervals.

    Parameters
    ----------
    found : Information
        Of many groups the most valuable are drawn.
    """
    from cxsim import __version__

    table, unit = found.frame().head(MOST_ROWS), OUTCOMES[found.outcome].unit
    whole = found.worth[EVERYTHING]
    if whole.is_clear:
        title = f"Knowing everything before choosing is worth {q.change(whole.value, unit).removeprefix('+')} a company"
    else:
        doing = "doing nothing new" if found.chosen == found.names[0] else found.chosen
        title = f"Knowing more cannot be told from worthless: {doing} is best on average in any case"
    figure, bottom, top = style.sheet(
        title,
        f"Expected gain in {q.title(found.outcome)} from learning the numbers of a group exactly before choosing among "
        f"{', '.join(found.names)}; dot and line: estimate and its 95 % interval. Groups do not add up.",
        f"cxsim {__version__} · {found.draws} draws of the parameters",
        height=1.7 + 0.28 * len(table),
    )
    ax = style.axes(figure, 0.30, bottom + 0.09, 0.86, top)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    for height, name in enumerate(table["group"][::-1]):
        one = found.worth[name]
        colour = style.BLUE if one.is_clear else style.GREY
        style.dot(ax, height, one.value, one.low, one.high, colour)
        said = q.change(one.value, unit).removeprefix("+")
        beside(ax, height, said, colour, "right")
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlim(left=0.0)
    ax.set_yticks(range(len(table)), [*table["group"][::-1]], size=style.BODY, color=style.INK)
    scale = 100.0 if unit in ("share", "1/month") else 1.0
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: q.tick(round(scale * float(x), 10), unit)))
    ax.locator_params(axis="x", nbins=5)
    return figure
