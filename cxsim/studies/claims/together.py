"""Claim (j): outcomes and experience together do much more than each alone."""

from __future__ import annotations

from typing import Final

from cxsim.interventions import ADD, MULTIPLY, Edit, Intervention
from cxsim.parameters import Source, by_path
from cxsim.scenario import Scenario
from cxsim.studies.answers import column_of
from cxsim.studies.attribution import Attribution, attribute
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import EMERGENT, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.intervals import Told, jackknife, of_mean
from cxsim.studies.pairs import Reals
from cxsim.studies.quantities import change

WORLDS: Final = ("b2b-saas", "smb-monthly")
HORIZON: Final = 60
RAISED: Final = {
    "net revenue retention": "nrr",
    "gross revenue retention": "grr",
    "company value": "company_value_multiple",
}
WORLD, ON, LEVERS = Axis("world"), Axis("effect on"), Axis("levers")
LARGE, TWICE, FILED = "pure levers", "pure levers, twice as strong", "adoption-campaign and product-experience"
SIZES: Final = {LARGE: 1.0, TWICE: 2.0}


def outcome_lever(size: float) -> Intervention:
    """Only what clients achieve moves: usage has a higher ceiling and grows faster towards it.

    Parameters
    ----------
    size : float
        1 for a fifth more of both.
    """
    edits = [_edit("outcome.usage_ceiling", MULTIPLY, 1.0 + 0.2 * size)]
    edits.append(_edit("outcome.usage_growth", MULTIPLY, 1.0 + 0.2 * size))
    return Intervention("outcome-only", evidence="assumption: made to move nothing else", edits=tuple(edits))


def experience_lever(size: float) -> Intervention:
    """Only what it is like moves: use, help and conversations.

    Parameters
    ----------
    size : float
        1 for one and a half points more of each.
    """
    paths = ("experience.product_ease", "experience.support_quality", "experience.check_in_quality")
    edits = tuple(_edit(path, ADD, 1.5 * size) for path in paths)
    return Intervention("experience-only", evidence="assumption: made to move nothing else", edits=edits)


def _edit(path: str, operation: int, size: float) -> Edit:
    return Edit(by_path()[path].index, operation, size)


def measure(ask: Ask) -> Answer:
    """Each lever alone and both together, under the same luck; what both do over the sum of what each does."""
    cells, beside = [], []
    for world in WORLDS:
        base = Scenario.load(world).set("horizon_months", HORIZON)
        pairs = {name: base.with_(outcome_lever(size)).with_(experience_lever(size)) for name, size in SIZES.items()}
        pairs[FILED] = base.with_("adoption-campaign").with_("product-experience")
        for name, both in pairs.items():
            told = attribute(
                base, alternative=both, replications=ask.size(80, 6), seed=ask.seed, workers=ask.workers,
                progress=ask.progress, store=ask.store,
            )  # fmt: skip
            for what, outcome in RAISED.items():
                at = {WORLD.name: world, ON.name: what, LEVERS.name: name}
                cells.append(Cell(at, *_beyond(told, outcome)))
            if name == LARGE:
                beside += [_beside(told, world, what, outcome) for what, outcome in RAISED.items() if outcome != "grr"]
                beside += _alone(told, world)
    headline = next(c for c in cells if c.at == {WORLD.name: WORLDS[0], ON.name: "company value", LEVERS.name: LARGE})
    pure = [cell for cell in cells if cell.at[LEVERS.name] != FILED]
    alone = [one.value for one in beside if one.what.startswith(WORLDS[0]) and "alone" in one.what]
    finding = (
        f"Together an outcome lever and an experience lever do {headline.value:.2f} times the sum of what each does "
        f"alone to company value in {WORLDS[0]} [{headline.low:.2f}, {headline.high:.2f}] "
        f"({change(alone[0], 'currency')} and {change(alone[1], 'currency')} alone); over pure levers, worlds and "
        f"effects {min(c.value for c in pure):.2f} to {max(c.value for c in pure):.2f} times. One is plain addition: "
        + _reading(cells)
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


def _reading(cells: list[Cell]) -> str:
    """How many settings lie above, at and below plain addition."""
    above, below = sum(c.low > 1.0 for c in cells), sum(c.high < 1.0 for c in cells)
    return f"{above} of {len(cells)} settings lie above it for sure, {below} below, the others are not told from it."


def _beyond(told: Attribution, outcome: str) -> Told:
    """Joint effect over the sum of the single ones."""
    together, alone = told.together[:, column_of(outcome)], told.alone[:, :, column_of(outcome)].sum(axis=1)
    return jackknife(lambda joint, parts: joint.mean() / parts.mean(), together, alone)


def _beside(told: Attribution, world: str, what: str, outcome: str) -> Beside:
    """The interaction itself: joint effect less the sum of the single ones."""
    column = column_of(outcome)
    apart: Reals = told.together[:, column] - told.alone[:, :, column].sum(axis=1)
    unit = "currency" if outcome.startswith("company") else "share"
    return Beside(f"{world}, {LARGE}: interaction on {what}", *of_mean(apart), unit, EMERGENT)


def _alone(told: Attribution, world: str) -> list[Beside]:
    """What each pure lever does alone to company value."""
    found = []
    for place, name in enumerate(told.levers):
        gain: Reals = told.alone[:, place, column_of(RAISED["company value"])]
        found.append(Beside(f"{world}, {LARGE}: {name} alone on company value", *of_mean(gain), "currency", EMERGENT))
    return found


CLAIM = Claim(
    id="j",
    words="CO and CX together have an impact much bigger than each alone",
    short="CO and CX together do much more",
    quoted="much bigger",
    quoted_low=1.2,
    quoted_high=10.0,
    tolerance=0.0,
    rule="“much” is a fifth more than the sum of the two (assumption); bigger than each alone is plain addition",
    source=Source("argued, not measured"),
    estimand=Estimand(
        "effect of both levers over the sum of their single effects", "times", EMERGENT, WORLDS,
        ("adoption-campaign", "product-experience"),
    ),
    population="all accounts, levers for everybody from month 0",
    horizon_months=HORIZON,
    axes=(LEVERS, ON, WORLD),
    put_in=(
        "how far each lever moves usage, or the scores of moments; that a happy and successful account expands and a "
        "trapped one never does, that moods speed usage and that outcome holds the annoyed are laws of the model, and "
        "are where an interaction can come from"
    ),
    at_least=True,
    near=(
        "the study in experiments/outcome_or_experience has the same ratio of the same levers, with another seed, so "
        "that the two differ by luck; its main numbers come from other probes, each dosed to half a point of outcome "
        "or of experience, in young and in mature markets"
    ),
    measure=measure,
)  # fmt: skip

__all__ = ["CLAIM", "experience_lever", "measure", "outcome_lever"]
