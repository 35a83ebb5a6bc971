"""Where a claim holds, in words, from the settings that were swept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cxsim.studies.claims.claim import FAILS, HOLDS, UNDECIDED, Axis, Cell, Claim, Value

ABSENT: Final = ""
MOST_PARTS: Final = 4  # said of one verdict, the largest; of the rest, how many settings
_VERBS: Final = {HOLDS: "Holds", UNDECIDED: "Not decided", FAILS: "Fails"}

Judged = tuple[Cell, str]
Box = tuple[tuple[Axis, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Settings with one verdict."""

    box: Box
    verdict: str


def where(claim: Claim, cells: Sequence[Cell]) -> str:
    """Say in which part of the sweep a claim holds, in which it is not decided, and that it fails in the rest.

    Parameters
    ----------
    claim : Claim
    cells : sequence of Cell

    Notes
    -----
    The settings are split along one axis after the other, each time along that which leaves the fewest parts; values
    of one axis with the same parts below them are said together.
    """
    judged = [(cell, claim.verdict_at(cell)) for cell in cells]
    n = len(judged)
    counts = {verdict: sum(found == verdict for _, found in judged) for verdict in _VERBS}
    if counts[HOLDS] == n:
        return f"Holds at all {n} settings swept." if n > 1 else "Holds at the one setting tried."
    if counts[FAILS] == n:
        return f"Fails at all {n} settings swept." if n > 1 else "Fails at the one setting tried."
    leaves = _split(judged, claim.axes, ())
    said = []
    for verdict in (HOLDS, UNDECIDED):
        boxes = [leaf.box for leaf in leaves if leaf.verdict == verdict]
        if boxes:
            said.append(
                f"{_VERBS[verdict]} at {_listed(boxes, judged, claim.axes)} ({counts[verdict]} of {n} settings)."
            )
    if not counts[HOLDS]:
        said.insert(0, "Holds nowhere for sure.")
    missed = [leaf.box for leaf in leaves if leaf.verdict == FAILS]
    if any(cell.quoted is not None and verdict == FAILS for cell, verdict in judged):
        # a claim of several parts is false if one of them is, so that it is named
        said.append(f"Fails at {_listed(missed, judged, claim.axes)} ({counts[FAILS]} of {n} settings).")
    elif counts[FAILS]:
        said.append(f"Fails at the other {counts[FAILS]}.")
    return " ".join(said)


def _split(judged: list[Judged], axes: Sequence[Axis], box: Box) -> list[_Leaf]:
    """Parts with one verdict each, as few as a split along one axis after the other can give."""
    verdicts = {verdict for _, verdict in judged}
    if len(verdicts) == 1:
        return [_Leaf(box, verdicts.pop())]
    best: list[_Leaf] = []
    for axis in axes:
        values = _values(judged, axis)
        if len(values) < 2:
            continue
        left = [other for other in axes if other is not axis]
        found = _merged(judged, axis, values, left, box)
        if not best or len(found) < len(best):
            best = found
    if not best:
        # settings that the axes do not tell apart: no one verdict can be given for them
        return [_Leaf(box, UNDECIDED)]
    return best


def _merged(judged: list[Judged], axis: Axis, values: list[Value], left: Sequence[Axis], box: Box) -> list[_Leaf]:
    """Split along one axis; values with the same parts below them stay together."""
    groups: list[tuple[tuple[tuple[Box, str], ...], list[Value]]] = []
    for value in values:
        below = _split([one for one in judged if one[0].at.get(axis.name, ABSENT) == value], left, ())
        parts = tuple((leaf.box, leaf.verdict) for leaf in below)
        # words that fare alike are said together wherever they stand, numbers only where they are neighbours
        near = groups if isinstance(value, str) else groups[-1:]
        alike = next((same for found, same in near if found == parts and type(same[-1]) is type(value)), None)
        if alike is None:
            groups.append((parts, [value]))
        else:
            alike.append(value)
    if len(groups) == 1:
        # this axis tells nothing apart, so that it is not spoken of
        return [_Leaf((*box, *inner), verdict) for inner, verdict in groups[0][0]]
    return [_Leaf((*box, (axis, tuple(same)), *inner), verdict) for parts, same in groups for inner, verdict in parts]


def _values(judged: Sequence[Judged], axis: Axis) -> list[Value]:
    """Values of an axis in the order of the sweep; numbers in rising order."""
    found = list(dict.fromkeys(cell.at.get(axis.name, ABSENT) for cell, _ in judged))
    numbers = sorted(value for value in found if isinstance(value, int | float))
    return [*(value for value in found if isinstance(value, str)), *numbers]


def _listed(boxes: list[Box], judged: Sequence[Judged], axes: Sequence[Axis]) -> str:
    """The largest parts in words, and how many settings lie in the others."""
    sizes = {box: sum(_inside(cell, box) for cell, _ in judged) for box in boxes}
    largest = sorted(boxes, key=lambda box: -sizes[box])[:MOST_PARTS]
    words = [_box(box, axes) for box in boxes if box in largest]
    others = sum(sizes[box] for box in boxes if box not in largest)
    if others:
        words.append(f"{others} other settings" if others > 1 else "one other setting")
    return "; ".join(words)


def _inside(cell: Cell, box: Box) -> bool:
    return all(cell.at.get(axis.name, ABSENT) in values for axis, values in box)


def _box(box: Box, axes: Sequence[Axis]) -> str:
    """One part in words, in the order of the axes."""
    in_order = sorted(box, key=lambda part: axes.index(part[0]))
    words = [_said(axis, [value for value in values if value != ABSENT]) for axis, values in in_order]
    return ", ".join(word for word in words if word) or "the rest"


def _said(axis: Axis, values: Sequence[Value]) -> str:
    """Values of an axis: yearly retention 60 % to 85 %, world: b2b-saas or smb-monthly."""
    if not values:
        return ""
    told = [value if isinstance(value, str) else number_in_words(axis, value) for value in values]
    if len(told) > 2 and not any(isinstance(value, str) for value in values):
        # numbers stand in rising order, and the sweep has none between them that fares otherwise, see `_merged`
        listed = f"{told[0]} to {told[-1]}"
    else:
        listed = " or ".join(filter(None, (", ".join(told[:-1]), told[-1])))
    unit = "" if axis.unit == "share" or isinstance(values[-1], str) else axis.unit
    colon = ":" if isinstance(values[-1], str) else ""
    return f"{axis.name}{colon} {listed} {unit}".rstrip()


def number_in_words(axis: Axis, value: float) -> str:
    """A number of an axis without its unit; a share with its per cent sign."""
    return f"{100 * value:g} %" if axis.unit == "share" else f"{value:g}"


def setting_in_words(claim: Claim, cell: Cell) -> str:
    """A setting of the sweep: world: b2b-saas, cost to acquire 0.5 years of margin."""
    return ", ".join(_said(axis, [cell.at[axis.name]]) for axis in claim.axes if axis.name in cell.at)
