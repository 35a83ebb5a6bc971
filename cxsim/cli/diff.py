"""The command that lays two event logs over each other."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxsim.cli.sizes import Json

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog.diff import Difference

MOST_ACCOUNTS = 100


def diff(
    log_a: Annotated[str, typer.Argument(metavar="A.parquet", help="A log that simulate --out wrote.")],
    log_b: Annotated[str, typer.Argument(metavar="B.parquet", help="Another one.")],
    as_json: Json = False,
) -> None:
    """Show where two event logs part first; exit 0 if they are equal, 1 if not, 2 for bad input."""
    from cxsim.errors import InputError
    from cxsim.eventlog import EventLog
    from cxsim.eventlog.diff import diff as laid_over

    logs: list[EventLog] = []
    faults: list[str] = []
    for path in (log_a, log_b):
        try:
            logs.append(EventLog.read(path))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(dict.fromkeys(faults))
    found = laid_over(logs[0], logs[1])
    if as_json:
        print(json.dumps(_document(found), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print(f"a  {log_a}\nb  {log_b}\n")
        print(found)
    raise typer.Exit(0 if found.equal else 1)


def _document(d: Difference) -> dict[str, Any]:
    """What was found, in plain types; of the accounts the first hundred."""
    roster = d.roster
    return {
        "equal": d.equal,
        "how": d.how,
        "rows": list(d.rows),
        "row": d.row,
        "time": d.time,
        "account": d.account,
        "parting": list(d.parting),
        "columns": _pairs(d.columns),
        "happening_a": d.happening_a or None,
        "happening_b": d.happening_b or None,
        "certificates": _pairs(d.certificates),
        "scenario": _pairs(d.scenario),
        "roster": None
        if roster is None
        else {
            "only_a": roster.only_a,
            "only_b": roster.only_b,
            "unlike": roster.unlike,
            "account": roster.account,
            "columns": _pairs(roster.columns),
        },
        "n_accounts": d.n_accounts,
        "accounts": _rows(d.accounts.head(MOST_ACCOUNTS)),
        "draws": _rows(d.draws),
        "story": _rows(d.story),
    }


def _pairs(pairs: Any) -> dict[str, Any]:
    return {name: {"a": _plain(a), "b": _plain(b)} for name, (a, b) in pairs.items()}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    """As JSON can hold it; what is missing is null."""
    import pandas as pd

    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
