"""Claim (i): the vendor with the highest CO + CX is the most successful in the long run."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from cxsim.parameters import Source, by_path
from cxsim.readings.outcomes import multiple
from cxsim.readings.values import economics_of
from cxsim.scenario import Scenario, with_values
from cxsim.scenario.fields import place_of
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import EMERGENT, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.figures import Figures
from cxsim.studies.claims.intervals import jackknife
from cxsim.studies.pairs import Reals
from cxsim.tally import MICRO, MonthlyTable

WORLDS: Final = ("b2b-saas", "smb-monthly")
YEARS: Final = (1, 3, 5, 10)
RIVALS: Final = 5
# what customers live through: half the width of what is drawn, evenly, round the world's own value
LIVED: Final = {
    "experience.product_ease": 1.2,
    "experience.support_quality": 1.0,
    "experience.milestone_quality": 1.0,
    "experience.check_in_quality": 1.0,
    "experience.human_warmth": 0.15,
    "adoption.solved_share": 0.06,
    "outcome.usage_ceiling": 0.12,
    "outcome.usage_growth": 0.12,
    "segments.fit_mean": 0.10,
    "segments.promise_mean": 0.08,
}
# what they do not: size of the market reached, and price; half the width of a factor
MARKET: Final = {"arrivals.per_month": 0.5, "segments.mrr_median": 0.3}
TEAMS: Final = ("teams.onboarding_headcount", "teams.success_headcount", "teams.support_headcount")
WORLD, AFTER, DIFFER = Axis("world"), Axis("after", "years"), Axis("vendors differ in")
ALIKE, UNLIKE = "what customers live through", "market and price as well"


def measure(ask: Ask) -> Answer:
    """Many vendors, each with its own numbers and its own luck: do those of high health end up worth most?"""
    n, cells, beside = ask.size(80, 20), [], []
    for world in WORLDS:
        base = Scenario.load(world)
        for differ in (ALIKE, UNLIKE):
            health, value = _vendors(ask, base, n, differ == UNLIKE)
            for k, years in enumerate(YEARS):
                at = {WORLD.name: world, DIFFER.name: differ, AFTER.name: float(years)}
                cells.append(Cell(at, *jackknife(rank_correlation, health[:, k], value[:, k], correlation=True)))
            beside.append(
                Beside(
                    f"{world}, vendors differ in {differ}: of {RIVALS} rivals, the one of highest health after a year "
                    f"is worth most after {YEARS[-1]}",
                    *jackknife(wins, health[:, 0], value[:, -1]), "share", EMERGENT,
                )
            )  # fmt: skip
    last = [cell for cell in cells if cell.at[AFTER.name] == YEARS[-1]]
    return Answer(last[0], tuple(cells), _finding(cells, beside), tuple(beside))


def _finding(cells: list[Cell], beside: list[Beside]) -> str:
    """First and last rank correlation, by what vendors differ in and by world."""
    said = []
    for differ in (ALIKE, UNLIKE):
        mine = [cell for cell in cells if cell.at[DIFFER.name] == differ]
        paths = [[c.value for c in mine if c.at[WORLD.name] == world] for world in WORLDS]
        told = " and ".join(f"from {path[0]:.2f} to {path[-1]:.2f}" for path in paths)
        wins = " and ".join(f"{100 * one.value:.0f} %" for one in beside if f"differ in {differ}:" in one.what)
        said.append(
            f"where vendors differ in {differ}, it goes {told}, and of {RIVALS} rivals the healthiest ends up worth "
            f"most in {wins} of draws"
        )
    return (
        f"Rank correlation of health with company value, after one year and after ten, in {' and '.join(WORLDS)}: "
        + "; ".join(said)
        + f" ({100 / RIVALS:.0f} % by chance)."
    )


def vendor(base: Scenario, draws: Reals, unlike: bool) -> Scenario:
    """A vendor with its own numbers.

    Parameters
    ----------
    base : Scenario
    draws : float array, shape (len(LIVED) + len(MARKET),)
        Uniform in (0, 1).
    unlike : bool
        Whether vendors differ in their market and price as well.
    """
    changes: dict[str, object] = {}
    known = by_path()
    for (path, half), u in zip(LIVED.items(), draws, strict=False):
        shift = (2.0 * u - 1.0) * half
        for segment in (None, *base.segments):
            if segment is None or path in base.segment_values.get(segment, ()):
                value = base.value(path, segment) + shift
                changes[place_of(path, segment or "")] = min(max(value, known[path].low), known[path].high)
    if unlike:
        market, price = (
            1.0 + (2.0 * u - 1.0) * half for half, u in zip(MARKET.values(), draws[len(LIVED) :], strict=True)
        )
        for segment in base.segments:
            for path, factor in zip(MARKET, (market, price), strict=True):
                changes[place_of(path, segment)] = base.value(path, segment) * factor
        # a vendor with twice the customers has twice the people
        changes |= {path: max(round(base.value(path) * market), 1) for path in TEAMS}
    return with_values(base, changes)


def _vendors(ask: Ask, base: Scenario, n: int, unlike: bool) -> tuple[Reals, Reals]:
    """Mean health and company value of each vendor after each number of years; shapes (n, len(YEARS))."""
    draws = np.random.Generator(np.random.Philox(key=[ask.seed, 1])).random((n, len(LIVED) + len(MARKET)))

    told = np.array(ask.tables([vendor(base, draw, unlike) for draw in draws], n, grown, 12 * YEARS[-1]))
    return told[:, : len(YEARS)], told[:, len(YEARS) :]


def grown(table: MonthlyTable, scenario: Scenario) -> Figures:
    """Mean health after each number of years, then company value."""
    economics = economics_of(scenario.value)
    active, health, arr = table.of("active"), table.of("health") / MICRO, 12.0 * table.of("mrr") / 100.0
    months = [12 * years for years in YEARS]
    worth = [arr[m] * multiple(economics, float(arr[m] / arr[m - 12]) - 1.0) for m in months]
    return (*(float(health[m] / active[m]) for m in months), *(float(one) for one in worth))


def rank_correlation(x: Reals, y: Reals) -> float:
    """Spearman's rank correlation."""
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).statistic)


def wins(health: Reals, value: Reals) -> float:
    """Share of all groups of rivals in which the healthiest is worth most.

    A vendor is both in as many groups as can be formed round it of those that are below it in both.
    """
    below = (health[None, :] < health[:, None]) & (value[None, :] < value[:, None])
    return sum(math.comb(int(k), RIVALS - 1) for k in below.sum(axis=1)) / math.comb(len(health), RIVALS)


CLAIM = Claim(
    id="i",
    words="the vendor with the highest CO + CX is the most successful in the long run",
    short="highest CO + CX wins in the long run",
    quoted="the highest is the most successful",
    quoted_low=0.7,
    quoted_high=1.0,
    tolerance=0.0,
    rule="rank correlation of .7 or more: health tells half of the differences in rank (assumption)",
    source=Source("argued, not measured"),
    estimand=Estimand(
        "rank correlation of mean health with company value over vendors", "correlation", EMERGENT, WORLDS
    ),
    population="vendors that differ in ten numbers of what customers live through, each with its own luck",
    horizon_months=12 * YEARS[-1],
    axes=(DIFFER, AFTER, WORLD),
    put_in=(
        "how much vendors differ, and in what; that outcome and experience move hazards and expansion at all is a law "
        "of the model, so that a positive sign is no discovery, while its size against luck and markets is"
    ),
    at_least=True,
    measure=measure,
)

__all__ = ["CLAIM", "measure", "rank_correlation", "vendor", "wins"]
