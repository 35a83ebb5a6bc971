"""How large an audit is to be, with which luck, and how its runs are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxsim.scenario import Scenario
from cxsim.store import Store
from cxsim.studies.answers import Run
from cxsim.studies.claims.figures import Figures, OfLog, OfTable, of_log, of_table
from cxsim.studies.contents import Kind, Wanted
from cxsim.studies.kept import Arms, Shelf
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, cores, replicate_all


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
    shelf : Shelf, optional
        Where units are found and kept.
    store : Store, optional
        The same for studies that are part of the audit.
    """

    seed: int
    fast: bool
    workers: int
    progress: Progress | None = None
    shelf: Shelf | None = None
    store: Store | None = None

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
            shelf=None if self.shelf is None else Arms(self.shelf, arms, seed=self.seed, horizon=horizon),
        )
        return [
            Run(arm.name, arm, self.seed, horizon or arm.horizon_months, tuple(results))
            for arm, results in zip(arms, found, strict=True)
        ]

    def tables(
        self, worlds: Sequence[Scenario] | Scenario, count: int, read: OfTable, horizon: int | None = None
    ) -> list[Figures]:
        """What is read off the monthly table of each replication 0 … count − 1.

        Parameters
        ----------
        worlds : Scenario, or a sequence of them
            The world of all replications, or of each.
        count : int
        read : callable
            A function of a module: given a table and its scenario, some figures.
        horizon : int, optional
        """
        return self._figures(worlds, count, of_table(read), horizon)

    def logs(self, worlds: Sequence[Scenario] | Scenario, count: int, read: OfLog) -> list[Figures]:
        """The same of the event log of each."""
        return self._figures(worlds, count, of_log(read), None)

    def _figures(
        self, worlds: Sequence[Scenario] | Scenario, count: int, kind: Kind, horizon: int | None
    ) -> list[Figures]:
        def wanted(number: int) -> list[Wanted]:
            world = worlds if isinstance(worlds, Scenario) else worlds[number]
            return [Wanted(world, self.seed, number, horizon, kind=kind)]

        def read(number: int, found: Sequence[Figures]) -> Figures:
            return found[0]

        return in_pieces(wanted, read, count, workers=self.workers, progress=self.progress, shelf=self.shelf)


def ask_of(
    seed: int,
    fast: bool,
    workers: int | None = None,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
    store: Store | None = None,
) -> Ask:
    """An ask on all cores unless said."""
    return Ask(seed, fast, cores() if workers is None else workers, progress, shelf, store)
