"""A fork: what was stays, what is under way stands, all else is dealt afresh by the same laws."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from stories import of_kind

import cxsim as cx
from cxsim import events, streams
from cxsim.engines import simulate
from cxsim.engines.reference import branch_off, found
from cxsim.eventlog import EventLog
from cxsim.interventions import ADD, REVIEW, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.plan import make_plan, staff
from cxsim.roster import make_roster
from cxsim.rules import contract
from cxsim.scenario import Scenario, with_values
from cxsim.streams import Luck

WorldMaker = Callable[..., Scenario]
KINDER = (Edit(names.SUPPORT_QUALITY, ADD, 1.0),)


def _rows(log: EventLog, chosen: np.ndarray) -> bytes:
    return b"".join(column[chosen].tobytes() for column in log.columns.values())


def _until(log: EventLog, time: float) -> bytes:
    return _rows(log, log.columns["time"] < time)


def _pairs(log: EventLog, *kinds: int) -> dict[int, float]:
    """First time of a kind, by account."""
    chosen, found = of_kind(log, *kinds), {}
    for account, time in zip(
        log.columns["account"][chosen].tolist(), log.columns["time"][chosen].tolist(), strict=True
    ):
        found.setdefault(account, time)
    return found


@pytest.mark.parametrize("at", [0.0, 6.0, 9.37])
def test_all_before_a_fork_is_as_it_was_and_each_branch_goes_its_own_way(
    at: float, engine: str, small_world: Scenario
) -> None:
    trunk = simulate(small_world, seed=5, engine=engine)
    branches = [simulate(small_world, seed=5, engine=engine, fork=cx.Fork(at, b)) for b in (1, 2, 2**24 - 1)]
    assert {_until(log, at) for log in branches} == {_until(trunk, at)}
    after = [_rows(log, (log.columns["time"] >= at) & (log.columns["time"] < at + 2.0)) for log in (trunk, *branches)]
    assert len(set(after)) == 4
    again = simulate(small_world, seed=5, engine=engine, fork=cx.Fork(at, 2))
    assert again.digest() == branches[1].digest()


def test_the_certificate_says_which_branch_and_from_when(engine: str, small_world: Scenario, tmp_path: Path) -> None:
    log = simulate(small_world, seed=5, engine=engine, horizon=3, fork=cx.Fork(1, 7))
    assert (log.certificate.branch, log.certificate.branch_from) == (7, 1.0)
    log.write(tmp_path / "log.parquet")
    assert EventLog.read(tmp_path / "log.parquet").certificate == log.certificate
    plain = simulate(small_world, seed=5, engine=engine, horizon=3).certificate
    assert (plain.branch, plain.branch_from) == (0, 0.0)


def test_a_file_from_before_forks_is_still_read(engine: str, small_world: Scenario, tmp_path: Path) -> None:
    log = simulate(small_world, seed=5, engine=engine, horizon=3)
    log.write(tmp_path / "log.parquet")
    birth = json.loads((tmp_path / "log.birth.json").read_text(encoding="utf-8"))
    del birth["branch_from"]
    (tmp_path / "log.birth.json").write_text(json.dumps(birth), encoding="utf-8")
    assert EventLog.read(tmp_path / "log.parquet").certificate == log.certificate


@pytest.mark.parametrize(
    ("fork", "message"),
    [
        (cx.Fork(18.0, 1), r"fork.at: 18.0 is not a number of months from 0 up to, but not at, the horizon 18"),
        (cx.Fork(-0.5, 1), r"fork.at: -0.5"),
        (cx.Fork(math.nan, 1), r"fork.at: nan"),
        (cx.Fork("x", 1), r"fork.at: 'x'"),  # type: ignore[arg-type]
        (cx.Fork(1.0, 0), r"fork.branch: 0 is not a whole number from 1 to 16777215"),
        (cx.Fork(1.0, 2**24), r"fork.branch: 16777216"),
        ((1.0, 2), r"fork: \(1.0, 2\) is not a cxsim.Fork"),
    ],
)
def test_a_fork_that_cannot_be_is_refused(fork: Any, message: str, engine: str, small_world: Scenario) -> None:
    with pytest.raises(cx.InputError, match=message):
        simulate(small_world, seed=5, engine=engine, fork=fork)


def test_a_lever_that_reaches_nobody_changes_no_branch(engine: str, small_world: Scenario) -> None:
    fork = cx.Fork(6.5, 3)
    base = simulate(small_world, seed=5, engine=engine, fork=fork)
    for world in (
        small_world.with_("formal-onboarding", start=1000),
        small_world.with_(Intervention("nobody", trigger=REVIEW, coverage=0.0, edits=KINDER)),
    ):
        assert simulate(world, seed=5, engine=engine, fork=fork).digest() == base.digest()


def test_a_lever_may_begin_at_the_fork(engine: str, small_world: Scenario) -> None:
    fork = cx.Fork(6.0, 3)
    base = simulate(small_world, seed=5, engine=engine, fork=fork)
    log = simulate(small_world.with_("formal-onboarding", start=6), seed=5, engine=engine, fork=fork)
    assert _until(log, 6.0) == _until(base, 6.0)
    assert log.columns["time"][of_kind(log, events.TREATED)].min() >= 6.0


def test_whom_an_intervention_covers_is_no_luck_of_the_future(engine: str, small_world: Scenario) -> None:
    half = Intervention("half", trigger=REVIEW, coverage=0.5, outreach=True, edits=KINDER)
    log = simulate(small_world.with_(half), seed=5, engine=engine, fork=cx.Fork(6.5, 3))
    address = zlib.crc32(b"half") & 0x7FFFFFFF
    treated = _pairs(log, events.TREATED)
    assert min(treated.values()) < 6.5 < max(treated.values())
    assert all(Luck(5, 0).u(account, streams.COVERAGE, address) < 0.5 for account in treated)


def test_a_policy_sees_the_same_up_to_the_fork(engine: str, small_world: Scenario) -> None:
    shown: list[list[cx.Seen]] = []
    for fork in (None, cx.Fork(6.0, 3)):
        shown.append([])
        simulate(small_world, seed=5, engine=engine, horizon=9, fork=fork, policy=shown[-1].append)
    same = [
        all(np.array_equal(a.columns[name], b.columns[name]) for name in a.columns) for a, b in zip(*shown, strict=True)
    ]
    # the month that begins at the fork is shown after it, and nothing has happened in between
    assert same == [True] * 7 + [False] * 2


def _cohort(make_world: WorldMaker, n: int, horizon: int, changes: dict[str, float]) -> Scenario:
    """Some `n` accounts that sign up in month 0; nobody serves them, nothing moves their hazards."""
    world = make_world(
        {
            "teams.onboarding_headcount": 0, "onboarding.patience": 120.0, "segments.term_1_share": 0.0,
            "segments.term_24_share": 0.0, "segments.term_36_share": 0.0, **changes,
        },
        quiet=True, horizon=horizon,
    )  # fmt: skip
    return world.set("arrivals.series.only", [float(n)] + [0.0] * (horizon - 1))


HAZARD, AT, BRANCHES = 0.12, 3.4, 40
CAUSES = {
    "intent": (events.INTENT, {"churn.value_base": HAZARD, "segments.term_36_share": 1.0}),
    "payment": (events.PAYMENT_FAILED, {"churn.involuntary_base": HAZARD, "contract.recovery_share": 1.0}),
}
Forked = Callable[[str, str], tuple[EventLog, list[EventLog], int]]


@pytest.fixture(scope="module")
def forked(make_world: WorldMaker) -> Forked:
    """Trunk and branches under one constant hazard, once for each engine."""
    made: dict[tuple[str, str], tuple[EventLog, list[EventLog], int]] = {}

    def of(engine: str, what: str) -> tuple[EventLog, list[EventLog], int]:
        if (engine, what) not in made:
            kind, changes = CAUSES[what]
            world = _cohort(make_world, 150, 6, changes)
            trunk = simulate(world, seed=9, engine=engine)
            logs = [simulate(world, seed=9, engine=engine, fork=cx.Fork(AT, b)) for b in range(1, BRANCHES + 1)]
            made[engine, what] = trunk, logs, kind
        return made[engine, what]

    return of


def _undecided(trunk: EventLog, kind: int) -> list[int]:
    """Accounts there at the fork to which it has not happened in the last three months, that is, ever."""
    before = {a for a, time in _pairs(trunk, kind).items() if time < AT}
    return sorted(set(_pairs(trunk, events.SIGNED_UP)) - before)


@pytest.mark.parametrize("what", CAUSES)
def test_a_constant_hazard_is_the_same_after_a_fork(what: str, engine: str, forked: Forked) -> None:
    trunk, logs, kind = forked(engine, what)
    accounts = _undecided(trunk, kind)
    first = [[_pairs(log, kind).get(a, math.inf) for a in accounts] for log in logs]
    happened = np.array(first) < AT + 1.0
    assert np.array(first).min() >= AT
    n, q = happened.size, -math.expm1(-HAZARD)
    assert n > 3000
    assert abs(happened.mean() - q) < 4.0 * math.sqrt(q * (1.0 - q) / n)
    # nothing of the trunk's future is left in the account: its branches differ as coins do
    spread = ((happened.sum(axis=0) - BRANCHES * q) ** 2).sum() / (BRANCHES * q * (1.0 - q))
    assert 1e-4 < stats.chi2.sf(spread, len(accounts)) < 1.0 - 1e-4
    delays = np.array(first)[happened] - AT
    assert stats.kstest(-np.expm1(-HAZARD * delays) / q, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("what", CAUSES)
def test_what_was_appointed_for_the_rest_of_the_month_is_void(what: str, engine: str, forked: Forked) -> None:
    trunk, logs, kind = forked(engine, what)
    came, soon = _pairs(trunk, events.SIGNED_UP), _pairs(trunk, kind)
    review = {a: came[a] + math.ceil(AT - came[a]) for a in came}
    doomed = [a for a in _undecided(trunk, kind) if soon.get(a, math.inf) < review[a]]
    assert len(doomed) >= 4
    q = np.array([-math.expm1(-HAZARD * (review[a] - AT)) for a in doomed])
    happened = np.array([[_pairs(log, kind).get(a, math.inf) < review[a] for a in doomed] for log in logs])
    assert abs(happened.sum() - BRANCHES * q.sum()) < 4.0 * math.sqrt(BRANCHES * (q * (1.0 - q)).sum())
    assert not any(_pairs(log, kind).get(a) == soon[a] for log in logs for a in doomed)


def test_whoever_wants_to_leave_still_does_and_nothing_new_is_mended(engine: str, make_world: WorldMaker) -> None:
    """Under a constant hazard no intent is forgiven: what remained when the term began follows the point."""
    world = _cohort(make_world, 200, 14, {"churn.value_base": 0.05, "contract.notice": 2.0})
    trunk = simulate(world, seed=9, engine=engine)
    pending = {a for a, time in _pairs(trunk, events.INTENT).items() if time < 6.3}
    confirmed = _pairs(trunk, events.CONFIRMED)
    assert len(pending) > 20
    later: list[set[int]] = []
    for branch in (1, 2, 3):
        log = simulate(world, seed=9, engine=engine, fork=cx.Fork(6.3, branch))
        said, intents = _pairs(log, events.CONFIRMED), _pairs(log, events.INTENT)
        assert all(said[a] == confirmed[a] for a in pending)
        assert not of_kind(log, events.FORGIVEN).any()
        assert of_kind(log, events.INTENT).sum() == len(intents)
        came = _pairs(log, events.SIGNED_UP)
        assert set(said) == {a for a, time in intents.items() if time < came[a] + 10.0}
        later.append(set(said) - pending)
    assert len(later[0] & later[1] & later[2]) < min(len(accounts) for accounts in later)


def test_points_that_were_passed_or_heard_stay_and_the_others_move(small_world: Scenario) -> None:
    """Told of the reference, whose accounts can be looked into."""
    plan, luck = make_plan(small_world), Luck(5, 0)
    company = found(plan, luck, make_roster(plan, luck))
    company.clock.run_until(6.5)
    there = [a for a in company.accounts if a.active]
    # the second is passed; the sixth was brought forward by a jump and heard, before its time
    before = (-0.001, -2.0, 0.001, 0.5, 3.0, -0.001, 0.5)
    for a in there:
        a.pending = events.BY_PRICE
        a.charged = (0.5,) * 7
        a.remaining = a.at_term = before
    branch_off(company, cx.Fork(6.5, 1))
    assert len(there) > 20
    for a in there:
        left = contract.review_at(a.stay_at, a.month + 1) - 6.5
        moved = [not math.isclose(x, y) for x, y in zip(a.remaining, before, strict=True)]
        assert moved == [0.5 * left > 0.001, False, True, True, True, False, True]
        assert all(0.0 < x + 0.5 * left < 20.0 for x, moves in zip(a.remaining, moved, strict=True) if moves)
        assert a.at_term == a.remaining


def test_the_gone_come_back_when_they_would_have_and_want_to_leave_when_luck_will(
    engine: str, make_world: WorldMaker
) -> None:
    changes = {
        "churn.value_base": 0.3, "segments.term_1_share": 1.0, "growth.win_back_share": 1.0,
        "growth.win_back_success": 1.0, "growth.win_back_delay": 3.0,
    }  # fmt: skip
    world = _cohort(make_world, 120, 14, changes)
    trunk = simulate(world, seed=9, engine=engine)
    gone = {a for a, time in _pairs(trunk, *events.LEAVING).items() if time < 5.5}
    back = {a: time for a, time in _pairs(trunk, events.RETURNED).items() if a in gone and time >= 5.5}
    assert len(back) > 20
    again: list[dict[int, float]] = []
    for branch in (1, 2):
        log = simulate(world, seed=9, engine=engine, fork=cx.Fork(5.5, branch))
        assert {a: time for a, time in _pairs(log, events.RETURNED).items() if a in back} == back
        wants = of_kind(log, events.INTENT) & (log.columns["time"] >= 5.5)
        again.append({
            a: t
            for a, t in zip(log.columns["account"][wants].tolist(), log.columns["time"][wants].tolist(), strict=True)
            if a in back and t > back[a]
        })  # fmt: skip
    both = set(again[0]) & set(again[1])
    assert len(both) > 10
    assert not any(again[0][a] == again[1][a] for a in both)


def test_work_that_has_begun_ends_when_it_would_have(engine: str, small_world: Scenario) -> None:
    at = 9.37
    slow = {"adoption.ticket_hours": 60.0, "adoption.check_in_hours": 60.0, "contract.talk_hours": 60.0}
    world = with_values(small_world, {**slow, "teams.support_headcount": 9, "teams.success_headcount": 9})
    trunk = simulate(world, seed=5, engine=engine)
    log = simulate(world, seed=5, engine=engine, fork=cx.Fork(at, 3))
    work = {
        events.TICKET_ANSWERED: (events.TICKET_SOLVED, events.TICKET_FAILED),
        events.CHECK_IN_BEGUN: (events.CHECKED_IN,),
        events.TALK_BEGUN: (events.RENEWAL_TALK,),
    }

    def ends(of: EventLog, begin: int) -> dict[tuple[int, int], float]:
        c = of.columns
        begun, done = of_kind(of, begin) & (c["time"] < at), of_kind(of, *work[begin]) & (c["time"] >= at)
        keys = set(zip(c["account"][begun], c["item"][begun], strict=True))
        rows = zip(c["account"][done], c["item"][done], c["time"][done], strict=True)
        return {(a, item): time for a, item, time in rows if (a, item) in keys}

    assert sum(len(ends(trunk, begin)) for begin in work) > 3
    for begin in work:
        assert ends(log, begin) == ends(trunk, begin)


def test_candidates_before_a_fork_are_the_same_and_those_after_are_the_branchs(
    engine: str, small_world: Scenario
) -> None:
    trunk, *logs = (
        simulate(small_world, seed=5, engine=engine, fork=fork)
        for fork in (None, cx.Fork(6.5, 1), cx.Fork(6.5, 2))
    )  # fmt: skip
    for log in logs:
        for name in trunk.roster:
            early = [x.roster[name][x.roster["sign_up_at"] < 6.5] for x in (trunk, log)]
            assert np.array_equal(*early), name
    late = [set(x.roster["sign_up_at"][x.roster["sign_up_at"] >= 6.5].tolist()) for x in (trunk, *logs)]
    assert not late[0] & late[1]
    assert not late[1] & late[2]
    assert min(len(times) for times in late) > 10


def test_posts_are_held_as_before_up_to_a_fork_and_left_by_fresh_luck_after(make_world: WorldMaker) -> None:
    rate, at, n = 0.2, 4.6, 400
    world = make_world({"teams.attrition": rate, "teams.vacancy": 2.0, "teams.support_headcount": 1}, quiet=True)
    plan, luck = make_plan(world), Luck(3, 0)
    trunk = [change for change in staff(plan, luck) if change[1] == events.SUPPORT_TEAM]
    assert trunk[0] == (0.0, events.SUPPORT_TEAM, 1)
    assert [people for time, _, people in trunk if time < at][-1] == 1  # there at the fork
    delays = []
    for branch in range(1, n + 1):
        forked = [c for c in staff(plan, luck, cx.Fork(at, branch)) if c[1] == events.SUPPORT_TEAM]
        assert [c for c in forked if c[0] < at] == [c for c in trunk if c[0] < at]
        after = [c for c in forked if c[0] >= at]
        delays.append(after[0][0] - at)
        if len(after) > 1:
            assert after[1] == (pytest.approx(after[0][0] + 2.0), events.SUPPORT_TEAM, 1)
    # those who outlast the run are entered at its end
    early = np.array([delay for delay in delays if delay < 24.0 - at - 1e-9])
    q = -math.expm1(-rate * (24.0 - at))
    assert abs(len(early) - n * q) < 4.0 * math.sqrt(n * q * (1.0 - q))
    assert stats.kstest(-np.expm1(-rate * early) / q, "uniform").pvalue > 1e-4


def test_a_vacancy_at_a_fork_is_filled_when_it_would_have_been(make_world: WorldMaker) -> None:
    world = make_world({"teams.attrition": 0.3, "teams.vacancy": 3.0, "teams.support_headcount": 1}, quiet=True)
    plan, luck = make_plan(world), Luck(3, 0)
    trunk = [change for change in staff(plan, luck) if change[1] == events.SUPPORT_TEAM]
    left = next(time for time, _, people in trunk if people == 0)
    forks = [staff(plan, luck, cx.Fork(left + 1.0, branch)) for branch in (1, 2)]
    first, second = ([c for c in changes if c[1] == events.SUPPORT_TEAM] for changes in forks)
    assert first[:3] == second[:3] == trunk[:3]
    assert trunk[2] == (left + 3.0, events.SUPPORT_TEAM, 1)
    assert first[3] != second[3]


@pytest.mark.slow
def test_on_average_a_branch_is_like_the_trunk(engine: str, small_world: Scenario) -> None:
    """Over many worlds the future of a branch has the mean of the future itself."""
    world, at = small_world.set("arrivals.per_month", 6.0), 6.4
    counted = (events.INTENT, events.PAYMENT_FAILED, events.TICKET_OPENED, events.REVIEW)
    differences = []
    for replication in range(60):
        logs = [
            simulate(world, seed=11, replication=replication, engine=engine, horizon=8, fork=fork)
            for fork in (None, cx.Fork(at, 1))
        ]
        differences.append([
            np.subtract(*[int((of_kind(log, kind) & (log.columns["time"] >= at)).sum()) for log in logs])
            for kind in counted
        ])  # fmt: skip
    d = np.array(differences, dtype=np.float64)
    assert np.all(np.abs(d.mean(axis=0)) < 4.0 * d.std(axis=0, ddof=1) / math.sqrt(len(d)))
