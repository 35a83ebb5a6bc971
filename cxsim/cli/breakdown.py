"""Tables of `compare` beside that of its effects: segments, and chances of reaching a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.cli.screens import VERDICT_SIGNS, VERDICT_STYLES, table, wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.studies import Comparison

BY_SEGMENT = ("logo_churn_12m", "logo_churn_annual", "nrr", "arr", "health_mean")


def segments(out: Console, found: Comparison, name: str) -> None:
    """Some outcomes segment by segment."""
    from rich.text import Text

    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies import findings
    from cxsim.studies import quantities as q

    rows = table(
        ("by segment", "left"), ("segment", "left"), ("baseline", "right"), ("difference [95 %]", "right"), ("", "left")
    )
    for outcome in BY_SEGMENT:
        for number, segment in enumerate(found.baseline.scenario.segments):
            effect, unit = found.effect(outcome, name, segment), OUTCOMES[outcome].unit
            mark = findings.verdict(effect, outcome)
            rows.add_row(
                "" if number else outcome,
                segment,
                q.level(effect.baseline, unit),
                q.change_with_interval(effect.difference, effect.low, effect.high, unit),
                Text(VERDICT_SIGNS[mark] if effect.difference is not None else "", style=VERDICT_STYLES[mark]),
            )
    out.print(rows)


def targets(out: Console, found: Comparison, wanted: list[tuple[str, float]]) -> None:
    """Chance of reaching each target, in each arm."""
    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies import quantities as q

    rows = table(("chance of reaching", "left"), ("with", "left"), ("probability", "right"), ("95 % interval", "right"))
    for name, value in wanted:
        sign = "≥" if OUTCOMES[name].better == "higher" else "≤"
        for number, row in enumerate(found.reaching(name, value)):
            goal = "" if number else f"{name} {sign} {q.level(value, OUTCOMES[name].unit)}"
            arm = "baseline" if number == 0 else wrapped(row["name"], 26)
            rows.add_row(
                goal, arm, q.chance(row["probability"]), q.interval(row["low"], row["high"], "share", signed=False)
            )
    out.print(rows)
