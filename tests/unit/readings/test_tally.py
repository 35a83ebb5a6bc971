"""What studies read off the monthly table alone: what moved experience, stays, outcomes of all scopes at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from unit.readings.small_logs import certificate, log_of, opening, random_log, row, value

from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError
from cxsim.eventlog import EventLog
from cxsim.parameters import by_path, declared
from cxsim.parameters.experience import USER_VOICE
from cxsim.readings.scopes import BY_MONTH, scopes_of
from cxsim.readings.tenure import early_survivors, first_stays, tenure_table
from cxsim.rules.experience import experience_moved
from cxsim.tally import EARLY, MEASURES, MICRO, TENURE, MonthlyTable, empty_table

VOICE = {"small": 0.5, "mid": 0.2}


def voiced(path: str, segment: str | None = None, /) -> float:
    """Segments in which the users count differently."""
    return VOICE[segment] if path == "experience.user_voice" and segment else value(path)


def moved(table: MonthlyTable, segment: str | None = None) -> dict[str, dict[int, int]]:
    """Owner → month → millionths moved, where there are any."""
    found = {owner: table.of(f"moved_{owner}", segment) for owner in ev.OWNERS}
    return {owner: {int(b): int(x[b]) for b in np.flatnonzero(x)} for owner, x in found.items() if x.any()}


@pytest.fixture
def by_hand() -> EventLog:
    rows = [
        # 0, of small: what was before month 0 is not counted, but its state is what the first moment is set against
        row(-1.0, ev.SIGNED_UP, 0, 0, 100, 100, sponsor=6, user=6),
        row(-0.5, ev.REVIEW, 0, 1, 5, 100, sponsor=6, user=4),
        row(0.0, ev.OPENING, 0, 0, 100, 100, sponsor=6, user=4),
        row(0.5, ev.REVIEW, 0, 2, 7, 100, sponsor=6, user=5.5),  # product: .5·1.5
        row(1.5, ev.CHECKED_IN, 0, 2, 9, 100, sponsor=9, user=5.5, team=ev.SUCCESS_TEAM),  # success: .5·3
        row(1.6, ev.CHAMPION_LEFT, 0, 2, 0, 100, sponsor=2, user=5.5),  # no moment: nobody's
        row(1.7, ev.CHECKED_IN, 0, 3, 1, 100, sponsor=1, user=5.5, team=ev.DIGITAL_TEAM),  # digital: .5·1
        # 1, of mid, whose users have a voice of .2
        row(0.25, ev.SIGNED_UP, 1, 0, 100, 100, stage=0, sponsor=6, user=6),
        row(0.25, ev.BUYING, 1, 0, 7, 100, stage=0, sponsor=6.5, user=6),  # sales: .8·.5
        row(2.0, ev.OUTAGE_FELT, 1, 0, 0, 100, sponsor=6.5, user=1),  # product: .2·5
        row(2.05, ev.CHECK_IN_ASKED, 1, 2, 0, 100, sponsor=6.5, user=1),
        row(2.1, ev.CHECK_IN_BEGUN, 1, 2, 0, 100, sponsor=6.5, user=1, team=ev.SUCCESS_TEAM),
        row(2.2, ev.CANCELLED, 1, 2, -100, 0, stage=3, sponsor=6.5, user=1),
        # a talk that ends when the account has left moves what is no customer's experience
        row(2.3, ev.CHECKED_IN, 1, 2, 0, 0, stage=3, sponsor=2, user=1, team=ev.SUCCESS_TEAM),
        row(3.0, ev.RETURNED, 1, 1, 90, 90, sponsor=2, user=1),
        row(4.0, ev.PAYMENT_FAILED, 1, 0, 1, 90, sponsor=1.5, user=1),  # billing: .8·.5
        row(6.0, ev.REVIEW, 1, 3, 5, 90, sponsor=1.5, user=3),  # at the very end: of the last month; product: .2·2
    ]  # fmt: skip
    return log_of(rows, 2, horizon=6)


def test_what_moved_experience_by_hand(by_hand: EventLog) -> None:
    table = readings.monthly(by_hand, voiced)
    assert moved(table, "small") == {
        "success": {1: 1_500_000}, "product": {0: 750_000}, "digital": {1: 500_000},
    }  # fmt: skip
    assert moved(table, "mid") == {
        "sales": {0: 400_000}, "product": {2: 1_000_000, 5: 400_000}, "billing": {4: 400_000},
    }  # fmt: skip
    assert moved(table)["product"] == {0: 750_000, 2: 1_000_000, 5: 400_000}


def test_shares_of_experience_by_hand(by_hand: EventLog) -> None:
    table = readings.monthly(by_hand, voiced)
    shares = dict(zip(ev.OWNERS, readings.experience_shares(table), strict=True))
    points = {"sales": 0.4, "success": 1.5, "product": 2.15, "billing": 0.4, "digital": 0.5}
    whole = sum(points.values())
    assert shares == pytest.approx({owner: points.get(owner, 0.0) / whole for owner in ev.OWNERS})
    small = dict(zip(ev.OWNERS, readings.experience_shares(table, "small"), strict=True))
    assert small["success"] == pytest.approx(1.5 / 2.75)
    assert small["sales"] == 0.0
    with pytest.raises(InputError, match="no such segment"):
        readings.experience_shares(table, "large")


def test_where_nothing_moved_there_are_no_shares() -> None:
    shares = readings.experience_shares(readings.monthly(log_of([opening(0, 1)], 1), value))
    assert shares.shape == (len(ev.OWNERS),)
    assert np.isnan(shares).all()


def test_shares_are_those_of_the_log_where_nobody_is_gone() -> None:
    rows = [opening(0, 1), opening(1, 1)]
    kinds = (ev.REVIEW, ev.PAYMENT_FAILED, ev.CHECKED_IN, ev.TICKET_SOLVED, ev.OUTAGE_FELT)
    rng = np.random.default_rng(3)
    for n in range(60):
        kind, team = kinds[n % len(kinds)], int(rng.integers(0, 5))
        rows.append(row(n / 3, kind, n % 2, n, 5, 1, team=team, sponsor=rng.uniform(0, 10), user=rng.uniform(0, 10)))
    # One moment moves one voice: the other stays where it was.
    state = {0: (6.0, 6.0), 1: (6.0, 6.0)}
    moments = []
    for one in rows:
        account, (sponsor, user) = one[2], state[one[2]]
        if one[1] in ev.KINDS and ev.KINDS[one[1]].voice == "user":
            user = one[10]
        elif one[1] in ev.MOMENTS:
            sponsor = one[9]
        state[account] = (sponsor, user)
        moments.append((*one[:9], sponsor, user, *one[11:]))
    asked = [row(0.0, kind, a, n, 0, 1) for n in range(60) for a in (0, 1) for kind in (20, 30, 31)]
    log = log_of([*moments, *asked], 2)
    told = readings.experience_by_owner(log, voiced)["share"].to_numpy()
    assert readings.experience_shares(readings.monthly(log, voiced)) == pytest.approx(told, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_what_moved_experience_is_what_a_recount_finds(seed: int) -> None:
    log = random_log(seed)
    table = readings.monthly(log, voiced)
    found = np.zeros((table.horizon + 1, 2, len(ev.OWNERS)), dtype=np.int64)
    segments = dict(zip(log.roster["account"].tolist(), log.roster["segment"].tolist(), strict=True))
    before: dict[int, dict[str, Any]] = {}
    there: dict[int, bool] = {}
    for one in ({name: log.columns[name][n] for name in log.columns} for n in range(len(log))):
        account, kind, month = int(one["account"]), int(one["kind"]), min(int(one["time"] // 1), table.horizon - 1)
        if account < 0:
            continue
        if kind in (*ev.ENTERING, ev.OPENING, *ev.LEAVING):
            there[account] = kind not in ev.LEAVING
        owner, voice = ev.KINDS[kind].owner, ev.KINDS[kind].voice
        if owner != ev.NOBODY and one["time"] >= 0 and there[account]:
            p = [0.0] * USER_VOICE + [VOICE[table.segments[segments[account]]]]
            x = experience_moved(p, voice == "user", before[account][voice], one[voice])
            owner = ev.DIGITAL if one["team"] == ev.DIGITAL_TEAM else owner
            found[month, segments[account], owner] += int(np.floor(x * MICRO + 0.5))
        before[account] = one
    assert found.any()
    for number, name in enumerate(ev.OWNERS):
        for segment in (0, 1):
            assert table.of(f"moved_{name}", table.segments[segment]).tolist() == found[:, segment, number].tolist()


def test_the_table_has_stays_by_tenure() -> None:
    rows = [
        row(0.0, ev.SIGNED_UP, 0, 0, 100, 100, stage=0),
        row(1.0, ev.SIGNED_UP, 1, 0, 100, 100, stage=0),
        row(2.0, ev.CANCELLED, 0, 2, -100, 0, cause=3, stage=3),  # at the end of its second month
        row(2.5, ev.SIGNED_UP, 2, 0, 100, 100, stage=0),  # followed for one whole month only
        row(2.5, ev.SIGNED_UP, 3, 0, 100, 100, stage=0),
        row(3.75, ev.CANCELLED, 3, 2, -100, 0, cause=3, stage=3),  # lost in a month that is not seen whole
    ]
    table = readings.monthly(log_of(rows, 4, 4.0), value)
    assert TENURE == ("at_risk", "lost")
    assert table.tenure.T.tolist() == [[4, 2, 1, 0], [0, 1, 0, 0]]
    # A month that has begun is one of the table's, but nobody can be followed through it.
    cut = readings.monthly(log_of(rows, 4, 4.5), value)
    assert cut.tenure.T.tolist() == [[4, 2, 1, 0, 0], [0, 1, 0, 0, 0]]
    assert readings.monthly(log_of([], 1, 0.5), value).tenure.tolist() == [[0, 0]]


@pytest.mark.parametrize("seed", range(6))
def test_tenure_is_what_a_count_month_by_month_finds(seed: int) -> None:
    log = random_log(seed, n=25)
    at_risk, lost = tenure_table(log)
    horizon = int(log.certificate.horizon_months)
    for month in range(horizon):
        there = gone = 0
        for signed_at, stayed in zip(*first_stays(log), strict=True):
            if signed_at >= 0 and horizon - signed_at >= month + 1:
                # lost in the month of tenure (k, k + 1]
                there += stayed > month + 1e-9
                gone += month + 1e-9 < stayed <= month + 1 + 1e-9
        assert (at_risk[month], lost[month]) == (there, gone)
    assert lost.sum() > 0
    assert readings.monthly(log, value).tenure.T.tolist() == [at_risk.tolist(), lost.tolist()]


def test_the_table_has_the_early_survivors() -> None:
    rows = [row(t, ev.SIGNED_UP, a, 0, 100, 100, stage=0) for a, t in enumerate((-60.0, -50.0, -40.0))]
    rows += [row(-38.0, ev.CANCELLED, 1, 12, -100, 0, cause=3, stage=3)]
    rows += [row(-6.0, ev.CANCELLED, 2, 34, -100, 0, cause=3, stage=3)]
    made = log_of(rows, 3, 36.0)
    log = EventLog(made.columns, made.roster, dataclasses.replace(certificate(36.0), history_months=60))
    table = readings.monthly(log, value)
    assert len(EARLY) == len(table.early)
    assert table.early.tolist() == [3, 2, 1] == list(early_survivors(log))
    assert table.early.dtype == np.int64


def test_an_empty_table_has_every_part() -> None:
    table, filled = empty_table(("a", "b", "c"), 7), readings.monthly(random_log(1), value)
    for field in dataclasses.fields(MonthlyTable):
        part = getattr(table, field.name)
        if isinstance(part, np.ndarray):
            assert part.dtype == getattr(filled, field.name).dtype == np.int64
            assert not part.any()
    assert (table.counts.shape, table.tenure.shape) == ((8, 3, len(MEASURES)), (7, 2))


@pytest.mark.parametrize(("seed", "horizon"), [(0, 26), (1, 26), (2, 12), (3, 13), (4, 5)])
def test_outcomes_of_all_scopes_at_once_are_those_of_each(seed: int, horizon: int) -> None:
    table = readings.monthly(random_log(seed, n=9, horizon=horizon), value)
    values, reasons = readings.outcomes_by_scope(table, value)
    assert values.shape == (3, len(readings.OUTCOMES))
    for line, scope in enumerate((None, *table.segments)):
        for column, (name, one) in enumerate(readings.outcomes(table, value, scope).items()):
            assert list(readings.OUTCOMES)[column] == name
            assert reasons.get((line, column), "") == one.reason
            assert (one.value is None) == bool(np.isnan(values[line, column]))
            assert one.value is None or one.value == values[line, column]
    assert set(reasons) == {(int(r), int(c)) for r, c in zip(*np.nonzero(np.isnan(values)), strict=True)}


def test_outcomes_of_nothing_have_reasons_in_every_scope() -> None:
    values, reasons = readings.outcomes_by_scope(readings.monthly(log_of([], 1), value), value)
    assert all(reasons[line, column] for line, column in zip(*np.nonzero(np.isnan(values)), strict=True))
    assert len({column for _, column in reasons}) > 10


def test_economics_are_looked_up_once() -> None:
    asked: list[str] = []

    def counting(path: str, segment: str | None = None, /) -> float:
        asked.append(path)
        return value(path)

    found = readings.economics_of(counting)
    assert sorted(asked) == sorted(p.path for p in declared() if p.path.startswith("economics."))
    assert dataclasses.asdict(found) == {path.split(".")[1]: by_path()[path].default for path in asked}
    assert readings.economics_of(found) is found
    table = readings.monthly(random_log(5), value)
    assert readings.outcomes(table, found) == readings.outcomes(table, value)
    assert {team: found.wage(team) for team in ("onboarding", "success", "support")} == {
        "onboarding": found.onboarding_wage, "success": found.success_wage, "support": found.support_wage,
    }  # fmt: skip


def test_series_of_all_scopes() -> None:
    table = readings.monthly(random_log(2), value)
    series = readings.series_by_scope(table)
    for line, scope in enumerate((None, *table.segments)):
        assert series["accounts"][line].tolist() == table.of("active", scope).tolist()
        assert series["arr"][line].tolist() == (table.of("mrr", scope) * 12 / 100.0).tolist()


def test_scopes_are_the_sums_of_the_table() -> None:
    table = readings.monthly(random_log(3), value)
    scopes = scopes_of(table)
    for line, scope in enumerate((None, *table.segments)):
        for number, measure in enumerate(MEASURES):
            column = table.of(measure, scope)
            assert scopes.ends[line][number] == column[-1]
            assert scopes.year_ago[line][number] == column[-13]
            assert scopes.total(measure, line) == column[:-1].sum()
            assert scopes.last_year[line][number] == column[-13:-1].sum()
            assert scopes.first_year[line][number] == column[:12].sum()
        for measure in BY_MONTH:
            assert scopes.of(measure)[line].tolist() == table.of(measure, scope).tolist()
