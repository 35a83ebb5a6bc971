"""How fast the clocks are: side by side, and without a log. Measured by `make bench`, never asserted."""

from __future__ import annotations

import clocks
import pytest
from clocks import Luck, middle
from floor import Recorder
from measured import Page

pytestmark = pytest.mark.benchmark

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
        before, company = clocks.reference_run(plan, luck)
        run = clocks.ran(clocks.founded(plan, luck, book=True))
        assert run.rows == len(company.book)
        ratios.append(before / run.whole)
        times.append(before)
        others.append(run.whole)
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
        "≥ 100",
        ratio >= 100,
    )
    figures.values.update(ratio=ratio, reference=reference, compiled=compiled, events=n, happenings=happened)


def test_account_months_of_the_tally(page: Page) -> None:
    """Runs without a log, one core."""
    clocks.warm()
    figures = page("tally")
    for kind, sizes in (("teams in proportion", SIZES), ("teams of the declared size", CROWDED)):
        for name, accounts, staffed in sizes:
            speed, low, high = _tally_speed(accounts, staffed, 7 if accounts < 5000 else 3)
            figures.add(
                f"{name} accounts, {kind}",
                f"{speed / 1e6:.2f} ({low / 1e6:.2f}-{high / 1e6:.2f}) M account-months/s, {1e9 / speed:.0f} ns each",
                "≥ 3 M/s",
                speed >= 3e6,
            )
            figures.values[f"{accounts} {'staffed' if staffed else 'crowded'}"] = speed


def _tally_speed(accounts: int, staffed: bool, runs: int) -> tuple[float, float, float]:
    """Account-months a second of processor time: median, least and most."""
    plan = clocks.plan_of(clocks.world(accounts, staffed=staffed))
    speeds = []
    for replication in range(runs):
        luck = Luck(clocks.SEED, replication)
        count = clocks.counted(clocks.founded(plan, luck), plan).account_months
        speeds.append(count / clocks.ran(clocks.founded(plan, luck, tally=True)).whole)
    return middle(speeds)
