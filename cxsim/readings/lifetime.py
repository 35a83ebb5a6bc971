"""What a customer is worth who stays with the same chance every period: closed forms, each with its convention."""

from __future__ import annotations

import math
from typing import Final

from cxsim.errors import Faults

AT_THE_END: Final = "end of period"
AT_THE_BEGINNING: Final = "beginning of period"
IN_ARREARS: Final = "in arrears"
CONVENTIONS: Final = (AT_THE_END, AT_THE_BEGINNING, IN_ARREARS)


def lifetime_value(
    margin: float,
    *,
    retention: float,
    discount_rate: float,
    convention: str = AT_THE_END,
    periods: int | None = None,
) -> float:
    """Present value of a customer's margins, with a constant chance of staying.

    Parameters
    ----------
    margin : float
        Earned in each period in which the customer is there [currency/period].
    retention : float
        Chance to stay on for another period, in [0, 1] [share].
    discount_rate : float
        Of one period, 0 or more [1/period].
    convention : {"end of period", "beginning of period", "in arrears"}
        When a margin is earned, and by whom; see Notes.
    periods : int, optional
        How many margins are counted; all that will ever come unless given.

    Returns
    -------
    float
        In the currency of the margin, before the cost of winning the customer.

    Raises
    ------
    InputError
        If a number is out of range, there is no such convention, or nothing makes an endless sum finite.

    Notes
    -----
    With margin m, retention r and discount rate i, all periods counted:

    - "end of period": Σ_{t=1…} m·rᵗ/(1 + i)ᵗ = m·r/(1 + i − r). The first margin comes a period from now, from those
      still there then: what an existing customer is worth just after paying. Gupta, Lehmann & Stuart.
    - "beginning of period": Σ_{t=0…} m·rᵗ/(1 + i)ᵗ = m·(1 + i)/(1 + i − r). The first margin is earned at once, for
      sure: what a new customer is worth who pays in advance. It is m more than the first.
    - "in arrears": Σ_{t=1…} m·rᵗ⁻¹/(1 + i)ᵗ = m/(1 + i − r). The first margin is for sure, at the end of the first
      period. It is the second discounted by one period.

    n periods are the endless sum times 1 − (r/(1 + i))ⁿ.

    References
    ----------
    Gupta, Lehmann & Stuart 2004, doi:10.1509/jmkr.41.1.7.25084, whose example is 100 · 0.8/(1 + 0.12 − 0.8) = 250.
    The three side by side: Fader & Hardie 2012, http://brucehardie.com/notes/024/.

    Examples
    --------
    >>> round(lifetime_value(100, retention=0.8, discount_rate=0.12), 2)
    250.0
    """
    faults = Faults()
    if not math.isfinite(margin):
        faults.add("margin", f"{margin!r} is not a finite number")
    if not 0.0 <= retention <= 1.0:
        faults.add("retention", f"{retention!r} is outside 0 to 1 (share)")
    if not 0.0 <= discount_rate < math.inf:
        faults.add("discount_rate", f"{discount_rate!r} is not 0 or more (1/period)")
    if convention not in CONVENTIONS:
        faults.unknown(f"convention {convention!r}", convention, CONVENTIONS, "convention")
    if periods is not None and (isinstance(periods, bool) or not isinstance(periods, int) or periods < 0):
        faults.add("periods", f"{periods!r} is not a whole number of 0 or more")
    if retention == 1.0 and discount_rate == 0.0 and periods is None:
        faults.add("retention", "1 without discounting has no finite value; give periods")
    faults.stop_if_any()
    first = {AT_THE_END: retention, AT_THE_BEGINNING: 1.0 + discount_rate, IN_ARREARS: 1.0}[convention]
    factor = retention / (1.0 + discount_rate)
    if factor == 1.0:
        return float(margin * (periods or 0))
    counted = 1.0 if periods is None else 1.0 - factor**periods
    return float(margin * first / (1.0 + discount_rate - retention) * counted)
