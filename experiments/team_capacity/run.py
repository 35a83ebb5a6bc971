"""What is the next hire worth in each team, and where does it stop to pay?

python -m experiments.team_capacity.run
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots import style
from cxsim.plots.comparisons import provenance
from cxsim.studies.replications import Progress
from experiments.conduct import Results, Size, conduct
from experiments.curves import Line, curves
from experiments.findings import Finding, between, level
from experiments.team_capacity import csms

SEED, HORIZON = 7, 60
FROM, TO = -4, 2  # people more or fewer than there are
REPLY, LATE_REPLY = "adoption.expected_reply", 0.25  # the world's is a working day; here a week [months]
TEAMS = {
    "onboarding": ("onboarding-staff", "onboarding", "onboarding specialists", style.GREEN),
    "success": ("csm-staff", "check_in", "CSMs", style.PURPLE),
    "support": ("support-staff", "ticket", "support agents", style.BLUE),
}
READ = {"company_value_dcf": "worth", "net_benefit": "cash", "arr": "arr", "nrr": "nrr", "logo_churn_12m": "first"}


def study(size: Size) -> Results:
    """Make each team smaller and larger by one at a time, the others as they are."""
    base = cx.Scenario.load("b2b-saas").set("horizon_months", HORIZON)
    arms = {
        (team, people): base.with_(lever, people=people)
        for team, (lever, *_) in TEAMS.items()
        for people in steps()
        if people
    }
    names = {key: f"{key[0]} {key[1]:+d}" for key in arms}
    with size.bar("teams") as moved:
        found = cx.compare(
            base, *arms.values(), names=list(names.values()), replications=size.of(60, 3), seed=SEED, progress=moved
        )
    told = {one.name: one for team in TEAMS for one in hires(found, team)}
    with size.bar("waits") as moved:
        waits = waiting({(team, 0): base for team in TEAMS} | arms, size.of(8, 2), moved)
    told |= {one.name: one for one in waits}
    with size.bar("support, if a week's reply is borne") as moved:
        told["support_now_patient_worth"] = last_agent(base.set(REPLY, LATE_REPLY), size.of(60, 3), moved)
    told |= {one.name: one for one in csms.sweep(base, SEED, size)}
    return Results(
        SEED,
        {"b2b-saas": base, **{names[key]: arm for key, arm in arms.items()}},
        tuple(told.values()),
        {"hires": table(base, told), "csms": csms.table(base, told)},
        {"figure": figure(found, told), "csms": csms.figure(base, told, provenance(found.baseline))},
    )


def steps() -> range:
    """People more or fewer."""
    return range(FROM, TO + 1)


def key_of(team: str, people: int) -> str:
    """Name of the hire after which a team has so many more people than it has."""
    return f"{team}_{'minus' if people < 0 else 'plus' if people else 'now'}{abs(people) or ''}"


def hires(found: cx.Comparison, team: str) -> list[Finding]:
    """What each hire changes against the team without it, wages inside."""
    runs = {people: found.named(f"{team} {people:+d}") if people else found.baseline for people in steps()}
    return [
        between(f"{key_of(team, people)}_{short}", runs[people - 1], runs[people], one)
        for people in list(steps())[1:]
        for one, short in READ.items()
    ]


def last_agent(world: cx.Scenario, replications: int, moved: Progress | None) -> Finding:
    """What the last support agent is worth in another world."""
    fewer = world.with_("support-staff", people=-1)
    found = cx.compare(world, fewer, names=["fewer"], replications=replications, seed=SEED, progress=moved)
    return between("support_now_patient_worth", found.named("fewer"), found.baseline, "company_value_dcf")


def waiting(arms: dict[tuple[str, int], cx.Scenario], logs: int, moved: Progress | None) -> list[Finding]:
    """Mean days until somebody of the team has time, and what part of its time it is busy, by the team's size."""
    told = []
    for done, ((team, people), arm) in enumerate(arms.items(), start=1):
        subject = TEAMS[team][1]
        days, busy = [], []
        for number in range(logs):
            log = cx.simulate(arm, seed=SEED, replication=number)
            waits = cx.readings.waits(log)
            row = waits[(waits["subject"] == subject) & (waits["team"] == team)].iloc[0]
            days.append(30.4375 * row["mean"])
            used = cx.readings.utilisation(log)
            used = used[used["team"] == team]
            busy.append(used["busy"].sum() / used["capacity"].sum())
        if moved is not None:
            moved(done, len(arms))
        told.append(level(f"{key_of(team, people)}_wait", np.array(days), "days"))
        told.append(level(f"{key_of(team, people)}_busy", np.array(busy), "share"))
    return told


def table(base: cx.Scenario, told: dict[str, Finding]) -> pd.DataFrame:
    """Every hire in a row."""
    rows = []
    for team in TEAMS:
        now = int(base.value(f"teams.{team}_headcount"))
        for people in steps():
            row: dict[str, object] = {"team": team, "people": now + people}
            for short in (*READ.values(), "wait", "busy"):
                one = told.get(f"{key_of(team, people)}_{short}")
                if one is not None:
                    row |= {short: one.value, f"{short}_low": one.low, f"{short}_high": one.high}
            rows.append(row)
    return pd.DataFrame(rows)


def figure(found: cx.Comparison, told: dict[str, Finding]) -> Figure:
    """Worth of each hire by the size of its team, about today's."""
    hired = list(steps())[1:]
    lines = [
        Line(words, colour, hired, [told[f"{key_of(team, people)}_worth"] for people in hired])
        for team, (_, _, words, colour) in TEAMS.items()
    ]
    nexts = {TEAMS[team][2]: told[f"{key_of(team, 1)}_worth"] for team in TEAMS}
    paying = [words for words, one in nexts.items() if one.side > 0]
    ahead = f"The next hire pays among {' and '.join(paying)}" if paying else "No team's next hire clearly pays"
    lasts = {TEAMS[team][2]: told[f"{key_of(team, 0)}_worth"] for team in TEAMS}
    does = {1: "brought {} among {}", 0: "is unclear among {1}", -1: "cost {} among {}"}
    behind = ", ".join(
        does[one.side].format(one.said("size"), words)
        for words, one in sorted(lasts.items(), key=lambda it: -it[1].value)
    )
    return curves(
        f"{ahead}; the last one {behind}",
        "Change of the company's discounted value (cash of 60 months and ten years' run-off) by one more person, wage "
        "inside, against the same team without that person: mean and its 95 % interval.",
        provenance(found.baseline),
        lines,
        scale="size of the team after the hire, against today's",
        ticks=[(people, f"{people:+d}".replace("-", "−") if people else "today's") for people in hired],
    )


if __name__ == "__main__":
    conduct(study, __file__)
