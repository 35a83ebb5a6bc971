"""Whether an alternative is worth its money, in sentences: cash, company value, and whose price a programme has."""

from __future__ import annotations

from typing import Final

from cxsim import catalogue
from cxsim.interventions import Intervention
from cxsim.levers import load_lever, prices
from cxsim.readings.money import INCOME, line
from cxsim.readings.registry import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison
from cxsim.studies.verdicts import VALUE, shocks_in, verdict

MONEY, LATER = "net_benefit", "company_value_dcf"

# Share of the baseline's revenue from which on a programme's price is said to be that of a lever's file. Assumption: no
# lever of the catalogue takes more than 1 % in b2b-saas, for which their prices were written; at ten times that the
# price, and not what the lever does, decides whether it pays.
DEAR: Final = 0.1


def money(comparison: Comparison, alternative: str | None = None) -> str:
    """One or more sentences on what the alternative does to cash and to the value of the company.

    Whether it pays for itself within the horizon and later; where cash and value go different ways for sure, both; and
    where its programme costs more than a tenth of the company's revenue (`DEAR`), whose price that is. Of shocks, which
    nobody buys, what they cost.
    """
    run = comparison.named(alternative)
    if shocks_in(comparison, run.name):
        return _struck(comparison, run.name)
    return " ".join(filter(None, (_pays(comparison, run.name), _price(comparison, run.name))))


def _pays(comparison: Comparison, name: str) -> str:
    effect, months = comparison.effect(MONEY, name), comparison.baseline.horizon
    if effect.difference is None or effect.low is None:
        return f"Whether it pays within {months} months cannot be told."
    found = verdict(effect, MONEY)
    if found == "same":
        return f"It costs and brings nothing within {months} months."
    said = f"net benefit {_amount(comparison, name, MONEY)}"
    values = {one: verdict(comparison.effect(one, name), one) for one in (VALUE, LATER)}
    if found == "better":
        lost = [one for one, mark in values.items() if mark == "worse"]
        if lost:
            return f"It leaves more cash within {months} months: {said}. But {_worth(comparison, name, lost, 'less')}."
        return f"It pays for itself within {months} months: {said}."
    later = values[LATER]
    reach = f"counting ten more years of today's customers and fading new ones, {_amount(comparison, name, LATER)}"
    words = {
        "better": f" It pays later: {reach}.",
        "worse": f" It does not pay later either: {reach}.",
        "unclear": f" Nor is it clear later: {reach}." if found == "unclear" else f" Later is unclear: {reach}.",
    }
    end = words.get(later, "")
    if values[VALUE] in ("better", "worse") and values[VALUE] != later:
        more = "more" if values[VALUE] == "better" else "less"
        end += f" By its multiple of ARR, {_worth(comparison, name, [VALUE], more)}."
    if found == "worse":
        return f"It costs more than it brings within {months} months: {said}.{end}"
    return f"Whether it pays for itself within {months} months is unclear: {said}.{end}"


def _worth(comparison: Comparison, name: str, outcomes: list[str], more: str) -> str:
    said = " and ".join(f"{q.title(one)} {_amount(comparison, name, one)}" for one in outcomes)
    return f"the company is for sure worth {more}: {said}"


def _struck(comparison: Comparison, name: str) -> str:
    """Of shocks: cash within the horizon and beyond; nothing is bought, so that nothing pays."""
    months, shocks = comparison.baseline.horizon, shocks_in(comparison, name)
    effect = comparison.effect(MONEY, name)
    if effect.difference is None or effect.low is None:
        return f"What it does to cash within {months} months cannot be told."
    alone = len(shocks) == len(comparison.interventions(name))
    what = {"better": "adds to", "worse": "costs", "same": "does nothing to"}.get(verdict(effect, MONEY), "")
    said = f"{'It' if alone else f'With {_and(shocks)} in it, it'} "
    cash = f"{_amount(comparison, name, MONEY)} in present value"
    said += f"{what} the company cash" if what == "costs" else f"{what} the company's cash" if what else ""
    said += (
        f" within {months} months: {cash}" if what else f"has no clear effect on cash within {months} months: {cash}"
    )
    reach = _amount(comparison, name, LATER)
    said += f"; counting ten more years of today's customers and fading new ones, {reach}."
    if not alone:
        said += (
            " A shock is no investment: for what the rest brings under it, put the shock into the world's file "
            "([[shocks]]) and compare there."
        )
    return said


def _price(comparison: Comparison, name: str) -> str:
    """Whose price a programme has, where that price is large for this company; else ""."""
    share, spent = programme_share(comparison, name)
    if share <= DEAR:
        return ""
    paid = [it for it in comparison.interventions(name) if it.cost_once or it.cost_per_month or it.cost_per_account]
    unit, currency = OUTCOMES["programme_cost"].unit, comparison.baseline.scenario.currency
    own = all(_is_as_filed(it) for it in paid)
    whose = "that of the lever's file, the same amount in every world" if own else "what was set"
    hint = _and(tuple(dict.fromkeys(one for it in paid for one in _settings(it))))
    return (
        f"Mind the programme's price: it is {whose}, and {q.level(spent, unit)} {currency} is "
        f"{q.level(share, 'share')} of this company's revenue in these months. Set your own with {hint}."
    )


def programme_share(comparison: Comparison, alternative: str | None = None) -> tuple[float, float]:
    """What an alternative's programme costs more than the baseline's, as a share of the baseline's revenue, and in all.

    Returns
    -------
    (share, cost)
        Means over replications and sums over all months; cost in the world's currency, undiscounted. A share of 0 where
        there is no revenue.
    """
    arms = [run.replications for run in (comparison.baseline, comparison.named(alternative))]
    spent = [sum(float(line(one.money, "programme_cost").sum()) for one in arm) for arm in arms]
    income = sum(float(line(one.money, name).sum()) for one in arms[0] for name in INCOME)
    extra = spent[1] - spent[0]
    return (extra / income if income > 0 else 0.0), extra / comparison.n


def _is_as_filed(it: Intervention) -> bool:
    if it.name not in catalogue.levers():
        return True
    filed = {key: default for key, (_, default) in prices(load_lever(it.name)).items()}
    return all(filed.get(key, 0.0) == getattr(it, f"cost_{key}") for key in ("once", "per_month", "per_account"))


def _settings(it: Intervention) -> list[str]:
    """What sets an intervention's price, as it is typed."""
    if it.name not in catalogue.levers():
        return [f"the [cost] table of {it.name}"]
    filed = prices(load_lever(it.name))
    paid = [key for key in filed if getattr(it, f"cost_{key}") or filed[key][1]]
    return [f"{it.name}:{filed[key][0]}=…" for key in paid if filed[key][0]] or [f"the [cost] table of {it.name}"]


def _amount(comparison: Comparison, alternative: str, outcome: str) -> str:
    effect = comparison.effect(outcome, alternative)
    said = q.change_with_interval(effect.difference, effect.low, effect.high, OUTCOMES[outcome].unit)
    return f"{said} {comparison.baseline.scenario.currency}"


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
