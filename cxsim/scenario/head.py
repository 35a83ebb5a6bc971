"""The plain keys at the head of a scenario file, checked. A fault is entered and the default given."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from cxsim.errors import Faults, shown
from cxsim.scenario.fields import (
    CURRENCY_NAME,
    DEFAULT_HORIZON,
    DEFAULT_START,
    EARLIEST,
    LATEST,
    MOST_MONTHS,
)


def text_of(document: Mapping[str, Any], key: str, default: str, longest: int, faults: Faults) -> str:
    """A text at the head of a file."""
    value = document.get(key, default)
    if isinstance(value, str) and len(value) <= longest and not re.search("[\ud800-\udfff]", value):
        return value
    faults.add(key, f"{shown(value)} is not a text in quotes of at most {longest} letters")
    return default


def currency_of(document: Mapping[str, Any], faults: Faults) -> str:
    """The world's currency, three letters."""
    value = document.get("currency", "USD")
    if isinstance(value, str) and re.fullmatch(CURRENCY_NAME, value) and len(value) == 3:
        return value
    faults.add("currency", f'{shown(value)} is not a code of three capital letters, such as "USD"')
    return "USD"


def start_date_of(document: Mapping[str, Any], faults: Faults) -> datetime.date:
    """The day of month 0."""
    value = document.get("start_date", DEFAULT_START)
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        faults.add("start_date", f"{shown(value)} is not a date without quotes, such as {DEFAULT_START}")
    elif not EARLIEST <= value <= LATEST:
        faults.add("start_date", f"{value} is outside {EARLIEST} to {LATEST}")
    else:
        return value
    return DEFAULT_START


def horizon_of(document: Mapping[str, Any], faults: Faults) -> int:
    """Months that a run covers."""
    value = document.get("horizon_months", DEFAULT_HORIZON)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MONTHS:
        faults.add("horizon_months", f"{shown(value)} is not a whole number of 1 to {MOST_MONTHS} months")
        return DEFAULT_HORIZON
    return value
