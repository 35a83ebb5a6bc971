"""From a lever and its settings, or a full definition, to an intervention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxsim.errors import Faults
from cxsim.interventions import OPERATIONS, TRIGGERS, Edit, Intervention
from cxsim.interventions import faults as faults_of
from cxsim.levers import EVERY_LEVER, PROSE, REFERENCE, Lever, checked_choice
from cxsim.parameters import Source, by_path


def intervene(
    lever: Lever, settings: Mapping[str, Any], segments: Sequence[str], *, label: str = "", is_shock: bool = False
) -> Intervention:
    """Make the intervention that a lever becomes under these settings.

    Parameters
    ----------
    lever : Lever
    settings : mapping
        Setting → number, word or list of words; what is not given keeps its default.
    segments : sequence of str
        Segments of the world.
    label : str
        Put before each fault; the lever's name unless given.

    Raises
    ------
    InputError
        With every fault of the settings and of the lever.
    """
    faults = Faults()
    own = {setting.key: setting for setting in lever.settings}
    chosen: dict[str, Any] = {key: setting.default for key, setting in own.items() if key not in EVERY_LEVER}
    for key, value in settings.items():
        if key in own:
            chosen[key] = checked_choice(own[key], value, faults)
        elif key == "coverage":
            faults.add("coverage", "this lever is for everyone at once, so that it has none")
        else:
            faults.unknown(key, key, own)
    faults.stop_if_any(label or lever.name)
    places: dict[str, str] = {}
    table = _substituted(lever.definition, chosen, "", places)
    for key in ("start", "stop", "coverage"):
        if key in chosen:
            table[key] = chosen[key]
    if "segments" in chosen:
        who = table.get("who", {})
        table["who"] = {**who, "segments": list(chosen["segments"])} if isinstance(who, dict) else who
        places["who.segments"] = "segments"
    made = define({"name": lever.name, **table}, segments, faults, "", places, is_shock or lever.is_shock)
    faults.stop_if_any(label or lever.name)
    assert made is not None
    return made


def define(
    table: Mapping[str, Any],
    segments: Sequence[str],
    faults: Faults,
    place: str,
    places: Mapping[str, str],
    is_shock: bool,
) -> Intervention | None:
    """Make an intervention from a full definition; on faults enter them and return None."""
    from cxsim.scenario.shapes import DefinitionShape, shaped

    shape = shaped(DefinitionShape, table, faults, place, places)
    if shape is None:
        return None
    known = by_path()
    before = len(faults)
    front = f"{place}: " if place else ""
    for number, edit in enumerate(shape.edits, start=1):
        if edit.parameter not in known:
            faults.unknown(f"{front}edits {number}.parameter: {edit.parameter}", edit.parameter, known, "parameter")
    if not shape.name.strip():
        faults.add(f"{front}name", "is missing")
    if len(faults) > before:
        return None
    made = Intervention(
        name=shape.name,
        title=shape.title,
        description=shape.description,
        start=float(shape.start),
        stop=float(shape.stop),
        trigger=TRIGGERS.index(shape.trigger),
        outreach=shape.outreach,
        segments=tuple(shape.who.segments),
        stages=tuple(shape.who.stages),
        bands=tuple(shape.who.bands),
        score=shape.who.score,
        score_low=float(shape.who.above),
        score_high=float(shape.who.below),
        coverage=float(shape.coverage),
        priority=shape.priority,
        cost_once=float(shape.cost.once),
        cost_per_month=float(shape.cost.per_month),
        cost_per_account=float(shape.cost.per_account),
        edits=tuple(
            Edit(
                known[edit.parameter].index,
                OPERATIONS.index(edit.operation),
                float(edit.size),
                float(edit.ramp),
                float(edit.stop),
                float(edit.decay),
            )
            for edit in shape.edits
        ),
        evidence=shape.evidence,
        sources=tuple(Source(source.text, source.url, tuple(source.claims)) for source in shape.sources),
        is_shock=is_shock,
    )
    for inner, message in faults_of(made, segments):
        faults.add(front + places.get(inner, inner), message)
    return made


def _substituted(node: Any, chosen: Mapping[str, Any], place: str, places: dict[str, str]) -> Any:
    """Put settings where "$key" stands, and remember where each went."""
    if isinstance(node, Mapping):
        return {
            key: inner if key in PROSE else _substituted(inner, chosen, f"{place}.{key}".lstrip("."), places)
            for key, inner in node.items()
        }
    if isinstance(node, list):
        return [_substituted(inner, chosen, f"{place} {number}", places) for number, inner in enumerate(node, start=1)]
    match = REFERENCE.fullmatch(node) if isinstance(node, str) else None
    if match is None:
        return node
    places[place] = match[1]
    value = chosen[match[1]]
    return list(value) if isinstance(value, tuple) else value
