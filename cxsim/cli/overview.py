"""What `compare` says and writes of several alternatives together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxsim.cli import files
from cxsim.cli.screens import VERDICT_STYLES, say, table, wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.studies import Comparison

MOST_TABLES: Final = 4
WORTH: Final = 2
HEADS: Final = ("churn, pts", "ARR", "company value", "net benefit")
ROOM: Final = 61  # columns that the numbers take


def document(found: Comparison) -> dict[str, Any]:
    """The key `overview` of `compare --json`; nothing where there is one alternative."""
    from cxsim.studies.overview import DECIDE, overview

    if len(found.alternatives) == 1:
        return {}
    return {"overview": {"best_by": DECIDE[WORTH], "rows": overview(found).rows()}}


def write(found: Comparison, place: Path) -> list[Path]:
    """Write the overview's table and figure, where there is more than one alternative."""
    from cxsim import plots
    from cxsim.studies.overview import overview

    if len(found.alternatives) == 1:
        return []
    born = files.born(found.baseline.scenario, found.baseline.seed)
    lines = overview(found).frame().to_csv(index=False)
    written = [files.write_text(place / "overview.csv", f"# {born}\n{lines}"), place / "overview.png"]
    plots.save(plots.overview(found), written[1], born=born)
    return written


def say_overview(out: Console, found: Comparison, everything: bool) -> None:
    """One line an alternative, the highest company value first."""
    from rich.text import Text

    from cxsim.studies import quantities as q
    from cxsim.studies.overview import overview

    if len(found.alternatives) == 1:
        return
    told = overview(found)
    say(out, told.summary(), "bold")
    out.print()
    rows = table(("against baseline", "left"), *((head, "right") for head in HEADS), ("best", "right"), gap=1)
    for row in told.rows():
        name = "(the baseline)" if row["is_baseline"] else wrapped(row["name"], max(out.width - ROOM, 16))
        cells = [
            Text(
                "–"
                if row["is_baseline"]
                else q.change_and_half(cell["difference"], cell["low"], cell["high"], cell["unit"]),
                style=VERDICT_STYLES[cell["verdict"]],
            )
            for cell in row["effects"]
        ]
        rows.add_row(name, *cells, q.chance(row["probability_best"]))
    out.print(rows)
    say(
        out,
        "By company value, the highest first. churn: yearly logo churn. ±: half the 95 % interval of the mean "
        "difference; green better, red worse, grey not told from 0. best: share of replications in which its company "
        "value is the highest, ties shared.",
        "dim",
    )
    if hides_tables(found, everything):
        say(
            out,
            f"The tables of all {len(found.alternatives)} are too long for a screen: --all prints them with every "
            "outcome, one --with alone its own, and effects.csv of --out has them all.",
        )
    out.print()


def written_line(found: Comparison, written: list[Path]) -> str:
    """Which files were written; of many alternatives not those of each."""
    if not hides_tables(found, everything=False):
        return "Written: " + ", ".join(files.shown(path) for path in written)
    each = [path for path in written if path.name.endswith("-report.html")]
    kinds = ("effects.png", "arr.png", "retention.png", "payback.png", "report.html", "ledger.csv", "ledger-levers.csv")
    joint = [path for path in written if not any(path.name.endswith(f"-{kind}") for kind in kinds)]
    own = [kind for kind in kinds if any(path.name.endswith(f"-{kind}") for path in written)]
    return (
        f"Written: {', '.join(files.shown(path) for path in joint)}; and beside them for each of the {len(each)} "
        f"alternatives …{', …'.join(own)}"
    )


def hides_tables(found: Comparison, everything: bool) -> bool:
    """Whether each alternative's own table is left out."""
    return len(found.alternatives) > MOST_TABLES and not everything
