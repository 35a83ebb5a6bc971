"""A rule of weights with its constants, and the constants that serve some cohorts best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from members import Members, Reals
from scipy.optimize import minimize

from cxsim.forecast.curves import FAMILIES

WORST = -60.0  # evidence so far below the best is none
RIDGE = 0.0002  # pulls constants that hardly matter towards where they start
SMALL = 0.01  # errors far below one point are as good as none


@dataclass(frozen=True, slots=True)
class Structure:
    """What a rule weighs and how.

    Attributes
    ----------
    families : tuple of int
        Places in FAMILIES, two or more.
    penalised : bool
        Members at the maximum of likelihood times prior, with Laplace's evidence; else of the likelihood, less one for
        each parameter (Akaike).
    evidence, constants, skill : bool
        Whether the factor of the evidence is free (1 if not), each family has a constant of its own (0 if not), and
        the error of rolling forecasts has a factor (0 if not).
    logs : bool
        Mean of ln survival; else of survival.
    number : str
        Percentages weigh as those of "a thousand" customers; of a number that is the same for all tables and free
        ("another"); or of a number that is "unknown" between 1,000 and 300,000, each as likely in the logarithm.
    """

    families: tuple[int, ...]
    penalised: bool
    evidence: bool
    constants: bool
    skill: bool
    logs: bool
    number: str = "a thousand"

    @property
    def size(self) -> int:
        """Families, free constants, and one each for priors, the mean of logarithms, and a number of customers."""
        other = self.number != "a thousand"
        return len(self.families) + self.free - (self.number == "another") + self.penalised + self.logs + other

    @property
    def free(self) -> int:
        """How many constants are free."""
        constants = (len(self.families) - 1) * self.constants
        return self.evidence + self.skill + constants + (self.number == "another")


def split(rule: Structure, x: Reals) -> tuple[float, float, Reals, float]:
    """The factors of the evidence, of the rolling error, the families' constants (the last is 0), and of the number."""
    rest = list(x)
    a = float(np.exp(rest.pop(0))) if rule.evidence else 1.0
    g = float(np.exp(rest.pop(0))) if rule.skill else 0.0
    more = float(np.exp(rest.pop())) if rule.number == "another" else 1.0
    return a, g, np.array([*(rest if rule.constants else [0.0] * (len(rule.families) - 1)), 0.0]), more


class Fold:
    """Cohorts as one rule sees them."""

    def __init__(self, rule: Structure, seen: Members) -> None:
        pick = list(rule.families)
        self.rule = rule
        self.percent = np.isfinite(seen.unknown[:, 0])
        self.size = np.array([len(family.bounds) for family in FAMILIES.values()], dtype=np.float64)[pick]
        self.raw, self.squares, self.luck = seen.evidence[:, pick], seen.errors[:, pick], seen.luck
        if rule.number == "unknown":
            self.raw = np.where(self.percent[:, None], seen.unknown[:, pick], self.raw)
            self.luck = seen.luck / seen.likely
        told = np.isfinite(seen.truth)
        self.share = told / told.sum(axis=1, keepdims=True)
        logs = np.where(told[:, None, :], seen.logs[:, pick], 0.0)
        ratio = np.log(np.where(told, seen.truth, 1.0))[:, None, :]
        self.logs = logs - ratio
        self.ratios = np.exp(self.logs)
        counts = np.bincount(seen.kinds, minlength=seen.kinds.max() + 1)
        self.equal = 1.0 / (counts[seen.kinds] * (counts > 0).sum())  # each kind counts the same

    def terms(self, more: float) -> tuple[Reals, Reals]:
        """Evidence less the best, and ln rolling error, at so many times the customers behind percentages."""
        raw, luck = self.raw, self.luck
        if more != 1.0:
            raw = np.where(self.percent[:, None], more * (raw + self.size) - self.size, raw)
            luck = np.where(self.percent, luck / more, luck)
        evidence = np.maximum(raw - raw.max(axis=1, keepdims=True), WORST)
        return evidence, 0.5 * np.log(self.squares + luck[:, None])

    def weights(self, x: Reals) -> Reals:
        """Shape (n, families)."""
        a, g, prior, more = split(self.rule, x)
        evidence, errors = self.terms(more)
        logs = prior + a * evidence - g * errors
        raw = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(raw / raw.sum(axis=1, keepdims=True))

    def scored(self, weight: Reals) -> tuple[Reals, Reals]:
        """Forecast over truth, shape (n, T), and the mean absolute relative error of each cohort, shape (n,)."""
        over = np.einsum("ij,ijk->ik", weight, self.logs if self.rule.logs else self.ratios)
        over = np.exp(over) if self.rule.logs else over
        return over, (self.share * np.abs(over - 1.0)).sum(axis=1)

    def score(self, x: Reals) -> Reals:
        """Ln(error + 1 %) of each cohort."""
        return np.log(self.scored(self.weights(x))[1] + SMALL)

    def cost(self, x: Reals) -> tuple[float, Reals]:
        """Mean score, kinds alike, and its slopes."""
        a, g, _, more = split(self.rule, x)
        evidence, errors = self.terms(more)
        weight = self.weights(x)
        over, error = self.scored(weight)
        pull = (self.equal / (error + SMALL))[:, None] * self.share * np.sign(over - 1.0)
        by_weight = (
            np.einsum("ik,ijk->ij", pull * over, self.logs) if self.rule.logs
            else np.einsum("ik,ijk->ij", pull, self.ratios)
        )  # fmt: skip
        by_log = weight * (by_weight - (weight * by_weight).sum(axis=1, keepdims=True))
        slopes = []
        if self.rule.evidence:
            slopes.append(a * float((by_log * evidence).sum()))
        if self.rule.skill:
            slopes.append(-g * float((by_log * errors).sum()))
        if self.rule.constants:
            slopes += by_log.sum(axis=0)[:-1].tolist()
        if self.rule.number == "another":
            fewer = self.luck[:, None] / more
            by_more = a * more * (self.raw + self.size) + 0.5 * g * fewer / (self.squares + fewer)
            slopes.append(float((by_log * np.where(evidence > WORST, by_more, 0.0))[self.percent].sum()))
        value = float(self.equal @ np.log(error + SMALL)) + RIDGE * float(x @ x)
        return value, np.array(slopes) + 2.0 * RIDGE * x


def best(rule: Structure, seen: Members) -> npt.NDArray[np.float64]:
    """The constants of the least cost."""
    fold = Fold(rule, seen)
    free = rule.free
    if not free:
        return np.empty(0)
    starts = [np.zeros(free)] + ([np.where(np.arange(free) == rule.evidence, 1.2, 0.0)] if rule.skill else [])
    tried = [
        minimize(
            fold.cost, start, jac=True, method="L-BFGS-B", bounds=[(-4.0, 4.0)] * free,
            options={"maxiter": 40, "ftol": 1e-6},
        )
        for start in starts
    ]  # fmt: skip
    return np.asarray(min(tried, key=lambda found: float(found.fun)).x)
