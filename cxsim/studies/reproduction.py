"""Runs of the store taken up again: gone on with where they stopped, or all done anew and held against what is kept."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from cxsim.errors import InputError
from cxsim.store import RunRecord, Store, origin, runs, units
from cxsim.store.blocks import Content, Damaged
from cxsim.store.units import Address, Key
from cxsim.studies.again import Answer, Hands, asked_again
from cxsim.studies.contents import Made, Wanted
from cxsim.studies.kept import Lent, Shelf
from cxsim.studies.replications import Progress


@dataclass(frozen=True, slots=True)
class Difference:
    """The first number of a unit that is not what is kept.

    Attributes
    ----------
    arm : str
        Name.
    replication : int
    column : str
        As in `studies.kept.content_of`; "" if the kept numbers cannot be read, or only the words differ.
    place : int
        In the column, from 0: a month, a scope (0 the company), an account of the first year, an owner.
    branch : int
        Of a fork; 0 where there is none.
    kept, anew : float or None
        None where one of the two has no such number.
    """

    arm: str
    replication: int
    column: str = ""
    place: int = 0
    kept: float | None = None
    anew: float | None = None
    branch: int = 0

    def line(self) -> str:
        """What it is, in words."""
        where = f"{self.arm}, replication {self.replication}" + (f", branch {self.branch}" if self.branch else "")
        if not self.column:
            return f"{where}: its digest; the kept numbers cannot be read, or only the reasons differ"
        kind = self.column.removeprefix("forked.").split(".")[0]
        of = {"outcome": "scope", "series": "month", "tenure": "month of tenure", "first_year": "account",
              "experience_share": "owner", "money": "month", "stages": "stage"}  # fmt: skip
        at = f"{of.get(kind, 'place')} {self.place}"
        said = ["no number" if value is None else f"{value!r}" for value in (self.kept, self.anew)]
        return f"{where}: {self.column}, {at}: {said[0]} is kept, {said[1]} came out anew"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How a run that was done anew compares with what is kept of it.

    Attributes
    ----------
    run_id : str
    units : int
        That were run.
    same : int
        Of these, how many have the digest that is kept.
    gone : int
        Of these, how many are not kept any more; the digest of the answer stands for them.
    other : int
        Of these, how many the run had not asked for: what draws its worlds, or says how many are needed, has changed.
    first : Difference or None
        The first difference, replication by replication.
    changes : tuple of str
        What decides numbers and has changed since: the laws, libraries, the machine.
    digest_same : bool
        Whether the answer as a whole has the digest that is kept.
    """

    run_id: str
    units: int
    same: int
    gone: int
    other: int
    first: Difference | None
    changes: tuple[str, ...]
    digest_same: bool

    @property
    def is_same(self) -> bool:
        """Is it the same, bit for bit?"""
        return self.digest_same and self.same + self.gone == self.units

    def lines(self) -> list[str]:
        """What came out, in words."""
        since = f"Changed since: {'; '.join(self.changes)}." if self.changes else ""
        gone = f"; {self.gone:,} are not kept any more, the digest of the answer stands for them" if self.gone else ""
        if self.is_same:
            said = [f"{self.run_id}: the same, bit for bit ({self.units:,} units run anew{gone})."]
            return [*said, *([f"{since} It made no difference."] if since else [])]
        unlike = self.units - self.same - self.gone - self.other
        found = [f"{self.run_id}: not the same: {unlike:,} of {self.units:,} units differ{gone}."]
        if self.other:
            found.append(
                f"{self.other:,} units are not those that the run asked for: its worlds are drawn otherwise now."
            )
        if self.first is not None:
            found.append(f"First: {self.first.line()}.")
        elif not self.gone and not self.other:
            found.append("Every unit is the same, but the digest of the answer is not: its entry was changed.")
        return [*found, since or "No law, library or arithmetic has changed since: this must not happen; tell us."]


def resume(
    run_id: str,
    *,
    store: Store,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Go on with a run of the store where it stopped; its answer is what it would have been.

    Parameters
    ----------
    run_id : str
        Its id, or the beginning of it.
    store : Store
    workers, progress
        As in the study that was asked for.
    executor : concurrent.futures.Executor, optional
        As in `cxsim.run`; only `run` and `compare` take one.

    Returns
    -------
    Comparison, Run or another study's answer
        By what was asked. If a law has changed since, all units are run under the laws of now and it is a run of its
        own, with another `run_id`: units of different laws are never mixed.

    Raises
    ------
    InputError
        If there is no such run, this version cannot read its scenarios, or there is an executor for a study that takes
        none.
    """
    record = store.run(run_id)
    mine = store if record.command is None else store.asked_by(record.command)
    return asked_again(record, mine, Hands(workers, executor, progress))


def reproduce(
    run_id: str,
    *,
    store: Store,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Run all units of a finished run anew, without the kept ones, and compare bit for bit.

    Parameters
    ----------
    run_id : str
        Its id, or the beginning of it.
    store : Store
        Read only.
    workers, executor, progress
        As in `resume`; they do not bear on the numbers.

    Raises
    ------
    InputError
        If there is no such run, it is not finished, or this version cannot read its scenarios.
    """
    record = store.run(run_id)
    if not record.finished:
        raise InputError(
            f"{record.id}: is not finished: {record.done:,} units are kept; first: cxsim resume {record.id}"
        )
    anew = _Anew(store.path, record)
    asked_again(record, Lent(store.path, shelf=anew), Hands(workers, executor, progress))
    return anew.told()


class _Anew(Shelf):
    """A shelf that has nothing, keeps nothing, and holds what is run against what is kept."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        super().__init__(record.id)
        self._folder, self._record = folder, record
        self._kept = runs.digests(folder, record.id)
        self._place: dict[Key, int] = {}
        self._first: tuple[int, Difference] | None = None
        self._lock = threading.Lock()
        self._answer = ""

    def found(self, wanted: Sequence[Wanted]) -> dict[Key, Made]:
        """Nothing."""
        with self._lock:
            super().found(wanted)
            # replication by replication
            for key in sorted((one.key for one in wanted), key=lambda key: key[1]):
                self._place.setdefault(key, len(self._place))
        return {}

    def keep(self, wanted: Wanted, made: Made) -> None:
        """Compare."""
        content, key = wanted.content(made), wanted.key
        before = self._kept.get(self._former(key), "")
        with self._lock:
            self._digests[key] = content.digest
            place = self._place[key]
            if before in ("", content.digest) or (self._first is not None and self._first[0] < place):
                return
            self._first = place, self._parting(key, content)

    def finish(self, arms: Sequence[Sequence[Key]] | None = None) -> None:
        """Take the digest of the answer."""
        self._answer = self.digest(arms)

    def told(self) -> Reproduction:
        """What came out."""
        pairs = [(self._kept.get(self._former(key)), digest) for key, digest in self._digests.items()]
        return Reproduction(
            run_id=self.run_id,
            units=len(pairs),
            same=sum(before == after for before, after in pairs),
            gone=sum(before == "" for before, _ in pairs),
            other=sum(before is None for before, _ in pairs),
            first=None if self._first is None else self._first[1],
            changes=tuple(origin.changes(dict(self._record.ground))),
            digest_same=self._answer == self._record.digest,
        )

    def _former(self, key: Key) -> Key:
        """Where the unit stands under the laws of the run."""
        return dataclasses.replace(key[0], laws=self._record.laws), key[1]

    def _parting(self, key: Key, content: Content) -> Difference:
        """Where the numbers of a unit part; columns are told by their names, for versions may have others."""
        address, number = self._former(key)
        unit = Difference(self._name(address), number, branch=address.branch)
        try:
            before = units.named(self._folder, address, number)
        except Damaged:
            return unit
        places = [(name, place) for name, length in content.columns for place in range(length)]
        now = dict(zip(places, content.numbers.tolist(), strict=True))
        then = {(name, place): value for name, place, value in before}
        for at in (*then, *(at for at in now if at not in then)):
            one, other = then.get(at), now.get(at)
            if one is None or other is None or not (one == other or (math.isnan(one) and math.isnan(other))):
                return dataclasses.replace(unit, column=at[0], place=at[1], kept=one, anew=other)
        return unit

    def _name(self, address: Address) -> str:
        """What the scenario is called; a world that was drawn has no name of its own."""
        named: Mapping[str, str] = {
            own.scenario: name for own, name in zip(reversed(self._record.addresses), self._names(), strict=True)
        }
        return named.get(address.scenario, f"the world {address.scenario[:10]}")

    def _names(self) -> list[str]:
        return list(reversed(self._record.question["names"][: len(self._record.addresses)]))
