"""JSON Schema of scenario files, for editors and other programs."""

from __future__ import annotations

import math
from typing import Any

from cxsim.parameters import Parameter, declared
from cxsim.scenario.fields import (
    CURRENCY_NAME,
    DEFAULT_HORIZON,
    MOST_ENTRIES,
    MOST_MONTHS,
    MOST_SEGMENTS,
    SEGMENT_NAME,
    TABLES,
)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of scenario files, made from the declared parameters.

    Returns
    -------
    dict
        Ready for `json.dumps`. A TOML date is a string of format "date". What only shows when numbers are taken
        together (shares that add up, what a lever may move) is left to `check`.
    """
    from cxsim.scenario.shapes import DefinitionShape, TargetShape

    definitions: dict[str, Any] = {}
    inline = _absorbed(DefinitionShape.model_json_schema(ref_template="#/$defs/{model}"), definitions)
    target = _absorbed(TargetShape.model_json_schema(ref_template="#/$defs/{model}"), definitions)
    inline["required"] = ["name", "trigger"]
    definitions["definition"] = inline
    definitions["by_lever"] = {
        "type": "object",
        "description": "A lever or shock by its name or by the path of its TOML file, with its settings.",
        "required": ["lever"],
        "properties": {"lever": {"type": "string"}},
    }
    citation: dict[str, Any] = {
        "source": {"type": "string", "minLength": 1, "description": 'A citation, or "assumption: why".'},
        "url": {"type": "string"},
        "claims": {"type": "array", "items": {"enum": list("abcdefghij")}},
    }
    tables, definitions["segment"] = _tables(citation)
    entries = {
        "type": "array",
        "maxItems": MOST_ENTRIES,
        "items": {"oneOf": [{"$ref": "#/$defs/by_lever"}, {"$ref": "#/$defs/definition"}]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cxsim scenario",
        "type": "object",
        "properties": {
            "extends": {"type": "string", "description": "A world's name, or a path from this file's folder."},
            "name": {"type": "string", "maxLength": 100},
            "description": {"type": "string"},
            "currency": {"type": "string", "pattern": CURRENCY_NAME, "default": "USD"},
            "start_date": {"type": "string", "format": "date", "description": "The day of month 0."},
            "horizon_months": {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS, "default": DEFAULT_HORIZON},
            **tables,
            "calibration": {"type": "array", "maxItems": MOST_ENTRIES, "items": target},
            "interventions": {**entries, "description": "What is done, and when."},
            "shocks": {**entries, "description": "What happens without being chosen, and when."},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _tables(citation: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tables of a world's numbers, and what one segment may have of its own."""
    tables = {table: _table([p for p in declared() if p.path.split(".")[0] == table], citation) for table in TABLES}
    per_segment = {
        table: _table([p for p in declared() if p.path.split(".")[0] == table and not p.per_company], citation)
        for table in TABLES
    }
    own = per_segment.pop("segments")["properties"]
    segment = {
        "type": "object",
        "description": "One segment: who its accounts are, and numbers that differ from those of the world.",
        "properties": {**own, **{name: table for name, table in per_segment.items() if table["properties"]}},
        "additionalProperties": False,
    }
    tables["segments"]["patternProperties"] = {SEGMENT_NAME: {"$ref": "#/$defs/segment"}}
    tables["segments"]["maxProperties"] = MOST_SEGMENTS + len(own)
    tables["arrivals"]["properties"]["series"] = {
        "type": "object",
        "description": "Given monthly sign-ups by segment, from month 0.",
        "additionalProperties": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2 * MOST_MONTHS,
            "items": {"type": "number", "minimum": 0},
        },
    }
    return tables, segment


def _table(parameters: list[Parameter], citation: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {p.path.split(".", 1)[1]: _number(p, citation) for p in parameters},
        "additionalProperties": False,
    }


def _number(parameter: Parameter, citation: dict[str, Any]) -> dict[str, Any]:
    number = {
        "type": "integer" if parameter.whole else "number",
        "minimum": parameter.low,
        "maximum": parameter.high,
    }
    return {
        "description": f"{parameter.meaning} [{parameter.unit}]. Default: {parameter.source.text}",
        "default": parameter.default,
        "x-unit": parameter.unit,
        "oneOf": [
            number,
            {
                "type": "object",
                "required": ["value"],
                "properties": {"value": number, **citation},
                "additionalProperties": False,
            },
        ],
    }


def _absorbed(model: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Move the shapes that a shape uses to the common definitions."""
    finite: dict[str, Any] = _finite(model)
    definitions.update(finite.pop("$defs", {}))
    return finite


def _finite(node: Any) -> Any:
    """Leave out defaults that JSON cannot write: ends that are open."""
    if isinstance(node, dict):
        return {key: _finite(inner) for key, inner in node.items() if inner not in (math.inf, -math.inf)}
    if isinstance(node, list):
        return [_finite(inner) for inner in node]
    return node
