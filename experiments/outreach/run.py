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
from experiments.findings import Finding, between, effect, jackknife, level, ratio
from experiments.tolerance import PATH, TOLERANCES, tolerant

SEED, LEVER = 7, "proactive-outreach"
PEOPLE = (0, 2, 4, 6, 8)
WAKES = (0.0, 0.01, 0.02, 0.03, 0.039)
RULES = ("red", "amber_0", "amber_6", "calendar")  # rules and choices that are tried at every tolerance
PATIENT = ("random", "risk", "renewal")
CALLS, THIRDS = 20, 3  # calls a month; an account's turn comes every third month, as the lever's pause asks
CHOICES = {
    "random": "anyone",
    "risk": "the least healthy",
    "usage": "those who use least",
    "large": "the largest",
    "renewal": "those soon to renew",
}
READ = {
    "net_benefit": "cash", "company_value_dcf": "worth", "arr": "arr", "nrr": "nrr", "logo_churn_annual": "year",
    "logo_churn_12m": "first",
}  # fmt: skip
AT_EACH_DOSE = ("net_benefit", "nrr", "logo_churn_annual", "logo_churn_12m")


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
    for key, study, arm in (("even", found, "red"), ("renewal_even", chosen, "renewal")):
        told += [break_even(f"{key}_{READ[one]}", study, arm, one) for one in AT_EACH_DOSE if one != "nrr"]
    with size.bar("waits") as moved:
        told += waiting({"none": base, **{name: rules[name] for name in RULES}}, size.of(8, 2), moved)
    for name in TOLERANCES:
        told += at_tolerance(base, name, size)
    for name in ("red", "red_wake39", "amber_0"):
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
        {"effects": table(found, chosen), "tolerance": tolerance_table(named)},
        {
            "figure": figure(named, provenance(found.baseline)),
            "wake": wake_figure(found, named),
            "tolerance": tolerance_figure(named, provenance(found.baseline)),
        },
    )


def by_rule(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """All in the red, or in the red and amber, with more and more people; all before renewal; all who may be woken."""
    arms = {
        "red": base.with_(LEVER, bands=["red"]),
        "calendar": base.with_(LEVER, bands=[], score="months_to_renewal", above=2, below=5),
    }
    for people in PEOPLE:
        arm = base.with_(LEVER, bands=["red", "amber"])
        arms[f"amber_{people}"] = arm.with_("csm-staff", people=people) if people else arm
    return arms | {woken("red", wake): base.with_(LEVER, bands=["red"], wake=wake) for wake in WAKES[1:]}


def woken(name: str, wake: float) -> str:
    """Name of an arm in which calls wake some of those called."""
    return f"{name}_wake{1000 * wake:.0f}" if wake else name


def by_choice(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """As many calls in each arm, to those whom `call` picks; and two choices again where calls wake."""
    arms = {name: by_hand(base, name) for name in CHOICES}
    doses = [("risk", WAKES[-1]), *(("renewal", wake) for wake in WAKES[1:])]
    return arms | {woken(name, wake): by_hand(base, woken(name, wake), wake) for name, wake in doses}


def at_tolerance(base: cx.Scenario, name: str, size: Size) -> list[Finding]:
    """The same calls where customers mind a late conversation sooner or later."""
    world = tolerant(base, name)
    rules = {arm: scenario for arm, scenario in by_rule(world).items() if arm in RULES}
    choices = {choice: by_hand(world, choice) for choice in PATIENT}
    told = []
    for arms, policy in ((rules, None), (choices, call)):
        with size.bar(f"minds {TOLERANCES[name]:g} months") as moved:
            found = cx.compare(
                world, *arms.values(), names=list(arms), replications=size.of(80, 3), seed=SEED, progress=moved,
                policy=policy,
            )  # fmt: skip
        told += [
            effect(f"{run.name}_{name}_{READ[one]}", found, one, run.name)
            for run in found.alternatives
            for one in ("arr", "net_benefit", "company_value_dcf", "logo_churn_annual")
        ]
    return told


def waiting(arms: dict[str, cx.Scenario], logs: int, moved: Progress | None) -> list[Finding]:
    """Share of check-ins asked for that are held by the horizon, and mean days that check-ins and calls waited."""
    told = []
    for done, (name, arm) in enumerate(arms.items(), start=1):
        waits = [cx.readings.waits(cx.simulate(arm, seed=SEED, replication=number)) for number in range(logs)]
        for subject, short in (("check_in", "check_in"), ("outreach", "call")):
            rows = pd.concat([one[one["subject"] == subject] for one in waits])
            rows = rows[rows["team"] == "success"]
            if len(rows):
                told.append(level(f"{name}_{short}_days", 30.4375 * rows["mean"].to_numpy(), "days"))
                told.append(level(f"{name}_{short}_held", (rows["n"] / rows["asked"]).to_numpy(), "share"))
        if moved is not None:
            moved(done, len(arms))
    return told


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
        place = np.where(free, rank(seen, name.split("_wake")[0]), np.inf)
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


def break_even(name: str, found: cx.Comparison, arm: str, outcome: str) -> Finding:
    """Share of those called who must be woken for an arm's calls to change an outcome not at all."""
    runs = [found.named(woken(arm, wake)) for wake in WAKES]
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


def figure(told: dict[str, Finding], footer: str) -> Figure:
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
        "Change of discounted cash over 36 months, wages of added CSMs included, where a check-in more than a week "
        "late is minded: mean and its 95 % interval. Blue: better than no outreach; orange: worse; grey: unclear.",
        footer,
        rows,
        better="higher",
        width=9.0,
    )


def wake_figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """Loss of customers by how many of those called are woken."""
    arms = [woken("red", wake) for wake in WAKES]
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


def tolerance_table(told: dict[str, Finding]) -> pd.DataFrame:
    """What each way of calling does, by the wait for a planned conversation that customers do not mind."""
    rows = []
    for arm in (*PATIENT, *RULES):
        for name, months in TOLERANCES.items():
            row: dict[str, object] = {"called": arm, PATH: months}
            for short in ("arr", "cash", "worth", "year"):
                one = told[f"{arm}_{name}_{short}"]
                row |= {short: one.value, f"{short}_low": one.low, f"{short}_high": one.high}
            rows.append(row)
    return pd.DataFrame(rows)


def tolerance_figure(told: dict[str, Finding], footer: str) -> Figure:
    """What calls do to ARR, by the wait for a planned conversation that customers do not mind."""
    places = range(len(TOLERANCES))
    lines = [
        Line(words, colour, places, [told[f"{arm}_{name}_arr"] for name in TOLERANCES])
        for arm, words, colour in (
            ("renewal", "20 before renewal", style.GREEN),
            ("red", "all red", style.BLUE),
            ("calendar", "all before renewal", style.PURPLE),
            ("amber_0", "all red and amber", style.ORANGE),
        )
    ]
    few = {told[f"renewal_{name}_arr"].side for name in TOLERANCES}
    wide = [told[f"amber_0_{name}_arr"].side for name in TOLERANCES]
    start = "Few calls before renewal raise ARR" if few == {1} else "Even few calls before renewal may not raise ARR"
    hangs = "what many calls do hangs on how late a check-in may come" if len(set(wide)) > 1 else "so with many calls"
    return curves(
        f"{start} whatever customers bear; {hangs}",
        "Change of ARR after 36 months by the wait for a planned conversation that customers do not mind (an "
        "assumption; the world's is a week): mean and its 95 % interval.",
        footer,
        lines,
        scale="wait that is not minded (not to scale)",
        ticks=list(zip(places, ("a week", "two weeks", "a month", "a year"), strict=True)),
    )


if __name__ == "__main__":
    conduct(study, __file__)
