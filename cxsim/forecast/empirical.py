"""The observed curve itself, and the latest loss rate beyond it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsim.forecast.curves import Reals
from cxsim.forecast.observed import Observed

LATEST = 4


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """Kaplan and Meier's curve; beyond its end the loss rate of its last quarter goes on.

    Attributes
    ----------
    known : float array, shape (T + 1,)
        The curve.
    at_risk, lost : float
        Of its last quarter.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.
    """

    known: Reals
    at_risk: float
    lost: float

    @classmethod
    def of(cls, seen: Observed) -> KaplanMeier:
        """From a cohort."""
        latest = max(1, seen.periods // LATEST)
        return cls(seen.survival, float(seen.at_risk[-latest:].sum()), float(seen.lost[-latest:].sum()))

    def survival(self, ages: Reals) -> Reals:
        """S(t) at ages, shape (T,)."""
        return np.asarray(np.exp(self._logs(ages, np.array([1.0 - self.lost / max(self.at_risk, 1e-9)]))[0]))

    def parameters(self) -> dict[str, float]:
        """The loss rate that goes on, as `theta`."""
        return {"theta": self.lost / max(self.at_risk, 1e-9)}

    def possible(self, ages: Reals, n: int, rng: np.random.Generator) -> Reals:
        """Ln S(t) of n curves that the data leave possible, shape (n, ages): the rate from its beta distribution."""
        stays = 1.0 - rng.beta(self.lost + 0.5, max(self.at_risk - self.lost, 0.0) + 0.5, n)
        return self._logs(ages, stays)

    def _logs(self, ages: Reals, stays: Reals) -> Reals:
        last = len(self.known) - 1
        base = np.log(np.maximum(self.known[np.minimum(ages, last).astype(np.int64)], 1e-300))
        further = np.log(np.maximum(stays, 1e-300))[:, None] * np.maximum(ages - last, 0.0)
        return np.asarray(base + further)
