"""What rules of choosing whom to call came to in money, each given the same hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim.errors import InputError
from cxsim.scenario import Scenario
from cxsim.studies import quantities as q
from cxsim.studies.choices import ORACLE
from cxsim.studies.pairs import Reals, mean_interval, wilson
from cxsim.studies.qini import Qini

if TYPE_CHECKING:
    import pandas as pd


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
