"""An audit answers with all that `cxsim claims --json` promises, the same each time, fast enough."""

from __future__ import annotations

import itertools
import json
import math
import time

import numpy as np
import pytest

from cxsim import events
from cxsim.engines import simulate
from cxsim.scenario import Scenario
from cxsim.studies.claims import CLAIMS, Audited, audit
from cxsim.studies.claims.causes import without
from cxsim.studies.claims.first_year import varied
from cxsim.studies.claims.intervals import jackknife, relative_cut
from cxsim.studies.claims.vendors import LIVED, MARKET, RIVALS, vendor, wins

KEYS = (
    "id", "claim", "quoted", "quoted_low", "quoted_high", "simulated", "low", "high", "status", "verdict", "where",
)  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[Audited]:
    return audit(["f", "h"], seed=5, fast=True)


def check(row: dict[str, object]) -> None:
    """What every answer has to be, whatever it says."""
    assert tuple(row)[: len(KEYS)] == KEYS
    assert row["status"] in ("assumed", "calibrated", "emergent")
    assert row["verdict"] in ("holds", "fails", "depends")
    for key in ("where", "finding", "put_in"):
        assert str(row[key]).strip()
        assert "nan" not in str(row[key]).split()
    simulated, low, high = (row[key] for key in ("simulated", "low", "high"))
    assert isinstance(simulated, float)
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low <= simulated <= high
    json.dumps(row, allow_nan=False)


def test_an_answer_has_the_promised_keys_first_and_says_what_was_put_in(found: list[Audited]) -> None:
    assert [one.claim.id for one in found] == ["f", "h"]
    for one in found:
        check(one.row())


def test_the_headline_is_one_of_the_settings_swept(found: list[Audited]) -> None:
    for one in found:
        assert one.answer.headline in one.answer.cells
        axes = {axis.name for axis in one.claim.axes}
        assert all(set(cell.at) <= axes for cell in one.answer.cells)
        places = [tuple(cell.at.items()) for cell in one.answer.cells]
        assert len(set(places)) == len(places)


def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads_and_progress_goes_forward(
    found: list[Audited],
) -> None:
    told: list[tuple[int, int]] = []
    one = audit(["f"], seed=5, fast=True, workers=1, progress=lambda done, total: told.append((done, total)))
    assert one[0].row() == found[0].row()
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.slow
def test_a_fast_audit_answers_all_ten_within_a_minute_of_work() -> None:
    audit(["f"], fast=True)  # the clock compiles once for each version
    start = time.process_time()
    rows = [one.row() for one in audit(fast=True)]
    assert time.process_time() - start < 60.0
    assert [row["id"] for row in rows] == list(CLAIMS)
    for row in rows:
        check(row)


def test_a_jackknife_of_a_mean_is_its_t_interval() -> None:
    from cxsim.studies.pairs import mean_interval

    values = np.random.default_rng(3).normal(5.0, 2.0, 40)
    assert jackknife(np.mean, values) == pytest.approx((values.mean(), *mean_interval(values)[:2]))


def test_a_jackknife_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    rng, n, hits = np.random.default_rng(4), 400, 0
    for _ in range(n):
        base = rng.gamma(4.0, 1.0, 25)
        _, low, high = jackknife(relative_cut, base, base * 0.7 + rng.normal(0.0, 0.5, 25))
        hits += low <= 0.3 <= high
    assert abs(hits / n - 0.95) < 4.0 * math.sqrt(0.95 * 0.05 / n)


def test_an_interval_of_a_correlation_stays_inside_one() -> None:
    x = np.arange(20.0)
    for y in (x, x + 0.1 * np.sin(x), x + 9.0 * np.sin(3.0 * x)):
        value, low, high = jackknife(lambda *both: float(np.corrcoef(*both)[0, 1]), x, y, correlation=True)
        assert -1.0 < low <= value <= high <= 1.0 + 1e-12
    assert low < value - 0.1


def test_without_a_cause_nobody_comes_to_want_to_leave_for_it() -> None:
    world = without(Scenario.load("smb-monthly"), "onboarding", "relationship")
    log = simulate(world, seed=3, horizon=12).columns
    # points that were passed in the history are still heard at the first reviews
    causes = log["cause"][(log["kind"] == events.INTENT) & (log["time"] >= 2.0)]
    assert not np.isin(causes, (events.BY_ONBOARDING, events.BY_RELATIONSHIP)).any()
    assert np.isin(causes, (events.BY_SERVICE,)).any()


def test_a_world_at_another_level_has_all_hazards_of_choice_there_and_no_other() -> None:
    base = Scenario.load("membership")
    twice = varied(base, 2.0, 3.0)
    assert twice.value("churn.value_base") == 2.0 * base.value("churn.value_base")
    assert twice.value("segments.frailty_variance") == 3.0
    for segment in base.segments:
        path = "churn.involuntary_base"
        assert twice.value(path, segment) == base.value(path, segment)


def test_the_share_of_rivals_in_which_the_healthiest_wins_is_that_over_all_groups() -> None:
    rng = np.random.default_rng(6)
    health = rng.normal(size=9)
    value = health + rng.normal(size=9)
    groups = list(itertools.combinations(range(9), RIVALS))
    hits = sum(health[list(g)].argmax() == value[list(g)].argmax() for g in groups)
    assert wins(health, value) == pytest.approx(hits / len(groups))
    assert wins(health, health) == 1.0
    assert wins(health, -health) == 0.0


def test_vendors_differ_in_their_market_only_where_they_are_to() -> None:
    base, draws = Scenario.load("b2b-saas"), np.full(len(LIVED) + len(MARKET), 0.9)
    like, unlike = vendor(base, draws, False), vendor(base, draws, True)
    assert like.value("experience.product_ease") > base.value("experience.product_ease")
    assert like.value("arrivals.per_month", "mid") == base.value("arrivals.per_month", "mid")
    assert unlike.value("arrivals.per_month", "mid") == pytest.approx(1.4 * base.value("arrivals.per_month", "mid"))
    assert unlike.value("teams.success_headcount") == round(1.4 * base.value("teams.success_headcount"))
    middle = vendor(base, np.full(len(draws), 0.5), True)
    assert middle.hash == base.hash
