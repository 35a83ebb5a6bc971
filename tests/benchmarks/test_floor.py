"""How near the compiled clock comes to the least that any clock must do. Measured by `make bench`, never asserted."""

from __future__ import annotations

import clocks
import pytest
from clocks import Luck, middle
from floor import Player, Recorder, differences, same_rows
from measured import Page

pytestmark = pytest.mark.benchmark

ACCOUNTS, ROUNDS = 10_000, 5


def test_full_engine_against_the_floor(page: Page, recorder: Recorder) -> None:
    """In each round all are run, one after the other; medians of the ratios of a round."""
    clocks.warm()
    figures = page("floor")
    plan, luck = clocks.plan_of(clocks.world(ACCOUNTS)), Luck(clocks.SEED, 0)
    real = clocks.ran(clocks.founded(plan, luck, book=True)).state
    months = clocks.counted(clocks.founded(plan, luck), plan).account_months

    def fresh(*, book: bool = False) -> clocks.State:
        return clocks.roomy(clocks.founded(plan, luck, book=book), real)

    tape = recorder.tape(fresh(), recorder.count(fresh()))
    player = Player()
    times: dict[str, list[float]] = {"as it comes": [], "with room": [], "no book": [], "floor": [], "booked": []}
    for _ in range(ROUNDS):
        times["as it comes"].append(clocks.ran(clocks.founded(plan, luck, book=True)).whole)
        times["with room"].append(clocks.ran(fresh(book=True)).seconds)
        times["no book"].append(clocks.ran(fresh()).seconds)
        for name, state in (("booked", fresh(book=True)), ("floor", fresh())):
            times[name].append(player.play(state, tape))
            # a measurement of something else is worth nothing
            assert not differences(state, real), "the floor did not do what the clock does"
            assert name == "floor" or same_rows(state, real), "the bare loop did not write what the clock writes"
    said = {
        "as it comes": "the clock with a full log, making room for its rows as it goes",
        "with room": "the clock with a full log, its room made before",
        "no book": "the clock without a log",
        "booked": "the bare loop that writes the log",
        "floor": "**the floor**: the bare loop without a log",
    }
    for name, seconds in times.items():
        middling = middle(seconds)[0]
        figures.add(said[name], f"{middling:.3f} s, {1e9 * middling / len(tape):.0f} ns an event, "
                                f"{1e9 * middling / months:.0f} ns an account-month")  # fmt: skip
        figures.values[name] = middling
    for name, target in (("as it comes", 2.0), ("with room", 2.0), ("no book", 0.0)):
        ratio, low, high = middle([a / b for a, b in zip(times[name], times["floor"], strict=True)])
        figures.add(f"ratio to the floor: {said[name]}", f"{ratio:.2f} ({low:.2f}-{high:.2f})",
                    "≤ 2, aim 1.3" if target else "", ratio <= target if target else None)  # fmt: skip
        figures.values[f"ratio {name}"] = ratio
    figures.values.update(events=len(tape), account_months=months)
