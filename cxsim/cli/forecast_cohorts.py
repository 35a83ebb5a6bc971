"""Forecast several cohorts together, as the command `forecast` does with --cohorts."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cxsim.cli.forecast_screen import say_next, say_past, shown
from cxsim.cli.screens import console, say, table
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.forecast import Backtest, CohortFit, Triangle
    from cxsim.forecast.curves import Reals


@dataclass(frozen=True, slots=True)
class AskedCohorts:
    """What was asked of a table of cohorts, and what the asker assumes."""

    file: str
    rows: str | None
    customers: int | None
    horizon: int
    fit: int | None
    model: str
    new: float | None
    arpa: float | None
    backtested: bool
    as_json: bool
    out: str | None


def forecast_cohorts(asked: AskedCohorts) -> None:
    """Read, fit, project and show."""
    from cxsim.errors import InputError
    from cxsim.forecast import backtest, fit_cohorts
    from cxsim.forecast.cohort_tables import read_triangle

    whole = read_triangle(asked.file, rows=asked.rows, customers=asked.customers)
    seen = whole if asked.fit is None else whole.first(asked.fit)
    if asked.horizon <= seen.periods:
        raise InputError(
            f"--horizon {asked.horizon}: must be beyond {seen.periods}, the last period fitted; periods are counted "
            "from the start of the oldest cohort"
        )
    found = fit_cohorts(seen, model=asked.model)
    ahead = asked.horizon - seen.periods
    projected = found.project(ahead, new=asked.new or 0.0, revenue=asked.arpa)
    each = found.cohorts(periods=ahead)
    models = tuple(dict.fromkeys((asked.model, "sbg", "geometric")))
    past = backtest(seen, models=models) if asked.backtested else None
    # only of the cohorts that were there: who joined later is no part of what was forecast
    came = sum_of(whole, seen.names)[seen.periods + 1 : asked.horizon + 1] if asked.new is None else seen.totals[:0]
    if asked.out is not None:
        from cxsim import plots

        figure = plots.triangle(found, projected=projected, later=came)
        plots.save(figure, asked.out, born=f"{found.pooled.provenance}; made by: {command()}")
    if asked.as_json:
        print(json.dumps(document(found, projected, each, past), indent=1, ensure_ascii=False, allow_nan=False))
        return
    _screen(found, projected, each, came, past, asked)
    say_next(asked.backtested, asked.out)


def sum_of(whole: Triangle, names: tuple[str, ...]) -> Reals:
    """Customers of some cohorts at each period of a triangle."""
    kept = {name: counts for name, counts in zip(whole.names, whole.counts, strict=True) if name in names}
    return replace(whole, names=tuple(kept), counts=tuple(kept.values())).totals


def document(
    found: CohortFit, projected: pd.DataFrame, each: pd.DataFrame, past: Backtest | None = None
) -> dict[str, Any]:
    """The answer of `forecast --json` for several cohorts."""
    from cxsim import __version__

    deviance, free, p = found.table.alike()
    numbers = {str(name): projected[name].tolist() for name in projected.columns if name != "period"}
    cohorts = [
        {"cohort": name, "level": level, "tilt": tilt,
         **{key: rows[key].tolist() for key in ("age", "customers", "low", "high")}}
        for (name, rows), (level, tilt) in zip(each.groupby("cohort", sort=False), found.own.tolist(), strict=True)
    ]  # fmt: skip
    answer = {
        "model": found.pooled.model, "weights": dict(found.families), "fitted_periods": found.table.periods,
        "periods": (found.table.periods + projected["period"]).tolist(), **numbers,
        "spread": found.spread._asdict(), "alike": {"deviance": deviance, "degrees_of_freedom": free, "p": p},
        "taken_for": found.table.kind, "notes": list(found.table.notes), "cohorts": cohorts,
        "version": __version__, "provenance": found.pooled.provenance,
    }  # fmt: skip
    if past is not None:
        rows = past.summary().astype(object)
        answer["backtest"] = rows.where(rows.notna(), None).to_dict(orient="records")
    return answer


def _screen(
    found: CohortFit,
    projected: pd.DataFrame,
    each: pd.DataFrame,
    came: Reals,
    past: Backtest | None,
    asked: AskedCohorts,
) -> None:
    out, known = console(), found.table.periods
    end = projected.iloc[-1]
    say(
        out,
        f"In period {asked.horizon}, {end['customers']:,.0f} customers are expected (90 % bounds {end['low']:,.0f} to "
        f"{end['high']:,.0f}), {end['of_today']:,.0f} of them customers today.",
        "bold",
    )
    ranked = sorted(found.families.items(), key=lambda pair: -pair[1])
    believed = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)
    level, walk, tilt = (100.0 * part for part in found.spread)
    p = found.table.alike()[2]
    say(out, f"{len(found.table.counts)} cohorts, periods 0–{known}; model {found.pooled.model}: {believed}.")
    luck = "in fewer than 1 of 1,000" if p < 0.001 else f"in {100 * p:.0f} of 100"
    say(
        out,
        f"Rates of loss differ by about {level:.0f} % between cohorts, by {walk:.0f} % more from one period of sign-up "
        f"to the next, and by {tilt:.0f} % more with each e-fold of age. Differences as large as those seen come by "
        f"luck {luck} tables of cohorts that are alike.",
    )
    kinds = {"count": "counts of customers", "percent": "per cent", "share": "shares"}
    names = found.table.names
    say(out, f"Taken for {kinds[found.table.kind]} of cohorts {names[0]} to {names[-1]}.")
    for note in found.table.notes:
        say(out, note, "yellow" if "1,000" in note else "")
    if asked.new:
        say(out, f"Assumed: {asked.new:,.10g} join in each period to come.", "yellow")
    if asked.arpa is not None:
        say(out, f"Assumed: {asked.arpa:,.10g} of revenue from each customer in each period.", "yellow")
    out.print()
    _total(projected, known, came)
    out.print()
    _each(each, found)
    if len(came):
        error = abs(projected["customers"].to_numpy()[1 : len(came) + 1] / came - 1.0).mean()
        inside = int(
            ((projected["low"][1 : len(came) + 1] <= came) & (came <= projected["high"][1 : len(came) + 1])).sum()
        )
        out.print()
        say(
            out,
            f"Against what came in periods {known + 1}–{known + len(came)}: mean absolute error {100 * error:.1f} % of "
            f"the value, {inside} of {len(came)} inside the 90 % bounds.",
        )
    if past is not None:
        say_past(out, past, "last rate and chain ladder are baselines.")
    out.print()
    say(
        out,
        "Bounds: where nine of ten such counts will fall, from what the shared curve may be, from how much cohorts "
        "differ, and luck. They assume that customers go on being treated as before.",
        "dim",
    )
    say(out, found.pooled.provenance, "dim")


def _total(projected: pd.DataFrame, known: int, came: Reals) -> None:
    """All cohorts together, a row a period."""
    rows_ahead = projected.iloc[1:].to_dict(orient="records")
    money = "revenue" in projected
    heads = ("period", "customers", "90 % bounds", *(("came",) if len(came) else ()),
             *(("revenue", "90 %") if money else ()))  # fmt: skip
    rows = table(*((head, "right") for head in heads))
    for k in shown(len(rows_ahead)):
        row = rows_ahead[k]
        cells = [str(known + 1 + k), f"{row['customers']:,.0f}", f"{row['low']:,.0f} – {row['high']:,.0f}"]
        if len(came):
            cells.append(f"{came[k]:,.0f}" if k < len(came) else "")
        if money:
            cells += [f"{row['revenue']:,.0f}", f"{row['revenue_low']:,.0f} – {row['revenue_high']:,.0f}"]
        rows.add_row(*cells)
    console().print(rows)


def _each(each: pd.DataFrame, found: CohortFit) -> None:
    """Each cohort at the end, a row a cohort."""
    last = each[each["period"] == each["period"].max()].to_dict(orient="records")
    rows = table(("cohort", "left"), ("age today", "right"), ("today", "right"), ("at the end", "right"),
                 ("90 % bounds", "right"), ("rates of loss", "right"))  # fmt: skip
    for row, counts, (level, _) in zip(last, found.table.counts, found.own, strict=True):
        rows.add_row(
            str(row["cohort"]), str(len(counts) - 1), f"{counts[-1]:,.0f}", f"{row['customers']:,.0f}",
            f"{row['low']:,.0f} – {row['high']:,.0f}", f"{100 * (math.exp(level) - 1):+.0f} %",
        )  # fmt: skip
    console().print(rows)
