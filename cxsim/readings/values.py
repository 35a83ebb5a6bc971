"""Numbers of the world that readings need: cuts of bands, wages, margins."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog
    from cxsim.interventions import Intervention
    from cxsim.scenario import Scenario


class Value(Protocol):
    """The value of a declared parameter, such as `Scenario.value`.

    A segment is given only for what segments may differ in (`experience.user_voice`); money, cuts and margins are
    the company's.
    """

    def __call__(self, path: str, segment: str | None = None, /) -> float:
        """Value at a path such as "economics.discount_rate", in its declared unit."""
        ...


def values_of(log: EventLog) -> Value:
    """Values of the scenario whose text stands in the log's birth certificate.

    Raises
    ------
    InputError
        If the text is not a sound scenario.
    """
    return _scenario(log.certificate.scenario_toml).value


def interventions_of(log: EventLog) -> tuple[Intervention, ...]:
    """Interventions of the scenario in the log's birth certificate, by their number; none where it has no text.

    Raises
    ------
    InputError
        If the text is not a sound scenario.
    """
    text = log.certificate.scenario_toml
    return _scenario(text).interventions if text else ()


@lru_cache(maxsize=32)
def _scenario(text: str) -> Scenario:
    # A log that is read with given values never needs the scenario's machinery.
    from cxsim.scenario import Scenario
    from cxsim.scenario.checks import checked
    from cxsim.toml_files import parse

    label = "scenario in the birth certificate"
    return Scenario(**checked(parse(text, label), label))
