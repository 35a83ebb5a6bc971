"""The command that compares scenarios under the same luck."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli import breakdown, files, ledgers, money, overview
from cxsim.cli.keeping import NoStore, StoreAt, absolute, keeping, kept_line, store_of
from cxsim.cli.run import head
from cxsim.cli.screens import VERDICT_SIGNS, VERDICT_STYLES, bar, console, fast_note, next_steps, plural, say, table
from cxsim.cli.sizes import (
    REPLICATIONS,
    SEED,
    Accounts,
    Engine,
    Json,
    Out,
    Precision,
    Replications,
    Seed,
    Set,
    With,
    Workers,
    World,
    again,
    check_outcome,
    command,
    precision_of,
    quiet_study,
    replications_of,
    scale_note,
    warn_of,
    with_levers,
    world_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.store import Store
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


@dataclass(frozen=True)
class Shown:
    """What of a comparison is shown and written; `out` is a folder's full path, `waiting` in months."""

    targets: tuple[tuple[str, float], ...] = ()
    everything: bool = False
    as_json: bool = False
    out: str | None = None
    ledger: bool = False
    waiting: tuple[int, ...] = ()
    note: str = ""
    orders: int | None = None


def compare(
    world: World,
    with_: With = None,
    set_: Set = None,
    replications: Replications = None,
    precision: Precision = None,
    by: Annotated[str | None, typer.Option("--by", metavar="segment", help="Tell the segments apart.")] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="OUTCOME=X", help="Probability of reaching it: nrr=1.05")
    ] = None,
    seed: Seed = SEED,
    workers: Workers = None,
    engine: Engine = None,
    accounts: Accounts = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="LEVER:SETTING=VALUES",
            help="Instead of --with: one setting over values (given twice: two), formal-onboarding:coverage=0,0.5,1",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every outcome, and of many alternatives every table.")
    ] = False,
    as_json: Json = False,
    out: Out = None,
    waiting: Annotated[
        str | None, typer.Option("--waiting", metavar="MONTHS", help="What it costs to begin so much later: 3,6")
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="With --out: each account's two fates, and each lever's share: ledger.csv.")
    ] = False,
    orders: Annotated[
        int | None,
        typer.Option(
            "--orders",
            metavar="N",
            help="With --ledger and over 6 levers: orders drawn to share gains; 16 unless given.",
        ),
    ] = None,
    store: StoreAt = None,
    no_store: NoStore = False,
) -> None:
    """Compare a world with what interventions make of it, under the same luck."""
    from cxsim.errors import InputError

    if orders is not None and not ledger:
        raise InputError(f"--orders {orders}: is how --ledger shares gains among levers, and --ledger is missing")
    if vary:
        if with_ or precision or by or ledger or waiting:
            raise InputError("--vary: stands alone, without --with, --precision, --by, --ledger and --waiting")
        from cxsim.cli.vary import Shown as Varied
        from cxsim.cli.vary import vary as varied

        baseline = world_of(world, set_, accounts)
        told = Varied(tuple(vary), tuple(check_outcome(text) for text in target or ()), everything, as_json,
                      absolute(out), scale_note(world, baseline))  # fmt: skip
        varied(
            baseline, told,
            replications=replications_of(replications, {}) or REPLICATIONS, seed=seed, workers=workers, engine=engine,
            store=lambda: store_of(store, no_store, asdict(told)),
        )  # fmt: skip
        return
    if not with_:
        raise InputError("compare: --with is missing; name what to compare with, such as --with formal-onboarding")
    if by not in (None, "segment"):
        raise InputError(f'--by {by}: is not known. Did you mean "segment"?')
    if ledger and out is None:
        raise InputError("--ledger: is written to the folder of --out, which is missing")
    targets = [check_outcome(text) for text in target or ()]
    widths, later = precision_of(precision), money.waiting_of(waiting)
    baseline = world_of(world, set_, accounts)
    alternatives = with_levers(baseline, with_)
    money.check_waiting(baseline, alternatives, later)
    ledgers.check_orders(baseline, alternatives, orders)
    if out is not None:
        files.folder(out)
    shown = Shown(tuple(targets), everything, as_json, absolute(out), ledger, later, scale_note(world, baseline),
                  orders)  # fmt: skip
    kept = store_of(store, no_store, asdict(shown))
    from cxsim.studies import compare as compared

    with bar(baseline.name, quiet=as_json) as progress, quiet_study(), keeping():
        found = compared(
            baseline,
            *alternatives,
            replications=replications_of(replications, widths),
            precision=widths,
            seed=seed,
            workers=workers,
            engine=engine,
            progress=progress,
            by_segment=by is not None,
            names=with_,
            store=kept,
        )
    show(found, shown, workers=workers, engine=engine, store=kept)


def show(
    found: Comparison,
    shown: Shown,
    *,
    workers: int | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> None:
    """Print and write a comparison, and what was asked beside it."""
    warn_of(found)
    told = money.waited(found, shown.waiting, workers=workers, engine=engine, quiet=shown.as_json, store=store)
    place, targets = files.folder(shown.out) if shown.out is not None else None, list(shown.targets)
    written = write(found, targets, place, told) if place is not None else []
    if shown.ledger and place is not None:
        names = stems([run.name for run in found.alternatives])
        written += ledgers.write_ledgers(found, names, place, orders=shown.orders, quiet=shown.as_json, store=store)
    if shown.as_json:
        print(json.dumps(document(found, targets, told), indent=1, allow_nan=False))
        return
    screen = console()
    _screen(screen, found, targets, shown.everything, shown.note)
    if told:
        screen.print()
        money.say_waiting(screen, told)
    if written:
        screen.print()
        say(screen, overview.written_line(found, written))
    say(screen, kept_line(found.run_id), "dim")
    _next(screen, found, place)


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
    slugs = [_slug(name, 60) for name in names]
    return [f"{slug}-{n}-" if slugs.count(slug) > 1 else f"{slug}-" for n, slug in enumerate(slugs, start=1)]


def _slug(name: str, length: int) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:length].strip("-") or "alternative"


def _screen(
    out: Console, found: Comparison, targets: list[tuple[str, float]], everything: bool, note: str = ""
) -> None:
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


def _next(out: Console, found: Comparison, place: Path | None) -> None:
    from cxsim.studies import findings
    from cxsim.studies.precision import MOST_REPLICATIONS

    first = found.alternatives[0].name
    steps = []
    outcome = findings.churn_of(found, first)
    if found.precision is not None:
        if found.n < found.precision.needed <= MOST_REPLICATIONS:
            steps.append(again("replications", None))
    elif findings.verdict(found.effect(outcome, first), outcome) == "unclear":
        steps.append(again("replications", 4 * found.n))
    if not found.by_segment:
        steps.append(again("by", "segment"))
    if place is None:
        steps.append(again("out", f"cxsim-out/{_slug(first, 40)}"))
    steps.append("cxsim levers")
    next_steps(out, steps[:3])
