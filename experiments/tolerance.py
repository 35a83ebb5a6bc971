"""How long a customer waits for a planned conversation before it minds: a number that nobody has measured, varied.

`adoption.expected_call` is an assumption ("a week's notice"). A check-in, a call or a renewal conversation that begins
later than that is charged up to four points of experience, whether or not the customer asked for it. Studies that load
success managers with work are therefore run at several values of it.
"""

from __future__ import annotations

from typing import Final

import cxsim as cx

PATH: Final = "adoption.expected_call"
# by the word that findings carry: months that a planned conversation may be late before it is felt
TOLERANCES: Final = {"week": 0.25, "fortnight": 0.5, "month": 1.0, "long": 12.0}


def tolerant(base: cx.Scenario, name: str) -> cx.Scenario:
    """The world in which customers wait so long for a planned conversation before they mind, history included."""
    return base.set(PATH, TOLERANCES[name])
