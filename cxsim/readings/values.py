"""Numbers of the world that readings need: cuts of bands, wages, margins."""

from __future__ import annotations

from dataclasses import dataclass, fields
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


@dataclass(frozen=True, slots=True)
class Economics:
    """The values of `economics.*`, looked up once; the company's, in their declared units."""

    gross_margin: float
    hosting_share: float
    discount_rate: float
    acquisition_cost: float
    expansion_cost: float
    referral_cost: float
    onboarding_wage: float
    success_wage: float
    support_wage: float
    digital_cost: float
    multiple: float
    multiple_growth: float
    multiple_slope: float
    multiple_least: float
    multiple_most: float

    def wage(self, team: str) -> float:
        """What a month of one of a team costs [currency/month]."""
        return {"onboarding": self.onboarding_wage, "success": self.success_wage, "support": self.support_wage}[team]


_ECONOMICS = tuple(f"economics.{field.name}" for field in fields(Economics))


def economics_of(value: Value | Economics) -> Economics:
    """The values of `economics.*`; those that were looked up already are given back as they are."""
    return value if isinstance(value, Economics) else Economics(*map(value, _ECONOMICS))


def values_of(log: EventLog) -> Value:
    """Values of the scenario whose text stands in the log's birth certificate.

    Raises
    ------
    InputError
        If the text is not a sound scenario.
    """
    return scenario_of(log).value


def scenario_of(log: EventLog) -> Scenario:
    """The scenario whose text stands in the log's birth certificate.

    Raises
    ------
    InputError
        If the text is not a sound scenario.
    """
    return _scenario(log.certificate.scenario_toml)


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
