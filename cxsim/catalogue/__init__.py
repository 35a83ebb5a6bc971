"""Named worlds, levers and shocks: data, each a cited TOML file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

__all__ = ["case", "cases", "levers", "shocks", "text", "worlds"]


def worlds() -> tuple[str, ...]:
    """Names of the worlds, sorted."""
    return _names("worlds")


def levers() -> tuple[str, ...]:
    """Names of the levers, sorted."""
    return _names("levers")


def shocks() -> tuple[str, ...]:
    """Names of the shocks, sorted."""
    return _names("shocks")


def cases() -> tuple[str, ...]:
    """Names of the textbook cases, sorted: worlds so simple that they can be reckoned by hand."""
    return _names("cases")


def case(name: str) -> Path:
    """Where the file of a textbook case stands, for `Scenario.load`.

    Raises
    ------
    KeyError
        If there is no such case.
    """
    if name not in cases():
        raise KeyError(f"cases has no {name}")
    return Path(str(files(__name__).joinpath("cases", f"{name}.toml")))


def text(shelf: str, name: str) -> str:
    """Read one file.

    Parameters
    ----------
    shelf : str
        "worlds", "levers", "shocks" or "cases".
    name : str
        One of the names on that shelf.

    Raises
    ------
    KeyError
        If the shelf does not hold that name.
    """
    if name not in _names(shelf):
        raise KeyError(f"{shelf} has no {name}")
    return files(__name__).joinpath(shelf, f"{name}.toml").read_text(encoding="utf-8")


@cache
def _names(shelf: str) -> tuple[str, ...]:
    folder = files(__name__).joinpath(shelf)
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))
