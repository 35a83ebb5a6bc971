"""What a model may be fitted to: a log, a table of accounts, or what was made of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.churn.dataset import Dataset, dataset
from cxsim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


def dataset_of(
    source: EventLog | Dataset | pd.DataFrame, *, target: str | None = None, id: str | None = None
) -> Dataset:
    """Make whatever was given into a dataset.

    Parameters
    ----------
    source : EventLog, Dataset or pandas.DataFrame
    target, id : str, optional
        Columns of a table.

    Raises
    ------
    InputError
        If it is none of these, a log or dataset is given columns, or a table cannot be learned from.
    """
    import pandas as pd

    from cxsim.churn.tables import prepared, typed
    from cxsim.eventlog import EventLog

    if isinstance(source, pd.DataFrame):
        return prepared(typed(source), target=target, id=id)
    if target is not None or id is not None:
        raise InputError(["--target, --id: name columns of a table of accounts; a log tells by itself who was lost"])
    if isinstance(source, EventLog):
        return dataset(source)
    if isinstance(source, Dataset):
        return source
    raise InputError([f"source: {shown(source)} is neither a log, a dataset nor a table of accounts"])
