"""How a quantity is said: its unit's words, its sign, as many digits as a reader can use."""

from __future__ import annotations

from cxsim.readings.outcomes import OUTCOMES

NONE = "–"
MINUS = "−"
_SCALES = ((1e9, " bn"), (1e6, " M"), (1e3, " k"), (1.0, ""))
_TITLES = {
    "logo_churn_12m": "churn within 12 months",
    "intent_12m": "intent to leave within 12 months",
    "logo_churn_annual": "yearly logo churn",
    "revenue_churn_annual": "yearly revenue churn",
    "renewal_rate": "renewal rate",
    "grr": "gross revenue retention",
    "nrr": "net revenue retention",
    "accounts": "accounts",
    "arr": "ARR",
    "company_value_multiple": "company value",
    "company_value_dcf": "company value (DCF)",
    "company_value_flat_multiple": "company value (flat multiple)",
    "clv": "customer lifetime value",
    "cac_payback": "CAC payback",
    "cac": "CAC",
    "ltv_to_cac": "LTV/CAC",
    "time_to_value": "time to value",
    "onboarding_days_mean": "length of onboarding",
    "health_mean": "health",
    "green_share": "share of green accounts",
    "red_share": "share of red accounts",
    "happy_share": "share of happy and successful accounts",
    "trapped_share": "share of trapped accounts",
    "programme_cost": "programme cost",
    "net_benefit": "present value of cash",
    "cash_low_point": "cash low point",
    "break_even_month": "break-even month",
    "break_even_share": "companies that break even",
    "return_on_programme": "return on programme cost",
}


def title(outcome: str) -> str:
    """An outcome's name in words."""
    return _TITLES.get(outcome, outcome.replace("_", " "))


def level(value: float | None, unit: str) -> str:
    """A value in its unit: 6.7 %, 12.3 M, 72.7 days."""
    if value is None:
        return NONE
    return f"{_minus(_scaled(value, unit, (value,)))}{_after(unit, (value,), False)}"


def change(value: float | None, unit: str) -> str:
    """A difference, with its sign: +1.8 pts, −0.2 M."""
    if value is None:
        return NONE
    return f"{_signed(_scaled(value, unit, (value,), True))}{_after(unit, (value,), True)}"


def change_with_interval(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """A difference with its interval: −1.8 [−2.6, −1.0] pts."""
    if value is None:
        return NONE
    known = [one for one in (value, low, high) if one is not None]
    said = [_signed(_scaled(one, unit, known, True)) for one in known]
    inside = f" [{said[1]}, {said[2]}]" if len(said) == 3 else ""
    return f"{said[0]}{inside}{_after(unit, known, True)}"


def change_and_half(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """A difference with half its interval, shortly: −1.43 ±0.16 M; points of a percentage without their unit."""
    if value is None:
        return NONE
    half = None if low is None or high is None else (high - low) / 2.0
    known = [value] if half is None else [value, half]
    around = "" if half is None else _scaled(half, unit, known, True)
    # what is not nothing must not look like it
    around = f"<{around[:-1]}1" if half and not around.strip("0.,") else around
    inside = "" if half is None else f" ±{around}"
    return f"{_signed(_scaled(value, unit, known, True))}{inside}{_after(unit, known, True).removesuffix(' pts')}"


def level_with_interval(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """A value with its interval: 18 [13, 35]; an end that is not known is left open: [13, …]."""
    if value is None:
        return NONE
    known = [one for one in (value, low, high) if one is not None]
    said = ["…" if one is None else _minus(_scaled(one, unit, known)) for one in (value, low, high)]
    inside = f" [{said[1]}, {said[2]}]" if len(known) > 1 else ""
    return f"{said[0]}{inside}{_after(unit, known, False)}"


def tick(value: float, unit: str, *, signed: bool = False) -> str:
    """A round value at an axis: 7 M, +100 k, 0."""
    if not value:
        return "0"
    if not unit.startswith("currency"):
        return _minus(f"{value:{'+' if signed else ''}g}")
    scale, name = _scale((value,))
    return _minus(f"{value / scale:{'+' if signed else ''}g}{name}")


def change_tick(value: float, unit: str) -> str:
    """A difference at an axis: +0.5 pts, −2 M, 0."""
    if unit in ("share", "1/month"):
        # what the axis leaves of a round number
        return f"{tick(round(100.0 * value, 10), '', signed=True)}{' pts' if value else ''}"
    return tick(value, unit, signed=True)


def change_in_words(value: float, low: float, high: float, unit: str) -> str:
    """A difference with its interval, in a sentence: −1.8 pts, 95 % interval −2.6 to −1.0."""
    together = (value, low, high)
    said = [_signed(_scaled(one, unit, together, True)) for one in together]
    return f"{said[0]}{_after(unit, together, True)}, 95 % interval {said[1]} to {said[2]}"


def interval(low: float | None, high: float | None, unit: str, *, signed: bool = True) -> str:
    """An interval: −2.6 to −1.0 pts."""
    if low is None or high is None:
        return NONE
    said = [_scaled(one, unit, (low, high), signed) for one in (low, high)]
    said = [_signed(one) if signed else _minus(one) for one in said]
    return f"{said[0]} to {said[1]}{_after(unit, (low, high), signed)}"


def unit_of(outcome: str, currency: str) -> str:
    """An outcome's unit with the world's currency in it."""
    return OUTCOMES[outcome].unit.replace("currency", currency)


def number(value: float) -> str:
    """A number of the world, without its unit: 0.0012, 3.45, 8,500."""
    return _minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}")


def chance(share: float | None) -> str:
    """A probability that is never rounded to certainty."""
    if share is None:
        return NONE
    if 0.0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1.0:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def _scaled(value: float, unit: str, together: tuple[float, ...] | list[float], difference: bool = False) -> str:
    if unit in ("share", "1/month"):
        small = max(abs(one) for one in together) < 0.005 or any(0.0 < abs(one) < 0.0005 for one in together)
        # an end of an interval that is not zero must not look like zero
        digits = 2 if unit == "1/month" or (difference and small) else 1
        return f"{100 * value:.{digits}f}"
    if unit.startswith("currency"):
        scale, _ = _scale(together)
        largest = max(abs(one) for one in together) / scale
        # three digits, also of what is rounded up to the next one
        return f"{value / scale:,.{0 if scale == 1.0 or largest >= 99.95 else 1 if largest >= 9.995 else 2}f}"
    if unit == "accounts":
        return f"{value:,.1f}" if difference or abs(value) < 10 else f"{value:,.0f}"
    if unit == "month":  # one of the calendar's, not a length of time
        return f"{value:.0f}"
    if unit == "ratio":
        return f"{value:,.2f}"
    if unit == "0-20":
        return f"{value:.2f}" if difference else f"{value:.1f}"
    return f"{value:,.1f}"


def _scale(together: tuple[float, ...] | list[float]) -> tuple[float, str]:
    largest = max(abs(one) for one in together)
    # what is rounded up to a thousand of a unit is said in the next one
    return next((pair for pair in _SCALES if largest >= pair[0] * (0.9995 if pair[0] > 1.0 else 1.0)), _SCALES[-1])


def _after(unit: str, together: tuple[float, ...] | list[float], difference: bool) -> str:
    if unit in ("share", "1/month"):
        return (" pts" if difference else " %") + ("/month" if unit == "1/month" else "")
    if unit.startswith("currency"):
        return _scale(together)[1]
    if unit in ("months", "days"):
        return f" {unit}"
    return ""


def percent(share: float | None) -> str:
    """A share in whole percent: 34 %, −5 %."""
    return NONE if share is None else f"{_minus(f'{100 * share:.0f}')} %"


def _signed(text: str) -> str:
    return _minus(text) if text.startswith("-") or not text.strip("0.,") else "+" + text


def _minus(text: str) -> str:
    """A number with the sign that print has; what is rounded to zero has none."""
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", MINUS)
