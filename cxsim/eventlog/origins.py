"""In what the origins of two logs differ: birth certificates, scenarios place by place, rosters by candidate."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from cxsim.eventlog import Certificate
from cxsim.eventlog.partings import Columns, differing

Pair = tuple[Any, Any]

# of the file, not of the run; the scenario's text is compared place by place
_NOT_OF_THE_RUN: Final = ("command", "scenario_toml")
# changes no result
_PROSE: Final = ("name", "title", "description", "evidence", "source", "sources", "url", "claims", "calibration")


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """How two rosters differ.

    Attributes
    ----------
    only_a, only_b : int
        Candidates that one roster has and the other has not.
    unlike : int
        Candidates of both rosters that are not the same.
    account : int
        The first of those, or else the first that only one roster has.
    columns : mapping of str to (value in a, value in b)
        In what this candidate differs; empty if only one roster has it.
    """

    only_a: int
    only_b: int
    unlike: int
    account: int
    columns: Mapping[str, Pair]


def certificates(a: Certificate, b: Certificate) -> dict[str, Pair]:
    """Fields of the birth certificates that differ, but for the scenario's text and the command."""
    names = [field.name for field in fields(Certificate) if field.name not in _NOT_OF_THE_RUN]
    return {name: (getattr(a, name), getattr(b, name)) for name in names if getattr(a, name) != getattr(b, name)}


def scenarios(a: Certificate, b: Certificate) -> dict[str, Pair]:
    """Places in the scenarios whose values differ, None where a scenario says nothing; prose does not count."""
    if a.scenario_toml == b.scenario_toml:
        return {}
    one, other = (dict(_places(_document(certificate), "")) for certificate in (a, b))
    places = {place: (one.get(place), other.get(place)) for place in (*one, *other)}
    return {place: pair for place, pair in places.items() if pair[0] != pair[1] and not _is_inside(place, one, other)}


def rosters(a: Columns, b: Columns) -> RosterDifference | None:
    """How two rosters differ, candidate by candidate; None if they do not."""
    one, other = a["account"], b["account"]
    shared, in_a, in_b = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    apart = differing(a, in_a, b, in_b)
    unlike = np.flatnonzero(apart.any(axis=1))
    alone = np.setxor1d(one, other, assume_unique=True)
    if not len(unlike) and not len(alone):
        return None
    columns: dict[str, Pair] = {}
    if len(unlike):
        at_a, at_b = in_a[unlike[0]], in_b[unlike[0]]
        columns = {
            name: (a[name][at_a].item(), b[name][at_b].item())
            for name, is_apart in zip(a, apart[unlike[0]], strict=True)
            if is_apart
        }
    return RosterDifference(
        only_a=len(one) - len(shared),
        only_b=len(other) - len(shared),
        unlike=len(unlike),
        account=int(shared[unlike[0]] if len(unlike) else alone[0]),
        columns=columns,
    )


def _document(certificate: Certificate) -> dict[str, Any]:
    try:
        return tomllib.loads(certificate.scenario_toml)
    except tomllib.TOMLDecodeError:
        return {}


def _places(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """Every number of a scenario with its place; interventions and edits by their names, not by their numbers."""
    for key, value in table.items():
        place = f"{path}{key}"
        if key in _PROSE:
            continue
        if isinstance(value, dict) and "value" in value:
            yield place, value["value"]
        elif isinstance(value, dict):
            yield from _places(value, f"{place}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            counted: dict[str, int] = {}
            for entry in value:
                name = str(entry.get("name") or entry.get("parameter", ""))
                counted[name] = counted.get(name, 0) + 1
                inner = f"{place}.{name}" + (f" #{counted[name]}" if counted[name] > 1 else "")
                if "name" in entry:
                    yield inner, f"from month {entry.get('start', 0):g}"
                yield from _places(entry, f"{inner}.")
        else:
            yield place, value


def _is_inside(place: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Is it a part of an intervention that only one of the scenarios has, and that is named as a whole?"""
    shelf, _, rest = place.partition(".")
    whole = f"{shelf}.{rest.split('.')[0]}"
    return shelf in ("interventions", "shocks") and place != whole and (whole in one) != (whole in other)
