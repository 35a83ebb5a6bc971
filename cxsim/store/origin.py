"""What a number depends on beside what was asked: the sources of the laws, the libraries, the machine's arithmetic."""

from __future__ import annotations

import hashlib
import importlib.metadata
import math
import platform
from functools import cache
from pathlib import Path
from typing import Final

# every source that a replication's numbers pass through; scenarios count by their hash
SOURCES: Final = (
    "compiling.py", "events.py", "foresight.py", "inlining.py", "interventions.py", "packing.py", "plan.py",
    "roster.py", "scorecard.py", "streams.py", "sums.py", "tally.py", "studies/replications.py", "studies/contents.py",
)  # fmt: skip
ROOMS: Final = ("engines", "eventlog", "parameters", "readings", "rules")
LIBRARIES: Final = ("numpy", "numba", "llvmlite")
_FUNCTIONS: Final = (math.exp, math.log, math.log1p, math.expm1, math.sqrt, math.tanh)
_POINTS: Final = 400


@cache
def sources() -> str:
    """Hash of every source that a replication's numbers pass through."""
    return hash_of(Path(__file__).parent.parent)


def hash_of(root: Path) -> str:
    """The same of a package in any folder; line ends do not count."""
    files = [root / name for name in SOURCES] + [file for room in ROOMS for file in (root / room).rglob("*.py")]
    sha = hashlib.sha256()
    for file in sorted(files):
        text = file.read_bytes().replace(b"\r\n", b"\n")
        sha.update(file.relative_to(root).as_posix().encode() + b"\0" + text)
    return sha.hexdigest()[:20]


@cache
def arithmetic() -> str:
    """Hash of what the elementary functions give on this machine.

    Notes
    -----
    The functions that laws use are those of the machine's mathematical library. Addition to root are the same
    everywhere (IEEE 754); of the others the last bit is each library's own, so it is tried at a few hundred points.
    """
    points = [1e-9 * 1.06**n for n in range(_POINTS)]
    found = [f(x) for f in _FUNCTIONS for x in points if x < 30.0]
    return hashlib.sha256(" ".join(one.hex() for one in found).encode()).hexdigest()[:12]


@cache
def ground() -> dict[str, str]:
    """What stands under a number, by name: version, sources, libraries, arithmetic; Python and system to be read."""
    from cxsim import __version__

    return {
        "cxsim": __version__,
        "sources": sources(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "arithmetic": arithmetic(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


@cache
def laws() -> str:
    """Fingerprint of all that decides a number beside what was asked; versions of cxsim may share one."""
    decisive = [f"{name} {ground()[name]}" for name in ("sources", *LIBRARIES, "arithmetic")]
    return hashlib.sha256("\n".join(decisive).encode()).hexdigest()[:20]


def changes(before: dict[str, str]) -> list[str]:
    """In what an earlier ground differs from this one, in words; empty if in nothing that decides a number."""
    here = ground()
    found = [f"{name} {before.get(name)} → {here[name]}" for name in LIBRARIES if before.get(name) != here[name]]
    if before.get("sources") != here["sources"]:
        versions = [before.get("cxsim", "?"), here["cxsim"]]
        said = f"from version {versions[0]} to {versions[1]}" if len(set(versions)) > 1 else f"within {versions[0]}"
        found.insert(0, f"the laws {said}")
    if before.get("arithmetic") != here["arithmetic"]:
        found.append(f"the machine's exp, log or tanh ({before.get('system')} → {here['system']})")
    return found
