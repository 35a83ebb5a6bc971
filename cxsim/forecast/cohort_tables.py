"""A table of several cohorts on disk: one column a cohort, or one row a cohort and age."""

from __future__ import annotations

from os import PathLike

from cxsim.errors import InputError
from cxsim.forecast.flow_tables import in_order
from cxsim.forecast.tables import numbers_of, raw_table
from cxsim.forecast.triangle import LONG, OF_READINGS, Triangle, triangle


def read_triangle(path: str | PathLike[str], *, rows: str | None = None, customers: int | None = None) -> Triangle:
    """Read several cohorts from a CSV or Parquet table.

    Parameters
    ----------
    path : str or path
        As in `cxsim.forecast.tables.read_cohort`. After the first column, which names the rows: one column a cohort,
        blank before the cohort begins, or one column an age and one row a cohort. Or columns `cohort`, `age`, `active`
        and perhaps `joined`.
    rows, customers
        As in `triangle`.

    Returns
    -------
    Triangle

    Raises
    ------
    InputError
        With the file, the place and the value of a fault.
    """
    import pandas as pd

    names, lines = raw_table(path)
    if set(LONG) <= set(names):
        # the reader of columns takes the first one for the periods
        shifted, beside = ["", *names], [[None, *line] for line in lines]
        known = [name for name in names if name in {"age", "active", "joined", *OF_READINGS}]
        table = pd.DataFrame({name: numbers_of(str(path), shifted, beside, name) for name in known})
        cohorts = [str(line[names.index("cohort")]) for line in lines]
        # 2 comes before 10
        table["cohort"] = [int(name) for name in cohorts] if all(name.isdecimal() for name in cohorts) else cohorts
    else:
        found = {name: numbers_of(str(path), names, lines, name) for name in names[1:]}
        labels = pd.Index([str(line[0]) for line in lines], name=names[0] or "rows")
        table = pd.DataFrame(found, dtype=object, index=labels)
    signed = any(isinstance(cell, str) and cell.strip().endswith("%") for line in lines for cell in line[1:])
    try:
        read = triangle(table, rows=rows, customers=customers, said="percent" if signed else None)
    except InputError as error:
        raise InputError([line if line.startswith("rows") else f"{path}: {line}" for line in error.faults]) from None
    if not set(LONG) <= set(names) and set(read.names) <= set(names):
        in_order(str(path), [line[0] for line in lines])
    return read
