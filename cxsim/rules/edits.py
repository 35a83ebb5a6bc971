"""How interventions move parameters: for everyone in the monthly rows, account by account in `moved`."""

from __future__ import annotations

import math

from cxsim.interventions import ADD, SET
from cxsim.packing import DECAY, FIELDS, OPERATION, PROGRAMME, RAMP, SIZE, STOP
from cxsim.parameters import declared
from cxsim.rules.law import Edits, Row, law, within

LOWS = tuple(parameter.low for parameter in declared())
HIGHS = tuple(parameter.high for parameter in declared())


@law
def strength(elapsed: float, ramp: float, stop: float, decay: float) -> float:
    """How much of an edit is in force `elapsed` months after its start [share in 0-1].

    0 before the start and from `stop` on; rises evenly over `ramp` months, then halves every `decay` months
    (0: does not fade). An assumption of form: no study measures the shape, several measure that effects fade.
    """
    if elapsed < 0.0 or elapsed >= stop:
        return 0.0
    if elapsed < ramp:
        return elapsed / ramp
    if decay <= 0.0:
        return 1.0
    return math.exp(-0.6931471805599453 * (elapsed - ramp) / decay)


@law
def edited(value: float, parameter: int, operation: int, size: float, share: float) -> float:
    """A parameter after an edit of which a share is in force, kept in the parameter's declared range.

    set: v + share·(size − v); add: v + share·size; multiply: v·(1 + share·(size − 1)).
    """
    if operation == SET:
        # at full strength exactly, whatever stood there
        value = size if share >= 1.0 else value + share * (size - value)
    elif operation == ADD:
        value = value + share * size
    else:
        value = value * (1.0 + share * (size - 1.0))
    return within(value, LOWS[parameter], HIGHS[parameter])


@law
def moved(p: Row, edits: Edits, parameter: int, treated_at: Row, now: float) -> float:
    """A parameter as it is for one account, which each programme reached at `treated_at` [month] or never (inf)."""
    if edits[parameter] == edits[parameter + 1]:
        return p[parameter]
    return edited_one_by_one(p[parameter], edits, parameter, treated_at, now)


@law
def edited_one_by_one(value: float, edits: Edits, parameter: int, treated_at: Row, now: float) -> float:
    """A parameter's value after all its edits account by account, each after the one before [the parameter's unit]."""
    for at in range(int(edits[parameter]), int(edits[parameter + 1]), FIELDS):
        elapsed = now - treated_at[int(edits[at + PROGRAMME])]
        share = strength(elapsed, edits[at + RAMP], edits[at + STOP], edits[at + DECAY])
        if share > 0.0:
            value = edited(value, parameter, int(edits[at + OPERATION]), edits[at + SIZE], share)
    return value
