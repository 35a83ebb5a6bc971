"""How fast the clocks are: side by side, and without a log. Measured by `make bench`, never asserted."""

from __future__ import annotations

import clocks
import pytest
from clocks import Luck, middle
from floor import Recorder
from measured import Page

from cxsim.engines.compiled import Setting

pytestmark = pytest.mark.benchmark

COMPILED_RUNS = 7
SIZES = (("as declared, about 500", 0, True), ("1,000", 1000, True), ("10,000", 10_000, True))
CROWDED = (("1,000", 1000, False), ("10,000", 10_000, False))


@pytest.mark.parametrize(("accounts", "pairs"), [(0, 5), (10_000, 1)], ids=["declared", "10000"])
def test_both_clocks_side_by_side(accounts: int, pairs: int, page: Page, recorder: Recorder) -> None:
    """The same runs, one after the other, with a full log; the reference with its garbage collector frozen."""
    clocks.warm()
    figures = page("clocks")
    plan = clocks.plan_of(clocks.world(accounts))
    ratios, times, others = [], [], []
    for replication in range(pairs):
        luck = Luck(clocks.SEED, replication)
        # hundreds of times shorter than the reference, so that it may fall into a bad moment: several, and their median
        run = clocks.ran(clocks.founded(plan, luck, book=True))
        others.append(middle([_once(plan, luck) for _ in range(COMPILED_RUNS)])[0])
        before, company = clocks.reference_run(plan, luck)
        assert run.rows == len(company.book)
        ratios.append(before / others[-1])
        times.append(before)
    happened, rows = company.clock.n_happenings, run.rows
    n = recorder.count(clocks.roomy(clocks.founded(plan, luck), run.state))
    name = f"{accounts:,} accounts" if accounts else "accounts as declared"
    ratio, low, high = middle(ratios)
    reference, compiled = middle(times)[0], middle(others)[0]
    figures.add(
        f"{name}: reference",
        f"{reference:.3g} s a run, {happened / times[-1] / 1e6:.2f} M SimPy events/s, "
        f"{rows / times[-1] / 1e3:,.0f} k rows/s",
    )
    figures.add(
        f"{name}: compiled",
        f"{compiled:.3g} s a run, {n / others[-1] / 1e6:.2f} M events/s, {rows / others[-1] / 1e6:.2f} M rows/s",
    )
    figures.add(
        f"{name}: ratio of times, median of {pairs}",
        f"{ratio:.0f} ({low:.0f}-{high:.0f})",
        "≥ 100" if accounts else "",
        ratio >= 100 if accounts else None,
    )
    figures.values.update(ratio=ratio, reference=reference, compiled=compiled, events=n, happenings=happened)


def _once(plan: clocks.Plan, luck: Luck) -> float:
    """Processor time of a run whose log is forgotten at once [s]."""
    return clocks.ran(clocks.founded(plan, luck, book=True)).whole


def test_account_months_of_the_tally(page: Page) -> None:
    """Runs without a log, one core: the loop by itself, and what a study asks for, roster and table with it."""
    clocks.warm()
    figures = page("tally")
    figures.head = ("M account-months/s", "the loop", "all that a study asks", "the same, history kept", "target")
    for kind, sizes in (("teams in proportion", SIZES), ("teams of the declared size", CROWDED)):
        for name, accounts, staffed in sizes:
            found = _tally_speeds(accounts, staffed, 7 if accounts < 5000 else 3)
            loop, low, high = found[0]
            met = "**missed**" if loop < 3e6 else "met"
            figures.line(
                f"{name} accounts, {kind}",
                f"{loop / 1e6:.2f} ({low / 1e6:.2f}-{high / 1e6:.2f}), {1e9 / loop:.0f} ns each",
                *(f"{speed / 1e6:.2f}" for speed, _, _ in found[1:]),
                f"≥ 3 of the loop: {met}",
            )
            figures.values[f"{accounts} {'staffed' if staffed else 'crowded'}"] = loop


def _tally_speeds(accounts: int, staffed: bool, runs: int) -> list[tuple[float, float, float]]:
    """Account-months a second of processor time, of each of the three: median, least and most."""
    world = clocks.world(accounts, staffed=staffed)
    plan = clocks.plan_of(world)
    setting, speeds = Setting(plan), []
    for replication in range(runs):
        luck = Luck(clocks.SEED, replication)
        months = clocks.counted(clocks.founded(plan, luck), plan).account_months
        loop = months / clocks.ran(clocks.founded(plan, luck, tally=True)).whole
        clocks.forget()
        anew, _ = clocks.tallied(world, setting, luck)
        again, later_months = clocks.tallied(world, setting, luck)
        speeds.append((loop, months / anew, later_months / again))
    return [middle(list(each)) for each in zip(*speeds, strict=True)]
