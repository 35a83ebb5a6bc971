"""Distributions by inversion: one uniform or normal draw in, one quantity out."""

from __future__ import annotations

import math

from cxsim.rules.law import law


@law
def exponential(mean: float, u: float) -> float:
    """An exponential quantity with a mean, in the mean's unit: −mean·ln(1 − u), u in (0, 1).

    Of a draw, which is an odd multiple of 2⁻⁵³, 1 − u is exact, so that nothing is lost to rounding before the
    logarithm.
    """
    return -mean * math.log(1.0 - u)


@law
def lognormal(median: float, sigma: float, z: float) -> float:
    """A lognormal quantity, in the median's unit: median·exp(σ·z), z standard normal."""
    return median * math.exp(sigma * z)


@law
def happens(chance: float, u: float) -> bool:
    """Does something with a chance in [0, 1] happen, u in (0, 1)?"""
    return u < chance


@law
def elapsed(now: float, then: float) -> float:
    """Time gone by [months]."""
    return now - then
