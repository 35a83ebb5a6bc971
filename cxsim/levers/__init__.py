"""Levers and shocks as data: a TOML file and its settings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cxsim import catalogue
from cxsim.errors import Faults, InputError, did_you_mean, shown
from cxsim.interventions import TRIGGERS
from cxsim.parameters import Source
from cxsim.toml_files import parse, read_file, safe_name

Choice = float | str | tuple[str, ...]

REFERENCE: Final = re.compile(r"\$([a-z][a-z0-9_]*)")
MOST: Final = 2**63  # of a whole number in TOML; one of many more digits is no float either
PROSE: Final = frozenset(("name", "title", "description", "evidence", "sources"))
_LEVERS_OWN: Final = frozenset(("trigger", "edits", "evidence", "settings", "cost", "outreach"))
_WORLDS_OWN: Final = frozenset(
    ("extends", "segments", "horizon_months", "arrivals", "teams", "interventions", "shocks")
)
EVERY_LEVER: Final = ("start", "stop", "segments", "coverage", "capacity")


def told_apart(names: Sequence[str]) -> list[str]:
    """Names of which no two are the same: the second of a name is "name (2)", the third "name (3)".

    Parameters
    ----------
    names : sequence of str
        Such as those of levers, one of which may be used twice: in one segment from the start, in another later.
    """
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name} ({number})"
        found.append(candidate)
    return found


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a user may choose about a lever.

    Attributes
    ----------
    key : str
    default : float, str or tuple of str
    unit : str
    low, high : float
        Allowed range of a number, both ends included, in `unit`.
    whole : bool
    meaning : str
    """

    key: str
    default: Choice
    unit: str
    low: float
    high: float
    whole: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Lever:
    """A lever or shock as its file describes it.

    Attributes
    ----------
    name, title, description, evidence : str
    sources : tuple of Source
    trigger : str
        "everyone", "sign-up" or "review".
    settings : tuple of Setting
        Its own, then those that every lever has.
    is_shock : bool
    definition : mapping
        The file's tables without the settings; "$key" stands for a setting.
    """

    name: str
    title: str
    description: str
    evidence: str
    sources: tuple[Source, ...]
    trigger: str
    settings: tuple[Setting, ...]
    is_shock: bool
    definition: Mapping[str, Any]


def load_lever(name_or_path: str) -> Lever:
    """Read a lever or shock from the catalogue or from a user's own TOML file.

    Raises
    ------
    InputError
        If there is no such lever, or its file is faulty.
    """
    for shelf in ("levers", "shocks"):
        if name_or_path in getattr(catalogue, shelf)():
            return _lever(parse(catalogue.text(shelf, name_or_path), name_or_path), name_or_path, shelf == "shocks")
    known = (*catalogue.levers(), *catalogue.shocks())
    if not name_or_path.endswith(".toml"):
        near = did_you_mean(name_or_path, known)
        raise InputError(f"{shown(name_or_path)}: no such lever or shock.{near} There are: {', '.join(known)}")
    stem = re.split(r"[/\\]", name_or_path)[-1].removesuffix(".toml")
    return _lever(read_file(name_or_path), safe_name(stem), False, name_or_path)


def is_lever(table: Mapping[str, Any]) -> bool:
    """Whether a file's table is that of a lever or shock and not of a world."""
    return bool(_LEVERS_OWN & table.keys()) and not _WORLDS_OWN & table.keys()


def _lever(table: dict[str, Any], name: str, is_shock: bool, label: str = "") -> Lever:
    from cxsim.scenario.shapes import SettingShape, SourceShape, shaped

    faults = Faults()
    given = table.pop("settings", {})
    if not isinstance(given, dict):
        faults.add("settings", f"{shown(given)} is not a table")
        given = {}
    settings: list[Setting] = []
    for key, entry in given.items():
        place = f"settings.{key}"
        if key in EVERY_LEVER or key in ("lever", "name") or not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            there = ", ".join(EVERY_LEVER)
            faults.add(place, f"must be named in a-z, 0-9 and _; {there} are there already")
            continue
        shape = shaped(SettingShape, entry, faults, place, {})
        if shape is not None:
            is_list = isinstance(shape.default, list)
            sort: Choice = () if is_list else "" if isinstance(shape.default, str) else 0.0
            draft = Setting(key, sort, shape.unit, float(shape.low), float(shape.high), shape.whole, shape.meaning)
            default = checked_choice(draft, shape.default, faults, f"{place}.default")
            settings.append(Setting(key, default, draft.unit, draft.low, draft.high, draft.whole, draft.meaning))
    keys = {setting.key for setting in settings}
    for reference in _references(table):
        if reference not in keys:
            faults.unknown(f"${reference}", reference, keys)
    for key in ("title", "description", "evidence", "trigger"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            faults.add(key, "is missing")
    sources = table.get("sources", [])
    for number, entry in enumerate(sources if isinstance(sources, list) else [], start=1):
        shaped(SourceShape, entry, faults, f"sources {number}", {})
    for key in table:
        if key in EVERY_LEVER[:2]:
            faults.add(key, "is a setting of every lever, given where the lever is used")
    if table.get("trigger") not in (None, *TRIGGERS):
        faults.add("trigger", f"{shown(table['trigger'])} is not one of {', '.join(TRIGGERS)}")
    if label:  # a user's own file: all that is wrong with it at once, also what shows only when it is used
        from cxsim.levers.settings import enter_definition_faults

        enter_definition_faults(table, settings, faults)
    faults.stop_if_any(label or name)
    share, most = _filed(table, "coverage", 1.0, settings), _filed(table, "capacity", math.inf, settings)
    settings += [
        Setting("start", 0.0, "months", 0.0, 1200.0, False, "month in which it begins"),
        Setting("stop", math.inf, "months", 0.0, math.inf, False, "month in which it ends (inf: never)"),
        Setting("segments", (), "", -math.inf, math.inf, False, "segments it is for; an empty list for all"),
    ]
    if table["trigger"] != "everyone":
        settings += [
            Setting("coverage", share, "share", 0.0, 1.0, False, "share of those it is for who get it"),
            Setting("capacity", most, "accounts per month", 1.0, math.inf, True, "most that it serves; inf: no cap"),
        ]
    cited = tuple(Source(s["text"], s.get("url", ""), tuple(s.get("claims", ()))) for s in sources)
    title, description, evidence, trigger = (table[key] for key in ("title", "description", "evidence", "trigger"))
    return Lever(name, title, description, evidence, cited, trigger, tuple(settings), is_shock, table)


def _filed(table: Mapping[str, Any], key: str, otherwise: float, settings: Sequence[Setting]) -> float:
    """What stands in the file for a number that every lever has: itself, or the default of a setting."""
    found = table.get(key, otherwise)
    for reference in _references(found):
        found = next(setting.default for setting in settings if setting.key == reference)
    return float(found) if isinstance(found, int | float) else otherwise


def prices(lever: Lever) -> dict[str, tuple[str, float]]:
    """What sets each of a lever's costs: "once", "per_month", "per_account" → (setting, amount as filed).

    The setting is "" where the file has a number; the amount is in the currency of whatever world it is used in.
    """
    defaults = {one.key: one.default for one in lever.settings}
    found = {}
    for key, amount in lever.definition.get("cost", {}).items():
        (setting,) = _references(amount) or [""]
        filed = defaults[setting] if setting else amount
        found[key] = (setting, float(filed) if isinstance(filed, int | float) else 0.0)
    return found


def checked_choice(setting: Setting, value: object, faults: Faults, place: str = "") -> Choice:
    """Bring a value into the setting's form, or enter a fault and give the default."""
    place = place or setting.key
    if isinstance(setting.default, tuple):
        names = [value] if isinstance(value, str) else value
        if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
            return tuple(names)
        faults.add(place, f"{shown(value)} is not a list of names ({setting.meaning})")
    elif isinstance(setting.default, str):
        if isinstance(value, str):
            return value
        faults.add(place, f"{shown(value)} is not a word ({setting.meaning})")
    elif (
        isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, int) and abs(value) >= MOST)
    ):
        faults.add(place, f"{shown(value)} is not a number ({setting.unit}: {setting.meaning})")
    elif not setting.low <= value <= setting.high:
        span = f"{setting.low:g} to {setting.high:g} {setting.unit}".rstrip()
        faults.add(place, f"{shown(value)} is outside {span} ({setting.meaning})")
    elif setting.whole and math.isfinite(value) and value != math.floor(value):
        faults.add(place, f"{shown(value)} is not a whole number ({setting.unit}: {setting.meaning})")
    else:
        return float(value)
    return setting.default


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        return [found for key, inner in node.items() if key not in PROSE for found in _references(inner)]
    if isinstance(node, list):
        return [found for inner in node for found in _references(inner)]
    match = REFERENCE.fullmatch(node) if isinstance(node, str) else None
    return [match[1]] if match else []
