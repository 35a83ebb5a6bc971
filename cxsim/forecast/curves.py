"""The families of retention curves: how many of a cohort's customers are still there after each period.

Each family is one function of free coordinates (any real number), so that a search and a sampler need no bounds of
their own, and a pair of functions that turn coordinates into the parameters of the literature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln

Reals = npt.NDArray[np.float64]

# coordinates outside are not told apart by any data: a first-period loss below 5 in a million, α + β below 0.001
# (everybody leaves at once or never) or above a million (everybody is alike), c below 0.1 or above 6; of two classes,
# odds of leaving that differ by less than 2 % or by more than e¹², or one of less than a thousandth of the customers
LOSS_BOUNDS: Final = (-12.2, 12.2)
SPREAD_BOUNDS: Final = (-13.8, 6.9)
AGEING_BOUNDS: Final = (-2.3, 1.8)
APART_BOUNDS: Final = (-4.0, 2.5)
SHARE_BOUNDS: Final = (-7.0, 7.0)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of retention curves.

    Attributes
    ----------
    name : str
        As `model` names it.
    title : str
        As a reader knows it.
    parameters : tuple of str
        Names of the parameters of the literature.
    bounds : tuple of (float, float)
        Of each free coordinate.
    log_survival : callable
        ln S(t) of coordinates, shape (n, k), at times, shape (T,): shape (n, T).
    slopes : callable
        Its derivatives by the coordinates for one point, shape (k,): shape (k, T).
    natural : callable
        The literature's parameters of one point, shape (k,).
    """

    name: str
    title: str
    parameters: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    log_survival: Callable[[Reals, Reals], Reals]
    slopes: Callable[[Reals, Reals], Reals]
    natural: Callable[[Reals], tuple[float, ...]]


def _log_stay(logit: Reals) -> Reals:
    """ln(1 − expit(x)), exact far out."""
    return -np.logaddexp(0.0, logit)


def _geometric(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = t·ln(1 − θ)."""
    return _log_stay(x[:, :1]) * t


def _geometric_slopes(x: Reals, t: Reals) -> Reals:
    return np.asarray([-expit(x[0]) * t])


def _weibull(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = t^c·ln(1 − θ)."""
    return _log_stay(x[:, :1]) * t ** np.exp(x[:, 1:2])


def _weibull_slopes(x: Reals, t: Reals) -> Reals:
    c = np.exp(x[1])
    power = t**c
    return np.asarray([-expit(x[0]) * power, _log_stay(x[0]) * power * c * _log(t)])


def _log(t: Reals) -> Reals:
    """Ln t, and 0 at t = 0, where t^c is 0 whatever c is."""
    return np.log(np.where(t > 0.0, t, 1.0))


def _alpha_beta(x: Reals) -> tuple[Reals, Reals]:
    """α and β of mean loss expit(x₀) and of α + β = exp(−x₁)."""
    total = np.exp(-x[..., 1])
    return total * expit(x[..., 0]), total * expit(-x[..., 0])


def _log_ratio(alpha: Reals, beta: Reals, power: Reals) -> Reals:
    """Ln B(α, β + x)/B(α, β)."""
    return gammaln(beta + power) - gammaln(beta) + gammaln(alpha + beta) - gammaln(alpha + beta + power)


def _bdw(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = ln B(α, β + t^c)/B(α, β)."""
    alpha, beta = _alpha_beta(x)
    return _log_ratio(alpha[:, None], beta[:, None], t ** np.exp(x[:, 2:3]))


def _bdw_slopes(x: Reals, t: Reals) -> Reals:
    alpha, beta = _alpha_beta(x)
    c = np.exp(x[2])
    power = t**c
    together = digamma(alpha + beta) - digamma(alpha + beta + power)
    by_beta = digamma(beta + power) - digamma(beta) + together
    by_power = digamma(beta + power) - digamma(alpha + beta + power)
    tilt = (alpha + beta) * expit(x[0]) * expit(-x[0])
    return np.asarray([
        tilt * (together - by_beta), -(alpha * together + beta * by_beta), by_power * power * c * _log(t),
    ])  # fmt: skip


def _sbg(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = ln B(α, β + t)/B(α, β)."""
    alpha, beta = _alpha_beta(x)
    return _log_ratio(alpha[:, None], beta[:, None], t)


def _sbg_slopes(x: Reals, t: Reals) -> Reals:
    return _bdw_slopes(np.append(x, 0.0), t)[:2]


def _first(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = ln(1 − x) + ln B(α, β + t − 1)/B(α, β), t ≥ 1."""
    return _log_stay(x[:, :1]) * (t >= 1.0) + _sbg(x[:, 1:], np.maximum(t - 1.0, 0.0))


def _first_slopes(x: Reals, t: Reals) -> Reals:
    return np.vstack((-expit(x[0]) * (t >= 1.0), _sbg_slopes(x[1:], np.maximum(t - 1.0, 0.0))))


def _log_classes(x: Reals, t: Reals) -> tuple[Reals, Reals]:
    """Ln of each class's part of S(t): those who leave sooner, those who stay longer."""
    sooner, longer = x[:, :1], x[:, :1] - np.exp(x[:, 1:2])
    return _log_stay(-x[:, 2:3]) + t * _log_stay(sooner), _log_stay(x[:, 2:3]) + t * _log_stay(longer)


def _classes(x: Reals, t: Reals) -> Reals:
    """Ln S(t) = ln(p·(1 − θ₁)^t + (1 − p)·(1 − θ₂)^t), θ₁ > θ₂."""
    return np.logaddexp(*_log_classes(x, t))


def _classes_slopes(x: Reals, t: Reals) -> Reals:
    one, other = (part[0] for part in _log_classes(x[None, :], t))
    among = expit(one - other)  # share of the first class among those still there
    apart, share = np.exp(x[1]), expit(x[2])
    first, second = -t * expit(x[0]) * among, -t * expit(x[0] - apart) * (1.0 - among)
    return np.asarray([first + second, -apart * second, among - share])


def _theta(x: Reals) -> tuple[float, ...]:
    return (float(expit(x[0])),)


def _theta_c(x: Reals) -> tuple[float, ...]:
    return float(expit(x[0])), float(np.exp(x[1]))


def _thetas_share(x: Reals) -> tuple[float, ...]:
    return float(expit(x[0])), float(expit(x[0] - np.exp(x[1]))), float(expit(x[2]))


def _two(x: Reals) -> tuple[float, ...]:
    alpha, beta = _alpha_beta(x)
    return float(alpha), float(beta)


def _first_two(x: Reals) -> tuple[float, ...]:
    return (float(expit(x[0])), *_two(x[1:]))


def _three(x: Reals) -> tuple[float, ...]:
    return (*_two(x), float(np.exp(x[2])))


#: Families by name. θ is the chance of leaving at the end of a period.
#: - Geometric: the same for all, always.
#: - Discrete Weibull (Nakagawa & Osaki 1975, doi:10.1109/TR.1975.5214915): the same for all; it falls (c < 1) or rises.
#: - sBG: each customer has his own θ from a beta distribution, and keeps it (Fader & Hardie 2007,
#:   doi:10.1002/dir.20074).
#: - BdW: both (Fader, Hardie, Liu, Davin & Steenburgh 2018, doi:10.1016/j.intmar.2018.01.002).
#: - Two classes: a share p leaves with θ₁, the others with θ₂ < θ₁.
#: - First period apart: a trial, a honeymoon or a first term loses a share of its own, then sBG.
FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        Family("geometric", "geometric", ("theta",), (LOSS_BOUNDS,), _geometric, _geometric_slopes, _theta),
        Family("dw", "discrete Weibull", ("theta", "c"), (LOSS_BOUNDS, AGEING_BOUNDS), _weibull, _weibull_slopes,
               _theta_c),
        Family("sbg", "shifted-beta-geometric", ("alpha", "beta"), (LOSS_BOUNDS, SPREAD_BOUNDS), _sbg, _sbg_slopes,
               _two),
        Family("bdw", "beta-discrete-Weibull", ("alpha", "beta", "c"), (LOSS_BOUNDS, SPREAD_BOUNDS, AGEING_BOUNDS),
               _bdw, _bdw_slopes, _three),
        Family("two-class", "two classes", ("theta_1", "theta_2", "share_1"),
               (LOSS_BOUNDS, APART_BOUNDS, SHARE_BOUNDS), _classes, _classes_slopes, _thetas_share),
        Family("sbg-first", "first period apart, then sBG", ("first", "alpha", "beta"),
               (LOSS_BOUNDS, LOSS_BOUNDS, SPREAD_BOUNDS), _first, _first_slopes, _first_two),
    )
}  # fmt: skip
