"""From a lever and its settings, or a full definition, to an intervention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cxsim.errors import Faults
from cxsim.interventions import OPERATIONS, TRIGGERS, Edit, Intervention
from cxsim.interventions import faults as faults_of
from cxsim.levers import EVERY_LEVER, PROSE, REFERENCE, Lever, Setting, checked_choice
from cxsim.parameters import Source, by_path

NOWHERE: Final = -1  # place of a parameter that there is not


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
        elif key in ("coverage", "capacity"):
            faults.add(key, "this lever is for everyone at once, so that it has none")
        else:
            faults.unknown(key, key, own)
    faults.stop_if_any(label or lever.name)
    places: dict[str, str] = {}
    table = _substituted(lever.definition, chosen, "", places)
    for key in ("start", "stop", "coverage", "capacity"):
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


def enter_definition_faults(table: Mapping[str, Any], settings: Sequence[Setting], faults: Faults) -> None:
    """Enter what would be wrong with the intervention that a lever becomes under its defaults, each fault once.

    Which segments there are depends on the world that it is used in, so that those named are taken as they stand.
    """
    before, found = faults.lines(), Faults()
    places = {line.partition(":")[0] for line in before}
    chosen = {setting.key: setting.default for setting in settings}
    who = table.get("who")
    segments = who.get("segments") if isinstance(who, dict) else None
    plain = _substituted({key: inner for key, inner in table.items() if key != "sources"}, chosen, "", {})
    named = [one for one in segments if isinstance(one, str)] if isinstance(segments, list) else []
    define({"name": "lever", **plain}, named, found, "", {}, False)
    for line in found.lines():
        # a setting that does not exist, or is at fault itself, is told already
        if line.partition(":")[0] not in places and '"$' not in line:
            faults.add("", line)


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

    known, before, front = by_path(), len(faults), f"{place}: " if place else ""
    edits = table.get("edits")
    for number, entry in enumerate(edits if isinstance(edits, list) else [], start=1):
        name = entry.get("parameter") if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name not in known:
            faults.unknown(f"{front}edits {number}.parameter: {name}", name, known, "parameter")
    shape = shaped(DefinitionShape, table, faults, place, places)
    if shape is None:
        return None
    if not shape.name.strip():
        faults.add(f"{front}name", "is missing")
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
        capacity=float(shape.capacity),
        priority=shape.priority,
        cost_once=float(shape.cost.once),
        cost_per_month=float(shape.cost.per_month),
        cost_per_account=float(shape.cost.per_account),
        edits=tuple(
            Edit(
                known[edit.parameter].index if edit.parameter in known else NOWHERE,
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
        if not message.startswith(f"{NOWHERE} "):  # a parameter that is not known is told already
            faults.add(front + places.get(inner, inner), message)
    return None if len(faults) > before else made


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
    if match[1] not in chosen:
        return node
    value = chosen[match[1]]
    return list(value) if isinstance(value, tuple) else value
