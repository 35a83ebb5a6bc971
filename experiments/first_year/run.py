"""How many customers does a company lose in their first year, while its retention looks well, and why?

python -m experiments.first_year.run
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots.comparisons import provenance
from cxsim.studies import Run
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, jackknife, level

SEED, HORIZON, YEARS = 7, 60, 4
WORLDS = {"b2b-saas": "b2b", "smb-monthly": "smb", "enterprise": "enterprise", "membership": "membership"}
LATE = " alike, no onboarding cause"
ALIKE = 0.001  # variance of frailty at which nobody is more prone to leave than another


def study(size: Size) -> Results:
    """Run each world as it is, with accounts that are all equally prone to leave, and with no early cause as well."""
    worlds = {name: cx.Scenario.load(name).set("horizon_months", HORIZON) for name in WORLDS}
    runs, scenarios = {}, {}
    for name, world in worlds.items():
        alike = world.set("segments.frailty_variance", ALIKE)
        arms = {"": world, " alike": alike, LATE: alike.set("churn.onboarding_base", 0.0)}
        for more, arm in arms.items():
            with size.bar(f"{name}{more}") as moved:
                count = size.of(400 if name == "enterprise" else 120, 3)
                runs[name + more] = cx.run(arm, replications=count, seed=SEED, progress=moved)
            scenarios[name + more] = arm
    told = {one.name: one for name, short in WORLDS.items() for one in findings(short, name, runs)}
    return Results(SEED, scenarios, tuple(told.values()), {"years": years(runs)}, {"figure": figure(runs, told)})


def lives(run: Run) -> np.ndarray:
    """Accounts at risk and lost in each month of their lives, by replication; shape (n, 2, 12 · YEARS)."""
    return np.array([(one.at_risk, one.lost) for one in run.replications])[:, :, : 12 * YEARS]


def yearly(counted: np.ndarray) -> np.ndarray:
    """Share of those there at the start of each of the first years who are lost in it, replications together."""
    at_risk, lost = counted.sum(axis=0)
    return np.asarray(1.0 - (1.0 - lost / np.maximum(at_risk, 1)).reshape(YEARS, 12).prod(axis=1))


def early_share(counted: np.ndarray) -> float:
    """Share of what a cohort loses in its first years that it loses in the first."""
    left = np.cumprod(1.0 - yearly(counted))
    return float((1.0 - left[0]) / (1.0 - left[-1]))


def slowing(counted: np.ndarray) -> float:
    """Loss of the first year over that of the third."""
    found = yearly(counted)
    return float(found[0] / found[2])


def findings(short: str, name: str, runs: dict[str, Run]) -> list[Finding]:
    """What the page says of one world."""
    run, n = runs[name], len(runs[name].replications)
    arms = {key: lives(runs[name + more]) for key, more in (("", ""), ("_alike", " alike"), ("_late", LATE))}
    return [
        level(f"first_{short}", run.values("logo_churn_12m"), "share"),
        level(f"intent_{short}", run.values("intent_12m"), "share"),
        level(f"annual_{short}", run.values("logo_churn_annual"), "share"),
        level(f"grr_{short}", run.values("grr"), "share"),
        jackknife(f"early_{short}", lambda at: early_share(arms[""][at]), n, "share"),
        *(
            jackknife(f"slowing{key}_{short}", lambda at, one=one: slowing(one[at]), n, "ratio")
            for key, one in arms.items()
        ),
    ]


def years(runs: dict[str, Run]) -> pd.DataFrame:
    """Loss by year of an account's life, in every arm."""
    rows = []
    for name, run in runs.items():
        counted = lives(run)
        for k in range(YEARS):
            one = jackknife("", lambda at, k=k, counted=counted: float(yearly(counted[at])[k]), len(counted), "share")
            rows.append({"world": name, "year": k + 1, "lost": one.value, "low": one.low, "high": one.high})
    return pd.DataFrame(rows)


def figure(runs: dict[str, Run], told: dict[str, Finding]) -> Figure:
    """First-year loss of each world, beside what it loses in a year of all its customers."""
    most = max(WORLDS, key=lambda name: told[f"first_{WORLDS[name]}"].value)
    first, annual = (told[f"{what}_{WORLDS[most]}"].value for what in ("first", "annual"))
    sheet = dots(
        f"{most} loses {100 * first:.0f} % of new customers in their first year, {100 * annual:.0f} % of all in a year",
        "Share of sign-ups lost within twelve months, mean and its 95 % interval. Grey ring: share of all customers "
        "lost in a year, which is what a retention figure shows.",
        provenance(runs[most]),
        [(name, told[f"first_{short}"]) for name, short in WORLDS.items()],
        against=[told[f"annual_{short}"] for short in WORLDS.values()],
        quoted=(0.5, "quoted: over half"),
    )
    sheet.axes[0].set_xlim(left=0.0)
    return sheet


if __name__ == "__main__":
    conduct(study, __file__)
