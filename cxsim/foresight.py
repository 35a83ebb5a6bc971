"""What a plan says of a run beforehand: bounds that hold in any month under any edit, and what decides who comes."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cxsim.interventions import MULTIPLY
from cxsim.packing import OPERATION, SIZE, unpacked
from cxsim.parameters import declared
from cxsim.parameters.adoption import TICKET_CEILING, TICKET_EARLY, TICKET_EARLY_FADE, TICKET_RATE
from cxsim.rules.law import Edits

Reals = npt.NDArray[np.float64]

N_PARAMETERS: Final = len(declared())

# parameters that the roster reads, beside the rates at which candidates come
OF_PEOPLE: Final = tuple(k for k, parameter in enumerate(declared()) if parameter.path.startswith("segments."))


def most_tickets(parameters: Reals, edits: Edits) -> tuple[Reals, Reals, Reals, Reals]:
    """What `rules.service.ticket_acceptance_most` is asked with, by segment; shape (S,) each.

    Parameters
    ----------
    parameters : float array, shape (months, S, parameters)
    edits : sequence of float
        Those that act account by account, as in `Plan.edits`.

    Returns
    -------
    rate, early, fade, ceiling
        The rate [1/month] is infinite, so that nothing is bounded, where a later month or an edit could surprise.
    """
    rate, early = (parameters[:, :, parameter].max(axis=0) for parameter in (TICKET_RATE, TICKET_EARLY))
    fade, ceiling = (parameters[0, :, parameter].copy() for parameter in (TICKET_EARLY_FADE, TICKET_CEILING))
    for parameter, first in ((TICKET_EARLY_FADE, fade), (TICKET_CEILING, ceiling)):
        rate[(parameters[:, :, parameter] != first).any(axis=0)] = np.inf
    for edit in (*unpacked(edits, TICKET_RATE), *unpacked(edits, TICKET_EARLY)):
        if edit[OPERATION] != MULTIPLY or edit[SIZE] > 1.0:
            rate[:] = np.inf
    return rate, early, fade, ceiling
