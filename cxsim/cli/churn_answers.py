"""What the commands about churn print and write: the answer in JSON, on the screen, and as figures and tables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxsim.cli import accounts as tables
from cxsim.cli import files
from cxsim.cli.screens import fast_note, next_steps, say, table
from cxsim.cli.sizes import command, is_fast

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from cxsim.churn import ChurnModel, Dataset, Evaluation, SurvivalEvaluation
    from cxsim.studies.oracles import Oracle

SEGMENT: Final = "segment"
REPEATS, FAST_REPEATS = 5, 2  # shuffles of each column
_MEANING: Final = {
    "auc": "1 is best, .5 is guessing",
    "average_precision": "1 is best, the share lost is guessing",
    "brier": "0 is best",
    "log_loss": "0 is best",
    "calibration_slope": "1 is right, less is too sure",
    "lift_top_decile": "1 is guessing",
}


@dataclass(frozen=True)
class Answer:
    """What `churn evaluate` found.

    Attributes
    ----------
    found : Evaluation
    known : Oracle or None
    parts : mapping of str to pandas.DataFrame
        The measures by a column's values, and over time, by name.
    cost, save_rate : float
    asked : bool
        Whether either was given.
    """

    found: Evaluation
    known: Oracle | None
    parts: dict[str, pd.DataFrame]
    cost: float
    save_rate: float
    asked: bool = False

    def document(self) -> dict[str, Any]:
        """The answer in JSON."""
        told = self.found.document(cost=self.cost, save_rate=self.save_rate)
        told |= {name: json.loads(one.to_json(orient="records")) for name, one in self.parts.items()}
        told |= _told(self.known) if self.known is not None else {}
        return {**told, **tables.taken(self.found.whole), **tables.profit_told(self.found, self.cost, self.save_rate)}


def parts_of(found: Evaluation, by: str | None, cost: float, save_rate: float) -> dict[str, pd.DataFrame]:
    """The measures by a column, by segment in a log unless another is named, and over time where there are days."""
    column = SEGMENT if by is None and SEGMENT in found.data.features and found.data.has_days else by
    told = {} if column is None else {f"by_{column}": found.by(column, cost=cost, save_rate=save_rate)}
    if found.data.has_days:
        told["over_time"] = found.over_time(cost=cost, save_rate=save_rate)
    return told


def _told(known: Oracle) -> dict[str, Any]:
    """What the oracle adds to the answer in JSON."""
    rows, still = known.table(), known.without_notice()
    return {
        "oracle_auc": float(rows["auc"].to_numpy()[list(rows.index).index("observable")]),
        "oracle": {
            **_reached(known),
            "calibration_slope": _number(known.calibration_slope()),
            "companies": int(known.chances.company.max()) + 1,
            "branches": known.chances.branches,
            "silo_per_100_accounts": known.silo(),
            "not_told_apart": known.not_told_apart(),
            "without_notice": None if still is None else _reached(still),
        },
    }


def _reached(known: Oracle) -> dict[str, Any]:
    return {
        "accounts": len(known.chances.company),
        "share_of_achievable": known.share(),
        "by": json.loads(known.table().to_json(orient="index")),
    }


def _number(value: float) -> float | None:
    return value if value == value else None


def write(answer: Answer, place: Path, method: str) -> None:
    """Figures and evaluation.json."""
    from cxsim import __version__
    from cxsim.churn.explanation import importance, unseen
    from cxsim.plots import churn as plots
    from cxsim.plots import save

    found, known = answer.found, answer.known
    footer = plots.provenance(found)
    leans = importance(*unseen(found, method=method), repeats=FAST_REPEATS if is_fast() else REPEATS)
    figures = {
        "calibration": plots.calibration(found),
        "gain": plots.gain(found),
        "importance": plots.importance(leans, footer=footer),
    }
    figures |= {"known": plots.known(known, footer=footer)} if known is not None else {}
    born = f"cxsim {__version__}; {json.dumps(dict(found.data.origin), default=str)}; made by: {command()}"
    for name, figure in figures.items():
        save(figure, place / f"{name}.png", born=born)
    curves = {"calibration": found.calibration(), "gain": found.gain(), "importance": leans}
    if not found.pays_is_unknown:
        curves["profit_per_100_accounts"] = found.profit(cost=answer.cost, save_rate=answer.save_rate)
    full = {**answer.document(), "origin": dict(found.data.origin), "version": __version__, "command": command()}
    full |= {name: json.loads(one.to_json(orient="records")) for name, one in curves.items()}
    files.write_text(place / "evaluation.json", json.dumps(full, indent=1, allow_nan=False, default=str) + "\n")


def fitted(out: Console, model: ChurnModel, data: Dataset, source: str, place: str) -> None:
    """What a model was fitted to, and where it is."""
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


def show(out: Console, answer: Answer, place: Path | None) -> None:
    """The answer on the screen."""
    found, known = answer.found, answer.known
    n_lost = int(found.data.target.sum())
    say(out, found.verdict(), "bold")
    _without_notice(out, found)
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
    _profit(out, answer)
    tables.say_profit(out, found, answer.cost, answer.save_rate, answer.asked)
    for name, part in answer.parts.items():
        _part(out, name.removeprefix("by_").replace("over_time", "from day"), part)
    if known is not None:
        _known(out, known, answer.cost, answer.save_rate)
    if place is not None:
        out.print()
        names = ["calibration.png", "gain.png", "importance.png", *(["known.png"] if known is not None else [])]
        say(out, f"Written: {files.shown(place)}/: {', '.join(names)}, evaluation.json")
    without = ("--cost", "--save-rate", "--value", "--by", "--out")
    next_steps(out, [tables.other("fit", without, "--out", "model.skops")])


_SURVIVAL: Final = {
    "integrated_brier": "0 is best",
    "integrated_brier_same_for_all": "one curve for all",
    "skill": "1 is best, 0 is one curve for all",
}


def show_survival(out: Console, found: SurvivalEvaluation, place: str | None, *, as_json: bool) -> None:
    """How good survival curves are, on the screen or in JSON."""
    summary, calibration = found.summary(), found.calibration()
    if as_json:
        rows = {name: json.loads(one.to_json(orient="records"))
                for name, one in (("summary", summary), ("calibration", calibration))}  # fmt: skip
        head = {"n": len(found.age), "lost": int(found.lost.sum()), "months": found.months, "verdict": found.verdict()}
        print(json.dumps({**head, **rows, "out": place}, indent=1, allow_nan=False))
        return
    say(out, found.verdict(), "bold")
    told = f"{len(found.age):,} rows judged, {int(found.lost.sum()):,} of them lost; {found.months} {found.question}"
    say(out, told, "dim")
    out.print()
    scores = table(("measure", "left"), ("value", "right"), ("95 % interval", "right"), ("", "left"))
    for row in summary.to_dict("records"):
        bounds = f"{row['low']:.4f} to {row['high']:.4f}"
        scores.add_row(row["measure"], f"{row['value']:.4f}", bounds, _SURVIVAL[row["measure"]])
    out.print(scores)
    out.print()
    groups = table(("lost by month", "right"), ("quarter", "right"), ("predicted", "right"), ("lost", "right"),
                   ("95 %", "right"))  # fmt: skip
    for row in calibration.to_dict("records"):
        bounds = f"{100 * row['low']:.1f} to {100 * row['high']:.1f} %"
        groups.add_row(f"{row['month']}", f"{row['group']}", f"{100 * row['predicted']:.1f} %",
                       f"{100 * row['lost']:.1f} %", bounds)  # fmt: skip
    out.print(groups)
    if place is not None:
        say(out, f"Written: {place}")


def _without_notice(out: Console, found: Evaluation) -> None:
    """The same among those of whom it was not known already."""
    still = found.without_notice()
    if still is None:
        return
    rows = still.summary().set_index("measure")
    auc, lift = rows.loc["auc"], rows.loc["lift_top_decile"]
    gone = found.data.target.sum() - still.data.target.sum()
    told = f"{100 * gone / found.data.target.sum():.0f} % of those lost had given notice already. Among the "
    told += f"{len(still.data):,} rows without notice AUC {auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}], "
    say(out, told + f"lift {lift['value']:.1f} [{lift['low']:.1f}, {lift['high']:.1f}].", "bold")


def _profit(out: Console, answer: Answer) -> None:
    found = answer.found
    if found.pays_is_unknown:
        return
    rows = found.worthwhile(cost=answer.cost, save_rate=answer.save_rate).set_index("measure")
    worth = rows.loc["profit_per_100_accounts"]
    unit = found.data.origin.get("currency", "")
    told = f"Contacting those for whom the model says that it pays, {100 * rows['value']['contacted']:.0f} %, is worth "
    told += f"{worth['value']:,.0f} [{worth['low']:,.0f}, {worth['high']:,.0f}] {unit} per 100 accounts on one day"
    out.print()
    say(out, f"{told}, where a contact costs {answer.cost:g} and keeps {100 * answer.save_rate:g} % of those who would "
        "be lost for a year (assumed).")  # fmt: skip


def _part(out: Console, heading: str, part: pd.DataFrame) -> None:
    """A line for each group: how many, AUC, and profit where it is known."""
    has_money = "profit_per_100_accounts" in set(part["measure"])
    money = [("profit per 100", "right"), ("95 %", "right")] if has_money else []
    rows = table((heading, "left"), ("rows", "right"), ("AUC", "right"), ("95 %", "right"), *money)
    for group, one in part.groupby("group", sort=False):
        at = one.set_index("measure")
        auc = at.loc["auc"]
        cells = [f"{auc['value']:.3f}", f"{auc['low']:.3f} to {auc['high']:.3f}"]
        if has_money:
            worth = at.loc["profit_per_100_accounts"]
            cells += [f"{worth['value']:,.0f}", f"{worth['low']:,.0f} to {worth['high']:,.0f}"]
        name = f"{group:g}" if isinstance(group, float) else str(group)
        rows.add_row(name, f"{int(at['n'].iloc[0]):,}", *cells)
    out.print()
    out.print(rows)


def _known(out: Console, known: Oracle, cost: float, save_rate: float) -> None:
    still = known.without_notice()
    out.print()
    say(out, _share(known, "What can be known", "The model"), "bold")
    if still is not None:
        among = f"Among the {len(still.chances.company):,} accounts without notice"
        say(out, _share(still, among, f"{among} it"), "bold")
    chances = known.chances
    companies = int(chances.company.max()) + 1
    told = f"True chances of {len(chances.company):,} accounts of {companies} other companies, each forked into "
    told += f"{chances.branches} futures of {chances.within:g} months; one half of them judges what the other tells."
    say(out, told, "dim")
    out.print()
    notice = [] if still is None else [("no notice", "right")]
    rows = table(("", "left"), ("AUC", "right"), ("95 %", "right"), *notice, ("profit per 100", "right"), gap=1)
    for name, row in known.table().to_dict("index").items():
        bounds = f"{row['auc_low']:.3f} to {row['auc_high']:.3f}"
        beside = [] if still is None else [f"{still.table().to_dict('index')[name]['auc']:.3f}"]
        rows.add_row(row["who"], f"{row['auc']:.3f}", bounds, *beside, f"{row['profit']:,.0f}")
    out.print(rows)
    for line in known.not_told_apart():
        say(out, f"{line[0].upper()}{line[1:]}.", "dim")
    silo = known.silo()
    told = (
        f"Contacting costs {cost:g} and keeps {100 * save_rate:g} % of those who would be lost, who then stay a year "
        f"(assumed). Seeing every moment would be worth {_worth(silo, 'silo')} per 100 accounts, knowing what nobody "
        f"sees another {_worth(silo, 'unseen')}."
    )
    say(out, told)


def _share(known: Oracle, asked: str, who: str) -> str:
    """What share of what can be predicted is reached, or why that is not told."""
    share = known.share()
    if share["value"] is None:
        return f"{asked}: {share['reason']}."
    value, low, high = (100 * float(share[name] or 0) for name in ("value", "low", "high"))
    return f"{who} reaches {value:.0f} % [{low:.0f}, {high:.0f}] of what can be predicted from what is seen."


def _worth(silo: dict[str, float | str], word: str) -> str:
    value, low, high = (float(silo[f"{word}{end}"]) for end in ("", "_low", "_high"))
    why = f", {silo[f'{word}_reason']}," if silo[f"{word}_reason"] else ""
    return f"{value:+,.0f} [{low:+,.0f}, {high:+,.0f}]{why}"
