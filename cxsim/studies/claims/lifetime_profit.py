"""Claim (b): five per cent more retention raises profit by 25 to 95 %."""

from __future__ import annotations

import math
from typing import Final

from cxsim.parameters import Source
from cxsim.readings.lifetime import lifetime_value
from cxsim.studies.answers import Run
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import ASSUMED, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.firms import FIRM, cohort_only, firm, hazard_of
from cxsim.studies.claims.intervals import Told, jackknife
from cxsim.studies.pairs import Reals, mean_interval

POINTS: Final = 0.05
FROM: Final = (0.60, 0.70, 0.80, 0.85, 0.90)
STEPS: Final = (0.0, 0.05, 0.10)
COSTS: Final = (0.0, 0.5, 1.0, 1.5, 2.0)
RETENTION, STEP, COST = (
    Axis("yearly retention before", "share"),
    Axis("margin growing a year by", "share"),
    Axis("cost to acquire", "years of margin"),
)
HORIZON: Final = 480
PER_MONTH: Final = 50.0
LEFT: Final = 1.0 / 30.0  # of a cohort, when its life is taken for known; `clv` projects the rest


def measure(ask: Ask) -> Answer:
    """One year of sign-ups followed to the end, at each retention and each growth of margin with tenure."""
    levels = sorted({round(level, 2) for start in FROM for level in (start, start + POINTS)})
    n, cells = ask.size(12, 4), []
    for step in STEPS:
        arms = [cohort_only(firm(level, step=step), per_month=PER_MONTH, horizon=_until(level)) for level in levels]
        worth = dict(zip(levels, (_worth(run) for run in ask.runs(arms, n)), strict=True))
        for start in FROM:
            for cost in COSTS:
                at = {RETENTION.name: start, STEP.name: step, COST.name: cost}
                before, after = worth[start], worth[round(start + POINTS, 2)]
                if mean_interval(before)[0] <= cost:
                    continue  # a customer who does not earn back what he cost has no profit to be raised
                cells.append(Cell(at, *_gain(before, after, cost), plausible=start >= 0.70))
    headline = next(cell for cell in cells if cell.at == {RETENTION.name: 0.90, STEP.name: 0.0, COST.name: 0.0})
    plain = [cell for cell in cells if cell.at[STEP.name] == 0.0 and cell.at[COST.name] == 0.0]
    rate = firm(FROM[0]).value("economics.discount_rate")
    formula = {start: _formula(start, rate) for start in FROM}
    dear = next(cell for cell in cells if cell.at == {RETENTION.name: 0.80, STEP.name: 0.0, COST.name: 1.5})
    finding = (
        f"Five points more retention are worth {100 * plain[0].value:.0f} to {100 * plain[-1].value:.0f} % of a new "
        f"customer's lifetime profit (from {100 * FROM[0]:g} and from {100 * FROM[-1]:g} %) where acquisition is left "
        f"out and the margin stays. What it cost to win the customer raises this most: from 80 %, with 1.5 years of "
        f"margin spent, it is {100 * dear.value:.0f} %. The textbook formula begins with the first renewal and gives "
        f"{100 * formula[FROM[0]]:.0f} to {100 * formula[FROM[-1]]:.0f} %."
    )
    beside = tuple(
        Beside(f"by formula m·r/(1 + i − r), from {100 * start:g} %", gain, gain, gain, "share", ASSUMED)
        for start, gain in formula.items()
    )
    return Answer(headline, tuple(cells), finding, beside)


def _until(retention: float) -> int:
    """Months until few are left, so that some are: a cohort that is gone has no last year to project from."""
    return min(HORIZON, math.ceil(math.log(LEFT) / -hazard_of(retention)))


def _worth(run: Run) -> Reals:
    """Lifetime value per sign-up, in years of its first margin."""
    margin = run.scenario.value("economics.gross_margin") * 12.0
    return run.values("clv") / (run.scenario.value("segments.mrr_median", FIRM) * margin)


def _gain(before: Reals, after: Reals, cost: float) -> Told:
    """Relative gain of lifetime value less the cost to acquire, both in years of margin."""
    return jackknife(lambda old, new: (new.mean() - cost) / (old.mean() - cost) - 1.0, before, after)


def _formula(retention: float, rate: float) -> float:
    before, after = (
        lifetime_value(1.0, retention=level, discount_rate=rate) for level in (retention, retention + POINTS)
    )
    return after / before - 1.0


CLAIM = Claim(
    id="b",
    words="retaining 5 % more raises profit 25–95 %",
    short="+5 points of retention = +25–95 % of profit",
    quoted="25–95 %",
    quoted_low=0.25,
    quoted_high=0.95,
    tolerance=0.005,
    rule="percentage points of yearly retention, and lifetime profit per customer, as in the original; whole per cents",
    source=Source(
        "Reichheld & Sasser 1990: 5 points (10 % to 5 % defection) on lifetime profit per customer, by industry: 85 % "
        "bank branches, 50 % insurance brokerage, 30 % auto service, 35 % software (second-hand)"
    ),
    estimand=Estimand(
        "gain of a new customer's lifetime profit for five points of yearly retention",
        "share",
        ASSUMED,
        ("retains-95", "retains-80"),
    ),
    population="customers of one year of sign-ups, all alike, followed to the end of their lives",
    horizon_months=HORIZON,
    axes=(COST, RETENTION, STEP),
    put_in=(
        "retention, before and five points higher, what it costs to acquire, how the margin grows with tenure, "
        "discounting at 12 %; the rest is arithmetic, so nothing is learnt here about how retention is raised or what "
        "raising it costs"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
