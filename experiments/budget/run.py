"""Where should the next half million go?

python -m experiments.budget.run
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots.comparisons import provenance
from cxsim.readings.cash import cash, present_value
from cxsim.readings.values import economics_of
from cxsim.studies.pairs import wilson
from cxsim.studies.replications import Arm, Progress
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding, effect, level

SEED, BUDGET = 7, 500_000.0
OFFERS: dict[str, tuple[str, str, dict[str, object]]] = {
    "payments": ("payment recovery", "payment-recovery", {}),
    "usage": ("adoption campaign", "adoption-campaign", {}),
    "back": ("win-back", "win-back", {}),
    "advocacy": ("advocacy programme", "advocacy-programme", {}),
    "fit": ("better-fit sales", "better-fit-sales", {}),
    "digital": ("digital support", "digital-support", {}),
    "guides": ("digital onboarding", "digital-onboarding", {}),
    "voice": ("voice of the customer", "voice-of-customer", {}),
    "map": ("journey convergence", "journey-convergence", {}),
    "onboarding": ("formal onboarding", "formal-onboarding", {}),
    "part": ("formal onboarding, 4 in 10", "formal-onboarding", {"coverage": 0.4}),
    "product": ("product experience", "product-experience", {}),
    "agent": ("one more support agent", "support-staff", {"people": 1}),
    "specialist": ("one more specialist", "onboarding-staff", {"people": 1}),
    "csm": ("one more CSM", "csm-staff", {"people": 1}),
}
# the same levers at the same cost, should they do half of what is assumed
HALVED: dict[str, dict[str, object]] = {
    "payments": {"recovered": 0.1, "quality": 0.5},
    "usage": {"growth": 1.15, "ceiling": 1.05},
    "back": {"approached": 0.15, "sooner": 0.7, "success": 0.025},
    "advocacy": {"referrals": 1.25},
    "part": {"coverage": 0.4, "pace": 0.9, "quality": 0.5, "usage": 1.075, "tickets": 0.9},
}
LARGE = ("onboarding", "product")  # what the budget buys but one of
READ = {"company_value_dcf": "worth", "net_benefit": "cash", "company_value_multiple": "value", "arr": "arr"}
TOP = 4  # offers of which all pairs are tried


def study(size: Size) -> Results:
    """Buy each offer by itself, then the best of them together."""
    base = cx.Scenario.load("b2b-saas")
    arms = {name: buying(base, (name,)) for name in OFFERS}
    with size.bar("what each costs") as moved:
        costs = prices(base, arms, size.of(10, 2), moved)
    with size.bar("one by one") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(arms), replications=size.of(70, 3), seed=SEED, progress=moved
        )
    told = {one.name: one for one in (*costs, *singles(found, costs))}
    order = sorted(OFFERS, key=lambda name: -told[f"{name}_per_dollar"].value)
    chosen = basket(order, told)
    bundles = {"+".join(some): buying(base, some) for some in [*combinations(order[:TOP], 2), chosen]}
    bundles |= {f"half of {name}": halved(base, (name,)) for name in HALVED}
    bundles["half of all"] = halved(base, tuple(HALVED))
    with size.bar("together") as moved:
        joint = cx.compare(
            base, *bundles.values(), names=list(bundles), replications=size.of(70, 3), seed=SEED, progress=moved
        )
    told |= {one.name: one for one in together(found, joint, "+".join(chosen), costs)}
    return Results(
        SEED,
        {"b2b-saas": base, **arms, **bundles},
        tuple(told.values()),
        {"offers": offers_table(order, told), "bundles": bundles_table(joint)},
        {"figure": figure(found, chosen, told)},
    )


def buying(base: cx.Scenario, some: Sequence[str]) -> cx.Scenario:
    """The world with some of the offers."""
    for name in some:
        _, lever, settings = OFFERS[name]
        base = base.with_(lever, **settings)
    return base


def halved(base: cx.Scenario, some: Sequence[str]) -> cx.Scenario:
    """The world with some of the offers at half of their assumed effect."""
    for name in some:
        base = base.with_(OFFERS[name][1], **HALVED[name])
    return base


def prices(base: cx.Scenario, arms: dict[str, cx.Scenario], replications: int, moved: Progress | None) -> list[Finding]:
    """Present value of what each offer costs to the horizon: programme, wages, digital contacts."""
    economics = economics_of(base.value)

    def spent(scenario: cx.Scenario) -> np.ndarray:
        arm, found = Arm(scenario), []
        for number in range(replications):
            flows = cash(arm.table(SEED, number)[0], economics)
            flow = flows.programme + flows.payroll + flows.digital
            found.append(present_value(flow, economics.discount_rate))
        return np.array(found)

    before, told = spent(base), []
    for done, (name, arm) in enumerate(arms.items(), start=1):
        told.append(level(f"{name}_price", spent(arm) - before, "currency"))
        if moved is not None:
            moved(done, len(arms))
    return told


def singles(found: cx.Comparison, costs: Sequence[Finding]) -> list[Finding]:
    """What each offer changes, per dollar too, and how often it is the best of all."""
    told = [effect(f"{name}_{short}", found, one, name) for name in OFFERS for one, short in READ.items()]
    for name, cost in zip(OFFERS, costs, strict=True):
        gain = gains(found, "company_value_dcf")[name] / cost.value
        told.append(level(f"{name}_per_dollar", gain, "ratio", is_change=True))
    return [*told, *best(found, "company_value_dcf", {name: f"{name}_best" for name in OFFERS})]


def gains(found: cx.Comparison, outcome: str) -> dict[str, np.ndarray]:
    """What each arm changes in each replication."""
    base = found.baseline.values(outcome)
    return {run.name: run.values(outcome) - base for run in found.alternatives}


def best(found: cx.Comparison, outcome: str, names: dict[str, str]) -> list[Finding]:
    """Share of replications in which an arm gains more than all others named."""
    gained = gains(found, outcome)
    table = np.array([gained[name] for name in names])
    wins = np.bincount(table.argmax(axis=0), minlength=len(names))
    return [
        Finding(told, won / found.n, *wilson(int(won), found.n), "share")
        for told, won in zip(names.values(), wins, strict=True)
    ]


def basket(order: Sequence[str], told: dict[str, Finding]) -> tuple[str, ...]:
    """Offers by value per dollar, as long as they clearly gain (the first two even so) and there is money left."""
    left = BUDGET
    chosen: list[str] = []
    for name in order:
        price = told[f"{name}_price"].value
        if price <= left and (told[f"{name}_worth"].side > 0 or len(chosen) < 2):
            chosen.append(name)
            left -= price
    return tuple(chosen)


def together(found: cx.Comparison, joint: cx.Comparison, chosen: str, costs: Sequence[Finding]) -> list[Finding]:
    """What the basket and the best pair do."""
    told = [effect(f"basket_{short}", joint, one, chosen) for one, short in READ.items()]
    prices = {name: cost.value for name, cost in zip(OFFERS, costs, strict=True)}
    price = sum(prices[name] for name in chosen.split("+"))
    told.append(Finding("basket_price", price, price, price, "currency"))
    gained = gains(joint, "company_value_dcf")
    alone = gains(found, "company_value_dcf")
    beyond = gained[chosen] - np.sum([alone[name] for name in chosen.split("+")], axis=0)
    told.append(level("basket_beyond", beyond, "currency", is_change=True))
    big = max(LARGE, key=lambda name: alone[name].mean())
    told.append(level("basket_more", gained[chosen] - alone[big], "currency", is_change=True))
    told += [effect(f"half_{name}_worth", joint, "company_value_dcf", f"half of {name}") for name in HALVED]
    told.append(effect("half_all_worth", joint, "company_value_dcf", "half of all"))
    told.append(level("half_all_more", gained["half of all"] - alone[big], "currency", is_change=True))
    pairs = [run.name for run in joint.alternatives if run.name != chosen and run.name.count("+") == 1]
    winner = max(pairs, key=lambda name: gained[name].mean())
    told.append(effect("pair_worth", joint, "company_value_dcf", winner))
    share = best(joint, "company_value_dcf", {name: name for name in pairs})[pairs.index(winner)]
    return [*told, Finding("pair_best", share.value, share.low, share.high, "share")]


def offers_table(order: Sequence[str], told: dict[str, Finding]) -> pd.DataFrame:
    """Every offer in a row, by value per dollar."""
    rows = []
    for name in order:
        row: dict[str, object] = {"offer": OFFERS[name][0]}
        for short in ("price", "per_dollar", *READ.values(), "best"):
            one = told[f"{name}_{short}"]
            row |= {short: one.value, f"{short}_low": one.low, f"{short}_high": one.high}
        rows.append(row)
    return pd.DataFrame(rows)


def bundles_table(joint: cx.Comparison) -> pd.DataFrame:
    """What pairs and the basket do."""
    rows = joint.effects()
    columns = ["name", "outcome", "unit", "baseline", "alternative", "difference", "low", "high", "probability_better"]
    return rows[rows["outcome"].isin(READ)][columns]


def figure(found: cx.Comparison, chosen: Sequence[str], told: dict[str, Finding]) -> Figure:
    """What each offer and the basket are worth, with what they cost."""

    def label(words: str, name: str) -> str:
        return f"{words}, {told[f'{name}_price'].said('size')}"

    order = sorted(OFFERS, key=lambda name: -told[f"{name}_worth"].value)
    rows = [
        (label(f"the best {len(chosen)} together", "basket"), told["basket_worth"]),
        ("small ones at half the assumed effect", told["half_all_worth"]),
    ]
    rows += [(label(OFFERS[name][0], name), told[f"{name}_worth"]) for name in order]
    losing = sum(told[f"{name}_worth"].side < 0 for name in OFFERS)
    more = told["basket_more"]
    than = "more" if more.side > 0 else "less" if more.side < 0 else "not clearly more"
    return dots(
        f"{told['basket_price'].said('size')} in {len(chosen)} small programmes brings {than} than all in one large "
        f"one; {losing} of {len(OFFERS)} offers lose value",
        "Change of the company's discounted value (cash of 36 months and ten years' run-off), costs inside: mean and "
        "its 95 % interval. After each name: present value of what it costs in 36 months.",
        provenance(found.baseline),
        rows,
        better="higher",
        width=9.0,
    )


if __name__ == "__main__":
    conduct(study, __file__)
