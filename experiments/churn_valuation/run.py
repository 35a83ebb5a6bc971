"""What is one point of yearly dollar retention worth after five years, and how steep a multiple makes it 12 %?

python -m experiments.churn_valuation.run
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

import cxsim as cx
from cxsim.studies.claims.audit import Audited
from cxsim.studies.claims.claim import Cell
from cxsim.studies.claims.company_value import CASH, FIRMS, FLAT, LINEAR, QUOTED, RISING, SLOPE, SLOPES, SOLD, VALUATION
from cxsim.studies.claims.firms import KEEPER, LOSER, firm
from experiments.conduct import Results, Size, conduct
from experiments.dots import dots
from experiments.findings import Finding
from experiments.sweeps import beside, gain

SEED = 7
BOTH = f"{100 * LOSER:g} and {100 * KEEPER:g} %"
NEEDED = "slope β at which a point is worth 12 %, compounded over the 15 points"


def study(size: Size) -> Results:
    """The two firms of the claim audit, valued in each way."""
    with size.bar("one point") as moved:
        (found,) = cx.audit(("a",), seed=SEED, fast=size.is_fast, progress=moved)
    table = pd.DataFrame(
        {
            "firms": cell.at[FIRMS.name], "valuation": cell.at[VALUATION.name], "slope": cell.at.get(SLOPE.name),
            "per_point": cell.value, "low": cell.low, "high": cell.high,
        }
        for cell in found.answer.cells
    )  # fmt: skip
    told = findings(found)
    return Results(
        SEED,
        {"keeps 95 %": firm(KEEPER), "keeps 80 %": firm(LOSER)},
        tuple(told),
        {"valuations": table},
        {"figure": figure(told)},
    )


def at(found: Audited, valuation: str, slope: float | None = None) -> Cell:
    """The cell of the two firms of the paper under a valuation."""
    wanted: dict[str, float | str] = {VALUATION.name: valuation, FIRMS.name: BOTH}
    if slope is not None:
        wanted[SLOPE.name] = slope
    (cell,) = (one for one in found.answer.cells if dict(one.at) == wanted)
    return cell


def findings(found: Audited) -> list[Finding]:
    """What the page says."""
    own = firm(KEEPER).value("economics.multiple_slope")
    told = [
        gain("flat", at(found, FLAT)),
        gain("linear", at(found, LINEAR)),
        gain("own", at(found, RISING, own)),
        gain("cash", at(found, CASH)),
        gain("paper_near", at(found, f"{SOLD}: 3 and 5")),
        gain("paper_far", at(found, f"{SOLD}: 2 and 8")),
        *(gain(f"slope_{slope:g}", at(found, RISING, slope)) for slope in SLOPES),
        beside("needed", found, NEEDED, "ratio"),
    ]
    for kind, retention in (("keeper", KEEPER), ("loser", LOSER)):
        whose = f"of the firm that keeps {100 * retention:g} %"
        told.append(beside(f"{kind}_arr", found, f"ARR at month 60 {whose}", "currency"))
        told.append(beside(f"{kind}_growth", found, f"growth in the fifth year {whose}", "share"))
    return told


def figure(told: list[Finding]) -> Figure:
    """Worth of a point under each valuation, against the 12 % that are quoted."""
    by = {one.name: one for one in told}
    rows = [
        ("flat multiple", by["flat"]),
        ("multiple rising with growth, β 0.75", by["own"]),
        ("multiple 3 + 2.5·growth", by["linear"]),
        ("discounted cash", by["cash"]),
        ("multiples of the paper, 3 and 5", by["paper_near"]),
        ("β 5", by["slope_5"]),
        ("β 10", by["slope_10"]),
        ("β 16", by["slope_16"]),
        ("multiples of the paper, 2 and 8", by["paper_far"]),
    ]
    flat, cash, needed = by["flat"].value, by["cash"].value, by["needed"].value
    return dots(
        f"A point of retention is worth {100 * flat:.1f} to {100 * cash:.1f} % of company value by ordinary "
        f"valuations; 12 % takes a slope β of {needed:.1f}",
        "Gain of company value after five years for one point of yearly dollar retention, with its 95 % interval. β: "
        "the multiple rises as exp(β·growth).",
        f"cxsim {cx.__version__} · two firms of claim (a) · seed {SEED}",
        rows,
        quoted=(QUOTED, "quoted"),
    )


if __name__ == "__main__":
    conduct(study, __file__)
