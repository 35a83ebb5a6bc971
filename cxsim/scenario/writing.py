"""From the checked parts of a scenario back to a document, to TOML and to a hash."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from cxsim.interventions import OPERATIONS, TRIGGERS, Intervention
from cxsim.parameters import Source, by_path, declared
from cxsim.scenario.fields import HEAD, Fields, place_of
from cxsim.toml_files import written, written_key


def document_of(fields: Fields) -> dict[str, Any]:
    """The document that `checked` turns into these fields, everything in line."""
    document: dict[str, Any] = {key: value for key, value in fields.items() if key in HEAD}
    known = by_path()

    def enter(table: dict[str, Any], path: str, value: float, segment: str) -> None:
        source = fields["citations"].get(place_of(path, segment))
        plain: float | int = int(value) if known[path].whole else value
        table[path.split(".", 1)[1]] = plain if source is None else {"value": plain, **_cited(source, "source")}

    for path, value in fields["values"].items():
        enter(document.setdefault(path.split(".")[0], {}), path, value, "")
    segments = document.setdefault("segments", {})
    for name in fields["segments"]:
        table = segments.setdefault(name, {})
        for path, value in fields["segment_values"].get(name, {}).items():
            subject = path.split(".")[0]
            enter(table if subject == "segments" else table.setdefault(subject, {}), path, value, name)
    if fields["series"]:
        document.setdefault("arrivals", {})["series"] = {name: list(row) for name, row in fields["series"].items()}
    if fields["targets"]:
        document["calibration"] = [
            {"outcome": t.outcome, "low": t.low, "high": t.high, "unit": t.unit, **_cited(t.source, "source")}
            for t in fields["targets"]
        ]
    for shelf, is_shock in (("interventions", False), ("shocks", True)):
        entries = [_definition(it) for it in fields["interventions"] if it.is_shock == is_shock]
        if entries:
            document[shelf] = entries
    return document


def toml_of(document: Mapping[str, Any]) -> str:
    """A document as TOML text."""
    lines: list[str] = []
    _write(document, "", lines)
    return "\n".join(lines).strip() + "\n"


def hash_of(fields: Fields) -> str:
    """SHA-256, in hex, of everything that can change a result; not of descriptions, citations and targets."""
    known = declared()
    rows = {
        name: [
            fields["segment_values"].get(name, {}).get(p.path, fields["values"].get(p.path, p.default)) for p in known
        ]
        for name in fields["segments"]
    }
    content = {
        "parameters": [p.path for p in known],
        "segments": list(rows.items()),
        "series": sorted((name, list(row)) for name, row in fields["series"].items()),
        "horizon_months": fields["horizon_months"],
        "start_date": fields["start_date"].isoformat(),
        "interventions": [_effect(it) for it in fields["interventions"]],
    }
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _cited(source: Source, key: str) -> dict[str, Any]:
    cited: dict[str, Any] = {key: source.text}
    if source.url:
        cited["url"] = source.url
    if source.claims:
        cited["claims"] = list(source.claims)
    return cited


def _definition(it: Intervention) -> dict[str, Any]:
    row = declared()
    who: dict[str, Any] = {
        key: list(names)
        for key, names in (("segments", it.segments), ("stages", it.stages), ("bands", it.bands))
        if names
    }
    if it.score:
        who["score"] = it.score
    if it.score_low > -math.inf:
        who["above"] = it.score_low
    if it.score_high < math.inf:
        who["below"] = it.score_high
    table: dict[str, Any] = {
        "name": it.name,
        "title": it.title,
        "description": it.description,
        "evidence": it.evidence,
        "trigger": TRIGGERS[it.trigger],
        "outreach": it.outreach,
        "start": it.start,
        "stop": it.stop,
        "coverage": it.coverage,
        "priority": it.priority,
        "who": who,
        "cost": {"once": it.cost_once, "per_month": it.cost_per_month, "per_account": it.cost_per_account},
        "sources": [_cited(source, "text") for source in it.sources],
        "edits": [
            {
                "parameter": row[edit.parameter].path,
                "operation": OPERATIONS[edit.operation],
                "size": edit.size,
                "ramp": edit.ramp,
                "stop": edit.stop,
                "decay": edit.decay,
            }
            for edit in it.edits
        ],
    }
    if it.capacity < math.inf:
        table["capacity"] = int(it.capacity)
    return {key: value for key, value in table.items() if value not in ({}, [], "")}


def _effect(it: Intervention) -> dict[str, Any]:
    table = _definition(it)
    for prose in ("title", "description", "evidence", "sources"):
        table.pop(prose, None)
    return {**table, "shock": it.is_shock}


def _write(table: Mapping[str, Any], place: str, lines: list[str]) -> None:
    """Write plain keys first, then tables, then arrays of tables, as TOML wants it."""
    for key, value in table.items():
        if not _is_table(value) and not _is_array(value):
            lines.append(f"{written_key(key)} = {written(value)}")
    for key, value in table.items():
        inner = f"{place}.{written_key(key)}" if place else written_key(key)
        if _is_table(value):
            lines += ["", f"[{inner}]"]
            _write(value, inner, lines)
        elif _is_array(value):
            for entry in value:
                lines += ["", f"[[{inner}]]"]
                _write(entry, inner, lines)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and not isinstance(value.get("value", {}), float | int)


def _is_array(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
