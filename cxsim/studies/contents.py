"""What is kept of a unit, column by column, and how it is read back to the last bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim import events
from cxsim.engines import ENGINES, simulate
from cxsim.plan import make_plan
from cxsim.readings.costs import JOURNEY, STAGE_LINES
from cxsim.readings.money import LINES
from cxsim.readings.outcomes import OUTCOMES
from cxsim.readings.paths import Paths, paths
from cxsim.scenario import Scenario
from cxsim.store import origin
from cxsim.store.blocks import Content
from cxsim.store.units import Address, Kept, Key
from cxsim.streams import Fork, Luck
from cxsim.studies.replications import SERIES, Arm, Replication
from cxsim.tally import WORKING, FirstYear

if TYPE_CHECKING:
    from cxsim.engines.compiled.futures import Future

Made = Any  # what a kind makes of one run
Runner = Callable[[int, int, Fork | None], Made]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to boil one run down, and to keep what is left.

    Attributes
    ----------
    name : str
        In the address of its units: what is kept of two kinds is never mixed.
    ready : callable
        Given a scenario and a horizon, makes ready what runs it: a function of seed, replication and fork.
    content : callable
        What is kept of what was made of a scenario.
    read : callable
        The same again, from the replication's number, what was kept, the scenario and the horizon.
    """

    name: str
    ready: Callable[[Scenario, int | None], Runner]
    content: Callable[[Made, Scenario], Content]
    read: Callable[[int, Kept, Scenario, int], Made]


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


def content_of_paths(told: Paths, scenario: Scenario) -> Content:
    """What is kept of accounts' paths: `paths.<field of Paths>`, account by account, and `paths.staff`, team by team.

    Months and cents are whole numbers far below 2**53, so that floating point holds them exactly.
    """
    parts = {
        "account": told.account, "segment": told.segment, "lost_at": told.lost_at, "cause": told.cause,
        "purchases": told.purchases, "contacts": told.contacts, "mrr": told.mrr, "staff": told.staff,
    }  # fmt: skip
    numbers = np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in parts.values()])
    return Content(tuple((f"paths.{name}", part.size) for name, part in parts.items()), numbers)


def paths_of(number: int, kept: Kept, scenario: Scenario, horizon: int) -> Paths:
    """The paths of which `content_of_paths` made what was kept."""
    own = len(kept.numbers) - len(WORKING)
    n = own // (7 + horizon)
    account, segment, lost_at, cause, purchases, contacts, mrr = np.split(kept.numbers[:own], np.arange(1, 7) * n)
    parts = (account, segment, mrr, cause, purchases, contacts, kept.numbers[own:])
    whole = [part.astype(np.int64) for part in parts]
    return Paths(whole[0], whole[1], whole[2].reshape(n, horizon + 1), lost_at, *whole[3:])


def content_of_future(told: Future, scenario: Scenario) -> Content:
    """What is kept of a branch: `future.account`, `.lost_at` (account by account), `.active` and `.mrr` (months)."""
    parts = {"account": told.account, "lost_at": told.lost_at, "active": told.active, "mrr": told.mrr}
    real = {name: np.asarray(part, dtype=np.float64) for name, part in parts.items()}
    return Content(
        tuple((f"future.{name}", part.size) for name, part in real.items()), np.concatenate([*real.values()])
    )


def future_of(number: int, kept: Kept, scenario: Scenario, horizon: int) -> Future:
    """The branch of which `content_of_future` made what was kept."""
    from cxsim.engines.compiled.futures import Future

    n = (len(kept.numbers) - 2 * (horizon + 1)) // 2
    account, lost_at, active, mrr = np.split(kept.numbers, (n, 2 * n, 2 * n + horizon + 1))
    return Future(account.astype(np.int32), lost_at, active.astype(np.int64), mrr.astype(np.int64))


def _ready_to_branch(scenario: Scenario, horizon: int | None) -> Runner:
    from cxsim.engines.compiled.futures import future

    plan = make_plan(scenario, horizon)

    def run(seed: int, number: int, fork: Fork | None) -> Future:
        assert fork is not None
        return future(plan, Luck(seed, number), fork)

    return run


def _ready_to_replicate(scenario: Scenario, horizon: int | None) -> Runner:
    return Arm(scenario, horizon).replicate


def _ready_to_follow(scenario: Scenario, horizon: int | None) -> Runner:
    return lambda seed, number, fork: paths(
        simulate(scenario, seed=seed, replication=number, horizon=horizon, fork=fork)
    )


REPLICATIONS: Final = Kind("", _ready_to_replicate, content_of, replication_of)
PATHS: Final = Kind("paths", _ready_to_follow, content_of_paths, paths_of)
FUTURES: Final = Kind("future", _ready_to_branch, content_of_future, future_of)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A unit that a study needs.

    Attributes
    ----------
    scenario : Scenario
    seed, number : int
        Address of the luck; number of the replication.
    horizon : int, optional
        Months; the scenario's own unless given.
    fork : Fork, optional
    engine : str
    kind : Kind
    """

    scenario: Scenario
    seed: int
    number: int
    horizon: int | None = None
    fork: Fork | None = None
    engine: str = ENGINES[-1]
    kind: Kind = REPLICATIONS

    @property
    def months(self) -> int:
        """How long it runs."""
        return self.horizon or self.scenario.horizon_months

    @property
    def key(self) -> Key:
        """Where it stands in the store."""
        forked = (float(self.fork.at), self.fork.branch) if self.fork is not None else (0.0, 0)
        address = Address(
            self.scenario.hash, self.seed, self.months, self.engine, origin.laws(), self.kind.name, *forked
        )
        return address, self.number

    def content(self, made: Made) -> Content:
        """What is kept of it; a forked one begins with `forked.month` and `forked.branch`, and all columns say so."""
        plain = self.kind.content(made, self.scenario)
        if self.fork is None:
            return plain
        columns = (("month", 1), ("branch", 1), *plain.columns)
        numbers = np.concatenate(([self.fork.at, self.fork.branch], plain.numbers))
        return Content(tuple((f"forked.{name}", length) for name, length in columns), numbers, plain.words)

    def read(self, kept: Kept) -> Made:
        """What was made of it, from what was kept."""
        if self.fork is not None:
            kept = Kept(kept.numbers[2:], kept.words, kept.digest)
        return self.kind.read(self.number, kept, self.scenario, self.months)
