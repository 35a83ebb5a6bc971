"""What is written: whole or not at all, and with what made it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli.sizes import command

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


def folder(path: str) -> Path:
    """Make sure that a folder is there.

    Raises
    ------
    InputError
        If it cannot be.
    """
    from cxsim.errors import InputError

    place = Path(path)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {path}: cannot be made a folder ({error.strerror})") from None
    return place


def born(scenario: Scenario, seed: int) -> str:
    """Version, scenario hash, seed and command, on one line."""
    from cxsim import __version__

    return f"cxsim {__version__}; scenario {scenario.hash}; seed {seed}; made by: {command()}"


def write_text(place: Path, text: str) -> Path:
    """Write a text under a temporary name and put it in place."""
    draft = place.with_name(f".{place.name}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    return place


def shown(place: Path) -> str:
    """A path as one would type it here."""
    try:
        return str(place.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(place)
