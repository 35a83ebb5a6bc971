"""What is it worth to know more before deciding? The expected value of perfect information on parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import Faults, InputError, shown
from cxsim.readings.registry import OUTCOMES
from cxsim.studies import quantities as q
from cxsim.studies.answers import known
from cxsim.studies.branches import Z_95
from cxsim.studies.draws import EDGE
from cxsim.studies.pairs import Reals
from cxsim.studies.smoothing import NONE, Shape, Smooth, shapes_of, smooth
from cxsim.studies.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd

EVERYTHING: Final = "everything"
FEWEST: Final = 20
REDRAWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Worth:
    """What it is worth to know some parameters exactly.

    Attributes
    ----------
    value : float
        Mean gain from choosing with that knowledge, in the outcome's unit.
    standard_error : float
    low, high : float
        95 % interval.
    shape : str
        Of the regression that tells most; "none" if no dependence on the parameters shows.
    explained : float
        Share of the variance of alternatives' differences, left out in turn, that it tells.
    """

    value: float
    standard_error: float
    low: float
    high: float
    shape: str
    explained: float

    @property
    def is_clear(self) -> bool:
        """Whether it can be told from 0: above 1.96 standard errors."""
        return self.value > Z_95 * self.standard_error


@dataclass(frozen=True, slots=True, eq=False)
class Information:
    """Worth of knowing more, before choosing between alternatives.

    Attributes
    ----------
    outcome : str
    names : tuple of str
        Alternatives, the baseline first.
    chosen : str
        Best on average with what is known now.
    groups : mapping of str to tuple of str
        What each group holds; `EVERYTHING` is all that was drawn.
    worth : mapping of str to Worth
        Of each group.
    nested : float
        What the means of few replications would give for everything: too much, for the best of noisy means is
        too good.
    draws : int
    """

    outcome: str
    names: tuple[str, ...]
    chosen: str
    groups: Mapping[str, tuple[str, ...]]
    worth: Mapping[str, Worth]
    nested: float
    draws: int

    def frame(self) -> pd.DataFrame:
        """One row a group, the most valuable first after `EVERYTHING`.

        Returns
        -------
        pandas.DataFrame
            `group`, `parameters` (how many), `value`, `standard_error`, `low`, `high`, `shape`, `explained`.
        """
        import pandas as pd

        order = sorted(self.worth, key=lambda name: (name != EVERYTHING, -self.worth[name].value))
        return pd.DataFrame([
            {"group": name, "parameters": len(self.groups[name])}
            | {part: getattr(self.worth[name], part) for part in Worth.__dataclass_fields__}
            for name in order
        ])  # fmt: skip

    def summary(self) -> str:
        """Say what to choose now, what it would be worth to know everything, and where it pays most to learn."""
        unit, whole = OUTCOMES[self.outcome].unit, self.worth[EVERYTHING]
        doing = "doing nothing new" if self.chosen == self.names[0] else self.chosen
        start = f"{q.title(self.outcome)}: with what is known, {doing} is best on average"
        if not whole.is_clear:
            most = _amount(whole.high, unit)
            more = f" (at most {most}, with 97.5 % confidence)" if whole.high > 0.0 and most[0] != "0" else ""
            return f"{start}. Knowing the parameters better cannot be told from worthless for this choice{more}."
        said, inside = _amount(whole.value, unit), q.interval(whole.low, whole.high, unit).replace("+", "")
        start += f". Knowing everything that was drawn would be worth {said} a company (95 % interval {inside})"
        parts = {name: one for name, one in self.worth.items() if name != EVERYTHING and one.is_clear}
        if not parts:
            return f"{start}; no group alone is worth anything for sure."
        first = max(parts, key=lambda name: parts[name].value)
        few = "" if parts[first].value <= whole.value else " (more than everything: the draws are too few to tell)"
        return f"{start}; of the groups {first} is worth most, {_amount(parts[first].value, unit)}{few}."


def value_of_information(
    study: Uncertainty,
    *,
    outcome: str = "net_benefit",
    groups: Mapping[str, Sequence[str]] | None = None,
    each: bool = False,
) -> Information:
    """What it is worth to know parameters exactly, before choosing between the alternatives of a study.

    Parameters
    ----------
    study : Uncertainty
        With an alternative or more, and at least 20 draws; some hundred tell much more.
    outcome : str
        What is to be best.
    groups : mapping of str to sequence of str, optional
        Name → paths or tables; unless given each table is a group, and so is each lever's strength.
    each : bool
        Whether each parameter is a group by itself as well.

    Raises
    ------
    InputError
        If there is no such outcome or parameter, nothing to choose between, or too few draws.

    Notes
    -----
    EVPPI(φ) = E_φ[max_a E[y_a | φ]] − max_a E[y_a]. The inner expectation is a regression on φ of what each alternative
    is better than the baseline in each draw, so that the draws' luck is smoothed away (`smoothing.smooth`). Standard
    errors come from curves that the draws are as compatible with. Where the regression sees no dependence the worth is
    0: what is too weak to be seen in these draws is worth little. Worths of groups do not add up.

    References
    ----------
    Strong, Oakley & Brennan 2014, doi:10.1177/0272989X13505910.
    """
    samples = study.samples(known(outcome))
    kept = np.isfinite(samples).all(axis=(1, 2))
    if samples.shape[2] < 2:
        raise InputError("value of information: there is no alternative beside the baseline, so nothing to choose")
    if kept.sum() < FEWEST:
        raise InputError(f"{outcome}: has values in {int(kept.sum())} draws; at least {FEWEST} are needed")
    sign = 1.0 if OUTCOMES[outcome].better == "higher" else -1.0
    means = sign * samples[kept].mean(axis=1)
    paths = (*(one.path for one in study.parameters), *(force.path for force in study.strengths))
    members = _members(paths, groups, each)
    scores = normal_scores(study.points[kept])
    rng = np.random.default_rng([study.seed, len(paths)])
    redrawn = rng.standard_normal((REDRAWN, len(means), means.shape[1] - 1))
    gains = means[:, 1:] - means[:, :1]
    shapes = {name: shapes_of(scores[:, [paths.index(one) for one in own]]) for name, own in members.items()}
    # a regression on everything may be one on a group alone
    shapes[EVERYTHING] = tuple(shape for some in shapes.values() for shape in some)
    worth = {name: partial(gains, some, redrawn) for name, some in shapes.items()}
    average = means.mean(axis=0)
    nested = float(means.max(axis=1).mean() - average.max())
    chosen = study.names[int(np.argmax(average))]
    return Information(outcome, study.names, chosen, members, worth, nested, len(means))


def partial(gains: Reals, shapes: Sequence[Shape], redrawn: Reals) -> Worth:
    """Expected value of knowing some inputs exactly.

    The error has two parts: that of the curves, and that of a mean over so many draws, as if they were random.

    Parameters
    ----------
    gains : float array, shape (draws, alternatives)
        What each is better than the baseline, noise and all.
    shapes : sequence of Shape
        What the regression on the inputs may look like, `smoothing.shapes_of`.
    redrawn : float array, shape (m, draws, alternatives)
        Standard normal numbers for the standard error.
    """
    curves = [smooth(gain, shapes) for gain in gains.T]
    fitted = np.stack([one.fitted for one in curves], axis=-1)
    if all(one.shape == NONE for one in curves):
        return Worth(0.0, 0.0, 0.0, 0.0, NONE, 0.0)
    missed = _missed(fitted)
    others = _missed(_alike(gains, curves, redrawn)).mean(axis=-1)
    value = float(missed.mean())
    error = math.hypot(float(others.std(ddof=1)), float(missed.std(ddof=1)) / math.sqrt(len(missed)))
    first = max(curves, key=lambda one: one.explained)
    return Worth(value, error, *_interval(value, error), first.shape, first.explained)


def _interval(value: float, error: float) -> tuple[float, float]:
    """95 % interval, even on the scale of the square root: the error grows with the value, which is 0 at least."""
    if value <= 0.0:
        return 0.0, Z_95 * error
    root, half = math.sqrt(value), 0.5 * Z_95 * error / math.sqrt(value)
    return max(root - half, 0.0) ** 2, (root + half) ** 2


def _alike(gains: Reals, curves: Sequence[Smooth], redrawn: Reals) -> Reals:
    """Curves of all alternatives that the draws are as compatible with; their errors go together as the noise does."""
    left = gains - np.stack([one.fitted for one in curves], axis=-1)
    scale = left.std(axis=0)
    together = (left - left.mean(axis=0)) / np.where(scale > 0.0, scale, 1.0)
    shared = together.T @ together / len(left)
    size, axes = np.linalg.eigh(shared)
    mixed = redrawn @ (axes * np.sqrt(np.maximum(size, 0.0))).T
    return np.stack([one.like(mixed[:, :, place]) for place, one in enumerate(curves)], axis=-1)


def _missed(gains: Reals) -> Reals:
    """What the best of the means falls short of the best one in each draw; the baseline, which gains 0, is among them.

    Parameters
    ----------
    gains : float array, shape (…, draws, alternatives)
    """
    all_of_them = np.concatenate((np.zeros((*gains.shape[:-1], 1)), gains), axis=-1)
    chosen = all_of_them.mean(axis=-2, keepdims=True).argmax(axis=-1, keepdims=True)
    return np.asarray(all_of_them.max(axis=-1) - np.take_along_axis(all_of_them, chosen, axis=-1)[..., 0])


def _amount(value: float, unit: str) -> str:
    return q.change(value, unit).removeprefix("+")


def normal_scores(points: Reals) -> Reals:
    """Where points of the unit cube stand on the scale of a standard normal quantity."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(points, EDGE, 1.0 - EDGE)))


def _members(
    paths: Sequence[str], groups: Mapping[str, Sequence[str]] | None, each: bool
) -> dict[str, tuple[str, ...]]:
    tables = {path: path if path.endswith(".strength") else path.split(".")[0] for path in paths}
    found: dict[str, tuple[str, ...]] = {EVERYTHING: tuple(paths)}
    if groups is None:
        for name in dict.fromkeys(tables.values()):
            found[name] = tuple(path for path in paths if tables[path] == name)
    faults = Faults()
    for name, wanted in (groups or {}).items():
        if name == EVERYTHING or isinstance(wanted, str) or not wanted:
            faults.add(name, f"{shown(wanted)} is not a list of paths or tables" if name != EVERYTHING else "is taken")
            continue
        mine = [path for path in paths if path in wanted or tables[path] in wanted]
        for one in wanted:
            if one not in paths and one not in tables.values():
                faults.unknown(f"{name}: {one}", one, (*paths, *dict.fromkeys(tables.values())), "parameter drawn")
        found[name] = tuple(mine)
    faults.stop_if_any("groups")
    return found | ({path: (path,) for path in paths} if each else {})
