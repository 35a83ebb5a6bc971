"""Companies with nobody called and by each rule: rounds of calls in closed loop, and what became of those called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.engines import Orders, simulate
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import OUTCOMES, outcomes_by_scope
from cxsim.readings.values import economics_of
from cxsim.scenario import Scenario
from cxsim.studies.choices import ORACLE, Moment, Rule
from cxsim.studies.pairs import Reals
from cxsim.studies.pilots import LEVER, lost_after, may_be_called, true_effects, yearly

if TYPE_CHECKING:
    from cxsim.engines import Policy, Seen
    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

_SETTLING: Final = (events.INTENT, events.RESCUED, events.CONFIRMED, events.FORGIVEN, *events.LEAVING)
_READ: Final = tuple(list(OUTCOMES).index(name) for name in ("arr", "net_benefit"))
FIGURES: Final = ("arr", "cash", "calls", "asleep", "kept", "woken")  # of a rule in a company, as in `targeting.Arm`


@dataclass(frozen=True, slots=True)
class Course:
    """A programme of calls: who runs it, under which luck, how many in a round, how often, how long, and what pays.

    Attributes
    ----------
    programme : Scenario
    seed, calls, every, months : int
    least : float
        ARR that a call must be expected to save where a rule spares calls [currency/year].
    """

    programme: Scenario
    seed: int
    calls: int
    every: int
    months: int
    least: float

    def policy(self, rule: Rule | None, number: int, called: dict[int, Array]) -> Policy:
        """Ask a rule at each round, and write down who is called."""

        def call(seen: Seen) -> Orders | None:
            if rule is None or seen.month % self.every or seen.month >= self.months:
                return None
            score = rule.scores(Moment(seen, self.programme, self.seed, number, dict(called)))
            called[seen.month] = seen.columns["account"][self.chosen(rule, score, may_be_called(seen))]
            return Orders(treat={LEVER: called[seen.month]})

        return call

    def chosen(self, rule: Rule, score: Reals, free: Flags) -> npt.NDArray[np.int64]:
        """Places of those to call, in rising order: the highest scores of those who may be called."""
        worth = free & np.isfinite(score)
        if rule.spares:
            worth &= score > self.least
        order = np.argsort(-np.where(worth, score, -np.inf), kind="stable")[: self.calls]
        return np.sort(order[worth[order]])

    def run(self, rule: Rule | None, number: int) -> tuple[EventLog, dict[int, Array]]:
        """A company by a rule, or with nobody called; its log, and who was called by month."""
        called: dict[int, Array] = {}
        policy = self.policy(rule, number, called)
        return simulate(self.programme, seed=self.seed, replication=number, policy=policy), called


Truth = tuple[dict[str, Reals], Reals]


def company(
    course: Course, rules: Sequence[Rule], number: int, branches: int
) -> tuple[list[list[float]], Truth | None]:
    """A company with nobody called and by each rule: figures of each rule, and what calls at month 0 truly do."""
    base, _ = course.run(None, number)
    economics = economics_of(course.programme.value)
    before = outcomes_by_scope(monthly(base), economics)[0][0, _READ]
    rows = []
    for rule in rules:
        if rule.name == ORACLE and not branches:
            rows.append([np.nan] * len(FIGURES))
            continue
        log, called = course.run(rule, number)
        after = outcomes_by_scope(monthly(log), economics)[0][0, _READ]
        rows.append([*(after - before), *_fates(base, log, called)])
    return rows, _truth(course, rules, number, branches) if branches else None


def _fates(base: EventLog, log: EventLog, called: Mapping[int, Array]) -> tuple[float, float, float, float]:
    """Number of calls, and the shares of `Arm`: asleep, kept, woken."""
    asleep, kept, woken = [], [], []
    for month, accounts in called.items():
        asleep.append(~meaning_to_leave(log, accounts, month))
        without, with_ = lost_after(base, accounts, month), lost_after(log, accounts, month)
        kept.append(without & ~with_)
        woken.append(with_ & ~without)
    n = sum(len(one) for one in asleep)
    shares = [float(np.concatenate(one).mean()) if n else np.nan for one in (asleep, kept, woken)]
    return float(n), shares[0], shares[1], shares[2]


def meaning_to_leave(log: EventLog, account: Array, month: float) -> Flags:
    """Which accounts have an intent to leave as a month begins, neither settled nor confirmed; shape (n,)."""
    c = log.columns
    rows = np.flatnonzero(np.isin(c["kind"], _SETTLING) & (c["time"] < month))
    last = np.full(max(int(c["account"].max(initial=0)), int(account.max(initial=0))) + 1, -1)
    last[c["account"][rows]] = c["kind"][rows]  # of several rows of an account the last one stays
    return np.asarray(last[account] == events.INTENT)


def _truth(course: Course, rules: Sequence[Rule], number: int, branches: int) -> Truth:
    """Scores at month 0 by rule, and the ARR that a call saves, of all who may be called."""
    shown: list[Seen] = []
    simulate(course.programme, seed=course.seed, replication=number, horizon=1, policy=shown.append)
    seen = shown[0]
    account, effect = true_effects(
        course.programme, seed=course.seed, number=number, month=0, before={}, branches=branches
    )
    free, arr = np.isin(seen.columns["account"], account), yearly(seen)
    moment = Moment(seen, course.programme, course.seed, number, {})
    scores = {rule.name: rule.scores(moment)[free] for rule in rules if rule.name != ORACLE}
    # by its own futures the oracle would look better than it is: it ranks by one half and is judged by the other
    half = branches // 2
    scores[ORACLE] = effect[:half].mean(axis=0) * arr[free]
    return scores, np.stack((effect.mean(axis=0), effect[half:].mean(axis=0))) * arr[free]
