"""Targeting judged in money: rules that choose whom to call, each given the same hours, in closed loop.

A rule that knows what a call saves may spare calls that do not pay. What it gains by that is a matter of hours left
unspent; what its order is worth shows at equal hours only, and both are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cxsim.engines import simulate
from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.choices import ORACLE, Band, Oracle, Random, Response, Risk, Rule, churn_model, response
from cxsim.studies.pairs import Reals, mean_interval, wilson
from cxsim.studies.pilots import Pilot, by_hand, pilot, randomised
from cxsim.studies.qini import Qini, qini
from cxsim.studies.replications import cores
from cxsim.studies.rounds import Course, Truth, company

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.engines import Seen

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]

# seeds of other companies lie this far from the study's
PAST, PILOT, HELD = 1_000_003, 2_000_003, 3_000_017
SHARES: Final = ("asleep", "kept", "woken")
WORDS: Final = {
    "random": "anyone", "health": "the least healthy", "risk": "the churn score", "exposure": "ARR at risk",
    "response": "uplift", "response_all": "uplift, no call spared", "oracle": "the true effect",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """What a rule came to, beside the same companies with nobody called.

    Attributes
    ----------
    name : str
    arr, cash : float arrays, shape (n,)
        Change of ARR at the horizon [currency/year], and of the present value of all cash [currency], by replication.
    calls : float array, shape (n,)
        Made in a company; these and all else are NaN where the oracle did not go through it.
    asleep : float array, shape (n,)
        Of those called, the share without an intent to leave, whom a call can wake and cannot win over.
    kept, woken : float arrays, shape (n,)
        Of the calls, the share after which an account is not lost within a year, or by the horizon, that else is; and
        the reverse. Later calls to the same account have their part in it.
    """

    name: str
    arr: Reals
    cash: Reals
    calls: Reals
    asleep: Reals
    kept: Reals
    woken: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Targeting:
    """Rules of choosing whom to call, judged in money.

    Attributes
    ----------
    scenario : Scenario
        Without calls.
    seed, replications : int
    calls : int
        At most, in each round.
    hours, hour_cost : float
        Of a call, and the wage of an hour [currency].
    arms : tuple of Arm
    by_pilot, by_truth : mapping of str to Qini
        Curves by rule, from the randomised calls of companies that nothing was learned from, and from forks.
    """

    scenario: Scenario
    seed: int
    replications: int
    calls: int
    hours: float
    hour_cost: float
    arms: tuple[Arm, ...]
    by_pilot: Mapping[str, Qini]
    by_truth: Mapping[str, Qini]

    def named(self, name: str) -> Arm:
        """One rule's arm.

        Raises
        ------
        InputError
            If there is no such rule.
        """
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise InputError([f"rule {name!r}: there are {', '.join(arm.name for arm in self.arms)}"])

    def time_cost(self, name: str) -> Reals:
        """What the hours of a rule's calls would cost as wages [currency]; shape (n,)."""
        return self.named(name).calls * self.hours * self.hour_cost

    def net(self, name: str) -> Reals:
        """Change of cash less the calls' hours at their wage [currency]; shape (n,)."""
        return self.named(name).cash - self.time_cost(name)

    def regret(self, name: str) -> Reals | None:
        """Net money of the oracle less a rule's, by replication; None without an oracle."""
        if ORACLE not in [arm.name for arm in self.arms]:
            return None
        return self.net(ORACLE) - self.net(name)

    def frame(self) -> pd.DataFrame:
        """All rules side by side.

        Returns
        -------
        pandas.DataFrame
            `rule`, and means over replications: `calls`, `hours`, `time_cost`; `saved_arr` [currency/year], `cash`,
            `net` and `regret` [currency], `asleep`, `kept`, `woken` [shares], each with `_low`, `_high`, its 95 %
            interval. NaN where there is no oracle or nobody was called.
        """
        import pandas as pd

        rows = []
        for arm in self.arms:
            row: dict[str, Any] = {
                "rule": arm.name, "calls": np.nanmean(arm.calls), "hours": np.nanmean(arm.calls) * self.hours,
                "time_cost": np.nanmean(self.time_cost(arm.name)),
            }  # fmt: skip
            for name, values in {
                "saved_arr": arm.arr, "cash": arm.cash, "net": self.net(arm.name), "regret": self.regret(arm.name),
                "asleep": arm.asleep, "kept": arm.kept, "woken": arm.woken,
            }.items():  # fmt: skip
                found = _interval(values)
                if name in SHARES and found[1] == found[2]:  # the same in all companies, such as none at all
                    n = round(float(np.nansum(arm.calls)))
                    found = (found[0], *wilson(round(found[0] * n), n))
                elif name in SHARES:
                    found = (found[0], max(found[1], 0.0), min(found[2], 1.0))
                row |= dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))
            rows.append(row)
        return pd.DataFrame(rows)

    def areas(self) -> pd.DataFrame:
        """Areas between the Qini curves and calling anyone.

        Returns
        -------
        pandas.DataFrame
            `judged` ("pilot" or "forks"), `rule`, `area`, `low`, `high`: 95 % t intervals over `companies`
            [currency/year per 100 accounts]; NaN where these are fewer than five.
        """
        import pandas as pd

        return pd.DataFrame([
            {"judged": judged, "rule": rule, "area": one.area, "low": one.area_low, "high": one.area_high,
             "companies": one.companies}
            for judged, curves in (("pilot", self.by_pilot), ("forks", self.by_truth))
            for rule, one in curves.items()
        ])  # fmt: skip

    def summary(self) -> str:
        """Say what the rules come to, and why."""
        rows: list[dict[Any, Any]] = self.frame().to_dict("records")
        table = {str(row["rule"]): row for row in rows}
        ranked = sorted((row for row in table.values() if row["rule"] != ORACLE), key=lambda row: -row["net"])
        lines = [
            f"{ranked[0]['rule']} comes out best: {self._said(ranked[0])}.",
            *(f"By {name}: {self._said(row)}." for name, row in table.items() if name != ranked[0]["rule"]),
            self._at_equal_hours(table),
        ]
        if {"risk", "response"} <= set(table):
            lines.append(self._why(table["risk"], table["response"]))
            if ORACLE in table:
                forgone = [f"{_money(table[name], 'regret')} by {name}" for name in ("risk", "response")]
                lines.append(f"Against the true effect that forgoes {' and '.join(forgone)}.")
        return "\n".join(line for line in lines if line)

    def sparing(self) -> list[str]:
        """Rules that left hours unspent which others spent: they differ from those by calls not made as well."""
        made = {arm.name: float(np.nanmean(arm.calls)) for arm in self.arms}
        return [name for name, calls in made.items() if calls < max(made.values()) - 0.5]

    def _at_equal_hours(self, table: Mapping[str, Mapping[str, Any]]) -> str:
        """What rules that spend all hours come to, where others do not."""
        spared = self.sparing()
        if not spared:
            return ""
        hours = max(row["hours"] for row in table.values())
        few = " and ".join(f"{name} {table[name]['hours']:.0f}" for name in spared)
        told = f"Not at equal hours: of the {hours:.0f} hours that the others spend, {few}."
        if {"response", "response_all"} <= set(table) and "response" in spared:
            told += (
                f" At equal hours uplift comes to {_money(table['response_all'], 'net')} {self.scenario.currency}; "
                "what it gains beyond that comes from calls that are not made."
            )
        return told

    def _said(self, row: Mapping[str, Any]) -> str:
        if not row["calls"]:
            return "nobody is worth a call, so that it neither gains nor loses"
        ends = "gains" if row["net_low"] > 0 else "loses" if row["net_high"] < 0 else "not told from nothing"
        return (
            f"{_money(row, 'net')} {self.scenario.currency} net of the calls' time ({ends}), "
            f"with {row['calls']:.0f} calls, {row['hours']:.0f} hours, a company"
        )

    def _why(self, risk: Mapping[str, Any], other: Mapping[str, Any]) -> str:
        def told(row: Mapping[str, Any]) -> str:
            asleep, kept, woken = (q.level(row[name], "share") for name in ("asleep", "kept", "woken"))
            return f"{asleep} did not mean to leave; a call keeps {kept} and wakes {woken}"

        if not other["calls"]:
            return f"Of those whom the churn score calls {told(risk)}. By response nobody is worth a call."
        return f"Of those whom the churn score calls {told(risk)}; of those called by response {told(other)}."


def _money(row: Mapping[str, Any], what: str) -> str:
    """A row's money with its interval: −104 [−132, −77] k."""
    return q.change_with_interval(row[what], row[f"{what}_low"], row[f"{what}_high"], "currency")


def _interval(values: Reals | None) -> tuple[float, float, float]:
    """Mean and 95 % interval of what there is."""
    kept = np.empty(0) if values is None else values[np.isfinite(values)]
    if not len(kept):
        return (np.nan,) * 3
    if len(kept) == 1:
        return float(kept[0]), np.nan, np.nan
    return (float(kept.mean()), *mean_interval(kept)[:2])


def targeting(
    scenario: Scenario,
    *,
    seed: int,
    replications: int = 20,
    wake: float = 0.0,
    calls: int = 20,
    every: int = 3,
    months: int = 12,
    companies: int = 150,
    branches: int = 6,
    oracles: int | None = None,
    rules: Sequence[Rule] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Targeting:
    """Judge rules of choosing whom to call by the money that they bring, each given the same hours.

    Parameters
    ----------
    scenario : Scenario
        Its teams make the calls: what they displace is counted.
    seed : int
    replications : int
        Companies, at least 2; each lives under the same luck with nobody called and by each rule.
    wake : float
        Added to the jump in accumulated hazard when an account is called, for all; a world may have its own by segment
        ("segments.small.adoption.outreach_wake").
    calls : int
        A month. They are made in rounds,
    every : int
        so many months apart, at least the lever's pause of three; a round has `calls`·`every` of them at most.
    months : int
        The programme's length; outcomes are read at the scenario's horizon.
    companies : int
        Of the pilot, in each of which half are called at month 0; half as many more are kept to judge by. 0 for none.
    branches : int
        Futures by which the oracle knows an account's response, at least 2; 0 for no oracle.
    oracles : int, optional
        The first so many companies are gone through by the oracle, which takes longest; all unless given.
    rules : sequence of Rule, optional
        Instead of all in `cxsim.studies.choices`; the oracle is added where there are branches.
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (companies done, companies in all).

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    Rules: anyone; the lowest observed health; the highest risk by a churn model fitted to another company's past; the
    most ARR at risk by the same model; the highest uplift (T-learner on the pilot); and the true effect. By uplift and
    by truth, whose numbers are money, a call that saves less margin in a year than its hours cost is not made, and
    `response_all` makes these too: it spends the hours that the others spend, and at equal hours it is the one to hold
    against them.

    The oracle forks the run at each round into futures with and without a call (`pilots.true_effects`). It knows who
    means to leave, not what luck is still to come; with few branches it is noisy, and so a lower bound of what could be
    known.
    """
    _check(scenario, replications, oracles, {
        "seed": seed, "calls": calls, "every": every, "months": months, "companies": companies, "branches": branches,
    })  # fmt: skip
    programme = by_hand(scenario, wake=wake)
    simulate(programme, seed=seed, horizon=1, policy=_idle)  # compiled before several threads ask for it
    learned = pilot(programme, seed=seed + PILOT, companies=companies, workers=workers) if companies else None
    told = list(rules) if rules is not None else _all(scenario, seed, learned)
    told += [Oracle(branches)] if branches else []
    hours, hour_cost = scenario.value("adoption.outreach_hours"), hour_wage(scenario)
    least = hours * hour_cost / scenario.value("economics.gross_margin")
    course = Course(programme, seed, calls * every, every, months, least)
    known_of = replications if oracles is None else oracles
    found: list[tuple[list[list[float]], Truth | None]] = []
    with ThreadPoolExecutor(workers or cores()) as pool:
        for one in pool.map(lambda k: company(course, told, k, branches if k < known_of else 0), range(replications)):
            found.append(one)
            if progress is not None:
                progress(len(found), replications)
    arms = tuple(Arm(rule.name, *np.array([rows[k] for rows, _ in found]).T) for k, rule in enumerate(told))
    return Targeting(
        scenario, seed, replications, calls * every, hours, hour_cost, arms,
        _by_pilot(told, programme, seed, companies, workers), _by_truth(told, [one for _, one in found if one]),
    )  # fmt: skip


def _idle(seen: Seen) -> None:
    """A policy that orders nothing."""


def hour_wage(scenario: Scenario) -> float:
    """What an hour of a CSM's work on customers costs [currency]."""
    return scenario.value("economics.success_wage") / scenario.value("teams.hours_per_month")


def _all(scenario: Scenario, seed: int, learned: Pilot | None) -> list[Rule]:
    model = churn_model(scenario, seed=seed + PAST)
    told: list[Rule] = [Random(), Band(), Risk(model), Risk(model, "exposure", in_money=True)]
    if learned is not None:
        found = response(learned)
        told += [found, replace(found, name="response_all", spares=False)]
    return told


def _by_truth(rules: Sequence[Rule], found: Sequence[Truth]) -> dict[str, Qini]:
    if not found:
        return {}
    company = np.repeat(np.arange(len(found)), [effect.shape[1] for _, effect in found])
    effect = np.concatenate([effect for _, effect in found], axis=1)
    curves = {}
    for rule in rules:
        score = np.concatenate([scores[rule.name] for scores, _ in found])
        curves[rule.name] = qini(score, effect[1 if rule.name == ORACLE else 0], company)
    return curves


def _by_pilot(
    rules: Sequence[Rule], programme: Scenario, seed: int, companies: int, workers: int | None
) -> dict[str, Qini]:
    """Curves of the rules that score a table, from companies of which nothing was learned."""
    models = [rule for rule in rules if isinstance(rule, Risk | Response)]
    if not models or companies < 2:
        return {}
    held = pilot(programme, seed=seed + HELD, companies=max(companies // 2, 2), workers=workers)
    risks = [rule for rule in models if isinstance(rule, Risk)]
    chance = risks[0].model.predict_proba(held.features)[:, 1] if risks else np.full(len(held), held.lost.mean())
    effect = randomised(held.called, held.lost, chance) * held.arr
    curves = {rule.name: qini(rule.of(held.features, held.arr), effect, held.company) for rule in models}
    health = held.features["observed_health"].to_numpy(dtype=np.float64)
    return {"health": qini(-health, effect, held.company), **curves}


def _check(scenario: Scenario, replications: int, oracles: int | None, given: Mapping[str, int]) -> None:
    most = {"seed": 2**62, "months": scenario.horizon_months, "every": 120}
    wanted = [("replications", replications, 2, 100_000)]
    wanted += [("oracles", oracles, 2, replications)] if oracles is not None else []
    for name, value in given.items():
        wanted.append((name, value, int(name in ("calls", "every", "months")), most.get(name, 1_000_000)))
    faults = [
        f"{name}: {value!r} is not a whole number from {low} to {high}"
        for name, value, low, high in wanted
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
    ]
    few = "is too few to rank by one future and judge by another; 0 for no oracle, or 2 and more"
    faults += [f"branches: 1 {few}"] if given["branches"] == 1 else []
    faults += ["companies: 1 is too few for a pilot; 0 for none, or 2 and more"] if given["companies"] == 1 else []
    if faults:
        raise InputError(faults)
