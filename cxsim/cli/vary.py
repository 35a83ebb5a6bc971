"""`compare --vary`: one setting, or two, over several values, each against the baseline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.cli import files
from cxsim.cli.compare import document
from cxsim.cli.screens import VERDICT_STYLES, bar, console, fast_note, plural, say, table, wrapped
from cxsim.cli.sizes import command

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
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


def vary(
    baseline: Scenario,
    texts: Sequence[str],
    *,
    replications: int,
    seed: int,
    workers: int | None,
    engine: str | None,
    targets: list[tuple[str, float]],
    everything: bool,
    as_json: bool,
    folder: str | None,
    note: str = "",
) -> None:
    """Try the values, show effects, and write them where a folder is given."""
    from cxsim.readings.outcomes import OUTCOMES
    from cxsim.studies.grids import grid

    axes = axes_of(texts)
    with bar(baseline.name, quiet=as_json) as progress:
        found = grid(
            baseline, *axes, replications=replications, seed=seed, workers=workers, engine=engine, progress=progress
        )
    written = _write(found, targets, files.folder(folder)) if folder is not None else []
    if as_json:
        print(json.dumps(_document(found, targets), indent=1, allow_nan=False))
        return
    out = console()
    for outcome in OUTCOMES if everything else SHOWN:
        _outcome(found, outcome)
    study = found.comparison
    say(
        out,
        f"{baseline.name}: {plural(study.n, 'paired replication')} of {study.baseline.horizon} months, seed {seed}; "
        f"money in {baseline.currency}. Brackets: 95 % interval of the mean difference, for each point by itself. "
        f"{note}",
        "dim",
    )
    fast_note(out)
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
