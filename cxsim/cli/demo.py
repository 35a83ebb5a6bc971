"""The command that shows what cxsim does, in under a minute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli import files
from cxsim.cli.screens import VERDICT_SIGNS, VERDICT_STYLES, bar, console, fast_note, next_steps, say, table
from cxsim.cli.sizes import FAST_ACCOUNTS, FAST_REPLICATIONS, command, in_proportion, is_fast

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.scenario import Scenario
    from cxsim.studies import Comparison

WORLD, LEVER, SEED = "b2b-saas", "formal-onboarding", 7
ACCOUNTS, REPLICATIONS = 200, 24
PLACE = Path("cxsim-out") / "demo"
SHOWN = ("logo_churn_12m", "nrr", "arr", "company_value_multiple", "net_benefit")


def demo() -> None:
    """See what formal onboarding does to a software company: a comparison, a figure and a report in a minute."""
    out = console()
    accounts = FAST_ACCOUNTS if is_fast() else ACCOUNTS
    replications = FAST_REPLICATIONS if is_fast() else REPLICATIONS
    place = files.folder(str(PLACE))
    from cxsim.studies import compare

    baseline = small(accounts)
    say(
        out,
        f"Simulating {baseline.name} at {accounts} accounts, its teams in proportion: {replications} times as it is, "
        f"and {replications} times with {LEVER}, each pair with the same luck …",
        "dim",
    )
    with bar("demo") as progress:
        found = compare(baseline, baseline.with_(LEVER), replications=replications, seed=SEED, progress=progress)
    _write(found, place)
    _screen(out, found, place)


def small(accounts: int) -> Scenario:
    """The demo's world: fewer accounts, and teams smaller in proportion, so that people stay as busy."""
    from cxsim.scenario import Scenario

    return in_proportion(Scenario.load(WORLD), accounts)


def _write(found: Comparison, place: Path) -> None:
    from cxsim import plots
    from cxsim.report import report

    born = files.born(found.baseline.scenario, found.baseline.seed)
    plots.save(plots.effects(found), place / "effects.png", born=born)
    plots.save(plots.fan(found, "arr"), place / "arr.png", born=born)
    files.write_text(place / "report.html", report(found, command=command()))


def _screen(out: Console, found: Comparison, place: Path) -> None:
    from rich.text import Text

    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies import findings
    from cxsim.studies import quantities as q

    scenario = found.baseline.scenario
    out.print()
    say(out, findings.finding(found), "bold")
    say(out, findings.money(found))
    out.print()
    rows = table(
        ("after " + str(found.baseline.horizon) + " months", "left"), ("as it is", "right"), ("with it", "right"),
        ("difference [95 %]", "right"), ("", "left"), gap=1,
    )  # fmt: skip
    for name in SHOWN:
        effect, unit = found.effect(name), OUTCOMES[name].unit
        mark = findings.verdict(effect, name)
        rows.add_row(
            q.title(name),
            q.level(effect.baseline, unit),
            q.level(effect.alternative, unit),
            Text(q.change_with_interval(effect.difference, effect.low, effect.high, unit), style=VERDICT_STYLES[mark]),
            Text(VERDICT_SIGNS[mark], style=VERDICT_STYLES[mark]),
        )
    out.print(rows)
    out.print()
    say(out, findings.shows(found))
    say(
        out,
        f"Brackets: 95 % interval of the mean over {found.n} paired replications. Money in {scenario.currency}. "
        f"Seed {SEED}: the same numbers whenever you run it.",
        "dim",
    )
    fast_note(out)
    out.print()
    out.print(f"  figure  {place / 'effects.png'}  (and arr.png)", soft_wrap=True)
    out.print(f"  report  {place / 'report.html'}", soft_wrap=True)
    next_steps(
        out,
        [
            f"cxsim compare {WORLD} --with {LEVER}:start=6",
            "cxsim levers",
            "cxsim worlds",
        ],
    )
