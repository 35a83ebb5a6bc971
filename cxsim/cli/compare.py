"""The command that compares scenarios under the same luck."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxsim.cli import files, ledgers, money, overview
from cxsim.cli.compare_answers import document, say_found, slug, stems, write
from cxsim.cli.keeping import NoStore, StoreAt, absolute, keeping, kept_line, store_of
from cxsim.cli.screens import bar, console, next_steps, say
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
    say_found(screen, found, targets, shown.everything, shown.note)
    if told:
        screen.print()
        money.say_waiting(screen, told)
    if written:
        screen.print()
        say(screen, overview.written_line(found, written))
    say(screen, kept_line(found.run_id), "dim")
    _next(screen, found, place)


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
        steps.append(again("out", f"cxsim-out/{slug(first, 40)}"))
    steps.append("cxsim levers")
    next_steps(out, steps[:3])
