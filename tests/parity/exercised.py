"""What the compared runs have exercised: kinds of rows, parameters, and what interventions can be."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from cxsim import events
from cxsim.eventlog import EventLog
from cxsim.interventions import EVERYONE, OPERATIONS, REVIEW, SCORES, TRIGGERS
from cxsim.parameters import declared
from cxsim.scenario import Scenario

# marks on a clock's calendar, and what only processes of a user's own write
UNWRITTEN: Final = (events.MONTH, events.NOTICE, events.OWN)
WRITTEN: Final = tuple(code for code in events.KINDS if code not in UNWRITTEN)
# read when a run is over, or by the command line only: no clock can be exercised by them
UNREAD: Final = tuple(
    p.path for p in declared() if p.path.startswith("economics.") or p.path == "arrivals.base_accounts"
)
FEATURES: Final = (
    *(f"trigger {word}" for word in TRIGGERS), *(f"operation {word}" for word in OPERATIONS),
    *(f"score {word}" for word in SCORES if word != "custom"), "outreach", "ramp", "stop of an edit", "decay",
    "stop", "start after month 0", "segments", "stages", "bands", "coverage", "capacity", "priority", "shock",
    "same name twice", "cost once", "cost per month", "cost per account", "given series", "three segments",
    "no history", "history", "own numbers of a segment", "priorities of segments", "word of mouth off",
    "exponential tickets",
    "team of nobody", "team of one", "team of plenty", "no patience", "nobody came",
)  # fmt: skip


class Exercised:
    """Counts over the runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.rows: Counter[int] = Counter()
        self.runs_with: Counter[int] = Counter()
        self.moved: Counter[str] = Counter()  # runs whose world has another value than the default
        self.edited: Counter[str] = Counter()  # runs in which an intervention edits it
        self.features: Counter[str] = Counter()

    def add(self, scenario: Scenario, log: EventLog) -> None:
        """Count a run."""
        self.runs += 1
        kinds, numbers = np.unique(log.columns["kind"], return_counts=True)
        for kind, number in zip(kinds.tolist(), numbers.tolist(), strict=True):
            self.rows[kind] += number
            self.runs_with[kind] += 1
        for parameter in declared():
            if any(scenario.value(parameter.path, name) != parameter.default for name in scenario.segments):
                self.moved[parameter.path] += 1
        row = declared()
        self.edited.update({row[e.parameter].path for i in scenario.interventions for e in i.edits})
        self.features.update(_features(scenario))
        self.features["nobody came"] += not len(log.roster["account"])

    def unwritten(self) -> list[str]:
        """Kinds that a clock can write and none of the runs has written."""
        return [events.KINDS[kind].name for kind in WRITTEN if not self.rows[kind]]

    def unmoved(self) -> list[str]:
        """Parameters that clocks read and no run has moved from their default."""
        return [p.path for p in declared() if p.path not in UNREAD and not self.moved[p.path]]

    def lacking(self) -> list[str]:
        """Features that no run has had."""
        return [feature for feature in FEATURES if not self.features[feature]]

    def table(self) -> list[str]:
        """What was exercised, as lines of text."""
        lines = [f"{'kind of row':<24}{'runs':>6}{'rows':>10}"]
        lines += [f"{events.KINDS[k].name:<24}{self.runs_with[k]:>6}{self.rows[k]:>10,}" for k in WRITTEN]
        moved = [self.moved[p.path] for p in declared()]
        lines += ["", f"of {self.runs} runs; of {len(moved)} parameters {sum(n > 0 for n in moved)} away from their"]
        lines[-1] += f" default, each in {min(moved)} to {max(moved)} runs; edited by interventions: {len(self.edited)}"
        rare = sorted((self.moved[p.path], p.path) for p in declared())[:5]
        lines += ["rarest: " + ", ".join(f"{path} {n}" for n, path in rare), ""]
        lines += [f"{feature:<32}{self.features[feature]:>6}" for feature in FEATURES]
        return lines


TABLES: dict[str, Exercised] = {}  # printed at the end, by what was compared


def _features(scenario: Scenario) -> set[str]:
    value, its = scenario.value, scenario.interventions
    names = [i.name for i in its]
    found = {f"trigger {TRIGGERS[i.trigger]}" for i in its} | {f"score {i.score}" for i in its if i.score}
    found |= {f"operation {OPERATIONS[e.operation]}" for i in its for e in i.edits}
    edits = [e for i in its for e in i.edits]
    teams = [value(f"teams.{team}_headcount") for team in ("onboarding", "success", "support")]
    segments = scenario.segments
    said = {
        "outreach": any(i.outreach for i in its),
        "ramp": any(e.ramp > 0.0 for e in edits),
        "stop of an edit": any(e.stop < float("inf") for e in edits),
        "decay": any(e.decay > 0.0 for e in edits),
        "stop": any(i.stop < scenario.horizon_months for i in its),
        "start after month 0": any(0.0 < i.start < scenario.horizon_months for i in its),
        "segments": any(i.segments for i in its),
        "stages": any(i.stages for i in its if i.trigger == REVIEW),
        "bands": any(i.bands for i in its if i.trigger == REVIEW),
        "coverage": any(0.0 < i.coverage < 1.0 for i in its if i.trigger != EVERYONE),
        "capacity": any(i.capacity < float("inf") for i in its),
        "priority": len({i.priority for i in its if i.outreach}) > 1,
        "shock": any(i.is_shock for i in its),
        "same name twice": len(set(names)) < len(names),
        "cost once": any(i.cost_once for i in its),
        "cost per month": any(i.cost_per_month for i in its),
        "cost per account": any(i.cost_per_account for i in its),
        "given series": bool(scenario.series),
        "three segments": len(segments) == 3,
        "no history": value("arrivals.history_months") == 0.0,
        "history": value("arrivals.history_months") > 0.0,
        "own numbers of a segment": len(segments) > 1,
        "priorities of segments": len({value("segments.priority", name) for name in segments}) > 1,
        "word of mouth off": value("arrivals.word_of_mouth") == 0.0,
        "exponential tickets": value("adoption.ticket_exponential") == 1.0,
        "team of nobody": min(teams) == 0.0,
        "team of one": 1.0 in teams,
        "team of plenty": max(teams) >= 50.0,
        "no patience": any(value("adoption.ticket_patience", name) == 0.0 for name in segments),
    }
    return found | {feature for feature, is_so in said.items() if is_so}
