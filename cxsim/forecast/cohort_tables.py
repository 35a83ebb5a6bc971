"""A table of several cohorts on disk: one column a cohort, or one row a cohort and age."""

from __future__ import annotations

from os import PathLike

from cxsim.errors import InputError
from cxsim.forecast.flow_tables import in_order
from cxsim.forecast.tables import numbers_of, raw_table
from cxsim.forecast.triangle import LONG, Triangle, triangle


def read_triangle(path: str | PathLike[str]) -> Triangle:
    """Read several cohorts from a CSV or Parquet table.

    Parameters
    ----------
    path : str or path
        As in `cxsim.forecast.tables.read_cohort`. Either one column a cohort after the first one, which holds the
        periods; counts, blank before the cohort begins. Or columns `cohort`, `age`, `active` and perhaps
        `joined`.

    Returns
    -------
    Triangle

    Raises
    ------
    InputError
        With the file, the place and the value of a fault.
    """
    import pandas as pd

    names, rows = raw_table(path)
    if set(LONG) <= set(names):
        # the reader of columns takes the first one for the periods
        shifted, beside = ["", *names], [[None, *row] for row in rows]
        known = [name for name in ("age", "active", "joined") if name in names]
        found = {name: numbers_of(str(path), shifted, beside, name) for name in known}
        table = pd.DataFrame(found)
        table["cohort"] = [str(row[names.index("cohort")]) for row in rows]
    else:
        in_order(str(path), [row[0] for row in rows])
        table = pd.DataFrame({name: numbers_of(str(path), names, rows, name) for name in names[1:]}, dtype=object)
    try:
        return triangle(table)
    except InputError as error:
        raise InputError([f"{path}: {line}" for line in error.faults]) from None
