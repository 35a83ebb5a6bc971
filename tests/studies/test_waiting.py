"""What waiting costs: the same interventions under the same luck, begun later."""

from __future__ import annotations

import pytest

import cxsim as cx
from cxsim.scenario import Scenario
from cxsim.studies import findings
from cxsim.studies.waiting import JUDGED, laters, waited


@pytest.fixture(scope="module")
def found(small_world: Scenario) -> cx.Waiting:
    formal = small_world.with_("formal-onboarding", start=2)
    return cx.waiting(small_world, alternative=formal, months=(3, 6), replications=4, seed=5, workers=1)


def test_later_is_the_same_lever_begun_later_under_the_same_luck(small_world: Scenario, found: cx.Waiting) -> None:
    direct = cx.compare(
        small_world.with_("formal-onboarding", start=8),
        small_world.with_("formal-onboarding", start=2),
        replications=4, seed=5, workers=1,
    )  # fmt: skip
    for outcome in JUDGED:
        assert found.lost(outcome, 6) == direct.effect(outcome)
    assert [row["months"] for row in found.rows()] == [3] * len(JUDGED) + [6] * len(JUDGED)
    assert {row["outcome"] for row in found.rows()} == set(JUDGED)
    for row in found.rows():
        assert row["at_once"] - row["later"] == pytest.approx(row["lost"])
        assert row["low"] <= row["lost"] <= row["high"]


def test_from_a_comparison_it_is_the_same(small_world: Scenario, found: cx.Waiting) -> None:
    made = cx.compare(small_world, found.now.scenario, replications=4, seed=5, workers=1, names=["formal"])
    assert waited(made, alternative="formal", workers=1).rows() == found.rows()
    assert found.frame()["lost"].tolist() == [row["lost"] for row in found.rows()]


def test_a_dear_lever_that_does_little_gains_by_waiting(small_world: Scenario) -> None:
    dear = small_world.with_("voice-of-customer")
    told = cx.waiting(small_world, alternative=dear, months=(6,), replications=4, seed=5, workers=1)
    lost = told.lost("net_benefit", 6)
    assert lost.high is not None
    assert lost.high < 0
    assert findings.waiting(told, 6).startswith("Waiting 6 months pays: it gains ")


def test_beyond_the_horizon_all_of_it_is_lost(small_world: Scenario) -> None:
    formal = small_world.with_("formal-onboarding", start=2)
    told = cx.waiting(small_world, alternative=formal, months=(18,), replications=2, seed=5, workers=1)
    for outcome in JUDGED:
        gained = told.gained(outcome).difference
        assert told.gained(outcome, 18).difference == 0.0
        assert told.lost(outcome, 18).difference == pytest.approx(gained)


def test_a_lever_keeps_its_length_and_a_shock_its_date(small_world: Scenario) -> None:
    base = small_world.with_("win-back", start=1)
    both = base.with_("formal-onboarding", start=2, stop=8).with_("recession", start=4)
    (later,) = laters(base, both, (3,))
    dated = {it.name: (it.start, it.stop) for it in later.interventions}
    assert dated["formal-onboarding"] == (5.0, 11.0)
    assert dated["recession"][0] == 4.0
    assert dated["win-back"][0] == 1.0


@pytest.mark.parametrize("months", [(), (0,), (3, 3), (2.5,), (True,), (601,)])
def test_months_that_cannot_be_are_refused(months: tuple[int, ...], small_world: Scenario) -> None:
    with pytest.raises(cx.InputError, match="months"):
        cx.waiting(small_world, alternative=small_world.with_("win-back"), months=months, replications=1, seed=1)


def test_what_cannot_wait_is_refused(small_world: Scenario, found: cx.Waiting) -> None:
    for other in (small_world, small_world.with_("recession", start=3)):
        with pytest.raises(cx.InputError, match="could begin later"):
            cx.waiting(small_world, alternative=other, replications=1, seed=1)
    with pytest.raises(cx.InputError, match="is not one of 3, 6"):
        found.lost("arr", 4)
    with pytest.raises(cx.InputError, match="is not one of 0, 3, 6"):
        found.gained("arr", 4)
    with pytest.raises(cx.InputError, match='Did you mean "arr"'):
        found.lost("ar", 3)


def test_it_can_be_summed_up_like_its_siblings(found: cx.Waiting) -> None:
    assert found.summary().split("\n") == [findings.waiting(found, 3), findings.waiting(found, 6)]
