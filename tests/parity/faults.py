"""Deliberate faults: each is put into a copy of the package, where a named test must fail.

    python faults.py [WORD…]

Runs those whose name holds one of the words, or all. Ends with 1 if a fault was not caught, or no longer fits the code.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from copies import changed, copied, run

QUEUE, COMPILING = "cxsim/engines/compiled/queue.py", "cxsim/compiling.py"
PEOPLE, TREATMENT = "cxsim/engines/compiled/teams.py", "cxsim/engines/compiled/treatment.py"
TESTS: Final = "tests/parity/test_parity_"
DRAWN: Final = f"{TESTS}scenarios.py::test_some_drawn_scenarios_give_the_same_log"
TIED: Final = f"{TESTS}ties.py::test_some_scenarios_of_ties_give_the_same_log"
RELATED: Final = f"{TESTS}families.py::test_some_families_give_the_same_logs"
FORKED: Final = f"{TESTS}policies.py::test_some_forks_give_the_same_log"
SCORED: Final = f"{TESTS}policies.py::test_a_score_is_that_of_its_month"
CAPPED: Final = f"{TESTS}policies.py::test_a_capacity_holds_for_reviews_and_orders_together"
EDITED: Final = f"{TESTS}modes.py::test_an_edited_law_changes_both_clocks_alike"


@dataclass(frozen=True)
class Fault:
    """What is put where, and which test must see it."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]
    test: str


RANK = "return int(kind) << KIND_SHIFT"
SWAPPED = "return (99 - int(kind) if 49 <= kind <= 50 else int(kind)) << KIND_SHIFT"
KIND = "    return rank >> KIND_SHIFT"
KIND_SWAPPED = "    kind = rank >> KIND_SHIFT\n    return 99 - kind if 49 <= kind <= 50 else kind"
SIFT = "    while i > 0:\n        above = (i - 1) >> 1\n        other = "
ASK = "        j = next_start(s)\n        if j != NOWHERE:\n            begin_job(s, j)\n"
GO_ON = "        j = next_grant(s)\n        if j != NOWHERE:\n            go_on(s, j)\n"
ASK_FIRST, GO_ON_FIRST = f"{ASK}            continue\n{GO_ON}", f"{GO_ON}            continue\n{ASK}"
KEEP_OLD = '= np.where(np.isnan(decision.scores), state.scores["score"][present], decision.scores)\n'
ELAPSED = "\n\n\ndef elapsed(now: float, then: float) -> float:\n    return (now - then) * 1.0000000000000002\n\n\n_ = "

FAULTS: Final = (
    Fault("tie: notice and review of a moment change places", QUEUE, ((RANK, SWAPPED), (KIND, KIND_SWAPPED)), TIED),
    Fault("tie: of two accounts the larger number goes first", QUEUE,
          (("(int(account) + 1) << ITEM_BITS", "(33554431 - int(account)) << ITEM_BITS"),), TIED),
    Fault("grants: by priority, not by order of asking", PEOPLE,
          (("key = priority << PRIORITY_SHIFT | s.asked", "key = priority << PRIORITY_SHIFT"),), TIED),
    Fault("grants: by order of asking, not by priority", PEOPLE,
          (("key = priority << PRIORITY_SHIFT | s.asked", "key = s.asked"),), DRAWN),
    Fault("grants: whose turn has come goes on before all have asked", "cxsim/engines/compiled/loop.py",
          ((ASK_FIRST, GO_ON_FIRST),), DRAWN),
    Fault("grants: a cut takes no effect", PEOPLE,
          (("t.places = places", "t.places = max(int(t.places), places)"),), DRAWN),
    Fault("queue: of a tie between ring and heap the ring's goes first", QUEUE,
          (("        return bool(monthly.rank < other.rank)\n", "        return True\n"),), TIED),
    Fault("queue: what stands in the ring is forgotten by the heap's", QUEUE,
          (("    return bool(monthly.time < other.time)\n", "    return False\n"),), DRAWN),
    Fault("queue: a bucket is loaded without order", QUEUE, ((SIFT, SIFT.replace("i > 0", "i < 0")),), DRAWN),
    Fault("queue: the event that lies lowest on a sheet is forgotten as its drawer is opened", QUEUE,
          (("        while e >= first:", "        while e > first:"),), DRAWN),
    Fault("queue: sheets are given away while they are read", QUEUE,
          (("                _empty(s, drawer - 1)", "                _empty(s, drawer)"),), DRAWN),
    Fault("law: another form of one, by its last bit", "cxsim/engines/compiled/leaving.py",
          (("from cxsim.rules.chance import elapsed, exponential\n",
            f"from cxsim.rules.chance import exponential{ELAPSED}0\n"),), DRAWN),
    Fault("law: compiled with liberties", COMPILING,
          (('"error_model": "numpy", "_nrt"', '"error_model": "numpy", "fastmath": True, "_nrt"'),), DRAWN),
    Fault("luck: a draw at another address", "cxsim/engines/compiled/months.py",
          (("u(s, i, CHAMPION_PROMOTED, month)", "u(s, i, CHAMPION_PROMOTED, month + 1)"),), DRAWN),
    Fault("history: shared by worlds with other numbers", "cxsim/engines/compiled/setting.py",
          (("_hash(shape, plan.parameters[:past], ", "_hash(shape, "),), RELATED),
    Fault("fork: intents of the trunk still come", "cxsim/engines/compiled/forks.py",
          (("event_at(s, e).stay = VOID", "pass"),), FORKED),
    Fault("policy: scores of the month before are kept", "cxsim/engines/compiled/policy.py",
          (('    state.scores["score"] = NO_SCORE\n', ""), ("= decision.scores\n", KEEP_OLD)), SCORED),
    Fault("cap: room for one more than there is", TREATMENT,
          (("has_room(programme.capacity, int(programme.served))",
            "int(programme.served) <= programme.capacity"),), CAPPED),
    Fault("cap: the count of a month goes on in the next", TREATMENT,
          (("programme_at(s, k).served = 0", "pass"),), CAPPED),
    Fault("cap: counted where nothing happens", TREATMENT,
          (("if not (is_first or calls) or not has_room", "if not has_room"),), CAPPED),
    Fault("cache: not named by the sources", COMPILING,
          (("    return sha.hexdigest()[:20]", '    return "the same for all"'),), EDITED),
)  # fmt: skip


def main() -> int:
    """Put in each fault by itself and print what caught it."""
    words = sys.argv[1:]
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    missed = 0
    for fault in chosen:
        began = time.perf_counter()
        verdict, is_caught = _try(fault)
        missed += not is_caught
        print(f"{verdict:<10}{fault.name}\n{'':10}{fault.test}  ({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} deliberate faults were caught")
    return 1 if missed else 0


def _try(fault: Fault) -> tuple[str, bool]:
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Path(folder))
        try:
            for old, new in fault.changes:
                changed(root, fault.file, old, new)
        except AssertionError as stale:
            return f"stale: {stale}\n{'':10}", False
        kept = {"NUMBA_CACHE_DIR": str(root / "kept")}
        told = run(root, kept, "-m", "pytest", fault.test, "-x", "-q", "-m", "", "--hypothesis-profile=unshrunk")
    # what does not compile, or is not found, has caught nothing
    is_unequal = re.search(r"^tests/parity/\w+\.py:\d+: AssertionError", told.stdout, flags=re.MULTILINE)
    if told.returncode == 1 and is_unequal and f"FAILED {fault.test}" in told.stdout:
        return "caught", True
    return f"MISSED\n{told.stdout[-3000:]}{told.stderr[-3000:]}\n{'':10}", False


if __name__ == "__main__":
    sys.exit(main())
