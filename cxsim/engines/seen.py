"""What the company can see of an account at a review; all that a policy may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """One account as its company sees it.

    Attributes
    ----------
    account : int
    time : float
        Months since month 0.
    segment : str
    mrr : int
        Cents a month.
    month : int
        Reviews of the present stay so far.
    observed_health, observed_trend : float
        0-20, and its change over three reviews.
    band : str
        Of the observed health: red, amber or green.
    usage : float
        As reports show it, share of full usage.
    months_to_renewal : int
    months_since_contact : float
    open_tickets : int
    """

    account: int
    time: float
    segment: str
    mrr: int
    month: int
    observed_health: float
    observed_trend: float
    band: str
    usage: float
    months_to_renewal: int
    months_since_contact: float
    open_tickets: int
