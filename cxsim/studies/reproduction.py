"""Runs of the store taken up again: gone on with where they stopped, or all done anew and held against what is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.scenario.checks import checked
from cxsim.store import RunRecord, Store, origin, units
from cxsim.store.blocks import Content, Damaged
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.experiment import compare, run
from cxsim.studies.kept import content_of, digest_of
from cxsim.studies.replications import Progress, replicate_all
from cxsim.toml_files import parse

AT_ONCE = 200  # replications that are held in memory


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
    kept, anew : float or None
        None where one of the two has no such number.
    """

    arm: str
    replication: int
    column: str = ""
    place: int = 0
    kept: float | None = None
    anew: float | None = None

    def line(self) -> str:
        """What it is, in words."""
        where = f"{self.arm}, replication {self.replication}"
        if not self.column:
            return f"{where}: its digest; the kept numbers cannot be read, or only the reasons differ"
        kind = self.column.split(".")[0]
        of = {"outcome": "scope", "series": "month", "tenure": "month of tenure", "first_year": "account"}
        at = f"{of.get(kind, 'owner')} {self.place}"
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
        unlike = self.units - self.same - self.gone
        found = [f"{self.run_id}: not the same: {unlike:,} of {self.units:,} units differ{gone}."]
        if self.first is not None:
            found.append(f"First: {self.first.line()}.")
        elif not self.gone:
            found.append("Every unit is the same, but the digest of the answer is not: its entry was changed.")
        return [*found, since or "No law, library or arithmetic has changed since: this must not happen; tell us."]


def resume(
    run_id: str,
    *,
    store: Store,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison | Run:
    """Go on with a run of the store where it stopped; its answer is what it would have been.

    Parameters
    ----------
    run_id : str
        Its id, or the beginning of it.
    store : Store
    workers, executor, progress
        As in `cxsim.run`.

    Returns
    -------
    Comparison or Run
        By what was asked. If a law has changed since, all units are run under the laws of now and it is a run of its
        own, with another `run_id`: units of different laws are never mixed.

    Raises
    ------
    InputError
        If there is no such run, or this version cannot read its scenarios.
    """
    record = store.run(run_id)
    baseline, *others = scenarios_of(record)
    asked, mine = record.question, store if record.command is None else store.asked_by(record.command)
    if asked["verb"] == "run":
        return run(
            baseline, replications=asked["replications"], precision=asked["precision"], seed=record.seed,
            horizon=asked["horizon"], engine=asked["engine"], workers=workers, executor=executor, progress=progress,
            store=mine,
        )  # fmt: skip
    return compare(
        baseline, *others, replications=asked["replications"], precision=asked["precision"], seed=record.seed,
        engine=asked["engine"], by_segment=asked["by_segment"], names=asked["names"][1:], workers=workers,
        executor=executor, progress=progress, store=mine,
    )  # fmt: skip


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
        As in `cxsim.run`; they do not bear on the numbers.

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
    arms, names = scenarios_of(record), record.question["names"]
    kept = [units.digests(store.path, address, record.asked) for address in record.addresses]
    anew: list[list[str]] = [[] for _ in arms]
    first: Difference | None = None
    for start in range(0, record.asked, AT_ONCE):
        count = min(AT_ONCE, record.asked - start)
        found = replicate_all(
            arms, first=start, replications=count, seed=record.seed, horizon=record.question["horizon"],
            engine=record.question["engine"], workers=workers, executor=executor,
            progress=_counting_on(progress, start * len(arms), record.asked * len(arms)),
        )  # fmt: skip
        contents = [[content_of(one, scenario) for one in arm] for arm, scenario in zip(found, arms, strict=True)]
        for mine, made in zip(anew, contents, strict=True):
            mine += [one.digest for one in made]
        if first is None:
            first = next(_differences(store, record, names, kept, anew, contents, start), None)
    pairs = [
        (there.get(number), digest)
        for there, made in zip(kept, anew, strict=True)
        for number, digest in enumerate(made)
    ]
    return Reproduction(
        run_id=record.id,
        units=len(pairs),
        same=sum(before == after for before, after in pairs),
        gone=sum(before is None for before, _ in pairs),
        first=first,
        changes=tuple(origin.changes(dict(record.ground))),
        digest_same=digest_of(anew) == record.digest,
    )


def scenarios_of(record: RunRecord) -> list[Scenario]:
    """The scenarios of a run, the baseline first, from their complete text.

    Raises
    ------
    InputError
        If this version cannot read one.
    """
    found = []
    for name, text in zip(record.question["names"], record.scenarios, strict=True):
        label = f"{record.id}, scenario of {name}"
        found.append(Scenario(**checked(parse(text, label), label)))
    return found


def _differences(
    store: Store,
    record: RunRecord,
    names: Sequence[str],
    kept: Sequence[Mapping[int, str]],
    anew: Sequence[Sequence[str]],
    contents: Sequence[Sequence[Content]],
    start: int,
) -> Iterator[Difference]:
    """The first difference of each unit that differs, replication by replication."""
    for number in range(start, start + len(contents[0])):
        for arm, address in enumerate(record.addresses):
            if kept[arm].get(number, anew[arm][number]) != anew[arm][number]:
                found = Difference(names[arm], number)
                try:
                    before = units.named(store.path, address, number)
                except Damaged:
                    yield found
                    continue
                yield _parting(found, before, contents[arm][number - start])


def _parting(unit: Difference, before: Sequence[tuple[str, int, float]], content: Content) -> Difference:
    """Where the numbers of a unit part; columns are told by their names, for versions may have others."""
    places = [(name, place) for name, length in content.columns for place in range(length)]
    now = dict(zip(places, content.numbers.tolist(), strict=True))
    then = {(name, place): value for name, place, value in before}
    for key in (*then, *(key for key in now if key not in then)):
        one, other = then.get(key), now.get(key)
        if one is None or other is None or not (one == other or (math.isnan(one) and math.isnan(other))):
            return Difference(unit.arm, unit.replication, *key, one, other)
    return unit


def _counting_on(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)
