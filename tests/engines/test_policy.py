"""What a policy sees is what the log so far says; what it orders is done, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from stories import of_kind

import cxsim as cx
from cxsim import events, streams
from cxsim.engines import simulate
from cxsim.engines.seen import COLUMNS
from cxsim.eventlog import EventLog
from cxsim.interventions import ADD, REVIEW, SIGN_UP, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.plan import make_plan
from cxsim.rules import health, targeting
from cxsim.scenario import Scenario

KINDER = (Edit(names.SUPPORT_QUALITY, ADD, 1.0),)
CONTACTS = (
    events.SIGNED_UP, events.RETURNED, events.KICKED_OFF, events.WENT_LIVE, events.CHECKED_IN, events.REACHED_OUT,
    events.RENEWAL_TALK,
)  # fmt: skip
State = dict[str, Any]


class Watcher:
    """A policy that keeps what it is shown and orders what it is told to."""

    def __init__(self, order: Callable[[cx.Seen], cx.Orders | None] = lambda seen: None) -> None:
        self.shown: list[cx.Seen] = []
        self.order = order

    def __call__(self, seen: cx.Seen) -> cx.Orders | None:
        self.shown.append(seen)
        return self.order(seen)


@pytest.fixture(scope="module")
def watched(small_world: Scenario) -> Callable[[str], tuple[Watcher, EventLog, Scenario]]:
    """A busy world, watched month by month, once for each engine."""
    made: dict[str, tuple[Watcher, EventLog, Scenario]] = {}

    def of(engine: str) -> tuple[Watcher, EventLog, Scenario]:
        if engine not in made:
            world = small_world.with_("proactive-outreach", bands=[])
            watcher = Watcher()
            made[engine] = watcher, simulate(world, seed=4, engine=engine, policy=watcher), world
        return made[engine]

    return of


def _told(log: EventLog, world: Scenario, month: int) -> dict[str, list[Any]]:
    """The columns of `Seen`, from the rows before a month and the roster."""
    c, roster = log.columns, log.roster
    p = make_plan(world).rows[0]
    fixed = {int(a): k for k, a in enumerate(roster["account"])}
    states: dict[int, State] = {}
    before = int(np.searchsorted(c["time"], float(month)))
    for time, kind, account, stage, usage, observed, mrr in zip(
        *(c[name][:before].tolist() for name in ("time", "kind", "account", "stage", "usage", "observed", "mrr")),
        strict=True,
    ):
        if account < 0:
            continue
        if kind in events.ENTERING:
            kept = states.get(account, {"usage": usage})["usage"]
            states[account] = {"month": 0, "open": 0, "notice": False, "past": [observed] * 3, "usage": kept}
        s = states[account]
        if kind == events.REVIEW:
            s["month"] += 1
            s["past"] = [s["observed"], *s["past"][:2]]
            s["usage"] = health.seen_usage_after_month(p[roster["segment"][fixed[account]]], s["usage"], usage)
        s["open"] += (kind == events.TICKET_OPENED) - (
            kind in (events.TICKET_SOLVED, events.TICKET_FAILED, events.TICKET_ABANDONED)
        )
        s["notice"] |= kind == events.CONFIRMED
        if kind in CONTACTS:
            s["contact"] = time
        s.update(stage=stage, observed=observed, mrr=mrr)
    there = [a for a in sorted(states) if states[a]["mrr"] > 0]
    of = [(a, states[a], {name: roster[name][fixed[a]] for name in ("segment", "touch", "term")}) for a in there]
    return {
        "account": there,
        **{name: [r[name] for _, _, r in of] for name in ("segment", "touch", "term")},
        **{name: [s[name] for _, s, _ in of] for name in ("stage", "mrr", "month")},
        "observed_health": [s["observed"] for _, s, _ in of],
        "observed_trend": [s["observed"] - s["past"][2] for _, s, _ in of],
        "band": [health.band(p[r["segment"]], s["observed"]) for _, s, r in of],
        "usage": [s["usage"] for _, s, _ in of],
        "months_to_renewal": [targeting.months_to_renewal(s["month"], int(r["term"])) for _, s, r in of],
        "months_since_contact": [month - s["contact"] for _, s, _ in of],
        "open_tickets": [s["open"] for _, s, _ in of],
        "given_notice": [s["notice"] for _, s, _ in of],
    }


@pytest.mark.parametrize("month", [0, 1, 7, 12, 17])
def test_what_is_seen_is_what_the_log_so_far_says(
    month: int, engine: str, watched: Callable[[str], tuple[Watcher, EventLog, Scenario]]
) -> None:
    watcher, log, world = watched(engine)
    seen, told = watcher.shown[month], _told(log, world, month)
    assert len(seen) > 20
    assert set(told) == set(COLUMNS)
    assert list(seen.columns) == list(COLUMNS)
    for name, column in COLUMNS.items():
        assert seen.columns[name].dtype == np.dtype(column.type)
        assert np.array_equal(seen.columns[name], np.array(told[name], dtype=column.type)), name


def test_the_watched_world_has_all_that_can_be_seen(
    engine: str, watched: Callable[[str], tuple[Watcher, EventLog, Scenario]]
) -> None:
    # else the test above would show little
    watcher, log, _ = watched(engine)
    for name in ("segment", "touch", "stage", "term", "band", "open_tickets", "given_notice"):
        assert len({x for seen in watcher.shown for x in seen.columns[name].tolist()}) > 1, name
    returned = set(log.columns["account"][of_kind(log, events.RETURNED)].tolist())
    assert any(returned & set(seen.columns["account"].tolist()) for seen in watcher.shown)


def test_a_policy_is_asked_each_month_from_month_0_on_and_may_order_nothing(engine: str, small_world: Scenario) -> None:
    base = simulate(small_world, seed=5, engine=engine)
    for order in (lambda seen: None, lambda seen: cx.Orders(), lambda seen: cx.Orders([1.0] * len(seen))):
        watcher = Watcher(order)
        log = simulate(small_world, seed=5, engine=engine, policy=watcher)
        assert [seen.month for seen in watcher.shown] == list(range(18))
        assert log.digest() == base.digest()


def test_what_is_seen_cannot_be_written_to_and_has_words(
    engine: str, watched: Callable[[str], tuple[Watcher, EventLog, Scenario]]
) -> None:
    watcher, _, world = watched(engine)
    seen = watcher.shown[3]
    with pytest.raises(ValueError, match="read-only"):
        seen.columns["mrr"][0] = 1
    frame = seen.frame()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame.index) == list(range(len(seen)))
    for name, words in (("segment", world.segments), ("touch", events.TOUCHES), ("band", events.BANDS)):
        assert [words[code] for code in seen.columns[name]] == frame[name].tolist()
    assert seen.interventions == ("proactive-outreach",)
    assert repr(seen) == f"Seen(month 3, {len(seen)} accounts)"


def _given_notice(log: EventLog, account: int, time: float) -> bool:
    mine = log.columns["account"] == account
    said = log.columns["time"][mine & of_kind(log, events.CONFIRMED)]
    came = log.columns["time"][mine & of_kind(log, *events.ENTERING)]
    return bool(((said <= time) & (said >= came[came <= time].max())).any())


def test_scores_pick_accounts_at_the_reviews_of_their_month(engine: str, small_world: Scenario) -> None:
    wanted = Intervention(
        "wanted", trigger=REVIEW, score="custom", score_low=0.5, score_high=2.0, outreach=True, edits=KINDER
    )
    shown: list[int] = []

    def order(seen: cx.Seen) -> cx.Orders | None:
        if seen.month != 4:
            return None
        accounts = seen.columns["account"]
        shown.extend(accounts.tolist())
        # of four in each lane one is above, one within, one below and one without a score
        return cx.Orders(np.array([3.0, 1.0, 0.0, np.nan])[accounts // 4 % 4])

    # it may call at every review, so that a score that lasted longer would show
    world = small_world.set("adoption.outreach_pause", 1).with_(wanted)
    log = simulate(world, seed=5, engine=engine, policy=order)
    c = log.columns
    reviewed = of_kind(log, events.REVIEW) & (c["time"] >= 4.0) & (c["time"] < 5.0)
    expected = {
        (account, time)
        for account, time in zip(c["account"][reviewed].tolist(), c["time"][reviewed].tolist(), strict=True)
        if account in shown and account // 4 % 4 == 1 and not _given_notice(log, account, time)
    }
    assert len(expected) > 5
    for kind in (events.TREATED, events.OUTREACH_ASKED):
        rows = of_kind(log, kind)
        assert sorted(zip(c["account"][rows].tolist(), c["time"][rows].tolist(), strict=True)) == sorted(expected)


def test_an_account_without_a_score_is_not_reached_even_where_any_score_would_do(
    engine: str, small_world: Scenario
) -> None:
    any_score = Intervention("any", trigger=REVIEW, score="custom", edits=KINDER)

    def order(seen: cx.Seen) -> cx.Orders:
        return cx.Orders([float("nan") if a // 4 % 2 else -1e9 for a in seen.columns["account"]])

    log = simulate(small_world.with_(any_score), seed=5, engine=engine, policy=order)
    treated = log.columns["account"][of_kind(log, events.TREATED)]
    assert len(treated) > 10
    assert not (treated // 4 % 2).any()


# reaches nobody by itself
NOBODY = {"trigger": REVIEW, "bands": ("red",), "coverage": 0.0, "edits": KINDER}


def test_what_is_ordered_is_given_at_once_in_order_whatever_the_intervention_would_choose(
    engine: str, small_world: Scenario
) -> None:
    world = (
        small_world.with_(Intervention("everyone's", edits=KINDER))
        .with_(Intervention("first", trigger=SIGN_UP, coverage=0.0, edits=KINDER, cost_per_account=3.0))
        .with_(Intervention("second", outreach=True, **NOBODY))
        .with_(Intervention("late", start=9.0, **NOBODY))
        .with_(Intervention("past", stop=2.0, **NOBODY))
    )
    lists: dict[str, list[int]] = {}

    def order(seen: cx.Seen) -> cx.Orders | None:
        if seen.month != 2:
            return None
        there = seen.columns["account"][~seen.columns["given_notice"]].tolist()
        lists.update({"second": there[:8][::-1], "late": there, "past": there, "first": [*there[4:12], *there[4:12]]})
        return cx.Orders(treat=lists)

    log = simulate(world, seed=5, engine=engine, policy=order)
    rows = np.flatnonzero(of_kind(log, events.TREATED))
    got = [tuple(log.columns[name][k] for name in ("account", "item", "value", "time")) for k in rows]
    first = {(a, 1, 300.0, 2.0) for a in lists["first"]}
    assert got == sorted(first | {(a, 2, 0.0, 2.0) for a in lists["second"]})
    assert rows.tolist() == list(range(rows[0], rows[0] + len(rows)))
    # calls are asked for right after, in the same order, and once
    asked = np.flatnonzero(of_kind(log, events.OUTREACH_ASKED))
    assert log.columns["account"][asked].tolist() == sorted(lists["second"])
    assert asked.tolist() == list(range(rows[-1] + 1, rows[-1] + 1 + len(asked)))


def test_whoever_has_given_notice_gets_nothing_and_calls_rest_between(engine: str, small_world: Scenario) -> None:
    called = Intervention("called", outreach=True, **NOBODY)
    watcher = Watcher(lambda seen: cx.Orders(treat={"called": seen.columns["account"]}))
    log = simulate(small_world.with_(called), seed=5, engine=engine, policy=watcher)
    first: dict[int, float] = {}
    for seen in watcher.shown:
        for account in seen.columns["account"][~seen.columns["given_notice"]].tolist():
            first.setdefault(account, float(seen.month))
    assert any(seen.columns["given_notice"].any() for seen in watcher.shown)
    c, treated = log.columns, of_kind(log, events.TREATED)
    assert dict(zip(c["account"][treated].tolist(), c["time"][treated].tolist(), strict=True)) == first
    asked = of_kind(log, events.OUTREACH_ASKED)
    last: dict[tuple[int, int], int] = {}
    for account, item in zip(c["account"][asked].tolist(), c["item"][asked].tolist(), strict=True):
        month = streams.number_in_stay(item)
        key = account, streams.stay_of(item)
        assert month - last.get(key, -1000) >= small_world.value("adoption.outreach_pause")
        last[key] = month
    assert len(last) < asked.sum()


def test_orders_at_month_0_come_after_the_books_are_opened(engine: str, small_world: Scenario) -> None:
    world = small_world.with_(Intervention("one", **NOBODY))
    log = simulate(
        world, seed=5, engine=engine, policy=lambda seen: cx.Orders(treat={"one": seen.columns["account"][:3]})
    )
    opened, treated = (np.flatnonzero(of_kind(log, kind)) for kind in (events.OPENING, events.TREATED))
    assert log.columns["time"][treated[0]] == 0.0
    assert treated[0] == opened[-1] + 1


REFUSED: dict[str, tuple[Callable[[cx.Seen], Any], str]] = {
    "no orders": (lambda seen: [1.0], r"policy, month 0: gave a list where cxsim.Orders or None is wanted"),
    "no mapping": (lambda seen: cx.Orders(treat=["one"]), r"treat: must be a mapping"),  # type: ignore[arg-type]
    "too few": (lambda seen: cx.Orders([1.0, 2.0]), r"scores: 2 for \d+ accounts"),
    "no numbers": (lambda seen: cx.Orders(["much"] * len(seen)), r"scores: must be numbers"),
    "unknown": (lambda seen: cx.Orders(treat={"onee": [1]}), r'no such intervention. Did you mean "one"\? There'),
    "everyone": (lambda seen: cx.Orders(treat={"all": seen.columns["account"]}), r'treat "all": is for everyone'),
    "words": (lambda seen: cx.Orders(treat={"one": ["x"]}), r"must be a list of whole numbers"),
    "a mask": (lambda seen: cx.Orders(treat={"one": seen.columns["mrr"] > 0}), r"must be a list of whole numbers"),
    "a number": (lambda seen: cx.Orders(treat={"one": 3}), r"must be a list of whole numbers"),
    "a stranger": (lambda seen: cx.Orders(treat={"one": [10**6]}), r'treat "one": account 1000000 is none of the \d+'),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_orders_that_cannot_be_carried_out_are_refused_in_a_line(what: str, engine: str, small_world: Scenario) -> None:
    policy, message = REFUSED[what]
    world = small_world.with_(Intervention("one", **NOBODY)).with_(Intervention("all", edits=KINDER))
    with pytest.raises(cx.InputError, match=message) as caught:
        simulate(world, seed=5, engine=engine, horizon=2, policy=policy)
    assert len(caught.value.faults) == 1


def test_all_that_is_wrong_with_orders_is_said_together(engine: str, small_world: Scenario) -> None:
    with pytest.raises(cx.InputError) as caught:
        simulate(small_world, seed=5, engine=engine, policy=lambda seen: cx.Orders([1.0], {"a": [1], "b": [2]}))
    assert [line.split(":")[1].strip() for line in caught.value.faults] == ["scores", 'treat "a"', 'treat "b"']


def test_a_score_of_its_own_needs_a_policy_before_anything_runs(engine: str, small_world: Scenario) -> None:
    world = small_world.with_("proactive-outreach", bands=[], score="custom", above=0.5)
    with pytest.raises(cx.InputError, match='"proactive-outreach": picks accounts by the score "custom": pass policy='):
        simulate(world, seed=5, engine=engine)
    with pytest.raises(cx.InputError, match="policy: 3 is not a function"):
        simulate(world, seed=5, engine=engine, policy=3)  # type: ignore[arg-type]


def test_what_a_policy_raises_is_raised(engine: str, small_world: Scenario) -> None:
    def broken(seen: cx.Seen) -> cx.Orders:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        simulate(small_world, seed=5, engine=engine, policy=broken)
