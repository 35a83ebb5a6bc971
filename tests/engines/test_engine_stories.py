"""What every story must obey, whatever the numbers: generated scenarios, and effects that must show."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import candidate, of_kind, rows_of, run

from cxsim import events
from cxsim.engines import ENGINES, simulate
from cxsim.eventlog import EventLog
from cxsim.parameters import by_path
from cxsim.scenario import Scenario, with_values

WorldMaker = Callable[..., Scenario]

# numbers that shape stories most, each over much of its range
STIRRED: dict[str, tuple[float, float]] = {
    "segments.frailty_variance": (0.0, 3.0), "segments.fit_mean": (0.3, 1.5), "segments.promise_mean": (0.3, 1.5),
    "segments.term_1_share": (0.0, 0.6), "segments.touch_digital_share": (0.0, 0.5),
    "onboarding.milestone_duration": (0.0, 2.0), "onboarding.patience": (0.1, 10.0), "onboarding.give_up": (0.0, 1.0),
    "adoption.ticket_rate": (0.0, 1.0), "adoption.ticket_patience": (0.01, 1.0), "adoption.digital_share": (0.0, 1.0),
    "adoption.outage_rate": (0.0, 2.0), "adoption.solved_share": (0.0, 1.0), "adoption.ticket_hours": (0.0, 100.0),
    "churn.onboarding_base": (0.0, 0.3), "churn.service_base": (0.0, 0.3), "churn.value_base": (0.0, 0.3),
    "churn.price_base": (0.0, 0.2), "churn.involuntary_base": (0.0, 0.5), "churn.price_quote": (0.0, 2.0),
    "contract.notice": (0.0, 6.0), "contract.dunning": (0.0, 3.0), "contract.price_step": (-0.3, 0.5),
    "contract.recovery_share": (0.0, 1.0), "growth.expansion_happy": (0.0, 0.5), "growth.expansion_open": (0.0, 0.5),
    "growth.expansion_risk": (0.0, 0.5), "growth.contraction_rate": (0.0, 0.5), "growth.win_back_share": (0.0, 1.0),
    "growth.win_back_success": (0.0, 1.0), "growth.win_back_delay": (0.0, 6.0), "growth.purchase_else": (0.0, 1.0),
    "outcome.champion_rate": (0.0, 0.4), "outcome.usage_noise": (0.0, 0.5), "health.seen_noise": (0.0, 5.0),
    "health.high_outcome": (1.0, 7.0), "health.high_experience": (4.0, 9.0), "experience.quality_sd": (0.0, 4.0),
    "experience.user_voice": (0.0, 1.0), "teams.attrition": (0.0, 0.5),
}  # fmt: skip
COUNTS: dict[str, tuple[int, int]] = {
    "teams.onboarding_headcount": (0, 3), "teams.success_headcount": (0, 3), "teams.support_headcount": (0, 3),
    "onboarding.milestones": (1, 4), "contract.talk_lead": (0, 8), "health.survey_cadence": (1, 6),
    "adoption.cadence_named": (1, 4), "arrivals.word_of_mouth": (0, 1), "arrivals.history_months": (0, 8),
}  # fmt: skip
WORLDS = st.fixed_dictionaries({
    **{path: st.floats(low, high) for path, (low, high) in STIRRED.items()},
    **{path: st.integers(low, high) for path, (low, high) in COUNTS.items()},
})  # fmt: skip
PROGRAMMES = st.sets(st.sampled_from(["formal-onboarding", "proactive-outreach", "csm-staff"]), max_size=3)


CHOSEN = events.CAUSES[: events.INVOLUNTARY]  # causes of choice


def check_story(log: EventLog, world: Scenario) -> None:
    """Rules beyond those that `EventLog` checks when it is made (money, waits, ranges, stays)."""
    c = log.columns
    w = world.value("experience.user_voice")
    felt = (1.0 - w) * c["sponsor"] + w * c["user"]
    expanded = of_kind(log, events.EXPANDED)
    trapped = (c["client_outcome"] >= world.value("health.high_outcome")) & (
        felt < world.value("health.high_experience") - 1e-12
    )
    assert not (expanded & trapped).any()
    assert (c["value"][expanded] > 0).all()
    assert (c["value"][of_kind(log, events.CONTRACTED)] <= 0).all()
    own = c["account"] >= 0
    assert (c["usage"][own] >= 0.01).all()
    assert (c["usage"][own] <= 1.0).all()
    assert (c["time"] < log.certificate.horizon_months).all()
    assert (c["time"] >= -log.certificate.history_months).all()
    term = dict(zip(log.roster["account"].tolist(), log.roster["term"].tolist(), strict=True))
    pending: dict[int, int] = {}
    confirmed: set[int] = set()
    month: Counter[int] = Counter()
    for kind, account, item, cause, stage, mrr in zip(
        *(c[name].tolist() for name in ("kind", "account", "item", "cause", "stage", "mrr")), strict=True
    ):
        if kind in (events.SIGNED_UP, events.RETURNED):
            month[account] = 0
            pending.pop(account, None)
        elif kind == events.REVIEW:
            assert item == month[account] + 1
            month[account] = item
        elif kind == events.INTENT:
            assert account not in pending, "wants to leave twice"
            assert cause != events.INVOLUNTARY
            pending[account] = cause
        elif kind in (events.RESCUED, events.FORGIVEN):
            assert pending.pop(account) == cause
        elif kind == events.CONFIRMED:
            assert pending[account] == cause
            assert term[account] > 1
            confirmed.add(account)
        elif kind == events.LAPSED:
            assert account in confirmed
            assert item % term[account] == 0
            assert pending.pop(account) == cause
            confirmed.discard(account)
        elif kind == events.CANCELLED:
            assert cause == events.INVOLUNTARY or (term[account] == 1 and pending[account] == cause)
            pending.pop(account, None)
            confirmed.discard(account)
        elif kind == events.RENEWED:
            assert item % (12 if term[account] == 1 else term[account]) == 0
        if kind in events.LEAVING:
            assert (stage, mrr) == (events.GONE, 0)
        elif account >= 0 and stage != events.GONE:
            assert mrr > 0


@pytest.mark.parametrize("engine_name", ENGINES)
@settings(max_examples=20)
@given(changes=WORLDS, programmes=PROGRAMMES, seed=st.integers(0, 2**40))
def test_stories_of_generated_worlds_hold_together(
    engine_name: str, changes: dict[str, float], programmes: set[str], seed: int, make_world: WorldMaker
) -> None:
    base = make_world(
        {
            "adoption.ticket_ceiling": 5.0,
            "arrivals.per_month": 2.0,
            "segments.term_24_share": 0.2,
            "segments.touch_named_share": 0.3,
        },
        segments=("one", "two"),
        horizon=26,
    )
    world = with_values(base, changes)
    for name in sorted(programmes):
        world = world.with_(name, start=3)
    check_story(simulate(world, seed=seed, engine=engine_name), world)


@pytest.fixture(scope="module")
def logs(small_world: Scenario) -> Callable[[str], EventLog]:
    made: dict[str, EventLog] = {}

    def log_of(engine: str) -> EventLog:
        return made.setdefault(engine, simulate(small_world, seed=2, engine=engine))

    return log_of


def test_every_kind_of_happening_happens(engine: str, small_world: Scenario) -> None:
    world = small_world.with_("proactive-outreach", bands=[]).with_("formal-onboarding").with_("journey-convergence")
    seen: set[int] = set()
    for seed in range(6):
        log = simulate(world, seed=seed, engine=engine)
        check_story(log, world)
        seen |= set(log.columns["kind"].tolist())
    # month and notice are appointments that leave no row of their own; own is for processes of the user's
    assert {events.KINDS[k].name for k in set(events.KINDS) - seen} <= {"month", "notice", "own"}


def test_the_gone_try_only_to_be_won_back_and_end_what_was_begun(engine: str, logs: Callable[[str], EventLog]) -> None:
    log = logs(engine)
    c, gone = log.columns, set[int]()
    while_gone: Counter[int] = Counter()
    for kind, account in zip(c["kind"].tolist(), c["account"].tolist(), strict=True):
        if account in gone:
            while_gone[kind] += 1
        if kind in events.LEAVING:
            gone.add(account)
        elif kind == events.RETURNED:
            gone.discard(account)
    assert while_gone[events.RETURNED] > 0
    assert while_gone[events.WIN_BACK_TRIED] > 0
    assert set(while_gone) <= {events.WIN_BACK_TRIED, events.RETURNED, *events.ENDS_OF_WORK}


def test_the_books_are_opened_with_those_who_are_there(engine: str, logs: Callable[[str], EventLog]) -> None:
    c = logs(engine).columns
    columns = (c[name].tolist() for name in ("time", "account", "mrr"))
    mrr = {account: value for time, account, value in zip(*columns, strict=True) if time < 0.0 and account >= 0}
    opened = of_kind(logs(engine), events.OPENING)
    assert dict(zip(c["account"][opened].tolist(), c["mrr"][opened].tolist(), strict=True)) == {
        account: value for account, value in mrr.items() if value > 0
    }
    assert (c["time"][opened] == 0.0).all()


def test_reviews_come_every_month_of_an_accounts_own(engine: str, logs: Callable[[str], EventLog]) -> None:
    log = logs(engine)
    reviews = of_kind(log, events.REVIEW) & (log.columns["time"] > 1.0)
    began: dict[int, float] = {}
    for time, kind, account in zip(*(log.columns[n].tolist() for n in ("time", "kind", "account")), strict=True):
        if kind in events.ENTERING:
            began[account] = time
        elif kind == events.REVIEW and time > 1.0:
            assert abs((time - began[account]) - round(time - began[account])) < 1e-9
    assert reviews.sum() > 100


def test_a_monthly_account_leaves_at_its_next_review_and_a_term_at_its_end(engine: str, make_world: WorldMaker) -> None:
    world = make_world({"churn.value_base": 0.3}, quiet=True, horizon=40)
    rows = run(engine, world, [candidate(a, a / 64.0, term=1 if a % 2 else 12) for a in range(60)])
    intent: dict[int, float] = {}
    lost = 0
    for row in rows:
        time, kind, account = row[0], row[1], row[2]
        if kind == events.INTENT:
            intent[account] = time
        elif kind in events.LEAVING:
            lost += 1
            stay = time - account / 64.0
            if account % 2:
                assert kind == events.CANCELLED
                assert stay == math.ceil(intent[account] - account / 64.0)
            else:
                # the notice date is 60 days before the end of the term
                assert kind == events.LAPSED
                assert stay % 12 == 0
                assert intent[account] <= time - world.value("contract.notice")
    assert lost > 50


def _losses(log: EventLog) -> int:
    return int((of_kind(log, *events.LEAVING) & (log.columns["time"] >= 0.0)).sum())


def _mean_and_error(x: list[float]) -> tuple[float, float]:
    return float(np.mean(x)), float(np.std(x, ddof=1) / math.sqrt(len(x)))


def test_outreach_can_harm(engine: str, make_world: WorldMaker) -> None:
    """A call that wakes sleepers by the jump that Ascarza et al. measured raises losses; no jump, no harm."""
    world = make_world(
        {
            "arrivals.per_month": 5.0, "arrivals.history_months": 12, "segments.term_1_share": 1.0,
            "segments.term_24_share": 0.0, "segments.term_36_share": 0.0, "arrivals.word_of_mouth": 0,
            "teams.success_headcount": 50, "segments.touch_digital_share": 0.0, "adoption.outreach_pause": 1,
            "adoption.outreach_usage": 0.0, "adoption.outreach_wake": 0.0, "experience.check_in_weight": 0.0,
            **{f"contract.rescue_{c}": 0.0 for c in CHOSEN},
        },
        horizon=12,
    )  # fmt: skip
    harm, idle = [], []
    for seed in range(8):
        base = simulate(world, seed=seed, engine=engine)
        for wake, found in ((0.039, harm), (0.0, idle)):
            log = simulate(world.with_("proactive-outreach", bands=[], wake=wake), seed=seed, engine=engine)
            found.append(float(_losses(log) - _losses(base)))
    mean, error = _mean_and_error(harm)
    assert mean > 4.0 * error > 0.0
    # contact itself only ever lowers the hazard of the relationship
    assert all(x <= 0 for x in idle)


def test_outreach_can_save(engine: str, small_world: Scenario) -> None:
    world = with_values(small_world, {
        "arrivals.word_of_mouth": 0, "teams.success_headcount": 50, "adoption.outreach_pause": 1,
        **{f"contract.rescue_{c}": 1.0 for c in CHOSEN},
    })  # fmt: skip
    saved = []
    for seed in range(12):
        log = simulate(world.with_("proactive-outreach", bands=[], wake=0.0), seed=seed, engine=engine)
        assert of_kind(log, events.RESCUED).sum() > 0
        saved.append(float(_losses(simulate(world, seed=seed, engine=engine)) - _losses(log)))
    mean, error = _mean_and_error(saved)
    assert mean > 4.0 * error


def _blindness(log: EventLog) -> float:
    chosen = of_kind(log, events.REVIEW) & (log.columns["time"] >= 3.0)
    return float(np.mean(np.abs(log.columns["observed"][chosen] - log.columns["health"][chosen])))


def test_what_the_company_sees_differs_from_what_is_and_convergence_brings_it_nearer(
    engine: str, small_world: Scenario
) -> None:
    base, gain = [], []
    for seed in range(14):
        before = _blindness(simulate(small_world, seed=seed, engine=engine))
        after = _blindness(simulate(small_world.with_("journey-convergence", ramp=0.0), seed=seed, engine=engine))
        base.append(before)
        gain.append(before - after)
    assert min(base) > 0.5
    mean, error = _mean_and_error(gain)
    assert mean > 4.0 * error


def test_what_is_not_seen_is_not_known(engine: str, small_world: Scenario) -> None:
    """Without noise and delay what is left is the silo: mapping the journey alone brings the picture nearer."""
    sharp = with_values(small_world, {
        "health.seen_noise": 0.0, "health.seen_delay": 0.0, "health.survey_answer": 0.0,
        "health.seen_speed": 0.1,  # sightings are averaged: a fast picture would jump with each moment
    })  # fmt: skip
    mapped = sharp.with_("journey-convergence", ramp=0.0, gain=1.0)
    gain = [
        _blindness(simulate(sharp, seed=s, engine=engine)) - _blindness(simulate(mapped, seed=s, engine=engine))
        for s in range(10)
    ]
    mean, error = _mean_and_error(gain)
    assert mean > 4.0 * error > 0.0


def test_seeing_more_changes_nothing_where_nobody_acts_on_it(engine: str, small_world: Scenario) -> None:
    """Check-ins go to red accounts first; with people enough, what is seen moves no account."""
    ample = with_values(small_world, {
        "teams.success_headcount": 500, "teams.onboarding_headcount": 500, "teams.support_headcount": 500,
    })  # fmt: skip
    base = simulate(ample, seed=1, engine=engine)
    log = simulate(ample.with_("journey-convergence", once=0.0, per_month=0.0), seed=1, engine=engine)
    for name in ("time", "kind", "account", "value", "sponsor", "user", "client_outcome", "usage", "health", "mrr"):
        assert np.array_equal(base.columns[name], log.columns[name]), name
    assert not np.array_equal(base.columns["observed"], log.columns["observed"])


def test_trapped_accounts_are_there_and_never_expand(engine: str, make_world: WorldMaker) -> None:
    """The rule is tested where it bites: many trapped accounts, and everyone else expanding often."""
    world = make_world(
        {
            "arrivals.per_month": 4.0, "arrivals.history_months": 0, "health.high_experience": 6.5,
            "health.high_outcome": 3.0, "growth.expansion_happy": 0.5, "growth.expansion_open": 0.5,
            "growth.expansion_risk": 0.5,
        }
    )  # fmt: skip
    log = simulate(world, seed=3, engine=engine)
    c = log.columns
    felt = 0.5 * c["sponsor"] + 0.5 * c["user"]
    trapped = (c["client_outcome"] >= 3.0) & (felt < 6.5)
    assert (of_kind(log, events.REVIEW) & trapped).sum() > 100
    assert of_kind(log, events.EXPANDED).sum() > 100
    assert not (of_kind(log, events.EXPANDED) & trapped).any()


def test_digital_help_waits_for_nobody_and_hands_on_what_it_cannot_solve(engine: str, small_world: Scenario) -> None:
    world = with_values(small_world, {"adoption.digital_share": 1.0, "adoption.digital_skill": 3.0})
    log = simulate(world, seed=1, engine=engine)
    c = log.columns
    digital = c["team"] == events.DIGITAL_TEAM
    opened, handed = of_kind(log, events.TICKET_OPENED), of_kind(log, events.TICKET_HANDED_OVER)
    solved = of_kind(log, events.TICKET_SOLVED) & digital
    assert (handed & digital).sum() == handed.sum()
    assert opened.sum() == handed.sum() + solved.sum()
    assert 0.2 * opened.sum() < solved.sum() < 0.8 * opened.sum()


def test_the_log_is_the_same_whatever_else_is_in_the_process(engine: str, small_world: Scenario) -> None:
    first = simulate(small_world, seed=2, engine=engine)
    _ = first.frame(), first.accounts(), simulate(small_world, seed=99, engine=engine)
    again = simulate(small_world, seed=2, engine=engine)
    assert rows_of(first, range(-1, 10_000)) == rows_of(again, range(-1, 10_000))


def test_every_stirred_number_is_a_parameter() -> None:
    assert set(STIRRED) | set(COUNTS) <= set(by_path())


def test_who_has_given_notice_is_neither_sold_to_nor_called(engine: str, small_world: Scenario) -> None:
    world = small_world.set("segments.term_1_share", 0.0).set("churn.value_base", 0.05)
    world = with_values(world, {"segments.one.term_1_share": 0.0, "contract.notice": 4.0})
    log = simulate(world.with_("proactive-outreach", bands=[]), seed=4, engine=engine)
    kind, account = log.columns["kind"], log.columns["account"]
    offers = (
        events.EXPANDED, events.CONTRACTED, events.PURCHASED, events.TREATED, events.OUTREACH_ASKED,
        events.OUTREACH_BEGUN, events.TALK_ASKED, events.TALK_BEGUN, events.CHECK_IN_ASKED, events.CHECK_IN_BEGUN,
    )  # fmt: skip
    given: set[int] = set()
    n_given = 0
    for k, a in zip(kind.tolist(), account.tolist(), strict=True):
        if k == events.CONFIRMED:
            given.add(a)
            n_given += 1
        elif k in events.LEAVING:
            given.discard(a)
        assert not (k in offers and a in given)
    assert n_given > 5
