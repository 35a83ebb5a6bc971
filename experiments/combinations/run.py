"""Which levers add up, which overlap, which need each other?

python -m experiments.combinations.run
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import t

import cxsim as cx
from cxsim.plots.comparisons import provenance
from cxsim.readings.outcomes import OUTCOMES
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, effect, level, ratio

SEED = 7
LEVERS: dict[str, tuple[str, str, dict[str, object]]] = {
    "onboarding": ("formal onboarding", "formal-onboarding", {}),
    "product": ("product experience", "product-experience", {}),
    "calls": ("calls to red and amber", "proactive-outreach", {"bands": ["red", "amber"]}),
    "csms": ("four more CSMs", "csm-staff", {"people": 4}),
    "digital": ("digital support", "digital-support", {}),
    "agents": ("two more agents", "support-staff", {"people": 2}),
    "price": ("price rise", "price-rise", {}),
}
PAIRS = tuple(combinations(LEVERS, 2))
READ = {"arr": "arr", "net_benefit": "cash", "company_value_dcf": "worth", "logo_churn_12m": "first"}
BUNDLE = ("onboarding", "product", "digital")  # what is most often added up


def study(size: Size) -> Results:
    """Each lever, each pair and one bundle of three against none."""
    base = cx.Scenario.load("b2b-saas")
    arms = {"+".join(some): using(base, some) for some in [*((one,) for one in LEVERS), *PAIRS, BUNDLE]}
    with size.bar("levers and pairs") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(arms), replications=size.of(60, 3), seed=SEED, progress=moved
        )
    told = {one.name: one for one in (*singles(found), *pairs(found), *bundle(found))}
    return Results(
        SEED,
        {"b2b-saas": base, **arms},
        tuple(told.values()),
        {"pairs": table(told)},
        {"figure": figure(told, provenance(found.baseline))},
    )


def using(base: cx.Scenario, some: tuple[str, ...]) -> cx.Scenario:
    """The world with some of the levers."""
    for one in some:
        _, lever, settings = LEVERS[one]
        base = base.with_(lever, **settings)
    return base


def singles(found: cx.Comparison) -> list[Finding]:
    """What each lever does alone."""
    return [effect(f"{one}_{short}", found, outcome, one) for one in LEVERS for outcome, short in READ.items()]


def pairs(found: cx.Comparison) -> list[Finding]:
    """What each pair does together, and how far that lies from the sum of both.

    The intervals of the latter hold for all pairs at once with 95 %, outcome by outcome.
    """
    told = []
    for some in PAIRS:
        name, key = "+".join(some), "_".join(some)
        for outcome, short in READ.items():
            told.append(effect(f"{key}_{short}", found, outcome, name))
            told.append(at_once(beyond(f"{key}_{short}_beyond", found, some, outcome), found.n, len(PAIRS)))
    return told


def at_once(one: Finding, n: int, many: int) -> Finding:
    """A mean of n replications with an interval that holds together with those of all of many findings.

    Among many intervals of 95 % some leave out zero by luck alone. Bonferroni: each at 1 − 5 %/many (Dunn 1961,
    doi:10.1080/01621459.1961.10482090).
    """
    wider = float(t.ppf(1.0 - 0.025 / many, n - 1) / t.ppf(0.975, n - 1))
    half = wider * (one.high - one.low) / 2.0
    return replace(one, low=one.value - half, high=one.value + half)


def beyond(name: str, found: cx.Comparison, some: tuple[str, ...], outcome: str) -> Finding:
    """Joint effect less the sum of what the levers do alone."""
    base = found.baseline.values(outcome)
    joint = found.named("+".join(some)).values(outcome) - base
    alone = sum(found.named(one).values(outcome) - base for one in some)
    return level(name, joint - alone, OUTCOMES[outcome].unit, is_change=True)


def bundle(found: cx.Comparison) -> list[Finding]:
    """The relative cuts of first-year churn that one would add up, and what the levers cut together."""
    churn = "logo_churn_12m"
    base, joint = found.baseline.values(churn), found.named("+".join(BUNDLE)).values(churn)
    parts = [found.named(one).values(churn) for one in BUNDLE]
    sum_of_parts = base + np.sum([part - base for part in parts], axis=0)
    told = [ratio(f"cut_{one}", part, base, less_one=True) for one, part in zip(BUNDLE, parts, strict=True)]
    told += [ratio("cut_sum", sum_of_parts, base, less_one=True), ratio("cut_together", joint, base, less_one=True)]
    told += [beyond(f"bundle_{short}_beyond", found, BUNDLE, outcome) for outcome, short in READ.items()]
    return [*told, *(effect(f"bundle_{short}", found, outcome, "+".join(BUNDLE)) for outcome, short in READ.items())]


def table(told: dict[str, Finding]) -> pd.DataFrame:
    """Every pair in a row."""
    rows = []
    for some in PAIRS:
        key = "_".join(some)
        row: dict[str, object] = {"first": some[0], "second": some[1]}
        for short in READ.values():
            one, other, joint = (told[f"{name}_{short}"].value for name in (*some, key))
            more = told[f"{key}_{short}_beyond"]
            row |= {f"{short}_first": one, f"{short}_second": other, f"{short}_together": joint}
            row |= {f"{short}_beyond": more.value, f"{short}_low": more.low, f"{short}_high": more.high}
        rows.append(row)
    return pd.DataFrame(rows)


def figure(told: dict[str, Finding], footer: str) -> Figure:
    """How far each pair lies from the sum of its parts."""
    rows = sorted(
        ((f"{LEVERS[a][0]} + {LEVERS[b][0]}", told[f"{a}_{b}_arr_beyond"]) for a, b in PAIRS),
        key=lambda row: -row[1].value,
    )
    more, less = (sum(one.side == side for _, one in rows) for side in (1, -1))
    return dots(
        f"Of {len(rows)} pairs of levers {more} do more than the sum of their parts, {less} less; the others add up, "
        "as far as can be told",
        "ARR after 36 months: what two levers do together less what each does alone, added up: mean, and an interval "
        "that holds for all pairs at once with 95 %. Blue: they help each other; orange: they overlap or stand in each "
        "other's way; grey: not told from adding up.",
        footer,
        rows,
        better="higher",
        width=9.0,
    )


if __name__ == "__main__":
    conduct(study, __file__)
