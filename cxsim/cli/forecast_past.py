"""Past forecasts on the screen, of a cohort or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.cli.screens import say, table

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.forecast import Backtest


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
