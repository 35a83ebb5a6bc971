"""Claim (e): eleven per cent of churn is avoidable by simple outreach."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np

from cxsim import events
from cxsim.parameters import Source, by_path
from cxsim.parameters.citations import ASCARZA_2016, MATOS_2018
from cxsim.scenario import Scenario, with_values
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import ASSUMED, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.intervals import Told, jackknife, ratio_of_means
from cxsim.studies.fates import CAME, STAYED_AWAY
from cxsim.studies.ledger import Ledger, ledger
from cxsim.studies.pairs import Reals
from cxsim.studies.quantities import MINUS

WORLDS: Final = ("b2b-saas", "smb-monthly")
LEVER: Final = "proactive-outreach"
WAKES: Final = (0.0, 0.039)  # none added, and the jump of the field experiment in which advice did harm
CALLED: Final[dict[str, tuple[str, ...]]] = {"those who look unwell": ("red", "amber"), "everybody": ()}
WORLD, WAKE, WHOM, CHANCE = Axis("world"), Axis("a call wakes"), Axis("called are"), Axis("a call wins over")
NOBODY, SOME = "hardly anybody", "as in the experiment that did harm"
ASSUMED_CHANCE, GREATER = "as assumed", "a spread more than assumed"
RESCUES: Final = tuple(f"contract.rescue_{cause}" for cause in events.CAUSES[: events.INVOLUNTARY])


def measure(ask: Ask) -> Answer:
    """Every account's two fates side by side: who leaves and whose twin stays, who stays and whose twin leaves."""
    cells, beside = [], []
    for world in WORLDS:
        base = Scenario.load(world).set("horizon_months", 24)
        for chance, whom, wake in itertools.product((ASSUMED_CHANCE, GREATER), CALLED, WAKES):
            without = base if chance == ASSUMED_CHANCE else with_values(base, _greater(base))
            told = ledger(
                without,
                alternative=without.with_(LEVER, wake=wake, bands=list(CALLED[whom])),
                replications=ask.size(24, 3),
                seed=ask.seed,
                progress=ask.progress,
                store=ask.store,
            )
            left, saved, harmed = _counts(told)
            at = {WORLD.name: world, CHANCE.name: chance, WHOM.name: whom, WAKE.name: SOME if wake else NOBODY}
            cells.append(Cell(at, *jackknife(ratio_of_means, saved - harmed, left)))
            if chance == ASSUMED_CHANCE:
                where = f"{world}, called are {whom}, a call wakes {at[WAKE.name]}"
                beside += [
                    Beside(f"{where}: leavers whose twin stays", *_share(saved, left), "share", ASSUMED),
                    Beside(
                        f"{where}: stayers whose twin leaves, over leavers", *_share(harmed, left), "share", ASSUMED
                    ),
                ]
    headline = cells[0]
    best, worst = (pick(cells, key=lambda cell: cell.value) for pick in (max, min))
    finding = (
        f"Of those who leave {WORLDS[0]} within two years, outreach keeps {100 * beside[0].value:.1f} %, and it loses "
        f"others that would have stayed ({100 * beside[1].value:.1f} % of the number of leavers): "
        f"{100 * headline.value:.1f} % net [{100 * headline.low:.1f}, {100 * headline.high:.1f}]. "
        f"The most in the sweep is {_told(best)}, the least {_told(worst)}."
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


def _told(cell: Cell) -> str:
    """A setting's net share, and which it is."""
    return (
        f"{100 * cell.value:.1f} % net ({cell.at[WORLD.name]}, called are {cell.at[WHOM.name]}, a call wakes "
        f"{cell.at[WAKE.name]} and wins over {cell.at[CHANCE.name]})"
    ).replace("-", MINUS if cell.value < 0 else "-", 1)


def _greater(base: Scenario) -> dict[str, object]:
    """Chances of winning over, each by what is not known about it greater."""
    known = by_path()
    return {path: min(base.value(path) + known[path].spread, known[path].high) for path in RESCUES}


def _counts(told: Ledger) -> tuple[Reals, Reals, Reals]:
    """Leavers without it, of them those who stay with it, and stayers who leave with it; one entry a replication.

    Of accounts that are customers in both; each has its first loss within the horizon, or none.
    """
    in_both = ~np.isin(told.fate, (CAME, STAYED_AWAY))
    leaves, leaves_then = np.isfinite(told.lost_without) & in_both, np.isfinite(told.lost_with) & in_both

    def count(chosen: np.ndarray) -> Reals:
        return np.bincount(told.replication[chosen], minlength=told.replications).astype(np.float64)

    return count(leaves), count(leaves & ~leaves_then), count(leaves_then & ~leaves)


def _share(part: Reals, whole: Reals) -> Told:
    return jackknife(ratio_of_means, part, whole)


CLAIM = Claim(
    id="e",
    words="11 % of churn is avoidable by simple outreach",
    short="outreach avoids 11 % of churn",
    quoted="11 %",
    quoted_low=0.11,
    quoted_high=0.11,
    tolerance=0.03,
    rule="net of those whom calls lose; three points either way, since the one field experiment near it is no surer",
    source=Source(
        "Kolsky, quoted in lists without a method; independent field experiment: " + MATOS_2018.text + " (−11.0 %); "
        "counter-case: " + ASCARZA_2016.text,
        MATOS_2018.url,
    ),
    estimand=Estimand(
        "share of leavers whose paired twin under outreach stays, less stayers whose twin leaves",
        "share",
        ASSUMED,
        WORLDS,
        (LEVER,),
    ),
    population="accounts that are customers at some time in 24 months, in both arms",
    horizon_months=24,
    axes=(WORLD, WAKE, WHOM, CHANCE),
    put_in=(
        "the chance that a call wins over an account that means to leave, by cause (8 to 30 %, set near the "
        "experiment), and how far a call wakes a sleeping one; whom a call reaches in time, and what is left of the "
        "chance, come out"
    ),
    near=(
        "the study in experiments/outreach has fewer leavers kept: there only those in the red are called, not the "
        "amber too, and accounts are followed for three years instead of two; what it kept stands beside what it lost, "
        "and is not net of it"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
