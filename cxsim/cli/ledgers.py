"""What `compare --ledger` writes and says: each account's two fates, and each lever's share of the gain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli import files
from cxsim.cli.keeping import for_part, keeping
from cxsim.cli.screens import bar, console, say, table

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.scenario import Scenario
    from cxsim.store import Store
    from cxsim.studies import Comparison
    from cxsim.studies.ledger import Ledger


def check_orders(baseline: Scenario, alternatives: Sequence[Scenario], orders: int | None) -> None:
    """Refuse at once orders that are drawn for no alternative.

    Raises
    ------
    InputError
        If none has so many levers, or the number is out of range.
    """
    from cxsim.studies.ledger import orders_asked

    orders_asked(max(_shared(baseline, other) for other in alternatives), orders)


def write_ledgers(
    found: Comparison, stems: Sequence[str], place: Path, *, orders: int | None, quiet: bool, store: Store | None
) -> list[Path]:
    """Write what became of each account without and with each alternative, and say where shares are estimates."""
    from cxsim.studies.answers import added
    from cxsim.studies.coalitions import MOST_EXACT, MOST_LEVERS
    from cxsim.studies.ledger import ledger

    baseline, written = found.baseline, []
    for stem, run in zip(stems, found.alternatives, strict=True):
        levers = _shared(baseline.scenario, run.scenario)
        with bar(f"ledger of {run.name}", quiet=quiet) as progress, keeping():
            told = ledger(
                baseline.scenario, alternative=run.scenario, replications=len(baseline.replications),
                seed=baseline.seed, shared=levers > 1, orders=orders if levers > MOST_EXACT else None,
                progress=progress, store=for_part(store, found.run_id),
            )  # fmt: skip
        note, all_of_them = told.note(), len(added(baseline.scenario, run.scenario))
        if all_of_them > MOST_LEVERS:
            note = f"not shared: {all_of_them} levers are more than the {MOST_LEVERS} that can be told apart"
        written += _files(told, stem, place, note)
        if note and not quiet:
            _say(console(), run.name, told, note)
    return written


def _shared(baseline: Scenario, alternative: Scenario) -> int:
    """Among how many levers a gain is shared out; 0 if there are too many."""
    from cxsim.studies.answers import added
    from cxsim.studies.coalitions import MOST_LEVERS

    levers = len(added(baseline, alternative))
    return levers if levers <= MOST_LEVERS else 0


def _files(told: Ledger, stem: str, place: Path, note: str) -> list[Path]:
    """Each account's fates, and with several levers what each is worth in all."""
    head = f"# {files.born(told.baseline, told.seed)}\n" + (f"# {note}\n" if note else "")
    tables = {"ledger.csv": told.frame()} | ({"ledger-levers.csv": told.by_lever()} if told.levers else {})
    return [
        files.write_text(place / f"{stem}{name}", f"{head}{rows.to_csv(index=False, float_format='%.12g')}")
        for name, rows in tables.items()
    ]


def _say(out: Console, name: str, told: Ledger, note: str) -> None:
    from cxsim.studies import quantities as q

    say(out, f"ledger of {name}: {note}.", "dim")
    if not told.levers:
        return
    rows = table(("lever", "left"), ("margin gained [95 %]", "right"), ("± of the orders", "right"))
    for row in told.by_lever().to_dict("records"):
        said = q.change_with_interval(row["margin"], row["margin_low"], row["margin_high"], "currency")
        rows.add_row(str(row["lever"]), said, q.level(row["margin_error"], "currency"))
    out.print(rows)
    say(
        out,
        "± of the orders: standard error that drawing orders instead of running all leaves; the interval holds it too. "
        "Shares of MRR and revenue: ledger-levers.csv.",
        "dim",
    )
    out.print()
