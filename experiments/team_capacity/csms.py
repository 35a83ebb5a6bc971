"""Success managers from none to one more than there are: what they hold and how late, and what that is worth.

A team that is too small holds its check-ins late, and what a late one costs hangs on a number that nobody has measured
(`experiments.tolerance`). So every size is tried at several values of it, and again with half as many check-ins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.plots import style
from cxsim.studies.replications import Progress
from experiments.conduct import Size
from experiments.curves import Line, curves
from experiments.findings import Finding, effect, level
from experiments.tolerance import PATH, TOLERANCES, tolerant

HALF: Final = Path(__file__).parent / "fewer-check-ins.toml"
ALONE: Final = range(-8, 2)  # people more or fewer than there are
HALVED: Final = range(-6, 1)
READ: Final = {"company_value_dcf": "worth", "arr": "arr", "happy_share": "happy", "logo_churn_annual": "churn"}
DAYS: Final = 30.4375


def sweep(base: cx.Scenario, seed: int, size: Size) -> list[Finding]:
    """Every size of the team against today's, with all check-ins and with half of them, at every tolerance."""
    told = []
    for name in TOLERANCES:
        world = tolerant(base, name)
        arms = plans(world)
        with size.bar(f"CSMs; minds {TOLERANCES[name]:g} months") as moved:
            found = cx.compare(
                world, *arms.values(), names=list(arms), replications=size.of(60, 3), seed=seed, progress=moved
            )
        told += [
            effect(f"{arm}_{name}_{short}", found, one, arm) for arm in arms for one, short in READ.items()
        ]  # fmt: skip
    with size.bar("what CSMs hold") as moved:
        told += held({team(base, 0): base} | plans(base), seed, size.of(8, 2), moved)
    return told


def team(base: cx.Scenario, people: int, half: bool = False) -> str:
    """Name of a team of success managers, by its size, and whether it plans half as many check-ins."""
    return f"{'half_' if half else ''}csms{int(base.value('teams.success_headcount')) + people}"


def plans(base: cx.Scenario) -> dict[str, cx.Scenario]:
    """Every size that is tried but today's, and sizes with half as many check-ins."""
    arms = {team(base, people): sized(base, people) for people in ALONE if people}
    return arms | {team(base, people, half=True): sized(base, people).with_(HALF) for people in HALVED}


def sized(base: cx.Scenario, people: int) -> cx.Scenario:
    """The world with so many more success managers."""
    return base.with_("csm-staff", people=people) if people else base


def held(arms: dict[str, cx.Scenario], seed: int, logs: int, moved: Progress | None) -> list[Finding]:
    """Share of check-ins and renewal talks asked for that are held by the horizon; mean days that they waited."""
    told = []
    for done, (name, arm) in enumerate(arms.items(), start=1):
        waits = pd.concat([cx.readings.waits(cx.simulate(arm, seed=seed, replication=n)) for n in range(logs)])
        waits = waits[waits["team"] == "success"]
        for subject, short in (("check_in", "check_in"), ("renewal_talk", "talk")):
            rows = waits[waits["subject"] == subject]
            told.append(level(f"{name}_{short}_held", (rows["n"] / rows["asked"]).to_numpy(), "share"))
            if rows["n"].any():
                told.append(level(f"{name}_{short}_days", DAYS * rows["mean"].to_numpy(), "days"))
        if moved is not None:
            moved(done, len(arms))
    return told


def table(base: cx.Scenario, told: dict[str, Finding]) -> pd.DataFrame:
    """Every size, plan and tolerance in a row: change against today's team with all check-ins."""
    rows = []
    for half, sizes in ((False, ALONE), (True, HALVED)):
        for people in sizes:
            name = team(base, people, half)
            for tolerance, months in TOLERANCES.items():
                row: dict[str, object] = {
                    "csms": int(base.value("teams.success_headcount")) + people,
                    "check_ins": "half" if half else "all",
                    PATH: months,
                }
                shorts = {f"{tolerance}_{short}": short for short in READ.values()}
                shorts |= {
                    f"{what}_{how}": f"{what}_{how}" for what in ("check_in", "talk") for how in ("held", "days")
                }
                for key, column in shorts.items():
                    one = told.get(f"{name}_{key}")
                    if one is not None:
                        row |= {column: one.value, f"{column}_low": one.low, f"{column}_high": one.high}
                rows.append(row)
    return pd.DataFrame(rows)


def figure(base: cx.Scenario, told: dict[str, Finding], footer: str) -> Figure:
    """Value against today's team by its size, from today's down to one, with all check-ins and with half of them."""
    today = int(base.value("teams.success_headcount"))
    sizes = [today + people for people in reversed(HALVED)]
    none = Finding("today", 0.0, 0.0, 0.0, "currency", is_change=True)
    lines = [
        Line(words, colour, [-n for n in sizes], [told.get(f"csms{n}_{name}_worth", none) for n in sizes])
        for name, words, colour in (
            ("week", "all check-ins;\na week", style.ORANGE),
            ("month", "all; a month", style.PURPLE),
            ("long", "all; a year", style.GREEN),
        )
    ]
    lines.append(
        Line(
            "half of them;\na week",
            style.BLUE,
            [-n for n in sizes],
            [told[f"half_csms{n}_week_worth"] for n in sizes],
        )
    )
    worst = min(sizes, key=lambda n: told.get(f"csms{n}_week_worth", none).value)
    return curves(
        f"What hurts is a backlog: {worst} CSMs with all of today's check-ins change value by "
        f"{told[f'csms{worst}_week_worth'].said('value')}, with half of them by "
        f"{told[f'half_csms{worst}_week_worth'].said('value')}",
        "Change of the company's discounted value (cash of 60 months and ten years' run-off, wages inside) against "
        f"today's {today} CSMs: means and 95 % intervals. Lines: check-ins planned; wait not minded.",
        footer,
        lines,
        scale="CSMs at month 0",
        ticks=[(-n, str(n)) for n in sizes],
    )
