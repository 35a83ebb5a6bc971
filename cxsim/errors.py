"""What is wrong with what somebody gave us, said in plain lines."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable

MOST_FAULTS = 200
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class InputError(ValueError):
    """A file, an option or an argument that cannot be used.

    Parameters
    ----------
    faults : str or iterable of str
        One line for each fault: place, value, allowed range and unit, nearest known name.

    Attributes
    ----------
    faults : list of str
    """

    def __init__(self, faults: str | Iterable[str]) -> None:
        lines = faults.split("\n") if isinstance(faults, str) else faults
        self.faults: list[str] = [_one_line(line) for line in lines]
        super().__init__("\n".join(self.faults))


class Faults:
    """Collects faults, so that all are reported together.

    A suggestion costs time, so that beyond `MOST_FAULTS` faults are only counted.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._more = 0

    def __len__(self) -> int:
        return len(self._lines) + self._more

    def add(self, place: str, message: str) -> None:
        """Enter one fault at a place ("" for the whole)."""
        if len(self._lines) >= MOST_FAULTS:
            self._more += 1
        else:
            self._lines.append(f"{place}: {message}" if place else message)

    def unknown(self, place: str, name: str, known: Iterable[str], what: str = "setting") -> None:
        """Enter an unknown name, with the nearest known one."""
        if len(self._lines) >= MOST_FAULTS:
            self._more += 1
        else:
            self.add(place, f"no such {what}.{did_you_mean(name, known)}")

    def lines(self, label: str = "") -> list[str]:
        """Every fault on its own line, each behind the label."""
        start = f"{label}: " if label else ""
        more = [f"{start}and {self._more} more faults"] if self._more else []
        return [start + line for line in self._lines] + more

    def stop_if_any(self, label: str = "") -> None:
        """Raise what was collected.

        Raises
        ------
        InputError
            If there is a fault.
        """
        if self._lines:
            raise InputError(self.lines(label))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give ' Did you mean "x"?' for the nearest known name, or nothing where none is near."""
    near = difflib.get_close_matches(name[:100], list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def shown(value: object) -> str:
    """Show a value in a message: short, on one line, as it stands in a file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 64 else "a number of more than 19 digits"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return str(value)[:60]


def _one_line(text: str) -> str:
    return _NOT_ON_A_LINE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
