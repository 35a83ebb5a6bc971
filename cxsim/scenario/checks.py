"""From a document, the tables of a scenario file, to the checked parts of a scenario."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from cxsim.errors import Faults, InputError, shown
from cxsim.interventions import Intervention
from cxsim.levers import load_lever
from cxsim.levers.settings import define, intervene
from cxsim.parameters import Parameter, Source, by_path
from cxsim.scenario.fields import (
    HEAD,
    LISTS,
    MOST_ENTRIES,
    MOST_MONTHS,
    MOST_SEGMENTS,
    SEGMENT_NAME,
    TABLES,
    Fields,
    Target,
    place_of,
)
from cxsim.scenario.head import currency_of, horizon_of, start_date_of, text_of

_BY_PATH: Final = by_path()
_BY_TABLE: Final = {
    table: {path.split(".", 1)[1]: parameter for path, parameter in _BY_PATH.items() if path.split(".")[0] == table}
    for table in TABLES
}
_CITED_KEYS: Final = ("value", "source", "url", "claims")


def checked(document: Mapping[str, Any], label: str = "") -> Fields:
    """Check a full document and give the parts of the scenario.

    Raises
    ------
    InputError
        With every fault of the document.
    """
    faults = Faults()
    for key in document:
        if key not in HEAD and key not in LISTS and key not in TABLES:
            faults.unknown(key, key, (*HEAD, *LISTS, *TABLES), "table")
    values: dict[str, float] = {}
    citations: dict[str, Source] = {}
    series: dict[str, tuple[float, ...]] = {}
    overrides: dict[str, dict[str, float]] = {}
    for table in TABLES:
        content = document.get(table, {})
        if not isinstance(content, dict):
            faults.add(table, f"{shown(content)} is not a table")
            continue
        for key, entry in content.items():
            cited = isinstance(entry, dict) and not isinstance(entry.get("value", {}), dict)
            if (
                table == "segments"
                and key not in _BY_TABLE["segments"]
                and not cited
                and (isinstance(entry, dict) or "_" not in key)
            ):
                overrides[key] = _segment(key, entry, citations, faults)
            elif (table, key) != ("arrivals", "series"):
                _number(table, key, entry, "", values, citations, faults)
    segments = tuple(overrides)
    _count_segments(segments, faults)
    given = document.get("arrivals")
    if isinstance(given, dict) and "series" in given:
        series = _series(given["series"], segments, faults)
    fields = Fields(
        name=text_of(document, "name", "unnamed", 100, faults) or "unnamed",
        description=text_of(document, "description", "", 10_000, faults),
        currency=currency_of(document, faults),
        start_date=start_date_of(document, faults),
        horizon_months=horizon_of(document, faults),
        segments=segments,
        values=values,
        segment_values={name: content for name, content in overrides.items() if content},
        citations=citations,
        series=series,
        targets=_targets(document.get("calibration", []), faults),
        interventions=(
            *_interventions(document.get("interventions", []), "interventions", segments, faults),
            *_interventions(document.get("shocks", []), "shocks", segments, faults),
        ),
    )
    if not faults:
        _hold_together(fields, faults)
    faults.stop_if_any(label)
    return fields


def _segment(name: str, content: object, citations: dict[str, Source], faults: Faults) -> dict[str, float]:
    values: dict[str, float] = {}
    place = f"segments.{name}"
    if not re.fullmatch(SEGMENT_NAME, name) or len(name) > 40:
        faults.add(place, 'a segment is named in a-z, 0-9 and -, from a letter on, such as "mid" (at most 40 letters)')
    if not isinstance(content, dict):
        faults.add(place, f"{shown(content)} is not a table")
        return values
    for key, entry in content.items():
        if key in TABLES and key != "segments":
            if isinstance(entry, dict):
                for inner, number in entry.items():
                    _number(key, inner, number, name, values, citations, faults)
            else:
                faults.add(f"{place}.{key}", f"{shown(entry)} is not a table")
        elif isinstance(entry, dict) and "value" not in entry:
            faults.unknown(f"{place}.{key}", key, TABLES, "table")
        else:
            _number("segments", key, entry, name, values, citations, faults)
    return values


def _number(
    table: str,
    key: str,
    entry: object,
    segment: str,
    values: dict[str, float],
    citations: dict[str, Source],
    faults: Faults,
) -> None:
    """Check one number, plain or cited, and enter it."""
    place = place_of(f"{table}.{key}", segment)
    parameter = _BY_TABLE[table].get(key)
    if parameter is None:
        elsewhere = [other for other in TABLES if key in _BY_TABLE[other]]
        if elsewhere and table != elsewhere[0]:
            faults.add(place, f'no such setting. Did you mean "{elsewhere[0]}.{key}"?')
        else:
            faults.unknown(place, key, _BY_TABLE[table])
        return
    if parameter.per_company and segment:
        faults.add(place, f"is shared by all segments; set it in [{table}]")
        return
    if isinstance(entry, dict):
        citation = _citation(entry, place, faults)
        if "value" not in entry:
            faults.add(place, "value is missing")
            return
        if citation is not None:
            citations[place] = citation
        entry = entry["value"]
    value = _in_range(entry, parameter, place, faults)
    if value is not None:
        values[parameter.path] = value


def _in_range(entry: object, parameter: Parameter, place: str, faults: Faults) -> float | None:
    if isinstance(entry, bool) or not isinstance(entry, int | float):
        faults.add(place, f"{shown(entry)} is not a number ({parameter.unit}: {parameter.meaning})")
    elif isinstance(entry, float) and not math.isfinite(entry):
        faults.add(place, f"{shown(entry)} is not a finite number ({parameter.unit}: {parameter.meaning})")
    elif not parameter.low <= entry <= parameter.high:
        span = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}"
        faults.add(place, f"{shown(entry)} is outside {span} ({parameter.meaning})")
    elif parameter.whole and entry != math.floor(entry):
        faults.add(place, f"{shown(entry)} is not a whole number ({parameter.unit}: {parameter.meaning})")
    else:
        return float(entry) + 0.0  # -0.0 becomes 0.0: they are equal and must hash alike
    return None


def _citation(entry: Mapping[str, object], place: str, faults: Faults) -> Source | None:
    from cxsim.scenario.shapes import SourceShape, shaped

    for key in entry:
        if key not in _CITED_KEYS:
            faults.unknown(f"{place}.{key}", key, _CITED_KEYS)
    if not set(entry) & {"source", "url", "claims"}:
        return None
    table = {"text" if key == "source" else key: entry[key] for key in _CITED_KEYS[1:] if key in entry}
    shape = shaped(SourceShape, table, faults, place, {"text": "source"})
    return None if shape is None else Source(shape.text, shape.url, tuple(shape.claims))


def _count_segments(segments: tuple[str, ...], faults: Faults) -> None:
    if not 1 <= len(segments) <= MOST_SEGMENTS:
        faults.add("segments", f"there must be 1 to {MOST_SEGMENTS}, such as [segments.mid]; here are {len(segments)}")


def _series(content: object, segments: tuple[str, ...], faults: Faults) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    if not isinstance(content, dict):
        faults.add("arrivals.series", f"{shown(content)} is not a table of segments")
        return found
    per_month = _BY_PATH["arrivals.per_month"]
    for name, row in content.items():
        place = f"arrivals.series.{name}"
        if name not in segments:
            faults.unknown(place, name, segments, "segment")
        elif not isinstance(row, list) or not 1 <= len(row) <= 2 * MOST_MONTHS:
            faults.add(place, f"must be a list of 1 to {2 * MOST_MONTHS} monthly numbers of accounts, from month 0")
        else:
            numbers = [_in_range(x, per_month, f"{place} {n}", faults) for n, x in enumerate(row, start=1)]
            found[name] = tuple(x for x in numbers if x is not None)
    return found


def _entries(content: object, place: str, faults: Faults) -> list[Any]:
    if not isinstance(content, list):
        faults.add(place, f"{shown(content)} is not an array of tables; write [[{place}]]")
    elif len(content) > MOST_ENTRIES:
        faults.add(place, f"has {len(content)} entries, more than the {MOST_ENTRIES} allowed")
    else:
        return content
    return []


def _targets(content: object, faults: Faults) -> tuple[Target, ...]:
    from cxsim.scenario.shapes import TargetShape, shaped

    found = []
    for number, entry in enumerate(_entries(content, "calibration", faults), start=1):
        shape = shaped(TargetShape, entry, faults, f"calibration {number}", {})
        if shape is None:
            continue
        if shape.low > shape.high:
            faults.add(f"calibration {number}", f"low {shown(shape.low)} lies above high {shown(shape.high)}")
        source = Source(shape.source, shape.url, tuple(shape.claims))
        found.append(Target(shape.outcome, float(shape.low), float(shape.high), shape.unit, source))
    return tuple(found)


def _interventions(content: object, shelf: str, segments: tuple[str, ...], faults: Faults) -> list[Intervention]:
    found: list[Intervention] = []
    for number, entry in enumerate(_entries(content, shelf, faults), start=1):
        place = f"{shelf} {number}"
        if not isinstance(entry, dict):
            faults.add(place, f"{shown(entry)} is not a table")
        elif "lever" not in entry:
            made = define(entry, segments, faults, place, {}, shelf == "shocks")
            found += [made] if made else []
        elif not isinstance(entry["lever"], str):
            faults.add(f"{place}: lever", f"{shown(entry['lever'])} is not a name in quotes")
        else:
            settings = {key: value for key, value in entry.items() if key != "lever"}
            try:
                lever = load_lever(entry["lever"])
                found.append(intervene(lever, settings, segments, is_shock=shelf == "shocks"))
            except InputError as error:
                for line in error.faults:
                    faults.add(place, line)
    return found


def _hold_together(fields: Fields, faults: Faults) -> None:
    """Check what numbers must be to each other, segment by segment."""
    for name in fields["segments"]:
        own = fields["segment_values"].get(name, {})

        def number(path: str, own: Mapping[str, float] = own) -> float:
            return own.get(path, fields["values"].get(path, _BY_PATH[path].default))

        for kind, keys in (
            ("term", ("term_1_share", "term_24_share", "term_36_share")),
            ("touch", ("touch_digital_share", "touch_named_share")),
        ):
            total = sum(number(f"segments.{key}") for key in keys)
            if total > 1.0 + 1e-9:
                faults.add(f"segments.{name}", f"{' + '.join(keys)} is {total:g}; the {kind} shares must not exceed 1")
        most = number("adoption.ticket_rate") * (1.0 + number("adoption.ticket_early"))
        ceiling = number("adoption.ticket_ceiling")
        if most > ceiling:
            faults.add(
                f"segments.{name}",
                f"ticket_rate · (1 + ticket_early) is {most:g} 1/month, above adoption.ticket_ceiling, {ceiling:g}",
            )
    amber, green = (fields["values"].get(p, _BY_PATH[p].default) for p in ("health.amber_from", "health.green_from"))
    if amber > green:
        faults.add("health.amber_from", f"{amber:g} lies above health.green_from, {green:g}")
