"""Claim (f): acquiring a customer costs 5 to 25 times as much as keeping one."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim.parameters import Source
from cxsim.readings.cash import cash
from cxsim.readings.values import economics_of
from cxsim.scenario import Scenario
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import ASSUMED, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.figures import Figures
from cxsim.studies.claims.intervals import jackknife, ratio_of_means
from cxsim.studies.pairs import Reals
from cxsim.tally import MonthlyTable

WORLDS: Final = ("b2b-saas", "smb-monthly", "enterprise", "membership")
WORLD, KEEPING, WINNING = Axis("world"), Axis("keeping counts"), Axis("acquiring counts")
NARROW, WIDE = "the success team", "support and selling to customers too"
SALES, AND_ONBOARDING = "sales and marketing", "onboarding too"


def measure(ask: Ask) -> Answer:
    """What is spent to win one account over what is spent in a year to keep one."""
    cells, beside = [], []
    for world in WORLDS:
        scenario = Scenario.load(world)
        read = ask.tables(scenario, ask.size(24, 4), spent)
        won, onboarded, narrow, wide, joined, years = np.array(read).T
        for winning, part in ((SALES, won), (AND_ONBOARDING, won + onboarded)):
            for keeping, whole in ((NARROW, narrow), (WIDE, wide)):
                at = {WORLD.name: world, WINNING.name: winning, KEEPING.name: keeping}
                cells.append(Cell(at, *jackknife(_ratio, part, joined, whole, years)))
        for what, part, whole in (
            ("sales and marketing for a new account", won, joined),
            ("the success team and messages for an account and year", narrow, years),
        ):
            beside.append(Beside(f"{world}: {what}", *jackknife(ratio_of_means, part, whole), "currency", ASSUMED))
    headline = cells[0]
    own = [cell for cell in cells if cell.at[WINNING.name] == SALES and cell.at[KEEPING.name] == NARROW]
    finding = (
        "Winning an account costs, in years of what the success team spends on keeping one, "
        + ", ".join(f"{cell.value:.1f} in {cell.at[WORLD.name]}" for cell in own)
        + "; with support and selling to customers counted as keeping, "
        + ", ".join(f"{c.value:.1f}" for c in cells if c.at[WINNING.name] == SALES and c.at[KEEPING.name] == WIDE)
        + ". The ratio restates what was put in: price, cost of sales per unit of price, and accounts per CSM."
    )
    return Answer(headline, tuple(cells), finding, tuple(beside))


def spent(table: MonthlyTable, scenario: Scenario) -> Figures:
    """Spent on winning, on onboarding, on keeping narrowly and widely; new accounts, and years of being one."""
    flows = cash(table, economics_of(scenario.value))
    messages = flows.success.sum() + flows.digital.sum()
    years = (table.of("active")[:-1] + table.of("active")[1:]).sum() / 24.0
    return (
        float(flows.acquisition.sum()),
        float(flows.onboarding.sum()),
        float(messages),
        float(messages + flows.support.sum() + flows.expansion.sum()),
        float(table.of("new").sum()),
        float(years),
    )


def _ratio(part: Reals, joined: Reals, whole: Reals, years: Reals) -> float:
    return float(part.sum() / joined.sum() / (whole.sum() / years.sum()))


CLAIM = Claim(
    id="f",
    words="acquiring a customer costs 5–25 times as much as keeping one",
    short="acquiring costs 5–25 × keeping",
    quoted="5–25 times",
    quoted_low=5.0,
    quoted_high=25.0,
    tolerance=0.0,
    rule="spending on winning one account over one year's spending on keeping one; the quote is wide enough as it is",
    source=Source(
        "Harvard Business Review 2014, no derivation; also quoted, garbled, as 5–25 % less to keep. One measured "
        "ratio: $1.18 per $1 of new revenue against $0.28 for upsell (4.2 times)"
    ),
    estimand=Estimand("cost to acquire an account over the yearly cost of keeping one", "times", ASSUMED, WORLDS),
    population="all accounts of each world, 36 months",
    horizon_months=36,
    axes=(WORLD, KEEPING, WINNING),
    put_in=(
        "1.18 of sales and marketing per unit of new yearly revenue, wages, and accounts per CSM; the ratio follows "
        "from these and from the size of contracts"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
