"""The ten quoted claims, in the order of their letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cxsim.errors import Faults
from cxsim.studies.claims import (
    acquisition,
    causes,
    company_value,
    experiences,
    first_year,
    lifetime_profit,
    onboarding,
    outreach,
    together,
    vendors,
)
from cxsim.studies.claims.claim import Claim

_ALL: Final = (
    company_value, lifetime_profit, causes, onboarding, outreach,
    acquisition, first_year, experiences, vendors, together,
)  # fmt: skip

CLAIMS: Final[Mapping[str, Claim]] = MappingProxyType({room.CLAIM.id: room.CLAIM for room in _ALL})


def chosen(letters: Sequence[str] | None = None) -> list[Claim]:
    """Claims by their letters, in their own order; all unless given.

    Raises
    ------
    InputError
        If there is no such claim, or none is left.
    """
    if letters is None:
        return list(CLAIMS.values())
    faults = Faults()
    for letter in letters:
        if letter not in CLAIMS:
            faults.add(f"claim {letter!r}", f"there is none; there are {', '.join(CLAIMS)}")
    if not letters:
        faults.add("claims", f"none was named; there are {', '.join(CLAIMS)}")
    faults.stop_if_any()
    return [claim for claim in CLAIMS.values() if claim.id in letters]
