"""A small set of comparisons in a process of its own: under another mode of Numba, of another copy of the package.

    python small_set.py drawn 25 | ties 10 | ends CASE… | digests

The last line tells how many comparisons ran, or the digests of both clocks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import both
from drawn_scenarios import Case, blank, cases
from drawn_ties import TiedCase, tied_cases
from extremes import CASES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxsim.scenario import Scenario, with_values


def main() -> None:
    """Run what the command line asks for."""
    what, *rest = sys.argv[1:]
    if what == "drawn":
        _each(cases(), int(rest[0]), lambda c: both.compare(what, c.scenario, c.seed, c.replication, c.horizon))
    elif what == "ties":
        _each(tied_cases(), int(rest[0]), lambda c: both.compare(what, c.scenario, c.seed, roster=c.roster))
    elif what == "ends":
        _ends(rest or list(CASES))
    else:
        print(json.dumps([both.digests(small_world(), seed, horizon=6) for seed in range(3)]))
        return
    print(both.counted.total())


def small_world() -> Scenario:
    """A dozen accounts to whom much happens."""
    numbers = {"arrivals.per_month": 1.0, "arrivals.history_months": 12, "churn.value_base": 0.02}
    return with_values(blank(("small",)), numbers)


def _ends(names: list[str]) -> None:
    faults = []
    for name in names:
        try:
            CASES[name]()
        except (AssertionError, IndexError) as fault:
            faults.append(f"{name}: {fault!s:.3000}")
    if faults:
        sys.exit("\n\n".join(faults))


def _each(drawn: st.SearchStrategy[Any], n: int, tell: Callable[[Any], Any]) -> None:
    @settings(max_examples=n, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(drawn)
    def tells(case: Case | TiedCase) -> None:
        tell(case)

    tells()


if __name__ == "__main__":
    main()
