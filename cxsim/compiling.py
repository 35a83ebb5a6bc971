"""How plain functions of the package become machine code, and where that is kept for the next start.

Numba's own cache looks at one file only: it would go on using a law after the law was edited elsewhere. Here the
place of the cache is named by the sources of everything that may be compiled, so an edit anywhere makes a new one.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import threading
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "cxsim"
SOURCES: Final = (
    "compiling.py",
    "events.py",
    "inlining.py",
    "interventions.py",
    "packing.py",
    "roster.py",
    "plan.py",
    "streams.py",
    "tally.py",
)
ROOMS: Final = ("engines", "parameters", "rules")
KEPT: Final = 4  # caches of former sources that are left in place

_PLACING: Final = threading.Lock()  # Numba is told where to keep code by a setting of the whole process

RECORDS: Final[dict[str, Any]] = {}  # dtypes of records that functions are handed, by the name of the annotation


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The compiled form of a function of the package; those that it calls are compiled with it.

    Parameters
    ----------
    function : callable
        A law, or a step of a compiled clock. Parameter rows and edits are passed to its compiled form as float64
        arrays.

    Notes
    -----
    Division by zero gives what IEEE arithmetic gives; the ranges of the parameters exclude it.
    """
    import numba

    return numba.njit(_linked(function), error_model="numpy")  # type: ignore[no-any-return]


@cache
def _part(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for functions that only compiled ones call: no door to Python, and no counting of references."""
    import numba

    from cxsim.inlining import PartCompiler

    options = {"error_model": "numpy", "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    door = numba.njit(_signature(function), pipeline_class=PartCompiler, **options)
    return door(_linked(function))  # type: ignore[no-any-return]


def _signature(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Numba's types of the arguments, by their annotations: one form of a function, whatever constants it is given."""
    import numba

    kinds = {
        "int": numba.int64, "float": numba.float64, "bool": numba.boolean,
        "Row": numba.types.Array(numba.float64, 1, "C", readonly=True), "Edits": numba.float64[::1],
        "Parameters": numba.types.Array(numba.float64, 3, "C", readonly=True),
        "Seven": numba.types.UniTuple(numba.float64, 7),
    }  # fmt: skip
    notes = [note for name, note in function.__annotations__.items() if name != "return"]
    return tuple(kinds[note] if note in kinds else numba.from_dtype(RECORDS[note]) for note in notes)


@cache
def machine(function: Callable[..., Any], quiet: bool = False) -> Callable[..., Any]:
    """The compiled form of a function that Python calls: kept on disk for the next start, free of the global lock.

    Unless it is to be quiet, it says on standard error when it must be compiled first, and why that takes a while.
    """
    import numba

    from cxsim.inlining import WholeCompiler

    place = _cache_folder()
    if place is None:
        if not quiet:
            _say("compiles its clock anew, for no folder of this user can keep it (set NUMBA_CACHE_DIR to one)")
        return numba.njit(_linked(function), error_model="numpy", nogil=True, pipeline_class=WholeCompiler)  # type: ignore[no-any-return]
    if not (quiet or numba.config.DISABLE_JIT or any(place.rglob(f"*.{function.__name__}-*.nbi"))):
        _say("compiles its clock for this machine, once for each version: about twenty seconds")
    with _PLACING:
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(place)
        try:
            options = {"error_model": "numpy", "nogil": True, "cache": True, "pipeline_class": WholeCompiler}
            return numba.njit(_linked(function), **options)  # type: ignore[no-any-return]
        finally:
            numba.config.CACHE_DIR = before


def _linked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a function that sees the compiled forms of the package's functions it calls.

    With NUMBA_DISABLE_JIT=1, the function itself.
    """
    import numba

    if numba.config.DISABLE_JIT:
        return function
    copy = types.FunctionType(function.__code__, _World(function.__globals__), function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return copy


class _World(dict[str, Any]):
    """A function's globals; what it calls is compiled when it is looked at, so never if the function itself is kept."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if isinstance(found, types.FunctionType) and found.__module__.split(".")[0] == PACKAGE:
            return _part(found)
        return found


@cache
def sources_key() -> str:
    """Hash of every source that may be compiled, of the versions that compile it, and of how."""
    import llvmlite
    import numba
    import numpy

    how = (
        numba.__version__, llvmlite.__version__, numpy.__version__, platform.python_version(),
        str(numba.config.BOUNDSCHECK), str(numba.config.OPT), str(numba.config.CPU_NAME),
        str(numba.config.CPU_FEATURES),
    )  # fmt: skip
    sha = hashlib.sha256(repr(how).encode())
    root = Path(__file__).parent
    files = [root / name for name in SOURCES] + [f for room in ROOMS for f in (root / room).rglob("*.py")]
    for file in sorted(file for file in files if file.exists()):
        sha.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:20]


def _cache_folder() -> Path | None:
    """Where compiled code of these sources is kept: NUMBA_CACHE_DIR, else the user's cache, else the temporary one."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    places = [Path(given)] if given else [Path(user), Path(tempfile.gettempdir()) / f"cxsim-{os.getuid()}"]
    for base in places:
        place = base / PACKAGE / "compiled" / sources_key()
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError:
            continue
        _forget_others(place)
        return place
    return None


def _forget_others(place: Path) -> None:
    """Keep the caches of the last few sources only."""
    os.utime(place)
    others = sorted((p for p in place.parent.iterdir() if p != place), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _say(words: str) -> None:
    print(f"cxsim {words}", file=sys.stderr, flush=True)
