"""Small worlds, seeds and engines that the tests share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from cxsim.engines import ENGINES
from cxsim.scenario import Scenario, with_values

settings.register_profile(
    "cxsim", derandomize=True, deadline=None, max_examples=60, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("cxsim")

WorldMaker = Callable[..., Scenario]

# numbers that leave nothing but sign-ups, reviews and what a test switches on again
QUIET: Mapping[str, float] = {
    "arrivals.season_amplitude": 0.0, "arrivals.word_of_mouth": 0, "arrivals.referral_ceiling_share": 0.0,
    "arrivals.history_months": 0, "segments.frailty_variance": 0.0,
    "adoption.ticket_rate": 0.0, "adoption.ticket_ceiling": 0.01, "adoption.outage_rate": 0.0,
    "churn.onboarding_base": 0.0, "churn.relationship_base": 0.0, "churn.service_base": 0.0, "churn.value_base": 0.0,
    "churn.competition_base": 0.0, "churn.price_base": 0.0, "churn.involuntary_base": 0.0,
    "churn.onboarding_slope": 0.0, "churn.relationship_slope": 0.0, "churn.service_slope": 0.0,
    "churn.value_slope": 0.0, "churn.competition_slope": 0.0, "churn.price_slope": 0.0,
    "churn.switching": 0.0, "churn.onboarding_fade": 1200.0, "churn.value_patience": 0.0, "churn.price_quote": 0.0,
    "contract.price_step": 0.0, "contract.talk_lead": 0,
    "growth.expansion_happy": 0.0, "growth.expansion_open": 0.0, "growth.expansion_risk": 0.0,
    "growth.contraction_rate": 0.0, "growth.purchase_happy": 0.0, "growth.purchase_else": 0.0,
    "growth.seats_mean": 0.0, "growth.seats_by_outcome": 0.0, "growth.seats_sd": 0.0, "growth.win_back_share": 0.0,
    "outcome.champion_rate": 0.0, "teams.attrition": 0.0, "health.survey_cadence": 36,
    "adoption.cadence_named": 36, "adoption.cadence_pooled": 36, "adoption.cadence_digital": 36,
    "onboarding.milestones": 1, "onboarding.give_up": 0.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def store_places() -> itertools.count[int]:
    """Numbers of the stores of tests; none is made before it is used."""
    return itertools.count()


@pytest.fixture(autouse=True)
def _store_of_its_own(
    store_places: itertools.count[int], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test writes to the user's store, or finds what another has run."""
    place = tmp_path_factory.getbasetemp() / "stores" / str(next(store_places))
    monkeypatch.setenv("CXSIM_STORE", str(place))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def make_world(tmp_path_factory: pytest.TempPathFactory) -> WorldMaker:
    """A maker of worlds: `make_world({"a.b": 1.0}, segments=("one", "two"), horizon=24, quiet=True)`."""
    folder = tmp_path_factory.mktemp("worlds")

    def make(
        changes: Mapping[str, Any] | None = None,
        *,
        segments: tuple[str, ...] = ("only",),
        horizon: int = 24,
        quiet: bool = False,
    ) -> Scenario:
        path = Path(folder) / f"{'-'.join(segments)}.toml"
        if not path.exists():
            path.write_text("".join(f"[segments.{name}]\n" for name in segments), encoding="utf-8")
        numbers = {"horizon_months": horizon, **(QUIET if quiet else {}), **(changes or {})}
        return with_values(Scenario.load(path), numbers)

    return make


@pytest.fixture(scope="session")
def small_world(make_world: WorldMaker) -> Scenario:
    """Two segments, some sixty accounts, everything switched on, a history of one year."""
    return make_world(
        {
            "arrivals.per_month": 2.5, "arrivals.history_months": 12, "adoption.outage_rate": 0.3,
            "segments.one.term_1_share": 0.6, "segments.touch_digital_share": 0.3,
            "adoption.digital_share": 0.3, "growth.win_back_share": 0.8, "growth.win_back_success": 0.5,
            "growth.win_back_delay": 2.0, "churn.involuntary_base": 0.02, "churn.onboarding_base": 0.03,
            "teams.onboarding_headcount": 2, "teams.success_headcount": 1, "teams.support_headcount": 1,
            "teams.attrition": 0.1, "onboarding.give_up": 0.2,
        },
        segments=("one", "two"),
        horizon=18,
    )  # fmt: skip
