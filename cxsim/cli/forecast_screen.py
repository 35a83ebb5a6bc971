"""What any forecast has on the screen: which periods it shows, past forecasts, and what to ask next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cxsim.cli.screens import console, next_steps, say, table
from cxsim.cli.sizes import again

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.forecast import Backtest


MOST_ROWS: Final = 24


def shown(periods: int) -> range:
    """Which of so many periods ahead are shown, from 0: all, or every so many up to the last one."""
    step = -(-periods // MOST_ROWS) or 1
    return range((periods - 1) % step, periods, step)


def say_past(out: Console, past: Backtest, baselines: str) -> None:
    """A row a model: errors, how often bounds held, and the score of past forecasts."""
    out.print()
    say(out, "Past forecasts of this table, from each period on, against what came:", "bold")
    heads = (("model", "left"), ("forecasts", "right"), ("error", "right"), ("inside 90 %", "right"))
    rows = table(*heads, ("CRPS, points", "right"))
    for row in past.summary().to_dict(orient="records"):
        inside = f"{100 * row['coverage']:.0f} %" if row["coverage"] >= 0.0 else ""
        rows.add_row(
            str(row["model"]), str(row["forecasts"]), f"{100 * row['mape']:.1f} %", inside, f"{100 * row['crps']:.2f}"
        )
    out.print(rows)
    say(
        out,
        "error: mean absolute error relative to what came; CRPS: score of the whole forecast, lower is better. "
        f"{baselines}",
        "dim",
    )


def say_next(backtested: bool, out: str | None) -> None:
    """Which figure was written, and what may be asked next."""
    if out is not None:
        say(console(), f"Written: {out}")
    lines = [] if backtested else [f"{again('backtest', None)} --backtest"]
    next_steps(console(), lines if out is not None else [*lines, again("out", "forecast.png")])
