"""`compare --vary`: one setting, or two, over several values, each against the baseline."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.cli import files
from cxsim.cli.compare_answers import document
from cxsim.cli.keeping import keeping, kept_line
from cxsim.cli.screens import VERDICT_STYLES, bar, console, fast_note, plural, say, table, wrapped
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
    from cxsim.store import Store
    from cxsim.studies import Comparison
    from cxsim.studies.grids import Axis, Grid

SHOWN = ("logo_churn_annual", "nrr", "arr", "net_benefit")
EXAMPLE = "formal-onboarding:coverage=0,0.5,1 or teams.success_headcount=2,3,4"


def axes_of(texts: Sequence[str]) -> list[Axis]:
    """Read each `--vary`: LEVER:setting=values or a place in the world and values, commas between them.

    Raises
    ------
    InputError
        With every fault of every text.
    """
    from cxsim.errors import InputError, shown
    from cxsim.studies.grids import Axis

    found, faults = [], []
    if len(texts) > 2:
        faults.append(f"--vary: is given {len(texts)} times; one setting is a curve, two are a grid")
    for text in texts:
        what, equals, values = text.partition("=")
        lever, colon, setting = what.strip().rpartition(":")
        if not equals or not setting or (colon and not lever):
            faults.append(f"--vary {shown(text)}: write {EXAMPLE}")
            continue
        try:
            numbers = [float(value) for value in values.split(",")]
        except ValueError:
            faults.append(f"--vary {what.strip()}: {shown(values)} is not a list of numbers, such as 0,0.5,1")
            continue
        try:
            found.append(Axis(setting, numbers, lever or None))
        except InputError as error:
            faults += [f"--vary {line}" for line in error.faults]
    if faults:
        raise InputError(faults)
    return found


@dataclass(frozen=True)
class Shown:
    """What is varied, and what of it is shown and written; `out` is a folder's full path."""

    vary: tuple[str, ...]
    targets: tuple[tuple[str, float], ...] = ()
    everything: bool = False
    as_json: bool = False
    out: str | None = None
    note: str = ""


def vary(
    baseline: Scenario,
    shown: Shown,
    *,
    replications: int,
    seed: int,
    workers: int | None,
    engine: str | None,
    store: Callable[[], Store | None],
) -> None:
    """Try the values, show effects, and write them where a folder is given."""
    from cxsim.studies.grids import grid

    axes = axes_of(shown.vary)
    kept = store()
    with bar(baseline.name, quiet=shown.as_json) as progress, keeping():
        found = grid(
            baseline, *axes, replications=replications, seed=seed, workers=workers, engine=engine, progress=progress,
            store=kept,
        )  # fmt: skip
    show(found.comparison, shown)


def show(comparison: Comparison, shown: Shown) -> None:
    """Print and write the comparison of all values with the baseline."""
    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies.grids import Grid, points_of

    axes = tuple(axes_of(shown.vary))
    found, targets = Grid(axes, points_of(axes), comparison), list(shown.targets)
    written = _write(found, targets, files.folder(shown.out)) if shown.out is not None else []
    if shown.as_json:
        print(json.dumps(_document(found, targets), indent=1, allow_nan=False))
        return
    out, baseline = console(), comparison.baseline
    for outcome in OUTCOMES if shown.everything else SHOWN:
        _outcome(found, outcome)
    say(
        out,
        f"{baseline.scenario.name}: {plural(comparison.n, 'paired replication')} of {baseline.horizon} months, seed "
        f"{baseline.seed}; money in {baseline.scenario.currency}. Brackets: 95 % interval of the mean difference, for "
        f"each point by itself. {shown.note}",
        "dim",
    )
    fast_note(out)
    say(out, kept_line(comparison.run_id), "dim")
    if written:
        out.print()
        say(out, "Written: " + ", ".join(files.shown(path) for path in written))


def _outcome(found: Grid, outcome: str) -> None:
    """One outcome's sentence, and its table of points."""
    from rich.text import Text

    from cxsim.errors import InputError
    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies import quantities as q
    from cxsim.studies.doses import Dose
    from cxsim.studies.findings import verdict

    out, unit = console(), OUTCOMES[outcome].unit
    try:
        summary = Dose(found).summary(outcome) if len(found.axes) == 1 else found.summary(outcome)
    except InputError as error:
        summary = error.faults[0]
    say(out, summary, "bold")
    out.print()
    rows = table(
        *[(wrapped(name, 20), "right") for name in found.columns],
        (outcome, "right"),
        ("difference [95 %]", "right"),
        gap=1,
    )
    for point in found.points:
        effect = found.effect(outcome, point)
        said = q.change_with_interval(effect.difference, effect.low, effect.high, unit)
        style = VERDICT_STYLES[verdict(effect, outcome)]
        rows.add_row(*[f"{value:g}" for value in point], q.level(effect.alternative, unit), Text(said, style=style))
    out.print(rows)
    out.print()


def _document(found: Grid, targets: list[tuple[str, float]]) -> dict[str, Any]:
    """As `compare --json`, each alternative a point, with what was varied."""
    varied = [{"lever": axis.lever, "setting": axis.setting, "values": [*axis.values]} for axis in found.axes]
    answer = document(found.comparison, targets, {}) | {"vary": varied}
    for alternative, point in zip(answer["alternatives"], found.points, strict=True):
        alternative["point"] = [*point]
    return answer


def _write(found: Grid, targets: list[tuple[str, float]], place: Path) -> list[Path]:
    from cxsim import plots
    from cxsim.errors import InputError
    from cxsim.studies.doses import Dose

    born = files.born(found.comparison.baseline.scenario, found.comparison.baseline.seed)
    full = json.dumps({**_document(found, targets), "command": command()}, indent=1, allow_nan=False)
    written = [files.write_text(place / "comparison.json", full + "\n")]
    written.append(files.write_text(place / "effects.csv", f"# {born}\n{found.frame().to_csv(index=False)}"))
    for outcome in SHOWN:
        try:
            figure = plots.dose(Dose(found), outcome) if len(found.axes) == 1 else plots.grid(found, outcome)
        except InputError:  # it does not exist at every point, as the screen says
            continue
        plots.save(figure, place / f"{outcome}.png", born=born)
        written.append(place / f"{outcome}.png")
    return written
