"""Luck has an address, not a history.

`uniform(seed, replication, branch, account, purpose, index)` is the same number whenever, wherever and by whomever
it is asked for, so a lever that reaches one account cannot reshuffle the luck of another.

References
----------
Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3 (Philox4x32-10),
doi:10.1145/2063384.2063405. Wichura 1988, Algorithm AS 241, doi:10.2307/2347330 (normal quantiles).
Why addresses and not streams: docs/design.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np

_M0: Final = np.uint64(0xD2511F53)
_M1: Final = np.uint64(0xCD9E8D57)
_W0: Final = np.uint64(0x9E3779B9)
_W1: Final = np.uint64(0xBB67AE85)
_LOW: Final = np.uint64(0xFFFFFFFF)
_32: Final = np.uint64(32)
_SIGN: Final = np.int64(0xFFFFFFFF)

BRANCHES: Final = 1 << 24  # they stand in the upper bits of the purpose's word

# One purpose for each decision. A number, once used, keeps its meaning; new ones go to the end. Nothing in the package
# draws for the purposes `own_…`: they are for processes of the user's.
PURPOSES: Final = (
    "arrival", "referral_arrival", "mrr", "term", "touch", "fit", "promise", "frailty",
    "acceptance", "coverage", "buying_quality", "kick_off_quality", "milestone_duration", "milestone_quality",
    "go_live_quality", "onboarding_patience", "onboarding_give_up",
    "usage", "product_quality", "champion", "champion_promoted", "observation",
    "ticket_clock", "ticket_accepted", "ticket_work", "ticket_quality", "ticket_patience", "ticket_solved",
    "ticket_digital", "ticket_difficulty",
    "check_in_work", "check_in_quality", "outreach_work", "outreach_quality", "rescue",
    "talk_work", "talk_quality", "survey_answered", "survey_noise", "seen",
    "outage_clock", "outage_reach", "outage_quality",
    "expansion", "expansion_size", "contraction", "contraction_size", "purchase", "purchase_size", "seats",
    "resistance", "recovery", "billing_quality",
    "win_back", "win_back_delay", "win_back_success", "attrition", "digital_solved", "outage_accepted",
    "own_1", "own_2", "own_3",
)  # fmt: skip
(
    ARRIVAL, REFERRAL_ARRIVAL, MRR, TERM, TOUCH, FIT, PROMISE, FRAILTY,
    ACCEPTANCE, COVERAGE, BUYING_QUALITY, KICK_OFF_QUALITY, MILESTONE_DURATION, MILESTONE_QUALITY,
    GO_LIVE_QUALITY, ONBOARDING_PATIENCE, ONBOARDING_GIVE_UP,
    USAGE, PRODUCT_QUALITY, CHAMPION, CHAMPION_PROMOTED, OBSERVATION,
    TICKET_CLOCK, TICKET_ACCEPTED, TICKET_WORK, TICKET_QUALITY, TICKET_PATIENCE, TICKET_SOLVED,
    TICKET_DIGITAL, TICKET_DIFFICULTY,
    CHECK_IN_WORK, CHECK_IN_QUALITY, OUTREACH_WORK, OUTREACH_QUALITY, RESCUE,
    TALK_WORK, TALK_QUALITY, SURVEY_ANSWERED, SURVEY_NOISE, SEEN,
    OUTAGE_CLOCK, OUTAGE_REACH, OUTAGE_QUALITY,
    EXPANSION, EXPANSION_SIZE, CONTRACTION, CONTRACTION_SIZE, PURCHASE, PURCHASE_SIZE, SEATS,
    RESISTANCE, RECOVERY, BILLING_QUALITY,
    WIN_BACK, WIN_BACK_DELAY, WIN_BACK_SUCCESS, ATTRITION, DIGITAL_SOLVED, OUTAGE_ACCEPTED,
    OWN_1, OWN_2, OWN_3,
) = range(len(PURPOSES))  # fmt: skip


@numba.njit(cache=True)
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Ten rounds of Philox4x32.

    Parameters
    ----------
    c0, c1, c2, c3 : uint64
        The counter, 32 bits in each.
    k0, k1 : uint64
        The key, 32 bits in each.

    Returns
    -------
    tuple of four uint64
        32 random bits in each.
    """
    for _ in range(10):
        product0 = _M0 * c0
        product1 = _M1 * c2
        c0, c1, c2, c3 = (product1 >> _32) ^ c1 ^ k0, product1 & _LOW, (product0 >> _32) ^ c3 ^ k1, product0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@numba.njit("float64(int64, int64, int64, int64, int64, int64)", cache=True)
def _uniform(seed, replication, branch, account, purpose, index):  # type: ignore[no-untyped-def]
    a, b, _, _ = philox4x32(
        np.uint64(index & _SIGN),
        np.uint64(account & _SIGN),
        np.uint64((purpose | (branch << 8)) & _SIGN),
        np.uint64(replication & _SIGN),
        np.uint64(seed & _SIGN),
        np.uint64((seed >> 32) & _SIGN),
    )
    # 52 bits in the middle of their cell, so that neither 0 nor 1 can come out
    return (np.float64((a >> np.uint64(6)) * np.uint64(67108864) + (b >> np.uint64(6))) + 0.5) / 4503599627370496.0


def uniform(seed: int, replication: int, branch: int, account: int, purpose: int, index: int) -> float:
    """The uniform number in (0, 1) at an address.

    Parameters
    ----------
    seed : int
        Any integer from 0 to 2**63 - 1.
    replication : int
        From 0 to 2**32 - 1.
    branch : int
        0 for what happens; 1 to 2**24 - 1 for what might have happened after a fork.
    account : int
        Account number; negative for what belongs to the company.
    purpose : int
        One of the constants of this module.
    index : int
        Which of the account's draws for that purpose.

    Returns
    -------
    float
        One of the 2**52 midpoints of equal cells of (0, 1).
    """
    return float(_uniform(seed, replication, branch, account, purpose, index))


@numba.njit("float64(float64)", cache=True)
def _normal(u):  # type: ignore[no-untyped-def]
    q = u - 0.5
    if abs(q) <= 0.425:
        # the polynomials in pairs of terms, which a processor reckons side by side
        r = 0.180625 - q * q
        r2 = r * r
        r4 = r2 * r2
        return q * (
            ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r2
            + (6.7265770927008700853e4 * r + 4.5921953931549871457e4)) * r4
            + ((1.3731693765509461125e4 * r + 1.9715909503065514427e3) * r2
            + (1.3314166789178437745e2 * r + 3.3871328727963666080e0))) / (
            ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r2
            + (3.9307895800092710610e4 * r + 2.1213794301586595867e4)) * r4
            + ((5.3941960214247511077e3 * r + 6.8718700749205790830e2) * r2
            + (4.2313330701600911252e1 * r + 1.0)))  # fmt: skip
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r = r - 1.6
        z = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
            + 4.63033784615654529590e0) * r + 1.42343711074968357734e0) / (
            ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
            + 2.05319162663775882187e0) * r + 1.0)  # fmt: skip
    else:
        r = r - 5.0
        z = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
            + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0) / (
            ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
            + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0)  # fmt: skip
    return -z if q < 0.0 else z


def normal(u: float) -> float:
    """Standard normal quantile of a uniform `u` in (0, 1) by AS 241 (PPND16), accurate to about 1e-16 relative."""
    return float(_normal(u))


@dataclass(frozen=True, slots=True)
class Fork:
    """A moment from which on luck is dealt afresh: everything before it is as it was.

    Attributes
    ----------
    at : float
        Months from month 0, from 0 up to but not at the horizon.
    branch : int
        Which of the futures, 1 to 2**24 - 1.
    """

    at: float
    branch: int


class Luck:
    """The draws of one replication: `u(account, purpose, index)` and `z(…)`.

    Attributes
    ----------
    seed, replication, branch : int
    """

    __slots__ = ("branch", "replication", "seed")

    def __init__(self, seed: int, replication: int, branch: int = 0) -> None:
        self.seed, self.replication, self.branch = seed, replication, branch

    def branched(self, fork: Fork) -> Luck:
        """The luck of the same seed and replication after a fork."""
        return Luck(self.seed, self.replication, fork.branch)

    def u(self, account: int, purpose: int, index: int) -> float:
        """Uniform in (0, 1)."""
        return _uniform(self.seed, self.replication, self.branch, account, purpose, index)  # type: ignore[no-any-return]

    def z(self, account: int, purpose: int, index: int) -> float:
        """Standard normal."""
        return _normal(_uniform(self.seed, self.replication, self.branch, account, purpose, index))  # type: ignore[no-any-return]


def index_of(life: int, number: int) -> int:
    """Index of the `number`-th draw of a purpose in an account's `life`-th stay (it may leave and come back)."""
    return life << 20 | number


def point_of(cause: int, number: int) -> int:
    """Index of the `number`-th point of a cause's Poisson process."""
    return number << 3 | cause


def stay_of(index: int) -> int:
    """Stay that an index of `index_of` belongs to."""
    return index >> 20


def number_in_stay(index: int) -> int:
    """Number within its stay of an index of `index_of`."""
    return index & 0xFFFFF


def cause_of(point: int) -> int:
    """Cause of a point of `point_of`."""
    return point & 7


def number_of(point: int) -> int:
    """Number of a point of `point_of`."""
    return point >> 3


def index_of_moment(kind: int, life: int, number: int) -> int:
    """Index of the draw that decides whether the company sees a moment."""
    return kind << 25 | index_of(life, number)
