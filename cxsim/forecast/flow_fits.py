"""From a company's table to the retention curves that it leaves possible."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsim.errors import InputError, did_you_mean, shown
from cxsim.forecast.ages import LEAST_RATE, ages, deviations
from cxsim.forecast.curves import FAMILIES, Reals
from cxsim.forecast.flow_futures import FlowFit
from cxsim.forecast.flows import LEAST, Flows
from cxsim.forecast.intervals import PRIORS, Plausible, explored
from cxsim.forecast.shocks import Shocks, shocks

FLOW_MODELS: Final = ("auto", *FAMILIES)
LEVEL_WIDTH: Final = 1.5  # of the prior of ln odds of leaving: the level is left to the table
WORTH: Final = 0.01  # kinds of shocks less likely than this part of the likeliest are left aside


def _prior(name: str, rate: float) -> tuple[Reals, Reals]:
    """Means and widths: levels from the table's overall rate, shapes as of cohorts."""
    middle, width = (np.array(column) for column in zip(*PRIORS[name], strict=True))
    levels = 2 if name == "sbg-first" else 1
    middle[:levels], width[:levels] = np.log(rate / (1.0 - rate)), LEVEL_WIDTH
    return middle, width


def fit_flows(table: Flows, *, model: str = "auto", periods: int | None = None, seed: int = 0) -> FlowFit:
    """Fit retention curves to a company's table without cohorts.

    Parameters
    ----------
    table : Flows
        Of `flows`.
    model : str
        "auto" (all families, each as far as the table makes it likely) or one family: "geometric", "dw", "sbg", "bdw",
        "two-class", "sbg-first".
    periods : int, optional
        Fit on the first so many periods only.
    seed : int
        Luck of the bounds.

    Returns
    -------
    FlowFit
        `.project(horizon)`, `.curve(ages)`, `.weights`, `.dispersion`.

    Raises
    ------
    InputError
        If there is no such model, or too few periods.

    Notes
    -----
    Expected losses of a period: who was there × the rate of loss that the curve gives for their ages (`ages`). The
    relative deviation is normal with the luck of single customers plus shocks common to all (`shocks`): their spread is
    estimated, with what is left of a shock a period later and with seasons. Priors of the curves' shapes are those of
    `cxsim.forecast.intervals`; the level is left to the table. Families are weighed by their evidence, equal before.

    References
    ----------
    McCarthy, Fader & Hardie 2017, Valuing Subscription-Based Businesses Using Publicly Disclosed Customer Data, Journal
    of Marketing 81(1), doi:10.1509/jm.15.0519: a retention curve from additions, losses and ends. Its model has
    covariates and other noise.
    """
    if model not in FLOW_MODELS:
        raise InputError(
            f"model {shown(model)}: must be one of {', '.join(FLOW_MODELS)}.{did_you_mean(str(model), FLOW_MODELS)}"
        )
    if periods is not None:
        least = max(LEAST, 2 * table.season if table.season > 1 else LEAST)
        if not least <= periods <= table.periods:
            raise InputError(f"periods {shown(periods)}: must be a whole number from {least} to {table.periods}")
        table = table.first(periods)
    names = tuple(FAMILIES) if model == "auto" else (model,)
    seen = table.starts > 0
    rate = float(np.clip(table.losses[seen].sum() / table.starts[seen].sum(), 1e-6, 0.95))
    luck = (1.0 - rate) / (table.starts[seen] * rate * table.unit)
    every = shocks(np.flatnonzero(seen).astype(np.float64), luck, table.season)
    modes = {name: _mode(name, table, rate, luck) for name in names}
    tops = [every.densities(_expected(name, mode[None], table)[0])[0] for name, mode in modes.items()]
    worth = np.max([top - max(t.max() for t in tops) for top in tops], axis=0)
    kinds = every.kept(np.flatnonzero(worth > np.log(WORTH)).tolist())
    rng = np.random.default_rng([seed, 1])
    possible = {name: _possible(name, mode, table, rate, kinds, rng) for name, mode in modes.items()}
    best = max(one.log_evidence for one in possible.values())
    raw = {name: float(np.exp(one.log_evidence - best)) for name, one in possible.items()}
    return FlowFit(model, table, possible, {n: v / sum(raw.values()) for n, v in raw.items()}, kinds, seed)


def _expected(name: str, x: Reals, table: Flows) -> tuple[Reals, Reals]:
    """Relative deviations, shape (n, T), and the sum of ln expected losses, shape (n,)."""
    rates = ages(FAMILIES[name], x, table).rates(table.additions)
    off, seen = deviations(table, rates)
    return off, np.log(np.maximum(rates[:, seen], LEAST_RATE)).sum(axis=1)


def _possible(name: str, mode: Reals, table: Flows, rate: float, kinds: Shocks, rng: np.random.Generator) -> Plausible:
    """Curves of a family that the table leaves possible."""
    middle, width = _prior(name, rate)
    low, high = np.asarray(FAMILIES[name].bounds).T

    def target(x: Reals) -> Reals:
        inside = ((x >= low) & (x <= high)).all(axis=1)
        off, logs = _expected(name, np.clip(x, low, high), table)
        densities = kinds.densities(off)
        most = densities.max(axis=1)
        value = most + np.log(np.exp(densities - most[:, None]).sum(axis=1)) - logs
        value += -0.5 * (((x - middle) / width) ** 2 + np.log(2.0 * np.pi * width**2)).sum(axis=1)
        return np.where(inside, value, -np.inf)

    return explored(target, mode, np.diag((0.4 * width) ** 2), width, rng)


def _mode(name: str, table: Flows, rate: float, luck: Reals) -> Reals:
    """A good curve of a family, with deviations of each period taken as apart from the others'."""
    from scipy.optimize import least_squares

    middle, width = _prior(name, rate)
    low, high = np.asarray(FAMILIES[name].bounds).T
    scale = np.sqrt(0.05**2 + luck)

    def residuals(x: Reals) -> Reals:
        rates = ages(FAMILIES[name], x[None], table).rates(table.additions)[0]
        seen = table.starts > 0
        off = np.log((table.losses[seen] + 0.5 / table.unit) / (table.starts[seen] * np.maximum(rates[seen], LEAST_RATE)
                                                                + 0.5 / table.unit))  # fmt: skip
        return np.concatenate((off / scale, (x - middle) / width))

    found = least_squares(residuals, np.clip(middle, low + 1e-3, high - 1e-3), bounds=(low, high), max_nfev=60)
    return np.asarray(found.x, dtype=np.float64)
