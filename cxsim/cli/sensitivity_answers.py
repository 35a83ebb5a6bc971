"""What `sensitivity` answers: as a document, in files, and on the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxsim.cli import files
from cxsim.cli.screens import fast_note, say, table
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    from rich.console import Console

    from cxsim.studies.discovery import Discovery
    from cxsim.studies.sensitivity import Sensitivity

MOST_SHOWN: Final = 12


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


def say_found(
    out: Console, found: Sensitivity, box: Discovery | None, *, note: str, effect_spread: float, made_small: bool
) -> None:
    """Print indices, swings and the box, and below them what they rest on."""
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
    say(out, f"{_small_print(found, effect_spread, made_small)} {note}".rstrip(), "dim")
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


def _small_print(found: Sensitivity, effect_spread: float, made_small: bool) -> str:
    from cxsim.studies.sensitivity import percent
    from cxsim.studies.strengths import Strength

    scenario, asked = found.question.scenario, found.asked_rows
    swings = len(found.swings.swings)
    counted = f" ({found.indices.rows} counted)" if found.indices.rows < asked else ""
    teams = ""
    if made_small:
        priced = ", prices and people of levers not" if found.question.levers else ""
        teams = f" (made small, its teams in proportion{priced}; --accounts N for another size, teams as declared)"
    sure = ""
    if any(isinstance(one, Strength) for one in found.uncertain):
        sure = f" Effects of levers: standard deviation {percent(effect_spread)} of each, an assumption."
    return (
        f"{scenario.name} at {scenario.value('arrivals.base_accounts'):.0f} accounts{teams}, {scenario.horizon_months} "
        f"months, seed {found.seed}: {found.runs:,} runs; {asked} rows{counted} of {len(found.groups)} groups under "
        f"two lucks, and {found.replications} replications at each end of {swings} parameters. Money in "
        f"{scenario.currency}. total: share of the variation beside luck that is left if all other groups are "
        "known; first: that goes if it alone is. low, high: 5 % and 95 % points of what is not known. Grey: not told "
        f"from zero.{sure}"
    )
