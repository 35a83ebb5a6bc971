"""What several measures do together: the joint effect, the sum of the parts, and the interaction between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import Faults, InputError
from cxsim.interventions import Intervention
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.answers import column_of
from cxsim.studies.coalitions import MOST_EXACT, Reals, against_adding, levers_of
from cxsim.studies.contents import Wanted
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import mean_interval
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, Replication

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

MOST_IN_PAIRS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Combinations:
    """Some measures, each alone and in combinations, under the same luck.

    Attributes
    ----------
    baseline : Scenario
    names : tuple of str
        Of the measures.
    seed : int
    members : tuple of tuple of int
        Places in `names`; of each measure alone first, then of each combination.
    gains : float array, shape (len(members), replications, outcomes)
        Difference from the baseline in the outcome's unit; NaN where the outcome does not exist.
    run_id : str
        In the store; "" where nothing is kept.
    """

    baseline: Scenario
    names: tuple[str, ...]
    seed: int
    members: tuple[tuple[int, ...], ...]
    gains: Reals
    run_id: str = ""

    def called(self, members: Sequence[int]) -> str:
        """Name of a combination: its measures joined by +."""
        return "+".join(self.names[place] for place in members)

    def frame(self, outcome: str) -> pd.DataFrame:
        """Table of one outcome.

        Returns
        -------
        pandas.DataFrame, one row a measure or combination
            `combination`, `size`, `together` with its 95 % interval `low`, `high`: the joint effect; `parts`: the sum
            of what each does alone; `interaction`, `interaction_low`, `interaction_high`: the joint effect minus that
            sum, with its 95 % interval. In the outcome's unit. Intervals are for each row by itself.

        Raises
        ------
        InputError
            If there is no such outcome, or it does not exist in every replication.
        """
        import pandas as pd

        gains = self._gains(outcome)
        rows = []
        for place, members in enumerate(self.members):
            whole, parts = gains[place], self._parts(gains, members)
            low, high, _ = mean_interval(whole)
            apart_low, apart_high, _ = mean_interval(whole - parts)
            rows.append({
                "combination": self.called(members), "size": len(members), "together": whole.mean(), "low": low,
                "high": high, "parts": parts.mean(), "interaction": (whole - parts).mean(),
                "interaction_low": apart_low, "interaction_high": apart_high,
            })  # fmt: skip
        return pd.DataFrame(rows)

    def warnings(self, outcome: str) -> tuple[str, ...]:
        """For each combination whose parts must not be added up, a line that says so.

        Raises
        ------
        InputError
            As in `frame`.
        """
        gains = self._gains(outcome)
        said = []
        for place, members in enumerate(self.members):
            text = against_adding(outcome, gains[place], self._parts(gains, members)) if len(members) > 1 else ""
            if text:
                said.append(f"{self.called(members)}: {text}")
        return tuple(said)

    def summary(self, outcome: str) -> str:
        """Say what all do together, against the sum of their parts.

        Of pairs alone, that with the largest interaction is told.

        Raises
        ------
        InputError
            As in `frame`.
        """
        table, unit = self.frame(outcome), OUTCOMES[outcome].unit
        joint = table[table["size"] == table["size"].max()]
        row = joint.loc[joint["interaction"].abs().idxmax()]
        said = q.change_in_words(row["together"], row["low"], row["high"], unit)
        start = f"{q.title(outcome)}: {row['combination']} together {said}; the parts sum to "
        start += q.change(row["parts"], unit)
        between = q.change_in_words(row["interaction"], row["interaction_low"], row["interaction_high"], unit)
        if row["interaction_low"] <= 0.0 <= row["interaction_high"]:
            return f"{start}. No interaction can be told from none ({between})."
        helps = (row["interaction"] > 0) == (OUTCOMES[outcome].better == "higher")
        word = "better" if helps else "worse"
        return f"{start}. Together they do {word} than that sum ({between}): single effects must not be added up."

    def _gains(self, outcome: str) -> Reals:
        gains = self.gains[:, :, column_of(outcome)]
        if np.isnan(gains).any():
            raise InputError(f"{outcome}: does not exist in every combination of every replication, so nothing adds up")
        return gains

    def _parts(self, gains: Reals, members: Sequence[int]) -> Reals:
        # a measure alone stands at its own place
        return np.asarray(gains[list(members)].sum(axis=0))


def combine(
    baseline: Scenario,
    *alternatives: Scenario,
    replications: int,
    seed: int,
    pairs: bool = False,
    names: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    horizon: int | None = None,
    store: Store | None = None,
) -> Combinations:
    """Run measures alone and in all combinations, under the same luck.

    Parameters
    ----------
    baseline : Scenario
    *alternatives : Scenario
        Two or more, each the baseline with the levers of one measure; at most six, or twelve in pairs.
    replications : int
        At least 2.
    seed : int
    pairs : bool
        Whether to leave it at pairs.
    names : sequence of str, optional
        Of the measures; what they do unless given.
    workers : int, optional
        Threads; they change no number.
    progress : callable, optional
        Called with replications done and to do.
    horizon : int, optional
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If measures differ from the baseline in anything but levers, share one, are too many, or a number is out of
        range.

    Notes
    -----
    Interaction of a combination: its joint effect minus the sum of what its measures do alone. `attribute` shares a
    joint effect out among levers instead.
    """
    levers = [levers_of(baseline, other) for other in alternatives]
    called = tuple(names) if names is not None else tuple("+".join(it.name for it in own) for own in levers)
    _check(levers, called, replications, pairs)
    sizes = (1, 2) if pairs else range(1, len(levers) + 1)
    members = tuple(some for size in sizes for some in combinations(range(len(levers)), size))
    worlds = [baseline]
    for some in members:
        chosen = tuple(it for place in some for it in levers[place])
        worlds.append(replace(baseline, interventions=(*baseline.interventions, *chosen)))

    def wanted(number: int) -> list[Wanted]:
        return [Wanted(world, seed, number, horizon) for world in worlds]

    def read(number: int, found: Sequence[Replication]) -> Reals:
        values = np.array([one.values[0] for one in found])
        return np.asarray(values[1:] - values[0])

    question = {"verb": "combine", "names": [baseline.name, *called], "replications": replications, "pairs": pairs,
                "horizon": horizon}  # fmt: skip
    with kept_in(store, (baseline, *alternatives), question, seed=seed, horizon=horizon) as shelf:
        gains = in_pieces(wanted, read, replications, workers=workers, progress=progress, shelf=shelf)
    return Combinations(baseline, called, seed, members, np.array(gains).transpose(1, 0, 2), run_id_of(shelf))


def _check(levers: Sequence[tuple[Intervention, ...]], names: Sequence[str], replications: int, pairs: bool) -> None:
    faults = Faults()
    most = MOST_IN_PAIRS if pairs else MOST_EXACT
    if not 2 <= len(levers) <= most:
        more = "" if pairs or len(levers) < 2 else f"; up to {MOST_IN_PAIRS} can be combined in pairs (pairs=True)"
        faults.add("combine", f"takes 2 to {most} measures, and there are {len(levers)}{more}")
    if replications < 2:
        faults.add("replications", f"{replications} is too few for an interval; at least 2")
    if len(names) != len(levers):
        faults.add("names", f"there are {len(names)} for {len(levers)} measures")
    elif len(set(names)) < len(names):
        faults.add("names", "two measures are called the same; give them names")
    for (one, mine), (other, theirs) in combinations(enumerate(levers, start=1), 2):
        twice = [it.name for it in mine if it in theirs]
        if twice:
            faults.add(f"measure {other}", f"{twice[0]} is in measure {one} too, and would be there twice")
    faults.stop_if_any()
