"""The effect on those whom an intervention could reach: by hand, and the same accounts in both arms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from unit.readings.small_logs import log_of, opening, random_log, row, value

import cxsim as cx
from cxsim import events as ev
from cxsim.interventions import EVERYONE, REVIEW, SIGN_UP, Intervention
from cxsim.readings import experience_by_owner, first_year, monthly
from cxsim.scenario import Scenario, scaled, with_values
from cxsim.studies import Comparison, Run, compare
from cxsim.studies import findings as f

TREATS = Intervention("treats", trigger=SIGN_UP)
CALLS = Intervention("calls", trigger=REVIEW)
ALL_OF_MID = Intervention("all of mid", trigger=EVERYONE, segments=("mid",), start=2.0, stop=5.0)


def test_whom_an_intervention_reached_by_hand() -> None:
    def life(account: int, at: float, *rest: tuple[object, ...]) -> list[tuple[object, ...]]:
        return [row(at, ev.SIGNED_UP, account, 0, 100, 100, stage=0), *rest]

    def review(account: int, at: float) -> tuple[object, ...]:
        return row(at, ev.REVIEW, account, 12, 6.0, 100)

    rows = [
        # 0: treated at once, lost in its twelfth review
        *life(0, 1.0, row(1.0, ev.TREATED, 0, 0, 0, 100), review(0, 13.0), row(13.0, ev.CANCELLED, 0, 12, -100)),
        # 1: of mid and in time; called after its twelfth review, then lost
        *life(1, 3.0, review(1, 15.0), row(16.0, ev.TREATED, 1, 1, 0, 100), row(17.0, ev.CANCELLED, 1, 14, -100)),
        # 2: lost, won back, and called only then
        *life(2, 2.0, row(5.0, ev.CANCELLED, 2, 3, -100, 0, stage=3), row(6.0, ev.WIN_BACK_TRIED, 2, 0, stage=3)),
        row(6.0, ev.RETURNED, 2, 1, 100, 100), row(7.0, ev.TREATED, 2, 1, 0, 100), review(2, 18.0),
        # 3: of mid, but it signed up when the programme was over
        *life(3, 5.0),
        # 4: there before; 5: referred; 7: too late for the first year
        opening(4, 100), *life(5, 4.0), *life(7, 12.5),
    ]  # fmt: skip
    read = first_year(
        log_of(rows, 8, referred=(5,), sign_up_at=[1, 3, 2, 5, 0, 4, 0, 12.5]), [TREATS, CALLS, ALL_OF_MID]
    )
    assert read.account.tolist() == [0, 1, 2, 3]
    assert read.lost.tolist() == [True, False, True, False]
    assert read.reached.tolist() == [
        [True, False, False], [False, False, True], [False, False, False], [False, False, False],
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_cohort_is_that_of_logo_churn_12m(seed: int) -> None:
    log = random_log(seed)
    table, read = monthly(log, value), first_year(log, [TREATS])
    assert len(read.account) == table.of("cohort").sum()
    assert read.lost.sum() == table.of("cohort_lost").sum()
    assert read.reached.all()


def test_a_log_without_sign_ups_has_nobody() -> None:
    read = first_year(log_of([opening(0, 100)], 1), [TREATS, CALLS])
    assert (read.account.shape, read.reached.shape) == ((0,), (0, 2))


@pytest.fixture(scope="module")
def small() -> Scenario:
    world = scaled(Scenario.load("b2b-saas"), 60)
    changes = {"arrivals.history_months": 6, "horizon_months": 24, "churn.onboarding_base": 0.05}
    return with_values(world, changes)


@pytest.fixture(scope="module")
def study(small: Scenario) -> Comparison:
    # the alternative keeps what the baseline does, at another place in its list
    baseline = small.with_("support-staff")
    other = small.with_("formal-onboarding", start=3, coverage=0.5)
    both = replace(other, interventions=(*other.interventions, *baseline.interventions))
    return compare(baseline, both, replications=4, seed=3, workers=1, names=["half"])


def test_reached_is_the_effect_among_those_treated_in_the_alternative(study: Comparison) -> None:
    shares, numbers = [], []
    for number in range(study.n):
        logs = [cx.simulate(run.scenario, seed=3, replication=number) for run in (study.baseline, study.named("half"))]
        fates = []
        for log in logs:
            frame, roster = log.frame(), log.accounts()
            frame = frame[frame["time"] >= 0]
            new = frame[(frame["kind"] == "signed_up") & (frame["time"] < 12)]["account"]
            new = new[~new.isin(roster[roster["referred"] != 0]["account"])]
            ends = frame[(frame["kind"] == "review") & (frame["item"] == 12)].groupby("account")["time"].first()
            left = frame[frame["kind"].isin(["cancelled", "lapsed"])].groupby("account")["time"].first()
            fates.append({a: left.get(a, np.inf) <= min(ends.get(a, np.inf), 1e9) for a in new})
        treated = set(frame[(frame["kind"] == "treated") & (frame["item"] == 0)]["account"])
        them = [a for a in fates[0] if a in fates[1] and a in treated]
        numbers.append(len(them))
        shares.append([np.mean([arm[a] for a in them]) for arm in fates])
    effect, expected = study.reached("half"), np.mean(shares, axis=0)
    assert 0 < study.n_reached("half") == np.mean(numbers)
    assert (effect.baseline, effect.alternative) == pytest.approx(tuple(expected))
    assert effect.difference == pytest.approx(expected[1] - expected[0])
    assert effect.low is not None
    assert effect.low <= effect.difference <= effect.high  # type: ignore[operator]
    said = f.among(study)
    assert said.startswith("Among the ")
    assert "new accounts it reached" in said
    assert "churn within 12 months" in said


def test_where_nobody_is_reached_there_is_a_reason(small: Scenario) -> None:
    late = compare(small, small.with_("formal-onboarding", start=18), replications=2, seed=1, workers=1)
    row_ = late.reached_row()
    assert row_["difference"] is None
    assert row_["low"] is None
    assert row_["accounts"] == 0.0
    assert "no account of the first year was reached" in row_["reason"]
    assert "no account of the first year was reached" in f.among(late)
    short = small.set("horizon_months", 6)
    cut = compare(short, short.with_("formal-onboarding"), replications=2, seed=1, workers=1)
    assert cut.reached().difference is None
    assert "24 months" in cut.reached().reason
    assert f.among(cut) == ""


def test_a_lever_for_everyone_reaches_all_who_sign_up_while_it_runs(small: Scenario) -> None:
    plain = with_values(small, {"arrivals.word_of_mouth": 0})
    staff = compare(plain, plain.with_("support-staff"), replications=2, seed=1, workers=1)
    effect, whole = staff.reached(), staff.effect("logo_churn_12m")
    assert (effect.baseline, effect.alternative) == pytest.approx((whole.baseline, whole.alternative))


def test_every_owner_has_its_share_of_experience(small: Scenario, study: Comparison) -> None:
    rows = study.baseline.experience_by_owner()
    assert {row_["owner"] for row_ in rows} == set(ev.OWNERS)
    assert sum(row_["mean"] for row_ in rows) == pytest.approx(1.0)
    shares = []
    for number in range(study.n):
        frame = experience_by_owner(cx.simulate(study.baseline.scenario, seed=3, replication=number))
        shares.append(float(frame.set_index("owner").loc["success", "share"]))
    (own,) = (row_ for row_ in rows if row_["owner"] == "success")
    assert own["mean"] == pytest.approx(np.mean(shares))
    assert own["low"] < own["mean"] < own["high"]
    said = f.ownership(study.baseline)
    assert said.startswith(f"Of all that moved experience, success controls {100 * own['mean']:.1f} % (95 % interval ")
    assert all(owner in said for owner in ev.OWNERS)
    one = Run("one", small, 3, 24, study.baseline.replications[:1])
    assert all(row_["reason"] == "one replication has no interval" for row_ in one.experience_by_owner())


@pytest.mark.parametrize(
    ("ratio", "said"), [(3.0, "about 6.0 is possible: 50 % of it"), (6.6, "all of it"), (5.99, "all of it")]
)
def test_what_pairing_gained_is_never_more_than_all(
    ratio: float, said: str, study: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comparison, "variance_ratio", lambda *_: (ratio, 6.0))
    sentence = f.pairing(study)
    assert said in sentence
    assert "at most" not in sentence
    assert sentence.count(". ") == 0
