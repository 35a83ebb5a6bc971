"""Where the arguments of laws live: one domain for each argument name, so that any law can be called at random."""

from __future__ import annotations

import inspect
import random
import struct
from collections.abc import Callable
from typing import Any

from cxsim import events
from cxsim.packing import packed
from cxsim.parameters import declared
from cxsim.rules import LAWS

DEFAULTS = tuple(parameter.default for parameter in declared())
N_PROGRAMMES = 3
NEVER = float("inf")


def changed(changes: dict[int, float]) -> list[float]:
    """The default row with the numbers at these places changed."""
    p = list(DEFAULTS)
    for place, value in changes.items():
        p[place] = value
    return p


def random_row(rng: random.Random) -> list[float]:
    """A row whose numbers are the default, an end of the range, or anything between; whole where they must be."""
    p = []
    for parameter in declared():
        how = rng.random()
        x = parameter.default
        if how < 0.05:
            x = parameter.low
        elif how < 0.1:
            x = parameter.high
        elif how < 0.5:
            x = rng.uniform(parameter.low, parameter.high)
        p.append(float(round(x)) if parameter.whole else x)
    return p


def random_edits(rng: random.Random) -> tuple[float, ...]:
    """Up to six account-level edits, of any operation, with ramps, stops and decays."""
    movable = [parameter for parameter in declared() if parameter.per_account]
    edits = []
    for _ in range(rng.randint(0, 6)):
        parameter = rng.choice(movable)
        operation = rng.randrange(3)
        size = (
            rng.uniform(parameter.low, parameter.high),
            rng.uniform(-1.0, 1.0) * (parameter.high - parameter.low),
            rng.uniform(0.0, 3.0),
        )[operation]
        edits.append([
            float(parameter.index), float(operation), size, rng.choice([0.0, 2.0, rng.uniform(0.0, 6.0)]),
            rng.choice([NEVER, rng.uniform(0.5, 24.0)]), rng.choice([0.0, rng.uniform(0.5, 24.0)]),
            float(rng.randrange(N_PROGRAMMES)),
        ])  # fmt: skip
    return packed(edits)


def seven(rng: random.Random, low: float, high: float) -> tuple[float, ...]:
    """Seven numbers, some of them nought."""
    return tuple(rng.choice([0.0, rng.uniform(low, high), rng.uniform(low, high)]) for _ in range(7))


Draw = Callable[[random.Random], Any]


def _between(low: float, high: float) -> Draw:
    return lambda rng: rng.choice([low, high, rng.uniform(low, high), rng.uniform(low, high), rng.uniform(low, high)])


def _code(n: int, first: int = 0) -> Draw:
    return lambda rng: rng.randrange(first, n)


def _one_of(*choices: Any) -> Draw:
    return lambda rng: rng.choice(choices)


YES_OR_NO = _one_of(False, True)
TEN, SHARE, TWENTY, MONTHS = _between(0.0, 10.0), _between(0.0, 1.0), _between(0.0, 20.0), _between(0.0, 60.0)
OPEN_UNIT: Draw = lambda rng: rng.uniform(1e-12, 1.0 - 1e-12)  # noqa: E731
NORMAL: Draw = lambda rng: rng.gauss(0.0, 1.5)  # noqa: E731

DOMAINS: dict[str, Draw] = {
    "p": random_row, "edits": random_edits,
    "treated_at": lambda rng: [rng.choice([NEVER, rng.uniform(0.0, 30.0)]) for _ in range(N_PROGRAMMES)],
    "now": lambda rng: rng.choice([rng.uniform(0.0, 40.0), float(rng.randrange(40))]),
    "u": OPEN_UNIT, "z": NORMAL, "x": _between(-30.0, 30.0), "low": _between(-10.0, 0.0), "high": _between(0.0, 10.0),
    "amount": lambda rng: rng.choice([rng.uniform(-1e6, 1e9), rng.randrange(-9, 9) + 0.5]),
    "mean": _between(1e-3, 100.0), "median": _between(0.0, 100.0), "sigma": _between(0.0, 2.5), "chance": SHARE,
    "then": MONTHS, "elapsed": _between(-3.0, 40.0), "ramp": _one_of(0.0, 2.0, 6.5), "stop": _one_of(NEVER, 3.0, 12.5),
    "decay": _one_of(0.0, 1.0, 7.5), "value": _between(-5.0, 5.0), "parameter": _code(len(DEFAULTS)),
    "operation": _code(3), "size": _between(-2.0, 3.0), "share": SHARE, "month": _code(61, 1), "last": _code(60, -1000),
    "term": _one_of(1, 12, 24, 36), "hazard_now": _between(0.0, 2.0), "hazard_then": _between(0.0, 2.0),
    "cause": _code(7), "sponsor": TEN, "user": TEN, "frailty": _between(0.0, 6.0), "level": _between(0.3, 3.0),
    "step": _between(-0.5, 1.0), "client_outcome": TEN, "mrr": _code(5_000_000, 1), "seats": _between(-0.5, 1.0),
    "after": _code(5_000_000), "before": _code(5_000_000), "kind": _one_of(*sorted(events.KINDS)), "voice": TEN,
    "score": TEN, "mood": _between(-1.0, 1.0), "waited": _between(0.0, 20.0), "expected": _between(0.01, 12.0),
    "lasted": _between(0.0, 30.0), "fit": _between(0.2, 2.0), "promise": _between(0.2, 2.0),
    "usage": _between(0.01, 1.0), "users": YES_OR_NO,
    "digital": YES_OR_NO, "solved": YES_OR_NO, "promoted": YES_OR_NO, "live": YES_OR_NO, "quadrant": _code(4),
    "health": TWENTY, "n_happy": _code(5000), "n_unhappy": _code(5000), "ceiling": _one_of(0.0, 0.5, 10.0, 400.0),
    "base": _between(0.0, 10.0), "slope": _between(0.0, 6.0), "distress": SHARE, "contact_gap": MONTHS,
    "cadence": _between(1.0, 36.0), "pain": _between(0.0, 12.0), "price_level": _between(0.3, 3.0), "tenure": MONTHS,
    "onboarding_gap": SHARE, "hazard": lambda rng: rng.choice([0.0, rng.uniform(0.0, 2.0)]),
    "remaining": _between(-1.0, 4.0), "by": _between(-1.0, 3.0), "stage": _code(4), "owner": _code(7),
    "experience": TEN, "seen": TEN, "seen_usage": SHARE, "team": _code(4, 1), "people": _code(60), "late": SHARE,
    "gap": SHARE, "difficulty": OPEN_UNIT, "n_open": _code(20), "touch": _code(3), "band": _code(3),
    "begins": MONTHS, "ends": MONTHS, "mask": _code(16), "member": _code(4), "coverage": SHARE,
    "capacity": _one_of(NEVER, 1.0, 20.0), "served": _code(40),
    "reviewed": _between(0.0, 24.0), "begun": _between(0.0, 24.0), "accumulated": _between(0.0, 3.0),
    "resistance": _between(-1.0, 3.0), "correlation": _between(-0.95, 0.95), "own": NORMAL, "calendar_month": _code(12),
    "growth": _between(0.1, 5.0), "yearly": _between(-0.5, 2.0), "stay_at": _between(-60.0, 60.0),
    "observed": TWENTY, "change": _between(-20.0, 20.0), "months_left": _between(1.0, 36.0), "left": SHARE,
    "distance": _between(0.0, 3.0), "months": _between(0.0, 600.0), "rate": _between(0.0, 30.0),
    "early": _between(0.0, 5.0), "fade": _between(0.1, 60.0),
}  # fmt: skip

SEVENS = {
    "first_intent": ("now", "remaining"),
    "worn": ("now", "remaining"),
    "shifted": ("remaining",),
    "crossed": ("before", "after"),
    "passed": ("remaining",),
}
CODES: dict[str, dict[str, Draw]] = {
    "visible_score": {"score": _code(6)}, "seen_usage_after_month": {"seen": SHARE},
    "grown": {"size": _between(0.0, 100.0)}, "ticket_acceptance_most": {"ceiling": _between(0.01, 60.0)},
    "experience_moved": {"before": TEN, "after": TEN},
    "as_things_are": {"reviewed": _between(24.0, 60.0), "now": _between(60.0, 61.0)},
}  # fmt: skip


def random_arguments(name: str, rng: random.Random) -> dict[str, Any]:
    """Arguments for a law, each from its domain."""
    found: dict[str, Any] = {}
    for argument in inspect.signature(LAWS[name]).parameters:
        if argument in SEVENS.get(name, ()):
            found[argument] = seven(rng, *((0.0, 1.0) if argument == "now" else (-1.0, 3.0)))
        else:
            found[argument] = CODES.get(name, {}).get(argument, DOMAINS[argument])(rng)
    return found


def bits(value: Any) -> tuple[bytes, ...]:
    """The bits of a law's answer as doubles."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(struct.pack("<d", float(v)) for v in values)


def random_inputs() -> Any:
    """A hypothesis strategy of generators for `random_arguments`: an example is a seed, shrunk to a small one."""
    from hypothesis import strategies as st

    return st.integers(0, 2**32 - 1).map(random.Random)


def number(low: float, high: float) -> Any:
    """A hypothesis strategy of floats in [low, high]."""
    from hypothesis import strategies as st

    return st.floats(low, high, allow_nan=False)
