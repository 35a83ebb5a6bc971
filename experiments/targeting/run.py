"""Whom to call: those at risk, or those who respond? Judged in money, where calls wake sleeping accounts.

python -m experiments.targeting.run
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import cxsim as cx
from cxsim.studies.choices import ORACLE, Response, Risk, Rule, churn_model, response
from cxsim.studies.pilots import by_hand, pilot
from cxsim.studies.targeted import SHARES
from cxsim.studies.targeting import PAST, PILOT
from experiments.conduct import Results, Size, conduct
from experiments.findings import Finding, level

SEED, HORIZON = 7, 24
WAKE = 0.039  # of the harmful field experiment, after Ascarza, Iyengar & Schleicher 2016
ASLEEP = ("small", "mid")  # segments most of whose accounts have no CSM of their own


def study(size: Size) -> Results:
    """Judge all rules where calls wake, and risk and response where they hardly do."""
    calm = cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON)
    waking = calm
    for segment in ASLEEP:
        waking = waking.set(f"segments.{segment}.adoption.outreach_wake", WAKE)
    with size.bar("whom to call, where calls wake") as moved:
        found = cx.targeting(
            waking, seed=SEED, replications=size.of(80, 2), companies=size.of(240, 4), branches=size.of(6, 2),
            oracles=size.of(12, 2), progress=moved,
        )  # fmt: skip
    with size.bar("whom to call, where they hardly do") as moved:
        other = cx.targeting(
            calm, seed=SEED, replications=size.of(40, 2), companies=0, branches=0,
            rules=rules(calm, size.of(160, 4)), progress=moved,
        )  # fmt: skip
    told = [one for name in [arm.name for arm in found.arms] for one in of_rule(found, name)]
    told += [level(f"{name}_regret", finite(found.regret(name)), "currency") for name in ("risk", "response", "random")]
    told += [apart("response_over_risk", found, "response"), apart("same_hours_over_risk", found, "response_all")]
    told += [
        Finding(f"{row.rule}_qini_{row.judged}", row.area, row.low, row.high, "currency/year", is_change=True)
        for row in found.areas().itertuples()
        if row.rule in ("risk", "response", ORACLE)
    ]
    told += [replace(one, name=f"calm_{one.name}") for name in ("risk", "response") for one in of_rule(other, name)]
    return Results(
        SEED,
        {"waking": waking, "calm": calm},
        tuple(told),
        {"rules": pd.concat([one.frame().assign(world=name) for name, one in (("waking", found), ("calm", other))]),
         "areas": found.areas()},
        {"figure": cx.plots.targeting(found), "qini": cx.plots.qini(found)},
    )  # fmt: skip


def rules(world: cx.Scenario, companies: int) -> list[Rule]:
    """By risk and by response alone."""
    risk = Risk(churn_model(world, seed=SEED + PAST))
    learned: Response = response(pilot(by_hand(world, wake=0.0), seed=SEED + PILOT, companies=companies))
    return [risk, learned]


def of_rule(found: cx.Targeting, name: str) -> list[Finding]:
    """Money, calls and fates of a rule."""
    row = found.frame().set_index("rule").loc[name]
    units = {"net": "currency", "cash": "currency", "saved_arr": "currency/year"} | dict.fromkeys(SHARES, "share")
    told = [level(f"{name}_calls", finite(found.named(name).calls), "accounts")]
    for what, unit in units.items():
        value, low, high = (float(row[f"{what}{end}"]) for end in ("", "_low", "_high"))
        if unit == "share" and not np.isfinite(value):  # with nobody called nothing is known of a share
            value, low, high = 0.0, 0.0, 1.0
        told.append(Finding(f"{name}_{what}", value, low, high, unit, is_change=unit != "share"))
    return told


def apart(name: str, found: cx.Targeting, rule: str) -> Finding:
    """Net money of a rule less that of calls by risk, company by company."""
    return level(name, found.net(rule) - found.net("risk"), "currency", is_change=True)


def finite(values: np.ndarray | None) -> np.ndarray:
    """What there is; the oracle goes through some companies only."""
    assert values is not None
    return values[np.isfinite(values)]


if __name__ == "__main__":
    conduct(study, __file__)
