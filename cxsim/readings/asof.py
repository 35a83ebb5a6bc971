"""What stood before a moment, and which row answers which: joins of the log's columns in DuckDB, in memory."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxsim import events

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

MILLION: Final = 1e6  # waits are summed as whole millionths of a month, so that no order of adding changes a bit


def before(life: Ints, time: Reals, asked_life: Ints, moment: Reals) -> Ints:
    """The last row of a stay before a moment.

    Parameters
    ----------
    life, time : arrays, shape (n,)
        Stay and time [months] of each row, one stay after the other, each in order of time.
    asked_life, moment : arrays, shape (m,)
        Stays and moments asked about.

    Returns
    -------
    int64 array, shape (m,)
        Index of the row, -1 where there is none.
    """
    import duckdb
    import pandas as pd

    n = len(life)
    # of the rows of one moment only the last: a join says nothing of the order of equals
    last = np.ones(n, dtype=np.bool_)
    last[:-1] = (life[1:] != life[:-1]) | (time[1:] != time[:-1])
    row = np.flatnonzero(last)
    rows = pd.DataFrame({"life": life[row], "time": time[row], "row": row}, copy=False)
    asked = pd.DataFrame({"life": asked_life, "moment": moment, "place": np.arange(len(moment))}, copy=False)
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        connection.register("asked", asked)
        found = connection.execute(
            "SELECT a.place, r.row FROM asked a ASOF JOIN rows r ON a.life = r.life AND r.time < a.moment"
        ).fetchnumpy()
    answer = np.full(len(moment), -1, dtype=np.int64)
    answer[found["place"]] = found["row"]
    return answer


def after(account: Ints, time: Reals, asked_account: Ints, moment: Reals) -> Reals:
    """When something next happens to an account.

    Parameters
    ----------
    account, time : arrays, shape (n,)
        Whom it happens to, and when [months].
    asked_account, moment : arrays, shape (m,)
        Accounts and moments asked about.

    Returns
    -------
    float array, shape (m,)
        The first time at the moment or after it; inf where there is none.
    """
    import duckdb
    import pandas as pd

    happened = pd.DataFrame({"account": account, "time": time}, copy=False)
    asked = pd.DataFrame({"account": asked_account, "moment": moment, "place": np.arange(len(moment))}, copy=False)
    with duckdb.connect() as connection:
        connection.register("happened", happened)
        connection.register("asked", asked)
        found = connection.execute(
            "SELECT a.place, h.time FROM asked a ASOF JOIN happened h ON a.account = h.account AND h.time >= a.moment"
        ).fetchnumpy()
    answer = np.full(len(moment), np.inf)
    answer[found["place"]] = found["time"]
    return answer


def waits(life: Ints, kind: Array, item: Array, time: Reals) -> Ints:
    """How long each answered ticket had waited, in its row; 0 in other rows [millionths of a month]."""
    import duckdb
    import pandas as pd

    waited = np.zeros(len(life), dtype=np.int64)
    sides = {}
    for name, code in (("opened", events.TICKET_OPENED), ("answered", events.TICKET_ANSWERED)):
        row = np.flatnonzero(kind == code)
        sides[name] = pd.DataFrame({"life": life[row], "item": item[row], "time": time[row], "row": row}, copy=False)
    with duckdb.connect() as connection:
        for name, side in sides.items():
            connection.register(name, side)
        found = connection.execute(
            "SELECT a.row, max(a.time - o.time) AS waited "
            "FROM answered a JOIN opened o USING (life, item) GROUP BY a.row"
        ).fetchnumpy()
    waited[found["row"]] = np.rint(np.asarray(found["waited"]) * MILLION).astype(np.int64)
    return waited
