"""Figures of one event log."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.eventlog import EventLog
from cxsim.plots import style

QUARTER = 3
SMALLEST = 7.5


def _provenance(log: EventLog) -> str:
    c = log.certificate
    return (
        f"cxsim {c.version} · world {c.scenario_name} · scenario {c.scenario_hash[:12]} · seed {c.seed} · "
        f"replication {c.replication} · {c.horizon_months:g} months"
    )


def survival(log: EventLog) -> Figure:
    """Share of accounts still there by tenure, with its 95 % band; the base at month 0 enters late.

    Parameters
    ----------
    log : EventLog
    """
    from cxsim.readings.survival import survival as curve_of

    curve = curve_of(log)
    tenure = np.concatenate(([0.0], curve["tenure"].to_numpy()))
    stays, low, high = (
        np.concatenate(([100.0], 100.0 * curve[name].to_numpy())) for name in ("survival", "low", "high")
    )
    end = min(12.0, float(tenure[-1]))
    at_end = float(stays[np.searchsorted(tenure, end + 1e-6, side="right") - 1])
    figure, bottom, top = style.sheet(
        f"{at_end:.0f} % of accounts are still there after {end:g} months",
        f"{int(curve['lost'].sum()):,} losses of one run, by months since sign-up; accounts of the base count from the "
        "tenure they had at month 0. Band: 95 % interval.",
        _provenance(log),
    )
    ax = style.axes(figure, 0.10, bottom + 0.09, 0.88, top)
    ax.fill_between(tenure, low, high, step="post", color=style.BLUE, alpha=0.18, lw=0)
    ax.step(tenure, stays, where="post", color=style.BLUE, lw=2.2)
    ax.set_ylim(0, 100)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.0f} %"))
    style.month_axis(ax, max(int(np.ceil(tenure[-1])), 1))
    ax.set_xlabel("months since sign-up", size=style.SMALL, color=style.GREY)
    style.label_ends(ax, [(float(stays[-1]), f"{stays[-1]:.0f} %", style.BLUE)])
    return figure


def cohorts(log: EventLog) -> Figure:
    """Share of each quarter's sign-ups still there, by quarters since sign-up.

    Parameters
    ----------
    log : EventLog
    """
    table, names = _quarters(log)
    n, ages = table.shape
    figure, bottom, top = style.sheet(
        "Who stays: each row is a quarter's new accounts",
        "Per cent of the sign-ups there once all of them have had that many months; blank where the run ends before. "
        "In brackets: sign-ups.",
        _provenance(log),
        height=1.9 + 0.28 * max(n, 3),
    )
    ax = style.axes(figure, 0.17, bottom + 0.10, 0.97, top)
    ax.grid(visible=False)
    ax.imshow(np.ma.masked_invalid(table), cmap="Blues", vmin=0.4, vmax=1.1, aspect="auto")
    for row, age in np.argwhere(np.isfinite(table)):
        share = float(table[row, age])
        colour = "white" if share > 0.8 else style.INK
        ax.text(age, row, f"{100 * share:.0f}", ha="center", va="center", size=SMALLEST, color=colour)
    ax.set_yticks(range(n))
    ax.set_yticklabels(names)
    ax.set_xticks(range(ages))
    ax.set_xticklabels([str(QUARTER * (age + 1)) for age in range(ages)])
    ax.set_xlabel("months since sign-up", size=style.SMALL, color=style.GREY)
    return figure


def _quarters(log: EventLog) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Shares still there, shape (quarters, ages in quarters), NaN where unknown; and the quarters' names."""
    from cxsim.readings.retention import cohorts as table_of

    table = table_of(log)
    n = max(int(log.certificate.horizon_months) // QUARTER - 1, 1)
    shares, names = np.full((n, n), np.nan), []
    for row in range(n):
        months = table[table["cohort"] // QUARTER == row]
        joined = months.groupby("cohort")["joined"].first()
        names.append(f"months {QUARTER * row}–{QUARTER * row + QUARTER} ({int(joined.sum())})")
        for column in range(n - row):
            # who signed up at the end of a month has had k months when its cohort's age is k + 1
            there = months[months["age"] == QUARTER * (column + 1) + 1]
            if len(there) and len(there) == len(joined):
                shares[row, column] = float(there["active"].sum() / joined.sum())
    return shares, names
