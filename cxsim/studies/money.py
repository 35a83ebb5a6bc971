"""The ledger of money over many runs: each arm's mean month by month and stage by stage, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.costs import COSTS, STAGE_LINES, stage_frame, with_total
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
    return _by_arm(found, _months, lambda run: np.array([one.money for one in run.replications]))


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
    return _by_arm(found, _stages, lambda run: np.array([one.stages for one in run.replications]))


def _by_arm(
    found: Run | Comparison, frame: Callable[[Run, Reals, bool], pd.DataFrame], lines: Callable[[Run], Reals]
) -> pd.DataFrame:
    """One frame of a run's lines; of a comparison those of all arms and of their differences."""
    import pandas as pd

    if isinstance(found, Run):
        return frame(found, lines(found), False)
    base = lines(found.baseline)
    pieces = [(found.baseline, BASELINE, base)]
    for run in found.alternatives:
        own = lines(run)
        pieces += [(run, ALTERNATIVE, own), (run, DIFFERENCE, own - base)]
    frames = []
    for run, what, told in pieces:
        one = frame(run, told, what == DIFFERENCE)
        one.insert(0, "name", run.name)
        one.insert(1, "what", what)
        frames.append(one)
    return pd.concat(frames, ignore_index=True)


def _months(run: Run, lines: Reals, apart: bool) -> pd.DataFrame:
    rate = run.scenario.value("economics.discount_rate")
    frame = money_frame(lines.mean(axis=0), str(run.scenario.start_date), rate)
    frame["cumulative_discounted_low"], frame["cumulative_discounted_high"] = _ends(cash_path(lines, rate)[:, 1:])
    return frame


def _stages(run: Run, lines: Reals, apart: bool) -> pd.DataFrame:
    frame = stage_frame(lines.mean(axis=0))
    if apart:
        frame[["retained_share", "return"]] = np.nan
    part = dict(zip(STAGE_LINES, with_total(np.moveaxis(lines, 0, -1)), strict=True))
    cost = np.asarray(sum(part[name] for name in COSTS))
    for column, each in (
        ("cost", cost),
        ("mrr_retained", part["mrr_at_risk"] - part["mrr_lost"]),
        ("margin", part["revenue"] - cost),
    ):
        frame[f"{column}_low"], frame[f"{column}_high"] = _ends(each.T)
    return frame


def _ends(values: Reals) -> tuple[Reals, Reals]:
    """95 % interval of the mean of each column."""
    if len(values) < 2:
        return (np.full(values.shape[1], np.nan),) * 2
    low, high, _ = np.array([mean_interval(column) for column in values.T]).T
    return low, high
