"""Replications in the store: what is kept of each, read back to the last bit, committed as the study goes on."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final

import numpy as np

from cxsim import events
from cxsim.engines import ENGINES
from cxsim.readings.costs import JOURNEY, STAGE_LINES
from cxsim.readings.money import LINES
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.store import Store, origin, runs, units
from cxsim.store.blocks import Content, Unit
from cxsim.store.units import Address, Kept
from cxsim.studies.replications import SERIES, Replication
from cxsim.tally import FirstYear

DELAY: Final = 1.0  # seconds that a finished unit waits for others before it is committed: what a kill can cost
MOST: Final = 2000  # units of a block


def content_of(replication: Replication, scenario: Scenario) -> Content:
    """What is kept of a replication, named column by column.

    Returns
    -------
    Content
        `outcome.<name>`: company and segments; `series.<name>`, `series.<name>.<segment>`: months 0 … T;
        `tenure.at_risk`, `tenure.lost`: months of tenure; `first_year.account`, `first_year.lost`,
        `first_year.reached.<number of the intervention>`: accounts of the first year, in rising order;
        `experience_share`: owners; `money.<line>`: months; `stages.<line>`: stages of the journey. Words: why an
        outcome does not exist.
    """
    r, fates = replication, replication.first_year
    scopes = ("", *(f".{segment}" for segment in scenario.segments))
    columns = [(f"outcome.{name}", len(scopes)) for name in OUTCOMES]
    columns += [(f"series.{name}{scope}", r.series[name].shape[1]) for name in SERIES for scope in scopes]
    columns += [("tenure.at_risk", len(r.at_risk)), ("tenure.lost", len(r.lost))]
    reached = [f"reached.{number}" for number in range(fates.reached.shape[1])]
    columns += [(f"first_year.{name}", len(fates.account)) for name in ("account", "lost", *reached)]
    columns.append(("experience_share", len(r.experience_shares)))
    columns += [(f"money.{line}", r.money.shape[1]) for line in LINES]
    columns += [(f"stages.{line}", len(JOURNEY)) for line in STAGE_LINES]
    parts = [
        r.values.T, *(r.series[name] for name in SERIES), r.at_risk, r.lost,
        fates.account, fates.lost, fates.reached.T, r.experience_shares, r.money, r.stages,
    ]  # fmt: skip
    numbers = np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in parts])
    words = json.dumps([[*place, why] for place, why in sorted(r.reasons.items())], separators=(",", ":"))
    return Content(tuple(columns), numbers, words if r.reasons else "")


def replication_of(number: int, kept: Kept, scenario: Scenario, horizon: int) -> Replication:
    """The replication of which `content_of` made what was kept."""
    scopes, n_actions = 1 + len(scenario.segments), len(scenario.interventions)
    sizes = [scopes * len(OUTCOMES), *[scopes * (horizon + 1)] * len(SERIES), horizon, horizon]
    last = [len(events.OWNERS), len(LINES) * horizon, len(STAGE_LINES) * len(JOURNEY)]
    n = (len(kept.numbers) - sum(sizes) - sum(last)) // (2 + n_actions)
    sizes += [n, n, n * n_actions, *last[:-1]]
    values, *parts = np.split(kept.numbers, np.cumsum(sizes))
    series = {name: parts.pop(0).reshape(scopes, horizon + 1) for name in SERIES}
    at_risk, lost, account, gone, reached, shares, money, stages = parts
    return Replication(
        number=number,
        values=np.ascontiguousarray(values.reshape(len(OUTCOMES), scopes).T),
        reasons={(row, column): why for row, column, why in json.loads(kept.words or "[]")},
        series=series,
        at_risk=at_risk.astype(np.int64),
        lost=lost.astype(np.int64),
        first_year=FirstYear(
            account=account.astype(np.int32),
            lost=gone.astype(np.bool_),
            reached=np.ascontiguousarray(reached.reshape(n_actions, n).T).astype(np.bool_),
        ),
        experience_shares=shares,
        money=money.reshape(len(LINES), horizon),
        stages=stages.reshape(len(STAGE_LINES), len(JOURNEY)),
    )


def digest_of(digests: Sequence[Sequence[str]]) -> str:
    """SHA-256, in hex, of an answer: of the digests of its units, arm by arm, in the order of their numbers."""
    return hashlib.sha256("\n".join(" ".join(arm) for arm in digests).encode()).hexdigest()


class Shelf:
    """A study's place in the store. As a context it commits at the end what is finished, whatever ended it.

    Parameters
    ----------
    store : Store
    arms : sequence of Scenario
        The baseline first.
    question : mapping
        The verb and its arguments, as far as they bear on the answer.
    seed : int
    horizon : int, optional
        Months; the scenarios' own unless given.
    engine : str, optional
        "compiled" unless given.

    Attributes
    ----------
    run_id : str

    Notes
    -----
    Each finished unit is committed after `DELAY` seconds, together with those that are finished by then; a kill costs
    no more than these and what was being simulated.
    """

    def __init__(
        self,
        store: Store,
        arms: Sequence[Scenario],
        *,
        question: Mapping[str, Any],
        seed: int,
        horizon: int | None = None,
        engine: str | None = None,
    ) -> None:
        self._store, self._arms = store, tuple(arms)
        self._horizon = horizon or arms[0].horizon_months
        self._at = [
            Address(one.hash, seed, horizon or one.horizon_months, engine or ENGINES[-1], origin.laws()) for one in arms
        ]
        places = [(address, one.to_toml()) for address, one in zip(self._at, arms, strict=True)]
        self.run_id = runs.enter(store.path, question, store.command, places)
        self._about = {
            "version": origin.ground()["cxsim"], "laws": origin.laws(), "horizon_months": str(self._horizon),
            "engine": self._at[0].engine, "made_again_by": f"cxsim reproduce {self.run_id}",
        }  # fmt: skip
        self._digests: dict[tuple[Address, int], str] = {}
        self._waiting: list[tuple[Address, Unit]] = []
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None
        self._fault: BaseException | None = None

    def found(self, first: int, count: int) -> dict[tuple[int, int], Replication]:
        """The replications that are kept already, by arm and number."""
        runs.asked_for(self._store.path, self.run_id, first + count)
        there = units.find(self._store.path, list(dict.fromkeys(self._at)), first, first + count)
        self._digests |= {key: kept.digest for key, kept in there.items()}
        return {
            (arm, number): replication_of(number, kept, scenario, self._horizon)
            for (address, number), kept in there.items()
            for arm, scenario in enumerate(self._arms)
            if self._at[arm] == address
        }

    def keep(self, arm: int, replication: Replication) -> None:
        """Have a replication committed soon; any thread may ask.

        Raises
        ------
        OSError, InputError
            If what was to be committed before could not be.
        """
        address, scenario = self._at[arm], self._arms[arm]
        key = (address, replication.number)
        content = content_of(replication, scenario)
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if key in self._digests:  # an arm that is the same as another
                return
            self._digests[key] = content.digest
            self._waiting.append((address, Unit(address.scenario, address.seed, replication.number, content)))
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
                    units.commit(self._store.path, batch, self._about)
            except BaseException:
                with self._lock:  # an interrupt must not lose them
                    self._waiting = batch + self._waiting
                raise

    def finish(self, replications: Sequence[Sequence[Replication]]) -> None:
        """Note that the answer rests on these replications of each arm."""
        self.commit()
        digests = [
            [self._digests[address, one.number] for one in arm]
            for address, arm in zip(self._at, replications, strict=True)
        ]
        runs.finish(self._store.path, self.run_id, len(replications[0]), digest_of(digests))

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._fault is None:
            self.commit()
        self._stop_timer()
        if isinstance(error, KeyboardInterrupt):
            error.add_note(f"cxsim resume {self.run_id}")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _in_time(self) -> None:
        try:
            self.commit()
        except BaseException as fault:
            self._fault = fault  # told to who asks next
