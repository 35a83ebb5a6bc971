"""From today on: one company's history, forked on a day into many futures under each of several alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import Faults, InputError, shown
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.streams import Fork
from cxsim.studies.answers import added, column_of, effect_row
from cxsim.studies.branches import SERIES, Reals, fan_of
from cxsim.studies.contents import Wanted
from cxsim.studies.experiment import names_of
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import Effect, paired
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, Replication

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Futures of one company under several alternatives, the baseline first.

    Attributes
    ----------
    scenarios : tuple of Scenario
    names : tuple of str
    seed, replication : int
        Whose past they share.
    at : float
        The day on which they part [months].
    common : bool
        Whether a branch has the same luck under each alternative.
    values : float array, shape (scenarios, branches, outcomes)
        NaN where an outcome does not exist.
    reasons : mapping
        Column of an outcome → why it does not exist in some branch.
    series : mapping
        "accounts" and "arr" [currency/year] → float array, shape (scenarios, branches, months 0 … horizon).
    run_id : str
        In the store; "" where nothing is kept.
    """

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    seed: int
    replication: int
    at: float
    common: bool
    values: Reals
    reasons: Mapping[int, str]
    series: Mapping[str, Reals]
    run_id: str = ""

    def place(self, name: str | None) -> int:
        """Place of an alternative; the first after the baseline if None.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        if name is None:
            return 1
        if name not in self.names:
            faults = Faults()
            faults.unknown(name, name, self.names, "alternative")
            faults.stop_if_any()
        return self.names.index(name)

    def effect(self, outcome: str, alternative: str | None = None) -> Effect:
        """Effect of an alternative, from this one history on, over its futures.

        Raises
        ------
        InputError
            If there is no such outcome or alternative.
        """
        column, place = column_of(outcome), self.place(alternative)
        before, after = self.values[0, :, column], self.values[place, :, column]
        return paired(before, after, OUTCOMES[outcome].better, self.reasons.get(column, ""))

    def frame(self) -> pd.DataFrame:
        """Every effect; `name` of the alternative, then as in `Comparison.effects`."""
        import pandas as pd

        return pd.DataFrame([
            {"name": name, **effect_row(outcome, self.effect(outcome, name))}
            for name in self.names[1:]
            for outcome in OUTCOMES
        ])  # fmt: skip

    def fan(self, what: str = "arr") -> pd.DataFrame:
        """Futures by month: `name`, `month`, `mean` and quantiles `q05` to `q95`; until the day all are the same.

        Raises
        ------
        InputError
            If there is no such series.
        """
        import pandas as pd

        if what not in self.series:
            faults = Faults()
            faults.unknown(what, what, SERIES, "series")
            faults.stop_if_any()
        fans = [fan_of(paths).assign(name=name) for name, paths in zip(self.names, self.series[what], strict=True)]
        together = pd.concat(fans, ignore_index=True)
        return together[["name", *(column for column in together if column != "name")]]

    def samples(self, outcome: str) -> Reals:
        """One outcome; shape (branches, 1, scenarios)."""
        return np.asarray(self.values[:, :, column_of(outcome)].T[:, None, :])

    def summary(self, outcome: str) -> str:
        """Say which alternative is best from this state, and how probable that is.

        Raises
        ------
        InputError
            If there is no such outcome, or it exists in no branch.
        """
        from cxsim.studies.best import best

        start = f"From month {self.at:g} of replication {self.replication} on: "
        return start + best(self, outcome=outcome).summary()


def fork(
    baseline: Scenario,
    *alternatives: Scenario,
    at: float,
    branches: int = 200,
    seed: int,
    replication: int = 0,
    common: bool = True,
    names: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Futures:
    """Let one company's history fork on a day into futures under several alternatives.

    Parameters
    ----------
    baseline : Scenario
    *alternatives : Scenario
        The baseline with levers that begin on the day or later.
    at : float
        The day [months], from 0 up to but not at the horizon.
    branches : int
        Futures of each, 2 to 100,000.
    seed, replication : int
        Whose history it is.
    common : bool
        Whether a branch has the same luck under each alternative, which tells them apart with fewer branches; else all
        have luck of their own.
    names : sequence of str, optional
        Of the alternatives; what they do unless given.
    workers : int, optional
        Threads; they change no number.
    progress : callable, optional
        Called with branches done and to do.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If there is no alternative, one has another past, or a number is out of range.

    Notes
    -----
    The answer is for the state that this one company is in on the day. Another company in the same world, or another
    day, may have another answer; `compare` asks about companies in general.
    """
    faults = _faults(baseline, alternatives, at, branches, seed, replication)
    if faults:
        raise InputError(faults)
    scenarios = (baseline, *alternatives)
    called = (baseline.name, *names_of(baseline, alternatives, names))

    def wanted(number: int) -> list[Wanted]:
        own = [1 + number + (0 if common else place * branches) for place in range(len(scenarios))]
        return [
            Wanted(world, seed, replication, fork=Fork(at, branch))
            for world, branch in zip(scenarios, own, strict=True)
        ]

    def read(number: int, told: Sequence[Replication]) -> tuple[Reals, dict[int, str], dict[str, Reals]]:
        reasons = {column: why for kept in told for (row, column), why in kept.reasons.items() if row == 0}
        paths = {what: np.array([kept.series[what][0] for kept in told]) for what in SERIES}
        return np.array([kept.values[0] for kept in told]), reasons, paths

    question = {"verb": "fork", "names": list(called), "at": at, "branches": branches, "replication": replication,
                "common": common}  # fmt: skip
    with kept_in(store, scenarios, question, seed=seed) as shelf:
        found = in_pieces(wanted, read, branches, workers=workers, progress=progress, shelf=shelf)
    values = np.array([one for one, _, _ in found]).transpose(1, 0, 2)
    reasons = {column: why for _, some, _ in found for column, why in some.items()}
    series = {what: np.array([paths[what] for _, _, paths in found]).transpose(1, 0, 2) for what in SERIES}
    return Futures(scenarios, called, seed, replication, float(at), common, values, reasons, series, run_id_of(shelf))


def _faults(
    baseline: Scenario, alternatives: Sequence[Scenario], at: float, branches: int, seed: int, replication: int
) -> list[str]:
    faults = Faults()
    for name, value, low, high in (
        ("branches", branches, 2, 100_000),
        ("seed", seed, 0, 2**63 - 1),
        ("replication", replication, 0, 2**32 - 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            faults.add(name, f"{shown(value)} is not a whole number from {low} to {high}")
    horizon = baseline.horizon_months
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0.0 <= at < horizon:
        faults.add("at", f"{shown(at)} is not a month from 0 up to, but not at, the horizon {horizon}")
        return faults.lines()
    if not alternatives:
        faults.add("fork", "needs at least one alternative beside the baseline")
    for place, other in enumerate(alternatives, start=1):
        mine, theirs = (replace(one, interventions=(), name="", description="") for one in (baseline, other))
        gone = [it.name for it in added(other, baseline)]
        if mine.hash != theirs.hash or gone:
            faults.add(f"alternative {place}", "is not the baseline with levers added, so that its past is another one")
        for it in added(baseline, other):
            if it.start < at:
                text = f"{it.name} begins at {it.start:g}, before the day at {at:g} on which futures part"
                faults.add(f"alternative {place}", f"{text}; give it start={at:g} or later")
    return faults.lines()
