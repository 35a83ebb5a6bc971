"""Edits account by account as laws are handed them: a row of numbers in which a parameter's own are found at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cxsim.parameters import declared

N_PARAMETERS: Final = len(declared())

# The first N_PARAMETERS + 1 numbers are places in the row: parameter k's edits begin at the k-th and end at the next.
# An edit's own numbers:
OPERATION, SIZE, RAMP, STOP, DECAY, PROGRAMME = range(6)
FIELDS: Final = 6


def packed(edits: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Edits (parameter, operation, size, ramp, stop, decay, programme), in any order, in the row that laws take.

    Those of one parameter keep their order.
    """
    places: list[int] = []
    numbers: list[float] = []
    for parameter in range(N_PARAMETERS):
        places.append(N_PARAMETERS + 1 + len(numbers))
        for edit in edits:
            if edit[0] == parameter:
                numbers.extend(edit[1:])
    return tuple(float(x) for x in (*places, N_PARAMETERS + 1 + len(numbers), *numbers))


def unpacked(edits: Sequence[float], parameter: int) -> Iterator[Sequence[float]]:
    """The edits of a parameter, one by one: operation, size, ramp, stop, decay, programme."""
    for at in range(int(edits[parameter]), int(edits[parameter + 1]), FIELDS):
        yield edits[at : at + FIELDS]
