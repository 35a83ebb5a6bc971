"""A fork with alternatives: one past, the reference's own futures, and which is best from here."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim as cx
from cxsim.readings import monthly
from cxsim.readings.cash import economics_of
from cxsim.readings.outcomes import outcomes_by_scope
from cxsim.scenario import Scenario
from cxsim.studies.best import Best
from cxsim.studies.branches import branches

SEED, AT, NUMBER = 3, 6, 8


@pytest.fixture(scope="module")
def alternatives(small_world: Scenario) -> list[Scenario]:
    return [small_world.with_("formal-onboarding", start=AT), small_world.with_("payment-recovery", start=AT + 2)]


@pytest.fixture(scope="module")
def futures(small_world: Scenario, alternatives: list[Scenario]) -> cx.Futures:
    return cx.fork(small_world, *alternatives, at=AT, branches=NUMBER, seed=SEED)


def test_all_share_the_past_and_none_the_future(futures: cx.Futures) -> None:
    for paths in futures.series.values():
        assert (paths[:, :, : AT + 1] == paths[0, 0, : AT + 1]).all()
        assert len({row.tobytes() for row in paths[0]}) == NUMBER
    apart = futures.series["arr"][2] - futures.series["arr"][0]
    assert not apart[:, : AT + 3].any()
    assert apart.any()


@pytest.mark.parametrize("place", [0, 1])
def test_a_branch_is_the_reference_forked_with_its_number(
    futures: cx.Futures, small_world: Scenario, alternatives: list[Scenario], place: int
) -> None:
    scenario = (small_world, *alternatives)[place]
    log = cx.simulate(scenario, seed=SEED, engine="reference", fork=cx.Fork(AT, 3))
    values, _ = outcomes_by_scope(monthly(log), economics_of(scenario.value))
    assert values[0].tobytes() == futures.values[place, 2].tobytes()


def test_the_baselines_futures_are_those_of_branches(futures: cx.Futures, small_world: Scenario) -> None:
    alone = branches(small_world, seed=SEED, at=AT, number=NUMBER, months=small_world.horizon_months - AT)
    assert alone.series["arr"].tobytes() == np.ascontiguousarray(futures.series["arr"][0]).tobytes()
    fan = futures.fan("arr").query(f"name == '{small_world.name}'")
    assert fan["q50"].tolist() == alone.fan("arr")["q50"].tolist()


def test_common_luck_tells_alternatives_apart_with_fewer_branches(
    futures: cx.Futures, small_world: Scenario, alternatives: list[Scenario]
) -> None:
    own = cx.fork(small_world, *alternatives, at=AT, branches=NUMBER, seed=SEED, common=False)
    assert own.values[0].tobytes() == futures.values[0].tobytes()
    assert own.values[1].tobytes() != futures.values[1].tobytes()
    with_own, with_common = own.effect("arr").standard_error, futures.effect("arr").standard_error
    assert with_own is not None
    assert with_common is not None
    assert with_own > 2 * with_common


def test_the_answer_names_the_day_and_the_best(futures: cx.Futures) -> None:
    said = futures.summary("arr")
    assert said.startswith(f"From month {AT} of replication 0 on: ARR: ")
    assert "is best in" in said
    assert set(futures.frame()["name"]) == {"formal-onboarding", "payment-recovery"}
    assert cx.best(futures, outcome="arr").probability.sum() == pytest.approx(1.0)
    with pytest.raises(cx.InputError, match='Did you mean "payment-recovery"'):
        futures.effect("arr", "payment-recover")
    with pytest.raises(cx.InputError, match="series"):
        futures.fan("ar")


def test_the_number_of_threads_changes_nothing(
    futures: cx.Futures, small_world: Scenario, alternatives: list[Scenario]
) -> None:
    alone = cx.fork(small_world, *alternatives, at=AT, branches=NUMBER, seed=SEED, workers=1)
    assert alone.values.tobytes() == futures.values.tobytes()


def test_another_past_is_refused(small_world: Scenario) -> None:
    treated = small_world.with_("win-back", start=AT)
    for baseline, other, at, said in (
        (small_world, small_world.with_("win-back", start=2), 6, "begins at 2, before the day at 6"),
        (small_world, treated.set("churn.value_base", 0.01), 6, "its past is another one"),
        (treated, small_world, 6, "its past is another one"),
        (small_world, treated, 18, "not at, the horizon 18"),
        (small_world, treated, -1, "at: -1 is not"),
    ):
        with pytest.raises(cx.InputError, match=said):
            cx.fork(baseline, other, at=at, branches=2, seed=1)
    with pytest.raises(cx.InputError, match="at least one alternative"):
        cx.fork(small_world, at=6, branches=2, seed=1)
    with pytest.raises(cx.InputError, match="branches: 1 is not"):
        cx.fork(small_world, treated, at=6, branches=1, seed=1)


@pytest.mark.parametrize(
    ("low", "said"),
    [(0.97, ""), (0.92, ": likely, not sure"), (0.45, ": far from sure"), (0.3, ": no alternative stands out")],
)
def test_how_sure_it_is_which_is_best_is_said_by_the_lower_end(low: float, said: str) -> None:
    names, zeros = ("base", "it", "other"), np.zeros(3)
    chances = np.array([0.0, 1.0, 0.0]), np.array([0.0, low, 0.0]), np.array([0.1, 1.0, 0.1])
    found = Best("arr", names, zeros, *chances, np.array([1.0, 0.0, 1.0]), zeros, zeros, 40, 40, 0)
    assert f"(95 % interval {100 * low:.0f} % to 100 %){said}." in found.summary()
