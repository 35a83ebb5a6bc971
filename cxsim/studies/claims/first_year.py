"""Claim (g): a company can lose over half of its customers in the first year."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim import events
from cxsim.parameters import Source
from cxsim.scenario import Scenario, with_values
from cxsim.scenario.fields import place_of
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import CALIBRATED, EMERGENT, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.intervals import Told, of_mean
from cxsim.studies.pairs import Reals

WORLDS: Final = ("b2b-saas", "smb-monthly", "enterprise")
HEADLINE: Final = "smb-monthly"
SOCIETY_LIKE: Final = "membership"  # set to the yearly retention of the society that the claim is quoted with
VARIANCES: Final = (0.0, 1.0, 2.5, 5.0)
LEVELS: Final = (0.5, 1.0, 2.0, 4.0)
WORLD, LEVEL, VARIANCE = Axis("world"), Axis("hazards", "times those of the world"), Axis("variance of frailty")
FRAILTY: Final = "segments.frailty_variance"
SOCIETY: Final = 0.78  # yearly retention of all members of the society that lost 59 % of its new ones


def measure(ask: Ask) -> Answer:
    """First-year loss beside the yearly retention of all accounts: how much of a high loss does retention hide?"""
    cells, beside, loyal, size = [], [], [], ask.size(8, 3)
    for world in WORLDS:
        base = Scenario.load(world).set("horizon_months", 24)
        own = base.value(FRAILTY)
        asked = [(level, variance) for level in LEVELS for variance in sorted({own, *VARIANCES})]
        arms = [varied(base, level, variance) for level, variance in asked]
        for (level, variance), run in zip(asked, ask.runs(arms, size), strict=True):
            loss, churn = run.values("logo_churn_12m"), run.values("logo_churn_annual")
            at = {WORLD.name: world, LEVEL.name: level, VARIANCE.name: variance}
            cell = Cell(at, *_share(loss), plausible=(level, variance) == (1.0, own))
            cells.append(cell)
            if cell.plausible:
                beside.append(_kept(world, churn))
            if cell.low > 0.5:
                loyal.append((1.0 - float(churn.mean()), cell))
    found = [cell for cell in cells if cell.plausible]
    best, where = max(loyal, key=lambda one: one[0], default=(0.0, found[0]))
    (like,) = ask.runs([Scenario.load(SOCIETY_LIKE).set("horizon_months", 24)], size)
    society = [
        Beside(f"{SOCIETY_LIKE}: first-year loss", *_share(like.values("logo_churn_12m")), "share", CALIBRATED),
        _kept(SOCIETY_LIKE, like.values("logo_churn_annual")),
    ]
    finding = f"{_lost(found, beside)} {_hidden(best, where, bool(loyal))} {_society(society)}"
    headline = next(cell for cell in found if cell.at[WORLD.name] == HEADLINE)
    return Answer(headline, tuple(cells), finding, (*beside, *society))


def _share(loss: Reals) -> Told:
    """Mean with its interval; more than everybody cannot be lost, whatever a t interval says."""
    value, low, high = np.clip(of_mean(loss), 0.0, 1.0).tolist()
    return value, low, high


def _kept(world: str, churn: Reals) -> Beside:
    """Of all accounts; to this, or to revenue or monthly churn that say much the same, the level of hazards was set."""
    return Beside(f"{world}: yearly retention of all accounts", *of_mean(1.0 - churn), "share", CALIBRATED)


def _lost(found: list[Cell], beside: list[Beside]) -> str:
    """First-year loss of each world, and in how many it is over half."""
    told = ", ".join(
        f"{100 * cell.value:.0f} % in {cell.at[WORLD.name]} (all accounts: {100 * (1.0 - one.value):.0f} % a year)"
        for cell, one in zip(found, beside, strict=True)
    )
    many = sum(cell.low > 0.5 for cell in found)
    if not many:
        return f"First-year loss is {told}: in none of {len(found)} worlds over half for sure."
    return f"First-year loss is {told}: over half in {many} of {len(found)} worlds, so that it can be, and need not."


def _society(told: list[Beside]) -> str:
    """The world that was set to the claim's own example."""
    loss, kept = told
    return (
        f"The society that lost 59 % of its new members kept {100 * SOCIETY:.0f} % of all; set to such a retention "
        f"({100 * kept.value:.0f} %), {SOCIETY_LIKE} loses {100 * loss.value:.0f} % of its new ones."
    )


def varied(base: Scenario, level: float, variance: float) -> Scenario:
    """A world with all hazards of choice at another level and another spread of proneness to leave.

    Parameters
    ----------
    base : Scenario
    level : float
        Factor on the base hazards.
    variance : float
        Of frailty.
    """
    changes: dict[str, object] = {FRAILTY: variance}
    for cause in events.CAUSES[: events.INVOLUNTARY]:
        path = f"churn.{cause}_base"
        changes[path] = base.value(path) * level
        for segment, own in base.segment_values.items():
            if path in own:
                changes[place_of(path, segment)] = own[path] * level
    return with_values(base, changes)


def _hidden(best: float, where: Cell, any_loses_half: bool) -> str:
    """What yearly retention can hide at most."""
    if not any_loses_half:
        return "Nowhere in the sweep do new accounts lose half in their first year for sure."
    said = (
        f"Yearly retention of all accounts hides it: over half of the new ones are lost while all accounts together "
        f"keep up to {100 * best:.0f} % a year ({where.at[WORLD.name]}, hazards times {where.at[LEVEL.name]:g}, "
        f"variance of frailty {where.at[VARIANCE.name]:g})"
    )
    return f"{said}."


CLAIM = Claim(
    id="g",
    words="a company can lose over 50 % of its customers in the first year",
    short="over 50 % lost in the first year",
    quoted="over 50 %",
    quoted_low=0.5,
    quoted_high=1.0,
    tolerance=0.0,
    rule=(
        "share of new accounts lost within twelve months; “can” is met if it happens in one world as that world is; "
        "`where` says in which"
    ),
    source=Source(
        "no original; real first-year losses: 13, 18, 31, 37 %, and 59 % of new members of a society whose overall "
        "retention was 78 %"
    ),
    estimand=Estimand("share of new accounts lost within twelve months (logo_churn_12m)", "share", EMERGENT, WORLDS),
    population="accounts that sign up without a referral in months 0 to 12",
    others=(
        Estimand(
            "the same in a world set to the yearly retention of the society that lost 59 % of its new members",
            "share",
            CALIBRATED,
            (SOCIETY_LIKE,),
        ),
    ),
    horizon_months=24,
    axes=(WORLD, LEVEL, VARIANCE),
    put_in=(
        "the level of hazards (set to yearly retention, or in smb-monthly to 5 % lost a month, which alone would be "
        "46 % a year; never to first-year loss) and how much accounts differ in proneness to leave (set to how fast "
        "published cohorts slow)"
    ),
    says_can=True,
    at_least=True,
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
