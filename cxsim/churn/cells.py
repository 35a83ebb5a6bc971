"""What stands in the cells of a column: numbers, however they are written, dates, or words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

Reals = npt.NDArray[np.float64]
Words = npt.NDArray[Any]

MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
MOSTLY: Final = 0.5  # more of the cells than this make a column one of dates, or of numbers with faults in it
POINT, COMMA = ".", ","
_MARKS: Final = (
    r"%|‰|(?:US|CA|AU|NZ|HK|R)?\$|[€£¥₹₩₽₺]|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|ILS|INR|JPY|KRW|MXN|NOK|NZD|"
    r"PLN|SEK|SGD|TRY|USD|ZAR|kr|zł|Fr\."
)
_MARKED: Final = re.compile(
    rf"(?P<sign>[+\-\u2212]?)\s*(?P<before>{_MARKS})?\s*(?P<inner>[+\-\u2212]?)(?P<core>\d[\d.,'\u2019\s]*|[.,]\d+)"
    rf"\s*(?P<after>{_MARKS})?"
)
_SPACES: Final = re.compile(r"\d{1,3}(?:(['\u2019\s])\d{3})(?:\1\d{3})*([.,]\d+)?")
_BY_POINT: Final = re.compile(r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")  # 1,050.50
_BY_COMMA: Final = re.compile(r"(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?|,\d+")  # 1.050,50
_THREE: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")  # a thousand, or a number with three decimals
_YEAR, _DAY, _MONTH = r"(?:19|20)\d\d", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_NAME: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_TIME: Final = r"(?:[T ,]+\d{1,2}:\d\d.*)?"
_DATE: Final = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|{_YEAR}[-/.]{_MONTH}|"
    rf"{_MONTH}[-/.]{_YEAR}|(?:[a-z]{{3,9}},? +)?{_DAY}(?:st|nd|rd|th)?[-/ .]+{_NAME}[-/ ,]+(?:\d{{4}}|\d\d)|"
    rf"(?:[^\W\d_]{{2,10}}[.,]* +)?{_DAY}\.?[-/ ]+[^\W\d_]{{3,10}}\.?[-/ ,]+{_YEAR}|"
    rf"(?:[a-z]{{3,9}},? +)?{_NAME}[- ]+{_DAY}(?:st|nd|rd|th)?,? +\d{{4}}|{_NAME}[-/ ]+{_YEAR}|{_YEAR}[- ]?Q[1-4]|"
    rf"{_YEAR}[-/ ]{_NAME}(?:[-/ ]{_DAY})?){_TIME}",
    re.IGNORECASE,
)
INSTEAD: Final = "give a number instead, such as months since then, or leave the column out"
LEAST_DATES: Final = 10  # so few numbers are not taken for dates by chance


@dataclass(frozen=True, slots=True)
class Form:
    """How the numbers of a column are written.

    Attributes
    ----------
    decimal : str
        "." or ",".
    thousands : str
        What parts thousands, or "".
    mark : str
        A currency or "%" that stands at every number, or "".
    """

    decimal: str = POINT
    thousands: str = ""
    mark: str = ""

    def told(self) -> str:
        """In words; "" where there is nothing to tell."""
        names = {COMMA: "commas", POINT: "points", " ": "spaces"}
        parts = [f"decimal {names[COMMA]}"] if self.decimal == COMMA else []
        parts += [f"thousands {names.get(self.thousands, 'apostrophes')}"] if self.thousands else []
        return ", ".join(parts + ([f"in {self.mark}"] if self.mark else []))


PLAIN: Final = Form()


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A column of text: its different cells, and which row holds which (−1 where it is blank)."""

    kinds: list[str]
    code: npt.NDArray[np.int64]

    def share(self, pattern: re.Pattern[str]) -> tuple[float, str]:
        """Share of the cells that are not blank which look so, and the first that does."""
        count = np.bincount(self.code[self.code >= 0], minlength=len(self.kinds))
        fits = np.array([pattern.fullmatch(word) is not None for word in self.kinds], dtype=bool)
        first = self.kinds[int(np.argmax(fits))] if fits.any() else ""
        return float(count[fits].sum() / max(count.sum(), 1)), first

    def numbers(self, values: Reals) -> Reals:
        """The number of each row, given one for each kind; NaN where it is blank."""
        return np.asarray(np.append(values, np.nan)[self.code], dtype=np.float64)

    def words(self, blank: str | None = None) -> Words:
        """The word of each row."""
        return np.asarray(np.array([*self.kinds, blank], dtype=object)[self.code])


def written(column: pd.Series[Any], missing: frozenset[str] = MISSING) -> Written:
    """The different cells of a column, as text without spaces around it."""
    import pandas as pd

    code, kinds = pd.factorize(column.astype(object))
    texts = [said(kind).strip() for kind in kinds]
    names: dict[str, int] = {}
    place = [-1 if t.lower() in missing else names.setdefault(t, len(names)) for t in texts]
    return Written(list(names), np.append(np.array(place, dtype=np.int64), -1)[code])


def said(value: Any) -> str:
    """A cell as text; whole numbers without a point."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def numbers_of(
    cells: Written, *, form: Form | None = None, style: Callable[[], str] = str
) -> tuple[Reals, Form] | None:
    """The numbers of a column of text and how they are written, or None where not all of it is numbers.

    Parameters
    ----------
    cells : Written
    form : Form, optional
        How they are written, if that is known: it settles what could be read in two ways.
    style : callable
        Tells how decimals are written in other columns of the table, "." or ",", or "": it settles the same.

    Raises
    ------
    InputError
        If they can be read in two ways, or are amounts in several currencies.
    """
    import pandas as pd

    if not cells.kinds:
        return None
    plain = pd.to_numeric(pd.Series(cells.kinds, dtype=object), errors="coerce").to_numpy(dtype=np.float64)

    def known() -> str:
        return form.decimal if form is not None else style()

    if not np.isnan(plain).any() and not (thousands_perhaps(cells) and known() == COMMA):
        return cells.numbers(plain), PLAIN
    found = [_MARKED.fullmatch(word) for word in cells.kinds]
    parts = [one for one in found if one is not None]
    if len(parts) < len(found):
        return None
    mark = _mark(cells.kinds, parts)
    read = _cores([one["core"].strip() for one in parts], known, cells.kinds)
    if read is None:
        return None
    texts, decimal, thousands = read
    signs = np.array([-1.0 if {one["sign"], one["inner"]} & {"-", "\u2212"} else 1.0 for one in parts])
    return cells.numbers(signs * np.array([float(t) for t in texts])), Form(decimal, thousands, mark)


def thousands_perhaps(cells: Written) -> bool:
    """Whether every point of the column could part thousands: 1.050, or 1.050 and 950."""
    pointed = [word for word in cells.kinds if POINT in word]
    return bool(pointed) and all(_THREE.fullmatch(word.lstrip("+-")) for word in pointed)


def style_of(cells: Written) -> str:
    """How a column of numbers is written, where that is beyond doubt: "." or "," for decimals, else ""."""
    parts = [_MARKED.fullmatch(word) for word in cells.kinds]
    cores = [one["core"].strip() for one in parts if one is not None]
    if len(cores) < len(cells.kinds):
        return ""
    by_point, by_comma = (all(_bare(core, pattern) for core in cores) for pattern in (_BY_POINT, _BY_COMMA))
    telling = any(POINT in core or COMMA in core for core in cores)
    return (POINT if by_point else COMMA) if telling and by_point != by_comma else ""


def _bare(core: str, pattern: re.Pattern[str]) -> bool:
    return pattern.fullmatch(_joined(core)) is not None


def _joined(core: str) -> str:
    """Without spaces or apostrophes between thousands."""
    return re.sub(r"['\u2019\s]", "", core) if _SPACES.fullmatch(core) else core


def _mark(kinds: list[str], parts: list[re.Match[str]]) -> str:
    """The currency or per cent sign that stands at every number, or ""."""
    of = [(one["before"] or "") + (one["after"] or "") for one in parts]
    marks = sorted(set(of))
    if len(marks) == 1:
        return marks[0]
    some = ", ".join(shown(kinds[of.index(mark)]) for mark in marks[:3])
    raise InputError([f"holds numbers in several units ({some}): write all of them in one, without signs"])


def _cores(cores: list[str], known: Callable[[], str], kinds: list[str]) -> tuple[list[str], str, str] | None:
    """Numbers as Python reads them, the decimal sign, and what parts thousands."""
    apart = next((found[1] for core in cores if (found := _SPACES.fullmatch(core))), "")
    bare = [_joined(core) for core in cores]
    by_point = all(_BY_POINT.fullmatch(core) for core in bare)
    by_comma = all(_BY_COMMA.fullmatch(core) for core in bare)
    if by_point and by_comma and any(COMMA in core or POINT in core for core in bare):
        style = known()
        if not style and any(COMMA in core for core in bare):
            word, core = next(pair for pair in zip(kinds, bare, strict=True) if COMMA in pair[1])
            raise InputError([
                f"holds {shown(word)}, which may be {core.replace(COMMA, '')} or {core.replace(COMMA, POINT)}: write "
                "numbers without thousands separators and with a decimal point"
            ])  # fmt: skip
        by_point, by_comma = style != COMMA, style == COMMA
    if not by_point and not by_comma:
        return None
    decimal, other = (POINT, COMMA) if by_point else (COMMA, POINT)
    parted = other if any(other in core for core in bare) else " " if apart.isspace() else apart
    return [core.replace(other, "").replace(decimal, POINT) for core in bare], decimal, parted


def refuse_dates(cells: Written) -> None:
    """Refuse a column most of whose text is dates.

    Raises
    ------
    InputError
        With one of them.
    """
    share, first = cells.share(_DATE)
    if share > MOSTLY:
        some = "" if share == 1.0 else f" in {100 * share:.0f} % of the rows that are not blank"
        raise InputError([f"holds dates as text, such as {shown(first)}{some}: {INSTEAD}"])


def refuse_dates_as_numbers(numbers: Reals) -> None:
    """Refuse a column of numbers all of which are dates, such as 20240131 or 202401.

    Raises
    ------
    InputError
        With one of them.
    """
    there = numbers[~np.isnan(numbers)]
    if len(there) < LEAST_DATES or (there % 1.0 != 0.0).any() or len(np.unique(there)) < 3:
        return
    whole = there.astype(np.int64)
    readings = [(whole // 10_000, whole // 100 % 100, whole % 100), (whole // 100, whole % 100, np.ones_like(whole))]
    for year, month, day in readings:
        inside = (year >= 1900) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        if inside.all():
            raise InputError([f"holds dates as numbers, such as {there[0]:.0f}: {INSTEAD}"])


def finite(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The numbers, if none is infinite.

    Raises
    ------
    InputError
        With the first row that is.
    """
    endless = np.flatnonzero(np.isinf(numbers))
    if len(endless):
        raise InputError([f"row {endless[0] + 1}: {numbers[endless[0]]} is no finite number"])
    return numbers
