"""The monthly ledger of money: recurring revenue and its movements, costs by what they are for, margin and cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.eventlog.frames import dates
from cxsim.levers import told_apart
from cxsim.readings.cash import Reals, cash, discounts, one_scope, presence
from cxsim.readings.lives import lives_of
from cxsim.readings.monthly import monthly
from cxsim.readings.revenue import MOVEMENTS
from cxsim.readings.values import Economics, Value, economics_of, interventions_of, values_of
from cxsim.tally import MonthlyTable

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

INCOME: Final = ("revenue", "purchases")
OF_REVENUE: Final = ("hosting", "onboarding", "support", "digital")
OTHER_COSTS: Final = ("success", "acquisition", "expansion", "programme")
LINES: Final = ("mrr_start", *MOVEMENTS, *INCOME, *(f"{name}_cost" for name in (*OF_REVENUE, *OTHER_COSTS)))
_PLACE: Final = {line: number for number, line in enumerate(LINES)}
_FIRST_OF_CASH: Final = _PLACE["revenue"]
_GROSS: Final = slice(_FIRST_OF_CASH, _PLACE["success_cost"])
_SIGN: Final = np.array([1.0] * len(INCOME) + [-1.0] * (len(OF_REVENUE) + len(OTHER_COSTS)))


def money_lines(table: MonthlyTable, value: Value | Economics, segment: str | None = None) -> Reals:
    """The ledger's own lines, from which all others follow.

    Parameters
    ----------
    table : MonthlyTable
        From a log (`monthly`) or from an engine's tally.
    value : Value or Economics
        Values of `economics.*`.
    segment : str, optional
        One segment instead of all; its share of payroll and charges as in `cash`.

    Returns
    -------
    float array, shape (len(LINES), T)
        In the world's currency: MRR at the start and its movements [currency/month], income and costs [currency].

    Raises
    ------
    InputError
        If there is no such segment.
    """
    flows = cash(table, economics_of(value), segment)
    moved = [table.of(f"{name}_mrr", segment)[:-1] / 100.0 for name in MOVEMENTS]
    costs = [getattr(flows, name) for name in (*INCOME, *OF_REVENUE, *OTHER_COSTS)]
    return np.array([table.of("mrr", segment)[:-1] / 100.0, *moved, *costs])


def net_cash(lines: Reals) -> Reals:
    """Cash of each month: income less all costs; shape (…, T) from (…, len(LINES), T)."""
    return np.asarray(np.einsum("l,...lt->...t", _SIGN, lines[..., _FIRST_OF_CASH:, :]))


def cash_path(lines: Reals, yearly_rate: float) -> Reals:
    """Present value at month 0 of all cash up to months 0 … T; shape (…, T + 1), beginning with 0.

    The last is `net_benefit` of the run.
    """
    net = net_cash(lines)
    paid = np.cumsum(net * discounts(yearly_rate, 0, net.shape[-1]), axis=-1)
    return np.concatenate((np.zeros((*net.shape[:-1], 1)), paid), axis=-1)


def line(lines: Reals, name: str) -> Reals:
    """One of `LINES`; shape (…, T)."""
    return np.asarray(lines[..., _PLACE[name], :])


def money_frame(lines: Reals, start_date: str, yearly_rate: float) -> pd.DataFrame:
    """The ledger as a table; see `money`.

    Parameters
    ----------
    lines : float array, shape (len(LINES), T)
    start_date : str
        Date of month 0, as YYYY-MM-DD.
    yearly_rate : float
        Of discounting.
    """
    import pandas as pd

    months = lines.shape[-1]
    columns = dict(zip(LINES, lines, strict=True))
    moved = {name: columns.pop(name) for name in ("mrr_start", *MOVEMENTS)}
    of_revenue = {f"{name}_cost": columns.pop(f"{name}_cost") for name in OF_REVENUE}
    income = {name: columns.pop(name) for name in INCOME}
    net = net_cash(lines)
    return pd.DataFrame({
        "month": np.arange(months),
        "date": dates(start_date, np.arange(months, dtype=np.float64)),
        **moved,
        "mrr_end": sum(moved.values(), np.zeros(months)),
        **income,
        **of_revenue,
        "gross_margin": np.einsum("l,lt->t", _SIGN[: _GROSS.stop - _GROSS.start], lines[_GROSS]),
        **columns,
        "cash": net,
        "discounted": net * discounts(yearly_rate, 0, months),
        "cumulative": np.cumsum(net),
        "cumulative_discounted": cash_path(lines, yearly_rate)[1:],
    })  # fmt: skip


def money(log: EventLog, segment: str | None = None, value: Value | None = None) -> pd.DataFrame:
    """The ledger of money, month by month, in the world's currency.

    Parameters
    ----------
    log : EventLog
    segment : str, optional
        One segment instead of all. It bears each team's payroll by the work it caused, and what belongs to no account
        by its account-months.
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a month from 0
        `month`, `date` (its first day). Recurring revenue [currency/month]: `mrr_start`, `new`, `expansion`,
        `contraction` (≤ 0), `churned` (≤ 0), `reactivated`, `mrr_end`. Income [currency]: `revenue` (recurring, the
        mean of MRR at both ends of the month), `purchases` (one-off). Cost of that revenue: `hosting_cost`,
        `onboarding_cost`, `support_cost` (payroll of the team), `digital_cost`; `gross_margin`, income less these.
        Other costs: `success_cost` (payroll), `acquisition_cost`, `expansion_cost` (selling between renewals),
        `programme_cost` (what interventions cost), and where there are any `programme_cost LEVER` for each, which sum
        to it. `cash`, gross margin less the other costs; `discounted`, its present value at month 0; `cumulative` and
        `cumulative_discounted`, their sums up to the month's end.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    docs/money.md has every convention. Nothing is rounded: what a log holds is whole cents and whole millionths of
    months worked, and sums of the columns are the outcomes of the same log (`programme_cost`; `net_benefit` is the last
    `cumulative_discounted`) to far less than a cent.
    """
    value = value or values_of(log)
    table = monthly(log, value)
    lines = money_lines(table, value, segment)
    frame = money_frame(lines, log.certificate.start_date, value("economics.discount_rate"))
    own = _by_lever(log, table, segment)
    after = list(frame.columns).index("programme_cost") + 1
    for place, (name, cost) in enumerate(own.items()):
        frame.insert(after + place, f"programme_cost {name}", cost)
    return frame


def _by_lever(log: EventLog, table: MonthlyTable, segment: str | None) -> dict[str, npt.NDArray[np.float64]]:
    """What each intervention of the log's scenario cost, by month, shape (T,); none where it is not known."""
    names = [it.name for it in interventions_of(log)]
    if not names:
        return {}
    cents = np.zeros((len(names), table.horizon))
    lives = lives_of(log)
    treated = lives.column("kind") == events.TREATED
    if segment is not None:
        treated &= lives.segment[lives.who] == table.at(segment)
    rows = np.flatnonzero(treated)
    np.add.at(cents, (lives.column("item")[rows], lives.month[rows]), np.rint(lives.column("value")[rows]))
    columns, scopes = log.columns, one_scope(table, segment)
    paid = np.flatnonzero((columns["kind"] == events.CHARGE) & (columns["time"] >= 0))
    month = np.minimum(np.floor(columns["time"][paid]), table.horizon - 1).astype(np.int64)
    share = presence(scopes, len(scopes.segments))
    np.add.at(cents, (columns["item"][paid], month), np.rint(columns["value"][paid]) * share)
    return dict(zip(told_apart(names), cents / 100.0, strict=True))
