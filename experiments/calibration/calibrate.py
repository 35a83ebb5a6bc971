"""Calibrate a world to its published targets, and write what it gives into docs/worlds.md.

    python experiments/calibration/calibrate.py b2b-saas            # search, print the numbers for the world's file
    python experiments/calibration/calibrate.py --report            # measure all worlds, write docs/worlds.md

Each target moves one number: the ratio of target to result, damped, is applied to it until all results lie within
their ranges. Luck is the same in every step, so that the search is smooth.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies.calibration import ACCOUNTS, REPLICATIONS, SLOWING, Held, measure

# these are simulated at their own size: a company of 500 enterprise clients with the teams of 90 would be another one
SIZES: dict[str, int | None] = {"b2b-saas": ACCOUNTS, "smb-monthly": ACCOUNTS, "enterprise": None, "membership": None}
CAUSES = ("onboarding", "relationship", "service", "value", "competition", "price")
CHOSEN = [f"churn.{cause}_base" for cause in CAUSES]


def moves(held: Held) -> list[tuple[str, float]]:
    """Which numbers a target moves, and by which factor."""
    target, middle = held.target, 0.5 * (held.target.low + held.target.high)
    if not math.isfinite(held.mean):
        return []
    name = target.outcome
    if name.endswith("_churn_share"):
        return [(f"churn.{name.removesuffix('_churn_share')}_base", (middle / max(held.mean, 0.01)) ** 0.8)]
    if name == "grr":
        return [(path, ((1.0 - middle) / (1.0 - held.mean)) ** 0.8) for path in CHOSEN]
    if name == "logo_churn_annual":
        return [(path, (middle / held.mean) ** 1.1) for path in CHOSEN]
    if name == "nrr":
        return [("growth.expansion_happy", math.exp(4.0 * (middle - held.mean)))]
    if name == "monthly_logo_churn":
        return [(path, (middle / held.mean) ** 1.1) for path in CHOSEN]
    if name == "onboarding_days_mean":
        return [("onboarding.milestone_duration", middle / held.mean)]
    if name == SLOWING:
        return [("segments.frailty_variance", (held.mean / middle) ** 2.0)]
    raise InputError([f"{name}: no number is moved by this target"])


def stepped(world: Scenario, results: list[Held]) -> Scenario:
    """The world after one step of the search: its own numbers and those of its segments move by the same factor."""
    factors: dict[str, float] = {}
    for held in results:
        for path, factor in moves(held):
            factors[path] = factors.get(path, 1.0) * factor
    for path, factor in factors.items():
        world = world.set(path, float(f"{world.value(path) * factor:.4g}"))
        for segment, own in world.segment_values.items():
            if path in own:
                place = path.removeprefix("segments.")
                world = world.set(f"segments.{segment}.{place}", float(f"{own[path] * factor:.4g}"))
    return world


def show(results: list[Held]) -> None:
    """One line for each target."""
    for held in results:
        mark = "ok " if held.holds else "OFF"
        t = held.target
        print(f"  {mark} {t.outcome:26s} {held.mean:9.4f} ± {2 * held.standard_error:.4f}   [{t.low:g}, {t.high:g}]")


def search(name: str, steps: int, replications: int) -> None:
    """Step until every target holds; print the numbers that moved."""
    world = Scenario.load(name)
    for step in range(steps):
        results = measure(world, replications=replications, accounts=SIZES[name])
        print(f"{name}, step {step}", flush=True)
        show(results)
        if step == steps - 1:
            break
        world = stepped(world, results)
        for path in [*CHOSEN, "growth.expansion_happy", "onboarding.milestone_duration", "segments.frailty_variance"]:
            own = {s: v[path] for s, v in world.segment_values.items() if path in v}
            print(f"      {path} = {world.value(path):.4g} {own or ''}", flush=True)


def report(path: Path) -> None:
    """Write docs/worlds.md: target against result for each calibrated world."""
    lines = [
        "# Worlds: target against result",
        "",
        f"Written by `python experiments/calibration/calibrate.py --report`: {REPLICATIONS} replications of {ACCOUNTS}",
        "accounts each (enterprise and membership: of their own size, with their own teams), on the compiled engine. A",
        "target holds if the mean lies within its range, give or take two standard errors; published company medians",
        "differ between companies, so the range is the statement and its middle is not.",
        "What claims (a), (d), (e) and (g) measure, and the share of green accounts, are never targets; that of",
        "membership is the yearly retention of the society that (g) is quoted with, and keeps that world out of (g).",
        "",
    ]
    for name, accounts in SIZES.items():
        world = Scenario.load(name)
        lines += [f"## {name}", "", world.description, ""]
        lines += ["| target | range | result ± 2 standard errors | holds | source |", "|---|---|---|---|---|"]
        for held in measure(world, accounts=accounts):
            t = held.target
            claims = f" (claim {', '.join(t.source.claims)})" if t.source.claims else ""
            lines.append(
                f"| `{t.outcome}` | {t.low:g} to {t.high:g} {t.unit} | {held.mean:.4g} ± {2 * held.standard_error:.2g} "
                f"| {'yes' if held.holds else 'NO'} | {t.source.text}{claims} |"
            )
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"wrote {path}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", nargs="?")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    asked = parser.parse_args()
    if asked.world:
        search(asked.world, asked.steps, asked.replications)
    if asked.report:
        report(Path(__file__).parents[2] / "docs" / "worlds.md")


if __name__ == "__main__":
    main()
