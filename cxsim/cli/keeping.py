"""Where a command keeps its units, and what it notes so that it can be gone on with."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli.sizes import is_fast, remember, remembered

if TYPE_CHECKING:
    from cxsim.store import RunRecord, Store

StoreAt = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="Keep runs here, and find them again; else CXSIM_STORE, else yours."),
]
NoStore = Annotated[bool, typer.Option("--no-store", help="Keep nothing, and run everything anew.")]


def store_of(where: str | None, without: bool, shown: Mapping[str, Any]) -> Store | None:
    """The store that a study uses; with it goes what is to be shown, for `cxsim resume`.

    Raises
    ------
    InputError
        If a folder that was asked for cannot be used. Where nobody asked, it is said and nothing is kept.
    """
    from cxsim.errors import InputError
    from cxsim.store import Store

    if without:
        if where is not None:
            raise InputError("--no-store: goes with no --store; leave out one of the two")
        return None
    try:
        store = Store.open(where)
    except InputError as error:
        if where is not None or os.environ.get("CXSIM_STORE"):
            raise
        print(f"warning: {error.faults[0]}; nothing is kept", file=sys.stderr)
        return None
    return store.asked_by({"line": remembered(), "fast": is_fast(), "shown": dict(shown)})


def for_part(store: Store | None, run_id: str) -> Store | None:
    """The store for a study that a command asks beside the one of this id, which `cxsim resume` goes back to."""
    return store.asked_by({**(store.command or {}), "of": run_id}) if store is not None and run_id else None


def whole_of(store: Store, record: RunRecord) -> RunRecord:
    """The run that a command began with, if this one is only a part of what it asked."""
    of = record.command.get("of") if record.command is not None else None
    return store.run(of) if of and of in {each.id for each in store.runs()} else record


@contextmanager
def as_asked(record: RunRecord) -> Iterator[None]:
    """Have the line that was typed, and its sizes, be those of a run of the store."""
    if record.command is None:
        yield
        return
    line, fast = remembered(), os.environ.get("CXSIM_FAST")
    remember(record.command["line"])
    os.environ["CXSIM_FAST"] = "1" if record.command["fast"] else ""
    try:
        yield
    finally:
        remember(line)
        if fast is None:
            del os.environ["CXSIM_FAST"]
        else:
            os.environ["CXSIM_FAST"] = fast


@contextmanager
def keeping() -> Iterator[None]:
    """Say what is not right in a store on one line of standard error, and hand on how to go on if it is stopped.

    Raises
    ------
    typer.Abort
        If the user stops it; its notes say how to go on. (The parser swallows the interrupt itself.)
    """
    from cxsim.store import StoreWarning

    with warnings.catch_warnings():
        warnings.simplefilter("always", StoreWarning)
        shown = warnings.showwarning

        def one_line(
            message: Warning | str, category: type[Warning], filename: str, lineno: int,
            file: Any = None, line: str | None = None,
        ) -> None:  # fmt: skip
            if issubclass(category, StoreWarning):
                print(f"warning: {message}", file=sys.stderr)
            else:
                shown(message, category, filename, lineno, file, line)

        warnings.showwarning = one_line
        try:
            yield
        except KeyboardInterrupt as stopped:
            abort = typer.Abort()
            for note in getattr(stopped, "__notes__", ()):
                abort.add_note(note)
            raise abort from stopped


def kept_line(run_id: str) -> str:
    """What is said below an answer that is kept; "" where it is not."""
    return f"Kept as run {run_id} (cxsim runs; to check it: cxsim reproduce {run_id})." if run_id else ""


def absolute(out: str | None) -> str | None:
    """A folder so named that it is the same from anywhere."""
    return str(Path(out).absolute()) if out is not None else None
