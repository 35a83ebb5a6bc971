"""The hazards for which each account's month was charged in advance, kept where the run will be forked.

Most runs never are: so they stand in an array of their own and not in the account's record.
"""

from __future__ import annotations

from cxsim.engines.compiled.memory import Company, Record, record_at
from cxsim.engines.compiled.state import CHARGED
from cxsim.rules.hazards import Seven


def charged_at(s: Company, i: int) -> Record:
    """What an account's present month was charged with."""
    return record_at(s.at_charged, s.n_charged, i, CHARGED)


def keep_charged(s: Company, i: int, now: Seven) -> None:
    """Remember the seven hazards of the month that begins."""
    h = charged_at(s, i).hazards
    h[0], h[1], h[2], h[3], h[4], h[5], h[6] = now
