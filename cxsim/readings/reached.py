"""The first year of those who signed up in the first year: who was lost, and whom an intervention could reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.interventions import EVERYONE, Intervention
from cxsim.readings.lives import lives_of
from cxsim.sums import fates
from cxsim.tally import FIRST_YEAR, FirstYear

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog

Flags = npt.NDArray[np.bool_]


def first_year(log: EventLog, interventions: Sequence[Intervention]) -> FirstYear:
    """Read the fate of each account of the first year.

    Parameters
    ----------
    log : EventLog
    interventions : sequence of Intervention
        Those of the log's scenario, in its order.

    Returns
    -------
    FirstYear
        An intervention that treats accounts reached those that it treated before their twelfth review and before they
        were lost. One for everyone reached those of its segments that signed up while it ran.

    Notes
    -----
    Win-back does not undo a loss. A horizon under 24 months cuts years short: accounts not yet lost count as kept.
    """
    lives = lives_of(log)
    kind, item, time = (lives.column(name) for name in ("kind", "item", "time"))
    signed = lives.first_of(kind == events.SIGNED_UP)
    who = np.flatnonzero(signed >= 0)
    who = who[(lives.month[signed[who]] < FIRST_YEAR) & (log.roster["referred"][lives.place[who]] == 0)]

    def first_time(chosen: Flags) -> npt.NDArray[np.float64]:
        if not len(who):
            return np.zeros(0)
        first = lives.first_of(chosen)[who]
        return np.where(first >= 0, time[np.maximum(first, 0)], np.inf)

    treated_at = np.full((len(who), len(interventions)), np.inf)
    for number, it in enumerate(interventions):
        if it.trigger != EVERYONE:
            treated_at[:, number] = first_time((kind == events.TREATED) & (item == number))
    return fates(
        lives.accounts[who],
        lives.segment[who],
        time[signed[who]],
        first_time((kind == events.REVIEW) & (item == FIRST_YEAR)),
        first_time(np.isin(kind, events.LEAVING)),
        treated_at,
        interventions,
        log.certificate.segments,
    )
