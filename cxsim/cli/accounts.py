"""Tables of accounts on the command line: read, told what was made of them, and what to type next."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxsim.cli.screens import say, table
from cxsim.cli.sizes import remembered

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.churn import ChurnModel, Dataset, Evaluation

FLAGS: Final = ("--json", "--oracle", "--no-oracle", "--debug")
SHOWN: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
MOST_NAMES: Final = 12


def is_table(path: Path, is_log: bool) -> bool:
    """Whether a source is a file of accounts, or a spreadsheet that somebody took for one."""
    from cxsim.churn.tables import SPREADSHEETS, TABLES

    return path.suffix.lower() in (*TABLES, *SPREADSHEETS) and not is_log


def check_money(cost: float, save_rate: float) -> None:
    """Refuse a cost or a share that cannot be.

    Raises
    ------
    InputError
        Naming it.
    """
    from cxsim.errors import InputError

    faults = [] if 0.0 <= cost < float("inf") else [f"--cost {cost:g}: is to be 0 or more, in currency"]
    if not 0.0 <= save_rate <= 1.0:
        faults.append(f"--save-rate {save_rate:g}: is a share, from 0 to 1")
    if faults:
        raise InputError(faults)


def taken(data: Dataset) -> dict[str, Any]:
    """What each column of a table was taken for, which value means lost, and warnings; nothing for a log."""
    from cxsim.churn.columns import NUMBER, chosen
    from cxsim.churn.tables import FORMS

    if data.origin.get("kind") != "table":
        return {}
    kept, left_out = chosen(data.features, data.features.attrs.get(FORMS, {}))
    columns = {
        c.name: {"taken_for": "numbers", "written": c.form.told() or "plainly"} if c.kind == NUMBER
        else {"taken_for": "words", "kinds": len(c.words), "such_as": c.words[0]} for c in kept
    }  # fmt: skip
    return {
        "lost_value": data.origin["lost_value"], "lost": int(data.target.sum()),
        "columns_taken": {**columns, **{name: {"taken_for": "left out", "why": why} for name, why in left_out.items()}},
        "warnings": list(data.origin["warnings"]),
    }  # fmt: skip


def say_taken(out: Console, data: Dataset) -> None:
    """The same on the screen."""
    told = taken(data)
    if not told:
        return
    for line in told["warnings"]:
        say(out, f"Warning: {line}", "yellow")
    name = data.origin["target"]
    say(out, f"lost = {name} {told['lost_value']}: {told['lost']:,} of {len(data):,}", "dim")
    numbers, words = [], []
    for column, one in told["columns_taken"].items():
        if one["taken_for"] == "numbers":
            numbers.append(column if one["written"] == "plainly" else f"{column} ({one['written']})")
        elif one["taken_for"] == "words":
            words.append(f"{column} ({one['kinds']:,}, such as {one['such_as']})")
    for kind, names in (("numbers", numbers), ("words", words)):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        say(out, f"{kind}: {', '.join(names[:MOST_NAMES])}{more}" if names else "", "dim")
    for column, one in told["columns_taken"].items():
        if one["taken_for"] == "left out":
            say(out, f"left out: {column} ({one['why']})", "dim")


def say_profit(out: Console, found: Evaluation, cost: float, save_rate: float, asked: bool) -> None:
    """What contacting the likeliest is worth, or what is needed to tell."""
    if found.data.origin.get("kind") != "table":
        return
    out.print()
    if found.data.origin.get("value") is None:
        if asked:
            say(out, "Profit is not told: it takes what an account is worth. Name the column with --value COLUMN (what "
                "it pays a year, or what is lost with it).", "yellow")  # fmt: skip
        return
    say(out, f"Expected profit per 100 accounts, if a contact costs {cost:g} and keeps {100 * save_rate:g} % of those "
        f"who would be lost (assumed), each worth its {found.data.origin['value']}:")  # fmt: skip
    rows = table(("contacted", "right"), ("profit", "right"), ("95 % interval", "right"))
    curve = found.profit(cost=cost, save_rate=save_rate).to_dict("records")
    for row in curve:
        if any(abs(row["contacted"] - share) < 1e-9 for share in SHOWN):
            bounds = f"{row['low']:,.0f} to {row['high']:,.0f}"
            rows.add_row(f"{100 * row['contacted']:.0f} %", f"{row['profit']:,.0f}", bounds)
    out.print(rows)


def profit_told(found: Evaluation, cost: float, save_rate: float) -> dict[str, Any]:
    """The same in JSON; for a table without a value the reason why there is none."""
    if found.data.origin.get("kind") != "table":
        return {}
    if found.data.origin.get("value") is None:
        return {
            "profit_per_100_accounts": None,
            "profit_reason": "needs --value, the column of what an account is worth",
        }
    curve = found.profit(cost=cost, save_rate=save_rate)
    return {
        "cost": cost, "save_rate": save_rate, "value": found.data.origin["value"],
        "profit_per_100_accounts": json.loads(curve.to_json(orient="records")),
    }  # fmt: skip


def given_accounts(model: ChurnModel, source: str) -> tuple[Any, Any]:
    """Names and columns of the accounts to score."""
    from cxsim.churn.tables import names_of, raw
    from cxsim.errors import InputError

    path = Path(source)
    if path.is_dir() or path.with_name(f"{path.stem}.birth.json").is_file():
        from cxsim.eventlog import EventLog
        from cxsim.readings import features

        log = EventLog.read(path)
        known = features(log, days=log.certificate.horizon_months)
        return known["account"].to_numpy(), known
    given = raw(path)
    named = model.origin_.get("id")
    if named is not None and named not in given:
        raise InputError(f'{source}: column "{named}", which names accounts, is missing')
    return (names_of(given[named]) if named is not None else range(1, len(given) + 1)), given


def safe(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    from cxsim.churn.tables import FORMULA

    return "'" + cell if cell.startswith(FORMULA) else cell


def doubts_told(model: ChurnModel, given: Any, names: Any) -> list[str]:
    """What is strange about a table that is scored, its names of accounts included."""
    again = len(names) - len(set(names))
    told = [f"{again:,} rows name an account that another row names too: each row has a score of its own"]
    return model.doubts(given) + (told if again else [])


def other(verb: str, without: tuple[str, ...], *added: str) -> str:
    """The line that was typed with another verb, without some options, and with others at the end."""
    kept: list[str] = []
    skip = False
    for one in remembered():
        name = one.partition("=")[0]
        if skip:
            skip = False
        elif name in FLAGS or name in without:
            skip = name not in FLAGS and "=" not in one
        else:
            kept.append(one)
    words = [verb if k == 1 else one for k, one in enumerate(kept)]
    return " ".join(["cxsim", *map(word, [*words, *added])])


def word(text: str) -> str:
    """A word for a shell, in double quotes if it needs them."""
    return text if shlex.quote(text) == text else json.dumps(text, ensure_ascii=False)
