"""The fixed shapes inside scenario and lever files, and pydantic's complaints in plain words.

Import inside functions: pydantic takes a tenth of a second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from cxsim.errors import Faults, did_you_mean, shown

Number = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0.0, le=1e12, allow_inf_nan=False)]
# held to its range with the rest of an intervention, which knows more of it
Capacity = Annotated[
    float,
    Field(
        json_schema_extra={"minimum": 1, "description": "Most accounts served in a month, whole; no cap unless given."}
    ),
]
Letter = Annotated[str, Field(pattern=r"^[a-j]$")]
Text = Annotated[str, Field(max_length=10_000)]
Line = Annotated[str, Field(min_length=1, max_length=1_000)]
Url = Annotated[str, Field(max_length=2_000)]


class Shape(BaseModel):
    """Refuses what it does not know and never converts one type to another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceShape(Shape):
    text: Line
    url: Url = ""
    claims: list[Letter] = Field(default=[], max_length=10)


class TargetShape(Shape):
    outcome: Line
    low: Number
    high: Number
    unit: str = ""
    source: Line
    url: Url = ""
    claims: list[Letter] = Field(default=[], max_length=10)


class WhoShape(Shape):
    segments: list[str] = Field(default=[], max_length=16)
    stages: list[Literal["onboarding", "adoption", "renewal"]] = Field(default=[], max_length=3)
    bands: list[Literal["red", "amber", "green"]] = Field(default=[], max_length=3)
    score: Literal[
        "",
        "observed_health",
        "observed_trend",
        "usage",
        "months_to_renewal",
        "months_since_contact",
        "open_tickets",
        "custom",
    ] = ""
    above: float = -math.inf
    below: float = math.inf


class CostShape(Shape):
    once: Amount = 0.0
    per_month: Amount = 0.0
    per_account: Amount = 0.0


class EditShape(Shape):
    parameter: Line
    operation: Literal["set", "add", "multiply"]
    size: Number
    ramp: Annotated[float, Field(ge=0.0, le=1200.0, allow_inf_nan=False)] = 0.0
    stop: Annotated[float, Field(gt=0.0)] = math.inf
    decay: Annotated[float, Field(ge=0.0, le=1e6, allow_inf_nan=False)] = 0.0


class DefinitionShape(Shape):
    """An intervention in full."""

    name: Annotated[str, Field(max_length=100)] = ""
    title: Text = ""
    description: Text = ""
    evidence: Text = ""
    sources: list[SourceShape] = Field(default=[], max_length=50)
    trigger: Literal["everyone", "sign-up", "review"]
    outreach: bool = False
    start: Number = 0.0
    stop: float = math.inf
    coverage: Number = 1.0
    capacity: Capacity = math.inf
    priority: Annotated[int, Field(ge=0, le=1000)] = 1
    who: WhoShape = WhoShape()
    cost: CostShape = CostShape()
    edits: list[EditShape] = Field(default=[], max_length=200)


class SettingShape(Shape):
    """A number, a word or a list of words that a user may choose."""

    default: Any
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    meaning: Line


ShapeType = TypeVar("ShapeType", bound=Shape)


def shaped(
    shape: type[ShapeType], table: object, faults: Faults, place: str, places: Mapping[str, str]
) -> ShapeType | None:
    """Read a table into a shape; on faults enter them and return None.

    Parameters
    ----------
    places : mapping
        Place inside the table → name to report instead, for values that came from a setting.
    """
    try:
        return shape.model_validate(table)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=True):
            inner = _place(detail["loc"])
            starts = (start for start in places if re.match(re.escape(start) + r"(?=[ .]|$)", inner))
            start = next(starts, None)
            named = inner if start is None else places[start]
            _enter(detail, faults, ": ".join(part for part in (place, named) if part))
    return None


def fields_of(shape: type[Shape]) -> tuple[str, ...]:
    """Keys that a shape knows."""
    return tuple(shape.model_fields)


_KNOWN: Final[dict[str, type[Shape]]] = {
    "who": WhoShape,
    "cost": CostShape,
    "edits": EditShape,
    "sources": SourceShape,
    "settings": SettingShape,
    "calibration": TargetShape,
}
_NOT: Final = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "string_type": "a text in quotes",
    "string_sub_type": "a text in quotes",
    "string_unicode": "a text of proper characters",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def _place(loc: tuple[int | str, ...]) -> str:
    place = ""
    for part in loc:
        place += f" {part + 1}" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".").strip()


def _enter(detail: ErrorDetails, faults: Faults, place: str) -> None:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        holder = next((part for part in reversed(detail["loc"][:-1]) if isinstance(part, str) and part in _KNOWN), "")
        faults.unknown(place, str(detail["loc"][-1]), fields_of(_KNOWN.get(holder, DefinitionShape)))
    elif kind == "missing":
        faults.add(place, "is missing")
    elif kind in _NOT:
        faults.add(place, f"{shown(value)} is not {_NOT[kind]}")
    elif kind == "literal_error":
        known = re.findall(r"'([^']+)'", str(context["expected"]))
        near = did_you_mean(value, known) if isinstance(value, str) else ""
        faults.add(place, f"{shown(value)} is not one of {', '.join(known)}.{near}")
    elif kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        word = {"greater_than_equal": "at least", "greater_than": "more than", "less_than_equal": "at most"}
        faults.add(place, f"{shown(value)} must be {word.get(kind, 'less than')} {next(iter(context.values())):g}")
    elif kind == "string_pattern_mismatch":
        faults.add(place, f"{shown(value)} is not a letter of a quoted claim, a to j")
    else:
        faults.add(place, f"{shown(value)}: {detail['msg']}")
