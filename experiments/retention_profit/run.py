"""What are five points more retention worth in a customer's lifetime profit, and where is it 25 to 95 %?

python -m experiments.retention_profit.run
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

import cxsim as cx
from cxsim.plots import style
from cxsim.studies.claims.audit import Audited
from cxsim.studies.claims.claim import Cell
from cxsim.studies.claims.firms import firm
from cxsim.studies.claims.lifetime_profit import COST, COSTS, FROM, RETENTION, STEP, STEPS
from experiments.conduct import Results, Size, conduct
from experiments.findings import Finding
from experiments.sweeps import gain

SEED = 7


def study(size: Size) -> Results:
    """The sweep of the claim audit, told at length."""
    with size.bar("five points more") as moved:
        (found,) = cx.audit(("b",), seed=SEED, fast=size.is_fast, progress=moved)
    told = findings(found)
    table = pd.DataFrame(
        {
            "retention_before": cell.at[RETENTION.name],
            "margin_growth_a_year": cell.at[STEP.name],
            "cost_to_acquire_years_of_margin": cell.at[COST.name],
            "gain": cell.value, "low": cell.low, "high": cell.high, "verdict": found.claim.verdict_at(cell),
        }
        for cell in found.answer.cells
    )  # fmt: skip
    worlds = {f"retains {100 * level:g} %": firm(level) for level in (FROM[0], FROM[-1])}
    return Results(SEED, worlds, tuple(told), {"sweep": table}, {"figure": figure(found)})


def at(found: Audited, retention: float, cost: float = 0.0, step: float = 0.0) -> Cell:
    """The cell of a setting."""
    wanted = {RETENTION.name: retention, COST.name: cost, STEP.name: step}
    (cell,) = (one for one in found.answer.cells if dict(one.at) == wanted)
    return cell


def findings(found: Audited) -> list[Finding]:
    """What the page says."""
    told = [gain(f"from_{100 * start:.0f}", at(found, start)) for start in FROM]
    told += [
        gain("from_80_paid", at(found, 0.80, cost=1.5)),
        gain("from_80_growing", at(found, 0.80, step=STEPS[-1])),
        gain("from_90_paid", at(found, 0.90, cost=1.5)),
        gain("from_70_half_paid", at(found, 0.70, cost=0.5)),
        gain("from_80_half_paid", at(found, 0.80, cost=0.5)),
        gain("from_60_paid", at(found, 0.60, cost=1.5)),
        gain("from_70_dear", at(found, 0.70, cost=2.0)),
        gain("from_90_growing_dear", at(found, 0.90, cost=2.0, step=STEPS[-1])),
    ]
    return told


def figure(found: Audited) -> Figure:
    """The gain by retention, one line for each cost to acquire."""
    low, high = 100 * found.claim.quoted_low, 100 * found.claim.quoted_high
    plain, paid = at(found, 0.80).value, at(found, 0.80, cost=1.5).value
    sheet, bottom, top = style.sheet(
        f"Five points more retention raise lifetime profit by {100 * plain:.0f} %; by {100 * paid:.0f} % if winning "
        "the customer took 1.5 years of margin",
        "From 80 % a year; lines: cost to acquire in years of margin, margin level through life, with 95 % intervals. "
        f"Grey: the quoted {low:.0f} to {high:.0f} %.",
        f"cxsim {cx.__version__} · sweep of claim (b) · seed {SEED}",
        height=4.6,
    )
    ax = style.axes(sheet, 0.09, bottom + 0.1, 0.80, top)
    ax.axhspan(low, high, color=style.PALE, alpha=0.5, lw=0)
    ends = []
    for cost, colour in zip(COSTS, style.LINES, strict=False):
        cells = [c for c in found.answer.cells if c.at[COST.name] == cost and c.at[STEP.name] == 0.0]
        x = 100 * np.array([float(c.at[RETENTION.name]) for c in cells])
        y, least, most = (100 * np.array([getattr(c, end) for c in cells]) for end in ("value", "low", "high"))
        ax.fill_between(x, least, most, color=colour, alpha=0.2, lw=0)
        ax.plot(x, y, color=colour, lw=2.0, marker="o", ms=4)
        ends.append((float(y[-1]), f"{cost:g} years", colour))
    ax.set_ylim(0, 1.05 * high)
    ax.set_xticks([100 * start for start in FROM])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    ax.set_xlabel("yearly retention before", size=style.SMALL, color=style.GREY)
    style.label_ends(ax, ends)
    return sheet


if __name__ == "__main__":
    conduct(study, __file__)
