"""One outcome of one world, or what an alternative does to it, at many points of what is not known about the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import Faults, InputError
from cxsim.interventions import Intervention
from cxsim.readings.registry import OUTCOMES, Outcome
from cxsim.scenario import Scenario
from cxsim.studies.answers import added, column_of
from cxsim.studies.contents import Wanted
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, Replication

if TYPE_CHECKING:
    from cxsim.studies.kept import Shelf

Reals = npt.NDArray[np.float64]
TRIED: Final = 2
Change = Callable[[Scenario], Scenario]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked at every point.

    Attributes
    ----------
    scenario : Scenario
    alternative : Scenario or None
        The same with interventions; what is asked is then its paired effect.
    outcome : Outcome
    """

    scenario: Scenario
    alternative: Scenario | None
    outcome: Outcome

    @property
    def levers(self) -> str:
        """What the alternative does, joined by "+"; "" without one."""
        return "+".join(it.name for it in self.added)

    @property
    def added(self) -> tuple[Intervention, ...]:
        """The interventions of the alternative."""
        return () if self.alternative is None else tuple(added(self.scenario, self.alternative))

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What is asked about, before anything is changed."""
        return (self.scenario,) if self.alternative is None else (self.scenario, self.alternative)

    def asked(self, verb: str) -> dict[str, object]:
        """What the store notes of the question, beside the scenarios."""
        names = [self.scenario.name, *([self.levers] if self.levers else [])]
        return {"verb": verb, "names": names, "outcome": self.outcome.name}

    @property
    def arms(self) -> int:
        """Runs that one value takes."""
        return 1 if self.alternative is None else 2

    def wanted(self, change: Change, seed: int, numbers: Sequence[int]) -> list[Wanted]:
        """What has to be run to answer in a changed world under each of some lucks."""
        worlds = [change(scenario) for scenario in self.scenarios]
        return [Wanted(world, seed, number) for number in numbers for world in worlds]

    def values(self, found: Sequence[Replication]) -> Reals:
        """The answer under each luck, from what was `wanted`; NaN where the outcome does not exist."""
        column = column_of(self.outcome.name)
        told = np.array([one.values[0, column] for one in found]).reshape(-1, self.arms)
        return np.asarray(told[:, -1] - told[:, 0] if self.arms > 1 else told[:, 0])


def question_of(scenario: Scenario, outcome: str, alternative: Scenario | None) -> Question:
    """Check what is asked.

    Raises
    ------
    InputError
        If there is no such outcome, or the alternative differs from the world in anything but what it does.
    """
    faults = Faults()
    if outcome not in OUTCOMES:
        faults.unknown(outcome, outcome, OUTCOMES, "outcome")
    if alternative is not None:
        if replace(alternative, interventions=(), name="") != replace(scenario, interventions=(), name=""):
            faults.add(
                "alternative", f"differs from {scenario.name} in more than interventions, so that they share no inputs"
            )
        elif not added(scenario, alternative):
            faults.add("alternative", f"does nothing that {scenario.name} does not do already")
    faults.stop_if_any()
    return Question(scenario, alternative, OUTCOMES[outcome])


def refuse_missing(question: Question, seed: int, shelf: Shelf | None = None) -> None:
    """Say so before much is run if an outcome does not exist in the world as it is, for want of months or of accounts.

    Raises
    ------
    InputError
        With the reason, if it exists under none of the first lucks.
    """
    name = question.outcome.name
    first = [Wanted(question.scenario, seed, number) for number in range(TRIED)]
    told = in_pieces(lambda place: first[place : place + 1], lambda _, made: made[0], TRIED, workers=1, shelf=shelf)
    if all(np.isnan(one.values[0, column_of(name)]) for one in told):
        reason = told[0].reasons[0, column_of(name)]
        raise InputError(f"{name}: does not exist in {question.scenario.name} as it is: {reason}")


def whole(name: str, value: int, low: int, high: int) -> None:
    """Say so if a number is not a whole one in its range.

    Raises
    ------
    InputError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name}: {value!r} is not a whole number from {low} to {high:,}")


def evaluated(
    question: Question,
    changes: Sequence[Change],
    numbers: Sequence[Sequence[int]],
    *,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
) -> Reals:
    """Ask the question in many changed worlds.

    Parameters
    ----------
    question : Question
    changes : sequence of callable
        Each makes its world of the question's. The alternative is that world with its own interventions.
    numbers : sequence of sequence of int
        For each change, the replications (addresses of luck) under which it is asked; as many for all.
    seed : int
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (runs done, runs in all).
    shelf : Shelf, optional
        Where units are found and kept.

    Returns
    -------
    float array, shape (len(changes), lucks)
        NaN where the outcome does not exist.
    """
    each = question.arms * len(numbers[0])

    def wanted(place: int) -> list[Wanted]:
        return question.wanted(changes[place], seed, numbers[place])

    def read(place: int, found: Sequence[Replication]) -> Reals:
        return question.values(found)

    def runs(done: int, total: int) -> None:
        if progress is not None:
            progress(done * each, total * each)

    return np.array(in_pieces(wanted, read, len(changes), workers=workers, progress=runs, shelf=shelf))
