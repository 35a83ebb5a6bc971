"""Where the compiled clock spends its time, by Linux perf: samples of its own functions, summed into parts.

A function that the compiler has put into its caller is counted there; so here, unlike in the clock itself, those called
in one place are not forced into it. The clock is compiled anew without a cache, for only then its functions have names
that perf can be told.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numba

from cxsim import compiling
from cxsim.engines.compiled import loop
from cxsim.engines.compiled.state import State

# the first pattern that fits decides
PARTS = (
    ("draws (Philox)", r"streams\.(philox|_?uniform|_draw)|lanes\.(eight|four|philox|round)|philox"),
    ("normals (AS 241)", r"streams\._?normal|lanes\."),
    ("exp, log, pow, tanh", r"(^|_)(exp|expm1|log|log1p|pow|tanh|erf|sqrt)(f|_fma|_sse2)?(@|$|_)|^numba_|libm|@plt"),
    ("queue of events", r"queue\.|ahead\."),
    ("teams' lines and jobs", r"teams\."),
    ("rows of the log", r"memory\.enter|book\.(write|note)"),
    ("tally", r"tally\."),
    ("moments and health", r"book\."),
    ("hazards and intents", r"leaving\.|rules\.hazards|rules\.contract|renewal\."),
    ("reviews", r"months\.|treatment\.|rules\.(outcome|growth|health|targeting|edits)"),
    ("support", r"support\.|rules\.service\..*(ticket|outage|digital)"),
    ("onboarding and conversations", r"onboarding\.|conversations\.|life\.|rules\.(service|arrival)"),
    ("other laws, not put into their callers", r"rules\."),
    ("dispatch", r"loop\."),
    ("the system (memory, interrupts)", r"\[k\]"),
    ("other", r""),
)
RATE = 2999  # samples a second


def can_sample() -> bool:
    """Is there a perf that may look at this process?"""
    return shutil.which("perf") is not None and os.geteuid() == 0


def named_clock(state: State) -> Any:
    """The clock, compiled for a state; perf is told the names of its functions."""
    advance = numba.njit(compiling._linked(loop.advance), error_model="numpy", nogil=True)
    advance(state.company, -1e9)
    (result,) = advance.overloads.values()
    engine = result.library._codegen._engine._ee
    names = [it.name for it in result.library._final_module.functions if not it.is_declaration]
    places = sorted((engine.get_function_address(name), name) for name in names)
    places = [(at, name) for at, name in places if at]
    ends = [at for at, _ in places[1:]] + [places[-1][0] + 4096 if places else 0]
    lines = [
        f"{at:x} {min(end - at, 1 << 18):x} {_plain(name)}\n" for (at, name), end in zip(places, ends, strict=True)
    ]
    Path(f"/tmp/perf-{os.getpid()}.map").write_text("".join(lines), encoding="utf-8")  # where perf looks for it
    return advance


def shares(advance: Any, states: Sequence[State], months: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Runs of prepared states with room for all: share of each part, of each function, and seconds of all the runs."""
    with TemporaryDirectory() as folder:
        kept = str(Path(folder) / "perf.data")
        perf = subprocess.Popen(
            ["perf", "record", "-o", kept, "-F", str(RATE), "-p", str(os.getpid())],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(1.0)
        began = time.process_time()
        for state in states:
            assert advance(state.company, float(months)) == loop.DONE
        seconds = time.process_time() - began
        perf.send_signal(signal.SIGINT)
        perf.wait()
        script = ["perf", "script", "-i", kept, "-F", "ip,sym,dso"]
        told = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    functions: Counter[str] = Counter()
    for line in told.splitlines():
        _, _, rest = line.strip().partition(" ")
        symbol, _, place = rest.rpartition(" (")
        name = symbol.strip()
        if "kernel" in place or "kallsyms" in place:
            name = f"[k] {name}"
        elif "libm" in place:
            name = f"libm {name}"
        functions[name] += 1
    parts: Counter[str] = Counter()
    for name, count in functions.items():
        parts[next(part for part, pattern in PARTS if re.search(pattern, name))] += count
    whole = functions.total()
    return (
        {part: parts[part] / whole for part, _ in PARTS},
        {name: count / whole for name, count in functions.most_common()},
        seconds,
    )


def _plain(name: str) -> str:
    """The dotted name in a mangled one."""
    if not name.startswith("_ZN"):
        return name[:60]
    words, at = [], 3
    while name[at].isdigit():
        (digits,) = re.findall(r"^\d+", name[at:])
        at += len(digits)
        words.append(name[at : at + int(digits)])
        at += int(digits)
    return ".".join(words)
