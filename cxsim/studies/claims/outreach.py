"""Claim (e): eleven per cent of churn is avoidable by simple outreach."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim.parameters import Source
from cxsim.parameters.citations import ASCARZA_2016, MATOS_2018
from cxsim.scenario import Scenario
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import ASSUMED, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.intervals import Told, jackknife, ratio_of_means
from cxsim.studies.ledger import CAME, STAYED_AWAY, Ledger, ledger
from cxsim.studies.pairs import Reals

WORLDS: Final = ("b2b-saas", "smb-monthly")
LEVER: Final = "proactive-outreach"
WAKES: Final = (0.0, 0.039)  # none added, and the jump of the field experiment in which advice did harm
PEOPLE: Final = 4
WORLD, WAKE, STAFF = Axis("world"), Axis("a call wakes"), Axis("success team")
NOBODY, SOME = "hardly anybody", "as in the experiment that did harm"
AS_IS, MORE = "as it is", f"{PEOPLE} more people"


def measure(ask: Ask) -> Answer:
    """Every account's two fates side by side: who leaves and whose twin stays, who stays and whose twin leaves."""
    cells, beside = [], []
    for world in WORLDS:
        own = Scenario.load(world).set("horizon_months", 24)
        for staff in (AS_IS, MORE):
            people = own.value("teams.success_headcount") + (PEOPLE if staff == MORE else 0)
            base = own.set("teams.success_headcount", int(people))
            for wake in WAKES:
                called = base.with_(LEVER, wake=wake)
                told = ledger(
                    base, alternative=called, replications=ask.size(40, 4), seed=ask.seed, progress=ask.progress
                )
                left, saved, harmed = _counts(told)
                at = {WORLD.name: world, STAFF.name: staff, WAKE.name: SOME if wake else NOBODY}
                cells.append(Cell(at, *jackknife(ratio_of_means, saved - harmed, left)))
                where = f"{world}, team {staff}, a call wakes {SOME if wake else NOBODY}"
                beside += [
                    Beside(f"{where}: leavers whose twin stays", *_share(saved, left), "share", ASSUMED),
                    Beside(
                        f"{where}: stayers whose twin leaves, over leavers", *_share(harmed, left), "share", ASSUMED
                    ),
                ]
    headline = cells[0]
    worst = min(cells, key=lambda cell: cell.value)
    finding = (
        f"Of those who leave {WORLDS[0]} within two years, outreach keeps {100 * beside[0].value:.1f} %, and it loses "
        f"others that would have stayed ({100 * beside[1].value:.1f} % of the number of leavers): "
        f"{100 * headline.value:.1f} % net [{100 * headline.low:.1f}, {100 * headline.high:.1f}]. "
        f"Where a call wakes those who sleep, as in the experiment that did harm, it comes to "
        f"{100 * worst.value:.1f} % net at worst ({worst.at[WORLD.name]}, team {worst.at[STAFF.name]})."
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


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
    axes=(WORLD, WAKE, STAFF),
    put_in=(
        "the chance that a call wins over an account that means to leave, by cause (8 to 30 %, set near the "
        "experiment), and how far a call wakes a sleeping one; whom a call reaches in time, and what is left of the "
        "chance, come out"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
