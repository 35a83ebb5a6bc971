"""Which unknowns matter: how much of an outcome's uncertainty each explains, and how much is luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.groups import check_correlations, correlated, groups_of
from cxsim.studies.kept import kept_in, run_id_of
from cxsim.studies.points import Question, evaluated, question_of, refuse_missing, whole
from cxsim.studies.quantities import percent as percent
from cxsim.studies.replications import Progress
from cxsim.studies.sobol import LUCKS, Index, Indices, design, indices, refuse_rows
from cxsim.studies.strengths import USUAL, spread_asked
from cxsim.studies.tornado import MOST_REPLICATIONS, Swing, Tornado, tornado
from cxsim.studies.unknowns import Unknown, changed, unknowns_in

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.store import Store

NOTHING_TO_SHARE = (
    "what is not known about the inputs cannot be told from luck here, so that there is nothing to share out; "
    "ask for more rows or more accounts"
)


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What an outcome, or the effect of an alternative on it, depends on.

    Attributes
    ----------
    question : Question
        World, alternative and outcome.
    seed : int
    uncertain : tuple of Uncertain or Strength
        The inputs.
    groups : mapping
        Name → places in `uncertain`.
    indices : Indices
        Of the groups, in their order.
    asked_rows : int
        Rows of the design; `indices.rows` of them counted.
    swings : Tornado
        Of single inputs: those of the groups whose total index is told from zero, or all.
    replications : int
        Of each end of a swing.
    run_id : str
        In the store; "" where nothing is kept.
    """

    question: Question
    seed: int
    uncertain: tuple[Unknown, ...]
    groups: Mapping[str, tuple[int, ...]]
    indices: Indices
    asked_rows: int
    swings: Tornado
    replications: int
    run_id: str = ""

    @property
    def reason(self) -> str:
        """Why there is no index; "" where there is."""
        return NOTHING_TO_SHARE if self.indices.total is None else ""

    @property
    def runs(self) -> int:
        """Runs that this took."""
        design_ = (len(self.groups) + 2) * self.asked_rows * LUCKS
        return self.question.arms * (design_ + (2 * len(self.swings.swings) + 1) * self.replications)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `frame` as plain values, None where there is none."""
        total, first = self.indices.total, self.indices.first
        found = []
        for place, (name, members) in enumerate(self.groups.items()):
            row: dict[str, Any] = {"group": name, "parameters": len(members)}
            row |= _cells("total", total[place] if total is not None else None)
            row |= _cells("first", first[place] if first is not None else None)
            found.append(row)
        return sorted(found, key=lambda row: -(row["total"] if row["total"] is not None else 0.0))

    def frame(self) -> pd.DataFrame:
        """Index of each group, the largest first.

        Returns
        -------
        pandas.DataFrame
            `group`, `parameters` (how many are in it), `total`, `total_low`, `total_high` (95 % interval),
            `total_standard_error` and the same of `first`; NaN where there is nothing to share out (`reason`).
        """
        import pandas as pd

        return pd.DataFrame(self.rows())

    def tornado_rows(self) -> list[dict[str, Any]]:
        """The rows of `tornado` as plain values."""
        return [
            {
                "parameter": one.uncertain.path,
                "unit": one.uncertain.unit,
                "low_value": one.low_value,
                "high_value": one.high_value,
                "at_low": one.at_low,
                "at_high": one.at_high,
                "difference": one.difference,
                "low": one.low,
                "high": one.high,
                "p": one.p,
                "clear": one.is_clear,
                "replications": one.replications,
                "source": one.uncertain.source,
            }
            for one in self.swings.swings
        ]

    def tornado(self) -> pd.DataFrame:
        """Swing of each parameter that was moved by itself, those told from zero first, the largest on top.

        Returns
        -------
        pandas.DataFrame
            `parameter`, its `unit`, `low_value` and `high_value` (5 % and 95 % points of what is not known about it),
            `at_low` and `at_high` (mean change of the answer from the world as it is), `difference` (high end minus low
            end under the same luck, in the outcome's unit) with its 95 % interval `low`, `high` and p-value `p`,
            `clear` (told from zero, allowing for how many were looked at), the `replications` that count, and the
            `source` of the parameter.
        """
        import pandas as pd

        return pd.DataFrame(self.tornado_rows())

    def summary(self) -> str:
        """What was found, in sentences; what is not told apart from nothing is said not to be."""
        lines = [_luck(self), _shares(self), _swings(self)]
        return "\n".join(line for line in lines if line)


def sensitivity(
    scenario: Scenario,
    *,
    outcome: str,
    alternative: Scenario | None = None,
    parameters: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    correlations: Mapping[str, float] | None = None,
    effect_spread: float | Mapping[str, float] = USUAL,
    rows: int = 64,
    replications: int = 10,
    every: bool = False,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Sensitivity:
    """Find out what an outcome of a world depends on, among all that is not known about the world.

    Parameters
    ----------
    scenario : Scenario
    outcome : str
    alternative : Scenario, optional
        The same with interventions; the answer is then about their paired effect on the outcome.
    parameters : sequence of str, optional
        Paths ("churn.value_base") or tables ("churn") that are varied; all that carry a spread unless given. The
        others stay as they are in the world.
    groups : mapping, optional
        Name → paths or tables that are to have one index together. The others stand alone, or by table if more than 24
        of more than one table would.
    correlations : mapping, optional
        Group → correlation, 0 to 1, between any two of its parameters (`groups.correlated`); none unless given.
    effect_spread : float or mapping of str to float
        With an alternative, the standard deviation of what is not known about its levers' effects, as a share of each:
        of all, or by the lever's name; 0 takes effects as put in. An assumption of whoever asks.
    rows : int
        Rows n of the design, a power of two from 8: (groups + 2)·n·2 runs, twice that with an alternative.
    replications : int
        At least 2, of each end of each parameter for the swings: (2·parameters + 1)·replications runs.
    every : bool
        Whether swings are run for every parameter. Else for those of the groups whose total index is told from zero,
        where there are such groups: the others would cost runs, and the more swings are looked at the larger one has to
        be to be told from chance.
    seed : int
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (runs done, runs in all).
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        If a name is unknown, a number is out of range, the alternative differs in more than interventions, nothing is
        uncertain, the outcome does not exist in the world as it is, or exists in fewer than 8 rows.

    Notes
    -----
    Parameters are drawn as `studies.draws` says, independently but for the correlations of a group. A total index is
    valid where the groups are independent of each other. See `studies.sobol` for the estimators.
    """
    question = question_of(scenario, outcome, alternative)
    whole("seed", seed, 0, 2**63 - 1)
    whole("workers", 1 if workers is None else workers, 1, 10_000)
    whole("replications", replications, 2, MOST_REPLICATIONS)
    refuse_rows(rows)
    uncertain = unknowns_in(scenario, question.added, parameters=parameters, effect_spread=effect_spread)
    shared = groups_of(uncertain, groups)
    check_correlations(correlations or {}, shared)
    plan = design(list(shared.values()), rows=rows, seed=seed)
    points = plan.points
    for name, correlation in (correlations or {}).items():
        points = correlated(points, shared[name], correlation)
    places = points.shape[0]
    # row by row, for what a row shares of its luck is kept for a while
    changes = [_drawn(uncertain, points[place, row]) for row in range(rows) for place in range(places)]
    numbers = [(LUCKS * row, LUCKS * row + 1) for row in range(rows) for _ in range(places)]
    before = question.arms * len(changes) * LUCKS
    after = question.arms * (2 * len(uncertain) + 1) * replications
    asked = question.asked("sensitivity") | {
        "parameters": None if parameters is None else list(parameters),
        "groups": None if groups is None else [[name, list(members)] for name, members in groups.items()],
        "correlations": None if correlations is None else [list(pair) for pair in correlations.items()],
        "rows": rows, "replications": replications, "every": every, "effect_spread": spread_asked(effect_spread),
    }  # fmt: skip
    with kept_in(store, question.scenarios, asked, seed=seed) as shelf:
        refuse_missing(question, seed, shelf)
        values = evaluated(
            question, changes, numbers, seed=seed, workers=workers, progress=_part(progress, 0, after), shelf=shelf
        )
        told = indices(values.reshape(rows, places, LUCKS).transpose(2, 1, 0), seed=seed)
        chosen = uncertain if every else _screened(uncertain, shared, told)
        swings = tornado(
            question, chosen, replications=replications, seed=seed, workers=workers,
            progress=_part(progress, before, 0), shelf=shelf,
        )  # fmt: skip
    return Sensitivity(question, seed, uncertain, shared, told, rows, swings, replications, run_id_of(shelf))


def _drawn(uncertain: Sequence[Unknown], point: Any) -> Any:
    return lambda world: changed(world, uncertain, point)


def _screened(
    uncertain: tuple[Unknown, ...], groups: Mapping[str, tuple[int, ...]], told: Indices
) -> tuple[Unknown, ...]:
    """Parameters of the groups whose total index is told from zero; all where none is."""
    clear = [index.low > 0.0 for index in told.total or ()]
    places = {place for members, kept in zip(groups.values(), clear, strict=False) if kept for place in members}
    return tuple(one for place, one in enumerate(uncertain) if place in places) or uncertain


def _part(progress: Progress | None, before: int, after: int) -> Progress | None:
    """Count the runs of one part among all: those before it, and those that may come after."""
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total + after)


def _cells(name: str, index: Index | None) -> dict[str, float | None]:
    keys = (name, f"{name}_low", f"{name}_high", f"{name}_standard_error")
    if index is None:
        return dict.fromkeys(keys)
    return dict(zip(keys, (index.value, index.low, index.high, index.standard_error), strict=True))


def _luck(found: Sensitivity) -> str:
    luck, question = found.indices.luck, found.question
    levers = question.levers
    what = f"the effect of {levers} on {question.outcome.name}" if levers else question.outcome.name
    if not luck.low <= luck.value:  # it never varies
        return f"{question.scenario.name}: {what} is the same in every run."
    return (
        f"Of the variation of {what}, {percent(luck.value)} is luck (95 % interval {_between(luck)}); the rest comes "
        f"from what is not known about {len(found.uncertain)} parameters."
    )


def _shares(found: Sensitivity) -> str:
    if found.reason:
        return f"{found.reason[0].upper()}{found.reason[1:]}."
    rows = found.rows()
    clear = [row for row in rows if row["total_low"] > 0.0]
    if not clear:
        return "No group's share of that rest can be told from zero; ask for more rows."
    said = [
        f"{row['group']} {percent(row['total'])} ({percent(row['total_low'])} to {percent(row['total_high'])})"
        for row in clear
    ]
    others = [row["group"] for row in rows if row not in clear]
    rest = f" Not told from zero: {', '.join(others)}." if others else ""
    return f"Share of the rest that would be left if all the others were known: {', '.join(said)}.{rest}{_rough(rows)}"


def _rough(rows: Sequence[Mapping[str, Any]]) -> str:
    """What cannot be of true indices, and is of estimates from few rows."""
    above = [row["group"] for row in rows if row["first"] is not None and row["first"] > row["total"]]
    said = [f"{', '.join(above)} has a first above its total"] if len(above) == 1 else []
    if len(above) > 1:
        said = [f"{len(above)} of {len(rows)} groups have a first above their total"]
    whole = sum(row["total"] for row in rows)
    if whole < 1.0:
        said.append(f"totals sum to {percent(whole)}")
    if not said:
        return ""
    return f" Few rows: {' and '.join(said)}, as no true indices do; the intervals say how rough they are."


def _swings(found: Sensitivity) -> str:
    swings = found.swings.swings
    clear = [one for one in swings if one.is_clear]
    of = " (of those groups)" if len(swings) < len(found.uncertain) else ""
    if not clear:
        return f"None of the swings of {len(swings)} single parameters{of} can be told from zero."
    said = ", ".join(f"{one.uncertain.path} {swing_in_words(one, found.question)}" for one in clear[:3])
    return (
        f"From the low to the high end of what is thought possible: {said}. {len(clear)} of {len(swings)} swings{of} "
        "are told from zero, one in twenty of them by chance at most on average."
    )


def swing_in_words(swing: Swing, question: Question) -> str:
    """A swing with its interval: +1.2 [+0.3, +2.1] pts."""
    return q.change_with_interval(swing.difference, swing.low, swing.high, question.outcome.unit)


def ends_in_words(swing: Swing) -> tuple[str, str]:
    """The low and the high value of a parameter, three digits each; what is nothing beside the other is 0."""
    low, high = swing.low_value, swing.high_value
    least = 1e-4 * max(abs(low), abs(high))
    return q.number(0.0 if abs(low) < least else low), q.number(0.0 if abs(high) < least else high)


def _between(index: Index) -> str:
    return f"{percent(index.low)} to {percent(index.high)}"
