"""What does formal onboarding do to retention and value, and what if its effect does not fade?

python -m experiments.formal_onboarding.run
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots.comparisons import provenance
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, effect, level, ratio

SEED, HORIZON = 7, 60
ARMS = {"as assumed": {}, "lasting": {"fade": 0.0}, "half the accounts": {"coverage": 0.5}}
SHORT = ("", "_lasting", "_half")  # what findings of each arm are called by
HEADLINES = ("logo_churn_12m", "arr", "company_value_multiple", "net_benefit", "programme_cost", "time_to_value")


def study(size: Size) -> Results:
    """Compare three ways of doing it with doing nothing."""
    base = cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON)
    arms = {name: base.with_("formal-onboarding", **settings) for name, settings in ARMS.items()}
    with size.bar("formal onboarding") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(arms), replications=size.of(400, 4), seed=SEED, progress=moved
        )
    with size.bar("accounts one by one") as moved:
        fates = cx.ledger(
            base, alternative=arms["as assumed"], replications=size.of(60, 3), seed=SEED, progress=moved
        ).summary()
    told = findings(found, fates)
    table = found.effects()
    table = table[table["outcome"].isin(HEADLINES)]
    columns = ["name", "outcome", "unit", "baseline", "alternative", "difference", "low", "high", "probability_better"]
    return Results(
        SEED,
        {"b2b-saas": base, **arms},
        tuple(told),
        {"effects": table[columns], "fates": fates},
        {"figure": figure({one.name: one for one in told}, provenance(found.baseline))},
    )


def findings(found: cx.Comparison, fates: pd.DataFrame) -> list[Finding]:
    """What the page says."""
    base = found.baseline
    told = [level("churn_before", base.values("logo_churn_12m"), "share")]
    for name, run in zip(SHORT, found.alternatives, strict=True):
        told.append(effect(f"churn{name}", found, "logo_churn_12m", run.name))
        told.append(ratio(f"cut{name}", run.values("logo_churn_12m"), base.values("logo_churn_12m"), less_one=True))
        told += [
            effect(f"{short}{name}", found, outcome, run.name)
            for short, outcome in (
                ("arr", "arr"),
                ("value", "company_value_multiple"),
                ("cash", "net_benefit"),
                ("cost", "programme_cost"),
            )
        ]
    told.append(effect("days", found, "time_to_value"))
    for fate in ("saved", "lost"):
        row = fates[fates["fate"] == fate].iloc[0]
        told.append(Finding(fate, row["accounts"], row["accounts_low"], row["accounts_high"], "accounts"))
    return told


def figure(told: dict[str, Finding], footer: str) -> Figure:
    """Relative cut of first-year churn in each arm, against the quarter that is quoted."""
    cuts = [told[f"cut{short}"] for short in SHORT]
    most = max(-one.value for one in cuts)
    return dots(
        f"Formal onboarding cuts first-year churn by {100 * most:.0f} % at most, not by a quarter",
        "Relative change of churn within 12 months, mean and its 95 % interval. The quoted cut of 25 % or more has no "
        "published origin.",
        footer,
        list(zip(ARMS, cuts, strict=True)),
        quoted=(-0.25, "quoted"),
        better="lower",
    )


if __name__ == "__main__":
    conduct(study, __file__)
