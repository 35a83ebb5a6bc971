"""The command that says what an outcome depends on, and where a lever does not pay."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cxsim.cli import files
from cxsim.cli.keeping import NoStore, StoreAt, absolute, for_part, keeping, kept_line, store_of
from cxsim.cli.screens import bar, console, fast_note, next_steps, say, table
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
    command,
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
MOST_SHOWN: Final = 12


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
    _screen(screen, found, box, shown)
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


def document(found: Sensitivity, box: Discovery | None) -> dict[str, Any]:
    """The answer of `sensitivity --json`."""
    from cxsim import __version__

    scenario, question = found.question.scenario, found.question
    answer: dict[str, Any] = {
        "world": scenario.name,
        "seed": found.seed,
        "replications": found.replications,
        "rows": found.asked_rows,
        "rows_counted": found.indices.rows,
        "runs": found.runs,
        "accounts": scenario.value("arrivals.base_accounts"),
        "horizon_months": scenario.horizon_months,
        "version": __version__,
        "scenario_hash": scenario.hash,
        "outcome": question.outcome.name,
        "unit": question.outcome.unit,
        "with": question.levers or None,
        "luck": _index(found.indices.luck),
        "input_variance": _index(found.indices.input_variance),
        "groups": found.rows(),
        "swings": found.tornado_rows(),
    }
    if found.reason:
        answer["reason"] = found.reason
    if box is not None:
        answer["discovery"] = _discovery(box)
    return answer


def write(found: Sensitivity, box: Discovery | None, place: Path) -> list[Path]:
    """Write numbers and figures."""
    from cxsim import plots

    born = files.born(found.question.scenario, found.seed)
    full = json.dumps({**document(found, box), "command": command()}, indent=1, allow_nan=False)
    written = [files.write_text(place / "sensitivity.json", full + "\n")]
    for name, frame in (("indices", found.frame()), ("tornado", found.tornado())):
        written.append(files.write_text(place / f"{name}.csv", f"# {born}\n{frame.to_csv(index=False)}"))
    figures = [("indices", plots.indices(found)), ("tornado", plots.tornado(found))]
    if box is not None and box.is_found:
        written.append(files.write_text(place / "box.csv", f"# {born}\n{box.frame().to_csv(index=False)}"))
        figures.append(("box", plots.box(box)))
    for name, figure in figures:
        plots.save(figure, place / f"{name}.png", born=born)
        written.append(place / f"{name}.png")
    return written


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


def _index(index: Any) -> dict[str, float | None]:
    from math import isfinite

    told = {"value": index.value, "low": index.low, "high": index.high, "standard_error": index.standard_error}
    return {key: value if isfinite(value) else None for key, value in told.items()}


def _discovery(box: Discovery) -> dict[str, Any]:
    share, low, high = box.share
    inside, outside = box.means()
    answer: dict[str, Any] = {
        "when": box.when,
        "threshold": box.threshold,
        "futures": len(box.values),
        "share": share,
        "low": low,
        "high": high,
        "found": box.is_found,
        "sides": box.rows(),
        "summary": box.summary(),
    }
    if box.box is not None and box.is_found:
        names = ("rows", "inside", "base", "p", "density", "density_low", "density_high")
        answer |= {name: getattr(box.box, name) for name in (*names, "coverage", "coverage_low", "coverage_high")}
        answer |= {"mean_inside": inside, "mean_outside": outside}
    return answer


def _screen(out: Console, found: Sensitivity, box: Discovery | None, shown: Shown) -> None:
    from cxsim.studies.sensitivity import percent

    first, *others = found.summary().split("\n")
    say(out, first, "bold")
    for line in others:
        say(out, line)
    out.print()
    if not found.reason:
        rows = table(("group", "left"), ("parameters", "right"), ("total [95 %]", "right"), ("first [95 %]", "right"))
        for row in found.rows():
            said = f"{percent(row['total'])} [{percent(row['total_low'])}, {percent(row['total_high'])}]"
            alone = f"{percent(row['first'])} [{percent(row['first_low'])}, {percent(row['first_high'])}]"
            rows.add_row(row["group"], str(row["parameters"]), said, alone)
        out.print(rows)
        out.print()
    _swings(out, found)
    if box is not None:
        out.print()
        for line in box.summary().split("\n"):
            say(out, line)
    out.print()
    say(out, f"{_small_print(found, shown)} {shown.note}".rstrip(), "dim")
    fast_note(out)


def _swings(out: Console, found: Sensitivity) -> None:
    from rich.text import Text

    from cxsim.studies.sensitivity import ends_in_words, swing_in_words

    rows = table(("parameter", "left"), ("low", "right"), ("high", "right"), ("swing [95 %]", "right"))
    for one in found.swings.swings[:MOST_SHOWN]:
        said = Text(swing_in_words(one, found.question), style="" if one.is_clear else "dim")
        rows.add_row(one.uncertain.path, *ends_in_words(one), said)
    out.print(rows)
    left = len(found.swings.swings) - MOST_SHOWN
    if left > 0:
        say(out, f"and {left} smaller ones", "dim")


def _small_print(found: Sensitivity, shown: Shown) -> str:
    from cxsim.studies.sensitivity import percent
    from cxsim.studies.strengths import Strength

    scenario, asked = found.question.scenario, found.asked_rows
    swings = len(found.swings.swings)
    counted = f" ({found.indices.rows} counted)" if found.indices.rows < asked else ""
    teams = ""
    if shown.made_small:
        priced = ", prices and people of levers not" if found.question.levers else ""
        teams = f" (made small, its teams in proportion{priced}; --accounts N for another size, teams as declared)"
    sure = ""
    if any(isinstance(one, Strength) for one in found.uncertain):
        sure = f" Effects of levers: standard deviation {percent(shown.effect_spread)} of each, an assumption."
    return (
        f"{scenario.name} at {scenario.value('arrivals.base_accounts'):.0f} accounts{teams}, {scenario.horizon_months} "
        f"months, seed {found.seed}: {found.runs:,} runs; {asked} rows{counted} of {len(found.groups)} groups under "
        f"two lucks, and {found.replications} replications at each end of {swings} parameters. Money in "
        f"{scenario.currency}. total: share of the variation beside luck that is left if all other groups are "
        "known; first: that goes if it alone is. low, high: 5 % and 95 % points of what is not known. Grey: not told "
        f"from zero.{sure}"
    )


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
