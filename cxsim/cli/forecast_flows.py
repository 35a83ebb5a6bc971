"""Forecast a company's table without cohorts, as the command `forecast` does with --additions, --losses, --ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.cli.forecast_screen import say_next, shown
from cxsim.cli.screens import console, say, table
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from cxsim.forecast import FlowBacktest, FlowFit, Flows


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a company's table: its columns, and what the asker assumes."""

    file: str
    additions: str | None
    losses: str | None
    ends: str | None
    horizon: int
    fit: int | None
    model: str
    unit: float
    rounding: float
    season: int | None
    joining: float | None
    arpa: float | None
    growth: float
    backtested: bool
    as_json: bool
    out: str | None


def forecast_flows(asked: Asked) -> None:
    """Read, fit, project and show."""
    from cxsim.errors import InputError
    from cxsim.forecast import backtest_flows, fit_flows
    from cxsim.forecast.flow_tables import read_flows

    whole = read_flows(
        asked.file, additions=asked.additions, losses=asked.losses, ends=asked.ends, unit=asked.unit,
        rounding=asked.rounding, season=asked.season,
    )  # fmt: skip
    known = whole.periods if asked.fit is None else asked.fit
    if asked.horizon <= known:
        raise InputError(
            f"--horizon {asked.horizon}: must be beyond {known}, the last period fitted; periods are counted from the "
            "first one of the table"
        )
    found = fit_flows(whole, model=asked.model, periods=asked.fit)
    projected = found.project(
        asked.horizon - known, additions=asked.joining, uncertain=asked.joining is None, arpa=asked.arpa,
        growth=asked.growth,
    )  # fmt: skip
    past = None
    if asked.backtested:
        models = tuple(dict.fromkeys((asked.model, "auto", "geometric")))
        past = backtest_flows(found.table, models=models)
    if asked.out is not None:
        from cxsim import plots

        figure = plots.flows(found, projected=projected, later=whole)
        plots.save(figure, asked.out, born=f"{found.provenance}; made by: {command()}")
    if asked.as_json:
        print(json.dumps(document(found, projected, past), indent=1, ensure_ascii=False, allow_nan=False))
        return
    _screen(found, projected, whole, past)
    say_next(asked.backtested, asked.out)


def document(found: FlowFit, projected: pd.DataFrame, past: FlowBacktest | None = None) -> dict[str, Any]:
    """The answer of `forecast --json` for a table without cohorts."""
    import numpy as np

    from cxsim import __version__

    spread, memory, seasons = found.dispersion
    numbers = {str(name): projected[name].tolist() for name in projected.columns if name != "period"}
    ages = np.arange(found.table.periods + len(projected) + 1.0)
    low, high = found.bounds(ages)
    answer: dict[str, Any] = {
        "model": found.model, "weights": dict(found.weights), "fitted_periods": found.table.periods,
        "unit": found.table.unit, "periods": (found.table.periods + projected["period"]).tolist(), **numbers,
        "labels": [found.table.labels.at(found.table.periods + int(k) - 1) for k in projected["period"]],
        "ages": ages.astype(int).tolist(), "survival": found.curve(ages).tolist(), "low": low.tolist(),
        "high": high.tolist(), "parameters": found.parameters,
        "dispersion": {"spread": spread, "memory": memory, "seasons": seasons},
        "assumptions": list(projected.attrs["assumptions"]), "notes": list(found.table.notes),
        "version": __version__, "provenance": found.provenance,
    }  # fmt: skip
    if past is not None:
        rows = past.summary().astype(object)
        answer["backtest"] = rows.where(rows.notna(), None).to_dict(orient="records")
    return answer


def _screen(found: FlowFit, projected: pd.DataFrame, whole: Flows, past: FlowBacktest | None) -> None:
    out, known = console(), found.table.periods
    end = projected.iloc[-1]
    say(
        out,
        f"In {found.table.named(known + int(end['period']))}, {_number(end['ends'])} customers are expected (90 % "
        f"bounds {_number(end['ends_low'])} to {_number(end['ends_high'])}), {_number(end['of_today'])} of them "
        f"customers today; {_number(end['losses'])} leave in that period ({_number(end['losses_low'])} to "
        f"{_number(end['losses_high'])}).",
        "bold",
    )
    ranked = sorted(found.weights.items(), key=lambda pair: -pair[1])
    believed = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)
    spread = found.dispersion[0]
    say(
        out,
        f"Fitted on {found.table.labels.span(0, known - 1)}; model {found.model}: {believed}. Losses of a period "
        f"spread by {100 * spread:.0f} % round the curve, beside luck.",
    )
    unit = found.table.unit
    units = () if unit == 1.0 else (f"Customers are in units of {unit:,.10g}, as in the table.",)
    for note in (*units, *found.table.notes, *(f"Assumed: {said}." for said in projected.attrs["assumptions"])):
        say(out, note, "yellow" if note.startswith("Assumed") else "")
    out.print()
    _rows(out, known, projected, whole)
    if past is not None:
        _past(out, past)
    out.print()
    say(
        out,
        "Bounds: where nine of ten such counts will fall, from what the curve may be, years that differ, and luck. "
        "The ages of the customers before the first period are not known; they are taken as those of steady earlier "
        "additions.",
        "dim",
    )
    say(out, found.provenance, "dim")


def _rows(out: Console, known: int, projected: pd.DataFrame, whole: Flows) -> None:
    came = whole.periods > known
    paid = "revenue" in projected
    told = ("came",) if came else ()
    heads = (whole.labels.unit, "ends", "90 %", *told, "losses", "90 %", *told, *(("revenue",) if paid else ()))
    rows = table(*((head, "right") for head in heads), gap=1)
    periods = projected.to_dict(orient="records")
    for k in shown(len(periods)):
        row = periods[k]
        cells = [whole.labels.at(known + k)]
        for name, values in (("ends", whole.ends), ("losses", whole.losses)):
            cells += [_number(row[name]), f"{_number(row[f'{name}_low'])} – {_number(row[f'{name}_high'])}"]
            if came:
                cells.append(_number(values[known + k]) if known + k < whole.periods else "")
        if paid:
            cells.append(_money(row["revenue"]))
        rows.add_row(*cells)
    out.print(rows)


def _past(out: Console, past: FlowBacktest) -> None:
    out.print()
    say(out, "Past forecasts of this table, a year ahead from each period on, with the additions that came:", "bold")
    heads = (("model", "left"), ("forecasts", "right"), ("losses: error", "right"), ("inside 90 %", "right"))
    rows = table(*heads, ("ends: error", "right"), ("inside 90 %", "right"))
    for row in past.summary().to_dict(orient="records"):
        inside = [
            f"{100 * row[f'{name}_inside']:.0f} %" if row[f"{name}_inside"] >= 0.0 else ""
            for name in ("losses", "ends")
        ]
        rows.add_row(
            str(row["model"]), str(row["forecasts"]), f"{100 * row['losses_error']:.1f} %", inside[0],
            f"{100 * row['ends_error']:.1f} %", inside[1],
        )  # fmt: skip
    out.print(rows)
    say(out, "error: mean absolute error relative to what came; names of rates are baselines without a model.", "dim")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:.4g}"


def _money(value: float) -> str:
    return f"{value / 1e6:,.1f} M" if abs(value) >= 1e7 else f"{value:,.0f}"
