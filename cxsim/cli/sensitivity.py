"""The command that says what an outcome depends on, and where a lever does not pay."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxsim.cli import files
from cxsim.cli.keeping import NoStore, StoreAt, absolute, for_part, keeping, kept_line, store_of
from cxsim.cli.screens import bar, console, next_steps, say
from cxsim.cli.sensitivity_answers import document, say_found, write
from cxsim.cli.sizes import (
    SEED,
    Accounts,
    Json,
    Out,
    Seed,
    Set,
    With,
    Workers,
    World,
    again,
    is_fast,
    scale_note,
    with_levers,
    world_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.store import Store
    from cxsim.studies.discovery import Discovery
    from cxsim.studies.sensitivity import Sensitivity

# a minute on two cores, see `_sizes`
SMALL, ROWS, REPLICATIONS, FUTURES = 100, 128, 10, 512
FAST_ROWS, FAST_REPLICATIONS, FAST_FUTURES = 16, 2, 64


@dataclass(frozen=True)
class Shown:
    """What is asked beside the indices, shown and written.

    With `futures`, so many are searched for a box beyond the threshold; `out` is a folder's full path.
    """

    world: str
    futures: int = 0
    threshold: float = 0.0
    parameters: list[str] | None = None
    effect_spread: float = 0.0
    made_small: bool = False
    note: str = ""
    as_json: bool = False
    out: str | None = None


def sensitivity(
    world: World,
    outcome: Annotated[str, typer.Option("--outcome", metavar="NAME", help="What is asked about (cxsim outcomes).")],
    with_: With = None,
    set_: Set = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="NAMES", help="Vary these parameters or tables alone: churn,growth")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="NAME=NAMES", help="One index for several: pains=churn.service_pain,outcome"),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows", metavar="N", show_default=f"{ROWS}, half with --with",
            help="Rows of the design, a power of two: (groups + 2) times N times 2 runs.",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications", metavar="N", show_default=str(REPLICATIONS), help="Runs at each end of each parameter."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Swings of all parameters, not only of groups that are told from zero.")
    ] = False,
    effect_spread: Annotated[
        float | None,
        typer.Option(
            "--effect-spread", metavar="X", show_default="0.5",
            help="How unsure the levers' effects are, as a share of each (standard deviation); 0 takes them as put in.",
        ),
    ] = None,
    discover: Annotated[
        bool, typer.Option("--discover", help="Also seek the box in which the lever does not pay.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", metavar="X", help="With --discover: beyond which it is bad; 0 for an effect."),
    ] = None,
    seed: Seed = SEED,
    workers: Workers = None,
    accounts: Accounts = None,
    as_json: Json = False,
    out: Out = None,
    store: StoreAt = None,
    no_store: NoStore = False,
) -> None:  # fmt: skip
    """Say which unknowns an outcome, or the effect of levers on it, depends on, and how much is luck."""
    _refuse(outcome, with_, discover, threshold)
    from cxsim.studies.strengths import USUAL

    unsure = USUAL if effect_spread is None else effect_spread
    # a lever's price and people are meant for the world's own size
    own_size = bool(with_) and not is_fast()
    scenario = world_of(world, set_, accounts, small=None if own_size else SMALL)
    alternative = with_levers(scenario, with_)[0] if with_ else None
    groups = _groups_of(group)
    parameters = [name.strip() for name in only.split(",")] if only is not None else None
    n_rows, n_replications, _ = _sizes(rows, replications, alternative is not None)
    if out is not None:
        files.folder(out)
    made_small = not own_size and accounts is None and scenario.value("arrivals.base_accounts") <= SMALL
    futures = _sizes(rows, replications, alternative is not None)[2] if discover else 0
    shown = Shown(world, futures, 0.0 if threshold is None else threshold, parameters, unsure, made_small,
                  "" if made_small else scale_note(world, scenario), as_json,
                  absolute(out))  # fmt: skip
    kept = store_of(store, no_store, asdict(shown))
    from cxsim.studies.sensitivity import sensitivity as sensed

    with bar(scenario.name, quiet=as_json) as progress, keeping():
        found = sensed(
            scenario,
            outcome=outcome,
            alternative=alternative,
            parameters=parameters,
            groups=groups,
            effect_spread=unsure,
            rows=n_rows,
            replications=n_replications,
            every=every,
            seed=seed,
            workers=workers,
            progress=progress,
            store=kept,
        )
    show(found, shown, workers=workers, store=kept)


def show(found: Sensitivity, shown: Shown, *, workers: int | None = None, store: Store | None = None) -> None:
    """Print and write what was found, and the box if it is asked for."""
    box = _box(found, shown, workers, store) if shown.futures else None
    place = files.folder(shown.out) if shown.out is not None else None
    written = write(found, box, place) if place is not None else []
    if shown.as_json:
        print(json.dumps(document(found, box), indent=1, allow_nan=False))
        return
    screen = console()
    say_found(screen, found, box, note=shown.note, effect_spread=shown.effect_spread, made_small=shown.made_small)
    if written:
        screen.print()
        say(screen, "Written: " + ", ".join(files.shown(path) for path in written))
    say(screen, kept_line(found.run_id), "dim")
    _next(screen, shown.world, found, box, place)


def _box(found: Sensitivity, shown: Shown, workers: int | None, store: Store | None) -> Discovery:
    from cxsim.studies.discovery import discover as discovered

    question = found.question
    with bar("futures", quiet=shown.as_json) as progress, keeping():
        return discovered(
            question.scenario,
            alternative=question.alternative,
            outcome=question.outcome.name,
            threshold=shown.threshold,
            parameters=shown.parameters,
            effect_spread=shown.effect_spread,
            rows=shown.futures,
            seed=found.seed,
            workers=workers,
            progress=progress,
            store=for_part(store, found.run_id),
        )


def _refuse(outcome: str, with_: list[str] | None, discover: bool, threshold: float | None) -> None:
    from cxsim.errors import InputError
    from cxsim.studies.answers import known

    faults = []
    try:
        known(outcome)
    except InputError as error:
        faults += [f"--outcome {line}" for line in error.faults]
    if with_ and len(with_) > 1:
        faults.append("--with: is given more than once; one alternative at a time, its levers joined by +")
    if threshold is not None and not discover:
        faults.append("--threshold: is for --discover, which is missing")
    if discover and threshold is None and not with_:
        faults.append(f"--discover: without --with, say with --threshold beyond which {outcome} is bad")
    if faults:
        raise InputError(faults)


def _groups_of(texts: list[str] | None) -> dict[str, list[str]]:
    """Read each `NAME=NAMES` of `--group`."""
    from cxsim.errors import InputError, shown

    found: dict[str, list[str]] = {}
    faults = []
    for text in texts or ():
        name, equals, names = (part.strip() for part in text.partition("="))
        if not (name and equals and names):
            faults.append(f"--group {shown(text)}: write name=names, such as pains=churn.service_pain,churn.price_pain")
        elif name in found:
            faults.append(f"--group {name}: is given twice")
        else:
            found[name] = [one.strip() for one in names.split(",")]
    if faults:
        raise InputError(faults)
    return found


def _sizes(rows: int | None, replications: int | None, paired: bool) -> tuple[int, int, int]:
    """Rows, replications and futures to run: an effect takes two runs where an outcome takes one."""
    from cxsim.studies.sobol import refuse_rows

    if rows is not None:
        refuse_rows(rows)
    if is_fast():
        return (
            min(rows or FAST_ROWS, FAST_ROWS),
            min(replications or FAST_REPLICATIONS, FAST_REPLICATIONS),
            FAST_FUTURES,
        )
    usual = ROWS // 2 if paired else ROWS
    return usual if rows is None else rows, REPLICATIONS if replications is None else replications, FUTURES


def _next(out: Console, world: str, found: Sensitivity, box: Discovery | None, place: Path | None) -> None:
    steps = []
    if found.reason or found.indices.total is None:
        steps.append(again("rows", 4 * found.asked_rows))
    elif len(found.groups) < len(found.uncertain):
        steps.append(again("only", found.rows()[0]["group"]))
    if box is None and found.question.levers:
        steps.append(again("rows", None) + " --discover")
    if place is None:
        steps.append(again("out", "cxsim-out/sensitivity"))
    steps.append(f"cxsim show {world}")
    next_steps(out, steps[:3])
