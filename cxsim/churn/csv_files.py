"""A CSV file as a table of text, every row whole; what is wrong with one that is not, in a line."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Generator
from contextlib import closing
from glob import escape
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from cxsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS: Final = (",", ";", "\t", "|")
MEMORY: Final = "4GB"  # a table of accounts that needs more is none
CHUNK: Final = 1 << 20
LOOKED_AT: Final = 50  # lines that tell what parts values
WIDE: Final = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16", codecs.BOM_UTF32_BE: "UTF-32"}
SAVE_AS: Final = 'save it as "CSV UTF-8"'


def text_table(place: Path) -> pd.DataFrame:
    """Read a CSV file as text.

    Parameters
    ----------
    place : Path
        May be packed (.gz). Values are parted by commas, semicolons, tabs or upright lines; a value may stand in
        double quotes.

    Returns
    -------
    pandas.DataFrame
        One column of text for each name of the first line. Of a name that comes again the second gets "_1".

    Raises
    ------
    InputError
        If the text is not UTF-8 or holds bytes of zeros, a row has more or fewer values than there are names, or a
        quote is not closed.
    """
    import duckdb

    _check_text(place)
    names, delimiter, skipped = _head(place)
    columns = "{" + ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(names))) + "}"
    name = "'" + escape(str(place)).replace("'", "''") + "'"
    told = f"auto_detect = false, header = false, skip = {skipped}, delim = '{delimiter}', quote = '\"', escape = '\"'"
    try:
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            found = connection.execute(
                f"SELECT * FROM read_csv({name}, {told}, columns = {columns}, null_padding = false)"
            ).df()
    except (duckdb.Error, MemoryError, UnicodeError, ValueError) as fault:
        _check_rows(place, names, delimiter, skipped)
        first = next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)
        raise InputError([f"{place}: cannot be read: {first[:300]}"]) from fault
    found.columns = _once(names)
    return found


def _opened(place: Path) -> IO[bytes]:
    if place.suffix.lower() != ".gz":
        return place.open("rb")
    packed: Any = gzip.open(place, "rb")  # noqa: SIM115 – whoever asked closes it
    opened: IO[bytes] = packed
    return opened


def _check_text(place: Path) -> None:
    """Refuse what is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    try:
        with _opened(place) as file:
            while chunk := file.read(CHUNK):
                if line == 1:
                    wide = next((told for mark, told in WIDE.items() if chunk.startswith(mark)), None)
                    if wide is not None:
                        raise InputError([f"{place}: the text is {wide}, not UTF-8: {SAVE_AS}"])
                at = chunk.find(b"\0")
                if at >= 0:
                    line += chunk.count(b"\n", 0, at)
                    raise InputError([f"{place}: line {line} holds a byte of zeros: the file is broken, or no text"])
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as fault:
                    line += fault.object.count(b"\n", 0, fault.start)
                    byte = fault.object[fault.start]
                    raise InputError([
                        f"{place}: line {line}: the text is not UTF-8 (byte {byte:#04x}; perhaps it is Latin-1 or "
                        f"Windows-1252): {SAVE_AS}"
                    ]) from None  # fmt: skip
                line += chunk.count(b"\n")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise InputError([f"{place}: the text ends within a letter: the file is cut"]) from None
    except (OSError, EOFError) as fault:
        raise InputError([f"{place}: cannot be read: {fault}"]) from None


def _lines(place: Path) -> Generator[str, None, None]:
    with _opened(place) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield from text


def _head(place: Path) -> tuple[list[str], str, int]:
    """Names of columns, what parts them, and lines to skip, the one of names included."""
    some: list[str] = []
    blank, told = 0, ""
    with closing(_lines(place)) as lines:
        for line in lines:
            if not some and not line.strip():
                blank += 1
            elif not some and line.lower().startswith("sep=") and len(line.strip()) == 5:  # a spreadsheet's first line
                told, blank = line.strip()[-1], blank + 1
            else:
                some.append(line)
            if len(some) >= LOOKED_AT:
                break
    if not some:
        raise InputError([f"{place}: has no rows"])
    tried = (told,) if told in DELIMITERS else ("\t", ",", ";", "|") if place.suffix.lower() == ".tsv" else DELIMITERS
    delimiter = max(tried, key=lambda one: _fit(some, one))
    reader = csv.reader(some, delimiter=delimiter)
    names = next(reader)
    return [name.strip() or f"column{k}" for k, name in enumerate(names)], delimiter, blank + reader.line_num


def _fit(some: list[str], delimiter: str) -> tuple[float, int]:
    """How well a delimiter parts the first lines: rows of as many values as there are names, and how many those are."""
    try:
        sizes = [len(row) for row in csv.reader(some, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    return (sizes.count(sizes[0]) / len(sizes) if sizes[0] > 1 else 0.0), sizes[0]


def _check_rows(place: Path, names: list[str], delimiter: str, skipped: int) -> None:
    """Refuse the first row that has not as many values as there are names."""
    with closing(_lines(place)) as lines:
        reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
        begins = skipped + 1
        try:
            for row in reader:
                if row and len(row) != len(names):
                    raise InputError([f"{place}: line {begins} has {len(row)} value{'' if len(row) == 1 else 's'} "
                                      f"under {len(names)} names"])  # fmt: skip
                begins = skipped + reader.line_num + 1
        except csv.Error as fault:
            told = "a quote is opened and never closed" if "unexpected end" in str(fault) else str(fault)
            raise InputError([f"{place}: line {begins}: {told}"]) from None


def _once(names: list[str]) -> list[str]:
    """Each name once."""
    found: list[str] = []
    for name in names:
        number, one = 0, name
        while one in found or (number and one in names):
            number += 1
            one = f"{name}_{number}"
        found.append(one)
    return found
