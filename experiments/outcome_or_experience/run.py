"""Half a point more outcome or half a point more experience: which is worth more, where, and do they need each other?

python -m experiments.outcome_or_experience.run
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots.comparisons import provenance
from cxsim.readings.revenue import MOVEMENTS
from cxsim.studies.claims.audit import Audited
from cxsim.studies.claims.together import LARGE, LEVERS, ON
from cxsim.studies.claims.vendors import AFTER, ALIKE, DIFFER, UNLIKE, WORLD
from cxsim.studies.replications import Progress
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, effect, ratio

HERE = Path(__file__).parent
SEED, HORIZON, DOSE = 7, 60, 0.5
# two markets, each while it is young and when it is mature; what maturity shifts is each world's assumption
SHIFT = 0.5
MARKETS = {
    "b2b_young": ("b2b-saas", 0.0),
    "b2b_mature": ("b2b-saas", 1.0),
    "members_young": ("membership", 0.0),
    "members_mature": ("membership", 1.0),
}
IN_WORDS = {
    "b2b_young": "B2B, young market",
    "b2b_mature": "B2B, mature market",
    "members_young": "members, young market",
    "members_mature": "members, mature market",
}
READ_OFF = ("b2b_mature",)  # markets in which the movements of revenue are read off the logs
OUTCOMES = ("logo_churn_annual", "arr", "company_value_multiple", "clv")


@dataclass(frozen=True)
class Probe:
    """A lever of this folder and the setting that doses it, with one that changes nothing and one that does."""

    name: str
    setting: str
    nothing: float
    something: float

    def on(self, world: cx.Scenario, dose: float) -> cx.Scenario:
        """The world with so much of it."""
        return world.with_(HERE / f"{self.name}.toml", **{self.setting: dose})


PROBES = (Probe("outcome", "ceiling", 1.0, 1.15), Probe("experience", "points", 0.0, 0.5))


def study(size: Size) -> Results:
    """In each market a dose of either and of both, against neither."""
    told: list[Finding] = []
    rows: list[dict[str, object]] = []
    scenarios: dict[str, cx.Scenario] = {}
    found = None
    for name, (world, maturity) in MARKETS.items():
        base = cx.Scenario.load(world).set("horizon_months", HORIZON)
        base = base.set("health.maturity", maturity).set("health.maturity_shift", SHIFT)
        doses = {probe.name: dosed(probe, base, size.of(20, 2)) for probe in PROBES}
        outcome, experience = (probe.on(base, doses[probe.name]) for probe in PROBES)
        both = PROBES[1].on(outcome, doses["experience"])
        with size.bar(IN_WORDS[name]) as moved:
            found = cx.compare(
                base, outcome, experience, both, names=["outcome", "experience", "both"],
                replications=size.of(200, 4), seed=SEED, progress=moved,
            )  # fmt: skip
        told += findings(name, found)
        if name in READ_OFF:
            with size.bar("what ARR is made of") as moved:
                told += sources(name, (base, outcome, experience), size.of(40, 3), moved)
        scenarios |= {name: base, f"{name}_both": both}
        effects = found.effects()
        chosen = effects[effects["outcome"].isin(OUTCOMES)]
        rows += [
            {"market": name, "dose": doses.get(row["name"], ""), **row} for row in chosen.iloc[:, :8].to_dict("records")
        ]
    assert found is not None
    with size.bar("vendors, and levers together") as moved:
        vendors, together = cx.audit(("i", "j"), seed=SEED, fast=size.is_fast, progress=moved)
    told += ranks(vendors) + parts(together)
    return Results(
        SEED,
        scenarios,
        tuple(told),
        {"effects": pd.DataFrame(rows)},
        {"figure": figure(told, provenance(found.baseline))},
    )


def dosed(probe: Probe, base: cx.Scenario, replications: int) -> float:
    """The dose that moves what the probe is about by half a point, by a straight line through two trials."""
    before = half_of(base, probe.name, replications)
    after = half_of(probe.on(base, probe.something), probe.name, replications)
    return float(probe.nothing + (probe.something - probe.nothing) * DOSE / (after - before))


def half_of(scenario: cx.Scenario, name: str, replications: int) -> float:
    """Mean outcome, or experience, of the accounts that are there at the horizon [0-10]."""
    voice = scenario.value("experience.user_voice")
    found = []
    for number in range(replications):
        rows = cx.simulate(scenario, seed=SEED, replication=number).frame()
        last = rows[rows["account"] >= 0].groupby("account").last()
        last = last[last["mrr"] > 0]
        felt = voice * last["user"] + (1.0 - voice) * last["sponsor"]
        found.append((last["client_outcome"] if name == "outcome" else felt).mean())
    return float(np.mean(found))


def findings(name: str, found: cx.Comparison) -> list[Finding]:
    """What the page says of one market."""
    base = found.baseline
    told = []
    for run in found.alternatives:
        told += [
            ratio(f"{name}_arr_{run.name}", run.values("arr"), base.values("arr"), less_one=True),
            effect(f"{name}_churn_{run.name}", found, "logo_churn_annual", run.name),
        ]
    outcome, experience, both = (run.values("arr") - base.values("arr") for run in found.alternatives)
    told.append(ratio(f"{name}_times", experience, outcome))
    told.append(ratio(f"{name}_joint", both, outcome + experience, less_one=True))
    return told


def sources(
    name: str, arms: tuple[cx.Scenario, cx.Scenario, cx.Scenario], replications: int, moved: Progress | None
) -> list[Finding]:
    """Shares of the gain of ARR by movement: new business, expansion, contraction, losses, returns; they sum to 1."""
    sums = []
    for number in range(replications):
        tables = [cx.readings.revenue(cx.simulate(arm, seed=SEED, replication=number)) for arm in arms]
        sums.append([[float(one[movement].sum()) for movement in MOVEMENTS] for one in tables])
        if moved is not None:
            moved(number + 1, replications)
    none, *others = np.moveaxis(np.array(sums), 1, 0)
    return [
        replace(
            ratio(f"{name}_{movement}_{probe.name}", (arm - none)[:, place], (arm - none).sum(axis=1)), unit="share"
        )
        for probe, arm in zip(PROBES, others, strict=True)
        for place, movement in enumerate(MOVEMENTS)
    ]


def ranks(vendors: Audited) -> list[Finding]:
    """Rank correlation of health with company value over many B2B vendors, after one year and after ten."""
    return [
        Finding(f"rank_{short}_{years}", cell.value, cell.low, cell.high, "ratio")
        for short, differ in (("alike", ALIKE), ("unlike", UNLIKE))
        for years in (1, 10)
        for cell in vendors.answer.cells
        if dict(cell.at) == {WORLD.name: "b2b-saas", DIFFER.name: differ, AFTER.name: float(years)}
    ]


def parts(together: Audited) -> list[Finding]:
    """An outcome and an experience lever together, relative to the sum of what they do to company value singly."""
    wanted = {ON.name: "company value", LEVERS.name: LARGE}
    return [
        Finding(f"together_{short}", cell.value, cell.low, cell.high, "ratio")
        for short, world in (("b2b", "b2b-saas"), ("smb", "smb-monthly"))
        for cell in together.answer.cells
        if dict(cell.at) == {"world": world, **wanted}
    ]


def figure(told: list[Finding], footer: str) -> Figure:
    """Effect on ARR of half a point of either, in each market."""
    by = {one.name: one for one in told}
    rows = [
        (f"{words}: {what}", by[f"{name}_arr_{what}"])
        for name, words in IN_WORDS.items()
        for what in ("outcome", "experience")
    ]
    return dots(
        title(by),
        "Relative change of ARR after five years from half a point (of ten) more outcome or more experience; mean and "
        "its 95 % interval.",
        footer,
        rows,
        better="higher",
    )


def title(by: dict[str, Finding]) -> str:
    """What half a point of experience does to ARR in terms of what half a point of outcome does."""
    said = []
    for kind, words in (("b2b", "between firms"), ("members", "for members")):
        low, high = sorted(by[f"{kind}_{age}_times"].value for age in ("young", "mature"))
        said.append(f"{low:.1f} to {high:.1f} times{{}} {words}")
    return f"Experience raises ARR {said[0].format(' as much as outcome')}, {said[1].format('')}"


if __name__ == "__main__":
    conduct(study, __file__)
