"""What goes away if a cause of churn goes away, against the share of churn that is put down to it?

python -m experiments.churn_causes.run
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim import events
from cxsim.plots.comparisons import provenance
from cxsim.studies import Run
from cxsim.studies.replications import Progress
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, jackknife, level, ratio

SEED, HORIZON = 7, 60
THREE = ("onboarding", "relationship", "service")
WORDS = {"three": "onboarding, relationship, service", "involuntary": "failed payment"}
ALL = "monthly_logo_churn"
READ = {ALL: "all", "logo_churn_12m": "first", "logo_churn_annual": "year", "revenue_churn_annual": "revenue"}


def study(size: Size) -> Results:
    """Take each cause out of the world by itself, and the three that are quoted together."""
    base = cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON)
    arms = {cause: without(base, cause) for cause in events.CAUSES} | {"all three": without(base, *THREE)}
    with size.bar("causes of churn") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(arms), replications=size.of(200, 4), seed=SEED, progress=moved
        )
    told = findings(found)
    with size.bar("how long customers have been there") as moved:
        told |= {one.name: one for one in ages(base, arms["involuntary"], size.of(60, 3), moved)}
    return Results(
        SEED,
        {"b2b-saas": base, **{f"without {name}": arm for name, arm in arms.items()}},
        tuple(told.values()),
        {"causes": table(told)},
        {"figure": figure(found, told)},
    )


def without(base: cx.Scenario, *causes: str) -> cx.Scenario:
    """The world in which nobody leaves for these causes, its history included."""
    for cause in causes:
        base = base.set(f"churn.{cause}_base", 0.0)
    return base


def shares(run: Run, *causes: str) -> np.ndarray:
    """Share of all losses that fall to some causes, in each replication."""
    unpaid = run.values("involuntary_churn_share")
    parts = [
        unpaid if cause == "involuntary" else run.values(f"{cause}_churn_share") * (1 - unpaid) for cause in causes
    ]
    return np.asarray(sum(parts))


def findings(found: cx.Comparison) -> dict[str, Finding]:
    """For each cause its share, what its removal cuts, and how much of the share that is."""
    base, told = found.baseline, []
    for run in found.alternatives:
        causes, key = (THREE, "three") if run.name == "all three" else ((run.name,), run.name)
        share = shares(base, *causes)
        told.append(level(f"share_{key}", share, "share"))
        told += [
            ratio(f"{short}_{key}", run.values(one), base.values(one), less_one=True) for one, short in READ.items()
        ]
        told.append(cut_of_share(f"kept_{key}", base.values(ALL), run.values(ALL), share))
    kept = found.named("involuntary")
    told.append(ratio("by_choice_involuntary", by_choice(kept), by_choice(base), less_one=True))
    quoted = sum(base.values(f"{cause}_churn_share") for cause in THREE)
    told.append(level("quoted_share", np.asarray(quoted), "share"))
    return {one.name: one for one in told}


def by_choice(run: Run) -> np.ndarray:
    """Losses by choice for each account-month, in each replication."""
    return np.asarray(run.values(ALL) * (1.0 - run.values("involuntary_churn_share")))


def ages(base: cx.Scenario, kept: cx.Scenario, replications: int, moved: Progress | None) -> list[Finding]:
    """Mean months since sign-up of those who are there at the end, as the world is and where nobody fails to pay."""
    told: list[list[float]] = []
    for number in range(replications):
        told.append([age(cx.simulate(world, seed=SEED, replication=number)) for world in (base, kept)])
        if moved is not None:
            moved(number + 1, replications)
    before, after = np.array(told).T
    return [level("age", before, "months"), level("age_involuntary", after - before, "months", is_change=True)]


def age(log: cx.EventLog) -> float:
    """Mean months since they signed up first of the accounts that are active at the horizon."""
    rows = log.frame()
    last = rows[rows["account"] >= 0].groupby("account").last()
    signed = rows[rows["kind"] == "signed_up"].groupby("account")["time"].first()
    return float(log.certificate.horizon_months - signed[last.index[last["mrr"] > 0]].mean())


def cut_of_share(name: str, before: np.ndarray, after: np.ndarray, share: np.ndarray) -> Finding:
    """What a removal cuts, as a share of the causes' own share of losses."""
    return jackknife(
        name, lambda at: float((1 - after[at].mean() / before[at].mean()) / share[at].mean()), len(share), "share"
    )


def table(told: dict[str, Finding]) -> pd.DataFrame:
    """Every cause in a row."""
    rows = []
    for cause in (*events.CAUSES, "three"):
        row: dict[str, object] = {"removed": cause}
        for short in ("share", *READ.values(), "kept"):
            one = told[f"{short}_{cause}"]
            row |= {short: one.value, f"{short}_low": one.low, f"{short}_high": one.high}
        rows.append(row)
    return pd.DataFrame(rows)


def figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """What each removal cuts, beside the cause's share."""
    order = sorted(events.CAUSES, key=lambda cause: -told[f"share_{cause}"].value)
    rows = [*order, "three"]
    share, cut = told["share_three"].value, -told["all_three"].value
    less = "less than" if cut < share else "more than"
    return dots(
        f"Take away three causes of {100 * share:.0f} % of churn and it falls by {100 * cut:.0f} %: {less} their share",
        "Relative change of losses per account-month where nobody leaves for the cause, mean and its 95 % interval. "
        "Grey ring: the share of losses put down to it, which is what a chart of reasons promises.",
        provenance(found.baseline),
        [(WORDS.get(one, one), told[f"all_{one}"]) for one in rows],
        against=[_minus(told[f"share_{one}"]) for one in rows],
        better="lower",
    )


def _minus(one: Finding) -> Finding:
    return Finding(one.name, -one.value, -one.high, -one.low, "relative", is_change=True)


if __name__ == "__main__":
    conduct(study, __file__)
