"""What we do not know, kept apart from luck: worlds drawn from the spreads of their numbers, each run several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import Faults, InputError, shown
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.answers import added, column_of
from cxsim.studies.contents import Wanted
from cxsim.studies.draws import Uncertain, unit_cube
from cxsim.studies.experiment import names_of
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.pairs import Reals
from cxsim.studies.pieces import in_pieces
from cxsim.studies.replications import Progress, Replication
from cxsim.studies.shares import INDISTINGUISHABLE, Shares, shares
from cxsim.studies.strengths import USUAL, Strength, spread_asked
from cxsim.studies.unknowns import changed, unknowns_in

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

MOST_DRAWS: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Alternatives in many worlds that could be ours, each with replications of its own.

    Attributes
    ----------
    baseline : Scenario
    names : tuple of str
        The baseline first.
    seed : int
    parameters : tuple of Uncertain
        What was drawn of the world.
    strengths : tuple of Strength
        What was drawn of the levers.
    points : float array, shape (draws, parameters + strengths)
        Where each draw stands in the unit cube.
    values : float array, shape (draws, replications, alternatives, outcomes)
        NaN where an outcome does not exist.
    run_id : str
        In the store; "" where nothing is kept.
    """

    baseline: Scenario
    names: tuple[str, ...]
    seed: int
    parameters: tuple[Uncertain, ...]
    strengths: tuple[Strength, ...]
    points: Reals
    values: Reals
    run_id: str = ""

    def samples(self, outcome: str) -> Reals:
        """One outcome; shape (draws, replications, alternatives)."""
        return np.asarray(self.values[..., column_of(outcome)])

    def level(self, outcome: str, name: str | None = None) -> Shares:
        """An outcome under one alternative (the baseline unless named), its variance in two parts.

        Raises
        ------
        InputError
            If there is no such outcome or alternative, or too few draws have a value.
        """
        return self._shares(outcome, self.samples(outcome)[:, :, self._place(name, 0)])

    def effect(self, outcome: str, name: str | None = None) -> Shares:
        """Effect of an alternative (the first unless named) on an outcome, its variance in two parts.

        Raises
        ------
        InputError
            As in `level`.
        """
        samples = self.samples(outcome)
        return self._shares(outcome, samples[:, :, self._place(name, 1)] - samples[:, :, 0])

    def frame(self, outcome: str | None = None) -> pd.DataFrame:
        """Levels and effects, each with its variance in two parts.

        Parameters
        ----------
        outcome : str, optional
            Every outcome that has values in two draws or more unless given.

        Returns
        -------
        pandas.DataFrame
            `name`, `quantity` ("level" or "effect"), `outcome`, `unit`, `mean`, `monte_carlo_error` (its standard
            error), `low`, `high` (5–95 % of one company, parameters and luck both unknown), `expected_low`,
            `expected_high` (2.5–97.5 % of the mean over luck as parameters vary), `share_parameters` with
            `share_low`, `share_high` (95 % interval), `share_luck`, `verdict` (the parameters' share in words),
            `draws` (with a value).

        Raises
        ------
        InputError
            If there is no such outcome, or it has no values.
        """
        import pandas as pd

        rows = []
        for one in OUTCOMES if outcome is None else [outcome]:
            if outcome is None and len(self._kept(self.samples(one)[:, :, 0])) < 2:
                continue
            for place, name in enumerate(self.names):
                rows.append(self._row(name, "level", one, self.level(one, name)))
                if place:
                    rows.append(self._row(name, "effect", one, self.effect(one, name)))
        return pd.DataFrame(rows)

    def inputs(self) -> pd.DataFrame:
        """What was drawn.

        Returns
        -------
        pandas.DataFrame
            `path`, `segment` ("" for the world), `value`, `spread` (standard deviation), `low`, `high` (2.5–97.5 %),
            `unit`, `source`.
        """
        import pandas as pd

        rows = []
        for one in self.parameters:
            ends = one.at((0.025, 0.975))
            for place, segment in enumerate(one.places):
                rows.append({
                    "path": one.path, "segment": segment, "value": one.values[place], "spread": one.spreads[place],
                    "low": ends[0, place], "high": ends[1, place], "unit": one.unit,
                    "source": self.baseline.citation(one.path, segment or None).text,
                })  # fmt: skip
        ends_of = {force.path: force.at((0.025, 0.975))[:, 0].tolist() for force in self.strengths}
        rows += [
            {
                "path": force.path, "segment": "", "value": 1.0, "spread": force.spread, "low": ends_of[force.path][0],
                "high": ends_of[force.path][1], "unit": force.unit, "source": force.source,
            }
            for force in self.strengths
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def summary(self, outcome: str, name: str | None = None) -> str:
        """Say what an alternative does to an outcome, how sure that is, and what makes it unsure.

        Raises
        ------
        InputError
            As in `level`.
        """
        found, unit, called = self.effect(outcome, name), OUTCOMES[outcome].unit, self.names[self._place(name, 1)]
        ends = np.quantile(found.expected, (0.025, 0.975)).tolist()
        sign = 1.0 if OUTCOMES[outcome].better == "higher" else -1.0
        better = float((sign * found.expected > 0.0).mean())
        start = f"{called}: {q.title(outcome)} {q.change(found.mean, unit)} on average"
        if found.verdict == INDISTINGUISHABLE:
            told = f"the parameters' part in the variance of one company's effect is {INDISTINGUISHABLE}, the rest luck"
        elif found.variance_luck + found.variance_parameters == 0.0:
            return f"{called}: {q.title(outcome)} {q.change(found.mean, unit)} in every draw and replication."
        else:
            inside = f"{100 * found.share_low:.0f} to {100 * found.share_high:.0f} %"
            told = f"of the variance of one company's effect {found.verdict} is due to parameters ({inside}), "
            told += "the rest is luck"
            start += f"; over what is not known of the parameters {q.interval(ends[0], ends[1], unit)}"
        harm = ""
        if better < 0.05:
            harm = f" It is worse than the baseline in {q.chance(1.0 - better)} of the worlds drawn: it does harm."
        elif better < 0.95:
            harm = f" It is better than the baseline in {q.chance(better)} of the worlds drawn, so it may do harm."
        one = q.interval(found.low, found.high, unit)
        return f"{start}, for one company 5–95 % {one}; {told}.{harm}"

    def _row(self, name: str, quantity: str, outcome: str, found: Shares) -> dict[str, Any]:
        ends = np.quantile(found.expected, (0.025, 0.975))
        return {
            "name": name, "quantity": quantity, "outcome": outcome, "unit": OUTCOMES[outcome].unit, "mean": found.mean,
            "monte_carlo_error": found.monte_carlo_error, "low": found.low, "high": found.high,
            "expected_low": ends[0], "expected_high": ends[1], "share_parameters": found.share,
            "share_low": found.share_low, "share_high": found.share_high, "share_luck": 1.0 - found.share,
            "verdict": found.verdict, "draws": len(found.expected),
        }  # fmt: skip

    def _shares(self, outcome: str, values: Reals) -> Shares:
        kept = self._kept(values)
        if len(kept) < 2:
            raise InputError(f"{outcome}: has a value in each replication of {len(kept)} draws; at least 2 are needed")
        return shares(kept)

    def _kept(self, values: Reals) -> Reals:
        return np.asarray(values[np.isfinite(values).all(axis=1)])

    def _place(self, name: str | None, default: int) -> int:
        if name is None:
            if default >= len(self.names):
                raise InputError("effect: there is no alternative beside the baseline")
            return default
        if name not in self.names:
            faults = Faults()
            faults.unknown(name, name, self.names, "alternative")
            faults.stop_if_any()
        return self.names.index(name)


def uncertain(
    baseline: Scenario,
    *alternatives: Scenario,
    draws: int,
    replications: int,
    seed: int,
    parameters: Sequence[str] | None = None,
    effect_spread: float | Mapping[str, float] = USUAL,
    names: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Uncertainty:
    """Draw what is not known about a world, and run baseline and alternatives in each world drawn.

    Parameters
    ----------
    baseline : Scenario
    *alternatives : Scenario
        The baseline with levers added; none for the baseline alone.
    draws : int
        Worlds drawn, 2 to 65,536; powers of two are the evenest.
    replications : int
        Runs of each alternative in each world, at least 2.
    seed : int
    parameters : sequence of str, optional
        Paths ("churn.value_base") or tables ("churn") that are drawn; all that carry a spread unless given.
    effect_spread : float or mapping of str to float
        Standard deviation of what is not known about the levers' effects, as a share of each: of all, or by the lever's
        name. The levers' files give none, so that it is an assumption of whoever asks (`strengths.USUAL`); 0 takes
        effects as put in.
    names : sequence of str, optional
        Of the alternatives; what they do unless given.
    workers : int, optional
        Threads; they change no number.
    progress : callable, optional
        Called with draws done and to do.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Raises
    ------
    InputError
        If an alternative differs from the baseline in more than levers, nothing named is uncertain, or a number is out
        of range.

    Notes
    -----
    Within a draw all alternatives have the same world and the same luck. Luck is fresh in each draw: with R common
    lucks in all draws, what R companies happen to meet would shift every mean, and no number of draws would take it
    away.
    """
    _check(draws, replications, seed, baseline, alternatives)
    scenarios = (baseline, *alternatives)
    levers = [it for other in alternatives for it in added(baseline, other)]
    unknowns = unknowns_in(baseline, levers, parameters=parameters, effect_spread=effect_spread)
    points = unit_cube(len(unknowns), draws, seed=seed)

    def wanted(number: int) -> list[Wanted]:
        own = range(number * replications, (number + 1) * replications)
        worlds = [changed(world, unknowns, points[number]) for world in scenarios]
        return [Wanted(world, seed, luck) for luck in own for world in worlds]

    def read(number: int, found: Sequence[Replication]) -> Reals:
        return np.array([one.values[0] for one in found]).reshape(replications, len(scenarios), -1)

    called = (baseline.name, *names_of(baseline, alternatives, names))
    question = {
        "verb": "uncertain", "names": list(called), "draws": draws, "replications": replications,
        "parameters": None if parameters is None else list(parameters), "effect_spread": spread_asked(effect_spread),
    }  # fmt: skip
    with kept_in(store, scenarios, question, seed=seed) as shelf:
        found = in_pieces(wanted, read, draws, workers=workers, progress=progress, shelf=shelf)
    chosen = tuple(one for one in unknowns if isinstance(one, Uncertain))
    forces = tuple(one for one in unknowns if isinstance(one, Strength))
    return Uncertainty(baseline, called, seed, chosen, forces, points, np.array(found), run_id_of(shelf))


def _check(draws: int, replications: int, seed: int, baseline: Scenario, alternatives: Sequence[Scenario]) -> None:
    from cxsim.studies.coalitions import levers_of

    faults = Faults()
    for name, value, low, high in (
        ("draws", draws, 2, MOST_DRAWS),
        ("replications", replications, 2, 10_000),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            faults.add(name, f"{shown(value)} is not a whole number from {low} to {high}")
    faults.stop_if_any()
    for other in alternatives:
        levers_of(baseline, other)
