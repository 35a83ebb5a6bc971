"""The ledger of money over many runs: each arm's mean month by month and stage by stage, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.costs import COSTS, STAGE_LINES, stage_frame
from cxsim.readings.money import cash_path, money_frame
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.pairs import Reals, mean_interval

if TYPE_CHECKING:
    import pandas as pd

BASELINE, ALTERNATIVE, DIFFERENCE = "baseline", "alternative", "difference"


def monthly_money(found: Run | Comparison) -> pd.DataFrame:
    """The monthly ledger, means over replications.

    Parameters
    ----------
    found : Run or Comparison

    Returns
    -------
    pandas.DataFrame
        One row a month, with the columns of `readings.money` (without single levers) and `cumulative_discounted_low`,
        `_high`, the 95 % interval of that mean, NaN with one replication. For a comparison first the baseline, then for
        each alternative its own months and the paired differences: columns `name` (the arm) and `what` ("baseline",
        "alternative" or "difference") stand before the others.
    """
    import pandas as pd

    if isinstance(found, Run):
        return _months(found, _lines(found))
    base = _lines(found.baseline)
    pieces = [_named(_months(found.baseline, base), found.baseline.name, BASELINE)]
    for run in found.alternatives:
        own = _lines(run)
        pieces.append(_named(_months(run, own), run.name, ALTERNATIVE))
        pieces.append(_named(_months(run, own - base), run.name, DIFFERENCE))
    return pd.concat(pieces, ignore_index=True)


def money_by_stage(found: Run | Comparison) -> pd.DataFrame:
    """What each stage of the journey costs, keeps and returns, means over replications.

    Parameters
    ----------
    found : Run or Comparison

    Returns
    -------
    pandas.DataFrame
        Rows and columns of `readings.costs`, and for `cost`, `mrr_retained` and `margin` the 95 % interval of the mean,
        `_low` and `_high`, NaN with one replication. Shares and returns are those of the means; among differences
        there are none. For a comparison as in `monthly_money`.
    """
    import pandas as pd

    if isinstance(found, Run):
        return _stages(_stage_lines(found))
    base = _stage_lines(found.baseline)
    pieces = [_named(_stages(base), found.baseline.name, BASELINE)]
    for run in found.alternatives:
        own = _stage_lines(run)
        apart = _stages(own - base)
        apart[["retained_share", "return"]] = np.nan
        pieces += [_named(_stages(own), run.name, ALTERNATIVE), _named(apart, run.name, DIFFERENCE)]
    return pd.concat(pieces, ignore_index=True)


def _lines(run: Run) -> Reals:
    return np.array([one.money for one in run.replications])


def _stage_lines(run: Run) -> Reals:
    return np.array([one.stages for one in run.replications])


def _named(frame: pd.DataFrame, name: str, what: str) -> pd.DataFrame:
    frame.insert(0, "name", name)
    frame.insert(1, "what", what)
    return frame


def _months(run: Run, lines: Reals) -> pd.DataFrame:
    rate = run.scenario.value("economics.discount_rate")
    frame = money_frame(lines.mean(axis=0), str(run.scenario.start_date), rate)
    frame["cumulative_discounted_low"], frame["cumulative_discounted_high"] = _ends(cash_path(lines, rate)[:, 1:])
    return frame


def _stages(lines: Reals) -> pd.DataFrame:
    frame = stage_frame(lines.mean(axis=0))
    by_stage = np.concatenate((lines, lines.sum(axis=2, keepdims=True)), axis=2)
    part = {name: by_stage[:, place] for place, name in enumerate(STAGE_LINES)}
    cost = np.asarray(sum(part[name] for name in COSTS))
    for column, each in (
        ("cost", cost),
        ("mrr_retained", part["mrr_at_risk"] - part["mrr_lost"]),
        ("margin", part["revenue"] - cost),
    ):
        frame[f"{column}_low"], frame[f"{column}_high"] = _ends(each)
    return frame


def _ends(values: Reals) -> tuple[Reals, Reals]:
    """95 % interval of the mean of each column."""
    if len(values) < 2:
        return (np.full(values.shape[1], np.nan),) * 2
    low, high, _ = np.array([mean_interval(column) for column in values.T]).T
    return low, high
