"""What `compare` says and writes of money: when an alternative pays, what waiting costs, the monthly ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.cli import files
from cxsim.cli.keeping import for_part, keeping
from cxsim.cli.screens import bar, say, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from cxsim.scenario import Scenario
    from cxsim.store import Store
    from cxsim.studies import Comparison, Run
    from cxsim.studies.waiting import Waiting


def waiting_of(text: str | None) -> tuple[int, ...]:
    """Read the months of `--waiting`, such as 3,6; none where nothing was asked.

    Raises
    ------
    InputError
        If one is no whole number of months.
    """
    from cxsim.errors import InputError, shown

    if text is None:
        return ()
    found = []
    for part in text.split(","):
        if not part.strip().isdecimal() or not 1 <= int(part) <= 600:
            raise InputError(f"--waiting {shown(part.strip())}: is not a whole number of months from 1 to 600")
        found.append(int(part))
    if len(set(found)) < len(found):
        raise InputError(f"--waiting {text}: one is given twice")
    return tuple(found)


def check_waiting(baseline: Scenario, alternatives: Sequence[Scenario], months: tuple[int, ...]) -> None:
    """Refuse at once what could not wait.

    Raises
    ------
    InputError
        If an alternative does nothing that could begin later.
    """
    from cxsim.studies.waiting import laters

    for other in alternatives if months else ():
        laters(baseline, other, months)


def waited(
    found: Comparison,
    months: tuple[int, ...],
    *,
    workers: int | None,
    engine: str | None,
    quiet: bool,
    store: Store | None,
) -> dict[str, Waiting]:
    """What waiting does to each alternative, by its name."""
    from cxsim.studies.waiting import waited as begun_later

    told = {}
    for run in found.alternatives if months else ():
        with bar(f"{run.name}, later", quiet=quiet) as progress, keeping():
            told[run.name] = begun_later(
                found, alternative=run.name, months=months, workers=workers, engine=engine, progress=progress,
                store=for_part(store, found.run_id),
            )  # fmt: skip
    return told


def payback_document(found: Comparison, name: str) -> list[dict[str, Any]]:
    """The key `payback` of an alternative in `compare --json`."""
    from cxsim.studies.payback import payback

    return payback(found, alternative=name).rows()


def add_payback(rows: Table, found: Comparison, name: str, *, wide: bool) -> list[dict[str, Any]]:
    """Enter into the table of effects what has no baseline, and give it back; nothing of shocks."""
    from rich.text import Text

    from cxsim.studies import quantities as q
    from cxsim.studies.verdicts import shocks_in

    if shocks_in(found, name):  # nobody buys a shock, so that it does not pay either
        return []
    rows.add_row(Text("when it pays", style="dim italic"))
    told = payback_document(found, name)
    for row in told:
        said = q.level_with_interval(row["value"], row["low"], row["high"], row["unit"])
        rows.add_row(f" {row['outcome']}", "", "", said, *([""] if wide else []), "")
    return told


def say_waiting(out: Console, told: dict[str, Waiting]) -> None:
    """What waiting costs, or gains."""
    from cxsim.studies import findings
    from cxsim.studies import quantities as q

    for place, (name, found) in enumerate(told.items()):
        if place:
            out.print()
        say(out, f"{name}, begun later:", "bold")
        for months in found.months:
            say(out, findings.waiting(found, months))
        rows = table(("months later", "left"), ("outcome", "left"), ("at once", "right"), ("lost [95 %]", "right"))
        for row in found.rows():
            rows.add_row(
                str(row["months"]),
                row["outcome"],
                q.change(row["at_once"], row["unit"]),
                q.change_with_interval(row["lost"], row["low"], row["high"], row["unit"]),
            )
        out.print(rows)
        say(out, "lost: what beginning at once gives more, same luck and horizon; below 0 waiting pays.", "dim")


def write_money(found: Run | Comparison, place: Path) -> list[Path]:
    """Write the monthly ledger and that of the stages."""
    from cxsim.studies import Comparison as Compared
    from cxsim.studies.money import money_by_stage, monthly_money

    run = found.baseline if isinstance(found, Compared) else found
    born = files.born(run.scenario, run.seed)
    return [
        files.write_text(place / name, f"# {born}\n{frame.to_csv(index=False, float_format='%.12g')}")
        for name, frame in (("money.csv", monthly_money(found)), ("stages.csv", money_by_stage(found)))
    ]
