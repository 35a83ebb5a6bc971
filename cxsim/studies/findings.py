"""What a comparison found, in plain sentences that do not hide a nil or a harmful effect."""

from __future__ import annotations

import math
from typing import Any

from cxsim import events
from cxsim.interventions import SIGN_UP
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import FIRST_YEAR_CHURN as FIRST_YEAR_CHURN
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.pairs import Effect
from cxsim.studies.payback import NOTHING, Payback
from cxsim.studies.payback import payback as payback_of
from cxsim.studies.verdicts import is_shock, shocks_in, weighed
from cxsim.studies.verdicts import verdict as verdict
from cxsim.studies.waiting import Waiting
from cxsim.studies.worth import LATER, MONEY
from cxsim.studies.worth import money as money

YEARLY_CHURN = "logo_churn_annual"


def churn_of(comparison: Comparison, alternative: str | None = None) -> str:
    """The churn that an alternative is about: the first year's if all that it does is done to new accounts."""
    done = comparison.interventions(alternative)
    new_only = bool(done) and all(it.trigger == SIGN_UP for it in done)
    first = FIRST_YEAR_CHURN if new_only else YEARLY_CHURN
    other = YEARLY_CHURN if new_only else FIRST_YEAR_CHURN
    return first if comparison.effect(first, alternative).difference is not None else other


def headline(comparison: Comparison, alternative: str | None = None, outcome: str | None = None) -> str:
    """One short sentence: what the alternative does to an outcome.

    Unless one is given it is the churn that the alternative is about, with what ARR and company value do the other way
    for sure; of shocks, what they do to ARR and company value.
    """
    run = comparison.named(alternative)
    if outcome is None and is_shock(comparison, run.name):
        return _blow(comparison, run.name, sure=False)
    chosen = outcome or churn_of(comparison, run.name)
    found = verdict(comparison.effect(chosen, run.name), chosen)
    other = weighed(comparison, run.name, but=found) if outcome is None else ""
    said = _one(comparison, run.name, chosen)
    if found == "worse" and not other:
        return f"{said}: it does harm"
    return f"{said}, but {other}" if other else said


def _one(comparison: Comparison, name: str, outcome: str) -> str:
    """What happens to one outcome."""
    effect, unit, title = comparison.effect(outcome, name), OUTCOMES[outcome].unit, q.title(outcome)
    found = verdict(effect, outcome)
    if effect.difference is None:
        return f"{name}: {title} cannot be told"
    if found == "same":
        return f"{name} showed no difference in {title}"
    if found == "unclear":
        return f"{name} has no clear effect on {title}"
    verb = "raises" if effect.difference > 0 else "cuts"
    return f"{name} {verb} {title} from {q.level(effect.baseline, unit)} to {q.level(effect.alternative, unit)}"


def _blow(comparison: Comparison, name: str, *, sure: bool) -> str:
    """What a shock does to the company."""
    said = weighed(comparison, name, sure=sure).replace("costs", "costs the company", 1)
    return f"{name} {said}" if said else f"{name} has no clear effect on ARR and company value"


def finding(comparison: Comparison, alternative: str | None = None, outcome: str | None = None) -> str:
    """The headline with its interval, and how sure it is, as one or two sentences."""
    run = comparison.named(alternative)
    chosen = outcome or churn_of(comparison, run.name)
    effect, unit = comparison.effect(chosen, run.name), OUTCOMES[chosen].unit
    if outcome is None and is_shock(comparison, run.name):
        levels = f"{q.level(effect.baseline, unit)} without it and {q.level(effect.alternative, unit)} with it"
        moved = f" {q.title(chosen)[0].upper()}{q.title(chosen)[1:]} is {levels}." if effect.difference else ""
        return f"{_blow(comparison, run.name, sure=True)}.{moved}"
    start, found = _one(comparison, run.name, chosen), verdict(effect, chosen)
    other = weighed(comparison, run.name, but=found) if outcome is None else ""
    but = f" But it {other}." if other else ""
    if effect.difference is None:
        return f"{start}: {effect.reason}.{but}"
    if found == "same":
        return f"{start}: it is the same in each of {comparison.n} replications.{but}"
    if effect.low is None or effect.high is None:
        return f"{start}: {q.change(effect.difference, unit)} in one replication says little; ask for more."
    said = q.change_in_words(effect.difference, effect.low, effect.high, unit)
    if found == "unclear":
        return f"{start} ({said}); {_more(effect, comparison.n)}{but}"
    if other:
        return f"{start} ({said}), but {other}."
    return f"{start}{': it does harm' if found == 'worse' else ''} ({said})."


def _more(effect: Effect, n: int) -> str:
    assert effect.difference is not None
    assert effect.standard_error is not None
    if effect.difference == 0 or effect.standard_error == 0:
        return "what there may be lies inside that interval."
    wanted = math.ceil(n * (2.5 * effect.standard_error / effect.difference) ** 2 / 10) * 10
    if wanted > 2_000:
        return "if there is one, it is too small to see here."
    return f"an effect of that size would show in about {max(wanted, 2 * n):,} replications."


def ownership(run: Run) -> str:
    """One sentence on how much of experience each owner moves, the success team first; "" if nothing moved it."""
    rows = run.experience_by_owner()
    if rows[0]["mean"] is None:
        return ""
    (own,) = (row for row in rows if row["owner"] == events.OWNERS[events.SUCCESS])
    said = q.level(own["mean"], "share")
    if own["low"] is not None:
        said += f" (95 % interval {q.interval(own['low'], own['high'], 'share', signed=False)})"
    others = [f"{row['owner']} {q.level(row['mean'], 'share')}" for row in rows if row is not own]
    return f"Of all that moved experience, success controls {said}, {', '.join(others)}."


def payback(comparison: Comparison, alternative: str | None = None) -> str:
    """One sentence on how far the alternative's cash falls behind, and from when on it has caught up; "" of shocks."""
    if shocks_in(comparison, alternative):
        return ""
    found = payback_of(comparison, alternative=alternative)
    low, month, share, _ = found.rows()
    if share["value"] is None or not (abs(found.path) > NOTHING).any():
        return ""
    if low["value"] >= -NOTHING:
        return "On average its cash is in no month behind the baseline's."
    amount = f"{q.level(-low['value'], 'currency')} {found.currency}"
    if low["low"] is not None:
        amount += f" (95 % interval {q.interval(-low['high'], -low['low'], 'currency', signed=False)})"
    start = f"On average its cash is furthest behind at month {found.low_month}, by {amount}, and "
    return f"{start}{_caught_up(found, month)}; {_companies(found, share['value'])}."


def _caught_up(found: Payback, month: dict[str, Any]) -> str:
    if month["value"] is None:
        sooner = "" if month["low"] is None else f", though it might from month {month['low']:.0f} on"
        return f"has not caught up by month {found.horizon}{sooner}"
    said = f"has caught up from month {month['value']:.0f} on"
    if month["high"] is not None:
        return f"{said} (95 % interval {month['low']:.0f} to {month['high']:.0f})"
    return said if month["low"] is None else f"{said} (95 % interval from {month['low']:.0f} to after the end)"


def _companies(found: Payback, share: float) -> str:
    return f"{q.chance(share)} of companies have by month {found.horizon}"


def waiting(found: Waiting, months: int) -> str:
    """What waiting so many months does to the net benefit, and where it is otherwise, to the value of the company."""
    soon, later = (_waited(found, months, outcome) for outcome in (MONEY, LATER))
    if soon[0] == later[0]:
        return f"{soon[1]}."
    return f"{soon[1]}; {later[1][0].lower()}{later[1][1:]}."


def _waited(found: Waiting, months: int, outcome: str) -> tuple[str, str]:
    """Which way it goes, and in words."""
    lost, unit = found.lost(outcome, months), OUTCOMES[outcome].unit
    name = {MONEY: "net benefit"}.get(outcome, q.title(outcome))
    after = f"Waiting {months} month{'s' if months > 1 else ''}"
    currency = found.baseline.scenario.currency
    if lost.difference is None or lost.low is None or lost.high is None:
        return "unknown", f"{after}: what it does to {name} cannot be told"
    if lost.verdict == "none":
        return "none", f"{after} changes nothing in {name}"
    if lost.verdict == "unclear":
        ends = q.interval(lost.low, lost.high, unit)
        return "unclear", f"{after} has no clear effect on {name} (it loses {ends} {currency}, 95 % interval)"
    low, high = (lost.low, lost.high) if lost.difference > 0 else (-lost.high, -lost.low)
    ends = q.interval(low, high, unit, signed=False)
    said = f"{q.level(abs(lost.difference), unit)} {currency} of {name} (95 % interval {ends})"
    verb = "costs" if lost.difference > 0 else "pays: it gains"
    return lost.verdict, f"{after} {verb} {said}"


def shows(comparison: Comparison, alternative: str | None = None) -> str:
    """One sentence on the month from which the effect can be told from nothing."""
    words = {"accounts": "the number of accounts", "arr": "ARR"}
    months = {series: comparison.shows_at(series, alternative) for series in words}
    seen = [f"in {words[series]} from month {month} on" for series, month in months.items() if month is not None]
    if not seen:
        return "Neither the number of accounts nor ARR differs for sure by the end."
    missing = [words[series] for series, month in months.items() if month is None]
    return f"The effect shows {' and '.join(seen)}" + (f"; not yet in {missing[0]}." if missing else ".")


def pairing(comparison: Comparison, alternative: str | None = None, outcome: str = FIRST_YEAR_CHURN) -> str:
    """One sentence on what pairing gained; "" where there is nothing to say."""
    ratio, ceiling = comparison.variance_ratio(outcome, alternative)
    if ratio is None:
        return ""
    said = f"Common luck divides the variance of the effect on {q.title(outcome)} by {ratio:.1f}"
    if ceiling is None:
        return said + "."
    share = ratio / ceiling
    part = "all of it" if share >= 0.995 else f"{100 * share:.0f} % of it"
    return f"{said} (about {ceiling:.1f} is possible: {part} reached)."


def among(comparison: Comparison, alternative: str | None = None) -> str:
    """One sentence on those whom the alternative could reach; "" where the horizon is too short to tell."""
    run = comparison.named(alternative)
    effect, unit = comparison.reached(run.name), OUTCOMES[FIRST_YEAR_CHURN].unit
    name, n = q.title(FIRST_YEAR_CHURN), comparison.n_reached(run.name)
    if comparison.effect(FIRST_YEAR_CHURN, run.name).difference is None:
        return ""
    if effect.baseline is None or effect.difference is None:
        return f"Whom it reached: {effect.reason}."
    whom = f"the {q.level(n, 'accounts')} new accounts it reached (per replication, the same in both arms)"
    start = f"Among {whom}: {name}"
    if effect.difference == 0.0 and effect.low == effect.high:
        return f"{start} is {q.level(effect.baseline, unit)} with it and without it."
    levels = f"from {q.level(effect.baseline, unit)} to {q.level(effect.alternative, unit)}"
    if effect.low is None or effect.high is None:
        return f"{start} {levels}."
    return f"{start} {levels} ({q.change_in_words(effect.difference, effect.low, effect.high, unit)})."
