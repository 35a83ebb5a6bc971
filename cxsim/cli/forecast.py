"""The command that forecasts how many of a cohort will be left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli.forecast_cohorts import AskedCohorts, forecast_cohorts
from cxsim.cli.forecast_flows import Asked, forecast_flows
from cxsim.cli.forecast_screen import say_next, say_past, shown
from cxsim.cli.screens import console, say, table
from cxsim.cli.sizes import Json, command

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from cxsim.forecast import Backtest, Fit, Observed
    from cxsim.forecast.curves import Reals

FIGURES = (".png", ".svg")


def forecast(
    table_: Annotated[str, typer.Argument(metavar="TABLE", help="CSV or Parquet; its first column is the period.")],
    horizon: Annotated[int, typer.Option("--horizon", metavar="H", help="Last period, counted from the start.")],
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="Survival in per cent, or a count of customers.")
    ] = None,
    cohorts: Annotated[
        bool, typer.Option("--cohorts", help="The table holds several cohorts, one a column; forecast them together.")
    ] = False,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="WAY", help="What rows of --cohorts are: cohorts or ages.")
    ] = None,
    fit_: Annotated[int | None, typer.Option("--fit", metavar="N", help="Fit on the first N periods only.")] = None,
    customers: Annotated[
        int | None,
        typer.Option(
            "--customers", metavar="N", show_default="1,000", help="How many customers percentages stand for."
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="auto, geometric, dw, sbg, bdw, two-class, sbg-first, km.")
    ] = "auto",
    backtested: Annotated[
        bool, typer.Option("--backtest", help="Show how past forecasts of this series would have done.")
    ] = False,
    additions: Annotated[
        str | None, typer.Option("--additions", metavar="NAME", help="Without cohorts: who joined in each period.")
    ] = None,
    losses: Annotated[
        str | None, typer.Option("--losses", metavar="NAME", help="Without cohorts: who left in each period.")
    ] = None,
    ends: Annotated[
        str | None, typer.Option("--ends", metavar="NAME", help="Without cohorts: who is there at each period's end.")
    ] = None,
    unit: Annotated[
        float | None, typer.Option("--unit", metavar="N", show_default="1", help="Customers that a 1 stands for.")
    ] = None,
    rounding: Annotated[
        float | None, typer.Option("--rounding", metavar="X", show_default="0", help="To what numbers are rounded.")
    ] = None,
    season: Annotated[
        int | None, typer.Option("--season", metavar="N", help="Periods in a year, if years have seasons: 4, 12.")
    ] = None,
    new: Annotated[
        float | None, typer.Option("--new", metavar="N", help="Assume so many to join in each period to come.")
    ] = None,
    arpa: Annotated[
        float | None, typer.Option("--arpa", metavar="X", help="Assume this revenue of a customer in a period.")
    ] = None,
    growth: Annotated[
        float | None, typer.Option("--growth", metavar="G", show_default="0", help="Growth of --arpa per period.")
    ] = None,
    as_json: Json = False,
    out: Annotated[str | None, typer.Option("--out", metavar="FIGURE", help="Draw the fan, .png or .svg.")] = None,
) -> None:
    """Forecast how many customers will be left: of a cohort (--column), of several (--cohorts), or of a company.

    A company's table without cohorts is told by --additions, --losses and --ends.
    """
    if cohorts:
        others = {"--column": column, "--additions": additions, "--losses": losses, "--ends": ends, "--unit": unit,
                  "--rounding": rounding, "--season": season, "--growth": growth}  # fmt: skip
        _refuse(others, "is not for several cohorts; leave it out where --cohorts stands", shows=False)
        _check_figure(out)
        with _named(table_):
            forecast_cohorts(
                AskedCohorts(table_, rows, customers, horizon, fit_, model, new, arpa, backtested, as_json, out)
            )
        return
    _refuse({"--rows": rows}, "is for several cohorts; say --cohorts")
    if any(name is not None for name in (additions, losses, ends)):
        one = {"--column": column, "--customers": customers}
        _refuse(one, "is for a cohort; leave it out where --additions or --losses stand")
        _check_figure(out)
        asked = Asked(
            table_, additions, losses, ends, horizon, fit_, model, 1.0 if unit is None else unit, rounding or 0.0,
            season, new, arpa, growth or 0.0, backtested, as_json, out,
        )  # fmt: skip
        with _named(table_):
            forecast_flows(asked)
        return
    flat = {"--unit": unit, "--rounding": rounding, "--season": season, "--new": new, "--arpa": arpa,
            "--growth": growth}  # fmt: skip
    _refuse(flat, "is for a table without cohorts; name --additions and --losses")
    _cohort(AskedCohort(table_, column, customers, horizon, fit_, model, backtested, as_json, out))


@dataclass(frozen=True, slots=True)
class AskedCohort:
    """What was asked of one cohort."""

    file: str
    column: str | None
    customers: int | None
    horizon: int
    fit: int | None
    model: str
    backtested: bool
    as_json: bool
    out: str | None


def _cohort(asked: AskedCohort) -> None:
    """Read, fit, project and show."""
    from cxsim.errors import InputError

    if asked.column is None:
        raise InputError(
            "--column: is missing; name the column that holds survival or counts, or say --cohorts for all columns"
        )
    _check_figure(asked.out)
    from cxsim.forecast import fit as fitted
    from cxsim.forecast.tables import read_cohort

    known = read_cohort(asked.file, asked.column, customers=asked.customers)
    # both are told in the table's own unit: month 24 of a table by threes is its eighth period
    horizon, labels = known.labels.periods(asked.horizon, "--horizon"), known.labels
    first = None if asked.fit is None else labels.periods(asked.fit, "--fit")
    with _named(asked.file):
        found = fitted(known, model=asked.model, periods=first)
        projected = found.project(horizon)
        past = _backtest(known if first is None else known.first(first), asked.model) if asked.backtested else None
    came = known.survival[found.seen.periods + 1 : horizon + 1]
    if asked.out is not None:
        from cxsim import plots

        figure = plots.forecast(found, horizon=horizon, later=came)
        plots.save(figure, asked.out, born=f"{found.provenance}; made by: {command()}")
    if asked.as_json:
        print(json.dumps(document(found, projected, past), indent=1, ensure_ascii=False, allow_nan=False))
        return
    _screen(found, projected, came, past, asked.column)
    say_next(asked.backtested, asked.out)


def _refuse(given: Mapping[str, str | float | None], why: str, *, shows: bool = True) -> None:
    """Refuse the first option that is given, for it is not for what is asked."""
    from cxsim.errors import InputError

    for option, value in given.items():
        if value is not None:
            said = f" {value:.10g}" if isinstance(value, float) else f" {value}"
            raise InputError(f"{option}{said if shows else ''}: {why}")


class _named:
    """Faults of the fit in the words of the line that was typed."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        from cxsim.errors import InputError

        if isinstance(error, InputError):
            options = {"horizon": "--horizon", "model": "--model", "periods": "--fit", "first": "--backtest",
                       "arpa": "--arpa", "additions:": "--new", "new:": "--new",
                       "revenue": "--arpa", "rows:": "--rows:", "rows": "--rows"}  # fmt: skip
            lines = []
            for line in error.faults:
                word, _, rest = line.partition(" ")
                named = line.startswith(("--", f"{self.file}: "))
                lines.append(
                    f"{options[word]} {rest}" if word in options else line if named else f"{self.file}: {line}"
                )
            raise InputError(lines) from None


def _check_figure(out: str | None) -> None:
    from cxsim.errors import InputError

    if out is None:
        return
    if Path(out).suffix not in FIGURES:
        raise InputError(f"--out {out}: a figure is written as {' or '.join(FIGURES)}")
    if not Path(out).parent.is_dir():
        raise InputError(f"--out {out}: no such folder as {Path(out).parent}")


def _backtest(known: Observed, model: str) -> Backtest:
    from cxsim.forecast import backtest
    from cxsim.forecast.backtest import USUAL

    return backtest(known, models=tuple(dict.fromkeys((model, *USUAL))))


def document(found: Fit, projected: pd.DataFrame, past: Backtest | None = None) -> dict[str, Any]:
    """The answer of `forecast --json`."""
    from cxsim import __version__

    answer = {
        "model": found.model,
        "weights": dict(found.weights),
        "fitted_periods": found.seen.labels.scale * found.seen.periods,
        "periods": (found.seen.labels.scale * projected["period"]).tolist(),
        "survival": projected["survival"].tolist(),
        "low": projected["low"].tolist(),
        "high": projected["high"].tolist(),
        "parameters": found.parameters,
        "low_50": projected["low_50"].tolist(),
        "high_50": projected["high_50"].tolist(),
        "customers": found.seen.customers,
        "labels": [found.seen.labels.at(period) for period in projected["period"]],
        "unit": found.seen.unit,
        "taken_for": found.seen.kind,
        "notes": list(found.notes),
        "version": __version__,
        "provenance": found.provenance,
    }
    if past is not None:
        rows = past.summary().astype(object)
        answer["backtest"] = rows.where(rows.notna(), None).to_dict(orient="records")
    return answer


def _screen(found: Fit, projected: pd.DataFrame, came: Reals, past: Backtest | None, column: str) -> None:
    out, labels, last = console(), found.seen.labels, found.seen.periods
    end = projected.iloc[-1]
    say(
        out,
        f"{column}: after {labels.after(int(end['period']))} {100 * end['survival']:.1f} % of the starting customers "
        f"are expected to be left; 90 % bounds {100 * end['low']:.1f} to {100 * end['high']:.1f} %.",
        "bold",
    )
    say(out, f"{found.seen.taken} Fitted on {labels.span(1, last)}; model {_models(found)}.")
    for note in found.notes:
        say(out, note, "yellow" if "1,000" in note or "rises" in note else "")
    out.print()
    _rows(out, found, projected, came)
    if len(came):
        then = projected[last + 1 : last + 1 + len(came)]
        error = float(abs(then["survival"] / came - 1.0).mean())
        inside = int(((then["low"] <= came) & (came <= then["high"])).sum())
        out.print()
        say(
            out,
            f"Against what came in {labels.span(last + 1, last + len(came))}: mean absolute error {100 * error:.1f} % "
            f"of the value, {inside} of {len(came)} inside the 90 % bounds.",
        )
    if past is not None:
        say_past(out, past, "last rate and straight line are baselines.")
    out.print()
    say(
        out,
        "Bounds: where nine of ten such cohorts will be counted, from what the curve may be and the luck of so many "
        "customers. They assume that customers go on being treated as before.",
        "dim",
    )
    say(out, found.provenance, "dim")


def _models(found: Fit) -> str:
    if found.model != "auto":
        said = ", ".join(f"{name} {value:.3f}" for name, value in found.parameters.items())
        return f"{found.model} ({said})"
    ranked = sorted(found.weights.items(), key=lambda pair: -pair[1])
    return "auto: " + ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)


def _rows(out: Console, found: Fit, projected: pd.DataFrame, came: Reals) -> None:
    last, ahead = found.seen.periods, projected[found.seen.periods + 1 :]
    labels = found.seen.labels
    heads = (labels.unit, "survival", "90 % bounds", "50 % bounds", "customers", *(("came",) if len(came) else ()))
    rows = table(*((head, "right") for head in heads))
    values = 100.0 * ahead[["survival", "low", "high", "low_50", "high_50"]].to_numpy()
    for k in shown(len(values)):
        survival, low, high, low_50, high_50 = values[k]
        cells = [
            labels.at(last + 1 + k), f"{survival:.1f} %",
            f"{low:.1f} – {high:.1f} %", f"{low_50:.1f} – {high_50:.1f} %",
            f"{survival / 100.0 * found.seen.customers:,.0f}",
        ]  # fmt: skip
        if len(came):
            cells.append(f"{100 * came[k]:.1f} %" if k < len(came) else "")
        rows.add_row(*cells)
    out.print(rows)
