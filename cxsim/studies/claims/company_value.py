"""Claim (a): one per cent less churn is worth twelve per cent of company value after five years."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from cxsim.parameters import Source
from cxsim.parameters.citations import SAAS_CAPITAL_2015
from cxsim.readings.outcomes import multiple
from cxsim.readings.values import Economics, economics_of
from cxsim.studies.answers import Run
from cxsim.studies.claims.ask import Ask
from cxsim.studies.claims.claim import ASSUMED, Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.firms import KEEPER, LOSER, firm
from cxsim.studies.claims.intervals import Told, jackknife
from cxsim.studies.pairs import Reals

QUOTED: Final = 0.12
RETENTIONS: Final = (LOSER, 0.85, 0.90, KEEPER)
SLOPES: Final = (2.0, 5.0, 10.0, 14.0, 15.0, 16.0, 17.0, 18.0, 20.0)
STEEPEST: Final = 30.0
# what slow and fast growers sold for, in years of revenue: nearest, middle and farthest apart
PAPER: Final = ((3.0, 5.0), (2.5, 6.5), (2.0, 8.0))
VALUATION, SLOPE, FIRMS = Axis("valuation"), Axis("slope β"), Axis("yearly retention compared")
FLAT, LINEAR, RISING, SOLD, CASH = (
    "flat multiple",
    "multiple 3 + 2.5·growth",
    "multiple rising as exp(β·growth)",
    "multiples of the paper",
    "discounted cash",
)

# ARR at month 60, ARR at month 48, and the value of what comes after month 60, one entry a replication
Figures = tuple[Reals, Reals, Reals]
Valuation = Callable[[float, float, float], float]


def measure(ask: Ask) -> Answer:
    """Build the firms, value them under each valuation, and look for the slope that gives twelve per cent."""
    runs = ask.runs([firm(retention) for retention in RETENTIONS], ask.size(400, 40))
    figures = {retention: _figures(run) for retention, run in zip(RETENTIONS, runs, strict=True)}
    economics = economics_of(runs[0].scenario.value)
    own = economics.multiple_slope
    pairs = [(LOSER, KEEPER), *pairwise(RETENTIONS)]
    cells: list[Cell] = []
    for low, high in pairs:
        both, firms = (figures[low], figures[high]), f"{100 * low:g} and {100 * high:g} %"
        for name, valuation in _valuations(economics).items():
            at = {VALUATION.name: name, FIRMS.name: firms}
            cells.append(Cell(at, *_per_point(valuation, valuation, both, high - low)))
        # steep slopes only for the two firms of the paper: steps of five points are too noisy to tell them apart
        for slope in (own, *(SLOPES if high - low > 0.1 else ())):
            rising = _rising(economics, slope)
            at = {VALUATION.name: RISING, SLOPE.name: slope, FIRMS.name: firms}
            cells.append(Cell(at, *_per_point(rising, rising, both, high - low), plausible=slope == own))
    both = (figures[LOSER], figures[KEEPER])
    for slow, fast in PAPER:
        at = {VALUATION.name: f"{SOLD}: {slow:g} and {fast:g}", FIRMS.name: f"{100 * LOSER:g} and {100 * KEEPER:g} %"}
        cells.append(Cell(at, *_per_point(_times(slow), _times(fast), both, KEEPER - LOSER)))
    return _answer(cells, both, economics)


def _answer(cells: list[Cell], both: tuple[Figures, Figures], economics: Economics) -> Answer:
    of_both = cells[: cells.index(next(c for c in cells if c.at.get(SLOPE.name) == SLOPES[0]))]
    by_name = {str(cell.at[VALUATION.name]): cell for cell in of_both}
    headline = by_name[RISING]
    slope = jackknife(lambda *parts: _needed(economics, parts, _compounded), *both[0], *both[1])
    simple = jackknife(lambda *parts: _needed(economics, parts, _shared), *both[0], *both[1])
    grown = [jackknife(lambda now, before: now.mean() / before.mean() - 1.0, *one[:2]) for one in both]
    arr = [jackknife(lambda now: now.mean(), one[0]) for one in both]
    dear = [multiple(economics, growth[0], slope[0]) for growth in grown]
    paper = cells[-len(PAPER) :]
    finding = (
        f"One point of yearly dollar retention is worth {_pct(by_name[FLAT])} of company value after five years at a "
        f"flat multiple, {_pct(headline)} where the multiple rises with growth as is ordinary "
        f"(β {economics.multiple_slope:g}), and {_pct(by_name[CASH])} by discounted cash. "
        f"Twelve per cent takes β = {slope[0]:.1f}: of two firms that grow by {100 * grown[0][0]:.1f} and "
        f"{100 * grown[1][0]:.1f} % a year, the second would have to sell for {dear[1] / dear[0]:.1f} times the "
        f"multiple of the first ({dear[1]:.1f} against {dear[0]:.1f} years of revenue; if the whole gain is shared out "
        f"evenly and not compounded, β = {simple[0]:.1f}). The paper's own multiples for "
        f"slow and fast growers give {100 * paper[0].value:.1f} to {100 * paper[-1].value:.1f} %, the most where they "
        "lie farthest apart (2 and 8). Bookings, retention and costs are those of the paper's case, and from these and "
        "the way of valuing each figure here follows by arithmetic: none is a finding about companies."
    )
    # ARR and growth have a closed form of what was put in (`firms.closed_form_arr`), a flat multiple gives its ratio,
    # discounted cash the same retention carried on, and the slope solves for what is quoted: nothing here came out
    beside = (
        Beside("ARR at month 60 of the firm that keeps 95 %", *arr[1], "currency", ASSUMED),
        Beside("ARR at month 60 of the firm that keeps 80 %", *arr[0], "currency", ASSUMED),
        Beside("growth in the fifth year of the firm that keeps 95 %", *grown[1], "share", ASSUMED),
        Beside("growth in the fifth year of the firm that keeps 80 %", *grown[0], "share", ASSUMED),
        Beside("value of a point at a flat multiple", *_told(by_name[FLAT]), "share", ASSUMED),
        Beside("value of a point by discounted cash", *_told(by_name[CASH]), "share", ASSUMED),
        Beside("slope β at which a point is worth 12 %, compounded over the 15 points", *slope, "slope", ASSUMED),
        Beside("slope β at which a fifteenth of the whole gain is 12 %", *simple, "slope", ASSUMED),
    )
    return Answer(headline, tuple(cells), finding, beside)


def _figures(run: Run) -> Figures:
    arr = run.series("arr")
    # discounting to month 60 instead of month 0 is a factor that the comparison of two firms does not see
    return arr[:, -1], arr[:, -13], run.values("company_value_dcf") - run.values("net_benefit")


def _valuations(economics: Economics) -> dict[str, Valuation]:
    return {
        FLAT: lambda arr, growth, later: arr * multiple(economics, 0.0, 0.0),
        LINEAR: lambda arr, growth, later: arr * (3.0 + 2.5 * growth),
        CASH: lambda arr, growth, later: later,
    }


def _rising(economics: Economics, slope: float) -> Valuation:
    return lambda arr, growth, later: arr * multiple(economics, growth, slope)


def _times(years: float) -> Valuation:
    return lambda arr, growth, later: arr * years


def _worth(valuation: Valuation, now: Reals, before: Reals, later: Reals) -> float:
    """Value of a firm as large as all replications together, so that growth is the firm's and not its luck's."""
    return valuation(float(now.mean()), float(now.mean() / before.mean() - 1.0), float(later.mean()))


def _per_point(lower: Valuation, upper: Valuation, both: tuple[Figures, Figures], apart: float) -> Told:
    """Gain of value of one point, compounded: (V_high/V_low)^(1/points) − 1."""

    def gain(*parts: Reals) -> float:
        return _compounded(_worth(upper, *parts[3:]) / _worth(lower, *parts[:3]), 100.0 * apart)

    return jackknife(gain, *both[0], *both[1])


def _compounded(ratio: float, points: float) -> float:
    return math.expm1(math.log(ratio) / points)


def _shared(ratio: float, points: float) -> float:
    return (ratio - 1.0) / points


def _needed(economics: Economics, parts: tuple[Reals, ...], gain: Callable[[float, float], float]) -> float:
    """Slope at which a point is worth what is quoted, by valuing the same runs anew; NaN if none up to 30 is."""
    from scipy.optimize import bisect

    def short(slope: float) -> float:
        rising = _rising(economics, slope)
        ratio = _worth(rising, *parts[3:]) / _worth(rising, *parts[:3])
        return gain(ratio, 100.0 * (KEEPER - LOSER)) - QUOTED

    if short(STEEPEST) < 0.0:
        return math.nan
    return float(bisect(short, 0.0, STEEPEST, xtol=1e-6))


def _told(cell: Cell) -> Told:
    return cell.value, cell.low, cell.high


def _pct(cell: Cell) -> str:
    return f"{100 * cell.value:.1f} %"


_WORLDS = ("retains-95", "retains-80")
_MULTIPLE = (
    "economics.multiple",
    "economics.multiple_growth",
    "economics.multiple_slope",
    "economics.multiple_least",
    "economics.multiple_most",
)
_COSTS = ("economics.gross_margin", "economics.hosting_share", "economics.acquisition_cost")
# bookings and retention are in every quantity; costs are in discounted cash alone, the multiple in the headline alone
_NO_COSTS = dict.fromkeys(_COSTS, "a multiple is one of revenue, whatever it costs")
_NO_MULTIPLE = dict.fromkeys(_MULTIPLE, "the multiple cancels, is not used, or is what is sought")

CLAIM = Claim(
    id="a",
    words="1 % less churn is worth 12 % more company value after 5 years",
    short="1 point of retention = 12 % of value",
    quoted="12 % per point",
    quoted_low=QUOTED,
    quoted_high=QUOTED,
    tolerance=0.01,
    rule="the paper means points of yearly dollar retention and gives a whole per cent; a point more or less counts",
    source=Source(
        "SaaS Capital white paper, 2015 update: 12 % for each percentage point of annual dollar retention, with the "
        "case of two firms that keep 95 and 80 %; slow growers then sold for 2-3 times revenue, fast growers for 5-8",
        SAAS_CAPITAL_2015.url,
    ),
    estimand=Estimand(
        "gain of company value at month 60 for one point of yearly dollar retention, compounded",
        "share",
        ASSUMED,
        _WORLDS,
        apart=_NO_COSTS,
    ),
    others=(
        Estimand("the same at a flat multiple or by discounted cash", "share", ASSUMED, _WORLDS, apart=_NO_MULTIPLE),
        Estimand(
            "slope of the multiple at which it is 12 %", "slope", ASSUMED, _WORLDS, apart=_NO_MULTIPLE | _NO_COSTS
        ),
    ),
    population="two firms, each booking 120k of new annual contracts a month from month 1, at a constant hazard",
    horizon_months=60,
    axes=(VALUATION, SLOPE, FIRMS),
    put_in=(
        "bookings, retention and cost as in the paper; how the multiple rises with growth (β .75), which is a weak "
        "rule of thumb near the same paper and decides the answer"
    ),
    measure=measure,
)

__all__ = ["CLAIM", "measure"]
