"""Targeting judged in money: rules that choose whom to call, each given the same hours, in closed loop.

A rule that knows what a call saves may spare calls that do not pay. What it gains by that is a matter of hours left
unspent; what its order is worth shows at equal hours only, and both are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines import simulate
from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies.choices import ORACLE, Band, Oracle, Random, Response, Risk, Rule, churn_model, response
from cxsim.studies.pilots import Pilot, by_hand, pilot, randomised
from cxsim.studies.qini import Qini, qini
from cxsim.studies.replications import cores
from cxsim.studies.rounds import Course, Truth, company
from cxsim.studies.targeted import Arm, Targeting

if TYPE_CHECKING:
    from cxsim.engines import Seen

Progress = Callable[[int, int], None]

# seeds of other companies lie this far from the study's
PAST, PILOT, HELD = 1_000_003, 2_000_003, 3_000_017


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
