"""Common luck: how much it narrows the effect of formal onboarding, against the most that it can."""

from __future__ import annotations

import pytest

from cxsim.cli.demo import small
from cxsim.scenario import Scenario, with_values
from cxsim.studies import compare

TEAMS = ("teams.onboarding_headcount", "teams.success_headcount", "teams.support_headcount")


def _world(teams: float) -> Scenario:
    """b2b-saas with its teams in proportion or larger; 24 months, the shortest that the outcome allows.

    A ratio of variances over n replications is uncertain by about 2/√n however large each is, so: many small ones.
    """
    world = small(60)
    return with_values(world, {path: world.value(path) * teams for path in TEAMS} | {"horizon_months": 24})


@pytest.mark.slow
@pytest.mark.parametrize(("teams", "least"), [(1, 0.5), (5, 0.8)], ids=["contended", "ample"])
def test_common_luck_reaches_its_share_of_the_ceiling(teams: int, least: float) -> None:
    world = _world(teams)
    found = compare(world, world.with_("formal-onboarding"), replications=400, seed=7)
    ratio, ceiling = found.variance_ratio("logo_churn_12m")
    assert ratio is not None
    assert ceiling is not None
    print(f"teams x{teams}: variance divided by {ratio:.1f}, ceiling {ceiling:.1f}, share {ratio / ceiling:.2f}")
    assert ratio / ceiling >= least
