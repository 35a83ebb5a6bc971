"""The health score of one account, by hand: customer success = client outcomes + customer experience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxsim import events
from cxsim.errors import InputError

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Health:
    """A health score and what it means.

    Attributes
    ----------
    score : float
        0-20, the weighted sum of client outcome and experience.
    band : str
        "red", "amber" or "green".
    quadrant : str
        "high risk", "trapped", "accessible to competition" or "happy and successful".
    """

    score: float
    band: str
    quadrant: str


def health(
    *, client_outcome: float, experience: float, stage: str = "adoption", scenario: Scenario | None = None
) -> Health:
    """Score an account.

    Parameters
    ----------
    client_outcome : float
        0-10: does the account get the value it was sold?
    experience : float
        0-10: what it is like to deal with the company.
    stage : str
        "onboarding", "adoption" or "renewal"; weights may differ.
    scenario : Scenario, optional
        Whose weights and cuts to use; the declared defaults unless given.

    Returns
    -------
    Health

    Raises
    ------
    InputError
        If a score is not in 0-10 or the stage is not known.

    Notes
    -----
    H = w_O·O + w_X·X with weights summing to 2; red below 10, green from 15, unrounded, unless a company chose
    otherwise.

    Examples
    --------
    >>> health(client_outcome=6.5, experience=8.2)
    Health(score=14.7, band='amber', quadrant='happy and successful')
    """
    from cxsim.parameters import declared
    from cxsim.rules import health as laws

    faults = [
        f"{name}: {value!r} is outside 0 to 10"
        for name, value in (("client_outcome", client_outcome), ("experience", experience))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 10.0
    ]
    stages = events.STAGES[:3]
    if stage not in stages:
        faults.append(f"stage: {stage!r} is not one of {', '.join(stages)}")
    if faults:
        raise InputError(faults)
    p = [parameter.default if scenario is None else scenario.value(parameter.path) for parameter in declared()]
    score = laws.health(p, client_outcome, experience, stages.index(stage))
    return Health(
        score=score,
        band=events.BANDS[laws.band(p, score)],
        quadrant=events.QUADRANTS[laws.quadrant(p, client_outcome, experience)],
    )
