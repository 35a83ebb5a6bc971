"""One short story, bit for bit. It claims nothing: it says that something changed.

After a change of the model that was meant, print the new digest and put it here:
    python -m pytest tests/engines/test_engine_golden.py
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from stories import Row, candidate, run

from cxsim import events
from cxsim.eventlog import COLUMNS, digest
from cxsim.scenario import Scenario

GOLDEN = "c77a3e2611a37d02fefa8d46821c46486486493ba43bd86d57de75a50847a1c7"


def _digest(rows: list[Row]) -> str:
    table = np.array(rows, dtype=list(COLUMNS.items()))
    return digest({name: table[name] for name in COLUMNS}, COLUMNS)


def test_a_short_story_is_told_as_it_was(engine: str, make_world: Callable[..., Scenario]) -> None:
    world = (
        make_world(
            {
                "arrivals.history_months": 0,
                "arrivals.referral_ceiling_share": 0.0,
                "teams.onboarding_headcount": 1,
                "teams.success_headcount": 1,
                "teams.support_headcount": 1,
                "churn.value_base": 0.1,
                "adoption.outage_rate": 0.5,
            }
        )
        .with_("formal-onboarding", start=1)
        .with_("proactive-outreach", bands=[], start=2)
    )
    roster = [
        candidate(a, a / 8.0, term=(1, 12)[a % 2], touch=a % 3, frailty=0.5 + a / 8.0, fit=0.6 + a / 16.0)
        for a in range(9)
    ]
    rows = run(engine, world, roster, seed=2026)
    assert len(rows) > 300
    assert {row[1] for row in rows} >= {
        events.REVIEW,
        events.TICKET_SOLVED,
        events.WENT_LIVE,
        events.OUTAGE,
        events.REACHED_OUT,
    }
    assert _digest(rows) == GOLDEN
