"""What `compare` answers: as a document, in files, and on the screen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.cli import breakdown, files, money, overview
from cxsim.cli.run import head
from cxsim.cli.screens import VERDICT_SIGNS, VERDICT_STYLES, fast_note, plural, say, table
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.studies import Comparison
    from cxsim.studies.waiting import Waiting

GROUPS = (
    ("who stays", ("logo_churn_12m", "logo_churn_annual", "renewal_rate", "grr", "nrr", "accounts")),
    (
        "what it is worth",
        ("arr", "company_value_multiple", "company_value_dcf", "clv", "net_benefit", "programme_cost"),
    ),
    ("how it feels", ("time_to_value", "health_mean", "green_share", "trapped_share")),
)
WIDE = 96


def document(found: Comparison, targets: list[tuple[str, float]], told: Mapping[str, Waiting]) -> dict[str, Any]:
    """The answer of `compare --json`."""
    alternatives = []
    for run in found.alternatives:
        effects = found.rows(run.name)
        if found.by_segment:
            effects = [{"segment": "all", **row} for row in effects]
            for segment in found.baseline.scenario.segments:
                effects += [{"segment": segment, **row} for row in found.rows(run.name, segment)]
        row = {"name": run.name, "effects": effects, "reached": found.reached_row(run.name)}
        row["payback"] = money.payback_document(found, run.name)
        alternatives.append(row | ({"waiting": told[run.name].rows()} if told else {}))
    said = {"precision": found.precision.document()} if found.precision is not None else {}
    answer = {**head(found.baseline), **said, "alternatives": alternatives, **overview.document(found)}
    if targets:
        answer["targets"] = [row for name, value in targets for row in found.reaching(name, value)]
    return answer


def write(found: Comparison, targets: list[tuple[str, float]], place: Path, told: Mapping[str, Waiting]) -> list[Path]:
    """Write numbers, figures and report of a comparison."""
    from cxsim import plots
    from cxsim.report import report

    born = files.born(found.baseline.scenario, found.baseline.seed)
    full = json.dumps({**document(found, targets, told), "command": command()}, indent=1, allow_nan=False)
    written = [files.write_text(place / "comparison.json", full + "\n")]
    written.append(files.write_text(place / "effects.csv", f"# {born}\n{found.effects().to_csv(index=False)}"))
    written += [*money.write_money(found, place), *overview.write(found, place)]
    for stem, run in zip(stems([run.name for run in found.alternatives]), found.alternatives, strict=True):
        for name, figure in (
            ("effects", plots.effects(found, run.name)),
            ("arr", plots.fan(found, "arr", run.name)),
            ("retention", plots.retention(found, run.name)),
            ("payback", plots.payback(found, run.name)),
        ):
            plots.save(figure, place / f"{stem}{name}.png", born=born)
            written.append(place / f"{stem}{name}.png")
        written.append(files.write_text(place / f"{stem}report.html", report(found, run.name, command=command())))
    return written


def stems(names: list[str]) -> list[str]:
    """What the files of each alternative begin with: nothing where there is one, else no two the same."""
    if len(names) == 1:
        return [""]
    slugs = [slug(name, 60) for name in names]
    return [f"{slug}-{n}-" if slugs.count(slug) > 1 else f"{slug}-" for n, slug in enumerate(slugs, start=1)]


def slug(name: str, length: int) -> str:
    """A name as it may stand in a file's."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:length].strip("-") or "alternative"


def say_found(
    out: Console, found: Comparison, targets: list[tuple[str, float]], everything: bool, note: str = ""
) -> None:
    """Print findings and tables, and below them what they rest on."""
    from cxsim.studies import findings

    scenario = found.baseline.scenario
    overview.say_overview(out, found, everything)
    for run in () if overview.hides_tables(found, everything) else found.alternatives:
        say(out, findings.finding(found, run.name), "bold")
        say(out, findings.money(found, run.name))
        say(out, findings.payback(found, run.name))
        say(out, findings.shows(found, run.name))
        say(out, findings.among(found, run.name))
        out.print()
        _effects(out, found, run.name, everything)
        out.print()
        if found.by_segment:
            breakdown.segments(out, found, run.name)
            out.print()
    if targets:
        breakdown.targets(out, found, targets)
        out.print()
    for line in found.precision.lines() if found.precision is not None else ():
        say(out, line)
    say(
        out,
        f"{scenario.name}: {plural(found.n, 'paired replication')} of {found.baseline.horizon} months, seed "
        f"{found.baseline.seed}; money in {scenario.currency}. Brackets: 95 % interval of the mean difference. "
        + ("wins: share of replications in which the alternative is better, ties half. " if out.width >= WIDE else "")
        + "net_benefit: present value of all cash; its difference is the net benefit. "
        + note,
        "dim",
    )
    for run in () if overview.hides_tables(found, everything) else found.alternatives:
        said = findings.pairing(found, run.name)
        if said:
            say(out, (f"{run.name}: " if len(found.alternatives) > 1 else "") + said, "dim")
    fast_note(out)


def _effects(out: Console, found: Comparison, name: str, everything: bool) -> None:
    from rich.text import Text

    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies import findings
    from cxsim.studies import quantities as q

    # eighty columns hold everything but the share of replications won
    wide = out.width >= WIDE
    columns = [("outcome", "left"), ("baseline", "right"), ("with it", "right"), ("difference [95 %]", "right")]
    rows = table(*columns, *([("wins", "right")] if wide else []), ("", "left"), gap=2 if wide else 1)
    groups = (("every outcome", tuple(OUTCOMES)),) if everything else _groups(found)
    missing: dict[str, list[str]] = {}
    for heading, names in groups:
        rows.add_row(Text(heading, style="dim italic"))
        for outcome in names:
            effect, unit = found.effect(outcome, name), OUTCOMES[outcome].unit
            mark = findings.verdict(effect, outcome)
            said = q.change_with_interval(effect.difference, effect.low, effect.high, unit)
            rows.add_row(
                f" {outcome}",
                q.level(effect.baseline, unit),
                q.level(effect.alternative, unit),
                Text(said, style=VERDICT_STYLES[mark]),
                *([q.chance(effect.probability_better)] if wide else []),
                Text(VERDICT_SIGNS[mark] if effect.difference is not None else "", style=VERDICT_STYLES[mark]),
            )
            if effect.reason:
                missing.setdefault(effect.reason, []).append(outcome)
    for row in money.add_payback(rows, found, name, wide=wide):
        if row.get("reason"):
            missing.setdefault(row["reason"], []).append(row["outcome"])
    out.print(rows)
    for reason, names_ in missing.items():
        say(out, f"{', '.join(names_)}: {reason}", "dim")


def _groups(found: Comparison) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The outcomes shown: the usual ones, and those of which a precision was asked."""
    usual = {name for _, names in GROUPS for name in names}
    asked = dict.fromkeys(goal.outcome for goal in found.precision.goals) if found.precision is not None else {}
    others = tuple(name for name in asked if name not in usual)
    return (*GROUPS, ("asked for", others)) if others else GROUPS
