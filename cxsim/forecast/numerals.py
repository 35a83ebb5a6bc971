"""Numbers as people write them: a decimal comma, thousands in groups, or neither; what can be read two ways is told."""

from __future__ import annotations

import re
from typing import Final

_SPACES: Final = " '\u2019\u00a0\u202f"
_GROUPED: Final = re.compile(r"[-+]?[1-9]\d{0,2}(?:[.,]\d{3})+")
_SPACED: Final = re.compile(rf"[-+]?\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?")
_PLAIN: Final = {
    ".": re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d+)?"),
    ",": re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d*)(?:,\d+)?"),
}


class Unclear(str):
    """A cell that is one number with a decimal comma and another one with a decimal point, such as 86,900."""

    __slots__ = ()


def decimal_marks(cell: str) -> str:
    """The decimal mark that a cell shows, "" where it shows none.

    Examples
    --------
    >>> decimal_marks("86,9"), decimal_marks("1.234,5"), decimal_marks("1,234,567"), decimal_marks("86,900")
    (',', ',', '.', '')
    """
    text = _bare(cell)
    marks = [mark for mark in ",." if mark in text]
    if len(marks) == 2:
        return max(marks, key=text.rfind)
    if not marks or not _number_like(text):
        return ""
    (mark,) = marks
    if text.count(mark) > 1:
        return "." if mark == "," else ","
    return "" if _GROUPED.fullmatch(text) else mark


def plain(rows: list[list[str]], separator: str) -> list[list[object]]:
    """Cells of a table with its numbers as Python writes them; the first column, which names the periods, as it is.

    Parameters
    ----------
    rows : list of list of str
    separator : str
        Of the columns: where it is a comma, a comma within a cell parts thousands unless the column shows otherwise.

    Returns
    -------
    list of list of str
        A cell that is no number stays as it is; one that could be two numbers is an `Unclear`.
    """
    columns = [[row[k] for row in rows] for k in range(len(rows[0]))] if rows else []
    shown = [{mark for mark in map(decimal_marks, cells) if mark} for cells in columns]
    everywhere = set().union(*shown[1:]) if len(shown) > 1 else set()
    usual = everywhere.pop() if len(everywhere) == 1 else "." if separator == "," else ""
    done: list[list[object]] = []
    for place, (cells, marks) in enumerate(zip(columns, shown, strict=True)):
        mark = usual if not marks else next(iter(marks)) if len(marks) == 1 else None
        done.append(list(cells) if place == 0 or mark is None else [_written(cell, mark) for cell in cells])
    return [list(row) for row in zip(*done, strict=True)]


def _bare(cell: str) -> str:
    text = cell.strip().removesuffix("%").strip()
    return re.sub(f"[{_SPACES}]", "", text) if _SPACED.fullmatch(text) else text


def _number_like(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in _PLAIN.values()) or _GROUPED.fullmatch(text) is not None


def _written(cell: str, mark: str) -> str:
    """A cell with a point for its decimals and no groups."""
    text = _bare(cell)
    sign = " %" if cell.strip().endswith("%") else ""
    if mark == "":
        return Unclear(cell) if _GROUPED.fullmatch(text) else text + sign if text != cell.strip() else cell
    if not text or not _PLAIN[mark].fullmatch(text):
        return cell
    return text.replace("," if mark == "." else ".", "").replace(",", ".") + sign
