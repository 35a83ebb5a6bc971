"""The compiled form of a law gives the bits of the plain form, for every law."""

from __future__ import annotations

import random
import zlib
from typing import Any

import numpy as np
import pytest
from inputs import bits, random_arguments

from cxsim.rules import LAWS, compiled

TIMES = 300


def _as_arrays(arguments: dict[str, Any]) -> list[Any]:
    rows = ("p", "edits", "treated_at")
    return [np.array(v, dtype=np.float64) if k in rows else v for k, v in arguments.items()]


@pytest.mark.parametrize("name", LAWS)
def test_compiled_law_gives_the_same_bits_as_the_plain_one(name: str) -> None:
    law, fast = LAWS[name], compiled(LAWS[name])
    rng = random.Random(zlib.crc32(name.encode()))
    for _ in range(TIMES):
        arguments = random_arguments(name, rng)
        assert bits(law(*arguments.values())) == bits(fast(*_as_arrays(arguments))), arguments
