"""TOML from anywhere: read without surprises, merged, written."""

from __future__ import annotations

import datetime
import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cxsim.errors import InputError, shown

MOST_BYTES: Final = 2_000_000
DEEPEST: Final = 32

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def read_file(path: str | Path) -> dict[str, Any]:
    """Read a TOML file that somebody hands us.

    Raises
    ------
    InputError
        If it is missing, a directory, too large, not text, empty, not TOML or nested too deeply.
    """
    label = str(path)
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{label}: is a directory, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{label}: is not an ordinary file")
        if status.st_size > MOST_BYTES:
            raise InputError(f"{label}: has {status.st_size} bytes, more than the {MOST_BYTES} allowed")
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{label}: no such file") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a possible file name"
        raise InputError(f"{label}: cannot be read ({reason})") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{label}: is not UTF-8 text (byte {error.start})") from None
    table = parse(text, label)
    if not table:
        raise InputError(f"{label}: is empty")
    return table


def parse(text: str, label: str) -> dict[str, Any]:
    """Parse TOML.

    Raises
    ------
    InputError
        If the text is not TOML, or nested more than `DEEPEST` levels.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{label}: is nested too deeply (at most {DEEPEST} levels)") from None
    except ValueError as error:
        raise InputError(f"{label}: is not sound TOML: {str(error)[:200]}") from None
    layer: list[Any] = [table]
    for _ in range(DEEPEST):
        layer = [
            inner
            for node in layer
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]
    if layer:
        raise InputError(f"{label}: is nested too deeply (at most {DEEPEST} levels)")
    return table


def safe_name(stem: str) -> str:
    """A file's name as the name of what is in it."""
    return stem.strip()[:100] or "unnamed"


def merged(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another: tables join, anything else replaces.

    A cited number, `{ value = …, source = … }`, is replaced as a whole: its source does not stand behind a new value.
    """
    result = dict(parent)
    for key, value in child.items():
        below = result.get(key)
        joins = _is_table(value) and _is_table(below)
        result[key] = merged(below, value) if joins and isinstance(below, Mapping) else value
    return result


def _is_table(node: object) -> bool:
    # a segment or series may itself be called "value"; a cited number's value is never a table or list
    return isinstance(node, Mapping) and isinstance(node.get("value", {}), dict | list)


def written(value: object) -> str:
    """One value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float | int):
        return repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{written_key(key)} = {written(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(inner) for inner in value) + "]"
    raise TypeError(f"{shown(value)} has no form in TOML")


def written_key(key: str) -> str:
    """One key as TOML."""
    return key if _BARE_KEY.fullmatch(key) else written(key)
