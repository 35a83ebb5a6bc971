"""What is it worth to see more of the customer's journey, by itself and with somebody who acts on it?

python -m experiments.convergence.run
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots.comparisons import provenance
from cxsim.readings.outcomes import OUTCOMES
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, between, effect, level

SEED, HORIZON = 7, 60
OWNERS = ("sales", "onboarding", "support", "product", "success", "billing")
SEEN = (0.0, 0.25, 0.5, 1.0)
MATURE = {"": 0.5, "mature_": 1.0}  # at full maturity experience weighs three times as much as outcome
SEEING: dict[str, tuple[str, ...]] = {"map": ("journey-convergence",), "voice": ("voice-of-customer",)}
SEEING["both"] = (*SEEING["map"], *SEEING["voice"])
READ = {
    "net_benefit": "cash", "company_value_dcf": "worth", "arr": "arr", "logo_churn_annual": "year",
    "observed_health_error": "error", "programme_cost": "cost",
}  # fmt: skip


def study(size: Size) -> Results:
    """See more, with nobody who acts and with calls to those in the red; then all shares of moments seen."""
    base = cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON)
    arms = by_lever(base)
    with size.bar("seeing and acting") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(arms), replications=size.of(60, 3), seed=SEED, progress=moved
        )
    worlds = {(how, seen): seeing(base, seen, mature) for how, mature in MATURE.items() for seen in SEEN}
    doses = {}
    for (how, seen), world in worlds.items():
        with size.bar(f"{how}{100 * seen:.0f} % of moments seen") as moved:
            doses[how, seen] = cx.compare(
                world, called(world), names=["called"], replications=size.of(50, 2), seed=SEED, progress=moved
            )
    told = {one.name: one for one in (*effects(found), *values_of_seeing(doses))}
    return Results(
        SEED,
        {"b2b-saas": base, **arms, **{f"{how}{100 * seen:.0f} % seen": world for (how, seen), world in worlds.items()}},
        tuple(told.values()),
        {"effects": table(found), "seen": seen_table(told)},
        {"figure": figure(found, told), "seen": seen_figure(told, provenance(doses["", SEEN[0]].baseline))},
    )


def called(world: cx.Scenario) -> cx.Scenario:
    """Whoever is seen in the red is called."""
    return world.with_("proactive-outreach", bands=["red"])


def by_lever(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """Each way of seeing by itself, calls by themselves, and both."""
    arms = {"call": called(base)}
    for name, levers in SEEING.items():
        arm = base
        for lever in levers:
            arm = arm.with_(lever)
        arms |= {name: arm, f"{name}_call": called(arm)}
    return arms


def seeing(base: cx.Scenario, share: float, mature: float) -> cx.Scenario:
    """The world in which this share of every owner's moments reaches the customer record, from its history on."""
    base = base.set("health.maturity", mature).set(
        "health.maturity_shift", 0.5 if mature > 0.5 else base.value("health.maturity_shift")
    )
    for owner in OWNERS:
        base = base.set(f"health.visible_{owner}", share)
    return base


def effects(found: cx.Comparison) -> list[Finding]:
    """Every arm against none, and what seeing and calling do together beyond the sum of both."""
    told = [level("error_before", found.baseline.values("observed_health_error"), "0-20")]
    told += [
        effect(f"{run.name}_{short}", found, one, run.name) for run in found.alternatives for one, short in READ.items()
    ]
    for name in SEEING:
        for one in ("net_benefit", "company_value_dcf", "logo_churn_annual"):
            told.append(between(f"{name}_adds_{READ[one]}", found.named("call"), found.named(f"{name}_call"), one))
            base, seen, acted, both = (
                run.values(one) for run in (found.baseline, *map(found.named, (name, "call", f"{name}_call")))
            )
            unit = told[-1].unit
            told.append(level(f"{name}_together_{READ[one]}", both - seen - acted + base, unit, is_change=True))
    return told


def values_of_seeing(doses: dict[tuple[str, float], cx.Comparison]) -> list[Finding]:
    """What calls to those in the red do at each share of moments seen, and what all seen adds to none seen."""
    told = []
    outcomes = ("net_benefit", "company_value_dcf", "logo_churn_annual")
    for (how, seen), found in doses.items():
        told += [effect(f"{how}seen{100 * seen:.0f}_{READ[one]}", found, one) for one in outcomes]
        error = found.baseline.values("observed_health_error")
        told.append(level(f"{how}seen{100 * seen:.0f}_error", error, "0-20"))
    for how in MATURE:
        none, all_ = doses[how, SEEN[0]], doses[how, SEEN[-1]]
        for one in outcomes:
            gain = [found.alternatives[0].values(one) - found.baseline.values(one) for found in (none, all_)]
            told.append(level(f"{how}all_seen_{READ[one]}", gain[1] - gain[0], OUTCOMES[one].unit, is_change=True))
    return told


def table(found: cx.Comparison) -> pd.DataFrame:
    """Effects of all arms on what the page speaks of."""
    rows = found.effects()
    columns = ["name", "outcome", "unit", "baseline", "alternative", "difference", "low", "high", "probability_better"]
    return rows[rows["outcome"].isin(READ)][columns]


def seen_table(told: dict[str, Finding]) -> pd.DataFrame:
    """What calls do, by the share of moments seen."""
    rows = []
    for how, mature in MATURE.items():
        for seen in SEEN:
            row = {"maturity": mature, "seen": seen}
            for short in ("error", "cash", "worth", "year"):
                one = told[f"{how}seen{100 * seen:.0f}_{short}"]
                row |= {short: one.value, f"{short}_low": one.low, f"{short}_high": one.high}
            rows.append(row)
    return pd.DataFrame(rows)


def figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """What each way of seeing is worth, alone and with calls."""
    names = {"map": "journey mapped", "voice": "customers asked oftener", "both": "both"}
    rows = [("calls to those in the red, by themselves", told["call_worth"])]
    for name, words in names.items():
        rows += [(f"{words}; nobody acts", told[f"{name}_worth"]), (f"{words}, and calls", told[f"{name}_call_worth"])]
    best = max(("call", *(f"{name}_call" for name in names)), key=lambda name: told[f"{name}_worth"].value)
    alone = max(told[f"{name}_worth"].value for name in names)
    start = "Seeing more costs money where nobody acts" if alone < 0 else "Seeing more pays even where nobody acts"
    end = "calls do best without it" if best == "call" else "with calls on top it pays best"
    return dots(
        f"{start}; {end}",
        "Change of the company's discounted value (cash of 60 months and ten years' run-off), costs inside: mean and "
        "its 95 % interval. Blue: better; orange: worse; grey: unclear.",
        provenance(found.baseline),
        rows,
        better="higher",
        width=9.0,
    )


def seen_figure(told: dict[str, Finding], footer: str) -> Figure:
    """What calls bring more where all moments are seen than where none is, beside what mapping the journey costs."""
    does = {1: "bring more", 0: "do not clearly bring more", -1: "bring less"}
    alike, mature = (does[told[f"{how}all_seen_worth"].side] for how in MATURE)
    if alike == mature:
        title = f"Calls to those in the red {alike} where all of the journey is seen instead of none"
    else:
        title = f"Where all is seen, calls {alike}; if experience weighs most, they {mature}"
    rows = [
        ("all moments seen, calls; outcome and experience weigh alike", told["all_seen_worth"]),
        ("all moments seen, calls; experience weighs three times as much", told["mature_all_seen_worth"]),
        ("journey mapped, nobody acts: about what it costs", told["map_worth"]),
    ]
    return dots(
        title,
        "Discounted company value. Above: what calls to those in the red add where every moment is seen, less what "
        "they add where none is, under the same luck. Below: the programme that shows more. Means, 95 % intervals.",
        footer,
        rows,
        better="higher",
        width=10.0,
    )


if __name__ == "__main__":
    conduct(study, __file__)
