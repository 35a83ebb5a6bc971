"""Scenario files: found, read, laid over what they extend."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cxsim import catalogue
from cxsim.errors import InputError, did_you_mean, shown
from cxsim.levers import is_lever
from cxsim.toml_files import merged, parse, read_file, safe_name

LONGEST_CHAIN: Final = 16


def read_world(name_or_path: str | Path) -> dict[str, Any]:
    """Read a world of the catalogue or a scenario file, laid over everything that it extends.

    Arrays (`interventions`, `shocks`, `calibration`, a series) replace those of the file extended; tables join.

    Returns
    -------
    dict
        The full document, not yet checked, without `extends`.

    Raises
    ------
    InputError
        If a file of the chain cannot be read, or the chain is circular or longer than `LONGEST_CHAIN`.
    """
    label = str(name_or_path)
    chain: list[dict[str, Any]] = []
    seen: list[str] = []
    target, folder = label, ""
    while True:
        identity, table, folder = _read_one(target, folder, label if chain else "")
        if identity in seen:
            raise InputError(f"{label}: extends: goes round in a circle, back to {shown(target)}")
        if is_lever(table):
            raise InputError(f"{target}: is the file of a lever or shock, not of a world; use it with --with {target}")
        seen.append(identity)
        chain.append(table)
        if "extends" not in table:
            break
        if len(chain) == LONGEST_CHAIN:
            raise InputError(f"{label}: extends: a chain of more than {LONGEST_CHAIN} files")
        parent = table.pop("extends")
        if not isinstance(parent, str) or not parent:
            raise InputError(f"{label}: extends: {shown(parent)} is not the name of a world or file, in quotes")
        target = parent
    document: dict[str, Any] = {}
    for table in reversed(chain):
        document = merged(document, table)
    return document


def with_changes(document: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """Lay single values over a document.

    Parameters
    ----------
    document : mapping
    changes : mapping
        "table.key", "segments.name.table.key" or a top-level key → value.

    Raises
    ------
    InputError
        If a path has an empty part, or more parts than any place in a scenario file.
    """
    result = dict(document)
    for path, value in changes.items():
        parts = path.split(".")
        if not all(part.strip() for part in parts) or len(parts) > 4:
            raise InputError(f"{shown(path)}: is not a place in a scenario file, such as churn.value_base")
        if len(parts) == 1 and parts[0] == "extends":
            raise InputError("extends: cannot be set; load the other world instead")
        layer: object = value
        for part in reversed(parts):
            layer = {part: layer}
        assert isinstance(layer, dict)
        result = merged(result, layer)
    return result


def parse_set(text: str) -> tuple[str, Any]:
    """Read one `--set a.b=v`; `v` is TOML, a bare word is a text.

    Raises
    ------
    InputError
        If there is no "=", or the value is not TOML.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise InputError(f"--set {shown(text)}: write place=value, such as churn.value_base=0.002")
    return path.strip(), parse_value(value, f"--set {path.strip()}")


def parse_value(text: str, label: str) -> Any:
    """Read one value as TOML; a bare word is a text, and so are bare words in a list.

    Raises
    ------
    InputError
        If it is neither.
    """
    text = text.strip()
    if text and "\n" not in text and "\r" not in text:
        try:
            table = parse(f"value = {text}", label)
        except InputError:
            if re.fullmatch(r"[A-Za-z_][\w .-]*", text):
                return text
            if text.startswith("[") and text.endswith("]") and not re.search(r"[\[\]{}]", text[1:-1]):
                items = [item for item in text[1:-1].split(",") if item.strip()]
                return [parse_value(item, label) for item in items]
        else:
            if list(table) == ["value"]:
                return table["value"]
    raise InputError(f'{label}: {shown(text)} is no value; write a number, a word, "a text" or a [list]')


def parse_with(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Read one `--with`: levers joined by "+", settings after a colon.

    Parameters
    ----------
    text : str
        Such as "formal-onboarding:start=6,coverage=0.5+proactive-outreach:bands=[red]".

    Returns
    -------
    list of (str, dict)
        Lever (name, or path of a TOML file) and its settings.

    Raises
    ------
    InputError
        With every fault: empty or unknown names, settings that are not key=value or given twice.
    """
    found = []
    faults: list[str] = []
    known = (*catalogue.levers(), *catalogue.shocks())
    for part in _split(text, "+"):
        name, colon, rest = part.partition(":")
        name = name.strip()
        if not name:
            faults.append(f"--with {shown(text)}: a lever's name is missing")
            continue
        if name not in known and not name.endswith(".toml"):
            near = did_you_mean(name, known)
            faults.append(f"--with {name}: no such lever or shock.{near} There are: {', '.join(known)}")
            continue
        settings: dict[str, Any] = {}
        for item in _split(rest, ",") if colon else []:
            key, equals, value = item.partition("=")
            key = key.strip()
            if not equals or not key:
                faults.append(f"--with {name}: {shown(item.strip())} is no setting; write key=value")
            elif key in settings:
                faults.append(f"--with {name}: {key} is given twice")
            else:
                try:
                    settings[key] = parse_value(value, f"--with {name}: {key}")
                except InputError as error:
                    faults += error.faults
        found.append((name, settings))
    if faults:
        raise InputError(faults)
    return found


def _read_one(target: str, folder: str, blamed: str) -> tuple[str, dict[str, Any], str]:
    """Read one file of a chain: what it is, its table, and the folder from which its paths go."""
    if target in catalogue.worlds():
        return f"world {target}", parse(catalogue.text("worlds", target), target), folder
    path = os.path.join(folder, target)
    front = f"{blamed}: extends: " if blamed else ""
    try:
        table = read_file(path)
        identity = os.path.realpath(path)
    except InputError as error:
        lines = [front + line for line in error.faults]
        if not target.endswith(".toml") and lines[0].endswith("no such file"):
            worlds = catalogue.worlds()
            near = did_you_mean(target, worlds)
            lines = [f"{front}{path}: no such world or file.{near} There are: {', '.join(worlds)}"]
        raise InputError(lines) from None
    here = os.path.dirname(path)
    table.setdefault("name", safe_name(os.path.basename(target).removesuffix(".toml")))
    for shelf in ("interventions", "shocks"):
        entries = table.get(shelf)
        for entry in entries if isinstance(entries, list) else []:
            lever = entry.get("lever") if isinstance(entry, dict) else None
            if isinstance(lever, str) and lever.endswith(".toml"):
                entry["lever"] = os.path.join(here, lever)
    return identity, table, here


def _split(text: str, at: str) -> list[str]:
    """Split outside brackets and quotes; a "+" that belongs to a number is none."""
    parts, depth, quote = [""], 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == at and depth <= 0:
            signs = at == "+" and (text[place + 1 : place + 2].isdigit() or text[:place].rstrip().endswith("="))
            if not signs:
                parts.append("")
                continue
        parts[-1] += letter
    return parts
