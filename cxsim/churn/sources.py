"""What a model may be fitted to: a log, a table of accounts, or what was made of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.churn.dataset import Dataset, dataset
from cxsim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


def dataset_of(
    source: EventLog | Dataset | pd.DataFrame,
    *,
    target: str | None = None,
    id: str | None = None,
    lost: str | float | None = None,
    value: str | None = None,
) -> Dataset:
    """Make whatever was given into a dataset.

    Parameters
    ----------
    source : EventLog, Dataset or pandas.DataFrame
    target, id : str, optional
        Columns of a table.
    lost : str or number, optional
        In a table, the value of the target that means lost.
    value : str, optional
        In a table, the column of what keeping an account is worth.

    Raises
    ------
    InputError
        If it is none of these, a log or dataset is given columns, or a table cannot be learned from.
    """
    import pandas as pd

    from cxsim.churn.tables import prepared
    from cxsim.eventlog import EventLog

    if isinstance(source, pd.DataFrame):
        return prepared(source, target=target, id=id, lost=lost, value=value)
    if any(given is not None for given in (target, id, lost, value)):
        raise InputError(["--target, --id, --lost, --value: are for a table of accounts; a log tells by itself who was "
                          "lost"])  # fmt: skip
    if isinstance(source, EventLog):
        return dataset(source)
    if isinstance(source, Dataset):
        return source
    raise InputError([f"source: {shown(source)} is neither a log, a dataset nor a table of accounts"])
