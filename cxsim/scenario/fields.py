"""What a scenario is made of, before it becomes one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from cxsim.interventions import Intervention
from cxsim.parameters import Source, by_path

TABLES: Final = tuple(dict.fromkeys(path.split(".")[0] for path in by_path()))
HEAD: Final = ("extends", "name", "description", "currency", "start_date", "horizon_months")
LISTS: Final = ("calibration", "interventions", "shocks")

EARLIEST: Final = datetime.date(1900, 1, 1)
LATEST: Final = datetime.date(2200, 12, 31)
DEFAULT_START: Final = datetime.date(2026, 1, 1)
DEFAULT_HORIZON: Final = 36
MOST_MONTHS: Final = 600
MOST_SEGMENTS: Final = 16
MOST_ENTRIES: Final = 100
SEGMENT_NAME: Final = "^[a-z][a-z0-9-]*$"
CURRENCY_NAME: Final = "^[A-Z]{3}$"


@dataclass(frozen=True, slots=True)
class Target:
    """A published number that a world is calibrated to.

    Attributes
    ----------
    outcome : str
        Name of an outcome.
    low, high : float
        Range that the world should meet, in `unit`.
    unit : str
    source : Source
    """

    outcome: str
    low: float
    high: float
    unit: str
    source: Source


class Fields(TypedDict):
    """The checked parts of a scenario; `citations` are kept under the place in the file."""

    name: str
    description: str
    currency: str
    start_date: datetime.date
    horizon_months: int
    segments: tuple[str, ...]
    values: Mapping[str, float]
    segment_values: Mapping[str, Mapping[str, float]]
    citations: Mapping[str, Source]
    series: Mapping[str, tuple[float, ...]]
    targets: tuple[Target, ...]
    interventions: tuple[Intervention, ...]


def place_of(path: str, segment: str = "") -> str:
    """Where a parameter stands in a file: "churn.value_base" or "segments.mid.churn.value_base"."""
    if not segment:
        return path
    return f"segments.{segment}.{path.removeprefix('segments.')}"
