"""Better, worse or unclear: what an effect is called, whose doing it is, and what goes another way."""

from __future__ import annotations

from typing import Final

from cxsim.readings.registry import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison
from cxsim.studies.pairs import Effect

ARR, VALUE = "arr", "company_value_multiple"
WEIGHED: Final = (ARR, VALUE)


def verdict(effect: Effect, outcome: str) -> str:
    """Say "better", "worse", "unclear" or "same"."""
    if effect.verdict in ("unclear", "none"):
        return "unclear" if effect.verdict == "unclear" else "same"
    return "better" if (effect.verdict == "up") == (OUTCOMES[outcome].better == "higher") else "worse"


def shocks_in(comparison: Comparison, alternative: str | None = None) -> tuple[str, ...]:
    """Names of what happens in an alternative that nobody chose; nothing of that kind pays or does not pay."""
    return tuple(it.name for it in comparison.interventions(alternative) if it.is_shock)


def is_shock(comparison: Comparison, alternative: str | None = None) -> bool:
    """Whether an alternative is shocks alone."""
    done = comparison.interventions(alternative)
    return bool(done) and all(it.is_shock for it in done)


def weighed(comparison: Comparison, alternative: str | None = None, *, but: str = "", sure: bool = False) -> str:
    """What happens for sure to ARR and company value: "costs 1.4 M USD of ARR and adds …"; "" where nothing does.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    but : str
        A verdict, "better" or "worse", that is left out.
    sure : bool
        Whether the intervals are given.
    """
    told: dict[str, list[str]] = {"better": [], "worse": []}
    for outcome in WEIGHED:
        effect = comparison.effect(outcome, alternative)
        mark = verdict(effect, outcome)
        if mark in told and mark != but:
            said = f"{_size(comparison, effect, outcome)} of {q.title(outcome)}"
            told[mark].append(said + (f" ({_inside(effect, outcome)})" if sure else ""))
    parts = [("adds", told["better"]), ("costs", told["worse"])]
    return " and ".join(f"{verb} {' and '.join(said)}" for verb, said in parts if said)


def _size(comparison: Comparison, effect: Effect, outcome: str) -> str:
    assert effect.difference is not None
    return f"{q.level(abs(effect.difference), OUTCOMES[outcome].unit)} {comparison.baseline.scenario.currency}"


def _inside(effect: Effect, outcome: str) -> str:
    """The interval of a size."""
    assert effect.low is not None
    assert effect.high is not None
    ends = sorted((abs(effect.low), abs(effect.high)))
    return f"95 % interval {q.interval(ends[0], ends[1], OUTCOMES[outcome].unit, signed=False)}"
