"""How large an audit is to be, with which luck, and how its runs are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from cxsim.scenario import Scenario
from cxsim.studies.answers import Run
from cxsim.studies.replications import Arm, Progress, cores, replicate_all
from cxsim.tally import MonthlyTable

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Ask:
    """What an audit is asked for.

    Attributes
    ----------
    seed : int
    fast : bool
        Whether sizes are to be small; formulas and settings swept are the same.
    workers : int
        Threads.
    progress : callable, optional
        Called with runs done and to do, batch by batch.
    """

    seed: int
    fast: bool
    workers: int
    progress: Progress | None = None

    def size(self, full: int, fast: int) -> int:
        """A number of runs: one of two."""
        return fast if self.fast else full

    def runs(self, arms: Sequence[Scenario], replications: int, horizon: int | None = None) -> list[Run]:
        """Replications of each arm with the same luck."""
        found = replicate_all(
            arms,
            replications=replications,
            seed=self.seed,
            horizon=horizon,
            workers=self.workers,
            progress=self.progress,
        )
        return [
            Run(arm.name, arm, self.seed, horizon or arm.horizon_months, tuple(results))
            for arm, results in zip(arms, found, strict=True)
        ]

    def tables(
        self, arm: Scenario, replications: int, read: Callable[[MonthlyTable], Found], horizon: int | None = None
    ) -> list[Found]:
        """What is read off the monthly table of each replication."""
        ready = Arm(arm, horizon)
        ready.make_ready(self.seed, 0)
        return self.each(lambda number: read(ready.table(self.seed, number)[0]), replications)

    def each(self, one: Callable[[int], Found], count: int) -> list[Found]:
        """Call a function with 0 … count − 1, on threads; the first alone, for it may have to compile."""
        found = [one(0)]
        with ThreadPoolExecutor(self.workers) as pool:
            for result in pool.map(one, range(1, count)):
                found.append(result)
                if self.progress is not None:
                    self.progress(len(found), count)
        return found


def ask_of(seed: int, fast: bool, workers: int | None = None, progress: Progress | None = None) -> Ask:
    """An ask on all cores unless said."""
    return Ask(seed, fast, cores() if workers is None else workers, progress)
