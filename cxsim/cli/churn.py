"""The commands about churn models: fit one, judge how well churn can be predicted, score accounts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli import accounts as tables
from cxsim.cli import files
from cxsim.cli.screens import bar, console, fast_note, next_steps, say, table
from cxsim.cli.sizes import SEED, Accounts, Json, Seed, Set, command, is_fast, world_of

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.churn import ChurnModel, Dataset, Evaluation
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
    _fitted(console(), model, data, source, out)


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
            "--save-rate",
            metavar="S",
            show_default="0.11",
            help="Share of those who would be lost that a contact keeps.",
        ),
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
    known = None
    if oracle and scenario is not None and within != RENEWAL:
        known = _oracle(found, scenario, method, within, cost, save_rate, quiet=as_json)
    document = {**found.document(), **(_told(known) if known is not None else {}), **tables.taken(found.whole)}
    document |= tables.profit_told(found, cost, save_rate)
    if place is not None:
        _write(found, known, document, place, cost, save_rate)
    if as_json:
        print(json.dumps(document, indent=1, allow_nan=False))
        return
    _screen(console(), found, known, place, cost, save_rate, asked)


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

    known = churn.load(model)
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
        rows.add_row(str(names[row]), f"{100 * p[row]:.1f} %", words[row].partition(": ")[2])
    screen.print(rows)
    screen.print()
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


def _told(known: Oracle) -> dict[str, Any]:
    """What the oracle adds to the answer in JSON."""
    rows = known.table()
    return {
        "oracle_auc": float(rows["auc"].to_numpy()[list(rows.index).index("observable")]),
        "oracle": {
            "share_of_achievable": known.share(),
            "calibration_slope": _number(known.calibration_slope()),
            "companies": int(known.chances.company.max()) + 1,
            "accounts": len(known.chances.chance),
            "branches": known.chances.branches,
            "silo_per_100_accounts": known.silo(),
            "by": json.loads(rows.to_json(orient="index")),
        },
    }


def _number(value: float) -> float | None:
    return value if value == value else None


def _write(
    found: Evaluation, known: Oracle | None, document: dict[str, Any], place: Path, cost: float, save_rate: float
) -> None:
    from cxsim import __version__
    from cxsim.plots import churn as plots
    from cxsim.plots import save

    born = f"cxsim {__version__}; {json.dumps(dict(found.data.origin), default=str)}; made by: {command()}"
    save(plots.calibration(found), place / "calibration.png", born=born)
    save(plots.gain(found), place / "gain.png", born=born)
    if known is not None:
        save(plots.known(known, footer=plots.provenance(found)), place / "known.png", born=born)
    full = {**document, "origin": dict(found.data.origin), "version": __version__, "command": command()}
    parts = {"calibration": found.calibration(), "gain": found.gain()}
    if found.data.has_days:
        parts |= {"by_segment": found.by("segment"), "over_time": found.over_time()}
        parts["profit_per_100_accounts"] = found.profit(cost=cost, save_rate=save_rate)
    full |= {name: json.loads(one.to_json(orient="records")) for name, one in parts.items()}
    files.write_text(place / "evaluation.json", json.dumps(full, indent=1, allow_nan=False, default=str) + "\n")


def _fitted(out: Console, model: ChurnModel, data: Dataset, source: str, place: str) -> None:
    say(out, f"Fitted to {len(data):,} rows, of which {int(data.target.sum()):,} ({100 * data.target.mean():.1f} %) "
        f"were {data.question}.", "bold")  # fmt: skip
    parts = ", ".join(f"{m.name} × {m.weight:.2f}" for m in model.members_)
    say(out, f"{len(model.columns_)} columns; log-odds of {parts}", "dim")
    fast_note(out)
    tables.say_taken(out, data)
    for name, why in model.left_out_.items() if data.origin.get("kind") != "table" else ():
        say(out, f"left out: {name} ({why})", "dim")
    say(out, f"Written: {place}")
    if data.origin.get("kind") == "table":
        next_steps(out, [f"cxsim churn score {tables.word(place)} {tables.word(source)} --out scores.csv"])
    else:
        next_steps(out, [tables.other("evaluate", ("--out",))])


def _screen(
    out: Console,
    found: Evaluation,
    known: Oracle | None,
    place: Path | None,
    cost: float,
    save_rate: float,
    asked: bool,
) -> None:
    n_lost = int(found.data.target.sum())
    say(out, found.verdict(), "bold")
    share = f"{100 * n_lost / len(found.data):.1f} %"
    told = f"{len(found.data):,} rows judged, {n_lost:,} ({share}) {found.data.question}; {found.method}; {found.split}"
    say(out, told, "dim")
    tables.say_taken(out, found.whole)
    fast_note(out)
    out.print()
    rows = table(("measure", "left"), ("value", "right"), ("95 % interval", "right"), ("", "left"))
    for row in found.summary().to_dict("records"):
        name, bounds = row["measure"], f"{row['low']:.4f} to {row['high']:.4f}"
        rows.add_row(name, f"{row['value']:.4f}", bounds, _MEANING[name])
    out.print(rows)
    tables.say_profit(out, found, cost, save_rate, asked)
    if known is not None:
        _known(out, known, cost, save_rate)
    if place is not None:
        out.print()
        names = ["calibration.png", "gain.png", *(["known.png"] if known is not None else []), "evaluation.json"]
        say(out, f"Written: {files.shown(place)}/: {', '.join(names)}")
    next_steps(out, [tables.other("fit", ("--cost", "--save-rate", "--value", "--out"), "--out", "model.skops")])


_MEANING = {
    "auc": "1 is best, .5 is guessing",
    "average_precision": "1 is best, the share lost is guessing",
    "brier": "0 is best",
    "log_loss": "0 is best",
    "calibration_slope": "1 is right, less is too sure",
    "lift_top_decile": "1 is guessing",
}


def _known(out: Console, known: Oracle, cost: float, save_rate: float) -> None:
    share = known.share()
    out.print()
    if share["value"] is None:
        say(out, f"What can be known: {share['reason']}.", "bold")
    else:
        value, low, high = (100 * float(share[name] or 0) for name in ("value", "low", "high"))
        told = f"The model reaches {value:.0f} % [{low:.0f}, {high:.0f}] of what can be predicted from what is seen."
        say(out, told, "bold")
    chances = known.chances
    companies = int(chances.company.max()) + 1
    told = f"True chances of {len(chances.chance):,} accounts of {companies} other companies, each forked into "
    say(out, told + f"{chances.branches} futures of {chances.within:g} months.", "dim")
    out.print()
    rows = table(("", "left"), ("AUC", "right"), ("95 %", "right"), ("profit per 100 accounts", "right"))
    for row in known.table().to_dict("records"):
        bounds = f"{row['auc_low']:.3f} to {row['auc_high']:.3f}"
        rows.add_row(row["who"], f"{row['auc']:.3f}", bounds, f"{row['profit']:,.0f}")
    out.print(rows)
    silo = known.silo()
    told = (
        f"Contacting costs {cost:g} and keeps {100 * save_rate:g} % of those who would be lost, who then stay a year "
    )
    told += f"(assumed). Seeing every moment would be worth {silo['silo']:+,.0f} "
    told += f"[{silo['silo_low']:+,.0f}, {silo['silo_high']:+,.0f}] per 100 accounts, "
    say(out, told + f"knowing what nobody sees another {silo['unseen']:+,.0f}.")
