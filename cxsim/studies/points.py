"""One outcome of one world, or what an alternative does to it, at many points of what is not known about the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import Faults, InputError
from cxsim.readings.registry import OUTCOMES, Outcome
from cxsim.scenario import Scenario
from cxsim.studies.answers import added, column_of
from cxsim.studies.replications import Arm, Progress, cores

Reals = npt.NDArray[np.float64]
TRIED: Final = 3
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
        if self.alternative is None:
            return ""
        return "+".join(it.name for it in added(self.scenario, self.alternative))

    @property
    def arms(self) -> int:
        """Runs that one value takes."""
        return 1 if self.alternative is None else 2

    def values(self, change: Change, seed: int, numbers: Sequence[int]) -> list[float]:
        """The answer in a changed world under each of some lucks, NaN where the outcome does not exist."""
        column, worlds = column_of(self.outcome.name), [change(self.scenario)]
        if self.alternative is not None:
            worlds.append(replace(worlds[0], interventions=self.alternative.interventions))
        arms = [Arm(world) for world in worlds]
        found = []
        for number in numbers:
            told = [arm.replicate(seed, number).values[0, column] for arm in arms]
            found.append(float(told[-1] - told[0] if len(told) > 1 else told[0]))
        return found


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


def refuse_missing(question: Question, seed: int) -> None:
    """Say so before much is run if an outcome does not exist in the world as it is, for want of months or of accounts.

    Raises
    ------
    InputError
        With the reason, if it exists under none of the first three lucks.
    """
    arm, name = Arm(question.scenario), question.outcome.name
    told = [arm.replicate(seed, number) for number in range(TRIED)]
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

    Returns
    -------
    float array, shape (len(changes), lucks)
        NaN where the outcome does not exist.
    """
    found = np.full((len(changes), len(numbers[0])), np.nan)
    each = question.arms * len(numbers[0])
    Arm(question.scenario).make_ready(seed, numbers[0][0])  # before several threads ask for a clock to be compiled
    with ThreadPoolExecutor(cores() if workers is None else workers) as threads:
        futures: list[Future[list[float]]] = [
            threads.submit(question.values, change, seed, some) for change, some in zip(changes, numbers, strict=True)
        ]
        try:
            for place, future in enumerate(futures):
                found[place] = future.result()
                if progress is not None:
                    progress((place + 1) * each, len(changes) * each)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return found
