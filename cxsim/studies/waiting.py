"""What it costs to wait: the same interventions under the same luck, begun some months later."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from cxsim.errors import Faults, InputError
from cxsim.readings.registry import OUTCOMES
from cxsim.scenario import Scenario
from cxsim.studies.answers import Comparison, Run, added, known
from cxsim.studies.experiment import compare
from cxsim.studies.pairs import Effect, paired
from cxsim.studies.replications import Progress, replicate_all

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

JUDGED: Final = ("net_benefit", "company_value_dcf", "company_value_multiple", "arr")
MOST_MONTHS: Final = 600


@dataclasses.dataclass(frozen=True, eq=False)
class Waiting:
    """An alternative begun at once and begun later, under the same luck.

    Attributes
    ----------
    baseline, now : Run
        Without it, and with it as dated.
    months : tuple of int
    later : tuple of Run
        With it begun so many months later.
    """

    baseline: Run
    now: Run
    months: tuple[int, ...]
    later: tuple[Run, ...]

    def lost(self, outcome: str, months: int) -> Effect:
        """What waiting so many months loses of an outcome: at once less later, paired.

        Its `baseline` is the outcome when begun later, `alternative` when begun at once, `difference` what is lost by
        waiting, above 0 where beginning at once gives more of it. `probability_better` is the share of replications
        in which it was better to begin at once.

        Raises
        ------
        InputError
            If there is no such outcome, or nobody waited so long.
        """
        if months not in self.months:
            raise InputError(f"months: {months!r} is not one of {', '.join(map(str, self.months))}")
        run = self.later[self.months.index(months)]
        reason = run.reason(outcome) or self.now.reason(outcome)
        return paired(run.values(outcome), self.now.values(outcome), OUTCOMES[known(outcome)].better, reason)

    def gained(self, outcome: str, months: int = 0) -> Effect:
        """What the alternative, begun so many months later, does to an outcome against the baseline.

        Raises
        ------
        InputError
            If there is no such outcome, or nobody waited so long.
        """
        if months and months not in self.months:
            raise InputError(f"months: {months!r} is not one of 0, {', '.join(map(str, self.months))}")
        run = self.later[self.months.index(months)] if months else self.now
        reason = self.baseline.reason(outcome) or run.reason(outcome)
        return paired(self.baseline.values(outcome), run.values(outcome), OUTCOMES[known(outcome)].better, reason)

    def rows(self, outcomes: Sequence[str] = JUDGED) -> list[dict[str, Any]]:
        """What waiting loses of each outcome, as plain values.

        Returns
        -------
        list of dict
            `months`, `outcome`, `unit`; `at_once` and `later`, the alternative's mean effect against the baseline when
            begun as dated and when begun later; `lost`, the first less the second, with `low` and `high` (95 % interval
            of the mean), `standard_error`, `probability_at_once_better` (share of replications in which it is better
            to begin at once, ties half), `future_low`, `future_high` (5 % and 95 % points of one company); None, with
            a `reason`, where there is none. Below 0 waiting gives more of the outcome.

        Raises
        ------
        InputError
            If there is no such outcome.
        """
        found = []
        for months in self.months:
            for outcome in outcomes:
                lost = self.lost(outcome, months)
                row: dict[str, Any] = {
                    "months": months,
                    "outcome": outcome,
                    "unit": OUTCOMES[outcome].unit,
                    "at_once": self.gained(outcome).difference,
                    "later": self.gained(outcome, months).difference,
                    "lost": lost.difference,
                    "low": lost.low,
                    "high": lost.high,
                    "standard_error": lost.standard_error,
                    "probability_at_once_better": lost.probability_better,
                    "future_low": lost.future_low,
                    "future_high": lost.future_high,
                }
                found.append(row | ({"reason": lost.reason} if lost.reason else {}))
        return found

    def summary(self) -> str:
        """Say what waiting does to the net benefit and company value, one line for each number of months."""
        from cxsim.studies.findings import waiting as said

        return "\n".join(said(self, months) for months in self.months)

    def frame(self, outcomes: Sequence[str] = JUDGED) -> pd.DataFrame:
        """The rows of `rows` as a frame."""
        import pandas as pd

        frame = pd.DataFrame(self.rows(outcomes))
        frame["reason"] = frame["reason"].fillna("") if "reason" in frame else ""
        return frame


def waiting(
    baseline: Scenario,
    *,
    alternative: Scenario,
    months: Sequence[int] = (3, 6),
    replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Waiting:
    """Ask what it costs to begin an alternative's interventions later.

    Parameters
    ----------
    baseline, alternative : Scenario
        As in `compare`.
    months : sequence of int
        How long to wait, each 1 to 600.
    replications, seed, workers, progress, engine, store
        As in `compare`; the luck is the same in all arms.

    Raises
    ------
    InputError
        If the two do not match, the alternative does nothing that could wait, or a number is out of range.

    Notes
    -----
    Whatever the alternative adds to the baseline begins, and ends where it has an end, so many months later: it runs as
    long, but for what the horizon cuts off. Shocks keep their dates, for nobody chooses them. All is judged at the same
    horizon, so that waiting loses months of an effect within it, and defers or saves what it costs; the loss may well
    be below 0, and then waiting pays. `company_value_dcf` counts ten further years, in which those months weigh less.
    """
    later = laters(baseline, alternative, months)
    found = compare(
        baseline,
        alternative,
        *later,
        replications=replications,
        seed=seed,
        workers=workers,
        progress=progress,
        engine=engine,
        store=store,
        names=[_name(baseline, alternative), *(_after(count) for count in months)],
    )
    return Waiting(found.baseline, found.alternatives[0], tuple(months), found.alternatives[1:])


def waited(
    comparison: Comparison,
    *,
    alternative: str | None = None,
    months: Sequence[int] = (3, 6),
    workers: int | None = None,
    progress: Progress | None = None,
    engine: str | None = None,
    store: Store | None = None,
) -> Waiting:
    """The same for an alternative of a comparison that has been made: only what begins later is run.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    months, workers, progress, engine, store
        As in `waiting`. With a store that has the comparison, baseline and alternative are found in it.

    Raises
    ------
    InputError
        As `waiting`, or if there is no such alternative.
    """
    base, run = comparison.baseline, comparison.named(alternative)
    scenarios = laters(base.scenario, run.scenario, months)
    if store is not None:
        names = [run.name, *(_after(count) for count in months)]
        again = compare(
            base.scenario, run.scenario, *scenarios, replications=comparison.n, seed=base.seed, workers=workers,
            progress=progress, engine=engine, store=store, names=names,
        )  # fmt: skip
        return Waiting(base, run, tuple(months), again.alternatives[1:])
    found = replicate_all(
        scenarios,
        replications=comparison.n,
        seed=base.seed,
        workers=workers,
        progress=progress,
        engine=engine,
    )
    runs = [
        Run(_after(count), scenario, base.seed, base.horizon, tuple(results))
        for count, scenario, results in zip(months, scenarios, found, strict=True)
    ]
    return Waiting(base, run, tuple(months), tuple(runs))


def laters(baseline: Scenario, alternative: Scenario, months: Sequence[int]) -> list[Scenario]:
    """The alternative begun so many months later, once for each number of months.

    Raises
    ------
    InputError
        If a number is out of range or given twice, or the alternative does nothing that could wait.
    """
    faults = Faults()
    if not months:
        faults.add("months", "there is none; say how long to wait, such as (3, 6)")
    for count in months:
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_MONTHS:
            faults.add("months", f"{count!r} is not a whole number from 1 to {MOST_MONTHS}")
    if len(set(months)) < len(months):
        faults.add("months", f"{', '.join(map(str, months))}: one is given twice")
    own = [it for it in added(baseline, alternative) if not it.is_shock]
    if not own:
        name = _name(baseline, alternative) or alternative.name
        faults.add("waiting", f"{name} adds nothing to the baseline that could begin later; shocks keep their dates")
    faults.stop_if_any()
    return [_delayed(alternative, own, count) for count in months]


def _delayed(scenario: Scenario, chosen: Sequence[object], months: int) -> Scenario:
    return dataclasses.replace(
        scenario,
        interventions=tuple(
            dataclasses.replace(it, start=it.start + months, stop=it.stop + months) if it in chosen else it
            for it in scenario.interventions
        ),
    )


def _name(baseline: Scenario, alternative: Scenario) -> str:
    return "+".join(it.name for it in added(baseline, alternative))


def _after(months: int) -> str:
    return f"{months} months later" if months > 1 else "1 month later"
