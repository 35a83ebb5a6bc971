"""Stein's two stages: the number of replications, the coverage, and what is said where little can be known."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

import cxsim as cx
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.pairs import mean_interval, paired
from cxsim.studies.precision import (
    MOST_REPLICATIONS,
    PILOT,
    SPARSE_PILOT,
    Goal,
    Precision,
    PrecisionWarning,
    goals_of,
    two_stage,
)

Reals = npt.NDArray[np.float64]
TRIALS = 2_000


class Stream:
    """Differences of one goal after another, given as they are asked for; keeps what was given."""

    def __init__(self, *make: Callable[[int], Reals]) -> None:
        self.make = make
        self.given: list[list[Reals]] = [[] for _ in make]
        self.batches: list[tuple[int, int]] = []

    def __call__(self, first: int, last: int) -> Sequence[Reals]:
        self.batches.append((first, last))
        for mine, make in zip(self.given, self.make, strict=True):
            mine.append(make(last - first))
        return [mine[-1] for mine in self.given]

    def values(self, place: int = 0) -> Reals:
        """Everything that was given and has a value."""
        found = np.concatenate(self.given[place])
        return found[np.isfinite(found)]


def swinging(step: float, centre: float = 0.0) -> Callable[[int], Reals]:
    """Values that swing around a centre by a step: of 50 the standard deviation is step·√(50/49)."""
    return lambda n: centre + step * np.where(np.arange(n) % 2 == 0, 1.0, -1.0)


def normal(rng: np.random.Generator, n: int) -> Reals:
    return rng.normal(0.3, 1.0, n)


def sparse(rng: np.random.Generator, n: int) -> Reals:
    """85 of 100 are zero."""
    return np.where(rng.random(n) < 0.15, rng.normal(0.5, 1.0, n), 0.0)


def with_gaps(rng: np.random.Generator, n: int) -> Reals:
    return np.where(rng.random(n) < 0.3, np.nan, rng.normal(0.3, 1.0, n))


def peeking(values: Reals, half_width: float, start: int) -> tuple[float, float]:
    """Mean and half width at the first replication from `start` on at which the interval is narrow enough."""
    n = np.arange(1, len(values) + 1)
    mean = np.cumsum(values) / n
    variance = np.maximum(np.cumsum(values * values) - n * mean * mean, 0.0) / np.maximum(n - 1, 1)
    half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * np.sqrt(variance / n)
    at = np.flatnonzero((half <= half_width) & (n >= start))[0]
    return float(mean[at]), float(half[at])


def test_the_number_is_that_of_the_formula() -> None:
    draw = Stream(swinging(1.0))
    found = two_stage(draw, [Goal("nrr", 0.2)])
    # t(0.975, 49) = 2.0095752, s = √(50/49) = 1.0101525: (2.0095752 · 1.0101525 / 0.2)² = 103.03
    assert (found.pilot, found.replications, found.needed) == (PILOT, 104, 104)
    assert draw.batches == [(0, 50), (50, 104)]
    (goal,) = found.goals
    assert goal.pilot_deviation == pytest.approx(math.sqrt(50 / 49))
    assert goal.reached == pytest.approx(2.0095752 * 1.0101525 / math.sqrt(104), rel=1e-6)
    assert goal.met
    assert found.warnings == ()
    assert found.lines() == ["nrr to ±0.2: 104 replications (pilot 50) give ±0.2 (20 pts)"]


def test_the_pilot_is_the_least() -> None:
    draw = Stream(swinging(1.0))
    found = two_stage(draw, [Goal("nrr", 5.0)])
    assert found.replications == PILOT
    assert draw.batches == [(0, 50)]
    assert found.lines() == ["nrr to ±5: the pilot of 50 replications is enough and gives ±0.288 (28.8 pts)"]


def test_the_interval_keeps_spread_and_freedom_of_the_pilot() -> None:
    rng = np.random.default_rng(5)
    after = np.concatenate([rng.normal(1.0, 1.0, 50), rng.normal(1.0, 9.0, 70)])
    before = np.zeros(120)
    before[[3, 60]] = np.nan
    effect = paired(before, after, "higher", "nobody", pilot=50)
    kept = np.delete(after, [3, 60])
    error = np.delete(after[:50], 3).std(ddof=1) / math.sqrt(118)
    assert effect.standard_error == pytest.approx(error)
    half = stats.t.ppf(0.975, 48) * error
    assert (effect.low, effect.high) == pytest.approx((kept.mean() - half, kept.mean() + half))
    assert effect.probability_mean_better == pytest.approx(stats.t.cdf(kept.mean() / error, 48))
    assert effect.reason == "left out 2 of 120 replications: nobody"
    whole = paired(before, after, "higher")
    assert whole.low is not None and effect.low is not None  # noqa: PT018
    assert whole.low < effect.low


@pytest.mark.parametrize(
    ("make", "mean", "half_width", "start", "slack"),
    [
        (normal, 0.3, 0.3, 2, 0.0),
        (normal, 0.3, 0.2, None, 0.0),
        (with_gaps, 0.3, 0.2, None, 0.0),
        # two hundred of which thirty differ are not quite normal
        (sparse, 0.075, 0.04, 5, 0.01),
    ],
)
def test_the_interval_covers_and_is_narrow_enough_where_peeking_does_not_cover(
    make: Callable[[np.random.Generator, int], Reals], mean: float, half_width: float, start: int | None, slack: float
) -> None:
    """The two stages cover in 95 % of cases within four standard errors; stopping at the first look does not."""
    hits, peeked, numbers = 0, 0, []
    for trial in range(TRIALS):
        rng = np.random.default_rng([17, trial])

        def give(n: int, rng: np.random.Generator = rng) -> Reals:
            return make(rng, n)

        draw = Stream(give)
        (goal,) = two_stage(draw, [Goal("nrr", half_width, "plan")]).goals
        assert goal.reached is not None
        assert goal.reached <= half_width * (1 + 1e-12)
        hits += abs(float(draw.values().mean()) - mean) <= goal.reached
        numbers.append(goal.counted)
        if start is not None:
            at, half = peeking(np.concatenate([draw.values(), make(rng, 1_000)]), half_width, start)
            peeked += abs(at - mean) <= half
    error = math.sqrt(0.95 * 0.05 / TRIALS)
    assert abs(hits / TRIALS - 0.95) < 4 * error + slack
    assert max(numbers) > min(numbers)
    if start is not None:
        assert peeked / TRIALS < 0.95 - 4 * error


def test_few_differences_make_the_pilot_longer_and_are_told() -> None:
    rng = np.random.default_rng(2)
    draw = Stream(lambda n: sparse(rng, n))
    found = two_stage(draw, [Goal("nrr", 0.1, "plan")])
    assert draw.batches[:2] == [(0, PILOT), (PILOT, SPARSE_PILOT)]
    assert (found.pilot, found.replications) == (200, 200)
    differing = int(np.count_nonzero(draw.values()[:50]))
    (said,) = found.warnings
    assert said.startswith(f"nrr, plan: only {differing} of the first 50 differences are not zero, so that the pilot")
    assert "200 replications instead of 50" in said
    (goal,) = found.goals
    assert ("rough" in said) == (goal.pilot_differing < 30)


def test_the_threshold_is_thirty() -> None:
    def first(k: int) -> Precision:
        return two_stage(Stream(lambda n: np.where(np.arange(n) < k, swinging(1.0)(n), 0.0)), [Goal("nrr", 9.0)])

    assert first(30).pilot == PILOT
    assert first(29).pilot == SPARSE_PILOT


def test_where_nothing_differs_nothing_is_promised() -> None:
    found = two_stage(Stream(np.zeros), [Goal("nrr", 0.01, "plan")])
    (goal,) = found.goals
    assert (found.pilot, found.replications, goal.reached) == (200, 200, 0.0)
    (said,) = found.warnings
    # 1 − 0.05^(1/200): three in two hundred
    assert said == (
        "nrr, plan: all 200 differences are zero: no effect was seen, but what shows in fewer than 1.5 % of "
        "replications cannot be ruled out"
    )
    assert found.lines() == ["nrr to ±0.01: 200 replications (pilot 200) give no difference"]


def test_a_pilot_without_spread_leaves_the_ordinary_interval() -> None:
    """Another goal asks for more replications, and in these the first one differs after all."""
    late = Stream(
        lambda n: np.zeros(n) if n <= 150 else np.where(np.arange(n) % 40 == 7, 1.0, 0.0), swinging(1.0)
    )  # fmt: skip
    found = two_stage(late, [Goal("nrr", 0.001, "calm"), Goal("nrr", 0.07, "wild")])
    assert found.replications > 500
    values = late.values()
    low, high, _ = mean_interval(values)
    truth = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert (low, high) == pytest.approx(truth)
    assert found.goals[0].reached == pytest.approx((high - low) / 2)
    assert not found.goals[0].met
    assert any(line.startswith("nrr, calm: ±0.001 is not reached") for line in found.warnings)


def test_replications_without_a_value_do_not_count() -> None:
    rng = np.random.default_rng(4)
    draw = Stream(lambda n: with_gaps(rng, n))
    found = two_stage(draw, [Goal("nrr", 0.15)])
    (goal,) = found.goals
    pilot = draw.given[0][0]
    pilot = pilot[np.isfinite(pilot)]
    wanted = math.ceil((stats.t.ppf(0.975, len(pilot) - 1) * pilot.std(ddof=1) / 0.15) ** 2)
    assert goal.pilot_counted == len(pilot) < 50
    assert goal.counted == len(draw.values()) >= wanted
    assert goal.needed == math.ceil(wanted * 50 / len(pilot))
    assert found.replications > goal.counted
    # batches follow each other without a gap
    assert [first for first, _ in draw.batches[1:]] == [last for _, last in draw.batches[:-1]]


def test_an_outcome_without_any_value_stops_after_the_pilot() -> None:
    found = two_stage(Stream(lambda n: np.full(n, np.nan)), [Goal("nrr", 0.1)])
    assert (found.replications, found.goals[0].reached, found.goals[0].met) == (50, None, False)
    assert found.warnings == ("nrr: none of 50 replications has a value: there is no interval",)


def test_several_goals_take_the_largest_number_and_each_its_own_spread() -> None:
    draw = Stream(swinging(1.0), swinging(3.0), swinging(2.0))
    goals = goals_of({"nrr": 0.5}, ["a", "b"])
    found = two_stage(draw, [*goals, Goal("grr", 0.5, "a")])
    wanted = [math.ceil((stats.t.ppf(0.975, 49) * step * math.sqrt(50 / 49) / 0.5) ** 2) for step in (1.0, 3.0, 2.0)]
    assert found.replications == max(wanted) == wanted[1]
    deviations = [goal.pilot_deviation for goal in found.goals]
    assert deviations == pytest.approx([step * math.sqrt(50 / 49) for step in (1.0, 3.0, 2.0)])
    assert [goal.needed for goal in found.goals] == [max(n, 50) for n in wanted]
    assert found.lines() == [
        "nrr to ±0.5: 149 replications (pilot 50) give ±0.167 (16.7 pts) for a, ±0.499 (49.9 pts) for b",
        "grr to ±0.5: 149 replications (pilot 50) give ±0.333 (33.3 pts)",
    ]


def test_the_most_is_kept_and_what_is_missing_is_told() -> None:
    draw = Stream(swinging(1.0))
    found = two_stage(draw, [Goal("nrr", 0.1)], most=80)
    assert draw.batches == [(0, 50), (50, 80)]
    assert found.goals[0].reached == pytest.approx(2.0095752 * 1.0101525 / math.sqrt(80), rel=1e-6)
    assert found.warnings == ("nrr: ±0.1 is not reached: 80 replications give ±0.227; by their pilot it takes 413",)
    assert found.lines() == ["nrr to ±0.1, not reached: 80 replications (pilot 50) give ±0.227 (22.7 pts)"]
    short = two_stage(Stream(swinging(1.0)), [Goal("nrr", 0.1)], most=20)
    assert (short.pilot, short.replications, short.goals[0].met) == (20, 20, False)


def test_more_than_a_million_are_refused_before_they_are_run() -> None:
    draw = Stream(swinging(1.0), swinging(1.0))
    with pytest.raises(cx.InputError) as refused:
        two_stage(draw, [Goal("nrr", 0.001), Goal("grr", 0.1)])
    # 2.0095752 · 1.0101525 / √1,000,000 = 0.0020300
    wanted = math.ceil((stats.t.ppf(0.975, 49) * math.sqrt(50 / 49) / 0.001) ** 2)
    assert refused.value.faults == [
        f"precision nrr: ±0.001 takes {wanted:,} replications, and 1,000,000 are the most; they reach ±0.00203"
    ]
    assert draw.batches == [(0, 50)]
    with pytest.raises(cx.InputError, match="are the most"):
        two_stage(Stream(swinging(1.0)), [Goal("nrr", 5e-324)])


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        ({"nr": 0.1}, 'Did you mean "nrr"?'),
        ({"nrr": 0.0}, "precision nrr: 0 is not a half width above 0, in the unit share"),
        ({"nrr": math.nan}, "nan"),
        ({"arr": math.inf}, "inf"),
        ({"nrr": True}, "true"),
        ({"nrr": "0.1"}, '"0.1"'),
    ],
)
def test_a_half_width_that_is_none_is_refused(precision: dict[str, float], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        goals_of(precision)
    assert said in str(refused.value)


@pytest.fixture(scope="module")
def tiny(make_world: Callable[..., Scenario]) -> Scenario:
    return make_world(
        {"arrivals.base_accounts": 15, "arrivals.per_month": 1.0, "arrivals.history_months": 2}, horizon=12
    )


@pytest.fixture(scope="module")
def study(tiny: Scenario) -> cx.Comparison:
    return cx.compare(tiny, tiny.with_("formal-onboarding"), precision={"health_mean": 0.035}, seed=3, workers=1)


def test_a_study_runs_as_many_pairs_as_the_difference_takes(tiny: Scenario, study: cx.Comparison) -> None:
    assert study.precision is not None
    before, after = study.baseline.values("health_mean"), study.alternatives[0].values("health_mean")
    difference = after - before
    error = stats.t.ppf(0.975, 49) * difference[:50].std(ddof=1)
    wanted = max(50, math.ceil((error / 0.035) ** 2))
    assert study.n == study.precision.replications == wanted > 50
    assert [one.number for one in study.baseline.replications] == list(range(wanted))
    effect = study.effect("health_mean")
    assert effect.low == pytest.approx(difference.mean() - error / math.sqrt(wanted))
    assert effect.high == pytest.approx(difference.mean() + error / math.sqrt(wanted))
    plain = cx.compare(tiny, tiny.with_("formal-onboarding"), replications=wanted, seed=3, workers=1)
    assert plain.precision is None
    for name in OUTCOMES:
        if name != "health_mean":
            assert study.effect(name) == plain.effect(name)
        else:
            assert study.effect(name).difference == plain.effect(name).difference
            assert study.effect(name).low != plain.effect(name).low


def test_effects_carry_what_was_asked(study: cx.Comparison) -> None:
    frame = study.effects().set_index("outcome")
    row = frame.loc["health_mean"]
    assert (row["asked_half_width"], row["pilot"], row["counted"]) == (0.035, 50, study.n)
    assert (row["high"] - row["low"]) / 2 <= 0.035
    assert frame.drop(index="health_mean")["asked_half_width"].isna().all()
    by_segment = dataclasses.replace(study, by_segment=True).effects()
    asked = by_segment[by_segment["asked_half_width"].notna()]
    assert list(asked["segment"]) == ["all"]


def test_workers_change_nothing(tiny: Scenario, study: cx.Comparison) -> None:
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        again = cx.compare(
            tiny, tiny.with_("formal-onboarding"), precision={"health_mean": 0.035}, seed=3, executor=pool,
            progress=lambda done, total: seen.append((done, total)),
        )  # fmt: skip
    assert again.precision == study.precision
    assert again.rows() == study.rows()
    # the bar counts on where the pilot ended
    assert [done for done, _ in seen] == list(range(1, 2 * study.n + 1))
    assert {total for _, total in seen} == {100, 2 * study.n}


def test_a_run_is_as_precise_as_asked(tiny: Scenario) -> None:
    found = cx.run(tiny, precision={"accounts": 0.7}, seed=3, workers=1)
    values = found.values("accounts")
    error = stats.t.ppf(0.975, 49) * values[:50].std(ddof=1)
    assert len(values) == math.ceil((error / 0.7) ** 2) > 50
    rows = {row["outcome"]: row for row in found.rows()}
    assert rows["accounts"]["high"] - rows["accounts"]["mean"] == pytest.approx(error / math.sqrt(len(values)))
    assert rows["accounts"]["standard_deviation"] == pytest.approx(values.std(ddof=1))
    assert rows["accounts"]["asked_half_width"] == 0.7
    assert "pilot" in found.outcomes().columns
    assert "asked_half_width" not in rows["arr"]


def test_a_study_warns_and_keeps_what_it_said(tiny: Scenario) -> None:
    idle = tiny.with_("formal-onboarding", start=12)
    with pytest.warns(PrecisionWarning, match="all 4 differences are zero"):
        found = cx.compare(tiny, idle, precision={"arr": 1.0}, replications=4, seed=3, workers=1)
    assert found.precision is not None
    assert (found.n, found.precision.most, len(found.precision.warnings)) == (4, 4, 1)
    assert found.effect("arr").verdict == "none"


def test_neither_a_number_nor_a_precision_is_refused(tiny: Scenario) -> None:
    with pytest.raises(cx.InputError, match="replications: say how many"):
        cx.run(tiny, seed=1)
    with pytest.raises(cx.InputError, match="replications: say how many"):
        cx.compare(tiny, tiny, precision={}, seed=1)
    with pytest.raises(cx.InputError, match="precision nr: no such outcome"):
        cx.compare(tiny, tiny, precision={"nr": 0.1}, seed=1)
    with pytest.raises(cx.InputError, match=f"from 1 to {MOST_REPLICATIONS}"):
        cx.run(tiny, precision={"nrr": 0.1}, replications=MOST_REPLICATIONS + 1, seed=1)
