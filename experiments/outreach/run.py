"""Whom should success managers call, when does it harm, and what if they have no time for it?

python -m experiments.outreach.run
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots import style
from cxsim.plots.comparisons import provenance
from cxsim.studies import Run
from cxsim.studies.replications import Arm, Progress
from cxsim.studies.rounds import meaning_to_leave
from experiments.conduct import Results, Size, conduct
from experiments.curves import Line, curves
from experiments.dots import dots
from experiments.findings import Finding, between, effect, jackknife, ratio

SEED, LEVER = 7, "proactive-outreach"
PEOPLE = (0, 2, 4, 6, 8)
WAKES = (0.0, 0.01, 0.02, 0.03, 0.039)
CALLS, THIRDS = 20, 3  # calls a month; an account's turn comes every third month, as the lever's pause asks
CHOICES = {
    "random": "anyone",
    "risk": "the least healthy",
    "usage": "those who use least",
    "large": "the largest",
    "renewal": "those soon to renew",
}
READ = {"net_benefit": "cash", "arr": "arr", "nrr": "nrr", "logo_churn_annual": "year", "logo_churn_12m": "first"}


def study(size: Size) -> Results:
    """Vary who is called, by how many people, and how many of those called are woken."""
    base = cx.Scenario.load("b2b-saas")
    rules = by_rule(base)
    with size.bar("who is called, by how many") as moved:
        found = cx.compare(
            base, *rules.values(), names=list(rules), replications=size.of(80, 3), seed=SEED, progress=moved
        )
    choices = by_choice(base)
    with size.bar("twenty calls a month") as moved:
        chosen = cx.compare(
            base, *choices.values(), names=list(choices), replications=size.of(80, 3), seed=SEED, progress=moved,
            policy=call,
        )  # fmt: skip
    with size.bar("calls to those who mean to leave") as moved:
        knowing = all_known(base, size.of(80, 3), moved)
    told = [one for study in (found, chosen) for run in study.alternatives for one in effects(study, run)]
    told += [between(f"known_{short}", chosen.baseline, knowing, one) for one, short in READ.items()]
    told.append(part_of_known(chosen, knowing))
    told += [break_even(f"even_{short}", found, one) for one, short in READ.items() if short not in ("arr", "nrr")]
    for name in ("red", "red_wake39"):
        with size.bar("accounts one by one") as moved:
            fates = cx.ledger(
                base, alternative=rules[name], replications=size.of(40, 2), seed=SEED, progress=moved
            ).frame()
        told += twins(name, fates)
    named = {one.name: one for one in told}
    return Results(
        SEED,
        {"b2b-saas": base, **rules, **choices, "known": knowing.scenario},
        tuple(told),
        {"effects": table(found, chosen)},
        {"figure": figure(found, named), "wake": wake_figure(found, named)},
    )


def by_rule(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """All in the red, or in the red and amber, with more and more people; and all in the red who may be woken."""
    arms = {"red": base.with_(LEVER, bands=["red"])}
    for people in PEOPLE:
        arm = base.with_(LEVER, bands=["red", "amber"])
        arms[f"amber_{people}"] = arm.with_("csm-staff", people=people) if people else arm
    arms |= {f"red_wake{1000 * wake:.0f}": base.with_(LEVER, bands=["red"], wake=wake) for wake in WAKES[1:]}
    return arms


def by_choice(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """As many calls in each arm, to those whom `call` picks; and two choices again where calls wake."""
    settings = dict.fromkeys(CHOICES, 0.0) | {"risk_wake39": WAKES[-1], "renewal_wake39": WAKES[-1]}
    return {name: by_hand(base, name, wake) for name, wake in settings.items()}


def by_hand(base: cx.Scenario, name: str, wake: float = 0.0) -> cx.Scenario:
    """Outreach that reaches nobody by itself, under a name that tells `call` whom to call."""
    arm = base.with_(LEVER, bands=[], coverage=0, wake=wake)
    return replace(arm, interventions=(replace(arm.interventions[0], name=name),))


def all_known(base: cx.Scenario, replications: int, moved: Progress | None) -> Run:
    """Twenty calls a month by somebody who knows which accounts mean to leave, from their twins that are not called."""
    scenario, found = by_hand(base, "known"), []
    for number in range(replications):
        known = known_by_month(cx.simulate(base, seed=SEED, replication=number))
        found.append(Arm(scenario, policy=partial(call, known=known)).replicate(SEED, number))
        if moved is not None:
            moved(number + 1, replications)
    return Run("known", scenario, SEED, scenario.horizon_months, tuple(found))


def known_by_month(log: cx.EventLog) -> dict[int, set[int]]:
    """By month, the accounts that mean to leave as it begins."""
    accounts = np.unique(log.columns["account"][log.columns["account"] >= 0])
    months = range(math.ceil(log.certificate.horizon_months))
    return {month: set(accounts[meaning_to_leave(log, accounts, month)].tolist()) for month in months}


def part_of_known(chosen: cx.Comparison, knowing: Run) -> Finding:
    """What calls before renewal bring, as a share of what they would if it were known who means to leave."""
    base = chosen.baseline.values("net_benefit")
    gain, most = chosen.named("renewal").values("net_benefit") - base, knowing.values("net_benefit") - base
    return jackknife("part_of_known", lambda at: float(gain[at].mean() / most[at].mean()), len(base), "share")


def call(seen: cx.Seen, known: dict[int, set[int]] | None = None) -> cx.Orders | None:
    """Twenty calls a month, from the third of the accounts whose turn it is, by what the intervention's name says."""
    columns, orders = seen.columns, {}
    for name in seen.interventions:
        free = (columns["account"] % THIRDS == seen.month % THIRDS) & (columns["stage"] > 0) & ~columns["given_notice"]
        if known is not None:
            free &= np.isin(columns["account"], list(known[seen.month]))
        place = np.where(free, rank(seen, name.removesuffix("_wake39")), np.inf)
        first = np.argsort(place, kind="stable")[:CALLS]
        orders[name] = np.sort(columns["account"][first[np.isfinite(place[first])]])
    return cx.Orders(treat=orders) if orders else None


def rank(seen: cx.Seen, choice: str) -> np.ndarray:
    """Places in the list of those to call, lowest first; infinite for those who are not on it."""
    columns = seen.columns
    if choice == "random":
        return np.asarray((columns["account"].astype(np.int64) + 977 * seen.month) * 2654435761 % 2**32, dtype=float)
    if choice == "usage":
        return columns["usage"]
    if choice == "known":
        return columns["months_to_renewal"].astype(float)
    if choice == "large":
        return -columns["mrr"].astype(float)
    due = (columns["months_to_renewal"] >= 2) & (columns["months_to_renewal"] <= 5)
    return np.where(due | (choice == "risk"), columns["observed_health"], np.inf)


def effects(found: cx.Comparison, run: Run) -> list[Finding]:
    """What an arm does to cash, revenue and loss."""
    told = [effect(f"{run.name}_{short}", found, one, run.name) for one, short in READ.items()]
    before = found.baseline.values("logo_churn_annual")
    return [*told, ratio(f"{run.name}_cut", run.values("logo_churn_annual"), before, less_one=True)]


def break_even(name: str, found: cx.Comparison, outcome: str) -> Finding:
    """Share of those called who must be woken for calls in the red to change an outcome not at all."""
    runs = [found.named("red"), *(found.named(f"red_wake{1000 * wake:.0f}") for wake in WAKES[1:])]
    change = np.array([run.values(outcome) - found.baseline.values(outcome) for run in runs])
    sign = 1.0 if outcome == "net_benefit" else -1.0
    return jackknife(name, lambda at: crossing(sign * change[:, at].mean(axis=1)), found.n, "share")


def crossing(gain: np.ndarray) -> float:
    """Dose at which a gain becomes a loss, between two doses on a straight line; an end of the scale if it does not."""
    lost = np.flatnonzero(gain < 0.0)
    if not len(lost):
        return WAKES[-1]
    at = int(lost[0])
    if at == 0:
        return 0.0
    before, after = gain[at - 1], gain[at]
    return float(WAKES[at - 1] + (WAKES[at] - WAKES[at - 1]) * before / (before - after))


def twins(name: str, fates: pd.DataFrame) -> list[Finding]:
    """Share of leavers whose twin under outreach stays, and share of leavers under outreach whose twin stayed."""
    left, leaves = np.isfinite(fates["lost_without"]), np.isfinite(fates["lost_with"])

    def share(part: pd.Series, whole: pd.Series, told: str) -> Finding:
        over, under = (one.groupby(fates["replication"]).sum().to_numpy(dtype=float) for one in (part, whole))
        return replace(ratio(told, over, under), unit="share")

    return [share(left & ~leaves, left, f"{name}_kept"), share(~left & leaves, leaves, f"{name}_woken")]


def table(*found: cx.Comparison) -> pd.DataFrame:
    """Effects of all arms on what the page speaks of."""
    rows = pd.concat([one.effects() for one in found])
    columns = ["name", "outcome", "unit", "baseline", "alternative", "difference", "low", "high", "probability_better"]
    return rows[rows["outcome"].isin(READ)][columns]


def figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """Cash that each way of calling brings or costs."""
    chosen = {name: told[f"{name}_cash"] for name in CHOICES}
    best = max(chosen, key=lambda name: chosen[name].value)
    wide = told["amber_0_cash"]
    rows = [(f"20 calls a month to {CHOICES[name]}", one) for name, one in chosen.items()]
    rows.append(("up to 20, were it known who means to leave", told["known_cash"]))
    rows += [("all in the red", told["red_cash"]), ("all in the red; 3.9 % wake up", told["red_wake39_cash"])]
    for people in PEOPLE:
        with_more = f", {people} more CSMs" if people else ""
        rows.append((f"all in the red and amber{with_more}", told[f"amber_{people}_cash"]))
    does = f"costs {wide.said('size')}" if wide.side < 0 else f"brings {wide.said('size')}"
    does = does if wide.side else "has no clear effect"
    return dots(
        f"Twenty calls a month bring most if they go to {CHOICES[best]}; calling all in the red and amber {does}",
        "Change of discounted cash over 36 months, wages of added CSMs included: mean and its 95 % interval. Blue: "
        "better than no outreach; orange: worse; grey: unclear.",
        provenance(found.baseline),
        rows,
        better="higher",
        width=9.0,
    )


def wake_figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """Loss of customers by how many of those called are woken."""
    arms = ["red", *(f"red_wake{1000 * wake:.0f}" for wake in WAKES[1:])]
    lines = [
        Line("first-year\nchurn", style.ORANGE, WAKES, [told[f"{arm}_first"] for arm in arms]),
        Line("churn a year\nof all", style.BLUE, WAKES, [told[f"{arm}_year"] for arm in arms]),
    ]
    even = told["even_year"].value
    return curves(
        f"Calls in the red do harm once they wake more than {100 * even:.1f} % of those called",
        "Change of churn by the risk that a call adds to a customer who was not about to leave: mean and its 95 % "
        "interval. 3.9 % is what a field experiment found (Ascarza, Iyengar & Schleicher 2016).",
        provenance(found.baseline),
        lines,
        scale="risk of leaving that a call adds (accumulated hazard)",
        ticks=[(wake, f"{100 * wake:.3g} %") for wake in WAKES],
        marked=(even, "no change in\nchurn of all"),
    )


if __name__ == "__main__":
    conduct(study, __file__)
