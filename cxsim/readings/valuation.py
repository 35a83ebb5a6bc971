"""What the company is worth, and what a customer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.readings.cash import cash, present_value, run_off
from cxsim.readings.monthly import monthly
from cxsim.readings.outcomes import multiple, outcomes
from cxsim.readings.registry import OUTCOMES
from cxsim.readings.retention import month_dates
from cxsim.readings.scopes import MONTHS_OF_YEAR
from cxsim.readings.values import Value, values_of

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog


def valuation(log: EventLog, segment: str | None = None, value: Value | None = None) -> pd.DataFrame:
    """Company value three ways, and the value and cost of a customer.

    Parameters
    ----------
    log : EventLog
    segment : str, optional
        One segment, as if it were a company of its own.
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a measure
        `measure`, `value`, `unit`, `reason` (where there is no value): `arr`, `growth` (of ARR over the last twelve
        months, 1/year), `multiple` (years of ARR), `company_value_multiple`, `company_value_flat_multiple`,
        `company_value_dcf`, `cash_pv` (its part to the horizon), `run_off_pv` (its part after it, at month 0),
        `run_off_at_horizon` (the same at the horizon), `clv`, `cac`, `cac_payback`, `ltv_to_cac`.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    ARR × clip(M₀·exp(β·(g − g₀)), 0.5, 20) with last year's growth g; flat is β = 0. The discounted value adds the
    cash of `cash_flow` and of `cxsim.readings.cash.run_off`, discounted by (1 + r)^(−t/12) from the end of each month.

    clv is per sign-up of the first year: gross margin times revenue and purchases, discounted to the month of sign-up,
    plus for ten years after the horizon what is left of it, shrinking by the last twelve months' gross retention.
    cac_payback = (acquisition + onboarding payroll + treatments in the onboarding stage, those at sign-up among them,
    + charges of interventions that treat at sign-up) / (starting MRR × gross margin), over the run;
    cac is the same spending per sign-up, ltv_to_cac = clv / cac.
    """
    import pandas as pd

    value = value or values_of(log)
    table = monthly(log, value)
    read = outcomes(table, value, segment)
    mrr = table.of("mrr", segment)
    before = float(mrr[-1 - MONTHS_OF_YEAR]) if table.horizon >= MONTHS_OF_YEAR else 0.0
    growth = float(mrr[-1]) / before - 1.0 if before > 0 else None
    no_growth = "" if growth is not None else "no revenue 12 months before the horizon"
    rate = value("economics.discount_rate")
    after, reason = run_off(table, value, segment)
    later = None if after is None else present_value(after, rate, start=table.horizon)
    then = None if after is None else present_value(after, rate)

    def outcome(name: str) -> tuple[str, float | None, str, str]:
        return name, read[name].value, OUTCOMES[name].unit, read[name].reason

    rows: list[tuple[str, float | None, str, str]] = [
        outcome("arr"),
        ("growth", growth, "1/year", no_growth),
        ("multiple", None if growth is None else multiple(value, growth), "ratio", no_growth),
        outcome("company_value_multiple"),
        outcome("company_value_flat_multiple"),
        outcome("company_value_dcf"),
        ("cash_pv", read["net_benefit"].value, "currency", ""),
        ("run_off_pv", later, "currency", reason),
        ("run_off_at_horizon", then, "currency", reason),
        outcome("clv"),
        outcome("cac"),
        outcome("cac_payback"),
        outcome("ltv_to_cac"),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "unit", "reason"]).astype({"value": "float64"})


def cash_flow(log: EventLog, segment: str | None = None, value: Value | None = None) -> pd.DataFrame:
    """Cash by month and its present value at month 0, in the world's currency.

    Parameters
    ----------
    log : EventLog
    segment : str, optional
        One segment instead of all.
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row a month from 0
        `month`, `date`, `revenue`, `purchases`, and as costs `hosting`, `payroll`, `acquisition`, `expansion`,
        `programme`, `digital`; `net`, `discounted`.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    net = (revenue + purchases)·(1 − hosting share) − payroll − acquisition − expansion − programme − digital;
    discounted = net·(1 + r)^(−(month + 1)/12).
    """
    import pandas as pd

    value = value or values_of(log)
    table = monthly(log, value)
    flows = cash(table, value, segment)
    names = ("revenue", "purchases", "hosting", "payroll", "acquisition", "expansion", "programme", "digital", "net")
    month = np.arange(table.horizon)
    frame = pd.DataFrame({"month": month, "date": month_dates(log), **{name: getattr(flows, name) for name in names}})
    frame["discounted"] = flows.net * (1.0 + value("economics.discount_rate")) ** (-(month + 1) / MONTHS_OF_YEAR)
    return frame
