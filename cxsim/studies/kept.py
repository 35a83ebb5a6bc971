"""A study's place in the store: units found instead of run again, committed as the study goes on."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import TracebackType
from typing import Any, Final

from cxsim.engines import ENGINES, refuse
from cxsim.scenario import Scenario
from cxsim.store import Store, origin, runs, units
from cxsim.store.blocks import Unit
from cxsim.store.units import Address, Key, Range
from cxsim.studies.contents import Made, Wanted
from cxsim.studies.replications import Replication

DELAY: Final = 1.0  # seconds that a finished unit waits for others before it is committed: what a kill can cost
MOST: Final = 2000  # units of a block


def digest_of(digests: Sequence[Sequence[str]]) -> str:
    """SHA-256, in hex, of an answer: of the digests of its units, arm by arm, in the order of their numbers."""
    return hashlib.sha256("\n".join(" ".join(arm) for arm in digests).encode()).hexdigest()


def ranges_of(keys: Sequence[Key]) -> list[Range]:
    """The units as runs of numbers without a gap, address by address in the order in which they first come."""
    numbers: dict[Address, list[int]] = {}
    for address, number in keys:
        numbers.setdefault(address, []).append(number)
    found: list[Range] = []
    for address, mine in numbers.items():
        mine = sorted(set(mine))
        ends = [place for place, (one, other) in enumerate(pairwise(mine), start=1) if other != one + 1]
        found += [(address, mine[low], mine[high - 1] + 1) for low, high in pairwise([0, *ends, len(mine)])]
    return found


class Shelf(ABC):
    """Where a study's units are found and kept. As a context it commits at the end what is finished, whatever ended it.

    Attributes
    ----------
    run_id : str
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._order: dict[Key, None] = {}
        self._digests: dict[Key, str] = {}

    def found(self, wanted: Sequence[Wanted]) -> dict[Key, Made]:
        """Note that these are needed; those that are there, by their keys."""
        self._order |= dict.fromkeys(one.key for one in wanted)
        return {}

    @abstractmethod
    def keep(self, wanted: Wanted, made: Made) -> None:
        """Take in what was run; any thread may ask."""

    @abstractmethod
    def finish(self, arms: Sequence[Sequence[Key]] | None = None) -> None:
        """Note that the answer rests on these units of each arm; unless given, on all that were needed."""

    def digest(self, arms: Sequence[Sequence[Key]] | None = None) -> str:
        """Digest of the answer that rests on these units."""
        if arms is None:
            groups: dict[Address, list[Key]] = {}
            for key in self._order:
                groups.setdefault(key[0], []).append(key)
            arms = [sorted(group, key=lambda key: key[1]) for group in groups.values()]
        return digest_of([[self._digests[key] for key in arm] for arm in arms])

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is open, unless a shelf says otherwise."""
        return


class Keeping(Shelf):
    """A shelf in the store.

    Parameters
    ----------
    store : Store
    run_id : str
        Of the run that was entered there.

    Notes
    -----
    Each finished unit is committed after `DELAY` seconds, together with those that are finished by then; a kill costs
    no more than these and what was being simulated.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        super().__init__(run_id)
        self._store = store
        self._waiting: list[tuple[Address, Unit]] = []
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None
        self._fault: BaseException | None = None

    def found(self, wanted: Sequence[Wanted]) -> dict[Key, Made]:
        """Note that these are needed; those that are kept already, by their keys."""
        super().found(wanted)
        by_key = {one.key: one for one in wanted}
        with self._lock:
            comes_again = not self._digests.keys().isdisjoint(by_key)
        if comes_again:  # what was run a moment ago may be on its way
            self.commit()
        ranges = ranges_of(list(by_key))
        runs.ask_for(self._store.path, self.run_id, ranges)
        there = units.find(self._store.path, ranges)
        with self._lock:
            self._digests |= {key: kept.digest for key, kept in there.items()}
        return {key: by_key[key].read(kept) for key, kept in there.items()}

    def keep(self, wanted: Wanted, made: Made) -> None:
        """Have a unit committed soon; any thread may ask.

        Raises
        ------
        OSError, InputError
            If what was to be committed before could not be.
        """
        address, number = key = wanted.key
        content = wanted.content(made)
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if key in self._digests:  # an arm that is the same as another
                return
            self._digests[key] = content.digest
            self._waiting.append((address, Unit(address.scenario, address.seed, number, content)))
            full = len(self._waiting) >= MOST
            if self._timer is None and not full:
                self._timer = threading.Timer(DELAY, self._in_time)
                self._timer.daemon = True
                self._timer.start()
        if full:
            self.commit()

    def commit(self) -> None:
        """Commit what is finished.

        Raises
        ------
        OSError, InputError
            If it cannot be, or could not be before.
        """
        with self._writing:
            with self._lock:
                if self._fault is not None:
                    raise self._fault
                batch, self._waiting = self._waiting, []
                self._stop_timer()
            try:
                if batch:
                    units.commit(self._store.path, batch, self._about(batch))
            except BaseException:
                with self._lock:  # an interrupt must not lose them
                    self._waiting = batch + self._waiting
                raise

    def finish(self, arms: Sequence[Sequence[Key]] | None = None) -> None:
        """Note that the answer rests on these units of each arm; unless given, on all that were needed."""
        self.commit()
        runs.finish(self._store.path, self.run_id, self.digest(arms))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._fault is None:
            self.commit()
        self._stop_timer()
        if isinstance(error, KeyboardInterrupt):
            error.add_note(f"cxsim resume {self.run_id}")

    def _about(self, batch: Sequence[tuple[Address, Unit]]) -> dict[str, str]:
        """What a block says of itself."""
        of = {name: sorted({str(getattr(address, name)) for address, _ in batch}) for name in ("horizon", "engine")}
        return {
            "version": origin.ground()["cxsim"], "laws": origin.laws(), "horizon_months": ", ".join(of["horizon"]),
            "engine": ", ".join(of["engine"]), "made_again_by": f"cxsim reproduce {self.run_id}",
        }  # fmt: skip

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _in_time(self) -> None:
        try:
            self.commit()
        except BaseException as fault:
            self._fault = fault  # told to who asks next


@dataclasses.dataclass(frozen=True)
class Lent(Store):
    """A store whose shelf is there already: it is not for the study to enter a run of its own."""

    shelf: Shelf = dataclasses.field(kw_only=True)


class Part(Shelf):
    """A shelf for a part of a study: what the part asks for is the whole's, and its end is not the whole's end."""

    def __init__(self, whole: Shelf) -> None:
        super().__init__(whole.run_id)
        self._whole = whole

    def found(self, wanted: Sequence[Wanted]) -> dict[Key, Made]:
        """As the whole's."""
        return self._whole.found(wanted)

    def keep(self, wanted: Wanted, made: Made) -> None:
        """As the whole's."""
        self._whole.keep(wanted, made)

    def finish(self, arms: Sequence[Sequence[Key]] | None = None) -> None:
        """Nothing: the whole goes on."""


class Arms:
    """A shelf for replications of some arms, which are told by their place; see `studies.replications.Shelf`.

    Parameters
    ----------
    shelf : Shelf
    arms : sequence of Scenario
    seed, horizon, engine
        As in `replicate_all`.
    """

    def __init__(
        self,
        shelf: Shelf,
        arms: Sequence[Scenario],
        *,
        seed: int,
        horizon: int | None = None,
        engine: str | None = None,
    ) -> None:
        self.shelf, self._arms = shelf, tuple(arms)
        self._seed, self._horizon, self._engine = seed, horizon, engine or ENGINES[-1]

    def found(self, first: int, count: int) -> dict[tuple[int, int], Replication]:
        """The replications that are kept already, by arm and number."""
        numbers = range(first, first + count)
        wanted = {(arm, number): self._wanted(arm, number) for arm in range(len(self._arms)) for number in numbers}
        there = self.shelf.found(list(wanted.values()))
        return {place: there[one.key] for place, one in wanted.items() if one.key in there}

    def keep(self, arm: int, replication: Replication) -> None:
        """Have a replication kept; any thread may ask."""
        self.shelf.keep(self._wanted(arm, replication.number), replication)

    def finish(self, replications: Sequence[Sequence[Replication]]) -> None:
        """Note that the answer rests on these replications of each arm."""
        self.shelf.finish([
            [self._wanted(place, one.number).key for one in arm] for place, arm in enumerate(replications)
        ])  # fmt: skip

    def _wanted(self, arm: int, number: int) -> Wanted:
        return Wanted(self._arms[arm], self._seed, number, self._horizon, engine=self._engine)


def shelf_of(
    store: Store,
    scenarios: Sequence[Scenario],
    question: Mapping[str, Any],
    *,
    seed: int,
    horizon: int | None = None,
    engine: str | None = None,
) -> Shelf:
    """A study's shelf in a store, in which the run is entered.

    Parameters
    ----------
    store : Store
    scenarios : sequence of Scenario
        What the question is about, the baseline first.
    question : mapping
        The verb and its arguments, as far as they bear on the answer; from these and the scenarios it is asked again.
    seed : int
    horizon : int, optional
        Months; the scenarios' own unless given.
    engine : str, optional
        "compiled" unless given.

    Raises
    ------
    InputError
        If a scenario cannot be run: what cannot is not entered.
    """
    for one in scenarios:
        refuse(one, seed=seed, horizon=horizon, engine=engine)
    if isinstance(store, Lent):
        return store.shelf
    at = [Wanted(one, seed, 0, horizon, engine=engine or ENGINES[-1]).key[0] for one in scenarios]
    places = [(address, one.to_toml()) for address, one in zip(at, scenarios, strict=True)]
    run_id = runs.enter(store.path, question, store.command, places, seed=seed, laws=origin.laws())
    return Keeping(store, run_id)


@contextmanager
def kept_in(
    store: Store | None,
    scenarios: Sequence[Scenario],
    question: Mapping[str, Any],
    *,
    seed: int,
    horizon: int | None = None,
) -> Iterator[Shelf | None]:
    """A study's shelf, if there is a store, for as long as the study goes on; at its end the answer is entered.

    Parameters
    ----------
    store : Store or None
    scenarios, question, seed, horizon
        As in `shelf_of`.
    """
    if store is None:
        yield None
        return
    with shelf_of(store, scenarios, question, seed=seed, horizon=horizon) as shelf:
        yield shelf
        shelf.finish()


def for_part(store: Store | None, shelf: Shelf | None) -> Store | None:
    """The store for a study that is part of another, which has this shelf."""
    if store is None or shelf is None:
        return None
    return Lent(store.path, store.command, shelf=Part(shelf))


def run_id_of(shelf: Shelf | None) -> str:
    """Id of the run; "" where nothing is kept."""
    return "" if shelf is None else shelf.run_id
