"""Two logs laid over each other: where they part, whose story it is, and which draws are in play."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
import cxsim.plan
import cxsim.roster
from cxsim import events, streams
from cxsim.cli import main
from cxsim.engines import simulate
from cxsim.engines.reference import found as found_company
from cxsim.errors import InputError
from cxsim.eventlog import ROSTER, EventLog
from cxsim.eventlog.diff import diff
from cxsim.eventlog.draws import DRAWS, OF_ROSTER, addresses, number_at, roster_addresses
from cxsim.eventlog.partings import CHUNK, first_row, partings
from cxsim.plan import make_plan
from cxsim.roster import make_roster
from cxsim.scenario import Scenario, scaled, with_values

WorldMaker = Callable[..., Scenario]


@pytest.fixture(scope="module")
def lively(small_world: Scenario) -> Scenario:
    """Everything that can happen does, some of it in second stays."""
    busy = with_values(small_world, {
        "growth.win_back_share": 0.9, "growth.win_back_success": 0.7, "growth.win_back_delay": 1.0,
        "arrivals.per_month": 3.5, "arrivals.history_months": 24, "churn.service_base": 0.02, "churn.value_base": 0.03,
        "outcome.champion_rate": 0.05, "growth.purchase_happy": 0.1, "growth.contraction_rate": 0.1,
        "teams.onboarding_headcount": 1, "arrivals.referral_rate": 0.2,
    })  # fmt: skip
    return busy.with_("formal-onboarding", coverage=0.5).with_("proactive-outreach", start=2)


@pytest.fixture(scope="module")
def log(small_world: Scenario) -> EventLog:
    return simulate(small_world, seed=5, engine="reference")


@pytest.fixture(scope="module")
def world() -> Scenario:
    return with_values(scaled(Scenario.load("b2b-saas"), 40), {"arrivals.history_months": 6, "horizon_months": 24})


@pytest.fixture(scope="module")
def plain(world: Scenario) -> EventLog:
    return simulate(world, seed=7, engine="reference")


@pytest.fixture(scope="module")
def formal(world: Scenario) -> EventLog:
    return simulate(world.with_("formal-onboarding", start=6), seed=7, engine="reference")


def altered(log: EventLog, column: str, row: int, value: float) -> EventLog:
    changed = np.array(log.columns[column])
    changed[row] = value
    return EventLog({**log.columns, column: changed}, log.roster, log.certificate)


def kept(log: EventLog, rows: Any) -> EventLog:
    """The log with only these rows, in this order."""
    return EventLog({name: column[rows] for name, column in log.columns.items()}, log.roster, log.certificate)


def without(log: EventLog, *rows: int) -> EventLog:
    return kept(log, np.delete(np.arange(len(log)), rows))


def with_roster(log: EventLog, roster: Mapping[str, Any]) -> EventLog:
    return EventLog(log.columns, roster, log.certificate)


def of_kind(log: EventLog, *kinds: int) -> np.ndarray:
    return np.flatnonzero(np.isin(log.columns["kind"], kinds))


def a_review(log: EventLog) -> int:
    """A review in the middle, followed by another account's row; the account's own next row is a review too."""
    account, kind = log.columns["account"], log.columns["kind"]
    found = []
    for row in of_kind(log, events.REVIEW).tolist():
        own = row + 1 + np.flatnonzero(account[row + 1 :] == account[row])[:1]
        if len(own) and own[0] > row + 1 and account[row + 1] >= 0 and kind[own[0]] == events.REVIEW:
            found.append(row)
    return int(found[len(found) // 2])


def simultaneous(log: EventLog, n_before: int = 0) -> int:
    """The first of two rows of different accounts at the same time, each account with some rows before."""
    felt, time, account = of_kind(log, events.OUTAGE_FELT), log.columns["time"], log.columns["account"]
    for row in felt.tolist():
        lengths = [np.count_nonzero(account[:row] == account[one]) for one in (row, min(row + 1, len(log) - 1))]
        if row + 1 in felt and time[row] == time[row + 1] and min(lengths) >= n_before:
            return int(row)
    raise AssertionError("no outage felt by two accounts")


def test_equal_logs_are_equal_whoever_wrote_them(log: EventLog) -> None:
    other = EventLog(log.columns, log.roster, replace(log.certificate, engine="other", command="by hand"))
    found = diff(log, other)
    assert (found.equal, found.how, found.row, found.time, found.account) == (True, "equal", None, None, None)
    assert (found.columns, found.roster, found.n_accounts) == ({}, None, 0)
    assert len(found.story) == len(found.draws) == len(found.accounts) == 0
    assert found.certificates == {"engine": ("reference", "other")}
    assert "equal, bit for bit" in str(found)


def test_one_altered_value_is_found_with_its_account_story_and_draws(log: EventLog) -> None:
    row = a_review(log)
    before = float(log.columns["observed"][row])
    after = float(np.nextafter(before, np.inf))
    found = diff(log, altered(log, "observed", row, after))
    account, time = int(log.columns["account"][row]), float(log.columns["time"][row])
    assert (found.equal, found.how, found.row, found.time) == (False, "values", row, time)
    assert (found.account, found.parting, found.n_accounts) == (account, (account,), 1)
    assert found.columns == {"observed": (before, after)}
    assert found.happening_a == found.happening_b
    assert f"account {account}, review" in found.happening_a
    mine = log.story(account)
    assert found.story["row"].tolist() == mine["row"][mine["row"] < row].tolist()[-12:]
    assert found.story["account"].eq(account).all()
    only = found.accounts.iloc[0]
    assert (only["row_a"], only["row_b"], only["columns"], only["happening_b"]) == (row, row, "observed", "review")
    text = str(found)
    assert "1 in units of the last place" in text
    assert repr(before) in text
    assert "By their certificates the logs are the same run" in text


def test_the_draws_of_a_row_come_with_the_numbers_at_their_addresses(log: EventLog) -> None:
    row = a_review(log)
    other = EventLog(log.columns, log.roster, replace(log.certificate, seed=6))
    found = diff(log, altered(other, "observed", row, -1.0))
    account, month = int(log.columns["account"][row]), int(log.columns["item"][row])
    stay = int(np.count_nonzero(log.columns["account"][of_kind(kept(log, slice(0, row)), events.RETURNED)] == account))
    assert stay == 1  # it came back before
    index = streams.index_of(stay, month)
    seen = streams.index_of_moment(events.REVIEW, stay, month)
    assert found.draws["purpose"].tolist() == ["usage", "champion", "observation", "product_quality", "seen"]
    assert found.draws["index"].tolist() == [index] * 4 + [seen]
    assert found.draws["used_by"].eq("both").all()
    for _, draw in found.draws.iterrows():
        purpose = streams.PURPOSES.index(draw["purpose"])
        assert draw["u_a"] == streams.uniform(5, 0, 0, account, purpose, draw["index"])
        assert draw["u_b"] == streams.uniform(6, 0, 0, account, purpose, draw["index"])
    assert "The luck is not the same (seed)" in str(found)


def test_the_sign_of_zero_is_a_difference_and_a_missing_number_is_none(log: EventLog) -> None:
    row = a_review(log)
    zero = altered(log, "observed", row, 0.0)
    found = diff(zero, altered(log, "observed", row, -0.0))
    assert (found.row, list(found.columns)) == (row, ["observed"])
    assert "the sign of zero" in str(found)
    quiet, loud = np.array([0x7FF8000000000000, 0xFFF8000000000001], dtype=np.uint64).view(np.float64)
    fits = [np.full(len(log.roster["account"]), number) for number in (quiet, loud)]
    rosters = [with_roster(log, {**log.roster, "fit": fit}) for fit in fits]
    assert rosters[0].roster["fit"].tobytes() != rosters[1].roster["fit"].tobytes()
    assert diff(*rosters).equal
    columns = [{"time": np.array([1.0, number]), "account": np.zeros(2, dtype=np.int32)} for number in (quiet, loud)]
    assert first_row(*columns) is None
    assert len(partings(*columns, 0).account) == 0


def test_a_dropped_row_is_told_from_the_rows_that_move_up(log: EventLog) -> None:
    row = a_review(log)
    account, next_one = (int(log.columns["account"][place]) for place in (row, row + 1))
    found = diff(log, without(log, row))
    assert (found.row, found.how, found.account, found.parting) == (row, "more in a", account, (account,))
    assert found.accounts["account"].tolist() == [account]
    assert found.accounts["row_a"].tolist() == [row]
    assert f"account {next_one}" in found.happening_b
    assert found.draws["used_by"].eq("a").all()
    assert "usage" in set(found.draws["purpose"])
    assert list(dict.fromkeys(found.story["account"])) == [account, next_one]
    assert f"In b account {account} goes on with row" in str(found)
    turned = diff(without(log, row), log)
    assert (turned.row, turned.how, turned.account) == (row, "more in b", account)
    assert turned.draws["used_by"].eq("b").all()


def test_another_happening_is_told_from_one_more(log: EventLog) -> None:
    row = int(of_kind(log, events.CHAMPION_LEFT)[0])
    found = diff(log, altered(log, "kind", row, events.CHAMPION_PROMOTED))
    assert (found.row, found.how) == (row, "other")
    assert found.columns == {"kind": (events.CHAMPION_LEFT, events.CHAMPION_PROMOTED)}
    assert found.draws[["used_by", "purpose"]].to_numpy().tolist() == [
        ["both", "champion"],
        ["both", "champion_promoted"],
    ]
    assert "43 (champion_left)  44 (champion_promoted)" in str(found)


def test_a_row_that_comes_later_is_missing_here(log: EventLog) -> None:
    account, time = log.columns["account"], log.columns["time"]
    row = next(
        row for row in of_kind(log, events.REVIEW).tolist()
        if account[row] == account[row + 1] and time[row] == time[row + 1] < time[row + 2]
    )  # fmt: skip
    rows = np.arange(len(log))
    rows[[row, row + 1]] = row + 1, row
    late = altered(kept(log, rows), "time", row + 1, time[row + 2])
    found = diff(log, late)
    assert (found.row, found.how, found.account) == (row, "more in a", account[row])


def test_the_same_rows_in_another_order_part_no_story(log: EventLog) -> None:
    pair = simultaneous(log)
    rows = np.arange(len(log))
    rows[[pair, pair + 1]] = pair + 1, pair
    found = diff(log, kept(log, rows))
    assert (found.equal, found.row, found.how, found.parting, len(found.accounts)) == (False, pair, "order", (), 0)
    assert set(found.story["account"]) == set(log.columns["account"][[pair, pair + 1]].tolist())
    assert "No account's own story differs." in str(found)


def test_two_stories_may_part_at_the_same_row(log: EventLog) -> None:
    pair = simultaneous(log)
    found = diff(without(log, pair + 1), without(log, pair))
    assert (found.row, found.how) == (pair, "two")
    assert set(found.parting) == set(log.columns["account"][[pair, pair + 1]].tolist()) == set(found.story["account"])
    assert set(found.draws["used_by"]) == {"a", "b"}


def test_two_seeds_differ_from_the_first_candidate_on(world: Scenario, plain: EventLog) -> None:
    found = diff(plain, simulate(world, seed=8, engine="reference"))
    assert found.certificates == {"seed": (7, 8)}
    assert found.scenario == {}
    assert found.roster is not None
    assert found.roster.account == 0
    assert {"sign_up_at", "fit", "mrr"} <= set(found.roster.columns)
    assert not np.isclose(found.draws["u_a"], found.draws["u_b"]).any()
    assert "roster" in set(found.draws["used_by"])
    assert "The luck is not the same (seed)" in str(found)


def test_two_scenarios_part_where_the_first_account_is_treated(plain: EventLog, formal: EventLog) -> None:
    found = diff(plain, formal)
    first = int(of_kind(formal, events.TREATED)[0])
    assert (found.row, found.how) == (first, "more in b")
    assert found.account == formal.columns["account"][first]
    assert found.happening_b.endswith("treated, 1,500.00 USD, formal-onboarding")
    assert found.draws[["used_by", "purpose", "place"]].to_numpy().tolist() == [["b", "coverage", "formal-onboarding"]]
    assert found.draws["u_a"].tolist() == found.draws["u_b"].tolist()
    assert found.scenario == {"interventions.formal-onboarding": (None, "from month 6")}
    assert list(found.certificates) == ["scenario_hash"]
    assert found.roster is None
    treated = set(formal.columns["account"][of_kind(formal, events.TREATED)].tolist())
    assert treated <= set(found.accounts["account"])
    assert found.n_accounts >= len(treated) > 5
    assert "what differs follows from the scenario" in str(found)


def test_a_changed_number_is_named_by_its_place(world: Scenario, plain: EventLog) -> None:
    found = diff(plain, simulate(world.set("churn.value_base", 0.05), seed=7, engine="reference"))
    assert found.scenario == {"churn.value_base": (0.0015, 0.05)}
    assert found.draws["purpose"].tolist() == ["resistance"]
    assert "churn.value_base 0.0015 | 0.05" in str(found)


def test_where_each_account_parts_is_what_going_through_the_rows_gives(log: EventLog, small_world: Scenario) -> None:
    other = simulate(small_world.with_("proactive-outreach", start=3), seed=5, engine="reference")
    found = diff(log, other)
    slow: dict[int, tuple[int | None, int | None]] = {}
    rows = [[tuple(one.columns[name][row] for name in one.columns) for row in range(len(one))] for one in (log, other)]
    for account in sorted({row[2] for one in rows for row in one}):
        a, b = ([place for place, row in enumerate(one) if row[2] == account] for one in rows)
        for k in range(max(len(a), len(b))):
            here = a[k] if k < len(a) else None, b[k] if k < len(b) else None
            if None in here or rows[0][here[0]] != rows[1][here[1]]:  # type: ignore[index]
                slow[int(account)] = here
                break
    fast = {
        int(one["account"]): tuple(None if pd.isna(one[name]) else int(one[name]) for name in ("row_a", "row_b"))
        for _, one in found.accounts.iterrows()
    }
    assert fast == slow
    assert 5 < found.n_accounts < len(log.roster["account"])
    assert found.accounts["time"].is_monotonic_increasing
    assert found.accounts["account"].iloc[0] == found.account


def test_a_log_may_be_the_beginning_of_another(log: EventLog) -> None:
    end = a_review(log)
    short = kept(log, slice(0, end))
    found = diff(log, short)
    assert (found.equal, found.row, found.how, found.rows) == (False, end, "b ends", (len(log), end))
    assert (found.columns, found.happening_b) == ({}, "")
    assert found.account == log.columns["account"][end]
    assert found.n_accounts == len(set(log.columns["account"][end:].tolist()) - {-1})
    assert found.accounts["row_b"].isna().all()
    assert "Log b ends here" in str(found)
    assert diff(short, log).how == "a ends"
    assert diff(kept(log, slice(0, 0)), log).row == 0


def test_rosters_are_compared_candidate_by_candidate(log: EventLog) -> None:
    absent = sorted(set(log.roster["account"].tolist()) - set(log.columns["account"].tolist()))
    one = absent[len(absent) // 2]
    place = int(np.flatnonzero(log.roster["account"] == one)[0])
    promise = np.array(log.roster["promise"])
    promise[place] += 0.25
    found = diff(log, with_roster(log, {**log.roster, "promise": promise}))
    assert (found.equal, found.how, found.row, found.n_accounts) == (False, "roster", None, 0)
    assert found.roster is not None
    assert (found.roster.account, found.roster.unlike, found.roster.only_a) == (one, 1, 0)
    assert found.roster.columns == {"promise": (log.roster["promise"][place], promise[place])}
    assert found.draws["purpose"].tolist() == ["fit", "promise"]
    assert "the rosters are not" in str(found)
    fewer = diff(log, with_roster(log, {name: np.delete(log.roster[name], place) for name in ROSTER})).roster
    assert fewer is not None
    assert (fewer.account, fewer.only_a, fewer.only_b, fewer.unlike, fewer.columns) == (one, 1, 0, 0, {})
    turned = with_roster(log, {name: log.roster[name][::-1] for name in ROSTER})
    assert diff(log, turned).equal


def test_a_candidate_of_one_roster_may_be_the_one_that_parts(log: EventLog) -> None:
    account = int(log.columns["account"][of_kind(log, events.SIGNED_UP)[3]])
    lacking = kept(log, log.columns["account"] != account)
    lacking = with_roster(lacking, {name: log.roster[name][log.roster["account"] != account] for name in ROSTER})
    for found, how in ((diff(lacking, log), "more in b"), (diff(log, lacking), "more in a")):
        assert (found.account, found.how, found.n_accounts) == (account, how, 1)
        assert "there is nothing more of account" in str(found)


class Recorder(streams.Luck):
    """Luck that remembers where and when it was asked."""

    __slots__ = ("asked", "clock")

    def __init__(self, seed: int, replication: int) -> None:
        super().__init__(seed, replication)
        self.asked: dict[tuple[int, int, int], list[float]] = {}
        self.clock: Any = None

    def _remember(self, *address: int) -> None:
        now = -np.inf if self.clock is None else self.clock.now
        self.asked.setdefault(address, []).append(now)  # type: ignore[arg-type]

    def u(self, account: int, purpose: int, index: int) -> float:
        self._remember(account, purpose, index)
        return super().u(account, purpose, index)

    def z(self, account: int, purpose: int, index: int) -> float:
        self._remember(account, purpose, index)
        return super().z(account, purpose, index)


@contextmanager
def settled_in_python(luck: Recorder) -> Iterator[None]:
    """Within, what is settled before any clock starts is settled by plain functions whose draws are recorded."""

    def drawn(seed: int, replication: int, branch: int, account: int, purpose: int, index: int) -> float:
        assert (seed, replication, branch) == (luck.seed, luck.replication, luck.branch)
        return luck.u(account, purpose, index)

    def plain(function: Callable[..., Any], quiet: bool = False) -> Callable[..., Any]:
        return function

    with pytest.MonkeyPatch.context() as patch:
        for module in (cxsim.roster, cxsim.plan):
            patch.setattr(module, "machine", plain)
            patch.setattr(module, "uniform", drawn)
        yield


# drawn only where a row is written that stands on them
LEAVES_A_ROW = (
    streams.BUYING_QUALITY, streams.KICK_OFF_QUALITY, streams.MILESTONE_QUALITY, streams.ONBOARDING_GIVE_UP,
    streams.GO_LIVE_QUALITY, streams.USAGE, streams.CHAMPION, streams.CHAMPION_PROMOTED, streams.OBSERVATION,
    streams.PRODUCT_QUALITY, streams.TICKET_SOLVED, streams.TICKET_QUALITY, streams.TICKET_DIFFICULTY,
    streams.DIGITAL_SOLVED, streams.CHECK_IN_QUALITY, streams.OUTREACH_QUALITY, streams.TALK_QUALITY, streams.SEEN,
    streams.SURVEY_ANSWERED, streams.SURVEY_NOISE, streams.OUTAGE_QUALITY, streams.EXPANSION_SIZE, streams.RECOVERY,
    streams.CONTRACTION_SIZE, streams.PURCHASE_SIZE, streams.SEATS, streams.BILLING_QUALITY, streams.WIN_BACK_SUCCESS,
)  # fmt: skip


def test_the_table_of_draws_is_what_the_reference_engine_asks_for(lively: Scenario) -> None:
    plan, luck, of_roster = make_plan(lively), Recorder(3, 0), Recorder(3, 0)
    with settled_in_python(of_roster):
        roster = make_roster(plan, of_roster)
    with settled_in_python(luck):
        company = found_company(plan, luck, roster)
    luck.clock = company.clock
    company.clock.run_until(float(plan.horizon))
    log = simulate(lively, seed=3, engine="reference")
    assert log.columns["kind"].tolist() == [row[1] for row in company.book]
    assert set(DRAWS) <= set(log.columns["kind"].tolist())
    assert set(log.columns["item"][of_kind(log, events.SIGNED_UP)].tolist()) == {0, 1}

    listed: set[tuple[int, int, int]] = set()
    later_stays = set()
    settled = {streams.ARRIVAL, streams.REFERRAL_ARRIVAL, streams.FIT, streams.MRR}
    for row, now in enumerate(log.columns["time"].tolist()):
        for one in addresses(log, row):
            address, what = (one.account, one.purpose, one.index), f"row {row}, {one}"
            if one.purpose == streams.ATTRITION:
                assert any(place[:2] == address[:2] for place in luck.asked), what
                continue
            asked = (of_roster if one.purpose in settled else luck).asked
            assert address in asked, what
            if np.isnan(one.drawn_at):
                assert min(asked[address]) <= now, what
            else:
                assert one.drawn_at <= now, what
                assert one.drawn_at in asked[address], what
            listed.add(address)
            told = re.search(r"stay (\d+), number (\d+)", one.place)
            if told and int(told[1]) > 0:
                assert int(told[2]) < 2**20, what
                later_stays.add(one.purpose)
    assert len(later_stays) > 10  # accounts that came back are among those checked

    assert {purpose for _, purpose, _ in luck.asked} <= {draw.purpose for draws in DRAWS.values() for draw in draws}
    for purpose in LEAVES_A_ROW:
        assert {one for one in luck.asked if one[1] == purpose} == {one for one in listed if one[1] == purpose}, purpose

    accounts = {candidate.account: bool(candidate.referred) for candidate in roster}
    candidates = {
        (one.account, one.purpose, one.index)
        for account, referred in accounts.items()
        for column in OF_ROSTER
        for one in roster_addresses(account, referred, column)
    }
    assert candidates == {one for one in of_roster.asked if one[0] in accounts}


def test_after_a_fork_the_numbers_are_the_branchs(log: EventLog) -> None:
    forked = replace(log.certificate, branch=3, branch_from=6.0)
    rows = of_kind(log, events.REVIEW)
    for row in rows[[0, -1]]:
        time = float(log.columns["time"][row])
        one = addresses(log, int(row))[0]
        branch = 3 if time >= 6.0 else 0
        assert number_at(forked, one, time) == streams.uniform(5, 0, branch, one.account, one.purpose, one.index)
    assert log.columns["time"][rows[0]] < 6.0 < log.columns["time"][rows[-1]]


def test_a_difference_is_told_on_one_page(log: EventLog, plain: EventLog, formal: EventLog, lively: Scenario) -> None:
    row = a_review(log)
    other = simulate(lively, seed=6, replication=2, engine="reference")
    foreign = replace(other.certificate, scenario_name="a name " * 40, version="9.9.9", engine="compiled " * 9)
    strange = {**log.roster, **{name: np.array(log.roster[name]) + 1.5 for name in ("sign_up_at", "fit", "promise")}}
    mixed = {name: np.array(log.columns[name]) for name in log.columns}
    for name in ("value", "sponsor", "user", "client_outcome", "usage", "health", "observed"):
        mixed[name][row] = 0.125
    long_name = formal.certificate.scenario_toml.replace("formal-onboarding", "a" * 120)
    named = EventLog(formal.columns, formal.roster, replace(formal.certificate, scenario_toml=long_name))
    felt = simultaneous(log, 12)
    far = without(log, felt)
    cases = [
        diff(log, log), diff(log, without(log, row)), diff(plain, named), diff(log, kept(log, slice(0, row))),
        diff(log, EventLog(other.columns, other.roster, foreign)),
        diff(log, EventLog(mixed, strange, foreign)),
        diff(without(log, felt + 1), EventLog(far.columns, strange, foreign)),
    ]  # fmt: skip
    assert cases[-1].how == "two"
    assert cases[-1].story["account"].value_counts().tolist() == [12, 12]
    for found in cases:
        lines = str(found).splitlines()
        assert len(lines) <= 40
        assert max(map(len, lines)) < 100
        if found.row is not None:
            assert any(line.startswith("The logs part at row") for line in lines)
            assert any(line.startswith("Draws in play") for line in lines)
            assert repr(found) == str(found)


def test_large_logs_are_compared_beyond_one_piece() -> None:
    n = 3 * CHUNK + 5
    a = {"time": np.arange(n, dtype=np.float64), "account": np.arange(n, dtype=np.int32) % 7, "value": np.zeros(n)}
    b = {name: column.copy() for name, column in a.items()}
    assert first_row(a, b) is None
    b["value"][[2 * CHUNK + 3, n - 1]] = 1.0
    assert first_row(a, b) == 2 * CHUNK + 3
    parted = partings(a, b, 2 * CHUNK + 3)
    assert parted.row_a.tolist() == parted.row_b.tolist() == [2 * CHUNK + 3, n - 1]
    assert parted.account.tolist() == [(2 * CHUNK + 3) % 7, (n - 1) % 7]


def test_what_is_no_log_is_refused(log: EventLog) -> None:
    with pytest.raises(InputError, match="log_b: str is not an event log"):
        cx.diff(log, "b.parquet")  # type: ignore[arg-type]


def test_the_command_says_by_its_exit_code_whether_logs_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], plain: EventLog, formal: EventLog
) -> None:
    a, b, missing = (str(tmp_path / name) for name in ("a.parquet", "b.parquet", "none.parquet"))
    plain.write(a)
    formal.write(b)
    assert main(["diff", a, a]) == 0
    assert "equal, bit for bit" in capsys.readouterr().out
    assert main(["diff", a, b]) == 1
    out = capsys.readouterr().out
    assert "treated, 1,500.00 USD, formal-onboarding" in out
    assert main(["diff", a, b, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    expected = diff(plain, formal)
    assert (document["equal"], document["row"], document["account"]) == (False, expected.row, expected.account)
    assert document["columns"]["kind"] == {"a": events.ONBOARDING_ASKED, "b": events.TREATED}
    assert document["n_accounts"] == expected.n_accounts
    assert document["draws"][0]["purpose"] == "coverage"
    assert main(["diff", missing, a]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert f"{missing}: no such file" in caught.err.splitlines()
    assert main(["diff", missing, missing]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert main(["diff", a, a, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["equal"] is True
