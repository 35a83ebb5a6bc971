"""Claim (h): the sum of experiences plus the change in support results is proportional to successful experiences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.parameters import Source
from cxsim.readings.experience import successful_experience
from cxsim.scenario import Scenario
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import EMERGENT, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.figures import Figures
from cxsim.studies.claims.intervals import jackknife, of_mean
from cxsim.studies.pairs import Reals
from cxsim.studies.quantities import interval

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

WORLDS: Final = ("b2b-saas", "smb-monthly", "membership")
WORLD, OVER = Axis("world"), Axis("taken over")
ACCOUNTS, MONTHS, BOTH = "accounts", "months", "accounts and months"
PAIR: Final = ["index", "sx", "moments"]


def measure(ask: Ask) -> Answer:
    """Straight lines of SX on the index, and where they meet the axis: a proportional one meets it at nothing."""
    cells, beside = [], []
    for world in WORLDS:
        scenario = Scenario.load(world).set("horizon_months", 24)
        told = np.array(ask.logs(scenario, ask.size(12, 3), lines))
        for place, over in enumerate((ACCOUNTS, MONTHS, BOTH)):
            nil, correlation, per_moment = told[:, 3 * place : 3 * place + 3].T
            cells.append(Cell({WORLD.name: world, OVER.name: over}, *of_mean(nil)))
            for what, values in (
                ("correlation", correlation),
                ("correlation of both per moment", per_moment),
            ):
                told_of = jackknife(np.mean, values, correlation=True)
                beside.append(Beside(f"{world}, over {over}: {what}", *told_of, "correlation", EMERGENT))
    headline = next(cell for cell in cells if cell.at == {WORLD.name: WORLDS[0], OVER.name: BOTH})
    plain = [one for one in beside if one.what.endswith(": correlation")]
    per = [one for one in beside if one.what.endswith("per moment")]
    left = [cell.value for cell in cells]
    finding = (
        f"The two go together (correlation {min(one.value for one in plain):.2f} to "
        f"{max(one.value for one in plain):.2f}). Were they proportional, none would be left where the index is nil. "
        f"Left are {100 * headline.value:.0f} % of the mean in {WORLDS[0]} over accounts and months; over the sweep "
        f"{interval(min(left), max(left), 'share', signed=False)}. Both also grow with the "
        f"mere number of moments; per moment the correlation is {min(one.value for one in per):.2f} to "
        f"{max(one.value for one in per):.2f}."
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


def lines(log: EventLog) -> Figures:
    """Three figures (`_line`) over accounts (their means), over months (the company's means), and over both."""
    rows = successful_experience(log)
    rows = rows[rows["moments"] > 0].assign(index=lambda d: d["sum_cx"] + d["delta_cs"])
    means = [rows.groupby(by)[PAIR].mean() for by in ("account", "month")]
    return tuple(figure for some in (*means, rows[PAIR]) for figure in _line(some))


def _line(rows: pd.DataFrame) -> tuple[float, float, float]:
    """SX where the index is nil over mean SX, by least squares; the correlation; that of both per moment."""
    index, sx, moments = (rows[name].to_numpy(dtype=np.float64) for name in PAIR)
    _, nil = np.polyfit(index, sx, 1)
    return float(nil / sx.mean()), _correlation(index, sx), _correlation(index / moments, sx / moments)


def _correlation(x: Reals, y: Reals) -> float:
    return float(np.corrcoef(x, y)[0, 1])


CLAIM = Claim(
    id="h",
    words=(
        "ΣCx + δCs ∝ SX: the sum of experiences plus the change in support results is proportional to successful "
        "experiences"
    ),
    short="ΣCx + δCs ∝ SX",
    quoted="proportional: none where the index is nil",
    quoted_low=0.0,
    quoted_high=0.0,
    tolerance=0.1,
    rule="a proportional line passes through nothing; a tenth of mean SX either way counts (assumption)",
    source=Source("one author's formula; no measurement given"),
    estimand=Estimand("SX where ΣCx + δCs is nil, as a share of mean SX", "share", EMERGENT, WORLDS),
    others=(Estimand("correlation of SX with ΣCx + δCs", "correlation", EMERGENT, WORLDS),),
    population="accounts at month-ends of 24 months, sums over three months",
    horizon_months=24,
    axes=(WORLD, OVER),
    put_in=(
        "what counts as a moment and how it is scored (0 to 10), that a success is a moment of 7 or more, and that "
        "experiences are counted from the middle of the scale; both sides are sums over the same moments"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
