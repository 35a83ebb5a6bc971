"""One page that a leader can read on a phone: the finding, the figures, the numbers, and how to make it again."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from cxsim.readings.registry import OUTCOMES, PAYBACK
from cxsim.studies import findings
from cxsim.studies import quantities as q
from cxsim.studies.payback import payback
from cxsim.studies.verdicts import shocks_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxsim.studies import Comparison

__all__ = ["report"]

NUMBERS = (
    "logo_churn_12m", "logo_churn_annual", "grr", "nrr", "accounts", "arr", "company_value_multiple",
    "company_value_dcf", "clv", "net_benefit", "programme_cost", "time_to_value", "health_mean", "green_share",
    "trapped_share",
)  # fmt: skip


def report(comparison: Comparison, alternative: str | None = None, *, command: str = "") -> str:
    """A self-contained HTML page about one alternative.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    command : str
        What makes it again, for the footer.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from cxsim import __version__, plots

    run = comparison.named(alternative)
    page = Environment(
        loader=PackageLoader("cxsim.report", "templates"), autoescape=True, undefined=StrictUndefined
    ).get_template("comparison.html")
    figures = [
        ("effects", svg(plots.effects(comparison, run.name), "effects")),
        ("arr", svg(plots.fan(comparison, "arr", run.name), "arr")),
        ("retention", svg(plots.retention(comparison, run.name), "retention")),
        ("payback", svg(plots.payback(comparison, run.name), "payback")),
    ]
    done, shocked = comparison.interventions(run.name), bool(shocks_in(comparison, run.name))
    return page.render(
        title=findings.headline(comparison, run.name),
        sentences=[
            findings.finding(comparison, run.name),
            findings.money(comparison, run.name),
            *filter(None, [findings.payback(comparison, run.name)]),
            findings.shows(comparison, run.name),
            *filter(None, [findings.among(comparison, run.name)]),
        ],
        world=comparison.baseline.scenario,
        accounts=f"{comparison.baseline.series('accounts')[:, 0].mean():,.0f}",
        interventions=done,
        figures=figures,
        rows=[_row(comparison, run.name, name) for name in NUMBERS],
        paid=[] if shocked else [_paid(row) for row in payback(comparison, alternative=run.name).rows()],
        n=comparison.n,
        horizon=comparison.baseline.horizon,
        pairing=findings.pairing(comparison, run.name),
        precision=[] if comparison.precision is None else comparison.precision.lines(),
        version=__version__,
        scenario_hash=comparison.baseline.scenario.hash,
        alternative_hash=run.scenario.hash,
        seed=comparison.baseline.seed,
        command=command,
    )


def _row(comparison: Comparison, alternative: str, name: str) -> dict[str, Any]:
    effect, unit = comparison.effect(name, alternative), OUTCOMES[name].unit
    return {
        "title": q.title(name),
        "name": name,
        "meaning": OUTCOMES[name].meaning,
        "baseline": q.level(effect.baseline, unit),
        "alternative": q.level(effect.alternative, unit),
        "difference": q.change_with_interval(effect.difference, effect.low, effect.high, unit),
        "future": q.interval(effect.future_low, effect.future_high, unit),
        "wins": q.chance(effect.probability_better),
        "verdict": findings.verdict(effect, name),
        "reason": effect.reason,
    }


def _paid(row: dict[str, Any]) -> dict[str, str]:
    unit = row["unit"]
    return {
        "title": q.title(row["outcome"]),
        "meaning": PAYBACK[row["outcome"]].meaning,
        "value": q.level_with_interval(row["value"], row["low"], row["high"], unit),
        "one": q.level_with_interval(row["future_median"], row["future_low"], row["future_high"], unit),
        "reason": row.get("reason", ""),
    }


def svg(figure: Figure, name: str) -> str:
    """A figure as inline SVG that asks nobody for anything; ids are made its own."""
    import matplotlib as mpl

    drawn = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "cxsim", "svg.fonttype": "path"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    text = drawn.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\b(id=|xlink:href=")"?#?', lambda found: found[0] + f"{name}-", text)
    text = text.replace("url(#", f"url(#{name}-")
    start = text.index(">")
    head = re.sub(r' (width|height)="[^"]*pt"', "", text[:start])
    return f'{head} role="img" aria-label="{name}"{text[start:]}'
