"""Columns to and from one file, Parquet or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from glob import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.errors import InputError

_TYPES: Final = {"f8": "DOUBLE", "i8": "BIGINT", "i4": "INTEGER", "i2": "SMALLINT", "i1": "TINYINT"}


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def write_table(columns: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write columns to a .parquet or .csv."""
    import duckdb
    import pandas as pd

    shape = "FORMAT parquet, COMPRESSION zstd" if path.suffix == ".parquet" else "FORMAT csv, HEADER true"
    with duckdb.connect() as connection:
        connection.register("given", pd.DataFrame(dict(columns)))
        connection.execute(f"COPY given TO {_quoted(path)} ({shape})")


def read_table(path: Path, types: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """Read columns of given types, or say in plain words why that cannot be done."""
    import duckdb

    place = _quoted(Path(escape(str(path))))
    if path.suffix == ".parquet":
        source = f"read_parquet({place})"
    else:
        named = ", ".join(f"'{name}': '{_TYPES[kind]}'" for name, kind in types.items())
        source = f"read_csv({place}, header = true, auto_detect = false, columns = {{{named}}})"
        # Given the types, the reader takes columns by place and never looks at their names.
        with path.open(encoding="utf-8", errors="replace") as lines:
            header = lines.readline(10_000).strip()
        if header != ",".join(types):
            raise InputError([f"{path}: cannot be read: its first line must be {','.join(types)}"])
    names = ", ".join(f'"{name}"' for name in types)
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {names} FROM {source}").fetchnumpy()
    except duckdb.Error as fault:
        raise InputError([f"{path}: cannot be read: {str(fault).splitlines()[0]}"]) from fault
    holed = [name for name in types if np.ma.is_masked(found[name])]
    if holed:
        raise InputError([f"{path}: {name} has empty cells" for name in holed])
    try:
        return {name: np.asarray(found[name]).astype(kind, casting="same_kind") for name, kind in types.items()}
    except TypeError as fault:
        raise InputError([f"{path}: {fault}"]) from fault
