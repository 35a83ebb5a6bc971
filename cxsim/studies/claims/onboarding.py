"""Claim (d): a formal onboarding programme cuts churn by 25 % or more."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim.parameters import Source
from cxsim.parameters.citations import RETANA_2016
from cxsim.scenario import Scenario
from cxsim.studies.answers import Run
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.causes import without
from cxsim.studies.claims.claim import EMERGENT, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.intervals import Told, jackknife, relative_cut
from cxsim.studies.pairs import Reals

WORLDS: Final = ("b2b-saas", "smb-monthly", "membership")
LEVER: Final = "formal-onboarding"
FADES: Final = (6.0, 24.0, 0.0)
AS_FILED: Final = 24.0
STRONGER: Final[dict[str, dict[str, float]]] = {
    "as in the catalogue": {},
    "twice as strong": {"pace": 0.6, "quality": 2.0, "usage": 1.3, "tickets": 0.6},
    "four times as strong": {"pace": 0.4, "quality": 4.0, "usage": 1.6, "tickets": 0.4},
}
WORLD, STRENGTH, FADE = Axis("world"), Axis("programme"), Axis("effect")
ORDINARY: Final = "as in the catalogue"
FIRST: Final = 3
NONE_LEFT: Final = "no onboarding churn were left"


def measure(ask: Ask) -> Answer:
    """The programme from month 0 for everybody who signs up: as filed and far stronger, fading and lasting."""
    cells, beside = [], []
    for world in WORLDS:
        base = Scenario.load(world).set("horizon_months", 24)
        asked = [(strength, fade) for strength in STRONGER for fade in FADES]
        arms = [base.with_(LEVER, fade=fade, **STRONGER[strength]) for strength, fade in asked]
        runs = ask.runs([base, *arms, without(base, "onboarding")], ask.size(48, 5))
        for (strength, fade), run in zip(asked, runs[1:-1], strict=True):
            at = {WORLD.name: world, STRENGTH.name: strength, FADE.name: _lasting(fade)}
            cells.append(Cell(at, *_cut(runs[0], run, "logo_churn_12m"), plausible=strength == ORDINARY))
        filed = runs[1 + asked.index((ORDINARY, AS_FILED))]
        for what, told in (
            (f"cut of the hazard of loss in months 1 to {FIRST}", _early(runs[0], filed)),
            ("cut of intents within 12 months", _cut(runs[0], filed, "intent_12m")),
            ("cut of yearly churn of all accounts", _cut(runs[0], filed, "logo_churn_annual")),
            (f"cut of first-year loss if {NONE_LEFT}", _cut(runs[0], runs[-1], "logo_churn_12m")),
        ):
            beside.append(Beside(f"{world}: {what}", *told, "share", EMERGENT))
    filed_cells = [c for c in cells if c.at[STRENGTH.name] == ORDINARY and c.at[FADE.name] == _lasting(AS_FILED)]
    headline = filed_cells[0]
    most = max(cells, key=lambda cell: cell.value)
    bounds = [one for one in beside if NONE_LEFT in one.what]
    out_of_reach = [world for world, one in zip(WORLDS, bounds, strict=True) if one.high < 0.25]
    finding = (
        f"The programme of the catalogue cuts first-year loss by {100 * headline.value:.0f} % in {WORLDS[0]} "
        f"[{100 * headline.low:.0f}, {100 * headline.high:.0f}], "
        + " and ".join(f"by {100 * c.value:.0f} % in {c.at[WORLD.name]}" for c in filed_cells[1:])
        + f". The most in the sweep is {100 * most.value:.0f} % ({most.at[WORLD.name]}, {most.at[STRENGTH.name]}, "
        f"{most.at[FADE.name]}). A programme that ended all churn from onboarding would cut first-year loss by "
        + ", ".join(f"{100 * one.value:.0f} %" for one in bounds)
        + " in these worlds"
        + (f"; in {' and '.join(out_of_reach)} no onboarding programme can reach 25 %." if out_of_reach else ".")
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


def _lasting(fade: float) -> str:
    return "lasting" if fade == 0.0 else f"fading by half in {fade:g} months"


def _cut(before: Run, after: Run, outcome: str) -> Told:
    return jackknife(relative_cut, before.values(outcome), after.values(outcome))


def _early(before: Run, after: Run) -> Told:
    """Relative cut of losses over those at risk in the first months of life, replications pooled."""

    def cut(lost: Reals, at_risk: Reals, lost_then: Reals, at_risk_then: Reals) -> float:
        return float(1.0 - (lost_then.sum() / at_risk_then.sum()) / (lost.sum() / at_risk.sum()))

    parts = [
        np.array([getattr(one, name)[:FIRST].sum() for one in run.replications], dtype=np.float64)
        for run in (before, after)
        for name in ("lost", "at_risk")
    ]
    return jackknife(cut, *parts)


_USED = "moves usage and questions, not churn; what that does to churn is the output"

CLAIM = Claim(
    id="d",
    words="a formal onboarding program cuts churn by 25 % or more",
    short="formal onboarding cuts churn by 25 %",
    quoted="25 % or more",
    quoted_low=0.25,
    quoted_high=1.0,
    tolerance=0.005,
    rule="a relative cut of the share of new accounts lost within twelve months; a whole per cent",
    source=Source(
        "no original found; nearest: " + RETANA_2016.text + ": first-week churn halved, the effect gone within a week, "
        "20 % fewer questions, 47 % more usage over 8 months",
        RETANA_2016.url,
    ),
    estimand=Estimand(
        "relative cut of first-year loss (logo_churn_12m) by formal onboarding for all new accounts",
        "share",
        EMERGENT,
        WORLDS,
        (LEVER,),
        apart={"outcome.usage_ceiling": _USED, f"lever {LEVER}": _USED},
    ),
    population="accounts that sign up without a referral in months 0 to 12",
    horizon_months=24,
    axes=(WORLD, STRENGTH, FADE),
    put_in=(
        "what the programme does where it acts: milestones a fifth shorter, meetings a point better, usage 15 % "
        "higher, a fifth fewer tickets, fading by half in 24 months; nothing on churn. No original of the claim was "
        "found; the field study saw first-week churn halved and the effect gone within a week"
    ),
    at_least=True,
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
