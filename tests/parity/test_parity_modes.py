"""The same under other modes of Numba, in processes of their own; and after a law was edited."""

from __future__ import annotations

import json
from pathlib import Path

import both
import pytest
from copies import SMALL_SET, TESTS, changed, copied, last_line, run
from extremes import EXTREME

# every place is checked against the length of its array; the same steps in plain Python
CHECKED, PLAIN = {"NUMBA_BOUNDSCHECK": "1"}, {"NUMBA_DISABLE_JIT": "1"}


def small_set(mode: dict[str, str], what: str, *rest: str) -> None:
    """Run a small set of comparisons in a process of its own, and count them."""
    n = int(last_line(run(TESTS.parent, mode, str(SMALL_SET), what, *rest)))
    name = "".join(f", {key}=1" for key in mode)
    both.counted[f"{EXTREME if what == 'ends' else what}{name}"] += n


@pytest.mark.slow
@pytest.mark.parametrize(("what", "n"), [("drawn", 40), ("ties", 20)])
def test_with_bounds_checked(what: str, n: int) -> None:
    small_set(CHECKED, what, str(n))


@pytest.mark.slow
@pytest.mark.parametrize(("what", "n"), [("drawn", 8), ("ties", 4)])
def test_without_compiling(what: str, n: int) -> None:
    small_set(PLAIN, what, str(n))


@pytest.mark.parity
@pytest.mark.parametrize("mode", [CHECKED, PLAIN], ids=["bounds checked", "not compiled"])
@pytest.mark.parametrize("what", ["drawn", "ties"])
def test_more_under_other_modes(what: str, mode: dict[str, str]) -> None:
    small_set(mode, what, "200" if mode is CHECKED else "40")


# bounds are checked so that a fault raises, where it might kill the process
@pytest.mark.slow
def test_at_the_ends_of_the_parameter_space() -> None:
    small_set(CHECKED, "ends")


@pytest.mark.slow
def test_an_edited_law_changes_both_clocks_alike(tmp_path: Path) -> None:
    root = copied(tmp_path)
    kept = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    before = json.loads(last_line(run(root, kept, str(SMALL_SET), "digests")))
    changed(root, "cxsim/rules/outcome.py", "target = 10.0 * min(", "target = 9.999 * min(")
    after = json.loads(last_line(run(root, kept, str(SMALL_SET), "digests")))
    assert all(first == second for first, second in [*before, *after])
    assert not {digest for pair in before for digest in pair} & {digest for pair in after for digest in pair}
    both.counted["before and after an edited law"] += len(before) + len(after)
