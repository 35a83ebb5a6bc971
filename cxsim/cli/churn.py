"""The commands about churn models: fit one, judge how well churn can be predicted, score accounts."""

from __future__ import annotations

import csv
import io
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli import accounts as tables
from cxsim.cli import churn_answers as answers
from cxsim.cli import files
from cxsim.cli.screens import bar, console, say, table
from cxsim.cli.sizes import SEED, Accounts, Json, Seed, Set, command, is_fast, world_of

if TYPE_CHECKING:
    from cxsim.churn import Dataset, Evaluation
    from cxsim.scenario import Scenario
    from cxsim.studies.oracles import Oracle

app = typer.Typer(
    name="churn",
    help="Models of who is lost, on a simulated company or on a table of your own accounts.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

WITHIN, RENEWAL, METHOD = "3", "renewal", "blend"
COST, SAVE_RATE = 100.0, 0.11  # as in churn.evaluation, which is too heavy for a help page
FAST_COMPANIES, FAST_BRANCHES, BRANCHES = 4, 20, 200

Source = Annotated[
    str,
    typer.Argument(metavar="SOURCE", help="A world's name or TOML file, a log, or a CSV/Parquet table of accounts."),
]
Target = Annotated[
    str | None, typer.Option("--target", metavar="COL", help="In a table: the column that says who was lost.")
]
Id = Annotated[str | None, typer.Option("--id", metavar="COL", help="In a table: the column that names accounts.")]
Lost = Annotated[
    str | None, typer.Option("--lost", metavar="VALUE", help="In a table: the value of the target that means lost.")
]
Within = Annotated[
    str,
    typer.Option("--within", metavar="MONTHS", help='In a log or world: months in which a loss counts, or "renewal".'),
]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="blend, logistic or boosting.")]


@app.command()
def fit(
    source: Source,
    out: Annotated[str, typer.Option("--out", metavar="MODEL.skops", help="Where the model is written.")],
    target: Target = None,
    id_: Id = None,
    lost: Lost = None,
    within: Within = WITHIN,
    method: Method = METHOD,
    seed: Seed = SEED,
    accounts: Accounts = None,
    set_: Set = None,
    as_json: Json = False,
) -> None:
    """Fit a model of who is lost, and keep it."""
    _check_out(out, ".skops")
    from cxsim import churn

    data, _ = _data(source, target, id_, lost, None, within, seed, accounts, set_)
    model = churn.fit(data, method=method, seed=seed)
    churn.save(model, out, command=command())
    if as_json:
        print(json.dumps({
            "model": method, "out": out, "rows": len(data), "lost": int(data.target.sum()), "question": data.question,
            "columns": [column.name for column in model.columns_], "left_out": dict(model.left_out_),
            "members": {m.name: m.weight for m in model.members_}, **tables.taken(data),
        }, indent=1, allow_nan=False, ensure_ascii=False))  # fmt: skip
        return
    answers.fitted(console(), model, data, source, out)


@app.command()
def evaluate(
    source: Source,
    target: Target = None,
    id_: Id = None,
    lost: Lost = None,
    within: Within = WITHIN,
    method: Method = METHOD,
    seed: Seed = SEED,
    accounts: Accounts = None,
    set_: Set = None,
    oracle: Annotated[
        bool, typer.Option("--oracle/--no-oracle", help="Of a world or its log, also what can be known at best.")
    ] = True,
    cost: Annotated[
        float | None,
        typer.Option("--cost", metavar="X", show_default="100", help="Of contacting one account, in currency."),
    ] = None,
    save_rate: Annotated[
        float | None,
        typer.Option(
            "--save-rate", metavar="S", show_default="0.11", help="Share of those at risk that a contact keeps."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="COL", help='Also by this column\'s values; of a log, "segment".')
    ] = None,
    value: Annotated[
        str | None,
        typer.Option("--value", metavar="COL", help="In a table: what keeping an account is worth, in currency."),
    ] = None,
    as_json: Json = False,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write figures and tables there.")] = None,
) -> None:
    """Judge how well churn can be predicted, by accounts that the model has not seen."""
    asked = cost is not None or save_rate is not None
    cost, save_rate = COST if cost is None else cost, SAVE_RATE if save_rate is None else save_rate
    tables.check_money(cost, save_rate)
    place = files.folder(out) if out is not None else None
    from cxsim import churn

    data, scenario = _data(source, target, id_, lost, value, within, seed, accounts, set_)
    with bar("fitting", quiet=as_json, what="models") as progress:
        found = churn.evaluate(data, method=method, seed=seed, progress=progress)
    parts = answers.parts_of(found, by, cost, save_rate)
    known = None
    if oracle and scenario is not None and within != RENEWAL:
        known = _oracle(found, scenario, method, within, cost, save_rate, quiet=as_json)
    answer = answers.Answer(found, known, parts, cost, save_rate, asked)
    if place is not None:
        answers.write(answer, place, method)
    if as_json:
        print(json.dumps(answer.document(), indent=1, allow_nan=False))
        return
    answers.show(console(), answer, place)


@app.command()
def survival(
    source: Source,
    duration: Annotated[
        str | None, typer.Option("--duration", metavar="COL", help="In a table: the column of ages in months.")
    ] = None,
    target: Target = None,
    id_: Id = None,
    months: Annotated[int, typer.Option("--months", metavar="N", help="How many months ahead.")] = 12,
    seed: Seed = SEED,
    accounts: Accounts = None,
    set_: Set = None,
    as_json: Json = False,
    out: Annotated[str | None, typer.Option("--out", metavar="MODEL.skops", help="Keep the model there.")] = None,
) -> None:
    """Fit and judge a model of who stays for how long: a survival curve for each account."""
    if out is not None:
        _check_out(out, ".skops")
    from cxsim import churn

    lives = _lives(source, duration, target, id_, seed, accounts, set_)
    found = churn.evaluate_survival(lives, duration=duration, lost=target, months=months, seed=seed)
    if out is not None:
        model = churn.hazard(lives, duration=duration, lost=target, months=months)
        churn.save(model, out, command=command())
    answers.show_survival(console(), found, out, as_json=as_json)


def _lives(
    source: str, duration: str | None, target: str | None, id_: str | None, seed: int, accounts: int | None,
    set_: list[str] | None,
) -> Any:  # fmt: skip
    """A table of accounts without their names, or the dataset of a log or a world."""
    from cxsim.churn.tables import read
    from cxsim.errors import InputError

    if duration is None and target is None:
        return _data(source, None, id_, None, None, WITHIN, seed, accounts, set_)[0]
    if not tables.is_table(Path(source), False):
        raise InputError(
            f"{source}: --duration and --target name columns of a table; a world or a log has its own days"
        )
    if duration is None or target is None:
        raise InputError(f"{source}: a table needs both --duration and --target")
    table = read(Path(source))
    if id_ is not None and id_ not in table:
        raise InputError(f'{source}: column "{id_}", which names accounts, is missing')
    return table if id_ is None else table.drop(columns=[id_])


@app.command()
def score(
    model: Annotated[str, typer.Argument(metavar="MODEL.skops", help="A model that churn fit wrote.")],
    accounts: Annotated[str, typer.Argument(metavar="TABLE", help="A CSV/Parquet table of accounts, or a log.")],
    out: Annotated[str, typer.Option("--out", metavar="SCORES.csv", help="Where the scores are written.")],
) -> None:
    """Score accounts: each one's probability of being lost, and why."""
    _check_out(out, ".csv")
    from cxsim import churn
    from cxsim.errors import InputError

    with warnings.catch_warnings(record=True) as told_of:
        warnings.simplefilter("always", UserWarning)
        known = churn.load(model)
    for one in told_of:
        print(one.message, file=sys.stderr)
    if isinstance(known, churn.HazardModel):
        raise InputError(
            f"{model}: holds survival curves and no score; ask it in Python: churn.load(…).survival(table)"
        )
    names, given = tables.given_accounts(known, accounts)
    try:
        p = known.predict_proba(given)[:, 1]
    except InputError as error:
        raise InputError([line.replace("table:", f"{accounts}:", 1) for line in error.faults]) from None
    order = (-p).argsort(kind="stable")
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["account", "probability", "rank", "why"])
    words = churn.in_words(known, given)
    for rank, row in enumerate(order.tolist(), start=1):
        lines.writerow([tables.safe(str(names[row])), f"{p[row]:.6f}", rank, tables.safe(words[row])])
    files.write_text(Path(out), text.getvalue())
    from cxsim import __version__

    strange = tables.doubts_told(known, given, list(names))
    birth = {"version": __version__, "command": command(), "model": model, "table": accounts, "fitted": known.origin_,
             "warnings": strange}  # fmt: skip
    beside = Path(out).with_suffix(".origin.json")
    files.write_text(beside, json.dumps(birth, indent=1, ensure_ascii=False) + "\n")
    screen = console()
    say(screen, f"{len(p):,} accounts scored: {100 * p.mean():.1f} % are expected to be "
        f"{known.origin_.get('question', 'lost')}.", "bold")  # fmt: skip
    for line in strange:
        say(screen, f"Warning: {line}", "yellow")
    screen.print()
    rows = table(("account", "left"), ("probability", "right"), ("why", "left"))
    for row in order[:10].tolist():
        rows.add_row(str(names[row]), f"{100 * p[row]:.1f} %", words[row].partition(" %): ")[2])
    screen.print(rows)
    screen.print()
    told = "Each is held against an ordinary account, with the median or most frequent word in every column: "
    say(screen, f"{told}{100 * churn.ordinary(known):.1f} %.", "dim")
    say(screen, churn.NOT_A_CAUSE, "dim")
    say(screen, f"Written: {out} (and {beside.name}, which says where it comes from)")


def _check_out(out: str, suffix: str) -> None:
    from cxsim.errors import InputError

    if Path(out).suffix != suffix:
        raise InputError(f"--out {out}: must end in {suffix}")
    if not Path(out).parent.is_dir():
        raise InputError(f"--out {out}: no such folder as {Path(out).parent}")


def _data(
    source: str,
    target: str | None,
    id_: str | None,
    lost: str | None,
    value: str | None,
    within: str,
    seed: int,
    accounts: int | None,
    set_: list[str] | None,
) -> tuple[Dataset, Scenario | None]:
    """What is learned from, and the world behind it, if it was simulated."""
    from cxsim.churn import dataset
    from cxsim.churn.tables import prepared, raw
    from cxsim.errors import InputError

    path = Path(source)
    is_log = path.is_dir() or path.with_name(f"{path.stem}.birth.json").is_file()
    if tables.is_table(path, is_log):
        if accounts is not None or set_:
            raise InputError("--accounts, --set: are for worlds; a table is taken as it is")
        return prepared(raw(path), target=target, id=id_, lost=lost, value=value, label=source), None
    if any(given is not None for given in (target, id_, lost, value)):
        raise InputError(
            f"{source}: --target, --id, --lost and --value are about columns of a table; a world or a log "
            "tells who was lost"
        )
    if is_log:
        from cxsim.eventlog import EventLog
        from cxsim.readings.values import scenario_of

        log = EventLog.read(path)
        simulated = log.certificate.engine in ("reference", "compiled")
        return dataset(log, within=_within(within)), scenario_of(log) if simulated else None
    from cxsim.engines import simulate

    scenario = world_of(source, set_, accounts)
    return dataset(simulate(scenario, seed=seed), within=_within(within)), scenario


def _within(text: str) -> float | str:
    from cxsim.errors import InputError, shown

    if text == RENEWAL:
        return text
    try:
        return float(text)
    except ValueError:
        raise InputError(f'--within {shown(text)}: give months, such as 3, or "{RENEWAL}"') from None


def _oracle(
    found: Evaluation, scenario: Scenario, method: str, within: str, cost: float, save_rate: float, *, quiet: bool
) -> Oracle:
    from cxsim import churn
    from cxsim.studies.oracles import oracle

    model = churn.fit(found.whole, method=method, seed=found.seed)
    with bar("forking", quiet=quiet, what="companies") as progress:
        return oracle(
            scenario, model=model, seed=int(found.data.origin["seed"]), within=float(within), cost=cost,
            save_rate=save_rate, companies=FAST_COMPANIES if is_fast() else None,
            branches=FAST_BRANCHES if is_fast() else BRANCHES, progress=progress,
        )  # fmt: skip
