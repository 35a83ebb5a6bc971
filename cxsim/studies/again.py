"""Questions of the store asked again, from what was noted of them: verb, arguments and complete scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Final

from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.scenario.checks import checked
from cxsim.store import RunRecord, Store
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.attribution import Attribution, attribute
from cxsim.studies.branches import Branches, branches
from cxsim.studies.claims.audit import Audited, audit
from cxsim.studies.combinations import Combinations, combine
from cxsim.studies.discovery import Discovery, discover
from cxsim.studies.experiment import compare, run
from cxsim.studies.futures import Futures, fork
from cxsim.studies.ledger import Ledger, ledger
from cxsim.studies.replications import Progress
from cxsim.studies.sensitivity import Sensitivity, sensitivity
from cxsim.studies.uncertainty import Uncertainty, uncertain
from cxsim.toml_files import parse

Answer = (
    Comparison | Run | Attribution | Combinations | Uncertainty | Sensitivity | Discovery | Futures | Branches
    | Ledger | list[Audited]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does the work, and who hears of it: nothing of this bears on a number.

    Attributes
    ----------
    workers, executor, progress
        As in the study; only `run` and `compare` take an executor.
    """

    workers: int | None = None
    executor: Executor | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it was noted, and how it is to be asked now."""

    asked: Mapping[str, Any]
    scenarios: list[Scenario]
    seed: int
    store: Store
    hands: Hands

    @property
    def base(self) -> Scenario:
        return self.scenarios[0]

    @property
    def alternative(self) -> Scenario | None:
        return self.scenarios[1] if len(self.scenarios) > 1 else None

    @property
    def names(self) -> list[str]:
        """Of the alternatives."""
        return list(self.asked["names"][1:])


def asked_again(record: RunRecord, store: Store, hands: Hands) -> Answer:
    """Ask the question of a run as it was asked.

    Parameters
    ----------
    record : RunRecord
    store : Store
        Where units are found and kept.
    hands : Hands

    Raises
    ------
    InputError
        If this version cannot read a scenario, does not know the verb, or there is an executor for a study that takes
        none.
    """
    verb = record.question["verb"]
    if verb not in _VERBS:
        raise InputError(f"{record.id}: {verb}: was asked by another version of cxsim, and this one does not know it")
    if hands.executor is not None and verb not in ("run", "compare"):
        raise InputError(f"executor: {record.id} is a study that runs on threads of this process ({verb})")
    scenarios = scenarios_of(record)
    return _VERBS[verb](_Question(record.question, scenarios, record.seed, store, hands))


def scenarios_of(record: RunRecord) -> list[Scenario]:
    """The scenarios that a run is about, the baseline first, from their complete text.

    Raises
    ------
    InputError
        If this version cannot read one.
    """
    found = []
    # claims have names, and no scenarios of their own
    for name, text in zip(record.question["names"], record.scenarios, strict=False):
        label = f"{record.id}, scenario of {name}"
        found.append(Scenario(**checked(parse(text, label), label)))
    return found


def _run(q: _Question) -> Run:
    return run(
        q.base, replications=q.asked["replications"], precision=q.asked["precision"], seed=q.seed,
        horizon=q.asked["horizon"], engine=q.asked["engine"], workers=q.hands.workers, executor=q.hands.executor,
        progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _compare(q: _Question) -> Comparison:
    return compare(
        *q.scenarios, replications=q.asked["replications"], precision=q.asked["precision"], seed=q.seed,
        engine=q.asked["engine"], by_segment=q.asked["by_segment"], names=q.names, workers=q.hands.workers,
        executor=q.hands.executor, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _attribute(q: _Question) -> Attribution:
    return attribute(
        q.base, alternative=q.scenarios[1], replications=q.asked["replications"], seed=q.seed,
        horizon=q.asked["horizon"], workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _combine(q: _Question) -> Combinations:
    return combine(
        *q.scenarios, replications=q.asked["replications"], seed=q.seed, pairs=q.asked["pairs"], names=q.names,
        horizon=q.asked["horizon"], workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _spread(q: _Question) -> float | dict[str, float]:
    asked = q.asked["effect_spread"]
    return dict(asked) if isinstance(asked, list) else asked


def _uncertain(q: _Question) -> Uncertainty:
    return uncertain(
        *q.scenarios, draws=q.asked["draws"], replications=q.asked["replications"], seed=q.seed,
        parameters=q.asked["parameters"], effect_spread=_spread(q),
        names=q.names, workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _sensitivity(q: _Question) -> Sensitivity:
    groups, correlations = q.asked["groups"], q.asked["correlations"]  # pairs, for their order counts
    return sensitivity(
        q.base, outcome=q.asked["outcome"], alternative=q.alternative, parameters=q.asked["parameters"],
        groups=None if groups is None else dict(groups),
        correlations=None if correlations is None else dict(correlations), rows=q.asked["rows"],
        replications=q.asked["replications"], every=q.asked["every"], effect_spread=_spread(q), seed=q.seed,
        workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _discover(q: _Question) -> Discovery:
    return discover(
        q.base, alternative=q.alternative, outcome=q.asked["outcome"], threshold=q.asked["threshold"],
        when=q.asked["when"], parameters=q.asked["parameters"], effect_spread=_spread(q), rows=q.asked["rows"],
        seed=q.seed, workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _fork(q: _Question) -> Futures:
    return fork(
        *q.scenarios, at=q.asked["at"], branches=q.asked["branches"], seed=q.seed, replication=q.asked["replication"],
        common=q.asked["common"], names=q.names, workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _branches(q: _Question) -> Branches:
    return branches(
        q.base, seed=q.seed, at=q.asked["at"], number=q.asked["number"], months=q.asked["months"],
        replication=q.asked["replication"], workers=q.hands.workers, progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _ledger(q: _Question) -> Ledger:
    return ledger(
        q.base, alternative=q.scenarios[1], replications=q.asked["replications"], seed=q.seed,
        shared=q.asked["shared"], orders=q.asked.get("orders"), progress=q.hands.progress, store=q.store,
    )  # fmt: skip


def _claims(q: _Question) -> list[Audited]:
    return audit(
        q.asked["names"],
        seed=q.seed,
        fast=q.asked["fast"],
        workers=q.hands.workers,
        progress=q.hands.progress,
        store=q.store,
    )


_VERBS: Final[Mapping[str, Callable[[_Question], Answer]]] = {
    "run": _run, "compare": _compare, "attribute": _attribute, "combine": _combine, "uncertain": _uncertain,
    "sensitivity": _sensitivity, "discover": _discover, "fork": _fork, "branches": _branches, "ledger": _ledger,
    "claims": _claims,
}  # fmt: skip
