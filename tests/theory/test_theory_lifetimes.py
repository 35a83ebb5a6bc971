"""How long accounts stay, against closed forms: |estimate − theory| < 4 standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from stories import ACCOUNT, CAUSE, ITEM, KIND, TIME, candidate, of_kind, run

from cxsim import events
from cxsim.engines import simulate
from cxsim.scenario import Scenario

WorldMaker = Callable[..., Scenario]
# hazards do not depend on onboarding here; without specialists nothing is written about it
NO_ONBOARDING = {"teams.onboarding_headcount": 0, "onboarding.patience": 120.0}


def _first(rows: list[tuple], *kinds: int) -> dict[int, tuple]:
    found: dict[int, tuple] = {}
    for row in rows:
        if row[KIND] in kinds:
            found.setdefault(row[ACCOUNT], row)
    return found


def test_a_constant_hazard_gives_exponential_times_to_intent(engine: str, make_world: WorldMaker) -> None:
    h, n, horizon = 0.08, 1500, 24
    world = make_world({**NO_ONBOARDING, "churn.value_base": h}, quiet=True, horizon=horizon)
    rows = run(engine, world, [candidate(a, term=36) for a in range(n)])
    times = np.array([row[TIME] for row in _first(rows, events.INTENT).values()])
    exposure = times.sum() + horizon * (n - len(times))
    estimate = len(times) / exposure
    assert abs(estimate - h) < 4.0 * h / math.sqrt(len(times))
    # exact form: of those that came, the times are a truncated exponential
    u = -np.expm1(-h * times) / -math.expm1(-h * horizon)
    assert stats.kstest(u, "uniform").pvalue > 1e-4


def test_a_monthly_contract_loses_a_geometric_share_at_its_reviews(engine: str, make_world: WorldMaker) -> None:
    h, n, horizon = 0.1, 1500, 24
    world = make_world({**NO_ONBOARDING, "churn.value_base": h}, quiet=True, horizon=horizon)
    rows = run(engine, world, [candidate(a, 0.5, term=1) for a in range(n)])
    lost = np.array([row[TIME] - 0.5 for row in rows if row[KIND] == events.CANCELLED])
    assert np.array_equal(lost, np.round(lost))
    q = -math.expm1(-h)
    reviews = sum(row[KIND] == events.REVIEW for row in rows)
    # every review at which an account was still there was a trial; the losing ones write no review
    trials = reviews + len(lost)
    assert abs(len(lost) / trials - q) < 4.0 * math.sqrt(q * (1 - q) / trials)
    counts = np.array([(lost == k).sum() for k in range(1, 24)] + [n - len(lost)])
    expected = n * np.array([q * (1 - q) ** (k - 1) for k in range(1, 24)] + [(1 - q) ** 23])
    assert stats.chisquare(counts, expected).pvalue > 1e-4


def test_gamma_frailty_gives_rising_retention_in_closed_form(engine: str, make_world: WorldMaker) -> None:
    h, v, n = 0.15, 1.0, 2500
    world = make_world(
        {**NO_ONBOARDING, "churn.value_base": h, "segments.frailty_variance": v, "segments.term_36_share": 1.0,
         "segments.term_24_share": 0.0},
        quiet=True, horizon=21,
    ).set("arrivals.series.only", [float(n)] + [0.0] * 20)  # fmt: skip
    log = simulate(world, seed=3, engine=engine)
    born = dict(zip(log.roster["account"].tolist(), log.roster["sign_up_at"].tolist(), strict=True))
    n = len(born)
    chosen = of_kind(log, events.INTENT)
    first: dict[int, float] = {}
    for account, time in zip(
        log.columns["account"][chosen].tolist(), log.columns["time"][chosen].tolist(), strict=True
    ):
        first.setdefault(account, time - born[account])
    ages = np.array(sorted(first.values()))

    def survival(t: float) -> float:
        return (1.0 + v * h * t) ** (-1.0 / v)

    alive = np.array([1.0 - (ages <= t).sum() / n for t in range(21)])
    for t in range(1, 21):
        s = survival(t)
        assert abs(alive[t] - s) < 4.0 * math.sqrt(s * (1 - s) / n), t
    # retention rises although nobody changes
    early, late = alive[4] / alive[0], alive[20] / alive[16]
    error = math.sqrt(early * (1 - early) / n + late * (1 - late) / (alive[16] * n))
    assert late - early > 4.0 * error
    assert abs(late - survival(20) / survival(16)) < 4.0 * error


BASES = {
    "onboarding": 0.020, "relationship": 0.015, "service": 0.012, "value": 0.010, "competition": 0.008, "price": 0.006,
    "involuntary": 0.009,
}  # fmt: skip


def _shares(bases: dict[str, float], months: int) -> np.ndarray:
    """Chance that each cause comes first before the horizon: Σ_k S_k·(1 − e^{−H_k})·h_ck/H_k, month by month."""
    shares, alive = np.zeros(7), 1.0
    for k in range(months):
        h = np.array([bases[c] for c in events.CAUSES])
        h[events.BY_ONBOARDING] *= math.exp(-k / 1200.0)  # the longest fade that may be declared
        total = h.sum()
        shares += alive * -math.expm1(-total) * h / total
        alive *= math.exp(-total)
    return shares


@pytest.fixture(scope="module")
def causes(make_world: WorldMaker) -> Callable[[str, str], tuple[np.ndarray, np.ndarray]]:
    """Shares of first causes, by cause, over accounts; with one cause removed where asked for."""
    made: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
    n, months = 2500, 24

    def of(engine: str, removed: str) -> tuple[np.ndarray, np.ndarray]:
        if (engine, removed) not in made:
            bases = {c: 0.0 if c == removed else h for c, h in BASES.items()}
            world = make_world(
                {**NO_ONBOARDING, **{f"churn.{c}_base": h for c, h in bases.items()}}, quiet=True, horizon=months
            )
            rows = run(engine, world, [candidate(a, term=36) for a in range(n)])
            first = _first(rows, events.INTENT, events.PAYMENT_FAILED)
            which = [row[CAUSE] if row[KIND] == events.INTENT else events.INVOLUNTARY for row in first.values()]
            made[engine, removed] = np.bincount(which, minlength=7) / n, _shares(bases, months)
        return made[engine, removed]

    return of


@pytest.mark.parametrize("removed", ["", "onboarding", "service", "involuntary"])
def test_constant_causes_share_the_losses_as_competing_risks_do(
    removed: str, engine: str, causes: Callable[[str, str], tuple[np.ndarray, np.ndarray]]
) -> None:
    seen, exact = causes(engine, removed)
    error = np.sqrt(exact * (1 - exact) / 2500)
    assert np.all(np.abs(seen - exact) <= 4.0 * error)
    total, lost = seen.sum(), exact.sum()
    assert abs(total - lost) < 4.0 * math.sqrt(lost * (1 - lost) / 2500)


def test_removing_a_cause_saves_less_than_its_share(
    engine: str, causes: Callable[[str, str], tuple[np.ndarray, np.ndarray]]
) -> None:
    (seen, exact), (without, exact_without) = causes(engine, ""), causes(engine, "onboarding")
    saved, share = seen.sum() - without.sum(), seen[events.BY_ONBOARDING]
    assert exact.sum() - exact_without.sum() < exact[events.BY_ONBOARDING]
    assert 0.0 < saved < share


def test_intents_of_one_cause_are_a_poisson_process_of_its_accumulated_hazard(
    engine: str, make_world: WorldMaker
) -> None:
    """Payments that fail and recover do not end a stay: their number in t months is Poisson with mean h·t."""
    h, n, months = 0.15, 1000, 20
    world = make_world(
        {**NO_ONBOARDING, "churn.involuntary_base": h, "contract.recovery_share": 1.0, "contract.dunning": 0.0},
        quiet=True, horizon=months,
    )  # fmt: skip
    rows = run(engine, world, [candidate(a, term=36) for a in range(n)])
    failed = np.bincount([row[ACCOUNT] for row in rows if row[KIND] == events.PAYMENT_FAILED], minlength=n)
    mean = h * months
    # a second point of the same month comes at the next review: of the last month's, h²/2 are not yet there
    assert abs(failed.mean() - (mean - h * h / 2)) < 4.0 * math.sqrt(mean / n)
    assert abs(failed.var() / mean - 1.0) < 4.0 * math.sqrt(2.0 / n)
    assert len({(row[ACCOUNT], row[ITEM]) for row in rows if row[KIND] == events.PAYMENT_FAILED}) == failed.sum()
